//! Reading JSO.

use crate::blocks::{Coding, Decoder, Stored, Table};
use crate::wire::{AGAIN, JISO, JSO_HEADER, JsoHeader, check_offsets, header, room_for_tables, table};
use discconv_core::{At, BlockGeometry, Blocks, CheckAlgorithm, Error, Input, Note, Opened, Promise, ReadAt, Result};
use std::sync::Arc;

/// Bytes before each block, where there are such. Nobody says what is in them.
const BLOCK_HEADER: u64 = 4;

struct Offsets {
    offsets: Vec<u32>,
    block_bytes: u32,
    /// Bytes of the last block that are in the image.
    last_bytes: u32,
    skip: u64,
    coding: Coding,
}

impl Table for Offsets {
    fn stored(&self, index: u64) -> Stored {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let offset = |index: usize| self.offsets.get(index).map_or(u64::MAX, |offset| u64::from(*offset));
        let (at, end) = (offset(index).saturating_add(self.skip), offset(index.saturating_add(1)));
        let len = u32::try_from(end.saturating_sub(at)).unwrap_or(u32::MAX);
        let last = index.saturating_add(2) == self.offsets.len();
        let stored = len == self.block_bytes || (last && len == self.last_bytes);
        Stored { at, len, coding: if stored { Coding::Stored } else { self.coding } }
    }
}

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = input.source.as_ref();
    let header: JsoHeader = header::<JSO_HEADER, _>(source, &[JISO])?;
    let (coding, blocks) = check(source, &header)?;
    let offsets = table(source, JSO_HEADER as u64, blocks + 1, u32::from_le_bytes)?;
    let longest = 2 * u64::from(header.block_bytes);
    check_offsets(source, JSO_HEADER, offsets.iter().map(|offset| u64::from(*offset)), longest)?;
    let end = offsets.last().map_or(0, |end| u64::from(*end));
    let block_bytes = u32::from(header.block_bytes);
    let last_bytes = (header.content_bytes - 1) % block_bytes + 1;
    let skip = if header.block_headers == 1 { BLOCK_HEADER } else { 0 };
    let geometry = BlockGeometry { len: u64::from(header.content_bytes), block_bytes };
    let table = Offsets { offsets, block_bytes, last_bytes, skip, coding };
    let decoder = Decoder::new(Arc::clone(&input.source), geometry, table);
    let mut notes = decoder.damage()?;
    if source.len() > end {
        let text =
            format!("{}: byte {end:#X}: {} bytes behind the last block are not looked at", source.name(), source.len() - end);
        notes.push(Note::oddity(text));
    }
    let content: Arc<dyn ReadAt> = Arc::new(Blocks::new(decoder)?);
    let checks = promise(&header, &content);
    Ok(Opened::Bytes { source: content, checks, notes })
}

/// The MD5 of the image, unless nobody filled it in.
fn promise(header: &JsoHeader, content: &Arc<dyn ReadAt>) -> Vec<Promise> {
    if header.md5 == [0; 16] {
        return Vec::new();
    }
    let (source, range, algorithm) = (Arc::clone(content), 0..content.len(), CheckAlgorithm::Md5);
    vec![Promise { source, range, algorithm, value: header.md5.to_vec() }]
}

/// Check the header; the coding, and how many blocks there are.
fn check(source: &dyn ReadAt, header: &JsoHeader) -> Result<(Coding, u64)> {
    let wrong = |at: u64, found: String, expected: String| {
        Err(Error::malformed(source.name(), At::Byte(at), found, expected).with_hint(AGAIN))
    };
    let JsoHeader { block_bytes, block_headers, method, content_bytes, header_bytes, .. } = *header;
    if !block_bytes.is_power_of_two() || block_bytes < 2048 {
        return wrong(6, format!("blocks of {block_bytes} bytes"), "a power of two from 2048 to 32768".to_owned());
    }
    if block_headers > 1 {
        return wrong(8, format!("{block_headers} for whether blocks have headers"), "0 or 1".to_owned());
    }
    let coding = match method {
        0 => Coding::Lzo,
        1 => Coding::Deflate,
        _ => return wrong(10, format!("method {method}"), "0 (LZO) or 1 (deflate)".to_owned()),
    };
    if usize::try_from(header_bytes) != Ok(JSO_HEADER) {
        return wrong(0x20, format!("a header of {header_bytes} bytes"), format!("{JSO_HEADER} bytes"));
    }
    let blocks = u64::from(content_bytes.div_ceil(u32::from(block_bytes)));
    if blocks == 0 {
        return wrong(12, "an image of 0 bytes".to_owned(), "at least one sector".to_owned());
    }
    room_for_tables(source, JSO_HEADER as u64 + (blocks + 1) * 4, blocks, u64::from(content_bytes))?;
    Ok((coding, blocks))
}
