//! The stored forms of a disc's sectors: 2352 Mode 1 and Mode 2, 2336, 2448, 2368.

use crate::iso9660::Image;
use crate::reference::{self, RAW, USER, audio, form1, form2, interleave, mode1, packed_block, pq16, q_position};

/// The LBA of sector `index` of a run that begins at `first`.
fn at(first: i32, index: usize) -> i32 {
    first.saturating_add(i32::try_from(index).unwrap_or(i32::MAX))
}

/// User data as Mode 1 raw sectors from `first_lba` on; the last one is padded with zeros.
#[must_use]
pub fn as_mode1(first_lba: i32, user: &[u8]) -> Vec<u8> {
    let sectors = user.chunks(USER).enumerate();
    sectors.flat_map(|(index, data)| mode1(at(first_lba, index), data)).collect()
}

/// A volume as Mode 2 Form 1 raw sectors, submodes as masterers write them ([`Image::submode`]).
#[must_use]
pub fn as_xa(first_lba: i32, image: &Image) -> Vec<u8> {
    let sectors = image.user.chunks(USER).zip(0_u32..).enumerate();
    sectors.flat_map(|(index, (data, number))| form1(at(first_lba, index), [0, 0, image.submode(number), 0], data)).collect()
}

/// As [`as_xa`], but sectors 12-15 are blank Form 2: the habit of pressed PlayStation discs.
#[must_use]
pub fn as_playstation(image: &Image) -> Vec<u8> {
    let mut raw = as_xa(0, image);
    for lba in 12..16 {
        replace(&mut raw, lba, &form2(i32::try_from(lba).unwrap_or(0), [0, 0, 0x20, 0], &[], true));
    }
    raw
}

/// Puts `sector` in the place of sector `index` of a run of raw sectors.
pub fn replace(raw: &mut [u8], index: usize, sector: &[u8; RAW]) {
    raw[index * RAW..(index + 1) * RAW].copy_from_slice(sector);
}

/// Bytes `keep` of each raw sector.
#[must_use]
pub fn cut(raw: &[u8], keep: std::ops::Range<usize>) -> Vec<u8> {
    raw.chunks(RAW).flat_map(|sector| &sector[keep.clone()]).copied().collect()
}

/// How subchannel bytes follow each sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sub {
    /// 96 bytes, one symbol per byte: 2448.
    Interleaved,
    /// 96 bytes, channel after channel: 2448.
    Packed,
    /// 16 bytes, Q and the P flag: 2368.
    Pq16,
}

/// Raw sectors of data track 1 from LBA 0, each followed by its subchannel: Q tells track 1, index 1, with a right CRC.
#[must_use]
pub fn with_subchannel(raw: &[u8], sub: Sub) -> Vec<u8> {
    let mut out = Vec::new();
    for (lba, sector) in (0_i32..).zip(raw.chunks(RAW)) {
        out.extend(sector);
        let q = q_position(4, 1, 1, lba.unsigned_abs(), lba);
        match sub {
            Sub::Interleaved => out.extend(interleave(&packed_block(false, &q))),
            Sub::Packed => out.extend(packed_block(false, &q)),
            Sub::Pq16 => out.extend(pq16(false, &q)),
        }
    }
    out
}

/// `sectors` sectors of synthetic sound; each `voice` sounds different.
#[must_use]
pub fn sound(voice: u32, sectors: u32) -> Vec<u8> {
    (0..sectors).flat_map(|sector| audio(voice, sector)).collect()
}

/// `sectors` sectors of digital silence, where it is meant.
#[must_use]
pub fn silence(sectors: u32) -> Vec<u8> {
    vec![0; sectors as usize * reference::RAW]
}

/// Exchanges the bytes of each 16-bit word.
#[must_use]
pub fn swap_words(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks_exact(2).flat_map(|pair| [pair[1], pair[0]]).collect()
}
