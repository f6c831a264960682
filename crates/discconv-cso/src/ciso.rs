//! Reading CSO and ZSO.

use crate::blocks::{Coding, Decoder, Stored, Table};
use crate::kind;
use crate::wire::{AGAIN, CISO, CISO_FLAG, CISO_HEADER, CisoHeader, ZISO, check_offsets, header, room_for_tables, table};
use discconv_core::{At, BlockGeometry, Blocks, Error, Input, Note, Opened, ReadAt, Result};
use std::sync::Arc;

/// The smallest block.
pub(crate) const LEAST_BLOCK: usize = 2048;
/// The largest one that any writer makes, and the largest that maxcso reads.
pub(crate) const LARGEST_COMMON_BLOCK: usize = 256 << 10;
/// The largest one that is read.
const LARGEST_BLOCK: u32 = 16 << 20;
/// Deflate packs no better than this (LZ4 not so well): a match of 258 bytes takes two bits.
const MOST_RATIO: u64 = 1032;
/// The largest shift that anybody reads.
pub(crate) const LARGEST_SHIFT: u8 = 20;
/// Bytes of the head that tell the kinds apart.
const HEAD: usize = 64 << 10;

/// What bit 31 of an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// CSO 0 and 1: stored, else deflate.
    Cso,
    /// CSO 2: LZ4, else deflate; stored where the length says so.
    Cso2,
    /// ZSO: stored, else LZ4.
    Zso,
}

struct Entries {
    entries: Vec<u32>,
    shift: u8,
    block_bytes: u32,
    rule: Rule,
    /// Where the last block ends: its padding may be missing.
    end: u64,
}

impl Entries {
    fn offset(&self, index: usize) -> u64 {
        match self.entries.get(index) {
            Some(_) if index + 1 == self.entries.len() => self.end,
            Some(entry) => offset(*entry, self.shift),
            None => u64::MAX,
        }
    }
}

fn offset(entry: u32, shift: u8) -> u64 {
    u64::from(entry & !CISO_FLAG) << shift
}

impl Table for Entries {
    fn stored(&self, index: u64) -> Stored {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let (at, end) = (self.offset(index), self.offset(index.saturating_add(1)));
        let len = u32::try_from(end.saturating_sub(at)).unwrap_or(u32::MAX);
        let flag = self.entries.get(index).is_some_and(|entry| entry & CISO_FLAG != 0);
        let coding = match (self.rule, flag) {
            (Rule::Cso2, _) if len >= self.block_bytes => Coding::Stored,
            (Rule::Cso | Rule::Zso, true) => Coding::Stored,
            (Rule::Cso2, true) | (Rule::Zso, false) => Coding::Lz4,
            (Rule::Cso | Rule::Cso2, false) => Coding::Deflate,
        };
        Stored { at, len, coding }
    }
}

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = input.source.as_ref();
    let header: CisoHeader = header::<CISO_HEADER, _>(source, &[CISO, ZISO])?;
    refuse_others(source)?;
    let rule = rule(source, &header)?;
    let blocks = check(source, &header, rule, input.limits.entries)?;
    let entries = table(source, CISO_HEADER as u64, blocks + 1, u32::from_le_bytes)?;
    let longest = 2 * u64::from(header.block_bytes) + (1 << header.shift);
    check_offsets(source, CISO_HEADER, entries.iter().map(|entry| offset(*entry, header.shift)), longest)?;
    let end = end_of_last(source, &header, &entries);
    let mut notes = oddities(source, &header, end);
    let table = Entries { entries, shift: header.shift, block_bytes: header.block_bytes, rule, end };
    let geometry = BlockGeometry { len: header.content_bytes, block_bytes: header.block_bytes };
    let decoder = Decoder::new(Arc::clone(&input.source), geometry, table);
    notes.extend(decoder.damage()?);
    Ok(Opened::Bytes { source: Arc::new(Blocks::new(decoder)?), checks: Vec::new(), notes })
}

