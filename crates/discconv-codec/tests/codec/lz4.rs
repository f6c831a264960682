//! What our LZ4 encoder writes, read by the decoders of others, who are strict about the end of a block.

use crate::samples::{bytes, samples};
use discconv_codec::lz4::{self, Lz4Encoder};
use discconv_codec::{CodecError, Level};
use discconv_testkit::Rng;

const LEVELS: [Level; 3] = [Level::Fast, Level::Normal, Level::Max];

/// Packs, asks all decoders, and returns the block.
fn check(encoder: &mut Lz4Encoder, input: &[u8], what: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    encoder.encode(input, &mut packed);
    let bound = input.len() + input.len() / 255 + 16;
    assert!(packed.len() <= bound, "{what}: {} bytes became {}", input.len(), packed.len());
    let mut ours = vec![0; input.len()];
    assert_eq!(lz4::decode(&packed, &mut ours), Ok(if input.is_empty() { 0 } else { packed.len() }), "{what}");
    assert!(ours == input, "{what}, ours");
    assert!(lz4_flex::block::decompress(&packed, input.len()).unwrap() == input, "{what}, lz4_flex");
    let mut theirs = vec![0; input.len()];
    if !input.is_empty() {
        assert_eq!(lzzzz::lz4::decompress(&packed, &mut theirs), Ok(input.len()), "{what}, liblz4");
        assert!(theirs == input, "{what}, liblz4");
    }
    end_rules(&packed, what);
    packed
}

/// The last match starts 12 bytes before the end of the block at the latest, and five literals follow it at least.
fn end_rules(packed: &[u8], what: &str) {
    let (mut at, mut place, mut last) = (0, 0, None);
    loop {
        let token = usize::from(packed[at]);
        at += 1;
        let literals = length(packed, &mut at, token >> 4);
        at += literals;
        place += literals;
        if at == packed.len() {
            if let Some(start) = last {
                assert!(literals >= 5 && start + 12 <= place, "{what}: a match at {start}, {literals} literals, {place} bytes");
            }
            return;
        }
        let distance = usize::from(u16::from_le_bytes([packed[at], packed[at + 1]]));
        assert!((1..=place).contains(&distance), "{what}: distance {distance} at {place}");
        at += 2;
        last = Some(place);
        place += length(packed, &mut at, token & 15) + 4;
    }
}

fn length(packed: &[u8], at: &mut usize, nibble: usize) -> usize {
    let mut length = nibble;
    let mut more = nibble == 15;
    while more {
        length += usize::from(packed[*at]);
        more = packed[*at] == 255;
        *at += 1;
    }
    length
}

#[test]
fn every_small_size() {
    for level in LEVELS {
        let mut encoder = Lz4Encoder::new(level);
        for size in 0..=200 {
            let words: Vec<u8> = b"sector of a disc, ".iter().copied().cycle().take(size).collect();
            check(&mut encoder, &words, &format!("{level:?}, {size} of words"));
            check(&mut encoder, &vec![0; size], &format!("{level:?}, {size} zeros"));
            let mixed = bytes(&mut Rng::new(size as u64), size, 30);
            check(&mut encoder, &mixed, &format!("{level:?}, {size} mixed"));
        }
    }
}

#[test]
fn sizes_around_the_window() {
    let sizes = [2047, 2048, 2049, 32767, 32768, 32769, 65535, 65536, 65537, 98304, 98305, 131_072, 200_001];
    for level in LEVELS {
        let mut encoder = Lz4Encoder::new(level);
        for size in sizes {
            check(&mut encoder, &vec![7; size], &format!("{level:?}, {size} alike"));
            let mixed = bytes(&mut Rng::new(size as u64), size, 60);
            check(&mut encoder, &mixed, &format!("{level:?}, {size} mixed"));
            let noise: Vec<u8> = (0..size as u64).map(|n| Rng::new(n).next_u64() as u8).collect();
            check(&mut encoder, &noise, &format!("{level:?}, {size} of noise"));
        }
    }
}

#[test]
fn any_bytes() {
    for level in LEVELS {
        let mut encoder = Lz4Encoder::new(level);
        for seed in 0..1500 {
            let mut chance = Rng::new(seed);
            let size = chance.index(3000);
            let repeats = chance.index(100) as u64;
            let mut input = bytes(&mut chance, size, repeats.try_into().unwrap());
            // Few symbols: chains are long and matches overlap.
            let symbols = [2, 3, 5, 255][chance.index(4)];
            input.iter_mut().for_each(|byte| *byte %= symbols);
            check(&mut encoder, &input, &format!("{level:?}, seed {seed}"));
        }
    }
}

#[test]
fn the_samples() -> Result<(), CodecError> {
    for level in LEVELS {
        let mut encoder = Lz4Encoder::new(level);
        for (name, input) in samples() {
            check(&mut encoder, &input, &format!("{level:?}, {name}"));
        }
    }
    Ok(())
}

#[test]
fn long_runs_cost_what_they_must() {
    // Token, literal, distance, and the length in bytes of 255; then a token and the last literals.
    for (size, expected) in [(2048, 4 + 8 + 6), (65536, 4 + 257 + 6)] {
        let packed = check(&mut Lz4Encoder::new(Level::Normal), &vec![0; size], "zeros");
        assert_eq!(packed.len(), expected, "{size} zeros");
    }
}
