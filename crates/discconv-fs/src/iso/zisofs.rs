//! zisofs: files that are packed in blocks of their own, as mkzftree and xorriso write them.
//!
//! | version 1 | version 2 | what |
//! |---|---|---|
//! | 0: 8 bytes | 0: 8 bytes | signature |
//! | 8: u32 | 16: u64 | bytes when unpacked |
//! | 12 | 9 | words of 4 bytes of this head: 4, 6 |
//! | 13 | 10 | length of a block as a power of two |
//! | behind: u32 | behind: u64 | where each block begins, and where the last ends; little-endian |
//!
//! A block is a zlib stream, or nothing where it is all zeros.

use super::wire::{byte, field};
use crate::inflate::inflate;
use discconv_core::{At, BlockDecode, BlockGeometry, Blocks, Error, ReadAt, Result};
use std::sync::Arc;

const SIGNATURE: &[u8] = &[0x37, 0xE4, 0x53, 0x96, 0xC9, 0xDB, 0xD6, 0x07];
const SIGNATURE_WIDE: &[u8] = &[0xEF, 0x22, 0x55, 0xA1, 0xBC, 0x1B, 0x95, 0xA0];
/// Lengths of blocks that may be, as powers of two.
const BLOCKS: std::ops::RangeInclusive<u8> = 12..=20;

/// What a `ZF` field says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Bytes when unpacked.
    pub(super) len: u64,
}

impl Header {
    /// Out of the data of a `ZF` field: algorithm, words of the file's head, the block's length as a power of two, bytes.
    pub(super) fn of_field(data: &[u8]) -> Option<Header> {
        match data.get(..2).filter(|_| data.len() >= 12)? {
            b"pz" => Some(Header { len: u32::from_le_bytes(field(data, 4)).into() }),
            b"PZ" => Some(Header { len: u64::from_le_bytes(field(data, 4)) }),
            _ => None,
        }
    }
}

/// The content of a packed file.
struct Packed {
    stored: Arc<dyn ReadAt>,
    len: u64,
    block_bytes: u32,
    /// Where the places of the blocks begin, and bytes of each.
    table: u64,
    wide: bool,
}

/// The content of the packed file whose bytes are `stored`.
///
/// # Errors
/// Reading; a head that is none, or that disagrees with the directory; a table longer than the file.
pub(super) fn unpack(stored: Arc<dyn ReadAt>, told: Header) -> Result<Arc<dyn ReadAt>> {
    if told.len == 0 {
        return Ok(Arc::new(discconv_core::Bytes::new(stored.name(), Vec::new())));
    }
    let mut head = [0; 24];
    let there = usize::try_from(stored.len()).unwrap_or(usize::MAX).min(head.len());
    stored.read_exact_at(0, head.get_mut(..there).unwrap_or_default())?;
    let malformed = |found: String, expected: &str| Error::malformed(stored.name(), At::Byte(0), found, expected);
    let (wide, len, words, power) = if head.starts_with(SIGNATURE) {
        (false, u32::from_le_bytes(field(&head, 8)).into(), byte(&head, 12), byte(&head, 13))
    } else if head.starts_with(SIGNATURE_WIDE) {
        (true, u64::from_le_bytes(field(&head, 16)), byte(&head, 9), byte(&head, 10))
    } else {
        let found = format!("{:02X?}", head.get(..8).unwrap_or_default());
        return Err(malformed(found, "a file packed by zisofs, since the directory says that it is"));
    };
    if len != told.len {
        return Err(malformed(format!("{len} bytes when unpacked"), &format!("{} bytes, as the directory says", told.len)));
    }
    if !BLOCKS.contains(&power) {
        return Err(malformed(format!("blocks of 2 to the power of {power} bytes"), "a power from 12 to 20"));
    }
    let (block_bytes, table) = (1_u32 << power, u64::from(words) * 4);
    let places = len.div_ceil(block_bytes.into()) + 1;
    let fits = places.checked_mul(if wide { 8 } else { 4 }).and_then(|bytes| bytes.checked_add(table));
    if fits.is_none_or(|end| end > stored.len()) {
        let found = format!("a table of {places} blocks in a file of {} bytes", stored.len());
        return Err(malformed(found, "a table that ends in the file"));
    }
    Ok(Arc::new(Blocks::new(Packed { stored, len, block_bytes, table, wide })?))
}

impl Packed {
    fn place(&self, index: u64) -> Result<u64> {
        let mut bytes = [0; 8];
        let size = if self.wide { 8 } else { 4 };
        let own = bytes.get_mut(..size).unwrap_or_default();
        self.stored.read_exact_at(self.table + index * size as u64, own)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn wrong(&self, at: u64, found: String) -> Error {
        Error::malformed(self.stored.name(), At::Byte(at), found, "a block packed by zisofs")
    }
}

impl BlockDecode for Packed {
    type Scratch = Vec<u8>;

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: self.len, block_bytes: self.block_bytes }
    }

    fn decode(&self, index: u64, scratch: &mut Vec<u8>, out: &mut [u8]) -> Result<()> {
        let (from, to) = (self.place(index)?, self.place(index + 1)?);
        if from == to {
            out.fill(0);
            return Ok(());
        }
        // What does not pack grows a little.
        let most = u64::from(self.block_bytes) * 2;
        let bytes = to.checked_sub(from).filter(|bytes| *bytes <= most && to <= self.stored.len());
        let Some(bytes) = bytes.and_then(|bytes| usize::try_from(bytes).ok()) else {
            return Err(self.wrong(from, format!("block {index} from byte {from} to byte {to} of {}", self.stored.len())));
        };
        scratch.resize(bytes, 0);
        self.stored.read_exact_at(from, scratch)?;
        inflate(scratch, out).map_err(|found| self.wrong(from, format!("block {index}: {found}")))
    }

    fn name(&self) -> &str {
        self.stored.name()
    }
}
