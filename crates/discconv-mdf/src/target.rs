//! Where each sector of a disc goes in the data: all that the descriptor will say.

use crate::codes::{self, Codes};
use crate::content::{self, PAUSE, Signs};
use discconv_core::{
    At, Disc, Error, Form, Lba, Main, Media, Piece, Result, Scratch, Tally, Toc, Track, TrackMode, WriteOptions,
};
use discconv_sector::{MAX_CD_SECTORS, PREGAP_SECTORS, RAW};
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

fn does_not_fit(disc: &Disc, what: String, hint: &str) -> Error {
    let file = disc.sources().first().map_or("", |source| source.name());
    Error::DoesNotFit { file: file.to_owned(), what, hint: Some(hint.to_owned()) }
}

/// Can the disc be in such an image at all?
fn check_media(disc: &Disc) -> Result<()> {
    let toc = disc.toc();
    let end = toc.sessions.last().map_or(0, |session| session.lead_out.0);
    match toc.media {
        Media::Gd => {
            Err(does_not_fit(disc, "a GD-ROM has two areas, of which this format knows nothing".to_owned(), "write .cue"))
        }
        Media::Umd => Err(does_not_fit(disc, "a UMD is no medium that this format knows".to_owned(), "write .iso")),
        Media::Bd => Err(does_not_fit(disc, "a Blu-ray disc is no medium that this format knows".to_owned(), "write .iso")),
        Media::Cd if end > MAX_CD_SECTORS => {
            let what = format!("{end} sectors are more than a CD holds ({MAX_CD_SECTORS})");
            Err(does_not_fit(disc, what, "write .iso, which holds 2048-byte sectors of any medium"))
        }
        _ => match toc.tracks().next() {
            Some(track) if track.start() < Lba::ZERO => {
                let what = format!("track {} begins at LBA {}, before the program area", track.number, track.start());
                Err(does_not_fit(disc, what, "choose another target"))
            }
            _ => Ok(()),
        },
    }
}

/// The records of data tracks and of audio tracks.
fn forms(disc: &Disc, options: &WriteOptions) -> Result<(Form, Form)> {
    let file = disc.sources().first().map_or("", |source| source.name());
    let toc = disc.toc();
    if !toc.media.has_raw() {
        return match options.sector {
            None | Some(2048) => Ok((Form::USER, Form::RAW)),
            Some(other) => {
                let what = format!("a {} has no sectors of {other} bytes", toc.media.name());
                Err(does_not_fit(disc, what, "leave --sector away: an image of this medium has 2048 bytes a sector"))
            }
        };
    }
    let raw = if disc.stored_sub().is_some() { Form::RAW_SUB } else { Form::RAW };
    let Some(bytes) = options.sector else { return Ok((raw, raw)) };
    let form = match bytes {
        2048 => Form::USER,
        2336 => Form::MODE2,
        2352 => Form::RAW,
        2448 => Form::RAW_SUB,
        _ => {
            return Err(Error::unsupported(file, At::Whole, format!("sectors of {bytes} bytes cannot be written"))
                .with_hint("--sector takes 2048, 2336, 2352 or 2448"));
        }
    };
    let misfit = toc.tracks().find(|track| match track.mode {
        TrackMode::Audio | TrackMode::Mode2 => false,
        TrackMode::Mode1 => form == Form::MODE2,
        TrackMode::Mode0 => !form.is_raw(),
    });
    match misfit {
        Some(track) => {
            let what = format!("track {} is {}, which has no stored form of {bytes} bytes", track.number, track.mode.name());
            Err(Error::unsupported(file, At::Whole, what).with_hint("--sector 2352 stores every track"))
        }
        None => Ok((form, if form.is_raw() { form } else { Form::RAW })),
    }
}

