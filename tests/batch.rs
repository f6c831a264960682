//! Folders at once: the good ones are done, the bad ones are told, and nothing is done twice.

use crate::support::{Room, laid, sheet, snapshot};
use discconv_testkit::{Files, Rng, fixtures::by_name};

/// Put the files of a fixture under `folder`.
fn lay(room: &Room, folder: &str, name: &str) {
    let Files(files) = by_name(name).unwrap_or_else(|| panic!("no fixture {name}")).files;
    for (file, bytes) in files {
        room.put(&format!("{folder}/{file}"), &bytes);
    }
}

/// A shelf of good and bad discs.
fn shelf() -> Room {
    let room = Room::new();
    lay(&room, "in/data", "iso-2048");
    lay(&room, "in/games/ps", "playstation");
    lay(&room, "in/games/mixed", "mixed-split");
    lay(&room, "in/music", "songs-files");
    lay(&room, "in/games/gone", "missing-file");
    room.put("in/broken/random.iso", &Rng::new(9).bytes(50_000));
    room.put("in/broken/empty.iso", b"");
    lay(&room, "in/broken/cut", "truncated-iso");
    room.put("in/readme.txt", b"not an image");
    room
}

#[test]
fn a_tree_with_good_and_bad_inputs() {
    let room = shelf();
    let before = room.contents();
    let ran = room.run(&["in", "--to", "cue", "--out", "out", "--jobs", "2"]).exits(1);
    snapshot!("batch_to_cue", format!("{}--- tree of out\n{}", ran.report(), crate::support::tree(&room.path("out"))));
    let after = room.contents();
    for (name, bytes) in &before {
        assert!(after.get(name) == Some(bytes), "{name} changed");
    }
    assert!(after.keys().all(|name| !name.ends_with(".part")));
    assert!(room.get("out/data/small.bin") == laid("raw-mode1", "small.bin"));
}

#[test]
fn to_iso_the_lossy_ones_are_refused_and_the_others_done() {
    let room = shelf();
    let ran = room.run(&["in", "--to", "iso", "--out", "out"]).exits(1);
    assert!(!room.has("out/games/mixed/Mixed.iso"), "{}", ran.all());
    assert!(!room.has("out/games/ps/game.iso"));
    assert!(room.get("out/data/small.iso") == laid("iso-2048", "small.iso"));
    room.run(&["in", "--to", "iso", "--out", "out", "--allow-loss", "audio"]).exits(1);
    assert!(room.get("out/games/mixed/Mixed.iso") == laid("iso-2048", "small.iso"));
}

#[test]
fn the_bins_of_a_sheet_are_not_converted_again_by_themselves() {
    let room = Room::new();
    lay(&room, "in", "mixed-split");
    room.run(&["in", "--to", "iso", "--out", "out", "--allow-loss", "audio"]).ok();
    assert_eq!(crate::support::tree(&room.path("out")).lines().count(), 1, "{}", room.tree());
}

#[test]
fn a_bin_and_its_sheet_named_together_are_one_job() {
    let room = Room::with("mixed");
    room.run(&["mixed.cue", "mixed.bin", "--to", "iso", "--out", "out", "--allow-loss", "audio"]).ok();
    assert_eq!(crate::support::tree(&room.path("out")).lines().count(), 1, "{}", room.tree());
}

#[test]
fn two_inputs_for_one_output_are_refused_before_anything_is_written() {
    let room = Room::new();
    lay(&room, "in/a", "iso-2048");
    lay(&room, "in/a", "raw-mode1");
    lay(&room, "in/b", "playstation");
    let before = room.tree();
    room.run(&["in", "--to", "cue", "--out", "out"]).exits(2).says("small.iso").says("small.bin");
    assert_eq!(room.tree(), before);
    // The same from two places given by name.
    room.put("c/small.iso", &laid("iso-2048", "small.iso"));
    room.run(&["in/a/small.iso", "c/small.iso", "--to", "cue", "--out", "out"])
        .exits(2)
        .says("in/a/small.iso")
        .says("c/small.iso");
}

