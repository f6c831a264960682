//! Laying files from the tables of the notes, with other people's codecs.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Format, Input, Note, NoteKind, Opened, Peek, Promise, ReadAt, Result, Score};
use discconv_cso::{Cso, Cso2, Dax, Jso, Zso};
use discconv_testkit::Rng;
use std::io::Write;
use std::sync::Arc;

/// All of them.
pub(crate) const FORMATS: [&dyn Format; 5] = [&Cso, &Cso2, &Zso, &Dax, &Jso];

/// A raw deflate stream.
pub(crate) fn deflated(raw: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

/// A zlib stream.
pub(crate) fn zlibbed(raw: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

/// A bare LZ4 block.
pub(crate) fn lz4ed(raw: &[u8]) -> Vec<u8> {
    lz4_flex::block::compress(raw)
}

/// LZO1X by hand, literals alone: 17 + n for up to 238 of them, else a zero, zeros for 255 each and the rest over 18.
pub(crate) fn lzoed(raw: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    if raw.len() <= 238 {
        coded.push(raw.len() as u8 + 17);
    } else {
        let over = raw.len() - 18;
        coded.extend(vec![0; 1 + (over - 1) / 255]);
        coded.push((over - 255 * ((over - 1) / 255)) as u8);
    }
    coded.extend_from_slice(raw);
    coded.extend([0x11, 0, 0]);
    coded
}

/// How a laid file is made.
#[derive(Clone, Copy)]
pub(crate) struct Ciso {
    pub(crate) magic: &'static [u8; 4],
    pub(crate) header: u32,
    pub(crate) version: u8,
    pub(crate) block: u32,
    pub(crate) shift: u8,
    /// What fills up units.
    pub(crate) padding: u8,
    /// Is the last block filled up with zeros, as it should be?
    pub(crate) full: bool,
    /// Is bit 31 of the last entry set, which means nothing?
    pub(crate) end_flag: bool,
}

pub(crate) const CSO: Ciso =
    Ciso { magic: b"CISO", header: 24, version: 1, block: 2048, shift: 0, padding: 0, full: true, end_flag: false };
pub(crate) const CSO2: Ciso = Ciso { version: 2, ..CSO };
pub(crate) const ZSO: Ciso = Ciso { magic: b"ZISO", ..CSO };

/// Header and index; the first `blocks` entries and the end.
pub(crate) fn ciso_head(how: &Ciso, len: u64, entries: &[u32]) -> Vec<u8> {
    let mut file = how.magic.to_vec();
    file.extend(how.header.to_le_bytes());
    file.extend(len.to_le_bytes());
    file.extend(how.block.to_le_bytes());
    file.extend([how.version, how.shift, 0, 0]);
    file.extend(entries.iter().flat_map(|entry| entry.to_le_bytes()));
    file
}

/// Blocks with their bit 31.
pub(crate) fn ciso_of(how: &Ciso, len: u64, blocks: &[(Vec<u8>, bool)]) -> Vec<u8> {
    let unit = 1 << how.shift;
    let head = 24 + 4 * (blocks.len() + 1);
    let fill = |body: &mut Vec<u8>| {
        let len = (head + body.len()).next_multiple_of(unit) - head;
        body.resize(len, how.padding);
    };
    let (mut body, mut entries) = (Vec::new(), Vec::new());
    fill(&mut body);
    for (block, flag) in blocks {
        entries.push(((head + body.len()) >> how.shift) as u32 | u32::from(*flag) << 31);
        body.extend_from_slice(block);
        fill(&mut body);
    }
    entries.push(((head + body.len()) >> how.shift) as u32 | u32::from(how.end_flag) << 31);
    [ciso_head(how, len, &entries), body].concat()
}

/// `raw` coded as the kind wants it: every third block stored, and in version 2 every second of the others LZ4.
pub(crate) fn ciso(how: &Ciso, raw: &[u8]) -> Vec<u8> {
    let block = how.block as usize;
    let blocks: Vec<(Vec<u8>, bool)> = (0..)
        .zip(raw.chunks(block))
        .map(|(n, piece)| {
            let mut piece = piece.to_vec();
            if how.full {
                piece.resize(block, 0);
            }
            let pack = |lz4: bool| if lz4 { lz4ed(&piece) } else { deflated(&piece) };
            let zso = how.magic == b"ZISO";
            let lz4 = zso || (how.version == 2 && n % 2 == 0);
            let packed = pack(lz4);
            let stored = n % 3 == 1 || packed.len().next_multiple_of(1 << how.shift) >= block;
            match (how.version == 2, stored) {
                // Bit 31 means nothing where the length says it all.
                (true, true) => (piece, n % 2 == 1),
                (true, false) => (packed, lz4),
                (false, true) => (piece, true),
                (false, false) => (packed, false),
            }
        })
        .collect();
    ciso_of(how, raw.len() as u64, &blocks)
}

/// A DAX: tables, areas `(first, count)`, blocks.
pub(crate) fn dax(version: u32, raw: &[u8], areas: &[(u32, u32)], full: bool) -> Vec<u8> {
    let blocks: Vec<Vec<u8>> = (0..)
        .zip(raw.chunks(8192))
        .map(|(n, piece)| {
            let mut piece = piece.to_vec();
            if full {
                piece.resize(8192, 0);
            }
            let stored = areas.iter().any(|(first, count)| (*first..first + count).contains(&n));
            if stored { piece } else { zlibbed(&piece) }
        })
        .collect();
    let mut at = 32 + blocks.len() * 6 + areas.len() * 8;
    let mut file = b"DAX\0".to_vec();
    file.extend([raw.len() as u32, version, areas.len() as u32].iter().flat_map(|word| word.to_le_bytes()));
    file.resize(32, 0);
    for block in &blocks {
        file.extend((at as u32).to_le_bytes());
        at += block.len();
    }
    file.extend(blocks.iter().flat_map(|block| (block.len() as u16).to_le_bytes()));
    file.extend(areas.iter().flat_map(|(first, count)| [first.to_le_bytes(), count.to_le_bytes()].concat()));
    [file, blocks.concat()].concat()
}

/// A JSO. `method` 0: LZO, 1: deflate; every third block stored.
pub(crate) fn jso(block: u16, headers: bool, method: u8, md5: [u8; 16], raw: &[u8]) -> Vec<u8> {
    let blocks: Vec<Vec<u8>> = (0..)
        .zip(raw.chunks(block.into()))
        .map(|(n, piece)| {
            let mut piece = piece.to_vec();
            piece.resize(block.into(), 0);
            let packed = if method == 0 { lzoed(&piece) } else { deflated(&piece) };
            let coded = if n % 3 == 1 || packed.len() == piece.len() { piece } else { packed };
            if headers { [&[0xAA; 4][..], &coded].concat() } else { coded }
        })
        .collect();
    let mut file = b"JISO\x03\x01".to_vec();
    file.extend(block.to_le_bytes());
    file.extend([u8::from(headers), 0, method, 0]);
    file.extend((raw.len() as u32).to_le_bytes());
    file.extend(md5);
    file.extend(48_u32.to_le_bytes());
    file.resize(48, 0);
    let mut at = 48 + 4 * (blocks.len() + 1);
    file.extend((at as u32).to_le_bytes());
    for block in &blocks {
        at += block.len();
        file.extend((at as u32).to_le_bytes());
    }
    [file, blocks.concat()].concat()
}

/// Bytes that pack well here and badly there, without any block like another.
pub(crate) fn content(len: usize) -> Vec<u8> {
    let mut rng = Rng::new(11);
    let mut bytes = Vec::new();
    while bytes.len() < len {
        let run = 1 + rng.index(900);
        match rng.index(3) {
            0 => bytes.extend(rng.bytes(run)),
            1 => bytes.extend(vec![rng.bytes(1)[0]; run]),
            _ => bytes.extend(format!("sector {run} of a disc; ").into_bytes().iter().cycle().take(run)),
        }
    }
    bytes.truncate(len);
    bytes
}

pub(crate) struct Unwrapped {
    pub(crate) source: Arc<dyn ReadAt>,
    pub(crate) checks: Vec<Promise>,
    pub(crate) notes: Vec<Note>,
}

impl Unwrapped {
    /// All of it, in one go.
    pub(crate) fn all(&self) -> Result<Vec<u8>> {
        let mut out = vec![0x77; usize::try_from(self.source.len()).unwrap()];
        self.source.read_exact_at(0, &mut out)?;
        Ok(out)
    }

    pub(crate) fn damaged(&self) -> u64 {
        self.notes.iter().filter(|note| note.kind == NoteKind::Damage).map(|note| note.sectors).sum()
    }
}

pub(crate) fn open_source(format: &dyn Format, name: &str, source: Arc<dyn ReadAt>) -> Result<Unwrapped> {
    let alone = MemoryFiles::new();
    match format.open(&Input::new(name, source, &alone))? {
        Opened::Bytes { source, checks, notes } => Ok(Unwrapped { source, checks, notes }),
        Opened::Discs(_) => panic!("a wrapper is no disc"),
    }
}

pub(crate) fn open_as(format: &dyn Format, bytes: &[u8]) -> Result<Unwrapped> {
    let name = format!("x.{}", format.info().extensions[0]);
    open_source(format, &name, Arc::new(Bytes::new(name.clone(), bytes)))
}

/// The one format that claims `bytes`, whatever they are called.
pub(crate) fn claimed(bytes: &[u8]) -> Option<&'static dyn Format> {
    let claiming: Vec<_> = FORMATS.into_iter().filter(|format| probe(*format, "", bytes) > Score::NO).collect();
    assert!(claiming.len() <= 1, "{:?}", claiming.iter().map(|format| format.info().id).collect::<Vec<_>>());
    claiming.first().copied()
}

pub(crate) fn probe(format: &dyn Format, extension: &str, bytes: &[u8]) -> Score {
    let source = Bytes::new("x", bytes);
    let head = &bytes[..bytes.len().min(65536)];
    let tail = &bytes[bytes.len().saturating_sub(65536)..];
    format.probe(&Peek { head, tail, extension, source: &source })
}

pub(crate) fn open(bytes: &[u8]) -> Result<Unwrapped> {
    open_as(claimed(bytes).unwrap_or(&Cso), bytes)
}

/// What opening and reading all of `bytes` says, for people.
pub(crate) fn told(format: &dyn Format, bytes: &[u8]) -> String {
    let mut text = String::new();
    let opened = open_as(format, bytes).and_then(|opened| {
        for note in &opened.notes {
            text += &format!("note: {} [{:?}, {} sectors]\n", note.text, note.kind, note.sectors);
        }
        opened.all().map(|bytes| bytes.len())
    });
    match opened {
        Ok(len) => text + &format!("{len} bytes\n"),
        Err(error) => text + &format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}
