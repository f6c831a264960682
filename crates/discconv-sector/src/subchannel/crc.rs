//! The CRC of subchannel Q and of CD-TEXT packs.

/// x^16 + x^12 + x^5 + 1.
const POLYNOMIAL: u16 = 0x1021;

/// What each value of the leaving byte does to the register.
static TABLE: [u16; 256] = make_table();

const fn make_table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut register = 0_u16;
    let mut byte = 0;
    while byte < 256 {
        table[byte] = step_byte(register);
        register = register.wrapping_add(0x100);
        byte += 1;
    }
    table
}

/// Eight zero bits through the register.
const fn step_byte(mut register: u16) -> u16 {
    let mut bit = 0;
    while bit < 8 {
        let carry = register & 0x8000 != 0;
        register <<= 1;
        if carry {
            register ^= POLYNOMIAL;
        }
        bit += 1;
    }
    register
}

/// CRC-16 of Q (over bytes 0 to 9) and of CD-TEXT packs (over bytes 0 to 15): polynomial 1021h, highest bit first,
/// starting at 0, inverted at the end. It is stored high byte first.
///
/// ```
/// assert_eq!(discconv_sector::subchannel::crc16(&[0x41, 1, 1, 0, 0, 0, 0, 0, 2, 0]), 0x2832);
/// ```
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    let mut register = 0_u16;
    for &byte in bytes {
        let [high, low] = register.to_be_bytes();
        register = TABLE[usize::from(high ^ byte)] ^ u16::from_be_bytes([low, 0]);
    }
    !register
}
