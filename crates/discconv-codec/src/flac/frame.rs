//! The header of a frame (RFC 9639, 9.1).

use super::crc::crc8;
use crate::CodecError;

/// How the two channels are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stereo {
    LeftRight,
    LeftSide,
    SideRight,
    MidSide,
}

impl Stereo {
    /// Bits of a sample of each channel: a difference has one more.
    pub(super) fn sample_bits(self) -> [u32; 2] {
        match self {
            Stereo::LeftRight => [16, 16],
            Stereo::LeftSide | Stereo::MidSide => [16, 17],
            Stereo::SideRight => [17, 16],
        }
    }
}

/// What the header says that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Samples of each channel.
    pub(super) samples: usize,
    pub(super) stereo: Stereo,
    /// Bytes of the header itself.
    pub(super) bytes: usize,
}

/// Where a header stops being one.
enum Fault {
    Truncated,
    /// Bytes from the header's start, and what is there.
    Wrong(usize, &'static str),
}

/// Reads the header at `offset` of `input`.
pub(super) fn header(input: &[u8], offset: usize) -> Result<Header, CodecError> {
    read(input.get(offset..).unwrap_or_default()).map_err(|fault| match fault {
        Fault::Truncated => CodecError::Truncated { length: input.len() },
        Fault::Wrong(at, what) => CodecError::Damaged { offset: offset + at, what },
    })
}

fn read(bytes: &[u8]) -> Result<Header, Fault> {
    let [first, second, sizes, format] = *bytes.first_chunk().ok_or(Fault::Truncated)?;
    // 14 bits of sync, a zero, then whether frames or samples are counted.
    if first != 0xFF || second & 0xFE != 0xF8 {
        return Err(Fault::Wrong(0, "no sync of a FLAC frame"));
    }
    let stereo = match format >> 4 {
        1 => Stereo::LeftRight,
        8 => Stereo::LeftSide,
        9 => Stereo::SideRight,
        10 => Stereo::MidSide,
        _ => return Err(Fault::Wrong(3, "a FLAC frame that has not two channels")),
    };
    // 0 means: as the stream says, which here is always 16 bits.
    if !matches!(format >> 1 & 7, 0 | 4) || format & 1 != 0 {
        return Err(Fault::Wrong(3, "a FLAC frame of samples that have not 16 bits"));
    }
    let mut at = 4 + number_bytes(*bytes.get(4).ok_or(Fault::Truncated)?)?;
    let samples = match sizes >> 4 {
        0 => return Err(Fault::Wrong(2, "a FLAC frame of a reserved size")),
        1 => 192,
        code @ 2..=5 => 144 << code,
        6 => 1 + usize::from(take::<1>(bytes, &mut at)?[0]),
        7 => 1 + usize::from(u16::from_be_bytes(take(bytes, &mut at)?)),
        code => 1 << code,
    };
    match sizes & 15 {
        12 => drop(take::<1>(bytes, &mut at)?),
        13 | 14 => drop(take::<2>(bytes, &mut at)?),
        15 => return Err(Fault::Wrong(2, "a FLAC frame of a forbidden sample rate")),
        // Whatever the rate: samples are samples.
        _ => {}
    }
    let covered = at;
    let [stored] = take(bytes, &mut at)?;
    if crc8(&bytes[..covered]) != stored {
        return Err(Fault::Wrong(covered, "the checksum of a FLAC frame's header is wrong"));
    }
    Ok(Header { samples, stereo, bytes: at })
}

fn take<const N: usize>(bytes: &[u8], at: &mut usize) -> Result<[u8; N], Fault> {
    let taken = bytes.get(*at..).and_then(<[u8]>::first_chunk).ok_or(Fault::Truncated)?;
    *at += N;
    Ok(*taken)
}

/// Bytes of the frame's number, coded as UTF-8 codes characters, but up to 36 bits. Which number it is does not matter.
fn number_bytes(first: u8) -> Result<usize, Fault> {
    match first.leading_ones() {
        0 => Ok(1),
        ones @ 2..=7 => Ok(ones as usize),
        _ => Err(Fault::Wrong(4, "the number of a FLAC frame is none")),
    }
}
