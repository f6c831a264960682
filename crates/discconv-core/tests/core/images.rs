//! What formats of whole images share.

use crate::support::{disc_of, read_all};
use discconv_core::image::{
    PAUSE, Stored, StoredTrack, SubCodes, blank_piece, check_medium, check_sort, is_blank_as, mode_of_track, only_disc,
    record_forms, with_pause, with_sub_codes,
};
use discconv_core::*;
use discconv_sector::subchannel::{Q, interleave};
use discconv_testkit::reference;
use std::ops::Range;
use std::sync::Arc;

const MCN: &str = "4976234567890";
const ISRCS: [&str; 2] = ["USRC17607839", "DEAA12345678"];

fn records(lbas: Range<i32>, q: impl Fn(i32) -> Q) -> Vec<u8> {
    let mut records = Vec::new();
    for lba in lbas {
        let (mut packed, mut symbols) = ([0; 96], [0; 96]);
        packed[12..24].copy_from_slice(&q(lba).0);
        interleave(&packed, &mut symbols);
        records.extend([7; 2352]);
        records.extend(symbols);
    }
    records
}

fn position(lba: i32) -> Q {
    Q::position(0, 1, 1, Lba(lba).to_msf(), Lba(lba).to_msf())
}

/// Two tracks of audio with subchannel, 300 sectors each.
fn with_codes(number: &str) -> Disc {
    let first = records(0..300, |lba| match lba {
        98 => Q::mcn(0, number, 23).unwrap(),
        120 => Q::isrc(0, ISRCS[0], 45).unwrap(),
        _ => position(lba),
    });
    let second = records(300..600, |lba| match lba {
        // Broken, then another track's, which is one too many.
        310 => Q([0x03; 12]),
        330 => Q::isrc(0, ISRCS[1], 30).unwrap(),
        340 => Q::isrc(0, ISRCS[0], 40).unwrap(),
        _ => position(lba),
    });
    disc_of(&[(TrackMode::Audio, Form::RAW_SUB, first), (TrackMode::Audio, Form::RAW_SUB, second)])
}

#[test]
fn codes_are_found_in_stored_subchannel() {
    let isrcs = || vec![(1, Isrc::new(ISRCS[0]).unwrap()), (2, Isrc::new(ISRCS[1]).unwrap())];
    let read = |disc: Disc| SubCodes::read(&disc, disc.toc());
    let found = read(with_codes(MCN));
    assert_eq!(found, SubCodes { mcn: Mcn::new(MCN), isrcs: isrcs() });
    // A number of zeros is none.
    assert_eq!(read(with_codes("0000000000000")), SubCodes { mcn: None, isrcs: isrcs() });
    assert!(read(disc_of(&[(TrackMode::Audio, Form::RAW, vec![7; 200 * 2352])])).is_empty());
    let disc = with_sub_codes("x", with_codes(MCN)).unwrap();
    assert_eq!((&disc.toc().mcn, &disc.toc().sessions[0].tracks[1].isrc), (&Mcn::new(MCN), &Isrc::new(ISRCS[1])));
    // What the table says stands.
    let mut toc = with_codes(MCN).toc().clone();
    toc.mcn = Mcn::new("1234567890123");
    toc.sessions[0].tracks[1].isrc = Isrc::new("GBAYE0000001");
    found.complete(&mut toc);
    assert_eq!(toc.mcn, Mcn::new("1234567890123"));
    let isrcs: Vec<_> = toc.tracks().map(|track| track.isrc.as_ref().unwrap().as_str()).collect();
    assert_eq!(isrcs, [ISRCS[0], "GBAYE0000001"]);
}

fn mode1(lbas: Range<i32>, byte: u8) -> Vec<u8> {
    lbas.flat_map(|lba| reference::mode1(lba, &[byte; 2048])).collect()
}

/// A track of 20 sectors, the pause before it stored as `form` with `byte` in every sector; then a stored lead-out.
fn with_stored_pause(form: Form, byte: u8) -> Disc {
    let mut parts = disc_of(&[(TrackMode::Mode1, Form::RAW, mode1(0..30, 9))]).into_parts();
    let pause = if form == Form::USER { vec![byte; 150 * 2048] } else { mode1(-150..0, byte) };
    parts.sources.push(Arc::new(Bytes::new("pause", pause)));
    parts.extents.insert(0, Extent::stored(PAUSE, TrackMode::Mode1, Place { source: SourceId(1), offset: 0, form }));
    parts.toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 20);
    Disc::new("made", parts).unwrap()
}