fn refuse_others(source: &dyn ReadAt) -> Result<()> {
    let mut head = vec![0; usize::try_from(source.len()).unwrap_or(HEAD).min(HEAD)];
    source.read_exact_at(0, &mut head)?;
    kind::of(&head, source).and_then(|kind| kind::foreign(kind, source.name())).map_or(Ok(()), Err)
}

fn rule(source: &dyn ReadAt, header: &CisoHeader) -> Result<Rule> {
    match (&header.magic, header.version) {
        (CISO, 0 | 1) => Ok(Rule::Cso),
        (CISO, 2) => Ok(Rule::Cso2),
        (ZISO, 0 | 1) => Ok(Rule::Zso),
        (magic, version) => {
            let expected = if magic == CISO { "0, 1 or 2" } else { "1" };
            let error =
                Error::malformed(source.name(), At::Byte(0x14), format!("version {version}"), format!("version {expected}"));
            Err(error.with_hint(AGAIN))
        }
    }
}

/// Check the header; how many blocks there are.
fn check(source: &dyn ReadAt, header: &CisoHeader, rule: Rule, most: u64) -> Result<u64> {
    let wrong = |at: u64, found: String, expected: String| {
        Err(Error::malformed(source.name(), At::Byte(at), found, expected).with_hint(AGAIN))
    };
    let CisoHeader { content_bytes, block_bytes, shift, header_bytes, .. } = *header;
    // Where it says so, programs look for the index there; all others look behind the header.
    if rule == Rule::Cso2 && usize::try_from(header_bytes) != Ok(CISO_HEADER) {
        return wrong(4, format!("a header of {header_bytes} bytes"), format!("{CISO_HEADER} bytes in version 2"));
    }
    if !block_bytes.is_power_of_two() || !(2048..=LARGEST_BLOCK).contains(&block_bytes) {
        return wrong(0x10, format!("blocks of {block_bytes} bytes"), format!("a power of two from 2048 to {LARGEST_BLOCK}"));
    }
    // So a small file cannot ask for much memory.
    if u64::from(block_bytes) / MOST_RATIO > source.len() {
        let expected = format!("no more than a file of {} bytes can hold", source.len());
        return wrong(0x10, format!("blocks of {block_bytes} bytes"), expected);
    }
    if shift > LARGEST_SHIFT {
        return wrong(0x15, format!("an index shift of {shift}"), format!("at most {LARGEST_SHIFT}"));
    }
    let blocks = content_bytes.div_ceil(u64::from(block_bytes));
    if blocks == 0 {
        return wrong(8, "an image of 0 bytes".to_owned(), "at least one sector".to_owned());
    }
    let end = blocks.saturating_add(1).saturating_mul(4).saturating_add(CISO_HEADER as u64);
    room_for_tables(source, end, blocks, content_bytes)?;
    if blocks > most {
        let (found, limit) = (format!("{blocks} blocks"), most.to_string());
        return Err(Error::Limit { file: source.name().to_owned(), at: At::Byte(8), found, limit });
    }
    Ok(blocks)
}

/// The end of the last block, without padding that the file does not have.
fn end_of_last(source: &dyn ReadAt, header: &CisoHeader, entries: &[u32]) -> u64 {
    let end = entries.last().map_or(0, |entry| offset(*entry, header.shift));
    if end.saturating_sub(source.len()) < 1 << header.shift { end.min(source.len()) } else { end }
}

fn oddities(source: &dyn ReadAt, header: &CisoHeader, end: u64) -> Vec<Note> {
    let name = source.name();
    let mut notes = Vec::new();
    if source.len() > end {
        let behind = source.len() - end;
        notes.push(Note::oddity(format!("{name}: byte {end:#X}: {behind} bytes behind the last block are not looked at")));
    }
    if !header.content_bytes.is_multiple_of(2048) {
        let text = format!("{name}: byte 0x8: an image of {} bytes, which is no multiple of 2048", header.content_bytes);
        notes.push(Note::oddity(text));
    }
    notes
}
