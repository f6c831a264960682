//! Bits of a frame, the highest first.

use crate::CodecError;

/// Reads bits; behind the input come zeros, which [`Bits::whole`] tells afterwards.
pub(super) struct Bits<'a> {
    input: &'a [u8],
    /// The next byte to be taken in; counts on behind the input.
    at: usize,
    /// Bits taken in, from the highest on; behind them zeros, or bits that will be taken in once more.
    cache: u64,
    /// How many they are.
    have: u32,
}

/// After filling so many bits are there at least.
const FULL: u32 = 56;

impl<'a> Bits<'a> {
    pub(super) fn new(input: &'a [u8], at: usize) -> Bits<'a> {
        Bits { input, at, cache: 0, have: 0 }
    }

    /// Bytes read so far; what is left of the last one counts.
    pub(super) fn offset(&self) -> usize {
        self.at - self.have as usize / 8
    }

    /// The bits up to the next whole byte; are they zeros?
    pub(super) fn align(&mut self) -> bool {
        self.take(self.have % 8) == 0
    }

    #[inline(always)]
    fn fill(&mut self) {
        if let Some(word) = self.input.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            self.cache |= u64::from_be_bytes(*word) >> self.have;
            let bytes = (63 - self.have) / 8;
            self.at += bytes as usize;
            self.have += bytes * 8;
        } else {
            while self.have <= FULL {
                let byte = self.input.get(self.at).copied().unwrap_or(0);
                self.cache |= u64::from(byte) << (FULL - self.have);
                self.at += 1;
                self.have += 8;
            }
        }
    }

    /// The next `count` bits, at most 32.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        if self.have < count {
            self.fill();
        }
        // Two shifts, so that none is 64.
        let value = self.cache >> 1 >> (63 - count);
        self.skip(count);
        #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits")]
        {
            value as u32
        }
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.cache <<= count;
        self.have -= count;
    }

    /// The next `count` bits, at most 32, as a number with a sign.
    #[inline(always)]
    pub(super) fn signed(&mut self, count: u32) -> i32 {
        match count {
            0 => 0,
            _ => (self.take(count) << (32 - count)).cast_signed() >> (32 - count),
        }
    }

    /// Has everything that was read been there?
    ///
    /// # Errors
    /// The input ended before.
    pub(super) fn whole(&self) -> Result<(), CodecError> {
        if self.offset() > self.input.len() { Err(CodecError::Truncated { length: self.input.len() }) } else { Ok(()) }
    }

    /// Zeros up to a one.
    ///
    /// # Errors
    /// The input ends before.
    pub(super) fn unary(&mut self) -> Result<u32, CodecError> {
        let mut zeros = 0_u32;
        loop {
            if self.have < 32 {
                self.fill();
            }
            let run = self.cache.leading_zeros();
            if run < self.have {
                self.skip(run);
                self.skip(1);
                return Ok(zeros.saturating_add(run));
            }
            zeros = zeros.saturating_add(self.have);
            (self.cache, self.have) = (0, 0);
            self.whole()?;
        }
    }

    /// `out.len()` numbers in Rice code with `low` plain bits each, at most 30.
    ///
    /// # Errors
    /// The input ends before.
    #[inline(always)]
    pub(super) fn rice(&mut self, low: u32, out: &mut [i32]) -> Result<(), CodecError> {
        for value in out {
            if self.have < 32 {
                self.fill();
            }
            let run = self.cache.leading_zeros();
            let folded = if run + 1 + low <= self.have {
                let rest = self.cache << run << 1;
                self.cache = rest << low;
                self.have -= run + 1 + low;
                #[expect(clippy::cast_possible_truncation, reason = "at most 30 bits")]
                let plain = (rest >> 1 >> (63 - low)) as u32;
                (run << low) | plain
            } else {
                // More than the number can be is nothing an encoder writes; the frame's checksum tells.
                let high = self.unary()?;
                high.wrapping_shl(low) | self.take(low)
            };
            *value = (folded >> 1).cast_signed() ^ -((folded & 1).cast_signed());
        }
        self.whole()
    }
}
