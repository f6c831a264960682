//! A look at the code books of a Vorbis stream before a decoder unpacks them. Vorbis I specification, section 3.2.1.
//!
//! A few bytes can ask for megabytes, and there may be 256 of them; and code words have at most 32 bits, which is not
//! said where they come in order of length.

/// Numbers in all tables of vectors, and entries in all code books, of a stream that is believed: the richest ones of
/// libvorbis have some tens of thousands.
const MOST: u64 = 1 << 20;

/// Bits, the low one of each byte first. Behind the end all are 0.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> u32 {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or(0);
            value |= u32::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        value
    }

    fn skip(&mut self, count: u64) {
        self.at = self.at.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
    }

    fn is_over(&self) -> bool {
        self.at > self.bytes.len() * 8
    }
}

/// Bits that `value` takes.
fn width(value: u32) -> u32 {
    32 - value.leading_zeros()
}

/// The greatest number whose power `dimensions` is at most `entries`.
fn root(entries: u32, dimensions: u32) -> u64 {
    let fits = |root: &u64| root.checked_pow(dimensions).is_some_and(|power| power <= u64::from(entries));
    let mut low = 0;
    let mut high = u64::from(entries) + 1;
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        (low, high) = if fits(&middle) { (middle, high) } else { (low, middle) };
    }
    low
}

/// Can the code books of a setup header be unpacked? What is wrong in another way is left to the decoder.
pub(super) fn is_bounded(setup: &[u8]) -> bool {
    let mut bits = Bits { bytes: setup.get(7..).unwrap_or_default(), at: 0 };
    let mut total = 0_u64;
    for _ in 0..=bits.take(8) {
        if bits.take(24) != 0x56_43_42 || bits.is_over() {
            return true; // no code book: the decoder stops here
        }
        let (dimensions, entries) = (bits.take(16), bits.take(24));
        if !lengths(&mut bits, entries) {
            return false;
        }
        let kind = bits.take(4);
        total += u64::from(entries);
        if matches!(kind, 1 | 2) {
            bits.skip(64);
            let value = u64::from(bits.take(4)) + 1;
            bits.skip(1);
            let all = u64::from(entries) * u64::from(dimensions);
            total += all;
            bits.skip(value * if kind == 2 { all } else { root(entries, dimensions.max(1)) });
        }
        if total > MOST {
            return false;
        }
        if bits.is_over() {
            return true;
        }
    }
    true
}

/// Pass over the lengths of the code words. Are they 32 bits at most?
fn lengths(bits: &mut Bits<'_>, entries: u32) -> bool {
    let ordered = bits.take(1) == 1;
    if ordered {
        let mut len = bits.take(5) + 1;
        let mut done = 0_u32;
        while done < entries && !bits.is_over() {
            let more = bits.take(width(entries - done));
            if len > 32 {
                return false;
            }
            (done, len) = (done.saturating_add(more), len + 1);
        }
    } else if bits.take(1) == 1 {
        for _ in 0..entries {
            if bits.take(1) == 1 {
                bits.skip(5);
            }
            if bits.is_over() {
                break;
            }
        }
    } else {
        bits.skip(u64::from(entries) * 5);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer of bits, the low one first.
    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn put(&mut self, value: u64, count: u32) -> &mut Writer {
            self.0.extend((0..count).map(|bit| value >> bit & 1 == 1));
            self
        }

        fn setup(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
            [b"\x05vorbis".to_vec(), self.0.chunks(8).map(byte).collect()].concat()
        }

        /// A code book in order of length with entries of 17 bits, each `dimensions` numbers.
        fn book(&mut self, dimensions: u64, entries: u64) -> &mut Writer {
            self.put(0x56_43_42, 24).put(dimensions, 16).put(entries, 24).put(1, 1).put(16, 5).put(entries, 18).put(1, 4);
            self.put(0, 32).put(0, 32).put(0, 4).put(0, 1).put(0, 1)
        }
    }

    #[test]
    fn many_large_books_in_few_bytes_are_not_believed() {
        let mut writer = Writer::default();
        writer.put(255, 8);
        for _ in 0..256 {
            writer.book(32, 1 << 17);
        }
        assert!(writer.setup().len() < 8192);
        assert!(!is_bounded(&writer.setup()));
        let mut small = Writer::default();
        small.put(1, 8).book(2, 1 << 16).book(4, 1 << 16);
        assert!(is_bounded(&small.setup()));
    }

    #[test]
    fn code_words_longer_than_any_number_are_not_believed() {
        let mut writer = Writer::default();
        // Four entries, in order, from 32 bits on: none of 32, one of 33.
        writer.put(0, 8).put(0x56_43_42, 24).put(1, 16).put(4, 24).put(1, 1).put(31, 5).put(0, 3).put(1, 3).put(0, 64);
        assert!(!is_bounded(&writer.setup()));
    }

    #[test]
    fn roots() {
        for (entries, dimensions, expected) in
            [(0, 3, 0), (1, 5, 1), (81, 4, 3), (80, 4, 2), (1 << 23, 1, 1 << 23), (5, 65535, 1)]
        {
            assert_eq!(root(entries, dimensions), expected, "{entries} {dimensions}");
        }
    }
}
