//! Whole images, laid by hand.

use crate::lay::{Told, cd, dvd, folder, lines, open, outline, track};
use discconv_core::{ExtraKind, Form, Lba, Scratch, SubCoding};
use discconv_testkit::reference::{RAW, form1, form2, interleave, mode0, packed_block, q_isrc, q_mcn, q_position};
use discconv_testkit::stored::{Sub, as_mode1, as_xa, cut, sound, with_subchannel};
use discconv_testkit::{Rng, fixtures};

fn mode1() -> Vec<u8> {
    as_mode1(0, &Rng::new(7).bytes(20 * 2048))
}

/// Form 1 and Form 2 in turn.
fn mode2() -> Vec<u8> {
    let user = Rng::new(8).bytes(20 * 2048);
    let sector = |(lba, user): (i32, &[u8])| match lba % 2 {
        0 => form1(lba, [0, 0, 8, 0], user),
        _ => form2(lba, [0, 0, 0x28, 0], user, true),
    };
    (0..).zip(user.chunks(2048)).flat_map(sector).collect()
}

fn all_form2(edc: bool) -> Vec<u8> {
    let user = Rng::new(9).bytes(20 * 2324);
    (0..).zip(user.chunks(2324)).flat_map(|(lba, user)| form2(lba, [0, 0, 0x20, 0], user, edc)).collect()
}

/// One track of 20 sectors.
fn single(mode: u8, sub: u8, size: u16, control: u8, data: &[u8]) -> Vec<String> {
    let told = Told { sub, size, control, ..track(1, mode, 0, 150, 20, 0) };
    lines(&cd(vec![told]).with(data), &["track", "extent", "note", "damage", "error"])
}

#[test]
fn every_mode_and_size() {
    let (one, two, sounding) = (mode1(), mode2(), sound(1, 20));
    let sub = |raw: &[u8]| with_subchannel(raw, Sub::Interleaved);
    let packed = with_subchannel(&one, Sub::Packed);
    let behind = |size: usize| vec![[vec![1; size], vec![0; 96]].concat(); 20].concat();
    for (byte, code, size, control, sectors, mode, form) in [
        (0xA9, 0, 2352, 0x10, sounding.clone(), "audio", "2352"),
        (0xA9, 0, 2352, 0x12, sounding.clone(), "audio", "2352"),
        (0xE9, 8, 2448, 0x10, sub(&sounding), "audio", "2352+interleaved"),
        (0xAA, 0, 2048, 0x14, cut(&one, 16..2064), "mode1", "2048"),
        (0xAA, 0, 2352, 0x14, one.clone(), "mode1", "2352"),
        (0xAA, 8, 2448, 0x14, sub(&one), "mode1", "2352+interleaved"),
        (0xEA, 8, 2448, 0x14, sub(&one), "mode1", "2352+interleaved"),
        (0xEA, 8, 2448, 0x14, packed, "mode1", "2352+packed"),
        (0xAA, 8, 2144, 0x14, behind(2048), "mode1", "2048+interleaved"),
        (0xAB, 0, 2336, 0x14, cut(&two, 16..RAW), "mode2", "2336 (16..2352)"),
        (0xAB, 0, 2352, 0x14, two.clone(), "mode2", "2352"),
        (0xAC, 0, 2048, 0x14, vec![5; 20 * 2048], "mode2", "2048"),
        (0xAC, 0, 2336, 0x14, cut(&two, 16..RAW), "mode2", "2336 (16..2352)"),
        (0xAC, 0, 2352, 0x14, two.clone(), "mode2", "2352"),
        (0xEC, 8, 2448, 0x14, sub(&two), "mode2", "2352+interleaved"),
        (0xAD, 0, 2324, 0x14, cut(&all_form2(true), 24..2348), "mode2", "2324 (24..2348)"),
        (0xAD, 0, 2328, 0x14, cut(&all_form2(true), 24..RAW), "mode2", "2328 (24..2352)"),
        (0xAD, 0, 2336, 0x14, cut(&two, 16..RAW), "mode2", "2336 (16..2352)"),
        (0xED, 8, 2448, 0x14, sub(&two), "mode2", "2352+interleaved"),
        (0xA8, 0, 2352, 0x14, two.clone(), "mode2", "2352"),
        (0xAF, 0, 2352, 0x14, two.clone(), "mode2", "2352"),
    ] {
        let flags = if control == 0x12 { " [dcp]" } else { "" };
        let extent = format!("extent 0..20 {mode} in \"x.mdf\" at 0x0 as {form}");
        assert_eq!(
            single(byte, code, size, control, &sectors),
            [format!("track 01 {mode} 01@0 end 20{flags}"), extent],
            "mode {byte:02X}h, {size} bytes"
        );
    }
}

