//! The chunk table: how each chunk is stored, in how many bytes.

use crate::wire::{self, Header, Kind, chunk_entry, scramble};
use discconv_core::{At, Error, Input, Result};
use std::ops::Range;

/// Most bytes of content: a disc of four layers of Blu-ray. Zero chunks cost nothing, so that a file could claim any number.
pub(crate) const MAX_CONTENT: u64 = 128 << 30;
/// Most bytes of an unpacked chunk.
const MAX_CHUNK: u64 = 64 << 20;
/// What a chunk may have in a file of any length: what entries of three bytes can tell.
const USUAL_CHUNK: u64 = 4 << 20;
/// Deflate packs no better than so many times.
const MAX_RATIO: u64 = 1032;
/// Bytes of the table that are read at once: any number of whole entries, of the scrambling too.
const PIECE: u64 = 64 * 840;

/// What the header says of content and chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Bytes of the content.
    pub(crate) total: u64,
    /// Bytes of a chunk of it; the last may have fewer.
    pub(crate) chunk_bytes: u64,
    /// Chunks.
    pub(crate) count: u64,
}

impl Shape {
    /// Of the file of `input`, which begins with `header`.
    ///
    /// # Errors
    /// [`Error::Malformed`] for numbers that do not agree, [`Error::Limit`] for those that are too large.
    pub(crate) fn of(input: &Input<'_>, header: &Header) -> Result<Shape> {
        let bad = |at: u64, found: String, expected: &str| Err(wire::bad_header(input.name, at, found, expected));
        let total = u64::from(header.sectors) * u64::from(header.sector_bytes);
        if total == 0 {
            let found = format!("{} sectors of {} bytes", header.sectors, header.sector_bytes);
            return bad(10, found, "at least one sector with bytes");
        }
        let limit = |at: u64, found: String, limit: u64| {
            Err(Error::Limit { file: input.name.to_owned(), at: At::Byte(at), found, limit: format!("{limit} bytes") })
        };
        if total > MAX_CONTENT {
            return limit(12, format!("{} sectors of {} bytes", header.sectors, header.sector_bytes), MAX_CONTENT);
        }
        let (chunks, chunk_bytes) = (u64::from(header.chunks), u64::from(header.chunk_bytes));
        if header.chunk_table == 0 && chunks <= 1 {
            return Ok(Shape { total, chunk_bytes: total, count: 1 });
        }
        if chunk_bytes == 0 {
            return bad(29, "chunks of 0 bytes".to_owned(), "chunks with bytes");
        }
        // Whoever reads a little has a whole chunk unpacked, so that a small file shall not have large ones.
        let most = MAX_CHUNK.min(USUAL_CHUNK.max(input.source.len().saturating_mul(MAX_RATIO)));
        if header.chunk_table != 0 && chunk_bytes > most {
            return limit(29, format!("chunks of {chunk_bytes} bytes in a file of {}", input.source.len()), most);
        }
        let count = total.div_ceil(chunk_bytes);
        if chunks != count {
            return bad(25, format!("{chunks} chunks"), &format!("{count}, for {total} bytes in chunks of {chunk_bytes}"));
        }
        Ok(Shape { total, chunk_bytes, count })
    }

    /// Bytes of chunk `index` of the content.
    pub(crate) fn chunk_len(&self, index: u64) -> u64 {
        self.total.saturating_sub(index.saturating_mul(self.chunk_bytes)).min(self.chunk_bytes)
    }
}

/// What is stored of a zero chunk whose entry has a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zeros {
    /// Nothing: the length is that of the content.
    Nothing,
    /// So many bytes, which nobody reads.
    TakeRoom,
}

/// Chunks in order.
#[derive(Debug)]
pub(crate) enum Table {
    /// For each chunk its [`Kind`] in the two highest bits, its stored length below.
    Listed(Vec<u64>),
    /// There is no table: the content is stored as it is.
    Plain(Shape),
}

/// The lower bits of an entry in memory: a length, or an offset.
const VALUE: u64 = u64::MAX >> 2;

fn kind_of(entry: u64) -> Kind {
    Kind::of_bits(entry >> 62)
}

/// Bytes that are stored for an entry.
fn room(entry: u64, zeros: Zeros) -> u64 {
    if zeros == Zeros::Nothing && kind_of(entry) == Kind::Zero { 0 } else { entry & VALUE }
}

impl Table {
    /// The table of the file of `input`.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it reaches past the end of the file, or says what cannot be; [`Error::Limit`] for more
    /// entries than are accepted.
    pub(crate) fn read(input: &Input<'_>, header: &Header, shape: &Shape) -> Result<Table> {
        if header.chunk_table == 0 {
            return Ok(Table::Plain(*shape));
        }
        let each = u64::from(header.entry_bytes);
        if !(1..=8).contains(&each) {
            return Err(wire::bad_header(input.name, 33, format!("table entries of {each} bytes"), "1 to 8 bytes"));
        }
        let range = Self::range(header);
        if range.end > input.source.len() {
            let found = format!("the end of the file at byte {:#X}", input.source.len());
            let expected = format!("the table of {} chunks up to byte {:#X}", shape.count, range.end);
            return Err(Error::malformed(input.name, At::Byte(range.start), found, expected)
                .with_hint("the file is cut within its table, or its header is damaged; get it again"));
        }
        if shape.count > input.limits.entries {
            let (found, limit) = (format!("{} chunks", shape.count), format!("{} chunks", input.limits.entries));
            return Err(Error::Limit { file: input.name.to_owned(), at: At::Byte(25), found, limit });
        }
        let mut entries = Vec::with_capacity(usize::try_from(shape.count).unwrap_or(0));
        let mut bytes = Vec::new();
        for at in range.clone().step_by(usize::try_from(PIECE).unwrap_or(usize::MAX)) {
            bytes.resize(usize::try_from(PIECE.min(range.end - at)).unwrap_or(0), 0);
            input.source.read_exact_at(at, &mut bytes)?;
            scramble(at - range.start, &mut bytes);
            for entry in bytes.chunks_exact(usize::from(header.entry_bytes)) {
                let index = entries.len() as u64;
                entries.push(checked(input.name, range.start + index * each, index, entry, shape)?);
            }
        }
        Ok(Table::Listed(entries))
    }

