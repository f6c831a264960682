//! Looking through a long file for headers without a read for each.

use discconv_core::{ReadAt, Result};

/// Bytes that are fetched at once.
const STEP: usize = 64 << 10;

/// Bytes before those asked for that are fetched with them.
const BACK: u64 = 4096;

/// A part of a source, fetched in steps.
pub(crate) struct Window<'a> {
    source: &'a dyn ReadAt,
    end: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    /// The bytes of `source` before `end`.
    pub(crate) fn new(source: &'a dyn ReadAt, end: u64) -> Window<'a> {
        Window { source, end: end.min(source.len()), start: 0, bytes: Vec::new() }
    }

    /// The `len` bytes from `offset` on; fewer where the end comes first. `len` is small.
    pub(crate) fn at(&mut self, offset: u64, len: usize) -> Result<&[u8]> {
        let len = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX).min(len);
        if self.held(offset, len).is_none() {
            // Searches look ahead and come back.
            self.start = offset.saturating_sub(BACK);
            let left = usize::try_from(self.end.saturating_sub(self.start)).unwrap_or(usize::MAX);
            self.bytes.resize(left.min(STEP + len), 0);
            self.source.read_exact_at(self.start, &mut self.bytes)?;
        }
        Ok(self.held(offset, len).unwrap_or_default())
    }

    fn held(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let from = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(from..)?.get(..len)
    }
}
