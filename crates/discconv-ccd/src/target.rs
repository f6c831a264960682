//! Where each sector of a disc goes in the image, and what the descriptor will say of it.

use crate::{content, sub, texts};
use discconv_core::image::{StoredTrack, SubCodes, check_medium, does_not_fit, mode_of_track};
use discconv_core::{
    At, CdText, Disc, Error, Form, Lba, Media, Piece, Result, Scratch, Tally, Toc, Track, TrackMode, WriteOptions,
};
use discconv_sector::SUB;
use std::ops::Range;

/// Everything that the descriptor says.
pub(crate) struct Target<'a> {
    pub(crate) disc: &'a Disc,
    /// As the reader will find it.
    pub(crate) toc: Toc,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack<'a>>,
    pub(crate) packs: Vec<[u8; 18]>,
    /// Is there a `.sub`?
    pub(crate) with_sub: bool,
}

/// One track in the image.
pub(crate) struct TargetTrack<'a> {
    pub(crate) track: &'a Track,
    /// Stored from here to the end.
    pub(crate) begin: Lba,
    pub(crate) end: Lba,
    /// The address of the first sector of its session that is stored.
    pub(crate) origin: Lba,
    /// Must it be said that there is no INDEX 00, since Q would tell of one?
    pub(crate) denies_pregap: bool,
}

impl TargetTrack<'_> {
    pub(crate) fn stored(&self, with_sub: bool) -> StoredTrack {
        let form = if with_sub { Form::RAW_SUB } else { Form::RAW };
        StoredTrack { number: self.track.number, lbas: self.begin..self.end, form }
    }
}

fn file(disc: &Disc) -> &str {
    disc.sources().first().map_or("", |source| source.name())
}

/// Can the disc be in a CloneCD image at all?
fn check(disc: &Disc) -> Result<()> {
    let media = disc.toc().media;
    match media {
        Media::Cd | Media::Gd => check_medium(disc, &[Media::Cd]),
        _ => Err(does_not_fit(disc, format!("a {} is no CD, and CloneCD images are of CDs", media.name()), "write .iso")),
    }
}

/// Is a `.sub` wanted?
fn with_sub(disc: &Disc, options: &WriteOptions) -> Result<bool> {
    match options.sector {
        None | Some(2448) => Ok(true),
        Some(2352) => Ok(false),
        Some(other) => {
            let what = format!("a CloneCD image has no sectors of {other} bytes");
            Err(Error::unsupported(file(disc), At::Whole, what)
                .with_hint("leave --sector away: sectors have 2352 bytes here; --sector 2352 writes no subchannel, 2448 does"))
        }
    }
}

/// Lay the disc out.
///
/// # Errors
/// [`Error::DoesNotFit`] for another medium; [`Error::Unsupported`] for a sector size that there is none of.
pub(crate) fn build<'a>(disc: &'a Disc, options: &WriteOptions) -> Result<Target<'a>> {
    check(disc)?;
    let with_sub = with_sub(disc, options)?;
    let has_sub = with_sub && disc.stored_sub().is_some();
    let mut tracks = Vec::new();
    for (session, told) in disc.toc().sessions.iter().enumerate() {
        let begin = |track: &Track| if session == 0 { track.first().max(Lba::ZERO) } else { track.first() };
        let origin = told.tracks.first().map_or(Lba::ZERO, begin);
        let ends = told.tracks.iter().skip(1).map(begin).chain(told.tracks.last().map(|track| track.end));
        let mut before: Option<&Track> = None;
        for (track, end) in told.tracks.iter().zip(ends) {
            let untold = has_sub && track.first() == track.start();
            let lowest = before.filter(|_| untold).map(|before| before.start() + 1);
            let denies_pregap = lowest.is_some_and(|lowest| pregap_by_q(disc, track, lowest));
            tracks.push(TargetTrack { track, begin: begin(track), end, origin, denies_pregap });
            before = Some(track);
        }
    }
    let packs = disc.toc().cd_text.as_ref().and_then(texts::packs).unwrap_or_default();
    let toc = expected(disc, &tracks, &packs, with_sub);
    Ok(Target { disc, toc, tracks, packs, with_sub })
}

/// Would the reader find an INDEX 00 of `track` in the subchannel?
fn pregap_by_q(disc: &Disc, track: &Track, lowest: Lba) -> bool {
    let (mut scratch, mut tally) = (Scratch::default(), Tally::default());
    let read = |lba: Lba, block: &mut [u8; SUB]| disc.read_lossy(lba, &Form::SUB, &mut scratch, &mut tally, block).is_ok();
    sub::pregap(track.number, track.start(), lowest, read).is_some()
}

/// The records of all tracks.
pub(crate) fn pieces(target: &Target<'_>, form: &Form) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for track in &target.tracks {
        let mut at = track.begin;
        for run in target.disc.covered(track.begin..track.end) {
            hole(at..run.start, form).push_onto(&mut pieces);
            at = run.end;
            target.disc.lay_out(0, run, form).into_iter().for_each(|piece| piece.push_onto(&mut pieces));
        }
        hole(at..track.end, form).push_onto(&mut pieces);
    }
    pieces
}

/// Sectors between tracks that the disc does not have.
fn hole(lbas: Range<Lba>, form: &Form) -> Piece {
    Piece::Zeros(u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride))
}

/// The table of contents that the reader will find.
fn expected(disc: &Disc, tracks: &[TargetTrack<'_>], packs: &[[u8; 18]], with_sub: bool) -> Toc {
    let mut toc = disc.toc().clone();
    toc.cd_text = CdText::from_packs(packs);
    for (track, target) in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).zip(tracks) {
        track.mode = read_mode(disc, target);
        // An index of no sector says nothing.
        track.indexes.retain(|(number, lba)| *number < 2 || *lba < target.end);
        track.set_first(target.begin);
        track.end = target.end;
    }
    for session in &mut toc.sessions {
        session.lead_out = session.tracks.last().map_or(session.lead_out, |track| track.end);
    }
    // Subchannel that nobody stored is made of positions alone.
    if with_sub {
        SubCodes::read(disc, &toc).complete(&mut toc);
    }
    toc
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, target: &TargetTrack<'_>) -> TrackMode {
    let track = target.track;
    let seen = mode_of_track(disc, track.start()..target.end);
    let told = content::told_mode(content::mode_number(track.mode).into());
    content::settle(told, !track.mode.is_audio(), seen)
}
