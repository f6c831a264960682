//! What lines of tracks say of a disc, and how.

use crate::lay::{FRAME, File, HUNK, Lay, open, told};
use discconv_core::{Form, Lba, Scratch, SubCoding};
use discconv_testkit::{Rng, reference, stored};

/// So many frames, each beginning with `record`s of a track.
fn frames(records: &[Vec<u8>]) -> Vec<u8> {
    records.iter().flat_map(|record| [&record[..], &vec![0; FRAME - record.len()]].concat()).collect()
}

/// Tracks of any sectors: `count` noisy frames.
fn outline(lines: &[&str], count: usize) -> String {
    let told_tracks = File::stored(&Rng::new(9).bytes(count * FRAME), lines).bytes();
    told(&told_tracks)
}

/// Each type keeps other bytes; the next track begins at a multiple of four frames.
#[test]
fn every_type_of_track() {
    let user = Rng::new(10).bytes(2336);
    let (mode1, mode2) = (reference::mode1(0, &user[..2048]), reference::form1(0, [0, 0, 8, 0], &user[..2048]));
    let form2 = reference::form2(0, [0, 0, 0x20, 0], &user[..2324], true);
    for (kind, record, expected) in [
        ("MODE1", user[..2048].to_vec(), mode1),
        ("MODE1_RAW", mode1.to_vec(), mode1),
        ("MODE2", mode2[16..].to_vec(), mode2),
        ("MODE2_FORM1", user[..2048].to_vec(), mode2),
        ("MODE2_FORM_MIX", form2[16..].to_vec(), form2),
        ("MODE2_RAW", form2.to_vec(), form2),
        ("AUDIO", stored::swap_words(&form2), form2),
    ] {
        let line = format!("TRACK:1 TYPE:{kind} SUBTYPE:NONE FRAMES:1");
        let disc = open(&File::stored(&frames(&[record, vec![], vec![], vec![]]), &[&line]).bytes()).unwrap();
        let mut sector = [0; 2352];
        disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut sector).unwrap();
        assert!(sector == expected, "{kind}");
    }
}

#[test]
fn gaps_and_padding() {
    let shown = [
        // A gap on the disc only, one in the track, one behind.
        outline(
            &[
                "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:5 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
                "TRACK:2 TYPE:AUDIO SUBTYPE:NONE FRAMES:6 PREGAP:150 PGTYPE:AUDIO PGSUB:NONE POSTGAP:10",
                "TRACK:3 TYPE:AUDIO SUBTYPE:NONE FRAMES:4 PREGAP:2 PGTYPE:VAUDIO PGSUB:NONE POSTGAP:0",
            ],
            20,
        ),
        // The pause that every disc has; another one.
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:4 PREGAP:150 PGTYPE:AUDIO PGSUB:NONE POSTGAP:0"], 4),
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:4 PREGAP:75 PGTYPE:AUDIO PGSUB:NONE POSTGAP:0"], 4),
        // In any order, from any number on; frames of no track.
        outline(&["TRACK:6 TYPE:AUDIO SUBTYPE:NONE FRAMES:1", "TRACK:5 TYPE:AUDIO SUBTYPE:NONE FRAMES:4"], 12),
        // An INDEX 01 that is not there.
        outline(&["TRACK:1 TYPE:MODE1_RAW SUBTYPE:NONE FRAMES:2 PREGAP:3 PGTYPE:VMODE1_RAW PGSUB:NONE POSTGAP:0"], 4),
    ];
    insta::assert_snapshot!(shown.join("\n---\n"));
}

#[test]
fn tracks_that_cannot_be() {
    let shown = [
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:5"], 4),
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:4294967295"], 4),
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:0"], 4),
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:4 PREGAP:4294967295 PGTYPE:VAUDIO"], 4),
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:4 PREGAP:4294967295 POSTGAP:4294967295"], 4),
        outline(&["TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:2"], 8),
        outline(&["TRACK:0 TYPE:AUDIO SUBTYPE:NONE FRAMES:4"], 4),
        outline(&[], 4),
    ];
    insta::assert_snapshot!(shown.join("\n---\n"));
}

