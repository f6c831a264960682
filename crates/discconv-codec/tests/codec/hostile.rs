//! Any bytes into every decoder: an answer, never a panic, and nothing behind the slice.

use crate::samples::{bytes, samples};
use discconv_codec::deflate::{Adler, Deflater, Inflater};
use discconv_codec::lz4::Lz4Encoder;
use discconv_codec::{Level, bzip2, flac, lz4, lzma, lzo, zstd};
use discconv_testkit::Rng;

fn feed(packed: &[u8], length: usize) {
    let mut out = vec![0; length];
    let mut inflater = Inflater::new();
    let _ = inflater.raw(packed, &mut out);
    let _ = inflater.zlib(packed, &mut out, Adler::Check);
    let _ = inflater.zlib(packed, &mut out, Adler::Ignore);
    let _ = lz4::decode(packed, &mut out);
    let _ = lzo::decode(packed, &mut out);
    let _ = bzip2::decode(packed, &mut out);
    let _ = lzma::Decoder::new().decode(packed, &mut out);
    let _ = zstd::Decoder::new().decode(packed, &mut out);
    let _ = flac::Decoder::new().decode(packed, false, &mut out);
}

#[test]
fn noise() {
    for seed in 0..3000 {
        let mut chance = Rng::new(seed);
        let length = chance.index(120);
        let mut packed: Vec<u8> = (0..length).map(|_| chance.next_u64() as u8).collect();
        match seed % 6 {
            0 => drop(packed.splice(0..0, *b"BZh91AY&SY")),
            1 => drop(packed.splice(0..0, [0])),
            2 => drop(packed.splice(0..0, [0x28, 0xB5, 0x2F, 0xFD, 0x20])),
            // A header with its checksum: frame 0, 192 pairs.
            3 => drop(packed.splice(0..0, [0xFF, 0xF8, 0x19, 0x18, 0x00, 0xED])),
            _ => {}
        }
        let room = [0, 1, 16, 17, 64, 768, 2048, 5000][chance.index(8)];
        feed(&packed, room);
    }
}

#[test]
fn every_truncation_is_refused() {
    let input = bytes(&mut Rng::new(5), 900, 40);
    let mut raw = Vec::new();
    Deflater::new(Level::Normal).raw(&input, &mut raw);
    let mut lz4_block = Vec::new();
    Lz4Encoder::new(Level::Normal).encode(&input, &mut lz4_block);
    let mut bz = Vec::new();
    bzip2::encode(&input, &mut bz);
    let mut out = vec![0; input.len()];
    for end in 0..raw.len() {
        assert!(Inflater::new().raw(&raw[..end], &mut out).is_err(), "deflate cut at {end}");
    }
    for end in 0..lz4_block.len() {
        assert!(lz4::decode(&lz4_block[..end], &mut out).is_err(), "LZ4 cut at {end}");
    }
    for end in 0..bz.len() {
        assert!(bzip2::decode(&bz[..end], &mut out).is_err(), "bzip2 cut at {end}");
    }
}

#[test]
fn flipped_bits_in_lz4() {
    for seed in 0..2000 {
        let mut chance = Rng::new(seed);
        let input = bytes(&mut chance, 700, 30);
        let mut packed = Vec::new();
        Lz4Encoder::new(Level::Fast).encode(&input, &mut packed);
        let place = chance.index(packed.len());
        packed[place] ^= 1 << chance.index(8);
        let mut out = vec![0; 700];
        // lz4_flex is strict about the end of the block, so only its agreement with success counts.
        let ours = lz4::decode(&packed, &mut out);
        if let Ok(theirs) = lz4_flex::block::decompress(&packed, 700)
            && theirs.len() == 700
        {
            assert!(ours.is_ok() && out == theirs, "seed {seed}: {ours:?}");
        }
    }
}

#[test]
fn lz4_of_every_level_comes_back() {
    for level in [Level::Fast, Level::Normal, Level::Max] {
        let mut encoder = Lz4Encoder::new(level);
        for (name, input) in samples() {
            let (mut packed, mut fresh) = (Vec::new(), Vec::new());
            encoder.encode(&input, &mut packed);
            Lz4Encoder::new(level).encode(&input, &mut fresh);
            assert!(packed == fresh, "blocks before matter: {name}, {level:?}");
            assert!(lz4_flex::block::decompress(&packed, input.len()).unwrap() == input, "{name}, {level:?}");
            let length = packed.len();
            packed.extend([0xA5; 15]);
            let mut again = vec![0; input.len()];
            let consumed = lz4::decode(&packed, &mut again).unwrap();
            assert!(again == input && (consumed == length || input.is_empty()), "{name}, {level:?}");
        }
    }
}
