//! Coding hunks, with other people's codecs or by hand.

use crate::lay::{BitWriter, FRAME};
use std::io::Write;

/// Polynomial 1021h, the highest bit first, from FFFFh on.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

pub(crate) fn deflated(raw: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn lzmaed(raw: &[u8], end_marker: bool) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions { dict_size: 1 << 16, ..lzma_rust2::LzmaOptions::default() };
    let mut writer = lzma_rust2::LzmaWriter::new_no_header(Vec::new(), &options, end_marker).unwrap();
    writer.write_all(raw).unwrap();
    writer.finish().unwrap()
}

pub(crate) fn zstded(raw: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(raw.len() + 1024);
    zstd_safe::compress(&mut packed, raw, 3).unwrap();
    packed
}

/// Every byte as itself: a helper in which 9 (a length of eight bits) and 0 (again) have one bit each.
pub(crate) fn huffed(raw: &[u8]) -> Vec<u8> {
    let mut bits = BitWriter::default();
    // Symbol 0 of the helper has one bit; from symbol 8 on there is nothing, one bit, the end.
    for (value, count) in [(1, 3), (7, 3), (0, 3), (1, 3), (7, 3)] {
        bits.put(value, count);
    }
    // Eight bits, and the same for 9 + 246 symbols more.
    for (value, count) in [(1, 1), (0, 1), (7, 3), (246, 8)] {
        bits.put(value, count);
    }
    raw.iter().for_each(|byte| bits.put(u64::from(*byte), 8));
    bits.bytes()
}

/// FLAC frames (RFC 9639, 9) of `block` pairs of samples each, all of them verbatim; `raw` is big-endian.
pub(crate) fn flaced(raw: &[u8], block: u16) -> Vec<u8> {
    let mut coded = Vec::new();
    for (number, samples) in (0_u8..128).zip(raw.chunks(4 * usize::from(block))) {
        // Sync; block size in 16 bits, 44.1 kHz; left and right, 16 bits; number; block size - 1.
        let mut frame = vec![0xFF, 0xF8, 0x79, 0x18, number];
        frame.extend(((samples.len() / 4 - 1) as u16).to_be_bytes());
        frame.push(crc8(&frame));
        for channel in 0..2 {
            frame.push(0x02);
            frame.extend(samples.chunks(4).flat_map(|pair| &pair[2 * channel..2 * channel + 2]));
        }
        frame.extend(crc16_flac(&frame).to_be_bytes());
        coded.extend(frame);
    }
    coded
}

pub(crate) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 7 }))
}

pub(crate) fn crc16_flac(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x8005 })
    })
}

/// What packs the two parts of frames.
pub(crate) type Pack = fn(&[u8]) -> Vec<u8>;

/// Frames in two parts; `stripped` sectors lose sync and parity.
pub(crate) fn framed(hunk: &[u8], stripped: &[usize], pack: Pack, pack_sub: Pack) -> Vec<u8> {
    let (mut sectors, mut sub) = (Vec::new(), Vec::new());
    let frames = hunk.len() / FRAME;
    let mut bitmap = vec![0_u8; frames.div_ceil(8)];
    for (number, frame) in hunk.chunks(FRAME).enumerate() {
        let mut sector = frame[..2352].to_vec();
        if stripped.contains(&number) {
            bitmap[number / 8] |= 1 << (number % 8);
            sector[..12].fill(0);
            sector[2076..].fill(0);
        }
        sectors.extend(sector);
        sub.extend(&frame[2352..]);
    }
    let packed = pack(&sectors);
    let length = (packed.len() as u32).to_be_bytes();
    let length = if hunk.len() < 65536 { &length[2..] } else { &length[1..] };
    [&bitmap[..], length, &packed, &pack_sub(&sub)].concat()
}

/// FLAC of the sectors, deflated subchannel.
pub(crate) fn flac_framed(hunk: &[u8]) -> Vec<u8> {
    let sectors: Vec<u8> = hunk.chunks(FRAME).flat_map(|frame| &frame[..2352]).copied().collect();
    let sub: Vec<u8> = hunk.chunks(FRAME).flat_map(|frame| &frame[2352..]).copied().collect();
    [flaced(&sectors, 588), deflated(&sub)].concat()
}
