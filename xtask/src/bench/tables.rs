//! The usual way to make EDC and ECC: tables, a byte at a time. What other tools do, and what ours is measured against.
//!
//! Layout and polynomials: ECMA-130, 14 and annexes A and B.

/// Bytes of a raw sector.
pub(super) const RAW: usize = 2352;
/// Bytes of user data in Mode 1 and Mode 2 Form 1.
pub(super) const USER: usize = 2048;
const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];
/// Sectors before LBA 0 in the time count.
const LEAD: u32 = 150;

/// How 2048 bytes are framed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Framing {
    Mode1,
    Mode2Form1,
}

pub(super) struct Tables {
    edc: [u32; 256],
    /// Multiplication by 2, and division by 3, in GF(2^8) over 11Dh.
    double: [u8; 256],
    third: [u8; 256],
}

impl Tables {
    pub(super) fn new() -> Self {
        let mut tables = Self { edc: [0; 256], double: [0; 256], third: [0; 256] };
        for byte in 0..=255u8 {
            let at = usize::from(byte);
            let doubled = (byte << 1) ^ if byte & 0x80 == 0 { 0 } else { 0x1D };
            tables.double[at] = doubled;
            tables.third[usize::from(byte ^ doubled)] = byte;
            tables.edc[at] = (0..8).fold(u32::from(byte), |edc, _| (edc >> 1) ^ if edc & 1 == 0 { 0 } else { 0xD801_8001 });
        }
        tables
    }

    fn edc(&self, bytes: &[u8]) -> u32 {
        bytes.iter().fold(0, |edc, byte| (edc >> 8) ^ self.edc[usize::from(edc.to_le_bytes()[0] ^ byte)])
    }

    /// One plane of parity: `columns` words of `rows` bytes each, `step` bytes apart, wrapping at `size`.
    fn parity(&self, raw: &mut [u8; RAW], shape: Shape) {
        for column in 0..shape.columns {
            let mut at = (column >> 1) * shape.first + (column & 1);
            let (mut weighted, mut plain) = (0u8, 0u8);
            for _ in 0..shape.rows {
                let byte = raw[12 + at];
                at += shape.step;
                if at >= shape.size {
                    at -= shape.size;
                }
                weighted = self.double[usize::from(weighted ^ byte)];
                plain ^= byte;
            }
            let parity = self.third[usize::from(self.double[usize::from(weighted)] ^ plain)];
            raw[shape.place + column] = parity;
            raw[shape.place + column + shape.columns] = parity ^ plain;
        }
    }

    /// Frames the user data that already stands in `raw`: sync, header, subheader, EDC, ECC.
    pub(super) fn frame(&self, raw: &mut [u8; RAW], lba: u32, framing: Framing) {
        raw[..12].copy_from_slice(&SYNC);
        match framing {
            Framing::Mode1 => {
                raw[12..16].copy_from_slice(&header(lba, 1));
                let edc = self.edc(&raw[..2064]);
                raw[2064..2068].copy_from_slice(&edc.to_le_bytes());
                raw[2068..2076].fill(0);
            }
            Framing::Mode2Form1 => {
                // The header counts as zero in the parity of Mode 2.
                raw[12..16].fill(0);
                raw[16..24].copy_from_slice(&[0, 0, 8, 0, 0, 0, 8, 0]);
                let edc = self.edc(&raw[16..2072]);
                raw[2072..2076].copy_from_slice(&edc.to_le_bytes());
            }
        }
        self.parity(raw, P);
        self.parity(raw, Q);
        if framing == Framing::Mode2Form1 {
            raw[12..16].copy_from_slice(&header(lba, 2));
        }
    }
}

struct Shape {
    columns: usize,
    rows: usize,
    /// Distance of the first bytes of two words, and of two bytes of a word.
    first: usize,
    step: usize,
    size: usize,
    place: usize,
}

const P: Shape = Shape { columns: 86, rows: 24, first: 2, step: 86, size: 2064, place: 0x81C };
const Q: Shape = Shape { columns: 52, rows: 43, first: 86, step: 88, size: 2236, place: 0x8C8 };

fn header(lba: u32, mode: u8) -> [u8; 4] {
    let bcd = |number: u32| u8::try_from(number / 10 * 16 + number % 10).unwrap_or(0);
    let frames = lba + LEAD;
    [bcd(frames / 4500), bcd(frames / 75 % 60), bcd(frames % 75), mode]
}

/// Where the user data stands in a raw sector.
pub(super) fn user_start(framing: Framing) -> usize {
    match framing {
        Framing::Mode1 => 16,
        Framing::Mode2Form1 => 24,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_testkit::{Rng, reference};

    #[test]
    fn tables_and_definition_agree() {
        let tables = Tables::new();
        let user = Rng::new(3).bytes(USER);
        for lba in [0u16, 16, 4350, 30_000] {
            for framing in [Framing::Mode1, Framing::Mode2Form1] {
                let mut raw = [0; RAW];
                let at = user_start(framing);
                raw[at..at + USER].copy_from_slice(&user);
                tables.frame(&mut raw, u32::from(lba), framing);
                let expected = match framing {
                    Framing::Mode1 => reference::mode1(i32::from(lba), &user),
                    Framing::Mode2Form1 => reference::form1(i32::from(lba), [0, 0, 8, 0], &user),
                };
                assert!(raw == expected, "{framing:?} at {lba}");
            }
        }
    }
}
