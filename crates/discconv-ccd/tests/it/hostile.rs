//! Nothing that a descriptor says makes the reader panic, hang, or take much memory.

use crate::lay::{at, ccd, entry, files, open, outline, q, track};
use crate::read::data;
use crate::write::{again, write};
use discconv_ccd::Ccd;
use discconv_core::memory::MemoryFiles;
use discconv_core::{Form, FormatWriter, Input, LossKind, LossKinds, Quiet, Scratch, Serial, Tally, WriteOptions, compare};
use discconv_testkit::Rng;
use discconv_testkit::stored::sound;

fn small() -> (String, Vec<u8>, Vec<u8>) {
    let tracks = track(1, 1, "INDEX 1=0\r\n") + &track(2, 0, "ISRC=DEABC0000002\r\nINDEX 0=18\r\nINDEX 1=20\r\nINDEX 2=22\r\n");
    let text = ccd("CATALOG=4006408123456\r\n", &[(&[(1, 4, 0), (2, 0, 20)], 25)], &tracks);
    let sub = (0..25).flat_map(|lba: i32| q(4, 1, 1, lba.unsigned_abs(), lba)).collect();
    (text, [data(0, 18), sound(1, 7)].concat(), sub)
}

/// Read the ends of every extent, and write it anew; `false` if it is none.
fn exercise(text: &str, img: &[u8], sub: Option<&[u8]>) -> bool {
    let Ok(disc) = open(text, img, sub) else { return false };
    for extent in disc.extents() {
        for lba in [extent.lbas.start, extent.lbas.end - 1] {
            let mut out = vec![0; Form::RAW_SUB.record()];
            disc.read_lossy(lba, &Form::RAW_SUB, &mut Scratch::default(), &mut Tally::default(), &mut out).unwrap();
        }
    }
    // What can be written comes back.
    let plan = Ccd.plan(std::slice::from_ref(&disc), "y", &WriteOptions::default());
    if plan.is_ok_and(|plan| plan.total_bytes() < 4 << 20) {
        let written = write(disc.clone(), &WriteOptions::default(), LossKinds::ALL);
        assert!(written.is_ok(), "{}\n{text}", written.map(|_| ()).unwrap_err());
        // And where nothing is said to be lost, it is the same.
        if let Ok(written) = write(disc.clone(), &WriteOptions::default(), LossKinds::of(&[LossKind::Damage])) {
            let comparison = compare(&disc, &again(&written), &Serial, &Quiet).unwrap();
            assert!(comparison.is_same(), "{comparison:?}\n{text}");
        }
    }
    true
}

/// Cut behind every line, the descriptor says what it lacks.
#[test]
fn descriptors_that_are_cut() {
    let (text, img, sub) = small();
    let mut seen = Vec::new();
    for (end, _) in text.match_indices("\r\n") {
        let found = outline(&text[..end], &img, Some(&sub));
        let what: Vec<&str> =
            found.lines().filter(|line| ["error", "hint", "note", "damage"].iter().any(|word| line.starts_with(word))).collect();
        if seen.last() != Some(&what.join("\n")) {
            seen.push(what.join("\n"));
        }
    }
    insta::assert_snapshot!(seen.join("\n--\n"));
}

/// Cut files of sectors and subchannel are damage; without a sector of a track they belong to something else.
#[test]
fn files_that_are_cut() {
    let (text, img, sub) = small();
    let mut seen = String::new();
    for (name, img, sub) in [
        ("the last sector in two", &img[..img.len() - 1], &sub[..]),
        ("the last three sectors gone", &img[..22 * 2352], &sub),
        ("nothing of track 2", &img[..20 * 2352], &sub),
        ("nothing", &[], &sub),
        ("a record of subchannel in two", &img, &sub[..sub.len() - 50]),
        ("most of the subchannel gone", &img, &sub[..96 * 3]),
    ] {
        let found = outline(&text, img, Some(sub));
        let lines: Vec<&str> =
            found.lines().filter(|line| ["error", "hint", "note", "damage"].iter().any(|word| line.starts_with(word))).collect();
        seen += &format!("== {name}\n{}\n", lines.join("\n"));
    }
    insta::assert_snapshot!(seen);
}

