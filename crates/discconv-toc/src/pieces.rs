//! The parts of a track as bytes: how long each is, and which sectors lie in one file.
//!
//! Lengths may be in samples or bytes, so that a part need not end with a sector. What does not is put together from
//! its parts, sector by sector whole; the rest of the track stays where it is.

use crate::content::Content;
use crate::parse::MAX_SECTORS;
use crate::sheet::{Amount, Part, Sheet, SheetTrack, What};
use discconv_core::{At, Error, Form, Main, Result, TrackMode, Twist};
use std::ops::Range;

/// Bytes of a sample of both channels.
const SAMPLE: u64 = 4;

/// A part with its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) line: u32,
    pub(crate) len: u64,
    pub(crate) what: ChunkWhat,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChunkWhat {
    /// So many sectors' worth of nothing.
    Blank(TrackMode),
    /// Bytes of a file; `swapped` samples are big-endian.
    File { file: usize, offset: u64, swapped: bool },
}

/// Bytes that a sector is put together from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bit {
    Zeros(u64),
    File { file: usize, range: Range<u64>, swap: bool },
}

/// Sectors that are stored alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// From the track's beginning.
    pub(crate) first: u32,
    pub(crate) sectors: u32,
    pub(crate) form: Form,
    pub(crate) what: PieceWhat,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PieceWhat {
    Blank(TrackMode),
    File { file: usize, offset: u64 },
    Composed(Vec<Bit>),
}

fn too_long(sheet: &Sheet, line: u32) -> Error {
    let limit = format!("{MAX_SECTORS} sectors");
    Error::Limit {
        file: sheet.name.clone(),
        at: At::Line(line),
        found: "a track of more sectors than a disc has".to_owned(),
        limit,
    }
}

/// Bytes of `amount`.
fn bytes(sheet: &Sheet, line: u32, amount: Amount, samples: bool, form: &Form) -> Result<u64> {
    let bytes = match amount {
        Amount::Sectors(sectors) => u64::from(sectors).checked_mul(form.stride.into()),
        Amount::Units(units) => units.checked_mul(if samples { SAMPLE } else { 1 }),
    };
    let longest = u64::from(MAX_SECTORS) * u64::from(form.stride);
    bytes.filter(|bytes| *bytes <= longest).ok_or_else(|| too_long(sheet, line))
}

/// The parts of `track`, each with its length; `form` is the record of the track.
///
/// # Errors
/// [`Error::Malformed`] with the line for a part of which the file holds nothing.
pub(crate) fn chunks(sheet: &Sheet, track: &SheetTrack, form: &Form, files: &dyn Content) -> Result<Vec<Chunk>> {
    let is_audio = track.mode.mode().is_audio();
    let chunk = |part: &Part| {
        let line = part.line;
        match part.what {
            What::Blank { mode, samples, len } => {
                Ok(Chunk { line, len: bytes(sheet, line, len, samples, form)?, what: ChunkWhat::Blank(mode) })
            }
            What::Stored { file, samples, swap, offset, start, len } => {
                let skip = bytes(sheet, line, start, samples, form)?;
                let offset = offset.checked_add(skip).ok_or_else(|| too_long(sheet, line))?;
                let there = files.len(file).saturating_sub(offset);
                if there == 0 {
                    return Err(nothing_there(sheet, line, file, offset, files.len(file)));
                }
                let len = match len {
                    Some(len) => bytes(sheet, line, len, samples, form)?,
                    None => there,
                };
                // Samples of plain files are big-endian, those of sound formats are handed out little-endian.
                let swapped = is_audio && files.is_pcm(file) == swap;
                Ok(Chunk { line, len, what: ChunkWhat::File { file, offset, swapped } })
            }
        }
    };
    track.parts.iter().map(chunk).collect()
}

fn nothing_there(sheet: &Sheet, line: u32, file: usize, offset: u64, len: u64) -> Error {
    let found = format!("data from byte {offset} of {:?} on, which has {len} bytes", sheet.files[file].name);
    Error::malformed(&sheet.name, At::Line(line), found, "a place inside the file")
        .with_hint("the file is cut, or the TOC belongs to another one; nothing of this part is there")
}

