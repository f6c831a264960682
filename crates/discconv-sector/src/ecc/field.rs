//! GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1, alpha = 2, on 16 bytes at once.

/// As much as one vector register of every target holds.
pub(super) type Vector = [u8; 16];

/// 1/3 of the field.
pub(super) const THIRD: u8 = 0xF4;

/// x^8 = x^4 + x^3 + x^2 + 1.
const REDUCTION: u8 = 0x1D;

/// Times alpha. Without a branch, so that it becomes an add, a compare, an and, an exclusive or.
#[inline(always)]
pub(crate) const fn double(x: u8) -> u8 {
    let top = (x.cast_signed() >> 7).cast_unsigned();
    (x << 1) ^ (top & REDUCTION)
}

/// The product.
pub(super) const fn mul(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a = double(a);
        b >>= 1;
    }
    product
}

/// 16 bytes of `bytes` from `at` on. A reference, since a copy would go through other registers.
#[inline(always)]
pub(super) fn load(bytes: &[u8], at: usize) -> &Vector {
    bytes[at..].first_chunk().unwrap_or(&[0; 16])
}

/// `data` where `mask` is FFh, zero where it is 0.
#[inline(always)]
pub(super) fn masked(data: &Vector, mask: &Vector) -> Vector {
    let mut result = *data;
    for (byte, mask) in result.iter_mut().zip(mask) {
        *byte &= mask;
    }
    result
}

/// The two sums of 16 codewords.
#[derive(Clone, Copy)]
pub(super) struct Sums {
    /// Of the bytes.
    pub(super) plain: Vector,
    /// Of the bytes times alpha^(number of bytes added after them).
    pub(super) weighted: Vector,
}

impl Sums {
    /// One more byte to each codeword. Inlined into loops over rows that are functions of their own: in a
    /// larger function the compiler takes the vectors apart again.
    #[expect(
        clippy::needless_range_loop,
        reason = "three zipped iterators come out of the compiler as half scalar code, at half the speed"
    )]
    #[inline(always)]
    pub(super) fn add(&mut self, data: &Vector) {
        for i in 0..16 {
            self.plain[i] ^= data[i];
            self.weighted[i] = double(self.weighted[i]) ^ data[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_times_three_is_one() {
        assert_eq!(mul(THIRD, 3), 1);
        for x in 0..=255 {
            assert_eq!(double(x), mul(x, 2));
            assert_eq!(mul(mul(x, THIRD), 3), x);
        }
    }
}
