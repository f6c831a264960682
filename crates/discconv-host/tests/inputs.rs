//! What may be read, under which name, and what is said when it may not.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by panicking")]

use discconv_core::{Error, ReadAt, Siblings};
use discconv_host::{FileIdentity, FileSource, FolderSiblings, walk};
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

fn folder(files: &[&str]) -> TempDir {
    let folder = tempdir().unwrap();
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name.as_bytes()).unwrap();
    }
    folder
}

fn refusal(path: &Path) -> String {
    let error = FileSource::open(path).map(|_| ()).unwrap_err();
    format!("{error} | {}", error.hint().unwrap_or_default()).replace(&format!("{}/", path.parent().unwrap().display()), "")
}

fn make_pipe(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
}

#[test]
fn reading_by_position() {
    let folder = folder(&["abcdef"]);
    let source = FileSource::open(&folder.path().join("abcdef")).unwrap();
    assert_eq!(source.len(), 6);
    let mut two = [0; 2];
    source.read_exact_at(3, &mut two).unwrap();
    assert_eq!(&two, b"de");
    let error = source.read_exact_at(5, &mut two).unwrap_err();
    assert!(error.to_string().ends_with("abcdef: byte 0x5: cannot read 2 bytes: the file ends at byte 6"), "{error}");
}

#[test]
fn what_is_no_file_is_refused_and_never_blocks() {
    let folder = folder(&["sub/x"]);
    make_pipe(&folder.path().join("pipe.iso"));
    assert_eq!(
        refusal(&folder.path().join("pipe.iso")),
        "pipe.iso: is a pipe, not a file | images are read at random: write it to a file first, and name that"
    );
    assert!(refusal(&folder.path().join("sub")).starts_with("sub: is a folder, not a file | name a file in it"));
    assert!(refusal(Path::new("/dev/null")).contains("is a device, not a file | copy the disc"));
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    assert!(refusal(&folder.path().join("socket")).starts_with("socket: is a socket"));
    symlink("pipe.iso", folder.path().join("link")).unwrap();
    assert!(refusal(&folder.path().join("link")).starts_with("link: is a pipe"));
}

#[test]
fn a_missing_file_is_looked_for() {
    let folder = folder(&["Game.ISO", "game.cue", "other.iso"]);
    assert_eq!(
        refusal(&folder.path().join("game.iso")),
        "game.iso: cannot open: no such file; the folder has \"Game.ISO\", \"game.cue\" | check the name and the folder"
    );
    assert!(refusal(&folder.path().join("other.bin")).contains("no such file; the folder has \"other.iso\""));
    assert!(refusal(&folder.path().join("none.bin")).contains("cannot open: no such file |"));
    assert!(refusal(&folder.path().join("none/x.bin")).contains("cannot open: no such file |"));
}

#[test]
fn one_file_under_three_names() {
    let folder = folder(&["a", "b"]);
    let [a, b, hard, soft] = ["a", "b", "hard", "soft"].map(|name| folder.path().join(name));
    fs::hard_link(&a, &hard).unwrap();
    symlink("a", &soft).unwrap();
    let identity = FileIdentity::of(&a).unwrap();
    assert_eq!(FileSource::open(&soft).unwrap().identity(), &identity);
    assert_eq!(FileIdentity::of(&hard).unwrap(), identity);
    assert_ne!(FileIdentity::of(&b).unwrap(), identity);
}

#[test]
fn holes_are_seen() {
    const MIB: u64 = 1 << 20;
    let folder = tempdir().unwrap();
    let path = folder.path().join("sparse");
    let file = File::create(&path).unwrap();
    file.set_len(8 * MIB).unwrap();
    file.write_all_at(&[1; 4096], 4 * MIB).unwrap();
    let source = FileSource::open(&path).unwrap();
    // In this order, so that remembered answers are used and left again.
    assert!(source.is_hole(0..MIB));
    assert!(source.is_hole(MIB..4 * MIB));
    assert!(!source.is_hole(3 * MIB..4 * MIB + 1));
    assert!(!source.is_hole(4 * MIB..4 * MIB + 4096));
    assert!(source.is_hole(6 * MIB..8 * MIB));
    assert!(!source.is_hole(8 * MIB..8 * MIB + 1));
    assert!(source.is_hole(0..4 * MIB));

    file.set_len(0).unwrap();
    file.write_all_at(&[0; 8192], 0).unwrap();
    let dense = FileSource::open(&path).unwrap();
    assert!(!dense.is_hole(0..4096) && !dense.is_hole(4096..8192));
}

