//! Sync, header, EDC, ECC and scrambling (ECMA-130 clauses 14-16 and annexes A, B).

use super::to_bcd;

/// Bytes of a raw sector.
pub const RAW: usize = 2352;
/// Bytes of user data in Mode 1 and Mode 2 Form 1.
pub const USER: usize = 2048;
/// The sync field, bytes 0-11 (ECMA-130 clause 14.1).
pub const SYNC: [u8; 12] = [0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0];

/// The three address bytes of a header: minute, second, frame in BCD. Minutes of 100 and more keep their tens in the
/// high nibble (A0h = 100); negative LBAs below -150 are lead-in addresses (MMC: plus 450150).
#[must_use]
pub fn msf_bcd(lba: i32) -> [u8; 3] {
    let frames = if lba >= -150 { lba + 150 } else { lba + 450_150 };
    let frames = u32::try_from(frames).unwrap_or(0);
    [to_bcd(frames / 75 / 60), to_bcd(frames / 75 % 60), to_bcd(frames % 75)]
}

/// EDC: CRC-32 with P(x) = (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), least significant bit first, starting at zero,
/// no final inversion (ECMA-130 clause 14.3).
#[must_use]
pub fn edc(bytes: &[u8]) -> u32 {
    let mut register = 0_u32;
    for &byte in bytes {
        register ^= u32::from(byte);
        for _ in 0..8 {
            let carry = register & 1;
            register >>= 1;
            if carry == 1 {
                register ^= 0xD801_8001; // 8001801Bh with its bits reversed
            }
        }
    }
    register
}

/// Product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1 (11Dh).
fn gf_mul(a: u8, b: u8) -> u8 {
    let mut product = 0_u16;
    for bit in 0..8 {
        if b >> bit & 1 == 1 {
            product ^= u16::from(a) << bit;
        }
    }
    for bit in (8..15).rev() {
        if product >> bit & 1 == 1 {
            product ^= 0x11D << (bit - 8);
        }
    }
    product.to_le_bytes()[0]
}

/// The quotient a / b: the one value which times b is a.
fn gf_div(a: u8, b: u8) -> u8 {
    (0..=255).find(|&q| gf_mul(q, b) == a).unwrap_or(0)
}

/// The word numbers (each a pair of bytes from 00Ch on) of P codeword `column`, parity last: 24 + 2.
fn p_words(column: usize) -> Vec<usize> {
    (0..26).map(|row| column + 43 * row).collect()
}

/// The word numbers of Q codeword `diagonal`, parity last: 43 + 2.
fn q_words(diagonal: usize) -> Vec<usize> {
    let data = (0..43).map(|k| (43 * diagonal + 44 * k) % 1118);
    data.chain([1118 + diagonal, 1144 + diagonal]).collect()
}

/// All codewords in the order in which they must be computed: Q covers P.
fn codewords() -> impl Iterator<Item = Vec<usize>> {
    (0..43).map(p_words).chain((0..26).map(q_words))
}

/// The two sums that are zero for a right codeword: plain, and weighted with alpha^(n-1-i) (Horner's rule).
fn syndromes(values: impl IntoIterator<Item = u8>) -> (u8, u8) {
    values.into_iter().fold((0, 0), |(plain, weighted), value| (plain ^ value, gf_mul(weighted, 2) ^ value))
}

/// Writes P and Q parity (bytes 81Ch-92Fh) of a Mode 1 sector, or of a Mode 2 Form 1 sector, whose header counts as
/// zero (ECMA-130 annex A).
pub fn write_ecc(raw: &mut [u8; RAW], mode2: bool) {
    let header = [raw[12], raw[13], raw[14], raw[15]];
    if mode2 {
        raw[12..16].fill(0);
    }
    for words in codewords() {
        for plane in 0..2 {
            let place = |word: usize| 12 + 2 * word + plane;
            let (data, parity) = words.split_at(words.len() - 2);
            // With both parity bytes taken as zero, what the sums lack is a + b = s0 and 2a + b = s1.
            let (s0, s1) = syndromes(data.iter().map(|&word| raw[place(word)]).chain([0, 0]));
            let a = gf_div(s0 ^ s1, 3);
            raw[place(parity[0])] = a;
            raw[place(parity[1])] = a ^ s0;
        }
    }
    raw[12..16].copy_from_slice(&header);
}

/// Whether every P and Q codeword has both sums zero: the definition itself, independent of how parity was computed.
#[must_use]
pub fn ecc_holds(raw: &[u8; RAW], mode2: bool) -> bool {
    let mut raw = *raw;
    if mode2 {
        raw[12..16].fill(0);
    }
    codewords().all(|words| (0..2).all(|plane| syndromes(words.iter().map(|&word| raw[12 + 2 * word + plane])) == (0, 0)))
}

