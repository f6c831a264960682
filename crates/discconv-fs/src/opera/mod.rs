//! Opera, the file system of 3DO discs.
//!
//! All numbers are big-endian. Directories and files may lie on the disc several times; the first copy that can be read
//! counts.
//!
//! | volume header, byte | what |
//! |---|---|
//! | 0-6 | 01h, five times 5Ah, 01h |
//! | 28h | label, 32 bytes |
//! | 48h, 4Ch, 50h | volume id, bytes of a block, blocks |
//! | 60h, 64h | last copy of the root directory (0 to 7), the block of each |
//!
//! | directory block, byte | what |
//! |---|---|
//! | 0 | the next block, counted from the first of the directory; -1 none |
//! | 12, 16 | end of the entries, their start |
//!
//! | entry, byte | what |
//! |---|---|
//! | 0 | flags: 80000000h last of the directory, 40000000h last of the block; in the low byte 7 a directory |
//! | 8, 16 | type (four letters), bytes |
//! | 32, 64 | name (32 bytes), last copy; then the block of each |

use crate::gather::place;
use crate::space::SECTOR;
use crate::{About, Entry, FileSystem, Kind, Run, Space, What};
use binrw::{BinRead, io::Cursor};
use discconv_core::{Error, Limits, Result};
use std::collections::HashSet;
use std::sync::Arc;

const MAGIC: &[u8] = b"\x01ZZZZZ\x01";
const MOST_COPIES: u32 = 7;
const LAST: u32 = 0x8000_0000;
const LAST_IN_BLOCK: u32 = 0x4000_0000;
const DIRECTORY: u32 = 7;
const BLOCKS: [u32; 4] = [512, 1024, 2048, 4096];
const NO_BLOCK: u32 = u32::MAX;
/// The node of the root, which no entry names.
const ROOT: u64 = u64::MAX;
/// Bytes of an entry before the blocks of its copies.
const RECORD_BYTES: usize = 68;

#[derive(BinRead)]
#[br(big)]
struct Header {
    #[br(pad_before = 0x28)]
    label: [u8; 32],
    #[br(pad_before = 4)]
    block_bytes: u32,
    #[br(pad_after = 12)]
    blocks: u32,
    last_copy: u32,
    copies: [u32; 8],
}

#[derive(BinRead)]
#[br(big)]
struct BlockHead {
    #[br(pad_after = 8)]
    next: u32,
    end: u32,
    start: u32,
}

#[derive(BinRead)]
#[br(big)]
struct Record {
    #[br(pad_after = 4)]
    flags: u32,
    #[br(pad_after = 4)]
    kind: [u8; 4],
    #[br(pad_after = 12)]
    len: u32,
    name: [u8; 32],
    last_copy: u32,
}

/// The volume of the space, if there is one.
///
/// # Errors
/// Reading.
pub(crate) fn probe(space: &Arc<Space>, limits: &Limits) -> Result<Vec<Box<dyn FileSystem>>> {
    let mut bytes = [0; 0x84];
    if !space.says(0, MAGIC)? || !space.try_read(0, &mut bytes)? {
        return Ok(Vec::new());
    }
    let Ok(header) = Header::read(&mut Cursor::new(&bytes)) else { return Ok(Vec::new()) };
    if !BLOCKS.contains(&header.block_bytes) || header.last_copy > MOST_COPIES {
        return Ok(Vec::new());
    }
    let mut about = About::new(Kind::Opera);
    about.label = latin1(&header.label);
    about.block_bytes = header.block_bytes;
    about.blocks = u64::from(header.blocks);
    let roots = header.copies.into_iter().zip(0..=header.last_copy).map(|(block, _)| block).collect();
    Ok(vec![Box::new(Opera { space: Arc::clone(space), about, roots, most: limits.entries })])
}

/// Letters up to the first zero.
fn latin1(field: &[u8]) -> String {
    let letters = field.iter().take_while(|letter| **letter != 0).map(|letter| char::from(*letter));
    letters.collect::<String>().trim_end().to_owned()
}

struct Opera {
    space: Arc<Space>,
    about: About,
    /// The first block of each copy of the root.
    roots: Vec<u32>,
    most: u64,
}

impl Opera {
    fn byte(&self, block: u32) -> u64 {
        u64::from(block) * u64::from(self.about.block_bytes)
    }

    fn wrong(&self, at: u64, found: impl Into<String>, expected: &str) -> Error {
        Error::malformed(self.space.name(), place(at), found, expected)
    }

