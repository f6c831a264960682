//! Bytes that are read by position, from any thread.

use crate::error::{At, Error, Result};
use std::any::Any;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Is shown the bytes of a source as its blocks are decoded: digests in stream order come at no second decoding.
pub trait Tap: Send + Sync {
    /// The source has `bytes` at `offset`. From any thread, in any order, perhaps several times, perhaps never.
    fn saw(&self, offset: u64, bytes: &[u8]);
}

/// Bytes with a known length. `&self`, positioned, shared by workers: a file, a slice and a browser Blob all fit.
pub trait ReadAt: Send + Sync {
    /// Length in bytes.
    fn len(&self) -> u64;

    /// Is there nothing?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fill `buf` from `offset`.
    ///
    /// # Errors
    /// [`Error::Io`] or the decoder's own error, naming file and offset, if not all of it can be had.
    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()>;

    /// The natural unit in bytes: the engine cuts its work on multiples of it.
    fn block_hint(&self) -> u32 {
        1
    }

    /// What the person calls it, for messages.
    fn name(&self) -> &str;

    /// Lets the host find its own files again, also under [`Slice`] and [`Concat`].
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }

    /// Show `tap` whatever is decoded from now on; `false` where nothing is decoded, so that reading again is cheap.
    fn tap(&self, tap: &Arc<dyn Tap>) -> bool {
        let _ = tap;
        false
    }

    /// Is all of `range` a hole, i.e. zeros that take no room? `false` where nobody knows.
    fn is_hole(&self, range: Range<u64>) -> bool {
        let _ = range;
        false
    }
}

fn past_end(name: &str, offset: u64, wanted: usize, len: u64) -> Error {
    Error::malformed(name, At::Byte(offset), format!("the end of the file at byte {len}"), format!("{wanted} more bytes"))
}

/// Is `offset..offset + wanted` inside `len`?
fn inside(offset: u64, wanted: usize, len: u64) -> bool {
    u64::try_from(wanted).ok().and_then(|wanted| offset.checked_add(wanted)).is_some_and(|end| end <= len)
}

/// Bytes in memory.
#[derive(Clone)]
pub struct Bytes {
    name: String,
    bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
}

