//! What is no disc image, or a broken one: an exit code, a sentence, and never a crash or a hang.

use crate::support::{Room, fixture, laid, sheet, snapshot};
use discconv_testkit::{Rng, all_bad};
use std::fmt::Write as _;
use std::os::unix::fs::symlink;

/// Every bad fixture through every verb: only the promised exits, nothing written.
#[test]
fn every_bad_fixture_is_refused_with_a_sentence() {
    let mut said = String::new();
    let mut wrong = String::new();
    for bad in all_bad() {
        let room = Room::new();
        room.lay(&bad.files);
        let may_open = bad.facts.contains("open");
        for args in [
            &[bad.entry.as_str(), "zz.cue"][..],
            &[&bad.entry, "zz.iso"],
            &["info", &bad.entry],
            &["verify", &bad.entry],
            &["hash", &bad.entry],
        ] {
            let before = room.tree();
            let ran = room.run(args);
            let looks = matches!(args[0], "info" | "verify" | "hash");
            let fits = match ran.status.code() {
                Some(1 | 4) => true,
                Some(0) => may_open || looks && bad.name.starts_with("truncated"),
                Some(3) => may_open,
                _ => false,
            };
            if !fits {
                writeln!(wrong, "{}: {}", bad.name, ran.all()).unwrap();
            }
            if args[1] == "zz.cue" {
                writeln!(said, "{} ({})\n{}", bad.name, bad.what, ran.report()).unwrap();
            }
            if ran.status.code() != Some(0) {
                assert_eq!(room.tree(), before, "{}: {}", bad.name, ran.all());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    snapshot!("bad_input", said);
}

/// Every error tells what to try, or is so plain that nothing needs to be tried.
#[test]
fn malformed_sheets_name_the_line() {
    for (name, line) in
        [("unknown-mode", "line 2"), ("bad-time", "line 3"), ("indexes-descend", "line 4"), ("missing-file", "line 1")]
    {
        let room = Room::with(name);
        room.run(&["info", &fixture(name).entry]).says(line);
    }
}

#[test]
fn a_truncated_bin_names_the_short_sector() {
    Room::with("truncated-bin").run(&["disc.cue", "x.cue"]).exits(4).says("disc.bin").says("sector 3");
}

#[test]
fn a_missing_input_is_exit_1() {
    let room = Room::new();
    for args in [
        &["no.iso", "x.cue"][..],
        &["info", "no.iso"],
        &["hash", "no.iso"],
        &["verify", "no.iso"],
        &["diff", "no.iso", "no2.iso"],
    ] {
        room.run(args).exits(1).says("no.iso");
    }
}

#[test]
fn a_folder_is_no_image() {
    let room = Room::new();
    std::fs::create_dir(room.path("disc.iso")).unwrap();
    for args in [&["disc.iso", "x.cue"][..], &["info", "disc.iso"]] {
        let ran = room.run(args).says("disc.iso");
        assert!(matches!(ran.status.code(), Some(1 | 2 | 4)), "{}", ran.all());
    }
    // As an output it is in the way, also by force.
    room.put("small.iso", &laid("iso-2048", "small.iso"));
    std::fs::create_dir(room.path("out.iso")).unwrap();
    room.run(&["small.iso", "out.iso"]).exits(2);
    room.run(&["small.iso", "out.iso", "--force"]).exits(2);
    assert!(room.path("out.iso").is_dir());
}

#[test]
fn devices_are_no_images_and_do_not_hang() {
    let room = Room::new();
    for device in ["/dev/zero", "/dev/null", "/dev/full", "/dev/urandom"] {
        let ran = room.run(&[device, "x.cue"]).says(device);
        assert!(matches!(ran.status.code(), Some(1 | 4)), "{}", ran.all());
    }
}

#[test]
fn standard_input_and_output_are_no_images() {
    let room = Room::with("iso-2048");
    let ran = room.run(&["-", "x.cue"]);
    assert!(matches!(ran.status.code(), Some(1 | 2)), "{}", ran.all());
    room.run(&["small.iso", "-"]).exits(2);
}

/// The output is the input under the same name, another name, or among several outputs: refused, also by force.
#[test]
fn an_output_that_is_an_input_is_refused() {
    let room = Room::with("raw-mode1").and("iso-2048").and("mixed");
    std::fs::hard_link(room.path("small.bin"), room.path("hard.iso")).unwrap();
    symlink("small.bin", room.path("soft.iso")).unwrap();
    std::fs::create_dir(room.path("sub")).unwrap();
    symlink("..", room.path("sub/up")).unwrap();
    let before = room.contents();
    for args in [
        &["small.bin", "small.bin"][..],
        &["small.iso", "./small.iso"],
        &["small.bin", "hard.iso"],
        &["small.bin", "soft.iso"],
        &["small.iso", "sub/up/small.iso"],
        &["mixed.cue", "mixed.bin"],
        &["mixed.cue", "mixed.cue"],
        &["mixed.bin", "mixed.cue"],
        &["soft.iso", "small.bin"],
    ] {
        for force in [&[][..], &["--force"]] {
            let ran = room.run(&[args, force].concat());
            assert!(matches!(ran.status.code(), Some(1 | 2)), "{}", ran.all());
            assert!(room.contents() == before, "{}\n{}", ran.all(), room.tree());
            assert!(room.path("soft.iso").symlink_metadata().unwrap().is_symlink());
        }
    }
}

#[test]
fn a_sheet_that_names_itself_or_another_sheet_comes_to_an_end() {
    let room = Room::new();
    let to = |file: &str| sheet(&[&format!("FILE \"{file}\" BINARY"), "  TRACK 01 AUDIO", "    INDEX 01 00:00:00"]);
    room.put("a.cue", &to("b.cue"));
    room.put("b.cue", &to("a.cue"));
    symlink("c.cue", room.path("c.cue")).unwrap();
    for name in ["a.cue", "b.cue", "c.cue"] {
        let ran = room.run(&["info", name]);
        assert!(matches!(ran.status.code(), Some(1 | 4)), "{}", ran.all());
    }
}

/// Nothing outside the folder is opened because a sheet says so.
#[test]
fn names_in_sheets_do_not_leave_the_folder() {
    let room = Room::new();
    room.put("secret.bin", &discconv_testkit::stored::sound(1, 10));
    let secret = room.path("secret.bin");
    for name in ["../secret.bin", "..\\secret.bin", "sub/../../secret.bin", secret.to_str().unwrap()] {
        room.put("in/disc.cue", &sheet(&[&format!("FILE \"{name}\" BINARY"), "  TRACK 01 AUDIO", "    INDEX 01 00:00:00"]));
        let ran = room.run(&["in/disc.cue", "x.cue"]);
        assert!(matches!(ran.status.code(), Some(1 | 4)), "{name}: {}", ran.all());
    }
}

/// Random bytes in the shapes that readers look for.
#[test]
fn noise_never_crashes_the_program() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let room = Room::new();
    let starts: [&[u8]; 8] = [
        b"",
        b"FILE \"x.bin\" BINARY\nTRACK 01 ",
        b"RIFF\x10\0\0\0WAVEfmt ",
        b"FORM\0\0\0\x10AIFFCOMM",
        b"\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\x02\0\x01",
        b"SEGADISCSYSTEM  ",
        b"\x01\x5A\x5A\x5A\x5A\x5A\x01",
        b"\xEF\xBB\xBFCATALOG ",
    ];
    for round in 0..40 {
        let start = rng.choose(&starts).to_vec();
        let extension = *rng.choose(&["iso", "bin", "cue", "img", "wav"]);
        let len = rng.index(80_000);
        let mut bytes = [start, rng.bytes(len)].concat();
        if rng.flip() && bytes.len() > 0x8006 {
            bytes[0x8000..0x8006].copy_from_slice(b"\x01CD001");
        }
        let name = format!("x.{extension}");
        room.put(&name, &bytes);
        let ran = room.run(&["info", &name]);
        assert!(matches!(ran.status.code(), Some(0 | 1 | 4)), "round {round}: {}", ran.all());
        let ran = room.run(&[&name, "y.cue", "--force"]);
        assert!(matches!(ran.status.code(), Some(0 | 1 | 3 | 4)), "round {round}: {}", ran.all());
    }
}
