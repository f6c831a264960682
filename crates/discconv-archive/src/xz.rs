//! xz: streams of blocks, with an index at the end of each that tells their lengths.
//!
//! | stream at | bytes | content |
//! |---|---|---|
//! | 0 | 6 | `FD 37 7A 58 5A 00` |
//! | 6 | 2 | flags: kind of check |
//! | 8 | 4 | their CRC-32 |
//! | 12 | | blocks: header, LZMA2, padding to four bytes, check |
//! | | | index: 0, count, then for each block its length without padding and that of its content, as numbers of 7 bits a byte, low first; padding, CRC-32 |
//! | end - 12 | 4 | CRC-32 of the next six bytes |
//! | end - 8 | 4 | length of the index in units of four bytes, less one |
//! | end - 4 | 2 | flags again |
//! | end - 2 | 2 | `YZ` |

use crate::feed::Reader;
use crate::spooled::{Decoder, unpack};
use discconv_core::{
    At, BlockDecode, BlockGeometry, Blocks, Error, Format, FormatInfo, Input, Opened, Peek, ReadAt, Result, Score,
};
use lzma_rust2::XzReader;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// xz files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Xz;

static INFO: FormatInfo = FormatInfo {
    id: "xz",
    name: "xz file",
    extensions: &["xz"],
    checks: "the check of each block that has one",
    spec: "The .xz File Format 1.2.1",
    ..crate::WRAPPER
};

const MAGIC: [u8; 6] = [0xFD, b'7', b'z', b'X', b'Z', 0];
const FOOTER_MAGIC: [u8; 2] = *b"YZ";
const HEADER: u64 = 12;
/// Memory of a decoder: `xz -9` makes dictionaries of 64 MiB, and by hand they may have more.
pub(crate) const MOST_KIB: u32 = 512 << 10;
/// Bytes of an index that is looked at, and blocks in it.
const MOST_INDEX: u64 = 4 << 20;
/// Content of a block that is unpacked for a few bytes of it, at most: `xz -T0 -6` makes blocks of 24 MiB.
const MOST_BLOCK: u64 = 32 << 20;

impl Format for Xz {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        crate::score(peek, &INFO, peek.head.starts_with(&MAGIC))
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        let source = &input.source;
        let blocks = blocks_of(source)?;
        if let Some(decoder) = blocks.filter(|decoder| decoder.geometry.len <= input.limits.unpacked_bytes) {
            return Ok(Opened::Bytes { source: Arc::new(Blocks::new(decoder)?), checks: Vec::new(), notes: Vec::new() });
        }
        let mut decoder = Unxz::new(Reader::new(source, 0..source.len()));
        crate::opened(input, &INFO, unpack(input, None, &mut decoder, &mut |_| ())?)
    }
}

/// A decoder of streams.
pub(crate) struct Unxz(XzReader<Reader>);

impl Unxz {
    pub(crate) fn new(reader: Reader) -> Unxz {
        Unxz(XzReader::new_mem_limit(reader, true, MOST_KIB))
    }
}

impl Read for Unxz {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out)
    }
}

impl Decoder for Unxz {
    fn at(&mut self) -> u64 {
        self.0.inner_mut().at()
    }

    fn failure(&mut self) -> Option<Error> {
        self.0.inner_mut().failure()
    }
}

/// Blocks of one length.
struct Seekable {
    source: Arc<dyn ReadAt>,
    /// Header of the stream.
    header: [u8; 12],
    /// Each with its length without padding and that of its content.
    blocks: Vec<Block>,
    geometry: BlockGeometry,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    stored: Range<u64>,
    unpadded: u64,
    content: u64,
}

/// The blocks, if the file is one stream of several blocks that have one length, but for the last. Whatever is not as it
/// should be is left to the decoder of the whole, which says it.
fn blocks_of(source: &Arc<dyn ReadAt>) -> Result<Option<Seekable>> {
    let (mut header, mut footer) = ([0; 12], [0; 12]);
    let Some(footer_at) = source.len().checked_sub(HEADER).filter(|at| *at >= HEADER) else { return Ok(None) };
    source.read_exact_at(0, &mut header)?;
    source.read_exact_at(footer_at, &mut footer)?;
    let [c0, c1, c2, c3, s0, s1, s2, s3, ..] = footer;
    let right = header.starts_with(&MAGIC)
        && footer.ends_with(&FOOTER_MAGIC)
        && footer[8..10] == header[6..8]
        && crc32fast::hash(&footer[4..10]) == u32::from_le_bytes([c0, c1, c2, c3]);
    let index_bytes = (u64::from(u32::from_le_bytes([s0, s1, s2, s3])) + 1) * 4;
    let index_at = footer_at.checked_sub(index_bytes).filter(|at| *at >= HEADER);
    let (true, Some(index_at), true) = (right, index_at, index_bytes <= MOST_INDEX) else { return Ok(None) };
    let mut index = vec![0; usize::try_from(index_bytes).unwrap_or(0)];
    source.read_exact_at(index_at, &mut index)?;
    let blocks = parse_index(&index).filter(|blocks| blocks.last().is_some_and(|last| last.stored.end == index_at));
    let Some(blocks) = blocks else { return Ok(None) };
    let Some(geometry) = geometry(&blocks) else { return Ok(None) };
    Ok(Some(Seekable { source: Arc::clone(source), header, blocks, geometry }))
}

