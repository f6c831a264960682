//! Where each hunk is: three kinds of map, one table.

mod compressed;
mod plain;
mod table;
pub(crate) mod write;

use crate::header::{Header, Map, bad};
use discconv_core::{At, Error, ReadAt, Result};
pub(crate) use table::Table;

/// What a hunk consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hunk {
    /// Bytes of the file, coded by the codec of that number.
    Coded {
        /// Number of the codec in the header.
        codec: u8,
        /// Offset in the file.
        at: u64,
        /// Length of the coded bytes.
        len: u32,
    },
    /// Bytes of the file, as they are.
    Stored {
        /// Offset in the file.
        at: u64,
    },
    /// The same eight bytes again and again; zeros where the map says that there is nothing.
    Pattern([u8; 8]),
    /// Bytes of the parent.
    Parent {
        /// Offset in the parent's content.
        at: u64,
    },
}

/// A hunk in 16 bytes; a table may have millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    at: u64,
    /// One of the constants, with [`Entry::CHECKED`]; above it the length.
    kind_and_len: u32,
    crc: u32,
}

impl Entry {
    const STORED: u32 = 4;
    const PATTERN: u32 = 5;
    const PARENT: u32 = 6;
    /// Flag: it has a CRC.
    const CHECKED: u32 = 0x80;

    /// The hunk, and the CRC of its bytes where the map has one.
    pub(crate) fn new(hunk: Hunk, crc: Option<u32>) -> Entry {
        let (at, kind, len) = match hunk {
            Hunk::Coded { codec, at, len } => (at, u32::from(codec & 3), len),
            Hunk::Stored { at } => (at, Entry::STORED, 0),
            Hunk::Pattern(bytes) => (u64::from_be_bytes(bytes), Entry::PATTERN, 0),
            Hunk::Parent { at } => (at, Entry::PARENT, 0),
        };
        let checked = if crc.is_some() { Entry::CHECKED } else { 0 };
        Entry { at, kind_and_len: len << 8 | kind | checked, crc: crc.unwrap_or(0) }
    }

    /// What the hunk consists of.
    pub(crate) fn hunk(self) -> Hunk {
        match self.kind_and_len & 0x7F {
            Entry::STORED => Hunk::Stored { at: self.at },
            Entry::PATTERN => Hunk::Pattern(self.at.to_be_bytes()),
            Entry::PARENT => Hunk::Parent { at: self.at },
            codec => Hunk::Coded { codec: codec.to_le_bytes()[0], at: self.at, len: self.kind_and_len >> 8 },
        }
    }

    /// The CRC of its bytes: CRC-16 in version 5, CRC-32 before.
    pub(crate) fn crc(self) -> Option<u32> {
        (self.kind_and_len & Entry::CHECKED != 0).then_some(self.crc)
    }
}

/// Every hunk, in order; those that are said to equal an earlier one are what that one is.
///
/// # Errors
/// [`Error::Malformed`] for a map that is cut or wrong, with the place. Memory is taken in proportion to the bytes of the map,
/// however many hunks they describe.
pub(crate) fn read(source: &dyn ReadAt, header: &Header) -> Result<Table> {
    match header.map {
        Map::Plain { at } => plain::read(source, header, at),
        Map::Compressed { at } => compressed::read(source, header, at),
        Map::Old { at } => plain::read_old(source, header, at),
    }
}

/// Check that the map lies in the file.
fn check_room(source: &dyn ReadAt, at: u64, len: u64) -> Result<()> {
    let end = at.checked_add(len);
    if end.is_some_and(|end| end <= source.len()) {
        return Ok(());
    }
    let found = format!("the end of the file at byte {:#X}", source.len());
    let expected = format!("the map of its hunks, {len} bytes from byte {at:#X} on");
    Err(Error::malformed(source.name(), At::Byte(source.len().min(at)), found, expected).with_hint(GONE))
}

/// What to do about a file whose map is not there.
const GONE: &str =
    "without the map no hunk can be found, so that nothing can be saved: the file is cut; copy or download it again";

/// What a hunk says that cannot be.
struct Wrong {
    found: String,
    expected: String,
}

impl Wrong {
    fn new(found: impl Into<String>, expected: impl Into<String>) -> Wrong {
        Wrong { found: found.into(), expected: expected.into() }
    }

    fn at(self, file: &str, at: u64, hunk: u64) -> Error {
        bad(file, at, format!("hunk {hunk} {}", self.found), self.expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_keeps_everything() {
        assert_eq!(size_of::<Entry>(), 16);
        for hunk in [
            Hunk::Coded { codec: 0, at: 0, len: 0 },
            Hunk::Coded { codec: 3, at: 0xFFFF_FFFF_FFFF, len: 0xFF_FFFF },
            Hunk::Stored { at: u64::MAX },
            Hunk::Pattern([1, 2, 3, 4, 5, 6, 7, 0xFF]),
            Hunk::Parent { at: 1 << 40 },
        ] {
            for crc in [None, Some(0), Some(u32::MAX)] {
                let entry = Entry::new(hunk, crc);
                assert_eq!((entry.hunk(), entry.crc()), (hunk, crc));
            }
        }
    }
}
