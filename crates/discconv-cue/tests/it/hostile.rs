//! Nothing that a sheet says makes the reader panic, hang, or take much memory.

use crate::folder::Folder;
use discconv_core::{At, Error, Format, Input, Limits, Peek, Score};
use discconv_cue::{Cue, outline, parse_sheet};
use discconv_testkit::Rng;
use discconv_testkit::fixtures::{all_bad, all_good};

/// Open and, where that works, plan it anew: neither may panic.
fn exercise(folder: &Folder) {
    if let Ok(disc) = folder.open("x.cue") {
        let discs = [disc];
        let writer = Cue.writer().unwrap();
        let options = discconv_core::WriteOptions { split: true, ..Default::default() };
        let _ = writer.plan(&discs, "y", &options);
        let _ = writer.plan(&discs, "y", &Default::default());
    }
}

#[test]
fn every_prefix_of_a_sheet() {
    for fixture in
        all_good().iter().chain(&all_bad()).filter(|fixture| fixture.entry.ends_with(".cue") && fixture.name != "ninety-nine")
    {
        let folder = Folder::from(fixture);
        let bytes = fixture.entry_bytes();
        for end in 0..bytes.len().min(1500) {
            if let Ok(sheet) = parse_sheet("x.cue", &bytes[..end]) {
                assert!(!outline(&sheet).is_empty());
            }
            if end % 7 == 0 {
                folder.0.insert("x.cue", &bytes[..end]);
                exercise(&folder);
            }
        }
    }
}

#[test]
fn flipped_bytes() {
    let mut rng = Rng::seed_from_env("CUE_SEED");
    for fixture in all_good().iter().filter(|fixture| fixture.entry.ends_with(".cue") && fixture.name != "ninety-nine") {
        let folder = Folder::from(fixture);
        for _ in 0..60 {
            let mut bytes = fixture.entry_bytes().to_vec();
            for _ in 0..=rng.index(4) {
                let at = rng.index(bytes.len());
                bytes[at] = *rng.choose(b"0179:\" \r\n\tAIMX/\x00\x1A\x83\xFF");
            }
            folder.0.insert("x.cue", bytes);
            exercise(&folder);
        }
    }
}

#[test]
fn words_in_any_order() {
    let mut rng = Rng::seed_from_env("CUE_SEED");
    const WORDS: &[&str] = &[
        "FILE \"a.bin\" BINARY",
        "FILE \"b.bin\" MOTOROLA",
        "FILE \"c.bin\" WAVE",
        "TRACK 01 AUDIO",
        "TRACK 02 MODE1/2352",
        "TRACK 03 MODE2/2336",
        "TRACK 04 CDG",
        "TRACK 05 MODE1/2448",
        "TRACK 99 CDI/2352",
        "INDEX 00 00:00:00",
        "INDEX 01 00:00:00",
        "INDEX 01 00:00:05",
        "INDEX 02 00:00:06",
        "INDEX 01 999:59:74",
        "PREGAP 00:02:00",
        "PREGAP 00:00:03",
        "POSTGAP 999:59:74",
        "POSTGAP 00:00:04",
        "REM SESSION 01",
        "REM SESSION 02",
        "REM SESSION 99",
        "REM LEAD-OUT 00:00:05",
        "REM LEAD-IN 999:59:74",
        "REM PREGAP 00:00:00",
        "REM LEAD-IN 00:00:00",
        "REM SINGLE-DENSITY AREA",
        "REM HIGH-DENSITY AREA",
        "FLAGS DCP",
        "TITLE \"t\"",
        "REM ORIGINAL MEDIA-TYPE: DVD",
        "CDTEXTFILE \"a.bin\"",
        "TRACK 07 MODEx/2xxx",
        "INDEX 01 2",
        "INDEX 00 4",
        "WHAT",
    ];
    let folder = Folder::of(&[("a.bin", &[1; 2352 * 12]), ("b.bin", &[2; 2448 * 7]), ("c.bin", &[3; 5000])]);
    for _ in 0..4000 {
        let lines: Vec<&str> = (0..rng.index(20)).map(|_| *rng.choose(WORDS)).collect();
        folder.0.insert(
            "x.cue",
            format!("FILE \"a.bin\" BINARY\r\nTRACK 01 AUDIO\r\nINDEX 01 0\r\n{}", lines.join("\r\n")).into_bytes(),
        );
        exercise(&folder);
    }
}

#[test]
fn random_bytes() {
    let mut rng = Rng::seed_from_env("CUE_SEED");
    for len in 0..2000 {
        let bytes = rng.bytes(len);
        assert!(parse_sheet("x.cue", &bytes).is_err());
    }
}

#[test]
fn a_million_lines() {
    for line in ["\n", "REM\n", "FILE \"a\" BINARY\n", "X\r", "INDEX 01 0\n", "TITLE \"x\"\n"] {
        let text = ["FILE \"a.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n", &line.repeat(1_000_000)].concat();
        match parse_sheet("x.cue", text.as_bytes()) {
            Ok(sheet) => assert!(line == "\n" && sheet.tracks.len() == 1),
            Err(Error::Limit { at: At::Line(_), .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    let many: String = (0..1_000_000).map(|number| format!("FILE \"{number}\" BINARY\n")).collect();
    assert!(matches!(parse_sheet("x.cue", many.as_bytes()), Err(Error::Limit { .. })));
    let tracks: String = (0..100_000).map(|_| "TRACK 01 AUDIO\nINDEX 01 0\n").collect();
    assert!(parse_sheet("x.cue", format!("FILE a BINARY\n{tracks}").as_bytes()).is_err());
    let long = format!("TITLE \"{}\"", "x".repeat(3 << 20));
    assert!(parse_sheet("x.cue", long.as_bytes()).is_err());
}

#[test]
fn a_text_beyond_the_limit() {
    let folder = Folder::of(&[("x.cue", &[b'\n'; 5000]), ("a.bin", &[0; 2352])]);
    let limits = Limits { text_bytes: 4096, ..Limits::default() };
    let input = Input { limits, ..Input::new("x.cue", folder.0.source("x.cue").unwrap(), &folder) };
    assert!(matches!(Cue.open(&input), Err(Error::Limit { .. })));
}

#[test]
fn what_a_probe_says() {
    let sheet = b"REM x\r\nFILE \"a.bin\" BINARY\r\n  TRACK 01 AUDIO\r\n    INDEX 01 00:00:00\r\n";
    let wide: Vec<u8> =
        [0xFEFF].into_iter().chain(String::from_utf8_lossy(sheet).encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let binary = [&[0; 100][..], sheet].concat();
    for (bytes, extension, score) in [
        (&sheet[..], "cue", Score::CERTAIN),
        (&sheet[..], "txt", Score::LIKELY),
        (&wide, "cue", Score::CERTAIN),
        (b"TRACK 01 AUDIO", "cue", Score::MAYBE),
        (b"", "cue", Score::MAYBE),
        (b"", "", Score::NO),
        (b"FILES and TRACKS", "txt", Score::NO),
        (&binary, "bin", Score::NO),
    ] {
        let source = discconv_core::Bytes::new("x", bytes);
        let peek = Peek { head: bytes, tail: bytes, extension, source: &source };
        assert_eq!(Cue.probe(&peek), score, "{extension} {bytes:?}");
    }
}
