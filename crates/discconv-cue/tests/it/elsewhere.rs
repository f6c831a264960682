//! The very files of a sheet come back from a disc that was put into another container since.

use crate::folder::Folder;
use crate::written::write;
use discconv_core::{
    Bytes, Disc, DiscParts, ExtraKind, Form, Lba, LossKinds, Place, Result, Scratch, SourceId, SubCoding, WriteOptions,
};
use discconv_testkit::files::sheet;
use discconv_testkit::fixtures::all_good;
use discconv_testkit::stored::{Sub, as_mode1, silence, sound, swap_words, with_subchannel};
use std::sync::Arc;

/// One record of the other container: as raw as there is, then subchannel or zeros, 2448 bytes in all.
const PLAIN: Form = Form { sub: None, ..Form::RAW_SUB };

/// `disc` with all that any file of it stores in one source, one record behind another.
fn moved(disc: &Disc) -> Disc {
    let mut parts = disc.clone().into_parts();
    let mut bytes = Vec::new();
    for extent in &mut parts.extents {
        let Some(place) = extent.main else { continue };
        let raw =
            if disc.toc().media.has_raw() { Form { sub: place.form.sub.and(Form::RAW_SUB.sub), ..PLAIN } } else { Form::USER };
        let mut sectors = vec![0; usize::try_from(extent.sectors()).unwrap() * raw.record()];
        disc.read_sectors(extent.lbas.start, &raw, &mut Scratch::default(), &mut sectors).unwrap();
        extent.main = Some(Place { source: SourceId(0), offset: bytes.len() as u64, form: raw });
        bytes.extend(sectors);
    }
    parts.sources = vec![Arc::new(Bytes::new("other.chd", bytes))];
    (parts.notes, parts.checks) = (Vec::new(), Vec::new());
    Disc::new("other.chd", parts).unwrap()
}

fn back(disc: &Disc) -> Result<Folder> {
    let original = WriteOptions { original: true, ..WriteOptions::default() };
    write(disc, "other", &original, LossKinds::NONE).map(|(folder, _)| folder)
}

fn change(disc: &Disc, change: impl FnOnce(&mut DiscParts)) -> Disc {
    let mut parts = disc.clone().into_parts();
    change(&mut parts);
    Disc::new("other.chd", parts).unwrap()
}

/// Every file of `folder` comes back, whatever container its disc was in.
#[track_caller]
fn comes_back(folder: &Folder, name: &str) {
    let disc = folder.open(name).unwrap();
    let back = back(&moved(&disc)).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(back.0.names(), folder.0.names(), "{name}");
    for file in back.0.names() {
        assert!(back.0.get(&file) == folder.0.get(&file), "{name}: {file}");
    }
}

/// Single and split, gaps in and out of files, further indexes, sessions, areas, sizes, orders of bytes.
#[test]
fn every_sheet_there_is() {
    let mut refused = String::new();
    for fixture in all_good().into_iter().filter(|fixture| fixture.entry.ends_with(".cue")) {
        let folder = Folder::from(&fixture);
        let disc = folder.open(&fixture.entry).unwrap();
        match back(&moved(&disc)) {
            Ok(back) => {
                assert_eq!(back.0.names(), folder.0.names(), "{}", fixture.name);
                for (name, bytes) in &fixture.files.0 {
                    assert!(back.0.get(name).unwrap()[..] == bytes[..], "{}: {name}", fixture.name);
                }
            }
            Err(error) => refused += &format!("{}: {error}\n", fixture.name),
        }
    }
    insta::assert_snapshot!(refused);
}

fn laid(lines: &[&str], files: &[(&str, Vec<u8>)]) -> Folder {
    let folder: Folder = Folder::of(&[("x.cue", &sheet(lines))]);
    files.iter().for_each(|(name, bytes)| folder.0.insert(*name, bytes.clone()));
    folder
}

const ONE: &str = "FILE \"a.bin\" BINARY";

#[test]
fn two_sessions_in_one_file_and_in_two() {
    let data = |first: i32| as_mode1(first, &vec![7; 20 * 2048]);
    let second = ["REM SESSION 02", "FILE \"b.bin\" BINARY", "TRACK 02 MODE1/2352", "INDEX 01 00:00:00"];
    let lines = [&[ONE, "TRACK 01 AUDIO", "INDEX 01 00:00:00"], &second[..]].concat();
    comes_back(&laid(&lines, &[("a.bin", sound(1, 30)), ("b.bin", data(11_430))]), "x.cue");
    // The sectors before INDEX 01 are the end of the pause.
    let lead = ["REM SESSION 02", "FILE \"b.bin\" BINARY", "TRACK 02 AUDIO", "INDEX 00 00:00:00", "INDEX 01 00:00:03"];
    let lines = [&[ONE, "TRACK 01 AUDIO", "INDEX 01 00:00:00"], &lead[..]].concat();
    comes_back(&laid(&lines, &[("a.bin", sound(1, 30)), ("b.bin", sound(2, 9))]), "x.cue");
}