/// The size counts, then sync, then the byte.
#[test]
fn wrong_bytes() {
    let (one, two, sounding) = (mode1(), mode2(), sound(1, 20));
    for (byte, control, size, data, mode, notes) in [
        (0xAC, 0x14, 2352, &one, "mode1", 1),
        (0xAA, 0x14, 2352, &two, "mode2", 1),
        (0xA9, 0x14, 2352, &one, "mode1", 1),
        (0xAA, 0x10, 2352, &sounding, "audio", 1),
        (0xAE, 0x14, 2352, &one, "mode1", 1),
        // Data on purpose in an audio track stays what the tables say.
        (0xA9, 0x10, 2352, &one, "audio", 0),
        // No sync anywhere, and both say data: damaged data.
        (0xAA, 0x14, 2352, &sounding, "mode1", 0),
        (0xAA, 0x14, 2352, &(0..20).flat_map(mode0).collect(), "mode0", 1),
        (0xA9, 0x14, 2048, &cut(&one, 16..2064), "mode1", 1),
    ] {
        let found = single(byte, 0, size, control, data);
        assert_eq!((found[0].split(' ').nth(2), found.len() - 2), (Some(mode), notes), "mode {byte:02X}h: {found:?}");
    }
    assert_eq!(single(0xAE, 0, 2352, 0x14, &sounding).len(), 1);
    // The subchannel byte and the size at odds.
    let found = single(0xAA, 0, 2448, 0x14, &with_subchannel(&one, Sub::Interleaved));
    assert!(
        found[1].ends_with("as 2352+interleaved") && found[2].contains("it is read as with 96 bytes of subchannel"),
        "{found:?}"
    );
    let found = single(0xAA, 8, 2352, 0x14, &one);
    assert!(found[1].ends_with("as 2352") && found[2].contains("it is read as without subchannel"), "{found:?}");
}

/// User data of Form 2 alone become whole sectors again.
#[test]
fn form_2_without_subheaders() {
    let whole = all_form2(true);
    for (size, keep) in [(2324, 24..2348), (2328, 24..RAW)] {
        let told = Told { size, ..track(1, 0xAD, 0, 150, 20, 0) };
        let disc = open(&cd(vec![told]).with(&cut(&whole, keep))).unwrap();
        let mut found = vec![0; whole.len()];
        disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut found).unwrap();
        assert!(found == whole, "{size}");
    }
}

/// Data, sound, two sessions: everything that a descriptor says.
#[test]
fn a_whole_disc() {
    let user = fixtures::by_name("iso-2048").unwrap().entry_bytes().to_vec();
    let xa =
        discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 }.build();
    let xa_sectors = (xa.user.len() / 2048) as u32;
    let data = [as_mode1(0, &user), sound(1, 8), as_xa(11_434, &xa)].concat();
    let tracks = vec![
        track(1, 0xAA, 0, 150, 26, 0),
        Told { control: 0x12, ..track(2, 0xA9, 26, 0, 5, 26) },
        Told { control: 0x19, ..track(3, 0xA9, 31, 0, 3, 31) },
    ];
    let mut mds = cd(tracks);
    mds.sessions.push((11_284, 11_434 + xa_sectors as i32, 0x20, vec![track(4, 0xEC, 11_434, 150, xa_sectors, 34)]));
    insta::assert_snapshot!(outline(&mds.with(&data)));
}

/// Track numbers are binary, and need not begin with 1.
#[test]
fn track_numbers() {
    let tracks = (0..14)
        .map(|index| track(9 + index, 0xA9, i32::from(index) * 4, if index == 0 { 150 } else { 0 }, 4, u64::from(index) * 4));
    let found = lines(&cd(tracks.collect()).with(&sound(1, 56)), &["track", "note"]);
    assert_eq!((found.len(), &*found[0], &*found[13]), (14, "track 09 audio 01@0 end 4", "track 22 audio 01@52 end 56"));
}

