//! Real faults: a full disk, errors of system calls, signals at random moments, a read-only folder, pipes.
//!
//! The faults need `strace`, `unshare` and `mount`, and a kernel that permits them. Where it does not, these tests fail;
//! with `DISCCONV_NO_FAULTS` set they pass and say that they did nothing.

use crate::support::{LIMIT, Ran, Room, finish, laid, plain, program, wait};
use discconv_testkit::Rng;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// `false` where the person said that faults cannot be made here.
fn faults() -> bool {
    let wanted = std::env::var_os("DISCCONV_NO_FAULTS").is_none();
    if !wanted {
        println!("DISCCONV_NO_FAULTS is set: no fault was made");
    }
    wanted
}

/// A volume and `more` sectors of noise behind it: large enough to be hit in the middle.
fn large(more: usize) -> Vec<u8> {
    [laid("iso-2048", "small.iso"), Rng::new(77).bytes(more * 2048)].concat()
}

/// What an undisturbed conversion of `large(more)` into `x.cue` leaves, input included.
fn whole(more: usize) -> BTreeMap<String, Vec<u8>> {
    let room = Room::new();
    room.put("big.iso", &large(more));
    room.run(&["big.iso", "x.cue"]).ok();
    room.contents()
}

/// Sectors of the image for injected errors: 6 MB raw.
const SMALL: usize = 2600;

fn small_whole() -> &'static BTreeMap<String, Vec<u8>> {
    static WHOLE: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    WHOLE.get_or_init(|| whole(SMALL))
}

/// The program under strace, with an error injected. Returns the run, and whether the error struck.
fn injected(room: &Room, calls: &str, what: &str, args: &[&str]) -> (Ran, bool) {
    let log = room.path("trace.log");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "signal=none", "-o"]).arg(&log);
    command.args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:{what}")]);
    command.arg(program()).args(args).current_dir(room.folder());
    plain(&mut command);
    let ran = finish(command, format!("[{calls} {what}] {}", args.join(" ")), LIMIT);
    let log =
        std::fs::read_to_string(&log).unwrap_or_else(|error| panic!("no trace ({error}); is ptrace permitted? {}", ran.all()));
    std::fs::remove_file(room.path("trace.log")).unwrap();
    (ran, log.contains("(INJECTED)"))
}

/// Inject `error` into the first, second, ... of `calls` until it strikes no more: either the run fails with `exit` and
/// leaves the folder as it was, or it is right. It must strike at least once.
fn check_injected(calls: &str, error: &str, before: &[(&str, &[u8])], args: &[&str], says: &str) {
    let room = Room::new();
    room.put("big.iso", &large(SMALL));
    for (name, bytes) in before {
        room.put(name, bytes);
    }
    let start = room.contents();
    let (mut struck, mut failed) = (0, 0);
    for when in 1..=60 {
        let (ran, hit) = injected(&room, calls, &format!("{error}:when={when}"), args);
        match ran.status.code() {
            Some(0) => {
                assert!(room.contents() == *small_whole(), "when={when}: {}\n{}", ran.all(), room.tree());
                for (name, _) in room.contents() {
                    std::fs::remove_file(room.path(&name)).unwrap();
                }
                for (name, bytes) in &start {
                    room.put(name, bytes);
                }
            }
            Some(1) => {
                assert!(hit, "failed without cause: {}", ran.all());
                assert!(
                    room.contents() == start,
                    "when={when}: something was left behind or changed: {}\n{}",
                    ran.all(),
                    room.tree()
                );
                assert!(ran.stderr.contains(says), "no {says:?} in {}", ran.all());
                failed += 1;
            }
            // The dynamic linker reads as well, before there is a program.
            Some(127) => assert!(hit && room.contents() == start, "when={when}: {}", ran.all()),
            _ => panic!("when={when}: {}", ran.all()),
        }
        if !hit {
            break;
        }
        struck += 1;
    }
    println!("{calls} {error}: struck {struck}, failed {failed}");
    assert!(struck > 0, "{calls} was never called: the test tests nothing");
    assert!(failed > 0 || says.is_empty(), "{calls} {error} never failed a run");
}

#[test]
fn fault_a_write_that_fails_leaves_nothing() {
    if faults() {
        check_injected("pwrite64", "error=EIO", &[], &["big.iso", "x.cue"], "x.");
        check_injected("pwrite64", "error=ENOSPC", &[], &["big.iso", "x.cue"], "x.");
    }
}

