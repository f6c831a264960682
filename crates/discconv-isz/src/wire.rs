//! The exact bytes of headers and tables. Everything is little-endian and packed.

use binrw::meta::{ReadEndian, WriteEndian};
use binrw::{BinRead, BinWrite, io::Cursor};
use discconv_core::{At, Error, ReadAt, Result};

/// The first bytes of every file.
pub(crate) const MAGIC: [u8; 4] = *b"IsZ!";
/// Bytes of the header that the specification has.
pub(crate) const SHORT_HEADER: u8 = 48;
/// Bytes of the header with checksums, as UltraISO writes it.
pub(crate) const LONG_HEADER: u8 = 64;
/// The newest version there is.
pub(crate) const VERSION: u8 = 1;
/// Bytes of an entry of the segment table.
pub(crate) const SEGMENT_ENTRY: usize = 24;
/// The same, for offsets.
pub(crate) const SEGMENT_BYTES: u64 = SEGMENT_ENTRY as u64;

/// Offset of [`Header::encryption`].
pub(crate) const ENCRYPTION_AT: u64 = 16;
/// Offset of [`Header::segment_number`].
pub(crate) const SEGMENT_NUMBER_AT: usize = 34;

/// What every file begins with, behind the magic.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(little, magic = b"IsZ!")]
pub(crate) struct Header {
    /// 48 or 64.
    pub(crate) header_bytes: u8,
    pub(crate) version: u8,
    /// The same in all files of a split image.
    pub(crate) serial: u32,
    pub(crate) sector_bytes: u16,
    pub(crate) sectors: u32,
    /// 0 none, 1 unknown, 2 to 4 AES.
    pub(crate) encryption: u8,
    /// 0 for a single file.
    pub(crate) segment_bytes: u64,
    pub(crate) chunks: u32,
    /// Of an unpacked chunk.
    pub(crate) chunk_bytes: u32,
    /// Of an entry of the chunk table.
    pub(crate) entry_bytes: u8,
    /// Which file of a split image; 0 is the first.
    pub(crate) segment_number: u8,
    /// 0: there is none.
    pub(crate) chunk_table: u32,
    /// 0: there is none.
    pub(crate) segment_table: u32,
    /// The first chunk.
    #[brw(pad_after = 1)]
    pub(crate) data: u32,
}

/// What follows in a header of 64 bytes. Checksums are a CRC-32 with all bits inverted.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[brw(little)]
pub(crate) struct Checksums {
    /// Of the content.
    pub(crate) content: u32,
    /// Length of the content, of which 32 bits are kept.
    #[brw(pad_after = 4)]
    pub(crate) content_bytes: u32,
    /// Of the chunks as they are stored, in order.
    pub(crate) stored: u32,
}

/// An entry of the segment table.
#[derive(BinRead, Clone, Copy, Debug, PartialEq, Eq)]
#[br(little)]
pub(crate) struct SegmentEntry {
    /// Length of the file; 0 ends the table.
    pub(crate) bytes: u64,
    /// Chunks that begin in it.
    pub(crate) chunks: u32,
    /// The first of them.
    pub(crate) first_chunk: u32,
    /// Where that is in the file.
    pub(crate) first_at: u32,
    /// Bytes of its last chunk that lie in the next file.
    pub(crate) left_bytes: u32,
}

/// How a chunk is stored; the numbers are those of the chunk table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing is stored, and all bytes are zero.
    Zero = 0,
    Stored = 1,
    Zlib = 2,
    Bzip2 = 3,
}

impl Kind {
    /// By the two bits that say it; higher bits do not count.
    pub(crate) fn of_bits(bits: u64) -> Kind {
        match bits & 3 {
            0 => Kind::Zero,
            1 => Kind::Stored,
            2 => Kind::Zlib,
            _ => Kind::Bzip2,
        }
    }

    /// Must it be unpacked?
    pub(crate) fn is_packed(self) -> bool {
        matches!(self, Kind::Zlib | Kind::Bzip2)
    }
}

/// An entry of the chunk table, of 1 to 8 bytes: how the chunk is stored, in how many bytes.
pub(crate) fn chunk_entry(bytes: &[u8]) -> (Kind, u64) {
    let value = bytes.iter().rev().fold(0, |value: u64, byte| value << 8 | u64::from(*byte));
    let length_bits = 8 * bytes.len() - 2;
    (Kind::of_bits(value >> length_bits), value & ((1 << length_bits) - 1))
}

