//! The header of a block with its own codes: their lengths, run-length coded and packed once more (RFC 1951, 3.2.7).

use super::bits::BitWriter;
use super::huffman::{self, Builder};
use super::tables::CODE_LENGTH_ORDER;

/// Literals, end of block and lengths; distances.
pub(super) const LITERALS: usize = 286;
pub(super) const DISTANCES: usize = 30;

/// Longest code of a code length.
const MAX_BITS: usize = 7;

const REPEAT: usize = 16;
const FEW_ZEROS: usize = 17;
const MANY_ZEROS: usize = 18;

/// One symbol of the header and the value of the bits behind it.
type Item = (u8, u8);

/// How many bits follow each symbol of the header.
fn extra_bits(symbol: usize) -> u32 {
    match symbol {
        REPEAT => 2,
        FEW_ZEROS => 3,
        MANY_ZEROS => 7,
        _ => 0,
    }
}

/// A header, ready to be written.
#[derive(Clone)]
pub(super) struct Header {
    literals: usize,
    distances: usize,
    items: Vec<Item>,
    pub(super) code_lengths: [u8; 19],
    /// All of it, in bits.
    pub(super) bits: u32,
}

impl Header {
    pub(super) fn new() -> Self {
        Header {
            literals: 0,
            distances: 0,
            items: Vec::with_capacity(LITERALS + DISTANCES),
            code_lengths: [0; 19],
            bits: u32::MAX,
        }
    }

    /// Finds a short header for these code lengths, in `rounds` of run-length coding by the costs of the round before.
    pub(super) fn build(&mut self, literals: &[u8], distances: &[u8], builder: &mut Builder, rounds: usize) {
        let end = |lengths: &[u8], least: usize| {
            lengths.iter().rposition(|length| *length > 0).map_or(least, |last| least.max(last + 1))
        };
        let (literals, distances) = (&literals[..end(literals, 257)], &distances[..end(distances, 1)]);
        let mut runs = [(0u8, 0u8); LITERALS + DISTANCES];
        let runs = runs_of(literals, distances, &mut runs);
        self.literals = literals.len();
        self.distances = distances.len();
        self.bits = u32::MAX;
        // What the codes cost in common blocks.
        let mut costs = [4; 19];
        (costs[REPEAT], costs[FEW_ZEROS], costs[MANY_ZEROS]) = (3, 4, 4);
        for _ in 0..rounds {
            let mut counts = [0; 19];
            runs.iter().for_each(|run| split(*run, &costs, |(symbol, _)| counts[usize::from(symbol)] += 1));
            let mut lengths = [0; 19];
            builder.lengths(&counts, MAX_BITS, &mut lengths);
            pad(&mut lengths);
            let bits = bits_of(&counts, &lengths);
            if bits >= self.bits {
                break;
            }
            (self.bits, self.code_lengths) = (bits, lengths);
            self.items.clear();
            runs.iter().for_each(|run| split(*run, &costs, |item| self.items.push(item)));
            // A symbol that is not used yet would be a rare one.
            costs = std::array::from_fn(|symbol| if lengths[symbol] == 0 { 7 } else { u32::from(lengths[symbol]) });
        }
    }

    pub(super) fn write(&self, out: &mut BitWriter) {
        let low = |value: usize| u64::try_from(value).unwrap_or(0);
        out.bits(low(self.literals - 257), 5);
        out.bits(low(self.distances - 1), 5);
        let count = sent(&self.code_lengths);
        out.bits(low(count - 4), 4);
        for place in &CODE_LENGTH_ORDER[..count] {
            out.bits(u64::from(self.code_lengths[*place]), 3);
        }
        let mut codes = [0; 19];
        huffman::codes(&self.code_lengths, &mut codes);
        for (symbol, extra) in &self.items {
            let symbol = usize::from(*symbol);
            out.bits(u64::from(codes[symbol]), u32::from(self.code_lengths[symbol]));
            out.bits(u64::from(*extra), extra_bits(symbol));
        }
    }
}

/// Equal neighbours, as (length, how many), in chunks of at most 255.
fn runs_of<'a>(literals: &[u8], distances: &[u8], runs: &'a mut [(u8, u8)]) -> &'a [(u8, u8)] {
    let mut count = 0;
    for length in literals.iter().chain(distances) {
        match runs[..count].last_mut() {
            Some((value, times)) if value == length && *times < u8::MAX => *times += 1,
            _ => {
                runs[count] = (*length, 1);
                count += 1;
            }
        }
    }
    &runs[..count]
}

/// A lone code gets a partner: some decoders want a full one.
fn pad(lengths: &mut [u8; 19]) {
    if lengths.iter().filter(|length| **length > 0).count() == 1 {
        lengths[usize::from(lengths[0] > 0)] = 1;
    }
}

