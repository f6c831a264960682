//! Subchannel Q: where we are, the catalogue number, the ISRC, the table of contents.

use super::crc16;
use crate::address::{from_bcd, to_bcd};
use crate::layout::SUB;
use crate::{FRAMES_PER_SECOND, Msf};

/// Track number of the lead-out, as it stands on the disc.
const LEAD_OUT: u8 = 0xAA;

/// The 12 bytes of Q of one sector: control and ADR, nine bytes of data, CRC (high byte first).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Q(pub [u8; 12]);

/// What a [`Q`] says. Numbers are binary unless told otherwise.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum QContent {
    /// ADR 1 in the program area and the lead-out.
    Position {
        /// Track number, 1 to 99; AAh is the lead-out.
        track: u8,
        /// Index, 0 is the pregap.
        index: u8,
        /// Time since index 1; in index 0 the time that is left until then.
        relative: Msf,
        /// Address, as in headers.
        absolute: Msf,
    },
    /// ADR 1 or 5 in the lead-in: an entry of the table of contents, bytes as they stand on the disc.
    LeadIn {
        /// POINT: a track number in BCD, A0h to A2h, B0h and up.
        point: u8,
        /// MIN, SEC, FRAME: the running time of the lead-in (BCD), or what the POINT uses it for.
        time: [u8; 3],
        /// ZERO.
        zero: u8,
        /// PMIN, PSEC, PFRAME.
        pointed: [u8; 3],
    },
    /// ADR 2: the media catalogue number.
    Mcn {
        /// 13 digits.
        number: String,
        /// Frame of the absolute address.
        frame: u8,
    },
    /// ADR 3: the ISRC of the track.
    Isrc {
        /// 12 letters and digits.
        code: String,
        /// Frame of the absolute address.
        frame: u8,
    },
    /// Another ADR, or contents that do not fit theirs.
    Other,
}

impl Q {
    /// Q of packed subchannel.
    #[must_use]
    pub fn of_packed(packed: &[u8; SUB]) -> Self {
        let mut bytes = [0; 12];
        bytes.copy_from_slice(&packed[12..24]);
        Self(bytes)
    }

    /// Whether the CRC is right. All-zero bytes have a wrong one.
    #[must_use]
    pub fn crc_ok(&self) -> bool {
        crc16(&self.0[..10]).to_be_bytes() == self.0[10..]
    }

    /// Writes the right CRC.
    pub fn seal(&mut self) {
        let sum = crc16(&self.0[..10]).to_be_bytes();
        self.0[10..].copy_from_slice(&sum);
    }

    /// Bit 0 pre-emphasis, bit 1 copy permitted, bit 2 data, bit 3 four channels.
    #[must_use]
    pub const fn control(&self) -> u8 {
        self.0[0] >> 4
    }

    /// What the other bytes are.
    #[must_use]
    pub const fn adr(&self) -> u8 {
        self.0[0] & 15
    }

    /// What the bytes say, whether or not the CRC is right.
    #[must_use]
    pub fn decode(&self) -> QContent {
        match (self.adr(), self.0[1]) {
            (1 | 5, 0) => self.lead_in(),
            (1, _) => self.decode_position().unwrap_or(QContent::Other),
            (2, _) => self.decode_mcn().unwrap_or(QContent::Other),
            (3, _) => self.decode_isrc().unwrap_or(QContent::Other),
            _ => QContent::Other,
        }
    }

    fn lead_in(&self) -> QContent {
        let [_, _, point, m, s, f, zero, pm, ps, pf, ..] = self.0;
        QContent::LeadIn { point, time: [m, s, f], zero, pointed: [pm, ps, pf] }
    }

    fn decode_position(&self) -> Option<QContent> {
        let [_, track, index, rm, rs, rf, _, m, s, f, ..] = self.0;
        Some(QContent::Position {
            track: if track == LEAD_OUT { track } else { two_digits(track)? },
            index: two_digits(index)?,
            relative: Msf::from_bcd([rm, rs, rf])?,
            absolute: Msf::from_bcd([m, s, f])?,
        })
    }

