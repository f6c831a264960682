//! Blocks that lie somewhere in a file, each coded by itself.

use crate::wire::AGAIN;
use discconv_codec::deflate::{Adler, Inflater};
use discconv_codec::{CodecError, lz4, lzo};
use discconv_core::{At, BlockDecode, BlockGeometry, Error, Note, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// Coded bytes that are read at a time, unless one block has more: what the engine asks for at once, when nothing packs.
const READ_BYTES: u64 = 512 << 10;
/// Bytes of a sector, in which damage is counted.
const SECTOR: u64 = 2048;

/// How a block is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Stored,
    Deflate,
    Zlib,
    Lz4,
    Lzo,
}

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Coding::Stored => "stored",
            Coding::Deflate => "deflate",
            Coding::Zlib => "zlib",
            Coding::Lz4 => "LZ4",
            Coding::Lzo => "LZO",
        }
    }
}

/// Where a block lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Offset in the file.
    pub(crate) at: u64,
    /// Its length, with whatever pads it.
    pub(crate) len: u32,
    pub(crate) coding: Coding,
}

impl Stored {
    fn end(&self) -> u64 {
        self.at.saturating_add(u64::from(self.len))
    }
}

/// The table of a file.
pub(crate) trait Table: Send + Sync {
    /// Where block `index` is, which there is.
    fn stored(&self, index: u64) -> Stored;
}

/// A file and its table.
pub(crate) struct Decoder<T> {
    source: Arc<dyn ReadAt>,
    geometry: BlockGeometry,
    table: T,
}

/// What a worker keeps.
#[derive(Default)]
pub(crate) struct Scratch {
    coded: Vec<u8>,
    unpacker: Unpacker,
}

impl<T: Table> Decoder<T> {
    pub(crate) fn new(source: Arc<dyn ReadAt>, geometry: BlockGeometry, table: T) -> Decoder<T> {
        Decoder { source, geometry, table }
    }

    fn blocks(&self) -> u64 {
        self.geometry.len.div_ceil(u64::from(self.geometry.block_bytes))
    }

    /// What is missing where the file ends too early.
    ///
    /// # Errors
    /// [`Error::Malformed`] if all of it is missing.
    pub(crate) fn damage(&self) -> Result<Vec<Note>> {
        let (name, end) = (self.source.name(), self.source.len());
        let (block, all) = (u64::from(self.geometry.block_bytes), self.blocks());
        let mut missing = (0..all).filter(|index| self.table.stored(*index).end() > end);
        let Some(first) = missing.next() else { return Ok(Vec::new()) };
        let (mut count, mut last) = (1, first);
        for index in missing {
            (count, last) = (count + 1, index);
        }
        if count == all {
            let at = self.table.stored(first).at;
            let expected = format!("all of the first block, which begins at byte {at:#X}");
            return Err(Error::malformed(name, At::Byte(end), "the end of the file", expected).with_hint(AGAIN));
        }
        let beyond = if last + 1 == all { all * block - self.geometry.len } else { 0 };
        let text = format!(
            "{name}: byte {end:#X}: the file ends, and {count} of its {all} blocks, from block {first} on, are not whole; \
             zeros stand for them"
        );
        Ok(vec![Note::damage((count * block - beyond).div_ceil(SECTOR), text)])
    }

    /// Blocks from `first` on that one read brings in, `most` at most: their bytes, and how many they are. `None` where the
    /// file ends before the first one does.
    fn span(&self, first: u64, most: u64) -> Option<(Range<u64>, u64)> {
        let stored = self.table.stored(first);
        let mut bytes = stored.at..stored.end();
        if bytes.end > self.source.len() {
            return None;
        }
        let mut count = 1;
        while count < most {
            let next = self.table.stored(first + count);
            let end = next.end();
            if next.at < bytes.end || end > self.source.len() || end - bytes.start > READ_BYTES {
                break;
            }
            bytes.end = end;
            count += 1;
        }
        Some((bytes, count))
    }

