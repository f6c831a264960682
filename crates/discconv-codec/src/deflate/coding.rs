//! One block of symbols: which codes it gets, how long it becomes, and writing it.

use super::bits::BitWriter;
use super::header::{DISTANCES, Header, LITERALS};
use super::huffman::{self, Builder};
use super::refine::refine;
use super::stored_length;
use super::tables::{
    DISTANCE_BASE, DISTANCE_EXTRA, LENGTH_BASE, LENGTH_EXTRA, MAX_BITS, distance_slot, fixed_literal_lengths, length_slot,
};

/// A block of so many symbols is a large one.
const LARGE: u32 = 1300;

/// Trials of a header in a full search.
const FULL_ROUNDS: usize = 4;

/// Times that lengths are refined by the header they got.
const REFINEMENTS: usize = 2;

/// No refined code is longer.
const REFINE_LIMIT: u8 = 14;

const END_OF_BLOCK: usize = 256;

/// A literal (length 0, the byte as distance) or a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) length: u16,
    pub(super) distance: u16,
}

impl Token {
    pub(super) fn literal(byte: u8) -> Self {
        Token { length: 0, distance: u16::from(byte) }
    }

    /// Bytes that it stands for.
    pub(super) fn span(self) -> usize {
        usize::from(self.length.max(1))
    }
}

/// How often each symbol occurs in a block.
#[derive(Clone)]
pub(super) struct Histogram {
    pub(super) literals: [u32; LITERALS],
    pub(super) distances: [u32; DISTANCES],
}

impl Histogram {
    /// With the end of the block.
    pub(super) fn of(tokens: &[Token]) -> Self {
        let mut histogram = Histogram { literals: [0; LITERALS], distances: [0; DISTANCES] };
        for token in tokens {
            if token.length == 0 {
                histogram.literals[usize::from(token.distance)] += 1;
            } else {
                histogram.literals[257 + length_slot(token.length)] += 1;
                histogram.distances[distance_slot(token.distance)] += 1;
            }
        }
        histogram.literals[END_OF_BLOCK] = 1;
        histogram
    }

    /// Bits behind the codes of lengths and distances.
    fn extra_bits(&self) -> u64 {
        let bits =
            |counts: &[u32], extra: &[u8]| -> u64 { counts.iter().zip(extra).map(|(c, e)| u64::from(*c) * u64::from(*e)).sum() };
        bits(&self.literals[257..], &LENGTH_EXTRA) + bits(&self.distances, &DISTANCE_EXTRA)
    }

    fn code_bits(&self, literals: &[u8], distances: &[u8]) -> u64 {
        let bits = |counts: &[u32], lengths: &[u8]| -> u64 {
            counts.iter().zip(lengths).map(|(c, l)| u64::from(*c) * u64::from(*l)).sum()
        };
        bits(&self.literals, literals) + bits(&self.distances, distances)
    }
}

/// The codes of a block.
#[derive(Clone)]
pub(super) struct Coding {
    pub(super) literals: [u8; LITERALS],
    pub(super) distances: [u8; DISTANCES],
    /// None: the fixed codes.
    header: Option<Header>,
    /// The whole block with its type, in bits.
    pub(super) bits: u64,
}

/// How hard to look for codes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// Two trials: to compare sets of symbols.
    Quick,
    /// All that are known to pay.
    Full,
}

/// Looks for codes; keeps its tables from block to block.
pub(super) struct Coder {
    builder: Builder,
    header: Header,
}

impl Coder {
    pub(super) fn new() -> Self {
        Coder { builder: Builder::new(), header: Header::new() }
    }

