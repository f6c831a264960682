//! Images in something else: what stands for what, which file of an archive is the image, how the packed ones are named.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by panicking")]

use discconv_core::memory::MemoryFiles;
use discconv_core::{Execution, Input, Limits, LossKinds, Outputs, Quiet, Result, Serial, WriteOptions, execute};
use discconv_formats::{OpenedImage, UnwrappingSiblings, by_id, find_descriptor, holds_no_image, open, plan_to, reader_for};
use discconv_testkit::fixtures::by_name;

fn files_of(fixture: &str) -> MemoryFiles {
    by_name(fixture).unwrap().files.0.into_iter().collect()
}

fn open_in(files: &MemoryFiles, name: &str, member: Option<&str>) -> Result<OpenedImage> {
    open(&Input { member, ..Input::new(name, files.source(name).unwrap(), files) })
}

fn descriptor_of(name: &str, files: &MemoryFiles) -> Option<String> {
    find_descriptor(name, &UnwrappingSiblings::new(files, Limits::default()))
}

/// Every file of `files` in a zip archive, stored.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let [at, len, sum] = [archive.len(), bytes.len(), 0].map(|number| u32::try_from(number).unwrap().to_le_bytes());
        let name_len = u16::try_from(name.len()).unwrap().to_le_bytes();
        let shared = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sum, &len, &len, &name_len, &[0, 0]].concat();
        archive.extend([&b"PK\x03\x04"[..], &shared, name.as_bytes(), bytes].concat());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &shared, &[0; 10], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let [len, at] = [directory.len(), archive.len()].map(|number| u32::try_from(number).unwrap().to_le_bytes());
    [&archive[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &len, &at, &[0, 0]].concat()
}

/// The files that a disc becomes as ECM, and their names.
fn packed(fixture: &str, stem: &str) -> MemoryFiles {
    let (files, entry) = (files_of(fixture), by_name(fixture).unwrap().entry);
    let discs = open_in(&files, &entry, None).unwrap().discs;
    let plan = plan_to(by_id("ecm").unwrap(), &discs, stem, &WriteOptions::default()).unwrap();
    let written = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&written as &dyn Outputs),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::NONE,
        prove: true,
        source_name: &entry,
        reader: &reader_for(&plan),
    };
    execute(&plan, &discs, &how).unwrap();
    written
}

#[test]
fn what_is_put_into_ecm_is_said_by_the_name() {
    let files = files_of("raw-mode1");
    let discs = open_in(&files, "small.bin", None).unwrap().discs;
    for (stem, names) in [
        ("x", &["x.bin.ecm", "x.cue"][..]),
        ("x.bin", &["x.bin.ecm", "x.cue"]),
        ("x.iso", &["x.iso.ecm"]),
        ("x.img", &["x.img.ecm"]),
        ("v1.0", &["v1.0.bin.ecm", "v1.0.cue"]),
        (".bin", &[".bin.bin.ecm", ".bin.cue"]),
    ] {
        let plan = plan_to(by_id("ecm").unwrap(), &discs, stem, &WriteOptions::default()).unwrap();
        assert_eq!(plan.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), names, "{stem}");
    }
}

