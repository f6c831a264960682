//! Correction of a damaged sector by its P and Q parity (ECMA-130 annex A).
//!
//! Each codeword of the two codes (P: 26 bytes, Q: 45) has two bytes of parity: it corrects one wrong byte whose place is
//! unknown, or two whose places are known. A byte of data is in one codeword of each code, so what one code could not
//! correct the other often can: they take turns until nothing is wrong any more. A code whose other code has only one or two
//! wrong codewords left is told where the errors must be: each P codeword (a column) meets each Q codeword (a diagonal) in
//! exactly one byte.
//!
//! A codeword with more errors than it can correct may be "corrected" into something else; what counts in the end is that
//! all codewords and the EDC hold, else nothing is changed at all.

use crate::ecc::field::double;
use crate::layout::{BODY, HEADER, RAW, SYNC};
use crate::protect::Protection;

/// Words of a row, and rows of data and P.
const COLUMNS: usize = 43;
const ROWS: usize = 26;
/// Words of data and P, and the diagonals through them.
const WORDS: usize = COLUMNS * ROWS;
const DIAGONALS: usize = 26;
/// Bytes of a codeword of P, and of Q.
const P_LEN: usize = ROWS;
const Q_LEN: usize = COLUMNS + 2;
/// More turns than these never help.
const TURNS: usize = 12;

/// Tables of powers of alpha and of logarithms.
struct Field {
    power: [u8; 510],
    log: [u8; 256],
}

const FIELD: Field = {
    let (mut power, mut log) = ([0; 510], [0; 256]);
    let (mut value, mut exponent) = (1_u8, 0_u8);
    while exponent < 255 {
        power[exponent as usize] = value;
        power[exponent as usize + 255] = value;
        log[value as usize] = exponent;
        value = double(value);
        exponent += 1;
    }
    Field { power, log }
};

fn times(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        0
    } else {
        FIELD.power[usize::from(FIELD.log[usize::from(a)]) + usize::from(FIELD.log[usize::from(b)])]
    }
}

/// `b` is not zero.
fn over(a: u8, b: u8) -> u8 {
    if a == 0 { 0 } else { FIELD.power[usize::from(FIELD.log[usize::from(a)]) + 255 - usize::from(FIELD.log[usize::from(b)])] }
}

/// One of the two codes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    P,
    Q,
}

impl Code {
    /// Codewords in each half (low and high bytes of the words).
    fn codewords(self) -> usize {
        match self {
            Code::P => COLUMNS,
            Code::Q => DIAGONALS,
        }
    }

    fn len(self) -> usize {
        match self {
            Code::P => P_LEN,
            Code::Q => Q_LEN,
        }
    }

    /// Place in the sector of byte `i` of a codeword.
    fn place(self, half: usize, codeword: usize, i: usize) -> usize {
        let word = match self {
            Code::P => COLUMNS * i + codeword,
            Code::Q if i < COLUMNS => ((COLUMNS + 1) * i + COLUMNS * codeword) % WORDS,
            Code::Q => WORDS + DIAGONALS * (i - COLUMNS) + codeword,
        };
        HEADER + 2 * word + half
    }

    fn other(self) -> Code {
        match self {
            Code::P => Code::Q,
            Code::Q => Code::P,
        }
    }

    /// Which byte of this code's codeword lies in `crossing` of the other code. A Q codeword's parity lies in no column.
    fn meets(self, codeword: usize, crossing: usize) -> usize {
        match self {
            // Row r of column c is in the diagonal whose step i (= c) reached that row.
            Code::P => (crossing + codeword * (COLUMNS + 1) / COLUMNS) % ROWS,
            Code::Q => crossing,
        }
    }

    /// Both sums of a codeword; zero if it is right.
    fn sums(self, raw: &[u8; RAW], half: usize, codeword: usize) -> (u8, u8) {
        (0..self.len()).fold((0, 0), |(plain, weighted), i| {
            let byte = raw[self.place(half, codeword, i)];
            (plain ^ byte, double(weighted) ^ byte)
        })
    }