#[test]
fn fault_a_write_that_fails_keeps_what_was_there() {
    if faults() {
        let old: [(&str, &[u8]); 2] = [("x.bin", b"old bin"), ("x.cue", b"old cue")];
        check_injected("pwrite64", "error=EIO", &old, &["big.iso", "x.cue", "--force"], "x.");
        // One kind of call at a time: strace counts each by itself, and the call that puts things right must work.
        for call in ["rename", "renameat2", "link,linkat"] {
            let says = if call.starts_with("link") { "" } else { "x." };
            check_injected(call, "error=EACCES", &old, &["big.iso", "x.cue", "--force"], says);
        }
    }
}

#[test]
fn fault_a_rename_that_fails_leaves_nothing() {
    if faults() {
        check_injected("renameat2", "error=EIO", &[], &["big.iso", "x.cue"], "x.");
        check_injected("renameat2", "error=EACCES", &[], &["big.iso", "x.cue"], "x.");
        // A file system without that call: the name is given in another way.
        check_injected("renameat2", "error=EINVAL", &[], &["big.iso", "x.cue"], "");
    }
}

#[test]
fn fault_a_sync_that_fails_is_believed() {
    if faults() {
        check_injected("fsync,fdatasync", "error=EIO", &[], &["big.iso", "x.cue"], "x.");
    }
}

#[test]
fn fault_a_read_that_fails_names_the_input() {
    if faults() {
        check_injected("pread64", "error=EIO", &[], &["big.iso", "x.cue"], "");
    }
}

/// Calls that only make it faster or find things out may fail: the result is right, or nothing is there.
#[test]
fn fault_helping_calls_may_fail() {
    if faults() {
        for (calls, error) in [
            ("fallocate,ftruncate", "error=EOPNOTSUPP"),
            ("pwrite64", "error=EINTR"),
            ("getrandom,statfs,flock,fcntl", "error=ENOSYS"),
        ] {
            let room = Room::new();
            room.put("big.iso", &large(SMALL));
            let start = room.contents();
            for when in 1..=8 {
                let (ran, hit) = injected(&room, calls, &format!("{error}:when={when}"), &["big.iso", "x.cue", "--force"]);
                match ran.status.code() {
                    Some(0) => assert!(room.contents() == *small_whole(), "{}\n{}", ran.all(), room.tree()),
                    Some(1) => {
                        assert!(room.contents() == start || room.contents() == *small_whole(), "{}\n{}", ran.all(), room.tree());
                    }
                    _ => panic!("{}", ran.all()),
                }
                if !hit {
                    break;
                }
            }
        }
    }
}

/// The disk says "written" and forgets sixteen bytes: only the proof can find it.
#[test]
fn fault_a_write_that_is_lost_fails_the_proof() {
    if !faults() {
        return;
    }
    let room = Room::new();
    room.put("big.iso", &large(SMALL));
    let start = room.contents();
    let mut struck = 0;
    for when in 1..=6 {
        let (ran, hit) = injected(&room, "pwrite64", &format!("retval=16:when={when}"), &["big.iso", "x.cue"]);
        if !hit {
            assert_eq!(ran.status.code(), Some(0), "{}", ran.all());
            break;
        }
        struck += 1;
        let ran = ran.exits(1);
        assert!(room.contents() == start, "{}\n{}", ran.all(), room.tree());
    }
    assert!(struck > 0);
    // And without the proof nobody notices: that is what it is for.
    let (ran, hit) = injected(&room, "pwrite64", "retval=16:when=1", &["big.iso", "x.cue", "--no-verify"]);
    assert!(hit);
    ran.ok();
    assert!(room.contents() != *small_whole());
}

/// `script` in a mount namespace of its own, where `$DISCCONV` is the program. Whatever it mounts is gone with it.
fn in_namespace(room: &Room, script: &str) -> Ran {
    let mut command = Command::new("unshare");
    let who = Command::new("id").arg("-u").output().unwrap().stdout;
    command.arg(if who.trim_ascii() == b"0" { "-m" } else { "-rm" });
    command.args(["sh", "-c", &format!("set -e\n{script}")]).env("DISCCONV", program()).current_dir(room.folder());
    plain(&mut command);
    finish(command, script.to_owned(), LIMIT)
}

