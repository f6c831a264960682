//! Every stored form, seen in every form.

use crate::support::{disc_of, read_all};
use discconv_core::*;
use discconv_testkit::{Rng, reference};

fn users(rng: &mut Rng, sectors: usize) -> Vec<u8> {
    rng.bytes(sectors * 2048)
}

fn mode1(user: &[u8], first: i32) -> Vec<u8> {
    user.chunks(2048).zip(first..).flat_map(|(user, lba)| reference::mode1(lba, user)).collect()
}

fn form1(user: &[u8], first: i32) -> Vec<u8> {
    user.chunks(2048).zip(first..).flat_map(|(user, lba)| reference::form1(lba, [0, 0, 8, 0], user)).collect()
}

fn keep(raw: &[u8], range: std::ops::Range<usize>) -> Vec<u8> {
    raw.chunks(2352).flat_map(|sector| sector[range.clone()].to_vec()).collect()
}

#[test]
fn mode_1_from_any_stored_form_is_the_same_sector() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let user = users(&mut rng, 20);
    let raw = mode1(&user, 0);
    let stored = [
        (Form::USER, user.clone()),
        (Form::RAW, raw.clone()),
        (Form::frame(12, 2352), keep(&raw, 12..2352)),
        (Form::frame(16, 2064), keep(&raw, 16..2064)),
    ];
    for (form, bytes) in stored {
        let disc = disc_of(&[(TrackMode::Mode1, form, bytes)]);
        assert!(read_all(&disc, &Form::RAW).unwrap() == raw, "raw from {form}");
        assert!(read_all(&disc, &Form::USER).unwrap() == user, "user from {form}");
    }
}

#[test]
fn mode_2_form_1_from_any_stored_form_is_the_same_sector() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let user = users(&mut rng, 20);
    let raw = form1(&user, 0);
    let stored = [
        (Form::USER, user.clone()),
        (Form::RAW, raw.clone()),
        (Form::MODE2, keep(&raw, 16..2352)),
        (Form::frame(16, 2072), keep(&raw, 16..2072)),
        (Form::frame(16, 2348), keep(&raw, 16..2348)),
        (Form::frame(24, 2352), keep(&raw, 24..2352)),
        (Form::frame(12, 2352), keep(&raw, 12..2352)),
    ];
    for (form, bytes) in stored {
        let disc = disc_of(&[(TrackMode::Mode2, form, bytes)]);
        assert!(read_all(&disc, &Form::RAW).unwrap() == raw, "raw from {form}");
        assert!(read_all(&disc, &Form::USER).unwrap() == user, "user from {form}");
        assert!(read_all(&disc, &Form::MODE2).unwrap() == keep(&raw, 16..2352), "2336 from {form}");
    }
}

#[test]
fn any_batch_equals_sector_by_sector() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    let user = users(&mut rng, 40);
    let audio = rng.bytes(30 * 2352);
    let disc = disc_of(&[
        (TrackMode::Mode1, Form::USER, user),
        (TrackMode::Audio, Form::RAW, audio),
        (TrackMode::Mode2, Form::MODE2, { keep(&form1(&rng.bytes(25 * 2048), 70), 16..2352) }),
    ]);
    let whole = read_all(&disc, &Form::RAW_SUB).unwrap();
    let mut scratch = Scratch::default();
    for _ in 0..200 {
        let first = rng.below(95) as usize;
        let count = 1 + rng.below(95 - first as u64) as usize;
        let mut out = vec![0; count * 2448];
        disc.read_sectors(Lba(first as i32), &Form::RAW_SUB, &mut scratch, &mut out).unwrap();
        assert!(out == whole[first * 2448..][..out.len()], "{count} sectors from {first}");
    }
}

#[test]
fn a_form_2_sector_has_no_2048_bytes() {
    let mut raw = form1(&[7; 3 * 2048], 0);
    raw.extend(reference::form2(3, [0, 0, 0x20, 0], &[5; 2324], true));
    let disc = disc_of(&[(TrackMode::Mode2, Form::RAW, raw)]);
    let error = read_all(&disc, &Form::USER).unwrap_err();
    assert_eq!(
        error.to_string(),
        "track1: LBA 3: found a Mode 2 sector of 2324 bytes or more; expected a sector with 2048 bytes of user data"
    );
}

