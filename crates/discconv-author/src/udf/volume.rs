//! Descriptors of the volume, the logical volume, the partition and the file set. Byte places: ECMA-167 3/10 and 4/14.1.

use super::tag::{Body, WRITER, charset, domain, entity, extent, long, timestamp, volume_info};
use super::{INTEGRITY, MAIN, PARTITION, RESERVE, SEQUENCE_BLOCKS};
use crate::bytes::{BLOCK, Block, word};
use crate::names::dstring;

/// What the descriptors say.
#[derive(Clone, Debug)]
pub(crate) struct Volume<'a> {
    pub(crate) label: &'a str,
    /// The volume set; else it is called like the volume.
    pub(crate) set: &'a str,
    pub(crate) date: i64,
    /// Blocks of the partition.
    pub(crate) blocks: u32,
    pub(crate) files: u32,
    pub(crate) directories: u32,
    /// The first unique ID that nobody has.
    pub(crate) next_unique: u64,
}

/// Three blocks that say which standard follows (ECMA-167 2/9, 3/9).
pub(crate) fn recognition() -> Vec<u8> {
    let mut bytes = Vec::new();
    for id in [b"BEA01", b"NSR02", b"TEA01"] {
        let mut block = Block::new();
        block.put(1, id).put(6, &[1]);
        bytes.extend(block.0);
    }
    bytes
}

/// The volume descriptor sequence that begins at block `first`.
pub(crate) fn descriptors(volume: &Volume<'_>, first: u32) -> Vec<u8> {
    let made: [fn(&Volume<'_>, u32) -> Vec<u8>; 6] = [primary, for_implementations, partition, logical, unallocated, terminating];
    let mut bytes = Vec::new();
    for (location, one) in (first..).zip(made) {
        bytes.extend(one(volume, location));
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    }
    bytes.resize(SEQUENCE_BLOCKS as usize * BLOCK, 0);
    bytes
}

fn primary(volume: &Volume<'_>, location: u32) -> Vec<u8> {
    let set = if volume.set.is_empty() { volume.label } else { volume.set };
    // The first 16 characters are to be unique (UDF 2.2.2.5), and the same for the same content.
    let stamp = u32::try_from(volume.date.rem_euclid(1 << 32)).unwrap_or(0);
    let set = format!("{stamp:08x}{:08x}{set}", volume.blocks);
    let mut body = Body::new(512);
    body.put32(16, 1).put(24, &dstring::<32>(volume.label)).put16(56, 1).put16(58, 1).put16(60, 2).put16(62, 3);
    body.put32(64, 1).put32(68, 1).put(72, &dstring::<128>(&set)).put(200, &charset()).put(264, &charset());
    body.put(376, &timestamp(volume.date)).put(388, &entity(WRITER, &[]));
    body.tagged(1, location)
}

fn for_implementations(volume: &Volume<'_>, location: u32) -> Vec<u8> {
    let mut body = Body::new(512);
    body.put32(16, 2).put(20, &volume_info());
    body.put(52, &charset()).put(116, &dstring::<128>(volume.label)).put(352, &entity(WRITER, &[]));
    body.tagged(4, location)
}

fn partition(volume: &Volume<'_>, location: u32) -> Vec<u8> {
    /// Its space is allocated; nothing in it is ever written again.
    const ALLOCATED: u16 = 1;
    const READ_ONLY: u32 = 1;
    let mut body = Body::new(512);
    body.put32(16, 3).put16(20, ALLOCATED).put16(22, 0).put(24, &entity(b"+NSR02", &[]));
    body.put32(184, READ_ONLY).put32(188, PARTITION).put32(192, volume.blocks).put(196, &entity(WRITER, &[]));
    body.tagged(5, location)
}

fn logical(volume: &Volume<'_>, location: u32) -> Vec<u8> {
    // Type 1, 6 bytes, volume 1, partition 0.
    const MAP: [u8; 6] = [1, 6, 1, 0, 0, 0];
    let block = word(BLOCK);
    let mut body = Body::new(440);
    body.put32(16, 4).put(20, &charset()).put(84, &dstring::<128>(volume.label)).put32(212, block).put(216, &domain());
    body.put(248, &long(2 * block, 0, 0)).put32(264, word(MAP.len())).put32(268, 1).put(272, &entity(WRITER, &[]));
    body.put(432, &extent(2 * block, INTEGRITY)).extend(&MAP);
    body.tagged(6, location)
}

fn unallocated(_: &Volume<'_>, location: u32) -> Vec<u8> {
    let mut body = Body::new(24);
    body.put32(16, 5).tagged(7, location)
}

fn terminating(_: &Volume<'_>, location: u32) -> Vec<u8> {
    Body::new(512).tagged(8, location)
}

/// The integrity descriptor and its end: two blocks. The volume is closed.
pub(crate) fn integrity(volume: &Volume<'_>) -> Vec<u8> {
    const CLOSED: u32 = 1;
    const REVISION: u16 = 0x0102;
    let mut body = Body::new(134);
    body.put(16, &timestamp(volume.date)).put32(28, CLOSED).put64(40, volume.next_unique).put32(72, 1).put32(76, 46);
    body.put32(80, 0).put32(84, volume.blocks).put(88, &entity(WRITER, &[]));
    body.put32(120, volume.files).put32(124, volume.directories);
    body.put16(128, REVISION).put16(130, REVISION).put16(132, REVISION);
    two_blocks(body.tagged(9, INTEGRITY), INTEGRITY + 1)
}

/// An anchor in that block.
pub(crate) fn anchor(location: u32) -> Vec<u8> {
    let bytes = SEQUENCE_BLOCKS * word(BLOCK);
    let mut body = Body::new(512);
    let mut anchor = body.put(16, &extent(bytes, MAIN)).put(24, &extent(bytes, RESERVE)).tagged(2, location);
    anchor.resize(BLOCK, 0);
    anchor
}

/// The file set descriptor and its end: blocks 0 and 1 of the partition. `root` is the entry of the root directory.
pub(crate) fn file_set(volume: &Volume<'_>, root: u32) -> Vec<u8> {
    let mut body = Body::new(512);
    body.put(16, &timestamp(volume.date)).put16(28, 3).put16(30, 3).put32(32, 1).put32(36, 1);
    body.put(48, &charset()).put(112, &dstring::<128>(volume.label)).put(240, &charset());
    body.put(304, &dstring::<32>(volume.label)).put(400, &long(word(BLOCK), root, 0)).put(416, &domain());
    two_blocks(body.tagged(256, 0), 1)
}

/// `descriptor`, and a terminating descriptor in the block behind it.
fn two_blocks(mut descriptor: Vec<u8>, next: u32) -> Vec<u8> {
    descriptor.resize(BLOCK, 0);
    descriptor.extend(Body::new(512).tagged(8, next));
    descriptor.resize(2 * BLOCK, 0);
    descriptor
}
