//! A coded hunk back into its bytes.

use crate::header::FRAME;
use crate::huffman::Huff;
use crate::wire::FourCc;
use discconv_codec::deflate::Inflater;
use discconv_codec::{CodecError, flac, lzma, zstd};
use discconv_sector::{RAW, SUB, SYNC, ecc};

/// Bytes of a frame, in memory.
const FRAME_BYTES: usize = FRAME as usize;
/// Where a raw sector says its mode.
const MODE: usize = 15;

/// What packs bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Deflate,
    Lzma,
    Zstd,
}

/// How a hunk is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// As it is.
    Whole(Packing),
    /// Its frames in two parts, sectors and subchannel; of sectors what can be made again is left out.
    Frames(Packing),
    /// Huffman codes of single bytes.
    Huff,
    /// FLAC, behind a letter that says the byte order.
    Flac,
    /// FLAC of the sectors of its frames, then their subchannel.
    FlacFrames,
}

fn coding(codec: FourCc) -> Option<Coding> {
    Some(match &codec {
        b"zlib" => Coding::Whole(Packing::Deflate),
        b"lzma" => Coding::Whole(Packing::Lzma),
        b"zstd" => Coding::Whole(Packing::Zstd),
        b"huff" => Coding::Huff,
        b"flac" => Coding::Flac,
        b"cdzl" => Coding::Frames(Packing::Deflate),
        b"cdlz" => Coding::Frames(Packing::Lzma),
        b"cdzs" => Coding::Frames(Packing::Zstd),
        b"cdfl" => Coding::FlacFrames,
        _ => return None,
    })
}

/// Can hunks of that codec be unpacked?
pub(crate) fn is_known(codec: FourCc) -> bool {
    coding(codec).is_some()
}

/// The decoders and buffers of one worker.
#[derive(Default)]
pub(crate) struct Unpacker {
    packed: Packed,
    flac: flac::Decoder,
    huff: Huff,
    /// The sectors of a hunk, one behind the other.
    sectors: Vec<u8>,
    subchannel: Subchannel,
}

impl Unpacker {
    /// Fill `out`, a whole hunk, from the bytes of a hunk coded by `codec`, which is known.
    ///
    /// # Errors
    /// Why it does not unpack.
    pub(crate) fn unpack(&mut self, codec: FourCc, coded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        match coding(codec) {
            Some(Coding::Whole(packing)) => self.packed.unpack(packing, coded, out),
            Some(Coding::Huff) => self.huff.decode(coded, out).ok_or_else(|| damaged("Huffman codes")),
            Some(Coding::Flac) => {
                let big_endian = match coded.first() {
                    Some(b'B') => true,
                    Some(b'L') => false,
                    _ => return Err(damaged("the letter of the byte order")),
                };
                self.flac.decode(&coded[1..], big_endian, out).map(drop)
            }
            Some(Coding::Frames(packing)) => self.frames(packing, coded, out),
            Some(Coding::FlacFrames) => {
                self.sectors.resize(frames_of(out)? * RAW, 0);
                let used = self.flac.decode(coded, true, &mut self.sectors)?;
                let rest = coded.get(used..).unwrap_or_default();
                let subchannel = self.subchannel.unpack(&mut self.packed, Packing::Deflate, rest, frames_of(out)?)?;
                scatter(&self.sectors, subchannel, &[], out);
                Ok(())
            }
            None => Err(damaged("a codec that is known")),
        }
    }

    /// A bit for each frame whose sector lacks sync and parity, the length of the packed sectors, these, and the rest is
    /// subchannel.
    fn frames(&mut self, packing: Packing, coded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        let frames = frames_of(out)?;
        let truncated = CodecError::Truncated { length: coded.len() };
        let (stripped, rest) = coded.split_at_checked(frames.div_ceil(8)).ok_or(truncated)?;
        let (length, rest) = rest.split_at_checked(length_bytes(out.len())).ok_or(truncated)?;
        let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        let (sectors, rest) = rest.split_at_checked(length).ok_or(truncated)?;
        self.sectors.resize(frames * RAW, 0);
        self.packed.unpack(packing, sectors, &mut self.sectors)?;
        // There is no LZMA of anything so short.
        let packing = if packing == Packing::Lzma { Packing::Deflate } else { packing };
        let subchannel = self.subchannel.unpack(&mut self.packed, packing, rest, frames)?;
        scatter(&self.sectors, subchannel, stripped, out);
        Ok(())
    }
}

/// Bytes of the length of the packed sectors of a hunk.
pub(crate) fn length_bytes(hunk_bytes: usize) -> usize {
    if hunk_bytes < 1 << 16 { 2 } else { 3 }
}

fn frames_of(out: &[u8]) -> Result<usize, CodecError> {
    let whole = out.len().is_multiple_of(FRAME_BYTES);
    whole.then_some(out.len() / FRAME_BYTES).ok_or_else(|| damaged("frames of 2448 bytes in a hunk of another length"))
}

fn damaged(what: &'static str) -> CodecError {
    CodecError::Damaged { offset: 0, what }
}

/// Sectors and subchannel to their frames; what was left out of sectors is made again.
fn scatter(sectors: &[u8], subchannel: &[u8], stripped: &[u8], out: &mut [u8]) {
    let parts = sectors.as_chunks::<RAW>().0.iter().zip(subchannel.as_chunks::<SUB>().0);
    for (number, (frame, (sector, symbols))) in out.as_chunks_mut::<FRAME_BYTES>().0.iter_mut().zip(parts).enumerate() {
        let (raw, sub) = frame.split_at_mut(RAW);
        raw.copy_from_slice(sector);
        sub.copy_from_slice(symbols);
        let is_stripped = stripped.get(number / 8).is_some_and(|bits| bits >> (number % 8) & 1 == 1);
        if let Some(raw) = raw.first_chunk_mut().filter(|_| is_stripped) {
            complete(raw);
        }
    }
}

/// Sync and parity, which is that of Mode 2 Form 1 where the mode byte is 2 and that of Mode 1 elsewhere.
fn complete(raw: &mut [u8; RAW]) {
    raw[..SYNC.len()].copy_from_slice(&SYNC);
    if raw[MODE] == 2 {
        ecc::write_form1(raw);
    } else {
        ecc::write_mode1(raw);
    }
}

/// What is packed as bytes.
#[derive(Default)]
struct Packed {
    inflater: Inflater,
    lzma: lzma::Decoder,
    zstd: zstd::Decoder,
}

impl Packed {
    fn unpack(&mut self, packing: Packing, coded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        match packing {
            Packing::Deflate => self.inflater.raw(coded, out),
            Packing::Lzma => self.lzma.decode(coded, out),
            Packing::Zstd => self.zstd.decode(coded, out),
        }
    }
}

/// Subchannel, which is the same in nearly every hunk: zeros. What was unpacked last is kept for as long as it is.
#[derive(Default)]
struct Subchannel {
    packing: Option<Packing>,
    coded: Vec<u8>,
    plain: Vec<u8>,
}

impl Subchannel {
    fn unpack(&mut self, packed: &mut Packed, packing: Packing, coded: &[u8], frames: usize) -> Result<&[u8], CodecError> {
        let length = frames * SUB;
        if self.packing != Some(packing) || self.coded != coded || self.plain.len() != length {
            // Until it has been unpacked, there is nothing.
            self.packing = None;
            self.plain.resize(length, 0);
            packed.unpack(packing, coded, &mut self.plain)?;
            self.coded.clear();
            self.coded.extend_from_slice(coded);
            self.packing = Some(packing);
        }
        Ok(&self.plain)
    }
}
