//! ISZ images laid by hand from the layout of the specification, and how the reader sees them.

use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Format, Input, NoteKind, Opened, ReadAt, Result};
use discconv_isz::Isz;
use discconv_testkit::Rng;
use std::io::Write;
use std::sync::Arc;

/// How a chunk is put into the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// With that number for a length, and so many bytes in the file.
    Zero(u64, usize),
    Stored,
    Zlib,
    Bzip2,
}

/// An image to be laid.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) content: Vec<u8>,
    /// For each chunk in turn, from the beginning again where there are more chunks.
    pub(crate) how: Vec<How>,
    pub(crate) chunk: usize,
    pub(crate) sector: usize,
    /// Bytes of a table entry.
    pub(crate) entry: usize,
    /// 48 or 64.
    pub(crate) header: usize,
    pub(crate) encryption: u8,
    pub(crate) password: &'static [u8],
    pub(crate) footer: bool,
    /// Is there a chunk table?
    pub(crate) table: bool,
    pub(crate) serial: u32,
}

impl Image {
    pub(crate) fn new(content: Vec<u8>, how: &[How]) -> Image {
        Image {
            content,
            how: how.to_vec(),
            chunk: 8192,
            sector: 2048,
            entry: 3,
            header: 64,
            encryption: 0,
            password: b"",
            footer: false,
            table: true,
            serial: 0x1234_5678,
        }
    }

    /// Number in the table, length there, stored bytes.
    fn chunks(&self) -> Vec<(u64, u64, Vec<u8>)> {
        let how = self.how.iter().cycle();
        let mut chunks: Vec<(u64, u64, Vec<u8>)> =
            self.content.chunks(self.chunk).zip(how).map(|(raw, how)| pack(raw, *how)).collect();
        chunks.iter_mut().for_each(|(.., bytes)| encrypt(self.encryption, self.password, bytes));
        chunks
    }

    /// All that is stored, in order.
    pub(crate) fn stored(&self) -> Vec<u8> {
        self.chunks().into_iter().flat_map(|(.., bytes)| bytes).collect()
    }

    fn chunk_table(&self) -> Vec<u8> {
        let entry = |(number, len, _): (u64, u64, Vec<u8>)| {
            let value = (number << (8 * self.entry - 2)) | len;
            value.to_le_bytes()[..self.entry].to_vec()
        };
        if self.table { masked(self.chunks().into_iter().flat_map(entry).collect()) } else { vec![] }
    }

    /// The header of file `number`; offsets of chunk table, segment table and data.
    fn head(&self, number: u8, segment_bytes: u64, [chunk_table, segment_table, data]: [usize; 3]) -> Vec<u8> {
        let word = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
        let mut head = b"IsZ!".to_vec();
        head.extend([self.header as u8, 1]);
        head.extend(self.serial.to_le_bytes());
        head.extend((self.sector as u16).to_le_bytes());
        head.extend(word(self.content.len() / self.sector));
        head.push(self.encryption);
        head.extend(segment_bytes.to_le_bytes());
        head.extend(word(self.content.len().div_ceil(self.chunk)));
        head.extend(word(self.chunk));
        head.extend([self.entry as u8, number]);
        head.extend([word(chunk_table), word(segment_table), word(data)].concat());
        head.push(0);
        assert_eq!(head.len(), 48);
        if self.header == 64 {
            // Neither is inverted at the end, as CRC-32 usually is.
            head.extend((!crc32(&self.content)).to_le_bytes());
            head.extend(word(self.content.len()));
            head.extend([0; 4]);
            let counted: Vec<u8> =
                self.chunks().into_iter().filter(|(number, ..)| *number != 0).flat_map(|(.., bytes)| bytes).collect();
            head.extend((!crc32(&counted)).to_le_bytes());
        }
        head
    }

    /// One file.
    pub(crate) fn file(&self) -> Vec<u8> {
        let table = self.chunk_table();
        let at = if self.table { self.header } else { 0 };
        let head = self.head(0, 0, [at, 0, self.header + table.len()]);
        let footer = if self.footer { [&head[..], &[self.header as u8, 0, 0, 0]].concat() } else { vec![] };
        [head, table, self.stored(), footer].concat()
    }

    /// Several files, cut where so many bytes are stored.
    pub(crate) fn files(&self, cuts: &[usize]) -> Vec<Vec<u8>> {
        let stored = self.stored();
        let table = self.chunk_table();
        let segment_table = self.header;
        let chunk_table = segment_table + 24 * (cuts.len() + 2);
        let data = chunk_table + table.len();
        let ends = self.chunks().into_iter().scan(0, |at, (.., bytes)| {
            *at += bytes.len();
            Some(*at)
        });
        let starts: Vec<usize> = [0].into_iter().chain(ends).collect();
        let mut segments = vec![];
        let mut files = vec![];
        let bounds: Vec<usize> = [&[0], cuts, &[stored.len()]].concat();
        let mut left_before = 0;
        for (number, range) in bounds.windows(2).enumerate() {
            let own = |start: &&usize| range[0] <= **start && **start < range[1];
            let chunks: Vec<&usize> = starts[..starts.len() - 1].iter().filter(own).collect();
            let before = starts[..starts.len() - 1].iter().filter(|start| **start < range[0]).count();
            // The first end of a chunk that is not before the cut.
            let left = starts.iter().find(|start| **start >= range[1]).unwrap() - range[1];
            let begin = if number == 0 { data } else { self.header };
            let head = self.head(number as u8, 1 << 20, [if self.table { chunk_table } else { 0 }, segment_table, data]);
            let len = begin + range[1] - range[0];
            segments.extend((len as u64).to_le_bytes());
            let words = [chunks.len(), before, begin + left_before, left].map(|value| (value as u32).to_le_bytes());
            segments.extend(words.concat());
            left_before = left;
            files.push((head, stored[range[0]..range[1]].to_vec()));
        }
        segments.extend([0; 24]);
        let tables = [masked(segments), table].concat();
        let whole = |(number, (head, bytes)): (usize, (Vec<u8>, Vec<u8>))| {
            [head, if number == 0 { tables.clone() } else { vec![] }, bytes].concat()
        };
        files.into_iter().enumerate().map(whole).collect()
    }
}

