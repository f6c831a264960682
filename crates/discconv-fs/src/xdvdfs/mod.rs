//! XDVDFS, the game partition of Xbox and Xbox 360 discs.
//!
//! All numbers are little-endian; sectors of 2048 bytes count from the start of the partition.
//!
//! | where | what |
//! |---|---|
//! | sector 32, byte 0 and 7ECh | `MICROSOFT*XBOX*MEDIA` |
//! | 14h, 18h | sector and bytes of the root directory |
//! | 1Ch | FILETIME of its making |
//!
//! A directory is a table whose entries, at multiples of four bytes, make a binary tree in the order of names:
//!
//! | bytes | what |
//! |---|---|
//! | 0-1, 2-3 | entry to the left, to the right, in units of four bytes; 0 none, FFFFh none in an empty table |
//! | 4-7, 8-11 | sector, bytes |
//! | 12 | attributes: 01h read only, 02h hidden, 04h system, 10h directory, 20h archive, 80h normal |
//! | 13, 14- | length of the name, the name in Windows-1252 |

use crate::gather::{gather, place};
use crate::space::SECTOR;
use crate::{About, Entry, FileSystem, Kind, Run, Space, Stamp, What};
use binrw::{BinRead, io::Cursor};
use discconv_core::{Error, Limits, Result};
use encoding_rs::WINDOWS_1252;
use std::collections::HashSet;
use std::sync::Arc;

const MAGIC: &[u8; 20] = b"MICROSOFT*XBOX*MEDIA";
const HEADER_SECTOR: u64 = 32;
const SECOND_MAGIC: u64 = 0x7EC;
/// Where the partition begins, by the kind of image: alone, then as discs of the three generations have it beside their
/// video partition.
const STARTS: &[(u64, &str)] =
    &[(0, ""), (0x1830_0000, "XGD1"), (0x0FD9_0000, "XGD2"), (0x0208_0000, "XGD3"), (0x89D8_0000, "XGD3 hybrid")];

/// No directory of a game comes near this.
const MOST_DIRECTORY_BYTES: u32 = 32 << 20;
const UNIT: usize = 4;
const NONE: u16 = 0;
const EMPTY: u16 = 0xFFFF;
const HIDDEN: u8 = 0x02;
const DIRECTORY: u8 = 0x10;

/// The header, without its signatures.
#[derive(BinRead)]
#[br(little)]
struct Header {
    #[br(pad_before = 20)]
    root_sector: u32,
    root_bytes: u32,
    made: u64,
}

/// One entry; its name follows.
#[derive(BinRead)]
#[br(little)]
struct Record {
    left: u16,
    right: u16,
    sector: u32,
    len: u32,
    attributes: u8,
    name_bytes: u8,
}

const RECORD_BYTES: usize = 14;

/// The game partition of the space, if there is one.
///
/// # Errors
/// Reading.
pub(crate) fn probe(space: &Arc<Space>, limits: &Limits) -> Result<Vec<Box<dyn FileSystem>>> {
    for (start, generation) in STARTS {
        let at = start + HEADER_SECTOR * SECTOR;
        if !space.says(at, MAGIC)? || !space.says(at + SECOND_MAGIC, MAGIC)? {
            continue;
        }
        let mut header = [0; 36];
        space.read(at, &mut header)?;
        if let Ok(header) = Header::read(&mut Cursor::new(&header)) {
            return Ok(vec![Box::new(Xdvdfs::new(space, *start, generation, &header, limits))]);
        }
    }
    Ok(Vec::new())
}

struct Xdvdfs {
    space: Arc<Space>,
    about: About,
    root: u64,
    most: u64,
}

impl Xdvdfs {
    fn new(space: &Arc<Space>, start: u64, generation: &str, header: &Header, limits: &Limits) -> Xdvdfs {
        let mut about = About::new(Kind::Xdvdfs);
        generation.clone_into(&mut about.version);
        about.start = start;
        about.blocks = (space.end() - start) / SECTOR;
        about.created = filetime(header.made);
        let root = pack(header.root_sector, header.root_bytes);
        Xdvdfs { space: Arc::clone(space), about, root, most: limits.entries }
    }

    /// The byte of the space at which a sector of the partition begins.
    fn byte(&self, sector: u32) -> u64 {
        self.about.start + u64::from(sector) * SECTOR
    }

