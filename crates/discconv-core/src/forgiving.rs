//! Sources of which a part cannot be read: zeros stand in for it, and what is missing is told.

use crate::error::{Error, Result};
use crate::source::{ReadAt, Tap};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are given up together where a source has no blocks of its own.
const GRAIN: u64 = 2048;
/// Places of which the reason is kept; the others are counted.
const REASONS: usize = 8;

/// A source whose unreadable blocks are zeros, and remembered.
///
/// Reading fails only where the source itself is out of reach. What is decoded is shown to taps, what stands in is not.
pub struct Forgiving {
    inner: Arc<dyn ReadAt>,
    missing: Mutex<Missing>,
}

/// What could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Runs of bytes, by their start: ascending, apart from each other.
    runs: BTreeMap<u64, u64>,
    /// The first reasons that were met, by the start of their block.
    reasons: BTreeMap<u64, String>,
}

impl Missing {
    /// The runs of bytes, ascending.
    pub fn runs(&self) -> impl Iterator<Item = Range<u64>> {
        self.runs.iter().map(|(start, end)| *start..*end)
    }

    /// How many bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.runs().map(|run| run.end - run.start).sum()
    }

    /// Why, for the first of the places, each naming file and place.
    pub fn reasons(&self) -> impl Iterator<Item = &str> {
        self.reasons.values().map(String::as_str)
    }

    fn add(&mut self, range: Range<u64>, why: impl FnOnce() -> String) {
        if self.runs.range(..=range.start).next_back().is_some_and(|(_, end)| *end >= range.end) {
            return;
        }
        // The last places are given up for the first ones, so that what is told does not depend on who was faster.
        let last = self.reasons.last_key_value().map(|(start, _)| *start);
        if self.reasons.len() < REASONS || last.is_some_and(|last| range.start < last) {
            self.reasons.insert(range.start, why());
            if self.reasons.len() > REASONS {
                self.reasons.pop_last();
            }
        }
        let (mut start, mut end) = (range.start, range.end);
        let touching = |runs: &BTreeMap<u64, u64>, start: u64, end: u64| {
            runs.range(..=end).next_back().map(|(s, e)| (*s, *e)).filter(|(_, other)| *other >= start)
        };
        while let Some((s, e)) = touching(&self.runs, start, end) {
            self.runs.remove(&s);
            (start, end) = (start.min(s), end.max(e));
        }
        self.runs.insert(start, end);
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<&str> = self.reasons().collect();
        write!(f, "{}", places.join("; "))?;
        if self.reasons.len() >= REASONS {
            f.write_str("; and perhaps more")?;
        }
        write!(f, ": zeros stand for {} bytes", self.bytes())
    }
}

impl Forgiving {
    /// `inner`, forgiven.
    #[must_use]
    pub fn new(inner: Arc<dyn ReadAt>) -> Forgiving {
        Forgiving { inner, missing: Mutex::default() }
    }

    /// What could not be read so far.
    #[must_use]
    pub fn missing(&self) -> Missing {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Bytes that are given up together.
    fn grain(&self) -> u64 {
        match self.inner.block_hint() {
            0 | 1 => GRAIN,
            block => u64::from(block),
        }
    }

    /// One block after another: those that cannot be read become zeros.
    fn read_blocks(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let grain = self.grain();
        let (mut at, mut rest) = (offset, buf);
        while !rest.is_empty() {
            let block = at / grain * grain;
            let end = block.saturating_add(grain).min(self.inner.len());
            let take = usize::try_from(end - at).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(take);
            if let Err(error) = self.inner.read_exact_at(at, now) {
                if !is_unreadable(&error) {
                    return Err(error);
                }
                now.fill(0);
                let why = || error.to_string();
                self.missing.lock().unwrap_or_else(PoisonError::into_inner).add(block..end, why);
            }
            at += take as u64;
            rest = later;
        }
        Ok(())
    }
}

impl ReadAt for Forgiving {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        match self.inner.read_exact_at(offset, buf) {
            // A read past the end is the caller's mistake, and none of the file's.
            Err(error) if is_unreadable(&error) && offset.saturating_add(buf.len() as u64) <= self.len() => {
                self.read_blocks(offset, buf)
            }
            done => done,
        }
    }

