//! One image at a time: what comes out is, byte for byte, what was laid by hand.

use crate::support::{Room, fixture, laid, sha256, sheet, snapshot};
use discconv_testkit::stored::sound;
use discconv_testkit::{Files, all_good};

/// Convert `input` of a fixture with `args` and compare every file of `wanted` with the fixture it comes from.
#[track_caller]
fn check(from: &str, args: &[&str], wanted: &[(&str, &str, &str)]) -> Room {
    let room = Room::with(from);
    std::fs::create_dir(room.path("out")).unwrap();
    let entry = fixture(from).entry;
    let ran = room.run(&[&[entry.as_str()], args].concat()).ok();
    for (output, name, file) in wanted {
        assert!(room.get(output) == laid(name, file), "{output} is not {file} of {name}:\n{}\n{}", room.tree(), ran.all());
    }
    room
}

#[test]
fn iso_becomes_bin_and_cue() {
    let room = check("iso-2048", &["out/x.cue"], &[("out/x.bin", "raw-mode1", "small.bin")]);
    let text = sheet(&["FILE \"x.bin\" BINARY", "  TRACK 01 MODE1/2352", "    INDEX 01 00:00:00"]);
    assert_eq!(String::from_utf8_lossy(&room.get("out/x.cue")), String::from_utf8_lossy(&text));
}

#[test]
fn naming_the_bin_makes_both() {
    check("iso-2048", &["out/x.bin"], &[("out/x.bin", "raw-mode1", "small.bin")]).get("out/x.cue");
}

#[test]
fn bin_becomes_iso() {
    check("raw-mode1", &["out/x.iso"], &[("out/x.iso", "iso-2048", "small.iso")]);
}

#[test]
fn the_verb_may_be_spelled_out() {
    let room = Room::with("raw-mode1");
    room.run(&["convert", "small.bin", "x.iso"]).ok();
    assert!(room.get("x.iso") == laid("iso-2048", "small.iso"));
}

#[test]
fn a_file_called_like_a_verb_is_converted_by_the_verb() {
    let room = Room::new();
    room.put("info", &laid("iso-2048", "small.iso"));
    room.run(&["convert", "info", "x.bin"]).ok();
    assert!(room.get("x.bin") == laid("raw-mode1", "small.bin"));
}

#[test]
fn every_stored_form_of_the_volume_gives_the_same_user_data() {
    for (name, file) in [("raw-2448-interleaved", "small.img"), ("raw-2448-packed", "small.img"), ("raw-2368", "small.img")] {
        let room = Room::with(name);
        room.run(&[file, "x.iso"]).ok();
        assert!(room.get("x.iso") == laid("iso-2048", "small.iso"), "{name}");
        room.run(&[file, "x.cue"]).ok();
        assert!(room.get("x.bin") == laid("raw-mode1", "small.bin"), "{name}");
    }
    let room = Room::with("raw-mode2");
    room.run(&["small.bin", "a.iso"]).ok();
    room.lay(&Files::one("small.img", laid("raw-2336", "small.img")));
    room.run(&["small.img", "b.iso"]).ok();
    assert!(room.get("a.iso") == room.get("b.iso"));
}

#[test]
fn sector_chooses_the_stored_form() {
    check("raw-mode2", &["out/x.cue", "--sector", "2336"], &[("out/x.bin", "raw-2336", "small.img")]);
    check("raw-2336", &["out/x.cue"], &[("out/x.bin", "raw-mode2", "small.bin")]);
    check("iso-2048", &["out/x.iso", "--sector", "2352"], &[("out/x.iso", "raw-mode1", "small.bin")]);
    check("raw-mode1", &["out/x.cue", "--sector", "2048"], &[("out/x.bin", "iso-2048", "small.iso")]);
    check("mixed", &["out/mixed.cue", "--sector", "2048"], &[("out/mixed.bin", "mixed-sizes", "mixed.bin")]);
    check("forms", &["out/forms.cue", "--sector", "2336"], &[("out/forms.bin", "forms-2336", "forms.bin")]);
}

#[test]
fn a_sheet_has_no_word_for_subchannel() {
    let room = Room::with("raw-mode1");
    room.run(&["small.bin", "x.cue", "--sector", "2448"]).exits(2).says("2448");
    // A headerless image has: P and Q are made, and it is read as the same disc.
    room.run(&["small.bin", "x.img", "--sector", "2448"]).ok();
    assert_eq!(room.get("x.img").len() / 2448, 26);
    room.run(&["diff", "small.bin", "x.img"]).ok();
    room.run(&["x.img", "back.bin"]).ok();
    assert!(room.get("back.bin") == room.get("small.bin"));
}

