//! The bytes of a descriptor.

use crate::extras::{self, BCA, DPM, STRUCTURES};
use crate::names::DEFAULT;
use crate::target::{Target, TargetTrack};
use crate::wire::{self, ExtraBlock, Footer, Header, SessionBlock, TrackBlock};
use discconv_core::{Extra, ExtraKind, Lba, Session};
use discconv_sector::PREGAP_SECTORS;

/// The version that is written: what the oldest programs read, and as much as there is to say.
const VERSION: [u8; 2] = [1, 3];
/// Q carries a position (ECMA-130 22.3.3).
const ADR_POSITION: u8 = 1;
/// Blocks of a session that are no tracks.
const POINTS: usize = 3;

/// Where everything is.
struct Places {
    tracks: u64,
    extra_blocks: u64,
    structures: u64,
    bca: u64,
    footer: u64,
    name: u64,
    dpm: u64,
}

/// The extra of `kind` that the disc came with, where it may be written.
fn extra<'a>(target: &Target<'a>, kind: ExtraKind) -> &'a [u8] {
    let extras = if target.is_dvd() { target.disc.extras() } else { &[] };
    extras.iter().find(|extra| extra.kind == kind).map_or(&[], |extra| &extra.bytes)
}

fn measurements<'a>(target: &Target<'a>) -> impl Iterator<Item = &'a Extra> + Clone {
    target.disc.extras().iter().filter(|extra| extra.kind == DPM)
}

/// Track blocks of a session.
fn blocks(target: &Target<'_>, tracks: usize) -> usize {
    if target.is_dvd() { tracks } else { tracks + POINTS }
}

fn places(target: &Target<'_>) -> Places {
    let sessions = &target.disc.toc().sessions;
    let count: usize = sessions.iter().map(|session| blocks(target, session.tracks.len())).sum();
    let tracks = wire::HEADER + wire::SESSION * sessions.len() as u64;
    let extra_blocks = tracks + wire::TRACK * count as u64;
    let structures = extra_blocks + if target.is_dvd() { 0 } else { wire::EXTRA * count as u64 };
    let bca = structures + extra(target, STRUCTURES).len() as u64;
    let footer = bca + extra(target, BCA).len() as u64;
    let name = footer + wire::FOOTER;
    Places { tracks, extra_blocks, structures, bca, footer, name, dpm: name + DEFAULT.len() as u64 + 1 }
}

