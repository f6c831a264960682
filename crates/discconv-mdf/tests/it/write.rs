//! What the writer plans, what it writes, and that its own reader proves it.

use crate::lay::{cd, dvd, open, open_named, put, track as told};
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Bytes, CdText, Control, Disc, DiscParts, Error, Execution, Extent, Form, Format, FormatWriter, Isrc, Lba, LossKind,
    LossKinds, Mcn, Media, Opened, Place, Plan, Quiet, Result, Serial, Session, SessionKind, SourceId, SubCoding, Toc, Track,
    TrackMode, WriteOptions, execute, outline,
};
use discconv_mdf::Mdf;
use discconv_testkit::reference::{RAW, interleave, packed_block, q_isrc, q_mcn, q_position};
use discconv_testkit::stored::{Sub, as_mode1, as_xa, silence, sound, with_subchannel};
use discconv_testkit::{Rng, cd_text};
use std::sync::Arc;

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

fn plan(disc: &Disc, options: &WriteOptions) -> Result<Plan> {
    Mdf.plan(std::slice::from_ref(disc), "out", options)
}

/// Write, prove, and give the files back.
pub(crate) fn write(disc: Disc, options: &WriteOptions, allow: LossKinds) -> Result<MemoryFiles> {
    let discs = [disc];
    let plan = Mdf.plan(&discs, "out", options)?;
    let files = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "source",
        reader: &|input| match Mdf.open(input)? {
            Opened::Discs(discs) => Ok(discs),
            Opened::Bytes { .. } => panic!("an image is no wrapper"),
        },
    };
    let report = execute(&plan, &discs, &how)?;
    assert!(report.verified_tracks.unwrap() > 0);
    Ok(files)
}

fn again(files: &MemoryFiles) -> Disc {
    open_named(files, "out.mds").unwrap()
}

fn track(number: u8, mode: TrackMode, indexes: &[(u8, i32)], end: i32) -> Track {
    let indexes = indexes.iter().map(|(index, lba)| (*index, Lba(*lba))).collect();
    Track { number, mode, control: Control::default(), isrc: None, indexes, end: Lba(end) }
}

fn stored(lbas: std::ops::Range<i32>, mode: TrackMode, offset: usize, form: Form) -> Extent {
    Extent::stored(Lba(lbas.start)..Lba(lbas.end), mode, Place { source: SourceId(0), offset: offset as u64, form })
}

fn gap(lbas: std::ops::Range<i32>, mode: TrackMode) -> Extent {
    Extent::gap(Lba(lbas.start)..Lba(lbas.end), mode)
}

fn disc(media: Media, sessions: Vec<(Vec<Track>, i32)>, extents: Vec<Extent>, bytes: Vec<u8>) -> Disc {
    let session = |(tracks, lead_out)| Session { kind: SessionKind::CdRom, tracks, lead_out: Lba(lead_out) };
    let toc = Toc { media, sessions: sessions.into_iter().map(session).collect(), mcn: None, cd_text: None };
    let source = Arc::new(Bytes::new("source.bin", bytes));
    let parts = DiscParts { toc, sources: vec![source], extents, notes: vec![], checks: vec![], extras: vec![] };
    Disc::new("source.bin", parts).unwrap()
}

fn change(disc: Disc, how: impl FnOnce(&mut DiscParts)) -> Disc {
    let mut parts = disc.into_parts();
    how(&mut parts);
    Disc::new("source.bin", parts).unwrap()
}

const AUDIO: TrackMode = TrackMode::Audio;
const MODE1: TrackMode = TrackMode::Mode1;