/// Filled up to LBA 45000 and between tracks; in the older sort sound is not swapped.
#[test]
fn gd_roms() {
    let sound = stored::sound(1, 4);
    let records: Vec<Vec<u8>> = sound.chunks(2352).map(<[u8]>::to_vec).collect();
    let lines = [
        "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PAD:4 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
        "TRACK:2 TYPE:AUDIO SUBTYPE:NONE FRAMES:44992 PAD:44990 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
        "TRACK:3 TYPE:AUDIO SUBTYPE:NONE FRAMES:6 PAD:2 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
        "TRACK:4 TYPE:AUDIO SUBTYPE:NONE FRAMES:4 PAD:0 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
    ];
    let first = frames(&records);
    let hunks: Vec<Lay> =
        (0..22507).map(|hunk| if hunk < 2 { Lay::Stored(first[hunk * HUNK..][..HUNK].to_vec()) } else { Lay::Bare(9) }).collect();
    let mut file = File { logical: 45012 * FRAME as u64 + 2 * FRAME as u64, ..File::cd(hunks, &lines, &first) };
    for (tag, twisted) in [(b"CHGD", true), (b"CHGT", false)] {
        file.meta.iter_mut().for_each(|(own, ..)| *own = *tag);
        let disc = open(&file.bytes()).unwrap();
        let mut sectors = vec![0; sound.len()];
        disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut sectors).unwrap();
        assert!(sectors == if twisted { stored::swap_words(&sound) } else { sound.clone() });
        insta::assert_snapshot!(tag.escape_ascii().to_string(), told(&file.bytes()));
    }
}

/// The binary table, in both byte orders, with padding of its own.
#[test]
fn the_oldest_table() {
    let words: [u32; 13] = [2, 1, 2, 2352, 0, 3, 1, 7, 1, 2352, 96, 4, 0];
    let mut shown = Vec::new();
    for order in [u32::to_be_bytes, u32::to_le_bytes] {
        let mut data: Vec<u8> = words.iter().copied().flat_map(order).collect();
        data.resize(4 + 99 * 24, 0);
        let file = File { meta: vec![(*b"CHCD", 1, data)], ..File::stored(&vec![0; 8 * FRAME], &[]) };
        shown.push(told(&file.bytes()));
    }
    assert_eq!(shown[0], shown[1]);
    insta::assert_snapshot!(shown[0]);
}

#[test]
fn subchannel() {
    let block = |lba: u8| reference::packed_block(false, &reference::q_position(0, 1, 1, lba.into(), lba.into()));
    let sound = stored::sound(1, 4);
    let sectors = sound.chunks(2352).zip(0..);
    let with = |coded: fn(&[u8; 96]) -> [u8; 96]| -> Vec<u8> {
        sectors.clone().flat_map(|(sector, lba)| [sector, &coded(&block(lba))].concat()).collect()
    };
    let line = "TRACK:1 TYPE:AUDIO SUBTYPE:RW_RAW FRAMES:4 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0";
    for (coded, coding) in
        [(reference::interleave as fn(&[u8; 96]) -> [u8; 96], SubCoding::Interleaved), (|block| *block, SubCoding::Packed)]
    {
        let disc = open(&File::stored(&with(coded), &[line]).bytes()).unwrap();
        assert_eq!(disc.stored_sub(), Some(coding));
        let mut out = [0; 2 * 96];
        disc.read_sectors(Lba(1), &Form::SUB, &mut Scratch::default(), &mut out).unwrap();
        assert!(out == [block(1), block(2)].concat()[..]);
    }
    // Corrected packs become what is on the disc; a pack's symbols come from eight packs.
    let line = line.replace("RW_RAW", "RW");
    let cooked = with(|_| [9; 96]);
    insta::assert_snapshot!(told(&File::stored(&cooked, &[&line]).bytes()));
}

/// Sectors of 2048 bytes, with and without a word about a DVD.
#[test]
fn sectors() {
    let content = Rng::new(11).bytes(3 * 2048 + 5);
    let mut padded = content.clone();
    padded.resize(8192, 0);
    let hunks: Vec<Lay> = padded.chunks(4096).map(|hunk| Lay::Stored(hunk.to_vec())).collect();
    let none = crate::lay::NONE;
    let dvd = File::dvd([b"zlib", none, none, none], hunks, &content);
    let bare = File { meta: Vec::new(), ..dvd.clone() };
    let odd = File { meta: Vec::new(), unit: 512, ..dvd.clone() };
    insta::assert_snapshot!([dvd, bare, odd].map(|file| told(&file.bytes())).join("\n---\n"));
}
