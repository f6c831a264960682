//! A disc as the files of a TOC will hold it: which sectors are stored where, before any text is written.

use crate::content::Content;
use crate::wire::{DataMode, SubMode, form};
use discconv_core::{
    At, Disc, Error, Extent, Form, Lba, Main, Media, Piece, Result, Scratch, SessionKind, Tally, Toc, Track, TrackMode, Twist,
    WriteOptions,
};
use discconv_sector::MAX_CD_SECTORS;
use std::ops::Range;

/// Everything that a TOC has to say.
pub(crate) struct Target<'a> {
    pub(crate) disc: &'a Disc,
    /// The table of contents without what no TOC says, and in one session.
    pub(crate) toc: Toc,
    pub(crate) files: Vec<TargetFile>,
    /// In the order of the disc.
    pub(crate) tracks: Vec<TargetTrack>,
}

/// A BIN.
pub(crate) struct TargetFile {
    pub(crate) name: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) len: u64,
}

/// One track.
pub(crate) struct TargetTrack {
    pub(crate) mode: DataMode,
    pub(crate) sub: SubMode,
    /// The first sector that is of it in the TOC.
    pub(crate) begin: Lba,
    pub(crate) parts: Vec<TargetPart>,
}

/// Sectors of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TargetPart {
    pub(crate) lbas: Range<Lba>,
    pub(crate) what: TargetWhat,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TargetWhat {
    /// In no file.
    Gap(TrackMode),
    Stored {
        file: usize,
        offset: u64,
        form: Form,
    },
}

impl TargetPart {
    pub(crate) fn sectors(&self) -> u32 {
        self.lbas.start.sectors_to(self.lbas.end)
    }
}

fn does_not_fit(disc: &Disc, what: String, hint: &str) -> Error {
    let file = disc.sources().first().map_or("", |source| source.name());
    Error::DoesNotFit { file: file.to_owned(), what, hint: Some(hint.to_owned()) }
}

/// Can the disc be in a TOC at all?
fn check_media(disc: &Disc) -> Result<()> {
    let (toc, iso) = (disc.toc(), "write .iso, which holds 2048-byte sectors of any medium");
    let end = toc.tracks().next_back().map_or(Lba::ZERO, |track| track.end);
    match toc.media {
        Media::Cd if end > Lba(MAX_CD_SECTORS) => {
            return Err(does_not_fit(disc, format!("{end} sectors are more than a CD holds ({MAX_CD_SECTORS})"), iso));
        }
        Media::Cd => {}
        Media::Gd => {
            return Err(does_not_fit(disc, "a GD-ROM has two areas, of which a TOC knows nothing".to_owned(), "write .cue"));
        }
        media => return Err(does_not_fit(disc, format!("a {} is no CD, and a TOC describes CDs", media.name()), iso)),
    }
    if let Some(track) = toc.tracks().next().filter(|track| track.start() < Lba::ZERO) {
        let what = format!("track {} begins at LBA {}, before the program area", track.number, track.start());
        return Err(does_not_fit(disc, what, "choose another target"));
    }
    let numbers = toc.tracks().map(|track| track.number);
    if let Some((before, after)) = numbers.clone().zip(numbers.skip(1)).find(|(before, after)| before + 1 != *after) {
        let what = format!("track {after} follows track {before}, and a TOC counts its tracks without holes");
        return Err(does_not_fit(disc, what, "write .cue, where every track has its own number"));
    }
    Ok(())
}

/// What a track's file keeps of its sectors.
struct Kept {
    /// Bytes of a data sector, without subchannel.
    bytes: u16,
    sub: SubMode,
}

fn kept(disc: &Disc, options: &WriteOptions) -> Result<Kept> {
    let file = disc.sources().first().map_or("", |source| source.name());
    let unsupported = |what: String, hint: &str| Err(Error::unsupported(file, At::Whole, what).with_hint(hint));
    let sub = if disc.stored_sub().is_some() { SubMode::RwRaw } else { SubMode::None };
    let kept = match options.sector {
        None => Kept { bytes: 2352, sub },
        Some(2448) => Kept { bytes: 2352, sub: SubMode::RwRaw },
        Some(bytes @ (2048 | 2336 | 2352)) => Kept { bytes, sub: SubMode::None },
        Some(other) => {
            return unsupported(format!("no sector has {other} bytes"), "--sector takes 2048, 2336, 2352 or 2448 here");
        }
    };
    let misfit = disc.toc().tracks().find(|track| match track.mode {
        TrackMode::Audio | TrackMode::Mode2 => false,
        TrackMode::Mode1 => kept.bytes == 2336,
        TrackMode::Mode0 => kept.bytes != 2352,
    });
    match misfit {
        Some(track) => {
            let what =
                format!("track {} is {}, which has no stored form of {} bytes", track.number, track.mode.name(), kept.bytes);
            unsupported(what, "--sector 2352 stores every track")
        }
        None => Ok(kept),
    }
}

