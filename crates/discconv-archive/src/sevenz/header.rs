//! The tree of properties. Whatever is not as it should be gives `None`.

use crate::MOST_MEMBERS;
use crate::members::safe_name;
use std::ops::Range;

/// Kinds of properties.
mod kind {
    pub(super) const END: u64 = 0x00;
    pub(super) const HEADER: u64 = 0x01;
    pub(super) const ARCHIVE: u64 = 0x02;
    pub(super) const MAIN_STREAMS: u64 = 0x04;
    pub(super) const FILES: u64 = 0x05;
    pub(super) const PACK_INFO: u64 = 0x06;
    pub(super) const UNPACK_INFO: u64 = 0x07;
    pub(super) const SUB_STREAMS: u64 = 0x08;
    pub(super) const SIZE: u64 = 0x09;
    pub(super) const CRC: u64 = 0x0A;
    pub(super) const FOLDER: u64 = 0x0B;
    pub(super) const UNPACK_SIZE: u64 = 0x0C;
    pub(super) const COUNTS: u64 = 0x0D;
    pub(super) const EMPTY: u64 = 0x0E;
    pub(super) const NAMES: u64 = 0x11;
    pub(super) const PACKED_HEADER: u64 = 0x17;
}

/// Coders of a folder, at most.
const MOST_CODERS: u64 = 8;

/// One way of packing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Coder {
    pub(super) id: Vec<u8>,
    pub(super) properties: Vec<u8>,
    /// Has it one stream each way? Others are known by their id only.
    pub(super) simple: bool,
    /// Bytes that come out of it.
    pub(super) len: u64,
}

/// Files that are packed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// In the order in which they unpack; not all, if they are no simple chain.
    pub(super) coders: Vec<Coder>,
    /// Where it is stored, from byte 32 of the archive on; of the first stream, if there are several.
    pub(super) stored: Range<u64>,
    pub(super) crc32: Option<u32>,
    /// Lengths and checksums of its files.
    pub(super) parts: Vec<(u64, Option<u32>)>,
}

impl Folder {
    /// Bytes that come out of it.
    pub(super) fn len(&self) -> u64 {
        self.coders.last().map_or(0, |coder| coder.len)
    }
}

/// A file with content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) folder: usize,
    /// Which of the folder's parts it is.
    pub(super) part: usize,
}

/// What is in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) folders: Vec<Folder>,
    pub(super) files: Vec<File>,
}

/// What a header turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Header {
    Plain(Layout),
    /// It is packed as the first of these.
    Packed(Vec<Folder>),
}

/// Read a header from its first byte on.
pub(super) fn parse(bytes: &[u8]) -> Option<Header> {
    let mut tree = Tree(bytes);
    match tree.number()? {
        kind::PACKED_HEADER => tree.streams().map(Header::Packed),
        kind::HEADER => tree.header().map(Header::Plain),
        _ => None,
    }
}

/// The rest of a header.
struct Tree<'a>(&'a [u8]);

