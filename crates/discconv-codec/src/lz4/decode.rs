//! Unpacks blocks of any encoder.

use crate::CodecError;

/// Unpacks one block into the whole of `out` and returns the bytes of input it took.
///
/// Stops when `out` is full and ignores what follows.
///
/// # Errors
/// The block is truncated, ends early, points before its start, or has a run beyond the end of `out`.
pub fn decode(input: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
    let mut block = Block { input, at: 0, out, filled: 0 };
    while block.filled < block.out.len() {
        block.sequence()?;
    }
    Ok(block.at)
}

struct Block<'a> {
    input: &'a [u8],
    at: usize,
    out: &'a mut [u8],
    filled: usize,
}

/// Most runs are shorter than what the token itself can say; so many bytes are copied at once then, wanted or not.
const SHORT_LITERALS: usize = 16;
const SHORT_MATCH: usize = 18;

impl Block<'_> {
    #[inline]
    fn sequence(&mut self) -> Result<(), CodecError> {
        let token = usize::from(self.byte()?);
        self.literals(token >> 4)?;
        if self.filled == self.out.len() {
            return Ok(());
        }
        if self.at == self.input.len() {
            return Err(CodecError::TooShort { found: self.filled, expected: self.out.len() });
        }
        let distance = usize::from(self.byte()?) | usize::from(self.byte()?) << 8;
        self.copy(token & 15, distance)
    }

    #[inline]
    fn byte(&mut self) -> Result<u8, CodecError> {
        let byte = self.input.get(self.at).ok_or(CodecError::Truncated { length: self.input.len() })?;
        self.at += 1;
        Ok(*byte)
    }

    /// A length of which the token holds the first 15.
    fn length(&mut self, nibble: usize) -> Result<usize, CodecError> {
        let mut length = nibble;
        if nibble == 15 {
            loop {
                let byte = self.byte()?;
                length = length.saturating_add(usize::from(byte));
                if byte != 255 {
                    break;
                }
            }
        }
        Ok(length)
    }

    #[inline]
    fn literals(&mut self, nibble: usize) -> Result<(), CodecError> {
        if nibble < 15
            && let Some(source) = self.input[self.at..].first_chunk::<SHORT_LITERALS>()
            && let Some(target) = self.out[self.filled..].first_chunk_mut::<SHORT_LITERALS>()
        {
            *target = *source;
            self.at += nibble;
            self.filled += nibble;
            return Ok(());
        }
        let count = self.length(nibble)?;
        let source = self.input[self.at..].get(..count).ok_or(CodecError::Truncated { length: self.input.len() })?;
        let expected = self.out.len();
        let target = self.out[self.filled..].get_mut(..count).ok_or(CodecError::TooLong { expected })?;
        target.copy_from_slice(source);
        self.at += count;
        self.filled += count;
        Ok(())
    }

    #[inline]
    fn copy(&mut self, nibble: usize, distance: usize) -> Result<(), CodecError> {
        if distance == 0 || distance > self.filled {
            return Err(CodecError::Damaged { offset: self.at, what: "a match points before the start of the block" });
        }
        let from = self.filled - distance;
        let (before, after) = self.out.split_at_mut(self.filled);
        if nibble < 15
            && let Some(source) = before[from..].first_chunk::<SHORT_MATCH>()
            && let Some(target) = after.first_chunk_mut::<SHORT_MATCH>()
        {
            *target = *source;
            self.filled += nibble + 4;
            return Ok(());
        }
        let length = self.length(nibble)?.saturating_add(4);
        if length > self.out.len() - self.filled {
            return Err(CodecError::TooLong { expected: self.out.len() });
        }
        self.repeat(from, length);
        Ok(())
    }

    /// Copies from `from` what may not be there yet: each round has twice the bytes to copy from.
    fn repeat(&mut self, from: usize, length: usize) {
        let end = self.filled + length;
        while self.filled < end {
            let count = (self.filled - from).min(end - self.filled);
            self.out.copy_within(from..from + count, self.filled);
            self.filled += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: &[u8]) {
        let mut out = vec![0; expected.len()];
        assert_eq!(decode(input, &mut out), Ok(input.len()), "{input:02X?}");
        assert_eq!(out, expected, "{input:02X?}");
        let padded = [input, &[0xFF; 7]].concat();
        assert_eq!(decode(&padded, &mut out), Ok(input.len()), "padding behind {input:02X?}");
    }

    fn fails(input: &[u8], length: usize, error: CodecError) {
        assert_eq!(decode(input, &mut vec![0; length]), Err(error), "{input:02X?}");
    }

    #[test]
    fn blocks_by_hand() {
        check(b"\x30abc", b"abc");
        // Two literals, then 4 + 2 bytes from distance 2, then the last literals.
        check(b"\x22ab\x02\0\x30xyz", b"ababababxyz");
        // 15 + 1 literals; 15 + 255 + 0 + 4 bytes of the last one.
        check(b"\xFF\x010123456789abcdef\x01\0\xFF\0\x10!", &[&b"0123456789abcde"[..], &[b'f'; 275], b"!"].concat());
    }

    #[test]
    fn bad_blocks_are_told_apart() {
        fails(b"", 1, CodecError::Truncated { length: 0 });
        fails(b"\x50abc", 5, CodecError::Truncated { length: 4 });
        fails(b"\x30abc", 4, CodecError::TooShort { found: 3, expected: 4 });
        fails(b"\x30abc", 2, CodecError::TooLong { expected: 2 });
        fails(b"\x22ab\x02\0\x30xyz", 7, CodecError::TooLong { expected: 7 });
        let what = "a match points before the start of the block";
        fails(b"\x22ab\x03\0\x30xyz", 11, CodecError::Damaged { offset: 5, what });
        fails(b"\x22ab\0\0\x30xyz", 11, CodecError::Damaged { offset: 5, what });
    }
}
