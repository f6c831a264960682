//! A disc as the files of a sheet will hold it: which sectors are stored where, before any text is written.

use crate::content::{Content, form_of};
use crate::segments::PAUSE;
use crate::wire::TrackKind;
use discconv_core::{
    At, Disc, Error, Extent, Form, Lba, Main, Media, Piece, Result, Scratch, Session, SessionKind, Tally, Toc, Track, TrackMode,
    WriteOptions,
};
use discconv_sector::MAX_CD_SECTORS;
use std::ops::Range;

/// Where CD-i discs have their volume descriptor, and its id.
const CDI_SECTOR: i32 = 16;
const CDI_ID: &[u8] = b"CD-I ";

/// Everything that a sheet has to say.
pub(crate) struct Target<'a> {
    pub(crate) disc: &'a Disc,
    /// The table of contents as a sheet can say it.
    pub(crate) toc: Toc,
    pub(crate) files: Vec<TargetFile>,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack>,
    /// CD-TEXT packs that go into a file of their own.
    pub(crate) packs: Option<PackFile>,
}

/// A BIN.
pub(crate) struct TargetFile {
    pub(crate) name: String,
    pub(crate) pieces: Vec<Piece>,
}

impl TargetFile {
    /// Append, joined to the last piece where both are one copy.
    fn push(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (Some(Piece::Copy { disc, source, range }), Piece::Copy { disc: d, source: s, range: r })
                if (*disc, *source, range.end) == (d, s, r.start) =>
            {
                range.end = r.end;
            }
            (_, piece) => self.pieces.push(piece),
        }
    }
}

/// A file of CD-TEXT packs.
pub(crate) struct PackFile {
    pub(crate) name: String,
    pub(crate) packs: Vec<[u8; 18]>,
}

/// One track in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TargetTrack {
    pub(crate) session: usize,
    pub(crate) kind: TrackKind,
    pub(crate) form: Form,
    /// Sectors of gap that no file holds: before and behind the stored ones.
    pub(crate) pregap: u32,
    pub(crate) postgap: u32,
    /// The stored sectors.
    pub(crate) stored: Range<Lba>,
    /// In which file, at which byte, which is how many sectors from its start.
    pub(crate) file: usize,
    pub(crate) offset: u64,
    pub(crate) at: u32,
}

/// Which track goes into which file, by number and name.
pub(crate) struct Naming {
    pub(crate) names: Vec<String>,
    pub(crate) file_of: Vec<usize>,
}

impl Naming {
    /// One file for all tracks, or one each, called as Redump does.
    pub(crate) fn new(toc: &Toc, stem: &str, split: bool) -> Naming {
        let numbers: Vec<u8> = toc.tracks().map(|track| track.number).collect();
        if !split || numbers.len() == 1 {
            return Naming { names: vec![format!("{stem}.bin")], file_of: vec![0; numbers.len()] };
        }
        let width = if numbers.last().is_some_and(|last| *last > 9) { 2 } else { 1 };
        let names = numbers.iter().map(|number| format!("{stem} (Track {number:0width$}).bin")).collect();
        Naming { names, file_of: (0..numbers.len()).collect() }
    }
}

fn does_not_fit(disc: &Disc, what: String) -> Error {
    let file = disc.sources().first().map_or("", |source| source.name());
    Error::DoesNotFit { file: file.to_owned(), what, hint: None }
}

/// Can the disc be a CD at all?
pub(crate) fn check_media(disc: &Disc) -> Result<()> {
    let (toc, hint) = (disc.toc(), "write .iso, which holds 2048-byte sectors of any medium");
    let sectors: u64 = toc.tracks().map(|track| u64::from(track.first().sectors_to(track.end))).sum();
    if !toc.media.has_raw() {
        let what = format!("a {} of {sectors} sectors is no CD, and a cue sheet describes CDs", toc.media.name());
        return Err(does_not_fit(disc, what).with_hint(hint));
    }
    if toc.media == Media::Cd && sectors > u64::from(MAX_CD_SECTORS.unsigned_abs()) {
        let what = format!("{sectors} sectors are more than a CD holds ({MAX_CD_SECTORS})");
        return Err(does_not_fit(disc, what).with_hint(hint));
    }
    if let Some(track) = toc.tracks().next().filter(|track| track.start() < Lba::ZERO) {
        return Err(does_not_fit(
            disc,
            format!("track {} begins at LBA {}, before the program area", track.number, track.start()),
        ));
    }
    Ok(())
}