fn parse_index(index: &[u8]) -> Option<Vec<Block>> {
    let (bytes, sum) = index.split_last_chunk::<4>()?;
    if crc32fast::hash(bytes) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mut rest = bytes.strip_prefix(&[0])?;
    let count = number(&mut rest)?;
    let mut blocks = Vec::new();
    let mut at = HEADER;
    for _ in 0..count {
        // Each takes two bytes at least, so a count that lies ends soon.
        let (unpadded, content) = (number(&mut rest)?, number(&mut rest)?);
        let end = at.checked_add(unpadded)?.checked_next_multiple_of(4)?;
        blocks.push(Block { stored: at..end, unpadded, content });
        at = end;
    }
    Some(blocks)
}

/// A number of 7 bits a byte, the lowest first.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (byte, later) = rest.split_first()?;
        *rest = later;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn write_number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7F).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}

fn geometry(blocks: &[Block]) -> Option<BlockGeometry> {
    let (last, others) = blocks.split_last()?;
    let block = others.first()?.content;
    let alike = others.iter().all(|other| other.content == block) && (1..=block).contains(&last.content);
    let len = (others.len() as u64).checked_mul(block)?.checked_add(last.content)?;
    let block_bytes = u32::try_from(block).ok().filter(|_| alike && block <= MOST_BLOCK)?;
    Some(BlockGeometry { len, block_bytes })
}

impl Seekable {
    /// What stands behind `block` in a stream of it alone: index and footer.
    fn tail(&self, block: &Block) -> Vec<u8> {
        let mut index = vec![0];
        write_number(1, &mut index);
        write_number(block.unpadded, &mut index);
        write_number(block.content, &mut index);
        index.resize(index.len().next_multiple_of(4), 0);
        index.extend(crc32fast::hash(&index).to_le_bytes());
        let units = u32::try_from(index.len() / 4).unwrap_or(1) - 1;
        let told = [&units.to_le_bytes()[..], &self.header[6..8]].concat();
        [&index[..], &crc32fast::hash(&told).to_le_bytes(), &told, &FOOTER_MAGIC].concat()
    }
}

impl BlockDecode for Seekable {
    type Scratch = ();

    fn geometry(&self) -> BlockGeometry {
        self.geometry
    }

    fn decode(&self, index: u64, (): &mut (), out: &mut [u8]) -> Result<()> {
        let Some(block) = usize::try_from(index).ok().and_then(|index| self.blocks.get(index)) else { return Ok(()) };
        let tail = self.tail(block);
        let mut reader = Reader::new(&self.source, block.stored.clone());
        let stream = self.header.chain(&mut reader).chain(&tail[..]);
        let mut stream = XzReader::new_mem_limit(stream, false, MOST_KIB);
        let filled = stream.read_exact(out).and_then(|()| stream.read(&mut [0]));
        let what = match filled {
            Ok(0) => return Ok(()),
            Ok(_) => "it unpacks to more".to_owned(),
            Err(error) => error.to_string(),
        };
        drop(stream);
        if let Some(failure) = reader.failure() {
            return Err(failure);
        }
        let found = format!("a damaged block ({})", discconv_core::error::printable(&what));
        Err(Error::malformed(self.source.name(), At::Byte(block.stored.start), found, format!("{} bytes of it", out.len()))
            .with_hint(crate::AGAIN))
    }

    fn name(&self) -> &str {
        self.source.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_seven_bits() {
        for (value, len) in [(0, 1), (127, 1), (128, 2), (1 << 14, 3), (u64::MAX >> 1, 9)] {
            let mut bytes = Vec::new();
            write_number(value, &mut bytes);
            assert_eq!((bytes.len(), number(&mut &bytes[..])), (len, Some(value)));
        }
        assert_eq!(number(&mut &[0xFF; 10][..]), None);
        assert_eq!(number(&mut &[0x80][..]), None);
    }
}
