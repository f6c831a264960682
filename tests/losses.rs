//! Nothing is lost in silence: each kind is refused by name, and done when allowed.

use crate::support::{Ran, Room, fixture, laid, sheet};
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::as_mode1;

/// `args` (input, output, options) must be refused with exit 3 for exactly these kinds, leave nothing behind, be refused
/// as long as one of them is not allowed, and go through when all are.
#[track_caller]
fn check(room: &Room, args: &[&str], kinds: &[&str]) {
    let before = room.tree();
    let refused = room.run(args).exits(3);
    assert_eq!(room.tree(), before, "{}", refused.all());
    assert_kinds(&refused, kinds);
    let allow = |list: &[&str]| room.run(&[args, &["--allow-loss", &list.join(",")]].concat());
    for left_out in 0..kinds.len() {
        let others: Vec<&str> = kinds.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, kind)| *kind).collect();
        if !others.is_empty() {
            allow(&others).exits(3).says(kinds[left_out]);
            assert_eq!(room.tree(), before);
        }
    }
    let done = allow(kinds).ok();
    kinds.iter().for_each(|kind| {
        assert!(done.stderr.contains(kind) || done.stdout.contains(kind), "{kind} is not reported in {}", done.all())
    });
}

/// The hint names what to allow: these kinds and no others, in any order.
#[track_caller]
fn assert_kinds(refused: &Ran, kinds: &[&str]) {
    let after = refused.stderr.split("--allow-loss ").nth(1).unwrap_or_else(|| panic!("no hint in {}", refused.all()));
    let mut named: Vec<&str> =
        after.split_whitespace().next().unwrap_or_default().trim_end_matches(['`', '.', ';']).split(',').collect();
    let mut wanted = kinds.to_vec();
    named.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(named, wanted, "{}", refused.all());
}

/// The small volume under a sheet with `lines` around its one track.
fn data_sheet(before: &[&str], inside: &[&str], after: &[&str]) -> Room {
    let room = Room::new();
    room.put("disc.bin", &laid("raw-mode1", "small.bin"));
    let start =
        [before, &["FILE \"disc.bin\" BINARY", "  TRACK 01 MODE1/2352"], inside, &["    INDEX 01 00:00:00"], after].concat();
    room.put("disc.cue", &sheet(&start));
    room
}

#[test]
fn audio() {
    let room = Room::with("mixed");
    check(&room, &["mixed.cue", "x.iso"], &["audio"]);
    assert!(room.get("x.iso") == laid("iso-2048", "small.iso"));
}

#[test]
fn audio_is_counted_and_the_format_that_keeps_it_is_named() {
    let room = Room::with("mixed");
    room.run(&["mixed.cue", "x.iso"]).exits(3).says("2 audio tracks").says("cue");
}

#[test]
fn tracks_and_sessions() {
    let room = Room::with("three-sessions");
    check(&room, &["Three.cue", "x.iso"], &["audio", "tracks", "sessions"]);
}

#[test]
fn form2_and_subheader() {
    let room = Room::with("forms");
    check(&room, &["forms.cue", "x.iso"], &["form2", "subheader"]);
}

#[test]
fn blank_form2_of_a_playstation_disc_is_form2_as_well() {
    let room = Room::with("playstation");
    let refused = room.run(&["game.bin", "x.iso"]).exits(3);
    assert!(refused.stderr.contains("form2"), "{}", refused.all());
    room.run(&["game.bin", "x.iso", "--allow-loss", "form2,subheader"]).ok();
}

#[test]
fn subheader() {
    // LBA 4 has two copies that differ, which is no sector that rebuilding gives.
    let room = Room::with("odd-subheader");
    let refused = room.run(&["odd.cue", "x.iso"]).exits(3);
    assert!(refused.stderr.contains("subheader") && refused.stderr.contains("LBA 3"), "{}", refused.all());
    assert!(!room.has("x.iso"));
}

#[test]
fn ecc() {
    for (name, first) in [("wrong-edc", "LBA 5"), ("wrong-address", "LBA 4")] {
        let room = Room::with(name);
        room.run(&["odd.cue", "x.iso"]).exits(3).says(first);
        check(&room, &["odd.cue", "x.iso"], &["ecc"]);
    }
    let room = Room::with("lost-sync");
    room.run(&["odd.cue", "x.iso"]).exits(3).says("LBA 3");
    assert!(!room.has("x.iso"));
}

#[test]
fn odd_sectors_are_no_loss_where_they_are_kept() {
    for name in ["wrong-edc", "wrong-address", "lost-sync", "odd-subheader", "forms-no-edc"] {
        let (room, entry) = (Room::with(name), fixture(name).entry);
        room.run(&[&entry, "x.cue"]).ok();
        let bin = entry.replace(".cue", ".bin");
        assert!(room.get("x.bin") == laid(name, &bin), "{name}");
    }
}

