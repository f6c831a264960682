//! Coding hunks.

mod frames;
mod huff;
mod packers;
mod sectors;

use crate::codecs::{Codec, Content};
use crc_fast::{CrcAlgorithm, checksum};
use discconv_core::{BlockEncode, BlockWorker, Coded, ConversionMode, Result};
use frames::Frames;
use sectors::Sectors;
use std::ops::Range;

/// What a worker says of a hunk that is stored; below it are slots of codecs.
pub(crate) const STORED: u32 = 4;
/// What a worker says of zeros in a file without compression.
pub(crate) const ZEROS: u32 = 5;

/// Codes hunks of one size.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    pub(crate) content: Content,
    pub(crate) hunk_bytes: u32,
    /// By slot of the header; none for no compression.
    pub(crate) codecs: Vec<Codec>,
    pub(crate) mode: ConversionMode,
    /// Which frames are samples, ascending.
    pub(crate) audio: Vec<Range<u64>>,
}

impl BlockEncode for Encoder {
    fn worker(&self) -> Box<dyn BlockWorker> {
        let hunk_bytes = usize::try_from(self.hunk_bytes).unwrap_or(usize::MAX);
        let how: Box<dyn Pack> = match self.content {
            _ if self.codecs.is_empty() => Box::new(AsItIs),
            Content::Frames => Box::new(Frames::new(self, hunk_bytes)),
            Content::Sectors => Box::new(Sectors::new(self, hunk_bytes)),
        };
        Box::new(Worker { how, compressed: !self.codecs.is_empty(), hunk_bytes, padded: Vec::new(), blank: None })
    }
}

/// Packs whole hunks.
trait Pack: Send {
    /// Append hunk number `index` to `out`; the slot of the codec, or none if nothing made it smaller.
    fn pack(&mut self, index: u64, raw: &[u8], out: &mut Vec<u8>) -> Option<u32>;
}

struct AsItIs;

impl Pack for AsItIs {
    fn pack(&mut self, _: u64, _: &[u8], _: &mut Vec<u8>) -> Option<u32> {
        None
    }
}

struct Worker {
    how: Box<dyn Pack>,
    compressed: bool,
    hunk_bytes: usize,
    /// The last hunk with zeros behind it.
    padded: Vec<u8>,
    /// What became of a hunk of zeros, of which discs have many.
    blank: Option<(Vec<u8>, Coded)>,
}

impl BlockWorker for Worker {
    fn encode(&mut self, index: u64, raw: &[u8], out: &mut Vec<u8>) -> Result<Coded> {
        if raw.len() == self.hunk_bytes {
            return Ok(self.whole(index, raw, out));
        }
        let mut padded = std::mem::take(&mut self.padded);
        padded.clear();
        padded.extend_from_slice(raw);
        padded.resize(self.hunk_bytes, 0);
        let coded = self.whole(index, &padded, out);
        self.padded = padded;
        Ok(coded)
    }
}

impl Worker {
    fn whole(&mut self, index: u64, raw: &[u8], out: &mut Vec<u8>) -> Coded {
        if !is_zero(raw) {
            return self.any(index, raw, out);
        }
        if !self.compressed {
            return Coded { tag: ZEROS, check: 0 };
        }
        if let Some((bytes, coded)) = &self.blank {
            out.extend_from_slice(bytes);
            return *coded;
        }
        let before = out.len();
        let coded = self.any(index, raw, out);
        self.blank = Some((out[before..].to_vec(), coded));
        coded
    }

    fn any(&mut self, index: u64, raw: &[u8], out: &mut Vec<u8>) -> Coded {
        let before = out.len();
        let slot = self.how.pack(index, raw, out).filter(|_| out.len() - before < raw.len());
        if slot.is_none() {
            out.truncate(before);
            out.extend_from_slice(raw);
        }
        Coded { tag: slot.unwrap_or(STORED), check: if self.compressed { checksum(CrcAlgorithm::Crc16Ibm3740, raw) } else { 0 } }
    }
}

/// The smallest that was made of a hunk so far, at the end of the output.
struct Best<'a> {
    out: &'a mut Vec<u8>,
    from: usize,
    slot: Option<u32>,
}

impl<'a> Best<'a> {
    fn new(out: &'a mut Vec<u8>) -> Best<'a> {
        let from = out.len();
        Best { out, from, slot: None }
    }

    /// Length of the smallest; more than any if there is none.
    fn len(&self) -> usize {
        if self.slot.is_some() { self.out.len() - self.from } else { usize::MAX }
    }

    /// Take what a codec made if it is smaller; of equal ones the first counts.
    fn offer(&mut self, slot: usize, packed: &[u8]) {
        if packed.len() < self.len() {
            self.out.truncate(self.from);
            self.out.extend_from_slice(packed);
            self.slot = u32::try_from(slot).ok();
        }
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<32>();
    chunks.iter().all(|chunk| *chunk == [0; 32]) && rest.iter().all(|byte| *byte == 0)
}
