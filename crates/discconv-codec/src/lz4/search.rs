//! Where the bytes at a place occurred before: heads by hash, and a chain from each place to the one before of that hash.
//!
//! Tables of 16-bit places: 8 KiB of heads, and two bytes of chain for each byte of input. Place 0 means none, so places
//! count from 1; the input is copied to where it can be read by such a place without a check.

use super::write::MIN_MATCH;

/// The longest input, history included.
pub(super) const WINDOW: usize = 1 << 16;
/// The last bytes of a block are literals.
pub(super) const LAST_LITERALS: usize = 5;
/// A match starts at least so many bytes before the end of its block.
pub(super) const MATCH_MARGIN: usize = 12;

/// Heads, as a power of two: two for each place, but no more than stay in the cache.
const HASH_BITS: std::ops::RangeInclusive<u32> = 12..=15;
/// Candidates asked at once, before any branch depends on them.
const GLANCE: usize = 3;

/// A match as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// First place it covers.
    pub(super) start: usize,
    /// The place behind the last.
    pub(super) end: usize,
    pub(super) distance: u16,
}

/// How far to look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Candidates of one place.
    pub(super) depth: u32,
    /// A match so long is taken as it is.
    pub(super) enough: usize,
    /// After two to the power of this many places without a match, places are passed over: one more each time.
    pub(super) patience: u32,
}

/// The tables, reused.
#[derive(Debug)]
pub(super) struct Search {
    bytes: Box<[u8; WINDOW + SPARE]>,
    heads: Box<[u16; 1 << *HASH_BITS.end()]>,
    chains: Box<[u16; WINDOW]>,
}

/// So that 8 bytes can be read at the last place.
const SPARE: usize = 16;
/// Of a longer match only the end goes into the tables: what follows it is what comes again.
const REMEMBERED: usize = 64;

impl Search {
    pub(super) fn new() -> Self {
        Search {
            bytes: Box::new([0; WINDOW + SPARE]),
            heads: Box::new([0; 1 << *HASH_BITS.end()]),
            chains: Box::new([0; WINDOW]),
        }
    }

    /// Tells `found` of matches in `input` behind its first `history` bytes, each reaching further than the one before.
    ///
    /// `input` is no longer than [`WINDOW`]. Matches keep the distance from its end that the format asks for.
    pub(super) fn run(&mut self, input: &[u8], history: usize, effort: Effort, mut found: impl FnMut(Match)) {
        let (Some(room), Some(stop)) = (self.bytes.get_mut(1..=input.len()), (input.len() + 2).checked_sub(MATCH_MARGIN)) else {
            return;
        };
        room.copy_from_slice(input);
        let bits = input.len().ilog2().saturating_add(1).clamp(*HASH_BITS.start(), *HASH_BITS.end());
        self.heads[..1 << bits].fill(0);
        let mut tables = Tables { bytes: &self.bytes, heads: &mut self.heads, chains: &mut self.chains, shift: 32 - bits };
        let end = input.len() + 1 - LAST_LITERALS;
        let mut at = history.max(1) + 1;
        tables.insert_all(1, at.min(stop));
        // No match begins before `floor`; the last one ends at `reach`; since then so many places had none.
        let (mut floor, mut reach, mut misses) = (history + 1, 0, 0_usize);
        while at < stop {
            let candidate = tables.insert(at);
            let look = Look { at, over: reach.max(at) - at, floor, end };
            if let Some(best) = tables.look(candidate, look, effort) {
                found(best);
                (floor, reach, misses) = (best.start, best.end, 0);
                // What starts inside this match and reaches at least two bytes further is seen from its last two bytes.
                let next = (reach - 2).max(at + 1);
                tables.insert_all((at + 1).max(next.saturating_sub(REMEMBERED)), next.min(stop));
                at = next;
            } else if look.over > 0 {
                tables.insert_all(at + 1, reach.min(stop));
                at = reach;
            } else {
                misses += 1;
                at += 1 + (misses >> effort.patience);
            }
        }
    }
}

/// The tables of one run, where the compiler can keep their addresses at hand.
struct Tables<'a> {
    bytes: &'a [u8; WINDOW + SPARE],
    heads: &'a mut [u16; 1 << *HASH_BITS.end()],
    chains: &'a mut [u16; WINDOW],
    /// From 32 bits of a hash to those in use.
    shift: u32,
}

