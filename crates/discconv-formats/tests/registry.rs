//! The list of formats holds together, and every file is either opened by the right one or named for what it is.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by panicking")]

use discconv_core::memory::MemoryFiles;
use discconv_core::{Error, Input, Limits, LossKind, LossKinds, Media, Siblings, WriteOptions};
use discconv_formats::{
    FORMATS, OpenedImage, UnwrappingSiblings, by_extension, by_id, nearest, nearest_other, open, plan_to, probe,
};
use discconv_testkit::Files;
use discconv_testkit::fixtures::{Fixture, by_name};
use std::collections::BTreeSet;

fn memory(files: &Files) -> MemoryFiles {
    files.0.iter().map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
}

fn open_in(files: &MemoryFiles, name: &str, forced: Option<&str>) -> discconv_core::Result<OpenedImage> {
    let source = files.source(name).unwrap();
    open(&Input { forced, ..Input::new(name, source, files) })
}

fn fixture(name: &str) -> (Fixture, MemoryFiles) {
    let fixture = by_name(name).unwrap_or_else(|| panic!("no fixture {name}"));
    let files = memory(&fixture.files);
    (fixture, files)
}

fn find_descriptor(name: &str, files: &MemoryFiles) -> Option<String> {
    discconv_formats::find_descriptor(name, &UnwrappingSiblings::new(files, Limits::default()))
}

/// Error and hint of opening `bytes` as the file `name`.
fn refusal(name: &str, bytes: &[u8]) -> String {
    let files = MemoryFiles::from_iter([(name, bytes)]);
    match open_in(&files, name, None) {
        Ok(opened) => format!("opened as {}", opened.format.id),
        Err(error) => format!("{error} | {}", error.hint().unwrap_or_default()),
    }
}

#[test]
fn the_list_is_sound() {
    let mut ids = BTreeSet::new();
    let mut written = BTreeSet::new();
    for format in FORMATS {
        let info = format.info();
        for id in std::iter::once(&info.id).chain(info.forced) {
            assert!(ids.insert(*id), "{id} twice");
            assert_eq!(by_id(id).unwrap().info().id, info.id);
        }
        assert_eq!(info.writes, format.writer().is_some(), "{}", info.id);
        assert!(!info.extensions.is_empty() && !info.name.is_empty() && !info.spec.is_empty(), "{}", info.id);
        for extension in info.extensions.iter().chain(info.companions) {
            assert_eq!(*extension, extension.to_lowercase().trim_start_matches('.'), "{}", info.id);
        }
        if info.writes {
            for extension in info.extensions {
                let writer = by_extension(extension).unwrap().info().id;
                // A further version of a format has its extensions, and must be asked for by its id.
                let further = info.id.strip_prefix(writer).is_some_and(|version| version.parse::<u8>().is_ok());
                assert!(written.insert(*extension) || further, ".{extension} is written by two formats");
                assert!(writer == info.id || further, ".{extension} is written by {writer}");
            }
        }
    }
    assert!(by_id("none").is_none() && by_extension("none").is_none() && by_extension("").is_none());
}

#[test]
fn extensions_choose_writers() {
    for (extension, id) in [
        ("iso", "iso"),
        ("ISO", "iso"),
        ("img", "iso"),
        ("cdr", "iso"),
        ("cue", "cue"),
        ("bin", "cue"),
        ("Bin", "cue"),
        ("cso", "cso"),
        ("ecm", "ecm"),
    ] {
        assert_eq!(by_extension(extension).unwrap().info().id, id);
    }
    assert!(by_extension("wav").is_none());
}

