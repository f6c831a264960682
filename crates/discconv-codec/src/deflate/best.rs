//! The smallest block within reach: own choices of matches, own codes, own headers.

use super::bits::BitWriter;
use super::coding::{self, Coder, Coding, Histogram, Search, Token};
use super::matches::{Finder, MAX_INPUT};
use super::parse::{Costs, Parser};
use super::read::{self, Sink};

/// Rounds of choosing by the costs of the round before.
const ROUNDS: usize = 4;

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
        let depth = if input.len() <= 4096 { 256 } else { 96 };
        self.finder.find(input, depth);
        let (tokens, coding) = self.choose(input, 0..input.len(), Costs::guess(input));
        coding::write(&tokens, &coding, input, true, &mut self.out);
    }

    /// The best tokens for a range as one block, and its codes.
    fn choose(&mut self, input: &[u8], range: std::ops::Range<usize>, mut costs: Costs) -> (Vec<Token>, Coding) {
        let mut best: Option<(Vec<Token>, Histogram, u64)> = None;
        let mut tokens = Vec::new();
        for _ in 0..ROUNDS {
            self.parser.parse(input, range.clone(), &self.finder, &costs, &mut tokens);
            let histogram = Histogram::of(&tokens);
            let bits = self.coder.find(&histogram, Search::Quick).bits;
            costs = Costs::of(&histogram);
            if best.as_ref().is_none_or(|(_, _, least)| bits < *least) {
                best = Some((std::mem::take(&mut tokens), histogram, bits));
            }
        }
        let (tokens, histogram) =
            best.map_or_else(|| (Vec::new(), Histogram::of(&[])), |(tokens, histogram, _)| (tokens, histogram));
        let coding = self.coder.find(&histogram, Search::Full);
        (tokens, coding)
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