/// Where the disc begins only the headers of its sectors say, which the other container has.
#[test]
fn sectors_that_say_where_they_are() {
    let lead = [ONE, "TRACK 01 MODE1/2352", "INDEX 00 00:00:00", "INDEX 01 00:02:00"];
    for first in [-150, 0] {
        comes_back(&laid(&lead, &[("a.bin", as_mode1(first, &vec![7; 160 * 2048]))]), "x.cue");
    }
    let pregap = [ONE, "TRACK 01 MODE1/2352", "PREGAP 00:02:00", "INDEX 01 00:00:00"];
    for first in [150, 0] {
        comes_back(&laid(&pregap, &[("a.bin", as_mode1(first, &vec![7; 20 * 2048]))]), "x.cue");
    }
    // Declared as another mode than they are.
    let wrong = [ONE, "TRACK 01 MODE2/2352", "INDEX 01 00:00:00"];
    comes_back(&laid(&wrong, &[("a.bin", as_mode1(0, &vec![7; 20 * 2048]))]), "x.cue");
}

#[test]
fn areas_of_a_gd_rom() {
    let lines = |second: &'static [&'static str]| {
        let first = ["REM SINGLE-DENSITY AREA", ONE, "TRACK 01 MODE1/2352", "INDEX 01 00:00:00", "REM HIGH-DENSITY AREA"];
        [&first[..], second].concat()
    };
    let split = lines(&["FILE \"b.bin\" BINARY", "TRACK 02 MODE1/2352", "INDEX 00 00:00:00", "INDEX 01 00:00:05"]);
    let single = as_mode1(0, &vec![7; 20 * 2048]);
    comes_back(&laid(&split, &[("a.bin", single.clone()), ("b.bin", as_mode1(44_995, &vec![8; 9 * 2048]))]), "x.cue");
    let one = lines(&["TRACK 02 MODE1/2352", "INDEX 01 00:00:20"]);
    comes_back(&laid(&one, &[("a.bin", [single, as_mode1(45_000, &vec![8; 9 * 2048])].concat())]), "x.cue");
}

#[test]
fn orders_of_bytes() {
    let lines = ["FILE \"a.bin\" MOTOROLA", "TRACK 01 MODE1/2352", "INDEX 01 0", "TRACK 02 AUDIO", "INDEX 01 00:00:20"];
    let bytes = [as_mode1(0, &vec![7; 20 * 2048]), swap_words(&sound(1, 30))].concat();
    comes_back(&laid(&lines, &[("a.bin", bytes)]), "x.cue");
    // The other container has another order of subchannel than either file.
    let lines =
        [ONE, "TRACK 01 MODE1/2448", "INDEX 01 00:00:00", "FILE \"b.bin\" BINARY", "TRACK 02 MODE1/2448", "INDEX 01 00:00:00"];
    let raw = as_mode1(0, &vec![7; 40 * 2048]);
    let part = |sub, range: std::ops::Range<usize>| with_subchannel(&raw, sub)[range.start * 2448..range.end * 2448].to_vec();
    let folder = laid(&lines, &[("a.bin", part(Sub::Packed, 0..20)), ("b.bin", part(Sub::Interleaved, 20..40))]);
    comes_back(&folder, "x.cue");
    let listing = folder.open("x.cue").unwrap().extras()[1].clone();
    assert_eq!(std::str::from_utf8(&listing.bytes).unwrap(), "48960\tpacked\ta.bin\n48960\tplain\tb.bin\n");
    assert_eq!(listing.kind, ExtraKind::other("cue-files"));
}

/// A file that ends within a sector: zeros stand for the rest on the disc, and are not given back.
#[test]
fn files_that_end_within_a_sector() {
    for (more, track) in [
        (1, "TRACK 01 AUDIO"),
        (2351, "TRACK 01 AUDIO"),
        (100, "TRACK 01 MODE1/2352"),
        (100, "TRACK 01 MODE1/2448"),
        (100, "TRACK 01 MODE2/2352"),
    ] {
        let sectors = 20 * if track.ends_with("2448") { 2448 } else { 2352 };
        let bytes = [&vec![7; sectors][..], &vec![9; more]].concat();
        comes_back(&laid(&[ONE, track, "INDEX 01 00:00:00"], &[("a.bin", bytes)]), "x.cue");
    }
    // Of an earlier file as of the last.
    let lines = [ONE, "TRACK 01 AUDIO", "INDEX 01 0", "FILE \"b.bin\" BINARY", "TRACK 02 AUDIO", "INDEX 01 0"];
    let cut = |voice| sound(voice, 20)[..19 * 2352 + 6].to_vec();
    comes_back(&laid(&lines, &[("a.bin", cut(1)), ("b.bin", cut(2))]), "x.cue");
}

#[test]
fn one_file_named_often() {
    let lines = [ONE, "TRACK 01 AUDIO", "INDEX 01 0", "FILE \"A.BIN\" BINARY", "TRACK 02 AUDIO", "INDEX 01 00:00:07"];
    let folder = laid(&lines, &[("a.bin", sound(1, 20))]);
    // Each name is a file of its own to the sheet, and the bytes lie on the disc twice.
    let outcome = back(&moved(&folder.open("x.cue").unwrap()));
    match outcome {
        Ok(back) => assert!(back.0.get("a.bin") == folder.0.get("a.bin")),
        Err(error) => assert!(error.to_string().contains("\"a.bin\" cannot be given back as it was"), "{error}"),
    }
}

