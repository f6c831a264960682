//! `--receipt`: what is in the way is found before anything is done, and nothing is ever written over.

use crate::support::{Room, fixture, laid};

fn batch_room() -> Room {
    let room = Room::new();
    for (name, bytes) in fixture("mixed").files.0 {
        room.put(&format!("in/{name}"), &bytes);
    }
    room
}

#[test]
fn a_receipt_that_cannot_be_written_is_refused_before_the_work() {
    let room = Room::with("iso-2048");
    room.put("old.json", b"mine");
    let before = room.contents();
    for (receipt, exit, says) in [
        ("small.iso/r.json", 1, "a part of the path is a file"),
        ("old.json/deep/r.json", 1, "old.json/deep/r.json"),
        ("old.json", 1, "exists already"),
        ("/proc/r.json", 1, "/proc/r.json"),
        (".", 2, "folder"),
        ("-", 2, "standard output"),
    ] {
        for extra in [&[][..], &["--dry-run"]] {
            if receipt == "/proc/r.json" && !extra.is_empty() {
                continue;
            }
            let ran = room.run(&[&["small.iso", "x.cue", "--receipt", receipt], extra].concat());
            assert!(matches!(ran.status.code(), Some(1 | 2)), "{}", ran.all());
            if receipt != "." {
                let ran = ran.exits(exit).says(says);
                assert!(ran.stdout.is_empty(), "{}", ran.all());
            }
            assert!(room.contents() == before, "{receipt}\n{}", room.tree());
        }
    }
}

#[test]
fn a_receipt_of_a_batch_is_none_of_its_files() {
    let room = batch_room();
    let before = room.contents();
    for receipt in ["out/mixed.cue", "new/../out/mixed.bin", "out/MIXED.cue", "in/mixed.bin", "in/../in/mixed.cue"] {
        let ran = room.run(&["in", "--to", "cue", "--out", "out", "--force", "--receipt", receipt]).exits(2);
        assert!(ran.stderr.contains("the receipt"), "{}", ran.all());
        assert!(room.contents() == before, "{receipt}\n{}", room.tree());
    }
}

#[test]
fn a_batch_that_did_nothing_leaves_no_receipt() {
    let room = batch_room();
    room.run(&["in", "--to", "iso", "--out", "out", "--receipt", "r.json"]).exits(3);
    assert!(!room.has("r.json"), "{}", room.tree());
    room.run(&["in", "--to", "cue", "--out", "out", "--receipt", "r.json"]).ok();
    let receipt: serde_json::Value = serde_json::from_slice(&room.get("r.json")).unwrap();
    assert_eq!(receipt["receipts"].as_array().map(Vec::len), Some(1));
    std::fs::remove_file(room.path("r.json")).unwrap();
    room.run(&["in", "--to", "cue", "--out", "out", "--receipt", "r.json"]).ok().says("no receipt");
    room.run(&["in", "--to", "cue", "--out", "out2", "--dry-run", "--receipt", "r.json"]).ok();
    assert!(!room.has("r.json") && !room.has("out2"), "{}", room.tree());
}

#[test]
fn a_dry_run_ends_as_the_real_one_would() {
    let room = Room::with("iso-2048").and("mixed");
    room.put("x.bin", b"mine");
    room.put("y.iso", b"mine");
    for args in [
        &["small.iso", "x.cue"][..],
        &["small.iso", "./small.iso", "--sector", "2352", "--force"],
        &["small.iso", "small.iso/z.cue"],
        &["small.iso", "z.cue", "--receipt", "x.bin"],
        &["small.iso", "z.cue", "--receipt", "z.bin"],
        &["small.iso", "z.iso", "--split"],
        &["mixed.cue", "y.iso"],
        &["mixed.cue", "y.iso", "--allow-loss", "audio"],
    ] {
        let before = room.contents();
        let dry = room.run(&[args, &["--dry-run"]].concat());
        let real = room.run(args);
        assert_eq!(dry.status.code(), real.status.code(), "{}\n{}", dry.all(), real.all());
        assert_ne!(real.status.code(), Some(0), "{}", real.all());
        assert!(room.contents() == before);
    }
    assert!(laid("iso-2048", "small.iso") == room.get("small.iso"));
}
