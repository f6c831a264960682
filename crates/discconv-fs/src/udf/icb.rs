//! File entries: what an ICB says of a file (4/14.6, 4/14.9, 4/14.17).

use super::partitions::{Copy, Partitions};
use super::tag::check;
use super::text;
use super::wire::{self, Attribute, Block, Device, EntryHead, EntryTail, ExtendedTail, Indirect, id};
use crate::Stamp;
use discconv_core::Result;

/// Kinds of files (4/14.6.6, UDF 2.3.5.2).
pub(super) mod kind {
    pub(in crate::udf) const DIRECTORY: u8 = 4;
    pub(in crate::udf) const BLOCK_DEVICE: u8 = 6;
    pub(in crate::udf) const CHARACTER_DEVICE: u8 = 7;
    pub(in crate::udf) const PIPE: u8 = 9;
    pub(in crate::udf) const SOCKET: u8 = 10;
    pub(in crate::udf) const LINK: u8 = 12;
    pub(in crate::udf) const UNSPECIFIED: u8 = 0;
    pub(in crate::udf) const STREAMS: u8 = 13;
    pub(in crate::udf) const VAT: u8 = 248;
}

/// Strategies (4/A): one entry, or a chain of them of which the last counts.
const STRATEGY_ONE: u16 = 4;
const STRATEGY_CHAIN: u16 = 4096;
/// Entries of a chain.
const MOST_ENTRIES: usize = 1024;

/// Of an extent the bytes, without its kind.
const LENGTH: u32 = 0x3FFF_FFFF;

/// An owner that is not told.
const NOBODY: u32 = u32::MAX;
/// The attribute that has the numbers of a device.
const DEVICE_ATTRIBUTE: u32 = 12;
/// Where the attributes begin behind their header (4/14.10.1).
const ATTRIBUTES_AT: usize = 24;

/// A file as its entry tells it.
pub(super) struct Node {
    /// The kind of file.
    pub(super) kind: u8,
    /// Bytes of its content.
    pub(super) len: u64,
    pub(super) modified: Option<Stamp>,
    /// Permissions as POSIX has them.
    pub(super) mode: u32,
    pub(super) owner: Option<(u32, u32)>,
    /// Major and minor number of a device.
    pub(super) device: Option<(u32, u32)>,
    /// What its allocation descriptors are: 0 short, 1 long, 2 extended, 3 the content itself.
    pub(super) layout: u8,
    pub(super) descriptors: Vec<u8>,
    /// The byte of the space where they are.
    pub(super) descriptors_at: u64,
    /// The partition map that short ones count in.
    pub(super) part: u16,
    /// Where the directory of its named streams is, if it has one.
    pub(super) streams: Option<Block>,
}

/// The entry that counts of the ICB at `icb`.
///
/// # Errors
/// Reading; what is there is no file entry; a strategy that nobody uses on discs.
pub(super) fn read(partitions: &Partitions, icb: Block, copy: Copy) -> Result<Node> {
    let mut block = icb;
    let mut newest = entry(partitions, block, copy)?;
    for _ in 0..MOST_ENTRIES {
        let Some(chain) = newest.1.then(|| next(partitions, block, copy)).flatten() else { return Ok(newest.0) };
        match entry(partitions, chain, copy) {
            Ok(entry) => (newest, block) = (entry, chain),
            // An extent for later entries that has none yet.
            Err(_) => return Ok(newest.0),
        }
    }
    Err(partitions.no_descriptor(newest.0.descriptors_at, "a chain of entries without end".to_owned(), "the last of them"))
}

/// Where the chain goes on behind the entry in `block`.
fn next(partitions: &Partitions, block: Block, copy: Copy) -> Option<Block> {
    let beside = Block { number: block.number.checked_add(1)?, ..block };
    let (_, bytes) = partitions.read(beside, copy).ok()?;
    check(&bytes, &[id::INDIRECT], Some(beside.number)).ok()?;
    let Indirect { next } = wire::read(&bytes)?;
    (next.len & LENGTH != 0).then_some(next.block)
}

