//! ECC (ECMA-130 annex A): the P and Q parity of Mode 1 and of Mode 2 Form 1.
//!
//! Bytes 12 to 2351 are 1170 words of two bytes; low and high bytes are two codes of their own. Written as rows of 43
//! words, a P codeword is a column (24 rows of data, 2 of parity) and a Q codeword a diagonal through the 26 rows of data
//! and P, going on in the first row below the last and in the first column behind the last one, 43 words long; its two
//! words of parity follow behind.
//!
//! A codeword `v` of `n` bytes is right if both its sums are zero: the plain one, and that of alpha^(n-1-i) v(i). So with
//! the sums `s0` and `s1` over the data alone, the first byte of parity is (s0 + s1) / 3 and the second is the first + s0.
//!
//! Sixteen columns or diagonals go through the arithmetic at once, in fixed arrays of 16 bytes that the compiler keeps in
//! vector registers. The powers of alpha come from doubling the sum once for every row (Horner's rule).

mod columns;
mod diagonals;
pub(crate) mod field;

use crate::layout::{BODY, ECC_P, ECC_Q, HEADER, RAW};
use field::Vector;

/// Bytes of P and Q parity together.
pub const LEN: usize = RAW - ECC_P;

/// Bytes of a row of 43 words.
const ROW: usize = 86;

/// Writes P and Q (bytes 81Ch to 92Fh) of a Mode 1 sector; its header counts.
pub fn write_mode1(raw: &mut [u8; RAW]) {
    write(raw, &Header::COUNTS);
}

/// Writes P and Q (bytes 81Ch to 92Fh) of a Form 1 sector. The header counts as zero, and stays as it is.
pub fn write_form1(raw: &mut [u8; RAW]) {
    write(raw, &Header::IS_ZERO);
}

/// Whether P and Q of a Mode 1 sector fit.
#[must_use]
pub fn holds_mode1(raw: &[u8; RAW]) -> bool {
    holds(raw, &Header::COUNTS)
}

/// Whether P and Q of a Form 1 sector fit.
#[must_use]
pub fn holds_form1(raw: &[u8; RAW]) -> bool {
    holds(raw, &Header::IS_ZERO)
}

/// P and Q, as bytes 81Ch to 92Fh should be, of a Mode 1 sector (`form1` false) or a Form 1 sector.
#[must_use]
pub fn parity(raw: &[u8; RAW], form1: bool) -> [u8; LEN] {
    let mut copy = *raw;
    if form1 {
        write_form1(&mut copy);
    } else {
        write_mode1(&mut copy);
    }
    let mut parity = [0; LEN];
    parity.copy_from_slice(&copy[ECC_P..]);
    parity
}

/// Q covers P, so P comes first.
fn write(raw: &mut [u8; RAW], header: &Header) {
    let p = columns::parity(raw, header);
    raw[ECC_P..ECC_Q].copy_from_slice(&p);
    let q = diagonals::parity(raw, header);
    raw[ECC_Q..].copy_from_slice(&q);
}

/// If P is right, the Q made of the stored P is the Q that writing would give.
fn holds(raw: &[u8; RAW], header: &Header) -> bool {
    raw[ECC_P..ECC_Q] == columns::parity(raw, header) && raw[ECC_Q..] == diagonals::parity(raw, header)
}

/// Whether the header, the first two words of the first row, counts: the only difference between the modes. Masks for the
/// first vectors of that row.
struct Header {
    /// From the first word on.
    columns: Vector,
    /// From one word before it on, which never counts.
    diagonals: Vector,
}

impl Header {
    const COUNTS: Self = Self { columns: zeros_first(0), diagonals: zeros_first(2) };
    const IS_ZERO: Self = Self { columns: zeros_first(BODY - HEADER), diagonals: zeros_first(2 + BODY - HEADER) };
}

/// So many zeros, then FFh.
const fn zeros_first(count: usize) -> Vector {
    let mut mask = [0xFF; 16];
    let mut at = 0;
    while at < count {
        mask[at] = 0;
        at += 1;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sector() -> [u8; RAW] {
        core::array::from_fn(|i| (i * i / 7).to_le_bytes()[0])
    }

    #[test]
    fn header_counts_in_mode_1_only() {
        let mut raw = sector();
        let other_header = {
            let mut raw = raw;
            raw[12] ^= 1;
            raw
        };
        assert_ne!(parity(&raw, false), parity(&other_header, false));
        assert_eq!(parity(&raw, true), parity(&other_header, true));
        let header = [raw[12], raw[13], raw[14], raw[15]];
        write_form1(&mut raw);
        assert_eq!(raw[12..16], header, "header is untouched");
    }

    /// Wrong P under a Q that fits it, and the other way round.
    #[test]
    fn p_and_q_are_both_looked_at() {
        let mut raw = sector();
        write_mode1(&mut raw);
        assert!(holds_mode1(&raw));
        raw[ECC_P] ^= 1;
        let q = diagonals::parity(&raw, &Header::COUNTS);
        raw[ECC_Q..].copy_from_slice(&q);
        assert!(!holds_mode1(&raw));
        write_mode1(&mut raw);
        raw[RAW - 1] ^= 1;
        assert!(!holds_mode1(&raw));
    }

    #[test]
    fn parity_does_not_depend_on_what_stood_there() {
        let mut raw = sector();
        let fresh = parity(&raw, true);
        raw[ECC_P..].fill(0xFF);
        assert_eq!(parity(&raw, true), fresh);
    }
}
