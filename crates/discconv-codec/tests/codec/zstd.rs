//! Zstandard frames, made by the C library.

use crate::samples::{bytes, samples};
use discconv_codec::zstd::{Decoder, Encoder};
use discconv_codec::{CodecError, Level};
use discconv_testkit::Rng;
use zstd_safe::{CCtx, CParameter};

fn packed(input: &[u8], level: i32, checksum: bool, size: bool) -> Vec<u8> {
    let mut context = CCtx::create();
    context.set_parameter(CParameter::CompressionLevel(level)).unwrap();
    context.set_parameter(CParameter::ChecksumFlag(checksum)).unwrap();
    context.set_parameter(CParameter::ContentSizeFlag(size)).unwrap();
    let mut out = Vec::with_capacity(zstd_safe::compress_bound(input.len()));
    context.compress2(&mut out, input).unwrap();
    out
}

#[test]
fn everything_comes_back() {
    let mut decoder = Decoder::new();
    for (name, input) in samples() {
        for (level, checksum, size) in [(1, true, true), (9, false, false), (22, false, true)] {
            let mut coded = packed(&input, level, checksum, size);
            let mut out = vec![0x55; input.len()];
            for end in [coded.len() - 1, coded.len() / 2, 0] {
                let cut = Err(CodecError::Truncated { length: end });
                assert_eq!(decoder.decode(&coded[..end], &mut out), cut, "{name} cut at {end}");
            }
            coded.extend(b"more");
            decoder.decode(&coded, &mut out).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(out == input, "{name}");
        }
    }
}

#[test]
fn bad_frames_are_told_apart() {
    let input = bytes(&mut Rng::new(1), 3000, 30);
    let coded = packed(&input, 9, false, false);
    let decode = |coded: &[u8], length: usize| Decoder::new().decode(coded, &mut vec![0; length]);
    assert_eq!(decode(&coded, 3000), Ok(()));
    assert_eq!(decode(&coded, 3001), Err(CodecError::TooShort { found: 3000, expected: 3001 }));
    assert_eq!(decode(&coded, 2999), Err(CodecError::TooLong { expected: 2999 }));
    let damaged = |offset, what| Err(CodecError::Damaged { offset, what });
    assert_eq!(decode(b"PK\x03\x04 and so on", 10), damaged(0, "no Zstandard frame"));
    // No content size, window 1 KiB << 21; then a dictionary; then a block of the reserved kind.
    let frame = |rest: &[u8]| [&[0x28, 0xB5, 0x2F, 0xFD], rest].concat();
    assert_eq!(decode(&frame(&[0, 21 << 3, 1, 0, 0]), 0), damaged(5, "the frame wants a larger window than any block needs"));
    assert_eq!(decode(&frame(&[1, 0, 7, 1, 0, 0]), 0), damaged(4, "the frame needs a dictionary"));
    assert_eq!(decode(&frame(&[0, 0, 7, 0, 0]), 0), damaged(6, "a reserved kind of Zstandard block"));
    // A raw block of three bytes, hand-laid.
    let mut out = [0; 3];
    Decoder::new().decode(&frame(&[0x20, 3, 0x19, 0, 0, b'a', b'b', b'c']), &mut out).unwrap();
    assert_eq!(&out, b"abc");
}

/// Whatever the bytes: an answer.
#[test]
fn hostile_frames() {
    for seed in 0..4000 {
        let mut chance = Rng::new(seed);
        let input = bytes(&mut chance, 500, 40);
        let mut coded = packed(&input, 9, false, seed % 2 == 0);
        for _ in 0..=chance.index(3) {
            let place = chance.index(coded.len());
            coded[place] ^= 1 << chance.index(8);
        }
        let _ = Decoder::new().decode(&coded, &mut vec![0; input.len()]);
    }
}

/// Frames of every level come back from the C library, and blocks before do not matter.
#[test]
fn what_is_packed_comes_back() {
    for level in [Level::Fast, Level::Normal, Level::Max] {
        let mut used = Encoder::new(level);
        for (name, input) in samples() {
            let (mut coded, mut fresh) = (b"before".to_vec(), Vec::new());
            used.encode(&input, &mut coded);
            Encoder::new(level).encode(&input, &mut fresh);
            assert!(coded.strip_prefix(b"before") == Some(&fresh), "{name}, {level:?}");
            let mut theirs = vec![0; input.len()];
            assert_eq!(zstd_safe::decompress(&mut theirs[..], &fresh), Ok(input.len()), "{name}, {level:?}");
            assert!(theirs == input, "{name}, {level:?}");
            let mut out = vec![0; input.len()];
            Decoder::new().decode(&fresh, &mut out).unwrap();
            assert!(out == input, "{name}, {level:?}");
        }
    }
}
