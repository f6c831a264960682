//! Descriptor tags (ECMA-167 3/7.2), times and identifiers.

use discconv_fs::Stamp;

/// Bytes of a tag.
const TAG: usize = 16;
/// NSR02: the second edition.
const VERSION: u16 = 2;
const REVISION: u16 = 0x0102;

/// Who wrote a structure.
pub(crate) const WRITER: &[u8] = b"*discconv";

/// CRC-16 with polynomial 1021h, from 0, as ECMA-167 7.2.6 has it.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 256] = table();
    bytes.iter().fold(0, |crc, byte| crc << 8 ^ TABLE[usize::from((crc >> 8) as u8 ^ *byte)])
}

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "it is below 256")]
        let mut crc = (at as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
}

/// A descriptor: its tag, whose CRC is of `body`, and `body`. `location` is the block it lies in.
pub(crate) fn tagged(id: u16, location: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(TAG + body.len());
    bytes.extend(id.to_le_bytes());
    bytes.extend(VERSION.to_le_bytes());
    // Checksum, reserved, serial number: none, as nothing was recorded here before.
    bytes.extend([0; 4]);
    bytes.extend(crc16(body).to_le_bytes());
    bytes.extend(u16::try_from(body.len()).unwrap_or(0).to_le_bytes());
    bytes.extend(location.to_le_bytes());
    bytes[4] = bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
    bytes.extend(body);
    bytes
}

/// A body that is written field by field; places are those of the standard's tables, which count the tag.
#[derive(Debug)]
pub(crate) struct Body(Vec<u8>);

impl Body {
    /// Of a descriptor of `len` bytes.
    pub(crate) fn new(len: usize) -> Body {
        Body(vec![0; len - TAG])
    }

    /// Write `bytes` at byte `at` of the descriptor.
    pub(crate) fn put(&mut self, at: usize, bytes: &[u8]) -> &mut Body {
        let room = self.0.get_mut(at - TAG..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        self
    }

    pub(crate) fn put16(&mut self, at: usize, value: u16) -> &mut Body {
        self.put(at, &value.to_le_bytes())
    }

    pub(crate) fn put32(&mut self, at: usize, value: u32) -> &mut Body {
        self.put(at, &value.to_le_bytes())
    }

    pub(crate) fn put64(&mut self, at: usize, value: u64) -> &mut Body {
        self.put(at, &value.to_le_bytes())
    }

    /// With more behind it.
    pub(crate) fn extend(&mut self, bytes: &[u8]) -> &mut Body {
        self.0.extend(bytes);
        self
    }

    /// The descriptor, in that block.
    pub(crate) fn tagged(&self, id: u16, location: u32) -> Vec<u8> {
        tagged(id, location, &self.0)
    }
}

/// An entity identifier (ECMA-167 1/7.4).
pub(crate) fn entity(id: &[u8], suffix: &[u8]) -> [u8; 32] {
    let mut entity = [0; 32];
    entity[1..24].iter_mut().zip(id).for_each(|(place, byte)| *place = *byte);
    entity[24..].iter_mut().zip(suffix).for_each(|(place, byte)| *place = *byte);
    entity
}

/// The domain (UDF 2.1.5.3): what may be relied on.
pub(crate) fn domain() -> [u8; 32] {
    entity(b"*OSTA UDF Compliant", &REVISION.to_le_bytes())
}

/// The identifier of information about the volume (UDF 2.2.7.1).
pub(crate) fn volume_info() -> [u8; 32] {
    entity(b"*UDF LV Info", &REVISION.to_le_bytes())
}

/// OSTA compressed Unicode (UDF 2.1.2).
pub(crate) fn charset() -> [u8; 64] {
    let mut set = [0; 64];
    set.iter_mut().skip(1).zip(b"OSTA Compressed Unicode").for_each(|(place, byte)| *place = *byte);
    set
}

/// An extent of the volume: bytes and block.
pub(crate) fn extent(bytes: u32, block: u32) -> [u8; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (bytes.to_le_bytes(), block.to_le_bytes());
    [a, b, c, d, e, f, g, h]
}

/// A long allocation descriptor in partition 0 (ECMA-167 4/14.14.2), with the unique ID of what it leads to.
pub(crate) fn long(bytes: u32, block: u32, unique: u32) -> [u8; 16] {
    let mut descriptor = [0; 16];
    descriptor[..8].copy_from_slice(&extent(bytes, block));
    descriptor[12..].copy_from_slice(&unique.to_le_bytes());
    descriptor
}

/// A time (ECMA-167 1/7.3), in UTC; years that 16 bits cannot say become the nearest.
pub(crate) fn timestamp(seconds: i64) -> [u8; 12] {
    /// Type 1: local time, with an offset of zero.
    const KIND: u16 = 1 << 12;
    let s = Stamp::from_unix(seconds);
    let year = i16::try_from(s.year).unwrap_or(if s.year > 0 { i16::MAX } else { 1 }).to_le_bytes();
    let kind = KIND.to_le_bytes();
    [kind[0], kind[1], year[0], year[1], s.month, s.day, s.hour, s.minute, s.second, 0, 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_of_the_standard() {
        // The example of ECMA-167 7.2.6: 70h 6Ah 77h give 3299h.
        assert_eq!(crc16(&[0x70, 0x6A, 0x77]), 0x3299);
        let bytes = tagged(2, 256, &[0; 4]);
        assert_eq!(bytes, [2, 0, 2, 0, 9, 0, 0, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn times() {
        assert_eq!(timestamp(1_704_067_200), [0, 0x10, 0xE8, 7, 1, 1, 0, 0, 0, 0, 0, 0]);
    }
}