impl Bytes {
    /// Bytes called `name`.
    pub fn new(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Bytes {
        Bytes { name: name.into(), bytes: Arc::new(bytes.into()) }
    }

    /// The same of a vector that may be long: to make a shared slice of it would copy it.
    pub fn of_vec(name: impl Into<String>, bytes: Vec<u8>) -> Bytes {
        Bytes { name: name.into(), bytes: Arc::new(bytes) }
    }

    fn all(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bytes").field("name", &self.name).field("len", &self.len()).finish()
    }
}

impl ReadAt for Bytes {
    fn len(&self) -> u64 {
        self.all().len() as u64
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let stored = usize::try_from(offset).ok().and_then(|start| self.all().get(start..)?.get(..buf.len()));
        match stored {
            Some(stored) => buf.copy_from_slice(stored),
            None => return Err(past_end(&self.name, offset, buf.len(), self.len())),
        }
        Ok(())
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// A part of another source.
pub struct Slice {
    inner: Arc<dyn ReadAt>,
    range: Range<u64>,
}

impl Slice {
    /// The bytes `range` of `inner`.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it reaches past the end.
    pub fn new(inner: Arc<dyn ReadAt>, range: Range<u64>) -> Result<Slice> {
        if range.start > range.end || range.end > inner.len() {
            let expected = format!("bytes {:#X} to {:#X}", range.start, range.end);
            return Err(Error::malformed(
                inner.name(),
                At::Byte(range.start),
                format!("a file of {} bytes", inner.len()),
                expected,
            ));
        }
        Ok(Slice { inner, range })
    }

    /// The whole that this is a part of, and where.
    #[must_use]
    pub fn parent(&self) -> (&Arc<dyn ReadAt>, u64) {
        (&self.inner, self.range.start)
    }
}

impl ReadAt for Slice {
    fn len(&self) -> u64 {
        self.range.end - self.range.start
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        if !inside(offset, buf.len(), self.len()) {
            return Err(past_end(self.name(), offset, buf.len(), self.len()));
        }
        self.inner.read_exact_at(self.range.start + offset, buf)
    }

    fn block_hint(&self) -> u32 {
        // Blocks of the whole are blocks of the part only if the part starts on one.
        let hint = self.inner.block_hint();
        if self.range.start.is_multiple_of(u64::from(hint.max(1))) { hint } else { 1 }
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        let shift = |offset: u64| self.range.start.checked_add(offset).filter(|end| *end <= self.range.end);
        match (shift(range.start), shift(range.end)) {
            (Some(start), Some(end)) => self.inner.is_hole(start..end),
            _ => false,
        }
    }
}

/// Several sources as one, in order: a split image.
pub struct Concat {
    parts: Vec<(u64, Arc<dyn ReadAt>)>,
    len: u64,
}

impl Concat {
    /// `parts` one after another. `None` if their lengths overflow or there are none.
    #[must_use]
    pub fn new(parts: Vec<Arc<dyn ReadAt>>) -> Option<Concat> {
        if parts.is_empty() {
            return None;
        }
        let mut len = 0u64;
        let mut placed = Vec::with_capacity(parts.len());
        for part in parts {
            let start = len;
            len = len.checked_add(part.len())?;
            placed.push((start, part));
        }
        Some(Concat { parts: placed, len })
    }

    /// The parts, each with its offset in the whole.
    pub fn parts(&self) -> impl Iterator<Item = (u64, &Arc<dyn ReadAt>)> {
        self.parts.iter().map(|(start, part)| (*start, part))
    }

    /// The part that holds `offset`.
    fn part_at(&self, offset: u64) -> usize {
        self.parts.partition_point(|(start, _)| *start <= offset).saturating_sub(1)
    }
}

impl ReadAt for Concat {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, mut offset: u64, mut buf: &mut [u8]) -> Result<()> {
        if !inside(offset, buf.len(), self.len) {
            return Err(past_end(self.name(), offset, buf.len(), self.len));
        }
        for (start, part) in &self.parts[self.part_at(offset)..] {
            let left = part.len().saturating_sub(offset - start);
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
            let (now, rest) = buf.split_at_mut(take);
            if !now.is_empty() {
                part.read_exact_at(offset - start, now)?;
            }
            offset += take as u64;
            buf = rest;
            if buf.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn block_hint(&self) -> u32 {
        // Blocks of the parts are blocks of the whole only if all are alike and no part ends within one.
        let Some((_, first)) = self.parts.first() else { return 1 };
        let hint = first.block_hint().max(1);
        let alike = self.parts.iter().all(|(start, part)| part.block_hint() == hint && start.is_multiple_of(u64::from(hint)));
        if alike { hint } else { 1 }
    }

    fn name(&self) -> &str {
        self.parts.first().map_or("", |(_, part)| part.name())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        range.start <= range.end
            && range.end <= self.len
            && self.parts[self.part_at(range.start)..].iter().take_while(|(start, _)| *start < range.end).all(|(start, part)| {
                let (from, to) = (range.start.saturating_sub(*start), (range.end - start).min(part.len()));
                from >= to || part.is_hole(from..to)
            })
    }
}

/// A source that is too short, with zeros behind it.
pub struct Padded {
    inner: Arc<dyn ReadAt>,
    len: u64,
}

impl Padded {
    /// `inner`, made `len` bytes long (or left as it is, if it is longer).
    #[must_use]
    pub fn new(inner: Arc<dyn ReadAt>, len: u64) -> Padded {
        let len = len.max(inner.len());
        Padded { inner, len }
    }

    /// The source that is too short.
    #[must_use]
    pub fn inner(&self) -> &Arc<dyn ReadAt> {
        &self.inner
    }
}

impl ReadAt for Padded {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        if !inside(offset, buf.len(), self.len) {
            return Err(past_end(self.name(), offset, buf.len(), self.len));
        }
        let real = usize::try_from(self.inner.len().saturating_sub(offset)).unwrap_or(usize::MAX).min(buf.len());
        let (stored, missing) = buf.split_at_mut(real);
        missing.fill(0);
        if stored.is_empty() { Ok(()) } else { self.inner.read_exact_at(offset, stored) }
    }

    fn block_hint(&self) -> u32 {
        self.inner.block_hint()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        let stored = range.start..range.end.min(self.inner.len());
        range.start <= range.end && range.end <= self.len && (stored.start >= stored.end || self.inner.is_hole(stored))
    }
}

#[cfg(test)]
mod tests;