#[test]
fn a_pause_belongs_to_track_1_if_there_is_something_in_it() {
    for form in [Form::RAW, Form::USER] {
        for (byte, first) in [(0, 0), (1, -150)] {
            let disc = with_stored_pause(form, byte);
            for as_stored in [Form::RAW, Form::USER, Form::RAW_SUB] {
                assert_eq!(is_blank_as(&disc, PAUSE, &as_stored).unwrap(), byte == 0, "{form} as {as_stored}");
            }
            let disc = with_pause("x", disc).unwrap();
            assert_eq!(disc.toc().tracks().next().unwrap().first(), Lba(first), "{form}, {byte}");
            let notes: Vec<&str> = disc.notes().iter().map(|note| note.text.as_str()).collect();
            let told = "x: the pause before LBA 0 is not blank, and is kept as INDEX 00 of track 1";
            assert_eq!(notes, if byte == 0 { vec![] } else { vec![told] });
        }
    }
}

#[test]
fn blank_records_are_those_of_a_gap_of_the_disc() {
    for mode in [TrackMode::Audio, TrackMode::Mode0, TrackMode::Mode1, TrackMode::Mode2] {
        for form in [Form::RAW, Form::RAW_SUB, Form::MODE2, Form::SUB, Form::USER, Form { stride: 2500, ..Form::RAW_SUB }] {
            if mode.is_audio() && form == Form::USER {
                continue;
            }
            let toc = Toc::single_data(Media::Cd, mode, 20);
            let parts = DiscParts {
                toc: toc.clone(),
                sources: Vec::new(),
                extents: vec![Extent::gap(Lba(0)..Lba(20), mode)],
                notes: Vec::new(),
                checks: Vec::new(),
                extras: Vec::new(),
            };
            let expected = read_all(&Disc::new("made", parts).unwrap(), &form).unwrap();
            match blank_piece(&toc, mode, Lba(0)..Lba(20), &form) {
                Some(Piece::Bytes(bytes)) => assert!(bytes == expected, "{mode:?} {form}"),
                Some(Piece::Zeros(len)) => assert!(len == expected.len() as u64 && expected.iter().all(|byte| *byte == 0)),
                other => panic!("{other:?}"),
            }
            assert_eq!(blank_piece(&toc, mode, Lba(5)..Lba(5), &form), None);
        }
    }
}

#[test]
fn what_is_left_out_is_looked_at() {
    let disc = with_stored_pause(Form::RAW, 0);
    let track = |first: i32, form: Form| vec![StoredTrack { number: 1, lbas: Lba(first)..Lba(20), form }];
    let stored = Stored { disc: &disc, tracks: track(0, Form::RAW_SUB) };
    let (dropped, notes) = stored.dropped();
    let ranges: Vec<_> = dropped.iter().map(|dropped| (dropped.what, dropped.lbas.start.0, dropped.lbas.end.0)).collect();
    assert_eq!(ranges, [(DroppedWhat::Gap, -150, 0), (DroppedWhat::Gap, 20, 30)]);
    assert_eq!(
        notes,
        [
            "the stored sectors LBA -150 to -1 lie before LBA 0, where the image begins, and are not written",
            "the stored sectors LBA 20 to 29 belong to no track and are not written"
        ]
    );
    assert_eq!(stored.sub_note().unwrap(), "the source stores no subchannel: P and Q are made from the tracks");
    let runs: Vec<_> = stored.runs().iter().map(|run| (run.at.0, run.from.0, run.sectors, run.form)).collect();
    assert_eq!(runs, [(0, 0, 20, Form::RAW_SUB)]);
    assert_eq!(Stored { disc: &disc, tracks: track(-150, Form::RAW) }.dropped().1.len(), 1);
}