#[test]
fn fault_a_full_disk_leaves_nothing() {
    if !faults() {
        return;
    }
    let room = Room::new();
    room.put("big.iso", &large(SMALL));
    std::fs::create_dir(room.path("disk")).unwrap();
    let need = small_whole()["x.bin"].len() / 1024;
    for kilobytes in [8, 64, 1024, need / 2, need - 8, need] {
        let script = format!(
            "mount -t tmpfs -o size={kilobytes}k none disk\necho old > disk/other\nset +e\n\
             \"$DISCCONV\" big.iso disk/x.cue; echo \"exit $?\"; ls -A disk; cat disk/other"
        );
        let ran = in_namespace(&room, &script).ok();
        assert_eq!(
            ran.stdout.lines().rev().take(3).collect::<Vec<_>>(),
            ["old", "other", "exit 1"],
            "{kilobytes} KiB: {}",
            ran.all()
        );
        assert!(ran.stderr.contains("No space left") && ran.stderr.contains("make room"), "{}", ran.all());
    }
    let script = format!(
        "mount -t tmpfs -o size={}k none disk\nset +e\n\
         \"$DISCCONV\" big.iso disk/x.cue -q; echo \"exit $?\"; ls -A disk; cmp disk/x.bin disk/x.bin",
        need + 64
    );
    assert_eq!(in_namespace(&room, &script).ok().stdout, "exit 0\nx.bin\nx.cue\n");
}

#[test]
fn fault_a_full_disk_keeps_what_is_replaced() {
    if !faults() {
        return;
    }
    let room = Room::new();
    room.put("big.iso", &large(SMALL));
    std::fs::create_dir(room.path("disk")).unwrap();
    let script = "mount -t tmpfs -o size=2m none disk\necho oldbin > disk/x.bin; echo oldcue > disk/x.cue\nset +e\n\
                  \"$DISCCONV\" big.iso disk/x.cue --force; echo \"exit $?\"; ls -A disk; cat disk/x.bin disk/x.cue";
    assert_eq!(in_namespace(&room, script).ok().stdout, "exit 1\nx.bin\nx.cue\noldbin\noldcue\n");
}

#[test]
fn fault_a_read_only_folder_is_said() {
    if !faults() {
        return;
    }
    let room = Room::new();
    room.put("big.iso", &large(10));
    std::fs::create_dir(room.path("disk")).unwrap();
    let script = "mount -t tmpfs -o ro none disk\nset +e\n\"$DISCCONV\" big.iso disk/x.cue; echo \"exit $?\"; ls -A disk";
    let ran = in_namespace(&room, script).ok();
    assert_eq!(ran.stdout, "exit 1\n", "{}", ran.all());
    assert!(ran.stderr.contains("Read-only file system") && ran.stderr.contains("hint"), "{}", ran.all());
    // Reading from one is no trouble.
    let script = "mount --bind disk disk\ncp big.iso disk/\nmount -o remount,bind,ro disk\n\"$DISCCONV\" disk/big.iso x.cue -q";
    in_namespace(&room, script).ok();
    assert!(room.has("x.bin"));
}

#[test]
fn fault_a_pipe_is_no_image_and_no_output() {
    if !faults() {
        return;
    }
    let room = Room::with("iso-2048");
    assert!(Command::new("mkfifo").arg("pipe.iso").current_dir(room.folder()).status().unwrap().success());
    for args in [&["pipe.iso", "x.cue"][..], &["info", "pipe.iso"], &["hash", "pipe.iso"]] {
        let ran = room.run(args).says("pipe.iso");
        assert!(matches!(ran.status.code(), Some(1 | 4)), "{}", ran.all());
    }
    room.run(&["small.iso", "pipe.iso"]).exits(1);
    room.run(&["small.iso", "pipe.iso", "--force"]).exits(1);
    // A folder that holds one is walked all the same.
    let ran = room.run(&[".", "--to", "cue", "--out", "out"]);
    assert!(matches!(ran.status.code(), Some(0 | 1)), "{}", ran.all());
    assert!(room.get("out/small.bin") == laid("raw-mode1", "small.bin"));
    // A sheet that names one.
    room.put("p.cue", &crate::support::sheet(&["FILE \"pipe.iso\" BINARY", "  TRACK 01 MODE1/2048", "    INDEX 01 00:00:00"]));
    let ran = room.run(&["info", "p.cue"]);
    assert!(matches!(ran.status.code(), Some(1 | 4)), "{}", ran.all());
}

/// Sectors of the image for signals: 28 MB raw.
const LARGE: usize = 12_000;