    /// The first blocks of the copies of an entry, and its bytes; read again where the entry is.
    fn copies(&self, entry: &Entry) -> Result<(Vec<u32>, u64)> {
        if entry.node == ROOT {
            return Ok((self.roots.clone(), 0));
        }
        let mut bytes = [0; RECORD_BYTES];
        self.space.read(entry.node, &mut bytes)?;
        let cut = || self.wrong(entry.node, "an entry of a directory that is cut short", "all of it");
        let record = Record::read(&mut Cursor::new(&bytes)).map_err(|_| cut())?;
        // What does not fit into a block was not listed.
        let copies = usize::try_from(record.last_copy.min(self.about.block_bytes / 4)).unwrap_or(0) + 1;
        let mut blocks = vec![0; copies * 4];
        self.space.read(entry.node + RECORD_BYTES as u64, &mut blocks)?;
        let blocks = blocks.chunks_exact(4).filter_map(|block| u32::read_be(&mut Cursor::new(block)).ok());
        Ok((blocks.collect(), u64::from(record.len)))
    }

    /// The entries of the directory whose copy begins at a block.
    fn directory(&self, first: u32) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let (mut number, mut seen) = (0_u32, HashSet::new());
        let mut block = vec![0; usize::try_from(self.about.block_bytes).unwrap_or(0)];
        loop {
            let at = self.byte(first.saturating_add(number));
            if !seen.insert(number) {
                return Err(self.wrong(at, "blocks of a directory that go round in a circle", "an end of them"));
            }
            if !self.space.try_read(at, &mut block)? {
                return Err(self.wrong(at, "a block of a directory", "one that the disc has"));
            }
            let next = self.block(&block, at, &mut entries)?;
            match next.filter(|next| *next != NO_BLOCK) {
                Some(next) => number = next,
                None => return Ok(entries),
            }
        }
    }

    /// Take the entries of one block. Returns the next one's number, if it is not the last.
    fn block(&self, block: &[u8], at: u64, entries: &mut Vec<Entry>) -> Result<Option<u32>> {
        let head = BlockHead::read(&mut Cursor::new(block)).ok();
        let head = head.filter(|head| head.start >= 20 && head.end as usize <= block.len() && head.start <= head.end);
        let head = head.ok_or_else(|| self.wrong(at, "a directory block whose entries lie outside of it", "a directory"))?;
        let (mut offset, end) = (head.start as usize, head.end as usize);
        while offset < end {
            let cut = || self.wrong(at, format!("an entry at byte {offset} of a directory block"), "one within it");
            let record = block.get(offset..end).and_then(|bytes| Record::read(&mut Cursor::new(bytes)).ok()).ok_or_else(cut)?;
            let copies = usize::try_from(record.last_copy).ok().filter(|last| *last <= block.len()).ok_or_else(cut)?;
            let next = offset + RECORD_BYTES + (copies + 1) * 4;
            let first =
                block.get(offset + RECORD_BYTES..next.min(end)).and_then(|blocks| u32::read_be(&mut Cursor::new(blocks)).ok());
            let first = first.filter(|_| next <= end).ok_or_else(cut)?;
            if entries.len() as u64 >= self.most {
                return Err(self.wrong(at, format!("a directory of more than {} entries", self.most), "fewer"));
            }
            entries.push(entry(&record, first, at + offset as u64));
            if record.flags & LAST != 0 {
                return Ok(None);
            }
            if record.flags & LAST_IN_BLOCK != 0 {
                break;
            }
            offset = next;
        }
        Ok(Some(head.next))
    }
}

fn entry(record: &Record, first: u32, at: u64) -> Entry {
    let directory = record.flags & 0xFF == DIRECTORY || record.kind == *b"*dir";
    let mut entry = Entry::new(latin1(&record.name), if directory { What::Directory } else { What::File }, at);
    entry.len = u64::from(record.len);
    if directory || record.len > 0 {
        // Its place, unlike that of the entry; both are bytes of one disc, and entries are at even ones.
        entry.id = u64::from(first) << 1 | 1;
    }
    entry
}

impl FileSystem for Opera {
    fn about(&self) -> &About {
        &self.about
    }

    fn root(&self) -> Entry {
        let mut root = Entry::new("", What::Directory, ROOT);
        root.id = u64::from(self.roots.first().copied().unwrap_or(0)) << 1 | 1;
        root
    }

    fn list(&self, directory: &Entry) -> Result<Vec<Entry>> {
        let mut first_error = None;
        for copy in self.copies(directory)?.0 {
            match self.directory(copy) {
                Ok(entries) => return Ok(entries),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        Err(first_error.unwrap_or_else(|| self.wrong(0, "a directory without copies", "one at least")))
    }

    fn runs(&self, entry: &Entry) -> Result<Vec<Run>> {
        let (copies, len) = self.copies(entry)?;
        if len == 0 {
            return Ok(Vec::new());
        }
        let whole = copies.iter().map(|block| self.byte(*block)).find(|at| self.space.has(*at, len));
        let at = whole.ok_or_else(|| {
            let at = copies.first().map_or(0, |block| self.byte(*block));
            let expected = format!("data sectors of a disc that ends at LBA {}", self.space.end() / SECTOR);
            let found = format!("{len} bytes of {:?} from there on, the first of {} copies", entry.name, copies.len());
            self.wrong(at, found, &expected).with_hint("the image may be truncated")
        })?;
        Ok(vec![Run { at: Some(at), len }])
    }
}
