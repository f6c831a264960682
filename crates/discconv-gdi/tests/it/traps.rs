//! Everything odd that texts and files have been seen to be.

use crate::folder::{TEXT, data, disc, folder, lines, open, raw, told, tracks};
use discconv_core::{Lba, Media, NoteKind};

/// Some programs count the pause before LBA 0, in both areas or in one; where the sectors do so too, they are right.
#[test]
fn the_pause_is_counted() {
    let wanted = lines(&disc(TEXT).unwrap(), &["session", "track"]);
    let by_hand = |single: i32, high: i32| {
        let line = |number: u8, lba: i32, control: u8| format!("{number} {lba} {control} 2352 track{number:02}");
        format!(
            "5\n{}.bin 0\n{}.raw 0\n{}.bin 0\n{}.raw 0\n{}.bin 0\n",
            line(1, single, 4),
            line(2, 310 + single, 0),
            line(3, 45_000 + high, 4),
            line(4, 45_180 + high, 0),
            line(5, 45_425 + high, 4)
        )
    };
    for (single, high, notes) in [(150, 150, 2), (150, 0, 1), (0, 150, 1)] {
        let disc = disc(&by_hand(single, high)).unwrap();
        assert_eq!(lines(&disc, &["session", "track"]), wanted);
        assert_eq!(disc.notes().len(), notes, "{:?}", disc.notes());
    }
    // Its first sector says that it is at LBA 45150.
    let mut files = tracks();
    files[2].1 = data(45_150, 20);
    let late = open(&folder(by_hand(0, 150).as_bytes(), &files), "x.gdi").unwrap();
    assert_eq!(late.toc().sessions[1].tracks[0].start(), Lba(45_150));
    assert!(late.notes()[0].text.contains("begins at LBA 45150"), "{:?}", late.notes());
    // Anything else than 150 is taken as it is.
    assert_eq!(disc(&by_hand(100, 0)).unwrap().toc().tracks().next().unwrap().start(), Lba(100));
}

#[test]
fn odd_files() {
    let with = |track: usize, bytes: Vec<u8>| {
        let mut files = tracks();
        files[track].1 = bytes;
        open(&folder(TEXT.as_bytes(), &files), "x.gdi")
    };
    // A part of a sector is damage.
    let cut = with(4, tracks()[4].1[..24 * 2352 + 100].to_vec()).unwrap();
    assert_eq!(cut.notes().iter().map(|note| (note.kind, note.sectors)).collect::<Vec<_>>(), [(NoteKind::Damage, 1)]);
    assert_eq!(raw(&cut, 45_449, 1)[..100], tracks()[4].1[24 * 2352..24 * 2352 + 100]);
    assert!(raw(&cut, 45_449, 1)[100..].iter().all(|byte| *byte == 0));
    // More than there is room for.
    let long = with(3, discconv_testkit::stored::sound(4, 300)).unwrap();
    assert_eq!(
        lines(&long, &["track 04", "track 05", "note"]),
        [
            "track 04 audio 00@45030 01@45180 end 45425",
            "track 05 mode1 01@45425 end 45450",
            "note: x.gdi: line 5: the last 55 sectors of \"track04.raw\" have no place before LBA 45425, where the next track begins",
        ]
    );
    insta::assert_snapshot!(
        [
            told(with(2, data(45_000, 2))),
            told(with(2, Vec::new())),
            told(open(&folder(TEXT.as_bytes(), &tracks()[..4]), "x.gdi")),
        ]
        .join("---\n")
    );
}

/// The digit is not the mode, and other bits of it are flags.
#[test]
fn control() {
    let text = TEXT.replace(" 0 2352 track04", " 3 2352 track04").replace("1 0 4 2352", "1 0 6 2352");
    let found = lines(&disc(&text).unwrap(), &["track"]);
    assert!(found[0].ends_with("[dcp]") && found[3].ends_with("[dcp pre]"), "{found:?}");
    // Sectors with a sync in a track that is said to be sound stay sound.
    let text = TEXT.replace("1 0 4 2352", "1 0 0 2352");
    assert!(lines(&disc(&text).unwrap(), &["track"])[0].starts_with("track 01 audio"));
}

#[test]
fn discs_that_are_no_gd_rom() {
    let text = "2\n1 0 4 2352 track01.bin 0\n2 310 0 2352 track02.raw 0\n";
    let disc = disc(text).unwrap();
    assert_eq!(disc.toc().media, Media::Cd);
    assert!(disc.notes()[0].text.contains("this is a CD, not a GD-ROM"));
}

#[test]
fn counts() {
    let more = TEXT.replace("5\r\n1", "3\r\n1");
    assert_eq!(lines(&disc(&more).unwrap(), &["note"]), ["note: x.gdi: the first line counts 3 tracks, and 5 follow"]);
    let untold = TEXT.replace("track05.bin 0", "track05.bin");
    assert_eq!(lines(&disc(&untold).unwrap(), &["note"]), ["note: x.gdi: line 6: track 5 has no offset, which counts as 0"]);
}
