//! Where each sector of a disc goes in the file: all that the tables will say.

use crate::content;
use discconv_core::image::{
    PAUSE, Signs, StoredTrack, SubCodes, blank_piece, check_medium, check_sort, is_blank_as, mode_of_track, record_forms,
};
use discconv_core::{CdText, Disc, Form, Lba, Main, Media, Piece, Result, Toc, Track, TrackMode, WriteOptions};
use std::ops::Range;

/// Everything that the tables say.
pub(crate) struct Target<'a> {
    pub(crate) disc: &'a Disc,
    /// As the reader will find it.
    pub(crate) toc: Toc,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack<'a>>,
    pub(crate) packs: Vec<[u8; 18]>,
}

impl TargetTrack<'_> {
    pub(crate) fn stored(&self) -> StoredTrack {
        StoredTrack { number: self.track.number, lbas: self.begin..self.track.end, form: self.form }
    }
}

/// One track in the file.
pub(crate) struct TargetTrack<'a> {
    pub(crate) session: usize,
    pub(crate) track: &'a Track,
    /// Stored from here, to the track's end.
    pub(crate) begin: Lba,
    pub(crate) form: Form,
    pub(crate) code: u8,
    /// Bytes of INDEX 00, INDEX 01 and the end.
    pub(crate) offsets: [u64; 3],
    pub(crate) pieces: Vec<Piece>,
}

/// Lay the disc out.
///
/// # Errors
/// [`Error::DoesNotFit`] for a medium or a size that cannot be; [`Error::Unsupported`] for a sector size that is none.
pub(crate) fn build<'a>(disc: &'a Disc, options: &WriteOptions) -> Result<Target<'a>> {
    check_medium(disc, &[Media::Cd, Media::Dvd, Media::Bd])?;
    let (data, audio) = record_forms(disc, options)?;
    let mut offset = 0;
    let mut tracks = Vec::new();
    for (session, track) in (0..).zip(&disc.toc().sessions).flat_map(|(n, session)| session.tracks.iter().map(move |t| (n, t))) {
        let begin = match tracks.is_empty() {
            true if track.first() <= Lba::ZERO => PAUSE.start,
            _ => track.first(),
        };
        let form = if track.mode.is_audio() { audio } else { data };
        check_sort(disc, track, begin..track.end, &form)?;
        let bytes = |lbas: Range<Lba>| u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride);
        let start = offset + bytes(begin..track.start());
        let end = start + bytes(track.start()..track.end);
        let code = content::code_of(track.mode, &form);
        let pieces = pieces(disc, track, begin..track.end, &form);
        tracks.push(TargetTrack { session, track, begin, form, code, offsets: [offset, start, end], pieces });
        offset = end;
    }
    let packs = disc.toc().cd_text.as_ref().and_then(CdText::to_packs).unwrap_or_default();
    let toc = expected(disc, &tracks, CdText::from_packs(&packs))?;
    Ok(Target { disc, toc, tracks, packs })
}

/// The records of a track. Only of the pause before LBA 0 may there be sectors that the disc does not have.
fn pieces(disc: &Disc, track: &Track, lbas: Range<Lba>, form: &Form) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = lbas.start;
    for run in disc.covered(lbas.clone()) {
        pieces.extend(blank_piece(disc.toc(), track.mode, at..run.start, form));
        at = run.end;
        pieces.extend(disc.lay_out(0, run, form));
    }
    pieces.extend(blank_piece(disc.toc(), track.mode, at..lbas.end, form));
    pieces
}

/// The table of contents that the reader will find.
fn expected(disc: &Disc, tracks: &[TargetTrack<'_>], cd_text: Option<CdText>) -> Result<Toc> {
    let mut toc = disc.toc().clone();
    let end = toc.sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
    let user_only = tracks.iter().all(|track| track.form.main == Main::User);
    toc.media = content::media(content::mtyp(toc.media), user_only, end).unwrap_or(toc.media);
    toc.cd_text = cd_text;
    for (track, target) in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).zip(tracks) {
        track.control.scms = false;
        track.mode = read_mode(disc, target).unwrap_or(track.mode);
        let first = track.first();
        track.set_first(if target.begin == PAUSE.start { first.max(PAUSE.end) } else { first });
    }
    let form = tracks.first().map_or(Form::RAW, |track| track.form);
    if tracks.first().is_some_and(|track| track.begin == PAUSE.start)
        && !is_blank_as(disc, PAUSE, &form)?
        && let Some(track) = toc.sessions.first_mut().and_then(|session| session.tracks.first_mut())
    {
        track.set_first(PAUSE.start);
    }
    // Subchannel that nobody stored is made of positions alone.
    if tracks.iter().any(|track| track.form.sub.is_some()) {
        SubCodes::read(disc, &toc).complete(&mut toc);
    }
    Ok(toc)
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, target: &TargetTrack<'_>) -> Option<TrackMode> {
    let track = target.track;
    let seen = target.form.is_raw().then(|| mode_of_track(disc, track.start()..track.end)).flatten();
    let signs = Signs { told: content::told_mode(target.code), data_bit: !track.mode.is_audio(), seen };
    signs.settle(target.form.main)
}
