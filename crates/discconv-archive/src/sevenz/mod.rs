//! 7z: files, packed together in folders, and a header at the end that is usually packed too.
//!
//! | at | bytes | content |
//! |---|---|---|
//! | 0 | 6 | `37 7A BC AF 27 1C` |
//! | 6 | 2 | version |
//! | 8 | u32 | CRC-32 of the next 20 bytes |
//! | 12 | 2 x u64 | where the header is, from byte 32 on, and its length |
//! | 28 | u32 | its CRC-32 |
//!
//! The header is a tree of properties, each behind the number of its kind. Numbers take one byte to nine: as many further
//! bytes, the lowest first, as the first one has leading bits set; its other bits are the highest of the number.
//!
//! A folder is one run of bytes for all its files, so that to reach one means to unpack all before it. It is unpacked once,
//! as a whole; if it is only stored, it is read where it is.

mod coders;
mod folder;
mod header;

use discconv_core::{Archive, Error, Format, FormatInfo, Found, Input, Opened, Peek, Promise, Result, Score, Siblings};
use folder::Unpacked;
use header::Layout;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// 7z archives.
#[derive(Clone, Copy, Debug, Default)]
pub struct SevenZip;

static INFO: FormatInfo = FormatInfo {
    id: "7z",
    name: "7z archive",
    extensions: &["7z"],
    checks: "the CRC-32 of each file that has one",
    spec: "7-Zip's 7zFormat.txt",
    ..FormatInfo::BASE
};

const MAGIC: [u8; 6] = [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C];

impl Format for SevenZip {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        crate::score(peek, &INFO, peek.head.starts_with(&MAGIC))
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Err(crate::is_archive(input, &INFO))
    }

    fn archive(&self) -> Option<&dyn Archive> {
        Some(self)
    }
}

impl Archive for SevenZip {
    fn files<'a>(&self, input: &Input<'a>) -> Result<Box<dyn Siblings + 'a>> {
        let layout = folder::layout(input)?;
        let input = Input { source: input.source.clone(), ..*input };
        Ok(Box::new(Files { input, layout, unpacked: RefCell::default(), promises: RefCell::default() }))
    }
}

/// The files of an archive.
struct Files<'a> {
    input: Input<'a>,
    layout: Layout,
    /// Folders that were unpacked.
    unpacked: RefCell<BTreeMap<usize, Unpacked>>,
    promises: RefCell<Vec<Promise>>,
}

impl Siblings for Files<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let files = &self.layout.files;
        let lower = name.to_lowercase();
        let exact = files.iter().find(|file| file.name == name);
        let Some(file) = exact.or_else(|| files.iter().find(|file| file.name.to_lowercase() == lower)) else { return Ok(None) };
        let mut unpacked = self.unpacked.borrow_mut();
        let folder = match unpacked.entry(file.folder) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(room) => room.insert(folder::unpack(&self.input, &self.layout, file.folder)?),
        };
        let content = folder.file(self.input.source.name(), file)?;
        self.promises.borrow_mut().extend(content.promise);
        Ok(Some(Found { name: file.name.clone(), source: content.source, unwrapped: None, notes: content.notes }))
    }

    fn list(&self) -> Vec<String> {
        self.layout.files.iter().map(|file| file.name.clone()).collect()
    }

    fn promises(&self) -> Vec<Promise> {
        self.promises.borrow().clone()
    }
}

/// The error for what is wrong with a header.
fn malformed(file: &str, found: &str) -> Error {
    Error::malformed(file, discconv_core::At::Byte(0), found, "the header of a 7z archive").with_hint(crate::AGAIN)
}