/// One entry, and whether it is one of a chain.
fn entry(partitions: &Partitions, block: Block, copy: Copy) -> Result<(Node, bool)> {
    let (at, bytes) = partitions.read(block, copy)?;
    let wrong = |found: String| partitions.no_descriptor(at, found, "a file entry");
    let tag = check(&bytes, &[id::FILE_ENTRY, id::EXTENDED_FILE_ENTRY], Some(block.number)).map_err(wrong)?;
    let short = || wrong("a file entry that is cut short".to_owned());
    let head: EntryHead = wire::read(&bytes).ok_or_else(short)?;
    if !matches!(head.strategy, STRATEGY_ONE | STRATEGY_CHAIN) {
        return Err(wrong(format!("a file entry of strategy {}", head.strategy)));
    }
    let (tail, streams, size) = tail(tag, &bytes).ok_or_else(short)?;
    let attributes = usize::try_from(tail.attribute_bytes).ok();
    let Some((attributes, rest)) = bytes.get(size..).zip(attributes).and_then(|(rest, len)| rest.split_at_checked(len)) else {
        return Err(wrong(format!("a file entry with {} bytes of attributes", tail.attribute_bytes)));
    };
    let descriptors = usize::try_from(tail.descriptor_bytes).ok().and_then(|len| rest.get(..len));
    let descriptors = descriptors.ok_or_else(|| wrong(format!("{} bytes of allocation descriptors", tail.descriptor_bytes)))?;
    let node = Node {
        kind: head.kind,
        len: head.len,
        modified: text::stamp(&tail.modified),
        mode: mode(head.permissions, head.flags),
        owner: (head.uid != NOBODY && head.gid != NOBODY).then_some((head.uid, head.gid)),
        device: device(attributes),
        layout: (head.flags & 7).to_le_bytes()[0],
        descriptors: descriptors.to_vec(),
        descriptors_at: at + (size + attributes.len()) as u64,
        part: block.part,
        streams,
    };
    Ok((node, head.strategy == STRATEGY_CHAIN))
}

/// The later part of an entry of either kind, the directory of streams that only one kind tells, and where what follows begins.
fn tail(tag: u16, bytes: &[u8]) -> Option<(EntryTail, Option<Block>, usize)> {
    if tag == id::FILE_ENTRY {
        return Some((wire::read(bytes.get(wire::TAIL_AT..)?)?, None, wire::ENTRY_BYTES));
    }
    let long: ExtendedTail = wire::read(bytes.get(wire::EXTENDED_TAIL_AT..)?)?;
    let ExtendedTail { modified, streams, attribute_bytes, descriptor_bytes } = long;
    let streams = (streams.len & LENGTH != 0).then_some(streams.block);
    Some((EntryTail { modified, attribute_bytes, descriptor_bytes }, streams, wire::EXTENDED_ENTRY_BYTES))
}

/// Three bits of each five are those of POSIX (4/14.9.5); set user, set group and sticky are flags (4/14.6.8).
fn mode(permissions: u32, flags: u16) -> u32 {
    let of = |shift: u32| permissions >> shift & 7;
    of(10) << 6
        | of(5) << 3
        | of(0)
        | u32::from(flags >> 6 & 1) << 11
        | u32::from(flags >> 7 & 1) << 10
        | u32::from(flags >> 8 & 1) << 9
}

fn device(attributes: &[u8]) -> Option<(u32, u32)> {
    check(attributes, &[id::EXTENDED_ATTRIBUTES], None).ok()?;
    let mut rest = attributes.get(ATTRIBUTES_AT..)?;
    loop {
        let Attribute { kind, len } = wire::read(rest)?;
        if kind == DEVICE_ATTRIBUTE {
            let Device { major, minor } = wire::read(rest)?;
            return Some((major, minor));
        }
        rest = usize::try_from(len).ok().filter(|len| *len > 0).and_then(|len| rest.get(len..))?;
    }
}