    fn decode_mcn(&self) -> Option<QContent> {
        let nibbles = self.0[1..8].iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Some(QContent::Mcn { number: nibbles.take(13).map(digit).collect::<Option<_>>()?, frame: two_digits(self.0[9])? })
    }

    fn decode_isrc(&self) -> Option<QContent> {
        let bits = self.0[1..9].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letters = (0..5).map(|i| letter(low_byte(bits >> (58 - 6 * i)) & 0x3F));
        let digits = (0..7).map(|i| digit(low_byte(bits >> (28 - 4 * i)) & 15));
        Some(QContent::Isrc { code: letters.chain(digits).collect::<Option<_>>()?, frame: two_digits(self.0[9])? })
    }

    /// ADR 1, with its CRC. `control` counts its lower four bits; `track` is binary, AAh the lead-out; `relative` counts
    /// down in index 0.
    #[must_use]
    pub fn position(control: u8, track: u8, index: u8, relative: Msf, absolute: Msf) -> Self {
        let mut q = Self([0; 12]);
        q.0[0] = control << 4 | 1;
        q.0[1] = if track == LEAD_OUT { track } else { to_bcd(track) };
        q.0[2] = to_bcd(index);
        q.0[3..6].copy_from_slice(&relative.to_bcd());
        q.0[7..10].copy_from_slice(&absolute.to_bcd());
        q.seal();
        q
    }

    /// ADR 2, with its CRC. `None` unless `number` is 13 digits and `frame` (of the absolute address) below 75.
    #[must_use]
    pub fn mcn(control: u8, number: &str, frame: u8) -> Option<Self> {
        if number.len() != 13 {
            return None;
        }
        let mut q = Self::with_frame(control, 2, frame)?;
        for (place, byte) in number.bytes().enumerate() {
            let value = decimal(byte)?;
            q.0[1 + place / 2] |= if place % 2 == 0 { value << 4 } else { value };
        }
        q.seal();
        Some(q)
    }

    /// ADR 3, with its CRC. `None` unless `code` is five capital letters or digits and seven digits, and `frame` (of the
    /// absolute address) below 75.
    #[must_use]
    pub fn isrc(control: u8, code: &str, frame: u8) -> Option<Self> {
        if code.len() != 12 {
            return None;
        }
        let mut q = Self::with_frame(control, 3, frame)?;
        let mut bits = 0_u64;
        for (place, byte) in code.bytes().enumerate() {
            bits = match place {
                0..=3 => bits << 6 | six_bits(byte)?,
                4 => (bits << 6 | six_bits(byte)?) << 2,
                _ => bits << 4 | u64::from(decimal(byte)?),
            };
        }
        q.0[1..9].copy_from_slice(&(bits << 4).to_be_bytes());
        q.seal();
        Some(q)
    }

    /// Control, ADR and frame; the rest zero.
    fn with_frame(control: u8, adr: u8, frame: u8) -> Option<Self> {
        let mut q = Self([0; 12]);
        q.0[0] = control << 4 | adr;
        q.0[9] = to_bcd(frame);
        (u32::from(frame) < FRAMES_PER_SECOND).then_some(q)
    }
}

/// The number that two BCD digits stand for.
const fn two_digits(byte: u8) -> Option<u8> {
    if byte >> 4 > 9 || byte & 15 > 9 {
        return None;
    }
    Some(from_bcd(byte))
}

/// 0 to 9 as text.
fn digit(value: u8) -> Option<char> {
    (value < 10).then(|| char::from(b'0' + value))
}

/// Six bits of an ISRC as text: ASCII less 30h.
fn letter(bits: u8) -> Option<char> {
    let byte = bits + 0x30;
    (byte.is_ascii_digit() || byte.is_ascii_uppercase()).then(|| char::from(byte))
}

/// Text as six bits of an ISRC.
fn six_bits(byte: u8) -> Option<u64> {
    (byte.is_ascii_digit() || byte.is_ascii_uppercase()).then(|| u64::from(byte - 0x30))
}

/// Text as 0 to 9.
fn decimal(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// The lowest eight bits.
const fn low_byte(bits: u64) -> u8 {
    bits.to_le_bytes()[0]
}
