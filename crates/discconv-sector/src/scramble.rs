//! Scrambling (ECMA-130 annex B): on the disc, bytes 12 to 2351 of data sectors are combined with a fixed sequence.

use crate::layout::{HEADER, RAW};

/// The sequence, computed once by the compiler.
static TABLE: [u8; RAW - HEADER] = make_table();

/// A 15-bit register, x^15 + x + 1, that starts at 1; its lowest bits fill each byte from the lowest bit up.
const fn make_table() -> [u8; RAW - HEADER] {
    let mut table = [0; RAW - HEADER];
    let mut register = 1_u16;
    let mut at = 0;
    while at < table.len() {
        // The feedback enters at bit 14, so eight output bits are eight bits that are there already.
        table[at] = register.to_le_bytes()[0];
        let mut bit = 0;
        while bit < 8 {
            let feedback = (register ^ register >> 1) & 1;
            register = register >> 1 | feedback << 14;
            bit += 1;
        }
        at += 1;
    }
    table
}

/// The sequence: byte `i` of it belongs to byte `12 + i` of the sector.
#[must_use]
pub fn table() -> &'static [u8; RAW - HEADER] {
    &TABLE
}

/// Scrambles a sector, or descrambles a scrambled one. The sync field stays as it is.
pub fn apply(raw: &mut [u8; RAW]) {
    for (byte, mask) in raw[HEADER..].iter_mut().zip(&TABLE) {
        *byte ^= mask;
    }
}
