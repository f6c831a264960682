//! What a block-compressing writer offers: coding, which any worker does, and placing, which is done in order.

use crate::error::Result;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A block as a worker made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coded {
    /// The writer's own word on how it is coded, e.g. stored or deflated.
    pub tag: u32,
    /// The writer's own checksum of the block, for digests that can be combined in order.
    pub check: u64,
}

/// Codes blocks; pure, so that the same block gives the same bytes on any worker.
pub trait BlockEncode: Send + Sync {
    /// State for one worker.
    fn worker(&self) -> Box<dyn BlockWorker>;
}

/// One worker's state.
pub trait BlockWorker: Send {
    /// Append the coded form of `raw` to `out`. The last block of a part may be short.
    ///
    /// # Errors
    /// If it cannot be coded.
    fn encode(&mut self, index: u64, raw: &[u8], out: &mut Vec<u8>) -> Result<Coded>;
}

/// A coded block on its way into the file.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// Its number within its part.
    pub index: u64,
    /// Where the next byte of the file goes.
    pub at: u64,
    /// How many raw bytes it holds.
    pub raw_len: u32,
    /// Its coded bytes.
    pub coded: &'a [u8],
    /// The bytes that were coded, where the index wants them ([`IndexMaker::wants_raw`]); else nothing.
    pub raw: &'a [u8],
    /// What the worker said of it.
    pub says: Coded,
}

/// What becomes of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It is stored after so many zeros.
    Stored {
        /// Zeros before it, for alignment.
        skip: u32,
    },
    /// It is stored elsewhere already, and nothing is written.
    Elsewhere,
}

/// Bytes to be written over what was planned: `(offset, bytes)`.
pub type Patches = Vec<(u64, Vec<u8>)>;

/// All that depends on what came before; one per file, called in block order.
pub trait FileIndex: Send {
    /// Take note of a block.
    ///
    /// # Errors
    /// If the format cannot say where it is.
    fn place(&mut self, block: &Block<'_>) -> Result<Placed>;

    /// All is written: header, table, digests. `parts` are the places of the file's parts, in order; the file ends with the
    /// last of them, or with what is written behind it here.
    ///
    /// # Errors
    /// If the format cannot say it.
    fn finish(self: Box<Self>, parts: &[Range<u64>]) -> Result<Patches>;
}

/// Makes the index of a file when it is begun, so that a plan stays data that can be carried out again.
pub trait IndexMaker: Send + Sync {
    /// An index that knows of nothing yet.
    fn begin(&self) -> Box<dyn FileIndex>;

    /// Does it look at the bytes of each block before coding: for digests in their order, or to find equal ones?
    fn wants_raw(&self) -> bool {
        false
    }
}

/// A codec in a plan: shared, and equal to itself only.
#[derive(Clone)]
pub struct Codec(pub Arc<dyn BlockEncode>);

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codec")
    }
}

impl PartialEq for Codec {
    fn eq(&self, other: &Codec) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Codec {}

/// An index maker in a plan: shared, and equal to itself only.
#[derive(Clone)]
pub struct Index(pub Arc<dyn IndexMaker>);

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Index")
    }
}

impl PartialEq for Index {
    fn eq(&self, other: &Index) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Index {}

/// What one worker made of neighbouring blocks.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Their coded bytes, one after another.
    pub bytes: Vec<u8>,
    /// For each: coded length, raw length, what the worker said.
    pub blocks: Vec<(u32, u32, Coded)>,
    /// The bytes that were coded, one block after another, where the index wants them.
    pub raw: Vec<u8>,
}
