//! CD-TEXT packs by hand (IEC 61866): 18 bytes each, for `.cdt` files.

use crate::reference::crc16;

/// One pack: kind, track, sequence number, block and character position, 12 bytes of text, CRC.
#[must_use]
pub fn pack(kind: u8, track: u8, sequence: u8, position: u8, text: &[u8]) -> [u8; 18] {
    let mut out = [0; 18];
    out[..4].copy_from_slice(&[kind, track, sequence, position]);
    for (to, from) in out[4..16].iter_mut().zip(text) {
        *to = *from;
    }
    let sum = crc16(&out[..16]);
    out[16..].copy_from_slice(&sum.to_be_bytes());
    out
}

/// Packs of one kind: the disc's string and each track's, each ended by a zero, running on from pack to pack.
fn packs_of(kind: u8, strings: &[&str], sequence: &mut u8) -> Vec<[u8; 18]> {
    let letters: Vec<(u8, u8, u8)> = (0_u8..)
        .zip(strings)
        .flat_map(|(track, text)| {
            let bytes = text.bytes().chain([0]);
            bytes.enumerate().map(move |(place, byte)| (track, u8::try_from(place.min(15)).unwrap_or(15), byte))
        })
        .collect();
    let mut packs = Vec::new();
    for chunk in letters.chunks(12) {
        let text: Vec<u8> = chunk.iter().map(|letter| letter.2).collect();
        packs.push(pack(kind, chunk[0].0, *sequence, chunk[0].1, &text));
        *sequence += 1;
    }
    packs
}

/// Block 0 in ISO 8859-1, English (09h): titles and performers, the disc's first, and the three packs of size
/// information. `last_track` is the last track number; the first is 1.
#[must_use]
pub fn block(titles: &[&str], performers: &[&str], last_track: u8) -> Vec<[u8; 18]> {
    let mut sequence = 0;
    let mut packs = packs_of(0x80, titles, &mut sequence);
    let title_packs = sequence;
    packs.extend(packs_of(0x81, performers, &mut sequence));
    let mut sizes = [0; 36];
    sizes[1] = 1;
    sizes[2] = last_track;
    sizes[4] = title_packs;
    sizes[5] = sequence - title_packs;
    sizes[4 + 15] = 3;
    sizes[20] = sequence + 2; // last sequence number of block 0
    sizes[28] = 0x09;
    for (number, part) in (0_u8..).zip(sizes.chunks(12)) {
        packs.push(pack(0x8F, number, sequence + number, 0, part));
    }
    packs
}

#[cfg(test)]
mod tests {
    use super::{block, pack};

    #[test]
    fn published_crc() {
        assert_eq!(pack(0x80, 0, 0, 0, b"TestDiskTitl")[16..], [0xE2, 0x22]);
    }

    /// The second pack begins in the disc's title (letter 12), the third in the title of track 1 (letter 9).
    #[test]
    fn strings_run_on_from_pack_to_pack() {
        let packs = block(&["Counted Sounds", "Up and down"], &["A", "B"], 1);
        let heads: Vec<&[u8]> = packs.iter().map(|pack| &pack[..4]).collect();
        assert_eq!(heads[..3], [[0x80, 0, 0, 0], [0x80, 0, 1, 12], [0x80, 1, 2, 9]]);
        assert_eq!(heads[3..], [[0x81, 0, 3, 0], [0x8F, 0, 4, 0], [0x8F, 1, 5, 0], [0x8F, 2, 6, 0]]);
        assert_eq!(&packs[1][4..16], b"ds\0Up and do");
        assert_eq!(packs[4][4..10], [0, 1, 1, 0, 3, 1]);
    }
}
