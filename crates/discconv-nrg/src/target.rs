//! Where each sector of a disc goes in the file: all that the tables will say.

use crate::content::{self, PAUSE, Signs};
use crate::texts;
use discconv_core::{
    At, CdText, Disc, Error, Form, Lba, Main, Media, Piece, Result, Scratch, Tally, Toc, Track, TrackMode, WriteOptions,
};
use discconv_sector::subchannel::{Q, interleave};
use discconv_sector::{MAX_CD_SECTORS, Msf, RAW, SUB, Subheader, build_form2, build_mode0, build_mode1};
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

fn does_not_fit(disc: &Disc, what: String, hint: &str) -> Error {
    let file = disc.sources().first().map_or("", |source| source.name());
    Error::DoesNotFit { file: file.to_owned(), what, hint: Some(hint.to_owned()) }
}

/// Can the disc be in a Nero image at all?
fn check_media(disc: &Disc) -> Result<()> {
    let toc = disc.toc();
    let end = toc.sessions.last().map_or(0, |session| session.lead_out.0);
    let name = toc.media.name();
    match toc.media {
        Media::Gd => {
            Err(does_not_fit(disc, "a GD-ROM has two areas, of which this format knows nothing".to_owned(), "write .cue"))
        }
        Media::Umd => Err(does_not_fit(disc, format!("a {name} is no medium that this format knows"), "write .iso")),
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
    let form = content::form_of(bytes).ok_or_else(|| {
        Error::unsupported(file, At::Whole, format!("sectors of {bytes} bytes cannot be written"))
            .with_hint("--sector takes 2048, 2336, 2352 or 2448")
    })?;
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
    let mut offset = 0;
    let mut tracks = Vec::new();
    for (session, track) in (0..).zip(&disc.toc().sessions).flat_map(|(n, session)| session.tracks.iter().map(move |t| (n, t))) {
        let begin = match tracks.is_empty() {
            true if track.first() <= Lba::ZERO => PAUSE.start,
            _ => track.first(),
        };
        let form = if track.mode.is_audio() { audio } else { data };
        check_sort(disc, track, begin, &form)?;
        let bytes = |lbas: Range<Lba>| u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride);
        let start = offset + bytes(begin..track.start());
        let end = start + bytes(track.start()..track.end);
        let code = content::code_of(track.mode, &form);
        let pieces = pieces(disc, track, begin..track.end, &form);
        tracks.push(TargetTrack { session, track, begin, form, code, offsets: [offset, start, end], pieces });
        offset = end;
    }
    let packs = disc.toc().cd_text.as_ref().and_then(CdText::to_packs).unwrap_or_default();
    let toc = expected(disc, &tracks, texts::read(&packs))?;
    Ok(Target { disc, toc, tracks, packs })
}

/// A pregap of another sort than its track (sound before data) needs whole sectors.
fn check_sort(disc: &Disc, track: &Track, begin: Lba, form: &Form) -> Result<()> {
    let mut stored = disc.extents_in(begin..track.end).filter(|(_, extent)| extent.main.is_some());
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

fn pieces(disc: &Disc, track: &Track, lbas: Range<Lba>, form: &Form) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = lbas.start;
    for run in covered(disc, lbas.clone()) {
        pieces.extend(blank(track, at..run.start, form));
        at = run.end;
        pieces.extend(disc.lay_out(0, run, form));
    }
    pieces.extend(blank(track, at..lbas.end, form));
    pieces
}

/// Blank sectors of a pause that the disc does not have: at most the 150 before LBA 0.
fn blank(track: &Track, lbas: Range<Lba>, form: &Form) -> Option<Piece> {
    let mut bytes = Vec::new();
    for lba in (lbas.start.0..lbas.end.0).map(Lba) {
        let mut raw = [0; RAW];
        match track.mode {
            TrackMode::Audio => {}
            TrackMode::Mode0 => build_mode0(lba, &mut raw),
            TrackMode::Mode1 => build_mode1(lba, &mut raw),
            TrackMode::Mode2 => build_form2(lba, &mut raw, Subheader::FORM2_BLANK, true),
        }
        match form.main {
            Main::Frame(start, end) => bytes.extend(&raw[usize::from(start)..usize::from(end)]),
            main => bytes.resize(bytes.len() + main.len(), 0),
        }
        if form.sub.is_some() {
            bytes.extend(pause_subchannel(track, lba));
        }
    }
    match bytes.iter().any(|byte| *byte != 0) {
        true => Some(Piece::Bytes(bytes)),
        false if bytes.is_empty() => None,
        false => Some(Piece::Zeros(bytes.len() as u64)),
    }
}

/// P set, and Q counting down to the track (ECMA-130 22.2, 22.3.3).
fn pause_subchannel(track: &Track, lba: Lba) -> [u8; SUB] {
    let left = Msf::from_frames(lba.sectors_to(track.start())).unwrap_or_default();
    let q = Q::position(track.control.nibble(track.mode), track.number, 0, left, lba.to_msf());
    let (mut packed, mut out) = ([0; SUB], [0; SUB]);
    packed[..12].fill(0xFF);
    packed[12..24].copy_from_slice(&q.0);
    interleave(&packed, &mut out);
    out
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
        let (start, first) = (track.start(), track.first());
        track.indexes.retain(|(number, _)| *number > 0);
        let first = if target.begin == PAUSE.start { first.max(PAUSE.end) } else { first };
        if first < start {
            track.indexes.insert(0, (0, first));
        }
    }
    let form = tracks.first().map_or(Form::RAW, |track| track.form);
    if tracks.first().is_some_and(|track| track.begin == PAUSE.start)
        && !content::pause_is_blank(disc, &form)?
        && let Some(track) = toc.sessions.first_mut().and_then(|session| session.tracks.first_mut())
    {
        crate::open::with_pause(track, PAUSE.start);
    }
    Ok(toc)
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
    let signs = Signs { told: content::told_mode(target.code), data_bit: !track.mode.is_audio(), header };
    content::settle(&target.form, signs)
}
