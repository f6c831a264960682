//! Packing chunks, and the header and table that follow from them.

use crate::wire::{self, Checksums, Header, Kind, LONG_HEADER};
use crc32fast::Hasher;
use discconv_codec::{Level, bzip2, deflate::Deflater};
use discconv_core::{Block, BlockEncode, BlockWorker, Coded, Error, FileIndex, IndexMaker, Patches, Placed, Result};
use std::ops::Range;

/// Bytes of an entry of the chunk table, as UltraISO has them.
pub(crate) const ENTRY_BYTES: u8 = 3;
/// Bits of an entry that are the stored length.
const LENGTH_BITS: u32 = 22;

/// Packs chunks at a level.
pub(crate) struct Encoder(pub(crate) Level);

impl BlockEncode for Encoder {
    fn worker(&self) -> Box<dyn BlockWorker> {
        Box::new(Worker { deflater: Deflater::new(self.0), level: self.0, other: Vec::new() })
    }
}

struct Worker {
    deflater: Deflater,
    level: Level,
    /// What another codec made of the same chunk.
    other: Vec<u8>,
}

impl BlockWorker for Worker {
    fn encode(&mut self, _: u64, raw: &[u8], out: &mut Vec<u8>) -> Result<Coded> {
        let start = out.len();
        // Zeros are packed like anything else: readers disagree on what a zero chunk has in the table.
        self.deflater.zlib(raw, out);
        let mut kind = Kind::Zlib;
        if self.level == Level::Max {
            self.other.clear();
            // Its magic is left as it is, since all readers put it there before they unpack.
            bzip2::encode(raw, &mut self.other);
            if self.other.len() < out.len() - start {
                out.truncate(start);
                out.extend_from_slice(&self.other);
                kind = Kind::Bzip2;
            }
        }
        // Readers have room for a chunk, not for more.
        if out.len() - start >= raw.len() {
            out.truncate(start);
            out.extend_from_slice(raw);
            kind = Kind::Stored;
        }
        let (content, stored) = (crc32fast::hash(raw), crc32fast::hash(&out[start..]));
        Ok(Coded { tag: kind as u32, check: u64::from(content) | u64::from(stored) << 32 })
    }
}

/// What is known of a file before it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Sectors of 2048 bytes.
    pub(crate) sectors: u32,
    pub(crate) chunks: u32,
    pub(crate) chunk_bytes: u32,
}

impl Frame {
    /// Bytes before the first chunk.
    pub(crate) fn data_at(&self) -> u64 {
        u64::from(LONG_HEADER) + u64::from(self.chunks) * u64::from(ENTRY_BYTES)
    }
}

impl IndexMaker for Frame {
    fn begin(&self) -> Box<dyn FileIndex> {
        let table = Vec::with_capacity(usize::try_from(self.data_at()).unwrap_or(0));
        Box::new(Index { frame: *self, table, content: Hasher::new(), stored: Hasher::new(), content_bytes: 0 })
    }
}

/// The table as it grows.
struct Index {
    frame: Frame,
    table: Vec<u8>,
    /// The CRC-32 of all content so far, made of those of its chunks.
    content: Hasher,
    /// The same of the stored bytes.
    stored: Hasher,
    content_bytes: u64,
}

impl FileIndex for Index {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        let length = u32::try_from(block.coded.len()).ok().filter(|length| *length < 1 << LENGTH_BITS);
        let length = length.ok_or_else(|| too_much(&format!("chunk {} has {} bytes", block.index, block.coded.len())))?;
        let entry = (block.says.tag << LENGTH_BITS | length).to_le_bytes();
        self.table.extend_from_slice(&entry[..usize::from(ENTRY_BYTES)]);
        let half = |shift: u32| u32::try_from(block.says.check >> shift & u64::from(u32::MAX)).unwrap_or(0);
        let raw_len = u64::from(block.raw_len);
        self.content.combine(&Hasher::new_with_initial_len(half(0), raw_len));
        self.stored.combine(&Hasher::new_with_initial_len(half(32), length.into()));
        self.content_bytes += raw_len;
        Ok(Placed::Stored { skip: 0 })
    }

    fn finish(mut self: Box<Self>, _: &[Range<u64>]) -> Result<Patches> {
        let Frame { sectors, chunks, chunk_bytes } = self.frame;
        let content = self.content.finalize();
        let header = Header {
            header_bytes: LONG_HEADER,
            version: wire::VERSION,
            // Any number will do, and this one is the same for the same content.
            serial: content,
            sector_bytes: 2048,
            sectors,
            encryption: 0,
            segment_bytes: 0,
            chunks,
            chunk_bytes,
            entry_bytes: ENTRY_BYTES,
            segment_number: 0,
            chunk_table: LONG_HEADER.into(),
            segment_table: 0,
            data: u32::try_from(self.frame.data_at()).map_err(|_| too_much("the chunk table is too long"))?,
        };
        // Of longer content, 32 bits are kept (`content_bytes` of the wire).
        let content_bytes = u32::try_from(self.content_bytes & u64::from(u32::MAX)).unwrap_or(0);
        let checksums = Checksums { content: !content, content_bytes, stored: !self.stored.finalize() };
        wire::scramble(0, &mut self.table);
        Ok(vec![(0, [wire::bytes_of(&header), wire::bytes_of(&checksums), self.table].concat())])
    }
}

fn too_much(what: &str) -> Error {
    Error::DoesNotFit { file: "the ISZ image".to_owned(), what: what.to_owned(), hint: None }
}
