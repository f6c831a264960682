//! The files that an image is made of.

use crate::names;
use crate::wire::{self, Header, SEGMENT_BYTES, SEGMENT_ENTRY, SEGMENT_NUMBER_AT, SegmentEntry};
use discconv_core::{At, Error, Input, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// Files are numbered from 0 to 99.
const MAX_SEGMENTS: u64 = 100;

/// One file.
pub(crate) struct Segment {
    /// What is said of it.
    pub(crate) entry: SegmentEntry,
    /// Where that is said, in the first file.
    pub(crate) said_at: u64,
    /// What the person calls it.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) source: Arc<dyn ReadAt>,
    /// Bytes of its own header.
    pub(crate) header_bytes: u64,
}

/// The files of the image whose first file is `input`, with `count` chunks, and where in it their table lies.
///
/// # Errors
/// [`Error::Malformed`] for a table that is cut, without end or not about these chunks, and for a file of another image;
/// [`Error::MissingFile`] where one is not there; [`Error::Unsupported`] for a split image without a table.
pub(crate) fn read(input: &Input<'_>, header: &Header, count: u64) -> Result<(Vec<Segment>, Range<u64>)> {
    let first = |entry, said_at| Segment {
        entry,
        said_at,
        name: input.name.to_owned(),
        source: Arc::clone(&input.source),
        header_bytes: u64::from(header.header_bytes),
    };
    if header.segment_table == 0 {
        if header.segment_bytes != 0 && header.segment_bytes < input.source.len() {
            let found = format!("files of {} bytes", header.segment_bytes);
            let expected = format!("{} bytes, the length of this one", input.source.len());
            return Err(wire::bad_header(input.name, 17, found, expected));
        }
        if header.segment_bytes != 0 {
            let what = format!("is split into files of {} bytes, without a table of them", header.segment_bytes);
            return Err(Error::unsupported(input.name, At::Byte(17), what)
                .with_hint("open it with the program that wrote it, and save it as ISO"));
        }
        let bytes = input.source.len();
        let chunks = u32::try_from(count).unwrap_or(u32::MAX);
        let only = SegmentEntry { bytes, chunks, first_chunk: 0, first_at: header.data, left_bytes: 0 };
        return Ok((vec![first(only, 43)], 0..0));
    }
    let entries = entries(input, header)?;
    check_chunks(input.name, &entries, count)?;
    let range = table_range(header, entries.len() as u64);
    let mut segments = Vec::with_capacity(entries.len());
    for (number, (said_at, entry)) in entries.into_iter().enumerate() {
        segments.push(if number == 0 { first(entry, said_at) } else { later(input, header, number, said_at, entry)? });
    }
    Ok((segments, range))
}

fn table_range(header: &Header, entries: u64) -> Range<u64> {
    let start = u64::from(header.segment_table);
    start..start + (entries + 1) * SEGMENT_BYTES
}

/// The entries of the table up to its end, each with its place.
fn entries(input: &Input<'_>, header: &Header) -> Result<Vec<(u64, SegmentEntry)>> {
    let mut entries = Vec::new();
    for number in 0..=MAX_SEGMENTS {
        let at = u64::from(header.segment_table) + number * SEGMENT_BYTES;
        let mut bytes = [0; SEGMENT_ENTRY];
        if at + SEGMENT_BYTES > input.source.len() {
            let found = format!("the end of the file at byte {:#X}", input.source.len());
            return Err(Error::malformed(input.name, At::Byte(at), found, "the segment table, up to an entry of 0 bytes")
                .with_hint("the file is cut within its table, or its header is damaged; get it again"));
        }
        input.source.read_exact_at(at, &mut bytes)?;
        wire::scramble(0, &mut bytes);
        match wire::parse::<SegmentEntry>(&bytes) {
            Some(entry) if entry.bytes != 0 => entries.push((at, entry)),
            _ if entries.is_empty() => {
                return Err(bad_table(input.name, at, "a segment table without an entry", "one for each file"));
            }
            _ => return Ok(entries),
        }
    }
    let at = At::Byte(header.segment_table.into());
    let limit = format!("{MAX_SEGMENTS} files");
    Err(Error::Limit { file: input.name.to_owned(), at, found: "a segment table without end".to_owned(), limit })
}

/// An entry of the segment table, at byte `at` of `file`, that cannot be right.
pub(crate) fn bad_table(file: &str, at: u64, found: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::malformed(file, At::Byte(at), found, expected)
        .with_hint("its header or its segment table is damaged; get the file again")
}

/// Does each file continue where the one before it ends?
fn check_chunks(file: &str, entries: &[(u64, SegmentEntry)], count: u64) -> Result<()> {
    let mut next = 0;
    for (at, entry) in entries {
        // Where no chunk begins, there is no first one.
        if entry.chunks > 0 && u64::from(entry.first_chunk) != next {
            let found = format!("a file that begins with chunk {}", entry.first_chunk);
            return Err(bad_table(file, *at, found, format!("chunk {next}")));
        }
        next += u64::from(entry.chunks);
    }
    let (at, last) = entries.last().map_or((0, 0), |(at, entry)| (*at, entry.left_bytes));
    if next != count {
        let found = format!("{next} chunks in all files together");
        return Err(bad_table(file, at, found, format!("{count}, as the header says")));
    }
    if last != 0 {
        let found = format!("{last} bytes in a file after the last one");
        return Err(bad_table(file, at + 20, found, "0 bytes"));
    }
    Ok(())
}

/// File `number` of a split image, proved to be that.
fn later(input: &Input<'_>, header: &Header, number: usize, said_at: u64, entry: SegmentEntry) -> Result<Segment> {
    let bare = input.name.rsplit(['/', '\\']).next().unwrap_or(input.name);
    let wanted = names::segment(bare, number).ok_or_else(|| {
        let what = "is split into several files, whose names cannot be told from this one";
        Error::unsupported(input.name, At::Byte(said_at), what)
            .with_hint("call the first file x.isz and the others x.i01, x.i02 and so on")
    })?;
    let Some(found) = input.siblings.open(&wanted)? else {
        let hint = "put all files of the image into one folder, with names that differ in the number only";
        return Err(Error::MissingFile {
            file: input.name.to_owned(),
            at: At::Byte(said_at),
            wanted,
            hint: Some(hint.to_owned()),
        });
    };
    let (own, _) = wire::read_header(&found.name, found.source.as_ref())?;
    let bad = |at: usize, what: String, expected: String| {
        Error::malformed(&found.name, At::Byte(at as u64), what, expected)
            .with_hint(format!("it is no part of {}, or of another making of it; find the file that is", input.name))
    };
    if own.serial != header.serial {
        let expected = format!("{:08X}, as in {}", header.serial, input.name);
        return Err(bad(6, format!("serial number {:08X}", own.serial), expected));
    }
    if usize::from(own.segment_number) != number {
        let expected = format!("file {number} of the image, by its name");
        return Err(bad(SEGMENT_NUMBER_AT, format!("file {}", own.segment_number), expected));
    }
    let header_bytes = u64::from(own.header_bytes);
    Ok(Segment { entry, said_at, name: found.name, source: found.source, header_bytes })
}
