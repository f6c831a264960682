//! Discs to be written, laid by hand.

use discconv_core::{
    Bytes, CdText, Control, Disc, DiscParts, Extent, Form, Isrc, Lba, Mcn, Media, Place, Session, SessionKind, SourceId,
    SubCoding, Toc, Track, TrackMode,
};
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::{Sub, as_mode1, as_xa, sound, with_subchannel};
use discconv_testkit::{Rng, cd_text};
use std::sync::Arc;

pub(crate) const AUDIO: TrackMode = TrackMode::Audio;
pub(crate) const MODE1: TrackMode = TrackMode::Mode1;

pub(crate) fn track(number: u8, mode: TrackMode, indexes: &[(u8, i32)], end: i32) -> Track {
    let indexes = indexes.iter().map(|(index, lba)| (*index, Lba(*lba))).collect();
    Track { number, mode, control: Control::default(), isrc: None, indexes, end: Lba(end) }
}

pub(crate) fn stored(lbas: std::ops::Range<i32>, mode: TrackMode, offset: usize, form: Form) -> Extent {
    Extent::stored(Lba(lbas.start)..Lba(lbas.end), mode, Place { source: SourceId(0), offset: offset as u64, form })
}

pub(crate) fn gap(lbas: std::ops::Range<i32>, mode: TrackMode) -> Extent {
    Extent::gap(Lba(lbas.start)..Lba(lbas.end), mode)
}

pub(crate) fn disc(media: Media, sessions: Vec<(Vec<Track>, i32)>, extents: Vec<Extent>, bytes: Vec<u8>) -> Disc {
    let sessions = sessions
        .into_iter()
        .map(|(tracks, lead_out)| Session { kind: SessionKind::CdRom, tracks, lead_out: Lba(lead_out) })
        .collect();
    let toc = Toc { media, sessions, mcn: None, cd_text: None };
    let (notes, checks, extras) = (vec![], vec![], vec![]);
    Disc::new("x", DiscParts { toc, sources: vec![Arc::new(Bytes::new("source.bin", bytes))], extents, notes, checks, extras })
        .unwrap()
}

pub(crate) fn change(disc: &Disc, change: impl FnOnce(&mut DiscParts)) -> Disc {
    let mut parts = disc.clone().into_parts();
    change(&mut parts);
    Disc::new("x", parts).unwrap()
}

/// Data, sound with a gap of no file, indexes and codes, and a second session of Mode 2 whose pause is stored.
pub(crate) fn rich() -> Disc {
    let user = Rng::new(2).bytes(6 * 2048);
    let xa = discconv_testkit::iso9660::Volume { system: "", label: "XA", xa: true, boot: vec![], files: vec![], base_lba: 0 };
    let xa = xa.build();
    let pause: Vec<u8> =
        (11_269..11_419).flat_map(|lba| discconv_testkit::reference::form2(lba, [0, 0, 0x20, 0], &[0; 2324], true)).collect();
    let bytes = [as_mode1(0, &user), sound(1, 8), pause, as_xa(11_419, &xa)].concat();
    let end = 11_419 + i32::try_from(xa.user.len() / 2048).unwrap();
    let mut audio = track(2, AUDIO, &[(0, 6), (1, 11), (2, 13), (3, 17)], 19);
    audio.control = Control { dcp: true, pre_emphasis: true, ..Control::default() };
    audio.isrc = Isrc::new("DEABC0000002");
    let second = track(3, TrackMode::Mode2, &[(0, 11_269), (1, 11_419)], end);
    let extents = vec![
        stored(0..6, MODE1, 0, Form::RAW),
        gap(6..11, AUDIO),
        stored(11..19, AUDIO, 6 * RAW, Form::RAW),
        stored(11_269..end, TrackMode::Mode2, 14 * RAW, Form::RAW),
    ];
    let sessions = vec![(vec![track(1, MODE1, &[(1, 0)], 6), audio], 19), (vec![second], end)];
    change(&disc(Media::Cd, sessions, extents, bytes), |parts| {
        parts.toc.mcn = Mcn::new("4006408123456");
        parts.toc.sessions[1].kind = SessionKind::Xa;
        let packs = cd_text::block(&["D", "E", "F", "G"], &["H", "I", "J", "K"], 3);
        parts.toc.cd_text = CdText::from_packs(&packs);
    })
}

pub(crate) fn sounding(sectors: i32) -> Disc {
    let tracks = vec![track(1, AUDIO, &[(1, 0)], sectors)];
    let bytes = sound(1, sectors.unsigned_abs());
    disc(Media::Cd, vec![(tracks, sectors)], vec![stored(0..sectors, AUDIO, 0, Form::RAW)], bytes)
}

pub(crate) fn subchannel(sub: Sub, coding: SubCoding) -> Disc {
    let bytes = with_subchannel(&as_mode1(0, &Rng::new(5).bytes(4 * 2048)), sub);
    let form = Form { sub: Some(coding), stride: 2352 + u32::try_from(coding.bytes()).unwrap(), ..Form::RAW };
    disc(Media::Cd, vec![(vec![track(1, MODE1, &[(1, 0)], 4)], 4)], vec![stored(0..4, MODE1, 0, form)], bytes)
}

pub(crate) fn film() -> Disc {
    let tracks = vec![track(1, MODE1, &[(1, 0)], 8)];
    disc(Media::Dvd, vec![(tracks, 8)], vec![stored(0..8, MODE1, 0, Form::USER)], Rng::new(6).bytes(8 * 2048))
}
