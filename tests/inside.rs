//! `ls`, `cat`, `extract`: what is in an image, on volumes laid by hand.

use crate::support::{Room, snapshot};
use discconv_testkit::iso9660::Volume;
use serde_json::Value;

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|n| b'a' + u8::try_from(n % 23).unwrap()).collect()
}

fn volume() -> Volume {
    Volume {
        label: "INSIDE",
        files: vec![
            ("EMPTY.BIN", Vec::new()),
            ("LONG.BIN", text(700_000)),
            ("READ.ME", b"Hello\n".to_vec()),
            ("SUB/DEEP.TXT", text(2049)),
        ],
        ..Volume::default()
    }
}

fn room() -> Room {
    let room = Room::new();
    room.put("x.iso", &volume().build().user);
    room
}

#[test]
fn what_is_listed() {
    let room = room();
    let tree = room.run(&["ls", "x.iso"]).ok().report();
    let long = room.run(&["ls", "x.iso", "--long"]).ok().report();
    let below = room.run(&["ls", "x.iso", "sub", "-l"]).ok().report();
    let missing = room.run(&["ls", "x.iso", "nope"]).exits(1).report();
    let other = room.run(&["ls", "x.iso", "--fs", "udf"]).exits(2).report();
    snapshot!("ls", [tree, long, below, missing, other].join("\n"));
    let json = room.run(&["ls", "x.iso", "--json"]).ok().json();
    let paths: Vec<&str> = json["entries"].as_array().unwrap().iter().map(|entry| entry["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["EMPTY.BIN", "LONG.BIN", "READ.ME", "SUB", "SUB/DEEP.TXT"]);
    assert_eq!(json["fs"], "iso9660");
    let long = &json["entries"][1];
    assert_eq!((&long["bytes"], &long["extents"][0]["bytes"], &long["type"]), (&700_000.into(), &700_000.into(), &"file".into()));
}

#[test]
fn a_file_on_standard_output() {
    let room = room();
    assert_eq!(room.run(&["cat", "x.iso", "read.me"]).ok().stdout, "Hello\n");
    assert_eq!(room.run(&["cat", "x.iso", "SUB/DEEP.TXT"]).ok().stdout.as_bytes(), text(2049));
    room.run(&["cat", "x.iso", "SUB"]).exits(4).says("is no file with content");
    room.run(&["cat", "x.iso", "NOTHING"]).exits(1).says("has no \"NOTHING\" in it");
}

/// The files come out the same whatever the disc is kept in.
#[test]
fn everything_comes_out_of_every_container() {
    let room = room();
    for (name, to) in
        [("x.iso", None), ("x.cue", Some("cue")), ("x.cso", Some("cso")), ("x.chd", Some("chd")), ("x.nrg", Some("nrg"))]
    {
        if to.is_some() {
            room.run(&["x.iso", name]).ok();
        }
        let out = format!("out-{}", &name[2..]);
        room.run(&["extract", name, "-o", &out]).ok().says("4 files");
        for (path, bytes) in &volume().files {
            assert!(room.get(&format!("{out}/{path}")) == *bytes, "{name}: {path}");
        }
    }
}

#[test]
fn only_what_is_asked_for() {
    let room = room();
    room.run(&["extract", "x.iso", "*.txt", "READ.ME", "-o", "some"]).ok();
    assert!(room.has("some/SUB/DEEP.TXT") && room.has("some/READ.ME") && !room.has("some/LONG.BIN"));
    room.run(&["extract", "x.iso", "/sub", "-o", "below"]).ok();
    assert!(room.has("below/SUB/DEEP.TXT") && !room.has("below/READ.ME"));
    room.run(&["extract", "x.iso", "*.doc", "-o", "none"]).exits(1).says("has no \"*.doc\" in it");
    assert!(!room.has("none"));
    room.run(&["extract", "x.iso"]).exits(2);
}

#[test]
fn what_is_there_is_kept_or_refused() {
    let room = room();
    room.run(&["extract", "x.iso", "-o", "out"]).ok();
    // The volume's dates are the files', by which a second run knows them.
    let again = room.run(&["extract", "x.iso", "-o", "out", "--json"]).ok().json();
    assert!(again["files"].as_array().unwrap().iter().all(|file| file["kept"] == true), "{again}");
    room.put("out/READ.ME", b"mine");
    room.run(&["extract", "x.iso", "-o", "out"]).exits(1).says("READ.ME: ").says("exists already").says("--force");
    assert_eq!(room.get("out/READ.ME"), b"mine");
    room.run(&["extract", "x.iso", "-o", "out", "--force"]).ok();
    assert_eq!(room.get("out/READ.ME"), b"Hello\n");
    assert!(!room.tree().contains(".part"));
    // The image itself is never written over.
    room.put("y/READ.ME", &volume().build().user);
    room.run(&["extract", "y/READ.ME", "-o", "y", "--force"]).exits(1).says("an input is never written");
    assert_eq!(room.get("y/READ.ME"), volume().build().user);
}

#[test]
fn names_on_a_disc_cannot_lead_out_of_the_folder() {
    let room = room();
    let mut image = room.get("x.iso");
    let place = image.windows(10).position(|window| window == b"LONG.BIN;1").unwrap();
    image[place..place + 10].copy_from_slice(b"../../ZZ;1");
    room.put("bad.iso", &image);
    room.run(&["extract", "bad.iso", "-o", "deep/out"]).says("every system can bear it");
    let stray: Vec<String> =
        room.contents().into_keys().filter(|path| path.contains("ZZ") && !path.starts_with("deep/out/")).collect();
    assert!(stray.is_empty(), "{stray:?}");
    assert!(room.get("deep/out/.._.._ZZ") == text(700_000));
}

#[test]
fn audio_tracks_are_files_of_sound() {
    let room = Room::with("mixed");
    room.run(&["extract", "mixed.cue", "-o", "wav", "--audio", "wav"]);
    room.run(&["extract", "mixed.cue", "-o", "flac", "--audio", "flac"]);
    let info = room.run(&["info", "mixed.cue", "--json"]).ok().json();
    let tracks = info["sessions"][0]["tracks"].as_array().unwrap();
    let audio: Vec<&Value> = tracks.iter().filter(|track| track["mode"] == "audio").collect();
    assert!(!audio.is_empty());
    for track in audio {
        let name = format!("Track {:02}", track["number"].as_u64().unwrap());
        let wave = room.get(&format!("wav/{name}.wav"));
        assert_eq!(&wave[..4], b"RIFF");
        assert!((wave.len() - 44) as u64 >= track["sectors"].as_u64().unwrap() * 2352, "{name}");
        // Both hold the same samples: a sheet over either is the same disc.
        for (kind, folder) in [("wav", "wav"), ("flac", "flac")] {
            let sheet = format!("FILE \"{folder}/{name}.{kind}\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n");
            room.put(&format!("{kind}.cue"), sheet.as_bytes());
        }
        room.run(&["diff", "wav.cue", "flac.cue"]).ok();
    }
}

/// Several workers write one file, which is there whole or not at all.
#[test]
fn a_long_file_comes_out_whole_or_not_at_all() {
    let room = Room::new();
    let long = text(20 << 20);
    room.put("x.iso", &Volume { files: vec![("LONG.BIN", long.clone()), ("SHORT.BIN", text(9))], ..volume() }.build().user);
    room.run(&["x.iso", "x.cso", "--no-verify"]).ok();
    for (image, jobs) in [("x.iso", "1"), ("x.iso", "3"), ("x.cso", "3")] {
        room.run(&["extract", image, "-o", "out", "--jobs", jobs, "--force"]).ok().says("2 files");
        assert!(room.get("out/LONG.BIN") == long, "{image} {jobs}");
        std::fs::remove_dir_all(room.path("out")).unwrap();
    }
    let mut packed = room.get("x.cso");
    let (start, end) = (packed.len() / 2, packed.len() / 2 + 5000);
    packed[start..end].fill(0xFF);
    room.put("bad.cso", &packed);
    let failed = room.run(&["extract", "bad.cso", "-o", "out", "--jobs", "3"]).exits(4);
    failed.says("LONG.BIN").says("1 failed");
    assert!(!room.has("out/LONG.BIN") && room.get("out/SHORT.BIN") == text(9), "{}", room.tree());
    assert!(!room.tree().contains(".part"), "{}", room.tree());
}

/// Compressed files come out whole or fail by name; forks of resources are told by both verbs.
#[test]
fn what_hfs_plus_keeps_beside_content_is_told() {
    use discconv_testkit::hfs::{Plus, compressed, file, fork};
    let attribute = |kind: u8, content: &[u8]| [b"fpmc", &[kind, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0][..], content].concat();
    let named = |name: &str, record| (2, name.to_owned(), record);
    let volume = Plus {
        catalog: vec![
            named("plain", compressed(file(20, &[], &[]))),
            named("lzfse", compressed(file(21, &[], &[]))),
            named("forks", file(22, &[], &fork(300, &[(100, 1)]))),
        ],
        attributes: vec![
            (20, "com.apple.decmpfs".to_owned(), attribute(3, b"\xFFhello")),
            (21, "com.apple.decmpfs".to_owned(), attribute(11, b"hello")),
        ],
        ..Plus::default()
    };
    let room = Room::new();
    room.put("x.iso", &volume.build());
    let told = ["\"forks\" has a resource fork", "\"lzfse\" has a content that is compressed in a way"];
    room.run(&["ls", "x.iso"]).ok().says(told[0]).says(told[1]);
    let taken = room.run(&["extract", "x.iso", "-o", "out"]).exits(4).says(told[0]).says(told[1]);
    taken.says("lzfse: a file packed by decmpfs (LZFSE), kind 11");
    assert!(room.get("out/plain") == b"hello" && room.get("out/forks").is_empty() && !room.has("out/lzfse"));
}

/// A folder with two names comes out once, which is told and no fault.
#[test]
fn a_folder_with_two_names_comes_out_once() {
    use discconv_testkit::hfs::{Plus, file, folder, fork, hard_link};
    let named = |parent, name: &str, record| (parent, name.to_owned(), record);
    let volume = Plus {
        catalog: vec![
            named(2, ".HFS+ Private Directory Data\r", folder(17)),
            named(17, "dir_60", folder(60)),
            named(2, "first", hard_link(20, 60, true)),
            named(2, "second", hard_link(21, 60, true)),
            named(60, "a", file(22, &fork(5, &[(100, 1)]), &[])),
        ],
        content: vec![(100, b"hello".to_vec())],
        ..Plus::default()
    };
    let room = Room::new();
    room.put("x.iso", &volume.build());
    let words = "1 folder with a second name: what is in them is under the first alone (second)";
    room.run(&["ls", "x.iso"]).ok().says(words);
    room.run(&["extract", "x.iso", "-o", "out"]).ok().says(words);
    assert!(room.get("out/first/a") == b"hello" && room.path("out/second").is_dir() && !room.has("out/second/a"));
    let json = room.run(&["ls", "x.iso", "--json"]).ok().json();
    assert!(
        json["entries"].as_array().unwrap().iter().any(|entry| entry["path"] == "second" && entry["again"] == true),
        "{json}"
    );
}

/// A disc for two systems has two volumes: the first is looked into, the other is told with the way to choose it.
#[test]
fn other_volumes_are_told_with_the_way_to_choose_them() {
    use discconv_testkit::hfs::{short, short_file};
    let mac = |name: &'static [u8]| short(&[(2, name, short_file(19, (5, 12), (0, 0)))], &[(12, b"hello".to_vec())]);
    let room = Room::new();
    let mut hybrid = volume().build().user;
    let own = mac(b"for a Mac");
    hybrid[..own.len()].copy_from_slice(&own);
    room.put("x.iso", &hybrid);
    room.run(&["ls", "x.iso"]).ok().says("x.iso: ISO 9660, volume INSIDE\nalso HFS, volume Short (--fs hfs)\n");
    room.run(&["extract", "x.iso", "-o", "first"]).ok().says("note: taken from ISO 9660, volume INSIDE; also HFS");
    let json = room.run(&["extract", "x.iso", "-o", "second", "--fs", "hfs", "--json"]).ok().json();
    assert_eq!(json["fs"], "hfs");
    assert!(room.get("second/for a Mac") == b"hello" && !room.has("second/READ.ME") && room.has("first/READ.ME"));
    // Two of one kind, in partitions.
    let mut disc = vec![0; 16 * 2048];
    disc[..4].copy_from_slice(b"ER\x02\0");
    for number in 1..=2_u32 {
        let entry =
            [&b"PM\0\0"[..], &2_u32.to_be_bytes(), &(number * 64).to_be_bytes(), &40_u32.to_be_bytes(), &[0; 32], b"Apple_HFS"];
        let at = number as usize * 512;
        disc[at..at + 57].copy_from_slice(&entry.concat());
    }
    disc.extend([mac(b"one"), vec![0; 64 * 512 - own.len()], mac(b"two")].concat());
    disc.resize(disc.len().next_multiple_of(2048) + 64 * 2048, 0);
    room.put("y.iso", &disc);
    room.run(&["ls", "y.iso"]).ok().says("one").never_says("two").says("also HFS, volume Short (--fs hfs:2)");
    room.run(&["ls", "y.iso", "--fs", "hfs:2"]).ok().says("two").says("(--fs hfs)");
    room.run(&["ls", "y.iso", "--fs", "hfs:3"]).exits(2).says("there is no hfs:3 on it, only hfs, hfs:2");
}
