//! The exact bytes of HFS and HFS+. Everything is big-endian.

use binrw::{BinRead, io::Cursor};

/// What the bytes at the start of `bytes` are, if there are enough of them.
pub(super) fn read<T>(bytes: &[u8]) -> Option<T>
where
    T: for<'a> BinRead<Args<'a> = ()>,
{
    T::read_be(&mut Cursor::new(bytes)).ok()
}

/// An entry of an Apple partition map.
#[derive(BinRead)]
#[br(big)]
pub(super) struct Partition {
    pub(super) magic: [u8; 2],
    #[br(pad_before = 2)]
    pub(super) entries: u32,
    pub(super) first_block: u32,
    #[br(pad_after = 32)]
    pub(super) blocks: u32,
    pub(super) kind: [u8; 32],
}

/// First block and number of blocks.
#[derive(BinRead, Clone, Copy, Debug, PartialEq, Eq)]
#[br(big)]
pub(super) struct Extent {
    pub(super) first: u32,
    pub(super) blocks: u32,
}

/// The same of HFS.
#[derive(BinRead, Clone, Copy)]
#[br(big)]
pub(super) struct ShortExtent {
    pub(super) first: u16,
    pub(super) blocks: u16,
}

impl From<ShortExtent> for Extent {
    fn from(short: ShortExtent) -> Extent {
        Extent { first: u32::from(short.first), blocks: u32::from(short.blocks) }
    }
}

/// The master directory block of HFS, behind its signature.
#[derive(BinRead)]
#[br(big)]
pub(super) struct MasterDirectory {
    #[br(pad_before = 2)]
    pub(super) created: u32,
    #[br(pad_after = 8)]
    pub(super) modified: u32,
    pub(super) blocks: u16,
    #[br(pad_after = 4)]
    pub(super) block_bytes: u32,
    /// Where block 0 is, in units of 512 bytes.
    #[br(pad_after = 6)]
    pub(super) first_block: u16,
    #[br(pad_after = 60)]
    pub(super) name: [u8; 28],
    /// An HFS+ volume within this one, if it says `H+`.
    pub(super) embedded: [u8; 2],
    pub(super) embedded_at: ShortExtent,
    pub(super) overflow_bytes: u32,
    pub(super) overflow: [ShortExtent; 3],
    pub(super) catalog_bytes: u32,
    pub(super) catalog: [ShortExtent; 3],
}

/// A fork of HFS+.
#[derive(BinRead, Clone, Copy)]
#[br(big)]
pub(super) struct Fork {
    #[br(pad_after = 8)]
    pub(super) len: u64,
    pub(super) extents: [Extent; 8],
}

/// The volume header of HFS+.
#[derive(BinRead)]
#[br(big)]
pub(super) struct VolumeHeader {
    pub(super) magic: [u8; 2],
    #[br(pad_after = 12)]
    pub(super) version: u16,
    pub(super) created: u32,
    #[br(pad_after = 16)]
    pub(super) modified: u32,
    pub(super) block_bytes: u32,
    pub(super) blocks: u32,
    /// Of the file of extents; what comes between is the allocation bitmap's.
    #[br(pad_before = 144)]
    pub(super) overflow: Fork,
    pub(super) catalog: Fork,
    pub(super) attributes: Fork,
}

/// The descriptor of a node of a B-tree, 14 bytes.
#[derive(BinRead)]
#[br(big)]
pub(super) struct Node {
    pub(super) next: u32,
    #[br(pad_before = 4)]
    pub(super) kind: i8,
    #[br(pad_before = 1)]
    pub(super) records: u16,
}

pub(super) const LEAF: i8 = -1;
pub(super) const INDEX: i8 = 0;

/// What the header node of a B-tree says, from its start on.
#[derive(BinRead)]
#[br(big)]
pub(super) struct TreeHeader {
    #[br(pad_before = 16)]
    pub(super) root: u32,
    #[br(pad_before = 12)]
    pub(super) node_bytes: u16,
}

/// A file of HFS, 102 bytes.
#[derive(BinRead)]
#[br(big)]
pub(super) struct ShortFile {
    #[br(pad_before = 12)]
    pub(super) finder: u16,
    #[br(pad_before = 6)]
    pub(super) id: u32,
    #[br(pad_before = 2)]
    pub(super) len: u32,
    /// Of the resource fork.
    #[br(pad_before = 6)]
    pub(super) resource_len: u32,
    #[br(pad_before = 8)]
    pub(super) modified: u32,
    #[br(pad_before = 22)]
    pub(super) extents: [ShortExtent; 3],
}

/// A folder of HFS.
#[derive(BinRead)]
#[br(big)]
pub(super) struct ShortFolder {
    #[br(pad_before = 6)]
    pub(super) id: u32,
    #[br(pad_before = 4)]
    pub(super) modified: u32,
    #[br(pad_before = 12)]
    pub(super) finder: u16,
}

/// What files and folders of HFS+ have in common, 88 bytes; of a file the forks follow, of data and of resources.
#[derive(BinRead)]
#[br(big)]
pub(super) struct Item {
    #[br(pad_before = 2)]
    pub(super) flags: u16,
    #[br(pad_before = 4)]
    pub(super) id: u32,
    #[br(pad_before = 4)]
    pub(super) modified: u32,
    #[br(pad_before = 12)]
    pub(super) owner: u32,
    pub(super) group: u32,
    #[br(pad_before = 1)]
    pub(super) owner_flags: u8,
    pub(super) mode: u16,
    /// Of a hard link: the number of what it stands for.
    pub(super) special: u32,
    /// Type and creator, as the Finder knows them.
    pub(super) kind: [u8; 8],
    pub(super) finder: u16,
}

pub(super) const DATA_FORK_AT: usize = 88;
pub(super) const RESOURCE_FORK_AT: usize = 168;

/// The key of an attribute, behind its length and two bytes: the file, the first block of what has extents, the name.
#[derive(BinRead)]
#[br(big)]
pub(super) struct AttributeKey {
    #[br(pad_before = 2)]
    pub(super) id: u32,
    #[br(pad_before = 4)]
    pub(super) letters: u16,
}

pub(super) const ATTRIBUTE_NAME_AT: usize = 12;

/// The record of an attribute whose value stands behind these 16 bytes.
#[derive(BinRead)]
#[br(big)]
pub(super) struct Attribute {
    #[br(pad_after = 8)]
    pub(super) kind: u32,
    pub(super) len: u32,
}

/// The kind of such a record; others tell of extents.
pub(super) const INLINE: u32 = 0x10;
pub(super) const ATTRIBUTE_BYTES: usize = 16;