    fn block_hint(&self) -> u32 {
        self.inner.block_hint()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn tap(&self, tap: &Arc<dyn Tap>) -> bool {
        self.inner.tap(tap)
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        self.inner.is_hole(range)
    }
}

/// Is it a fault of what is stored, which reading again would not change? `EIO` of Unix, and Windows' error 23 (a wrong
/// checksum on the medium), are what a bad sector of a drive gives.
fn is_unreadable(error: &Error) -> bool {
    match error {
        Error::Malformed { .. } | Error::Limit { .. } => true,
        Error::Io { source, .. } => source.raw_os_error() == Some(if cfg!(windows) { 23 } else { 5 }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::At;

    /// 95 bytes in blocks of 10, each byte its block's number; some blocks are bad.
    struct Holed(&'static [u64], Option<i32>);

    impl ReadAt for Holed {
        fn len(&self) -> u64 {
            95
        }

        fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
            for (byte, at) in buf.iter_mut().zip(offset..) {
                if at >= 95 || self.0.contains(&(at / 10)) {
                    return Err(match self.1 {
                        Some(code) => Error::io("x", At::Byte(at), "cannot read", std::io::Error::from_raw_os_error(code)),
                        None => Error::malformed("x", At::Byte(at / 10 * 10), "a bad block", "a good one"),
                    });
                }
                *byte = u8::try_from(at / 10).unwrap();
            }
            Ok(())
        }

        fn block_hint(&self) -> u32 {
            10
        }

        fn name(&self) -> &str {
            "x"
        }
    }

    fn read(source: &Forgiving, range: Range<usize>) -> Vec<u8> {
        let mut out = vec![0xFF; range.len()];
        source.read_exact_at(range.start as u64, &mut out).unwrap();
        out
    }

    #[test]
    fn bad_blocks_are_zeros_and_told() {
        let source = Forgiving::new(Arc::new(Holed(&[2, 3, 9], None)));
        let meant: Vec<u8> = (0..95).map(|at| at / 10).map(|block| if [2, 3, 9].contains(&block) { 0 } else { block }).collect();
        assert_eq!(read(&source, 0..20), meant[..20]);
        assert_eq!(source.missing(), Missing::default());
        // The order in which they are met does not matter.
        for range in [94..95, 35..38, 15..25, 0..95] {
            assert_eq!(read(&source, range.clone()), meant[range]);
        }
        let missing = source.missing();
        assert_eq!((missing.runs().collect::<Vec<_>>(), missing.bytes()), (vec![20..40, 90..95], 25));
        let reasons: Vec<&str> = missing.reasons().collect();
        assert_eq!(reasons.len(), 3);
        assert!(reasons[0].starts_with("x: byte 0x14: found a bad block"), "{reasons:?}");
        assert!(source.read_exact_at(90, &mut [0; 6]).is_err());
    }

    #[test]
    fn what_is_out_of_reach_is_no_damage() {
        let bad_medium = if cfg!(windows) { 23 } else { 5 };
        assert_eq!(read(&Forgiving::new(Arc::new(Holed(&[1], Some(bad_medium)))), 5..25)[5..15], [0; 10]);
        assert!(Forgiving::new(Arc::new(Holed(&[1], Some(13)))).read_exact_at(5, &mut [0; 20]).is_err());
    }

    #[test]
    fn the_first_reasons_are_kept() {
        let mut missing = Missing::default();
        (0..50).rev().for_each(|block| missing.add(block * 20..block * 20 + 10, || block.to_string()));
        assert_eq!(missing.reasons().count(), REASONS);
        assert_eq!(missing.reasons().last(), Some("7"));
        missing.add(5..1000, String::new);
        assert_eq!(missing.runs().map(|run| (run.start, run.end)).collect::<Vec<_>>(), [(0, 1000)]);
    }
}
