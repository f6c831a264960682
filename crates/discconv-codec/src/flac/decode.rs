//! Frames to samples.

use super::bits::Bits;
use super::crc::crc16;
use super::frame::{self, Stereo};
use super::subframe;
use crate::CodecError;

/// Bytes of a sample of both channels.
const PAIR: usize = 4;

/// Unpacks blocks; keeps its room for one frame.
#[derive(Debug, Default)]
pub struct Decoder {
    channels: [Vec<i32>; 2],
}

impl Decoder {
    /// A decoder of one worker.
    #[must_use]
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// Unpacks frames into the whole of `out`, a multiple of 4 bytes, and returns the bytes of input they took.
    ///
    /// Samples of 16 bits, left and right by turns, are written with the high byte first if `big_endian`. Input behind the
    /// frames is ignored; the last frame must end where `out` does.
    ///
    /// # Errors
    /// A frame is truncated, damaged (each has checksums), of another kind than 2 channels of 16 bits, or longer than what is
    /// left of `out`.
    pub fn decode(&mut self, coded: &[u8], big_endian: bool, out: &mut [u8]) -> Result<usize, CodecError> {
        let expected = out.len();
        if !expected.is_multiple_of(PAIR) {
            return Err(CodecError::TooLong { expected });
        }
        let (mut at, mut rest) = (0, out);
        while !rest.is_empty() {
            let header = frame::header(coded, at)?;
            let Some((now, later)) = rest.split_at_mut_checked(header.samples * PAIR) else {
                return Err(CodecError::TooLong { expected });
            };
            let mut bits = Bits::new(coded, at + header.bytes);
            for (channel, sample_bits) in self.channels.iter_mut().zip(header.stereo.sample_bits()) {
                channel.resize(header.samples, 0);
                subframe::read(&mut bits, sample_bits, channel)?;
            }
            at = end(coded, at, bits)?;
            self.put(header.stereo, big_endian, now);
            rest = later;
        }
        Ok(at)
    }

    /// Both channels as they were before they were told apart.
    fn put(&self, stereo: Stereo, big_endian: bool, out: &mut [u8]) {
        match stereo {
            Stereo::LeftRight => self.put_with(big_endian, out, |left, right| (left, right)),
            Stereo::LeftSide => self.put_with(big_endian, out, |left, side| (left, left.wrapping_sub(side))),
            Stereo::SideRight => self.put_with(big_endian, out, |side, right| (right.wrapping_add(side), right)),
            Stereo::MidSide => self.put_with(big_endian, out, |mid, side| {
                // Half of an odd sum was lost; the difference is odd as well.
                let sum = mid << 1 | (side & 1);
                (sum.wrapping_add(side) >> 1, sum.wrapping_sub(side) >> 1)
            }),
        }
    }

    fn put_with(&self, big_endian: bool, out: &mut [u8], both: impl Fn(i32, i32) -> (i32, i32)) {
        let swap = if big_endian { u16::swap_bytes } else { |sample| sample };
        let [first, second] = &self.channels;
        for ((first, second), pair) in first.iter().zip(second).zip(out.as_chunks_mut::<PAIR>().0) {
            let (left, right) = both(*first, *second);
            let pairs = [swap(low16(left)).to_le_bytes(), swap(low16(right)).to_le_bytes()];
            pair.copy_from_slice(pairs.as_flattened());
        }
    }
}

/// Zeros up to a whole byte, then the checksum of everything since `start`; where the frame ends.
fn end(coded: &[u8], start: usize, mut bits: Bits<'_>) -> Result<usize, CodecError> {
    let zeros = bits.align();
    let at = bits.offset();
    let Some(stored) = coded.get(at..).and_then(<[u8]>::first_chunk) else {
        return Err(CodecError::Truncated { length: coded.len() });
    };
    if !zeros || crc16(&coded[start..at]) != u16::from_be_bytes(*stored) {
        return Err(CodecError::Damaged { offset: at, what: "the checksum of a FLAC frame is wrong" });
    }
    Ok(at + stored.len())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "samples have 16 bits; else the checksum lied")]
fn low16(sample: i32) -> u16 {
    sample as u16
}