fn pack(raw: &[u8], how: How) -> (u64, u64, Vec<u8>) {
    match how {
        How::Zero(len, room) => {
            assert!(raw.iter().all(|byte| *byte == 0));
            (0, len, vec![0; room])
        }
        How::Stored => (1, raw.len() as u64, raw.to_vec()),
        How::Zlib => {
            let mut packer = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::default());
            packer.write_all(raw).unwrap();
            let bytes = packer.finish().unwrap();
            (2, bytes.len() as u64, bytes)
        }
        How::Bzip2 => {
            let mut packer = bzip2::write::BzEncoder::new(vec![], bzip2::Compression::best());
            packer.write_all(raw).unwrap();
            let mut bytes = packer.finish().unwrap();
            assert_eq!(&bytes[..3], b"BZh");
            bytes[..3].copy_from_slice(&[0x9A, 0x02, 0xFF]);
            (3, bytes.len() as u64, bytes)
        }
    }
}

/// The complement of `IsZ!`, from the beginning of each table.
pub(crate) fn masked(mut table: Vec<u8>) -> Vec<u8> {
    table.iter_mut().enumerate().for_each(|(at, byte)| *byte ^= [0xB6, 0x8C, 0xA5, 0xDE][at % 4]);
    table
}

/// Block by block; what is left after the last whole block stays.
fn encrypt(encryption: u8, password: &[u8], bytes: &mut [u8]) {
    fn run<const N: usize>(cipher: impl Fn(&[u8; N], &mut [u8; 16]), password: &[u8], bytes: &mut [u8]) {
        let mut key = [0; N];
        let len = password.len().min(N);
        key[..len].copy_from_slice(&password[..len]);
        bytes.as_chunks_mut().0.iter_mut().for_each(|block| cipher(&key, block));
    }
    match encryption {
        2 => run::<16>(|key, block| aes::Aes128::new(&Array(*key)).encrypt_block(block.into()), password, bytes),
        3 => run::<24>(|key, block| aes::Aes192::new(&Array(*key)).encrypt_block(block.into()), password, bytes),
        4 => run::<32>(|key, block| aes::Aes256::new(&Array(*key)).encrypt_block(block.into()), password, bytes),
        _ => {}
    }
}

/// The usual CRC-32, bit by bit.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))))
}

/// Content of so many chunks of 8192 bytes, which packs well, and every third chunk of which is zeros.
pub(crate) fn content(bytes: usize) -> Vec<u8> {
    let mut rng = Rng::new(5);
    (0..bytes)
        .step_by(8192)
        .zip(0..)
        .flat_map(|(_, chunk)| if chunk % 3 == 1 { vec![0; 8192] } else { rng.bytes(64).repeat(128) })
        .take(bytes)
        .collect()
}

pub(crate) fn folder(files: &[(&str, Vec<u8>)]) -> MemoryFiles {
    files.iter().map(|(name, bytes)| (*name, bytes.clone())).collect()
}

/// Open `name` among `files`.
pub(crate) fn open_in(files: &MemoryFiles, name: &str, password: Option<&[u8]>) -> Result<Opened> {
    Isz.open(&Input { password, ..Input::new(name, files.source(name).unwrap(), files) })
}

/// Open a file by itself.
pub(crate) fn open(bytes: &[u8]) -> Result<Opened> {
    open_in(&folder(&[("x.isz", bytes.to_vec())]), "x.isz", None)
}

pub(crate) fn all(source: &dyn ReadAt) -> Result<Vec<u8>> {
    let mut bytes = vec![0; source.len() as usize];
    source.read_exact_at(0, &mut bytes)?;
    Ok(bytes)
}

/// What came out, whose promises must hold.
pub(crate) struct Seen {
    pub(crate) content: Vec<u8>,
    pub(crate) promises: usize,
    pub(crate) notes: Vec<String>,
}

pub(crate) fn see(opened: Result<Opened>) -> Result<Seen> {
    let Opened::Bytes { source, checks, notes } = opened? else { panic!("a disc") };
    for check in &checks {
        assert_eq!(check.range, 0..check.source.len());
        assert_eq!(check.value, crc32(&all(check.source.as_ref())?).to_be_bytes());
    }
    assert!(checks.first().is_none_or(|check| Arc::ptr_eq(&check.source, &source)));
    let notes = notes
        .into_iter()
        .map(|note| match note.kind {
            NoteKind::Damage => format!("damage ({}): {}", note.sectors, note.text),
            NoteKind::Oddity => format!("oddity: {}", note.text),
        })
        .collect();
    Ok(Seen { content: all(source.as_ref())?, promises: checks.len(), notes })
}

/// For snapshots: the content by its length and checksum, notes, errors with their hints.
pub(crate) fn outline(opened: Result<Opened>) -> String {
    match see(opened) {
        Ok(seen) => {
            let mut lines =
                vec![format!("{} bytes ({:08X}), {} promises", seen.content.len(), crc32(&seen.content), seen.promises)];
            lines.extend(seen.notes);
            lines.join("\n") + "\n"
        }
        Err(error) => format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}