/// What is not wholly on the disc, or no longer as it was, is refused by name.
#[test]
fn refusals() {
    let one = [ONE, "TRACK 01 AUDIO", "INDEX 01 00:00:00"];
    let gap = [ONE, "TRACK 01 AUDIO", "INDEX 01 0", "TRACK 02 AUDIO", "INDEX 00 00:00:10", "INDEX 01 00:00:15"];
    let sessions = [ONE, "TRACK 01 AUDIO", "INDEX 01 0", "REM SESSION 02", "TRACK 02 AUDIO", "INDEX 01 02:32:20"];
    let data = [ONE, "TRACK 01 MODE1/2352", "INDEX 01 00:00:00"];
    let from = |lines: &[&str], bytes: Vec<u8>| moved(&laid(lines, &[("a.bin", bytes)]).open("x.cue").unwrap());
    let plain = from(&one, sound(1, 20));
    let rows = [
        (
            "a cut file that is whole now",
            change(&from(&one, sound(1, 20)[..20 * 2352 - 9].to_vec()), |parts| {
                let mut bytes = vec![0; 20 * 2448];
                parts.sources[0].read_exact_at(0, &mut bytes).unwrap();
                bytes[19 * 2448 + 2351] = 7;
                parts.sources[0] = Arc::new(Bytes::new("other.chd", bytes));
            }),
        ),
        ("a stored lead-out", from(&sessions, sound(1, 11_450))),
        (
            "a gap that is gone",
            change(&from(&gap, [sound(1, 10), silence(5), sound(2, 5)].concat()), |parts| {
                parts.extents = vec![
                    discconv_core::Extent { lbas: Lba(0)..Lba(10), ..parts.extents[0].clone() },
                    discconv_core::Extent::gap(Lba(10)..Lba(15), discconv_core::TrackMode::Audio),
                    discconv_core::Extent {
                        lbas: Lba(15)..Lba(20),
                        main: Some(Place { source: SourceId(0), offset: 15 * 2448, form: PLAIN }),
                        ..parts.extents[0].clone()
                    },
                ];
            }),
        ),
        (
            "user data alone",
            change(&from(&data, as_mode1(0, &vec![7; 20 * 2048])), |parts| {
                let place = Place { source: SourceId(0), offset: 0, form: Form { stride: 2448, ..Form::USER } };
                parts.extents[0].main = Some(place);
            }),
        ),
        (
            "a shorter track",
            change(&plain, |parts| {
                parts.toc.sessions[0].tracks[0].end = Lba(19);
                parts.toc.sessions[0].lead_out = Lba(19);
            }),
        ),
        ("another number", change(&plain, |parts| parts.toc.sessions[0].tracks[0].number = 2)),
        ("a longer file", change(&plain, |parts| parts.extras[1].bytes = b"47050\tplain\ta.bin\n".to_vec())),
        ("a much longer file", change(&plain, |parts| parts.extras[1].bytes = b"18446744073709551615\tplain\ta.bin\n".to_vec())),
        ("an empty file", change(&plain, |parts| parts.extras[1].bytes = b"0\tplain\ta.bin\n".to_vec())),
        ("too many files", change(&plain, |parts| parts.extras[1].bytes = b"1\tplain\ta\n1\tplain\tb\n".to_vec())),
        ("no listing", change(&plain, |parts| parts.extras[1].bytes = b"\xFF".to_vec())),
        ("sound", change(&plain, |parts| parts.extras[1].bytes = b"47040\twave\ta.bin\n".to_vec())),
        ("a broken sheet", change(&plain, |parts| parts.extras[0].bytes = b"FILE\n".to_vec())),
    ];
    let mut out = String::new();
    for (name, disc) in rows {
        let error = back(&disc).map(|_| ()).unwrap_err();
        out += &format!("== {name}\n{error}\n");
    }
    insta::assert_snapshot!(out);
}

/// Subchannel that the disc has gained since, and that says something, is not passed over.
#[test]
fn what_came_in_since() {
    let disc = moved(&laid(&[ONE, "TRACK 01 AUDIO", "INDEX 01 00:00:00"], &[("a.bin", sound(1, 20))]).open("x.cue").unwrap());
    let words = change(&disc, |parts| {
        let mut bytes = vec![0; 20 * 2448];
        parts.sources[0].read_exact_at(0, &mut bytes).unwrap();
        bytes[2352 + 9] = 0x15;
        parts.sources[0] = Arc::new(Bytes::new("other.chd", bytes));
        parts.extents[0].main =
            Some(Place { source: SourceId(0), offset: 0, form: Form { sub: Some(SubCoding::Interleaved), ..PLAIN } });
    });
    assert!(back(&words).err().unwrap().to_string().contains("subchannel"));
}