#[test]
fn the_nearest_format_that_keeps_it() {
    for (kinds, media, id) in [
        (LossKinds::NONE, Media::Cd, Some("iso")),
        (LossKinds::of(&[LossKind::Damage]), Media::Cd, Some("iso")),
        (LossKinds::of(&[LossKind::Audio, LossKind::Index]), Media::Cd, Some("cue")),
        (LossKinds::of(&[LossKind::Ecc, LossKind::Damage]), Media::Cd, Some("cue")),
        (LossKinds::NONE, Media::Dvd, Some("iso")),
        (LossKinds::of(&[LossKind::Ecc]), Media::Dvd, Some("nrg")),
    ] {
        assert_eq!(nearest(kinds, media).map(|info| info.id), id, "{kinds:?}, {media:?}");
        for refusing in ["iso", "cue"] {
            let other = nearest_other(kinds, media, refusing).map(|info| info.id);
            assert!(other != Some(refusing) && (id == Some(refusing) || other == id), "{kinds:?} refused by {refusing}");
        }
    }
}

#[test]
fn what_is_only_read_is_not_planned() {
    let error = plan_to(by_id("wave").unwrap(), &[], "x", &WriteOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "x: RIFF/WAVE sound is read but not written");
    let written: Vec<&str> = FORMATS.iter().map(|format| format.info()).filter(|info| info.writes).map(|info| info.id).collect();
    assert_eq!(error.hint().unwrap(), format!("formats that are written: {}", written.join(", ")));
}