#[test]
fn a_sector_size_that_the_format_lacks_is_a_usage_error() {
    Room::with("iso-2048").run(&["small.iso", "x.cue", "--sector", "2049"]).exits(2);
}

#[test]
fn split_and_merge_are_the_hand_laid_twins() {
    let names = ["Mixed (Track 1).bin", "Mixed (Track 2).bin", "Mixed (Track 3).bin", "Mixed.cue"];
    let paths: Vec<String> = names.iter().map(|name| format!("out/{name}")).collect();
    let split: Vec<(&str, &str, &str)> =
        paths.iter().zip(names).map(|(path, name)| (path.as_str(), "mixed-split", name)).collect();
    for from in ["mixed", "mixed-pregap", "mixed-sizes", "mixed-motorola"] {
        let wanted = if from == "mixed-pregap" { &split[..1] } else { &split };
        check(from, &["out/Mixed.cue", "--split"], wanted);
    }
    check("mixed-split", &["out/mixed.cue"], &[("out/mixed.bin", "mixed", "mixed.bin"), ("out/mixed.cue", "mixed", "mixed.cue")]);
    check("mixed-split", &["out/mixed.cue", "--merge"], &[("out/mixed.bin", "mixed", "mixed.bin")]);
    check("mixed-motorola", &["out/mixed.cue"], &[("out/mixed.bin", "mixed", "mixed.bin")]);
    check("mixed-sizes", &["out/mixed.cue"], &[("out/mixed.bin", "mixed", "mixed.bin")]);
}

#[test]
fn gaps_keep_their_kind() {
    let room = check("mixed-pregap", &["out/mixed.cue"], &[("out/mixed.bin", "mixed-pregap", "mixed.bin")]);
    assert!(String::from_utf8_lossy(&room.get("out/mixed.cue")).contains("PREGAP 00:00:05"));
    let room = check("postgap", &["out/postgap.cue"], &[("out/postgap.bin", "postgap", "postgap.bin")]);
    assert!(String::from_utf8_lossy(&room.get("out/postgap.cue")).contains("POSTGAP 00:00:06"));
}

#[test]
fn sound_files_become_a_bin() {
    let room = check("songs-files", &["out/Songs.cue", "--split"], &[]);
    for track in 1..=4 {
        let name = format!("Songs (Track {track}).bin");
        assert!(room.get(&format!("out/{name}")) == laid("songs", &name), "{name}");
    }
}

#[test]
fn mode_chooses_what_2048_bytes_are_rebuilt_in() {
    let room = check("iso-2048", &["out/x.cue", "--mode", "2"], &[]);
    assert!(String::from_utf8_lossy(&room.get("out/x.cue")).contains("MODE2/2352"));
    room.run(&["out/x.cue", "back.iso"]).ok();
    assert!(room.get("back.iso") == laid("iso-2048", "small.iso"));
    // A volume with the XA mark is Mode 2 Form 1, unless it is told otherwise.
    let room = Room::with("raw-mode2");
    room.run(&["small.bin", "x.iso"]).ok();
    room.run(&["x.iso", "y.cue"]).ok();
    assert!(String::from_utf8_lossy(&room.get("y.cue")).contains("MODE2/2352"));
    room.run(&["x.iso", "z.cue", "--mode", "1"]).ok();
    assert!(String::from_utf8_lossy(&room.get("z.cue")).contains("MODE1/2352"));
}

#[test]
fn an_unchanged_sheet_comes_back_as_it_was() {
    for name in ["mixed", "pause", "postgap", "indexes", "hidden-track", "annotated"] {
        let entry = fixture(name).entry;
        let out = format!("out/{entry}");
        check(name, &[&out], &[(&out, name, &entry)]);
    }
}

