//! Images in something else, as the program takes them.

use crate::support::{Room, laid};

/// A room with `small.bin`, a raw image.
fn room() -> Room {
    Room::with("raw-mode1")
}

#[test]
fn ecm_there_and_back() {
    let room = room();
    room.run(&["small.bin", "x.bin.ecm"]).ok();
    assert!(room.has("x.cue") && !room.has("x.bin"), "{}", room.tree());
    room.run(&["verify", "x.bin.ecm"]).ok();
    room.run(&["x.bin.ecm", "y.cue"]).ok();
    assert!(room.get("y.bin") == laid("raw-mode1", "small.bin"));
    // Its name would not say what is inside.
    let ran = room.run(&["small.bin", "z.ecm"]).exits(2);
    assert!(ran.all().contains("it would be z.bin.ecm, z.cue"), "{}", ran.all());
}

/// A sector that was changed without its checksum: damage, unless that is allowed.
#[test]
fn an_ecm_whose_checksum_does_not_hold() {
    let room = room();
    room.run(&["small.bin", "x.bin.ecm"]).ok();
    let mut bytes = room.get("x.bin.ecm");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    room.put("x.bin.ecm", &bytes);
    let ran = room.run(&["verify", "x.bin.ecm"]).exits(4);
    assert!(ran.all().contains("EDC is"), "{}", ran.all());
    room.run(&["hash", "x.bin.ecm"]).exits(4).says("warning: x.bin.ecm: EDC is");
    room.run(&["x.bin.ecm", "y.cue"]).exits(4);
    assert!(!room.has("y.cue"));
    room.run(&["x.bin.ecm", "y.cue", "--allow-loss", "damage"]).ok();
    bytes.truncate(bytes.len() - 4);
    room.put("x.bin.ecm", &bytes);
    let ran = room.run(&["x.bin.ecm", "z.cue"]).exits(4);
    assert!(ran.all().contains("the file ends before its checksum"), "{}", ran.all());
}

/// Whatever a folder has around its images, outputs are called like the images.
#[test]
fn a_batch_of_packed_images() {
    let data = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../discconv-archive/tests/data");
        std::fs::read(format!("{folder}/{name}")).unwrap()
    };
    let room = room();
    room.put("in/encrypted.zip", &data("encrypted.zip"));
    room.put("in/readme.gz", &data("plain.gz"));
    room.run(&["small.bin", "a.bin.ecm"]).ok();
    for name in ["a.bin.ecm", "a.cue"] {
        room.put(&format!("in/{name}"), &room.get(name));
    }
    let ran = room.run(&["in", "--to", "iso", "--out", "out", "-v"]).ok();
    assert_eq!(crate::support::tree(&room.path("out")).lines().count(), 1, "{}", room.tree());
    assert!(room.has("out/a.iso"), "{}", ran.all());
    assert!(ran.all().contains("readme.gz: is no disc image, passed over"), "{}", ran.all());
    assert!(ran.all().contains("encrypted.zip: is no disc image, passed over"), "{}", ran.all());
}

#[test]
fn members_and_room_are_chosen() {
    let room = room();
    let what = "small.bin: --member names a file in an archive, and this is none: it is iso";
    room.run(&["info", "small.bin", "--member", "x"]).exits(2).says(what);
    room.run(&["small.bin", "y.cue", "--member", "x"]).exits(2).says(what);
    room.run(&["small.bin", "x.bin.ecm"]).ok();
    std::fs::remove_file(room.path("x.cue")).unwrap();
    room.run(&["verify", "x.bin.ecm", "--member", "x"]).exits(2).says("this is none: it is ecm around iso");
}

/// `bytes` as a gzip file of blocks that are not packed (RFC 1952 2.3, RFC 1951 3.2.4).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
    let blocks = bytes.chunks(0xFFFF);
    let last = blocks.len() - 1;
    for (number, block) in blocks.enumerate() {
        let len = u16::try_from(block.len()).unwrap();
        file.push(u8::from(number == last));
        file.extend([len.to_le_bytes(), (!len).to_le_bytes()].concat());
        file.extend(block);
    }
    file.extend(crc32fast::hash(bytes).to_le_bytes());
    file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    file
}

/// What the reader of a wrapper checks by itself is not called missing.
#[test]
fn a_gzip_has_a_checksum_of_its_own() {
    let room = room();
    let mut bytes = gzip(&room.get("small.bin"));
    room.put("x.bin.gz", &bytes);
    let ran = room.run(&["verify", "x.bin.gz"]).ok().never_says("no checksums");
    ran.says("gzip: the CRC-32 of each member is right");
    let at = bytes.len() - 8;
    bytes[at] ^= 1;
    room.put("x.bin.gz", &bytes);
    let ran = room.run(&["verify", "x.bin.gz"]).exits(4).says("gzip: the CRC-32 of each member was checked");
    ran.says("damage: x.bin.gz: ");
}

/// A folder that some system has put into capitals.
#[test]
fn names_in_any_case() {
    let room = room();
    room.run(&["small.bin", "b.bin.ecm"]).ok();
    let (sheet, packed) = (room.get("b.cue"), room.get("b.bin.ecm"));
    for (number, (name, ecm)) in [("b.cue", "B.BIN.ECM"), ("B.CUE", "B.BIN.ECM"), ("B.CUE", "b.bin.ecm")].into_iter().enumerate()
    {
        let path = |name: &str| format!("{number}/{name}");
        room.put(&path(name), &sheet);
        room.put(&path(ecm), &packed);
        for input in [name, ecm] {
            let (out, bin) = (format!("{number}-{input}.cue"), format!("{number}-{input}.bin"));
            room.run(&[&path(input), &out]).ok();
            assert!(room.get(&bin) == room.get("small.bin"), "{input}");
        }
    }
}
