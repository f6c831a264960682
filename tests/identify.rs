//! What `info` says a file is: on the corpus, and of the kinds of `.iso` that people have.

use crate::corpus::corpus;
use crate::support::Room;
use std::fmt::Write as _;
use std::io::{Seek, SeekFrom, Write as _};

/// The head of what is told, up to the table of tracks, without size and type; or the error.
fn told(ran: &crate::support::Ran, path: &str, name: &str) -> String {
    let all = ran.all().replace(path, name);
    let lines = all.lines().filter(|line| !line.is_empty() && !line.starts_with("--- "));
    let wanted = |line: &&str| {
        let words = [
            "system",
            "title",
            "serial",
            "region",
            "made",
            "volume",
            "boot",
            "protected",
            "form",
            "runs in",
            "trouble",
            "error:",
        ];
        words.iter().any(|word| line.starts_with(word)) || line.starts_with("          ")
    };
    // An error names every format that was tried.
    let short = |line: &str| line.split("; expected").next().unwrap_or_default().to_owned();
    lines.filter(wanted).map(|line| format!("  {}\n", short(line))).collect()
}

#[test]
fn every_file_of_the_corpus_is_named_or_unknown() {
    let Some(corpus) = corpus() else { return };
    let room = Room::new();
    let mut all = String::new();
    for name in corpus.names(|name| !name.starts_with("cuetext/")) {
        let path = corpus.path(&name);
        write!(all, "{name}\n{}", told(&room.run(&["info", &path]), &path, &name)).unwrap();
    }
    insta::assert_snapshot!("info_corpus", all);
}

