//! The head of a FLAC frame, and finding the next one. RFC 9639 section 9.

use crc_fast::{CrcAlgorithm, Digest};

/// Longest header: sync and codes, a number of 7 bytes, block size and rate of 2 each, CRC-8.
pub(super) const HEAD: usize = 16;
/// Everything but the header that a frame needs at least: one byte of a subframe, two of CRC-16.
const LEAST: usize = 3;

/// What every frame of a file must agree with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) channels: u16,
    /// Samples of every frame but the last, if frames are counted; `None` if they name their first sample.
    pub(super) fixed: Option<u16>,
}

/// A frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Its first sample.
    pub(super) first: u64,
    /// Its samples; not 0.
    pub(super) samples: u16,
    /// Bytes of the header.
    pub(super) len: usize,
}

impl Head {
    /// The sample behind it.
    pub(super) fn end(&self) -> u64 {
        self.first + u64::from(self.samples)
    }
}

/// The number, coded as UTF-8 would be, and its bytes.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let len = match first.leading_ones() {
        0 => return Some((u64::from(first), 1)),
        len @ 2..=7 => usize::try_from(len).ok()?,
        _ => return None,
    };
    let start = u64::from(first) & ((1 << (7 - len)) - 1);
    let rest = bytes.get(1..len)?;
    let all = rest.iter().all(|byte| byte & 0xC0 == 0x80);
    all.then(|| (rest.iter().fold(start, |value, byte| value << 6 | u64::from(byte & 0x3F)), len))
}

/// CRC-8, polynomial 07h.
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| (0..8).fold(crc ^ byte, |crc: u8, _| crc << 1 ^ if crc & 0x80 == 0 { 0 } else { 7 }))
}

/// Block size 16 to 65535 from its code and what may follow, and the bytes of that.
fn block_size(code: u8, bytes: &[u8]) -> Option<(u16, usize)> {
    Some(match code {
        1 => (192, 0),
        2..=5 => (576 << (code - 2), 0),
        6 => (u16::from(*bytes.first()?) + 1, 1),
        7 => (u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]).checked_add(1)?, 2),
        8..=15 => (256 << (code - 8), 0),
        _ => return None,
    })
}

/// 44100 Hz in one of the ways to say it; gives the bytes behind the block size.
fn rate(code: u8, bytes: &[u8]) -> Option<usize> {
    match code {
        0 | 9 => Some(0), // as STREAMINFO says, or so
        13 => (bytes.get(..2)? == 44_100_u16.to_be_bytes()).then_some(2),
        14 => (bytes.get(..2)? == 4_410_u16.to_be_bytes()).then_some(2),
        _ => None,
    }
}

/// The header at the start of `bytes`, with its blocking strategy (are samples counted?), whatever the file has.
fn parse_any(bytes: &[u8], channels: u16) -> Option<(Head, bool)> {
    let [0xFF, strategy @ (0xF8 | 0xF9), sizes, kinds, ..] = *bytes else { return None };
    let assigned = match kinds >> 4 {
        one @ 0..=7 => u16::from(one) + 1,
        8..=10 => 2,
        _ => return None,
    };
    let bits = matches!(kinds >> 1 & 7, 0 | 4); // as STREAMINFO says, or 16
    if assigned != channels || !bits || kinds & 1 != 0 {
        return None;
    }
    let (first, len) = number(&bytes[4..])?;
    let mut at = 4 + len;
    let (samples, more) = block_size(sizes >> 4, bytes.get(at..)?)?;
    at += more;
    at += rate(sizes & 15, bytes.get(at..)?)?;
    let right = crc8(bytes.get(..at)?) == *bytes.get(at)?;
    right.then_some((Head { first, samples, len: at + 1 }, strategy == 0xF9))
}

/// The header of a file's first frame, which says how all are counted.
pub(super) fn first(bytes: &[u8], channels: u16) -> Option<(Head, Shape)> {
    let (head, counted) = parse_any(bytes, channels)?;
    let fixed = (!counted).then_some(head.samples);
    (head.first == 0).then_some((head, Shape { channels, fixed }))
}

/// A header at the start of `bytes` that fits the file.
pub(super) fn parse(bytes: &[u8], shape: Shape) -> Option<Head> {
    let (head, counted) = parse_any(bytes, shape.channels)?;
    match shape.fixed {
        Some(fixed) => (!counted && head.samples <= fixed && head.first < 1 << 31)
            .then(|| Head { first: head.first * u64::from(fixed), ..head }),
        None => counted.then_some(head),
    }
}

/// The last header in `bytes`, with its place.
pub(super) fn last(bytes: &[u8], shape: Shape) -> Option<(usize, Head)> {
    (0..bytes.len()).rev().filter(|at| bytes[*at] == 0xFF).find_map(|at| Some((at, parse(&bytes[at..], shape)?)))
}

/// The first header in `bytes` from `from` on, with its place.
pub(super) fn find(bytes: &[u8], from: usize, shape: Shape) -> Option<(usize, Head)> {
    (from..bytes.len()).filter(|at| bytes[*at] == 0xFF).find_map(|at| Some((at, parse(&bytes[at..], shape)?)))
}

/// Walks through growing bytes of a frame to its end: where the frame after it begins and its own CRC-16 is right.
pub(super) struct Ending {
    crc: Digest,
    /// Bytes that are in the CRC.
    done: usize,
    /// Bytes that have been looked at.
    seen: usize,
}

impl Ending {
    pub(super) fn new(head: &Head) -> Ending {
        Ending { crc: Digest::new(CrcAlgorithm::Crc16Umts), done: 0, seen: head.len + LEAST }
    }

    /// Is the CRC-16 of the first `len` bytes, which include it, right?
    pub(super) fn is_whole(&mut self, bytes: &[u8], len: usize) -> bool {
        self.crc.update(&bytes[self.done..len]);
        self.done = len;
        self.crc.finalize() == 0
    }

    /// The length of the frame that `bytes` begin with, if they reach far enough behind it.
    pub(super) fn find(&mut self, bytes: &[u8], head: &Head, shape: Shape) -> Option<usize> {
        while let Some((at, next)) = find(bytes, self.seen, shape) {
            self.seen = at + 1;
            if next.first == head.end() && self.is_whole(bytes, at) {
                return Some(at);
            }
        }
        // The last bytes may be the beginning of a header.
        self.seen = self.seen.max(bytes.len().saturating_sub(HEAD));
        None
    }
}