    /// Where in the first file it lies; empty if there is none.
    pub(crate) fn range(header: &Header) -> Range<u64> {
        let start = u64::from(header.chunk_table);
        let each = if start == 0 { 0 } else { u64::from(header.entry_bytes) };
        start..start + u64::from(header.chunks) * each
    }

    /// Chunks.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Table::Listed(entries) => entries.len() as u64,
            Table::Plain(shape) => shape.count,
        }
    }

    /// Bytes that are stored for a run of chunks, of which each exists; `None` if they are beyond counting.
    pub(crate) fn stored_bytes(&self, chunks: Range<u64>, zeros: Zeros) -> Option<u64> {
        match self {
            Table::Listed(entries) => {
                let run = usize::try_from(chunks.start).ok()?..usize::try_from(chunks.end).ok()?;
                entries.get(run)?.iter().try_fold(0, |sum: u64, entry| sum.checked_add(room(*entry, zeros)))
            }
            Table::Plain(shape) => {
                let place = |index: u64| index.saturating_mul(shape.chunk_bytes).min(shape.total);
                place(chunks.end).checked_sub(place(chunks.start))
            }
        }
    }

    /// Are there zero chunks with a length, of which it is not certain what that means?
    pub(crate) fn has_doubtful_zeros(&self) -> bool {
        matches!(self, Table::Listed(entries) if entries.iter().any(|entry| kind_of(*entry) == Kind::Zero && entry & VALUE != 0))
    }

    /// The same chunks with their places, which must be inside `u64`'s lower 62 bits.
    pub(crate) fn starts(&self, zeros: Zeros) -> Starts {
        match self {
            Table::Plain(shape) => Starts::Even { total: shape.total },
            Table::Listed(entries) => {
                let mut at = 0_u64;
                let mut starts: Vec<u64> = Vec::with_capacity(entries.len() + 1);
                for entry in entries {
                    starts.push(entry & !VALUE | at & VALUE);
                    at = at.saturating_add(room(*entry, zeros));
                }
                starts.push(at & VALUE);
                Starts::Listed(starts)
            }
        }
    }
}

/// An entry as it is kept, if it can be one of chunk `index`.
fn checked(file: &str, at: u64, index: u64, bytes: &[u8], shape: &Shape) -> Result<u64> {
    let (kind, stored) = chunk_entry(bytes);
    let wanted = shape.chunk_len(index);
    // Neither codec makes bytes longer by a sixty-fourth, apart from its headers.
    let most = wanted + wanted / 64 + 1024;
    let expected = match kind {
        Kind::Stored if stored != wanted => format!("{wanted}, as many as it has unpacked"),
        Kind::Zlib | Kind::Bzip2 if stored > most => format!("at most {most}, for {wanted} unpacked"),
        // Under no rule can a length beyond that be one of bytes in the file.
        Kind::Zero if stored > MAX_CONTENT => format!("at most {MAX_CONTENT}"),
        _ => return Ok((kind as u64) << 62 | stored),
    };
    let found = format!("chunk {index} of {stored} stored bytes");
    Err(Error::malformed(file, At::Byte(at), found, expected)
        .with_hint("the table is damaged, and with it the places of all later chunks; get the file again"))
}

/// Bytes of a chunk, where they are stored as they are and nothing else says it.
pub(crate) const EVEN_CHUNK: u64 = 128 << 10;

/// Where the chunks lie among all stored bytes.
#[derive(Debug)]
pub(crate) enum Starts {
    /// For each chunk its kind in the two highest bits, its place below; at last the end.
    Listed(Vec<u64>),
    /// Stored as it is, in pieces of [`EVEN_CHUNK`].
    Even {
        /// Bytes.
        total: u64,
    },
}

impl Starts {
    /// Chunks.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Starts::Listed(starts) => starts.len() as u64 - 1,
            Starts::Even { total } => total.div_ceil(EVEN_CHUNK),
        }
    }

    /// How chunk `index` is stored, and where. One that does not exist is a zero chunk.
    pub(crate) fn chunk(&self, index: u64) -> (Kind, Range<u64>) {
        match self {
            Starts::Listed(starts) => {
                let found = usize::try_from(index).ok().and_then(|index| starts.get(index..index + 2));
                found.map_or((Kind::Zero, 0..0), |pair| (kind_of(pair[0]), pair[0] & VALUE..pair[1] & VALUE))
            }
            Starts::Even { total } => {
                let start = index.saturating_mul(EVEN_CHUNK).min(*total);
                (Kind::Stored, start..(start + EVEN_CHUNK).min(*total))
            }
        }
    }
}
