//! `repair`: what the parity can correct comes back, everything else stays as it is and is named.

use crate::support::Room;

const SECTOR: usize = 2352;

/// A raw image of 200 or so sectors without a fault, and its bytes.
fn raw(room: &Room, mode: &str) -> Vec<u8> {
    let volume: Vec<u8> = (0..200 * 2048_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
    room.put("whole.iso", &volume);
    room.run(&["whole.iso", "whole.cue", "--from", "iso2048", "--mode", mode]).ok();
    room.get("whole.bin")
}

/// The image with `harm` done to it, and its sheet.
fn damaged(room: &Room, whole: &[u8], harm: impl Fn(&mut [u8])) {
    let mut bytes = whole.to_vec();
    harm(&mut bytes);
    room.put("bad.bin", &bytes);
    let sheet = String::from_utf8(room.get("whole.cue")).unwrap().replace("whole.bin", "bad.bin");
    room.put("bad.cue", sheet.as_bytes());
}

fn scratch(bytes: &mut [u8], sector: usize, at: usize, length: usize) {
    bytes[sector * SECTOR + at..][..length].iter_mut().for_each(|byte| *byte ^= 0x3C);
}

#[test]
fn what_parity_can_correct_comes_back_in_both_modes() {
    for mode in ["1", "2"] {
        let room = Room::new();
        let whole = raw(&room, mode);
        damaged(&room, &whole, |bytes| {
            scratch(bytes, 3, 900, 60);
            scratch(bytes, 4, 100, 1);
            scratch(bytes, 5, 2300, 30);
            scratch(bytes, 90, 16 + 1000, 80);
        });
        let before = room.get("bad.bin");
        room.run(&["verify", "bad.cue"]).exits(4);
        let said = room.run(&["repair", "bad.cue", "good.cue", "--ecc", "--json"]).ok().json();
        let lbas: Vec<u64> =
            said["repaired"]["corrected"].as_array().unwrap().iter().map(|one| one["lba"].as_u64().unwrap()).collect();
        assert_eq!(lbas, [3, 4, 5, 90], "mode {mode}: {said}");
        assert!(room.get("good.bin") == whole, "mode {mode}");
        assert!(room.get("bad.bin") == before, "the input is never written");
        room.run(&["verify", "good.cue"]).ok();
        // Straight into another format: the data is that of the whole image.
        room.run(&["repair", "bad.cue", "good.iso", "--ecc"]).ok().says("4 sectors corrected (171 bytes changed): LBA 3-5, 90");
        assert!(room.get("good.iso") == room.get("whole.iso"));
    }
}

#[test]
fn what_is_beyond_it_stays_and_is_named() {
    let room = Room::new();
    let whole = raw(&room, "1");
    damaged(&room, &whole, |bytes| {
        scratch(bytes, 7, 400, 1200);
        scratch(bytes, 9, 50, 4);
    });
    let before = room.get("bad.bin");
    let said = room.run(&["repair", "bad.cue", "good.cue", "--ecc", "--json"]).ok().json();
    assert_eq!((&said["repaired"]["beyond"][0], &said["repaired"]["corrected"][0]["lba"]), (&7.into(), &9.into()));
    let after = room.get("good.bin");
    assert!(after[7 * SECTOR..8 * SECTOR] == before[7 * SECTOR..8 * SECTOR]);
    assert!(after[9 * SECTOR..10 * SECTOR] == whole[9 * SECTOR..10 * SECTOR]);
    room.run(&["verify", "good.cue"]).exits(4);
}

#[test]
fn a_pattern_is_touched_only_by_force() {
    let room = Room::new();
    let whole = raw(&room, "1");
    damaged(&room, &whole, |bytes| (20..180).step_by(10).for_each(|sector| scratch(bytes, sector, 700 + sector, 2)));
    let before = room.get("bad.bin");
    room.run(&["repair", "bad.cue", "kept.cue", "--ecc"]).ok().says("left alone, since they form a pattern");
    assert!(room.get("kept.bin") == before);
    room.run(&["repair", "bad.cue", "mended.cue", "--ecc", "--force"]).ok().says("because of --force");
    assert!(room.get("mended.bin") == whole);
}

#[test]
fn a_sector_that_was_written_with_another_edc_is_left() {
    let room = Room::new();
    let whole = raw(&room, "1");
    // The parity is made for the wrong EDC: nothing of it contradicts itself.
    damaged(&room, &whole, |bytes| {
        let sector: &mut [u8; SECTOR] = (&mut bytes[11 * SECTOR..12 * SECTOR]).try_into().unwrap();
        sector[2064] ^= 1;
        discconv_testkit::reference::write_ecc(sector, false);
    });
    let before = room.get("bad.bin");
    room.run(&["repair", "bad.cue", "good.cue", "--ecc"]).ok().says("they were written so: LBA 11");
    assert!(room.get("good.bin") == before);
}

#[test]
fn what_has_no_parity_is_said() {
    let room = Room::new();
    raw(&room, "1");
    room.run(&["repair", "whole.iso", "x.iso", "--ecc", "--from", "iso2048"]).ok().says("there is nothing to correct by");
    room.run(&["repair", "whole.iso", "x.iso"]).exits(2).says("--ecc");
}
