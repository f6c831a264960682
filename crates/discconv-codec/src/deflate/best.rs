//! The smallest block within reach: own choices of matches, own codes, own headers.

use super::bits::BitWriter;
use super::coding::{self, Coder, Coding, Histogram, Search, Token};
use super::matches::Finder;
pub(super) use super::matches::MAX_INPUT;
use super::parse::{Costs, Parser};
use super::read::{self, Sink};
use super::stored_length;

/// Rounds of choosing by the costs of the round before.
const ROUNDS: usize = 2;

/// Rounds of choosing by the codes themselves.
const LAST_ROUNDS: usize = 3;

/// The same for input that may be cut.
const LAST_ROUNDS_LARGE: usize = 2;

/// Longer input may become several blocks.
const WORTH_CUTTING: usize = 4096;

/// No shorter part is worth a header of its own.
const LEAST_TOKENS: usize = 100;

/// A block of the result.
struct Part {
    range: std::ops::Range<usize>,
    tokens: Vec<Token>,
    coding: Coding,
}

/// Packs small blocks; keeps its tables from block to block.
pub(super) struct Best {
    finder: Finder,
    parser: Parser,
    coder: Coder,
    out: BitWriter,
}

impl Best {
    pub(super) fn new() -> Self {
        Best { finder: Finder::new(), parser: Parser::default(), coder: Coder::new(), out: BitWriter::default() }
    }

    /// Packs `input` and appends it to `out`, given what a library made of it; the result is never longer than that.
    pub(super) fn pack(&mut self, input: &[u8], packed: &[u8], out: &mut Vec<u8>) {
        self.out.clear();
        let good = if input.len() <= MAX_INPUT && !input.is_empty() {
            self.small(input);
            true
        } else {
            self.recode(input, packed)
        };
        self.out.align();
        out.extend_from_slice(if good && self.out.bytes.len() < packed.len() { &self.out.bytes } else { packed });
    }

    fn small(&mut self, input: &[u8]) {
        let depth = if input.len() <= WORTH_CUTTING { 96 } else { 120 };
        self.finder.find(input, depth);
        let mut whole = self.choose(input, 0..input.len(), Costs::guess(input));
        let parts = if input.len() > WORTH_CUTTING { self.cut(input, &whole) } else { Vec::new() };
        let total: u64 = parts.iter().map(|part| part.coding.bits).sum();
        let parts = if parts.is_empty() || total >= whole.coding.bits {
            self.polish(input, &mut whole);
            vec![whole]
        } else {
            parts
        };
        let count = parts.len();
        for (index, part) in parts.into_iter().enumerate() {
            coding::write(&part.tokens, &part.coding, &input[part.range], index + 1 == count, &mut self.out);
        }
    }

    /// The same as several blocks, where that seems to pay.
    fn cut(&mut self, input: &[u8], whole: &Part) -> Vec<Part> {
        let mut cuts = Vec::new();
        let bits = self.coder.find(&Histogram::of(&whole.tokens), Search::Quick).bits;
        if bits < 8 * stored_length(input.len()) as u64 {
            self.find_cuts(&whole.tokens, 0, bits, &mut cuts);
        }
        if cuts.is_empty() {
            return Vec::new();
        }
        cuts.push(whole.tokens.len());
        let (mut first, mut start) = (0, 0);
        let mut parts = Vec::new();
        for cut in cuts {
            let tokens = &whole.tokens[first..cut];
            let end = start + tokens.iter().map(|token| token.span()).sum::<usize>();
            let mut part = self.choose(input, start..end, Costs::of(&Histogram::of(tokens)));
            self.polish(input, &mut part);
            parts.push(part);
            (first, start) = (cut, end);
        }
        parts
    }

