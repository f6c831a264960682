//! Files that are too large to lay.

use discconv_core::{ReadAt, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Zeros, but for the bytes at the end; counts what is read.
pub(crate) struct Sparse {
    len: u64,
    tail: Vec<u8>,
    pub(crate) read: AtomicU64,
}

impl Sparse {
    /// `data` zeros, then `tail`.
    pub(crate) fn new(data: u64, tail: Vec<u8>) -> Arc<Sparse> {
        Arc::new(Sparse { len: data + tail.len() as u64, tail, read: AtomicU64::new(0) })
    }
}

impl ReadAt for Sparse {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.read.fetch_add(buf.len() as u64, Ordering::Relaxed);
        assert!(offset.checked_add(buf.len() as u64).is_some_and(|end| end <= self.len), "a read behind the end");
        let start = self.len - self.tail.len() as u64;
        for (at, byte) in (offset..).zip(buf) {
            *byte = at.checked_sub(start).map_or(0, |index| self.tail[usize::try_from(index).unwrap()]);
        }
        Ok(())
    }

    fn name(&self) -> &str {
        "big.nrg"
    }
}
