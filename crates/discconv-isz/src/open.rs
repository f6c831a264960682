//! From files to the content inside.

use crate::chunks::Chunks;
use crate::cipher::{Cipher, Method};
use crate::names;
use crate::segments::{self, Segment};
use crate::stored::{self, Stored};
use crate::table::{EVEN_CHUNK, Shape, Table, Zeros};
use crate::wire::{self, Checksums, ENCRYPTION_AT, Header, Kind, SEGMENT_NUMBER_AT};
use discconv_core::{At, Blocks, CheckAlgorithm, Error, Input, Note, Opened, Promise, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// Packed chunks that are tried with a password: one may be damaged.
const TRIED: usize = 4;
/// Content that is so many times as long as the file is worth a word.
const REMARKABLE_RATIO: u64 = 1000;
/// Bytes of a sector, for counting damage.
const SECTOR: u64 = 2048;

/// The content of the ISZ image `input`.
///
/// # Errors
/// Whatever is wrong with its header, its tables, its files; [`Error::Password`] if it is encrypted and the password is
/// missing or wrong.
pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let (header, checksums) = wire::read_header(input.name, input.source.as_ref())?;
    check_is_first(input.name, &header)?;
    let method = method(input.name, &header)?;
    let shape = Shape::of(input, &header)?;
    let table = Table::read(input, &header, &shape)?;
    let (segments, segment_table) = segments::read(input, &header, table.count())?;
    let layout = Layout { input, segments, table, shape };
    let ranges = layout.ranges(Zeros::Nothing)?;
    check_overlaps(input.name, &header, &segment_table, &ranges)?;
    let (chunks, zeros) = layout.chunks(&ranges, method)?;
    if chunks.cipher.is_some() {
        check_password(&chunks)?;
    }
    let mut notes = notes(&layout, zeros);
    let damage = damage(&layout.segments, &chunks)?;
    let is_whole = damage.is_none();
    notes.extend(damage);
    let stored = Arc::clone(&chunks.stored.source);
    let content: Arc<dyn ReadAt> = match &layout.table {
        Table::Plain(_) if chunks.cipher.is_none() => Arc::clone(&stored),
        _ => Arc::new(Blocks::new(chunks)?),
    };
    // What is cut cannot keep its promises, and is told anyway.
    let checksums = checksums.filter(|checksums| is_whole && *checksums != Checksums::default());
    let checks = checksums.map_or(Vec::new(), |checksums| promises(&checksums, &content, &stored, zeros));
    Ok(Opened::Bytes { source: content, checks, notes })
}

/// A later file of a split image says nothing of the others.
fn check_is_first(file: &str, header: &Header) -> Result<()> {
    if header.segment_number == 0 {
        return Ok(());
    }
    let found = format!("file {} of an image that is split", header.segment_number);
    let hint = match names::first(file) {
        Some(first) => format!("open {first}, which finds the others by itself"),
        None => "open the first file, which finds the others by itself: x.isz, x.part01.isz or x.part001.isz".to_owned(),
    };
    Err(Error::malformed(file, At::Byte(SEGMENT_NUMBER_AT as u64), found, "its first file (0)").with_hint(hint))
}

/// How the chunks are encrypted, if they are.
fn method(file: &str, header: &Header) -> Result<Option<Method>> {
    let at = At::Byte(ENCRYPTION_AT);
    match header.encryption {
        0 => Ok(None),
        1 => Err(Error::unsupported(file, at, "is encrypted by \"password\" (1), of which nobody knows how it is done")
            .with_hint("open it with the program that wrote it, and save it without a password")),
        2..=4 => Ok(Method::of_number(header.encryption)),
        other => Err(wire::bad_header(file, ENCRYPTION_AT, format!("encryption {other}"), "0 (none) to 4 (AES-256)")),
    }
}

