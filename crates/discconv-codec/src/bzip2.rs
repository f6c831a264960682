//! bzip2, as ISZ stores some of its blocks. Pure Rust.

use crate::CodecError;
use bzip2::{Action, Compress, Compression, Decompress, Status};

/// What every bzip2 stream begins with.
const SIGNATURE: [u8; 3] = *b"BZh";

/// Packs `input` with the largest window (900 kB, "level 9") and appends the result to `out`.
pub fn encode(input: &[u8], out: &mut Vec<u8>) {
    let mut encoder = Compress::new(Compression::best(), 0);
    // The format's own bound for data that cannot be packed: 1 % and 600 bytes.
    out.reserve(input.len() + input.len() / 100 + 600);
    loop {
        let consumed = usize::try_from(encoder.total_in()).unwrap_or(input.len()).min(input.len());
        match encoder.compress_vec(&input[consumed..], out, Action::Finish) {
            // Memory for more than the bound should never be needed, and costs nothing to offer.
            Ok(Status::StreamEnd) | Err(_) => return,
            Ok(_) => out.reserve(4096),
        }
    }
}

/// Unpacks one block into the whole of `out` and returns the bytes of input it took.
///
/// # Errors
/// The block is truncated, damaged (each of its parts has a checksum), or unpacks to another length than `out.len()`.
pub fn decode(input: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
    let mut decoder = Decompress::new(false);
    let expected = out.len();
    if !SIGNATURE.starts_with(&input[..input.len().min(SIGNATURE.len())]) {
        return Err(CodecError::Damaged { offset: 0, what: "no bzip2 signature" });
    }
    // A byte beyond the output tells a block that is too long from one that is just complete.
    let mut beyond = [0];
    loop {
        let consumed = place(decoder.total_in(), input.len());
        let produced = place(decoder.total_out(), expected);
        let target = if produced < expected { &mut out[produced..] } else { &mut beyond[..] };
        let status = decoder.decompress(&input[consumed..], target);
        let (now_consumed, now_produced) = (place(decoder.total_in(), input.len()), place(decoder.total_out(), usize::MAX));
        let idle = (now_consumed, now_produced) == (consumed, produced);
        match status {
            _ if now_produced > expected => return Err(CodecError::TooLong { expected }),
            Ok(Status::StreamEnd) if now_produced == expected => return Ok(now_consumed),
            Ok(Status::StreamEnd) => return Err(CodecError::TooShort { found: now_produced, expected }),
            Ok(_) if idle => return Err(CodecError::Truncated { length: input.len() }),
            Ok(_) => {}
            Err(_) => return Err(CodecError::Damaged { offset: now_consumed, what: "a bzip2 code or checksum is wrong" }),
        }
    }
}

fn place(total: u64, limit: usize) -> usize {
    usize::try_from(total).unwrap_or(limit).min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_back_and_padding_is_ignored() {
        let input: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(n) >> 7).to_le_bytes()[0]).collect();
        let mut packed = vec![1, 2];
        encode(&input, &mut packed);
        let length = packed.len() - 2;
        packed.extend([0; 9]);
        let mut again = vec![0; input.len()];
        assert_eq!(decode(&packed[2..], &mut again), Ok(length));
        assert!(again == input);
    }

    #[test]
    fn an_empty_block() {
        let mut packed = Vec::new();
        encode(&[], &mut packed);
        assert_eq!(packed.len(), 14);
        assert_eq!(decode(&packed, &mut []), Ok(14));
    }

    #[test]
    fn wrong_lengths_and_bytes_are_told_apart() {
        let mut packed = Vec::new();
        encode(&[5; 300], &mut packed);
        let check = |input: &[u8], length: usize| decode(input, &mut vec![0; length]);
        assert_eq!(check(&packed, 299), Err(CodecError::TooLong { expected: 299 }));
        assert_eq!(check(&packed, 301), Err(CodecError::TooShort { found: 300, expected: 301 }));
        assert_eq!(check(&packed[..9], 300), Err(CodecError::Truncated { length: 9 }));
        assert_eq!(check(b"PK and so on", 300), Err(CodecError::Damaged { offset: 0, what: "no bzip2 signature" }));
        packed[12] ^= 1;
        assert!(matches!(check(&packed, 300), Err(CodecError::Damaged { .. })));
    }
}
