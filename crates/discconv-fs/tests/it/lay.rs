//! Volumes laid by hand, byte by byte from the clauses of the standards.

use crate::show;
use discconv_core::{Bytes, Disc, DiscParts, Extent, Form, Lba, Limits, Media, Place, SourceId, Toc, TrackMode};
use discconv_fs::{Content, Entry, FileSystem, Kind, Space, find, lookup};
use std::sync::Arc;

/// Both byte orders, 32 bits (ECMA-119 7.3.3).
pub(crate) fn both32(number: u32) -> Vec<u8> {
    [number.to_le_bytes(), number.to_be_bytes()].concat()
}

/// Both byte orders, 16 bits (7.2.3).
pub(crate) fn both16(number: u16) -> Vec<u8> {
    [number.to_le_bytes(), number.to_be_bytes()].concat()
}

/// A directory record (9.1) of 2001-02-03 04:05:06 UTC. Its fields may be bent afterwards.
pub(crate) struct Record {
    pub(crate) name: Vec<u8>,
    pub(crate) block: u32,
    pub(crate) len: u32,
    pub(crate) flags: u8,
    /// Blocks of attributes; of a unit; of a gap.
    pub(crate) blocks: [u8; 3],
    pub(crate) system_use: Vec<u8>,
}

pub(crate) fn record(name: &str, block: u32, len: u32) -> Record {
    Record { name: name.into(), block, len, flags: 0, blocks: [0; 3], system_use: Vec::new() }
}

pub(crate) fn folder(name: &str, block: u32) -> Record {
    Record { flags: 2, ..record(name, block, 2048) }
}

impl Record {
    pub(crate) fn with(mut self, system_use: &[Vec<u8>]) -> Record {
        self.system_use = system_use.concat();
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let [attributes, unit, gap] = self.blocks;
        let mut out = vec![0, attributes];
        out.extend(both32(self.block));
        out.extend(both32(self.len));
        out.extend([101, 2, 3, 4, 5, 6, 0, self.flags, unit, gap]);
        out.extend(both16(1));
        out.push(self.name.len() as u8);
        out.extend(&self.name);
        out.resize(out.len().next_multiple_of(2), 0);
        out.extend(&self.system_use);
        out.resize(out.len().next_multiple_of(2), 0);
        out[0] = out.len() as u8;
        out
    }
}

/// A directory at a block: itself, its parent, its records.
pub(crate) fn directory(block: u32, parent: u32, records: &[Record]) -> Vec<u8> {
    let all = [folder("\0", block), folder("\x01", parent)];
    all.iter().chain(records).flat_map(Record::bytes).collect()
}

/// A field of the system use area: signature, data; version 1.
pub(crate) fn field(signature: &str, data: &[u8]) -> Vec<u8> {
    [signature.as_bytes(), &[data.len() as u8 + 4, 1], data].concat()
}

/// Sectors of a volume.
#[derive(Clone)]
pub(crate) struct Laid(pub(crate) Vec<u8>);

/// Block of the root directory in what [`Laid::new`] lays.
pub(crate) const ROOT: u32 = 20;

impl Laid {
    /// 64 sectors: a primary descriptor in 16, a terminator in 18, the root directory with these records in 20.
    pub(crate) fn new(records: &[Record]) -> Laid {
        let mut laid = Laid(vec![0; 64 * 2048]);
        laid.put(16, &descriptor(1, "LABEL", &folder("\0", ROOT)));
        laid.put(18, b"\xFFCD001\x01");
        laid.put(ROOT, &directory(ROOT, ROOT, records));
        laid
    }

    pub(crate) fn put(&mut self, sector: u32, bytes: &[u8]) {
        self.put_at(sector, 0, bytes);
    }

    pub(crate) fn put_at(&mut self, sector: u32, at: usize, bytes: &[u8]) {
        let at = sector as usize * 2048 + at;
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Each sector full of its own number, from one on: contents that tell where they are from.
    pub(crate) fn number(&mut self, sectors: std::ops::Range<u32>) {
        for sector in sectors {
            self.put(sector, &[sector as u8; 2048]);
        }
    }

    pub(crate) fn space(self) -> Arc<Space> {
        space_at(0, self.0)
    }

    /// The file systems, by kind.
    pub(crate) fn found(self) -> Found {
        let space = self.space();
        Found { systems: find(&space, &Limits::default()).unwrap(), space }
    }

    /// Every tree as text.
    pub(crate) fn shown(self) -> String {
        show::trees(&self.space())
    }
}

/// A disc whose sectors from `first` on are those, in one Mode 1 track.
pub(crate) fn space_at(first: i32, bytes: Vec<u8>) -> Arc<Space> {
    let end = first + (bytes.len() / 2048) as i32;
    let mut toc = Toc::single_data(Media::Dvd, TrackMode::Mode1, end);
    toc.sessions[0].tracks[0].indexes = vec![(1, Lba(first))];
    let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
    let parts = DiscParts {
        toc,
        sources: vec![Arc::new(Bytes::new("laid.iso", bytes))],
        extents: vec![Extent::stored(Lba(first)..Lba(end), TrackMode::Mode1, place)],
        notes: Vec::new(),
        checks: Vec::new(),
        extras: Vec::new(),
    };
    Arc::new(Space::new(Arc::new(Disc::new("laid.iso", parts).unwrap())))
}

/// A volume descriptor of blocks of 2048 bytes (8.4).
pub(crate) fn descriptor(kind: u8, label: &str, root: &Record) -> Vec<u8> {
    let mut out = vec![0; 2048];
    out[..7].copy_from_slice(&[&[kind], &b"CD001\x01"[..]].concat());
    out[8..190].fill(b' ');
    out[40..40 + label.len()].copy_from_slice(label.as_bytes());
    out[80..88].copy_from_slice(&both32(64));
    out[88..120].fill(0);
    out[128..132].copy_from_slice(&both16(2048));
    out[156..190].copy_from_slice(&root.bytes());
    out[813..830].copy_from_slice(b"2001020304050607\x08");
    out
}

/// File systems and what they are on.
pub(crate) struct Found {
    pub(crate) systems: Vec<Box<dyn FileSystem>>,
    pub(crate) space: Arc<Space>,
}

impl Found {
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.systems.iter().map(|system| system.about().kind).collect()
    }

    /// The first of them.
    pub(crate) fn system(&self) -> &dyn FileSystem {
        self.systems[0].as_ref()
    }

    pub(crate) fn entry(&self, path: &str) -> Entry {
        lookup(self.system(), path).unwrap().unwrap_or_else(|| panic!("{path} is not there"))
    }

    pub(crate) fn content(&self, path: &str) -> discconv_core::Result<Content> {
        Content::new(self.space.clone(), self.system(), &self.entry(path))
    }

    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        read(&self.content(path).unwrap())
    }

    /// The names of a directory.
    pub(crate) fn names(&self, path: &str) -> Vec<String> {
        self.system().list(&self.entry(path)).unwrap().into_iter().map(|entry| entry.name).collect()
    }

    /// The texts of all notes.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.system().notes().into_iter().map(|note| note.text).collect()
    }
}

pub(crate) fn read(source: &dyn discconv_core::ReadAt) -> Vec<u8> {
    let mut bytes = vec![0; source.len() as usize];
    source.read_exact_at(0, &mut bytes).unwrap();
    bytes
}