#[test]
fn audio_has_no_2048_bytes_and_swapped_audio_comes_out_little_endian() {
    let samples = Rng::new(3).bytes(5 * 2352);
    let swapped: Vec<u8> = samples.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
    let motorola = Form { twist: Twist::SwapAudio, ..Form::RAW };
    let disc = disc_of(&[(TrackMode::Audio, motorola, swapped)]);
    assert!(read_all(&disc, &Form::RAW).unwrap() == samples);
    assert!(read_all(&disc, &Form::USER).is_err());
}

#[test]
fn scrambled_data_comes_out_plain_and_goes_back() {
    let raw = mode1(&Rng::new(4).bytes(6 * 2048), 0);
    let scrambled: Vec<u8> = raw
        .chunks(2352)
        .flat_map(|sector| {
            let mut sector: [u8; 2352] = sector.try_into().unwrap();
            reference::scramble(&mut sector);
            sector
        })
        .collect();
    let form = Form { twist: Twist::Scrambled, ..Form::RAW };
    let disc = disc_of(&[(TrackMode::Mode1, form, scrambled.clone())]);
    assert!(read_all(&disc, &Form::RAW).unwrap() == raw);
    let plain = disc_of(&[(TrackMode::Mode1, Form::RAW, raw)]);
    assert!(read_all(&plain, &form).unwrap() == scrambled);
}

#[test]
fn a_gap_in_no_file_is_blank_sectors_of_the_mode() {
    let mut parts = disc_of(&[(TrackMode::Mode1, Form::USER, vec![1; 4 * 2048])]).into_parts();
    parts.toc.sessions[0].tracks[0].end = Lba(6);
    parts.toc.sessions[0].lead_out = Lba(6);
    parts.extents.push(Extent::gap(Lba(4)..Lba(6), TrackMode::Mode1));
    let disc = Disc::new("gap", parts).unwrap();
    let raw = read_all(&disc, &Form::RAW).unwrap();
    assert!(raw[5 * 2352..] == reference::mode1(5, &[0; 2048]));
    assert!(read_all(&disc, &Form::USER).unwrap()[4 * 2048..] == [0; 4096]);
}

#[test]
fn stored_subchannel_comes_out_in_either_coding() {
    let user = [9; 3 * 2048];
    let raw = mode1(&user, 0);
    let packed: Vec<[u8; 96]> =
        (0..3).map(|lba| reference::packed_block(lba == 0, &reference::q_position(4, 1, 1, lba, lba as i32))).collect();
    let stored: Vec<u8> = raw.chunks(2352).zip(&packed).flat_map(|(raw, sub)| [raw.to_vec(), sub.to_vec()].concat()).collect();
    let wanted: Vec<u8> = raw
        .chunks(2352)
        .zip(&packed)
        .flat_map(|(raw, sub)| [raw.to_vec(), reference::interleave(sub).to_vec()].concat())
        .collect();
    let form = Form { sub: Some(SubCoding::Packed), stride: 2448, ..Form::RAW };
    let disc = disc_of(&[(TrackMode::Mode1, form, stored)]);
    assert!(read_all(&disc, &Form::RAW_SUB).unwrap() == wanted);
    // Nobody stored it here, and what the tracks say is the same.
    let bare = disc_of(&[(TrackMode::Mode1, Form::RAW, raw)]);
    assert!(read_all(&bare, &Form::RAW_SUB).unwrap() == wanted);
}

#[test]
fn a_dvd_has_no_raw_view() {
    let mut parts = disc_of(&[(TrackMode::Mode1, Form::USER, vec![1; 4 * 2048])]).into_parts();
    parts.toc.media = Media::Dvd;
    let disc = Disc::new("dvd", parts).unwrap();
    assert_eq!(read_all(&disc, &Form::RAW).unwrap_err().to_string(), "track1: LBA 0: a dvd has no raw sectors");
}

#[test]
fn places_outside_their_source_are_refused() {
    let mut parts = disc_of(&[(TrackMode::Mode1, Form::USER, vec![1; 4 * 2048])]).into_parts();
    parts.extents[0].main = parts.extents[0].main.map(|place| Place { offset: 1, ..place });
    assert!(Disc::new("cut", parts.clone()).is_err());
    parts.extents[0].main = parts.extents[0].main.map(|place| Place { offset: u64::MAX - 5, ..place });
    assert!(Disc::new("far", parts.clone()).is_err());
    parts.extents[0].main = parts.extents[0].main.map(|place| Place { offset: 0, source: SourceId(9), ..place });
    assert!(Disc::new("none", parts).is_err());
}
