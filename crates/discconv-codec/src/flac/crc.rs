//! The two checksums of a frame (RFC 9639, 9.1.8 and 9.3): CRC-8 by 07h, CRC-16 by 8005h, both starting at 0.

/// Bytes looked up at a time.
const AT_ONCE: usize = 8;

static TABLES: [[u16; 256]; AT_ONCE] = tables();

const fn tables() -> [[u16; 256]; AT_ONCE] {
    let mut tables = [[0; 256]; AT_ONCE];
    let mut byte: u8 = 0;
    loop {
        let mut crc = u16::from_be_bytes([byte, 0]);
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x8005 } else { crc << 1 };
            bit += 1;
        }
        tables[0][byte as usize] = crc;
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    let mut table = 1;
    while table < AT_ONCE {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = before << 8 ^ tables[0][(before >> 8) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

/// Of a frame without its last two bytes.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    let (chunks, rest) = bytes.as_chunks::<AT_ONCE>();
    let mut crc = 0_u16;
    for chunk in chunks {
        let [high, low] = crc.to_be_bytes();
        let mut bytes = *chunk;
        bytes[0] ^= high;
        bytes[1] ^= low;
        crc = 0;
        for (byte, table) in bytes.iter().zip(TABLES.iter().rev()) {
            crc ^= table[usize::from(*byte)];
        }
    }
    rest.iter().fold(crc, |crc, byte| {
        let [high, low] = crc.to_be_bytes();
        u16::from_be_bytes([low, 0]) ^ TABLES[0][usize::from(high ^ byte)]
    })
}

/// Of a frame's header without its last byte.
pub(super) fn crc8(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0, |crc, byte| (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 0x80 != 0 { crc << 1 ^ 0x07 } else { crc << 1 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue: CRC-8/SMBUS and CRC-16/UMTS.
    #[test]
    fn known_values() {
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc16(b"123456789"), 0xFEE8);
        let long: Vec<u8> = (0..77).collect();
        let slowly = long.iter().fold(0_u16, |crc, byte| {
            (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 != 0 { crc << 1 ^ 0x8005 } else { crc << 1 })
        });
        assert_eq!(crc16(&long), slowly);
    }
}
