//! Blocks of 2048 bytes, numbers in both byte orders, and dates as the standards write them.

use discconv_fs::Stamp;

/// Bytes of a logical block, in every file system made here.
pub(crate) const BLOCK: usize = 2048;

/// A block with fields at fixed places.
#[derive(Clone)]
pub(crate) struct Block(pub(crate) [u8; BLOCK]);

impl Block {
    /// Zeros.
    pub(crate) fn new() -> Block {
        Block([0; BLOCK])
    }

    /// Write `bytes` at `at`; what would stand behind the block is left out.
    pub(crate) fn put(&mut self, at: usize, bytes: &[u8]) -> &mut Block {
        let room = self.0.get_mut(at..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        self
    }
}

/// Little-endian, then big-endian (ECMA-119 7.3.3).
pub(crate) fn both32(value: u32) -> [u8; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (value.to_le_bytes(), value.to_be_bytes());
    [a, b, c, d, e, f, g, h]
}

/// Little-endian, then big-endian (ECMA-119 7.2.3).
pub(crate) fn both16(value: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (value.to_le_bytes(), value.to_be_bytes());
    [a, b, c, d]
}

/// `text` in a field of so many bytes, filled up with spaces.
pub(crate) fn spaced(text: &[u8], len: usize) -> Vec<u8> {
    text.iter().copied().chain(std::iter::repeat(b' ')).take(len).collect()
}

/// How many blocks so many bytes take.
pub(crate) fn blocks(bytes: u64) -> u64 {
    bytes.div_ceil(BLOCK as u64)
}

/// A length in memory as a number of the format; nothing here comes near the limit, which the layout checks.
pub(crate) fn word(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Seconds of Unix time in the 7 bytes of a directory record (ECMA-119 9.1.5), in UTC. Years outside 1900 to 2155 become
/// the nearest date that can be said.
pub(crate) fn record_date(seconds: i64) -> [u8; 7] {
    const FIRST: i64 = -2_208_988_800;
    const LAST: i64 = 5_869_583_999;
    let stamp = Stamp::from_unix(seconds.clamp(FIRST, LAST));
    let year = u8::try_from(stamp.year - 1900).unwrap_or(0);
    [year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second, 0]
}

/// The same in the 17 bytes of a volume descriptor (ECMA-119 8.4.26.1), in UTC.
pub(crate) fn volume_date(seconds: i64) -> [u8; 17] {
    let s = Stamp::from_unix(seconds);
    let year = s.year.clamp(1, 9999);
    let text = format!("{year:04}{:02}{:02}{:02}{:02}{:02}00", s.month, s.day, s.hour, s.minute, s.second);
    let mut date = [0; 17];
    date.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    date
}

/// A volume date that says nothing.
pub(crate) const NO_DATE: [u8; 17] = *b"0000000000000000\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders() {
        assert_eq!(both32(0x0102_0304), [4, 3, 2, 1, 1, 2, 3, 4]);
        assert_eq!(both16(0x0102), [2, 1, 1, 2]);
    }

    #[test]
    fn dates_stay_in_their_fields() {
        assert_eq!(record_date(1_704_067_200), [124, 1, 1, 0, 0, 0, 0]);
        assert_eq!(record_date(i64::MIN), [0, 1, 1, 0, 0, 0, 0]);
        assert_eq!(record_date(i64::MAX), [255, 12, 31, 23, 59, 59, 0]);
        assert_eq!(&volume_date(1_704_067_200), b"2024010100000000\0");
    }
}
