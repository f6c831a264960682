//! Where each sector of a disc goes in the content of a CHD, and what the lines of its tracks say.

use crate::facts;
use crate::header::FRAME;
use crate::meta::{Private, Stored as GapIs, Sub, TrackLine, TrackType};
use discconv_core::image::{Signs, StoredTrack, check_medium, check_sort, does_not_fit, mode_of_track, record_forms};
use discconv_core::{Disc, Form, Lba, Main, Media, Piece, Result, SubCoding, Toc, Track, TrackMode, WriteOptions};
use std::ops::Range;

/// A CD or GD-ROM as frames.
pub(crate) struct Target {
    /// As the reader will find it.
    pub(crate) toc: Toc,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack>,
    /// What the lines of tracks cannot say.
    pub(crate) private: Private,
}

/// One track among the frames.
pub(crate) struct TargetTrack {
    /// On the disc.
    pub(crate) number: u8,
    pub(crate) line: TrackLine,
    /// The sectors that are stored.
    pub(crate) lbas: Range<Lba>,
    pub(crate) form: Form,
    /// Its frames and those that fill up.
    pub(crate) pieces: Vec<Piece>,
}

impl TargetTrack {
    pub(crate) fn stored(&self) -> StoredTrack {
        StoredTrack { number: self.number, lbas: self.lbas.clone(), form: self.form }
    }

    fn is_audio(&self) -> bool {
        self.line.kind == TrackType::Audio
    }
}

impl Target {
    /// Frames of samples, neighbouring tracks together.
    pub(crate) fn audio(&self) -> Vec<Range<u64>> {
        let mut audio: Vec<Range<u64>> = Vec::new();
        let mut at = 0;
        for track in &self.tracks {
            let end = at + track.line.padded_frames();
            match audio.last_mut() {
                _ if !track.is_audio() => {}
                Some(last) if last.end == at => last.end = end,
                _ => audio.push(at..end),
            }
            at = end;
        }
        audio
    }
}

/// Lay the disc out.
///
/// # Errors
/// [`discconv_core::Error::DoesNotFit`] for a disc that is larger than its medium; [`discconv_core::Error::Unsupported`] for a
/// sector size that is none.
pub(crate) fn build(disc: &Disc, options: &WriteOptions) -> Result<Target> {
    check_medium(disc, &[Media::Cd, Media::Gd])?;
    let asked = options.sector.map(|_| record_forms(disc, options)).transpose()?;
    let sub = match asked {
        Some((_, audio)) => audio.sub,
        None => disc.stored_sub().map(|_| SubCoding::Interleaved),
    };
    let mut tracks = Vec::new();
    for (track, line_number) in disc.toc().tracks().zip(1..) {
        let gaps = Gaps::of(disc, track);
        let main = match asked {
            _ if track.mode.is_audio() => Main::Frame(0, 2352),
            Some((data, _)) => data.main,
            None => stored_main(disc, track, &gaps.stored),
        };
        let kind = kind(track.mode, main);
        let form = Form { main, sub, stride: FRAME, twist: kind.form().twist };
        check_sort(disc, track, gaps.stored.clone(), &form)?;
        let line = line(line_number, kind, sub, &gaps);
        let pieces = disc.lay_out(0, gaps.stored.clone(), &form);
        tracks.push(TargetTrack { number: track.number, line, lbas: gaps.stored, form, pieces });
    }
    if disc.toc().media == Media::Gd {
        fill_up_to_next(disc, &mut tracks)?;
    }
    for track in &mut tracks {
        let stored: u64 = track.pieces.iter().map(Piece::len).sum();
        let filled = track.line.padded_frames() * u64::from(FRAME);
        Piece::Zeros(filled.saturating_sub(stored)).push_onto(&mut track.pieces);
    }
    let toc = expected(disc, &tracks);
    let private = facts::of(disc, &tracks);
    Ok(Target { toc, tracks, private })
}

/// What of a track is stored, and what is said of the rest.
struct Gaps {
    stored: Range<Lba>,
    /// Sectors of the gap before the track.
    pregap: u32,
    pregap_is: GapIs,
    /// Sectors behind the stored ones.
    postgap: u32,
}

impl Gaps {
    /// A gap that no file holds stays one if all of it is; else it is stored. Nothing before LBA 0 is.
    fn of(disc: &Disc, track: &Track) -> Gaps {
        let (first, start) = (track.first(), track.start());
        let holds = |lbas: Range<Lba>| disc.extents_in(lbas).any(|(_, extent)| extent.main.is_some());
        let from = if first < Lba::ZERO && start >= Lba::ZERO { Lba::ZERO } else { first };
        let postgap_at = disc.extents_in(start..track.end).filter(|(_, extent)| extent.main.is_some()).last();
        let end = postgap_at.map_or(track.end, |(lbas, _)| lbas.end);
        let (stored, pregap, pregap_is) = if holds(from..start) {
            (from..end, from.sectors_to(start), GapIs::InTrack)
        } else {
            // What is stored before LBA 0 has no place, so that there is nothing to be said of it.
            let first = if holds(first..start) { start } else { first };
            (start..end, first.sectors_to(start), GapIs::Nowhere)
        };
        Gaps { stored, pregap, pregap_is, postgap: end.sectors_to(track.end) }
    }
}

