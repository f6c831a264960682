//! The exact bytes of the three headers that discs come with. Everything is big-endian.

use binrw::meta::{ReadEndian, WriteEndian};
use binrw::{BinRead, BinWrite, io::Cursor};

/// The first bytes of every CHD.
pub(crate) const MAGIC: &[u8; 8] = b"MComprHD";
/// A digest; zeros for none.
pub(crate) type Sha1 = [u8; 20];
/// Four letters of a codec or a kind of metadata.
pub(crate) type FourCc = [u8; 4];

/// What all versions begin with.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct Start {
    pub(crate) magic: [u8; 8],
    /// Length of the header, these included.
    pub(crate) header_bytes: u32,
    pub(crate) version: u32,
}

/// The header of version 5, which is written.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct V5 {
    pub(crate) start: Start,
    /// By the number that the map has for them; zeros for none. Without a first one nothing is compressed.
    pub(crate) codecs: [FourCc; 4],
    /// Length of the content, not rounded up to hunks.
    pub(crate) logical_bytes: u64,
    pub(crate) map_at: u64,
    /// Where the first piece of metadata is; 0 for none.
    pub(crate) meta_at: u64,
    pub(crate) hunk_bytes: u32,
    /// A frame of 2448 bytes, or a sector of 2048.
    pub(crate) unit_bytes: u32,
    /// Of the content.
    pub(crate) raw_sha1: Sha1,
    /// Of the content and the metadata: the name by which children call it.
    pub(crate) sha1: Sha1,
    pub(crate) parent_sha1: Sha1,
}

/// Length of [`V5`].
pub(crate) const V5_BYTES: usize = 124;

/// The header of version 4.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct V4 {
    pub(crate) start: Start,
    /// [`HAS_PARENT`], and whether it may be written to.
    pub(crate) flags: u32,
    /// 0 none, 1 and 2 deflate, 3 sound and pictures.
    pub(crate) compression: u32,
    pub(crate) hunks: u32,
    pub(crate) logical_bytes: u64,
    pub(crate) meta_at: u64,
    pub(crate) hunk_bytes: u32,
    /// Of content and metadata.
    pub(crate) sha1: Sha1,
    pub(crate) parent_sha1: Sha1,
    /// Of the content.
    pub(crate) raw_sha1: Sha1,
}

/// Length of [`V4`]; the map follows.
pub(crate) const V4_BYTES: usize = 108;

/// The header of version 3.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct V3 {
    pub(crate) start: Start,
    /// As in [`V4`].
    pub(crate) flags: u32,
    /// As in [`V4`].
    pub(crate) compression: u32,
    pub(crate) hunks: u32,
    pub(crate) logical_bytes: u64,
    pub(crate) meta_at: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) parent_md5: [u8; 16],
    pub(crate) hunk_bytes: u32,
    /// Of the content; metadata is in no digest.
    pub(crate) sha1: Sha1,
    pub(crate) parent_sha1: Sha1,
}

/// Length of [`V3`]; the map follows.
pub(crate) const V3_BYTES: usize = 120;

/// Flag of versions 3 and 4: it builds upon another one.
pub(crate) const HAS_PARENT: u32 = 1;

/// An entry of the map of versions 3 and 4.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct OldEntry {
    /// Where the hunk is: in the file, among the hunks, or the eight bytes that it consists of.
    pub(crate) at: u64,
    /// CRC-32 of the hunk.
    pub(crate) crc: u32,
    pub(crate) length_low: u16,
    pub(crate) length_high: u8,
    /// Kind in the low nibble; [`OLD_NO_CRC`].
    pub(crate) flags: u8,
}

/// Length of [`OldEntry`].
pub(crate) const OLD_ENTRY: usize = 16;
/// Flag of an entry: its CRC means nothing.
pub(crate) const OLD_NO_CRC: u8 = 0x10;

/// What a compressed map of version 5 begins with.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct MapHeader {
    /// Bytes of the bit stream that follows.
    pub(crate) stream_bytes: u32,
    /// Where the first hunk is that has bytes of its own: 48 bits.
    pub(crate) first_at: [u8; 6],
    /// CRC-16 of the map as if it were not compressed.
    pub(crate) crc: u16,
    /// Bits of a length of coded bytes.
    pub(crate) length_bits: u8,
    /// Bits of the number of a hunk.
    pub(crate) self_bits: u8,
    /// Bits of the number of a unit of the parent.
    #[brw(pad_after = 1)]
    pub(crate) parent_bits: u8,
}

/// Length of [`MapHeader`].
pub(crate) const MAP_HEADER: usize = 16;
/// Bytes of a hunk in the map that the CRC is about: kind, 24 bits of length, 48 bits of place, CRC-16.
pub(crate) const MAP_ENTRY: usize = 12;

/// What a piece of metadata begins with.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct MetaHeader {
    pub(crate) tag: FourCc,
    /// [`META_HASHED`] in the top byte, then the length.
    pub(crate) flags_and_length: u32,
    /// Where the next one is; 0 for none.
    pub(crate) next: u64,
}

/// Length of [`MetaHeader`].
pub(crate) const META_HEADER: usize = 16;
/// Flag of metadata: it counts in the SHA-1.
pub(crate) const META_HASHED: u8 = 1;

/// `bytes` as a structure; `None` if they are too few.
pub(crate) fn parse<T>(bytes: &[u8]) -> Option<T>
where
    T: for<'a> BinRead<Args<'a> = ()> + ReadEndian,
{
    T::read(&mut Cursor::new(bytes)).ok()
}

/// The bytes of a structure.
pub(crate) fn bytes_of<T>(value: &T) -> Vec<u8>
where
    T: for<'a> BinWrite<Args<'a> = ()> + WriteEndian,
{
    let mut bytes = Cursor::new(Vec::new());
    // Writing numbers to memory does not fail.
    let _ = value.write(&mut bytes);
    bytes.into_inner()
}