    /// The weight of byte `i` in the second sum.
    fn weight(self, i: usize) -> u8 {
        FIELD.power[self.len() - 1 - i]
    }
}

/// Correct the sector by its parity, so that all that protects it holds again. Returns how many bytes were changed; `None`
/// if that cannot be, and then nothing is changed. What has no parity (Form 2) is never changed.
///
/// The sync, which everybody knows, is put right first; the header of Mode 1 is covered by the parity, that of Form 1 is not.
pub fn correct(raw: &mut [u8; RAW], protection: Protection) -> Option<usize> {
    if protection == Protection::Form2 {
        return None;
    }
    [Code::Q, Code::P].into_iter().find_map(|first| {
        let mut mended = *raw;
        mended[..HEADER].copy_from_slice(&SYNC);
        if protection == Protection::Form1 {
            mended[HEADER..BODY].fill(0);
        }
        let settled = settle(&mut mended, first);
        if protection == Protection::Form1 {
            mended[HEADER..BODY].copy_from_slice(&raw[HEADER..BODY]);
        }
        if !settled || !protection.holds(&mended) {
            return None;
        }
        let changed = mended.iter().zip(raw.iter()).filter(|(new, old)| new != old).count();
        *raw = mended;
        Some(changed)
    })
}

/// Let the codes take turns; `true` if all codewords are right in the end.
fn settle(raw: &mut [u8; RAW], first: Code) -> bool {
    for _ in 0..TURNS {
        // Where places are known nothing is guessed, so that comes first.
        let mut changed = [Code::P, Code::Q].into_iter().any(|code| pairs(raw, code));
        for code in [first, first.other()] {
            changed |= singles(raw, code);
        }
        if !changed {
            break;
        }
    }
    (0..2).all(|half| [Code::P, Code::Q].into_iter().all(|code| wrong(raw, code, half).is_empty()))
}

/// The codewords that are wrong.
fn wrong(raw: &[u8; RAW], code: Code, half: usize) -> Vec<usize> {
    (0..code.codewords()).filter(|codeword| code.sums(raw, half, *codeword) != (0, 0)).collect()
}

/// Correct each codeword that looks like one with a single wrong byte.
fn singles(raw: &mut [u8; RAW], code: Code) -> bool {
    let mut changed = false;
    for half in 0..2 {
        for codeword in wrong(raw, code, half) {
            let (plain, weighted) = code.sums(raw, half, codeword);
            if plain == 0 || weighted == 0 {
                continue;
            }
            let exponent = usize::from(FIELD.log[usize::from(over(weighted, plain))]);
            if let Some(i) = (code.len() - 1).checked_sub(exponent) {
                raw[code.place(half, codeword, i)] ^= plain;
                changed = true;
            }
        }
    }
    changed
}

/// Correct the codewords where the other code says that only one or two of their bytes can be wrong.
fn pairs(raw: &mut [u8; RAW], code: Code) -> bool {
    let mut changed = false;
    for half in 0..2 {
        let suspects = wrong(raw, code.other(), half);
        if suspects.is_empty() || suspects.len() > 2 {
            continue;
        }
        for codeword in wrong(raw, code, half) {
            let places: Vec<usize> = suspects.iter().map(|suspect| code.meets(codeword, *suspect)).collect();
            changed |= erased(raw, code, half, codeword, &places);
        }
    }
    changed
}

