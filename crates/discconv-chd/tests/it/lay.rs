//! Laying files from the tables of the notes, with other people's codecs.

use crate::coded::crc16;
use discconv_chd::Chd;
use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Format, Found, Input, Opened, ReadAt, Result, outline};
use sha1::{Digest, Sha1};
use std::sync::Arc;

/// Bytes of a frame of a CD.
pub(crate) const FRAME: usize = 2448;
/// Two frames: the smallest hunk in which something can go wrong between frames.
pub(crate) const HUNK: usize = 2 * FRAME;

/// What the map says of a hunk, by the number that the map's code has for it.
#[derive(Clone, Debug)]
pub(crate) enum Lay {
    /// 0 to 3: coded bytes, and the hunk that they are.
    Coded(u8, Vec<u8>, Vec<u8>),
    /// 4.
    Stored(Vec<u8>),
    /// 5.
    Same(u32),
    /// 6.
    Parent(u32),
    /// 9 to 13, which need nothing.
    Bare(u8),
}

impl Lay {
    fn symbol(&self) -> u8 {
        match self {
            Lay::Coded(slot, ..) => *slot,
            Lay::Stored(_) => 4,
            Lay::Same(_) => 5,
            Lay::Parent(_) => 6,
            Lay::Bare(symbol) => *symbol,
        }
    }

    /// The bytes in the file.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Lay::Coded(_, bytes, _) | Lay::Stored(bytes) => bytes,
            _ => &[],
        }
    }
}

/// Bits, the highest of a byte first.
#[derive(Default)]
pub(crate) struct BitWriter {
    pub(crate) bits: Vec<bool>,
}

impl BitWriter {
    pub(crate) fn put(&mut self, value: u64, count: u32) {
        self.bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bits
            .chunks(8)
            .map(|bits| bits.iter().zip([128, 64, 32, 16, 8, 4, 2, 1]).map(|(bit, v)| u8::from(*bit) * v).sum())
            .collect()
    }
}

/// A file of version 5.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) codecs: [&'static [u8; 4]; 4],
    pub(crate) logical: u64,
    pub(crate) hunk: u32,
    pub(crate) unit: u32,
    pub(crate) hunks: Vec<Lay>,
    /// The kinds as the map's code has them, where they are not simply those of the hunks.
    pub(crate) symbols: Option<Vec<u8>>,
    /// Widths of length, hunk and unit.
    pub(crate) widths: [u8; 3],
    /// Added to the CRC of the map.
    pub(crate) map_crc: u16,
    /// Tag, flags, data.
    pub(crate) meta: Vec<([u8; 4], u8, Vec<u8>)>,
    pub(crate) raw_sha1: [u8; 20],
    pub(crate) parent: [u8; 20],
}

pub(crate) const NONE: &[u8; 4] = &[0; 4];

impl File {
    /// A CD of these hunks of two frames and these tracks; the content as it is, for its SHA-1.
    pub(crate) fn cd(hunks: Vec<Lay>, tracks: &[&str], content: &[u8]) -> File {
        let meta = tracks.iter().map(|line| (*b"CHT2", 1, [line.as_bytes(), &[0]].concat())).collect();
        File {
            codecs: [b"cdzl", b"cdlz", b"cdfl", b"cdzs"],
            logical: content.len() as u64,
            hunk: HUNK as u32,
            unit: FRAME as u32,
            hunks,
            symbols: None,
            widths: [16, 8, 8],
            map_crc: 0,
            meta,
            raw_sha1: Sha1::digest(content).into(),
            parent: [0; 20],
        }
    }

    /// A CD whose frames are all stored as they are.
    pub(crate) fn stored(content: &[u8], tracks: &[&str]) -> File {
        let mut padded = content.to_vec();
        padded.resize(content.len().next_multiple_of(HUNK), 0);
        File::cd(padded.chunks(HUNK).map(|hunk| Lay::Stored(hunk.to_vec())).collect(), tracks, content)
    }

