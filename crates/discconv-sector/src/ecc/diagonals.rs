//! Q: 26 diagonals of words.
//!
//! Row `r` of the 26 rows is 43 words of a longer line in which every row begins one place further left than the row
//! above, so that a diagonal stands still: column `k` of row `r` is place `25 - r + k`. A diagonal that leaves the last
//! row at place `a` goes on in the first row at place `a + 26`. So the sums of place `a` begin with those of place
//! `a - 26`, and after all rows places 42 to 67 hold the sums of all 43 words:
//!
//! ```text
//! place          25  26  27 ...             67
//! row 0           0   1   2 ...             42
//! row 1       0   1   2   3 ...         42
//! row 25  0 ...   (places 0 to 42)
//! ```
//!
//! Eight places make a vector. Each is carried through the rows in which any of its places has a column.

use super::field::{Sums, THIRD, Vector, double, load, masked, mul};
use super::{Header, ROW};
use crate::layout::{HEADER, RAW};

/// Data and P.
const ROWS: usize = 26;
const COLUMNS: usize = 43;
/// Places from where a diagonal leaves the last row to where it goes on in the first.
const TURN: usize = ROWS;
/// Places of a vector.
const PLACES: usize = 8;
const VECTORS: usize = 9;
/// The vector with the first column of the first row, at its second place.
const CORNER: usize = 3;
/// First vector with complete diagonals.
const FIRST_COMPLETE: usize = 5;
/// Bytes of the vectors with complete diagonals.
const COMPLETE: usize = 16 * (VECTORS - FIRST_COMPLETE);

/// Rows in which vector `v` has columns: the first, and the one behind the last.
const fn rows_of(v: usize) -> (usize, usize) {
    let (left, right) = (PLACES * v, PLACES * v + PLACES - 1);
    let first = (ROWS - 1).saturating_sub(right);
    let last = ROWS + COLUMNS - 2 - left;
    (first, if last < ROWS { last + 1 } else { ROWS })
}

/// FFh for the bytes of columns 0 to 42 in a line of bytes that has column 0 at [`MASK_ORIGIN`].
static MASK: [u8; 256] = {
    let mut mask = [0; 256];
    let mut at = MASK_ORIGIN;
    while at < MASK_ORIGIN + ROW {
        mask[at] = 0xFF;
        at += 1;
    }
    mask
};
const MASK_ORIGIN: usize = 84;

/// Sums of all places, each line after as many zero bytes as a turn has: these are the sums of places -26 to -1.
struct Line {
    plain: [u8; 2 * TURN + 16 * VECTORS],
    weighted: [u8; 2 * TURN + 16 * VECTORS],
}

impl Line {
    /// Carries vector `V` through its rows. The vectors must come in order: each goes on with what is 26 places to its
    /// left.
    // Never inlined: nine of these in one function come out half scalar, at half the speed.
    #[inline(never)]
    fn carry<const V: usize>(&mut self, raw: &[u8; RAW], header: &Header) {
        let (mut row, end) = const { rows_of(V) };
        let mut sums = Sums { plain: *load(&self.plain, 16 * V), weighted: *load(&self.weighted, 16 * V) };
        if V == CORNER {
            sums.add(&masked(load(raw, HEADER - 2), &header.diagonals));
            row = 1;
        }
        while row < end {
            sums.add(&part_of_row::<V>(raw, row));
            row += 1;
        }
        let at = 2 * TURN + 16 * V;
        self.plain[at..at + 16].copy_from_slice(&sums.plain);
        self.weighted[at..at + 16].copy_from_slice(&sums.weighted);
    }
}

/// What row `row` has at the places of vector `V`: zero left of its first column and right of its last.
#[inline(always)]
fn part_of_row<const V: usize>(raw: &[u8; RAW], row: usize) -> Vector {
    // As if the row went on to the left: the bytes of place 0 are those of column `row - 25`.
    let from_place_0 = 16 * V + 2 * row;
    let data = load(raw, HEADER + ROW * row + from_place_0 - 2 * (ROWS - 1));
    // The two vectors in the middle lie within every row, but for the corner.
    if V == CORNER || V == CORNER + 1 {
        return *data;
    }
    masked(data, load(&MASK, MASK_ORIGIN + from_place_0 - 2 * (ROWS - 1)))
}