impl Tables<'_> {
    #[inline(always)]
    fn look(&self, candidate: u16, look: Look, effort: Effort) -> Option<Match> {
        if !self.glance(candidate, self.four(look.at)) {
            return None;
        }
        if look.over == 0 { self.longest(candidate, look, effort) } else { self.widest(candidate, look, effort) }
    }

    /// Whether one of the next candidates begins like the place: most places have none, and this costs no wrong guess of a
    /// branch. (None of them is place 0, and what stands there does no harm.)
    #[inline(always)]
    fn glance(&self, mut candidate: u16, four: u32) -> bool {
        let mut any = false;
        for _ in 0..GLANCE {
            any |= self.four(usize::from(candidate)) == four;
            candidate = self.chains[usize::from(candidate)];
        }
        any
    }

    /// The match that reaches furthest from here.
    #[inline(always)]
    fn longest(&self, candidate: u16, look: Look, effort: Effort) -> Option<Match> {
        let Look { at, floor, end, .. } = look;
        let four = self.four(at);
        let (mut candidate, mut best, mut from, mut tail) = (usize::from(candidate), MIN_MATCH - 1, 0, four);
        for _ in 0..effort.depth {
            if candidate == 0 {
                break;
            }
            // Only what has the bytes up to one more than the best so far can be better.
            if self.four(candidate + best - 3) == tail && self.four(candidate) == four {
                let length = self.common(candidate, at, end);
                if length > best {
                    (best, from) = (length, candidate);
                    if at + length >= end || length >= effort.enough {
                        break;
                    }
                    tail = self.four(at + best - 3);
                }
            }
            candidate = usize::from(self.chains[candidate]);
        }
        (from > 0).then(|| Match { start: self.back(from, at, floor), end: at + best, distance: low16(at - from) })
    }

    /// The match that is longest both ways, of those that reach beyond the last one.
    #[inline(always)]
    fn widest(&self, candidate: u16, look: Look, effort: Effort) -> Option<Match> {
        let Look { at, over, floor, end } = look;
        let four = self.four(at);
        let (mut candidate, mut widest, mut best) = (usize::from(candidate), 0, None);
        for _ in 0..effort.depth {
            if candidate == 0 {
                break;
            }
            if self.four(candidate) == four {
                let length = self.common(candidate, at, end);
                if length > over {
                    let start = self.back(candidate, at, floor);
                    if at + length - start > widest {
                        widest = at + length - start;
                        best = Some(Match { start, end: at + length, distance: low16(at - candidate) });
                        if at + length >= end || length >= effort.enough {
                            break;
                        }
                    }
                }
            }
            candidate = usize::from(self.chains[candidate]);
        }
        best
    }

    /// Puts a place into the tables and returns the one before of its hash.
    #[inline(always)]
    fn insert(&mut self, at: usize) -> u16 {
        let head = &mut self.heads[hash(four(self.bytes, at), self.shift)];
        let before = *head;
        *head = low16(at);
        self.chains[usize::from(low16(at))] = before;
        before
    }

    #[inline(always)]
    fn insert_all(&mut self, from: usize, to: usize) {
        for at in from..to {
            self.insert(at);
        }
    }

    /// How many bytes are the same at both, of which the first four are; none from `end` on counts.
    #[inline(always)]
    fn common(&self, from: usize, at: usize, end: usize) -> usize {
        let mut length = MIN_MATCH;
        while at + length < end {
            let differ = eight(self.bytes, from + length) ^ eight(self.bytes, at + length);
            if differ != 0 {
                length += differ.trailing_zeros() as usize / 8;
                break;
            }
            length += 8;
        }
        length.min(end - at)
    }

    /// Where a match starts that is also looked for backwards.
    #[inline(always)]
    fn back(&self, from: usize, at: usize, floor: usize) -> usize {
        let (mut start, distance) = (at, at - from);
        while start > floor && start > distance + 1 && self.bytes[start - 1] == self.bytes[start - 1 - distance] {
            start -= 1;
        }
        start
    }

    #[inline(always)]
    fn four(&self, at: usize) -> u32 {
        four(self.bytes, at)
    }
}

/// The place in question.
#[derive(Clone, Copy)]
struct Look {
    at: usize,
    /// So far the last match reaches beyond it.
    over: usize,
    /// Matches do not start before this.
    floor: usize,
    /// And do not reach beyond this.
    end: usize,
}

#[inline(always)]
fn four(bytes: &[u8; WINDOW + SPARE], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

#[inline(always)]
fn eight(bytes: &[u8; WINDOW + SPARE], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// The golden ratio's multiplier, and its best bits.
#[inline(always)]
fn hash(four: u32, shift: u32) -> usize {
    (four.wrapping_mul(0x9E37_79B1) >> shift) as usize & ((1 << *HASH_BITS.end()) - 1)
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "places that go into the tables are below WINDOW")]
fn low16(at: usize) -> u16 {
    at as u16
}
