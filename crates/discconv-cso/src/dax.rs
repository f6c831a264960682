//! Reading DAX.

use crate::blocks::{Coding, Decoder, Stored, Table};
use crate::wire::{AGAIN, DAX, DAX_BLOCK, DAX_HEADER, DaxHeader, header, room_for_tables, table};
use discconv_core::{At, BlockGeometry, Blocks, Error, Input, Opened, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

struct Frames {
    offsets: Vec<u32>,
    lengths: Vec<u16>,
    /// Blocks that are stored as they are: ascending, apart.
    areas: Vec<Range<u64>>,
    content_bytes: u64,
}

impl Frames {
    fn is_stored(&self, index: u64) -> bool {
        let next = self.areas.partition_point(|area| area.start <= index);
        next > 0 && index < self.areas[next - 1].end
    }
}

impl Table for Frames {
    fn stored(&self, index: u64) -> Stored {
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let at = self.offsets.get(place).map_or(u64::MAX, |offset| u64::from(*offset));
        if self.is_stored(index) {
            // Readers do not ask for the length of these.
            let left = self.content_bytes.saturating_sub(index * u64::from(DAX_BLOCK));
            let len = u32::try_from(left).unwrap_or(DAX_BLOCK).min(DAX_BLOCK);
            return Stored { at, len, coding: Coding::Stored };
        }
        Stored { at, len: self.lengths.get(place).map_or(0, |len| u32::from(*len)), coding: Coding::Zlib }
    }
}

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = input.source.as_ref();
    let header: DaxHeader = header::<DAX_HEADER, _>(source, &[DAX])?;
    let blocks = check(source, &header)?;
    let tables = DAX_HEADER as u64;
    let offsets = table(source, tables, blocks, u32::from_le_bytes)?;
    let lengths = table(source, tables + blocks * 4, blocks, u16::from_le_bytes)?;
    let areas = areas(source, &header, blocks)?;
    let content_bytes = u64::from(header.content_bytes);
    let behind = tables + blocks * 6 + areas_bytes(&header);
    if let Some(index) = offsets.iter().position(|offset| u64::from(*offset) < behind) {
        let found = format!("block {index} at byte {:#X}", offsets[index]);
        let expected = format!("byte {behind:#X} or later, where the tables end");
        let at = At::Byte(tables + index as u64 * 4);
        return Err(Error::malformed(source.name(), at, found, expected).with_hint(AGAIN));
    }
    let geometry = BlockGeometry { len: content_bytes, block_bytes: DAX_BLOCK };
    let frames = Frames { offsets, lengths, areas, content_bytes };
    let decoder = Decoder::new(Arc::clone(&input.source), geometry, frames);
    let notes = decoder.damage()?;
    Ok(Opened::Bytes { source: Arc::new(Blocks::new(decoder)?), checks: Vec::new(), notes })
}

/// Bytes of the table of areas, which version 0 has not.
fn areas_bytes(header: &DaxHeader) -> u64 {
    if header.version == 0 { 0 } else { u64::from(header.areas) * 8 }
}

/// Check the header; how many blocks there are.
fn check(source: &dyn ReadAt, header: &DaxHeader) -> Result<u64> {
    let wrong = |at: u64, found: String, expected: String| {
        Err(Error::malformed(source.name(), At::Byte(at), found, expected).with_hint(AGAIN))
    };
    if header.version > 1 {
        return wrong(8, format!("version {}", header.version), "version 0 or 1".to_owned());
    }
    let blocks = u64::from(header.content_bytes.div_ceil(DAX_BLOCK));
    if blocks == 0 {
        return wrong(4, "an image of 0 bytes".to_owned(), "at least one sector".to_owned());
    }
    let areas = if header.version == 0 { 0 } else { u64::from(header.areas) };
    if areas > blocks {
        return wrong(
            12,
            format!("{areas} areas that are stored as they are"),
            format!("no more than there are blocks ({blocks})"),
        );
    }
    room_for_tables(source, DAX_HEADER as u64 + blocks * 6 + areas * 8, blocks, u64::from(header.content_bytes))?;
    Ok(blocks)
}

/// The areas that are stored as they are, in order and joined.
fn areas(source: &dyn ReadAt, header: &DaxHeader, blocks: u64) -> Result<Vec<Range<u64>>> {
    let at = DAX_HEADER as u64 + blocks * 6;
    let pairs = table(source, at, areas_bytes(header) / 4, u32::from_le_bytes)?;
    let mut areas = Vec::with_capacity(pairs.len() / 2);
    for (index, [first, count]) in (0_u64..).zip(pairs.as_chunks().0) {
        let (first, end) = (u64::from(*first), u64::from(*first) + u64::from(*count));
        if end > blocks {
            let found = format!("an area of {count} blocks from block {first} on");
            let expected = format!("blocks below {blocks}");
            return Err(Error::malformed(source.name(), At::Byte(at + index * 8), found, expected).with_hint(AGAIN));
        }
        areas.push(first..end);
    }
    areas.sort_unstable_by_key(|area| area.start);
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(areas.len());
    for area in areas {
        match joined.last_mut() {
            Some(last) if last.end >= area.start => last.end = last.end.max(area.end),
            _ => joined.push(area),
        }
    }
    Ok(joined)
}