/// Bytes of a data sector that the options ask for.
///
/// # Errors
/// [`Error::Unsupported`] for a size that sheets cannot say, or that a track does not have.
pub(crate) fn data_bytes(toc: &Toc, options: &WriteOptions, file: &str) -> Result<u16> {
    let bytes = options.sector.unwrap_or(2352);
    let unsupported = |what: String, hint: &str| Err(Error::unsupported(file, At::Whole, what).with_hint(hint));
    match bytes {
        2048 | 2336 | 2352 => {}
        2448 => {
            return unsupported(
                "a cue sheet has no sectors of 2448 bytes".to_owned(),
                "--to iso --sector 2448 keeps the subchannel of the first data track; without --sector the sectors have 2352 bytes here",
            );
        }
        other => return unsupported(format!("no sector has {other} bytes"), "--sector takes 2048, 2336 or 2352 here"),
    }
    let misfit = toc.tracks().find(|track| match track.mode {
        TrackMode::Audio | TrackMode::Mode2 => false,
        TrackMode::Mode1 => bytes == 2336,
        TrackMode::Mode0 => bytes != 2352,
    });
    match misfit {
        Some(track) => {
            let what = format!("track {} is {}, which has no stored form of {bytes} bytes", track.number, track.mode.name());
            unsupported(what, "--sector 2352 stores every track")
        }
        None => Ok(bytes),
    }
}

/// Does the disc store sectors before LBA 0?
pub(crate) fn has_lead(disc: &Disc) -> bool {
    disc.toc().tracks().next().is_some_and(|track| track.first() < Lba::ZERO && !is_told_pause(disc, track))
}

/// Plan where every sector goes; those before LBA 0 only if `keep_lead`.
pub(crate) fn build<'a>(disc: &'a Disc, data_bytes: u16, naming: &Naming, keep_lead: bool) -> Target<'a> {
    let toc = sayable(disc, keep_lead);
    let mut files: Vec<TargetFile> =
        naming.names.iter().map(|name| TargetFile { name: name.clone(), pieces: Vec::new() }).collect();
    let mut ends = vec![(0_u64, 0_u32); files.len()];
    let mut tracks = Vec::new();
    for (number, session) in toc.sessions.iter().enumerate() {
        for (place, track) in session.tracks.iter().enumerate() {
            let file = naming.file_of[tracks.len()];
            let cdi = session.kind == SessionKind::CdI && track.mode == TrackMode::Mode2 && data_bytes != 2048;
            let bytes = if track.mode.is_audio() { 2352 } else { data_bytes };
            let kind = TrackKind { mode: track.mode, bytes, cdi, cdg: false };
            let form = form_of(bytes);
            let Shape { pregap, postgap, stored } = shape(disc, track, number == 0 && place == 0, keep_lead);
            disc.lay_out(0, stored.clone(), &form).into_iter().for_each(|piece| files[file].push(piece));
            let (offset, at) = ends[file];
            let sectors = stored.start.sectors_to(stored.end);
            ends[file] = (offset + u64::from(sectors) * u64::from(form.stride), at.saturating_add(sectors));
            tracks.push(TargetTrack { session: number, kind, form, pregap, postgap, stored, file, offset, at });
        }
    }
    Target { disc, toc, files, tracks, packs: None }
}

/// The TOC without what no sheet says: stored sectors before LBA 0, a lead-out behind the last track's end, XA.
fn sayable(disc: &Disc, keep_lead: bool) -> Toc {
    let mut toc = disc.toc().clone();
    if let Some(track) = toc.sessions.first_mut().and_then(|session| session.tracks.first_mut())
        && !keep_lead
        && track.first() < Lba::ZERO
        && !is_told_pause(disc, track)
    {
        match track.start() {
            Lba::ZERO => track.indexes.retain(|(number, _)| *number > 0),
            _ => track.indexes[0].1 = Lba::ZERO,
        }
    }
    for session in &mut toc.sessions {
        session.lead_out = session.tracks.last().map_or(session.lead_out, |track| track.end);
        session.kind =
            if session.kind == SessionKind::CdI || is_cdi(disc, session) { SessionKind::CdI } else { SessionKind::CdRom };
    }
    toc
}

fn is_cdi(disc: &Disc, session: &Session) -> bool {
    let Some(track) = session.tracks.iter().find(|track| track.mode == TrackMode::Mode2) else { return false };
    let (mut user, at) = ([0; 2048], track.start() + CDI_SECTOR);
    at < track.end
        && disc.read_sectors(at, &Form::USER, &mut Scratch::default(), &mut user).is_ok()
        && user[1..].starts_with(CDI_ID)
}

