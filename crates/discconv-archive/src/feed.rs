//! A stretch of a source, read in order.

use discconv_core::{Error, ReadAt, Result};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Bytes that are read at a time.
const WINDOW: usize = 64 << 10;

/// The bytes of a stretch from wherever they are wanted, a window at a time.
pub(crate) struct Feed {
    source: Arc<dyn ReadAt>,
    range: Range<u64>,
    at: u64,
    window: Vec<u8>,
}

impl Feed {
    /// The bytes `range` of `source`, as far as it has them.
    pub(crate) fn new(source: Arc<dyn ReadAt>, range: Range<u64>) -> Feed {
        let end = range.end.min(source.len());
        Feed { source, range: range.start.min(end)..end, at: 0, window: Vec::new() }
    }

    /// Where it ends in the source.
    pub(crate) fn end(&self) -> u64 {
        self.range.end
    }

    /// Some bytes from `at` on; none at the end.
    pub(crate) fn bytes(&mut self, at: u64) -> Result<&[u8]> {
        let skip = at.checked_sub(self.at).and_then(|skip| usize::try_from(skip).ok()).filter(|skip| *skip < self.window.len());
        if let Some(skip) = skip {
            return Ok(self.window.get(skip..).unwrap_or_default());
        }
        let left = self.range.end.saturating_sub(at);
        let len = usize::try_from(left).unwrap_or(WINDOW).min(WINDOW);
        self.window.resize(len, 0);
        self.at = at;
        if len > 0
            && let Err(error) = self.source.read_exact_at(at, &mut self.window)
        {
            self.window.clear();
            return Err(error);
        }
        Ok(&self.window)
    }

    /// `N` bytes at `at`; `None` where the stretch ends before.
    pub(crate) fn array<const N: usize>(&mut self, at: u64) -> Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        if self.range.end.saturating_sub(at) < N as u64 {
            return Ok(None);
        }
        self.source.read_exact_at(at, &mut bytes)?;
        Ok(Some(bytes))
    }
}

/// The same for decoders that read by themselves. What a source says of a failed read is kept, since `io::Error` cannot.
pub(crate) struct Reader {
    feed: Feed,
    at: u64,
    failure: Option<Error>,
}

impl Reader {
    pub(crate) fn new(source: &Arc<dyn ReadAt>, range: Range<u64>) -> Reader {
        let feed = Feed::new(Arc::clone(source), range);
        Reader { at: feed.range.start, feed, failure: None }
    }

    /// Where the next byte comes from.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Why reading failed, if it was the source.
    pub(crate) fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }
}

impl io::Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.feed.bytes(self.at) {
            Ok(bytes) => {
                let len = bytes.len().min(out.len());
                let (now, there) = (out.get_mut(..len), bytes.get(..len));
                if let (Some(now), Some(there)) = (now, there) {
                    now.copy_from_slice(there);
                }
                self.at += len as u64;
                Ok(len)
            }
            Err(error) => {
                let told = io::Error::other(error.to_string());
                self.failure = Some(error);
                Err(told)
            }
        }
    }
}
