//! Real faults: a disk that is full, a process that is killed.
//!
//! Both need a process of their own, so these tests start their own binary again, told by a variable what to play.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they expect by panicking"
)]

use discconv_core::{Error, FileId, OutputFile, Outputs, Role};
use discconv_host::FolderOutputs;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::tempdir;

const STAGE: &str = "DISCCONV_TEST_STAGE";

fn file(name: &str, role: Role, len: u64) -> OutputFile {
    OutputFile { name: name.to_owned(), len: Some(len), role }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// This binary again, running `test` only, with its stage in the environment.
fn again(mut command: Command, test: &str, stage: &Path) -> Command {
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(STAGE, stage).stdin(Stdio::null());
    command
}

fn this_binary() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

/// Ways to a disk of at most 256 KiB, the most real first: a file system in a namespace of our own, one that the
/// administrator may mount, and a limit on the length of files, which every shell can set.
const SMALL_DISKS: [(&str, &[&str], &str); 3] = [
    ("unshare", &["-Urm", "sh", "-c"], r#"mount -t tmpfs -o size=256k tmpfs "$DISCCONV_TEST_STAGE" && exec "$0" "$@""#),
    (
        "sh",
        &["-c"],
        r#"mount -t tmpfs -o size=256k tmpfs "$DISCCONV_TEST_STAGE" && { "$0" "$@"; code=$?; umount "$DISCCONV_TEST_STAGE"; exit $code; }"#,
    ),
    ("sh", &["-c"], r#"trap '' XFSZ; ulimit -f 512; exec "$0" "$@""#),
];

#[test]
fn full_disk() {
    if let Some(stage) = std::env::var_os(STAGE) {
        return play_full_disk(Path::new(&stage));
    }
    for (program, arguments, script) in SMALL_DISKS {
        let stage = tempdir().unwrap();
        let mut command = Command::new(program);
        command.args(arguments).arg(script).arg(this_binary());
        let Ok(output) = again(command, "full_disk", stage.path()).output() else { continue };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if said.contains("the stage is set") {
            println!("small disk by: {program} {}", arguments.join(" "));
            assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
            return;
        }
    }
    panic!("no way to a small disk: neither mounting nor `ulimit -f` works");
}

fn play_full_disk(folder: &Path) {
    println!("the stage is set");
    fs::write(folder.join("x.bin"), "old bin").unwrap();
    fs::write(folder.join("x.cue"), "old cue").unwrap();
    let outputs = FolderOutputs::new(folder, Vec::new(), true);
    let error = fill(&outputs).expect_err("4 MiB do not fit into 256 KiB");
    let Error::Io { file, source, .. } = &error else { panic!("{error}") };
    assert!(file.ends_with("x.bin"), "{error}");
    println!("{error}");
    if source.kind() == std::io::ErrorKind::StorageFull {
        assert!(error.hint().unwrap().starts_with("make room"));
    }
    assert_eq!(names(folder), ["x.bin", "x.cue"]);
    assert_eq!(fs::read_to_string(folder.join("x.bin")).unwrap(), "old bin");
    // And the room is there again.
    fs::write(folder.join("y"), vec![1; 200 << 10]).unwrap();
}

fn fill(outputs: &FolderOutputs) -> discconv_core::Result<()> {
    const LEN: u64 = 4 << 20;
    let set = outputs.begin(&[file("x.bin", Role::Data, LEN), file("x.cue", Role::Descriptor, 3)])?;
    set.write_at(FileId(1), 0, b"cue")?;
    let piece = vec![0xA5; 64 << 10];
    (0..LEN).step_by(piece.len()).try_for_each(|offset| set.write_at(FileId(0), offset, &piece))?;
    set.start_sync()?;
    set.commit()
}

/// Bytes of each file of a generation: its number, over and over.
const WORDS: usize = 8 << 10;

fn generation(number: u64) -> Vec<u8> {
    number.to_le_bytes().repeat(WORDS)
}

/// Replaces the same pair of files for ever.
fn play_replacing(folder: &Path) {
    let outputs = FolderOutputs::new(folder, Vec::new(), true);
    for number in 1.. {
        let bytes = generation(number);
        let len = bytes.len() as u64;
        let set = outputs.begin(&[file("x.bin", Role::Data, len), file("x.cue", Role::Descriptor, len)]).unwrap();
        set.write_at(FileId(1), 0, &bytes).unwrap();
        set.write_at(FileId(0), 0, &bytes).unwrap();
        set.commit().unwrap();
    }
}

/// The generation that the file is wholly of; `None` if it is not there.
fn seen(path: &Path) -> Option<u64> {
    let bytes = fs::read(path).ok()?;
    let number = u64::from_le_bytes(*bytes.first_chunk::<8>().expect("a file is never half there"));
    assert!(bytes == generation(number), "{} is mixed or cut", path.display());
    Some(number)
}

fn kill_after(mut child: Child, pause: Duration) {
    std::thread::sleep(pause);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_at_any_moment() {
    if let Some(stage) = std::env::var_os(STAGE) {
        return play_replacing(Path::new(&stage));
    }
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| u64::from(since.subsec_nanos()) | 1);
    println!("seed {seed}");
    let mut chance = seed;
    let (mut half, mut rounds) = (0, 0);
    // In memory, where syncing takes no time, more of it is spent between two renames.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempdir()).unwrap();
    let path = |name: &str| folder.path().join(name);
    while rounds < 60 {
        rounds += 1;
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let child =
            again(Command::new(this_binary()), "killed_at_any_moment", folder.path()).stdout(Stdio::null()).spawn().unwrap();
        kill_after(child, Duration::from_micros(15_000 + (chance >> 33) % 40_000));
        let (data, sheet) = (seen(&path("x.bin")), seen(&path("x.cue")));
        // A visible descriptor implies its data.
        assert!(sheet.is_none() || sheet == data, "sheet {sheet:?}, data {data:?}");
        half += usize::from(sheet != data);
        // The next run, even one that then does nothing, finds the set as it was and nothing beside it.
        drop(FolderOutputs::new(folder.path(), Vec::new(), true).begin(&[file("x.bin", Role::Data, 1)]).unwrap());
        let expected: &[&str] = if data.is_some() { &["x.bin", "x.cue"] } else { &[] };
        assert_eq!(names(folder.path()), expected, "data {data:?}, sheet {sheet:?}");
        assert_eq!(seen(&path("x.bin")), seen(&path("x.cue")));
    }
    println!("{rounds} times killed, {half} times between two renames");
}
