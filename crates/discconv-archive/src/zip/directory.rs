//! The directory at the end.

use super::too_many;
use crate::members::{safe_name, text_of_name};
use discconv_core::{At, Error, Limits, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// The end of the directory: 22 bytes, then a comment.
const END: u64 = 22;
const LONGEST_COMMENT: u64 = 0xFFFF;
/// In front of the end, where numbers are too long for it: where the longer end is.
const LOCATOR: u64 = 20;
/// Bytes of the longer end that are looked at.
const END64: usize = 56;
/// Bytes of an entry before its name.
const ENTRY: usize = 46;
/// Bytes of the directory, at most: 600 bytes for each of the members that there may be.
const MOST_BYTES: u64 = 64 << 20;
/// The kind of a file in Unix attributes, and a symbolic link.
const KIND: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) stored: u64,
    pub(super) content: u64,
    /// Where its local header is.
    pub(super) header_at: u64,
}

/// All files, in the order of the directory, without folders and links and those whose names lead out of the archive.
///
/// # Errors
/// [`Error::Malformed`] where there is no directory, or it is not what it says; [`Error::Limit`] where it is too long.
pub(super) fn entries(source: &Arc<dyn ReadAt>, limits: Limits) -> Result<Vec<Entry>> {
    let found = Directory::find(source.as_ref())?;
    too_many(source.name(), found.count, limits)?;
    let len = found.bytes.end - found.bytes.start;
    if len > MOST_BYTES {
        let (found, limit) = (format!("a directory of {len} bytes"), MOST_BYTES.to_string());
        return Err(Error::Limit { file: source.name().to_owned(), at: At::Whole, found, limit });
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    source.read_exact_at(found.bytes.start, &mut bytes)?;
    let mut rest = &bytes[..];
    let mut entries = Vec::new();
    for _ in 0..found.count {
        let at = found.bytes.end - rest.len() as u64;
        let entry = entry(&mut rest, found.base).ok_or_else(|| {
            Error::malformed(source.name(), At::Byte(at), "no entry of the directory", format!("{} of them", found.count))
                .with_hint(crate::AGAIN)
        })?;
        entries.extend(entry);
    }
    Ok(entries)
}

/// Where the directory is.
struct Directory {
    bytes: Range<u64>,
    count: u64,
    /// What is to be added to offsets, as something may stand before the archive.
    base: u64,
}

impl Directory {
    fn find(source: &dyn ReadAt) -> Result<Directory> {
        let cut = || {
            Error::malformed(
                source.name(),
                At::Byte(source.len()),
                "the end of the file",
                "the directory of a zip archive before",
            )
            .with_hint(crate::AGAIN)
        };
        let len = source.len().min(END + LONGEST_COMMENT);
        let mut tail = vec![0; usize::try_from(len).unwrap_or(0)];
        source.read_exact_at(source.len() - len, &mut tail)?;
        // The comment may hold anything, so the last mark whose comment ends the file is the right one.
        let place = (0..tail.len()).rev().find(|at| {
            let end = tail.get(*at..).unwrap_or_default();
            end.starts_with(b"PK\x05\x06") && number::<2>(end, 20).is_some_and(|comment| END + comment <= end.len() as u64)
        });
        let place = place.ok_or_else(cut)?;
        let end = tail.get(place..).unwrap_or_default();
        let mut at = source.len() - len + place as u64;
        let word = |at| number::<4>(end, at).unwrap_or(0);
        let (mut count, mut bytes, mut offset) = (number::<2>(end, 10).unwrap_or(0), word(12), word(16));
        if (count == 0xFFFF || bytes == 0xFFFF_FFFF || offset == 0xFFFF_FFFF)
            && let Some((place, end64)) = longer_end(source, at)?
        {
            let long = |at| number::<8>(&end64, at).unwrap_or(0);
            (at, count, bytes, offset) = (place, long(32), long(40), long(48));
        }
        // The directory stands right before its end; where it says that it is tells what stands before the archive.
        let start = at.checked_sub(bytes).ok_or_else(cut)?;
        let base = start.checked_sub(offset).ok_or_else(cut)?;
        Ok(Directory { bytes: start..at, count, base })
    }
}

/// The longer end that the locator before `end_at` points to, and where it is.
fn longer_end(source: &dyn ReadAt, end_at: u64) -> Result<Option<(u64, [u8; END64])>> {
    let Some(locator_at) = end_at.checked_sub(LOCATOR) else { return Ok(None) };
    let mut locator = [0; 20];
    source.read_exact_at(locator_at, &mut locator)?;
    let told = number::<8>(&locator, 8).unwrap_or(u64::MAX);
    // If something stands before the archive, it is not where it says, but right before the locator.
    let places = [Some(told), locator_at.checked_sub(END64 as u64)];
    for place in places.into_iter().flatten().filter(|_| locator.starts_with(b"PK\x06\x07")) {
        let mut end = [0; END64];
        if place.checked_add(END64 as u64).is_some_and(|behind| behind <= locator_at) {
            source.read_exact_at(place, &mut end)?;
            if end.starts_with(b"PK\x06\x06") {
                return Ok(Some((place, end)));
            }
        }
    }
    Ok(None)
}

/// The little-endian number of `N` bytes at `at`.
pub(super) fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes: &[u8; N] = bytes.get(at..)?.first_chunk()?;
    Some(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

/// The entry at the beginning of `rest`, which then begins behind it; `Some(None)` for one that is no file.
fn entry(rest: &mut &[u8], base: u64) -> Option<Option<Entry>> {
    let head = rest.get(..ENTRY).filter(|head| head.starts_with(b"PK\x01\x02"))?;
    let short = |at| number::<2>(head, at).and_then(|value| u16::try_from(value).ok());
    let [name_len, extra_len, comment_len] = [28, 30, 32].map(|at| usize::from(short(at).unwrap_or(0)));
    let name = rest.get(ENTRY..ENTRY + name_len)?;
    let extra = rest.get(ENTRY + name_len..ENTRY + name_len + extra_len)?;
    let [mut content, mut stored, mut header_at] = [24, 20, 42].map(|at| number::<4>(head, at).unwrap_or(0));
    let mut long = long_numbers(extra);
    for value in [&mut content, &mut stored, &mut header_at] {
        if *value == 0xFFFF_FFFF {
            *value = number::<8>(long, 0)?;
            long = long.get(8..)?;
        }
    }
    let mode = u32::try_from(number::<4>(head, 38)? >> 16).unwrap_or(0);
    let flags = short(8)?;
    *rest = rest.get(ENTRY + name_len + extra_len + comment_len..)?;
    let name = text_of_name(name);
    if name.ends_with(['/', '\\']) || mode & KIND == LINK {
        return Some(None);
    }
    let crc32 = u32::try_from(number::<4>(head, 16)?).ok()?;
    let method = short(10)?;
    let header_at = header_at.checked_add(base)?;
    Some(safe_name(&name).map(|name| Entry { name, flags, method, crc32, stored, content, header_at }))
}

/// The bytes of the extra field that has the numbers of eight bytes.
fn long_numbers(mut extra: &[u8]) -> &[u8] {
    while let (Some(id), Some(len)) = (number::<2>(extra, 0), number::<2>(extra, 2)) {
        let end = usize::try_from(len).unwrap_or(usize::MAX).saturating_add(4);
        let Some(field) = extra.get(4..end) else { break };
        if id == 1 {
            return field;
        }
        extra = extra.get(end..).unwrap_or_default();
    }
    &[]
}