/// Sync, address and mode byte; the rest zero.
fn blank(lba: i32, mode: u8) -> [u8; RAW] {
    let mut raw = [0; RAW];
    raw[..12].copy_from_slice(&SYNC);
    raw[12..15].copy_from_slice(&msf_bcd(lba));
    raw[15] = mode;
    raw
}

/// Copies `data` to the front of `field`: what is missing stays zero, what is too much is left out.
fn lay(field: &mut [u8], data: &[u8]) {
    for (to, from) in field.iter_mut().zip(data) {
        *to = *from;
    }
}

/// A Mode 0 sector: 2336 zero bytes.
#[must_use]
pub fn mode0(lba: i32) -> [u8; RAW] {
    blank(lba, 0)
}

/// A Mode 1 sector with up to 2048 bytes of user data.
#[must_use]
pub fn mode1(lba: i32, user: &[u8]) -> [u8; RAW] {
    let mut raw = blank(lba, 1);
    lay(&mut raw[16..2064], user);
    let sum = edc(&raw[..2064]);
    raw[2064..2068].copy_from_slice(&sum.to_le_bytes());
    write_ecc(&mut raw, false);
    raw
}

/// A Mode 2 sector without form: 2336 bytes of user data.
#[must_use]
pub fn formless(lba: i32, user: &[u8]) -> [u8; RAW] {
    let mut raw = blank(lba, 2);
    lay(&mut raw[16..], user);
    raw
}

/// A Mode 2 Form 1 sector with up to 2048 bytes of user data. `sub` is file, channel, submode, coding.
#[must_use]
pub fn form1(lba: i32, sub: [u8; 4], user: &[u8]) -> [u8; RAW] {
    let mut raw = blank(lba, 2);
    raw[16..20].copy_from_slice(&sub);
    raw[20..24].copy_from_slice(&sub);
    lay(&mut raw[24..2072], user);
    let sum = edc(&raw[16..2072]);
    raw[2072..2076].copy_from_slice(&sum.to_le_bytes());
    write_ecc(&mut raw, true);
    raw
}

/// A Mode 2 Form 2 sector with up to 2324 bytes of user data; its EDC may legally be left zero.
#[must_use]
pub fn form2(lba: i32, sub: [u8; 4], user: &[u8], with_edc: bool) -> [u8; RAW] {
    let mut raw = blank(lba, 2);
    raw[16..20].copy_from_slice(&sub);
    raw[20..24].copy_from_slice(&sub);
    lay(&mut raw[24..2348], user);
    if with_edc {
        let sum = edc(&raw[16..2348]);
        raw[2348..].copy_from_slice(&sum.to_le_bytes());
    }
    raw
}

/// An audio sector: 588 stereo samples, 16-bit little-endian, of a tone that never repeats a sector exactly.
///
/// `sector` counts from the start of the recording, `voice` gives each track its own pitch. Left is a triangle wave
/// carrying a slow counter, right the same an octave up, so that swapped bytes, channels or sectors all show.
#[must_use]
pub fn audio(voice: u32, sector: u32) -> [u8; RAW] {
    let mut raw = [0; RAW];
    for (frame, bytes) in (0_u32..).zip(raw.chunks_exact_mut(4)) {
        let time = sector.wrapping_mul(588).wrapping_add(frame);
        let left = triangle(time.wrapping_mul(211 + 37 * voice)).wrapping_add(time >> 5);
        let right = triangle(time.wrapping_mul(422 + 74 * voice)).wrapping_sub(time >> 7);
        bytes[..2].copy_from_slice(&left.to_le_bytes()[..2]);
        bytes[2..].copy_from_slice(&right.to_le_bytes()[..2]);
    }
    raw
}

/// A triangle of period 65536 and amplitude 8192, as the low 16 bits of a two's complement number.
fn triangle(phase: u32) -> u32 {
    let phase = phase & 0xFFFF;
    let folded = if phase < 0x8000 { phase } else { 0xFFFF - phase };
    (folded / 2).wrapping_sub(8192)
}

/// The 2340 bytes that scramble bytes 12-2351 of a data sector (ECMA-130 annex B): a 15-bit register that starts at 1
/// gives its lowest bit, first bit lowest in the byte; x^15 + x + 1.
#[must_use]
pub fn scramble_table() -> [u8; 2340] {
    let mut register = 1_u16;
    let mut table = [0; 2340];
    for byte in &mut table {
        for bit in 0..8 {
            *byte |= u8::from(register & 1 == 1) << bit;
            let feedback = (register ^ register >> 1) & 1;
            register = register >> 1 | feedback << 14;
        }
    }
    table
}

/// Scrambles a sector, or unscrambles it: sync untouched, the rest combined with [`scramble_table`].
pub fn scramble(raw: &mut [u8; RAW]) {
    for (byte, mask) in raw[12..].iter_mut().zip(scramble_table()) {
        *byte ^= mask;
    }
}
