//! Directory records (ECMA-119 9.1).

use crate::bytes::{both16, both32, record_date};

/// Bytes of a record, at most.
pub(crate) const MOST: usize = 255;
/// Bytes in front of the identifier.
const HEAD: usize = 33;

/// File flags (ECMA-119 9.1.6).
pub(crate) const DIRECTORY: u8 = 0x02;
pub(crate) const MORE_SECTIONS: u8 = 0x80;

/// What a record says.
pub(crate) struct Record<'a> {
    pub(crate) identifier: &'a [u8],
    pub(crate) first: u32,
    pub(crate) bytes: u32,
    pub(crate) modified: i64,
    pub(crate) flags: u8,
}

impl Record<'_> {
    /// Bytes that are left for the system use field.
    pub(crate) fn room(&self) -> usize {
        // Records have even lengths.
        (MOST - 1).saturating_sub(self.start())
    }

    /// Where the system use field begins: at an even byte.
    fn start(&self) -> usize {
        (HEAD + self.identifier.len()).next_multiple_of(2)
    }

    /// The record, with that system use field.
    pub(crate) fn bytes(&self, system_use: &[u8]) -> Vec<u8> {
        let len = (self.start() + system_use.len()).next_multiple_of(2);
        let mut record = Vec::with_capacity(len);
        record.extend([u8::try_from(len).unwrap_or(0), 0]);
        record.extend(both32(self.first));
        record.extend(both32(self.bytes));
        record.extend(record_date(self.modified));
        // No interleaving, volume 1 of its set.
        record.extend([self.flags, 0, 0]);
        record.extend(both16(1));
        record.push(u8::try_from(self.identifier.len()).unwrap_or(0));
        record.extend(self.identifier);
        record.resize(self.start(), 0);
        record.extend(system_use);
        record.resize(len, 0);
        record
    }
}

/// The attributes of CD-ROM XA (14 bytes): owner, attribute word, signature, file number. All may read and run it, it lies
/// in Form 1 sectors.
pub(crate) fn xa(directory: bool) -> [u8; 14] {
    const FORM1: u16 = 0x0D55;
    const XA_DIRECTORY: u16 = 0x8D55;
    let mut bytes = [0; 14];
    bytes[4..6].copy_from_slice(&if directory { XA_DIRECTORY } else { FORM1 }.to_be_bytes());
    bytes[6..8].copy_from_slice(b"XA");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_by_hand() {
        let record = Record { identifier: b"A.;1", first: 0x1234, bytes: 5, modified: 1_704_067_200, flags: 0 };
        let expected = [
            38, 0, 0x34, 0x12, 0, 0, 0, 0, 0x12, 0x34, 5, 0, 0, 0, 0, 0, 0, 5, 124, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 4,
            b'A', b'.', b';', b'1', 0,
        ];
        assert_eq!(record.bytes(&[]), expected);
        assert_eq!(record.room(), 254 - 38);
        assert_eq!(record.bytes(&xa(false))[38..], [0, 0, 0, 0, 0x0D, 0x55, b'X', b'A', 0, 0, 0, 0, 0, 0]);
    }
}