/// A disc without anything but these bytes.
fn image(sectors: usize, marks: &[(usize, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![0; sectors * 2048];
    for (at, mark) in marks {
        bytes[*at..*at + mark.len()].copy_from_slice(mark);
    }
    bytes
}

#[test]
fn the_kinds_of_iso_are_told_apart() {
    let room = Room::new();
    let volume = discconv_testkit::iso9660::Volume { system: "PLAYSTATION", label: "GAME", xa: true, ..Default::default() };
    let cnf = b"BOOT = cdrom:\\SLUS_004.04;1\r\n".to_vec();
    let game = discconv_testkit::iso9660::Volume { files: vec![("SYSTEM.CNF", cnf)], ..volume.clone() }.build();
    let plain = discconv_testkit::iso9660::Volume { label: "PLAIN", ..Default::default() }.build();
    let mut scan = format!("{:128}", "srcdocid: NONE").into_bytes();
    scan.resize(0x800, b' ');
    scan.extend([0x26, 0xA1, 0x00, 0xFF].repeat(300));
    let maker = b"Stirling Technologies, Inc. (c) 1990-1995";
    let log = [&b"\x71\xA8\0\0\x01\x02\0\0\0\0\x29\0"[..], maker, &[7; 3000]].concat();
    let kinds: [(&str, Vec<u8>); 11] = [
        ("plain.iso", plain.user),
        ("udf.iso", discconv_testkit::udf::volume("FILMS", "A.TXT", b"a")),
        ("epsxe.iso", discconv_testkit::stored::as_playstation(&game)),
        ("gens.iso", image(64, &[(0, b"SEGADISCSYSTEM  "), (0x150, b"SOME GAME"), (0x180, b"GM 00004407-00"), (0x1F0, b"U")])),
        ("genesis.iso", discconv_testkit::stored::as_mode1(0, &image(32, &[(0, b"SEGADISCSYSTEM  "), (0x1F0, b"E")]))),
        ("xbox.iso", discconv_testkit::consoles::xdvdfs()),
        ("cube.iso", image(64, &[(0, b"GALE01"), (0x1C, &[0xC2, 0x33, 0x9F, 0x3D]), (0x20, b"Some Game")])),
        ("scan.iso", scan),
        ("uninst.iso", log),
        ("part.iso", b"%\nO0001 (PART)\nN10 G90 G54 G0 X0 Y0\nN20 M3 S1200\nN30 G1 Z-5. F100\nN40 M30\n%\n".to_vec()),
        ("renamed.iso", [&b"Rar!\x1A\x07\x01\0"[..], &[0x5A; 5000]].concat()),
    ];
    let mut all = String::new();
    for (name, bytes) in kinds {
        room.put(name, &bytes);
        let ran = room.run(&["info", name]);
        write!(all, "{name}: exit {:?}\n{}", ran.status.code(), told(&ran, name, name)).unwrap();
    }
    insta::assert_snapshot!("info_kinds", all);
    let ran = room.run(&["info", "part.iso", "--json"]).exits(4);
    let json: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!((&json["error"]["mime"], &json["error"]["file"]), (&"text/x.gcode".into(), &"part.iso".into()));
}

/// The header of a Dreamcast's disc, in the third track, behind an area for CD players and its sound.
fn gd_rom(room: &Room) {
    let text = b"SEGA SEGAKATANA SEGA ENTERPRISES1234 GD-ROM1/2  JUE     E000F10 MK-51000  V1.00019991009        1ST_READ.BIN    SEGA ENTERPRISESA GAME";
    room.put("disc.gdi", b"3\n1 0 4 2352 track01.bin 0\n2 756 0 2352 track02.raw 0\n3 45000 4 2352 track03.bin 0\n");
    room.put("track01.bin", &discconv_testkit::stored::as_mode1(0, &image(600, &[])));
    room.put("track02.raw", &discconv_testkit::stored::sound(1, 300));
    room.put("track03.bin", &discconv_testkit::stored::as_mode1(45_000, &image(20, &[(0, text)])));
}

#[test]
fn a_gd_rom_is_named_through_each_container() {
    let room = Room::new();
    gd_rom(&room);
    room.run(&["disc.gdi", "disc.chd"]).exits(0);
    for name in ["disc.gdi", "disc.chd"] {
        let said = told(&room.run(&["info", name]).exits(0), name, name);
        for line in [
            "  system    Dreamcast (LBA 45000, byte 0: the mark of Dreamcast)\n",
            "  title     A GAME\n  serial    MK-51000, version V1.000, disc 1 of 2\n  region    Japan, USA, Europe\n",
            "  made      by SEGA ENTERPRISES, 1999-10-09\n",
        ] {
            assert!(said.contains(line), "{name}: {said}");
        }
    }
}

#[test]
fn an_xbox_disc_is_named_at_each_place_of_its_partition() {
    let room = Room::new();
    for (name, base) in [("plain.iso", 0), ("xgd1.iso", 0x1830_0000), ("xgd2.iso", 0x0FD9_0000), ("xgd3.iso", 0x0208_0000)] {
        let mut file = std::fs::File::create(room.path(name)).unwrap();
        // What is before stays a hole of the file system.
        file.seek(SeekFrom::Start(base)).unwrap();
        file.write_all(&discconv_testkit::consoles::xdvdfs()).unwrap();
        let said = told(&room.run(&["info", name]).exits(0), name, name);
        assert!(said.starts_with("  system    Xbox (default.xbe: the file; LBA "), "{name}: {said}");
        assert!(said.contains(&format!("LBA {}, byte 0: the", base / 2048 + 32)), "{name}: {said}");
    }
}

/// The line of programs that take it, of each of these files.
fn runs_in(room: &Room, names: &[&str]) -> String {
    let line = |name: &&str| {
        let ran = room.run(&["info", name, "--json"]).exits(0);
        let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let all = json["identity"]["emulators"].as_array().unwrap();
        let ids: Vec<&str> = all.iter().map(|row| row["id"].as_str().unwrap()).collect();
        format!("{}\n", format!("{name}: {}", ids.join(" ")).trim_end())
    };
    names.iter().map(line).collect()
}

#[test]
fn what_takes_an_image_is_told_by_its_shape() {
    let room = Room::new();
    let volume = discconv_testkit::iso9660::Volume { system: "PSP GAME", label: "UMD", ..Default::default() }.build();
    room.put("psp.iso", &volume.user);
    room.run(&["psp.iso", "small.chd", "--hunk", "2048"]).exits(0);
    room.run(&["psp.iso", "big.chd", "--hunk", "8192"]).exits(0);
    room.run(&["psp.iso", "psp.cso", "--block", "4096"]).exits(0);
    let cnf = b"BOOT = cdrom:\\SLUS_004.04;1\r\n".to_vec();
    let volume = discconv_testkit::iso9660::Volume {
        system: "PLAYSTATION",
        label: "GAME",
        xa: true,
        files: vec![("SYSTEM.CNF", cnf)],
        ..Default::default()
    };
    let data = discconv_testkit::stored::as_playstation(&volume.build());
    room.put("psx.bin", &data);
    room.put("sound.bin", &discconv_testkit::stored::sound(1, 300));
    room.put("sound.wav", &discconv_testkit::wave::wave(&discconv_testkit::stored::sound(1, 300)));
    room.put("psx.cue", b"FILE \"psx.bin\" BINARY\n  TRACK 01 MODE2/2352\n    INDEX 01 00:00:00\n");
    let two = |kind: &str, name: &str| {
        format!(
            "FILE \"psx.bin\" BINARY\n  TRACK 01 MODE2/2352\n    INDEX 01 00:00:00\nFILE \"{name}\" {kind}\n  TRACK 02 AUDIO\n    INDEX 01 00:00:00\n"
        )
    };
    room.put("two.cue", two("BINARY", "sound.bin").as_bytes());
    room.put("wave.cue", two("WAVE", "sound.wav").as_bytes());
    room.run(&["two.cue", "two.chd"]).exits(0);
    let names = ["psp.iso", "small.chd", "big.chd", "psp.cso", "psx.cue", "two.cue", "wave.cue", "two.chd"];
    insta::assert_snapshot!(runs_in(&room, &names), @r"
    psp.iso: ppsspp psp-cfw
    small.chd: ppsspp
    big.chd:
    psp.cso: ppsspp psp-cfw
    psx.cue: duckstation pcsx-rearmed swanstation beetle-psx mednafen-psx epsxe mister-psx xstation
    two.cue: duckstation pcsx-rearmed swanstation beetle-psx mednafen-psx mister-psx xstation
    wave.cue: duckstation beetle-psx mednafen-psx
    two.chd: duckstation pcsx-rearmed swanstation beetle-psx nopsx mister-psx
    ");
}

#[test]
fn what_is_odd_in_a_volume_is_told_to_people_and_scripts() {
    let room = Room::new();
    let mut volume = discconv_testkit::iso9660::Volume { label: "ODD", ..Default::default() }.build().user;
    // Bytes of a block, in both orders (ECMA-119 8.4.12).
    volume[16 * 2048 + 128..16 * 2048 + 132].copy_from_slice(&[0x30; 4]);
    room.put("odd.iso", &volume);
    let said = room.run(&["info", "odd.iso"]).exits(0).stdout;
    let told = "note: LBA 16: volume descriptor: blocks of 12336 bytes; 512, 1024 or 2048 are\n  possible, 2048 is assumed\n";
    assert!(said.contains(told), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let json: serde_json::Value = serde_json::from_str(&room.run(&["info", "odd.iso", "--json"]).exits(0).stdout).unwrap();
    let notes = json["file_systems"][0]["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["text"].as_str().unwrap().contains("blocks of 12336 bytes")), "{notes:?}");
}
