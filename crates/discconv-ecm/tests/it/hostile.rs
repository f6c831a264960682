//! Nothing that a file says makes the reader panic, hang, or take much memory.

use crate::lay::{ecm, head, literal, mixed, mode1, open, open_with, sectors, stripped, told};
use discconv_core::{Error, Limits};
use discconv_testkit::Rng;
use discconv_testkit::reference::RAW;

/// However it is cut, what is there comes out and is flagged, or there is an error.
#[test]
fn cut_anywhere() {
    let (file, content) = mixed();
    let places = (0..200).chain((200..file.len()).step_by(37)).chain(file.len() - 200..file.len());
    for cut in places {
        match open(&file[..cut]) {
            Ok(opened) => {
                assert!(opened.damaged() && opened.checks.is_empty(), "{cut}");
                let all = opened.all();
                assert!(content.starts_with(&all), "{cut}");
                // All but the last sector of what is there.
                assert!(all.len() + 2 * RAW >= cut.saturating_sub(64), "{cut}: {}", all.len());
            }
            Err(error) => assert!(cut <= 4 + 1 + 2051, "{cut}: {error}"),
        }
    }
}

#[test]
fn cut_at_every_kind_of_place() {
    let raws = [mode1(0), mode1(1)];
    let content = [raws.concat(), b"abc".to_vec()].concat();
    let file = ecm(&[sectors(1, &raws), literal(b"abc")], &content);
    let text: String = [
        ("within the second sector", 5 + 2051 + 100),
        ("behind a record", 5 + 2 * 2051),
        ("within bytes", file.len() - 9 - 1),
        ("before the end mark", file.len() - 9),
        ("within the end mark", file.len() - 6),
        ("before the checksum", file.len() - 4),
        ("within the checksum", file.len() - 1),
        ("nowhere", file.len()),
    ]
    .map(|(what, cut)| format!("== {what}\n{}", told(&file[..cut])))
    .concat();
    insta::assert_snapshot!(text + "== more behind it\n" + &told(&[&file[..], b"more"].concat()));
}

#[test]
fn counts_that_lie() {
    let file = |bytes: &[u8]| [&b"ECM\0"[..], bytes].concat();
    let one = stripped(1, &mode1(0));
    let text: String = [
        ("4 GiB of bytes, three of them there", file(&[&head(0, 0xFFFF_FFFF)[..], b"abc"].concat())),
        ("10 TB of sectors, one of them there", file(&[&head(1, 0xFFFF_FFFF)[..], &one].concat())),
        ("none of them there", file(&head(1, 0xFFFF_FFFF))),
        ("a fifth byte beyond", file(&[0x80, 0x80, 0x80, 0x80, 0x40, 0, 0])),
        ("a sixth byte", file(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00])),
        ("nothing but an end", file(&[0xFC, 0xFF, 0xFF, 0xFF, 0x3F, 0, 0, 0, 0])),
    ]
    .map(|(what, file)| format!("== {what}\n{}", told(&file)))
    .concat();
    insta::assert_snapshot!(text);
}

/// Records of one byte are many entries for few bytes.
#[test]
fn entries_are_bounded() {
    let file = [&b"ECM\0"[..], &[0x00, 0xAA].repeat(5000)].concat();
    let limits = Limits { entries: 1000, ..Limits::default() };
    assert!(matches!(open_with(&file, limits), Err(Error::Limit { .. })));
    assert_eq!(open(&file).unwrap().all(), [0xAA; 5000]);
}

#[test]
fn noise_does_no_harm() {
    let (whole, _) = mixed();
    let mut rng = Rng::new(5);
    for _ in 0..3000 {
        let mut file = whole.clone();
        for _ in 0..1 + rng.index(4) {
            // Most of them near the beginnings of records.
            let at = if rng.flip() { rng.index(file.len()) } else { 4 + 2051 * 3 * rng.index(2) + rng.index(8) };
            file[at] = rng.next_u64() as u8;
        }
        file.truncate(rng.index(2 * file.len()).max(5));
        if let Ok(opened) = open(&file) {
            assert!(opened.source.len() <= 2 * file.len() as u64);
            opened.all();
        }
    }
}
