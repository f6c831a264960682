//! EDC, the error detection code (ECMA-130 clause 14.3): a CRC-32.

use crc_fast::CrcAlgorithm::Crc32CdRomEdc;

use crate::layout::RAW;

/// EDC of `bytes`: polynomial 8001801Bh, least significant bit first, starting at 0, without final inversion. It is
/// stored little-endian.
///
/// ```
/// assert_eq!(discconv_sector::edc(b"123456789"), 0x6EC2_EDC4);
/// assert_eq!(discconv_sector::edc(&[0; 2064]), 0);
/// ```
#[must_use]
pub fn edc(bytes: &[u8]) -> u32 {
    let [a, b, c, d, ..] = crc_fast::checksum(Crc32CdRomEdc, bytes).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// EDC of some bytes followed by `len` others, from the EDC of each: so that parts can be summed on their own.
///
/// ```
/// use discconv_sector::{edc, edc_of_both};
/// assert_eq!(edc_of_both(edc(b"1234"), edc(b"56789"), 5), edc(b"123456789"));
/// ```
#[must_use]
pub fn edc_of_both(first: u32, second: u32, len: u64) -> u32 {
    let [a, b, c, d, ..] = crc_fast::checksum_combine(Crc32CdRomEdc, u64::from(first), u64::from(second), len).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The EDC that a sector carries at `at`.
pub(crate) fn stored(raw: &[u8; RAW], at: usize) -> u32 {
    u32::from_le_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]])
}

/// Writes the EDC of `raw[from..at]` to `at`.
pub(crate) fn write(raw: &mut [u8; RAW], from: usize, at: usize) {
    let sum = edc(&raw[from..at]);
    raw[at..at + 4].copy_from_slice(&sum.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_whole() {
        let bytes: Vec<u8> = (0..70_001_u64).map(|i| ((i * i) >> 5).to_le_bytes()[0]).collect();
        for cut in [0, 1, 7, 2352, 65_536, 70_000, 70_001] {
            let (first, second) = bytes.split_at(cut);
            assert_eq!(edc_of_both(edc(first), edc(second), second.len() as u64), edc(&bytes), "{cut}");
        }
    }
}