/// Lay the disc out.
///
/// # Errors
/// [`Error::DoesNotFit`] for a medium or a size that cannot be; [`Error::Unsupported`] for a sector size that is none.
pub(crate) fn build<'a>(disc: &'a Disc, options: &WriteOptions) -> Result<Target<'a>> {
    check_media(disc)?;
    let (data, audio) = forms(disc, options)?;
    let dvd = !disc.toc().media.has_raw();
    let pause = pause(disc)?;
    let mut at = 0_u64;
    let mut tracks: Vec<TargetTrack<'a>> = Vec::new();
    let mut lead_out = None;
    for (number, session) in disc.toc().sessions.iter().enumerate() {
        let mut floor = None;
        for track in &session.tracks {
            let form = if track.mode.is_audio() { audio } else { data };
            let place = Place { disc, track, floor, lead_out, pause, dvd };
            let (begin, stored) = place.begin();
            check_sort(disc, track, stored, &form)?;
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

/// Where the sectors begin that must be kept of those before LBA 0; nowhere if they are blank.
fn pause(disc: &Disc) -> Result<Option<Lba>> {
    let last = covered(disc, PAUSE).pop().filter(|run| run.end == PAUSE.end);
    let stored = last.and_then(|run| disc.extents_in(run).find(|(_, extent)| extent.main.is_some()).map(|(lbas, _)| lbas.start));
    Ok(match stored {
        Some(first) if !content::pause_is_blank(disc)? => Some(first),
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
        let is_gap =
            |extent: &discconv_core::Extent| extent.main.is_none() && extent.sub.is_none() && extent.mode == self.track.mode;
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

/// A pregap of another sort than its track (sound before data) needs whole sectors.
fn check_sort(disc: &Disc, track: &Track, stored: Lba, form: &Form) -> Result<()> {
    let mut stored = disc.extents_in(stored..track.end).filter(|(_, extent)| extent.main.is_some());
    match stored.find(|(_, extent)| extent.mode.is_audio() && !form.is_raw()) {
        Some((lbas, _)) => {
            let file = disc.sources().first().map_or("", |source| source.name());
            let what = format!("the pregap of track {} is audio, and has no stored form of {} bytes", track.number, form.stride);
            Err(Error::unsupported(file, At::Lba(lbas.start), what).with_hint("--sector 2352 stores every track"))
        }
        None => Ok(()),
    }
}

/// The runs of `lbas` that the disc has.
pub(crate) fn covered(disc: &Disc, lbas: Range<Lba>) -> Vec<Range<Lba>> {
    let mut runs: Vec<Range<Lba>> = Vec::new();
    for (lbas, _) in disc.extents_in(lbas) {
        match runs.last_mut() {
            Some(last) if last.end == lbas.start => last.end = lbas.end,
            _ => runs.push(lbas),
        }
    }
    runs
}

/// The table of contents that the reader will find.
fn expected(disc: &Disc, tracks: &[TargetTrack<'_>]) -> Toc {
    let mut toc = disc.toc().clone();
    if toc.media == Media::Unknown {
        toc.media = Media::Dvd;
    }
    // Subchannel that nobody stored is made of positions alone.
    let stored = tracks.iter().any(|track| track.form.sub.is_some());
    let codes = if stored { codes::read(disc) } else { Codes::default() };
    toc.cd_text = None;
    toc.mcn = codes.mcn;
    for (track, target) in toc.sessions.iter_mut().flat_map(|session| &mut session.tracks).zip(tracks) {
        track.control.scms = false;
        track.mode = read_mode(disc, target).unwrap_or(track.mode);
        track.isrc = codes.isrcs.iter().find(|(number, _)| *number == track.number).map(|(_, isrc)| isrc.clone());
        track.indexes.retain(|(number, _)| *number == 1);
        if target.begin < track.start() {
            track.indexes.insert(0, (0, target.begin));
        }
    }
    toc
}

/// The mode that the reader will find, which looks at the sectors.
fn read_mode(disc: &Disc, target: &TargetTrack<'_>) -> Option<TrackMode> {
    let track = target.track;
    let (mut scratch, mut raw) = (Scratch::default(), [0; RAW]);
    let header = content::header(track.sectors(), |sector, head| {
        let lba = track.start() + i32::try_from(sector).unwrap_or(i32::MAX);
        let read =
            target.form.is_raw() && disc.read_lossy(lba, &Form::RAW, &mut scratch, &mut Tally::default(), &mut raw).is_ok();
        head.copy_from_slice(&raw[..16]);
        read
    });
    let told = content::told_mode(target.mode_byte);
    // A DVD's tracks say Mode 1, whatever their sectors were called.
    let data_bit = !track.mode.is_audio() || target.form.main == Main::User;
    content::settle(&target.form, Signs { told, data_bit, header })
}
