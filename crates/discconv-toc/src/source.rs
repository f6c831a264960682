//! Bytes that sectors are put together from.

use discconv_core::{At, Error, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// So many zeros.
pub(crate) struct Zeros(pub(crate) u64);

impl ReadAt for Zeros {
    fn len(&self) -> u64 {
        self.0
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        if offset.checked_add(buf.len() as u64).is_none_or(|end| end > self.0) {
            let found = format!("the end at byte {}", self.0);
            return Err(Error::malformed("zeros", At::Byte(offset), found, format!("{} more bytes", buf.len())));
        }
        buf.fill(0);
        Ok(())
    }

    fn name(&self) -> &'static str {
        ""
    }

    fn is_hole(&self, _: Range<u64>) -> bool {
        true
    }
}

/// Samples of the other byte order: each pair of bytes is swapped, a byte alone at the end is not.
pub(crate) struct Swapped<R>(pub(crate) Arc<R>);

impl<R: ReadAt> ReadAt for Swapped<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let swap = |bytes: &mut [u8]| bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.swap(0, 1));
        let whole = offset.is_multiple_of(2) && buf.len().is_multiple_of(2);
        if whole {
            self.0.read_exact_at(offset, buf)?;
            swap(buf);
            return Ok(());
        }
        let before = usize::from(!offset.is_multiple_of(2));
        let start = offset - before as u64;
        let end = offset.saturating_add(buf.len() as u64).checked_next_multiple_of(2).unwrap_or(u64::MAX).min(self.len());
        let mut pairs = vec![0; usize::try_from(end.saturating_sub(start)).unwrap_or(0).max(before + buf.len())];
        self.0.read_exact_at(start, &mut pairs)?;
        swap(&mut pairs);
        buf.copy_from_slice(&pairs[before..before + buf.len()]);
        Ok(())
    }

    fn name(&self) -> &str {
        self.0.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::Bytes;

    #[test]
    fn swapped_at_any_place() {
        let source = Swapped(Arc::new(Bytes::new("x", (0..7).collect::<Vec<u8>>())));
        let all = [1, 0, 3, 2, 5, 4, 6];
        for start in 0..7_u8 {
            for end in start..=7 {
                let (start, end) = (usize::from(start), usize::from(end));
                let mut out = vec![0; end - start];
                source.read_exact_at(start as u64, &mut out).unwrap();
                assert_eq!(out, all[start..end]);
            }
        }
        assert!(source.read_exact_at(6, &mut [0; 2]).is_err());
        assert!(Zeros(3).read_exact_at(2, &mut [0; 2]).is_err() && Zeros(3).read_exact_at(1, &mut [1; 2]).is_ok());
    }
}
