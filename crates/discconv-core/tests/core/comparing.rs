//! Two discs, sector by sector; and one disc, checked against itself.

use crate::pool::Shuffled;
use crate::support::disc_of;
use discconv_core::*;
use discconv_testkit::stored::{Sub, with_subchannel};
use discconv_testkit::{Rng, reference};
use std::sync::Arc;

/// The differences as `(track, first, sectors)`, which must be the same in any order of work.
fn differences(a: &Disc, b: &Disc) -> Vec<(u8, i32, u64)> {
    let found = compare(a, b, &Serial, &Quiet).unwrap();
    assert_eq!(found, compare(a, b, &Shuffled::new(3, 5), &Quiet).unwrap());
    assert_eq!(found.is_same(), compare(b, a, &Serial, &Quiet).unwrap().is_same());
    found.differences.iter().map(|run| (run.track, run.first.0, run.sectors)).collect()
}

fn user(sectors: usize) -> Vec<u8> {
    Rng::new(11).bytes(sectors * 2048)
}

fn raw(user: &[u8]) -> Vec<u8> {
    user.chunks(2048).zip(0..).flat_map(|(user, lba)| reference::mode1(lba, user)).collect()
}

#[test]
fn the_same_sectors_in_other_forms_are_the_same() {
    let user = user(600);
    let cooked = disc_of(&[(TrackMode::Mode1, Form::USER, user.clone())]);
    let whole = disc_of(&[(TrackMode::Mode1, Form::RAW, raw(&user))]);
    let found = compare(&cooked, &whole, &Serial, &Quiet).unwrap();
    assert!(found.is_same());
    assert_eq!((found.sectors, found.user_only), (600, 600));
    let found = compare(&whole, &whole, &Serial, &Quiet).unwrap();
    assert_eq!((found.is_same(), found.sectors, found.user_only), (true, 600, 0));
}

/// Subchannel counts where both store it, whatever its order; where only one does, that is said.
#[test]
fn subchannel_is_compared_where_both_have_it() {
    let bytes = raw(&user(300));
    let with = |bytes: &[u8], sub: Sub, coding: SubCoding| {
        let form = Form { sub: Some(coding), ..Form::RAW_SUB };
        disc_of(&[(TrackMode::Mode1, form, with_subchannel(bytes, sub))])
    };
    let interleaved = with(&bytes, Sub::Interleaved, SubCoding::Interleaved);
    let packed = with(&bytes, Sub::Packed, SubCoding::Packed);
    let plain = disc_of(&[(TrackMode::Mode1, Form::RAW, bytes.clone())]);
    let found = |a: &Disc, b: &Disc| {
        let found = compare(a, b, &Serial, &Quiet).unwrap();
        let runs: Vec<(i32, u64)> = found.sub.differences.iter().map(|run| (run.first.0, run.sectors)).collect();
        assert!(found.differences.is_empty());
        (found.is_same(), found.sub.sectors, found.sub.skipped, runs)
    };
    assert_eq!(found(&interleaved, &packed), (true, 300, 0, vec![]));
    assert_eq!(found(&interleaved, &plain), (true, 0, 300, vec![]));
    assert_eq!(found(&plain, &plain), (true, 0, 0, vec![]));
    // A bit of R in one sector, of Q in the next.
    let mut other = with_subchannel(&bytes, Sub::Packed);
    other[255 * 2448 + 2352 + 24] ^= 1;
    other[256 * 2448 + 2352 + 13] ^= 1;
    let form = Form { sub: Some(SubCoding::Packed), ..Form::RAW_SUB };
    let other = disc_of(&[(TrackMode::Mode1, form, other)]);
    assert_eq!(found(&interleaved, &other), (false, 300, 0, vec![(255, 2)]));
}

#[test]
fn runs_of_differing_sectors_are_joined_across_steps() {
    let bytes = raw(&user(600));
    let mut other = bytes.clone();
    for lba in [0, 254, 255, 256, 257, 599] {
        other[lba * 2352 + 2351] ^= 1;
    }
    let disc = |bytes: Vec<u8>| disc_of(&[(TrackMode::Mode1, Form::RAW, bytes)]);
    assert_eq!(differences(&disc(bytes), &disc(other)), [(1, 0, 1), (1, 254, 4), (1, 599, 1)]);
}

