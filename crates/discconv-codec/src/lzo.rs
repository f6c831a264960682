//! LZO1X, which JSO uses. Only the decoder: nobody should write more of it.
//!
//! From the public description of the stream ("LZO stream format as understood by Linux' LZO decompressor"):
//!
//! | First byte | Length | Distance |
//! |---|---|---|
//! | `0000LLLL`, at the start or after 0 trailing literals | literals: 3 + L, 0 continues from 18 | |
//! | `0000DDSS H`, after 1 to 3 trailing literals | 2 | 1 + 4 H + D |
//! | `0000DDSS H`, after a literal run | 3 | 2049 + 4 H + D |
//! | `0001HLLL DDDDDDSS DDDDDDDD` | 2 + L, 0 continues from 9 | 16384 + 16384 H + D; with H and D 0 the end |
//! | `001LLLLL DDDDDDSS DDDDDDDD` | 2 + L, 0 continues from 33 | 1 + D |
//! | `01LDDDSS H` | 3 + L | 1 + 8 H + D |
//! | `1LLDDDSS H` | 5 + L | 1 + 8 H + D |
//!
//! S literals (0 to 3) trail each match. A length continues with 255 for each zero byte and the first other byte.
//! A first byte above 17 is a literal run of 17 less.

use crate::CodecError;

/// Unpacks one block into the whole of `out` and returns the bytes of input it took.
///
/// Stops when `out` is full; the end marker may then be missing.
///
/// # Errors
/// The block is truncated, points before its start, ends early, or has a run beyond the end of `out`.
pub fn decode(input: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
    let mut lzo = Lzo { input, at: 0, out, filled: 0 };
    let mut after = After::Literals(0);
    if let Some(first @ 18..) = input.first() {
        lzo.at = 1;
        let run = usize::from(first - 17);
        lzo.literals(run)?;
        after = if run < 4 { After::Literals(run) } else { After::Run };
    }
    while lzo.filled < lzo.out.len() {
        after = match lzo.instruction(after)? {
            Some(after) => after,
            None => return Err(CodecError::TooShort { found: lzo.filled, expected: lzo.out.len() }),
        };
    }
    Ok(lzo.end_marker())
}

/// What stood before an instruction; small first bytes depend on it.
#[derive(Clone, Copy)]
enum After {
    /// A match with so many trailing literals, 0 to 3.
    Literals(usize),
    /// A run of literals of its own.
    Run,
}

const END_MARKER: [u8; 3] = [0b0001_0001, 0, 0];

struct Lzo<'a> {
    input: &'a [u8],
    at: usize,
    out: &'a mut [u8],
    filled: usize,
}