    /// A DVD of these hunks of 4096 bytes.
    pub(crate) fn dvd(codecs: [&'static [u8; 4]; 4], hunks: Vec<Lay>, content: &[u8]) -> File {
        let meta = vec![(*b"DVD ", 1, vec![0])];
        File { codecs, hunk: 4096, unit: 2048, meta, ..File::cd(hunks, &[], content) }
    }

    /// SHA-1 of content and metadata.
    pub(crate) fn sha1(&self) -> [u8; 20] {
        let hashed = self.meta.iter().filter(|(_, flags, _)| flags & 1 == 1);
        let mut parts: Vec<Vec<u8>> = hashed.map(|(tag, _, data)| [&tag[..], &Sha1::digest(data)].concat()).collect();
        parts.sort();
        Sha1::digest([&self.raw_sha1[..], &parts.concat()].concat()).into()
    }

    /// The metadata as a chain from `at` on.
    pub(crate) fn chain(&self, at: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, (tag, flags, data)) in self.meta.iter().enumerate() {
            let next = if index + 1 < self.meta.len() { (at + bytes.len() + 16 + data.len()) as u64 } else { 0 };
            let head = [&tag[..], &[*flags], &(data.len() as u32).to_be_bytes()[1..], &next.to_be_bytes()].concat();
            bytes.extend([head, data.clone()].concat());
        }
        bytes
    }

    /// The bit stream of the map: a tree in which every code is its symbol in four bits, the kinds, what they need.
    fn stream(&self) -> Vec<u8> {
        let mut bits = BitWriter::default();
        for (value, count) in [(1, 4), (4, 4), (13, 4)] {
            bits.put(value, count);
        }
        let symbols = self.symbols.clone().unwrap_or_else(|| self.hunks.iter().map(Lay::symbol).collect());
        symbols.iter().for_each(|symbol| bits.put(u64::from(*symbol), 4));
        for hunk in &self.hunks {
            match hunk {
                Lay::Coded(_, coded, plain) => {
                    bits.put(coded.len() as u64, self.widths[0].into());
                    bits.put(crc16(plain).into(), 16);
                }
                Lay::Stored(plain) => bits.put(crc16(plain).into(), 16),
                Lay::Same(hunk) => bits.put(u64::from(*hunk), self.widths[1].into()),
                Lay::Parent(unit) => bits.put(u64::from(*unit), self.widths[2].into()),
                Lay::Bare(_) => {}
            }
        }
        bits.bytes()
    }

    /// The map as if it were not compressed.
    fn expanded(&self, first: u64) -> Vec<u8> {
        let (mut at, mut same, mut parent) = (first, 0, 0);
        let mut bytes = Vec::new();
        let units = u64::from(self.hunk / self.unit);
        for (number, hunk) in (0..).zip(&self.hunks) {
            match hunk {
                Lay::Same(hunk) => same = u64::from(*hunk),
                Lay::Bare(10) => same += 1,
                Lay::Parent(unit) => parent = u64::from(*unit),
                Lay::Bare(11) => parent = number * units,
                Lay::Bare(13) => parent += units,
                _ => {}
            }
            let (kind, len, place, crc) = match hunk {
                Lay::Coded(slot, coded, plain) => (*slot, coded.len(), at, crc16(plain)),
                Lay::Stored(plain) => (4, plain.len(), at, crc16(plain)),
                Lay::Same(_) | Lay::Bare(9 | 10) => (5, 0, same, 0),
                _ => (6, 0, parent, 0),
            };
            at += len as u64;
            bytes.push(kind);
            bytes.extend(&(len as u32).to_be_bytes()[1..]);
            bytes.extend(&place.to_be_bytes()[2..]);
            bytes.extend(crc.to_be_bytes());
        }
        bytes
    }