/// Correct a codeword whose wrong bytes are known by place.
fn erased(raw: &mut [u8; RAW], code: Code, half: usize, codeword: usize, places: &[usize]) -> bool {
    let (plain, weighted) = code.sums(raw, half, codeword);
    let weights: Vec<u8> = places.iter().map(|i| code.weight(*i)).collect();
    let errors = match weights[..] {
        [weight] if times(weight, plain) == weighted => [plain, 0],
        [a, b] if a != b => {
            let first = over(weighted ^ times(b, plain), a ^ b);
            [first, first ^ plain]
        }
        _ => return false,
    };
    for (i, error) in places.iter().zip(errors) {
        raw[code.place(half, codeword, *i)] ^= error;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lba, Subheader, build_form1, build_mode1};

    fn sector(protection: Protection) -> [u8; RAW] {
        let mut raw = core::array::from_fn(|i| (i * i / 11 + i).to_le_bytes()[0]);
        match protection {
            Protection::Mode1 => build_mode1(Lba(77), &mut raw),
            _ => build_form1(Lba(77), &mut raw, Subheader::DATA),
        }
        raw
    }

    /// Damage by `harm`, and see whether it comes back alike.
    fn check(protection: Protection, harm: impl Fn(&mut [u8; RAW]), expected: Option<usize>) {
        let whole = sector(protection);
        let mut raw = whole;
        harm(&mut raw);
        let damaged = raw;
        assert_eq!(correct(&mut raw, protection), expected);
        assert!(raw == if expected.is_some() { whole } else { damaged });
    }

    #[test]
    fn columns_and_diagonals_meet_where_they_say() {
        for codeword in 0..COLUMNS {
            for diagonal in 0..DIAGONALS {
                let row = Code::P.meets(codeword, diagonal);
                let by_p = Code::P.place(0, codeword, row);
                let by_q = Code::Q.place(0, diagonal, Code::Q.meets(diagonal, codeword));
                assert_eq!(by_p, by_q, "column {codeword}, diagonal {diagonal}");
            }
        }
    }

    #[test]
    fn codewords_of_a_sound_sector_are_right() {
        for protection in [Protection::Mode1, Protection::Form1] {
            let mut raw = sector(protection);
            if protection == Protection::Form1 {
                raw[HEADER..BODY].fill(0);
            }
            for code in [Code::P, Code::Q] {
                assert!((0..2).all(|half| wrong(&raw, code, half).is_empty()));
            }
            check(protection, |_| {}, Some(0));
        }
    }

    #[test]
    fn each_single_byte_comes_back() {
        for place in (12..RAW).step_by(7) {
            check(Protection::Mode1, |raw| raw[place] ^= 0x5A, Some(1));
        }
        for place in (16..RAW).step_by(7) {
            check(Protection::Form1, |raw| raw[place] ^= 0x01, Some(1));
        }
    }

    #[test]
    fn a_scratch_comes_back() {
        // As many bytes in a row as a row of words has: one byte in each column, of each half.
        check(Protection::Mode1, |raw| raw[500..586].iter_mut().for_each(|byte| *byte ^= 0x77), Some(86));
        check(Protection::Form1, |raw| raw[500..586].iter_mut().for_each(|byte| *byte ^= 0x77), Some(86));
        // Two columns from top to bottom: more than any of their codewords can correct, but the diagonals say where.
        let columns = |raw: &mut [u8; RAW]| {
            for (column, row, half) in [3, 20].into_iter().flat_map(|c| (0..ROWS).flat_map(move |r| [(c, r, 0), (c, r, 1)])) {
                raw[Code::P.place(half, column, row)] ^= 0x31 + column.to_le_bytes()[0] + row.to_le_bytes()[0];
            }
        };
        check(Protection::Mode1, columns, Some(104));
        check(Protection::Mode1, |raw| raw[..12].fill(0x55), Some(12));
        check(Protection::Mode1, |raw| raw[2340..].fill(0x55), Some(12));
    }

    #[test]
    fn what_is_beyond_stays_as_it_is() {
        check(Protection::Mode1, |raw| raw[100..1300].fill(0x55), None);
        check(Protection::Form1, |raw| raw[16..2000].fill(0x55), None);
        // All codewords hold, but not the EDC: this was written so.
        let mut raw = sector(Protection::Mode1);
        raw[100] ^= 1;
        crate::ecc::write_mode1(&mut raw);
        let written = raw;
        assert_eq!(correct(&mut raw, Protection::Mode1), None);
        assert!(raw == written);
        assert_eq!(correct(&mut raw, Protection::Form2), None);
    }
}