/// Is it the pause that every disc has before track 1, told and not stored?
fn is_told_pause(disc: &Disc, track: &Track) -> bool {
    let pause = track.first()..Lba::ZERO;
    pause.start.sectors_to(pause.end) == PAUSE && track.start() == Lba::ZERO && leading_gap(disc, pause, track.mode) == PAUSE
}

fn is_gap(extent: &Extent, mode: TrackMode) -> bool {
    extent.main.is_none_or(|place| place.form.main == Main::None) && extent.mode == mode
}

/// Sectors at the start of `lbas` that no file holds.
fn leading_gap(disc: &Disc, lbas: Range<Lba>, mode: TrackMode) -> u32 {
    let gap = disc.extents_in(lbas).take_while(|(_, extent)| is_gap(extent, mode));
    gap.map(|(lbas, _)| lbas.start.sectors_to(lbas.end)).sum()
}

/// Sectors at the end of `lbas` that no file holds.
fn trailing_gap(disc: &Disc, lbas: Range<Lba>, mode: TrackMode) -> u32 {
    let mut gap = 0;
    for (lbas, extent) in disc.extents_in(lbas) {
        gap = if is_gap(extent, mode) { gap + lbas.start.sectors_to(lbas.end) } else { 0 };
    }
    gap
}

struct Shape {
    pregap: u32,
    postgap: u32,
    stored: Range<Lba>,
}

fn shape(disc: &Disc, track: &Track, first_of_disc: bool, keep_lead: bool) -> Shape {
    let begin = if first_of_disc && !keep_lead { track.first().max(Lba::ZERO) } else { track.first() };
    let gap = leading_gap(disc, begin..track.start(), track.mode);
    let told_pause = first_of_disc && is_told_pause(disc, track);
    // On track 1 exactly 150 means the pause before LBA 0, so a gap of that length behind it has to be stored.
    let pregap = if first_of_disc && gap == PAUSE { 0 } else { gap };
    let start = begin + i32::try_from(pregap).unwrap_or(i32::MAX);
    // A POSTGAP can hold no index, and a track needs a stored sector.
    let last = track.indexes.last().map_or(track.start(), |(_, lba)| *lba).max(track.start());
    let postgap = trailing_gap(disc, last + 1..track.end, track.mode);
    let whole = postgap == (last + 1).sectors_to(track.end) && leading_gap(disc, last..track.end, track.mode) > 0;
    let postgap = if whole { 0 } else { postgap };
    let end = track.end - i32::try_from(postgap).unwrap_or(i32::MAX);
    Shape { pregap: if told_pause { PAUSE } else { pregap }, postgap, stored: start..end }
}

impl Target<'_> {
    fn piece_at(&self, file: usize, offset: u64) -> Option<(&Piece, u64)> {
        let mut start = 0;
        for piece in &self.files.get(file)?.pieces {
            let len = piece.len();
            if offset < start + len {
                return Some((piece, offset - start));
            }
            start += len;
        }
        None
    }
}

/// The files as they will be, so that the reader's rules can be tried on them.
impl Content for Target<'_> {
    fn len(&self, file: usize) -> u64 {
        self.files[file].pieces.iter().map(Piece::len).sum()
    }

    fn is_pcm(&self, _: usize) -> bool {
        false
    }

    fn read(&self, file: usize, offset: u64, out: &mut [u8]) -> bool {
        let Some((piece, skip)) = self.piece_at(file, offset) else { return false };
        if skip + out.len() as u64 > piece.len() {
            return false;
        }
        match piece {
            Piece::Copy { source, range, .. } => {
                let source = usize::try_from(source.0).ok().and_then(|index| self.disc.sources().get(index));
                source.is_some_and(|source| source.read_exact_at(range.start + skip, out).is_ok())
            }
            Piece::Sectors { lbas, form, .. } => {
                let stride = u64::from(form.stride);
                let within = usize::try_from(skip % stride).unwrap_or(usize::MAX);
                let mut sectors = vec![0; (within + out.len()).next_multiple_of(form.record())];
                let first = lbas.start + i32::try_from(skip / stride).unwrap_or(i32::MAX);
                let read = self.disc.read_lossy(first, form, &mut Scratch::default(), &mut Tally::default(), &mut sectors);
                out.copy_from_slice(&sectors[within..within + out.len()]);
                read.is_ok()
            }
            _ => false,
        }
    }
}
