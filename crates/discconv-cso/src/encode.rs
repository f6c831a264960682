//! Coding blocks, and the tables of what was coded.

use crate::wire::{CISO_FLAG, CisoHeader, DAX, DAX_BLOCK, DAX_HEADER, DaxHeader, bytes_of};
use discconv_codec::Level;
use discconv_codec::deflate::Deflater;
use discconv_codec::lz4::Lz4Encoder;
use discconv_core::{
    Block, BlockEncode, BlockWorker, Coded, ConversionMode, Error, FileIndex, IndexMaker, Patches, Placed, Result,
};
use std::ops::Range;

/// Which codecs a block may be coded by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codecs {
    Deflate,
    Lz4,
    /// Whichever makes it smaller; see [`CLOSE`].
    Both,
    /// zlib streams, whatever their length.
    Zlib,
}

/// What a worker says of a block: bit 31 of its entry is clear.
const PLAIN: u32 = 0;
/// Bit 31 is set: LZ4 in CSO 2, stored elsewhere.
const FLAGGED: u32 = 1;

/// LZ4 is smaller than deflate in many blocks of what is packed already (13 % of a mixed image, by 0.26 % of its bytes). Quick
/// LZ4 tells where: below the highest level the slow one is asked only if the quick one is worse by no more than this part.
const CLOSE: usize = 32;

/// Codes blocks of one size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoder {
    pub(crate) codecs: Codecs,
    pub(crate) level: Level,
    pub(crate) block_bytes: u32,
    pub(crate) shift: u8,
}

pub(crate) fn level(mode: ConversionMode) -> Level {
    match mode {
        ConversionMode::Fast => Level::Fast,
        ConversionMode::Normal => Level::Normal,
        ConversionMode::Max => Level::Max,
    }
}

impl BlockEncode for Encoder {
    fn worker(&self) -> Box<dyn BlockWorker> {
        Box::new(Worker {
            how: *self,
            deflater: (self.codecs != Codecs::Lz4).then(|| Deflater::new(self.level)),
            lz4: matches!(self.codecs, Codecs::Lz4 | Codecs::Both).then(|| Lz4Encoder::new(self.level)),
            quick: (self.codecs == Codecs::Both && self.level != Level::Max).then(|| Lz4Encoder::new(Level::Fast)),
            padded: Vec::new(),
            other: Vec::new(),
            blank: None,
        })
    }
}

struct Worker {
    how: Encoder,
    deflater: Option<Deflater>,
    lz4: Option<Lz4Encoder>,
    /// Says where LZ4 may be the better choice.
    quick: Option<Lz4Encoder>,
    /// The last block with zeros behind it.
    padded: Vec<u8>,
    /// What LZ4 made of a block that deflate packed too.
    other: Vec<u8>,
    /// What became of a block of zeros.
    blank: Option<(Vec<u8>, Coded)>,
}

impl BlockWorker for Worker {
    fn encode(&mut self, _: u64, raw: &[u8], out: &mut Vec<u8>) -> Result<Coded> {
        let block = usize::try_from(self.how.block_bytes).unwrap_or(usize::MAX);
        if is_zero(raw) {
            return Ok(self.blank(block, out));
        }
        if raw.len() == block {
            return Ok(self.whole(raw, out));
        }
        let mut padded = std::mem::take(&mut self.padded);
        padded.clear();
        padded.extend_from_slice(raw);
        padded.resize(block, 0);
        let coded = self.whole(&padded, out);
        self.padded = padded;
        Ok(coded)
    }
}

impl Worker {
    /// Zeros, of which discs have long runs: coded once.
    fn blank(&mut self, block: usize, out: &mut Vec<u8>) -> Coded {
        if let Some((bytes, coded)) = &self.blank {
            out.extend_from_slice(bytes);
            return *coded;
        }
        let before = out.len();
        let coded = self.whole(&vec![0; block], out);
        self.blank = Some((out[before..].to_vec(), coded));
        coded
    }