#[test]
fn what_is_there_already_is_skipped_and_no_failure() {
    let room = Room::new();
    lay(&room, "in", "iso-2048");
    lay(&room, "in/more", "playstation");
    room.run(&["in", "--to", "cue", "--out", "out"]).ok();
    let before = room.contents();
    room.put("out/small.bin", b"mine");
    let ran = room.run(&["in", "--to", "cue", "--out", "out"]).ok();
    assert!(ran.stderr.contains("skip") || ran.stdout.contains("skip"), "{}", ran.all());
    assert_eq!(room.get("out/small.bin"), b"mine");
    room.run(&["in", "--to", "cue", "--out", "out", "--force"]).ok();
    assert!(room.contents() == before);
}

#[test]
fn the_output_folder_inside_the_input_is_not_read_again() {
    let room = Room::new();
    lay(&room, "in", "iso-2048");
    room.run(&["in", "--to", "cue", "--out", "in/out"]).ok();
    room.run(&["in", "--to", "cue", "--out", "in/out"]).ok();
    assert!(!room.has("in/out/out"), "{}", room.tree());
}

#[test]
fn a_link_to_a_folder_above_is_no_endless_walk() {
    let room = Room::new();
    lay(&room, "in/data", "iso-2048");
    std::os::unix::fs::symlink("..", room.path("in/data/loop")).unwrap();
    room.run(&["in", "--to", "cue", "--out", "out"]).ok();
    assert!(room.get("out/data/small.bin") == laid("raw-mode1", "small.bin"));
}

#[test]
fn a_folder_without_images_says_so() {
    let room = Room::new();
    room.put("in/readme.txt", b"nothing");
    room.run(&["in", "--to", "cue", "--out", "out"]).says("0 converted");
    assert!(!room.has("out"));
    room.run(&["nowhere", "--to", "cue", "--out", "out"]).exits(1).says("nowhere");
}

