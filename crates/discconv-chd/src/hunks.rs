//! The content of a file, hunk by hunk.

use crate::header::{AGAIN, Header, laserdisc};
use crate::map::{Entry, Hunk, Table};
use crate::unpack::{self, Unpacker};
use crate::wire::FourCc;
use crc_fast::CrcAlgorithm::Crc16Ibm3740;
use discconv_core::{At, BlockDecode, BlockGeometry, Error, Note, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// Coded bytes that are read at a time, unless one hunk has more.
const READ_BYTES: u64 = 512 << 10;

/// A file and its map.
pub(crate) struct Hunks {
    source: Arc<dyn ReadAt>,
    geometry: BlockGeometry,
    codecs: [FourCc; 4],
    table: Table,
    /// CRC-16 of version 5, or the CRC-32 of those before.
    short_crc: bool,
    parent: Option<Arc<dyn ReadAt>>,
}

/// What a worker keeps.
#[derive(Default)]
pub(crate) struct Scratch {
    coded: Vec<u8>,
    /// The last hunk with what pads it.
    whole: Vec<u8>,
    unpacker: Unpacker,
}

impl Hunks {
    /// The content by its map, with the content of the parent where the header names one.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a hunk of a codec that is not known; [`Error::Malformed`] for one behind the parent's end.
    pub(crate) fn new(source: Arc<dyn ReadAt>, header: &Header, table: Table, parent: Option<Arc<dyn ReadAt>>) -> Result<Hunks> {
        let geometry = BlockGeometry { len: header.logical_bytes, block_bytes: header.hunk_bytes };
        let short_crc = header.version >= 5;
        let hunks = Hunks { source, geometry, codecs: header.codecs, table, short_crc, parent };
        hunks.check()?;
        Ok(hunks)
    }

    fn check(&self) -> Result<()> {
        let name = self.source.name();
        let end = self.parent.as_ref().map_or(0, |parent| parent.len());
        for (index, entry) in self.table.distinct() {
            match entry.hunk() {
                Hunk::Coded { codec, .. } if !unpack::is_known(self.codec(codec)) => return Err(self.unknown(codec)),
                Hunk::Parent { at } if at >= end => {
                    let found = format!("hunk {index} at byte {at:#X} of the parent, whose content has {end} bytes");
                    return Err(Error::malformed(name, At::Whole, found, "a place in the parent").with_hint(AGAIN));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn codec(&self, number: u8) -> FourCc {
        self.codecs.get(usize::from(number)).copied().unwrap_or_default()
    }

    fn unknown(&self, number: u8) -> Error {
        let (codec, at) = (self.codec(number), 16 + 4 * u64::from(number));
        if codec == *b"avhu" {
            return laserdisc(self.source.name(), at);
        }
        let what = format!("has hunks coded by '{}', which is not known", codec.escape_ascii());
        Error::unsupported(self.source.name(), At::Byte(at), what)
            .with_hint("a newer discconv may know it; or have chdman copy it with other codecs")
    }

    /// Where the bytes of a hunk are in the file, if it has any.
    fn range(&self, index: u64) -> Option<Range<u64>> {
        let entry = self.table.get(index)?;
        let (at, len) = match entry.hunk() {
            Hunk::Coded { at, len, .. } => (at, u64::from(len)),
            // Without a CRC what pads the last hunk need not be there.
            Hunk::Stored { at } if entry.crc().is_none() => (at, self.left(index)),
            Hunk::Stored { at } => (at, u64::from(self.geometry.block_bytes)),
            Hunk::Pattern(_) | Hunk::Parent { .. } => return None,
        };
        Some(at..at.saturating_add(len))
    }

    /// Bytes of content in a hunk: a whole one, or what is left.
    fn left(&self, index: u64) -> u64 {
        let block = u64::from(self.geometry.block_bytes);
        block.min(self.geometry.len.saturating_sub(index.saturating_mul(block)))
    }

    /// What is missing where the file ends too early; `unit` is the length of what damage is counted in.
    ///
    /// # Errors
    /// [`Error::Malformed`] if every hunk that has bytes of its own is missing.
    pub(crate) fn damage(&self, unit: u32) -> Result<Option<Note>> {
        let (name, end) = (self.source.name(), self.source.len());
        let is_cut = |range: &Range<u64>| range.end > end;
        if !self.table.distinct().filter_map(|(index, _)| self.range(index)).any(|range| is_cut(&range)) {
            return Ok(None);
        }
        let (mut there, mut missing, mut bytes) = (0_u64, 0_u64, 0);
        let mut first = None;
        for index in 0..self.table.len() {
            let Some(range) = self.range(index) else { continue };
            if !is_cut(&range) {
                there += 1;
                continue;
            }
            first.get_or_insert((index, range.start));
            missing += 1;
            bytes += self.left(index);
        }
        let Some((first, at)) = first else { return Ok(None) };
        if there == 0 {
            let expected = format!("all of hunk {first}, which begins at byte {at:#X}");
            return Err(Error::malformed(name, At::Byte(end), "the end of the file", expected).with_hint(AGAIN));
        }
        let all = self.table.len();
        let text = format!(
            "{name}: byte {end:#X}: the file ends, and {missing} of its {all} hunks, from hunk {first} on, are not whole; \
             zeros stand for them"
        );
        Ok(Some(Note::damage(bytes.div_ceil(u64::from(unit)), text)))
    }

    /// Hunks from `first` on that one read brings in, `most` at most: their bytes, and how many they are; `None` where the
    /// first one has no bytes in the file.
    fn span(&self, first: u64, most: u64) -> Option<(Range<u64>, u64)> {
        let end = self.source.len();
        let mut bytes = self.range(first).filter(|range| range.end <= end)?;
        let mut count = 1;
        while count < most {
            let Some(next) = self.range(first + count) else { break };
            if next.start < bytes.end || next.end > end || next.end - bytes.start > READ_BYTES {
                break;
            }
            bytes.end = next.end;
            count += 1;
        }
        Some((bytes, count))
    }

    /// A hunk into `out`, which is shorter where the content ends; `coded` are its bytes, if it has any.
    fn fill(&self, index: u64, coded: &[u8], whole: &mut Vec<u8>, unpacker: &mut Unpacker, out: &mut [u8]) -> Result<()> {
        let block = usize::try_from(self.geometry.block_bytes).unwrap_or(usize::MAX);
        let Some(entry) = self.table.get(index) else {
            out.fill(0);
            return Ok(());
        };
        if out.len() == block || (entry.crc().is_none() && !matches!(entry.hunk(), Hunk::Coded { .. })) {
            return self.fill_whole(index, entry, coded, unpacker, out);
        }
        whole.resize(block, 0);
        self.fill_whole(index, entry, coded, unpacker, whole)?;
        out.copy_from_slice(&whole[..out.len()]);
        Ok(())
    }

    fn fill_whole(&self, index: u64, entry: Entry, coded: &[u8], unpacker: &mut Unpacker, out: &mut [u8]) -> Result<()> {
        match entry.hunk() {
            Hunk::Coded { codec, .. } => {
                let codec = self.codec(codec);
                let unpacked = unpacker.unpack(codec, coded, out);
                unpacked.map_err(|reason| self.failed(index, &reason.to_string()))?;
            }
            Hunk::Stored { .. } => match coded.get(..out.len()) {
                Some(stored) => out.copy_from_slice(stored),
                None => out.fill(0),
            },
            Hunk::Pattern(bytes) => out.chunks_mut(bytes.len()).for_each(|out| out.copy_from_slice(&bytes[..out.len()])),
            Hunk::Parent { at } => self.copy_parent(at, out)?,
        }
        let Some(told) = entry.crc() else { return Ok(()) };
        let (found, digits) = if self.short_crc { (crc16(out), 4) } else { (crc32fast::hash(out), 8) };
        if found == told {
            return Ok(());
        }
        Err(self.failed(index, &format!("its CRC is {found:0digits$X}, not {told:0digits$X}")))
    }

    /// The last hunk of a parent may end before a whole one does.
    fn copy_parent(&self, at: u64, out: &mut [u8]) -> Result<()> {
        let Some(parent) = &self.parent else {
            out.fill(0);
            return Ok(());
        };
        let there = usize::try_from(parent.len().saturating_sub(at)).unwrap_or(usize::MAX).min(out.len());
        let (stored, behind) = out.split_at_mut(there);
        behind.fill(0);
        parent.read_exact_at(at, stored)
    }

    fn failed(&self, index: u64, reason: &str) -> Error {
        let range = self.range(index).unwrap_or_default();
        let coding = match self.table.get(index).map(Entry::hunk) {
            Some(Hunk::Coded { codec, .. }) => self.codec(codec).escape_ascii().to_string(),
            _ => "stored".to_owned(),
        };
        let (all, len) = (self.table.len(), range.end - range.start);
        let found = format!("hunk {index} of {all} ({coding}, {len} bytes) damaged: {reason}");
        let expected = format!("{} bytes of it", self.geometry.block_bytes);
        Error::malformed(self.source.name(), At::Byte(range.start), found, expected).with_hint(AGAIN)
    }
}

/// CRC-16 of a hunk: polynomial 1021h, highest bit first, starting at FFFFh.
pub(crate) fn crc16(bytes: &[u8]) -> u32 {
    let [.., high, low] = crc_fast::checksum(Crc16Ibm3740, bytes).to_be_bytes();
    u32::from(u16::from_be_bytes([high, low]))
}

impl BlockDecode for Hunks {
    type Scratch = Scratch;

    fn geometry(&self) -> BlockGeometry {
        self.geometry
    }

    fn decode(&self, index: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        self.decode_run(index, scratch, out)
    }

    fn decode_run(&self, first: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let block = usize::try_from(self.geometry.block_bytes).unwrap_or(usize::MAX);
        let Scratch { coded, whole, unpacker } = scratch;
        let mut index = first;
        let mut rest = out;
        while !rest.is_empty() {
            let span = self.span(index, rest.len().div_ceil(block) as u64);
            let (bytes, count) = span.clone().unwrap_or((0..0, 1));
            let len = usize::try_from(bytes.end - bytes.start).unwrap_or(usize::MAX);
            if coded.len() < len {
                coded.resize(len, 0);
            }
            self.source.read_exact_at(bytes.start, &mut coded[..len])?;
            for number in index..index + count {
                let (now, later) = rest.split_at_mut(block.min(rest.len()));
                rest = later;
                match self.range(number) {
                    Some(_) if span.is_none() => now.fill(0),
                    own => {
                        let own = own.map_or(0..0, |own| own.start - bytes.start..own.end - bytes.start);
                        let own = usize::try_from(own.start).unwrap_or(0)..usize::try_from(own.end).unwrap_or(0);
                        self.fill(number, &coded[own], whole, unpacker, now)?;
                    }
                }
            }
            index += count;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.source.name()
    }
}