/// A place in the descriptor, which is far below 4 GiB.
fn word(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn short(value: usize) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

/// The whole descriptor.
pub(crate) fn descriptor(target: &Target<'_>) -> Vec<u8> {
    let places = places(target);
    let mut bytes = [wire::MAGIC, &VERSION].concat();
    bytes.extend(wire::bytes_of(&header(target, &places)));
    let mut at = places.tracks;
    for (number, session) in target.disc.toc().sessions.iter().enumerate() {
        let tracks: Vec<_> = target.tracks.iter().filter(|track| track.session == number).collect();
        bytes.extend(wire::bytes_of(&session_block(target, number, session, &tracks, word(at))));
        at += wire::TRACK * blocks(target, tracks.len()) as u64;
    }
    let mut extra_blocks = Vec::new();
    for (number, session) in target.disc.toc().sessions.iter().enumerate() {
        let tracks: Vec<_> = target.tracks.iter().filter(|track| track.session == number).collect();
        if !target.is_dvd() {
            points(session, &tracks).iter().for_each(|point| bytes.extend(wire::bytes_of(point)));
            extra_blocks.extend([ExtraBlock::default(); POINTS]);
        }
        for track in tracks {
            let sectors = track.track.sectors();
            let extra =
                if target.is_dvd() { sectors } else { word(places.extra_blocks + wire::EXTRA * extra_blocks.len() as u64) };
            bytes.extend(wire::bytes_of(&track_block(target, track, extra, word(places.footer))));
            extra_blocks.push(ExtraBlock { pregap: track.pregap, sectors });
        }
    }
    if !target.is_dvd() {
        extra_blocks.iter().for_each(|extra| bytes.extend(wire::bytes_of(extra)));
    }
    bytes.extend(extra(target, STRUCTURES));
    bytes.extend(extra(target, BCA));
    bytes.extend(wire::bytes_of(&Footer { name_at: word(places.name), wide: 0 }));
    bytes.extend(DEFAULT.as_bytes());
    bytes.push(0);
    if measurements(target).next().is_some() {
        bytes.extend(extras::write_measurements(measurements(target), places.dpm));
    }
    bytes
}

fn header(target: &Target<'_>, places: &Places) -> Header {
    let bca = u16::try_from(extra(target, BCA).len()).unwrap_or(0);
    Header {
        medium: if target.is_dvd() { wire::MEDIUM_DVD } else { wire::MEDIUM_CD },
        sessions: short(target.disc.toc().sessions.len()),
        two: 2,
        bca_bytes: bca,
        bca_at: if bca == 0 { 0 } else { word(places.bca) },
        structures_at: if extra(target, STRUCTURES).is_empty() { 0 } else { word(places.structures) },
        sessions_at: word(wire::HEADER),
        dpm_at: if measurements(target).next().is_none() { 0 } else { word(places.dpm) },
    }
}

fn session_block(
    target: &Target<'_>,
    number: usize,
    session: &Session,
    tracks: &[&TargetTrack<'_>],
    tracks_at: u32,
) -> SessionBlock {
    let of = |track: Option<&&TargetTrack<'_>>| track.map_or(0, |track| track.track.number);
    let start = tracks.first().map_or(Lba::ZERO, |track| match number {
        _ if target.is_dvd() => track.track.start(),
        0 => track.begin.max(Lba::ZERO) - PREGAP_SECTORS,
        _ => Lba(track.track.start().0.saturating_sub_unsigned(track.pregap)),
    });
    let count = blocks(target, tracks.len());
    SessionBlock {
        start: start.0,
        end: session.lead_out.0,
        number: short(number + 1),
        blocks: u8::try_from(count).unwrap_or(u8::MAX),
        other_blocks: u8::try_from(count - tracks.len()).unwrap_or(0),
        first: of(tracks.first()).into(),
        last: of(tracks.last()).into(),
        tracks_at,
    }
}

fn control(track: &TargetTrack<'_>) -> u8 {
    ADR_POSITION << 4 | track.track.control.nibble(track.track.mode)
}

fn msf(lba: Lba) -> [u8; 3] {
    let msf = lba.to_msf();
    [msf.m, msf.s, msf.f]
}

/// First track, last track, lead-out.
fn points(session: &Session, tracks: &[&TargetTrack<'_>]) -> Vec<TrackBlock> {
    let (Some(first), Some(last)) = (tracks.first(), tracks.last()) else { return Vec::new() };
    let point = |track: &TargetTrack<'_>, point, pointed| TrackBlock {
        adr_control: control(track),
        point,
        pointed,
        ..TrackBlock::default()
    };
    vec![
        point(first, wire::POINT_FIRST, [first.track.number, session.kind.disc_type(), 0]),
        point(last, wire::POINT_LAST, [last.track.number, 0, 0]),
        point(last, wire::POINT_LEAD_OUT, msf(session.lead_out)),
    ]
}

fn track_block(target: &Target<'_>, track: &TargetTrack<'_>, extra: u32, footers_at: u32) -> TrackBlock {
    TrackBlock {
        mode: track.mode_byte,
        sub: if track.form.sub.is_some() { wire::SUB_INTERLEAVED } else { 0 },
        adr_control: control(track),
        tno: 0,
        point: track.track.number,
        time: [0; 4],
        pointed: if target.is_dvd() { [0; 3] } else { msf(track.track.start()) },
        extra,
        sector_bytes: u16::try_from(track.form.stride).unwrap_or(0),
        two: 2,
        start: track.track.start().0,
        offset: track.offset,
        files: 1,
        footers_at,
    }
}
