//! Several discs in one file: put into it, taken out of it, looked at.

use crate::support::{Room, fixture, laid, sha256, snapshot};

/// A room with two discs and `x.pbp`, in which both are.
fn room() -> Room {
    let room = Room::with("playstation").and("forms");
    room.run(&["game.bin", "forms.cue", "--into", "x.pbp", "--title", "Both"]).ok().says("verified: 2 of 2 tracks identical");
    room
}

#[test]
fn into_one_file_and_out_again() {
    let room = room();
    let ran = room.run(&["x.pbp", "y.cue"]).ok();
    assert!(ran.stdout.ends_with("verified: 2 of 2 tracks identical\n"), "{}", ran.all());
    assert!(ran.stdout.contains("y.cue would be one disc, and there are 2"), "{}", ran.all());
    assert!(room.get("y (Disc 1).bin") == laid("playstation", "game.bin"));
    assert!(room.get("y (Disc 2).bin") == laid("forms", "forms.bin"));
    assert!(room.has("y (Disc 1).cue") && room.has("y (Disc 2).cue") && !room.has("y.cue"), "{}", room.tree());
    // And in again, from what came out, from the file itself, and mixed.
    for inputs in [&["y (Disc 1).cue", "y (Disc 2).cue"][..], &["x.pbp"], &["game.bin", "y (Disc 2).bin"]] {
        room.run(&[inputs, &["--into", "z.pbp", "--title", "Both", "--force"]].concat()).ok();
        assert!(room.get("z.pbp") == room.get("x.pbp"), "{inputs:?}");
    }
    room.run(&["x.pbp", "z.pbp", "--into", "four.pbp"]).ok().says("verified: 4 of 4 tracks identical");
}

#[test]
fn one_disc_needs_no_word_for_it() {
    let room = Room::with("playstation");
    room.run(&["game.bin", "one.pbp"]).ok().says("written for emulators");
    room.run(&["one.pbp", "again.cue"]).ok();
    assert!(room.get("again.bin") == laid("playstation", "game.bin"));
    room.run(&["diff", "one.pbp", "game.bin"]).ok().says("same disc");
    assert!(room.run(&["info", "one.pbp", "--json"]).ok().json().get("discs").is_none());
}

#[test]
fn batches_write_a_set_for_each_disc() {
    let room = room();
    room.run(&["x.pbp", "--to", "cue", "--split", "--out", "out"]).ok().says("verified: 2 of 2 tracks identical");
    assert!(room.get("out/x (Disc 2).bin") == laid("forms", "forms.bin"), "{}", room.tree());
    room.run(&["x.pbp", "--to", "cue", "--out", "out"]).ok().says("1 skipped");
    // Wrappers too, where what they hold can be there.
    let ran = room.run(&["x.pbp", "--to", "cso", "--out", "cso", "--allow-loss", "form2,subheader,ecc"]).ok();
    assert!(room.has("cso/x (Disc 1).cso") && room.has("cso/x (Disc 2).cso"), "{}", ran.all());
}

#[test]
fn losses_name_their_disc_and_leave_nothing_behind() {
    let room = room().and("annotated");
    let songs = fixture("annotated").entry;
    let before = room.tree();
    // What the table of contents tells.
    room.run(&["game.bin", &songs, "--into", "m.pbp"]).exits(3).says("disc 2: the ISRC of track 01");
    // What only the sectors tell: the first disc has nothing to lose in other ways than the second.
    let ran = room.run(&["x.pbp", "y.iso"]).exits(3);
    assert!(ran.stderr.contains("disc 1: ") && ran.stderr.contains("disc 2: "), "{}", ran.all());
    let json = room.run(&["x.pbp", "y.iso", "--json"]).exits(3).json_error();
    assert!(json["losses"].to_string().contains("disc 2: "), "{json:#}");
    assert_eq!(room.tree(), before);
    room.run(&["game.bin", &songs, "--into", "m.pbp", "--allow-loss", "all"]).ok().says("verified: ");
}

#[test]
fn a_dry_run_writes_nothing() {
    let room = room();
    let before = room.tree();
    snapshot!("several_dry_run", room.run(&["x.pbp", "y.cue", "--dry-run"]).ok().report());
    let json = room.run(&["game.bin", "forms.cue", "--into", "new.pbp", "--dry-run", "--json"]).ok().json();
    assert_eq!(json["source"]["paths"], serde_json::json!(["game.bin", "forms.cue"]), "{json:#}");
    assert_eq!(room.tree(), before);
}

#[test]
fn all_discs_are_looked_at() {
    let room = room();
    let mut said = String::new();
    for verb in ["info", "verify"] {
        said += &room.run(&[verb, "x.pbp"]).ok().report();
    }
    said += &room.run(&["diff", "x.pbp", "x.pbp"]).ok().report();
    snapshot!("several_looked_at", said);
    let hash = room.run(&["hash", "x.pbp", "--json"]).ok().json();
    for (place, (name, file)) in [("playstation", "game.bin"), ("forms", "forms.bin")].into_iter().enumerate() {
        let disc = &hash["discs"][place];
        assert_eq!(
            (&disc["number"], &disc["tracks"][0]["raw"]["sha256"]),
            (&(place + 1).into(), &sha256(&laid(name, file)).into())
        );
    }
    assert_eq!(hash["tracks"], hash["discs"][0]["tracks"]);
    let ran = room.run(&["hash", "x.pbp"]).ok();
    assert!(ran.stdout.contains("disc 2, track 1 (mode2), raw: "), "{}", ran.all());
    let info = room.run(&["info", "x.pbp", "--json"]).ok().json();
    assert_eq!((info["discs"].as_array().map(Vec::len), &info["sessions"]), (Some(2), &info["discs"][0]["sessions"]));
    let verify = room.run(&["verify", "x.pbp", "--json"]).ok().json();
    assert_eq!(
        (&verify["ok"], &verify["discs"][1]["ok"], &verify["container"]["checked"]),
        (&true.into(), &true.into(), &true.into())
    );
}

