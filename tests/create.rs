//! `create`: a folder as a disc, in any format that is written, and back out of it.

use crate::support::{Room, plain};

/// A folder with names that have to change on the way.
fn room() -> Room {
    let room = Room::new();
    room.put("game/SYSTEM.CNF", b"BOOT = cdrom:\\SLXX_000.01;1\r\n");
    room.put("game/SLXX_000.01", &[0x50; 5000]);
    room.put("game/data/A rather long name, with a comma.txt", b"text");
    room.put("game/data/empty.bin", b"");
    room.put("game/data/big.bin", &(0..200_000_u32).map(|n| (n % 251).to_le_bytes()[0]).collect::<Vec<u8>>());
    room
}

/// The files below a folder, by their paths in it.
fn files(room: &Room, folder: &str) -> Vec<(String, Vec<u8>)> {
    let below = format!("{folder}/");
    room.contents().into_iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&below)?.to_owned(), bytes))).collect()
}

#[test]
fn what_goes_in_comes_out_of_every_container() {
    let room = room();
    for name in ["x.iso", "x.cue", "x.cso", "x.chd"] {
        room.run(&["create", "game", name, "--label", "MY_DISC"]).ok().says("verified: 1 of 1 tracks identical");
        let out = format!("out-{}", &name[2..]);
        // Three trees of names are one volume: no choice to be told.
        room.run(&["extract", name, "-o", &out]).ok().never_says("taken from");
        assert!(files(&room, &out) == files(&room, "game"), "{name}: {}", room.tree());
        assert_eq!(room.run(&["info", name, "--json"]).ok().json()["file_systems"][0]["label"], "MY_DISC");
    }
    room.run(&["verify", "x.cue"]).ok();
    room.run(&["diff", "x.iso", "x.chd"]).ok();
}

#[test]
fn a_playstation_disc_is_mode_2_and_known_as_one() {
    let room = room();
    std::fs::remove_file(room.path("game/data/A rather long name, with a comma.txt")).unwrap();
    room.run(&["create", "game", "x.cue", "--system", "psx"]).ok();
    room.run(&["verify", "x.cue"]).ok();
    let info = room.run(&["info", "x.cue", "--json"]).ok().json();
    assert!(info["sessions"][0]["tracks"][0]["mode"].as_str().unwrap().starts_with("mode2"), "{info}");
    assert_eq!(info["system"], "psx", "{info}");
    room.run(&["extract", "x.cue", "-o", "out"]).ok();
    assert!(room.get("out/SYSTEM.CNF") == room.get("game/SYSTEM.CNF"));
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let room = room();
    for (name, jobs) in [("a.iso", "1"), ("b.iso", "2"), ("c.iso", "7")] {
        let mut command = room.command(&["create", "game", name, "--jobs", jobs, "-q"]);
        plain(&mut command);
        assert!(command.env("SOURCE_DATE_EPOCH", "1000000000").status().unwrap().success());
    }
    assert!(room.get("a.iso") == room.get("b.iso") && room.get("a.iso") == room.get("c.iso"));
    let listed = room.run(&["ls", "a.iso", "--json"]).ok().json();
    let dates = listed["entries"].as_array().unwrap().iter().map(|entry| entry["modified"].as_str().unwrap().to_owned());
    assert!(dates.into_iter().all(|date| date.starts_with("2001-09-09T01:46:40")), "{listed}");
}

#[test]
fn what_stands_in_the_way_is_said() {
    let room = room();
    room.run(&["create", "game", "x.iso", "--dry-run"]).ok();
    assert!(!room.has("x.iso"));
    room.run(&["create", "game", "x.iso", "--receipt", "r.json"]).ok();
    let receipt: serde_json::Value = serde_json::from_slice(&room.get("r.json")).unwrap();
    assert_eq!((&receipt["tool"], &receipt["verified"]), (&"discconv".into(), &true.into()));
    room.run(&["create", "game", "x.iso"]).exits(1).says("exists already");
    room.run(&["create", "nowhere", "y.iso"]).exits(1).says("nowhere");
    room.run(&["create", "game", "y.xyz"]).exits(2);
    assert!(!room.tree().contains(".part"));
}