#[test]
fn lies() {
    let (text, img, _) = small();
    let lead_out = at(2, 1, 0xA2, 0, 25);
    let second = at(4, 1, 2, 0, 20);
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    let mut seen = String::new();
    for (name, text) in [
        ("something else", "MZ\u{1}\u{2} this program".to_owned()),
        ("nothing", String::new()),
        ("no number", with("PLBA=25", "PLBA=soon")),
        ("an empty one", with("TocEntries=5", "TocEntries=")),
        ("one too large", with("PLBA=25", "PLBA=99999999999")),
        ("eight terabytes", with(&lead_out, &entry(2, 1, 0xA2, 0, [0, 0, 0], i32::MAX))),
        ("before everything", with(&lead_out, &entry(2, 1, 0xA2, 0, [0, 0, 0], i32::MIN))),
        (
            "minutes without end",
            with(&lead_out, &entry(2, 1, 0xA2, 0, [i32::MAX, i32::MAX, i32::MAX], 25).replace("PLBA=25\r\n", "")),
        ),
        ("a lead-out before its track", with(&lead_out, &at(2, 1, 0xA2, 0, 20))),
        ("a track before the one before", with(&second, &at(4, 1, 2, 0, 0))),
        ("a track 0", with("Point=0x02", "Point=0x00")),
        ("a point that is none", with("Point=0x02", "Point=0x102")),
        ("no point", with("Point=0x02\r\n", "")),
        ("no address", with("PMin=0\r\nPSec=2\r\nPFrame=20\r\nPLBA=20\r\n", "")),
        ("session 0", with("Session=1\r\nPoint=0x02", "Session=0\r\nPoint=0x02")),
        ("session 100", with("Session=1\r\nPoint=0x02", "Session=100\r\nPoint=0x02")),
        ("a session without a lead-out", with("Session=1\r\nPoint=0x02", "Session=2\r\nPoint=0x02").replace(&lead_out, "")),
        ("sessions that overlap", with("Session=1\r\nPoint=0x02", "Session=2\r\nPoint=0x02") + &at(5, 2, 0xA2, 0, 30)),
        ("no tracks", with("Point=0x0", "Point=0xa")),
        ("track 200", with("[TRACK 2]", "[TRACK 200]")),
        ("other counts", with("TocEntries=5", "TocEntries=2000000000").replace("Sessions=1", "Sessions=-3")),
        ("other ends", with("PMin=2\r\nPSec=0", "PMin=9\r\nPSec=0")),
        ("a track at the end of a CD", with(&second, &at(4, 1, 2, 0, 700_000)).replace(&lead_out, &at(2, 1, 0xA2, 0, 700_010))),
    ] {
        let found = outline(&text, &img, None);
        let lines: Vec<&str> = found
            .lines()
            .filter(|line| {
                ["error", "hint", "note", "damage", "  track"].iter().any(|word| line.starts_with(word))
                    && !line.contains("(.sub)")
            })
            .collect();
        seen += &format!("== {name}\n{}\n", lines.join("\n"));
    }
    insta::assert_snapshot!(seen);
}

/// More of everything than a disc has.
#[test]
fn texts_without_end() {
    let (text, img, _) = small();
    let many = text.clone() + &at(9, 1, 2, 0, 20).repeat(3000);
    assert_eq!(
        open(&many, &img, None).map(|_| ()).unwrap_err().to_string(),
        "x.ccd: line 30738: found one more [Entry] section; the limit is 2048 entries"
    );
    let long = text.clone() + &"; nothing\r\n".repeat(500_000);
    assert_eq!(
        open(&long, &img, None).map(|_| ()).unwrap_err().to_string(),
        "x.ccd: found 5500972 bytes; the limit is 4194304 bytes of a descriptor"
    );
    let unknown = text.clone() + "[CDText]\r\n" + &"what=ever\r\nEntry 9999999=\r\n".repeat(100_000);
    assert!(open(&unknown, &img, None).unwrap().notes().len() < 100, "notes are bounded");
    let sections: String = (0..100_000).map(|number| format!("[Session {number}]\r\nPreGapMode=1\r\n")).collect();
    assert!(open(&(text + &sections), &img, None).is_ok());
}