    /// Places in `tokens` where one block of `bits` becomes two shorter ones, and so on within those; `offset` is added.
    fn find_cuts(&mut self, tokens: &[Token], offset: usize, bits: u64, cuts: &mut Vec<usize>) {
        if tokens.len() < 2 * LEAST_TOKENS {
            return;
        }
        let mut step = tokens.len() / 8;
        let mut best = (0, bits, (0, 0));
        let mut trials: Vec<usize> = (1..8).map(|eighth| eighth * step).collect();
        loop {
            for place in trials.drain(..).filter(|place| (LEAST_TOKENS..tokens.len() - LEAST_TOKENS).contains(place)) {
                let mut bits = |tokens: &[Token]| self.coder.find(&Histogram::of(tokens), Search::Quick).bits;
                let halves = (bits(&tokens[..place]), bits(&tokens[place..]));
                if halves.0 + halves.1 < best.1 {
                    best = (place, halves.0 + halves.1, halves);
                }
            }
            step /= 2;
            if best.0 == 0 || step < 20 {
                break;
            }
            trials.extend([best.0 - step, best.0 + step]);
        }
        let (place, _, (before, after)) = best;
        if place > 0 {
            self.find_cuts(&tokens[..place], offset, before, cuts);
            cuts.push(offset + place);
            self.find_cuts(&tokens[place..], offset + place, after, cuts);
        }
    }

    /// The best tokens for a range as one block, and its codes.
    fn choose(&mut self, input: &[u8], range: std::ops::Range<usize>, mut costs: Costs) -> Part {
        let hopeless = hopeless(range.len());
        let mut best: (Vec<Token>, u64) = (Vec::new(), u64::MAX);
        let mut tokens = Vec::new();
        for _ in 0..ROUNDS {
            self.parser.parse(input, range.clone(), &self.finder, &costs, &mut tokens);
            if tokens == best.0 {
                break;
            }
            let histogram = Histogram::of(&tokens);
            let bits = self.coder.find(&histogram, Search::Quick).bits;
            costs = Costs::of(&histogram);
            if bits < best.1 {
                best.1 = bits;
                std::mem::swap(&mut best.0, &mut tokens);
            }
            if best.1 > hopeless {
                break;
            }
        }
        let coding = self.coder.find(&Histogram::of(&best.0), Search::Full);
        Part { range, tokens: best.0, coding }
    }

    /// Chooses once more, now by the very codes that will be written.
    fn polish(&mut self, input: &[u8], part: &mut Part) {
        let mut tokens = Vec::new();
        let rounds = if input.len() > WORTH_CUTTING { LAST_ROUNDS_LARGE } else { LAST_ROUNDS };
        for _ in 0..rounds {
            let costs = Costs::of_codes(&part.coding.literals, &part.coding.distances);
            if part.coding.bits > hopeless(part.range.len()) {
                return;
            }
            self.parser.parse(input, part.range.clone(), &self.finder, &costs, &mut tokens);
            let other = self.coder.adapt(&Histogram::of(&tokens), &part.coding);
            if tokens == part.tokens || other.bits >= part.coding.bits {
                return;
            }
            part.coding = other;
            std::mem::swap(&mut part.tokens, &mut tokens);
        }
    }

    /// The same symbols in the same blocks, with better codes. Whether that was possible.
    fn recode(&mut self, input: &[u8], packed: &[u8]) -> bool {
        let mut blocks = Blocks::default();
        if read::read(packed, input.len(), &mut blocks).is_err() {
            return false;
        }
        let count = blocks.ends.len();
        let (mut first, mut start) = (0, 0);
        for (index, end) in blocks.ends.iter().enumerate() {
            let tokens = &blocks.tokens[first..*end];
            let length: usize = tokens.iter().map(|token| token.span()).sum();
            let coding = self.coder.find(&Histogram::of(tokens), Search::Full);
            coding::write(tokens, &coding, &input[start..start + length], index + 1 == count, &mut self.out);
            (first, start) = (*end, start + length);
        }
        true
    }
}

/// Blocks beyond so many bits will be stored whatever is tried.
fn hopeless(length: usize) -> u64 {
    8 * stored_length(length) as u64 * 33 / 32
}

/// A stream as its symbols.
#[derive(Default)]
struct Blocks {
    tokens: Vec<Token>,
    /// How many tokens there were at the end of each block.
    ends: Vec<usize>,
}

impl Sink for Blocks {
    fn literal(&mut self, byte: u8) {
        self.tokens.push(Token::literal(byte));
    }

    #[expect(clippy::cast_possible_truncation, reason = "lengths are at most 258, distances 32768")]
    fn copy(&mut self, length: usize, distance: usize) {
        self.tokens.push(Token { length: length as u16, distance: distance as u16 });
    }

    fn end_of_block(&mut self) {
        self.ends.push(self.tokens.len());
    }
}
