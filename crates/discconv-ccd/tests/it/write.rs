//! What the writer plans, what it writes, and that its own reader proves it.

use crate::lay::{open_in, picked, q};
use discconv_ccd::Ccd;
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Bytes, CdText, CdTextBlock, CdTextKind, Control, Disc, DiscParts, Error, Execution, Extent, Form, Format, FormatWriter, Isrc,
    Lba, LossKind, LossKinds, Main, Mcn, Media, Opened, Place, Plan, Quiet, Result, Serial, Session, SessionKind, SourceId,
    SubCoding, Toc, Track, TrackMode, WriteOptions, execute, outline,
};
use discconv_testkit::reference::{RAW, packed_block, q_isrc, q_mcn, q_position};
use discconv_testkit::stored::{Sub, as_mode1, as_xa, silence, sound, with_subchannel};
use discconv_testkit::{Rng, cd_text};
use std::sync::Arc;

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

fn plan(disc: &Disc, options: &WriteOptions) -> Result<Plan> {
    Ccd.plan(std::slice::from_ref(disc), "out", options)
}

/// Write, prove, and give the files back.
pub(crate) fn write(disc: Disc, options: &WriteOptions, allow: LossKinds) -> Result<MemoryFiles> {
    let discs = [disc];
    let plan = Ccd.plan(&discs, "out", options)?;
    let files = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "source",
        reader: &|input| match Ccd.open(input)? {
            Opened::Discs(discs) => Ok(discs),
            Opened::Bytes { .. } => panic!("an image is no wrapper"),
        },
    };
    let report = execute(&plan, &discs, &how)?;
    assert!(report.verified_tracks.unwrap() > 0);
    Ok(files)
}

/// Are the bytes the same? Says where not, without printing them.
#[track_caller]
pub(crate) fn same(found: &[u8], wanted: &[u8], what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    let at = found.iter().zip(wanted).position(|(found, wanted)| found != wanted);
    assert_eq!(at, None, "{what}");
}

/// What was written, opened.
pub(crate) fn again(files: &MemoryFiles) -> Disc {
    let renamed: MemoryFiles =
        files.names().into_iter().map(|name| (name.replace("out.", "x."), files.get(&name).unwrap().to_vec())).collect();
    open_in(&renamed).unwrap()
}

