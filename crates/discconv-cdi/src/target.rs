//! Where each sector of a disc goes in the file: all that the descriptor will say.

use crate::content;
use discconv_core::image::{
    PAUSE, Signs, StoredTrack, SubCodes, blank_piece, check_medium, check_sort, is_blank_as, mode_of_track, record_forms,
};
use discconv_core::{
    At, CdText, Disc, Error, Form, Lba, Main, Media, Piece, Result, SessionKind, Toc, Track, TrackMode, WriteOptions,
};
use std::ops::Range;

/// Everything that the descriptor says.
pub(crate) struct Target<'a> {
    pub(crate) disc: &'a Disc,
    /// As the reader will find it.
    pub(crate) toc: Toc,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack<'a>>,
    pub(crate) packs: Vec<[u8; 18]>,
}

/// One track in the file.
pub(crate) struct TargetTrack<'a> {
    pub(crate) session: usize,
    pub(crate) track: &'a Track,
    /// Stored from here, to the track's end.
    pub(crate) begin: Lba,
    pub(crate) form: Form,
    pub(crate) pieces: Vec<Piece>,
}

impl TargetTrack<'_> {
    pub(crate) fn stored(&self) -> StoredTrack {
        StoredTrack { number: self.track.number, lbas: self.begin..self.track.end, form: self.form }
    }

    pub(crate) fn sectors(&self) -> u32 {
        self.begin.sectors_to(self.track.end)
    }
}

/// Lay the disc out.
///
/// # Errors
/// [`Error::DoesNotFit`] for a medium or numbers that cannot be; [`Error::Unsupported`] for a sector size that is none.
pub(crate) fn build<'a>(disc: &'a Disc, options: &WriteOptions) -> Result<Target<'a>> {
    check_medium(disc, &[Media::Cd, Media::Dvd])?;
    check_numbers(disc)?;
    let (data, audio) = record_forms(disc, options)?;
    check_mode2(disc, &data)?;
    let mut tracks: Vec<TargetTrack<'_>> = Vec::new();
    for (session, told) in disc.toc().sessions.iter().enumerate() {
        for track in &told.tracks {
            let begin = match tracks.last() {
                None if track.first() <= Lba::ZERO => PAUSE.start,
                // Between two tracks of a session there is nothing but the gap of the second.
                Some(before) if before.session == session => before.track.end,
                _ => track.first(),
            };
            let form = if track.mode.is_audio() { audio } else { data };
            check_sort(disc, track, begin..track.end, &form)?;
            let pieces = pieces(disc, track, begin..track.end, &form);
            tracks.push(TargetTrack { session, track, begin, form, pieces });
        }
    }
    let packs = disc.toc().cd_text.as_ref().and_then(CdText::to_packs).unwrap_or_default();
    let toc = expected(disc, &tracks, CdText::from_packs(&packs))?;
    Ok(Target { disc, toc, tracks, packs })
}

/// The descriptor has no numbers: tracks are counted from 1.
fn check_numbers(disc: &Disc) -> Result<()> {
    match disc.toc().tracks().zip(1..).find(|(track, number)| track.number != *number) {
        Some((track, number)) => {
            let what = format!("track {} would become track {number}: a DiscJuggler image counts from 1", track.number);
            Err(discconv_core::image::does_not_fit(disc, what, "write .nrg or .cue, which say the numbers"))
        }
        None => Ok(()),
    }
}

/// Mode 2 is never stored as 2048 bytes.
fn check_mode2(disc: &Disc, data: &Form) -> Result<()> {
    let mode2 = disc.toc().tracks().find(|track| track.mode == TrackMode::Mode2 && data.main == Main::User);
    match mode2 {
        Some(track) if disc.toc().media.has_raw() => {
            let file = disc.sources().first().map_or("", |source| source.name());
            let what = format!("track {} is mode2, which a DiscJuggler image has no 2048-byte sectors of", track.number);
            Err(Error::unsupported(file, At::Whole, what).with_hint("--sector 2336 stores all of a Mode 2 sector but its header"))
        }
        _ => Ok(()),
    }
}

/// The records of a track, with blank ones where the disc has none.
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
    let end = toc.sessions.last().and_then(|session| session.tracks.last()).map_or(Lba::ZERO, |track| track.end);
    let user_only = tracks.iter().all(|track| track.form.main == Main::User);
    toc.media = content::media(Some(content::medium_code(toc.media)), user_only, end).unwrap_or(toc.media);
    toc.cd_text = cd_text;
    for (track, target) in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).zip(tracks) {
        track.control.scms = false;
        track.mode = read_mode(disc, target).unwrap_or(track.mode);
        let first = if target.begin == PAUSE.start { track.first().max(PAUSE.end) } else { target.begin };
        track.indexes = content::indexes(track.start(), &content::lengths(target.track, target.begin), track.end);
        track.set_first(first);
    }
    for session in &mut toc.sessions {
        session.kind = kind_of(session.kind);
        session.lead_out = session.tracks.last().map_or(session.lead_out, |track| track.end);
    }
    let form = tracks.first().map_or(Form::RAW, |track| track.form);
    if let Some(track) = toc.sessions.first_mut().and_then(|session| session.tracks.first_mut())
        && tracks.first().is_some_and(|track| track.begin == PAUSE.start)
    {
        let blank = is_blank_as(disc, PAUSE, &form)?;
        // The pause is stored, whatever was said of it: what is told before LBA 0 counts only if there is something.
        track.set_first(if blank { first_told(track) } else { PAUSE.start });
    }
    // Subchannel that nobody stored is made of positions alone.
    if tracks.iter().any(|track| track.form.sub.is_some()) {
        SubCodes::read(disc, &toc).complete(&mut toc);
    }
    Ok(toc)
}

/// Behind LBA 0 the lengths cannot say where a stored gap begins: all of it from LBA 0 on is the gap.
fn first_told(track: &Track) -> Lba {
    track.start().min(PAUSE.end)
}

/// What a lead-in can be said to say.
fn kind_of(kind: SessionKind) -> SessionKind {
    match kind {
        SessionKind::CdRom => SessionKind::CdRom,
        SessionKind::CdI | SessionKind::Xa => SessionKind::Xa,
    }
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, target: &TargetTrack<'_>) -> Option<TrackMode> {
    let track = target.track;
    let seen = target.form.is_raw().then(|| mode_of_track(disc, track.start()..track.end)).flatten();
    let told = content::told_mode(content::mode_code(track.mode, &target.form));
    Signs { told, data_bit: !track.mode.is_audio(), seen }.settle(target.form.main)
}
