//! The range decoder: bits, each under an adaptive probability.

use crate::CodecError;

/// Probabilities are parts of 2048, of a zero.
pub(super) type Prob = u16;
/// One half.
pub(super) const EVEN: Prob = 1 << (MODEL_BITS - 1);

const MODEL_BITS: u32 = 11;
/// How fast a probability follows.
const MOVE_BITS: u32 = 5;
/// Below this the range takes in another byte.
const TOP: u32 = 1 << 24;

/// What of the input has been read, and how it stands.
///
/// Behind the input it reads zeros and counts on; whoever decodes asks [`Range::overran`] in the end. So a symbol costs no
/// check, and a decoder ends whatever the bytes, because each symbol gives output.
pub(super) struct Range<'a> {
    input: &'a [u8],
    at: usize,
    range: u32,
    code: u32,
}

impl<'a> Range<'a> {
    /// Reads the first five bytes, of which the first is 0.
    pub(super) fn new(input: &'a [u8]) -> Result<Range<'a>, CodecError> {
        let Some([first, code @ ..]) = input.first_chunk::<5>() else {
            return Err(CodecError::Truncated { length: input.len() });
        };
        if *first != 0 {
            return Err(CodecError::Damaged { offset: 0, what: "the first byte of LZMA data is not 0" });
        }
        Ok(Range { input, at: 5, range: u32::MAX, code: u32::from_be_bytes(*code) })
    }

    /// Where the next byte comes from.
    pub(super) fn offset(&self) -> usize {
        self.at.min(self.input.len())
    }

    /// Were there fewer bytes than the symbols wanted?
    pub(super) fn overran(&self) -> bool {
        self.at > self.input.len()
    }

    /// Has the encoder's last byte been read, and nothing been said with it?
    pub(super) fn is_finished(&mut self) -> bool {
        self.normalize();
        self.code == 0
    }

    #[inline(always)]
    fn normalize(&mut self) {
        if self.range < TOP {
            let byte = self.input.get(self.at).copied().unwrap_or(0);
            self.at += 1;
            self.range <<= 8;
            self.code = self.code << 8 | u32::from(byte);
        }
    }

    /// A bit that is mostly the same: decided by a branch.
    #[inline(always)]
    pub(super) fn bit(&mut self, prob: &mut Prob) -> bool {
        self.normalize();
        let bound = (self.range >> MODEL_BITS) * u32::from(*prob);
        if self.code < bound {
            self.range = bound;
            *prob += ((1 << MODEL_BITS) - *prob) >> MOVE_BITS;
            false
        } else {
            self.range -= bound;
            self.code -= bound;
            *prob -= *prob >> MOVE_BITS;
            true
        }
    }

    /// A bit that may be either, as 0 or 1: the same bits as [`Range::bit`] without a branch that would be guessed wrong.
    #[inline(always)]
    fn even_bit(&mut self, prob: &mut Prob) -> usize {
        self.normalize();
        let bound = (self.range >> MODEL_BITS) * u32::from(*prob);
        let (over, zero) = self.code.overflowing_sub(bound);
        // All ones for a zero.
        let mask = 0_u32.wrapping_sub(u32::from(zero));
        let rest = self.range - bound;
        self.range = rest ^ ((rest ^ bound) & mask);
        self.code = over.wrapping_add(bound & mask);
        // For a zero (2048 - p) / 32 more, rounded down: p less (p - 2017) / 32, likewise.
        let p = u32::from(*prob);
        let step = (p.wrapping_sub(((1 << MODEL_BITS) - (1 << MOVE_BITS) + 1) & mask)).cast_signed() >> MOVE_BITS;
        #[expect(clippy::cast_possible_truncation, reason = "a probability stays below 2048")]
        {
            *prob = p.wrapping_sub(step.cast_unsigned()) as Prob;
        }
        usize::from(!zero)
    }

    /// `bits` bits, the highest first, each under a probability that depends on those before it.
    #[inline(always)]
    pub(super) fn tree<const N: usize>(&mut self, probs: &mut [Prob; N]) -> usize {
        let mut symbol = 1;
        while symbol < N {
            symbol = symbol << 1 | self.even_bit(&mut probs[symbol & (N - 1)]);
        }
        symbol - N
    }

    /// As [`Range::tree`] with the lowest bit first, and only the first `bits` levels of it.
    #[inline(always)]
    pub(super) fn reverse<const N: usize>(&mut self, probs: &mut [Prob; N], bits: u32) -> u32 {
        let (mut node, mut value) = (1, 0);
        for shift in 0..bits {
            let bit = self.even_bit(&mut probs[node & (N - 1)]);
            node = node << 1 | bit;
            value |= u32::from(bit != 0) << shift;
        }
        value
    }

    /// A literal where the byte at the last distance is known not to come: its bits choose the probabilities as long as the
    /// literal's are the same. `probs`: for after a difference, then for either bit.
    #[inline(always)]
    pub(super) fn matched(&mut self, probs: &mut [[Prob; 256]; 3], other: u8) -> u8 {
        let (mut symbol, mut other, mut same) = (1_usize, usize::from(other), 0x100_usize);
        while symbol < 0x100 {
            other <<= 1;
            // 0 after a difference, else 1 or 2.
            let table = if same == 0 { 0 } else { 1 + ((other >> 8) & 1) };
            let bit = self.even_bit(&mut probs[table][symbol & 0xFF]);
            symbol = symbol << 1 | bit;
            if bit != (other >> 8) & 1 {
                same = 0;
            }
        }
        low8(symbol)
    }

    /// A literal after another.
    #[inline(always)]
    pub(super) fn literal(&mut self, probs: &mut [Prob; 256]) -> u8 {
        low8(self.tree(probs))
    }

    /// `bits` bits that nothing is known of.
    #[inline(always)]
    pub(super) fn direct(&mut self, bits: u32) -> u32 {
        let mut value = 0;
        for _ in 0..bits {
            self.normalize();
            self.range >>= 1;
            let one = self.code >= self.range;
            if one {
                self.code -= self.range;
            }
            value = value << 1 | u32::from(one);
        }
        value
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low byte is meant")]
#[inline(always)]
fn low8(symbol: usize) -> u8 {
    symbol as u8
}