    fn failed(&self, index: u64, stored: &Stored, reason: &CodecError) -> Error {
        let reason = match reason {
            CodecError::TooShort { found, .. } => format!("it unpacks to {found} bytes"),
            CodecError::TooLong { .. } => "it unpacks to more".to_owned(),
            CodecError::Checksum { found, expected } => format!("its checksum is {found:08X}, not {expected:08X}"),
            reason => reason.to_string(),
        };
        let (blocks, coding) = (self.blocks(), stored.coding.name());
        let found = format!("block {index} of {blocks} ({coding}, {} bytes) damaged: {reason}", stored.len);
        let expected = format!("{} bytes of it", self.geometry.block_bytes);
        Error::malformed(self.source.name(), At::Byte(stored.at), found, expected).with_hint(AGAIN)
    }
}

impl<T: Table> BlockDecode for Decoder<T> {
    type Scratch = Scratch;

    fn geometry(&self) -> BlockGeometry {
        self.geometry
    }

    fn decode(&self, index: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        self.decode_run(index, scratch, out)
    }

    fn decode_run(&self, first: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let block = size(self.geometry.block_bytes);
        let mut index = first;
        let mut rest = out;
        while !rest.is_empty() {
            let Some((bytes, count)) = self.span(index, rest.len().div_ceil(block) as u64) else {
                let (now, later) = rest.split_at_mut(block.min(rest.len()));
                now.fill(0);
                rest = later;
                index += 1;
                continue;
            };
            let len = usize::try_from(bytes.end - bytes.start).unwrap_or(usize::MAX);
            if scratch.coded.len() < len {
                scratch.coded.resize(len, 0);
            }
            let coded = &mut scratch.coded[..len];
            self.source.read_exact_at(bytes.start, coded)?;
            for number in index..index + count {
                let stored = self.table.stored(number);
                let from = usize::try_from(stored.at - bytes.start).unwrap_or(usize::MAX);
                let (now, later) = rest.split_at_mut(block.min(rest.len()));
                rest = later;
                let unpacked = scratch.unpacker.unpack(stored.coding, &coded[from..from + size(stored.len)], block, now);
                unpacked.map_err(|reason| self.failed(number, &stored, &reason))?;
            }
            index += count;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.source.name()
    }
}

/// A length that is in memory.
fn size(bytes: u32) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[derive(Default)]
struct Unpacker {
    inflater: Inflater,
    /// The last block with what pads it.
    whole: Vec<u8>,
}

impl Unpacker {
    /// A block into `out`, which is shorter than `block` bytes where the image ends.
    fn unpack(&mut self, coding: Coding, coded: &[u8], block: usize, out: &mut [u8]) -> Result<(), CodecError> {
        if out.len() == block || coding == Coding::Stored {
            return self.exactly(coding, coded, out);
        }
        // The last one is a whole block with zeros at its end; but some writers leave those out.
        let mut whole = std::mem::take(&mut self.whole);
        whole.resize(block, 0);
        let unpacked = self.exactly(coding, coded, &mut whole);
        match unpacked {
            Ok(()) => out.copy_from_slice(&whole[..out.len()]),
            Err(reason) => self.exactly(coding, coded, out).map_err(|_| reason)?,
        }
        self.whole = whole;
        Ok(())
    }

    fn exactly(&mut self, coding: Coding, coded: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
        match coding {
            Coding::Stored => {
                let stored = coded.get(..out.len()).ok_or(CodecError::TooShort { found: coded.len(), expected: out.len() })?;
                out.copy_from_slice(stored);
                Ok(())
            }
            Coding::Deflate => self.inflater.raw(coded, out),
            // Some readers never look at the checksum, so that a writer for them may leave it out; a wrong one is damage.
            Coding::Zlib => match self.inflater.zlib(coded, out, Adler::Check) {
                Err(CodecError::Truncated { .. }) => self.inflater.zlib(coded, out, Adler::Ignore),
                done => done,
            },
            Coding::Lz4 => lz4::decode(coded, out).map(drop),
            Coding::Lzo => lzo::decode(coded, out).map(drop),
        }
    }
}