    fn wrong(&self, at: u64, found: impl Into<String>, expected: &str) -> Error {
        Error::malformed(self.space.name(), place(at), found, expected)
    }

    /// The entries of a table in the order of the tree: what lies to the left, the entry, what lies to the right.
    fn tree(&self, table: &[u8], at: u64) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        // Entries whose left side was gone through come back as their own.
        let mut open = vec![(0_usize, false)];
        let mut seen = HashSet::new();
        while let Some((offset, left_done)) = open.pop() {
            let record = table.get(offset..).and_then(|bytes| Record::read(&mut Cursor::new(bytes)).ok());
            let record =
                record.ok_or_else(|| self.wrong(at, format!("an entry at byte {offset} of a directory"), "one within it"))?;
            if record.left == EMPTY {
                continue;
            }
            if left_done {
                entries.push(self.entry(table, offset, at, &record)?);
                if record.right != NONE && record.right != EMPTY {
                    open.push((usize::from(record.right) * UNIT, false));
                }
                continue;
            }
            if !seen.insert(offset) {
                return Err(self.wrong(at, "a directory whose tree goes round in a circle", "each entry once"));
            }
            if seen.len() as u64 > self.most {
                return Err(self.wrong(at, format!("a directory of more than {} entries", self.most), "fewer"));
            }
            open.push((offset, true));
            if record.left != NONE {
                open.push((usize::from(record.left) * UNIT, false));
            }
        }
        Ok(entries)
    }

    fn entry(&self, table: &[u8], offset: usize, at: u64, record: &Record) -> Result<Entry> {
        let name = table.get(offset + RECORD_BYTES..).and_then(|rest| rest.get(..usize::from(record.name_bytes)));
        let name = name.ok_or_else(|| self.wrong(at, format!("a name at byte {offset} of a directory"), "one within it"))?;
        let what = if record.attributes & DIRECTORY == 0 { What::File } else { What::Directory };
        let mut entry = Entry::new(WINDOWS_1252.decode_without_bom_handling(name).0, what, pack(record.sector, record.len));
        entry.len = u64::from(record.len);
        entry.hidden = record.attributes & HIDDEN != 0;
        if record.len == 0 {
            // Nothing lies nowhere: what is empty is told apart by its own place.
            entry.id = EMPTY_ID | (at + offset as u64);
        }
        Ok(entry)
    }
}

/// Set in the ids of what is empty; no disc has so many sectors.
const EMPTY_ID: u64 = 1 << 63;

fn pack(sector: u32, len: u32) -> u64 {
    u64::from(sector) << 32 | u64::from(len)
}

fn unpack(node: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = node.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

/// Tenths of microseconds since 1601; `None` if nothing is written there.
fn filetime(made: u64) -> Option<Stamp> {
    const UNIX_EPOCH: i64 = 11_644_473_600;
    let seconds = i64::try_from(made / 10_000_000).ok().filter(|_| made != 0)?;
    Some(Stamp::from_unix(seconds - UNIX_EPOCH))
}

impl FileSystem for Xdvdfs {
    fn about(&self) -> &About {
        &self.about
    }

    fn root(&self) -> Entry {
        let mut root = Entry::new("", What::Directory, self.root);
        root.len = u64::from(unpack(self.root).1);
        root
    }

    fn list(&self, directory: &Entry) -> Result<Vec<Entry>> {
        let (sector, len) = unpack(directory.node);
        let at = self.byte(sector);
        if len == 0 {
            return Ok(Vec::new());
        }
        if len > MOST_DIRECTORY_BYTES {
            return Err(self.wrong(at, format!("a directory of {len} bytes"), &format!("at most {MOST_DIRECTORY_BYTES}")));
        }
        let table = gather(&self.space, &[Run { at: Some(at), len: u64::from(len) }], "a directory")?;
        self.tree(&table, at)
    }

    fn runs(&self, entry: &Entry) -> Result<Vec<Run>> {
        let (sector, len) = unpack(entry.node);
        let (at, len) = (self.byte(sector), u64::from(len));
        if len == 0 {
            return Ok(Vec::new());
        }
        if !self.space.has(at, len) {
            let expected = format!("data sectors of a disc that ends at LBA {}", self.space.end() / SECTOR);
            let error = self.wrong(at, format!("{len} bytes of {:?} from there on", entry.name), &expected);
            return Err(error.with_hint("the image may be truncated"));
        }
        Ok(vec![Run { at: Some(at), len }])
    }
}