#[test]
fn subchannel() {
    // Graphics in R-W of one sector; the plain P and Q of all others are no loss.
    let mut bytes = laid("raw-2448-interleaved", "small.img");
    bytes[5 * 2448 + RAW + 40] |= 0x15;
    let room = Room::new();
    room.put("disc.img", &bytes);
    check(&room, &["disc.img", "x.cue"], &["subchannel"]);
    assert!(room.get("x.bin") == laid("raw-mode1", "small.bin"));
    // A Q frame with a wrong CRC (bit 6 of the symbols 80 on).
    let mut bytes = laid("raw-2448-interleaved", "small.img");
    bytes[7 * 2448 + RAW + 90] ^= 0x40;
    room.put("q.img", &bytes);
    room.run(&["q.img", "q.iso"]).exits(3).says("subchannel").says("LBA 7");
}

#[test]
fn index() {
    let room = data_sheet(&[], &[], &["    INDEX 02 00:00:20"]);
    check(&room, &["disc.cue", "x.iso"], &["index"]);
}

#[test]
fn mcn() {
    check(&data_sheet(&["CATALOG 4006408123456"], &[], &[]), &["disc.cue", "x.iso"], &["mcn"]);
}

#[test]
fn isrc() {
    check(&data_sheet(&[], &["    ISRC DEABC0000001"], &[]), &["disc.cue", "x.iso"], &["isrc"]);
}

#[test]
fn cd_text() {
    check(&data_sheet(&["TITLE \"A disc\""], &[], &[]), &["disc.cue", "x.iso"], &["cd-text"]);
}

#[test]
fn flags() {
    check(&data_sheet(&[], &["    FLAGS DCP"], &[]), &["disc.cue", "x.iso"], &["flags"]);
}

#[test]
fn several_at_once() {
    let room = data_sheet(&["CATALOG 4006408123456", "TITLE \"A disc\""], &["    FLAGS DCP", "    ISRC DEABC0000001"], &[]);
    check(&room, &["disc.cue", "x.iso"], &["mcn", "cd-text", "flags", "isrc"]);
}

/// A disc of one data track with `pregap` before INDEX 01, all stored.
fn with_pregap(pregap: &[u8]) -> Room {
    let room = Room::new();
    room.put("disc.bin", &as_mode1(0, &[pregap, &laid("iso-2048", "small.iso")].concat()));
    let lines = ["FILE \"disc.bin\" BINARY", "  TRACK 01 MODE1/2352", "    INDEX 00 00:00:00", "    INDEX 01 00:00:02"];
    room.put("disc.cue", &sheet(&lines));
    room
}

#[test]
fn pregap() {
    let mut user = vec![0; 2 * 2048];
    user[2048..2053].copy_from_slice(b"hello");
    let room = with_pregap(&user);
    check(&room, &["disc.cue", "x.iso"], &["pregap"]);
    assert!(room.get("x.iso") == laid("iso-2048", "small.iso"));
}

#[test]
fn pregap_that_is_blank_but_whose_length_the_target_cannot_say() {
    check(&with_pregap(&[0; 2 * 2048]), &["disc.cue", "x.iso"], &["pregap"]);
}

#[test]
fn damage_is_exit_4_until_it_is_allowed() {
    let room = Room::with("truncated-bin");
    let before = room.tree();
    room.run(&["disc.cue", "x.iso"]).exits(4).says("sector 3");
    assert_eq!(room.tree(), before);
    room.run(&["disc.cue", "x.cue"]).exits(4);
    assert_eq!(room.tree(), before);
    room.run(&["disc.cue", "x.cue", "--allow-loss", "damage"]).ok().says("damage");
    let stored = laid("truncated-bin", "disc.bin");
    let bin = room.get("x.bin");
    assert_eq!(bin.len(), 4 * RAW);
    assert!(bin[..stored.len()] == stored && bin[stored.len()..].iter().all(|byte| *byte == 0));
}

