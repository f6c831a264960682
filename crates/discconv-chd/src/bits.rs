//! Bits, the highest of a byte first.

/// Reads bits from a slice.
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to be loaded.
    at: usize,
    /// Bits that are loaded, from the top on; zeros or later bits of the slice below them.
    window: u64,
    /// How many of them count.
    held: u32,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Bits<'a> {
        Bits { bytes, at: 0, window: 0, held: 0 }
    }

    /// Load until there are at least 56, or all that are left.
    fn refill(&mut self) {
        if let Some(next) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            self.window |= u64::from_be_bytes(*next) >> self.held;
            let taken = (63 - self.held) / 8;
            self.at += taken as usize;
            self.held += taken * 8;
            return;
        }
        while self.held <= 56 {
            let Some(byte) = self.bytes.get(self.at) else { break };
            self.window |= u64::from(*byte) << (56 - self.held);
            self.at += 1;
            self.held += 8;
        }
    }

    /// The next 16 bits, with zeros behind the end.
    pub(crate) fn peek16(&mut self) -> u16 {
        if self.held < 16 {
            self.refill();
        }
        let [high, low, ..] = self.window.to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// Go on by `count` bits, at most 32; `None` if there are not as many.
    pub(crate) fn skip(&mut self, count: u32) -> Option<()> {
        self.held = self.held.checked_sub(count)?;
        self.window <<= count;
        Some(())
    }

    /// The next `count` bits, at most 32, as a number; `None` if there are not as many.
    pub(crate) fn read(&mut self, count: u32) -> Option<u32> {
        if self.held < count {
            self.refill();
        }
        let [a, b, c, d, ..] = self.window.to_be_bytes();
        let top = u64::from(u32::from_be_bytes([a, b, c, d]));
        self.skip(count)?;
        u32::try_from(top >> (32 - count.min(32))).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_width() {
        let bytes = [0xA5, 0x0F, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0x80];
        let mut bits = Bits::new(&bytes);
        for (count, expected) in
            [(0, 0), (1, 1), (3, 2), (12, 0x50F), (32, 0x1234_5678), (4, 9), (20, 0xABCDE), (8, 0xF0), (1, 1)]
        {
            assert_eq!(bits.read(count), Some(expected), "{count} bits");
        }
        assert_eq!(bits.peek16(), 0);
        assert_eq!(bits.read(7), Some(0));
        assert_eq!((bits.read(1), bits.read(0)), (None, Some(0)));
    }

    #[test]
    fn the_end_is_exact() {
        for length in 0..20_usize {
            let bytes: Vec<u8> = (1..).take(length).collect();
            let mut bits = Bits::new(&bytes);
            for expected in &bytes {
                assert_eq!(bits.peek16() >> 8, u16::from(*expected));
                assert_eq!(bits.read(8), Some(u32::from(*expected)));
            }
            assert_eq!(bits.read(1), None);
        }
    }
}