/// Every good fixture, as CUE and back: the same disc, or refused as something would be lost.
#[test]
fn every_fixture_becomes_a_cue_that_is_the_same_disc() {
    let mut wrong = Vec::new();
    for good in all_good() {
        let room = Room::new();
        room.lay(&good.files);
        for extra in [&[][..], &["--split"]] {
            let ran = room.run(&[&[good.entry.as_str(), "zz.cue", "--force"], extra].concat());
            let diff = match ran.status.code() {
                Some(0) => room.run(&["diff", &good.entry, "zz.cue"]),
                _ => ran,
            };
            if diff.status.code() != Some(0) {
                wrong.push(format!("{} {extra:?}: {}", good.name, diff.all()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn any_number_of_workers_gives_the_same_bytes() {
    let room = Room::with("mixed").and("iso-2048");
    for (input, output) in [("small.iso", "a.bin"), ("mixed.cue", "b.bin")] {
        let mut seen = Vec::new();
        for jobs in ["1", "2", "7"] {
            room.run(&[input, output, "--force", "--jobs", jobs]).ok();
            seen.push(room.get(output));
        }
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{output}");
    }
}

#[test]
fn the_last_line_proves_it() {
    let room = Room::with("mixed");
    let ran = room.run(&["mixed.cue", "x.cue"]).ok();
    assert_eq!(ran.last_line().trim(), "verified: 3 of 3 tracks identical", "{}", ran.all());
    room.run(&["mixed.cue", "y.cue", "--no-verify"]).ok().never_says("tracks identical");
    assert!(room.get("x.bin") == room.get("y.bin"));
}

#[test]
fn dry_run_prints_the_plan_and_writes_nothing() {
    let room = Room::with("mixed").and("iso-2048");
    let before = room.tree();
    let mut said = String::new();
    for args in [&["small.iso", "x.cue"][..], &["mixed.cue", "x.cue", "--split"], &["mixed.cue", "x.iso", "--allow-loss", "all"]]
    {
        said += &room.run(&[args, &["--dry-run"]].concat()).ok().report();
    }
    room.run(&["mixed.cue", "x.iso", "--dry-run"]).exits(3);
    assert_eq!(room.tree(), before);
    snapshot!("dry_run", said);
}

#[test]
fn an_existing_output_is_kept_without_force() {
    let room = Room::with("iso-2048");
    for there in ["x.bin", "x.cue"] {
        room.put(there, b"mine");
        let before = room.tree();
        room.run(&["small.iso", "x.cue"]).exits(1).says(there);
        assert_eq!(room.tree(), before);
        std::fs::remove_file(room.path(there)).unwrap();
    }
    room.put("x.bin", b"mine");
    room.put("x.cue", b"mine");
    room.run(&["small.iso", "x.cue", "--force"]).ok();
    assert!(room.get("x.bin") == laid("raw-mode1", "small.bin"));
    assert!(room.get("x.cue") != b"mine");
    assert!(!room.tree().contains(".part"));
}

#[test]
fn the_receipt_says_what_was_read_and_written() {
    let room = Room::with("mixed");
    room.run(&["mixed.cue", "out.iso", "--allow-loss", "audio", "--receipt", "receipt.json"]).ok();
    let receipt: serde_json::Value = serde_json::from_slice(&room.get("receipt.json")).unwrap();
    for key in ["tool", "version", "source", "outputs", "losses", "verified", "options"] {
        assert!(receipt.get(key).is_some(), "no {key} in {receipt:#}");
    }
    assert_eq!(receipt["verified"], true);
    assert_eq!(receipt["outputs"][0]["sha256"], sha256(&room.get("out.iso")));
    assert_eq!(receipt["outputs"][0]["bytes"], room.get("out.iso").len());
    assert!(receipt["source"]["path"].as_str().unwrap().contains("mixed.cue"), "{receipt:#}");
    let text = receipt.to_string();
    assert!(text.contains("audio"), "{receipt:#}");
    // The source's own hashes are in it: track 1 raw, and its user data.
    assert!(
        text.contains(&sha256(&laid("raw-mode1", "small.bin"))) && text.contains(&sha256(&laid("iso-2048", "small.iso"))),
        "{receipt:#}"
    );
}

#[test]
fn a_receipt_replaces_neither_an_input_nor_an_output() {
    let room = Room::with("iso-2048");
    std::fs::hard_link(room.path("small.iso"), room.path("hard.json")).unwrap();
    std::fs::create_dir(room.path("sub")).unwrap();
    let before = room.contents();
    for receipt in ["small.iso", "./small.iso", "hard.json", "x.cue", "x.bin", "sub/../x.bin"] {
        let ran = room.run(&["small.iso", "x.cue", "--force", "--receipt", receipt]);
        assert!(matches!(ran.status.code(), Some(1 | 2)), "{}", ran.all());
        assert!(room.contents() == before, "{receipt}\n{}", room.tree());
    }
    room.put("old.json", b"mine");
    room.run(&["small.iso", "x.cue", "--receipt", "old.json"]).exits(1).says("old.json");
    assert_eq!(room.get("old.json"), b"mine");
}

#[test]
fn original_gives_back_the_very_files() {
    let room = Room::with("mixed-split");
    room.run(&["Mixed.cue", "--to", "cue", "--original", "--out", "out"]).ok();
    for (name, bytes) in fixture("mixed-split").files.0 {
        assert!(room.get(&format!("out/{name}")) == bytes, "{name}");
    }
}

#[test]
fn errors_are_one_json_object_on_stderr_when_asked() {
    let room = Room::with("mixed").and("missing-file");
    for (args, exit) in [
        (&["mixed.cue", "x.iso", "--json"][..], 3),
        (&["disc.cue", "x.iso", "--json"], 1),
        (&["nothing.iso", "x.cue", "--json"], 1),
        (&["info", "nothing.iso", "--json"], 1),
    ] {
        let ran = room.run(args).exits(exit);
        let error = ran.json_error();
        for key in ["code", "file", "at", "found", "expected", "hint", "message"] {
            assert!(error.get(key).is_some(), "no {key} in {error:#}");
        }
        assert!(ran.stdout.is_empty(), "{}", ran.all());
    }
}

#[test]
fn a_bin_uses_the_sheet_beside_it() {
    let room = Room::with("mixed");
    room.run(&["mixed.bin", "x.iso", "--allow-loss", "audio"]).ok().says("mixed.cue");
    assert!(room.get("x.iso") == laid("iso-2048", "small.iso"));
    // A sheet of the same stem that names another file is none of its business.
    let room = Room::with("raw-mode1");
    room.put("other.bin", &sound(1, 10));
    room.put("small.cue", &sheet(&["FILE \"other.bin\" BINARY", "  TRACK 01 AUDIO", "    INDEX 01 00:00:00"]));
    room.run(&["small.bin", "x.iso"]).ok();
    assert!(room.get("x.iso") == laid("iso-2048", "small.iso"));
}

#[test]
fn from_forces_the_reading() {
    let room = Room::new();
    let bytes = discconv_testkit::Rng::new(5).bytes(2048 * 20);
    room.put("odd.dat", &bytes);
    room.run(&["odd.dat", "x.cue"]).exits(4);
    room.run(&["odd.dat", "x.cue", "--from", "iso2048"]).ok();
    assert_eq!(room.get("x.bin").len(), 20 * 2352);
    room.run(&["x.cue", "back.iso"]).ok();
    assert!(room.get("back.iso") == bytes);
    room.put("sound.dat", &sound(1, 30));
    room.run(&["sound.dat", "s.cue", "--from", "cdda"]).ok();
    assert!(room.get("s.bin") == sound(1, 30));
    assert!(String::from_utf8_lossy(&room.get("s.cue")).contains("AUDIO"));
    room.run(&["odd.dat", "y.cue", "--from", "iso2049"]).exits(2);
}

#[test]
fn an_output_of_no_known_kind_is_a_usage_error() {
    let room = Room::with("iso-2048");
    room.run(&["small.iso", "x.xyz"]).exits(2);
    room.run(&["small.iso"]).exits(2);
    room.run(&[]).exits(2);
    room.run(&["small.iso", "x.cue", "--to", "nonsense"]).exits(2);
}

#[test]
fn the_output_goes_where_its_path_says() {
    let room = Room::with("iso-2048");
    std::fs::create_dir_all(room.path("deep/er")).unwrap();
    room.run(&["small.iso", "deep/er/x.cue"]).ok();
    assert!(room.get("deep/er/x.bin") == laid("raw-mode1", "small.bin"));
    assert!(String::from_utf8_lossy(&room.get("deep/er/x.cue")).contains("FILE \"x.bin\""));
    room.run(&["small.iso", "new/er/x.cue"]).ok();
    assert!(room.get("new/er/x.bin") == laid("raw-mode1", "small.bin"));
    // A folder that was made for nothing goes again.
    let room = Room::with("mixed");
    let before = room.tree();
    room.run(&["mixed.cue", "new/er/x.iso"]).exits(3);
    assert_eq!(room.tree(), before);
}