    /// Header, metadata, hunks, map.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let meta = self.chain(124);
        let first = 124 + meta.len();
        let data: Vec<u8> = self.hunks.iter().flat_map(|hunk| hunk.bytes()).copied().collect();
        let header = self.header((first + data.len()) as u64, if meta.is_empty() { 0 } else { 124 });
        [header, meta, data, self.map(first)].concat()
    }

    /// Header, metadata, map, hunks: no program is known to write it, and none forbids it.
    pub(crate) fn map_first(&self) -> Vec<u8> {
        let meta = self.chain(124);
        let at = 124 + meta.len();
        let data: Vec<u8> = self.hunks.iter().flat_map(|hunk| hunk.bytes()).copied().collect();
        [self.header(at as u64, 124), meta, self.map(at + self.map(0).len()), data].concat()
    }

    /// The map of hunks that begin at `first`.
    fn map(&self, first: usize) -> Vec<u8> {
        let stream = self.stream();
        let mut map = (stream.len() as u32).to_be_bytes().to_vec();
        map.extend(&(first as u64).to_be_bytes()[2..]);
        map.extend(crc16(&self.expanded(first as u64)).wrapping_add(self.map_crc).to_be_bytes());
        map.extend(self.widths);
        map.push(0);
        [map, stream].concat()
    }

    pub(crate) fn header(&self, map: u64, meta: u64) -> Vec<u8> {
        let mut bytes = b"MComprHD\0\0\0\x7C\0\0\0\x05".to_vec();
        bytes.extend(self.codecs.iter().copied().flatten());
        [self.logical, map, meta].iter().for_each(|value| bytes.extend(value.to_be_bytes()));
        bytes.extend(self.hunk.to_be_bytes());
        bytes.extend(self.unit.to_be_bytes());
        bytes.extend([self.raw_sha1, self.sha1(), self.parent].concat());
        bytes
    }

    /// The same without codecs: a table behind the header, stored hunks at multiples of their size; digests are zeros.
    pub(crate) fn plain(&self, table: &[u32]) -> Vec<u8> {
        let at = 124 + 4 * table.len();
        let mut bytes = File { codecs: [NONE; 4], raw_sha1: [0; 20], ..self.clone() }.header(124, at as u64);
        bytes[84..104].fill(0);
        bytes.extend(table.iter().flat_map(|entry| entry.to_be_bytes()));
        bytes.extend(self.chain(at));
        for hunk in &self.hunks {
            bytes.resize(bytes.len().next_multiple_of(self.hunk as usize), 0);
            bytes.extend(hunk.bytes());
        }
        bytes
    }
}

/// Open `bytes` alone.
pub(crate) fn open(bytes: &[u8]) -> Result<Disc> {
    open_in(bytes, &MemoryFiles::default(), &[])
}

/// Open `bytes` in a folder, and with files that the person named.
pub(crate) fn open_in(bytes: &[u8], folder: &MemoryFiles, parents: &[(&str, &[u8])]) -> Result<Disc> {
    open_source(Arc::new(Bytes::new("x.chd", bytes)), folder, parents)
}

pub(crate) fn open_source(source: Arc<dyn ReadAt>, folder: &MemoryFiles, parents: &[(&str, &[u8])]) -> Result<Disc> {
    let found = |(name, bytes): &(&str, &[u8])| Found {
        name: (*name).to_owned(),
        source: Arc::new(Bytes::new(*name, *bytes)),
        unwrapped: None,
        notes: Vec::new(),
    };
    let parents: Vec<Found> = parents.iter().map(found).collect();
    let input = Input { parents: &parents, ..Input::new("x.chd", source, folder) };
    match Chd.open(&input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("bytes"),
    }
}

/// All of the content.
pub(crate) fn content(disc: &Disc) -> Result<Vec<u8>> {
    let source = &disc.sources()[0];
    let mut bytes = vec![0; source.len() as usize];
    source.read_exact_at(0, &mut bytes)?;
    Ok(bytes)
}

/// What the disc is, or why it is none.
pub(crate) fn told(bytes: &[u8]) -> String {
    match open(bytes) {
        Ok(disc) => outline::disc(&disc),
        Err(error) => format!("error: {error}\nhint: {}", error.hint().unwrap_or_default()),
    }
}