/// Scramble bytes of a table, or the other way round; they lie `offset` bytes behind the table's beginning.
pub(crate) fn scramble(offset: u64, bytes: &mut [u8]) {
    let mask = MAGIC.iter().map(|byte| !byte).cycle().skip(usize::try_from(offset % 4).unwrap_or(0));
    bytes.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
}

/// A record from its bytes; `None` where they are not its.
pub(crate) fn parse<T: for<'a> BinRead<Args<'a> = ()> + ReadEndian>(bytes: &[u8]) -> Option<T> {
    T::read(&mut Cursor::new(bytes)).ok()
}

/// The bytes of a record.
pub(crate) fn bytes_of<T: for<'a> BinWrite<Args<'a> = ()> + WriteEndian>(record: &T) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    // Writing to memory has no errors, and the records none of their own.
    let _ = record.write(&mut out);
    out.into_inner()
}

/// The header of the file `name`, and its checksums where it has them.
///
/// # Errors
/// [`Error::Malformed`] if it is cut, or of another kind, length or version.
pub(crate) fn read_header(name: &str, source: &dyn ReadAt) -> Result<(Header, Option<Checksums>)> {
    let mut bytes = [0; LONG_HEADER as usize];
    let there = usize::try_from(source.len()).unwrap_or(usize::MAX).min(bytes.len());
    source.read_exact_at(0, &mut bytes[..there])?;
    let magic = &bytes[..there.min(MAGIC.len())];
    if magic != MAGIC {
        let shown: Vec<String> = magic.iter().map(|byte| format!("{byte:02X}")).collect();
        let found = if shown.is_empty() { "an empty file".to_owned() } else { shown.join(" ") };
        return Err(Error::malformed(name, At::Byte(0), found, "IsZ! (49 73 5A 21), with which an ISZ image begins")
            .with_hint("it is of another kind than its name says; the program that it came from may know which"));
    }
    let header: Option<Header> = parse(&bytes).filter(|_| there >= usize::from(SHORT_HEADER));
    let cut = || {
        let found = format!("the end of the file at byte {there}");
        let expected = format!("a header of {} bytes", bytes[4].max(SHORT_HEADER));
        Error::malformed(name, At::Byte(there as u64), found, expected).with_hint("the file is cut; get it again")
    };
    let header = header.ok_or_else(cut)?;
    if header.version > VERSION {
        let what = format!("is of version {}; the newest that is known is {VERSION}", header.version);
        return Err(Error::unsupported(name, At::Byte(5), what).with_hint("UltraISO may open it and save it as ISO"));
    }
    match header.header_bytes {
        SHORT_HEADER => Ok((header, None)),
        LONG_HEADER if there == usize::from(LONG_HEADER) => Ok((header, parse(&bytes[usize::from(SHORT_HEADER)..]))),
        LONG_HEADER => Err(cut()),
        other => Err(bad_header(name, 4, format!("a header of {other} bytes"), "48 or 64 bytes")),
    }
}

/// A field at byte `at` of the header of `file` that cannot be right.
pub(crate) fn bad_header(file: &str, at: u64, found: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::malformed(file, At::Byte(at), found, expected).with_hint("its header is damaged; get the file again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_any_length() {
        for (bytes, kind, length) in [
            (&[0x45][..], Kind::Stored, 5),
            (&[0xFF], Kind::Bzip2, 0x3F),
            (&[0x34, 0x92], Kind::Zlib, 0x1234),
            (&[0xFF, 0xFF, 0xFF], Kind::Bzip2, 0x3F_FFFF),
            (&[0x56, 0x34, 0x12], Kind::Zero, 0x12_3456),
            (&[0xFF; 8], Kind::Bzip2, u64::MAX >> 2),
            (&[1, 0, 0, 0, 0, 0, 0, 0x40], Kind::Stored, 1),
        ] {
            assert_eq!(chunk_entry(bytes), (kind, length), "{bytes:02X?}");
        }
    }

    #[test]
    fn scrambling_begins_with_the_table() {
        let mut bytes = [0; 6];
        scramble(0, &mut bytes);
        assert_eq!(bytes, [0xB6, 0x8C, 0xA5, 0xDE, 0xB6, 0x8C]);
        scramble(0, &mut bytes[..3]);
        scramble(3, &mut bytes[3..]);
        assert_eq!(bytes, [0; 6]);
    }
}
