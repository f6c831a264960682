//! zip: files, each packed by itself, and a directory of them at the end.
//!
//! | directory entry at | bytes | content |
//! |---|---|---|
//! | 0 | 4 | `PK\x01\x02` |
//! | 8 | u16 | flags: bit 0 encrypted, bit 11 the name is UTF-8 |
//! | 10 | u16 | method: 0 stored, 8 deflate, 12 bzip2, 93 zstd, 95 xz |
//! | 16 | 3 x u32 | CRC-32, bytes stored, bytes of content |
//! | 28 | 3 x u16 | bytes of name, extra fields, comment, which follow the entry |
//! | 38 | u32 | attributes; the upper half those of Unix |
//! | 42 | u32 | where its local header is |
//!
//! FFFFFFFFh in place of a length or an offset means that the extra field 1 has it, in eight bytes. The file itself stands
//! behind its local header of 30 bytes, name and extra field, whose lengths are at 26 and 28.
//!
//! The directory is believed, not the local headers. Names that lead out of the archive are not listed.

mod directory;
mod member;

use directory::Entry;
use discconv_core::{
    Archive, At, Error, Format, FormatInfo, Found, Input, Limits, Opened, Peek, Promise, Result, Score, Siblings,
};
use std::cell::RefCell;

/// zip archives.
#[derive(Clone, Copy, Debug, Default)]
pub struct Zip;

static INFO: FormatInfo = FormatInfo {
    id: "zip",
    name: "zip archive",
    extensions: &["zip"],
    checks: "the CRC-32 of each file that is read",
    spec: "APPNOTE 6.3.10",
    ..FormatInfo::BASE
};

impl Format for Zip {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        crate::score(peek, &INFO, peek.head.starts_with(b"PK\x03\x04") || peek.head.starts_with(b"PK\x05\x06"))
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Err(crate::is_archive(input, &INFO))
    }

    fn archive(&self) -> Option<&dyn Archive> {
        Some(self)
    }
}

impl Archive for Zip {
    fn files<'a>(&self, input: &Input<'a>) -> Result<Box<dyn Siblings + 'a>> {
        let entries = directory::entries(&input.source, input.limits)?;
        let input = Input { source: input.source.clone(), ..*input };
        Ok(Box::new(Files { input, entries, promises: RefCell::default() }))
    }
}

/// The files of an archive.
struct Files<'a> {
    input: Input<'a>,
    entries: Vec<Entry>,
    promises: RefCell<Vec<Promise>>,
}

impl Siblings for Files<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let exact = self.entries.iter().find(|entry| entry.name == name);
        let lower = name.to_lowercase();
        let entry = exact.or_else(|| self.entries.iter().find(|entry| entry.name.to_lowercase() == lower));
        let Some(entry) = entry else { return Ok(None) };
        let member = member::open(&self.input, entry)?;
        self.promises.borrow_mut().extend(member.promise);
        Ok(Some(Found { name: entry.name.clone(), source: member.source, unwrapped: None, notes: member.notes }))
    }

    fn list(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.name.clone()).collect()
    }

    fn promises(&self) -> Vec<Promise> {
        self.promises.borrow().clone()
    }
}

/// Too many for an archive with a disc in it.
fn too_many(file: &str, found: u64, limits: Limits) -> Result<()> {
    let most = limits.entries.min(crate::MOST_MEMBERS);
    if found <= most {
        return Ok(());
    }
    Err(Error::Limit { file: file.to_owned(), at: At::Whole, found: format!("{found} files"), limit: most.to_string() })
}
