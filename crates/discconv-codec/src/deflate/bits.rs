//! Writing bits, lowest first (RFC 1951, 3.1.1).

/// Bytes so far and the bits of the next one.
#[derive(Default)]
pub(super) struct BitWriter {
    pub(super) bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl BitWriter {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        (self.held, self.count) = (0, 0);
    }

    /// The low `count` bits of `value`, at most 32; the others are 0.
    #[inline]
    pub(super) fn bits(&mut self, value: u64, count: u32) {
        self.held |= value << self.count;
        self.count += count;
        if self.count >= 32 {
            let [a, b, c, d, ..] = self.held.to_le_bytes();
            self.bytes.extend_from_slice(&[a, b, c, d]);
            self.held >>= 32;
            self.count -= 32;
        }
    }

    /// Zeros up to the next whole byte.
    pub(super) fn align(&mut self) {
        let whole = usize::try_from(self.count.div_ceil(8)).unwrap_or(0);
        self.bytes.extend_from_slice(&self.held.to_le_bytes()[..whole]);
        (self.held, self.count) = (0, 0);
    }
}