#[test]
fn the_order_and_the_bytes_do_not_depend_on_the_number_of_jobs() {
    let mut seen = Vec::new();
    for jobs in ["1", "2", "5"] {
        let room = shelf();
        room.run(&["in", "--to", "cue", "--out", "out", "--jobs", jobs]).exits(1);
        seen.push(crate::support::tree(&room.path("out")));
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn one_damaged_sheet_does_not_take_its_neighbours_with_it() {
    let room = Room::new();
    lay(&room, "in", "iso-2048");
    room.put("in/bad.cue", &sheet(&["FILE \"small.iso\" BINARY", "  TRACK 01 MODE9/2352", "    INDEX 01 00:00:00"]));
    room.run(&["in", "--to", "cue", "--out", "out"]).exits(1).says("bad.cue");
}

#[test]
fn the_output_folder_is_known_by_any_name() {
    let room = Room::new();
    lay(&room, "in", "iso-2048");
    std::os::unix::fs::symlink("in", room.path("link")).unwrap();
    room.run(&["in", "--to", "cue", "--out", "in/out"]).ok();
    let before = room.contents();
    for (input, out) in [("in", "in/../in/out"), ("in", "link/out"), ("./in", "in/out"), ("link", "in/out")] {
        room.run(&[input, "--to", "cue", "--out", out]).ok();
        assert!(room.contents() == before, "{input} {out}\n{}", room.tree());
    }
    // One input by two names is one job.
    room.run(&["in/small.iso", "link/small.iso", "in/../in/small.iso", "--to", "cue", "--out", "o2"]).ok().says("1 converted");
}

#[test]
fn in_one_folder_a_second_run_skips_everything() {
    let room = Room::new();
    lay(&room, "in", "iso-2048");
    for to in ["cue", "cue", "iso"] {
        room.run(&["in", "--to", to, "--out", "in"]).ok();
    }
    let before = room.contents();
    room.run(&["in", "--to", "cue", "--out", "in"]).ok().says("2 skipped");
    assert!(room.contents() == before);
    // By force nothing is written over itself, either.
    let ran = room.run(&["in/small.iso", "--to", "iso", "--out", "in", "--force"]).ok();
    assert!(ran.stderr.contains("the input itself"), "{}", ran.all());
    assert!(room.contents() == before);
}

#[test]
fn names_that_differ_only_in_case_are_a_clash() {
    let room = Room::new();
    lay(&room, "in", "mixed");
    room.put("in/MIXED.iso", &laid("iso-2048", "small.iso"));
    let before = room.tree();
    room.run(&["in", "--to", "cue", "--out", "out"]).exits(2).says("MIXED.iso").says("mixed.cue");
    assert_eq!(room.tree(), before);
}

#[test]
fn a_batch_without_an_image_says_so() {
    let room = Room::new();
    room.put("in/readme.txt", b"not an image");
    std::fs::create_dir(room.path("empty")).unwrap();
    for input in ["in", "empty"] {
        room.run(&[input, "--to", "cue", "--out", "out"]).exits(1).says("no disc image was found");
    }
    let error = room.run(&["in", "--to", "cue", "--out", "out", "--json"]).exits(1).json_error();
    assert!(error["message"].as_str().unwrap().contains("no disc image"), "{error}");
    assert!(!room.has("out"));
}

#[test]
fn what_is_no_image_is_called_so_and_reasons_come_in_order() {
    let room = Room::new();
    for name in ["c.iso", "a.iso", "b.iso"] {
        room.put(&format!("in/{name}"), b"no image");
    }
    lay(&room, "in/more", "truncated-iso");
    room.put("in/.hidden.iso", &laid("iso-2048", "small.iso"));
    for jobs in ["1", "4"] {
        let ran = room.run(&["in", "--to", "cue", "--out", "out", "--jobs", jobs]).exits(1);
        assert_eq!(ran.stdout.matches("no image").count(), 3, "{}", ran.all());
        assert_eq!(ran.stdout.matches("damaged").count(), 1, "{}", ran.all());
        let places: Vec<usize> = ["a.iso", "b.iso", "c.iso", "more/disc.iso"]
            .map(|name| ran.stderr.find(&format!("error: in/{name}")).unwrap_or_else(|| panic!("{name}: {}", ran.all())))
            .to_vec();
        assert!(places.is_sorted(), "{}", ran.all());
        assert!(ran.stdout.contains("1 is hidden"), "{}", ran.all());
    }
    room.run(&["in", "--to", "cue", "--out", "out", "-v"]).exits(1).says(".hidden.iso");
}

#[test]
fn losses_and_notes_of_a_batch_name_their_file() {
    let room = Room::new();
    lay(&room, "in/one", "mixed");
    lay(&room, "in/two", "annotated");
    let ran = room.run(&["in/one", "--to", "iso", "--out", "out", "--allow-loss", "all"]).ok();
    assert!(ran.stderr.contains("in/one/mixed.cue: lost, as allowed: audio"), "{}", ran.all());
    let ran = room.run(&["in", "--to", "cue", "--split", "--out", "out2"]).ok();
    assert!(ran.stderr.contains("note: in/two/annotated.cue: the sheet is written anew"), "{}", ran.all());
    for line in ran.stderr.lines() {
        assert!(line.contains("in/one/") || line.contains("in/two/"), "{line:?} names no file: {}", ran.all());
        assert!(!line.contains(".cue: in/"), "{line:?} names it twice");
    }
}

#[test]
fn json_of_a_batch_is_alone() {
    let room = Room::new();
    lay(&room, "in", "iso-2048");
    room.run(&["in", "--to", "cue", "--out", "out"]).ok();
    let ran = room.run(&["in", "--to", "cue", "--out", "out", "--json", "-v"]).ok();
    assert_eq!(ran.json()["jobs"][0]["result"], "skipped");
    assert!(ran.stderr.is_empty(), "{}", ran.all());
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_not_written_under_another() {
    use std::os::unix::ffi::OsStrExt;
    let room = Room::with("iso-2048");
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff.iso");
    std::fs::copy(room.path("small.iso"), room.folder().join(odd)).unwrap();
    let names = || std::fs::read_dir(room.folder()).unwrap().count();
    let before = names();
    for (input, output) in [(odd, &["--to", "cue", "--out", "out"][..]), ("small.iso".as_ref(), &[][..])] {
        let mut command = room.command(&[]);
        command.arg(input).args(output);
        if output.is_empty() {
            command.arg(std::ffi::OsStr::from_bytes(b"new\xff.cue"));
        }
        let ran = crate::support::finish(command, "odd name".to_owned(), crate::support::LIMIT).exits(2);
        assert!(ran.stderr.contains("is not Unicode text"), "{}", ran.all());
        assert_eq!(names(), before);
    }
}
