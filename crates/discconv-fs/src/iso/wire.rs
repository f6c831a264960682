//! Numbers and dates as ECMA-119 writes them (sections 7.1 to 7.3, 8.4.26.1, 9.1.5).

use crate::Stamp;

/// `N` bytes at `at`; zeros where the slice is too short.
pub(super) fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

/// One byte, 0 where the slice is too short.
pub(super) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// A number that is written twice, little-endian first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Both {
    /// What is believed.
    pub(super) value: u32,
    /// The same number, big-endian.
    pub(super) again: u32,
}

impl Both {
    /// 8 bytes, 32 bits twice (7.3.3).
    pub(super) fn u32(bytes: &[u8], at: usize) -> Both {
        Both { value: u32::from_le_bytes(field(bytes, at)), again: u32::from_be_bytes(field(bytes, at + 4)) }
    }

    /// 4 bytes, 16 bits twice (7.2.3).
    pub(super) fn u16(bytes: &[u8], at: usize) -> Both {
        let (little, big) = (u16::from_le_bytes(field(bytes, at)), u16::from_be_bytes(field(bytes, at + 2)));
        Both { value: little.into(), again: big.into() }
    }

    /// As [`Both::u32`] where only the big-endian half is written (CD-i).
    pub(super) fn big(bytes: &[u8], at: usize) -> Both {
        let value = u32::from_be_bytes(field(bytes, at + 4));
        Both { value, again: value }
    }

    /// What to say of two halves that are not one number.
    pub(super) fn quarrel(self, what: &str) -> Option<String> {
        let Both { value, again } = self;
        (value != again).then(|| format!("{what} is {value} little-endian and {again} big-endian; {value} is believed"))
    }
}

/// Minutes in a unit of a time's offset from Greenwich, and the units there are (8.4.26.1).
const OFFSET_MINUTES: i16 = 15;
const OFFSETS: std::ops::RangeInclusive<i8> = -48..=52;

fn offset(byte: u8) -> Option<i16> {
    let units = i8::from_le_bytes([byte]);
    OFFSETS.contains(&units).then(|| i16::from(units) * OFFSET_MINUTES)
}

/// 7 bytes of a directory record: years since 1900, month, day, hour, minute, second, offset (9.1.5).
pub(super) fn short_stamp(bytes: [u8; 7]) -> Option<Stamp> {
    let [year, month, day, hour, minute, second, units] = bytes;
    Stamp::new((1900 + i32::from(year), month, day), (hour, minute, second), offset(units))
}

/// The same 6 bytes without an offset, as High Sierra and CD-i have them.
pub(super) fn local_stamp(bytes: [u8; 6]) -> Option<Stamp> {
    let [year, month, day, hour, minute, second] = bytes;
    Stamp::new((1900 + i32::from(year), month, day), (hour, minute, second), None)
}

/// 16 digits, `YYYYMMDDhhmmss` and hundredths of a second, and perhaps an offset (8.4.26.1). Zeros say nothing.
pub(super) fn long_stamp(digits: [u8; 16], units: Option<u8>) -> Option<Stamp> {
    let number = |from: usize, len: usize| {
        let digits = digits.get(from..from + len)?;
        digits.iter().try_fold(0_u16, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u16::from(digit - b'0')))
    };
    let pair = |from: usize| number(from, 2).and_then(|value| u8::try_from(value).ok());
    let date = (i32::from(number(0, 4)?), pair(4)?, pair(6)?);
    let mut stamp = Stamp::new(date, (pair(8)?, pair(10)?, pair(12)?), units.and_then(offset))?;
    stamp.nanos = u32::from(pair(14).unwrap_or(0)) * 10_000_000;
    Some(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_both_forms() {
        let short = short_stamp([100, 2, 29, 23, 59, 58, 4]).unwrap();
        assert_eq!(short.to_string(), "2000-02-29T23:59:58+01:00");
        let long = long_stamp(*b"2000022923595842", Some((-20_i8).to_le_bytes()[0])).unwrap();
        assert_eq!((long.to_string().as_str(), long.nanos), ("2000-02-29T23:59:58-05:00", 420_000_000));
        assert_eq!(long_stamp(*b"0000000000000000", Some(0)), None);
        assert_eq!(long_stamp(*b"2000 22923595842", Some(0)), None);
        assert_eq!(short_stamp([0; 7]), None);
        // An offset that no place on Earth has is none.
        assert_eq!(short_stamp([100, 1, 1, 0, 0, 0, 60]).unwrap().offset_minutes, None);
        assert_eq!(local_stamp([87, 1, 2, 3, 4, 5]).unwrap().to_string(), "1987-01-02T03:04:05");
    }

    #[test]
    fn halves_that_disagree_are_told() {
        assert_eq!(Both::u32(&[1, 0, 0, 0, 0, 0, 0, 1], 0).quarrel("x"), None);
        let told = Both::u16(&[1, 0, 0, 2], 0).quarrel("the length").unwrap();
        assert_eq!(told, "the length is 1 little-endian and 2 big-endian; 1 is believed");
    }
}