#[test]
fn a_link_that_leads_nowhere() {
    let folder = folder(&["game.cue"]);
    symlink("gone/game.iso", folder.path().join("game.iso")).unwrap();
    assert_eq!(
        refusal(&folder.path().join("game.iso")),
        "game.iso: cannot open: the link leads nowhere: there is no \"gone/game.iso\" | check the name and the folder"
    );
}

fn found(siblings: &FolderSiblings, name: &str) -> Option<String> {
    siblings.open(name).unwrap().map(|found| {
        let mut bytes = vec![0; usize::try_from(found.source.len()).unwrap()];
        found.source.read_exact_at(0, &mut bytes).unwrap();
        assert!(found.source.name().ends_with(&found.name));
        format!("{} = {}", found.name, String::from_utf8(bytes).unwrap())
    })
}

#[test]
fn names_are_matched_exactly_then_without_case() {
    let folder = folder(&["Track.bin", "track.BIN", "Sub/Deep/Übung.wav"]);
    let siblings = FolderSiblings::beside(&folder.path().join("x.cue"));
    for (name, expected) in [
        ("Track.bin", Some("Track.bin = Track.bin")),
        ("track.BIN", Some("track.BIN = track.BIN")),
        // Capitals sort first: the choice does not depend on the folder's own order.
        ("TRACK.BIN", Some("Track.bin = Track.bin")),
        ("sub/DEEP/ÜBUNG.WAV", Some("Sub/Deep/Übung.wav = Sub/Deep/Übung.wav")),
        ("sub/none.wav", None),
        ("../x", None),
        ("Sub/../Track.bin", None),
        ("/etc/passwd", None),
        ("./Track.bin", None),
        ("", None),
        ("a\0b", None),
    ] {
        assert_eq!(found(&siblings, name).as_deref(), expected, "{name:?}");
    }
    assert_eq!(siblings.list(), ["Track.bin", "track.BIN"]);
    assert_eq!(siblings.opened().len(), 3);
    assert!(matches!(siblings.open("sub").map(|_| ()), Err(Error::Unsupported { .. })));
}

#[test]
fn a_long_folder_is_listed_up_to_a_bound() {
    let folder = tempdir().unwrap();
    for number in 0..10_050 {
        File::create(folder.path().join(format!("{number:05}"))).unwrap();
    }
    let names = FolderSiblings::new(folder.path()).list();
    assert_eq!((names.len(), names[0].as_str(), names[9_999].as_str()), (10_000, "00000", "09999"));
}

#[test]
fn walking_ends_and_is_sorted() {
    let folder = folder(&["b.iso", "a/z.iso", "a/b/c.cue", "a.iso", ".hidden/x.iso", ".game.iso", ".x.iso.1-2.part"]);
    symlink("..", folder.path().join("a/up")).unwrap();
    symlink("a", folder.path().join("again")).unwrap();
    symlink("nowhere", folder.path().join("dangling.iso")).unwrap();
    make_pipe(&folder.path().join("pipe"));
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("a/socket")).unwrap();
    let walked = walk(folder.path());
    let names = |paths: &[PathBuf]| -> Vec<String> {
        paths.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&walked.files), ["a/b/c.cue", "a/z.iso", "a.iso", "b.iso", "dangling.iso"]);
    assert!(walked.problems.is_empty());
    // Nothing vanishes, but for the temporaries of this program.
    assert_eq!(names(&walked.skipped), [".game.iso", ".hidden", "a/socket", "pipe"]);
    let none = walk(&folder.path().join("none"));
    assert!(none.files.is_empty() && none.problems.len() == 1);
}

#[test]
fn walking_is_bounded_in_depth() {
    let folder = tempdir().unwrap();
    let deep = (0..70).fold(folder.path().to_owned(), |path, _| path.join("d"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("x"), "").unwrap();
    let walked = walk(folder.path());
    assert_eq!((walked.files.len(), walked.problems.len()), (0, 1));
}
