//! Deflate both ways, judged by libraries that are not ours.

use crate::samples::{bytes, samples};
use discconv_codec::deflate::{Adler, Deflater, Inflater};
use discconv_codec::{CodecError, Level};
use discconv_testkit::Rng;

const LEVELS: [Level; 3] = [Level::Fast, Level::Normal, Level::Max];

/// zlib-rs, through flate2.
fn judge(packed: &[u8], length: usize, header: bool) -> Vec<u8> {
    let mut judge = flate2::Decompress::new(header);
    let mut out = vec![0; length + 1];
    let status = judge.decompress(packed, &mut out, flate2::FlushDecompress::Finish).unwrap();
    assert_eq!(status, flate2::Status::StreamEnd);
    assert_eq!(judge.total_in(), packed.len() as u64, "nothing behind the end of the stream");
    out.truncate(usize::try_from(judge.total_out()).unwrap());
    out
}

#[test]
fn every_level_comes_back() {
    for level in LEVELS {
        let (mut deflater, mut inflater) = (Deflater::new(level), Inflater::new());
        for (name, input) in samples() {
            let mut packed = b"before".to_vec();
            deflater.raw(&input, &mut packed);
            assert!(packed.starts_with(b"before"));
            let packed = &packed[6..];
            assert!(judge(packed, input.len(), false) == input, "{name}, {level:?}");
            let mut again = vec![0; input.len()];
            inflater.raw(packed, &mut again).unwrap();
            assert!(again == input, "{name}, {level:?}");
            let bound = input.len() + 5 * input.len().div_ceil(10_000).max(1) + 5;
            assert!(packed.len() <= bound, "{name}, {level:?}: {} of {}", packed.len(), input.len());

            let mut zlib = Vec::new();
            deflater.zlib(&input, &mut zlib);
            assert!(judge(&zlib, input.len(), true) == input, "{name}, {level:?}");
            let padded = [&zlib[..], &[0x55; 9]].concat();
            inflater.zlib(&padded, &mut again, Adler::Check).unwrap();
            assert!(again == input, "{name}, {level:?}");
        }
    }
}

#[test]
fn blocks_before_do_not_matter() {
    for level in LEVELS {
        let mut used = Deflater::new(level);
        for (name, input) in samples() {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            used.raw(&input, &mut one);
            Deflater::new(level).raw(&input, &mut other);
            assert!(one == other, "{name}, {level:?}");
        }
    }
}

#[test]
fn higher_levels_are_smaller() {
    let pack = |level, input: &[u8]| {
        let mut packed = Vec::new();
        Deflater::new(level).raw(input, &mut packed);
        packed.len()
    };
    let total = |level| -> usize { samples().iter().map(|(_, input)| pack(level, input)).sum() };
    assert!(total(Level::Fast) >= total(Level::Normal));
    if cfg!(feature = "libdeflate") {
        assert!(total(Level::Normal) >= total(Level::Max));
    }
}

fn zlib_of(input: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    Deflater::new(Level::Normal).zlib(input, &mut packed);
    packed
}

#[test]
fn bad_zlib_is_told_apart() {
    let input = b"twelve bytes, and twelve bytes more".repeat(20);
    let good = zlib_of(&input);
    let check = |packed: &[u8], length: usize, adler| Inflater::new().zlib(packed, &mut vec![0; length], adler);
    assert_eq!(check(&good, input.len(), Adler::Check), Ok(()));
    let (expected, end) = (input.len(), good.len());
    assert_eq!(check(&good, expected - 1, Adler::Check), Err(CodecError::TooLong { expected: expected - 1 }));
    let short = CodecError::TooShort { found: expected, expected: expected + 1 };
    assert_eq!(check(&good, expected + 1, Adler::Check), Err(short));
    assert_eq!(check(&good[..9], expected, Adler::Check), Err(CodecError::Truncated { length: 9 }));
    assert_eq!(check(&good[..end - 1], expected, Adler::Check), Err(CodecError::Truncated { length: end - 1 }));
    assert_eq!(check(&good[..end - 1], expected, Adler::Ignore), Ok(()));
    assert_eq!(check(&[0x78], expected, Adler::Ignore), Err(CodecError::Truncated { length: 1 }));
    let damaged = |offset, what| Err(CodecError::Damaged { offset, what });
    assert_eq!(check(b"PK\x03\x04", expected, Adler::Check), damaged(0, "no zlib header"));
    assert_eq!(check(&[0x78, 0xBB, 0], expected, Adler::Check), damaged(1, "the stream needs a preset dictionary"));
    let mut wrong = good.clone();
    wrong[end - 1] ^= 1;
    assert!(
        matches!(check(&wrong, expected, Adler::Check), Err(CodecError::Checksum { found, expected }) if found ^ expected == 1)
    );
    assert_eq!(check(&wrong, expected, Adler::Ignore), Ok(()));
}

#[test]
fn bad_streams_are_told_apart() {
    let check = |packed: &[u8], expected: CodecError| {
        assert_eq!(Inflater::new().raw(packed, &mut [0; 100]), Err(expected), "{packed:02X?}");
    };
    let damaged = |offset, what| CodecError::Damaged { offset, what };
    check(&[], CodecError::Truncated { length: 0 });
    check(&[0x07], damaged(1, "a deflate block of type 3"));
    check(&[0x01, 1, 0, 1, 0], damaged(5, "the length of a stored block and its complement disagree"));
    check(&[0x01, 1, 0, 0xFE, 0xFF], CodecError::Truncated { length: 5 });
    check(&[0x01, 1, 0, 0xFE, 0xFF, b'x'], CodecError::TooShort { found: 1, expected: 100 });
    // Fixed code, and a match (length 3, distance 1) as the first symbol: 0000001 00000.
    check(&[0x03, 0x02, 0x00], damaged(2, "a match points before the start of the block"));
    // 257 + 30 literal codes.
    check(&[0xF5, 0x00, 0x00], damaged(3, "more than 286 literal and length codes"));
    // All 19 code lengths 7: 19 of 128 codes.
    check(&[[0x05, 0xE0].as_slice(), &[0xFF; 8]].concat(), damaged(10, "the code of the code lengths is no code"));
}

/// Whatever the bytes: no panic, and the verdict of an independent decoder.
#[test]
fn hostile_streams() {
    for seed in 0..4000 {
        let mut chance = Rng::new(seed);
        let mut packed = zlib_of(&bytes(&mut chance, 200, 6))[2..].to_vec();
        for _ in 0..=chance.index(3) {
            let place = chance.index(packed.len().min(90));
            packed[place] ^= 1 << chance.index(8);
        }
        if chance.index(4) == 0 {
            packed.truncate(chance.index(packed.len()));
        }
        let mut out = [0; 200];
        let ours = Inflater::new().raw(&packed, &mut out);
        let mut judge = flate2::Decompress::new(false);
        let mut theirs = [0; 201];
        let status = judge.decompress(&packed, &mut theirs, flate2::FlushDecompress::Finish);
        let good = matches!(status, Ok(flate2::Status::StreamEnd)) && judge.total_out() == 200;
        assert_eq!(ours.is_ok(), good, "seed {seed}: {ours:?}, zlib-rs {status:?} after {} bytes", judge.total_out());
        assert!(!good || out == theirs[..200], "seed {seed}");
    }
}
