//! Outputs appear together or not at all, and nothing else is touched: with real files and real faults.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by panicking")]

use discconv_core::{Error, FileId, OutputFile, OutputSet, Outputs, Result, Role};
use discconv_host::{FileIdentity, FolderOutputs};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use tempfile::{TempDir, tempdir};

/// A process number that no process has.
const NOBODY: u32 = i32::MAX.unsigned_abs();

fn file(name: &str, len: u64) -> OutputFile {
    let role = if name.ends_with("cue") { Role::Descriptor } else { Role::Data };
    OutputFile { name: name.to_owned(), len: Some(len), role }
}

/// A sheet first in the list, so that order of renaming is not order of the plan.
fn pair() -> [OutputFile; 2] {
    [file("x.cue", 7), file("x.bin", 8)]
}

fn begin(folder: &Path, force: bool, files: &[OutputFile]) -> Result<Box<dyn OutputSet>> {
    FolderOutputs::new(folder, Vec::new(), force).begin(files)
}

fn write_pair(set: &dyn OutputSet) {
    set.write_at(FileId(0), 0, b"new cue").unwrap();
    set.write_at(FileId(1), 4, b" bin").unwrap();
    set.write_at(FileId(1), 0, b"new ").unwrap();
}

/// Everything below the folder: name and content, `/` for folders.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(tree(&entry.path()).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
            found.insert(format!("{name}/"), String::new());
        } else {
            found.insert(name, fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    found
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempdir().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

fn check(folder: &Path, expected: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    assert_eq!(tree(folder), expected);
}

fn refused(result: Result<Box<dyn OutputSet>>) -> String {
    match result {
        Err(Error::Refused { what, .. }) => what,
        Err(other) => format!("another error: {other}"),
        Ok(_) => "not refused".to_owned(),
    }
}

const OLD: [(&str, &str); 2] = [("x.bin", "old bin"), ("x.cue", "old cue")];
const NEW: [(&str, &str); 2] = [("x.bin", "new bin"), ("x.cue", "new cue")];

#[test]
fn files_appear_at_the_end() {
    let folder = folder(&[]);
    let set = begin(folder.path(), false, &pair()).unwrap();
    write_pair(set.as_ref());
    set.start_sync().unwrap();
    let names = tree(folder.path());
    assert!(names.len() == 2 && names.keys().all(|name| name.starts_with(".x.") && name.ends_with(".part")), "{names:?}");
    let back = set.reopen(FileId(1)).unwrap();
    let mut bytes = [0; 8];
    back.read_exact_at(0, &mut bytes).unwrap();
    assert_eq!(&bytes, b"new  bin");
    assert!(back.name().ends_with("/x.bin"));
    set.commit().unwrap();
    check(folder.path(), &[("x.bin", "new  bin"), ("x.cue", "new cue")]);
}

#[test]
fn what_was_not_written_is_zero() {
    let folder = folder(&[]);
    let set = begin(folder.path(), false, &[file("x.iso", 5)]).unwrap();
    set.write_at(FileId(0), 1, b"ab").unwrap();
    set.commit().unwrap();
    check(folder.path(), &[("x.iso", "\0ab\0\0")]);
}

#[test]
fn dropped_without_commit_nothing_is_left() {
    for force in [false, true] {
        let folder = folder(if force { &OLD } else { &[] });
        let below = folder.path().join("a/b");
        write_pair(begin(folder.path(), force, &pair()).unwrap().as_ref());
        write_pair(begin(&below, force, &pair()).unwrap().as_ref());
        check(folder.path(), if force { &OLD } else { &[] });
    }
}

#[test]
fn folders_are_made_and_stay_with_their_files() {
    let folder = folder(&[]);
    let set = begin(&folder.path().join("a/b"), false, &[file("x.iso", 0)]).unwrap();
    set.commit().unwrap();
    check(folder.path(), &[("a/", ""), ("a/b/", ""), ("a/b/x.iso", "")]);
}

#[test]
fn existing_files_are_replaced_only_with_force() {
    let folder = folder(&OLD);
    assert_eq!(refused(begin(folder.path(), false, &pair())), "exists already");
    check(folder.path(), &OLD);
    let files = [file("x.cue", 7), file("x.bin", 7)];
    let set = begin(folder.path(), true, &files).unwrap();
    set.write_at(FileId(0), 0, b"new cue").unwrap();
    set.write_at(FileId(1), 0, b"new bin").unwrap();
    check_visible(folder.path(), &OLD);
    set.commit().unwrap();
    check(folder.path(), &NEW);
}

fn check_visible(folder: &Path, expected: &[(&str, &str)]) {
    for (name, text) in expected {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), *text);
    }
}

