//! The exact bytes of ECMA-167 and UDF. Everything is little-endian; offsets of `at` in the clauses' tables.

use binrw::{BinRead, io::Cursor};

/// Identifiers of tags (3/7.2.1, 4/7.2.1).
pub(super) mod id {
    pub(in crate::udf) const PRIMARY: u16 = 1;
    pub(in crate::udf) const ANCHOR: u16 = 2;
    pub(in crate::udf) const POINTER: u16 = 3;
    pub(in crate::udf) const PARTITION: u16 = 5;
    pub(in crate::udf) const LOGICAL: u16 = 6;
    pub(in crate::udf) const TERMINATOR: u16 = 8;
    pub(in crate::udf) const INTEGRITY: u16 = 9;
    pub(in crate::udf) const FILE_SET: u16 = 256;
    pub(in crate::udf) const FILE_IDENTIFIER: u16 = 257;
    pub(in crate::udf) const ALLOCATION_EXTENT: u16 = 258;
    pub(in crate::udf) const INDIRECT: u16 = 259;
    pub(in crate::udf) const FILE_ENTRY: u16 = 261;
    pub(in crate::udf) const EXTENDED_ATTRIBUTES: u16 = 262;
    pub(in crate::udf) const EXTENDED_FILE_ENTRY: u16 = 266;
}

/// What the bytes at the start of `bytes` are, if there are enough of them.
pub(super) fn read<T>(bytes: &[u8]) -> Option<T>
where
    T: for<'a> BinRead<Args<'a> = ()>,
{
    T::read_le(&mut Cursor::new(bytes)).ok()
}

/// A descriptor tag (3/7.2), 16 bytes.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Tag {
    pub(super) identifier: u16,
    #[br(pad_before = 6)]
    pub(super) crc: u16,
    pub(super) crc_bytes: u16,
    pub(super) location: u32,
}

/// An extent of the volume (3/7.1).
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Extent {
    pub(super) len: u32,
    pub(super) sector: u32,
}

/// A block of a partition (4/7.1).
#[derive(BinRead, Clone, Copy, Debug, PartialEq, Eq)]
#[br(little)]
pub(super) struct Block {
    pub(super) number: u32,
    /// Which of the logical volume's partition maps.
    pub(super) part: u16,
}

/// A long allocation descriptor (4/14.14.2), 16 bytes.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct LongAd {
    /// Bytes, and the kind of extent in the two highest bits.
    pub(super) len: u32,
    #[br(pad_after = 6)]
    pub(super) block: Block,
}

/// An anchor volume descriptor pointer (3/10.2).
#[derive(BinRead, Debug)]
#[br(little)]
pub(super) struct Anchor {
    #[br(pad_before = 16)]
    pub(super) main: Extent,
    pub(super) reserve: Extent,
}

/// A volume descriptor pointer (3/10.3).
#[derive(BinRead, Debug)]
#[br(little)]
pub(super) struct Pointer {
    #[br(pad_before = 20)]
    pub(super) next: Extent,
}

/// A primary volume descriptor (3/10.1).
#[derive(BinRead, Clone, Debug)]
#[br(little)]
pub(super) struct Primary {
    #[br(pad_before = 24)]
    pub(super) volume: [u8; 32],
    /// Which disc of its set it is.
    pub(super) number: u16,
    #[br(pad_before = 14)]
    pub(super) set: [u8; 128],
    /// An entity identifier (1/7.4): flags, 23 letters, suffix.
    #[br(pad_before = 128 + 16)]
    pub(super) application: [u8; 32],
    pub(super) recorded: [u8; 12],
    pub(super) implementation: [u8; 32],
}

/// A partition descriptor (3/10.5).
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Partition {
    #[br(pad_before = 22)]
    pub(super) number: u16,
    #[br(pad_before = 164)]
    pub(super) first_sector: u32,
    pub(super) sectors: u32,
}

/// A logical volume descriptor (3/10.6), up to its partition maps.
#[derive(BinRead, Clone, Debug)]
#[br(little)]
pub(super) struct Logical {
    #[br(pad_before = 84)]
    pub(super) name: [u8; 128],
    pub(super) block_bytes: u32,
    #[br(pad_before = 24)]
    pub(super) revision: u16,
    /// Where the file set descriptor is (UDF 2.2.4.4).
    #[br(pad_before = 6)]
    pub(super) file_set: LongAd,
    pub(super) maps_bytes: u32,
    pub(super) maps: u32,
    #[br(pad_before = 32 + 128)]
    pub(super) integrity: Extent,
}

