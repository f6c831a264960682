//! Subchannel Q and the two orders in which 96 bytes of P-W are kept (Red Book; ECMA-130 clause 22).

use super::msf_bcd;

/// Two decimal digits as BCD; tens beyond 9 stay in the high nibble (100 is A0h).
#[must_use]
pub fn to_bcd(number: u32) -> u8 {
    u8::try_from(((number / 10) << 4) | (number % 10)).unwrap_or(u8::MAX)
}

/// CRC-16 of Q and of CD-TEXT packs: x^16 + x^12 + x^5 + 1, most significant bit first, from zero, inverted at the end.
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    let mut register = 0_u16;
    for &byte in bytes {
        for bit in (0..8).rev() {
            let feedback = (register >> 15) ^ u16::from(byte >> bit & 1);
            register <<= 1;
            if feedback == 1 {
                register ^= 0x1021;
            }
        }
    }
    !register
}

/// Writes the CRC over bytes 0-9 into bytes 10-11, high byte first.
pub fn q_seal(q: &mut [u8; 12]) {
    let sum = crc16(&q[..10]);
    q[10..].copy_from_slice(&sum.to_be_bytes());
}

/// Q of the program area, mode 1. `track` in binary, 170 (AAh) is the lead-out; `relative` in frames, counting down to
/// zero in index 0; `lba` as everywhere. `control`: 0 audio, 1 pre-emphasis, 2 copy permitted, 4 data.
#[must_use]
pub fn q_position(control: u8, track: u8, index: u8, relative: u32, lba: i32) -> [u8; 12] {
    let mut q = [0; 12];
    q[0] = control << 4 | 1;
    q[1] = if track == 0xAA { track } else { to_bcd(track.into()) };
    q[2] = to_bcd(index.into());
    q[3..6].copy_from_slice(&[to_bcd(relative / 75 / 60), to_bcd(relative / 75 % 60), to_bcd(relative % 75)]);
    q[7..10].copy_from_slice(&msf_bcd(lba));
    q_seal(&mut q);
    q
}

/// Q mode 2: the media catalogue number, 13 digits; byte 9 is the frame of the absolute time.
#[must_use]
pub fn q_mcn(control: u8, digits: &str, lba: i32) -> [u8; 12] {
    let mut q = [0; 12];
    q[0] = control << 4 | 2;
    for (place, digit) in digits.bytes().take(13).enumerate() {
        q[1 + place / 2] |= (digit & 15) << if place % 2 == 0 { 4 } else { 0 };
    }
    q[9] = msf_bcd(lba)[2];
    q_seal(&mut q);
    q
}

/// Q mode 3: the ISRC, five letters or digits of 6 bits (ASCII less 30h), two zero bits, seven digits of 4 bits.
#[must_use]
pub fn q_isrc(control: u8, code: &str, lba: i32) -> [u8; 12] {
    let mut bits = 0_u64;
    for byte in code.bytes().take(5) {
        bits = bits << 6 | u64::from(byte.wrapping_sub(0x30) & 0x3F);
    }
    bits <<= 2;
    for byte in code.bytes().skip(5).take(7) {
        bits = bits << 4 | u64::from(byte & 15);
    }
    let mut q = [0; 12];
    q[0] = control << 4 | 3;
    q[1..9].copy_from_slice(&(bits << 4).to_be_bytes()); // 60 bits and four zeros
    q[9] = msf_bcd(lba)[2];
    q_seal(&mut q);
    q
}

/// 96 bytes in the packed order: 12 bytes of P, 12 of Q, then R to W, here zero.
#[must_use]
pub fn packed_block(p: bool, q: &[u8; 12]) -> [u8; 96] {
    let mut block = [0; 96];
    block[..12].fill(if p { 0xFF } else { 0 });
    block[12..24].copy_from_slice(q);
    block
}

/// Packed to interleaved: byte i of the result holds bit i of every channel, P highest.
#[must_use]
pub fn interleave(packed: &[u8; 96]) -> [u8; 96] {
    let mut symbols = [0; 96];
    for (i, symbol) in symbols.iter_mut().enumerate() {
        for channel in 0..8 {
            let bit = packed[12 * channel + i / 8] >> (7 - i % 8) & 1;
            *symbol |= bit << (7 - channel);
        }
    }
    symbols
}

/// The 16-byte form of 2368-byte sectors: Q, three zero bytes, the P flag in the highest bit of the last.
#[must_use]
pub fn pq16(p: bool, q: &[u8; 12]) -> [u8; 16] {
    let mut block = [0; 16];
    block[..12].copy_from_slice(q);
    block[15] = if p { 0x80 } else { 0 };
    block
}
