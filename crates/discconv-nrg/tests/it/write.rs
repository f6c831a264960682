//! What the writer plans, what it writes, and that its own reader proves it.

use crate::lay::{lines, open};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Form};
use discconv_core::{
    CdText, CdTextBlock, CdTextKind, Control, Disc, DiscParts, Error, Execution, Extent, Format, FormatWriter, Isrc, Lba,
    LossKind, LossKinds, Mcn, Media, Opened, Place, Plan, Quiet, Result, Serial, Session, SessionKind, SourceId, SubCoding, Toc,
    Track, TrackMode, WriteOptions, execute, outline,
};
use discconv_nrg::Nrg;
use discconv_testkit::reference::{RAW, packed_block, q_isrc, q_mcn, q_position};
use discconv_testkit::stored::{Sub, as_mode1, as_xa, sound, with_subchannel};
use discconv_testkit::{Rng, cd_text};
use std::sync::Arc;

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

fn plan(disc: &Disc, options: &WriteOptions) -> Result<Plan> {
    Nrg.plan(std::slice::from_ref(disc), "out", options)
}

/// Write, prove, and give the file back.
pub(crate) fn write(disc: Disc, options: &WriteOptions, allow: LossKinds) -> Result<Vec<u8>> {
    let discs = [disc];
    let plan = Nrg.plan(&discs, "out", options)?;
    let files = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "source",
        reader: &|input| match Nrg.open(input)? {
            Opened::Discs(discs) => Ok(discs),
            Opened::Bytes { .. } => panic!("an image is no wrapper"),
        },
    };
    let report = execute(&plan, &discs, &how)?;
    assert!(report.verified_tracks.unwrap() > 0);
    Ok(files.get("out.nrg").unwrap().to_vec())
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

/// Data; sound behind a gap of no file, with indexes and flags; a second session of Mode 2.
fn rich() -> Disc {
    let user = Rng::new(2).bytes(6 * 2048);
    let xa =
        discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 }.build();
    let bytes = [as_mode1(0, &user), sound(1, 8), as_xa(11_419, &xa)].concat();
    let xa_sectors = i32::try_from(xa.user.len() / 2048).unwrap();
    let mut audio = track(2, AUDIO, &[(0, 6), (1, 11), (2, 13), (3, 17)], 19);
    audio.control = Control { dcp: true, pre_emphasis: true, ..Control::default() };
    audio.isrc = Isrc::new("DEABC0000002");
    let second = track(3, TrackMode::Mode2, &[(1, 11_419)], 11_419 + xa_sectors);
    let sessions = vec![(vec![track(1, MODE1, &[(1, 0)], 6), audio], 19), (vec![second], 11_419 + xa_sectors)];
    let extents = vec![
        stored(0..6, MODE1, 0, Form::RAW),
        gap(6..11, AUDIO),
        stored(11..19, AUDIO, 6 * RAW, Form::RAW),
        stored(11_419..11_419 + xa_sectors, TrackMode::Mode2, 14 * RAW, Form::RAW),
    ];
    change(disc(Media::Cd, sessions, extents, bytes), |parts| {
        parts.toc.mcn = Mcn::new("4006408123456");
        parts.toc.sessions[1].kind = SessionKind::Xa;
        let packs = cd_text::block(&["D", "E", "F", "G"], &["H", "I", "J", "K"], 3);
        parts.toc.cd_text = Some(CdText { packs, blocks: vec![] });
    })
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

