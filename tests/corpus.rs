//! Images that nobody of this project made: `../shared/corpus`, where it is present.

use crate::support::{Ran, Room, sha256};
use serde_json::Value;
use std::path::PathBuf;

/// The corpus and its facts.
pub(crate) struct Corpus {
    root: PathBuf,
    files: Value,
}

/// The corpus beside the repository, if it is there.
pub(crate) fn corpus() -> Option<Corpus> {
    let root = discconv_testkit::corpus::folder()?;
    let text = std::fs::read(root.join("expected.json")).unwrap();
    let mut facts: Value = serde_json::from_slice(&text).unwrap();
    Some(Corpus { root, files: facts["files"].take() })
}

impl Corpus {
    /// Where `name` is, its hash checked first.
    #[track_caller]
    pub(crate) fn path(&self, name: &str) -> String {
        let path = self.root.join(name);
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(self.fact(name)["sha256"], sha256(&bytes), "{name} is not the file it was");
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn fact(&self, name: &str) -> &Value {
        &self.files[name]
    }

    /// Names of the files for which `wanted` is true, sorted.
    pub(crate) fn names(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let mut names: Vec<String> = self.files.as_object().unwrap().keys().filter(|name| wanted(name)).cloned().collect();
        names.sort();
        names
    }
}

/// Of no kind that content tells, or cut: told apart by the issue.
const NEED_FROM: [&str; 2] = ["cso/UMD.iso", "iso/fmtowns_4sectors.iso"];
const CUT: &str = "iso/util-linux_isosize.iso";

#[test]
fn every_iso_becomes_a_cue_and_comes_back() {
    let Some(corpus) = corpus() else { return };
    let isos = corpus.names(|name| {
        let folder = ["iso/", "udf/", "cso/"].iter().any(|folder| name.starts_with(folder));
        folder && (name.ends_with(".iso") || name.ends_with(".img")) && name != CUT && !NEED_FROM.contains(&name)
    });
    assert!(isos.len() > 25, "{isos:?}");
    let mut wrong = String::new();
    for name in isos {
        let room = Room::new();
        let path = corpus.path(&name);
        let there = room.run(&[&path, "x.cue"]);
        if there.status.code() != Some(0) {
            wrong += &format!("{name}: {}", there.all());
            continue;
        }
        let back = room.run(&["x.cue", "back.iso"]);
        let hash = if room.has("back.iso") { sha256(&room.get("back.iso")) } else { String::new() };
        if corpus.fact(&name)["sha256"] != hash.as_str() {
            wrong += &format!("{name}: came back as {hash}: {}", back.all());
        }
        let info = room.run(&["info", &path, "--json"]).ok().json();
        let sectors = corpus.fact(&name)["sectors_2048"].as_u64();
        if sectors.is_some() && info["sessions"][0]["lead_out_lba"].as_u64() != sectors {
            wrong += &format!("{name}: {sectors:?} sectors, but {info:#}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn files_without_any_mark_need_from() {
    let Some(corpus) = corpus() else { return };
    for name in NEED_FROM {
        let room = Room::new();
        let path = corpus.path(name);
        room.run(&[&path, "x.cue"]).exits(4);
        assert!(!room.has("x.cue"));
        room.run(&[&path, "x.cue", "--from", "iso2048"]).ok();
        room.run(&["x.cue", "back.iso"]).ok();
        assert_eq!(corpus.fact(name)["sha256"], sha256(&room.get("back.iso")), "{name}");
    }
}

#[test]
fn a_tail_that_is_no_whole_sector_is_damage() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    let path = corpus.path(CUT);
    room.run(&[&path, "x.cue"]).exits(4);
    assert_eq!(room.tree(), "");
    room.run(&[&path, "x.cue", "--allow-loss", "damage"]).ok().says("damage");
}

#[test]
fn one_track_with_a_catalogue_number() {
    let Some(corpus) = corpus() else { return };
    let name = "cue/isofs-m1/isofs-m1.cue";
    let room = Room::new();
    let path = corpus.path(name);
    room.run(&[&path, "x.iso"]).exits(3).says("mcn");
    room.run(&[&path, "x.iso", "--allow-loss", "mcn"]).ok();
    let user = &corpus.fact(name)["bchunk"]["01.iso"]["sha256"];
    assert_eq!(*user, sha256(&room.get("x.iso")));
    check_cd_info(&corpus, &room, name);
    room.run(&[&path, "y.cue"]).ok();
    assert_eq!(corpus.fact("cue/isofs-m1/isofs-m1.bin")["sha256"], sha256(&room.get("y.bin")));
    room.run(&["diff", &path, "y.cue"]).ok();
    // The same sectors where no sheet is, and back from the ISO.
    for raw in ["cue/wave/track01.bin", "ccd/isofs-m1/isofs.img"] {
        let room = Room::new();
        room.run(&[&corpus.path(raw), "x.iso"]);
        assert_eq!(*user, sha256(&room.get("x.iso")), "{raw}");
        room.run(&["x.iso", "back.bin"]).ok();
        assert_eq!(corpus.fact(raw)["sha256"], sha256(&room.get("back.bin")), "{raw}");
    }
}

/// Tracks, lead-out and catalogue number as libcdio tells them.
#[track_caller]
pub(crate) fn check_cd_info(corpus: &Corpus, room: &Room, name: &str) {
    let fact = &corpus.fact(name)["cd_info"];
    assert!(fact.get("unreliable").is_none() && fact.get("not_supported").is_none());
    let info = room.run(&["info", &corpus.path(name), "--json"]).ok().json();
    let session = &info["sessions"][0];
    assert_eq!(session["lead_out_lba"], fact["leadout_lsn"], "{name}");
    // Thirteen blank digits are none.
    if fact["mcn"].as_str().is_some_and(|mcn| !mcn.is_empty()) {
        assert_eq!(info["mcn"], fact["mcn"], "{name}");
    }
    let tracks = session["tracks"].as_array().unwrap();
    let theirs = fact["tracks"].as_array().unwrap();
    assert_eq!(tracks.len(), theirs.len(), "{name}");
    for (ours, theirs) in tracks.iter().zip(theirs) {
        assert_eq!((&ours["number"], &ours["start_lba"]), (&theirs["n"], &theirs["lsn"]), "{name}");
        assert_eq!(ours["mode"] == "audio", theirs["type"] == "audio", "{name}");
    }
}

#[test]
fn sound_with_pregaps_whose_sheet_names_another_file() {
    let Some(corpus) = corpus() else { return };
    let name = "cue/p1/p1.cue";
    let room = Room::new();
    check_cd_info(&corpus, &room, name);
    let path = corpus.path(name);
    room.run(&[&path, "x.iso"]).exits(3);
    room.run(&[&path, "x.cue"]).ok();
    assert_eq!(corpus.fact("cue/p1/p1.bin")["sha256"], sha256(&room.get("x.bin")));
    room.run(&["diff", &path, "x.cue"]).ok();
    room.run(&["x.cue", "y.cue", "--split"]).ok();
    room.run(&["diff", &path, "y.cue"]).ok();
}

#[test]
fn wave_files_behind_a_sheet() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    let path = corpus.path("cue/wave/wave.cue");
    let info = room.run(&["info", &path, "--json"]).ok().json();
    let tracks = info["sessions"][0]["tracks"].as_array().unwrap();
    // chdman counts the same frames: 302; 150 after a pregap of 150; 225.
    let lengths: Vec<(u64, u64)> =
        tracks.iter().map(|t| (t["pregap_sectors"].as_u64().unwrap(), t["sectors"].as_u64().unwrap())).collect();
    assert_eq!(lengths, [(0, 302), (150, 150), (0, 225)]);
    room.run(&[&path, "x.iso"]).exits(3).says("audio");
    room.run(&[&path, "x.iso", "--allow-loss", "audio"]).ok();
    assert_eq!(corpus.fact("cue/isofs-m1/isofs-m1.cue")["bchunk"]["01.iso"]["sha256"], sha256(&room.get("x.iso")));
    room.run(&[&path, "x.cue"]).ok();
    room.run(&["diff", &path, "x.cue"]).ok();
    let mut bin = std::fs::read(corpus.root.join("cue/wave/track01.bin")).unwrap();
    for wave in ["track02.wav", "track03.wav"] {
        bin.extend(&std::fs::read(corpus.root.join("cue/wave").join(wave)).unwrap()[44..]);
    }
    assert!(room.get("x.bin") == bin, "the PCM of the WAVE files behind the data, gap not stored");
}

#[test]
fn a_sheet_whose_indexes_pass_the_end_is_refused() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    let ran = room.run(&[&corpus.path("cue/igir/CD-ROM.cue"), "x.cue"]);
    assert!(matches!(ran.status.code(), Some(1 | 4)), "{}", ran.all());
    assert_eq!(room.tree(), "");
}

#[test]
fn a_video_cd_keeps_its_forms() {
    let Some(corpus) = corpus() else { return };
    let name = "vcd/svcd.cue";
    let room = Room::new();
    check_cd_info(&corpus, &room, name);
    let path = corpus.path(name);
    let refused = room.run(&[&path, "x.iso"]).exits(3);
    assert!(refused.stderr.contains("tracks") || refused.stderr.contains("form2"), "{}", refused.all());
    room.run(&[&path, "x.cue"]).ok();
    assert_eq!(corpus.fact("vcd/svcd.bin")["sha256"], sha256(&room.get("x.bin")));
    room.run(&["diff", &path, "x.cue"]).ok();
    room.run(&[&path, "s.cue", "--split"]).ok();
    room.run(&["diff", &path, "s.cue"]).ok();
    room.run(&[&path, "x.iso", "--allow-loss", "all"]).ok();
    assert_eq!(corpus.fact(name)["bchunk"]["01.iso"]["sha256"], sha256(&room.get("x.iso")), "track 1 as bchunk takes it out");
}

#[test]
fn bad_sheets_are_refused() {
    let Some(corpus) = corpus() else { return };
    let sheets = corpus.names(|name| name.ends_with(".cue") && (name.starts_with("bad/") || name.starts_with("cuetext/")));
    assert!(sheets.len() > 20);
    for name in sheets {
        let room = Room::new();
        for args in [&["info", &corpus.path(&name)][..], &[&corpus.path(&name), "x.iso"]] {
            let ran = room.run(args);
            assert!(matches!(ran.status.code(), Some(1 | 4)), "{name}: {}", ran.all());
        }
        assert_eq!(room.tree(), "");
    }
}

fn may_be_damage(ran: &Ran) -> bool {
    matches!(ran.status.code(), Some(0 | 4))
}

#[test]
fn bad_images_get_a_note_or_exit_4() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    for name in corpus.names(|name| name.starts_with("bad/") && name.ends_with(".iso")) {
        let path = corpus.path(&name);
        for args in [
            &["info", &path][..],
            &["verify", &path],
            &["hash", &path],
            &[&path, "x.cue", "--force"],
            &[&path, "x.cue", "--force", "--allow-loss", "damage"],
        ] {
            let ran = room.run(args);
            assert!(may_be_damage(&ran), "{name}: {}", ran.all());
        }
    }
    // It lacks most of its blocks, and its directory makes no sense: the sectors that are there are copied all the same.
    let room = Room::new();
    let path = corpus.path("bad/bad-dir.iso");
    room.run(&[&path, "x.cue", "--allow-loss", "damage"]).ok();
    room.run(&["x.cue", "back.iso"]).ok();
    assert!(room.get("back.iso").starts_with(&std::fs::read(path).unwrap()));
    for cut in ["bad/iso9660_trunc.iso", "bad/malformed.iso"] {
        let room = Room::new();
        room.run(&[&corpus.path(cut), "x.cue"]).exits(4);
        assert_eq!(room.tree(), "", "{cut}");
    }
}

/// Every other file of the corpus, of formats that are not read: an error, no crash, no hang.
#[test]
fn foreign_files_are_refused_or_read_but_never_crash() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    for name in corpus.names(|name| !["iso/", "udf/", "cue/", "bad/", "cuetext/"].iter().any(|known| name.starts_with(known))) {
        let ran = room.run(&["info", &corpus.path(&name)]);
        assert!(matches!(ran.status.code(), Some(0 | 1 | 4)), "{name}: {}", ran.all());
    }
}