impl<'a> Tree<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (now, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(now)
    }

    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let mut value = 0;
        for further in 0..8 {
            let mask = 0x80 >> further;
            if first & mask == 0 {
                return Some(value | u64::from(first & (mask - 1)) << (8 * further));
            }
            value |= u64::from(self.byte()?) << (8 * further);
        }
        Some(value)
    }

    /// A number of things that there can be.
    fn count(&mut self, most: u64) -> Option<usize> {
        self.number().filter(|count| *count <= most).and_then(|count| usize::try_from(count).ok())
    }

    fn is(&mut self, kind: u64) -> Option<()> {
        (self.number()? == kind).then_some(())
    }

    fn bits(&mut self, count: usize) -> Option<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8) as u64)?;
        Some((0..count).map(|index| bytes.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0)).collect())
    }

    /// Checksums of so many things, some of which may have none.
    fn sums(&mut self, count: usize) -> Option<Vec<Option<u32>>> {
        let has = if self.byte()? == 0 { self.bits(count)? } else { vec![true; count] };
        let sum =
            |has: bool| if has { Some(self.take(4)?.first_chunk().map(|sum| u32::from_le_bytes(*sum))) } else { Some(None) };
        has.into_iter().map(sum).collect()
    }

    fn header(&mut self) -> Option<Layout> {
        let mut layout = Layout::default();
        loop {
            match self.number()? {
                kind::END => return Some(layout),
                kind::ARCHIVE => self.archive_properties()?,
                kind::MAIN_STREAMS => layout.folders = self.streams()?,
                kind::FILES => layout.files = self.files(&layout.folders)?,
                _ => return None,
            }
        }
    }

    fn archive_properties(&mut self) -> Option<()> {
        while self.number()? != kind::END {
            let len = self.number()?;
            self.take(len)?;
        }
        Some(())
    }

    fn streams(&mut self) -> Option<Vec<Folder>> {
        let mut packed = Vec::new();
        let mut folders = Vec::new();
        loop {
            match self.number()? {
                kind::END => return Some(folders),
                kind::PACK_INFO => packed = self.pack_info()?,
                kind::UNPACK_INFO => folders = self.unpack_info(&packed)?,
                kind::SUB_STREAMS => self.sub_streams(&mut folders)?,
                _ => return None,
            }
        }
    }

    /// Where each packed stream is.
    fn pack_info(&mut self) -> Option<Vec<Range<u64>>> {
        let mut at = self.number()?;
        let count = self.count(MOST_MEMBERS)?;
        let mut packed = Vec::new();
        loop {
            match self.number()? {
                kind::END => return Some(packed),
                kind::SIZE => {
                    for _ in 0..count {
                        let end = at.checked_add(self.number()?)?;
                        packed.push(at..end);
                        at = end;
                    }
                }
                kind::CRC => drop(self.sums(count)?),
                _ => return None,
            }
        }
    }

    fn unpack_info(&mut self, packed: &[Range<u64>]) -> Option<Vec<Folder>> {
        self.is(kind::FOLDER)?;
        let count = self.count(MOST_MEMBERS)?;
        // Folders that are described elsewhere are not known to be written.
        let mut raws =
            if self.byte()? == 0 { (0..count).map(|_| self.folder()).collect::<Option<Vec<_>>>()? } else { return None };
        self.is(kind::UNPACK_SIZE)?;
        for raw in &mut raws {
            for len in &mut raw.lens {
                *len = self.number()?;
            }
        }
        let mut sums = vec![None; count];
        loop {
            match self.number()? {
                kind::END => break,
                kind::CRC => sums = self.sums(count)?,
                _ => return None,
            }
        }
        let mut next = 0_usize;
        let folders = raws.into_iter().zip(sums).map(|(raw, crc32)| {
            let stored = packed.get(next)?.clone();
            next = next.checked_add(raw.streams)?;
            let mut folder = raw.chained(stored, crc32);
            folder.parts = vec![(folder.len(), crc32)];
            Some(folder)
        });
        folders.collect()
    }

    fn folder(&mut self) -> Option<RawFolder> {
        let mut raw = RawFolder::default();
        let (mut ins, mut outs) = (0, 0);
        for _ in 0..self.count(MOST_CODERS)? {
            let flags = self.byte()?;
            let id = self.take(u64::from(flags & 0xF))?.to_vec();
            let several = flags & 0x10 != 0;
            let [own_ins, own_outs] = if several { [self.number()?, self.number()?] } else { [1, 1] };
            let len = if flags & 0x20 != 0 { self.number()? } else { 0 };
            let properties = self.take(len)?.to_vec();
            (ins, outs) = (ins + own_ins.min(MOST_CODERS), outs + own_outs.min(MOST_CODERS));
            raw.coders.push(Coder { id, properties, simple: own_ins == 1 && own_outs == 1, len: 0 });
        }
        raw.lens = vec![0; usize::try_from(outs).ok()?];
        let pairs = outs.checked_sub(1)?;
        for _ in 0..pairs {
            raw.pairs.push((self.number()?, self.number()?));
        }
        raw.streams = usize::try_from(ins.checked_sub(pairs)?).ok()?;
        if raw.streams > 1 {
            (0..raw.streams).try_for_each(|_| self.number().map(drop))?;
        }
        Some(raw)
    }

    /// The files of each folder: how many, how long.
    fn sub_streams(&mut self, folders: &mut [Folder]) -> Option<()> {
        let mut kind = self.number()?;
        let mut counts = vec![1; folders.len()];
        if kind == kind::COUNTS {
            for count in &mut counts {
                *count = self.count(MOST_MEMBERS)?;
            }
            kind = self.number()?;
        }
        let told = kind == kind::SIZE;
        for (folder, count) in folders.iter_mut().zip(&counts) {
            folder.parts.clear();
            let mut left = folder.len();
            for part in 0..*count {
                let len = if part + 1 == *count { left } else { self.number().filter(|_| told)? };
                left = left.checked_sub(len)?;
                folder.parts.push((len, folder.crc32.filter(|_| *count == 1)));
            }
        }
        if told {
            kind = self.number()?;
        }
        if kind == kind::CRC {
            let mut unknown: Vec<&mut Option<u32>> =
                folders.iter_mut().flat_map(|folder| &mut folder.parts).map(|(_, sum)| sum).filter(|sum| sum.is_none()).collect();
            let sums = self.sums(unknown.len())?;
            unknown.iter_mut().zip(sums).for_each(|(place, sum)| **place = sum);
            kind = self.number()?;
        }
        (kind == kind::END).then_some(())
    }

    fn files(&mut self, folders: &[Folder]) -> Option<Vec<File>> {
        let count = self.count(MOST_MEMBERS)?;
        let (mut names, mut empty) = (Vec::new(), vec![false; count]);
        loop {
            let kind = self.number()?;
            if kind == kind::END {
                break;
            }
            let len = self.number()?;
            let mut property = Tree(self.take(len)?);
            match kind {
                kind::EMPTY => empty = property.bits(count)?,
                kind::NAMES => names = property.names(count)?,
                _ => {}
            }
        }
        let places = folders.iter().enumerate().flat_map(|(folder, of)| (0..of.parts.len()).map(move |part| (folder, part)));
        let full = names.into_iter().zip(empty).filter(|(_, empty)| !empty).map(|(name, _)| name);
        let files = full.zip(places).filter_map(|(name, (folder, part))| Some(File { name: safe_name(&name)?, folder, part }));
        Some(files.collect())
    }

    fn names(&mut self, count: usize) -> Option<Vec<String>> {
        // Names that are stored elsewhere are not known to be written.
        let units: Vec<u16> = if self.byte()? == 0 {
            self.0.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect()
        } else {
            return None;
        };
        let mut names: Vec<String> = units.split(|unit| *unit == 0).map(String::from_utf16_lossy).collect();
        names.truncate(count);
        (names.len() == count).then_some(names)
    }
}