/// The sheet names the plain file, as it will be called again, and is found from the packed one.
#[test]
fn a_sheet_and_its_packed_bin() {
    let files = packed("mixed", "x");
    assert_eq!(files.names(), ["x.bin.ecm", "x.cue"]);
    assert!(String::from_utf8_lossy(&files.get("x.cue").unwrap()).contains("FILE \"x.bin\" BINARY"));
    assert_eq!(descriptor_of("x.bin.ecm", &files).as_deref(), Some("x.cue"));
    let image = open_in(&files, "x.cue", None).unwrap();
    let notes: Vec<&str> = image.discs[0].notes().iter().map(|note| note.text.as_str()).collect();
    assert!(notes.contains(&"x.bin.ecm: stands for \"x.bin\", which is not there"), "{notes:?}");
    assert_eq!(image.discs[0].checks().len(), 1);
    // Where the plain file is there too, the sheet is about that one.
    files.insert("x.bin", by_name("mixed").map(|fixture| fixture.files.0.into_values().max_by_key(Vec::len).unwrap()).unwrap());
    assert_eq!(descriptor_of("x.bin.ecm", &files), None);
    assert_eq!(descriptor_of("x.bin", &files).as_deref(), Some("x.cue"));
    // A sheet may name the packed file itself.
    let sheet = String::from_utf8_lossy(&files.get("x.cue").unwrap()).replace("x.bin", "x.bin.ecm");
    files.insert("x.cue", sheet.into_bytes());
    assert_eq!(descriptor_of("x.bin.ecm", &files).as_deref(), Some("x.cue"));
    assert_eq!(open_in(&files, "x.cue", None).unwrap().discs[0].checks().len(), 1);
}

#[test]
fn the_image_of_an_archive() {
    let bin = by_name("raw-mode1").unwrap().files.get("small.bin").to_vec();
    let sheet = |name: &str| format!("FILE \"{name}\" BINARY\r\n  TRACK 01 MODE1/2352\r\n    INDEX 01 00:00:00\r\n").into_bytes();
    let (cue, other) = (sheet("b.bin"), sheet("other.bin"));
    let check = |files: &[(&str, &[u8])], member: Option<&str>, expected: &str| {
        let all = MemoryFiles::from_iter([("d/x.zip", zip(files))]);
        let seen = match open_in(&all, "d/x.zip", member) {
            Ok(image) => format!("{} {}", image.format.id, image.stem),
            Err(error) => format!("{error} | {} | {}", error.hint().unwrap_or_default(), holds_no_image(&error)),
        };
        assert_eq!(seen, expected);
    };
    check(&[("b.bin", &bin)], None, "iso b");
    check(&[("g/a.cue", &cue), ("g/b.bin", &bin), ("g/readme.txt", b"hi")], None, "cue a");
    check(
        &[("a.bin", &bin), ("b.bin", &bin)],
        None,
        "d/x.zip: holds more than one image: \"a.bin\", \"b.bin\" | say which with --member NAME | false",
    );
    check(&[("a.bin", &bin), ("b.bin", &bin)], Some("B.bin"), "iso b");
    check(
        &[("a.cue", &cue), ("b.bin", &bin), ("c.bin", &bin)],
        None,
        "d/x.zip: holds more than one image: \"a.cue\", \"c.bin\" | say which with --member NAME | false",
    );
    check(
        &[("a.cue", &cue), ("c.cue", &other)],
        None,
        "d/x.zip: holds more than one image: \"a.cue\", \"c.cue\" | say which with --member NAME | false",
    );
    check(&[("a.bin", &bin)], Some("q"), "d/x.zip: has no member \"q\" | it has \"a.bin\" | false");
    check(
        &[("a.txt", b"hi")],
        None,
        "d/x.zip: found an archive of other files: \"a.txt\"; expected a disc image in it | if one of them is an image all the \
         same, say which with --member NAME | true",
    );
    // An archive in an archive is looked into if it is asked for, and no deeper than wrappers go.
    let inner = zip(&[("b.bin", &bin)]);
    check(&[("y.zip", &inner)], Some("y.zip"), "iso b");
}

/// Sheets in an archive find their files there only, never beside the archive.
#[test]
fn names_never_leave_the_archive() {
    let bin = by_name("raw-mode1").unwrap().files.get("small.bin").to_vec();
    let cue = b"FILE \"small.bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n    INDEX 01 00:00:00\r\n";
    let all = MemoryFiles::from_iter([("x.zip", zip(&[("a.cue", cue)])), ("small.bin", bin)]);
    let error = open_in(&all, "x.zip", None).err().unwrap();
    assert!(error.to_string().contains("names \"small.bin\", which is not there"), "{error}");
}