impl Lzo<'_> {
    /// Executes one instruction; `None` is the end marker.
    fn instruction(&mut self, after: After) -> Result<Option<After>, CodecError> {
        let byte = usize::from(self.byte()?);
        let (length, distance, trailing) = match byte {
            0..16 => match after {
                After::Literals(0) => {
                    let length = self.length(byte, 15)? + 3;
                    self.literals(length)?;
                    return Ok(Some(After::Run));
                }
                After::Literals(_) => (2, 1 + (byte >> 2) + 4 * usize::from(self.byte()?), byte & 3),
                After::Run => (3, 2049 + (byte >> 2) + 4 * usize::from(self.byte()?), byte & 3),
            },
            16..32 => {
                let length = self.length(byte & 7, 7)? + 2;
                let word = self.word()?;
                let distance = 16384 + ((byte & 8) << 11) + (word >> 2);
                if distance == 16384 {
                    return Ok(None);
                }
                (length, distance, word & 3)
            }
            32..64 => {
                let length = self.length(byte & 31, 31)? + 2;
                let word = self.word()?;
                (length, 1 + (word >> 2), word & 3)
            }
            64..128 => (3 + (byte >> 5 & 1), 1 + (byte >> 2 & 7) + 8 * usize::from(self.byte()?), byte & 3),
            _ => (5 + (byte >> 5 & 3), 1 + (byte >> 2 & 7) + 8 * usize::from(self.byte()?), byte & 3),
        };
        self.copy(length, distance)?;
        self.literals(trailing)?;
        Ok(Some(After::Literals(trailing)))
    }

    fn byte(&mut self) -> Result<u8, CodecError> {
        let byte = self.input.get(self.at).ok_or(CodecError::Truncated { length: self.input.len() })?;
        self.at += 1;
        Ok(*byte)
    }

    /// Two bytes, little-endian.
    fn word(&mut self) -> Result<usize, CodecError> {
        Ok(usize::from(self.byte()?) | usize::from(self.byte()?) << 8)
    }

    /// The length in the instruction, or behind it where those bits are 0.
    fn length(&mut self, bits: usize, most: usize) -> Result<usize, CodecError> {
        if bits != 0 {
            return Ok(bits);
        }
        let mut length = most;
        loop {
            match self.byte()? {
                0 => length += 255,
                last => return Ok(length + usize::from(last)),
            }
            // Enough to be refused by everyone; the sum cannot overflow either.
            if length > self.out.len() {
                return Err(CodecError::TooLong { expected: self.out.len() });
            }
        }
    }

    fn literals(&mut self, count: usize) -> Result<(), CodecError> {
        let source = self.input.get(self.at..self.at + count).ok_or(CodecError::Truncated { length: self.input.len() })?;
        let expected = self.out.len();
        let target = self.out.get_mut(self.filled..self.filled + count).ok_or(CodecError::TooLong { expected })?;
        target.copy_from_slice(source);
        self.at += count;
        self.filled += count;
        Ok(())
    }

    fn copy(&mut self, length: usize, distance: usize) -> Result<(), CodecError> {
        if distance > self.filled {
            return Err(CodecError::Damaged { offset: self.at, what: "a match points before the start of the block" });
        }
        if length > self.out.len() - self.filled {
            return Err(CodecError::TooLong { expected: self.out.len() });
        }
        for place in self.filled..self.filled + length {
            self.out[place] = self.out[place - distance];
        }
        self.filled += length;
        Ok(())
    }

    /// Where the block ends, with the marker where there is one.
    fn end_marker(&self) -> usize {
        if self.input[self.at..].starts_with(&END_MARKER) { self.at + END_MARKER.len() } else { self.at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: &[u8]) {
        let mut out = vec![0; expected.len()];
        assert_eq!(decode(input, &mut out), Ok(input.len()), "{input:02X?}");
        assert_eq!(out, expected, "{input:02X?}");
    }

    fn fails(input: &[u8], length: usize, error: CodecError) {
        assert_eq!(decode(input, &mut vec![0; length]), Err(error), "{input:02X?}");
    }

    #[test]
    fn every_instruction_by_hand() {
        let end = [0x11, 0, 0];
        let with = |start: &[u8]| [start, &end].concat();
        // A first run of 4 (17 + 4), then the end.
        check(&with(b"\x15abcd"), b"abcd");
        // A run of 3 + 1 as an instruction.
        check(&with(b"\x01abcd"), b"abcd");
        // A run of 18 + 255 + 2: bits 0, a zero byte, then 2.
        let long: Vec<u8> = (0..=255).chain(0..19).collect();
        check(&with(&[&[0, 0, 2], &long[..]].concat()), &long);
        // 1LLDDDSS: length 8, distance 1 + 3, two trailing literals.
        check(&with(b"\x15abcd\xEE\0xy"), b"abcdabcdabcdxy");
        // 01LDDDSS: length 4, distance 2; no literals.
        check(&with(b"\x15abcd\x64\0"), b"abcdcdcd");
        // 0000DDSS after one trailing literal: two bytes from distance 3.
        check(&with(b"\x15abcd\x65\0z\x08\0"), b"abcdcdcdzcd");
        // 001LLLLL: length 2 + 3, distance 4; and with a continued length of 33 + 1.
        check(&with(b"\x15abcd\x23\x0C\0"), b"abcdabcda");
        check(&with(b"\x15abcd\x20\x01\x0C\0"), &b"abcd".repeat(10)[..38]);
    }

    #[test]
    fn far_matches() {
        // 2049 + 1 back right after a run: 18 + 255 * 8 + ... literals first.
        let literals: Vec<u8> = (0..2100u32).map(|n| (n * 7 % 251) as u8).collect();
        let mut input = vec![0; 1 + (2100 - 18) / 255];
        input.push(u8::try_from((2100 - 18) % 255).unwrap());
        input.extend(&literals);
        input.extend([0b0000_0100, 0, 0x11, 0, 0]);
        let mut expected = literals.clone();
        expected.extend_from_within(50..53);
        check(&input, &expected);
        // 0001HLLL: length 3, distance 16384 + 1, after a block of 16384 + 32 equal bytes and a mark.
        let mut input = b"\x15abcd".to_vec();
        let run = 16384 + 28;
        input.push(0b0010_0000);
        input.extend(vec![0; (run - 33) / 255]);
        input.extend([u8::try_from((run - 33) % 255).unwrap(), 12, 0]);
        input.extend([0b0001_0001, 4, 0, 0x11, 0, 0]);
        let mut expected: Vec<u8> = b"abcd".iter().copied().cycle().take(4 + run).collect();
        let from = expected.len() - 16385;
        expected.extend_from_within(from..from + 3);
        check(&input, &expected);
    }

    #[test]
    fn padding_is_ignored_and_the_marker_may_be_missing() {
        let mut out = [0; 4];
        assert_eq!(decode(b"\x15abcd", &mut out), Ok(5));
        assert_eq!(decode(b"\x15abcd\0\0\0", &mut out), Ok(5));
        assert_eq!(decode(b"\x15abcd\x11\0\0\0", &mut out), Ok(8));
        assert_eq!(decode(b"", &mut []), Ok(0));
    }

    #[test]
    fn bad_blocks_are_told_apart() {
        fails(b"", 1, CodecError::Truncated { length: 0 });
        fails(b"\x15ab", 4, CodecError::Truncated { length: 3 });
        fails(b"\x15abcd\x11\0\0", 5, CodecError::TooShort { found: 4, expected: 5 });
        fails(b"\x15abcd", 3, CodecError::TooLong { expected: 3 });
        fails(b"\x15abcd\xEE\0xy", 11, CodecError::TooLong { expected: 11 });
        fails(b"\x15abcd\x68\x01", 99, CodecError::Damaged { offset: 7, what: "a match points before the start of the block" });
        fails(&[0; 999], 300, CodecError::TooLong { expected: 300 });
    }
}
