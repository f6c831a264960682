//! A digest in stream order, taken while others read: what is decoded for them is not decoded again for it.

use crate::digest::Sum;
use discconv_core::{CheckAlgorithm, Tap};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Bytes that may wait for those before them. Workers are apart by some chunks; what is further ahead is read again.
const WAITING_BYTES: usize = 48 << 20;

/// One digest of one range of a source.
pub(crate) struct Lane {
    range: Range<u64>,
    state: Mutex<State>,
}

struct State {
    sum: Sum,
    /// All before it is in the sum.
    next: u64,
    /// Bytes that came early, by their offset.
    waiting: BTreeMap<u64, Vec<u8>>,
    waiting_bytes: usize,
}

impl Lane {
    pub(crate) fn new(algorithm: CheckAlgorithm, range: Range<u64>) -> Lane {
        let state = State { sum: Sum::new(algorithm), next: range.start, waiting: BTreeMap::new(), waiting_bytes: 0 };
        Lane { range, state: Mutex::new(state) }
    }

    /// What is still to be read.
    pub(crate) fn missing(&self) -> Range<u64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).next..self.range.end
    }

    /// The digest in hexadecimal digits, once nothing is missing.
    pub(crate) fn hex(&self) -> String {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).sum.clone().hex()
    }
}

impl Tap for Lane {
    fn saw(&self, offset: u64, bytes: &[u8]) {
        let Some((offset, bytes)) = cut(offset, bytes, &self.range) else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if offset > state.next {
            state.keep(offset, bytes);
            return;
        }
        state.take(offset, bytes);
        while let Some((offset, bytes)) = state.due() {
            state.take(offset, &bytes);
        }
    }
}

impl State {
    /// Add what is new of `bytes`, which begin no later than what is wanted next.
    fn take(&mut self, offset: u64, bytes: &[u8]) {
        let known = usize::try_from(self.next - offset).unwrap_or(usize::MAX);
        if let Some(new) = bytes.get(known..) {
            self.sum.update(new);
            self.next += new.len() as u64;
        }
    }

    fn keep(&mut self, offset: u64, bytes: &[u8]) {
        let longer = self.waiting.get(&offset).is_none_or(|known| known.len() < bytes.len());
        if longer && self.waiting_bytes + bytes.len() <= WAITING_BYTES {
            let before = self.waiting.insert(offset, bytes.to_vec()).map_or(0, |before| before.len());
            self.waiting_bytes = self.waiting_bytes + bytes.len() - before;
        }
    }

    /// The first bytes that wait no longer.
    fn due(&mut self) -> Option<(u64, Vec<u8>)> {
        let first = self.waiting.first_entry().filter(|first| *first.key() <= self.next)?;
        let (offset, bytes) = first.remove_entry();
        self.waiting_bytes -= bytes.len();
        Some((offset, bytes))
    }
}

/// The part of `bytes` that lies in `range`, with its offset.
fn cut<'a>(offset: u64, bytes: &'a [u8], range: &Range<u64>) -> Option<(u64, &'a [u8])> {
    let end = offset.saturating_add(bytes.len() as u64).min(range.end);
    let start = offset.max(range.start);
    if start >= end {
        return None;
    }
    let part = usize::try_from(start - offset).ok()?..usize::try_from(end - offset).ok()?;
    Some((start, bytes.get(part)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_testkit::Rng;

    #[test]
    fn any_order_gives_the_digest_of_the_range() {
        let mut rng = Rng::seed_from_env("DISCCONV_SEED");
        let bytes = rng.bytes(100_000);
        for _ in 0..50 {
            let (start, len) = (rng.index(50_000), rng.index(50_000));
            let (range, mut starts) = (start as u64..(start + len) as u64, (0..100).collect::<Vec<usize>>());
            for place in (1..starts.len()).rev() {
                starts.swap(place, rng.index(place + 1));
            }
            let lane = Lane::new(CheckAlgorithm::Crc32, range);
            for part in starts {
                // They overlap, and some are seen twice.
                let end = (part * 1000 + 1000 + rng.index(500)).min(bytes.len());
                (0..=rng.index(2)).for_each(|_| lane.saw(part as u64 * 1000, &bytes[part * 1000..end]));
            }
            assert!(lane.missing().is_empty(), "{:?}", lane.missing());
            assert_eq!(lane.hex(), format!("{:08x}", crc32fast::hash(&bytes[start..start + len])));
        }
    }

    #[test]
    fn what_is_too_far_ahead_is_missing_until_it_is_seen_again() {
        let lane = Lane::new(CheckAlgorithm::Crc32, 0..200 << 20);
        let part = vec![7; 10 << 20];
        (1..20).for_each(|number| lane.saw(number * (10 << 20), &part));
        assert_eq!(lane.missing(), 0..200 << 20);
        lane.saw(0, &part);
        assert_eq!(lane.missing(), 50 << 20..200 << 20);
        (5..20).for_each(|number| lane.saw(number * (10 << 20), &part));
        let mut sum = crc32fast::Hasher::new();
        (0..20).for_each(|_| sum.update(&part));
        assert_eq!((lane.missing().is_empty(), lane.hex()), (true, format!("{:08x}", sum.finalize())));
    }
}
