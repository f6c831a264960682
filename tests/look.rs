//! Verbs that only look: info, hash, verify, diff. The facts of the hand-laid images are the judge.

use crate::support::{Room, fixture, laid, sha256, snapshot};
use discconv_testkit::{Fixture, all_good};
use serde_json::Value;
use std::fmt::Write as _;

/// A track's indexes as the facts write them, pregap length included as `00@`.
fn outline(info: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(mcn) = info["mcn"].as_str() {
        lines.push(format!("mcn {mcn}"));
    }
    for session in info["sessions"].as_array().unwrap() {
        lines.push(format!("session {} lead-out {}", session["number"], session["lead_out_lba"]));
        for track in session["tracks"].as_array().unwrap() {
            lines.extend(track_lines(track));
        }
    }
    lines
}

fn track_lines(track: &Value) -> Vec<String> {
    let number = track["number"].as_u64().unwrap();
    let mode = match track["mode"].as_str().unwrap() {
        mode if mode.starts_with("mode2") => "mode2",
        mode => mode,
    };
    let mut line = format!("track {number:02} {mode}");
    for index in track["indexes"].as_array().unwrap() {
        write!(line, " {:02}@{}", index["number"].as_u64().unwrap(), index["lba"]).unwrap();
    }
    let start = track["start_lba"].as_i64().unwrap();
    write!(line, " end {}", start + track["sectors"].as_i64().unwrap()).unwrap();
    let mut lines = vec![line];
    let flags: Vec<&str> = track["flags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    if !flags.is_empty() {
        lines.push(format!("flags {number:02} {}", flags.join(" ")));
    }
    if let Some(isrc) = track["isrc"].as_str() {
        lines.push(format!("isrc {number:02} {isrc}"));
    }
    lines
}

/// What the facts say that `info` does not. CD-TEXT is not told in JSON; flags come in any order.
fn missing(good: &Fixture, info: &Value) -> Vec<String> {
    let sorted = |line: &str| {
        let mut words: Vec<&str> = line.split(' ').collect();
        if words[0] == "flags" {
            words[2..].sort_unstable();
        }
        // The pause of every disc, where the sheet names it: shown, but nothing that the facts speak of.
        words.join(" ").replace(" 00@-150 ", " ")
    };
    let outline: Vec<String> = outline(info).iter().map(|line| sorted(line)).collect();
    let told = |line: &&str| !line.is_empty() && !line.starts_with("same ") && !line.starts_with("text ");
    let facts = good.facts.lines().map(str::trim).filter(told).map(sorted);
    facts.filter(|fact| !outline.contains(fact)).collect()
}