    /// The shortest coding that the search finds.
    pub(super) fn find(&mut self, histogram: &Histogram, search: Search) -> Coding {
        let extra = histogram.extra_bits();
        let fixed = fixed_literal_lengths();
        let mut best = Coding { literals: [0; LITERALS], distances: [5; DISTANCES], header: None, bits: 0 };
        best.literals.copy_from_slice(&fixed[..LITERALS]);
        best.bits = 3 + extra + histogram.code_bits(&best.literals, &best.distances);
        // Short codes tell much in little room; many symbols deserve longer ones.
        let symbols: u32 = histogram.literals.iter().sum();
        let trials: &[(u32, usize)] = match (search, symbols) {
            (Search::Quick, ..LARGE) => &[(1, 9)],
            (Search::Quick, _) => &[(1, 11)],
            (Search::Full, ..LARGE) => &[(1, 9), (1, 8)],
            (Search::Full, _) => &[(1, 11), (1, 10), (1, 9), (2, 12)],
        };
        let rounds = if search == Search::Quick { 2 } else { FULL_ROUNDS };
        for (smoothing, limit) in trials {
            self.trial(histogram, *smoothing, *limit, rounds, extra, &mut best);
        }
        if search == Search::Full {
            for _ in 0..REFINEMENTS {
                if !self.refine(histogram, rounds, extra, &mut best) {
                    break;
                }
            }
        }
        best
    }

    /// Adapts known codes to other symbols.
    pub(super) fn adapt(&mut self, histogram: &Histogram, known: &Coding) -> Coding {
        // A symbol without a code rules the known codes out.
        let without =
            |counts: &[u32], lengths: &[u8]| counts.iter().zip(lengths).any(|(count, length)| *count > 0 && *length == 0);
        if without(&histogram.literals, &known.literals) || without(&histogram.distances, &known.distances) {
            return self.find(histogram, Search::Full);
        }
        let header = known.header.as_ref().map_or(0, |header| u64::from(header.bits));
        let extra = histogram.extra_bits();
        let bits = 3 + header + extra + histogram.code_bits(&known.literals, &known.distances);
        let mut coding = Coding { bits, ..known.clone() };
        self.refine(histogram, FULL_ROUNDS, extra, &mut coding);
        coding
    }

    /// Looks for lengths that cost less together with their header; whether it found some.
    fn refine(&mut self, histogram: &Histogram, rounds: usize, extra: u64, best: &mut Coding) -> bool {
        let Some(header) = &best.header else { return false };
        let (mut literals, mut distances) = (best.literals, best.distances);
        let changed = refine(&histogram.literals, &mut literals, &header.code_lengths, REFINE_LIMIT)
            | refine(&histogram.distances, &mut distances, &header.code_lengths, REFINE_LIMIT);
        changed && self.price(histogram, &literals, &distances, rounds, extra, best)
    }

    /// Takes these code lengths where they are better than the best so far.
    fn price(
        &mut self,
        histogram: &Histogram,
        literals: &[u8; LITERALS],
        distances: &[u8; DISTANCES],
        rounds: usize,
        extra: u64,
        best: &mut Coding,
    ) -> bool {
        self.header.build(literals, distances, &mut self.builder, rounds);
        let bits = 3 + u64::from(self.header.bits) + extra + histogram.code_bits(literals, distances);
        let better = bits < best.bits;
        if better {
            *best = Coding { literals: *literals, distances: *distances, header: Some(self.header.clone()), bits };
        }
        better
    }

    fn trial(&mut self, histogram: &Histogram, smoothing: u32, limit: usize, rounds: usize, extra: u64, best: &mut Coding) {
        let mut counts = histogram.clone();
        if smoothing > 0 {
            smooth(&mut counts.literals, smoothing);
            smooth(&mut counts.distances, smoothing);
        }
        if limit < 9 && counts.literals.iter().filter(|count| **count > 0).count() > 1 << limit {
            return;
        }
        let (mut literals, mut distances) = ([0; LITERALS], [0; DISTANCES]);
        self.builder.lengths(&counts.literals, limit, &mut literals);
        self.builder.lengths(&counts.distances, limit, &mut distances);
        pad(&mut literals);
        pad(&mut distances);
        self.price(histogram, &literals, &distances, rounds, extra, best);
    }
}