/// A folder as it is described.
#[derive(Default)]
struct RawFolder {
    coders: Vec<Coder>,
    /// What comes out of each stream.
    lens: Vec<u64>,
    /// Which stream goes into which: `(in, out)`.
    pairs: Vec<(u64, u64)>,
    /// Streams that are stored.
    streams: usize,
}

impl RawFolder {
    /// The coders one behind another, from the stored stream on. Where they branch, all are kept in the order in which they
    /// are described, for a message.
    fn chained(mut self, stored: Range<u64>, crc32: Option<u32>) -> Folder {
        for (coder, len) in self.coders.iter_mut().zip(&self.lens) {
            coder.len = *len;
        }
        let chain = self.coders.iter().all(|coder| coder.simple).then(|| self.chain()).flatten();
        let coders = chain.unwrap_or(self.coders);
        Folder { coders, stored, crc32, parts: Vec::new() }
    }

    fn chain(&self) -> Option<Vec<Coder>> {
        let fed = |index: u64| self.pairs.iter().any(|(to, _)| *to == index);
        let mut at = (0..self.coders.len() as u64).find(|index| !fed(*index))?;
        let mut chain = vec![self.coders.get(usize::try_from(at).ok()?)?.clone()];
        while let Some((to, _)) = self.pairs.iter().find(|(_, from)| *from == at) {
            // A ring has no end.
            if chain.len() >= self.coders.len() {
                return None;
            }
            at = *to;
            chain.push(self.coders.get(usize::try_from(at).ok()?)?.clone());
        }
        (chain.len() == self.coders.len()).then_some(chain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_one_byte_to_nine() {
        for (bytes, value) in [
            (&[0x7F][..], Some(0x7F)),
            (&[0x80, 0x80], Some(0x80)),
            (&[0xBF, 0xFF], Some(0x3FFF)),
            (&[0xC0, 0x00, 0x40], Some(0x4000)),
            (&[0xFF, 1, 2, 3, 4, 5, 6, 7, 8], Some(0x0807_0605_0403_0201)),
            (&[0xFE, 1, 2, 3, 4, 5, 6, 7], Some(0x07_0605_0403_0201)),
            (&[0xFF, 1, 2], None),
            (&[], None),
        ] {
            assert_eq!(Tree(bytes).number(), value, "{bytes:02X?}");
        }
    }

    #[test]
    fn bits_from_the_highest_on() {
        assert_eq!(
            Tree(&[0b1010_0000, 0b1000_0000]).bits(9),
            Some(vec![true, false, true, false, false, false, false, false, true])
        );
        assert_eq!(Tree(&[0]).bits(9), None);
    }
}