/// Header, tables and chunks each have their own place in the first file.
fn check_overlaps(file: &str, header: &Header, segment_table: &Range<u64>, chunks: &[Range<u64>]) -> Result<()> {
    let none = 0..0;
    let areas = [
        ("the header", 0..u64::from(header.header_bytes)),
        ("the segment table", segment_table.clone()),
        ("the chunk table", Table::range(header)),
        ("the chunks", chunks.first().unwrap_or(&none).clone()),
    ];
    for (index, (name, area)) in areas.iter().enumerate() {
        let shared = areas[..index].iter().find(|(_, other)| other.start.max(area.start) < other.end.min(area.end));
        if let Some((other, range)) = shared {
            let found = format!("{name} at bytes {:#X} to {:#X}", area.start, area.end);
            let expected = format!("a place outside {other} ({:#X} to {:#X})", range.start, range.end);
            return Err(wire::bad_header(file, area.start, found, expected));
        }
    }
    Ok(())
}

/// What is known before any chunk is read.
struct Layout<'a> {
    input: &'a Input<'a>,
    segments: Vec<Segment>,
    table: Table,
    shape: Shape,
}

impl Layout<'_> {
    fn ranges(&self, zeros: Zeros) -> Result<Vec<Range<u64>>> {
        stored::ranges(self.input.name, &self.segments, &self.table, zeros)
    }

    /// The chunks, by the rule for zero chunks that fits: the usual one, unless the other one explains the file better.
    /// `ranges` are those of the usual rule.
    fn chunks(&self, ranges: &[Range<u64>], method: Option<Method>) -> Result<(Chunks, Zeros)> {
        let usual = self.chunks_by(Zeros::Nothing, ranges, method)?;
        if !self.table.has_doubtful_zeros() || stored::ends_well(&self.segments, ranges) {
            return Ok((usual, Zeros::Nothing));
        }
        let Ok(others) = self.ranges(Zeros::TakeRoom) else { return Ok((usual, Zeros::Nothing)) };
        let other = self.chunks_by(Zeros::TakeRoom, &others, method)?;
        let is_other = match (after_zeros(&usual), other.stored.missing.is_empty()) {
            (_, false) => false,
            (Some(index), true) => !usual.unpacks(index) && other.unpacks(index),
            (None, true) => stored::ends_well(&self.segments, &others),
        };
        Ok(if is_other { (other, Zeros::TakeRoom) } else { (usual, Zeros::Nothing) })
    }

    fn chunks_by(&self, zeros: Zeros, ranges: &[Range<u64>], method: Option<Method>) -> Result<Chunks> {
        let shape = match &self.table {
            Table::Listed(_) => self.shape,
            Table::Plain(_) => self.even()?,
        };
        Ok(Chunks {
            name: self.input.name.to_owned(),
            shape,
            starts: self.table.starts(zeros),
            stored: Stored::new(&self.segments, ranges)?,
            cipher: method.map(|method| self.cipher(method)).transpose()?,
        })
    }

    /// Without a table, chunks may be cut anywhere between blocks of AES.
    fn even(&self) -> Result<Shape> {
        let Shape { total, chunk_bytes, count } = self.shape;
        if count > 1 && !chunk_bytes.is_multiple_of(16) {
            let found = format!("chunks of {chunk_bytes} bytes");
            return Err(wire::bad_header(self.input.name, 29, found, "a multiple of 16, as AES needs it"));
        }
        Ok(Shape { total, chunk_bytes: EVEN_CHUNK, count: total.div_ceil(EVEN_CHUNK) })
    }

    fn cipher(&self, method: Method) -> Result<Cipher> {
        let Some(password) = self.input.password else {
            return Err(Error::Password {
                file: self.input.name.to_owned(),
                at: At::Byte(ENCRYPTION_AT),
                what: format!("is encrypted ({}), and no password was given", method.name()),
                tried: false,
            });
        };
        Ok(Cipher::new(method, password))
    }
}