/// The tables, byte for byte.
#[test]
fn tables() {
    let bytes = write(sounding(4), &WriteOptions::default(), LossKinds::NONE).unwrap();
    let at = 154 * RAW;
    assert!(bytes[..150 * RAW].iter().all(|byte| *byte == 0));
    let mut wanted = b"CUEX\0\0\0\x20\x01\0\0\0\xFF\xFF\xFF\x6A\x01\x01\0\0\xFF\xFF\xFF\x6A".to_vec();
    wanted.extend(b"\x01\x01\x01\0\0\0\0\0\x01\xAA\x01\0\0\0\0\x04");
    wanted.extend(b"DAOX\0\0\0\x40\0\0\0\x40");
    wanted.extend([0; 14]);
    wanted.extend([0, 1, 1, 1]);
    wanted.extend([0; 12]);
    wanted.extend([0x09, 0x30, 7, 0, 0, 1]);
    wanted.extend([0, 150 * 2352_u64, 154 * 2352].iter().flat_map(|offset| offset.to_be_bytes()));
    wanted.extend(b"SINF\0\0\0\x04\0\0\0\x01MTYP\0\0\0\x04\0\0\0\x01END!\0\0\0\0NER5");
    wanted.extend(at.to_be_bytes());
    assert_eq!(bytes[at..], wanted);
}

#[test]
fn everything_comes_back() {
    for options in [WriteOptions::default(), sector(2352), sector(2448), sector(2048)] {
        let bytes = write(rich(), &options, LossKinds::NONE.with(LossKind::Subheader)).unwrap();
        let found = lines(&bytes, &["media", "mcn", "cd-text", "session", "track", "note", "damage"]);
        let wanted = lines_of(&change(rich(), |parts| parts.notes.clear()));
        assert_eq!(found[..2], wanted[..2]);
        assert_eq!(found[3..], wanted[3..], "{options:?}");
        let disc = open(&bytes).unwrap();
        assert_eq!(disc.toc().cd_text.as_ref().unwrap().packs, rich().toc().cd_text.as_ref().unwrap().packs);
        // And again, to the byte.
        assert!(write(disc, &options, LossKinds::NONE).unwrap() == bytes, "{options:?}");
    }
}

fn lines_of(disc: &Disc) -> Vec<String> {
    let text = outline::toc(disc.toc());
    text.lines().map(|line| line.trim_start().to_owned()).filter(|line| !line.starts_with("Title")).collect()
}

/// Every coding becomes interleaved, none is left out, and none is made where there is one.
#[test]
fn subchannel_survives() {
    let kept = write(subchannel(Sub::Interleaved, SubCoding::Interleaved), &WriteOptions::default(), LossKinds::NONE).unwrap();
    for (sub, coding) in [(Sub::Packed, SubCoding::Packed), (Sub::Pq16, SubCoding::Pq16)] {
        assert!(write(subchannel(sub, coding), &WriteOptions::default(), LossKinds::NONE).unwrap() == kept, "{coding:?}");
    }
    let raw = as_mode1(0, &Rng::new(5).bytes(4 * 2048));
    assert!(kept[150 * 2448..].starts_with(&with_subchannel(&raw, Sub::Interleaved)));
    // Something in R to W.
    let mut bytes = with_subchannel(&raw, Sub::Interleaved);
    bytes[2448 + 2352 + 7] |= 0x15;
    let disc = change(subchannel(Sub::Interleaved, SubCoding::Interleaved), |parts| {
        parts.sources[0] = Arc::new(Bytes::new("source.bin", bytes.clone()));
    });
    assert!(write(disc.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap()[150 * 2448..].starts_with(&bytes));
    let refused = write(disc, &sector(2352), LossKinds::NONE);
    assert!(matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses[0].kind == LossKind::Subchannel), "{refused:?}");
}

/// The pause that is made is a pause: blank sectors with their own addresses, P set and Q counting down.
#[test]
fn a_made_pause() {
    let bytes = write(subchannel(Sub::Packed, SubCoding::Packed), &WriteOptions::default(), LossKinds::NONE).unwrap();
    use discconv_testkit::reference::{interleave, mode1};
    for lba in [-150, -1] {
        let at = usize::try_from(lba + 150).unwrap() * 2448;
        assert!(bytes[at..at + RAW] == mode1(lba, &[]), "LBA {lba}");
        let q = q_position(4, 1, 0, lba.unsigned_abs() - 1, lba);
        assert_eq!(bytes[at + RAW..at + 2448], interleave(&packed_block(true, &q)), "LBA {lba}");
    }
}