/// The sectors of a track whose parts are `chunks`. The last one is completed with zeros.
///
/// # Errors
/// [`Error::Limit`] for a track longer than any disc.
pub(crate) fn pieces(sheet: &Sheet, line: u32, chunks: &[Chunk], form: &Form) -> Result<Vec<Piece>> {
    let mut cut = Cut { form, pieces: Vec::new(), sectors: 0 };
    let stride = u64::from(form.stride);
    let (mut from, mut at) = (0, 0_u64);
    for (index, chunk) in chunks.iter().enumerate() {
        at = at.checked_add(chunk.len).filter(|at| at / stride <= MAX_SECTORS.into()).ok_or_else(|| too_long(sheet, line))?;
        let is_last = index + 1 == chunks.len();
        if at.is_multiple_of(stride) || is_last {
            cut.run(&chunks[from..=index], at.div_ceil(stride));
            from = index + 1;
        }
    }
    Ok(cut.pieces)
}

struct Cut<'a> {
    form: &'a Form,
    pieces: Vec<Piece>,
    /// Sectors so far.
    sectors: u64,
}

impl Cut<'_> {
    fn push(&mut self, sectors: u64, form: Form, what: PieceWhat) {
        let first = u32::try_from(self.sectors).unwrap_or(u32::MAX);
        self.sectors += sectors;
        let sectors = u32::try_from(sectors).unwrap_or(u32::MAX);
        if sectors == 0 {
            return;
        }
        if let (Some(last), PieceWhat::Blank(mode)) = (self.pieces.last_mut(), &what)
            && last.what == PieceWhat::Blank(*mode)
        {
            last.sectors = last.sectors.saturating_add(sectors);
            return;
        }
        self.pieces.push(Piece { first, sectors, form, what });
    }

    /// Chunks from one sector border to the next, up to sector `end`.
    fn run(&mut self, chunks: &[Chunk], end: u64) {
        let stride = u64::from(self.form.stride);
        if let [chunk] = chunks {
            let whole = chunk.len / stride;
            match &chunk.what {
                // Not even a whole sector of nothing is stored.
                ChunkWhat::Blank(mode) => return self.push(end - self.sectors, *self.form, PieceWhat::Blank(*mode)),
                ChunkWhat::File { file, offset, swapped } => {
                    let twist = if *swapped { Twist::SwapAudio } else { Twist::None };
                    self.push(whole, Form { twist, ..*self.form }, PieceWhat::File { file: *file, offset: *offset });
                }
            }
            if end > self.sectors {
                let tail = tail(chunk, whole * stride);
                self.compose(&[tail], end);
            }
            return;
        }
        self.compose(chunks, end);
    }

    fn compose(&mut self, chunks: &[Chunk], end: u64) {
        // With subchannel behind each sector, samples are swapped sector by sector.
        let by_sector = self.form.sub.is_some() || self.form.record() != self.form.main.len();
        let mut twist = Twist::None;
        let mut bits = Vec::new();
        let mut filled = 0;
        for chunk in chunks.iter().filter(|chunk| chunk.len > 0) {
            filled += chunk.len;
            bits.push(match &chunk.what {
                ChunkWhat::Blank(_) => Bit::Zeros(chunk.len),
                ChunkWhat::File { file, offset, swapped } => {
                    if *swapped && by_sector {
                        twist = Twist::SwapAudio;
                    }
                    let range = *offset..offset.saturating_add(chunk.len);
                    Bit::File { file: *file, range, swap: *swapped && !by_sector }
                }
            });
        }
        let sectors = end - self.sectors;
        let missing = (sectors * u64::from(self.form.stride)).saturating_sub(filled);
        if missing > 0 {
            bits.push(Bit::Zeros(missing));
        }
        self.push(sectors, Form { twist, ..*self.form }, PieceWhat::Composed(bits));
    }
}

/// `chunk` without its first bytes.
fn tail(chunk: &Chunk, skip: u64) -> Chunk {
    let what = match &chunk.what {
        ChunkWhat::File { file, offset, swapped } => {
            ChunkWhat::File { file: *file, offset: offset.saturating_add(skip), swapped: *swapped }
        }
        blank => blank.clone(),
    };
    Chunk { line: chunk.line, len: chunk.len - skip, what }
}

/// Is a record of this form nothing but a raw sector?
pub(crate) fn is_plain_raw(form: &Form) -> bool {
    form.main == Main::Frame(0, 2352) && form.record() == form.main.len()
}