    fn whole(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Coded {
        let before = out.len();
        if let (Codecs::Zlib, Some(deflater)) = (self.how.codecs, &mut self.deflater) {
            deflater.zlib(raw, out);
            return Coded { tag: PLAIN, check: 0 };
        }
        if let Some(deflater) = &mut self.deflater {
            deflater.raw(raw, out);
        } else if let Some(lz4) = &mut self.lz4 {
            lz4.encode(raw, out);
        }
        let mut tag = PLAIN;
        if self.how.codecs == Codecs::Both && self.lz4_is_smaller(raw, out.len() - before) {
            out.truncate(before);
            out.extend_from_slice(&self.other);
            tag = FLAGGED;
        }
        // What fills as many units as the block itself is better stored, and in version 2 could not be told from it.
        if (out.len() - before).next_multiple_of(1 << self.how.shift) >= raw.len() {
            out.truncate(before);
            out.extend_from_slice(raw);
            tag = if self.how.codecs == Codecs::Both { PLAIN } else { FLAGGED };
        }
        Coded { tag, check: 0 }
    }
}

impl Worker {
    /// Puts into `other` what LZ4 makes of the block, if that is less than so many bytes.
    fn lz4_is_smaller(&mut self, raw: &[u8], deflated: usize) -> bool {
        let Some(lz4) = &mut self.lz4 else { return false };
        if let Some(quick) = &mut self.quick {
            self.other.clear();
            quick.encode(raw, &mut self.other);
            let close = self.other.len() <= deflated + deflated / CLOSE;
            if !close || self.how.level == Level::Fast || self.other.len() > raw.len() {
                return self.other.len() < deflated;
            }
        }
        self.other.clear();
        lz4.encode(raw, &mut self.other);
        self.other.len() < deflated
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<32>();
    chunks.iter().all(|chunk| *chunk == [0; 32]) && rest.iter().all(|byte| *byte == 0)
}

/// Makes the index of a CSO or ZSO.
#[derive(Clone, Debug)]
pub(crate) struct CisoMaker {
    pub(crate) header: CisoHeader,
    pub(crate) file: String,
}

impl IndexMaker for CisoMaker {
    fn begin(&self) -> Box<dyn FileIndex> {
        Box::new(CisoIndex { how: self.clone(), bytes: bytes_of(&self.header) })
    }
}

/// Header and entries so far, as they will stand in the file.
struct CisoIndex {
    how: CisoMaker,
    bytes: Vec<u8>,
}

impl CisoIndex {
    fn push(&mut self, at: u64, flag: u32) -> Result<()> {
        let entry = u32::try_from(at >> self.how.header.shift).ok().filter(|entry| *entry < CISO_FLAG);
        let entry = entry.ok_or_else(|| beyond(&self.how.file, at))?;
        self.bytes.extend_from_slice(&(entry | flag).to_le_bytes());
        Ok(())
    }
}

impl FileIndex for CisoIndex {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        let at = block.at.next_multiple_of(1 << self.how.header.shift);
        self.push(at, if block.says.tag == FLAGGED { CISO_FLAG } else { 0 })?;
        Ok(Placed::Stored { skip: u32::try_from(at - block.at).unwrap_or(0) })
    }

    fn finish(mut self: Box<Self>, parts: &[Range<u64>]) -> Result<Patches> {
        // The last part fills up the last unit; nothing follows it that would make those bytes be written.
        let rest = parts.last().cloned().unwrap_or_default();
        self.push(rest.end, 0)?;
        let zeros = vec![0; usize::try_from(rest.end - rest.start).unwrap_or(0)];
        Ok(vec![(rest.start, zeros), (0, self.bytes)])
    }
}

/// The writer's arithmetic should not let it come to this.
fn beyond(file: &str, at: u64) -> Error {
    Error::DoesNotFit {
        file: file.to_owned(),
        what: format!("a block would begin at byte {at:#X}, which its index cannot say"),
        hint: Some("convert it to .cso".to_owned()),
    }
}

/// Makes the tables of a DAX.
#[derive(Clone, Debug)]
pub(crate) struct DaxMaker {
    pub(crate) content_bytes: u32,
    pub(crate) file: String,
}

impl IndexMaker for DaxMaker {
    fn begin(&self) -> Box<dyn FileIndex> {
        Box::new(DaxIndex { how: self.clone(), offsets: Vec::new(), lengths: Vec::new() })
    }
}

struct DaxIndex {
    how: DaxMaker,
    offsets: Vec<u8>,
    lengths: Vec<u8>,
}

impl FileIndex for DaxIndex {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        let offset = u32::try_from(block.at).ok().filter(|at| u64::from(*at) + block.coded.len() as u64 <= u64::from(u32::MAX));
        let length = u16::try_from(block.coded.len()).ok();
        let (offset, length) = offset.zip(length).ok_or_else(|| beyond(&self.how.file, block.at))?;
        self.offsets.extend_from_slice(&offset.to_le_bytes());
        self.lengths.extend_from_slice(&length.to_le_bytes());
        Ok(Placed::Stored { skip: 0 })
    }

    fn finish(self: Box<Self>, _: &[Range<u64>]) -> Result<Patches> {
        let header = DaxHeader { magic: *DAX, content_bytes: self.how.content_bytes, version: 0, areas: 0 };
        Ok(vec![(0, [bytes_of(&header), self.offsets, self.lengths].concat())])
    }
}

/// Bytes before the blocks of a DAX of so many bytes.
pub(crate) fn dax_tables(content_bytes: u32) -> u64 {
    DAX_HEADER as u64 + u64::from(content_bytes.div_ceil(DAX_BLOCK)) * 6
}