#[test]
fn info_agrees_with_the_facts_of_every_fixture() {
    let mut wrong = Vec::new();
    for good in all_good() {
        let room = Room::new();
        room.lay(&good.files);
        let ran = room.run(&["info", &good.entry, "--json"]);
        if ran.status.code() != Some(0) {
            wrong.push(format!("{}: {}", good.name, ran.all()));
            continue;
        }
        let info = ran.json();
        let gone = missing(&good, &info);
        if !gone.is_empty() {
            wrong.push(format!("{}: wanted {gone:#?}, got {:#?}", good.name, outline(&info)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn info_has_every_promised_key() {
    let info = Room::with("mixed").run(&["info", "mixed.cue", "--json"]).ok().json();
    for key in ["path", "format", "media", "sessions", "mcn", "subchannel", "size_bytes", "notes"] {
        assert!(info.get(key).is_some(), "no {key} in {info:#}");
    }
    let track = &info["sessions"][0]["tracks"][1];
    for key in ["number", "mode", "stored_bytes", "start_lba", "sectors", "pregap_sectors", "indexes", "flags", "isrc"] {
        assert!(track.get(key).is_some(), "no {key} in {track:#}");
    }
    assert_eq!((&info["media"], &track["pregap_sectors"], &track["stored_bytes"]), (&"cd".into(), &5.into(), &2352.into()));
    assert_eq!(info["sessions"][0]["tracks"][0]["mode"], "mode1");
    let forms = Room::with("forms").run(&["info", "forms.cue", "--json"]).ok().json();
    assert_eq!(forms["sessions"][0]["tracks"][0]["mode"], "mode2-mixed");
    for (name, coding) in [("raw-2448-interleaved", "interleaved"), ("raw-2448-packed", "packed"), ("raw-2368", "pq16")] {
        let info = Room::with(name).run(&["info", "small.img", "--json"]).ok().json();
        assert_eq!(info["subchannel"], coding, "{name}");
    }
}

#[test]
fn info_for_people() {
    let mut said = String::new();
    for (name, entry) in [("mixed", "mixed.cue"), ("iso-2048", "small.iso"), ("two-sessions", "Two.cue")] {
        said += &Room::with(name).run(&["info", entry]).ok().report();
    }
    snapshot!("info", said);
}

/// The fixtures that are said to be the same disc are so for `diff`, and no others.
#[test]
fn diff_finds_twins_and_differences() {
    for good in all_good() {
        let Some(twin) = good.facts.lines().find_map(|line| line.trim().strip_prefix("same ")) else { continue };
        let room = Room::new();
        std::fs::create_dir(room.path("a")).unwrap();
        std::fs::create_dir(room.path("b")).unwrap();
        good.files.write_to(&room.path("a")).unwrap();
        fixture(twin).files.write_to(&room.path("b")).unwrap();
        room.run(&["diff", &format!("a/{}", good.entry), &format!("b/{}", fixture(twin).entry)]).ok();
    }
    let room = Room::with("mixed").and("raw-mode1");
    let mut bytes = laid("mixed", "mixed.bin");
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    room.put("other.bin", &bytes);
    room.put("other.cue", String::from_utf8(laid("mixed", "mixed.cue")).unwrap().replace("mixed.bin", "other.bin").as_bytes());
    let said = room.run(&["diff", "mixed.cue", "other.cue"]).exits(1).report()
        + &room.run(&["diff", "mixed.cue", "small.bin"]).exits(1).report();
    let json = room.run(&["diff", "mixed.cue", "other.cue", "--json"]).exits(1).json();
    assert!(json.is_object());
    snapshot!("diff", said);
}

#[test]
fn hash_is_of_raw_and_of_user_data() {
    let raw = laid("raw-mode1", "small.bin");
    let user = laid("iso-2048", "small.iso");
    let hash = Room::with("raw-mode1").run(&["hash", "small.bin", "--json"]).ok().json();
    let track = &hash["tracks"][0];
    assert_eq!(track["raw"]["sha256"], sha256(&raw));
    assert_eq!((&track["raw"]["bytes"], &track["raw"]["rebuilt"]), (&raw.len().into(), &false.into()));
    assert_eq!(track["user"]["sha256"], sha256(&user));
    assert_eq!(hash["user"]["sha256"], sha256(&user));
    for key in ["crc32", "md5", "sha1", "sha256"] {
        assert!(track["raw"][key].is_string(), "{track:#}");
    }
    let hash = Room::with("iso-2048").run(&["hash", "small.iso", "--json"]).ok().json();
    assert!(hash["tracks"][0]["raw"].is_null(), "{hash:#}");
    assert_eq!(hash["user"]["sha256"], sha256(&user));
}

/// A track's raw bytes are what a Redump per-track BIN holds.
#[test]
fn hash_of_tracks_is_that_of_their_files() {
    for name in ["mixed", "mixed-split", "mixed-sizes", "mixed-motorola"] {
        let hash = Room::with(name).run(&["hash", &fixture(name).entry, "--json"]).ok().json();
        for track in 1..=3 {
            let wanted = sha256(&laid("mixed-split", &format!("Mixed (Track {track}).bin")));
            assert_eq!(hash["tracks"][track - 1]["raw"]["sha256"], wanted, "{name} track {track}: {hash:#}");
        }
        assert_eq!(hash["tracks"][0]["raw"]["rebuilt"], name == "mixed-sizes", "{name}");
        assert!(hash["tracks"][1]["user"].is_null());
    }
    // A gap that no file holds is not part of it.
    let hash = Room::with("mixed-pregap").run(&["hash", "mixed.cue", "--json"]).ok().json();
    assert_eq!(hash["tracks"][1]["raw"]["sha256"], sha256(&laid("mixed-split", "Mixed (Track 2).bin")[5 * 2352..]), "{hash:#}");
    // Form 2 has no 2048-byte view.
    let hash = Room::with("forms").run(&["hash", "forms.cue", "--json"]).ok().json();
    assert!(hash["tracks"][0]["user"].is_null() && hash["user"].is_null(), "{hash:#}");
    assert_eq!(hash["tracks"][0]["raw"]["sha256"], sha256(&laid("forms", "forms.bin")));
}

#[test]
fn verify_looks_at_every_sector() {
    let room = Room::with("wrong-edc");
    let report = room.run(&["verify", "odd.cue", "--json"]).exits(4).json();
    assert_eq!(report["ok"], false);
    assert_eq!(report["sectors"]["bad_edc"], serde_json::json!([5]), "{report:#}");
    assert_eq!(report["sectors"]["bad_ecc"], serde_json::json!([]), "{report:#}");
    let report = Room::with("wrong-address").run(&["verify", "odd.cue", "--json"]).exits(4).json();
    assert_eq!(report["sectors"]["bad_header"], serde_json::json!([4]), "{report:#}");
    let report = Room::with("forms-no-edc").run(&["verify", "forms.cue", "--json"]).ok().json();
    assert_eq!(report["sectors"]["form2_without_edc"], 2, "{report:#}");
    for name in ["mixed", "raw-mode2", "forms", "iso-2048", "playstation", "songs"] {
        let entry = fixture(name).entry;
        let report = Room::with(name).run(&["verify", &entry, "--json"]).ok().json();
        assert_eq!(report["ok"], true, "{name}");
        for key in ["path", "ok", "container", "sectors", "notes"] {
            assert!(report.get(key).is_some(), "{name}: no {key} in {report:#}");
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_in_a_data_sector_is_found() {
    let mut rng = discconv_testkit::Rng::seed_from_env("DISCCONV_SEED");
    let room = Room::new();
    let bytes = laid("raw-mode1", "small.bin");
    for _ in 0..20 {
        let at = rng.index(bytes.len());
        let mut hurt = bytes.clone();
        hurt[at] ^= 1 << rng.index(8);
        room.put("x.bin", &hurt);
        let ran = room.run(&["verify", "x.bin"]);
        assert_eq!(ran.status.code(), Some(4), "byte {at}: {}", ran.all());
    }
}

#[test]
fn damage_is_told_beside_hashes_and_differences() {
    let room = Room::with("truncated-bin").and("mixed");
    for args in [&["hash", "disc.cue"][..], &["diff", "disc.cue", "disc.cue"]] {
        let ran = room.run(args).exits(4);
        assert!(ran.stderr.contains("sector 3") && !ran.stdout.is_empty(), "{}", ran.all());
        let ran = room.run(&[args, &["--json"]].concat()).exits(4);
        assert!(ran.json()["notes"].to_string().contains("sector 3") && ran.stderr.is_empty(), "{}", ran.all());
    }
    let ran = room.run(&["hash", "mixed.bin"]).ok();
    assert!(ran.stderr.starts_with("note: mixed.bin: read through"), "{}", ran.all());
    room.run(&["diff", "mixed.cue", "mixed.bin", "-q"]).ok().says("same disc");
}

/// Subchannel is part of a disc where both images store it, and said to be left aside where one does not.
#[test]
fn diff_looks_at_subchannel() {
    let room = Room::with("raw-mode1");
    room.run(&["small.bin", "a.img", "--sector", "2448"]).ok();
    room.run(&["a.img", "a.chd"]).ok();
    let ran = room.run(&["diff", "small.bin", "a.chd"]).ok();
    ran.says("subchannel of 26 sectors not compared, since only one side stores it");
    room.run(&["diff", "a.img", "a.chd"]).ok().never_says("subchannel");
    let mut bytes = room.get("a.img");
    bytes[7 * 2448 + 2352 + 5] ^= 4;
    room.put("b.img", &bytes);
    let ran = room.run(&["diff", "a.chd", "b.img"]).exits(1).says("track 1: subchannel of 1 sector from LBA 7 on");
    ran.says("different in the subchannel of 1 of 26 sectors");
    let json = room.run(&["diff", "a.chd", "b.img", "--json"]).exits(1).json();
    assert_eq!(json["subchannel"]["differences"][0]["first_lba"], 7, "{json:#}");
    assert_eq!((&json["same"], &json["subchannel"]["sectors"]), (&false.into(), &26.into()), "{json:#}");
}

/// The digest that a container promises of its content is held against it, whoever reads that.
#[test]
fn a_promise_that_does_not_hold() {
    let room = Room::with("mixed");
    room.run(&["mixed.cue", "x.chd"]).ok();
    room.run(&["hash", "x.chd"]).ok().never_says("warning");
    let mut bytes = room.get("x.chd");
    // The SHA-1 of the content; that of content and metadata would be found wrong when the file is opened, and may be unknown.
    bytes[64] ^= 1;
    bytes[84..104].fill(0);
    room.put("x.chd", &bytes);
    for verb in ["hash", "verify"] {
        room.run(&[verb, "x.chd"]).exits(4).says("x.chd: SHA-1 is").says("the container promises");
        let ran = room.run(&[verb, "x.chd", "--json"]).exits(4);
        assert!(ran.json()["notes"].to_string().contains("the container promises") && ran.stderr.is_empty(), "{}", ran.all());
    }
    room.run(&["x.chd", "y.cue"]).exits(4).says("the container promises");
}

/// What no file holds is in no BIN of a track: the gap behind it either.
#[test]
fn hash_leaves_out_gaps_that_no_file_holds() {
    let room = Room::with("postgap");
    let track = |name: &str| room.run(&["hash", name, "--json"]).ok().json()["tracks"][0].clone();
    let bin = laid("postgap", "postgap.bin");
    let of_sheet = track("postgap.cue");
    assert_eq!(of_sheet["raw"]["sha256"], sha256(&bin[..6 * 2352]), "{of_sheet:#}");
    assert_eq!(of_sheet["raw"]["rebuilt"], false);
    room.run(&["postgap.cue", "x.iso", "--allow-loss", "all"]).ok();
    assert_eq!(of_sheet["user"]["sha256"], sha256(&room.get("x.iso")));
}
