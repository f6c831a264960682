//! Codecs: anything unpacked, and anything packed and unpacked.

use discconv_codec::deflate::{Adler, Deflater, Inflater};
use discconv_codec::lz4::{self, Lz4Encoder};
use discconv_codec::{CodecError, Level, bzip2, flac, lzma, lzo, zstd};

/// What `out` is filled with before anything is unpacked.
const BEFORE: u8 = 0x55;
/// No more is packed, for level max takes its time: enough that blocks are cut into pieces.
const MAX_PACKED_BYTES: usize = 12 << 10;

/// The first two bytes are the length of an unpacked block, little-endian; the others are taken for a packed block of every
/// kind, and as many of them as a block has are packed as every kind.
pub fn codec(data: &[u8]) {
    let Some((len, data)) = data.split_first_chunk() else { return };
    let len = usize::from(u16::from_le_bytes(*len));
    inflate(data, len);
    for decode in [lz4::decode, lzo::decode, bzip2::decode] {
        whole(decode, data, len);
    }
    for decode in [of_lzma, of_zstd] {
        unpacks_alike(decode, data, len);
    }
    whole(of_flac, data, len & !3);
    let data = &data[..data.len().min(len).min(MAX_PACKED_BYTES)];
    for level in [Level::Fast, Level::Normal, Level::Max] {
        deflate(level, data);
        lz4(level, data);
    }
    packs(data);
    let mut packed = Vec::new();
    bzip2::encode(data, &mut packed);
    unpacks_to(data, packed.len(), |out| bzip2::decode(&packed, out));
}

fn of_lzma(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    lzma::Decoder::new().decode(data, out)
}

fn of_zstd(data: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    zstd::Decoder::new().decode(data, out)
}

fn of_flac(data: &[u8], out: &mut [u8]) -> Result<usize, CodecError> {
    flac::Decoder::new().decode(data, true, out)
}

/// What stood in the output before does not matter.
fn unpacks_alike(decode: fn(&[u8], &mut [u8]) -> Result<(), CodecError>, data: &[u8], len: usize) {
    let (mut first, mut second) = (vec![BEFORE; len], vec![!BEFORE; len]);
    assert_eq!(decode(data, &mut first), decode(data, &mut second));
    assert!(decode(data, &mut first).is_err() || first == second, "bytes that were not unpacked");
}

type Decode = fn(&[u8], &mut [u8]) -> Result<usize, CodecError>;

/// What a decoder took of the input is enough.
fn whole(decode: Decode, data: &[u8], len: usize) {
    let (mut first, mut second) = (vec![BEFORE; len], vec![!BEFORE; len]);
    if let Ok(took) = decode(data, &mut first) {
        assert_eq!(decode(&data[..took], &mut second), Ok(took));
        assert!(first == second, "bytes that were not unpacked");
    }
}

type Unpack<'a> = &'a dyn Fn(&mut Inflater, &mut [u8]) -> Result<(), CodecError>;

/// A decoder that has failed before gives the same as a new one; and the ways to unpack a stream agree.
fn inflate(data: &[u8], len: usize) {
    let mut used = Inflater::new();
    let mut unpack = |how: Unpack<'_>| {
        let (mut first, mut second) = (vec![BEFORE; len], vec![!BEFORE; len]);
        let results = (how(&mut used, &mut first), how(&mut Inflater::new(), &mut second));
        assert_eq!(results.0, results.1);
        assert!(results.0.is_err() || first == second, "bytes that were not unpacked, or otherwise");
        results.0.map(|()| first)
    };
    let _ = unpack(&|inflater, out| inflater.raw(data, out));
    let checked = unpack(&|inflater, out| inflater.zlib(data, out, Adler::Check));
    let ignored = unpack(&|inflater, out| inflater.zlib(data, out, Adler::Ignore));
    if checked.is_ok() {
        let raw = unpack(&|inflater, out| inflater.raw(&data[2..], out));
        assert!(checked == ignored && checked == raw, "the same stream, other bytes");
    }
}

/// The codecs of CHDs; one level of them is enough.
fn packs(data: &[u8]) {
    let packed = same_after_others(data, || lzma::Encoder::new(Level::Normal), lzma::Encoder::encode);
    unpacks_to(data, 0, |out| of_lzma(&packed, out).map(|()| 0));
    let packed = same_after_others(data, || zstd::Encoder::new(Level::Fast), zstd::Encoder::encode);
    unpacks_to(data, 0, |out| of_zstd(&packed, out).map(|()| 0));
    let sound = &data[..data.len() & !3];
    let pack = |flac: &mut flac::Encoder, data: &[u8], out: &mut Vec<u8>| flac.encode(data, true, 576, out);
    let packed = same_after_others(sound, || flac::Encoder::new(Level::Normal), pack);
    unpacks_to(sound, packed.len(), |out| of_flac(&packed, out));
}

fn deflate(level: Level, data: &[u8]) {
    let packed = same_after_others(data, || Deflater::new(level), Deflater::raw);
    unpacks_to(data, 0, |out| Inflater::new().raw(&packed, out).map(|()| 0));
    let mut packed = Vec::new();
    Deflater::new(level).zlib(data, &mut packed);
    unpacks_to(data, 0, |out| Inflater::new().zlib(&packed, out, Adler::Check).map(|()| 0));
}

fn lz4(level: Level, data: &[u8]) {
    let packed = same_after_others(data, || Lz4Encoder::new(level), Lz4Encoder::encode);
    // An empty output is full before anything is read.
    let took = if data.is_empty() { 0 } else { packed.len() };
    unpacks_to(data, took, |out| lz4::decode(&packed, out));
}

/// What an encoder makes of `data`, whatever it packed before; it only appends.
fn same_after_others<E>(data: &[u8], new: impl Fn() -> E, pack: fn(&mut E, &[u8], &mut Vec<u8>)) -> Vec<u8> {
    let mut packed = Vec::new();
    pack(&mut new(), data, &mut packed);
    let (mut used, mut out) = (new(), Vec::new());
    pack(&mut used, &data[data.len() / 3..], &mut out);
    let before = out.len();
    pack(&mut used, data, &mut out);
    assert!(out[before..] == packed, "an encoder remembers what it packed before");
    packed
}

fn unpacks_to(data: &[u8], took: usize, unpack: impl FnOnce(&mut [u8]) -> Result<usize, CodecError>) {
    let mut out = vec![BEFORE; data.len()];
    assert_eq!(unpack(&mut out), Ok(took));
    assert!(out == data, "what was packed is not what comes back");
}