/// 20 sectors of sound with subchannel that tells codes, in frames of their own.
#[test]
fn codes_of_the_subchannel() {
    let data: Vec<u8> = (0..40)
        .flat_map(|lba: i32| {
            let track = if lba < 20 { 1 } else { 2 };
            let q = match lba {
                5 => q_mcn(0, "4006408123456", lba),
                7 => q_isrc(0, "DEABC0000001", lba),
                8 => {
                    let mut wrong = q_isrc(0, "DEABC0000009", lba);
                    wrong[11] ^= 1;
                    wrong
                }
                39 => q_isrc(0, "DEABC0000002", lba),
                _ => q_position(0, track, 1, (lba % 20).unsigned_abs(), lba),
            };
            [&sound(1, 1)[..], &interleave(&packed_block(false, &q))].concat()
        })
        .collect();
    let told = |number, start: u8| Told {
        sub: 8,
        size: 2448,
        offset: u64::from(start) * 2448,
        ..track(number, 0xE9, start.into(), if number == 1 { 150 } else { 0 }, 20, 0)
    };
    let files = cd(vec![told(1, 0), told(2, 20)]).with(&data);
    assert_eq!(
        lines(&files, &["mcn", "track", "note"]),
        ["mcn 4006408123456", "track 01 audio 01@0 end 20 isrc DEABC0000001", "track 02 audio 01@20 end 40 isrc DEABC0000002"]
    );
    assert_eq!(open(&files).unwrap().stored_sub(), Some(SubCoding::Interleaved));
}

#[test]
fn dvds() {
    let user = fixtures::by_name("iso-2048").unwrap().entry_bytes().to_vec();
    let sectors = (user.len() / 2048) as u32;
    let mut mds = dvd(sectors);
    mds.structures = [vec![1; 4], vec![2; 2048], vec![3; 2048]].concat();
    mds.bca = vec![4; 64];
    for (medium, layer) in [(0x10, 0), (0x12, 0), (0x10, 0x20)] {
        mds.medium = medium;
        mds.structures.truncate(4100);
        mds.structures[4 + 2048 + 2] = layer;
        if layer == 0x20 {
            mds.structures.extend([5; 4100]);
        }
        let disc = open(&mds.with(&user)).unwrap();
        let extras: Vec<_> = disc.extras().iter().map(|extra| (extra.kind.clone(), extra.bytes.clone())).collect();
        let wanted =
            [(ExtraKind::other("dvd-structures"), mds.structures.clone()), (ExtraKind::other("dvd-bca"), mds.bca.clone())];
        assert_eq!(extras, wanted);
        insta::assert_snapshot!("dvd", discconv_core::outline::disc(&disc));
    }
    // Counted as the disc does, from 30000h on; the lead-out too, or not.
    for lead_out in [26, 0x30000 + 26] {
        let mut physical = dvd(26);
        (physical.sessions[0].1, physical.sessions[0].3[0].start) = (lead_out, 0x30000);
        let found = lines(&physical.with(&user), &["session", "track", "note", "error"]);
        assert_eq!(found, ["session 1 lead-out 26", "track 01 mode1 01@0 end 26"]);
    }
    // No length told: the file's.
    let mut untold = dvd(0).bytes();
    crate::lay::put(&mut untold, 0x58 + 4, &26_i32.to_le_bytes());
    let files = folder(&[("x.mds", &untold), ("x.mdf", &user)]);
    assert!(outline(&files).contains("track 01 mode1 01@0 end 26"), "{}", outline(&files));
}

#[test]
fn measurements() {
    let mut mds = cd(vec![track(1, 0xA9, 0, 150, 4, 0)]);
    mds.dpm = vec![vec![1, 0, 256, 3, 10, 20, 30], vec![2, 0, 0, 1, 99]];
    let disc = open(&mds.with(&sound(1, 4))).unwrap();
    let kept: Vec<_> = disc.extras().iter().map(|extra| extra.bytes.len()).collect();
    assert_eq!(kept, [28, 20]);
    assert_eq!(disc.notes()[0].text, "x.mds: data position measurements (2) are kept for the way back to this format only");
    // A count that lies.
    mds.dpm = vec![vec![1, 0, 256, 4, 10, 20, 30]];
    let found = lines(&mds.with(&sound(1, 4)), &["note", "error"]);
    assert!(found.len() == 1 && found[0].contains("the data position measurement at byte 0x"), "{found:?}");
}

/// Blocks without extra blocks: up to the next track, or the lead-out.
#[test]
fn lengths_that_are_not_told() {
    let mut bytes = cd(vec![track(1, 0xA9, 0, 150, 4, 0), track(2, 0xA9, 6, 0, 4, 4)]).bytes();
    for block in [3, 4] {
        crate::lay::put(&mut bytes, 0x70 + 0x50 * block + 0x0C, &[0; 4]);
    }
    insta::assert_snapshot!(outline(&folder(&[("x.mds", &bytes), ("x.mdf", &sound(1, 10))])));
}
