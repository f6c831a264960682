//! Deflate, raw (RFC 1951) and with zlib's header and checksum (RFC 1950).

mod best;
mod bits;
mod coding;
mod engine;
mod header;
mod huffman;
mod matches;
mod parse;
mod read;
mod refine;
mod tables;

use crate::{CodecError, Level};
use best::Best;
use engine::{Packer, Unpacker, adler32};

/// CM 8 and a window of 32 KiB, "slowest": the two bytes in front of zlib's data, a multiple of 31 (RFC 1950, 2.2).
const ZLIB_HEADER: [u8; 2] = [0x78, 0xDA];

/// Packs blocks; keeps its tables from block to block, as long as they are about equally long.
pub struct Deflater {
    level: Level,
    effort: i32,
    packer: Packer,
    best: Option<Box<Best>>,
}

/// How hard the library works, as libdeflate counts; measured on blocks of each size, so that `Normal` is smaller than zlib
/// at its best in at most 0.4 of its time.
fn effort(level: Level, length: usize) -> i32 {
    match (level, length) {
        (Level::Fast, _) => 1,
        (Level::Normal, ..=16384) => 7,
        (Level::Normal, _) => 8,
        // Only so that the search never loses.
        (Level::Max, ..=best::MAX_INPUT) => 6,
        (Level::Max, _) => 12,
    }
}

impl std::fmt::Debug for Deflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deflater").finish_non_exhaustive()
    }
}

impl Deflater {
    /// An encoder of one worker.
    #[must_use]
    pub fn new(level: Level) -> Self {
        let effort = effort(level, 0);
        let best = (level == Level::Max).then(|| Box::new(Best::new()));
        Deflater { level, effort, packer: Packer::new(effort), best }
    }

    /// Packs `input` as a raw stream of its own and appends it to `out`.
    pub fn raw(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let effort = effort(self.level, input.len());
        if effort != self.effort {
            self.packer = Packer::new(effort);
            self.effort = effort;
        }
        let packed = self.packer.pack(input).filter(|packed| packed.len() <= stored_length(input.len()));
        match (packed, &mut self.best) {
            (Some(packed), Some(best)) => best.pack(input, packed, out),
            (Some(packed), None) => out.extend_from_slice(packed),
            (None, _) => stored(input, out),
        }
    }

    /// Packs `input` as a zlib stream and appends it to `out`.
    pub fn zlib(&mut self, input: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&ZLIB_HEADER);
        self.raw(input, out);
        out.extend_from_slice(&adler32(input).to_be_bytes());
    }
}

/// What [`stored`] makes of so many bytes.
fn stored_length(length: usize) -> usize {
    length + 5 * length.div_ceil(usize::from(u16::MAX)).max(1)
}

/// Stored blocks (RFC 1951, 3.2.4): always possible.
fn stored(input: &[u8], out: &mut Vec<u8>) {
    let mut rest = input;
    loop {
        let (piece, more) = rest.split_at(rest.len().min(usize::from(u16::MAX)));
        let length = u16::try_from(piece.len()).unwrap_or(u16::MAX);
        out.push(u8::from(more.is_empty()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(piece);
        rest = more;
        if rest.is_empty() {
            return;
        }
    }
}

/// What to do about the checksum at the end of a zlib stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adler {
    /// A wrong one is an error.
    #[default]
    Check,
    /// It is not looked at and may be missing: some DAX readers do so, and some writers rely on it.
    Ignore,
}

/// Unpacks blocks; keeps its tables from block to block.
pub struct Inflater {
    unpacker: Unpacker,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater").finish_non_exhaustive()
    }
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new()
    }
}

impl Inflater {
    /// A decoder of one worker.
    #[must_use]
    pub fn new() -> Self {
        Inflater { unpacker: Unpacker::new() }
    }

    /// Unpacks a raw stream into the whole of `out`. Input behind the stream is ignored.
    ///
    /// # Errors
    /// The stream is truncated, damaged, or unpacks to another length than `out.len()`.
    pub fn raw(&mut self, input: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        if self.unpacker.raw(input, out) { Ok(()) } else { Err(explain(input, out.len())) }
    }

    /// Unpacks a zlib stream into the whole of `out`. Input behind the stream is ignored.
    ///
    /// # Errors
    /// The header is not zlib's, the stream is truncated, damaged, or unpacks to another length than `out.len()`, or, where
    /// it counts, the checksum is wrong.
    pub fn zlib(&mut self, input: &[u8], out: &mut [u8], adler: Adler) -> Result<(), CodecError> {
        let data = behind_header(input)?;
        let good = match adler {
            Adler::Check => self.unpacker.zlib(input, out),
            Adler::Ignore => self.unpacker.raw(data, out),
        };
        if good { Ok(()) } else { Err(self.explain_zlib(input, data, out)) }
    }

    fn explain_zlib(&mut self, input: &[u8], data: &[u8], out: &mut [u8]) -> CodecError {
        let consumed = match read::read(data, out.len(), &mut read::Nobody) {
            Ok(consumed) => consumed,
            Err(CodecError::Truncated { .. }) => return CodecError::Truncated { length: input.len() },
            Err(CodecError::Damaged { offset, what }) => {
                return CodecError::Damaged { offset: offset + ZLIB_HEADER.len(), what };
            }
            Err(error) => return error,
        };
        let Some(expected) = data[consumed..].first_chunk() else { return CodecError::Truncated { length: input.len() } };
        let expected = u32::from_be_bytes(*expected);
        if self.unpacker.raw(data, out) {
            CodecError::Checksum { found: adler32(out), expected }
        } else {
            explain(data, out.len())
        }
    }
}

/// Reads a stream that did not unpack once more, slowly, for the reason.
fn explain(input: &[u8], expected: usize) -> CodecError {
    match read::read(input, expected, &mut read::Nobody) {
        Err(error) => error,
        // The two readers should never disagree; if they do, the stream is odd enough.
        Ok(offset) => CodecError::Damaged { offset, what: "a deflate stream that not all decoders take" },
    }
}

/// Checks zlib's header (RFC 1950, 2.2) and cuts it off.
fn behind_header(input: &[u8]) -> Result<&[u8], CodecError> {
    let truncated = CodecError::Truncated { length: input.len() };
    let (&[method, flags], data) = input.split_first_chunk::<2>().ok_or(truncated)?;
    if method & 15 != 8 || method >> 4 > 7 || u16::from_be_bytes([method, flags]) % 31 != 0 {
        return Err(CodecError::Damaged { offset: 0, what: "no zlib header" });
    }
    if flags & 0x20 != 0 {
        return Err(CodecError::Damaged { offset: 1, what: "the stream needs a preset dictionary" });
    }
    Ok(data)
}
