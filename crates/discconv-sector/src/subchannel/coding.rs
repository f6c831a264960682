//! The orders in which the 96 bytes are kept, and telling them apart.

use super::Q;
use crate::layout::SUB;

/// Bytes of one channel in the packed order.
const CHANNEL: usize = SUB / 8;

/// In which order 96 bytes of subchannel are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Coding {
    /// Symbol by symbol.
    Interleaved,
    /// Channel by channel.
    Packed,
}

/// From packed to interleaved.
pub fn interleave(packed: &[u8; SUB], out: &mut [u8; SUB]) {
    for (group, symbols) in out.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let rows = core::array::from_fn(|channel| packed[CHANNEL * channel + group]);
        *symbols = transpose(rows);
    }
}

/// From interleaved to packed.
pub fn deinterleave(interleaved: &[u8; SUB], out: &mut [u8; SUB]) {
    for (group, symbols) in interleaved.as_chunks::<8>().0.iter().enumerate() {
        for (channel, byte) in transpose(*symbols).into_iter().enumerate() {
            out[CHANNEL * channel + group] = byte;
        }
    }
}

/// Bit `7 - c` of byte `r` becomes bit `7 - r` of byte `c`: blocks of 4, 2 and 1 bits change sides of the diagonal.
fn transpose(rows: [u8; 8]) -> [u8; 8] {
    let mut square = u64::from_be_bytes(rows);
    for (distance, upper_right) in [(28, 0x0000_0000_F0F0_F0F0_u64), (14, 0x0000_CCCC_0000_CCCC), (7, 0x00AA_00AA_00AA_00AA)] {
        let differing = (square ^ square >> distance) & upper_right;
        square ^= differing ^ differing << distance;
    }
    square.to_be_bytes()
}

/// The 16-byte form of packed subchannel: Q as it is, P by majority. R to W are lost.
#[must_use]
pub fn pq16_from_packed(packed: &[u8; SUB]) -> [u8; 16] {
    let mut out = [0; 16];
    out[..CHANNEL].copy_from_slice(&packed[CHANNEL..2 * CHANNEL]);
    let ones: u32 = packed[..CHANNEL].iter().map(|byte| byte.count_ones()).sum();
    out[15] = if ones >= 48 { 0x80 } else { 0 };
    out
}

/// Packed subchannel from the 16-byte form: Q as it is (also where its CRC was left zero), P all ones or all zeros, R to
/// W zero.
#[must_use]
pub fn packed_from_pq16(pq: &[u8; 16]) -> [u8; SUB] {
    let mut out = [0; SUB];
    out[..CHANNEL].fill(if pq[15] & 0x80 == 0 { 0 } else { 0xFF });
    out[CHANNEL..2 * CHANNEL].copy_from_slice(&pq[..CHANNEL]);
    out
}

/// Tells the order by the CRC of Q, over the blocks of several sectors: some discs carry wrong CRCs on purpose, so the
/// majority decides. All-zero blocks say nothing; `None` if none says anything, or as many say one as the other.
#[must_use]
pub fn detect_coding(blocks: &[[u8; SUB]]) -> Option<Coding> {
    let (mut packed, mut interleaved) = (0_usize, 0_usize);
    for block in blocks {
        let mut sorted = [0; SUB];
        deinterleave(block, &mut sorted);
        packed += usize::from(Q::of_packed(block).crc_ok());
        interleaved += usize::from(Q::of_packed(&sorted).crc_ok());
    }
    match packed.cmp(&interleaved) {
        core::cmp::Ordering::Greater => Some(Coding::Packed),
        core::cmp::Ordering::Less => Some(Coding::Interleaved),
        core::cmp::Ordering::Equal => None,
    }
}
