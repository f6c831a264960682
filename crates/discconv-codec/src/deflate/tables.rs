//! Constants of RFC 1951, 3.2.5 to 3.2.7.

/// Longest code of literals, lengths and distances.
pub(super) const MAX_BITS: usize = 15;

/// Shortest match of each length symbol, 257 on.
pub(super) const LENGTH_BASE: [usize; 29] =
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

/// Bits that follow each length symbol.
pub(super) const LENGTH_EXTRA: [u8; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

/// Nearest match of each distance symbol.
pub(super) const DISTANCE_BASE: [usize; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
    12289, 16385, 24577,
];

/// Bits that follow each distance symbol.
pub(super) const DISTANCE_EXTRA: [u8; 30] =
    [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

/// In which order a header gives the lengths of the 19 codes of code lengths.
pub(super) const CODE_LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Code lengths of literals and lengths in a block without a header.
pub(super) const fn fixed_literal_lengths() -> [u8; 288] {
    let mut lengths = [8; 288];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    lengths
}

#[expect(clippy::cast_possible_truncation, reason = "there are 29 slots")]
/// Which length symbol, less 257, each length from 3 to 258 has.
const LENGTH_SLOTS: [u8; 259] = {
    let mut slots = [0; 259];
    let mut slot = 0;
    while slot < 29 {
        let mut length = LENGTH_BASE[slot];
        while length < 259 {
            slots[length] = slot as u8;
            length += 1;
        }
        slot += 1;
    }
    slots
};

/// The length symbol, less 257, of a length from 3 to 258.
#[inline]
pub(super) fn length_slot(length: u16) -> usize {
    usize::from(LENGTH_SLOTS[usize::from(length)])
}

/// The distance symbol of a distance from 1 to 32768.
#[inline]
pub(super) fn distance_slot(distance: u16) -> usize {
    let offset = u32::from(distance) - 1;
    // Two symbols for each power of two, by the bit below the highest.
    let slot = if offset < 4 {
        offset
    } else {
        let high = offset.ilog2();
        2 * high + (offset >> (high - 1) & 1)
    };
    slot as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_bases() {
        for distance in 1..=32768u16 {
            let slot = DISTANCE_BASE.iter().rposition(|base| *base <= usize::from(distance));
            assert_eq!(Some(distance_slot(distance)), slot, "{distance}");
        }
        for length in 3..=258u16 {
            let slot = LENGTH_BASE.iter().rposition(|base| *base <= usize::from(length));
            assert_eq!(Some(length_slot(length)), slot, "{length}");
        }
    }
}
