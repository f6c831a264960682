//! ECC (ECMA-130 annex A): the P and Q parity of Mode 1 and of Mode 2 Form 1.

use crate::layout::{BODY, ECC_P, HEADER, RAW};

/// Bytes of P and Q parity together.
pub const LEN: usize = RAW - ECC_P;

/// Writes P and Q of a Mode 1 sector; its header counts.
pub fn write_mode1(raw: &mut [u8; RAW]) {
    encode(raw);
}

/// Writes P and Q of a Form 1 sector. The header counts as zero, and stays as it is.
pub fn write_form1(raw: &mut [u8; RAW]) {
    let header = [raw[12], raw[13], raw[14], raw[15]];
    raw[HEADER..BODY].fill(0);
    encode(raw);
    raw[HEADER..BODY].copy_from_slice(&header);
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
    let mut out = [0; LEN];
    out.copy_from_slice(&copy[ECC_P..]);
    out
}

/// Whether P and Q of a Mode 1 sector fit.
#[must_use]
pub fn holds_mode1(raw: &[u8; RAW]) -> bool {
    raw[ECC_P..] == parity(raw, false)
}

/// Whether P and Q of a Form 1 sector fit.
#[must_use]
pub fn holds_form1(raw: &[u8; RAW]) -> bool {
    raw[ECC_P..] == parity(raw, true)
}

fn double(x: u8) -> u8 {
    (x << 1) ^ if x & 0x80 == 0 { 0 } else { 0x1D }
}

fn encode(raw: &mut [u8; RAW]) {
    for plane in 0..2 {
        for c in 0..43 {
            codeword(raw, plane, 1032 + c, 1075 + c, (0..24).map(|r| c + 43 * r));
        }
        for q in 0..26 {
            let words = (0..43).map(|k| (43 * q + 44 * k) % 1118);
            codeword(raw, plane, 1118 + q, 1144 + q, words);
        }
    }
}

fn codeword(
    raw: &mut [u8; RAW],
    plane: usize,
    first: usize,
    second: usize,
    words: impl Iterator<Item = usize>,
) {
    let (s0, s1) = words.fold((0, 0), |(s0, s1), w| {
        let byte = raw[HEADER + 2 * w + plane];
        (s0 ^ byte, double(s1 ^ byte))
    });
    let sum = s0 ^ double(s1);
    let third = (0..8).rev().fold(0, |acc, bit| {
        double(acc) ^ if 0xF4 >> bit & 1 == 1 { sum } else { 0 }
    });
    raw[HEADER + 2 * first + plane] = third;
    raw[HEADER + 2 * second + plane] = third ^ s0;
}