/// Codes that only the subchannel has are found there; those of the tables stand.
#[test]
fn codes_of_the_subchannel() {
    let form = Form { sub: Some(SubCoding::Packed), ..Form::RAW_SUB };
    let frames = (0..12).flat_map(|lba: i32| {
        let q = match lba {
            5 => q_mcn(0, "4006408123456", lba),
            7 => q_isrc(0, "DEABC0000001", lba),
            _ => q_position(0, 1, 1, lba.unsigned_abs(), lba),
        };
        [&sound(1, 1)[..], &packed_block(false, &q)].concat()
    });
    let source =
        disc(Media::Cd, vec![(vec![track(1, AUDIO, &[(1, 0)], 12)], 12)], vec![stored(0..12, AUDIO, 0, form)], frames.collect());
    let told = change(source.clone(), |parts| parts.toc.mcn = Mcn::new("1111111111111"));
    let track = "track 01 audio 01@0 end 12";
    let with_isrc = &format!("{track} isrc DEABC0000001");
    for (disc, options, expected) in [
        (source.clone(), WriteOptions::default(), &["mcn 4006408123456", with_isrc][..]),
        (told, WriteOptions::default(), &["mcn 1111111111111", with_isrc]),
        (source, sector(2352), &[track]),
    ] {
        let written = write(disc, &options, LossKinds::NONE).unwrap();
        assert_eq!(lines(&written, &["mcn", "track"]), expected);
    }
}

