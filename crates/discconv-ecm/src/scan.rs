//! One pass over the heads of all records; what they hold is hopped over.

use crate::index::Runs;
use crate::wire::{EDC_BYTES, Head, LONGEST_HEAD, MAGIC, NoHead, head};
use discconv_core::{At, Error, ReadAt, Result};

/// Bytes that are read at a time. Heads are one sector apart or further; where they are closer, one read serves many.
const WINDOW: usize = 4096;
/// Entries of 40 bytes: two for each sector of the longest disc, if nothing of it repeats, and then as many again.
const MOST_ENTRIES: u64 = 1 << 21;

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it should: with the EDC of all that comes out. `behind` bytes follow.
    Whole { edc: u32, behind: u64 },
    /// Within the EDC, or before it.
    NoEdc,
    /// Behind a record, without an end mark.
    NoMark,
    /// Within a record, of whose units so many are missing, which would have been so many bytes.
    Cut { units: u64, bytes: u64 },
}

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Scanned {
    pub(crate) runs: Runs,
    pub(crate) ending: Ending,
}

/// Find all records of `source`, which begins with the magic bytes; `most` entries of a table are accepted.
///
/// # Errors
/// [`Error::Malformed`] for a count that is none; [`Error::Limit`] for too many records that have nothing in common.
pub(crate) fn scan(source: &dyn ReadAt, most: u64) -> Result<Scanned> {
    let mut window = Window::new(source);
    let mut runs = Runs::default();
    let mut at = MAGIC.len() as u64;
    let most = most.min(MOST_ENTRIES);
    let ending = loop {
        let bytes = window.at(at)?;
        let (found, len) = match head(bytes) {
            Ok(found) => found,
            Err(NoHead::Short) if bytes.is_empty() => break Ending::NoMark,
            Err(NoHead::Short) => break Ending::Cut { units: 0, bytes: 0 },
            Err(NoHead::Beyond(byte)) => return Err(beyond(source, at, byte)),
        };
        at += len as u64;
        let Head::Units(kind, count) = found else { break ending(&mut window, at)? };
        let unit = u64::from(kind.stored());
        let there = count.min(source.len().saturating_sub(at) / unit);
        if there > 0 {
            runs.push(kind, there, at);
        }
        if runs.entries() as u64 > most {
            return Err(too_many(source, at, most));
        }
        if there < count {
            let units = count - there;
            break Ending::Cut { units, bytes: units.saturating_mul(u64::from(kind.decoded())) };
        }
        // Within the file, as all of it is there.
        at += count * unit;
    };
    Ok(Scanned { runs, ending })
}

fn ending(window: &mut Window<'_>, at: u64) -> Result<Ending> {
    let end = at + EDC_BYTES as u64;
    let behind = window.source.len().checked_sub(end);
    Ok(match (window.at(at)?.first_chunk(), behind) {
        (Some(edc), Some(behind)) => Ending::Whole { edc: u32::from_le_bytes(*edc), behind },
        _ => Ending::NoEdc,
    })
}

fn beyond(source: &dyn ReadAt, at: u64, byte: u8) -> Error {
    let found = format!("a count whose fifth byte is {byte:02X}");
    Error::malformed(source.name(), At::Byte(at), found, "at most 3F, as counts have 32 bits").with_hint(crate::open::AGAIN)
}

fn too_many(source: &dyn ReadAt, at: u64, most: u64) -> Error {
    Error::Limit {
        file: source.name().to_owned(),
        at: At::Byte(at),
        found: format!("more than {most} runs of records"),
        limit: most.to_string(),
    }
}

/// The bytes around the place where the last head was.
struct Window<'s> {
    source: &'s dyn ReadAt,
    at: u64,
    bytes: Vec<u8>,
}

impl<'s> Window<'s> {
    fn new(source: &'s dyn ReadAt) -> Window<'s> {
        Window { source, at: 0, bytes: Vec::new() }
    }

    /// The bytes from `at` on: enough for a head, unless the file ends.
    fn at(&mut self, at: u64) -> Result<&[u8]> {
        let left = usize::try_from(self.source.len().saturating_sub(at)).unwrap_or(usize::MAX);
        let skip = at.checked_sub(self.at).and_then(|skip| usize::try_from(skip).ok());
        let has = |skip: usize| self.bytes.len().saturating_sub(skip) >= left.min(LONGEST_HEAD);
        if let Some(skip) = skip.filter(|skip| has(*skip)) {
            return Ok(self.bytes.get(skip..).unwrap_or_default());
        }
        self.bytes.resize(left.min(WINDOW), 0);
        self.at = at;
        self.source.read_exact_at(at, &mut self.bytes)?;
        Ok(&self.bytes)
    }
}
