//! What other programs left in such files.

use crate::lay::{
    BLOCK, Told, blocks, data, deflated, disc, disc_of, mixed, open, pbp, raw_of, sound, title, toc, told, zlibbed,
};
use discconv_core::NoteKind;
use discconv_testkit::reference::RAW;

const ONE: &[Told] = &[Told(0x41, 1, 0, 150)];

fn notes(file: &[u8]) -> Vec<String> {
    let discs = open(file).unwrap();
    discs.iter().flat_map(discconv_core::Disc::notes).map(|note| format!("{:?} {}", note.kind, note.text)).collect()
}

/// popstation's constant, and the two ways to say the truth.
#[test]
fn where_the_disc_ends() {
    for (length, sectors, end) in [(70, 70, 70), (220, 70, 70), (122_947, 70, 70), (122_947, 80, 80), (0, 65, 65), (64, 70, 70)] {
        let raw = data(0, sectors);
        let file = pbp(&disc_of("", "", &toc(ONE, length), &blocks(&raw)));
        let found = open(&file).unwrap().remove(0);
        assert_eq!(found.toc().sessions[0].lead_out.0, end, "{length} {sectors}");
        assert!(raw_of(&found).unwrap() == raw);
    }
    // Silence at the end of sound may be meant.
    let raw = [data(0, 16), sound(2, 4)].concat();
    let tracks = [ONE, &[Told(1, 2, 166, 166)]].concat();
    let file = pbp(&disc_of("", "", &toc(&tracks, 122_947), &blocks(&raw)));
    assert_eq!(open(&file).unwrap()[0].toc().sessions[0].lead_out.0, 32);
    assert!(notes(&file).iter().any(|note| note.contains("up to 15 sectors of silence may be too many")), "{:?}", notes(&file));
}

#[test]
fn no_points_and_no_tracks() {
    let raw = data(0, 20);
    let file = |table: &[u8]| pbp(&disc_of("", "", table, &blocks(&raw)));
    for table in [&[][..], &[0xFF; 1000], &toc(ONE, 20)[..10], &toc(ONE, 20)[..30]] {
        let found = open(&file(table)).unwrap().remove(0);
        assert_eq!((found.toc().track_count(), found.toc().sessions[0].lead_out.0), (1, 20));
        assert!(raw_of(&found).unwrap() == raw);
        assert!(notes(&file(table)).iter().any(|note| note.contains("read as one data track")), "{:?}", notes(&file(table)));
    }
}

/// The upper half of the length is a mark in some files.
#[test]
fn lengths_have_sixteen_bits() {
    let raw = data(0, 40);
    let mut disc = disc(&raw, ONE);
    for block in 0..3 {
        disc[0x4006 + block * 32] = 1;
        disc[0x4008 + block * 32..][..16].fill(0xEE);
    }
    assert!(raw_of(&open(&pbp(&disc)).unwrap()[0]).unwrap() == raw);
}

/// An index that is full has no end but its room.
#[test]
fn an_index_without_an_end() {
    let one = deflated(&data(0, 16));
    let mut disc = disc_of("", "", &toc(ONE, 16), std::slice::from_ref(&one));
    let entry = [&[0; 4][..], &u16::try_from(one.len()).unwrap().to_le_bytes(), &[0; 26]].concat();
    disc[0x4000..0x10_0000].copy_from_slice(&entry.repeat(32_256));
    let found = open(&pbp(&disc)).unwrap().remove(0);
    assert_eq!(found.toc().sessions[0].lead_out.0, 32_256 * 16);
}

#[test]
fn a_zlib_stream_is_a_block_too_and_so_are_stored_bytes() {
    let raw = data(0, 48);
    let stored = [&[1, 0x00, 0x93, 0xFF, 0x6C][..], &raw[BLOCK..2 * BLOCK]].concat();
    let blocks = [zlibbed(&raw[..BLOCK]), stored, raw[2 * BLOCK..].to_vec()];
    assert!(raw_of(&open(&pbp(&disc_of("", "", &toc(ONE, 48), &blocks))).unwrap()[0]).unwrap() == raw);
}

/// Some leave out where the blocks begin; blocks may be anywhere, in any order, and the same twice.
#[test]
fn blocks_anywhere() {
    let raw = data(0, 32);
    let packed = blocks(&raw);
    let mut file = disc_of("", "", &toc(ONE, 64), &packed);
    file[0xBFC..0xC00].fill(0);
    let (first, second) = (file[0x4000..0x4020].to_vec(), file[0x4020..0x4040].to_vec());
    file[0x4000..0x4080].copy_from_slice(&[&second[..], &first, &first, &second].concat());
    let (a, b) = raw.split_at(BLOCK);
    assert!(raw_of(&open(&pbp(&file)).unwrap()[0]).unwrap() == [b, a, a, b].concat());
}

/// Track 1 begins where the file does; what lies before its INDEX 01 is its pregap.
#[test]
fn hidden_sectors_before_the_first_track() {
    let raw = [sound(0, 40), sound(1, 40)].concat();
    let found = open(&pbp(&disc(&raw, &[Told(1, 1, 150, 190)]))).unwrap().remove(0);
    assert_eq!(found.toc().tracks().next().unwrap().indexes, [(0, discconv_core::Lba(0)), (1, discconv_core::Lba(40))]);
    assert!(raw_of(&found).unwrap() == raw);
}

/// A real PSP wants sound as ATRAC3, outside of the blocks: it is missing, and said to be.
#[test]
fn sound_that_is_in_no_block() {
    let raw = data(0, 50);
    let tracks = [ONE, &[Told(1, 2, 200, 350), Told(1, 3, 500, 650)]].concat();
    let file = pbp(&disc_of("", "", &toc(&tracks, 1000), &blocks(&raw)));
    insta::assert_snapshot!(told(&file));
    let found = open(&file).unwrap().remove(0);
    let damage: u64 = found.notes().iter().filter(|note| note.kind == NoteKind::Damage).map(|note| note.sectors).sum();
    assert_eq!((damage, found.toc().sessions[0].lead_out.0), (1000 - 64, 1000));
    let all = raw_of(&found).unwrap();
    assert!(all[..50 * RAW] == raw && all[50 * RAW..].iter().all(|byte| *byte == 0));
}

#[test]
fn what_is_no_disc_of_a_playstation_is_named() {
    let mut text = String::new();
    let mut encrypted = disc(&data(0, 16), ONE);
    encrypted[0x400..0x404].copy_from_slice(b"\0PGD");
    let mut encrypted_title = title(&[]);
    encrypted_title[0x200..0x204].copy_from_slice(b"\0PGD");
    encrypted_title.resize(0x1000, 0xAA);
    for (name, psar) in [
        ("a game from the shop", [&b"NPUMDIMG"[..], &[0; 100]].concat()),
        ("a PSP's program", b"\x7FELF and so on, much of it".to_vec()),
        ("a program that needs no DATA.PSAR", Vec::new()),
        ("an encrypted disc", encrypted),
        ("several encrypted discs", encrypted_title),
    ] {
        text += &format!("== {name}\n{}", told(&pbp(&psar)));
    }
    insta::assert_snapshot!(text);
}

/// pop-fe leaves the words out that popstation puts in front of several discs.
#[test]
fn words_that_nobody_reads_do_not_count() {
    let (raw, tracks) = mixed();
    let mut psar = title(&[disc(&raw, &tracks), disc(&data(0, 16), ONE)]);
    psar[0x10..0x200].fill(0x5A);
    assert_eq!(open(&pbp(&psar)).unwrap().len(), 2);
}
