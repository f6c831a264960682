//! Nothing that a file says makes the reader panic, hang, or take much memory.

use crate::codecs::line;
use crate::coded::{deflated, framed};
use crate::lay::{FRAME, File, HUNK, Lay, content, open, told};
use discconv_core::{Disc, Form, NoteKind, Scratch, Tally};
use discconv_testkit::{Rng, reference};

/// Read the ends of every extent; errors are as good as sectors.
fn exercise(bytes: &[u8]) {
    let Ok(disc) = open(bytes) else { return };
    let form = if disc.toc().media.has_raw() { Form::RAW_SUB } else { Form::USER };
    for extent in disc.extents() {
        for lba in [extent.lbas.start, extent.lbas.end - 1] {
            let mut out = vec![0; form.record()];
            let _ = disc.read_lossy(lba, &form, &mut Scratch::default(), &mut Tally::default(), &mut out);
        }
    }
}

fn is_damaged(disc: &Disc) -> bool {
    disc.notes().iter().any(|note| note.kind == NoteKind::Damage)
}

/// A data track and sound: coded, stored, the same again.
fn small() -> File {
    let mut rng = Rng::new(12);
    let user = rng.bytes(2048);
    let hunk = crate::codecs::frames(&[reference::mode1(0, &user), reference::mode1(1, &user)], &[0; 96]);
    let noise = rng.bytes(HUNK);
    let hunks = vec![
        Lay::Coded(0, framed(&hunk, &[0, 1], deflated, deflated), hunk.clone()),
        Lay::Same(0),
        Lay::Stored(noise.clone()),
        Lay::Bare(10),
    ];
    let told = [&hunk[..], &hunk, &noise, &hunk].concat();
    File::cd(hunks, &[&line(1, "MODE1_RAW", 4), &line(2, "AUDIO", 4)], &told)
}

#[test]
fn cut_anywhere() {
    let file = small().bytes();
    assert!(!is_damaged(&open(&file).unwrap()));
    for len in 0..file.len() {
        // The map is at the end: without it there is nothing.
        assert!(open(&file[..len]).is_err(), "{len}");
    }
    let plain = File { hunks: vec![Lay::Stored(vec![1; HUNK]); 4], ..small() };
    let plain = plain.plain(&[1, 2, 3, 4]);
    assert!(!is_damaged(&open(&plain).unwrap()));
    for len in (0..plain.len()).step_by(97) {
        let opened = open(&plain[..len]);
        assert_eq!(opened.is_ok(), len >= 2 * HUNK, "{len}");
        if let Ok(disc) = opened {
            assert!(is_damaged(&disc));
            content(&disc).unwrap();
        }
    }
}

/// Where the map survives, what is missing is damage, hunk by hunk; the rest is read.
#[test]
fn cut_behind_the_map() {
    let file = File { hunks: (0..4).map(|n| Lay::Stored(vec![n; HUNK])).collect(), ..small() };
    let whole = file.map_first();
    assert!(!is_damaged(&open(&whole).unwrap()));
    let first = whole.len() - 4 * HUNK;
    for len in (0..whole.len()).step_by(31).chain([first - 1, first, first + HUNK - 1, first + HUNK, whole.len() - 1]) {
        let opened = open(&whole[..len]);
        assert_eq!(opened.is_ok(), len >= first + HUNK, "{len}");
        if let Ok(disc) = opened {
            assert!(is_damaged(&disc));
            let there = (len - first) / HUNK;
            let found = content(&disc).unwrap();
            assert!(found[..there * HUNK] == content(&open(&whole).unwrap()).unwrap()[..there * HUNK], "{len}");
            assert!(found[there * HUNK..].iter().all(|byte| *byte == 0), "{len}");
        }
    }
    // The end of the header, of the metadata, of the map; no hunk, and one and a half.
    let at = |len: usize| told(&whole[..len]);
    let coded = small().bytes();
    let shown = [
        at(100),
        at(130),
        at(first - 20),
        at(first - 1),
        at(first),
        at(first + 3 * HUNK / 2),
        // As files are: the map is at the end, and gone; one bit of it is.
        told(&coded[..coded.len() / 2]),
        told(&coded[..coded.len() - 1]),
    ];
    insta::assert_snapshot!(shown.join("\n---\n"));
}

#[test]
fn any_byte_changed() {
    let file = small().bytes();
    let mut rng = Rng::seed_from_env("DISCCONV_CHD_SEED");
    // One byte of a stored hunk is as good as another.
    let stored = 1000..file.len() - 1000;
    for at in (0..file.len()).filter(|at| !stored.contains(at) || at % 97 == 0) {
        for value in [0, 0xFF, file[at] ^ 1, rng.bytes(1)[0]] {
            let mut bytes = file.clone();
            bytes[at] = value;
            exercise(&bytes);
        }
    }
}

/// A hunk that is not what its CRC says is an error that names it; others are still read.
#[test]
fn a_damaged_hunk() {
    let file = small();
    let mut bytes = file.bytes();
    let at = bytes.windows(8).position(|window| *window == file.hunks[2].bytes()[..8]).unwrap();
    bytes[at] ^= 1;
    let disc = open(&bytes).unwrap();
    let error = content(&disc).unwrap_err();
    let shown = format!("{error}\nhint: {}", error.hint().unwrap());
    let mut hunk = vec![0; HUNK];
    disc.sources()[0].read_exact_at(3 * HUNK as u64, &mut hunk).unwrap();
    let mut bytes = file.bytes();
    let length_at = 124 + file.chain(124).len() + 2;
    bytes[length_at] ^= 0x40;
    let error = content(&open(&bytes).unwrap()).unwrap_err();
    insta::assert_snapshot!(format!("{shown}\n---\n{error}"));
}