/// Both bytes of parity of every diagonal: 52 of the one, then 52 of the other.
#[inline(never)]
pub(super) fn parity(raw: &[u8; RAW], header: &Header) -> [u8; 4 * ROWS] {
    let mut line = Line { plain: [0; 2 * TURN + 16 * VECTORS], weighted: [0; 2 * TURN + 16 * VECTORS] };
    line.carry::<0>(raw, header);
    line.carry::<1>(raw, header);
    line.carry::<2>(raw, header);
    line.carry::<3>(raw, header);
    line.carry::<4>(raw, header);
    line.carry::<5>(raw, header);
    line.carry::<6>(raw, header);
    line.carry::<7>(raw, header);
    line.carry::<8>(raw, header);
    let (mut plain, mut weighted) = ([0; COMPLETE], [0; COMPLETE]);
    let from = 2 * TURN + 16 * FIRST_COMPLETE;
    plain.copy_from_slice(&line.plain[from..]);
    weighted.copy_from_slice(&line.weighted[from..]);

    let a = solve(&plain, &weighted);
    let b = core::array::from_fn(|i| a[i] ^ plain[i]);
    let mut parity = [0; 4 * ROWS];
    in_order(&a, &mut parity[..2 * ROWS]);
    in_order(&b, &mut parity[2 * ROWS..]);
    parity
}

/// FACTOR_BITS[7 - n] says where bit n of the factor is set by which the weighted sum of each byte is still to be
/// multiplied: alpha^2 for the two words of parity, less one alpha for every row that its vector went on through after
/// its own last one, and a third.
static FACTOR_BITS: [[u8; COMPLETE]; 8] = {
    let mut bits = [[0; COMPLETE]; 8];
    let mut at = 0;
    while at < COMPLETE {
        let place = PLACES * FIRST_COMPLETE + at / 2;
        let factor = factor(place);
        let mut bit = 0;
        while bit < 8 {
            if factor >> (7 - bit) & 1 == 1 {
                bits[bit][at] = 0xFF;
            }
            bit += 1;
        }
        at += 1;
    }
    bits
};

/// The factor of one place; any value will do for places that are no complete diagonal.
const fn factor(place: usize) -> u8 {
    let (_, end) = rows_of(place / PLACES);
    let own_end = (ROWS + COLUMNS - 1).saturating_sub(place);
    let mut exponent = 255 + 2 - end.saturating_sub(own_end); // alpha^255 = 1
    let mut factor = THIRD;
    while exponent > 0 {
        factor = mul(factor, 2);
        exponent -= 1;
    }
    factor
}

/// First byte of parity: plain / 3 + weighted * factor, from the highest bit of both factors down.
#[inline(always)]
fn solve(plain: &[u8; COMPLETE], weighted: &[u8; COMPLETE]) -> [u8; COMPLETE] {
    let mut a = [0; COMPLETE];
    for (bit, mask) in FACTOR_BITS.iter().enumerate() {
        let third = if THIRD >> (7 - bit) & 1 == 1 { 0xFF } else { 0 };
        for (i, a) in a.iter_mut().enumerate() {
            *a = double(*a) ^ (weighted[i] & mask[i]) ^ (plain[i] & third);
        }
    }
    a
}

/// From places to diagonals. Diagonal q begins in the first column of row q, at place 25 - q, and ends 26 or 52 places
/// further on: 51 - q for the first ten, 77 - q for the others.
#[inline(always)]
fn in_order(places: &[u8; COMPLETE], diagonals: &mut [u8]) {
    const LAST: usize = PLACES * VECTORS - 1;
    let mut reversed = [0; COMPLETE];
    for (to, from) in reversed.chunks_exact_mut(2).zip(places.chunks_exact(2).rev()) {
        to.copy_from_slice(from);
    }
    let (first_ten, others) = diagonals.split_at_mut(20);
    first_ten.copy_from_slice(&reversed[2 * (LAST - 51)..2 * (LAST - 41)]);
    others.copy_from_slice(&reversed[2 * (LAST - 67)..2 * (LAST - 51)]);
}