#[test]
fn a_pause_that_is_not_blank() {
    let bytes = [vec![0; 100 * RAW], sound(3, 50), sound(1, 4)].concat();
    let tracks = vec![track(1, AUDIO, &[(0, -150), (1, 0)], 4)];
    let full = disc(Media::Cd, vec![(tracks, 4)], vec![stored(-150..4, AUDIO, 0, Form::RAW)], bytes.clone());
    let written = write(full, &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(written.starts_with(&bytes));
    assert_eq!(lines(&written, &["track"]), ["track 01 audio 00@-150 01@0 end 4"]);
    // Told by no index, but stored: still there.
    let silent = [vec![0; 150 * RAW], sound(1, 4)].concat();
    for (bytes, index) in [(bytes, "00@-150 01@0"), (silent, "01@0")] {
        let tracks = vec![track(1, AUDIO, &[(1, 0)], 4)];
        let disc = disc(Media::Cd, vec![(tracks, 4)], vec![stored(-150..4, AUDIO, 0, Form::RAW)], bytes);
        let written = write(disc, &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(lines(&written, &["track"]), [format!("track 01 audio {index} end 4")]);
    }
}

/// A pause of no file before a later session stays of no file; a stored one stays stored.
#[test]
fn pauses_of_later_sessions() {
    let bytes = [sound(1, 4), vec![0; 150 * RAW], sound(2, 4)].concat();
    for (indexes, extent) in [
        (&[(1, 11_404)][..], stored(11_404..11_408, AUDIO, 154 * RAW, Form::RAW)),
        (&[(0, 11_254), (1, 11_404)], stored(11_254..11_408, AUDIO, 4 * RAW, Form::RAW)),
    ] {
        let sessions = vec![(vec![track(1, AUDIO, &[(1, 0)], 4)], 4), (vec![track(2, AUDIO, indexes, 11_408)], 11_408)];
        let source = disc(Media::Cd, sessions, vec![stored(0..4, AUDIO, 0, Form::RAW), extent], bytes.clone());
        let written = write(source.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(lines(&written, &["media", "session", "track"]), lines_of(&source));
    }
}

fn texts(language: u8, texts: &[(CdTextKind, u8, &str)]) -> Option<CdText> {
    let texts = texts.iter().map(|(kind, track, text)| ((*kind, *track), (*text).to_owned())).collect();
    Some(CdText { blocks: vec![CdTextBlock { language, texts }], packs: vec![] })
}

/// Strings of a sheet come back as strings, packs as packs.
#[test]
fn cd_text_comes_back() {
    use CdTextKind::{Genre, Performer, Title};
    let rows = [
        texts(
            0,
            &[(Title, 0, "Triangles"), (Title, 1, "Stra\u{DF}e"), (Performer, 1, "The Recurrences"), (Genre, 0, "Synthetic")],
        ),
        texts(0, &[(Title, 0, "\u{30BD}\u{30D5}\u{30C8}"), (Title, 1, "mixed \u{30C8}")]),
    ];
    for text in rows {
        let source = change(sounding(4), |parts| parts.toc.cd_text = text.clone());
        let written = write(source, &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(open(&written).unwrap().toc().cd_text, text);
    }
    // In a language: the same strings, now with packs.
    let text = texts(9, &[(Title, 0, "In English")]);
    let source = change(sounding(4), |parts| parts.toc.cd_text = text.clone());
    let written = open(&write(source, &WriteOptions::default(), LossKinds::NONE).unwrap()).unwrap();
    assert_eq!(written.toc().cd_text.as_ref().unwrap().blocks, text.unwrap().blocks);
    assert!(!written.toc().cd_text.as_ref().unwrap().packs.is_empty());
}

#[test]
fn losses() {
    let flags = change(sounding(4), |parts| parts.toc.sessions[0].tracks[0].control.scms = true);
    let text =
        change(sounding(4), |parts| parts.toc.cd_text = texts(0, &[(CdTextKind::Title, 0, "Stra\u{DF}e \u{2013} \u{20AC}")]));
    let lead_out = change(sounding(6), |parts| {
        parts.toc.sessions[0].tracks[0].end = Lba(4);
        parts.toc.sessions[0].lead_out = Lba(4);
    });
    for (disc, kind) in [(flags, LossKind::Flags), (text, LossKind::CdText), (lead_out, LossKind::Pregap)] {
        let refused = write(disc.clone(), &WriteOptions::default(), LossKinds::NONE);
        assert!(
            matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses.len() == 1 && losses[0].kind == kind),
            "{refused:?}"
        );
        assert!(write(disc, &WriteOptions::default(), LossKinds::of(&[kind])).is_ok());
    }
}

#[test]
fn refusals() {
    let of_media = |media| change(sounding(4), |parts| parts.toc.media = media);
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
        ("UMD", plan(&change(film(), |parts| parts.toc.media = Media::Umd), &WriteOptions::default())),
        ("too long", plan(&long, &WriteOptions::default())),
        ("a film, 2352", plan(&film(), &sector(2352))),
        ("2000", plan(&sounding(4), &sector(2000))),
        ("Mode 1 as 2336", plan(&rich(), &sector(2336))),
        ("sound before data as 2048", plan(&mixed_pregap, &sector(2048))),
        ("two discs", Nrg.plan(&[sounding(4), sounding(4)], "out", &WriteOptions::default())),
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

/// Media other than CDs come back as what they are.
#[test]
fn other_media() {
    for media in [Media::Dvd, Media::Bd] {
        let source = change(film(), |parts| parts.toc.media = media);
        let written = write(source.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(lines(&written, &["media", "session", "track"]), lines_of(&source));
        assert!(written[150 * 2048..].starts_with(&Rng::new(6).bytes(8 * 2048)));
    }
}

/// What begins later than LBA 0, as a lone later session does, stays there.
#[test]
fn a_disc_that_begins_late() {
    let bytes = as_mode1(11_413, &Rng::new(9).bytes(20 * 2048));
    let tracks = vec![track(1, MODE1, &[(1, 11_413)], 11_433)];
    let source = disc(Media::Cd, vec![(tracks, 11_433)], vec![stored(11_413..11_433, MODE1, 0, Form::RAW)], bytes);
    let written = write(source.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(lines(&written, &["media", "session", "track", "note"]), lines_of(&source));
}
