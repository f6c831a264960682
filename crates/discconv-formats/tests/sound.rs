//! A sheet over coded sound is a disc like any other.

use discconv_core::memory::MemoryFiles;
use discconv_core::{CheckAlgorithm, Form, Input, Lba, Scratch, WriteOptions, outline};
use discconv_formats::{by_id, open};

const FLAC: &[u8] = include_bytes!("../../discconv-audio/tests/data/sound.flac");
const MP3: &[u8] = include_bytes!("../../discconv-audio/tests/data/sound.mp3");
const OGG: &[u8] = include_bytes!("../../discconv-audio/tests/data/sound.ogg");

const SHEET: &str = "FILE \"One.flac\" WAVE\r\n  TRACK 01 AUDIO\r\n    INDEX 01 00:00:00\r\n\
    FILE \"Two.mp3\" MP3\r\n  TRACK 02 AUDIO\r\n    INDEX 00 00:00:00\r\n    INDEX 01 00:00:20\r\n\
    FILE \"Three.ogg\" OGG\r\n  TRACK 03 AUDIO\r\n    INDEX 01 00:00:00\r\n";

fn files() -> MemoryFiles {
    MemoryFiles::from_iter([("x.cue", SHEET.as_bytes()), ("One.flac", FLAC), ("Two.mp3", MP3), ("Three.ogg", OGG)])
}

#[test]
fn a_sheet_over_three_codings() {
    let files = files();
    let opened = open(&Input::new("x.cue", files.source("x.cue").unwrap(), &files)).unwrap();
    let [disc] = &opened.discs[..] else { unreachable!("one disc") };
    // 40000 samples are 68 sectors and 16 samples: a track ends with the last whole one and what follows it, padded.
    assert_eq!(outline::disc(disc), include_str!("sound.txt"));
    let [check] = disc.checks() else { unreachable!("the MD5 of the FLAC") };
    assert_eq!((check.algorithm, check.range.clone()), (CheckAlgorithm::Md5, 0..160_000));
    assert_eq!(check.value, FLAC[26..42]);
    // The rest of each last sector is silence.
    let mut sector = [0xEE; 2352];
    for lba in [68, 137, 206] {
        disc.read_sectors(Lba(lba), &Form::RAW, &mut Scratch::default(), &mut sector).unwrap();
        assert!(sector[..64].iter().any(|byte| *byte != 0) && sector[64..].iter().all(|byte| *byte == 0), "{lba}");
    }
}

#[test]
fn a_lone_track_is_no_disc() {
    for (name, bytes, what) in [("x.flac", FLAC, "FLAC sound"), ("x.mp3", MP3, "MP3 sound"), ("x.ogg", OGG, "Ogg Vorbis sound")] {
        let files = MemoryFiles::from_iter([(name, bytes)]);
        let error = open(&Input::new(name, files.source(name).unwrap(), &files)).map(|_| ()).unwrap_err();
        assert!(error.to_string().starts_with(&format!("{name}: found {what}")), "{error}");
        assert!(error.hint().unwrap().contains("sheet"));
    }
}

#[test]
fn it_is_written_as_bin() {
    let files = files();
    let opened = open(&Input::new("x.cue", files.source("x.cue").unwrap(), &files)).unwrap();
    let plan = discconv_formats::plan_to(by_id("cue").unwrap(), &opened.discs, "y", &WriteOptions::default()).unwrap();
    assert!(plan.losses.is_empty(), "{:?}", plan.losses);
}
