//! Discs to be written.

use discconv_core::{
    Bytes, CdText, Control, Disc, DiscParts, Extent, Form, Isrc, Lba, Mcn, Media, Place, Session, SessionKind, SourceId,
    SubCoding, Toc, Track, TrackMode,
};
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::{Sub, as_mode1, as_xa, sound, with_subchannel};
use discconv_testkit::{Rng, cd_text};
use std::sync::Arc;

const AUDIO: TrackMode = TrackMode::Audio;
const MODE1: TrackMode = TrackMode::Mode1;

fn track(number: u8, mode: TrackMode, indexes: &[(u8, i32)], end: i32) -> Track {
    let indexes = indexes.iter().map(|(index, lba)| (*index, Lba(*lba))).collect();
    Track { number, mode, control: Control::default(), isrc: None, indexes, end: Lba(end) }
}

fn stored(lbas: std::ops::Range<i32>, mode: TrackMode, offset: usize, form: Form) -> Extent {
    Extent::stored(Lba(lbas.start)..Lba(lbas.end), mode, Place { source: SourceId(0), offset: offset as u64, form })
}

fn disc(media: Media, sessions: Vec<(Vec<Track>, i32)>, extents: Vec<Extent>, bytes: Vec<u8>) -> Disc {
    let session = |(tracks, lead_out)| Session { kind: SessionKind::CdRom, tracks, lead_out: Lba(lead_out) };
    let toc = Toc { media, sessions: sessions.into_iter().map(session).collect(), mcn: None, cd_text: None };
    let source = Arc::new(Bytes::new("source.bin", bytes));
    let parts = DiscParts { toc, sources: vec![source], extents, notes: vec![], checks: vec![], extras: vec![] };
    Disc::new("source.bin", parts).unwrap()
}

/// Bytes as sectors of 2048.
pub(crate) fn sectors(bytes: Vec<u8>) -> Disc {
    let count = i32::try_from(bytes.len() / 2048).unwrap();
    let tracks = vec![track(1, MODE1, &[(1, 0)], count)];
    disc(Media::Dvd, vec![(tracks, count)], vec![stored(0..count, MODE1, 0, Form::USER)], bytes)
}

/// Text, noise, samples and zeros, as a film would have them.
pub(crate) fn film() -> Disc {
    let text = b"The quick sector jumps over the lazy lead-out. ".repeat(400);
    let few: Vec<u8> = Rng::new(4).bytes(9000).iter().map(|byte| byte.leading_zeros() as u8).collect();
    let wave: Vec<u8> = (0..8000_i32).flat_map(|n| ((n * n / 900 % 8000) as i16).to_le_bytes()).collect();
    let mut bytes = [text, Rng::new(6).bytes(9 * 2048), few, wave, vec![0; 8192]].concat();
    bytes.truncate(bytes.len() / 2048 * 2048);
    sectors(bytes)
}

/// Data, a sector of it with a wrong parity and one with a wrong sync; sound with a pregap of its own.
pub(crate) fn mixed() -> Disc {
    let mut user = Rng::new(2).bytes(6 * 2048);
    user.extend(b"Many a sector is text. ".repeat(3000));
    user.truncate(30 * 2048);
    let mut data = as_mode1(0, &user);
    data[3 * RAW + 2100] ^= 1;
    data[4 * RAW + 2] ^= 1;
    let bytes = [data, sound(1, 41)].concat();
    let tracks = vec![track(1, MODE1, &[(1, 0)], 30), track(2, AUDIO, &[(0, 30), (1, 34)], 71)];
    let extents = vec![stored(0..30, MODE1, 0, Form::RAW), stored(30..71, AUDIO, 30 * RAW, Form::RAW)];
    disc(Media::Cd, vec![(tracks, 71)], extents, bytes)
}

/// Data; sound behind a gap of no file, with indexes and flags; a second session of Mode 2.
pub(crate) fn rich() -> Disc {
    let user = Rng::new(2).bytes(6 * 2048);
    let xa = as_xa(
        11_419,
        &discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 }
            .build(),
    );
    let end = 11_419 + i32::try_from(xa.len() / RAW).unwrap();
    let bytes = [as_mode1(0, &user), sound(1, 8), xa].concat();
    let mut audio = track(2, AUDIO, &[(0, 6), (1, 11), (2, 13), (3, 17)], 19);
    audio.control = Control { dcp: true, pre_emphasis: true, ..Control::default() };
    audio.isrc = Isrc::new("DEABC0000002");
    let second = track(3, TrackMode::Mode2, &[(1, 11_419)], end);
    let extents = vec![
        stored(0..6, MODE1, 0, Form::RAW),
        Extent::gap(Lba(6)..Lba(11), AUDIO),
        stored(11..19, AUDIO, 6 * RAW, Form::RAW),
        stored(11_419..end, TrackMode::Mode2, 14 * RAW, Form::RAW),
    ];
    let sessions = vec![(vec![track(1, MODE1, &[(1, 0)], 6), audio], 19), (vec![second], end)];
    let mut parts = disc(Media::Cd, sessions, extents, bytes).into_parts();
    parts.toc.mcn = Mcn::new("4006408123456");
    parts.toc.sessions[1].kind = SessionKind::Xa;
    let packs = cd_text::block(&["D", "E", "F", "G"], &["H", "I", "J", "K"], 3);
    parts.toc.cd_text = CdText::from_packs(&packs);
    Disc::new("source.bin", parts).unwrap()
}

/// Data with subchannel that somebody stored.
pub(crate) fn subchannel(sub: Sub) -> Disc {
    let bytes = with_subchannel(&as_mode1(0, &Rng::new(5).bytes(10 * 2048)), sub);
    let coding = if matches!(sub, Sub::Packed) { SubCoding::Packed } else { SubCoding::Interleaved };
    let form = Form { sub: Some(coding), ..Form::RAW_SUB };
    disc(Media::Cd, vec![(vec![track(1, MODE1, &[(1, 0)], 10)], 10)], vec![stored(0..10, MODE1, 0, form)], bytes)
}