#[test]
fn a_name_taken_meanwhile_is_not_replaced() {
    // Whichever of the two is in the way, the other one does not stay either.
    for taken in ["x.bin", "x.cue"] {
        let folder = folder(&[]);
        let set = begin(folder.path(), false, &pair()).unwrap();
        write_pair(set.as_ref());
        fs::write(folder.path().join(taken), "theirs").unwrap();
        assert!(matches!(set.commit(), Err(Error::Refused { .. })));
        check(folder.path(), &[(taken, "theirs")]);
    }
}

#[test]
fn a_failed_replacement_is_taken_back() {
    // A folder is not replaced by a file: one file of the set fails, after some of the others or before all.
    for taken in ["x.bin", "x.cue", "a.bin"] {
        let folder = folder(&[("x.bin", "old bin"), ("x.cue", "old cue"), ("a.bin", "old a")]);
        let files = [file("x.cue", 7), file("x.bin", 8), file("a.bin", 3), file("b.bin", 0)];
        let set = begin(folder.path(), true, &files).unwrap();
        write_pair(set.as_ref());
        fs::remove_file(folder.path().join(taken)).unwrap();
        fs::create_dir(folder.path().join(taken)).unwrap();
        fs::write(folder.path().join(taken).join("inside"), "").unwrap();
        let before = tree(folder.path()).into_iter().filter(|(name, _)| !name.ends_with(".part")).collect::<BTreeMap<_, _>>();
        assert!(set.commit().is_err());
        assert_eq!(tree(folder.path()), before, "{taken}");
    }
}

#[test]
fn an_input_is_never_an_output() {
    let folder = folder(&[("in.bin", "input"), ("other", "other")]);
    let path = |name: &str| folder.path().join(name);
    fs::hard_link(path("in.bin"), path("hard.bin")).unwrap();
    symlink("in.bin", path("soft.bin")).unwrap();
    let inputs = vec![FileIdentity::of(&path("in.bin")).unwrap()];
    for force in [false, true] {
        let outputs = FolderOutputs::new(folder.path(), inputs.clone(), force);
        for name in ["in.bin", "hard.bin", "soft.bin"] {
            let what = refused(outputs.begin(&[file("y.cue", 0), file(name, 0)]));
            assert_eq!(what, "is the input, or another name of it", "{name}, force {force}");
        }
    }
    // Through another path to the same folder.
    symlink(folder.path(), path("here")).unwrap();
    let outputs = FolderOutputs::new(path("here"), inputs, true);
    assert_eq!(refused(outputs.begin(&[file("in.bin", 0)])), "is the input, or another name of it");
    assert_eq!(fs::read_to_string(path("in.bin")).unwrap(), "input");
}