#[test]
fn maps_that_lie() {
    let with = |hunks: Vec<Lay>| told(&File { hunks, ..small() }.bytes());
    let stored = || Lay::Stored(vec![0; HUNK]);
    let shown = [
        // The same as itself, as a later one, as one that is not there; in a parent that is not there.
        with(vec![Lay::Same(0), stored(), stored(), stored()]),
        with(vec![stored(), Lay::Same(2), Lay::Same(1), stored()]),
        with(vec![stored(), stored(), stored(), Lay::Same(255)]),
        with(vec![stored(), stored(), stored(), Lay::Bare(11)]),
        // Longer than a hunk; of a codec that the header lacks; codes of nothing.
        with(vec![Lay::Coded(0, vec![0; HUNK + 1], vec![]), stored(), stored(), stored()]),
        told(
            &File { codecs: [b"cdzl", b"\0\0\0\0", b"avhu", b"xxxx"], hunks: vec![Lay::Coded(1, vec![], vec![]); 4], ..small() }
                .bytes(),
        ),
        told(
            &File { codecs: [b"cdzl", b"\0\0\0\0", b"avhu", b"xxxx"], hunks: vec![Lay::Coded(2, vec![], vec![]); 4], ..small() }
                .bytes(),
        ),
        told(
            &File { codecs: [b"cdzl", b"\0\0\0\0", b"avhu", b"xxxx"], hunks: vec![Lay::Coded(3, vec![], vec![]); 4], ..small() }
                .bytes(),
        ),
        told(&File { symbols: Some(vec![15; 4]), ..small() }.bytes()),
        // Fields that are too wide, a wrong CRC, fewer entries than hunks.
        told(&File { widths: [25, 8, 8], ..small() }.bytes()),
        told(&File { widths: [16, 33, 8], ..small() }.bytes()),
        told(&File { widths: [16, 8, 33], ..small() }.bytes()),
        told(&File { map_crc: 1, ..small() }.bytes()),
        told(&File { symbols: Some(vec![]), hunks: vec![], ..small() }.bytes()),
    ];
    insta::assert_snapshot!(shown.join("\n---\n"));
}

/// Bit streams that begin with trees that are no trees.
#[test]
fn trees_that_lie() {
    let file = small().bytes();
    let map = u64::from_be_bytes(*file[40..].first_chunk().unwrap()) as usize;
    for (tree, fine) in [
        // 16 codes of four bits: as it is. Of three bits: too many. Of five bits: too few, but none is too many.
        (&[0x14, 0xD0][..], true),
        (&[0x13, 0xD0], false),
        (&[0x15, 0xD0], false),
        // Longer than eight bits; more symbols than 16; nothing.
        (&[0x19, 0xD0], false),
        (&[0x14, 0xF0], false),
        (&[0x10, 0xD0], false),
    ] {
        let mut bytes = file.clone();
        let own = bytes[map + 17] & 0x0F;
        bytes[map + 16] = tree[0];
        bytes[map + 17] = tree[1] | own;
        assert_eq!(open(&bytes).is_ok(), fine, "{tree:02X?}");
    }
}

/// A few bytes may describe a lot; memory is taken for what is described, and not for more than a disc has.
#[test]
fn bombs() {
    let with = |logical: u64, hunk: u32| {
        let mut file = small().bytes();
        file[32..40].copy_from_slice(&logical.to_be_bytes());
        file[56..60].copy_from_slice(&hunk.to_be_bytes());
        told(&file)
    };
    let shown = [
        with(u64::MAX, HUNK as u32),
        with(130 << 30, FRAME as u32),
        with(1 << 30, HUNK as u32),
        with(HUNK as u64, u32::MAX - u32::MAX % FRAME as u32),
        with(HUNK as u64, 0),
        with(0, HUNK as u32),
        with(HUNK as u64, 1000),
    ];
    insta::assert_snapshot!(shown.join("\n---\n"));
    // A map, or metadata, of four GiB.
    let file = small().bytes();
    let map = u64::from_be_bytes(*file[40..].first_chunk().unwrap()) as usize;
    let mut huge = file.clone();
    huge[map..map + 4].fill(0xFF);
    assert!(open(&huge).is_err());
    let mut far = file.clone();
    far[40..48].fill(0xFF);
    assert!(open(&far).is_err());
}

#[test]
fn metadata_that_lies() {
    let file = small().bytes();
    let with = |at: usize, bytes: &[u8]| {
        let mut file = file.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        told(&file)
    };
    let shown = [
        // The chain begins behind the file, a piece is longer than it, the next one is the first one, or behind the file.
        with(48, &[0xFF; 8]),
        with(124 + 5, &[0xFF; 3]),
        with(124 + 8, &124_u64.to_be_bytes()),
        with(124 + 8, &[0xFF; 8]),
        // A digest that is not that of the metadata.
        with(84, &[1]).lines().last().unwrap().to_owned(),
    ];
    insta::assert_snapshot!(shown.join("\n---\n"));
}
