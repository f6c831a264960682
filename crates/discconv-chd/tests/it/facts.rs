//! What discconv remembers beside the tracks, and what becomes of it where it cannot be.

use crate::codecs::line;
use crate::discs::film;
use crate::lay::{FRAME, File, Lay, NONE, open, told};
use crate::write::write;
use discconv_core::{Disc, Extra, ExtraKind, Isrc, Lba, WriteOptions};

/// Three tracks of four frames, and this text.
fn with(text: &str) -> File {
    let lines = [line(1, "AUDIO", 4), line(2, "AUDIO", 4), line(3, "AUDIO", 4)];
    let mut file = File::stored(&vec![0; 12 * FRAME], &lines.each_ref().map(String::as_str));
    file.meta.push((*b"DCNV", 0, text.as_bytes().to_vec()));
    file
}

#[test]
fn facts_are_put_into_the_disc() {
    let text = "discconv 1\nmcn 4006180000123\nat 1 -2\nnumber 2 7\nnumber 3 8\nisrc 2 DEF056600001\nflags 2 dcp pre\n\
                index 2 2 4\nindex 2 3 5\nat 3 11700\nsession 1 1 7 cdrom\nsession 2 3 11704 xa\n\
                text 0 9 80 0 \"\u{1F4BF}\"\nextra cue-sheet 3 \"a.cue\"\nFIL\n";
    let file = with(text).bytes();
    insta::assert_snapshot!(told(&file));
    let disc = open(&file).unwrap();
    let sheet = Extra { kind: ExtraKind::CueSheet, name: "a.cue".to_owned(), bytes: b"FIL".to_vec() };
    assert_eq!(disc.extras(), [sheet]);
}

/// The one track of a disc without frames has no line, and is track 1 in what is remembered.
#[test]
fn facts_about_a_dvd() {
    let with = |text: &str| {
        let mut file = File::dvd([NONE; 4], vec![Lay::Stored(vec![7; 4096]); 2], &[7; 8192]);
        file.codecs[0] = b"zlib";
        file.meta.push((*b"DCNV", 0, text.as_bytes().to_vec()));
        told(&file.bytes())
    };
    let text =
        "discconv 1\nmcn 4006180000123\nnumber 1 7\nisrc 1 DEF056600001\nflags 1 dcp\nindex 1 2 1\nindex 1 3 3\nindex 1 4 4\n";
    insta::assert_snapshot!(format!("{text}=>\n{}", with(text)));
}

/// What a track of a DVD has no room for on the disc is kept beside it.
#[test]
fn a_dvd_keeps_what_is_said_of_its_track() {
    let mut parts = film().into_parts();
    let track = &mut parts.toc.sessions[0].tracks[0];
    track.isrc = Isrc::new("DEABC0000002");
    track.control.dcp = true;
    track.indexes.push((2, Lba(9)));
    let told = parts.toc.clone();
    let disc = Disc::new("source.bin", parts).unwrap();
    assert_eq!(*open(&write(disc, &WriteOptions::default()).unwrap()).unwrap().toc(), told);
}

/// None of these takes anything away from the tracks.
#[test]
fn facts_that_contradict_the_tracks_are_left_aside() {
    let shown = [
        "discconv 2\n",
        "discconv 1\nwhat is this\n",
        "discconv 1\nat 1 -151\n",
        "discconv 1\nat 2 3\n",
        "discconv 1\nnumber 1 9\n",
        "discconv 1\nindex 1 2 4\nindex 2 2 4\nindex 3 2 7\n",
        "discconv 1\nsession 1 1 3 cdrom\nsession 2 2 12 cdrom\n",
        "discconv 1\nsession 1 2 12 cdrom\n",
        "discconv 1\nsession 1 1 8 cdrom\nsession 2 4 12 cdrom\n",
        "discconv 1\nflags 9 dcp\nat 99 5\n",
    ]
    .map(|text| format!("{text}=>\n{}", told(&with(text).bytes())));
    insta::assert_snapshot!(shown.join("\n---\n"));
}

/// An address far beyond any disc is refused by the disc itself.
#[test]
fn an_address_beyond_any_disc() {
    let error = told(&with("discconv 1\nat 3 16000000\n").bytes());
    assert!(error.starts_with("error: x.chd: LBA 16000000: found LBA 16000000; the limit is"), "{error}");
}