#[test]
fn sectors_that_only_one_disc_has_are_differences() {
    let (short, long) = (raw(&user(600))[..500 * 2352].to_vec(), raw(&user(600)));
    let audio = vec![5; 10 * 2352];
    let a = disc_of(&[(TrackMode::Mode1, Form::RAW, short.clone())]);
    let b = disc_of(&[(TrackMode::Mode1, Form::RAW, long.clone())]);
    assert_eq!(differences(&a, &b), [(1, 500, 100)]);
    assert_eq!(differences(&b, &a), [(1, 500, 100)]);
    let two = disc_of(&[(TrackMode::Mode1, Form::RAW, short.clone()), (TrackMode::Audio, Form::RAW, audio.clone())]);
    assert_eq!(differences(&a, &two), [(2, 500, 10)]);
    assert_eq!(differences(&two, &a), [(2, 500, 10)]);
    // The first track is longer: the second is looked for where it begins, and its sectors are the same.
    let moved = disc_of(&[(TrackMode::Mode1, Form::RAW, long), (TrackMode::Audio, Form::RAW, audio)]);
    assert_eq!(differences(&two, &moved), [(1, 500, 100)]);
}

#[test]
fn sectors_counted_to_another_track_are_compared_where_they_lie() {
    let audio = Rng::new(4).bytes(20 * 2352);
    let a = disc_of(&[(TrackMode::Audio, Form::RAW, audio.clone())]);
    let b = disc_of(&[
        (TrackMode::Audio, Form::RAW, audio[..12 * 2352].to_vec()),
        (TrackMode::Audio, Form::RAW, audio[12 * 2352..].to_vec()),
    ]);
    let found = compare(&a, &b, &Serial, &Quiet).unwrap();
    assert_eq!((found.toc.is_some(), found.differences.len(), found.sectors), (true, 0, 20));
    assert_eq!(differences(&b, &a), []);
}

#[test]
fn sound_is_not_data() {
    let a = disc_of(&[(TrackMode::Mode1, Form::USER, user(300))]);
    let b = disc_of(&[(TrackMode::Audio, Form::RAW, vec![0; 300 * 2352])]);
    assert_eq!(differences(&a, &b), [(1, 0, 300)]);
}

#[test]
fn a_gap_equals_blank_sectors_and_the_pause_before_lba_0_need_not_be_stored() {
    let user = user(20);
    let plain = disc_of(&[(TrackMode::Mode1, Form::RAW, raw(&user))]);
    let with_pause = |byte: u8| {
        let mut parts = plain.clone().into_parts();
        let pause: Vec<u8> = (-150..0).flat_map(|lba| reference::mode1(lba, &[if lba == -7 { byte } else { 0 }; 2048])).collect();
        parts.sources.push(Arc::new(Bytes::new("pause", pause)));
        let place = Place { source: SourceId(1), offset: 0, form: Form::RAW };
        parts.extents.insert(0, Extent::stored(Lba(-150)..Lba(0), TrackMode::Mode1, place));
        parts.toc.sessions[0].tracks[0].indexes.insert(0, (0, Lba(-150)));
        Disc::new("pause", parts).unwrap()
    };
    assert!(compare(&plain, &with_pause(0), &Serial, &Quiet).unwrap().is_same());
    assert!(compare(&with_pause(0), &plain, &Serial, &Quiet).unwrap().is_same());
    assert_eq!(differences(&plain, &with_pause(1)), [(1, -7, 1)]);
    assert_eq!(differences(&with_pause(1), &plain), [(1, -7, 1)]);
    let mut parts = with_pause(0).into_parts();
    parts.extents[0] = Extent::gap(Lba(-150)..Lba(0), TrackMode::Mode1);
    let gap = Disc::new("gap", parts).unwrap();
    assert_eq!(compare(&gap, &with_pause(0), &Serial, &Quiet).unwrap().sectors, 170);
    assert_eq!(differences(&gap, &with_pause(1)), [(1, -7, 1)]);
    // So it is where more lies before INDEX 01.
    let hidden = |disc: Disc, first: i32| {
        let mut parts = disc.into_parts();
        parts.toc.sessions[0].tracks[0].indexes = vec![(0, Lba(first)), (1, Lba(5))];
        Disc::new("hidden", parts).unwrap()
    };
    let (short, long) = (hidden(plain.clone(), 0), hidden(with_pause(0), -150));
    assert!(compare(&short, &long, &Serial, &Quiet).unwrap().is_same());
    assert!(compare(&long, &short, &Serial, &Quiet).unwrap().is_same());
    assert_eq!(differences(&short, &hidden(with_pause(1), -150)), [(1, -7, 1)]);
}