/// Data; sound behind a gap of no file, with flags; sound behind a stored gap; a second session of Mode 2.
fn rich() -> Disc {
    let user = Rng::new(2).bytes(6 * 2048);
    let xa =
        discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 }.build();
    let bytes = [as_mode1(0, &user), sound(1, 8), silence(2), sound(3, 3), as_xa(11_424, &xa)].concat();
    let xa_sectors = i32::try_from(xa.user.len() / 2048).unwrap();
    let mut audio = track(2, AUDIO, &[(0, 6), (1, 11)], 19);
    audio.control = Control { dcp: true, pre_emphasis: true, ..Control::default() };
    let third = track(3, AUDIO, &[(0, 19), (1, 21)], 24);
    let second = track(4, TrackMode::Mode2, &[(1, 11_424)], 11_424 + xa_sectors);
    let sessions = vec![(vec![track(1, MODE1, &[(1, 0)], 6), audio, third], 24), (vec![second], 11_424 + xa_sectors)];
    let extents = vec![
        stored(0..6, MODE1, 0, Form::RAW),
        gap(6..11, AUDIO),
        stored(11..24, AUDIO, 6 * RAW, Form::RAW),
        stored(11_424..11_424 + xa_sectors, TrackMode::Mode2, 19 * RAW, Form::RAW),
    ];
    change(disc(Media::Cd, sessions, extents, bytes), |parts| parts.toc.sessions[1].kind = SessionKind::Xa)
}

fn sounding(sectors: i32) -> Disc {
    let tracks = vec![track(1, AUDIO, &[(1, 0)], sectors)];
    let bytes = sound(1, sectors.unsigned_abs());
    disc(Media::Cd, vec![(tracks, sectors)], vec![stored(0..sectors, AUDIO, 0, Form::RAW)], bytes)
}

fn subchannel(sub: Sub, coding: SubCoding) -> Disc {
    let bytes = with_subchannel(&as_mode1(0, &Rng::new(5).bytes(4 * 2048)), sub);
    let form = Form { sub: Some(coding), stride: 2352 + u32::try_from(coding.bytes()).unwrap(), ..Form::RAW };
    disc(Media::Cd, vec![(vec![track(1, MODE1, &[(1, 0)], 4)], 4)], vec![stored(0..4, MODE1, 0, form)], bytes)
}

fn film() -> Disc {
    let tracks = vec![track(1, MODE1, &[(1, 0)], 8)];
    disc(Media::Dvd, vec![(tracks, 8)], vec![stored(0..8, MODE1, 0, Form::USER)], Rng::new(6).bytes(8 * 2048))
}

#[test]
fn plans() {
    let mut text = String::new();
    for (name, disc, options) in [
        ("rich", rich(), WriteOptions::default()),
        ("rich, 2448", rich(), sector(2448)),
        ("rich, 2048", rich(), sector(2048)),
        ("subchannel", subchannel(Sub::Interleaved, SubCoding::Interleaved), WriteOptions::default()),
        ("subchannel, 2352", subchannel(Sub::Packed, SubCoding::Packed), sector(2352)),
        ("a film", film(), WriteOptions::default()),
    ] {
        text += &format!("== {name}\n{}", outline::plan(&plan(&disc, &options).unwrap()));
    }
    insta::assert_snapshot!(text);
}