fn lines_of(disc: &Disc) -> Vec<String> {
    picked(&outline::disc(disc), &["media", "mcn", "session", "track", "damage"])
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

fn disc(sessions: Vec<(Vec<Track>, i32)>, extents: Vec<Extent>, bytes: Vec<u8>) -> Disc {
    let session = |(tracks, lead_out)| Session { kind: SessionKind::CdRom, tracks, lead_out: Lba(lead_out) };
    let toc = Toc { media: Media::Cd, sessions: sessions.into_iter().map(session).collect(), mcn: None, cd_text: None };
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

/// Data; sound behind a gap of no file, with indexes and flags; a second session of Mode 2 with a stored pause.
fn rich() -> Disc {
    let user = Rng::new(2).bytes(20 * 2048);
    let volume =
        discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 };
    let xa = volume.build();
    let sectors = i32::try_from(xa.user.len() / 2048).unwrap();
    let (start, end) = (11_433, 11_433 + sectors);
    let bytes = [as_mode1(0, &user), sound(1, 8), silence(40), as_xa(start, &xa)].concat();
    let mut audio = track(2, AUDIO, &[(0, 20), (1, 25), (2, 27), (3, 31)], 33);
    audio.control = Control { dcp: true, pre_emphasis: true, scms: true, four_channel: false };
    audio.isrc = Isrc::new("DEABC0000002");
    let second = track(3, TrackMode::Mode2, &[(0, start - 40), (1, start)], end);
    let sessions = vec![(vec![track(1, MODE1, &[(1, 0)], 20), audio], 33), (vec![second], end)];
    let extents = vec![
        stored(0..20, MODE1, 0, Form::RAW),
        gap(20..25, AUDIO),
        stored(25..33, AUDIO, 20 * RAW, Form::RAW),
        stored(start - 40..end, TrackMode::Mode2, 28 * RAW, Form::RAW),
    ];
    change(disc(sessions, extents, bytes), |parts| {
        parts.toc.mcn = Mcn::new("4006408123456");
        parts.toc.sessions[1].kind = SessionKind::Xa;
        let packs = cd_text::block(&["D", "E", "F", "G"], &["H", "I", "J", "K"], 3);
        parts.toc.cd_text = Some(CdText { blocks: CdTextBlock::from_packs(&packs), packs });
    })
}

fn sounding(sectors: i32) -> Disc {
    let bytes = sound(1, sectors.unsigned_abs());
    disc(vec![(vec![track(1, AUDIO, &[(1, 0)], sectors)], sectors)], vec![stored(0..sectors, AUDIO, 0, Form::RAW)], bytes)
}

/// Four sectors of data with subchannel behind each.
fn subchannel(sub: Sub, coding: SubCoding) -> Disc {
    let bytes = with_subchannel(&as_mode1(0, &Rng::new(5).bytes(4 * 2048)), sub);
    let form = Form { sub: Some(coding), stride: 2352 + u32::try_from(coding.bytes()).unwrap(), ..Form::RAW };
    disc(vec![(vec![track(1, MODE1, &[(1, 0)], 4)], 4)], vec![stored(0..4, MODE1, 0, form)], bytes)
}

#[test]
fn plans() {
    let mut text = String::new();
    for (name, disc, options) in [
        ("rich", rich(), WriteOptions::default()),
        ("subchannel", subchannel(Sub::Interleaved, SubCoding::Interleaved), WriteOptions::default()),
        ("no subchannel", subchannel(Sub::Packed, SubCoding::Packed), sector(2352)),
    ] {
        text += &format!("== {name}\n{}", outline::plan(&plan(&disc, &options).unwrap()));
    }
    insta::assert_snapshot!(text);
}

/// The text, line by line.
#[test]
fn descriptor() {
    let files = write(rich(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    let text = String::from_utf8(files.get("out.ccd").unwrap().to_vec()).unwrap();
    assert!(text.replace("\r\n", "").find(['\r', '\n']).is_none(), "every line ends with CR LF");
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}

#[test]
fn everything_comes_back() {
    for options in [WriteOptions::default(), sector(2352), sector(2448)] {
        let files = write(rich(), &options, LossKinds::NONE).unwrap();
        assert_eq!(files.get("out.sub").is_some(), options.sector != Some(2352));
        let disc = again(&files);
        assert_eq!(lines_of(&disc), lines_of(&rich()));
        assert_eq!(disc.toc().cd_text, rich().toc().cd_text);
        // And again, to the byte.
        let twice = write(disc, &options, LossKinds::NONE).unwrap();
        files.names().iter().for_each(|name| same(&twice.get(name).unwrap(), &files.get(name).unwrap(), name));
    }
}

/// The image has no more than the sectors of its sessions, and the subchannel a record for each.
#[test]
fn lengths() {
    let files = write(rich(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    let sectors = 33 + 40 + rich().toc().sessions[1].tracks[0].sectors();
    assert_eq!(files.get("out.img").unwrap().len(), sectors as usize * RAW);
    assert_eq!(files.get("out.sub").unwrap().len(), sectors as usize * 96);
}

/// Every coding becomes packed, none is left out, and none is made where there is one.
#[test]
fn subchannel_survives() {
    let raw = as_mode1(0, &Rng::new(5).bytes(4 * 2048));
    let wanted: Vec<u8> =
        (0..4).flat_map(|lba: i32| packed_block(false, &q_position(4, 1, 1, lba.unsigned_abs(), lba))).collect();
    for (sub, coding) in
        [(Sub::Interleaved, SubCoding::Interleaved), (Sub::Packed, SubCoding::Packed), (Sub::Pq16, SubCoding::Pq16)]
    {
        let disc = subchannel(sub, coding);
        assert!(
            plan(&disc, &WriteOptions::default()).unwrap().notes.contains(&"the subchannel is that of the source".to_owned())
        );
        let files = write(disc, &WriteOptions::default(), LossKinds::NONE).unwrap();
        same(&files.get("out.sub").unwrap(), &wanted, "sub");
        same(&files.get("out.img").unwrap(), &raw, "img");
    }
    // Something in R to W, and a Q that is wrong on purpose.
    let mut bytes = with_subchannel(&raw, Sub::Packed);
    bytes[2448 + 2352 + 40] = 0x55;
    bytes[2 * 2448 + 2352 + 20] ^= 0x80;
    let disc = change(subchannel(Sub::Packed, SubCoding::Packed), |parts| {
        parts.sources[0] = Arc::new(Bytes::new("source.bin", bytes.clone()));
    });
    let files = write(disc.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    let kept: Vec<u8> = bytes.chunks(2448).flat_map(|record| &record[2352..]).copied().collect();
    same(&files.get("out.sub").unwrap(), &kept, "sub");
    let refused = write(disc, &sector(2352), LossKinds::NONE);
    assert!(matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses[0].kind == LossKind::Subchannel), "{refused:?}");
}

/// Where there is none, P and Q are those of a disc with these tracks, and the plan says so.
#[test]
fn subchannel_is_made() {
    let notes = plan(&rich(), &WriteOptions::default()).unwrap().notes;
    assert!(notes.contains(&"the source stores no subchannel: P and Q are made from the tracks".to_owned()), "{notes:?}");
    let sub = write(rich(), &WriteOptions::default(), LossKinds::NONE).unwrap().get("out.sub").unwrap();
    for (sector, p, position) in [
        (0, true, q_position(4, 1, 1, 0, 0)),
        (19, false, q_position(4, 1, 1, 19, 19)),
        (20, true, q_position(3, 2, 0, 4, 20)),
        (24, true, q_position(3, 2, 0, 0, 24)),
        (26, false, q_position(3, 2, 1, 1, 26)),
        (28, false, q_position(3, 2, 2, 3, 28)),
        // Behind the first session: the pause of the second.
        (33, true, q_position(4, 3, 0, 39, 11_393)),
        (74, false, q_position(4, 3, 1, 1, 11_434)),
    ] {
        assert_eq!(sub[sector * 96..][..96], packed_block(p, &position), "sector {sector}");
    }
}

/// A part with and a part without.
#[test]
fn subchannel_of_some_sectors() {
    let bytes = [with_subchannel(&as_mode1(0, &Rng::new(5).bytes(4 * 2048)), Sub::Packed), as_mode1(4, &[9; 3 * 2048])].concat();
    let form = Form { sub: Some(SubCoding::Packed), stride: 2448, ..Form::RAW };
    let extents = vec![stored(0..4, MODE1, 0, form), stored(4..7, MODE1, 4 * 2448, Form::RAW)];
    let disc = disc(vec![(vec![track(1, MODE1, &[(1, 0)], 7)], 7)], extents, bytes);
    let notes = plan(&disc, &WriteOptions::default()).unwrap().notes;
    assert_eq!(
        notes,
        ["the subchannel of 4 sectors is that of the source; of 3 it stores none: P and Q are made from the tracks"]
    );
    write(disc, &WriteOptions::default(), LossKinds::NONE).unwrap();
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
    let source = disc(vec![(vec![track(1, AUDIO, &[(1, 0)], 12)], 12)], vec![stored(0..12, AUDIO, 0, form)], frames.collect());
    let told = change(source.clone(), |parts| parts.toc.mcn = Mcn::new("1111111111111"));
    let track = "track 01 audio 01@0 end 12";
    let with_isrc = &format!("{track} isrc DEABC0000001");
    for (disc, options, expected) in [
        (source.clone(), WriteOptions::default(), &["mcn 4006408123456", with_isrc][..]),
        (told, WriteOptions::default(), &["mcn 1111111111111", with_isrc]),
        (source, sector(2352), &[track]),
    ] {
        let written = write(disc, &options, LossKinds::NONE).unwrap();
        assert_eq!(picked(&outline::disc(&again(&written)), &["mcn", "track"]), expected);
    }
}

/// A Q that knows of a pause which the table of contents has not: the text says that there is none.
#[test]
fn q_and_tracks_at_odds() {
    let record = |lba: i32| match lba {
        0..15 => q(0, 1, 1, lba.unsigned_abs(), lba),
        15..20 => q(0, 2, 0, (19 - lba).unsigned_abs(), lba),
        _ => q(0, 2, 1, lba.unsigned_abs() - 20, lba),
    };
    let bytes: Vec<u8> = sound(1, 40).chunks(RAW).zip(0..).flat_map(|(raw, lba)| [raw, &record(lba)].concat()).collect();
    let form = Form { sub: Some(SubCoding::Packed), stride: 2448, ..Form::RAW };
    for (indexes, said) in
        [(&[(1, 20)][..], "INDEX 0=20\r\nINDEX 1=20\r\n"), (&[(0, 15), (1, 20)], "INDEX 0=15\r\nINDEX 1=20\r\n")]
    {
        let tracks = vec![track(1, AUDIO, &[(1, 0)], indexes[0].1), track(2, AUDIO, indexes, 40)];
        let disc = disc(vec![(tracks, 40)], vec![stored(0..40, AUDIO, 0, form)], bytes.clone());
        let files = write(disc.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert!(String::from_utf8_lossy(&files.get("out.ccd").unwrap()).ends_with(said));
        assert_eq!(lines_of(&again(&files)), lines_of(&disc));
    }
}

/// The image begins at LBA 0. What is before that is a loss if there is something in it.
#[test]
fn the_pause_before_lba_0() {
    let image = |pause: Vec<u8>, indexes: &[(u8, i32)]| {
        let bytes = [pause, sound(1, 4)].concat();
        disc(vec![(vec![track(1, AUDIO, indexes, 4)], 4)], vec![stored(-150..4, AUDIO, 0, Form::RAW)], bytes)
    };
    for indexes in [&[(1, 0)][..], &[(0, -150), (1, 0)]] {
        let blank = image(silence(150), indexes);
        let notes = plan(&blank, &WriteOptions::default()).unwrap().notes;
        assert_eq!(notes[0], "the stored sectors LBA -150 to -1 lie before LBA 0, where the image begins, and are not written");
        let files = write(blank, &WriteOptions::default(), LossKinds::NONE).unwrap();
        same(&files.get("out.img").unwrap(), &sound(1, 4), "img");
        let refused = write(image(sound(3, 150), indexes), &WriteOptions::default(), LossKinds::NONE);
        assert!(matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses[0].kind == LossKind::Pregap), "{refused:?}");
    }
    // Hidden sound behind it belongs to the track.
    let bytes = sound(1, 9);
    let hidden = disc(vec![(vec![track(1, AUDIO, &[(0, 0), (1, 5)], 9)], 9)], vec![stored(0..9, AUDIO, 0, Form::RAW)], bytes);
    let files = write(hidden.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(lines_of(&again(&files)), lines_of(&hidden));
}

/// Sectors of 2048 and 2336 bytes become whole ones.
#[test]
fn sectors_are_rebuilt() {
    let user = Rng::new(4).bytes(20 * 2048);
    let plain = disc(vec![(vec![track(1, MODE1, &[(1, 0)], 20)], 20)], vec![stored(0..20, MODE1, 0, Form::USER)], user.clone());
    let files = write(plain, &WriteOptions::default(), LossKinds::NONE).unwrap();
    same(&files.get("out.img").unwrap(), &as_mode1(0, &user), "img");
}

/// What begins later than LBA 0, as a lone later session does, stays there.
#[test]
fn a_disc_that_begins_late() {
    for indexes in [&[(1, 11_413)][..], &[(0, 11_410), (1, 11_413)]] {
        let first = indexes[0].1;
        let sectors = usize::try_from(11_433 - first).unwrap();
        let bytes = as_mode1(first, &Rng::new(9).bytes(sectors * 2048));
        let tracks = vec![track(1, MODE1, indexes, 11_433)];
        let late = disc(vec![(tracks, 11_433)], vec![stored(first..11_433, MODE1, 0, Form::RAW)], bytes.clone());
        let files = write(late.clone(), &WriteOptions::default(), LossKinds::NONE).unwrap();
        same(&files.get("out.img").unwrap(), &bytes, "img");
        assert_eq!(lines_of(&again(&files)), lines_of(&late));
    }
}

/// Packs are written without their CRC and come back with it; strings come back as strings.
#[test]
fn cd_text_comes_back() {
    let texts = |language: u8, title: &str| {
        let texts = [((CdTextKind::Title, 0), title.to_owned()), ((CdTextKind::Performer, 1), "Somebody".to_owned())].into();
        Some(CdText { blocks: vec![CdTextBlock { language, texts }], packs: vec![] })
    };
    for text in [texts(0, "Stra\u{DF}e"), texts(0, "\u{30BD}\u{30D5}\u{30C8}")] {
        let source = change(sounding(4), |parts| parts.toc.cd_text = text.clone());
        assert_eq!(again(&write(source, &WriteOptions::default(), LossKinds::NONE).unwrap()).toc().cd_text, text);
    }
    let source = change(sounding(4), |parts| parts.toc.cd_text = texts(9, "In English"));
    let found = again(&write(source, &WriteOptions::default(), LossKinds::NONE).unwrap());
    assert_eq!(found.toc().cd_text.as_ref().unwrap().blocks, texts(9, "In English").unwrap().blocks);
}

#[test]
fn losses() {
    let texts = [((CdTextKind::Title, 0), "Stra\u{DF}e \u{2013} \u{20AC}".to_owned())].into();
    let text = CdText { blocks: vec![CdTextBlock { language: 0, texts }], packs: vec![] };
    let text = change(sounding(4), |parts| parts.toc.cd_text = Some(text));
    let lead_out = change(sounding(4), |parts| parts.toc.sessions[0].lead_out = Lba(6));
    let between = {
        let tracks = vec![track(1, AUDIO, &[(1, 0)], 4), track(2, AUDIO, &[(1, 6)], 8)];
        disc(vec![(tracks, 8)], vec![stored(0..4, AUDIO, 0, Form::RAW), stored(6..8, AUDIO, 4 * RAW, Form::RAW)], sound(1, 6))
    };
    let at_end = change(sounding(4), |parts| parts.toc.sessions[0].tracks[0].indexes.push((2, Lba(4))));
    let rows = [(text, LossKind::CdText), (lead_out, LossKind::Sessions), (between, LossKind::Pregap), (at_end, LossKind::Index)];
    let mut told = String::new();
    for (disc, kind) in rows {
        let refused = write(disc.clone(), &WriteOptions::default(), LossKinds::NONE);
        assert!(
            matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses.len() == 1 && losses[0].kind == kind),
            "{refused:?}"
        );
        told += &format!("{}\n", refused.unwrap_err());
        assert!(write(disc, &WriteOptions::default(), LossKinds::of(&[kind])).is_ok());
    }
    insta::assert_snapshot!(told);
}

#[test]
fn refusals() {
    let of_media = |media| change(sounding(4), |parts| parts.toc.media = media);
    let long = disc(vec![(vec![track(1, AUDIO, &[(1, 0)], 449_851)], 449_851)], vec![gap(0..449_851, AUDIO)], vec![]);
    let film = |media| {
        let source =
            disc(vec![(vec![track(1, MODE1, &[(1, 0)], 8)], 8)], vec![stored(0..8, MODE1, 0, Form::USER)], vec![1; 8 * 2048]);
        change(source, |parts| parts.toc.media = media)
    };
    let before = disc(vec![(vec![track(1, AUDIO, &[(1, -10)], 4)], 4)], vec![stored(-10..4, AUDIO, 0, Form::RAW)], sound(1, 14));
    let rows = [
        ("GD-ROM", plan(&of_media(Media::Gd), &WriteOptions::default())),
        ("DVD", plan(&film(Media::Dvd), &WriteOptions::default())),
        ("too long", plan(&long, &WriteOptions::default())),
        ("before LBA 0", plan(&before, &WriteOptions::default())),
        ("2048", plan(&sounding(4), &sector(2048))),
        ("two discs", Ccd.plan(&[sounding(4), sounding(4)], "out", &WriteOptions::default())),
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

/// Nothing of a record's main bytes is in the file of subchannel.
#[test]
fn form_of_the_subchannel_file() {
    let disc = again(&write(sounding(4), &WriteOptions::default(), LossKinds::NONE).unwrap());
    let sub = disc.extents()[0].sub.unwrap();
    assert_eq!((sub.form.main, sub.form.sub, sub.form.stride), (Main::None, Some(SubCoding::Packed), 96));
}