/// Start a conversion, send `signal` after a random part of the time that it takes, `rounds` times. `check` sees how it
/// ended and the folder; afterwards the next run must leave exactly what an undisturbed one does.
fn signalled(signal: &str, rounds: u32, old: &[(&str, &[u8])], check: impl Fn(&Room, Option<i32>, &BTreeMap<String, Vec<u8>>)) {
    let whole = whole(LARGE);
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let room = Room::new();
    room.put("big.iso", &large(LARGE));
    let start = Instant::now();
    room.run(&["big.iso", "x.cue"]).ok();
    let full = u64::try_from(start.elapsed().as_millis()).unwrap().max(10);
    let mut interrupted = 0;
    for round in 0..rounds {
        for name in ["x.bin", "x.cue"] {
            let _ = std::fs::remove_file(room.path(name));
        }
        for (name, bytes) in old {
            room.put(name, bytes);
        }
        let delay = Duration::from_micros(rng.below(full * 1100));
        let mut command = room.command(&["big.iso", "x.cue", "--force"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(delay);
        Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        let status = wait(&mut child, LIMIT).unwrap_or_else(|| panic!("round {round}: {signal} after {delay:?} did not end it"));
        interrupted += u32::from(!status.success());
        println!("round {round}: {signal} after {delay:?}: {status}\n{}", room.tree());
        assert!(room.get("big.iso") == whole["big.iso"], "the input changed");
        check(&room, status.code(), &whole);
        if round % 4 == 0 || round + 1 == rounds {
            room.run(&["big.iso", "x.cue", "--force"]).ok();
            assert!(room.contents() == whole, "the run after that left\n{}", room.tree());
        }
    }
    assert!(interrupted > 0, "no run was interrupted in {rounds} rounds of {full} ms");
}

/// Under a final name there is the whole file or none, and a sheet only beside its BIN.
fn no_half_file(room: &Room, whole: &BTreeMap<String, Vec<u8>>) {
    let there = room.contents();
    for (name, bytes) in &there {
        let fits = name.ends_with(".part") || whole.get(name) == Some(bytes);
        assert!(fits, "{name} is half written\n{}", room.tree());
    }
    assert!(!there.contains_key("x.cue") || there.contains_key("x.bin"), "a sheet without its BIN\n{}", room.tree());
}

#[test]
fn fault_killed_at_any_moment_no_half_file_has_a_final_name() {
    if faults() {
        signalled("-KILL", 24, &[], |room, _, whole| no_half_file(room, whole));
    }
}

#[test]
fn fault_killed_while_replacing_the_sheet_and_its_bin_belong_together() {
    if faults() {
        let old: [(&str, &[u8]); 2] = [("x.bin", b"old bin"), ("x.cue", b"old cue")];
        signalled("-KILL", 24, &old, |room, _, whole| {
            let there = room.contents();
            let pair = (there.get("x.bin").map(Vec::as_slice), there.get("x.cue").map(Vec::as_slice));
            let new = (Some(whole["x.bin"].as_slice()), Some(whole["x.cue"].as_slice()));
            let was = (Some(&b"old bin"[..]), Some(&b"old cue"[..]));
            // Between the two there is no sheet at all.
            assert!(pair == new || pair == was || pair.1.is_none(), "{}", room.tree());
        });
    }
}

/// SIGKILL upon the first, second, ... call of each kind that the commit consists of, while old files are replaced. The
/// sheet and the BIN that are there belong together, and so they do after the next run, which may only put things right.
#[test]
fn fault_killed_at_each_step_of_the_commit() {
    if !faults() {
        return;
    }
    let new = small_whole();
    let old: BTreeMap<&str, &[u8]> = [("x.bin", &b"old bin"[..]), ("x.cue", b"old cue")].into();
    let mut struck = 0;
    for calls in ["rename", "renameat2", "link,linkat", "unlink,unlinkat", "fsync,fdatasync", "ftruncate,fallocate"] {
        for when in 1..=12 {
            let room = Room::new();
            room.put("big.iso", &large(SMALL));
            old.iter().for_each(|(name, bytes)| room.put(name, bytes));
            let (ran, _) = injected(&room, calls, &format!("signal=SIGKILL:when={when}"), &["big.iso", "x.cue", "--force"]);
            let belong = |there: &BTreeMap<String, Vec<u8>>| {
                let is =
                    |set: &dyn Fn(&str) -> Vec<u8>| ["x.bin", "x.cue"].iter().all(|name| there.get(*name) == Some(&set(name)));
                is(&|name| old[name].to_vec()) || is(&|name| new[name].clone())
            };
            let there = room.contents();
            assert!(there["big.iso"] == new["big.iso"], "{}", ran.all());
            if ran.status.success() {
                assert!(there == *new, "{}\n{}", ran.all(), room.tree());
                break;
            }
            struck += 1;
            assert!(belong(&there) || !there.contains_key("x.cue"), "{calls} {when}: {}\n{}", ran.all(), room.tree());
            let next = room.run(&["big.iso", "x.cue"]);
            assert!(matches!(next.status.code(), Some(0 | 1)), "{}", next.all());
            assert!(belong(&room.contents()), "{calls} {when}, after {}\nand\n{}\n{}", ran.all(), next.all(), room.tree());
            assert_eq!(room.contents().len(), 3, "{calls} {when}: left after the next run\n{}", room.tree());
        }
    }
    println!("killed {struck} times");
    assert!(struck > 8);
}

#[test]
fn fault_interrupted_at_any_moment_nothing_is_left() {
    if !faults() {
        return;
    }
    signalled("-INT", 24, &[], |room, code, whole| {
        let names: Vec<String> = room.contents().into_keys().collect();
        match code {
            Some(0) => assert!(room.contents() == *whole, "{}", room.tree()),
            // `None`: the signal came before the program had begun.
            Some(130) | None => assert_eq!(names, ["big.iso"], "{}", room.tree()),
            other => panic!("exit {other:?}"),
        }
    });
}

#[test]
fn fault_a_polite_end_is_an_interruption_too() {
    if faults() {
        signalled("-TERM", 8, &[], |room, code, whole| match code {
            Some(0) => assert!(room.contents() == *whole, "{}", room.tree()),
            _ => assert_eq!(room.contents().len(), 1, "{code:?}\n{}", room.tree()),
        });
    }
}

#[test]
fn fault_interrupted_while_replacing_the_old_files_stay() {
    if !faults() {
        return;
    }
    let old: [(&str, &[u8]); 2] = [("x.bin", b"old bin"), ("x.cue", b"old cue")];
    signalled("-INT", 16, &old, |room, code, whole| match code {
        Some(0) => assert!(room.contents() == *whole, "{}", room.tree()),
        Some(130) | None => assert!(
            room.get("x.bin") == b"old bin" && room.get("x.cue") == b"old cue" && room.contents().len() == 3,
            "{}",
            room.tree()
        ),
        other => panic!("exit {other:?}"),
    });
}

#[test]
fn fault_an_interrupted_batch_keeps_what_was_done() {
    if !faults() {
        return;
    }
    let room = Room::new();
    let mut expected = BTreeMap::new();
    let done = whole(3000);
    for n in 0..6 {
        room.put(&format!("in/{n}/x.iso"), &large(3000));
        expected.insert(format!("out/{n}/x.bin"), done["x.bin"].clone());
    }
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let mut interrupted = 0;
    let start = Instant::now();
    room.run(&["in", "--to", "cue", "--out", "out"]).ok();
    let full = u64::try_from(start.elapsed().as_millis()).unwrap().max(10);
    for _ in 0..8 {
        let _ = std::fs::remove_dir_all(room.path("out"));
        let mut child =
            room.command(&["in", "--to", "cue", "--out", "out"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(rng.below(full * 1000)));
        Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        let status = wait(&mut child, LIMIT).unwrap();
        assert!(matches!(status.code(), Some(0 | 130) | None), "{status}");
        interrupted += u32::from(status.code() == Some(130));
        for (name, bytes) in room.contents().into_iter().filter(|(name, _)| name.starts_with("out/")) {
            let fits = name.ends_with(".cue") && room.has(&name.replace(".cue", ".bin")) || expected.get(&name) == Some(&bytes);
            assert!(fits, "{name}\n{}", room.tree());
        }
    }
    assert!(interrupted > 0);
}

/// A block that does not unpack is told by itself, not as one more wrong checksum.
#[test]
fn a_flipped_bit_in_packed_hunks_is_located() {
    let room = Room::with("iso-2048");
    room.run(&["small.iso", "x.chd", "--codec", "cdzl", "--from", "iso2048"]).ok();
    let mut bytes = room.get("x.chd");
    let place = bytes.len() / 2;
    bytes[place] ^= 1;
    room.put("bad.chd", &bytes);
    let ran = room.run(&["verify", "bad.chd"]).exits(4);
    assert!(!ran.all().contains("2 of 1"), "{}", ran.all());
    for words in [&["bad.chd", "y.cue"][..], &["hash", "bad.chd"]] {
        room.run(words).exits(4);
    }
    assert!(!room.has("y.cue") && !room.has("y.bin"));
}