/// Where the partition maps of a logical volume descriptor begin.
pub(super) const MAPS_AT: usize = 440;

/// What partition maps of type 2 have after their names (UDF 2.2.8 to 2.2.10); each kind uses its own.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct SparableMap {
    #[br(pad_before = 40)]
    pub(super) packet_blocks: u16,
    #[br(pad_after = 1)]
    pub(super) tables: u8,
    pub(super) table_bytes: u32,
    pub(super) table_sectors: [u32; 4],
}

/// The same of a metadata partition.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct MetadataMap {
    #[br(pad_before = 40)]
    pub(super) main: u32,
    pub(super) mirror: u32,
}

/// A sparing table (UDF 2.2.12) up to its entries, which begin at 56.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct SparingTable {
    #[br(pad_before = 17)]
    pub(super) name: [u8; 23],
    #[br(pad_before = 8, pad_after = 6)]
    pub(super) entries: u16,
}

pub(super) const SPARING_ENTRIES_AT: usize = 56;

/// A logical volume integrity descriptor (3/10.10).
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Integrity {
    #[br(pad_before = 16)]
    pub(super) recorded: [u8; 12],
    pub(super) closed: u32,
}

/// A file set descriptor (4/14.1).
#[derive(BinRead, Clone, Debug)]
#[br(little)]
pub(super) struct FileSet {
    #[br(pad_before = 400)]
    pub(super) root: LongAd,
    /// Where file sets go on, on discs that are written once (4/14.1.16).
    #[br(pad_before = 32)]
    pub(super) next: LongAd,
}

/// What a file entry begins with: tag, ICB tag (4/14.6), owner, permissions, length (4/14.9).
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct EntryHead {
    #[br(pad_before = 20)]
    pub(super) strategy: u16,
    #[br(pad_before = 5)]
    pub(super) kind: u8,
    #[br(pad_before = 6)]
    pub(super) flags: u16,
    pub(super) uid: u32,
    pub(super) gid: u32,
    #[br(pad_after = 8)]
    pub(super) permissions: u32,
    pub(super) len: u64,
}

/// The rest of a file entry (4/14.9), from its access time at 72 on.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct EntryTail {
    #[br(pad_before = 12)]
    pub(super) modified: [u8; 12],
    #[br(pad_before = 12 + 4 + 16 + 32 + 8)]
    pub(super) attribute_bytes: u32,
    pub(super) descriptor_bytes: u32,
}

/// Where it begins, in a file entry and in an extended one; the sizes of both.
pub(super) const TAIL_AT: usize = 72;
pub(super) const ENTRY_BYTES: usize = 176;
pub(super) const EXTENDED_TAIL_AT: usize = 80;
pub(super) const EXTENDED_ENTRY_BYTES: usize = 216;

/// The rest of an extended file entry (4/14.17), from its access time at 80 on.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct ExtendedTail {
    #[br(pad_before = 12)]
    pub(super) modified: [u8; 12],
    /// Where the directory of its named streams is.
    #[br(pad_before = 12 + 12 + 4 + 4 + 16, pad_after = 32 + 8)]
    pub(super) streams: LongAd,
    pub(super) attribute_bytes: u32,
    pub(super) descriptor_bytes: u32,
}

/// An indirect entry (4/14.7).
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Indirect {
    #[br(pad_before = 36)]
    pub(super) next: LongAd,
}

/// An allocation extent descriptor (4/14.5), 24 bytes; descriptors follow.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct AllocationExtent {
    #[br(pad_before = 20)]
    pub(super) descriptor_bytes: u32,
}

pub(super) const ALLOCATION_EXTENT_BYTES: usize = 24;

/// A file identifier descriptor (4/14.4), 38 bytes; what its implementation adds, and the name, follow.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Identifier {
    #[br(pad_before = 18)]
    pub(super) characteristics: u8,
    pub(super) name_bytes: u8,
    pub(super) icb: LongAd,
    pub(super) extra_bytes: u16,
}

pub(super) const IDENTIFIER_BYTES: usize = 38;

/// One extended attribute (4/14.10.2), 12 bytes; its data follow.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Attribute {
    #[br(pad_after = 4)]
    pub(super) kind: u32,
    pub(super) len: u32,
}

/// A device specification (4/14.10.7), the attribute's head included.
#[derive(BinRead, Clone, Copy, Debug)]
#[br(little)]
pub(super) struct Device {
    #[br(pad_before = 16)]
    pub(super) major: u32,
    pub(super) minor: u32,
}