/// A packed image with one block spoilt: the place is named, and with leave zeros stand there and nothing else changes.
#[test]
fn a_block_that_does_not_unpack_is_damage() {
    let room = Room::new();
    let mut iso = laid("iso-2048", "small.iso");
    iso.resize(iso.len().next_multiple_of(65536), 0);
    // Half of it packs, so that blocks are coded, and no two of them share a few bytes at the end.
    let mut rng = discconv_testkit::Rng::new(5);
    iso.extend((0..128).flat_map(|_| [rng.bytes(1024), vec![7; 1024]].concat()));
    room.put("x.iso", &iso);
    for format in ["cso", "isz"] {
        let packed = format!("x.{format}");
        let block: &[&str] = if format == "cso" { &["--block", "2048"] } else { &["--block", "65536"] };
        room.run(&[&["x.iso", &packed, "--force"], block].concat()).ok();
        let mut bytes = room.get(&packed);
        // In the head of the last block's stream: what it says of its codes.
        let at = bytes.len() - if format == "cso" { 1030 } else { 32 * 1030 };
        bytes[at..at + 900].fill(0xFF);
        room.put(&packed, &bytes);
        let before = room.tree();
        room.run(&[&packed, "y.iso"]).exits(4).says(&format!("{packed}: "));
        room.run(&["verify", &packed]).exits(4).says("zeros stand for");
        assert_eq!(room.tree(), before);
        room.run(&[&packed, "y.iso", "--allow-loss", "damage", "--force"]).ok().says("damage").says("zeros stand for");
        let got = room.get("y.iso");
        let differ: Vec<usize> = (0..got.len()).filter(|at| got[*at] != iso[*at]).collect();
        let (first, last) = (*differ.first().unwrap(), *differ.last().unwrap());
        assert!(got.len() == iso.len() && last - first < 65536, "{format}: {first} to {last}");
        assert!(differ.iter().all(|at| got[*at] == 0), "{format}");
        std::fs::remove_file(room.path("y.iso")).unwrap();
    }
}

#[test]
fn all_allows_everything() {
    let room = Room::with("three-sessions");
    room.run(&["Three.cue", "x.iso", "--allow-loss", "all"]).ok();
    let room = Room::with("truncated-bin");
    room.run(&["disc.cue", "x.iso", "--allow-loss", "all"]).ok();
}

#[test]
fn naming_a_loss_that_does_not_occur_is_fine_but_an_unknown_one_is_not() {
    let room = Room::with("raw-mode1");
    room.run(&["small.bin", "x.iso", "--allow-loss", "audio,mcn,damage"]).ok();
    room.run(&["small.bin", "y.iso", "--allow-loss", "audios"]).exits(2);
    assert!(!room.has("y.iso"));
}

#[test]
fn audio_only_into_iso_is_refused_whatever_is_allowed() {
    let room = Room::with("songs");
    let before = room.tree();
    room.run(&["Songs.cue", "x.iso"]).exits(3);
    room.run(&["Songs.cue", "x.iso", "--allow-loss", "all"]).exits(3);
    assert_eq!(room.tree(), before);
}

/// Over 449,850 sectors there is no MSF address: no raw sectors, no sheet.
#[test]
fn what_is_larger_than_a_cd_does_not_fit_into_bin_and_cue() {
    let room = Room::new();
    room.put("dvd.iso", &laid("iso-2048", "small.iso"));
    let file = std::fs::OpenOptions::new().write(true).open(room.path("dvd.iso")).unwrap();
    file.set_len(449_851 * 2048).unwrap();
    room.run(&["dvd.iso", "x.cue"]).exits(3);
    room.run(&["dvd.iso", "x.cue", "--allow-loss", "all"]).exits(3);
    assert!(!room.has("x.cue") && !room.has("x.bin"));
    room.run(&["dvd.iso", "x.iso", "--dry-run"]).ok();
}

/// Hunks that are not there are damage as those are that do not unpack; without its map a CHD is nothing.
#[test]
fn a_chd_that_ends_too_early() {
    let room = Room::with("mixed");
    // Without codecs the map is in front; with them it is at the end.
    room.run(&["mixed.cue", "plain.chd", "--codec", "none"]).ok();
    room.run(&["mixed.cue", "packed.chd"]).ok();
    let plain = room.get("plain.chd");
    room.put("cut.chd", &plain[..plain.len() - 30_000]);
    room.run(&["cut.chd", "x.cue"]).exits(4).says("the file ends, and 2 of its 6 hunks, from hunk 4 on, are not whole");
    assert!(!room.has("x.cue"));
    room.run(&["verify", "cut.chd"]).exits(4).says("from hunk 4 on");
    room.run(&["cut.chd", "x.cue", "--allow-loss", "damage"]).ok().says("from hunk 4 on");
    let (whole, cut) = (laid("mixed", "mixed.bin"), room.get("x.bin"));
    assert!(cut.len() == whole.len() && cut[..24 * 2352] == whole[..24 * 2352]);

    let packed = room.get("packed.chd");
    room.put("cut.chd", &packed[..packed.len() / 2]);
    for allow in [&[][..], &["--allow-loss", "damage"]] {
        let ran = room.run(&[&["cut.chd", "y.cue"], allow].concat()).exits(4);
        ran.says("expected the map of its hunks").says("hint: without the map no hunk can be found");
    }
    assert!(!room.has("y.cue"));
}
