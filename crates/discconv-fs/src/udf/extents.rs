//! Allocation descriptors: where a file's content lies (4/12, 4/14.14).

use super::icb::Node;
use super::partitions::{Copy, Partitions};
use super::tag::check;
use super::wire::{self, ALLOCATION_EXTENT_BYTES, AllocationExtent, Block, LongAd, id};
use crate::gather::{place, push};
use crate::{Run, Space};
use discconv_core::{Error, Result};
use std::collections::HashSet;

const SHORT: u8 = 0;
const LONG: u8 = 1;
const EXTENDED: u8 = 2;
const EMBEDDED: u8 = 3;

/// Kinds of extents, the two highest bits of their length (4/14.14.1.1).
const RECORDED: u32 = 0;
const CONTINUED: u32 = 3;
const LENGTH: u32 = 0x3FFF_FFFF;

/// Where the content of `node` lies, together as long as it says.
///
/// # Errors
/// Reading; descriptors that go round in a circle, lead out of the partition, hold more than the disc or less than the file.
pub(super) fn runs(partitions: &Partitions, node: &Node, copy: Copy) -> Result<Vec<Run>> {
    if node.layout == EMBEDDED {
        return embedded(&partitions.space, node);
    }
    let mut content = Content { partitions, node, copy, left: node.len, stored: 0, runs: Vec::new() };
    let mut seen = HashSet::new();
    let mut next = content.take(&node.descriptors)?;
    while let Some(block) = next.filter(|_| content.left > 0) {
        if !seen.insert((block.part, block.number)) {
            return Err(content.wrong("allocation descriptors that go round in a circle", "an end of them"));
        }
        next = content.take(&continuation(partitions, block, copy)?)?;
    }
    if content.left > 0 {
        let found = format!("extents for {} bytes", node.len - content.left);
        return Err(content.wrong(&found, &format!("the {} bytes that the file has", node.len)));
    }
    Ok(content.runs)
}

/// Where the content of `node` begins: what the descriptors in its own block tell, none of those that they go on to.
///
/// # Errors
/// As [`runs`], of these descriptors.
pub(super) fn first_runs(partitions: &Partitions, node: &Node, copy: Copy) -> Result<Vec<Run>> {
    if node.layout == EMBEDDED {
        return embedded(&partitions.space, node);
    }
    let mut content = Content { partitions, node, copy, left: node.len, stored: 0, runs: Vec::new() };
    content.take(&node.descriptors)?;
    Ok(content.runs)
}

/// The content is where the descriptors would be.
fn embedded(space: &Space, node: &Node) -> Result<Vec<Run>> {
    let there = node.descriptors.len() as u64;
    if node.len > there {
        let found = format!("{there} bytes of embedded content");
        return Err(Error::malformed(space.name(), place(node.descriptors_at), found, format!("{} bytes", node.len)));
    }
    let mut runs = Vec::new();
    push(&mut runs, Some(node.descriptors_at), node.len);
    Ok(runs)
}

/// The descriptors in an extent of them, behind its own (4/14.5).
fn continuation(partitions: &Partitions, block: Block, copy: Copy) -> Result<Vec<u8>> {
    let (at, bytes) = partitions.read(block, copy)?;
    let wrong = |found: String| partitions.no_descriptor(at, found, "an allocation extent descriptor");
    check(&bytes, &[id::ALLOCATION_EXTENT], Some(block.number)).map_err(wrong)?;
    let len = wire::read::<AllocationExtent>(&bytes).and_then(|head| usize::try_from(head.descriptor_bytes).ok());
    let descriptors = len.and_then(|len| bytes.get(ALLOCATION_EXTENT_BYTES..)?.get(..len));
    Ok(descriptors.ok_or_else(|| wrong("more allocation descriptors than its block holds".to_owned()))?.to_vec())
}

struct Content<'a> {
    partitions: &'a Partitions,
    node: &'a Node,
    copy: Copy,
    /// Bytes of the file that have no place yet.
    left: u64,
    /// Bytes that are on the disc.
    stored: u64,
    runs: Vec<Run>,
}

impl Content<'_> {
    /// Take the extents of some descriptors. Returns the block in which more of them are.
    fn take(&mut self, descriptors: &[u8]) -> Result<Option<Block>> {
        let size = match self.node.layout {
            SHORT => 8,
            LONG => 16,
            EXTENDED => 20,
            other => return Err(self.wrong(&format!("allocation descriptors of kind {other}"), "kind 0 to 3")),
        };
        for descriptor in descriptors.chunks_exact(size) {
            let Some(LongAd { len, block }) = self.read(descriptor) else { break };
            match (len >> 30, len & LENGTH) {
                // The end of the descriptors (4/12).
                (_, 0) => break,
                (CONTINUED, _) => return Ok(Some(block)),
                (kind, len) => self.extent(kind == RECORDED, block, u64::from(len))?,
            }
            if self.left == 0 {
                break;
            }
        }
        Ok(None)
    }

    fn extent(&mut self, recorded: bool, block: Block, len: u64) -> Result<()> {
        let len = len.min(self.left);
        self.left -= len;
        if !recorded {
            push(&mut self.runs, None, len);
            return Ok(());
        }
        self.stored += len;
        if self.stored > self.partitions.space.end() {
            return Err(self.wrong("more content than the disc has bytes", "the file's true extents"));
        }
        self.partitions.place(block, len, self.copy, &mut self.runs)
    }

    /// A descriptor of any kind as a long one.
    fn read(&self, descriptor: &[u8]) -> Option<LongAd> {
        match self.node.layout {
            SHORT => {
                let (len, number): (u32, u32) = (wire::read(descriptor)?, wire::read(descriptor.get(4..)?)?);
                Some(LongAd { len, block: Block { number, part: self.node.part } })
            }
            LONG => wire::read(descriptor),
            // Lengths as recorded and as meant lie between (4/14.14.3).
            _ => Some(LongAd { len: wire::read(descriptor)?, block: wire::read(descriptor.get(12..)?)? }),
        }
    }

    fn wrong(&self, found: &str, expected: &str) -> Error {
        Error::malformed(self.partitions.space.name(), place(self.node.descriptors_at), found, expected)
    }
}
