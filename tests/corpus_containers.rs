//! Containers of the corpus: Nero, Alcohol 120%, CloneCD, cdrdao and packed images that nobody of this project made.

use crate::corpus::{Corpus, check_cd_info, corpus};
use crate::support::Room;
use serde_json::Value;

/// Every one of these is read here, or refused.
const EXTENSIONS: [&str; 7] = ["nrg", "mds", "ccd", "toc", "cso", "zso", "dax"];

/// They ask for more than their files hold: tests of grammar, no discs.
const BEYOND_THE_FILE: [&str; 6] = ["toc/data5.toc", "toc/t2.toc", "toc/t3.toc", "toc/t4.toc", "toc/t5.toc", "toc/t6.toc"];

/// Their data was never there.
const WITHOUT_DATA: [&str; 4] =
    ["bad/bad-file.toc", "cuetext/whipper_bloc.toc", "cuetext/whipper_breeders.toc", "cuetext/whipper_cure.toc"];

fn extension(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// How `--to` calls the format of `name`.
fn id(name: &str) -> &str {
    match name {
        "cso/dd_v2.cso" => "cso2",
        _ => extension(name),
    }
}

fn whole(corpus: &Corpus) -> Vec<String> {
    corpus.names(|name| {
        EXTENSIONS.contains(&extension(name))
            && !name.starts_with("bad/")
            && !BEYOND_THE_FILE.contains(&name)
            && !WITHOUT_DATA.contains(&name)
    })
}

/// The hashes, each with the number of its track, whether stored or rebuilt.
fn hashes(room: &Room, path: &str) -> Vec<[Value; 3]> {
    let mut json = room.run(&["hash", path, "--json"]).ok().json();
    let tracks = json["tracks"].as_array_mut().unwrap();
    let mut found: Vec<[Value; 3]> = tracks
        .iter_mut()
        .map(|track| {
            if let Some(raw) = track["raw"].as_object_mut() {
                raw.remove("rebuilt");
            }
            [track["number"].take(), track["raw"].take(), track["user"].take()]
        })
        .collect();
    found.push([Value::Null, Value::Null, json["user"].take()]);
    found
}

/// The tables of contents, without how the container stores sectors.
fn contents(room: &Room, path: &str) -> Value {
    let mut json = room.run(&["info", path, "--json"]).ok().json();
    for session in json["sessions"].as_array_mut().unwrap() {
        for track in session["tracks"].as_array_mut().unwrap() {
            track.as_object_mut().unwrap().remove("stored_bytes");
        }
    }
    serde_json::json!([json["media"], json["sessions"], json["mcn"]])
}

/// Compare two containers; raw hashes only where both have them.
fn compare(room: &Room, a: &str, b: &str) -> Result<(), String> {
    let (a_contents, b_contents) = (contents(room, a), contents(room, b));
    if a_contents != b_contents {
        return Err(format!("{a} has {a_contents:#}, {b} {b_contents:#}\n"));
    }
    let (a_hashes, b_hashes) = (hashes(room, a), hashes(room, b));
    let same =
        |a: &[Value; 3], b: &[Value; 3]| a[0] == b[0] && (a[1] == b[1] || a[1].is_null() || b[1].is_null()) && a[2] == b[2];
    if a_hashes.len() != b_hashes.len() || !a_hashes.iter().zip(&b_hashes).all(|(a, b)| same(a, b)) {
        return Err(format!("{a} has {a_hashes:#?}, {b} {b_hashes:#?}\n"));
    }
    let diff = room.run(&["diff", a, b]);
    if diff.status.code() == Some(0) { Ok(()) } else { Err(diff.all()) }
}

/// `from` to `to`, compared. None of these holds anything that CUE/BIN or its own format would lose.
fn convert(room: &Room, args: &[&str], from: &str, to: &str) -> Result<(), String> {
    let ran = room.run(args);
    if ran.status.code() == Some(0) { compare(room, from, to) } else { Err(ran.all()) }
}

#[test]
fn every_container_becomes_a_cue_and_comes_back() {
    let Some(corpus) = corpus() else { return };
    let names = whole(&corpus);
    assert!(names.len() > 20, "{names:?}");
    let mut wrong = String::new();
    for name in names {
        let room = Room::new();
        let (path, id) = (corpus.path(&name), id(&name));
        let (direct, back) = (format!("direct.{}", extension(&name)), format!("back/x.{}", extension(&name)));
        let steps: [(&[&str], &str, &str); 3] = [
            (&[&path, "x.cue"], &path, "x.cue"),
            (&["--to", id, "--out", "back", "x.cue"], &path, &back),
            (&["--to", id, &path, &direct], &path, &direct),
        ];
        for (args, from, to) in steps {
            if let Err(text) = convert(&room, args, from, to) {
                wrong += &format!("{name}: {text}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn track_tables_are_those_that_other_programs_found() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    for name in ["nrg/p1.nrg", "cue/isofs-m1/isofs-m1.toc"] {
        check_cd_info(&corpus, &room, name);
    }
    let mut told = 0;
    for name in whole(&corpus) {
        let fact = corpus.fact(&name);
        let session = || room.run(&["info", &corpus.path(&name), "--json"]).ok().json()["sessions"][0].take();
        if fact["cdrdao_show_toc"]["rc"] == 0 {
            let tracks = session()["tracks"].as_array().map(Vec::len);
            assert_eq!(fact["cdrdao_show_toc"]["tracks"].as_u64(), tracks.and_then(|n| n.try_into().ok()), "{name}");
            told += 1;
        }
        for point in fact["ccd_toc"].as_array().unwrap_or(&Vec::new()) {
            match point["point"].as_str().unwrap() {
                "0xa0" | "0xa1" => {}
                "0xa2" => assert_eq!(point["plba"], session()["lead_out_lba"], "{name}"),
                track => {
                    let number = usize::from_str_radix(track.trim_start_matches("0x"), 16).unwrap();
                    assert_eq!(point["plba"], session()["tracks"][number - 1]["start_lba"], "{name}");
                }
            }
            told += 1;
        }
    }
    assert!(told > 10, "{told} facts");
}

/// What mdf2iso, ccd2iso and maxcso take out is the user data.
#[test]
fn user_data_is_what_other_programs_take_out() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    let mut told = 0;
    for name in whole(&corpus) {
        for tool in ["mdf2iso", "ccd2iso", "maxcso_decompress"] {
            let theirs = &corpus.fact(&name)[tool];
            if !theirs.is_null() {
                let ours = room.run(&["hash", &corpus.path(&name), "--json"]).ok().json()["user"].take();
                assert_eq!((&ours["bytes"], &ours["sha256"]), (&theirs["size"], &theirs["sha256"]), "{name}: {tool}");
                told += 1;
            }
        }
    }
    assert!(told >= 9, "{told} facts");
}

/// The subchannel of CloneCD comes back as another program wrote it, through every container that has a place for it.
#[test]
fn subchannel_of_cloneccd_survives_every_hop() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    room.run(&[&corpus.path("ccd/isofs-m1/isofs.ccd"), "a.mds"]).ok();
    for pair in ["a.mds", "b.nrg", "c.toc", "d.ccd"].windows(2) {
        room.run(&[pair[0], pair[1]]).ok();
    }
    for (ours, theirs) in [("d.img", "ccd/isofs-m1/isofs.img"), ("d.sub", "ccd/isofs-m1/isofs.sub")] {
        assert!(room.get(ours) == std::fs::read(corpus.path(theirs)).unwrap(), "{theirs} came back as something else");
    }
}

#[test]
fn damaged_containers_are_refused_by_name() {
    let Some(corpus) = corpus() else { return };
    let bad = corpus.names(|name| name.starts_with("bad/") && EXTENSIONS.contains(&extension(name)));
    let damaged = bad.iter().map(String::as_str).chain(BEYOND_THE_FILE).filter(|name| !WITHOUT_DATA.contains(name));
    for name in damaged {
        let (room, path) = (Room::new(), corpus.path(name));
        for args in [&[&path, "x.cue"][..], &["info", &path], &[&path, "x.cue", "--allow-loss", "damage"]] {
            room.run(args).exits(4).says(name).says("line ");
        }
        assert_eq!(room.tree(), "", "{name}");
    }
    for name in WITHOUT_DATA {
        let (room, path) = (Room::new(), corpus.path(name));
        room.run(&[&path, "x.cue"]).exits(1).says("which is not there");
        assert_eq!(room.tree(), "", "{name}");
    }
}