#[test]
fn subchannel_of_sectors_that_are_left_out_is_looked_at_too() {
    // The second track becomes a lead-out that is stored.
    let mut parts = with_codes(MCN).into_parts();
    parts.toc.sessions[0].tracks.pop();
    parts.toc.sessions[0].lead_out = Lba(300);
    parts.extents.push(Extent::gap(Lba(600)..Lba(650), TrackMode::Audio));
    let disc = Disc::new("made", parts).unwrap();
    for (form, end, first) in [(Form::RAW_SUB, 300, 300), (Form::RAW, 300, 0), (Form::RAW_SUB, 650, 600)] {
        let stored = Stored { disc: &disc, tracks: vec![StoredTrack { number: 1, lbas: Lba(0)..Lba(end), form }] };
        let (dropped, _) = stored.dropped();
        let sub = dropped.iter().find(|dropped| dropped.what == DroppedWhat::Subchannel).map(|dropped| dropped.lbas.clone());
        assert_eq!(sub, (first < 600).then_some(Lba(first)..Lba(600)), "{form} to {end}");
        let (gaps, sub) = (stored.gap_notes(), stored.sub_note());
        if end == 650 {
            assert_eq!(gaps, ["the 50 sectors of gap of track 01 that no file holds are stored as blank ones"]);
            let told =
                "the subchannel of 600 sectors is that of the source; of 50 it stores none: P and Q are made from the tracks";
            assert_eq!(sub.unwrap(), told);
        } else {
            assert_eq!((gaps, sub), (Vec::new(), None));
        }
    }
}

#[test]
fn the_mode_of_a_track_is_what_its_sectors_say() {
    let bytes = mode1(0..20, 1);
    let disc = disc_of(&[(TrackMode::Mode2, Form::RAW, bytes), (TrackMode::Audio, Form::RAW, vec![0; 5 * 2352])]);
    assert_eq!(mode_of_track(&disc, Lba(0)..Lba(20)), Some(TrackMode::Mode1));
    assert_eq!(mode_of_track(&disc, Lba(20)..Lba(25)), None);
    assert_eq!(mode_of_track(&disc, Lba(50)..Lba(60)), None);
}

fn refusal<T>(result: Result<T>) -> String {
    match result {
        Err(error) => error.to_string(),
        Ok(_) => "fits".to_owned(),
    }
}

#[test]
fn what_does_not_fit_says_so() {
    let of = |media: Media, sectors: i32| {
        let mut parts = with_stored_pause(Form::USER, 0).into_parts();
        parts.toc = Toc::single_data(media, TrackMode::Mode1, sectors);
        parts.extents = vec![Extent::gap(Lba(0)..Lba(sectors), TrackMode::Mode1)];
        Disc::new("made", parts).unwrap()
    };
    let medium = |media, sectors| refusal(check_medium(&of(media, sectors), &[Media::Cd, Media::Dvd]));
    for media in [Media::Cd, Media::Dvd, Media::Unknown] {
        assert_eq!(medium(media, 100), "fits");
    }
    let size = |media, bytes| {
        let options = WriteOptions { sector: Some(bytes), ..WriteOptions::default() };
        refusal(record_forms(&of(media, 100), &options))
    };
    assert_eq!((size(Media::Cd, 2048), size(Media::Dvd, 2048)), ("fits".to_owned(), "fits".to_owned()));
    let sound = disc_of(&[(TrackMode::Audio, Form::RAW, vec![1; 5 * 2352])]);
    let track = sound.toc().tracks().next().unwrap();
    let told = [
        medium(Media::Gd, 100),
        medium(Media::Bd, 100),
        medium(Media::Cd, 449_851),
        size(Media::Cd, 2000),
        size(Media::Cd, 2336),
        size(Media::Dvd, 2352),
        refusal(check_sort(&sound, track, Lba(0)..Lba(5), &Form::USER)),
        refusal(only_disc(&[], "game", "Nero image")),
    ];
    let expected = [
        "track1: a GD-ROM has two areas, of which this format knows nothing",
        "track1: a Blu-ray disc is no medium that this format knows",
        "track1: 449851 sectors are more than a CD holds (449850)",
        "track1: sectors of 2000 bytes cannot be written",
        "track1: track 1 is mode1, which has no stored form of 2336 bytes",
        "track1: a DVD has no sectors of 2352 bytes",
        "track1: LBA 0: the pregap of track 1 is audio, and has no stored form of 2048 bytes",
        "game: 0 discs do not fit into one Nero image",
    ];
    assert_eq!(told.join("\n"), expected.join("\n"));
    assert_eq!(refusal(check_sort(&sound, track, Lba(0)..Lba(5), &Form::RAW)), "fits");
    let (data, audio) = record_forms(&with_codes(MCN), &WriteOptions::default()).unwrap();
    assert_eq!((data, audio), (Form::RAW_SUB, Form::RAW_SUB));
}