#[test]
fn what_is_no_plain_file_is_not_replaced() {
    let folder = folder(&[]);
    fs::create_dir(folder.path().join("x.iso")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, folder.path().join("p.iso"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    symlink("/dev/null", folder.path().join("n.iso")).unwrap();
    for (name, what) in [("x.iso", "is a folder already"), ("p.iso", "is a pipe already"), ("n.iso", "is a device already")] {
        for force in [false, true] {
            assert_eq!(refused(begin(folder.path(), force, &[file(name, 1)])), what);
        }
    }
    // A link to nowhere is a name too.
    symlink("nowhere", folder.path().join("d.iso")).unwrap();
    assert_eq!(refused(begin(folder.path(), false, &[file("d.iso", 1)])), "exists already");
}

#[test]
fn names_stay_in_the_folder() {
    let folder = folder(&[]);
    for name in ["../x.iso", "a/x.iso", "..", ".", "", "/x.iso", "a\\x.iso", "a\0"] {
        assert!(refused(begin(folder.path(), true, &[file(name, 1)])).starts_with("is not a bare file name"), "{name:?}");
    }
    check(folder.path(), &[]);
}

#[test]
fn a_file_where_the_folder_should_be() {
    let folder = folder(&[("file", "here")]);
    for name in ["file", "file/below"] {
        assert!(matches!(begin(&folder.path().join(name), true, &[file("x.iso", 1)]), Err(Error::Io { .. })));
    }
    check(folder.path(), &[("file", "here")]);
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let part = |name: &str, process: u32| format!(".{name}.{process}-77.part");
    let [dead, dead_too, other] = [part("x.bin", NOBODY), part("x.cue", NOBODY), part("y.bin", NOBODY - 1)];
    let [ours, alive] = [part("x.bin", std::process::id()), part("x.bin", 1)];
    let folder = folder(&[
        (&dead, ""),
        (&dead_too, ""),
        (&other, "another run, another target"),
        (&ours, ""),
        (&alive, "init"),
        (".x.bin.part", "theirs"),
    ]);
    drop(begin(folder.path(), false, &pair()).unwrap());
    check(folder.path(), &[(&alive, "init"), (".x.bin.part", "theirs")]);
}

#[test]
fn what_a_living_set_writes_is_left_alone() {
    let folder = folder(&[]);
    let first = begin(folder.path(), false, &pair()).unwrap();
    write_pair(first.as_ref());
    drop(begin(folder.path(), false, &pair()).unwrap());
    first.commit().unwrap();
    check(folder.path(), &[("x.bin", "new  bin"), ("x.cue", "new cue")]);
}

#[test]
fn other_jobs_of_this_run_are_left_alone() {
    // Each begins while the others make their temporaries and move old files aside.
    let folder = folder(&[]);
    std::thread::scope(|scope| {
        for job in 0..8 {
            let path = folder.path();
            scope.spawn(move || {
                for round in 0..40 {
                    let set = begin(path, true, &[file(&format!("{job}.cue"), 7), file(&format!("{job}.bin"), 8)]).unwrap();
                    write_pair(set.as_ref());
                    set.commit().unwrap_or_else(|error| panic!("job {job}, round {round}: {error}"));
                }
            });
        }
    });
    assert_eq!(tree(folder.path()).len(), 16);
}

#[test]
fn killed_while_replacing() {
    let old = |name: &str| format!(".{name}.{NOBODY}-5.old.part");
    let new = |name: &str| format!(".{name}.{NOBODY}-5.part");
    let (old_cue, old_bin, new_cue) = (old("x.cue"), old("x.bin"), new("x.cue"));

    // Data replaced, the sheet not yet: the old set comes back, and is in the way again.
    let half = folder(&[(&old_cue, "old cue"), (&old_bin, "old bin"), (&new_cue, "new cue"), ("x.bin", "new bin")]);
    assert_eq!(refused(begin(half.path(), false, &[file("x.bin", 1)])), "exists already");
    check(half.path(), &OLD);

    // All replaced, the old ones not yet gone.
    let full = folder(&[(&old_cue, "old cue"), (&old_bin, "old bin"), ("x.cue", "new cue"), ("x.bin", "new bin")]);
    assert_eq!(refused(begin(full.path(), false, &pair())), "exists already");
    check(full.path(), &NEW);

    // The same, but now something else is written into the folder.
    let third = folder(&[(&old_cue, "old cue"), (&old_bin, "old bin"), (&new_cue, "new cue"), ("x.bin", "new bin")]);
    drop(begin(third.path(), false, &[file("y.iso", 1)]).unwrap());
    check(third.path(), &OLD);

    // Kept by a second link, but not yet replaced.
    let linked = folder(&[("x.bin", "old bin"), (&new("x.bin"), "new bin")]);
    fs::hard_link(linked.path().join("x.bin"), linked.path().join(&old_bin)).unwrap();
    assert_eq!(refused(begin(linked.path(), false, &[file("x.bin", 1)])), "exists already");
    check(linked.path(), &[("x.bin", "old bin")]);
}

#[test]
fn long_names_work() {
    let folder = folder(&[]);
    let names = [format!("{}.bin", "ü".repeat(125)), format!("{}.cue", "ü".repeat(125))];
    let set = begin(folder.path(), false, &[file(&names[0], 1), file(&names[1], 1)]).unwrap();
    set.commit().unwrap();
    check(folder.path(), &[(&names[0], "\0"), (&names[1], "\0")]);
}

#[test]
fn many_workers_write_one_file() {
    let folder = folder(&[]);
    let set = begin(folder.path(), false, &[file("x.bin", 1000)]).unwrap();
    std::thread::scope(|scope| {
        for worker in 0..4u64 {
            let set = &set;
            scope.spawn(move || {
                (0..250).for_each(|at| set.write_at(FileId(0), at * 4 + worker, &[b'a' + u8::try_from(worker).unwrap()]).unwrap())
            });
        }
    });
    set.commit().unwrap();
    check(folder.path(), &[("x.bin", &"abcd".repeat(250))]);
}

#[test]
fn a_file_that_the_plan_lacks() {
    let folder = folder(&[]);
    let set = begin(folder.path(), false, &pair()).unwrap();
    assert!(set.write_at(FileId(2), 0, b"x").is_err() && set.reopen(FileId(9)).is_err());
}