#[test]
fn damage_to_one_disc_is_found_and_said_to_be_there() {
    let room = room();
    let mut bytes = room.get("x.pbp");
    let second = 0x1_0000 + u32::from_le_bytes(*bytes[0x1_0204..].first_chunk().unwrap()) as usize;
    bytes[second + 0x10_0000] |= 6;
    room.put("bad.pbp", &bytes);
    let verify = room.run(&["verify", "bad.pbp", "--json"]).exits(4).json();
    let ok: Vec<_> = [&verify["ok"], &verify["discs"][0]["ok"], &verify["discs"][1]["ok"]].into_iter().cloned().collect();
    assert_eq!(ok, [false, true, false].map(serde_json::Value::from), "{verify:#}");
    room.run(&["verify", "bad.pbp"]).exits(4).says("disc 2 of 2:\ncontainer: 1 place cannot be unpacked");
    // Cut in the second disc: damage, which may be allowed.
    room.put("cut.pbp", &bytes[..second + 0x10_0000 + 20_000]);
    let ran = room.run(&["cut.pbp", "y.cue"]).exits(4);
    assert!(ran.stderr.contains("of disc 2"), "{}", ran.all());
}

#[test]
fn discs_are_compared_in_order() {
    let room = room();
    room.run(&["forms.cue", "game.bin", "--into", "other.pbp"]).ok();
    room.run(&["diff", "x.pbp", "other.pbp"]).exits(1).says("disc 1:").says("disc 2:").says("different: x.pbp and other.pbp");
    let diff = room.run(&["diff", "x.pbp", "game.bin", "--json"]).exits(1).json();
    assert_eq!((&diff["same"], &diff["discs"][0]["same"]), (&false.into(), &true.into()), "{diff:#}");
    assert_eq!(diff["discs"][1], serde_json::json!({ "number": 2, "same": false, "only_in": "a" }));
    room.run(&["diff", "game.bin", "x.pbp"]).exits(1).says("game.bin has 1 disc, x.pbp has 2 discs");
}

#[test]
fn receipts_tell_every_disc() {
    let room = room();
    room.run(&["game.bin", "forms.cue", "--into", "r.pbp", "--receipt", "r.json"]).ok();
    let receipt: serde_json::Value = serde_json::from_slice(&room.get("r.json")).unwrap();
    let discs = &receipt["source"]["discs"];
    assert_eq!((&discs[0]["path"], &discs[1]["path"]), (&"game.bin".into(), &"forms.cue".into()), "{receipt:#}");
    assert_eq!(discs[1]["tracks"][0]["raw"]["sha256"], sha256(&laid("forms", "forms.bin")));
    assert_eq!(receipt["outputs"][0]["sha256"], sha256(&room.get("r.pbp")));
    room.run(&["x.pbp", "y.cue", "--receipt", "y.json"]).ok();
    let receipt: serde_json::Value = serde_json::from_slice(&room.get("y.json")).unwrap();
    assert_eq!(receipt["outputs"].as_array().map(Vec::len), Some(4), "{receipt:#}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let room = room();
    let before = room.tree();
    for (line, code, says) in [
        ("game.bin forms.cue --into y.cue", 2, "--into has no meaning for cue, which holds one disc"),
        ("game.bin forms.cue --into y", 2, "has no extension"),
        ("game.bin . --into y.pbp", 2, "is a folder"),
        ("game.bin forms.cue --into y.pbp --out d", 2, "cannot be used with"),
        ("game.bin forms.cue y.pbp", 2, "--into FILE"),
        ("game.bin gone.cue --into y.pbp", 1, "gone.cue"),
        ("x.pbp x.pbp x.pbp --into y.pbp", 3, "6 discs do not fit into one PBP"),
        ("game.bin x.pbp --into x.pbp --force", 1, "is the input"),
        ("game.bin forms.cue --into x.pbp", 1, "exists already"),
        ("game.bin y.cue --title X", 2, "--title has no meaning for cue"),
        ("game.bin y.pbp --icon game.bin", 2, "no PNG picture"),
        ("game.bin y.pbp --sector 2048", 2, "a PBP has no sectors of 2048 bytes"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        room.run(&words).exits(code).says(says);
        assert_eq!(room.tree(), before, "{line}");
    }
}

/// The subchannel of a protected disc belongs into a file beside it.
#[test]
fn subchannel_is_a_loss_that_says_where_it_belongs() {
    let room = Room::with("raw-2448-interleaved");
    let entry = fixture("raw-2448-interleaved").entry;
    let ran = room.run(&[&entry, "x.pbp", "--allow-loss", "all"]).ok();
    assert!(ran.stdout.contains("x.sbi"), "{}", ran.all());
}