/// The descriptor, byte for byte: laid by hand it is the same, but for one footer instead of one for each track.
#[test]
fn tables() {
    let tracks = vec![told(1, 0xAA, 0, 150, 6, 0), told(2, 0xA9, 11, 5, 8, 6), told(3, 0xA9, 21, 2, 3, 16)];
    let mut mds = cd(tracks);
    mds.sessions[0].3[1].control = 0x13;
    let xa = rich().toc().sessions[1].tracks[0].end.0 - 11_424;
    mds.sessions.push((11_274, 11_424 + xa, 0x20, vec![told(4, 0xAB, 11_424, 150, xa.unsigned_abs(), 19)]));
    let mut wanted = mds.bytes();
    let (blocks, footers) = (0x58 + 2 * 0x18, 0x58 + 2 * 0x18 + 10 * 0x58);
    assert_eq!(wanted[wanted.len() - 6..], *b"*.mdf\0");
    wanted.truncate(footers);
    put(&mut wanted, footers, &(footers as u32 + 0x10).to_le_bytes());
    put(&mut wanted, footers + 0x10, b"*.mdf\0");
    for block in [3, 4, 5, 9] {
        put(&mut wanted, blocks + 0x50 * block + 0x34, &(footers as u32).to_le_bytes());
    }
    // Control of the points: that of the first track, then of the last.
    for block in [1, 2] {
        put(&mut wanted, blocks + 0x50 * block + 2, &[0x10]);
    }
    let written = write(rich(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    let found = written.get("out.mds").unwrap();
    let differing: Vec<String> = (0..found.len().max(wanted.len()))
        .filter(|at| found.get(*at) != wanted.get(*at))
        .map(|at| format!("{at:#X}: {:02X?}, not {:02X?}", found.get(at), wanted.get(at)))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(written.get("out.mdf").unwrap().len() as u64, rich().sources()[0].len());
}

#[test]
fn tables_of_a_dvd() {
    let written = write(film(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(written.get("out.mds").unwrap()[..], dvd(8).bytes());
    assert_eq!(written.get("out.mdf").unwrap()[..], Rng::new(6).bytes(8 * 2048));
}

#[test]
fn everything_comes_back() {
    for options in [WriteOptions::default(), sector(2352), sector(2448), sector(2048)] {
        let files = write(rich(), &options, LossKinds::NONE.with(LossKind::Subheader)).unwrap();
        let disc = again(&files);
        assert_eq!(outline::toc(disc.toc()), outline::toc(rich().toc()), "{options:?}");
        assert!(disc.notes().is_empty(), "{:?}", disc.notes());
        // And again, to the byte.
        let second = write(disc, &options, LossKinds::NONE).unwrap();
        for name in ["out.mds", "out.mdf"] {
            assert!(second.get(name) == files.get(name), "{options:?} {name}");
        }
    }
}

/// Every coding becomes interleaved, none is left out, and none is made where there is one.
#[test]
fn subchannel_survives() {
    let data = |disc, options: &WriteOptions| write(disc, options, LossKinds::NONE).map(|files| files.get("out.mdf").unwrap());
    let interleaved = || subchannel(Sub::Interleaved, SubCoding::Interleaved);
    let kept = data(interleaved(), &WriteOptions::default()).unwrap();
    for (sub, coding) in [(Sub::Packed, SubCoding::Packed), (Sub::Pq16, SubCoding::Pq16)] {
        assert!(data(subchannel(sub, coding), &WriteOptions::default()).unwrap() == kept, "{coding:?}");
    }
    let raw = as_mode1(0, &Rng::new(5).bytes(4 * 2048));
    assert!(kept[..] == with_subchannel(&raw, Sub::Interleaved));
    // Something in R to W.
    let mut bytes = with_subchannel(&raw, Sub::Interleaved);
    bytes[2448 + 2352 + 7] |= 0x15;
    let disc = change(interleaved(), |parts| parts.sources[0] = Arc::new(Bytes::new("source.bin", bytes.clone())));
    assert!(data(disc.clone(), &WriteOptions::default()).unwrap()[..] == bytes);
    let refused = write(disc, &sector(2352), LossKinds::NONE);
    assert!(matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses[0].kind == LossKind::Subchannel));
}

/// Codes are lost, unless the subchannel has them: then the reader finds them there.
#[test]
fn codes() {
    let form = Form::RAW_SUB;
    let bytes: Vec<u8> = (0..12)
        .flat_map(|lba: i32| {
            let q = match lba {
                5 => q_mcn(0, "4006408123456", lba),
                7 => q_isrc(0, "DEABC0000001", lba),
                _ => q_position(0, 1, 1, lba.unsigned_abs(), lba),
            };
            [&sound(1, 1)[..], &interleave(&packed_block(false, &q))].concat()
        })
        .collect();
    let source =
        |bytes| disc(Media::Cd, vec![(vec![track(1, AUDIO, &[(1, 0)], 12)], 12)], vec![stored(0..12, AUDIO, 0, form)], bytes);
    let with = |disc, mcn, isrc| {
        change(disc, |parts| {
            parts.toc.mcn = Mcn::new(mcn);
            parts.toc.sessions[0].tracks[0].isrc = Isrc::new(isrc);
        })
    };
    let coded = with(source(bytes.clone()), "4006408123456", "DEABC0000001");
    let files = write(coded.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(outline::toc(again(&files).toc()), outline::toc(coded.toc()));
    // The subchannel says something else, nothing, or is left out.
    let other = with(source(bytes), "1111111111111", "DEABC0000001");
    let plain = with(sounding(4), "4006408123456", "DEABC0000001");
    for (disc, options, kinds) in [
        (other, WriteOptions::default(), &[LossKind::Mcn][..]),
        (plain.clone(), WriteOptions::default(), &[LossKind::Mcn, LossKind::Isrc]),
        (plain, sector(2448), &[LossKind::Mcn, LossKind::Isrc]),
        (coded, sector(2352), &[LossKind::Mcn, LossKind::Isrc]),
    ] {
        match write(disc.clone(), &options, LossKinds::NONE) {
            Err(Error::WouldLose { losses, .. }) => {
                assert_eq!(losses.iter().map(|loss| loss.kind).collect::<Vec<_>>(), kinds, "{losses:?}");
            }
            other => panic!("{:?}", other.map(|files| files.names())),
        }
        assert!(write(disc, &options, LossKinds::of(kinds)).is_ok());
    }
}

/// A pause that holds something is kept; a blank one is left out.
#[test]
fn the_pause_before_lba_0() {
    let bytes = [silence(100), sound(3, 50), sound(1, 4)].concat();
    let silent = [silence(150), sound(1, 4)].concat();
    for (bytes, indexes, found, sectors) in [
        (&bytes, &[(0, -150), (1, 0)][..], "00@-150 01@0", 154),
        (&bytes, &[(1, 0)], "00@-150 01@0", 154),
        (&silent, &[(0, -150), (1, 0)], "01@0", 4),
        (&silent, &[(1, 0)], "01@0", 4),
    ] {
        let tracks = vec![track(1, AUDIO, indexes, 4)];
        let disc = disc(Media::Cd, vec![(tracks, 4)], vec![stored(-150..4, AUDIO, 0, Form::RAW)], bytes.clone());
        let files = write(disc, &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(outline::toc(again(&files).toc()).lines().last().unwrap(), format!("  track 01 audio {found} end 4"));
        assert!(files.get("out.mdf").unwrap()[..] == bytes[bytes.len() - sectors * RAW..]);
    }
}

/// Sound before INDEX 01 of track 1, stored or nowhere.
#[test]
fn hidden_sound() {
    for (extents, bytes) in [
        (vec![stored(0..44, AUDIO, 0, Form::RAW)], sound(1, 44)),
        (vec![gap(0..40, AUDIO), stored(40..44, AUDIO, 0, Form::RAW)], sound(1, 4)),
        (vec![gap(0..30, AUDIO), stored(30..44, AUDIO, 0, Form::RAW)], sound(1, 14)),
    ] {
        let source = disc(Media::Cd, vec![(vec![track(1, AUDIO, &[(0, 0), (1, 40)], 44)], 44)], extents, bytes.clone());
        let files = write(source.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(outline::toc(again(&files).toc()), outline::toc(source.toc()));
        assert!(files.get("out.mdf").unwrap()[..] == bytes);
    }
}

/// A pause of no file before a later session stays of no file; a stored one stays stored; INDEX 00 in no file is stored.
#[test]
fn pauses_of_later_sessions() {
    let all = [sound(1, 4), silence(150), sound(2, 4)].concat();
    let after = || stored(11_404..11_408, AUDIO, 154 * RAW, Form::RAW);
    for (indexes, extents, len) in [
        (&[(1, 11_404)][..], vec![after()], 8),
        (&[(0, 11_254), (1, 11_404)], vec![stored(11_254..11_408, AUDIO, 4 * RAW, Form::RAW)], 158),
        (&[(0, 11_254), (1, 11_404)], vec![gap(11_254..11_404, AUDIO), after()], 158),
        (&[(0, 11_400), (1, 11_404)], vec![gap(11_400..11_404, AUDIO), after()], 12),
        (&[(0, 11_244), (1, 11_404)], vec![gap(11_244..11_404, AUDIO), after()], 8),
    ] {
        let sessions = vec![(vec![track(1, AUDIO, &[(1, 0)], 4)], 4), (vec![track(2, AUDIO, indexes, 11_408)], 11_408)];
        let extents = [vec![stored(0..4, AUDIO, 0, Form::RAW)], extents].concat();
        let source = disc(Media::Cd, sessions, extents, all.clone());
        let files = write(source.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(outline::toc(again(&files).toc()), outline::toc(source.toc()));
        assert_eq!(files.get("out.mdf").unwrap().len(), len * RAW, "{indexes:?}");
    }
}

/// Gaps in no file stay so where a descriptor can say it.
#[test]
fn gaps() {
    let bytes = sound(1, 20);
    for (first_end, extents, stored_sectors) in [
        // A pregap.
        (6, vec![stored(0..6, AUDIO, 0, Form::RAW), gap(6..9, AUDIO), stored(9..20, AUDIO, 6 * RAW, Form::RAW)], 17),
        // A postgap.
        (6, vec![stored(0..4, AUDIO, 0, Form::RAW), gap(4..6, AUDIO), stored(6..20, AUDIO, 6 * RAW, Form::RAW)], 20),
        // A pregap whose end is stored; and one whose beginning is.
        (6, vec![stored(0..6, AUDIO, 0, Form::RAW), gap(6..8, AUDIO), stored(8..20, AUDIO, 6 * RAW, Form::RAW)], 18),
        (6, vec![stored(0..8, AUDIO, 0, Form::RAW), gap(8..9, AUDIO), stored(9..20, AUDIO, 8 * RAW, Form::RAW)], 20),
    ] {
        let tracks = vec![track(1, AUDIO, &[(1, 0)], first_end), track(2, AUDIO, &[(0, 6), (1, 9)], 20)];
        let source = disc(Media::Cd, vec![(tracks, 20)], extents, bytes.clone());
        let files = write(source.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(outline::toc(again(&files).toc()), outline::toc(source.toc()));
        assert_eq!(files.get("out.mdf").unwrap().len(), stored_sectors * RAW);
    }
}

/// Sectors between tracks that nobody has become a pregap.
#[test]
fn a_hole_between_tracks() {
    let tracks = vec![track(1, AUDIO, &[(1, 0)], 4), track(2, AUDIO, &[(1, 10)], 14)];
    let extents = vec![stored(0..4, AUDIO, 0, Form::RAW), stored(10..14, AUDIO, 4 * RAW, Form::RAW)];
    let files = write(disc(Media::Cd, vec![(tracks, 14)], extents, sound(1, 8)), &WriteOptions::default(), LossKinds::NONE);
    assert!(outline::toc(again(&files.unwrap()).toc()).contains("track 02 audio 00@4 01@10 end 14"));
}

/// What only this format knows comes back with it.
#[test]
fn extras_come_back() {
    let mut mds = dvd(8);
    mds.structures = [vec![1; 4], vec![2; 2048], vec![0; 2048]].concat();
    mds.bca = vec![7; 188];
    mds.dpm = vec![vec![1, 0, 256, 2, 10, 20]];
    let disc = open(&mds.with(&Rng::new(6).bytes(8 * 2048))).unwrap();
    let files = write(disc, &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(files.get("out.mds").unwrap()[..], mds.bytes());
}

#[test]
fn losses() {
    let flags = change(sounding(4), |parts| parts.toc.sessions[0].tracks[0].control.scms = true);
    let packs = cd_text::block(&["D", "E"], &["H", "I"], 1);
    let text = change(sounding(4), |parts| parts.toc.cd_text = Some(CdText { packs, blocks: vec![] }));
    let index = change(sounding(4), |parts| parts.toc.sessions[0].tracks[0].indexes.push((2, Lba(2))));
    let lead_out = change(sounding(6), |parts| {
        parts.toc.sessions[0].tracks[0].end = Lba(4);
        parts.toc.sessions[0].lead_out = Lba(4);
    });
    for (disc, kind) in
        [(flags, LossKind::Flags), (text, LossKind::CdText), (index, LossKind::Index), (lead_out, LossKind::Pregap)]
    {
        let refused = write(disc.clone(), &WriteOptions::default(), LossKinds::NONE);
        assert!(
            matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses.len() == 1 && losses[0].kind == kind),
            "{kind:?}"
        );
        assert!(write(disc, &WriteOptions::default(), LossKinds::of(&[kind])).is_ok());
    }
}

#[test]
fn refusals() {
    let of_media = |media| change(sounding(4), |parts| parts.toc.media = media);
    let film_of = |media| change(film(), |parts| parts.toc.media = media);
    let long = {
        let tracks = vec![track(1, AUDIO, &[(1, 0)], 449_851)];
        disc(Media::Cd, vec![(tracks, 449_851)], vec![gap(0..449_851, AUDIO)], vec![])
    };
    let mixed_pregap = {
        let tracks = vec![track(1, AUDIO, &[(1, 0)], 4), track(2, MODE1, &[(0, 4), (1, 6)], 8)];
        let bytes = [sound(1, 6), as_mode1(6, &[1; 2 * 2048])].concat();
        let extents = vec![stored(0..6, AUDIO, 0, Form::RAW), stored(6..8, MODE1, 6 * RAW, Form::RAW)];
        disc(Media::Cd, vec![(tracks, 8)], extents, bytes)
    };
    assert!(write(mixed_pregap.clone(), &WriteOptions::default(), LossKinds::NONE).is_ok());
    let rows = [
        ("GD-ROM", plan(&of_media(Media::Gd), &WriteOptions::default())),
        ("UMD", plan(&film_of(Media::Umd), &WriteOptions::default())),
        ("Blu-ray", plan(&film_of(Media::Bd), &WriteOptions::default())),
        ("too long", plan(&long, &WriteOptions::default())),
        ("a film, 2352", plan(&film(), &sector(2352))),
        ("2000", plan(&sounding(4), &sector(2000))),
        ("Mode 1 as 2336", plan(&rich(), &sector(2336))),
        ("sound before data as 2048", plan(&mixed_pregap, &sector(2048))),
        ("two discs", Mdf.plan(&[sounding(4), sounding(4)], "out", &WriteOptions::default())),
    ];
    let text: Vec<String> = rows
        .into_iter()
        .map(|(name, outcome)| {
            let error = outcome.unwrap_err();
            format!("== {name}\n{error}\nhint: {}", error.hint().unwrap_or_default())
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

/// 2048-byte sectors of who knows what are called a DVD.
#[test]
fn an_unknown_medium() {
    let unknown = change(film(), |parts| parts.toc.media = Media::Unknown);
    let plan = plan(&unknown, &WriteOptions::default()).unwrap();
    assert_eq!(plan.notes, ["the medium is not known; the descriptor says DVD-ROM"]);
    assert_eq!(again(&write(unknown, &WriteOptions::default(), LossKinds::NONE).unwrap()).toc().media, Media::Dvd);
}

/// What begins later than LBA 0, as a lone later session does, stays there.
#[test]
fn a_disc_that_begins_late() {
    let bytes = as_mode1(11_413, &Rng::new(9).bytes(20 * 2048));
    let tracks = vec![track(1, MODE1, &[(1, 11_413)], 11_433)];
    let source = disc(Media::Cd, vec![(tracks, 11_433)], vec![stored(11_413..11_433, MODE1, 0, Form::RAW)], bytes);
    let written = write(source.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(outline::toc(again(&written).toc()), outline::toc(source.toc()));
}
