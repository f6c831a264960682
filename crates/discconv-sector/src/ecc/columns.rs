//! P: 43 columns of words, which is 86 columns of bytes.

use super::field::{Sums, THIRD, double, load, masked, mul};
use super::{Header, ROW};
use crate::layout::{HEADER, RAW};

/// Rows of data.
const ROWS: usize = 24;
/// alpha^2 / 3.
const FOUR_THIRDS: u8 = mul(THIRD, 4);
/// Bytes that go through the arithmetic: the row and what follows it, up to a whole number of vectors.
const WIDTH: usize = 96;
/// Vectors of a half of them: both sums of so many fit into registers.
const HALF: usize = WIDTH / 32;

/// Both bytes of parity of every column: 86 of the one, then 86 of the other.
#[inline(never)]
pub(super) fn parity(raw: &[u8; RAW], header: &Header) -> [u8; 2 * ROW] {
    let (mut plain, mut weighted) = ([0; WIDTH], [0; WIDTH]);
    half_of_columns::<0>(raw, header, &mut plain, &mut weighted);
    half_of_columns::<{ WIDTH / 2 }>(raw, header, &mut plain, &mut weighted);
    let a = solve(&plain, &weighted);
    let mut parity = [0; 2 * ROW];
    parity[..ROW].copy_from_slice(&a[..ROW]);
    for (byte, (a, plain)) in parity[ROW..].iter_mut().zip(a.iter().zip(&plain)) {
        *byte = a ^ plain;
    }
    parity
}

/// The sums of 48 columns of bytes from column `FROM` on.
#[inline(never)]
fn half_of_columns<const FROM: usize>(raw: &[u8; RAW], header: &Header, plain: &mut [u8; WIDTH], weighted: &mut [u8; WIDTH]) {
    let mut sums: [Sums; HALF] = core::array::from_fn(|i| {
        let mut data = *load(raw, HEADER + FROM + 16 * i);
        if FROM + i == 0 {
            data = masked(&data, &header.columns);
        }
        Sums { plain: data, weighted: data }
    });
    for row in 1..ROWS {
        for (i, sums) in sums.iter_mut().enumerate() {
            sums.add(load(raw, HEADER + ROW * row + FROM + 16 * i));
        }
    }
    for (i, sums) in sums.iter().enumerate() {
        let at = FROM + 16 * i;
        plain[at..at + 16].copy_from_slice(&sums.plain);
        weighted[at..at + 16].copy_from_slice(&sums.weighted);
    }
}

/// First byte of parity: (plain + weighted alpha^2) / 3, for the two bytes of parity come behind the data. 1/3 is F4h and
/// alpha^2 / 3 is F7h, so both products go through the same doublings.
#[inline(never)]
fn solve(plain: &[u8; WIDTH], weighted: &[u8; WIDTH]) -> [u8; WIDTH] {
    let mut a = [0; WIDTH];
    for i in 0..WIDTH {
        let mut product = 0;
        let mut bit = 8;
        while bit > 0 {
            bit -= 1;
            product = double(product);
            product ^= match (THIRD >> bit & 1, FOUR_THIRDS >> bit & 1) {
                (1, 1) => plain[i] ^ weighted[i],
                (1, _) => plain[i],
                (_, 1) => weighted[i],
                _ => 0,
            };
        }
        a[i] = product;
    }
    a
}