/// The word for a track. There is none for Mode 0 that every program knows; its raw sectors say it.
fn data_mode(mode: TrackMode, bytes: u16) -> DataMode {
    match (mode, bytes) {
        (TrackMode::Audio, _) => DataMode::Audio,
        (TrackMode::Mode1, 2048) => DataMode::Mode1,
        (TrackMode::Mode0 | TrackMode::Mode1, _) => DataMode::Mode1Raw,
        (TrackMode::Mode2, 2048) => DataMode::Mode2Form1,
        (TrackMode::Mode2, 2336) => DataMode::Mode2FormMix,
        (TrackMode::Mode2, _) => DataMode::Mode2Raw,
    }
}

/// One file for all tracks, or one each, called as Redump does.
fn file_names(toc: &Toc, stem: &str, split: bool) -> Vec<String> {
    let numbers: Vec<u8> = toc.tracks().map(|track| track.number).collect();
    if !split || numbers.len() == 1 {
        return vec![format!("{stem}.bin")];
    }
    let width = if numbers.last().is_some_and(|last| *last > 9) { 2 } else { 1 };
    numbers.iter().map(|number| format!("{stem} (Track {number:0width$}).bin")).collect()
}

/// Lay the disc out.
///
/// # Errors
/// [`Error::DoesNotFit`] for what is no CD; [`Error::Unsupported`] for a sector size that cannot be.
pub(crate) fn build<'a>(disc: &'a Disc, stem: &str, options: &WriteOptions) -> Result<Target<'a>> {
    check_media(disc)?;
    let kept = kept(disc, options)?;
    let toc = sayable(disc);
    let names = file_names(&toc, stem, options.split);
    let files = names.into_iter().map(|name| TargetFile { name, pieces: Vec::new(), len: 0 }).collect();
    let mut target = Target { disc, toc, files, tracks: Vec::new() };
    let tracks: Vec<Track> = target.toc.tracks().cloned().collect();
    for (nth, track) in tracks.iter().enumerate() {
        let mode = data_mode(track.mode, kept.bytes);
        let begin = nth.checked_sub(1).map_or(track.first(), |before| tracks[before].end);
        let file = if target.files.len() > 1 { nth } else { 0 };
        let mut parts = Vec::new();
        if begin < track.first() {
            // Between sessions, or left out by the source.
            parts.push(TargetPart { lbas: begin..track.first(), what: TargetWhat::Gap(track.mode) });
        }
        let form = form(mode, kept.sub);
        for (lbas, extent) in disc.extents_in(track.first()..track.end) {
            target.part(&mut parts, lbas, extent, track, file, form)?;
        }
        target.tracks.push(TargetTrack { mode, sub: kept.sub, begin, parts });
    }
    Ok(target)
}

/// The TOC in one session, without stored sectors before LBA 0, and with a lead-out where the last track ends.
fn sayable(disc: &Disc) -> Toc {
    let mut toc = disc.toc().clone();
    let mut rest = toc.sessions.split_off(1).into_iter().flat_map(|session| session.tracks).collect();
    if let Some(session) = toc.sessions.first_mut() {
        session.tracks.append(&mut rest);
        if let Some(track) = session.tracks.first_mut().filter(|track| track.first() < Lba::ZERO) {
            match track.start() {
                Lba::ZERO => track.indexes.retain(|(number, _)| *number > 0),
                _ => track.indexes[0].1 = Lba::ZERO,
            }
        }
        session.lead_out = session.tracks.last().map_or(session.lead_out, |track| track.end);
        let kinds = || disc.toc().sessions.iter().map(|session| session.kind);
        session.kind = kinds().find(|kind| *kind != SessionKind::CdRom).unwrap_or_default();
    }
    toc
}

