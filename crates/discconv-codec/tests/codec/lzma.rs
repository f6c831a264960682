//! LZMA, judged by XZ's ports and by a block that XZ Utils made.

use crate::samples::{bytes, samples};
use discconv_codec::CodecError;
use discconv_codec::Level;
use discconv_codec::lzma::{Decoder, Encoder};
use discconv_testkit::Rng;
use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};
use std::io::Write;

/// What the port of XZ for Java makes of `input`.
pub fn packed(input: &[u8], marker: bool) -> Vec<u8> {
    let options = LzmaOptions {
        dict_size: u32::try_from(input.len()).unwrap().max(4096),
        lc: 3,
        lp: 0,
        pb: 2,
        mode: EncodeMode::Normal,
        nice_len: 64,
        mf: MfType::Bt4,
        ..LzmaOptions::with_preset(6)
    };
    let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, marker).unwrap();
    writer.write_all(input).unwrap();
    writer.finish().unwrap()
}

#[test]
fn everything_comes_back() {
    let mut decoder = Decoder::new();
    for (name, input) in samples() {
        for marker in [false, true] {
            let mut coded = packed(&input, marker);
            let mut out = vec![0x55; input.len()];
            decoder.decode(&coded, &mut out).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(out == input, "{name}");
            for end in [coded.len() - 1, coded.len() / 2, 4, 0] {
                let cut = Err(CodecError::Truncated { length: end });
                assert_eq!(Decoder::new().decode(&coded[..end], &mut out), cut, "{name} cut at {end}, marker {marker}");
            }
            // Containers say how long a block is; what is behind it is not looked at.
            coded.extend([0xA5; 7]);
            decoder.decode(&coded, &mut out).unwrap_or_else(|error| panic!("{name} and more: {error}"));
        }
    }
}

/// By XZ Utils, with an end marker.
#[test]
fn a_block_of_xz_utils() {
    let coded = [
        0x00, 0x20, 0x88, 0x0A, 0x66, 0x53, 0x3D, 0xBA, 0x7C, 0x20, 0x8D, 0x60, 0x6D, 0x9D, 0xC8, 0xAD, 0xF2, 0x66, 0xC8, 0x45,
        0x09, 0x6A, 0x12, 0x0B, 0x81, 0x68, 0xD8, 0xF5, 0xC9, 0x08, 0x47, 0x74, 0x23, 0x4C, 0xD6, 0x3A, 0xD9, 0x24, 0xB9, 0xFF,
        0xFF, 0xFD, 0x8A, 0xA0, 0x00,
    ];
    let text = b"A sector of text, a sector of text, and a rector of sext. ".repeat(3);
    let decode = |coded: &[u8], length: usize| {
        let mut out = vec![0; length];
        Decoder::new().decode(coded, &mut out).map(|()| out)
    };
    assert_eq!(decode(&coded, text.len()), Ok(text.clone()));
    assert_eq!(decode(&coded, text.len() + 1), Err(CodecError::TooShort { found: 174, expected: 175 }));
    assert_eq!(decode(&coded, 100), Err(CodecError::TooLong { expected: 100 }));
    assert_eq!(decode(&coded, 0), Err(CodecError::TooLong { expected: 0 }));
    for end in 0..coded.len() {
        assert_eq!(decode(&coded[..end], text.len()), Err(CodecError::Truncated { length: end }), "cut at {end}");
    }
    let mut other = coded;
    other[0] = 1;
    let damaged = |offset, what| Err(CodecError::Damaged { offset, what });
    assert_eq!(decode(&other, text.len()), damaged(0, "the first byte of LZMA data is not 0"));
    // The largest code there is: a repeated match as the very first symbol.
    let first = [0, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(decode(&first, 20), damaged(6, "a match points before the start of the block"));
}

/// Whatever the bytes: an answer, and the one of an independent decoder where that has one.
#[test]
fn hostile_blocks() {
    for seed in 0..3000 {
        let mut chance = Rng::new(seed);
        let input = bytes(&mut chance, 300, 40);
        let mut coded = packed(&input, seed % 2 == 0);
        for _ in 0..=chance.index(3) {
            let place = chance.index(coded.len());
            coded[place] ^= 1 << chance.index(8);
        }
        let mut out = vec![0; input.len()];
        let ours = Decoder::new().decode(&coded, &mut out);
        let mut judge = lzma_rust2::LzmaReader::new(&coded[..], input.len() as u64, 3, 0, 2, 4096, None);
        let mut theirs = vec![0; input.len()];
        let good = judge.as_mut().is_ok_and(|judge| std::io::Read::read_exact(judge, &mut theirs).is_ok());
        if ours.is_ok() {
            assert!(good && out == theirs, "seed {seed}");
        }
    }
}

/// Blocks of every level come back from a reader that is not ours, and blocks before do not matter.
#[test]
fn what_is_packed_comes_back() {
    for level in [Level::Fast, Level::Normal, Level::Max] {
        let mut used = Encoder::new(level);
        for (name, input) in samples() {
            let (mut coded, mut fresh) = (b"before".to_vec(), Vec::new());
            used.encode(&input, &mut coded);
            Encoder::new(level).encode(&input, &mut fresh);
            assert!(coded.strip_prefix(b"before") == Some(&fresh), "{name}, {level:?}");
            let dictionary = u32::try_from(input.len()).unwrap().max(4096);
            let mut judge = lzma_rust2::LzmaReader::new(&fresh[..], input.len() as u64, 3, 0, 2, dictionary, None).unwrap();
            let mut theirs = vec![0; input.len()];
            std::io::Read::read_exact(&mut judge, &mut theirs).unwrap();
            assert!(theirs == input, "{name}, {level:?}");
            let mut out = vec![0; input.len()];
            Decoder::new().decode(&fresh, &mut out).unwrap();
            assert!(out == input, "{name}, {level:?}");
        }
    }
}