/// At least two codes: the RFC lets a lone or missing distance code be, some old decoders do not.
fn pad(lengths: &mut [u8]) {
    for symbol in 0..2 {
        if lengths.iter().filter(|length| **length > 0).count() < 2 && lengths[symbol] == 0 {
            lengths[symbol] = 1;
        }
    }
}

/// Makes neighbours equal that are nearly so: their code lengths then cost less in the header than the codes lose.
fn smooth(counts: &mut [u32], tolerance: u32) {
    let mut start = 0;
    while start < counts.len() {
        let (mut end, mut sum) = (start + 1, counts[start]);
        while end < counts.len() {
            let count = counts[end];
            let size = u32::try_from(end - start).unwrap_or(u32::MAX);
            let mean = (sum + size / 2) / size;
            // Rare symbols may differ by the tolerance, frequent ones by a quarter of it.
            if count.abs_diff(mean) > tolerance.max(mean * tolerance / 4) || (count == 0) != (mean == 0) && tolerance < 2 {
                break;
            }
            sum += count;
            end += 1;
        }
        let size = end - start;
        if size >= 4 && sum > 0 {
            let divisor = u32::try_from(size).unwrap_or(1);
            counts[start..end].fill(((sum + divisor / 2) / divisor).max(1));
        }
        start = end;
    }
}

fn write_stored(bytes: &[u8], last: bool, out: &mut BitWriter) {
    let pieces = bytes.len().div_ceil(usize::from(u16::MAX)).max(1);
    for index in 0..pieces {
        let rest = &bytes[index * usize::from(u16::MAX)..];
        let length = u16::try_from(rest.len()).unwrap_or(u16::MAX);
        out.bits(u64::from(last && index + 1 == pieces), 3);
        out.align();
        out.bytes.extend_from_slice(&length.to_le_bytes());
        out.bytes.extend_from_slice(&(!length).to_le_bytes());
        out.bytes.extend_from_slice(&rest[..usize::from(length)]);
    }
}

/// Writes a block with its codes, or stored where that is shorter; `bytes` is what the tokens stand for.
pub(super) fn write(tokens: &[Token], coding: &Coding, bytes: &[u8], last: bool, out: &mut BitWriter) {
    if coding.bits > 8 * stored_length(bytes.len()) as u64 {
        return write_stored(bytes, last, out);
    }
    out.bits(u64::from(last), 1);
    let (mut literal_lengths, mut literal_codes) = ([0; 288], [0; 288]);
    match &coding.header {
        None => {
            out.bits(1, 2);
            literal_lengths = fixed_literal_lengths();
        }
        Some(header) => {
            out.bits(2, 2);
            header.write(out);
            literal_lengths[..LITERALS].copy_from_slice(&coding.literals);
        }
    }
    let mut distance_codes = [0; DISTANCES];
    huffman::codes(&literal_lengths, &mut literal_codes);
    huffman::codes(&coding.distances, &mut distance_codes);
    let literal =
        |out: &mut BitWriter, symbol: usize| out.bits(u64::from(literal_codes[symbol]), u32::from(literal_lengths[symbol]));
    for token in tokens {
        if token.length == 0 {
            literal(out, usize::from(token.distance));
            continue;
        }
        let slot = length_slot(token.length);
        literal(out, 257 + slot);
        out.bits((usize::from(token.length) - LENGTH_BASE[slot]) as u64, u32::from(LENGTH_EXTRA[slot]));
        let slot = distance_slot(token.distance);
        out.bits(u64::from(distance_codes[slot]), u32::from(coding.distances[slot]));
        out.bits((usize::from(token.distance) - DISTANCE_BASE[slot]) as u64, u32::from(DISTANCE_EXTRA[slot]));
    }
    literal(out, END_OF_BLOCK);
    debug_assert!(literal_lengths.iter().all(|length| usize::from(*length) <= MAX_BITS));
}
