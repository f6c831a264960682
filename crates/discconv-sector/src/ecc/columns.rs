//! P: 43 columns of words, which is 86 columns of bytes.

use super::field::{Sums, THIRD, Vector, double, load};
use super::{FirstRow, ROW};
use crate::layout::{HEADER, RAW};

/// Rows of data.
const ROWS: usize = 24;
/// Bytes that go through the arithmetic: the row and what follows it, up to a whole number of vectors.
const WIDTH: usize = 96;
/// Vectors of a half of them: both sums of so many fit into registers.
const HALF: usize = WIDTH / 32;

/// Both bytes of parity of every column: 86 of the one, then 86 of the other.
#[inline(never)]
pub(super) fn parity(raw: &[u8; RAW], first: &FirstRow) -> [u8; 2 * ROW] {
    let (mut plain, mut weighted) = ([0; WIDTH], [0; WIDTH]);
    for half in [0, WIDTH / 2] {
        for (i, sums) in half_of_columns(raw, first, half).iter().enumerate() {
            let at = half + 16 * i;
            plain[at..at + 16].copy_from_slice(&sums.plain);
            weighted[at..at + 16].copy_from_slice(&sums.weighted);
        }
    }
    let a = solve(&plain, &weighted);
    let mut parity = [0; 2 * ROW];
    parity[..ROW].copy_from_slice(&a[..ROW]);
    for (byte, (a, plain)) in parity[ROW..].iter_mut().zip(a.iter().zip(&plain)) {
        *byte = a ^ plain;
    }
    parity
}

/// The sums of 48 columns of bytes from column `from` on.
#[inline(always)]
fn half_of_columns(raw: &[u8; RAW], first: &FirstRow, from: usize) -> [Sums; HALF] {
    let mut sums: [Sums; HALF] = core::array::from_fn(|i| {
        let data: Vector = first.vector(FirstRow::LEFT + from + 16 * i);
        Sums { plain: data, weighted: data }
    });
    for row in 1..ROWS {
        let at = HEADER + ROW * row + from;
        for (i, sums) in sums.iter_mut().enumerate() {
            sums.add(&load(raw, at + 16 * i));
        }
    }
    sums
}

/// First byte of parity: (plain + weighted) / 3, where the weighted sum still lacks alpha^2, for the two bytes of parity
/// come behind the data.
#[inline(always)]
fn solve(plain: &[u8; WIDTH], weighted: &[u8; WIDTH]) -> [u8; WIDTH] {
    core::array::from_fn(|i| {
        let sum = plain[i] ^ double(double(weighted[i]));
        (0..8).rev().fold(0, |product, bit| double(product) ^ if THIRD >> bit & 1 == 1 { sum } else { 0 })
    })
}
