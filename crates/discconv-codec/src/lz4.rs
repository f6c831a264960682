//! LZ4 blocks without a frame, as ZSO and CSO version 2 store them.
//!
//! From the LZ4 block format description: a block is a row of sequences, each a token (literals in the high, match in the
//! low 4 bits), more bytes of the number of literals while they are 255, the literals, a little-endian distance, and more
//! bytes of the match's length. Matches are at least 4 long. The last sequence ends with its literals.

use crate::{CodecError, Level};

/// Packs blocks; keeps its tables from block to block.
#[derive(Debug)]
pub struct Lz4Encoder {
    level: Level,
    packed: Vec<u8>,
}

impl Lz4Encoder {
    /// An encoder of one worker.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Lz4Encoder { level, packed: Vec::new() }
    }

    /// Packs `input` and appends the block to `out`.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let bound = lz4_flex::block::get_maximum_output_size(input.len());
        if self.packed.len() < bound {
            self.packed.resize(bound, 0);
        }
        match pack(self.level, input, &mut self.packed) {
            Some(length) if !input.is_empty() => out.extend_from_slice(&self.packed[..length]),
            _ => literals_only(input, out),
        }
    }
}

#[cfg(feature = "liblz4")]
fn pack(level: Level, input: &[u8], packed: &mut [u8]) -> Option<usize> {
    match level {
        Level::Fast => lzzzz::lz4::compress(input, packed, lzzzz::lz4::ACC_LEVEL_DEFAULT),
        // What the quick search finds nothing in, the slow one would look through in vain, and slowest of all.
        Level::Normal => match lzzzz::lz4::compress(input, packed, lzzzz::lz4::ACC_LEVEL_DEFAULT) {
            Ok(length) if length >= input.len() => Ok(length),
            _ => lzzzz::lz4_hc::compress(input, packed, 4),
        },
        Level::Max => lzzzz::lz4_hc::compress(input, packed, 12),
    }
    .ok()
}

#[cfg(not(feature = "liblz4"))]
fn pack(_: Level, input: &[u8], packed: &mut [u8]) -> Option<usize> {
    lz4_flex::block::compress_into(input, packed).ok()
}

/// One sequence of literals: valid for any input, and what an empty one becomes.
fn literals_only(input: &[u8], out: &mut Vec<u8>) {
    let Some(mut more) = input.len().checked_sub(15) else {
        out.push(u8::try_from(input.len() << 4).unwrap_or(0));
        return out.extend_from_slice(input);
    };
    out.push(0xF0);
    while more >= 255 {
        out.push(255);
        more -= 255;
    }
    out.push(u8::try_from(more).unwrap_or(0));
    out.extend_from_slice(input);
}

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

    #[test]
    fn levels_come_back() {
        let text = b"a sector of a disc, and the next sector of the disc, ".repeat(99);
        for level in [Level::Fast, Level::Normal, Level::Max] {
            for length in [1, 12, 13, 14, 15, 16, 270, 2048, 5000] {
                let mut packed = vec![9];
                Lz4Encoder::new(level).encode(&text[..length], &mut packed);
                check(&packed[1..], &text[..length]);
            }
        }
    }

    #[test]
    fn literals_alone_come_back() {
        for length in [0, 1, 14, 15, 16, 269, 270, 271, 3000] {
            let input: Vec<u8> = (0..length).map(|n: u32| n.to_le_bytes()[0]).collect();
            let mut packed = Vec::new();
            literals_only(&input, &mut packed);
            let mut out = vec![0; input.len()];
            assert!(decode(&packed, &mut out).is_ok());
            assert_eq!(out, input);
        }
    }
}