#[test]
fn verifying_names_what_is_wrong_with_each_sector() {
    let mut rng = Rng::new(6);
    let mut sectors: Vec<[u8; 2352]> = (0..40)
        .map(|lba| match lba % 4 {
            0 => reference::form2(lba, [0, 0, 0x20, 0], &rng.bytes(2324), true),
            1 => reference::form2(lba, [0, 0, 0x20, 0], &rng.bytes(2324), false),
            _ => reference::form1(lba, [0, 1, 8, 0], &rng.bytes(2048)),
        })
        .collect();
    let check = |sectors: &[[u8; 2352]]| {
        let disc = disc_of(&[(TrackMode::Mode2, Form::RAW, sectors.concat())]);
        let report = verify_sectors(&disc, &Shuffled::new(2, 1), &Quiet).unwrap();
        assert_eq!(report, verify_sectors(&disc, &Serial, &Quiet).unwrap());
        report
    };
    let report = check(&sectors);
    assert!(report.is_ok());
    assert_eq!((report.checked, report.form2_without_edc), (40, 10));
    let lists = |report: &SectorReport| {
        [&report.bad_edc, &report.bad_ecc, &report.bad_header].map(|list| list.iter().map(|lba| lba.0).collect::<Vec<_>>())
    };
    for (lba, byte, expected) in [
        (2, 100, [vec![2], vec![2], vec![]]),
        (3, 2200, [vec![], vec![3], vec![]]),
        (4, 2350, [vec![4], vec![], vec![]]),
        (6, 13, [vec![], vec![], vec![6]]),
        (7, 0, [vec![], vec![], vec![7]]),
        // One copy of a subheader: the other one and the EDC tell that this is no formless sector.
        (10, 17, [vec![10], vec![], vec![10]]),
        (11, 22, [vec![11], vec![], vec![11]]),
        (12, 18, [vec![12], vec![], vec![12]]),
    ] {
        sectors[lba][byte] ^= 0x10;
        assert_eq!(lists(&check(&sectors)), expected, "byte {byte} of LBA {lba}");
        sectors[lba][byte] ^= 0x10;
    }
    // Truly formless sectors have nothing to check but their header.
    assert!(check(&[reference::formless(0, &rng.bytes(2336))]).is_ok());
}

#[test]
fn what_stores_nothing_to_check_is_not_called_checked() {
    for (mode, form, sectors) in [
        (TrackMode::Mode1, Form::USER, 0),
        (TrackMode::Mode1, Form::frame(16, 2064), 0),
        (TrackMode::Mode2, Form::frame(16, 2072), 0),
        (TrackMode::Mode2, Form::frame(24, 2348), 0),
        (TrackMode::Mode2, Form::MODE2, 5),
        (TrackMode::Mode2, Form::frame(24, 2352), 5),
        (TrackMode::Audio, Form::RAW, 0),
    ] {
        let whole = disc_of(&[(
            mode,
            if mode.is_audio() { Form::RAW } else { Form::USER },
            vec![0; 5 * if mode.is_audio() { 2352 } else { 2048 }],
        )]);
        let mut bytes = vec![0; 5 * form.record()];
        whole.read_sectors(Lba(0), &form, &mut Scratch::default(), &mut bytes).unwrap();
        let report = verify_sectors(&disc_of(&[(mode, form, bytes)]), &Serial, &Quiet).unwrap();
        assert_eq!((report.checked, report.is_ok()), (sectors, true), "{form}");
    }
}

#[test]
fn blank_sectors() {
    let zero = [0; 2324];
    for (raw, blank) in [
        ([0; 2352], true),
        (reference::mode0(9), true),
        (reference::mode1(9, &zero[..2048]), true),
        (reference::form1(9, [0, 0, 8, 0], &zero[..2048]), true),
        (reference::form1(9, [0, 0, 0, 0], &zero[..2048]), true),
        (reference::form2(9, [0, 0, 0x20, 0], &zero, true), true),
        (reference::form2(9, [1, 255, 0x20, 7], &zero, false), true),
        (reference::formless(9, &[0; 2336]), true),
        (reference::mode1(9, &[1; 2048]), false),
        (reference::form1(9, [0, 0, 8, 0], &[1; 2048]), false),
        (reference::form2(9, [0, 0, 0x20, 0], &[1; 2324], true), false),
        ([1; 2352], false),
    ] {
        assert_eq!(is_blank(&raw), blank);
    }
}
