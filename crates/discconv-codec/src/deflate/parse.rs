//! Choosing literals and matches: a shortest path through the block, with what each symbol costs as the lengths.

use super::coding::{Histogram, Token};
use super::header::{DISTANCES, LITERALS};
use super::matches::{Finder, MAX_MATCH, MIN_MATCH};
use super::tables::{DISTANCE_EXTRA, LENGTH_EXTRA, distance_slot, length_slot};

/// Up to here each length is tried, then the longest of each symbol.
const EACH_LENGTH: usize = 18;

/// The longest match of each length symbol.
const LAST_OF_SLOT: [u16; 29] =
    [3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 22, 26, 30, 34, 42, 50, 58, 66, 82, 98, 114, 130, 162, 194, 226, 257, 258];

/// Parts of a bit in which costs are counted.
const BIT: u32 = 64;

/// What each choice costs, in parts of a bit.
pub(super) struct Costs {
    literals: [u32; 256],
    /// By length, with its extra bits.
    lengths: [u32; MAX_MATCH + 1],
    /// By distance symbol, with its extra bits.
    distances: [u32; DISTANCES],
}

/// log2 in parts of a bit, the same on every machine.
fn log2(value: u32) -> u32 {
    let whole = value.max(1).ilog2();
    // The mantissa as 1.31, squared once for each bit behind the point.
    let mut mantissa = u64::from(value.max(1)) << (31 - whole);
    let mut result = whole;
    for _ in 0..BIT.ilog2() {
        mantissa = (mantissa * mantissa) >> 31;
        let carry = mantissa >> 32;
        mantissa >>= carry;
        result = 2 * result + u32::from(carry == 1);
    }
    result
}

impl Costs {
    /// Entropy of the symbols.
    pub(super) fn of(histogram: &Histogram) -> Self {
        let literals = entropies(&histogram.literals);
        let distances = entropies(&histogram.distances);
        Costs::from_symbols(&literals, &distances)
    }

    /// Before anything is known but the bytes.
    pub(super) fn guess(input: &[u8]) -> Self {
        let mut counts = [0; LITERALS];
        input.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
        let mut literals = entropies(&counts);
        literals[257..].iter_mut().zip(0u32..).for_each(|(cost, slot)| *cost = 5 * BIT + slot * BIT / 6);
        Costs::from_symbols(&literals, &[4 * BIT + BIT / 2; DISTANCES])
    }

    /// What the codes of a block cost; a symbol without one would change the header.
    pub(super) fn of_codes(literals: &[u8; LITERALS], distances: &[u8; DISTANCES]) -> Self {
        let price = |length: u8| BIT * if length == 0 { 14 } else { u32::from(length) };
        Costs::from_symbols(&literals.map(price), &distances.map(price))
    }

    fn from_symbols(literals: &[u32; LITERALS], distances: &[u32; DISTANCES]) -> Self {
        let mut costs = Costs { literals: [0; 256], lengths: [0; MAX_MATCH + 1], distances: [0; DISTANCES] };
        costs.literals.copy_from_slice(&literals[..256]);
        for (length, cost) in (0u16..).zip(&mut costs.lengths).skip(MIN_MATCH) {
            let slot = length_slot(length);
            *cost = literals[257 + slot] + BIT * u32::from(LENGTH_EXTRA[slot]);
        }
        for (slot, cost) in costs.distances.iter_mut().enumerate() {
            *cost = distances[slot] + BIT * u32::from(DISTANCE_EXTRA[slot]);
        }
        costs
    }
}

fn entropies<const N: usize>(counts: &[u32; N]) -> [u32; N] {
    let total = log2(counts.iter().sum());
    std::array::from_fn(|symbol| match counts[symbol] {
        // Not used: like the rarest.
        0 => total,
        count => (total - log2(count)).max(BIT / 2),
    })
}

/// Finds paths; keeps its tables from block to block.
#[derive(Default)]
pub(super) struct Parser {
    costs: Vec<u32>,
    choices: Vec<Token>,
}

impl Parser {
    #[expect(clippy::cast_possible_truncation, reason = "lengths are at most 258")]
    /// The cheapest way through `input[start..end]`.
    pub(super) fn parse(
        &mut self,
        input: &[u8],
        range: std::ops::Range<usize>,
        finder: &Finder,
        costs: &Costs,
        tokens: &mut Vec<Token>,
    ) {
        let (start, count) = (range.start, range.len());
        self.costs.clear();
        self.costs.resize(count + 1, 0);
        self.choices.resize(count, Token::literal(0));
        for at in (0..count).rev() {
            let byte = input[start + at];
            let (now, after) = self.costs[at..].split_at_mut(1);
            let mut best = costs.literals[usize::from(byte)] + after[0];
            let mut choice = Token::literal(byte);
            let mut shortest = MIN_MATCH;
            for found in finder.at(start + at) {
                let longest = usize::from(found.length).min(count - at);
                if longest < shortest {
                    break;
                }
                let distance = costs.distances[distance_slot(found.distance)];
                let mut length = shortest;
                loop {
                    // Lengths of one symbol cost the same, and the rest hardly more the shorter it is.
                    if length > EACH_LENGTH {
                        length = usize::from(LAST_OF_SLOT[length_slot(length as u16)]).min(longest);
                    }
                    let total = distance + costs.lengths[length] + after[length - 1];
                    if total < best {
                        best = total;
                        choice = Token { length: length as u16, distance: found.distance };
                    }
                    if length == longest {
                        break;
                    }
                    length += 1;
                }
                shortest = longest + 1;
            }
            now[0] = best;
            self.choices[at] = choice;
        }
        tokens.clear();
        let mut at = 0;
        while at < count {
            tokens.push(self.choices[at]);
            at += self.choices[at].span();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms() {
        assert_eq!([1, 2, 4, 1 << 31].map(log2), [0, BIT, 2 * BIT, 31 * BIT]);
        // log2 3 = 1.58496: 101.4 of 64.
        assert_eq!(log2(3), 101);
        assert_eq!(log2(0), 0);
    }
}
