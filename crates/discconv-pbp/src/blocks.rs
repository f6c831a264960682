//! The sectors of a disc: blocks that lie somewhere in the file.

use crate::wire::{AGAIN, BLOCK, BLOCK_BYTES, BLOCK_SECTORS};
use discconv_codec::deflate::{Adler, Inflater};
use discconv_core::{At, BlockDecode, BlockGeometry, Error, Note, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// Coded bytes that are read at a time: what the engine asks for at once, when nothing packs.
const READ_BYTES: u64 = 640 << 10;

/// Where a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Offset in the file.
    pub(crate) at: u64,
    /// Coded bytes; [`BLOCK`] where they are the block itself.
    pub(crate) len: u16,
}

impl Stored {
    fn end(&self) -> u64 {
        self.at.saturating_add(u64::from(self.len))
    }
}

/// A file and the blocks of one of its discs.
pub(crate) struct Decoder {
    source: Arc<dyn ReadAt>,
    blocks: Vec<Stored>,
}

/// What a worker keeps.
#[derive(Default)]
pub(crate) struct Scratch {
    coded: Vec<u8>,
    inflater: Inflater,
}

impl Decoder {
    pub(crate) fn new(source: Arc<dyn ReadAt>, blocks: Vec<Stored>) -> Decoder {
        Decoder { source, blocks }
    }

    fn count(&self) -> u64 {
        self.blocks.len() as u64
    }

    fn stored(&self, index: u64) -> Option<Stored> {
        usize::try_from(index).ok().and_then(|index| self.blocks.get(index)).copied()
    }

    /// Does the file have all of it?
    fn is_there(&self, stored: &Stored) -> bool {
        stored.end() <= self.source.len()
    }

    /// What is missing where the file ends too early; `disc` says of which disc.
    ///
    /// # Errors
    /// [`Error::Malformed`] if all of it is missing.
    pub(crate) fn damage(&self, disc: &str) -> Result<Option<Note>> {
        let (name, end, all) = (self.source.name(), self.source.len(), self.count());
        let mut missing = self.blocks.iter().enumerate().filter(|(_, stored)| !self.is_there(stored));
        let Some((first, stored)) = missing.next() else { return Ok(None) };
        let count = 1 + missing.count() as u64;
        if count == all {
            let expected = format!("all of the first block{disc}, which begins at byte {:#X}", stored.at);
            return Err(Error::malformed(name, At::Byte(end), "the end of the file", expected).with_hint(AGAIN));
        }
        let text = format!(
            "{name}: byte {end:#X}: the file ends, and {count} of the {all} blocks{disc}, from block {first} on, are not whole; \
             zeros stand for them"
        );
        Ok(Some(Note::damage(count * u64::from(BLOCK_SECTORS), text)))
    }

    /// Blocks from `first` on that one read brings in, `most` at most: their bytes, and how many they are. `None` where the
    /// file ends before the first one does.
    fn span(&self, first: u64, most: u64) -> Option<(Range<u64>, u64)> {
        let stored = self.stored(first).filter(|stored| self.is_there(stored))?;
        let mut bytes = stored.at..stored.end();
        let mut count = 1;
        while let Some(next) = self.stored(first + count).filter(|_| count < most) {
            let fits = next.at >= bytes.end && self.is_there(&next) && next.end() - bytes.start <= READ_BYTES;
            if !fits {
                break;
            }
            bytes.end = next.end();
            count += 1;
        }
        Some((bytes, count))
    }

    /// One block, of which `coded` are the bytes of the file.
    fn unpack(&self, index: u64, stored: &Stored, coded: &[u8], inflater: &mut Inflater, out: &mut [u8]) -> Result<()> {
        if coded.len() == BLOCK && out.len() == BLOCK {
            out.copy_from_slice(coded);
            return Ok(());
        }
        // A few programs write zlib's header and checksum too.
        let unpacked = inflater.raw(coded, out).or_else(|reason| inflater.zlib(coded, out, Adler::Check).map_err(|_| reason));
        unpacked.map_err(|reason| {
            let found = format!("block {index} of {} ({} bytes) damaged: {reason}", self.count(), stored.len);
            Error::malformed(self.source.name(), At::Byte(stored.at), found, format!("{BLOCK} bytes of it")).with_hint(AGAIN)
        })
    }
}

impl BlockDecode for Decoder {
    type Scratch = Scratch;

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: self.count() * u64::from(BLOCK_BYTES), block_bytes: BLOCK_BYTES }
    }

    fn decode(&self, index: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        self.decode_run(index, scratch, out)
    }

    fn decode_run(&self, first: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let (mut index, mut rest) = (first, out);
        while !rest.is_empty() {
            let Some((bytes, count)) = self.span(index, rest.len().div_ceil(BLOCK) as u64) else {
                let (now, later) = rest.split_at_mut(BLOCK.min(rest.len()));
                now.fill(0);
                rest = later;
                index += 1;
                continue;
            };
            let len = usize::try_from(bytes.end - bytes.start).unwrap_or(usize::MAX);
            if scratch.coded.len() < len {
                scratch.coded.resize(len, 0);
            }
            self.source.read_exact_at(bytes.start, &mut scratch.coded[..len])?;
            for number in index..index + count {
                let (now, later) = rest.split_at_mut(BLOCK.min(rest.len()));
                rest = later;
                let Some(stored) = self.stored(number) else { continue };
                let from = usize::try_from(stored.at - bytes.start).unwrap_or(usize::MAX);
                let coded = &scratch.coded[from..from + usize::from(stored.len)];
                self.unpack(number, &stored, coded, &mut scratch.inflater, now)?;
            }
            index += count;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.source.name()
    }
}