/// The bytes that all stored sectors of the track have, raw if they differ.
fn stored_main(disc: &Disc, track: &Track, stored: &Range<Lba>) -> Main {
    let places = disc.extents_in(stored.clone()).filter_map(|(_, extent)| extent.main);
    let mut mains: Vec<Main> = places.map(|place| place.form.main).collect();
    mains.dedup();
    match (&mains[..], track.mode) {
        ([Main::User], TrackMode::Mode1 | TrackMode::Mode2) => Main::User,
        ([Main::Frame(16, 2352)], TrackMode::Mode2) => Main::Frame(16, 2352),
        _ => Main::Frame(0, 2352),
    }
}

fn kind(mode: TrackMode, main: Main) -> TrackType {
    match (mode, main) {
        (TrackMode::Audio, _) => TrackType::Audio,
        (TrackMode::Mode2, Main::User) => TrackType::Mode2Form1,
        (TrackMode::Mode2, Main::Frame(16, _)) => TrackType::Mode2,
        (TrackMode::Mode2, _) => TrackType::Mode2Raw,
        (_, Main::User) => TrackType::Mode1,
        _ => TrackType::Mode1Raw,
    }
}

fn line(number: u8, kind: TrackType, sub: Option<SubCoding>, gaps: &Gaps) -> TrackLine {
    let sub = if sub.is_some() { Sub::Raw } else { Sub::None };
    let frames = gaps.stored.start.sectors_to(gaps.stored.end);
    let mut line = TrackLine::new(number, kind, sub, frames);
    line.pregap = gaps.pregap;
    line.postgap = gaps.postgap;
    if gaps.pregap_is == GapIs::InTrack {
        line.pregap_stored = GapIs::InTrack;
        line.pregap_kind = kind;
        line.pregap_sub = sub;
    }
    line
}

/// On a GD-ROM frames of zeros reach to where the next track begins, so that a frame's number is its address.
fn fill_up_to_next(disc: &Disc, tracks: &mut [TargetTrack]) -> Result<()> {
    let starts: Vec<Lba> = tracks.iter().map(|track| track.lbas.start).collect();
    for (number, track) in tracks.iter_mut().enumerate() {
        let next = starts.get(number + 1).copied().unwrap_or(track.lbas.end);
        let pad = track.lbas.end.sectors_to(next);
        // It is all said by where the next track is.
        track.line.frames += pad;
        track.line.pad = Some(pad);
        track.line.postgap = 0;
        if track.line.pregap_stored == GapIs::Nowhere {
            track.line.pregap = 0;
        }
    }
    match starts.first() {
        Some(first) if *first != Lba::ZERO => {
            let what = format!("its first track begins at LBA {first}; in a CHD of a GD-ROM it begins at 0");
            Err(does_not_fit(disc, what, "write .cue"))
        }
        _ => Ok(()),
    }
}

/// The table of contents that the reader will find.
fn expected(disc: &Disc, tracks: &[TargetTrack]) -> Toc {
    let mut toc = disc.toc().clone();
    for (track, target) in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).zip(tracks) {
        track.mode = read_mode(disc, target);
        if target.line.pregap == 0 && target.line.pad.is_none() {
            track.set_first(track.start());
        }
    }
    toc
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, target: &TargetTrack) -> TrackMode {
    let told = target.line.kind.mode();
    let data_bit = !told.is_audio();
    let seen = (target.form.is_raw() && data_bit).then(|| mode_of_track(disc, target.lbas.clone())).flatten();
    Signs { told: Some(told), data_bit, seen }.settle(target.form.main).unwrap_or(told)
}

/// Sectors of the one track of a disc without raw sectors.
///
/// # Errors
/// [`discconv_core::Error::DoesNotFit`] if there is more than that.
pub(crate) fn only_sectors(disc: &Disc) -> Result<Range<Lba>> {
    let mut tracks = disc.toc().tracks();
    match (tracks.next(), tracks.next()) {
        (Some(track), None) if track.first() == Lba::ZERO && track.start() == Lba::ZERO && !track.mode.is_audio() => {
            Ok(Lba::ZERO..track.end)
        }
        _ => Err(does_not_fit(disc, "a CHD of such a disc holds one track, from LBA 0 on", "write .iso")),
    }
}
