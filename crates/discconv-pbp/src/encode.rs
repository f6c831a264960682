//! Coding blocks.

use crate::wire::BLOCK;
use discconv_codec::Level;
use discconv_codec::deflate::Deflater;
use discconv_core::{BlockEncode, BlockWorker, Coded, ConversionMode, Result};

/// A deflate stream of one stored block (RFC 1951, 3.2.4) begins so: the last block, stored, its length and the complement of that.
const STORED: [u8; 5] = [0x01, 0x00, 0x93, 0xFF, 0x6C];

/// Codes blocks of sixteen sectors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoder(Level);

impl Encoder {
    pub(crate) fn new(mode: ConversionMode) -> Encoder {
        Encoder(match mode {
            ConversionMode::Fast => Level::Fast,
            ConversionMode::Normal => Level::Normal,
            ConversionMode::Max => Level::Max,
        })
    }
}

impl BlockEncode for Encoder {
    fn worker(&self) -> Box<dyn BlockWorker> {
        Box::new(Worker { deflater: Deflater::new(self.0), padded: Vec::new() })
    }
}

struct Worker {
    deflater: Deflater,
    /// The last block with zeros behind it.
    padded: Vec<u8>,
}

impl BlockWorker for Worker {
    fn encode(&mut self, _: u64, raw: &[u8], out: &mut Vec<u8>) -> Result<Coded> {
        if raw.len() == BLOCK {
            pack(&mut self.deflater, raw, out);
            return Ok(Coded::default());
        }
        self.padded.clear();
        self.padded.extend_from_slice(raw);
        self.padded.resize(BLOCK, 0);
        pack(&mut self.deflater, &self.padded, out);
        Ok(Coded::default())
    }
}

/// A whole block as a deflate stream.
///
/// What does not pack is a stream of stored bytes, not the bare bytes: half of the emulators unpack every block. For the same
/// reason no stream may be as long as a block, which the others take for bare bytes.
fn pack(deflater: &mut Deflater, raw: &[u8], out: &mut Vec<u8>) {
    let before = out.len();
    deflater.raw(raw, out);
    if out.len() - before >= BLOCK {
        out.truncate(before);
        out.extend_from_slice(&STORED);
        out.extend_from_slice(raw);
    }
}
