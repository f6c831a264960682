//! Partition maps: from blocks of a logical volume to bytes of the disc (3/10.7, UDF 2.2.8 to 2.2.10).

use super::wire::Block;
use crate::gather::{cut, place, push};
use crate::{Run, Space};
use discconv_core::{At, Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which of the two places of what a metadata partition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copy {
    Main,
    Mirror,
}

/// A partition as its descriptor has it, in bytes of the space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    pub(super) start: u64,
    pub(super) len: u64,
}

/// What a partition map does with block numbers.
pub(super) enum Map {
    /// Block `n` is the `n`th.
    Plain(Plain),
    /// Packets of blocks are elsewhere, by their first block: the byte of the space.
    Sparable { plain: Plain, packet: u32, moved: BTreeMap<u32, u64> },
    /// A table says for each block which one it is.
    Virtual { plain: Plain, table: Vec<u32> },
    /// The content of a file, and of its mirror.
    Metadata { main: Vec<Run>, mirror: Vec<Run> },
    /// Nothing can be found by it, for this reason.
    Lost(String),
}

/// A block of a virtual partition that is not used.
const UNUSED: u32 = u32::MAX;

/// All partition maps of the volume.
pub(super) struct Partitions {
    pub(super) space: Arc<Space>,
    pub(super) block_bytes: u32,
    pub(super) maps: Vec<Map>,
}

impl Partitions {
    /// Is there a second copy of anything?
    pub(super) fn copies(&self) -> &'static [Copy] {
        let mirrored = |map: &Map| matches!(map, Map::Metadata { mirror, .. } if !mirror.is_empty());
        if self.maps.iter().any(mirrored) { &[Copy::Main, Copy::Mirror] } else { &[Copy::Main] }
    }

    /// Append where `len` bytes from a block on lie.
    ///
    /// # Errors
    /// Blocks that the partition has not.
    pub(super) fn place(&self, first: Block, len: u64, copy: Copy, runs: &mut Vec<Run>) -> Result<()> {
        let offset = u64::from(first.number) * u64::from(self.block_bytes);
        let none = || self.outside(first, len);
        match self.maps.get(usize::from(first.part)) {
            Some(Map::Plain(plain)) => push(runs, Some(plain.at(offset, len).ok_or_else(none)?), len),
            Some(Map::Sparable { plain, packet, moved }) => self.each_block(first.number, len, runs, |number| {
                let into = number % packet;
                let moved = moved.get(&(number - into)).map(|at| at + u64::from(into) * u64::from(self.block_bytes));
                moved.or_else(|| plain.at(u64::from(number) * u64::from(self.block_bytes), 1)).ok_or_else(none)
            })?,
            Some(Map::Virtual { plain, table }) => self.each_block(first.number, len, runs, |number| {
                let real = usize::try_from(number).ok().and_then(|number| table.get(number)).filter(|real| **real != UNUSED);
                real.and_then(|real| plain.at(u64::from(*real) * u64::from(self.block_bytes), 1)).ok_or_else(none)
            })?,
            Some(Map::Metadata { main, mirror }) => {
                let from = if copy == Copy::Mirror && !mirror.is_empty() { mirror } else { main };
                for run in cut(from, offset, len).ok_or_else(none)? {
                    push(runs, run.at, run.len);
                }
            }
            Some(Map::Lost(why)) => {
                return Err(Error::malformed(self.space.name(), At::Whole, why, "a partition that can be read"));
            }
            None => return Err(none()),
        }
        Ok(())
    }

    fn each_block(&self, first: u32, len: u64, runs: &mut Vec<Run>, at: impl Fn(u32) -> Result<u64>) -> Result<()> {
        let (mut number, mut left) = (first, len);
        while left > 0 {
            let take = left.min(u64::from(self.block_bytes));
            push(runs, Some(at(number)?), take);
            left -= take;
            number = number.saturating_add(1);
        }
        Ok(())
    }

    /// The bytes of a block, and where they are.
    pub(super) fn read(&self, block: Block, copy: Copy) -> Result<(u64, Vec<u8>)> {
        let mut runs = Vec::new();
        self.place(block, u64::from(self.block_bytes), copy, &mut runs)?;
        match runs.as_slice() {
            [Run { at: Some(at), .. }] => {
                let mut bytes = vec![0; usize::try_from(self.block_bytes).unwrap_or(0)];
                self.space.read(*at, &mut bytes)?;
                Ok((*at, bytes))
            }
            _ => Err(self.outside(block, u64::from(self.block_bytes))),
        }
    }

    /// What is wrong with the descriptor in a block.
    pub(super) fn no_descriptor(&self, at: u64, found: String, what: &str) -> Error {
        Error::malformed(self.space.name(), place(at), found, what)
    }

    fn outside(&self, first: Block, len: u64) -> Error {
        let found = format!("{len} bytes from block {} of partition {} on", first.number, first.part);
        Error::malformed(self.space.name(), At::Whole, found, "blocks that the partition has")
            .with_hint("the image may be truncated, or damaged")
    }
}

impl Plain {
    /// The byte of the space at which `len` bytes from byte `offset` of the partition on lie, if it has them.
    fn at(&self, offset: u64, len: u64) -> Option<u64> {
        let end = offset.checked_add(len)?;
        if end <= self.len { self.start.checked_add(offset) } else { None }
    }
}