/// The first packed chunk behind a zero chunk.
fn after_zeros(chunks: &Chunks) -> Option<u64> {
    let zero = (0..chunks.starts.count()).find(|index| chunks.starts.chunk(*index).0 == Kind::Zero)?;
    chunks.packed().find(|index| *index > zero)
}

/// There is nothing to compare a password with, but what was decrypted by a wrong one does not unpack.
fn check_password(chunks: &Chunks) -> Result<()> {
    let tried: Vec<u64> = chunks.packed().take(TRIED).collect();
    if tried.is_empty() || tried.iter().any(|index| chunks.unpacks(*index)) {
        return Ok(());
    }
    let first = chunks.starts.chunk(tried[0]).1;
    let (file, at) = chunks.stored.place(first.start);
    Err(Error::Password {
        file: file.to_owned(),
        at: At::Byte(at),
        what: format!("the password is not the right one: with it, chunk {} does not unpack", tried[0]),
        tried: true,
    })
}

fn notes(layout: &Layout<'_>, zeros: Zeros) -> Vec<Note> {
    let name = layout.input.name;
    let mut notes = Vec::new();
    if zeros == Zeros::TakeRoom {
        notes.push(Note::oddity(format!("{name}: its zero chunks take room in the file, which they need not")));
    }
    let bytes = layout.segments.iter().map(|segment| segment.source.len()).fold(0, u64::saturating_add);
    if layout.shape.total / REMARKABLE_RATIO > bytes {
        let total = layout.shape.total;
        notes.push(Note::oddity(format!("{name}: {bytes} bytes hold {total} bytes of content, which must be nearly all zeros")));
    }
    notes
}

/// What is missing at the end of files, if anything is.
fn damage(segments: &[Segment], chunks: &Chunks) -> Result<Option<Note>> {
    let Some(missing) = chunks.stored.missing.first() else { return Ok(None) };
    let (file, at) = chunks.stored.place(missing.start);
    let kept = |index: &u64| {
        let (kind, range) = chunks.starts.chunk(*index);
        kind != Kind::Zero && !chunks.stored.is_missing(&range)
    };
    if !(0..chunks.starts.count()).any(|index| kept(&index)) {
        let len = segments.iter().find(|segment| segment.name == file).map_or(at, |segment| segment.source.len());
        let found = format!("the end of the file at byte {len:#X}");
        let expected = format!("chunks up to byte {:#X}", at + (missing.end - missing.start));
        return Err(Error::malformed(file, At::Byte(at), found, expected)
            .with_hint("not one chunk is whole: the file is cut, or is not what its header says; get it again"));
    }
    let lost = (0..chunks.starts.count()).filter(|index| chunks.stored.is_missing(&chunks.starts.chunk(*index).1));
    let (count, bytes) = lost.fold((0_u64, 0), |(count, bytes), index| (count + 1, bytes + chunks.shape.chunk_len(index)));
    let sectors = bytes.div_ceil(SECTOR);
    let what = format!(
        "{file}: cut at byte {at:#X}: {count} of {} chunks are not there; zeros stand for their {sectors} sectors",
        chunks.starts.count()
    );
    Ok(Some(Note::damage(sectors, what)))
}

/// The digests that the header promises.
fn promises(checksums: &Checksums, content: &Arc<dyn ReadAt>, stored: &Arc<dyn ReadAt>, zeros: Zeros) -> Vec<Promise> {
    let promise = |source: &Arc<dyn ReadAt>, inverted: u32| Promise {
        source: Arc::clone(source),
        range: 0..source.len(),
        algorithm: CheckAlgorithm::Crc32,
        value: (!inverted).to_be_bytes().to_vec(),
    };
    let mut promises = vec![promise(content, checksums.content)];
    // The room of zero chunks is in the file, but not in the checksum.
    if zeros == Zeros::Nothing {
        promises.push(promise(stored, checksums.stored));
    }
    promises
}