/// How many of the 19 code lengths are sent.
fn sent(lengths: &[u8; 19]) -> usize {
    CODE_LENGTH_ORDER.iter().rposition(|place| lengths[*place] > 0).map_or(4, |last| 4.max(last + 1))
}

fn bits_of(counts: &[u32; 19], lengths: &[u8; 19]) -> u32 {
    let symbols = (0..19).map(|symbol| counts[symbol] * (u32::from(lengths[symbol]) + extra_bits(symbol)));
    let order = u32::try_from(sent(lengths)).unwrap_or(19) * 3;
    5 + 5 + 4 + order + symbols.sum::<u32>()
}

/// Cuts a run into the symbols that cost least.
fn split((value, times): (u8, u8), costs: &[u32; 19], mut give: impl FnMut(Item)) {
    let single = costs[usize::from(value)];
    let mut rest = times;
    if value == 0 {
        let many = costs[MANY_ZEROS] + 7;
        while rest >= 11 && many <= zeros_without_many(rest.min(138), costs) {
            let covered = rest.min(138);
            give((18, covered - 11));
            rest -= covered;
        }
        let covered = repeats(rest, 10, costs[FEW_ZEROS] + 3, single);
        cover(covered, 10, |length| give((17, length - 3)));
        (covered..rest).for_each(|_| give((0, 0)));
    } else {
        give((value, 0));
        rest -= 1;
        let covered = repeats(rest, 6, costs[REPEAT] + 2, single);
        cover(covered, 6, |length| give((16, length - 3)));
        (covered..rest).for_each(|_| give((value, 0)));
    }
}

/// Cost of so many zeros by symbols 0 and 17 alone.
fn zeros_without_many(count: u8, costs: &[u32; 19]) -> u32 {
    let covered = repeats(count, 10, costs[FEW_ZEROS] + 3, costs[0]);
    u32::from(covered.div_ceil(10)) * (costs[FEW_ZEROS] + 3) + u32::from(count - covered) * costs[0]
}

/// How many of `rest` equal lengths are best covered by symbols for 3 to `most` of them each.
fn repeats(rest: u8, most: u8, cost: u32, single: u32) -> u8 {
    let (mut best, mut best_cost) = (0, u32::from(rest) * single);
    for symbols in 1..=rest.div_ceil(most) {
        let covered = rest.min(symbols.saturating_mul(most));
        let total = u32::from(symbols) * cost + u32::from(rest - covered) * single;
        if covered >= 3 * symbols && total < best_cost {
            (best, best_cost) = (covered, total);
        }
    }
    best
}

/// Cuts `covered` into as few pieces of 3 to `most` as possible.
fn cover(covered: u8, most: u8, mut give: impl FnMut(u8)) {
    let mut rest = covered;
    for after in (0..covered.div_ceil(most)).rev() {
        let piece = most.min(rest - 3 * after);
        give(piece);
        rest -= piece;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(run: (u8, u8), costs: &[u32; 19]) -> Vec<Item> {
        let mut items = Vec::new();
        split(run, costs, |item| items.push(item));
        items
    }

    #[test]
    fn runs_are_cut_where_it_is_cheap() {
        let even = [4; 19];
        assert_eq!(items((5, 1), &even), [(5, 0)]);
        assert_eq!(items((5, 3), &even), [(5, 0), (5, 0), (5, 0)].map(|i: Item| i));
        assert_eq!(items((5, 4), &even), [(5, 0), (16, 0)]);
        assert_eq!(items((5, 8), &even), [(5, 0), (16, 3), (5, 0)]);
        assert_eq!(items((5, 9), &even), [(5, 0), (16, 2), (16, 0)]);
        assert_eq!(items((0, 2), &even), [(0, 0), (0, 0)]);
        assert_eq!(items((0, 11), &even), [(18, 0)]);
        assert_eq!(items((0, 138), &even), [(18, 127)]);
        assert_eq!(items((0, 140), &even), [(18, 127), (0, 0), (0, 0)]);
        // Singles for nearly nothing.
        let mut cheap = even;
        cheap[0] = 1;
        assert_eq!(items((0, 5), &cheap), [(0, 0); 5]);
    }

    #[test]
    fn every_cut_covers_its_run() {
        for seed in 0..50u32 {
            let costs: [u32; 19] = std::array::from_fn(|symbol| 1 + (seed * 31 + u32::try_from(symbol).unwrap() * 7) % 7);
            for value in [0, 3] {
                for times in 1..=255 {
                    let covered: u32 = items((value, times), &costs)
                        .iter()
                        .map(|(symbol, extra)| match symbol {
                            16 | 17 => 3 + u32::from(*extra),
                            18 => 11 + u32::from(*extra),
                            _ => 1,
                        })
                        .sum();
                    assert_eq!(covered, u32::from(times), "{value} {times} times, seed {seed}");
                }
            }
        }
    }
}
