//! The stored bytes of all chunks in order, wherever they lie.

use crate::segments::{self, Segment};
use crate::table::{Table, Zeros};
use discconv_core::{At, Concat, Error, Padded, ReadAt, Result, Slice};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of the header's copy that UltraISO appends, with its length.
const FOOTERS: [u64; 2] = [48 + 4, 64 + 4];

/// All stored bytes as one source; where a file ends too early, with zeros.
pub(crate) struct Stored {
    /// The bytes.
    pub(crate) source: Arc<dyn ReadAt>,
    /// Runs of them that are in no file.
    pub(crate) missing: Vec<Range<u64>>,
    /// Of each file with chunks: where its bytes begin among all, its name, and where they lie in it.
    places: Vec<(u64, String, u64)>,
}

/// In each file, where the stored bytes lie: those left over from the file before, then its own.
///
/// # Errors
/// [`Error::Malformed`] if that is nowhere in the file.
pub(crate) fn ranges(file: &str, segments: &[Segment], table: &Table, zeros: Zeros) -> Result<Vec<Range<u64>>> {
    let (mut left, mut chunk) = (0, 0);
    segments
        .iter()
        .map(|segment| {
            let chunks = chunk..chunk + u64::from(segment.entry.chunks);
            chunk = chunks.end;
            let before = std::mem::replace(&mut left, segment.entry.left_bytes.into());
            range(file, segment, before, table.stored_bytes(chunks, zeros))
        })
        .collect()
}

/// The same in one file, of whose stored bytes `before` belong to the last chunk of the file before, and `own` to its own
/// chunks, the last of which may go on in the next file.
fn range(file: &str, segment: &Segment, before: u64, own: Option<u64>) -> Result<Range<u64>> {
    let (entry, name) = (&segment.entry, &segment.name);
    let Some(begin) = begin(segment, before) else {
        let found = format!("the first chunk of {name} at its byte {:#X}", entry.first_at);
        let expected = format!("a place behind its header of {} bytes", segment.header_bytes);
        return Err(segments::bad_table(file, segment.said_at, found, expected));
    };
    let here = own.and_then(|own| before.checked_add(own));
    let end = here.and_then(|here| begin.checked_add(here.checked_sub(entry.left_bytes.into())?));
    end.map(|end| begin..end).ok_or_else(|| {
        let found = format!("{} bytes of the last chunk of {name} in the file after it", entry.left_bytes);
        let expected = format!("at most {}, as many as its chunks have", here.unwrap_or(u64::MAX));
        segments::bad_table(file, segment.said_at, found, expected)
    })
}

/// Where the stored bytes of a file begin, `left` of which belong to the last chunk of the file before.
fn begin(segment: &Segment, left: u64) -> Option<u64> {
    let (first, header) = (u64::from(segment.entry.first_at), segment.header_bytes);
    match first.checked_sub(left) {
        Some(begin) if begin >= header => Some(begin),
        // The place of the first whole chunk, and some writers may say that of the first byte.
        _ if first >= header => Some(first),
        // In a file in which no chunk begins, it says nothing.
        _ => (segment.entry.chunks == 0).then_some(header),
    }
}

/// Do the stored bytes end where the files do, apart from a footer?
pub(crate) fn ends_well(segments: &[Segment], ranges: &[Range<u64>]) -> bool {
    segments.iter().zip(ranges).enumerate().all(|(number, (segment, range))| {
        let behind = segment.source.len().checked_sub(range.end);
        behind == Some(0) || (number + 1 == segments.len() && behind.is_some_and(|behind| FOOTERS.contains(&behind)))
    })
}

impl Stored {
    /// The bytes `ranges` of the files `segments`.
    ///
    /// # Errors
    /// [`Error::Malformed`] if they are more than can be addressed.
    pub(crate) fn new(segments: &[Segment], ranges: &[Range<u64>]) -> Result<Stored> {
        let mut at: u64 = 0;
        let (mut parts, mut places, mut missing): (Vec<Arc<dyn ReadAt>>, _, _) = (Vec::new(), Vec::new(), Vec::new());
        for (segment, range) in segments.iter().zip(ranges) {
            let len = segment.source.len();
            let there = range.start.min(len)..range.end.min(len);
            let wanted = range.end - range.start;
            let slice: Arc<dyn ReadAt> = Arc::new(Slice::new(Arc::clone(&segment.source), there.clone())?);
            let have = there.end - there.start;
            if have < wanted {
                missing.push(at + have..at + wanted);
                parts.push(Arc::new(Padded::new(slice, wanted)));
            } else {
                parts.push(slice);
            }
            places.push((at, segment.name.clone(), range.start));
            at += wanted;
        }
        let first = (parts.len() == 1).then(|| parts.pop()).flatten();
        let source = match (first, Concat::new(parts)) {
            (Some(only), _) => only,
            (None, Some(all)) => Arc::new(all),
            (None, None) => {
                let name = segments.first().map_or("", |segment| segment.name.as_str());
                return Err(Error::malformed(name, At::Whole, "no stored bytes", "chunks"));
            }
        };
        Ok(Stored { source, missing, places })
    }

    /// The file that holds byte `at` of all stored ones, and where.
    pub(crate) fn place(&self, at: u64) -> (&str, u64) {
        let index = self.places.partition_point(|(start, ..)| *start <= at).saturating_sub(1);
        self.places.get(index).map_or(("", at), |(start, name, offset)| (name, offset + (at - start)))
    }

    /// Is a part of `range` in no file?
    pub(crate) fn is_missing(&self, range: &Range<u64>) -> bool {
        self.missing.iter().any(|missing| missing.start < range.end && range.start < missing.end)
    }
}
