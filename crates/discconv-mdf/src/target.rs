//! Where each sector of a disc goes in the data: all that the descriptor will say.

use crate::content;
use discconv_core::image::{
    PAUSE, Signs, StoredTrack, SubCodes, check_medium, check_sort, is_blank_as, mode_of_track, record_forms,
};
use discconv_core::{Disc, Extent, Form, Lba, Main, Media, Piece, Result, Toc, Track, TrackMode, WriteOptions};
use discconv_sector::PREGAP_SECTORS;
use std::ops::Range;

/// Everything that the descriptor says.
pub(crate) struct Target<'a> {
    pub(crate) disc: &'a Disc,
    /// As the reader will find it.
    pub(crate) toc: Toc,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack<'a>>,
}

impl Target<'_> {
    /// Is it written as a DVD?
    pub(crate) fn is_dvd(&self) -> bool {
        self.toc.media == Media::Dvd
    }
}

/// One track in the data.
pub(crate) struct TargetTrack<'a> {
    pub(crate) session: usize,
    pub(crate) track: &'a Track,
    /// INDEX 00, or INDEX 01 where there is none.
    pub(crate) begin: Lba,
    /// Stored from here, to the track's end.
    pub(crate) stored: Lba,
    pub(crate) form: Form,
    pub(crate) mode_byte: u8,
    /// The pregap that the descriptor says, in sectors: the pause of a session included.
    pub(crate) pregap: u32,
    /// Where INDEX 01 is in the data.
    pub(crate) offset: u64,
    pub(crate) pieces: Vec<Piece>,
}

impl TargetTrack<'_> {
    pub(crate) fn stored(&self) -> StoredTrack {
        StoredTrack { number: self.track.number, lbas: self.stored..self.track.end, form: self.form }
    }
}

/// Lay the disc out.
///
/// # Errors
/// [`Error::DoesNotFit`] for a medium or a size that cannot be; [`Error::Unsupported`] for a sector size that is none.
pub(crate) fn build<'a>(disc: &'a Disc, options: &WriteOptions) -> Result<Target<'a>> {
    check_medium(disc, &[Media::Cd, Media::Dvd])?;
    let (data, audio) = record_forms(disc, options)?;
    let dvd = !disc.toc().media.has_raw();
    let first = disc.toc().tracks().next().map_or(data, |track| if track.mode.is_audio() { audio } else { data });
    let pause = pause(disc, &first)?;
    let mut at = 0_u64;
    let mut tracks: Vec<TargetTrack<'a>> = Vec::new();
    let mut lead_out = None;
    for (number, session) in disc.toc().sessions.iter().enumerate() {
        let mut floor = None;
        for track in &session.tracks {
            let form = if track.mode.is_audio() { audio } else { data };
            let place = Place { disc, track, floor, lead_out, pause, dvd };
            let (begin, stored) = place.begin();
            check_sort(disc, track, stored..track.end, &form)?;
            let bytes = |lbas: Range<Lba>| u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride);
            let offset = at + bytes(stored..track.start());
            at += bytes(stored..track.end);
            let mode_byte = if dvd { content::MODE_DVD } else { content::mode_byte(track.mode, &form) };
            let pieces = disc.lay_out(0, stored..track.end, &form);
            let pregap = place.pregap(begin);
            tracks.push(TargetTrack { session: number, track, begin, stored, form, mode_byte, pregap, offset, pieces });
            floor = Some(track.end);
        }
        lead_out = Some(session.lead_out);
    }
    let toc = expected(disc, &tracks);
    Ok(Target { disc, toc, tracks })
}

/// Where the sectors begin that must be kept, as `form`, of those before LBA 0; nowhere if they are blank.
fn pause(disc: &Disc, form: &Form) -> Result<Option<Lba>> {
    let last = disc.covered(PAUSE).pop().filter(|run| run.end == PAUSE.end);
    let stored = last.and_then(|run| disc.extents_in(run).find(|(_, extent)| extent.main.is_some()).map(|(lbas, _)| lbas.start));
    Ok(match stored {
        Some(first) if !is_blank_as(disc, PAUSE, form)? => Some(first),
        _ => None,
    })
}

/// A track and what lies before it.
struct Place<'a> {
    disc: &'a Disc,
    track: &'a Track,
    /// Where the track before it in the session ends.
    floor: Option<Lba>,
    /// Where the session before it ends; `None` in the first one.
    lead_out: Option<Lba>,
    /// See [`pause`].
    pause: Option<Lba>,
    dvd: bool,
}

impl Place<'_> {
    /// Where the track begins, and from where on it is stored. What the reader takes for a pregap is told by `layout`.
    fn begin(&self) -> (Lba, Lba) {
        let (first, start) = (self.track.first(), self.track.start());
        let (begin, says_gap) = match (self.floor, self.lead_out) {
            (Some(floor), _) => (floor, true),
            (None, None) if first <= Lba::ZERO => match self.pause {
                Some(pause) => return (pause, pause),
                None => (Lba::ZERO, !self.dvd),
            },
            (None, None) => (first, !self.dvd),
            // Fewer sectors would be the pause of the session.
            (None, Some(_)) => (first, start - first > PREGAP_SECTORS),
        };
        (begin, if says_gap { self.end_of_gap(begin) } else { begin })
    }

    /// Where the sectors of no file end that begin at `begin`: at INDEX 01 at the latest.
    fn end_of_gap(&self, begin: Lba) -> Lba {
        let start = self.track.start();
        let is_gap = |extent: &Extent| extent.main.is_none() && extent.sub.is_none() && extent.mode == self.track.mode;
        // What is in no extent can only lie before the others.
        self.disc.extents_in(begin..start).find(|(_, extent)| !is_gap(extent)).map_or(start, |(lbas, _)| lbas.start)
    }

    /// The pregap to say.
    fn pregap(&self, begin: Lba) -> u32 {
        let start = self.track.start();
        let pause = PREGAP_SECTORS.unsigned_abs();
        match (self.floor, self.lead_out) {
            (Some(_), _) => begin.sectors_to(start),
            (None, None) => begin.max(Lba::ZERO).sectors_to(start) + pause,
            (None, Some(_)) if begin < start => begin.sectors_to(start),
            (None, Some(lead_out)) => lead_out.sectors_to(start).min(pause),
        }
    }
}

/// The table of contents that the reader will find.
fn expected(disc: &Disc, tracks: &[TargetTrack<'_>]) -> Toc {
    let mut toc = disc.toc().clone();
    if toc.media == Media::Unknown {
        toc.media = Media::Dvd;
    }
    toc.cd_text = None;
    toc.mcn = None;
    for (track, target) in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).zip(tracks) {
        track.control.scms = false;
        track.mode = read_mode(disc, target).unwrap_or(track.mode);
        track.isrc = None;
        track.indexes.retain(|(number, _)| *number == 1);
        track.set_first(target.begin);
    }
    // Subchannel that nobody stored is made of positions alone.
    if tracks.iter().any(|track| track.form.sub.is_some()) {
        SubCodes::read(disc, &toc).complete(&mut toc);
    }
    toc
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, target: &TargetTrack<'_>) -> Option<TrackMode> {
    let track = target.track;
    let seen = target.form.is_raw().then(|| mode_of_track(disc, track.start()..track.end)).flatten();
    let told = content::told_mode(target.mode_byte);
    // A DVD's tracks say Mode 1, whatever their sectors were called.
    let data_bit = !track.mode.is_audio() || target.form.main == Main::User;
    Signs { told, data_bit, seen }.settle(target.form.main)
}