#[test]
fn foreign_files_are_named() {
    let ids: Vec<&str> = FORMATS.iter().map(|format| format.info().id).collect();
    let probed = format!("expected a disc image (probed: {})", ids.join(", "));
    let other = "look where it came from: a failed download often leaves a page or another file under the image's name";
    let mut rar = b"Rar!\x1A\x07\x01\0".to_vec();
    rar.resize(2352 * 20, 0x5A);
    let mut floppy = vec![0; 1_474_560];
    floppy[..13].copy_from_slice(&[0xEB, 0x3C, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    let mut cals = b"srcdocid: NONE".to_vec();
    cals.resize(4096, b' ');
    let dmg: Vec<u8> = [vec![0; 4096], b"koly".to_vec(), vec![0; 508]].concat();
    let noise = discconv_testkit::Rng::new(5).bytes(2048 * 3);
    let console =
        "make a plain ISO of it first: Dolphin or nodtool do so for the GameCube and Wii, xdvdfs or Repackinator for the Xbox";
    let nintendo = [&b"CISO\0\0\x20\0\x01"[..], &[0; 0x7FF7], &[7; 4096]].concat();
    // One block of zeros: header, index in units of 4 bytes, LZ4 behind its length, padding.
    let header = b"CISO\x18\0\0\0\0\x08\0\0\0\0\0\0\0\x08\0\0\x02\x02\0\0\x08\0\0\x80\x0E\0\0\0";
    let xbox = [&header[..], &[18, 0, 0, 0, 0x1F, 0, 1, 0], &[255; 7], &[238, 0x50, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
    for (name, bytes, found, hint) in [
        ("x.iso", &nintendo[..], "a CISO image of a GameCube or Wii disc (Nintendo's, no CSO)", console),
        ("x.cso", &xbox, "a CSO image of an Xbox disc (coded otherwise than a PSP's)", console),
        ("x.iso", b"", "an empty file", "the copy or download that made it failed; get it again"),
        ("x.iso", b"\x89PNG\r\n\x1A\nrest", "a PNG picture", other),
        ("x.iso", b"  <!DOCTYPE HTML><title>404", "a web page", other),
        ("x.iso", b"\xEF\xBB\xBF<html>", "a web page", other),
        ("x.bin", &rar, "a RAR archive", "unpack it, and name the image inside"),
        ("x.iso", &cals, "a CALS raster picture", other),
        ("x.dmg", &dmg, "a DMG image (Apple)", "this version does not read it; `discconv formats` lists what is read"),
        (
            "x.img",
            &floppy,
            "a floppy image",
            "it is not an optical disc; --from iso2048 reads it as sectors of 2048 bytes all the same",
        ),
        (
            "x.iso",
            &noise,
            "6144 bytes without any structure of a disc",
            "if it holds sectors of 2048 bytes all the same, --from iso2048 reads it as such",
        ),
        (
            "x.iso",
            &noise[1..],
            "6143 bytes without any structure of a disc",
            "it may be damaged, encrypted, or of a kind that is not read yet",
        ),
    ] {
        assert_eq!(refusal(name, bytes), format!("{name}: found {found}; {probed} | {hint}"));
    }
}

#[test]
fn containers_of_the_corpus_are_named() {
    let Some(corpus) = discconv_testkit::corpus::folder() else { return };
    for (path, found) in [
        ("nintendo/GameCube-240pSuite-1.19.gcz", "a GCZ image (Dolphin)"),
        ("nintendo/GameCube-240pSuite-1.19.rvz", "an RVZ image (Dolphin)"),
    ] {
        let bytes = std::fs::read(corpus.join(path)).unwrap();
        let error = refusal(path, &bytes);
        assert!(error.starts_with(&format!("{path}: found {found}; ")), "{error}");
    }
}

#[test]
fn forced_readings() {
    let files = MemoryFiles::from_iter([("x.iso", discconv_testkit::Rng::new(5).bytes(2048 * 3))]);
    let opened = open_in(&files, "x.iso", Some("iso2048")).unwrap();
    assert_eq!((opened.format.id, opened.discs.len()), ("iso", 1));
    assert_eq!(opened.discs[0].toc().tracks().next().unwrap().sectors(), 3);
    let error = open_in(&files, "x.iso", Some("none")).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "x.iso: cannot be read as \"none\": there is no such format");
    assert!(error.hint().unwrap().starts_with("--from takes iso, iso2048, "));
    // Forced is forced: the content has no say.
    assert!(open_in(&files, "x.iso", Some("cue")).is_err());
}

#[test]
fn a_lone_track_is_no_disc() {
    let names = ["wave", "aiff"];
    let good: Vec<Fixture> = discconv_testkit::fixtures::all_good();
    let mut seen = BTreeSet::new();
    for (name, bytes) in good.iter().flat_map(|fixture| &fixture.files.0) {
        let files = MemoryFiles::from_iter([(name.clone(), bytes.clone())]);
        let input = Input::new(name, files.source(name).unwrap(), &files);
        let Some((format, _)) = probe(&input).into_iter().next().filter(|(format, _)| names.contains(&format.info().id)) else {
            continue;
        };
        seen.insert(format.info().id);
        let error = open(&input).map(|_| ()).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
        assert!(error.hint().unwrap().contains("sheet"), "{error}");
        // Beside a sheet it is what the samples are.
        let found = UnwrappingSiblings::new(&files, Limits::default()).open(name).unwrap().unwrap();
        assert_eq!(found.unwrapped, Some(format.info().id));
        assert!(found.source.len() < bytes.len() as u64);
    }
    assert_eq!(seen.len(), 2, "fixtures with both kinds of sound files");
}

#[test]
fn wrappers_are_taken_off_to_a_depth() {
    let (fixture, files) = fixture_with("wav");
    let name = fixture.files.0.keys().find(|name| name.to_lowercase().ends_with("wav")).unwrap().clone();
    let none = Limits { depth: 0, ..Limits::default() };
    let found = UnwrappingSiblings::new(&files, none).open(&name).unwrap().unwrap();
    assert_eq!(found.unwrapped, None);
    let input = Input { limits: none, ..Input::new(&name, files.source(&name).unwrap(), &files) };
    assert!(matches!(open(&input).map(|_| ()), Err(Error::Limit { .. })));
}

/// A fixture that has a file of that extension.
fn fixture_with(extension: &str) -> (Fixture, MemoryFiles) {
    let has = |fixture: &Fixture| fixture.files.0.keys().any(|name| name.to_lowercase().ends_with(extension));
    let fixture = discconv_testkit::fixtures::all_good().into_iter().find(has).unwrap();
    let files = memory(&fixture.files);
    (fixture, files)
}

#[test]
fn the_descriptor_beside_a_data_file() {
    let (fixture, files) = fixture("mixed");
    let sheet = fixture.entry.clone();
    let data = fixture.files.0.keys().find(|name| name.ends_with(".bin")).unwrap().clone();
    assert_eq!(find_descriptor(&data, &files).as_deref(), Some(sheet.as_str()));
    assert_eq!(find_descriptor(&format!("some/where/{data}"), &files).as_deref(), Some(sheet.as_str()));
    assert_eq!(find_descriptor(&data.to_uppercase(), &files).as_deref(), Some(sheet.as_str()));
    assert_eq!(find_descriptor(&sheet, &files), None);
    assert_eq!(find_descriptor("none.bin", &files), None);
    // Of the same stem, but about another file.
    let bytes = fixture.files.get(&data).to_vec();
    let stem = sheet.rsplit_once('.').unwrap().0;
    let other = MemoryFiles::from_iter(fixture.files.0.clone());
    other.insert(format!("{stem}.img"), bytes.clone());
    assert_eq!(find_descriptor(&format!("{stem}.img"), &other), None);
    // Broken: then the content decides.
    let broken = MemoryFiles::from_iter([(data.clone(), bytes), (sheet, b"FILE nonsense".to_vec())]);
    assert_eq!(find_descriptor(&data, &broken), None);
}

#[test]
fn any_file_may_be_the_data_of_a_sheet() {
    let bytes = by_name("iso-2048").unwrap().entry_bytes().to_vec();
    let sheet = |name: &str| format!("FILE \"{name}\" BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\n").into_bytes();
    for data in ["m.img", "m.iso", "m.raw", "m.mdf", "m.dat"] {
        for told in [data.to_owned(), data.to_uppercase(), format!("C:\\dir\\{data}"), format!("dir/{data}")] {
            let files = MemoryFiles::from_iter([("m.cue", sheet(&told)), (data, bytes.clone())]);
            assert_eq!(find_descriptor(data, &files).as_deref(), Some("m.cue"), "{data} as {told}");
        }
        // It speaks of another file, whether that is there or not.
        let other = MemoryFiles::from_iter([("m.cue", sheet("m.bin")), (data, bytes.clone())]);
        assert_eq!(find_descriptor(data, &other), None, "{data}");
        other.insert("m.bin", bytes.clone());
        assert_eq!(find_descriptor(data, &other), None, "{data} beside m.bin");
    }
    let (fixture, files) = fixture_with("wav");
    let sheet = std::str::from_utf8(fixture.entry_bytes()).unwrap().replace(".wav\"", ".x\"");
    let name = fixture.files.0.keys().find(|name| name.ends_with(".wav")).unwrap();
    let stem = name.strip_suffix(".wav").unwrap();
    files.insert(format!("{stem}.cue"), fixture.entry_bytes().to_vec());
    assert_eq!(find_descriptor(name, &files), Some(format!("{stem}.cue")));
    files.insert(format!("{stem}.cue"), sheet.into_bytes());
    assert_eq!(find_descriptor(name, &files), None);
}

#[test]
fn a_sheet_that_names_another_file_is_not_used() {
    let (fixture, files) = fixture("other-stem");
    // Opened itself it takes what has its stem; but that file does not ask for it.
    assert!(open_in(&files, &fixture.entry, None).is_ok());
    assert_eq!(find_descriptor("disc.bin", &files), None);
}

/// What a packed image is called inside decides nothing where its content says nothing.
#[test]
fn names_within_names_decide_nothing() {
    let noise = discconv_testkit::Rng::new(0xC50).bytes(2048);
    let mut cso = b"CISO\x18\0\0\0\0\x08\0\0\0\0\0\0\0\x08\0\0\x01\0\0\0".to_vec();
    for entry in [0x8000_0020u32, 0x820] {
        cso.extend_from_slice(&entry.to_le_bytes());
    }
    cso.extend_from_slice(&noise);
    let files = MemoryFiles::new();
    for name in ["a.cso", "a.cso.cso", "a.nrg.cso", "a.iso.cso", "a.mds.cso"] {
        files.insert(name, cso.clone());
        let image = open_in(&files, name, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((image.format.id, image.wrappers[0].id, image.discs.len()), ("iso", "cso", 1), "{name}");
        assert_eq!(image.discs[0].toc().tracks().next().map(|track| track.sectors()), Some(1), "{name}");
    }
}