impl Target<'_> {
    /// Sectors of one extent.
    fn part(
        &mut self,
        parts: &mut Vec<TargetPart>,
        lbas: Range<Lba>,
        extent: &Extent,
        track: &Track,
        file: usize,
        form: Form,
    ) -> Result<()> {
        if is_gap(extent, &form) {
            match parts.last_mut() {
                Some(TargetPart { lbas: last, what: TargetWhat::Gap(mode) }) if *mode == extent.mode => last.end = lbas.end,
                _ => parts.push(TargetPart { lbas, what: TargetWhat::Gap(extent.mode) }),
            }
            return Ok(());
        }
        let form = self.part_form(&lbas, extent, track, form)?;
        let file_index = file;
        let file = &mut self.files[file];
        for piece in self.disc.lay_out(0, lbas.clone(), &form) {
            push(&mut file.pieces, piece);
        }
        let offset = file.len;
        file.len += u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride);
        match parts.last_mut() {
            Some(TargetPart { lbas: last, what: TargetWhat::Stored { form: same, .. } }) if *same == form => last.end = lbas.end,
            _ => parts.push(TargetPart { lbas, what: TargetWhat::Stored { file: file_index, offset, form } }),
        }
        Ok(())
    }

    /// The record of sectors whose sort may be another than their track's: samples are big-endian, data is not swapped.
    fn part_form(&self, lbas: &Range<Lba>, extent: &Extent, track: &Track, form: Form) -> Result<Form> {
        let what = match (track.mode.is_audio(), extent.mode.is_audio()) {
            (true, true) => return Ok(Form { twist: Twist::SwapAudio, ..form }),
            (false, true) if form.main != Main::Frame(0, 2352) => {
                format!("the pregap of track {} is audio, and has no stored form of {} bytes", track.number, form.main.len())
            }
            (true, false) if form.sub.is_some() => {
                format!("the gap of track {} is data in a track of audio, which a TOC cannot say beside subchannel", track.number)
            }
            _ => return Ok(form),
        };
        let file = self.disc.sources().first().map_or("", |source| source.name());
        Err(Error::unsupported(file, At::Lba(lbas.start), what).with_hint("--sector 2352 stores every track, without subchannel"))
    }

    /// Is subchannel written?
    pub(crate) fn has_sub(&self) -> bool {
        self.tracks.iter().any(|track| track.sub != SubMode::None)
    }
}

/// Does no file hold it, or nothing of it that `form` keeps?
fn is_gap(extent: &Extent, form: &Form) -> bool {
    let no_main = extent.main.is_none_or(|place| place.form.main == Main::None);
    let with_sub = extent.sub.is_some() || extent.main.is_some_and(|place| place.form.sub.is_some());
    no_main && !(with_sub && form.sub.is_some())
}

/// Append, joined to the last piece where both are one copy.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), piece) {
        (Some(Piece::Copy { disc, source, range }), Piece::Copy { disc: d, source: s, range: r })
            if (*disc, *source, range.end) == (d, s, r.start) =>
        {
            range.end = r.end;
        }
        (_, piece) => pieces.push(piece),
    }
}

/// The files as they will be, so that the reader's rules can be tried on them.
impl Content for Target<'_> {
    fn len(&self, file: usize) -> u64 {
        self.files[file].len
    }

    fn is_pcm(&self, _: usize) -> bool {
        false
    }

    /// Within one sector.
    fn read(&self, file: usize, offset: u64, out: &mut [u8]) -> bool {
        let parts = self.tracks.iter().flat_map(|track| &track.parts);
        let found = parts.filter_map(|part| match part.what {
            TargetWhat::Stored { file: own, offset: start, form } if own == file => {
                let skip = offset.checked_sub(start)?;
                (skip / u64::from(form.stride) < part.sectors().into()).then_some((part, form, skip))
            }
            _ => None,
        });
        let Some((part, form, skip)) = found.into_iter().next() else { return false };
        let (sector, within) = (skip / u64::from(form.stride), skip % u64::from(form.stride));
        let (Ok(sector), Ok(within)) = (i32::try_from(sector), usize::try_from(within)) else { return false };
        let mut record = vec![0; form.record()];
        let (mut scratch, mut tally) = (Scratch::default(), Tally::default());
        let lba = part.lbas.start + sector;
        if self.disc.read_lossy(lba, &form, &mut scratch, &mut tally, &mut record).is_err() {
            return false;
        }
        match record.get(within..within.saturating_add(out.len())) {
            Some(bytes) => {
                out.copy_from_slice(bytes);
                true
            }
            None => false,
        }
    }
}
