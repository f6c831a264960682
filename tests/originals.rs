//! The very files of a sheet, out of a container that remembers them.

use crate::support::{Ran, Room, sheet, snapshot};
use discconv_testkit::Files;
use discconv_testkit::fixtures::all_good;
use discconv_testkit::stored::{as_mode1, sound};
use std::fmt::Write as _;

/// Lay `files`, put the disc of `entry` into `d.chd`, and ask for the files again, in `out`.
fn there_and_back(files: &Files, entry: &str) -> (Room, Ran) {
    let room = Room::new();
    room.lay(files);
    room.run(&[entry, "d.chd", "--codec", "zlib"]).ok();
    let ran = room.run(&["d.chd", "--original", "--out", "out"]);
    (room, ran)
}

/// Exactly `files` are in `out`.
#[track_caller]
fn are_back(room: &Room, files: &Files) {
    let names: Vec<String> = crate::support::tree(&room.path("out")).lines().map(str::to_owned).collect();
    assert_eq!(names.len(), files.0.len(), "{}", room.tree());
    for (name, bytes) in &files.0 {
        assert!(room.get(&format!("out/{name}")) == *bytes, "{name}\n{}", room.tree());
    }
}

/// One BIN and many with Redump's names, further indexes, codes, flags, texts, remarks, sessions, alphabets, marks of order.
#[test]
fn every_sheet_comes_back_out_of_a_chd() {
    let mut refused = String::new();
    let sheets = all_good().into_iter().filter(|fixture| fixture.entry.ends_with(".cue"));
    for fixture in sheets {
        let (room, ran) = there_and_back(&fixture.files, &fixture.entry);
        match ran.status.code() {
            Some(0) => are_back(&room, &fixture.files),
            _ => {
                writeln!(refused, "== {}\n{}", fixture.name, ran.report()).unwrap();
                assert!(!room.has("out"), "{}", room.tree());
            }
        }
    }
    snapshot!("originals_refused", refused);
}

/// A BIN that ends within a sector is damage, whose zeros are not given back.
#[test]
fn a_bin_with_bytes_behind_its_sectors() {
    let lines = sheet(&["FILE \"a.bin\" BINARY", "TRACK 01 MODE1/2352", "INDEX 01 00:00:00"]);
    let bytes = [as_mode1(0, &vec![7; 20 * 2048]), vec![1; 100]].concat();
    let files = Files::one("a.cue", lines).with("a.bin", bytes);
    let room = Room::new();
    room.lay(&files);
    room.run(&["a.cue", "d.chd"]).exits(4).says("sector 20 of the file (track 1, LBA 20) is short");
    room.run(&["a.cue", "d.chd", "--allow-loss", "damage"]).ok();
    room.run(&["d.chd", "--original", "--out", "out"]).ok().says("verified: 1 of 1 tracks identical");
    are_back(&room, &files);
}

/// What no track has is not on the disc, and cannot come back from it: the file is named, and nothing is written.
#[test]
fn a_bin_with_a_lead_out_in_it() {
    let lines =
        ["FILE \"a.bin\" BINARY", "TRACK 01 AUDIO", "INDEX 01 0", "REM SESSION 02", "TRACK 02 AUDIO", "INDEX 01 02:32:20"];
    let files = Files::one("a.cue", sheet(&lines)).with("a.bin", sound(1, 11_450));
    let (room, ran) = there_and_back(&files, "a.cue");
    ran.exits(3).says("\"a.bin\" cannot be given back as it was: its 26812800 bytes from byte 0xB7C0 on belonged to no track");
    assert!(!room.has("out"));
}

/// The sheet of another container is not taken for its own: what was written from a CHD says what the CHD was made of.
#[test]
fn only_what_is_remembered_can_be_given_back() {
    let room = Room::with("mixed");
    room.run(&["mixed.cue", "m.nrg"]).ok();
    room.run(&["m.nrg", "--original", "--out", "out"]).exits(2).says("does not remember which files it was made from");
    room.run(&["m.nrg", "n.chd"]).ok();
    room.run(&["n.chd", "--original", "--out", "out"]).exits(2);
    room.run(&["mixed.cue", "d.chd"]).ok();
    // From CHD to CHD it is handed on.
    room.run(&["d.chd", "e.chd", "--codec", "zstd"]).ok();
    room.run(&["e.chd", "--original", "--out", "out"]).ok();
    are_back(&room, &discconv_testkit::by_name("mixed").unwrap().files);
}
