//! Finding matches: for every position of a small block, the nearest place for each length.

/// Longest input: any earlier position is then within deflate's window of 32768 bytes, and fits 16 bits.
pub(super) const MAX_INPUT: usize = 32768;

/// Shortest and longest match (RFC 1951, 3.2.5).
pub(super) const MIN_MATCH: usize = 3;
pub(super) const MAX_MATCH: usize = 258;

/// Matches beyond this are taken as they come.
const LONG: u16 = 128;

const HASH_BITS: u32 = 12;
const NOWHERE: u16 = u16::MAX;

/// So many bytes here are also so far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) length: u16,
    pub(super) distance: u16,
}

/// Finds matches by chains of positions with the same hash of three bytes.
pub(super) struct Finder {
    heads: Vec<u16>,
    previous: Vec<u16>,
    /// All matches, those of a position together and by growing length.
    matches: Vec<Match>,
    /// Where each position's matches end in `matches`.
    ends: Vec<u32>,
}

impl Finder {
    pub(super) fn new() -> Self {
        Finder { heads: vec![NOWHERE; 1 << HASH_BITS], previous: Vec::new(), matches: Vec::new(), ends: Vec::new() }
    }

    /// Matches at `position`, longer ones farther away.
    pub(super) fn at(&self, position: usize) -> &[Match] {
        let start = if position == 0 { 0 } else { self.ends[position - 1] };
        &self.matches[start as usize..self.ends[position] as usize]
    }

    /// Looks at all of `input`, at most `depth` candidates for each position.
    #[expect(clippy::cast_possible_truncation, reason = "positions stay below 32768, and so does all that is derived from them")]
    pub(super) fn find(&mut self, input: &[u8], depth: usize) {
        debug_assert!(input.len() <= MAX_INPUT);
        self.heads.fill(NOWHERE);
        self.previous.clear();
        self.previous.resize(input.len(), NOWHERE);
        self.matches.clear();
        self.ends.clear();
        let mut last = Match { length: 0, distance: 0 };
        for position in 0..input.len() {
            let here = &input[position..];
            if let Some(three) = here.first_chunk::<3>() {
                let head = &mut self.heads[hash(*three)];
                let candidate = std::mem::replace(head, position as u16);
                self.previous[position] = candidate;
                if last.length > LONG {
                    // Inside a long match nothing else is worth the time.
                    last.length -= 1;
                    self.matches.push(last);
                } else {
                    let known = self.matches.len();
                    self.chain(input, position, candidate, depth);
                    last = self.matches[known..].last().copied().unwrap_or(last);
                }
            }
            self.ends.push(self.matches.len() as u32);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "as in `find`")]
    #[inline]
    fn chain(&mut self, input: &[u8], position: usize, mut candidate: u16, depth: usize) {
        let here = &input[position..];
        let here = &here[..here.len().min(MAX_MATCH)];
        let mut best = MIN_MATCH - 1;
        for _ in 0..depth {
            if candidate == NOWHERE {
                return;
            }
            let there = &input[usize::from(candidate)..];
            if there[best] == here[best] && there[best - 1] == here[best - 1] {
                let length = common(here, there);
                if length > best {
                    best = length;
                    self.matches.push(Match { length: length as u16, distance: position as u16 - candidate });
                    if length == here.len() || length > usize::from(LONG) {
                        return;
                    }
                }
            }
            candidate = self.previous[usize::from(candidate)];
        }
    }
}

fn hash([a, b, c]: [u8; 3]) -> usize {
    let value = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9E37_79B1);
    (value >> (32 - HASH_BITS)) as usize
}

/// How many bytes `here` and `there` begin with in common; `there` is the longer slice.
#[inline]
fn common(here: &[u8], there: &[u8]) -> usize {
    let there = &there[..here.len()];
    let mut length = 0;
    for (one, other) in here.as_chunks::<8>().0.iter().zip(there.as_chunks::<8>().0) {
        let difference = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        if difference != 0 {
            return length + (difference.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    while length < here.len() && here[length] == there[length] {
        length += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_place_of_each_length() {
        let input = b"abcdeXabcYabcde";
        let mut finder = Finder::new();
        finder.find(input, 99);
        let at = |position: usize| -> Vec<_> { finder.at(position).iter().map(|m| (m.length, m.distance)).collect() };
        assert_eq!(at(6), [(3, 6)]);
        assert_eq!(at(10), [(3, 4), (5, 10)]);
        assert_eq!(at(11), [(4, 10)]);
        assert_eq!(at(14), []);
        finder.find(&[7; 600], 99);
        assert_eq!(finder.at(1), [Match { length: 258, distance: 1 }]);
        assert_eq!(finder.at(597), [Match { length: 3, distance: 1 }]);
        assert_eq!(finder.at(598), []);
    }
}