/// A kibibyte that claims the largest disc.
#[test]
fn small_files_that_claim_much() {
    let text = ccd("", &[(&[(1, 4, 0)], 449_850)], "");
    let disc = open(&text, &data(0, 1), None).unwrap();
    let damage: u64 = disc.notes().iter().map(|note| note.sectors).sum();
    assert_eq!(damage, 449_849);
}

/// Every byte of a descriptor takes the values that hurt.
#[test]
fn descriptors_of_any_bytes() {
    let (text, img, sub) = small();
    for at in 0..text.len() {
        for value in [b'9', b'-', b'0', b'x', b'\n', b'[', 0, 0xFF] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = value;
            let files: MemoryFiles = [("x.ccd", bytes), ("x.img", img.clone()), ("x.sub", sub.clone())].into_iter().collect();
            let _ = crate::lay::open_in(&files);
        }
    }
}

/// Two sessions, the second with its pause.
fn larger() -> (String, Vec<u8>, Vec<u8>) {
    let sections = [
        track(1, 0, "INDEX 1=0\r\n"),
        track(2, 0, "INDEX 0=8\r\nINDEX 1=10\r\n"),
        track(3, 1, "INDEX 0=0\r\nINDEX 1=150\r\n"),
        track(4, 0, "INDEX 1=170\r\n"),
    ];
    let text = ccd("", &[(&[(1, 0, 0), (2, 2, 10)], 20), (&[(3, 4, 11_420), (4, 0, 11_440)], 11_450)], &sections.concat());
    let record = |(number, lba): (u32, i32)| match number {
        8..10 => q(2, 2, 0, 9 - number, lba),
        20..170 => q(4, 3, 0, 169 - number, lba),
        _ => q(0, 1, 1, number, lba),
    };
    let sub = (0..).zip((0..20).chain(11_270..11_450)).flat_map(record).collect();
    (text, [sound(1, 20), data(11_270, 170), sound(2, 10)].concat(), sub)
}

#[test]
fn descriptors_of_any_lines() {
    let mut rng = Rng::seed_from_env("DISCCONV_CCD_SEED");
    let mut opened = 0;
    for (text, img, sub) in [small(), larger()] {
        let lines: Vec<&str> = text.lines().collect();
        for _ in 0..500 {
            let mut mixed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            for _ in 0..1 + rng.below(4) {
                mix(&mut rng, &lines, &mut mixed);
            }
            let text = format!("[CloneCD]\r\n{}", mixed.join("\r\n"));
            let cut = img.len() - if rng.flip() { 0 } else { rng.index(3) * 1000 };
            let sub = (rng.below(4) > 0).then(|| &sub[..sub.len() - rng.index(200)]);
            opened += usize::from(exercise(&text, &img[..cut], sub));
        }
    }
    assert!(opened > 300, "{opened} could be opened");
}

/// Change one line.
fn mix(rng: &mut Rng, lines: &[&str], mixed: &mut Vec<String>) {
    let at = rng.index(mixed.len());
    match rng.below(6) {
        0 => drop(mixed.remove(at)),
        1 => mixed.insert(at, rng.choose(lines).to_string()),
        2 => mixed.swap(at, 0),
        _ => {
            let key = mixed[at].split('=').next().unwrap_or("").to_owned();
            let number =
                *rng.choose(&[-150_i64, -1, 0, 1, 2, 4, 5, 9, 12, 19, 21, 24, 26, 150, 170, 11_270, 11_400, 11_445, 449_850]);
            mixed[at] = format!("{key}={number}");
        }
    }
}

/// Something that is no text at all, by the right name.
#[test]
fn no_text() {
    let bytes = Rng::new(5).bytes(4096);
    let files = files("", &[], None);
    let input = Input::new("x.ccd", crate::lay::bytes("x.ccd", bytes), &files);
    let error = discconv_core::Format::open(&Ccd, &input).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("expected [CloneCD], with which a descriptor begins"), "{error}");
}
