//! HFS and HFS+ (with HFSX), alone, in an Apple partition map, or beside another file system.
//!
//! | byte of the volume | what |
//! |---|---|
//! | 1024 | master directory block (`BD`, HFS) or volume header (`H+`, `HX`): sizes, where the two trees are |
//! | by extents | the catalog: a B-tree by number of the folder and name, with all files and folders |
//! | by extents | the extents overflow: a B-tree with what does not fit into a file's record |
//!
//! Data forks only. Names are those of the volume: of HFS+ they are decomposed, and a `/` in one is a letter. A hard link is
//! an entry of its own, without the content that it stands for.

mod tree;
mod volume;
mod wire;

use crate::gather::{gather, place};
use crate::{About, Entry, FileSystem, Run, Space, What};
use discconv_core::{At, Error, Limits, Result};
use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;
use volume::{Volume, roman, stamp};
use wire::{DATA_FORK_AT, Extent, Fork, Item, ShortFile, ShortFolder};

/// The number of the root folder, and of what holds it.
const ROOT: u32 = 2;
const ROOT_PARENT: u32 = 1;
/// Set in what the Finder knows of hidden things.
const INVISIBLE: u16 = 0x4000;
/// Kinds of records; of HFS in the first of two bytes.
const FOLDER: u16 = 1;
const FILE: u16 = 2;
/// POSIX kinds of files.
const KIND: u16 = 0xF000;
const LINK: u16 = 0xA000;
const MOST_LINK_BYTES: u64 = 64 << 10;
/// Bytes of a file's record, of the longer kind.
const RECORD_BYTES: u64 = 248;
const SHORT_RECORD_BYTES: u64 = 102;

/// The volumes of the space.
///
/// # Errors
/// Reading.
pub(crate) fn probe(space: &Arc<Space>, limits: &Limits) -> Result<Vec<Box<dyn FileSystem>>> {
    let mut all: Vec<Box<dyn FileSystem>> = Vec::new();
    for start in volume::starts(space)? {
        if let Some(volume) = volume::open(space, start)? {
            let mut found = Hfs { volume, most: limits.entries };
            if found.volume.is_plus() {
                found.volume.about.label = found.label();
            }
            all.push(Box::new(found));
        }
    }
    Ok(all)
}

struct Hfs {
    volume: Volume,
    most: u64,
}

/// What a record of the catalog says of a file or folder.
struct Found {
    entry: Entry,
    id: u32,
    extents: Vec<Extent>,
    link: bool,
}

impl Hfs {
    /// The name of the root, which HFS+ keeps nowhere else.
    fn label(&self) -> String {
        self.children(ROOT_PARENT)
            .ok()
            .and_then(|entries| entries.into_iter().next())
            .map_or_else(String::new, |entry| entry.name)
    }

    /// What is in the folder of that number.
    fn children(&self, folder: u32) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        // Before all names of a folder comes the empty one.
        let compare = |key: &[u8]| match self.parent(key) {
            Some(parent) if parent == folder && self.name(key).is_empty() => Ordering::Equal,
            Some(parent) if parent < folder => Ordering::Less,
            _ => Ordering::Greater,
        };
        self.volume.catalog.visit(&self.volume.space, compare, |record| {
            match self.parent(record.key) {
                Some(parent) if parent < folder => return Ok(ControlFlow::Continue(())),
                Some(parent) if parent == folder => {}
                _ => return Ok(ControlFlow::Break(())),
            }
            if let Some(found) = self.found(record.data, self.name(record.key), record.at) {
                if entries.len() as u64 >= self.most {
                    let found = format!("a folder of more than {} entries", self.most);
                    return Err(Error::malformed(self.volume.space.name(), At::Whole, found, "fewer"));
                }
                entries.push(self.entry(found));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(entries)
    }

    fn parent(&self, key: &[u8]) -> Option<u32> {
        // One byte more belongs to the key of HFS.
        wire::read(key.get(usize::from(!self.volume.is_plus())..)?)
    }

    fn name(&self, key: &[u8]) -> String {
        if self.volume.is_plus() {
            let units = key.get(6..).unwrap_or_default().chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            let units = units.take(usize::from(key.get(4..).and_then(wire::read::<u16>).unwrap_or(0)));
            return char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        }
        let name = key.get(5..).and_then(|rest| rest.split_first()).and_then(|(len, name)| name.get(..usize::from(*len)));
        roman(name.unwrap_or_default())
    }

    /// A file or folder; `None` for a thread, which leads back to a name.
    fn found(&self, data: &[u8], name: String, at: u64) -> Option<Found> {
        let kind: u16 = wire::read(data)?;
        let blank = |what| Entry::new(name, what, at);
        if self.volume.is_plus() {
            return self.item(kind, data, blank);
        }
        match kind >> 8 {
            FOLDER => {
                let folder: ShortFolder = wire::read(data)?;
                let mut entry = blank(What::Directory);
                entry.modified = stamp(folder.modified, None);
                entry.hidden = folder.finder & INVISIBLE != 0;
                Some(Found { entry, id: folder.id, extents: Vec::new(), link: false })
            }
            FILE => {
                let file: ShortFile = wire::read(data)?;
                let mut entry = blank(What::File);
                entry.len = u64::from(file.len);
                entry.modified = stamp(file.modified, None);
                entry.hidden = file.finder & INVISIBLE != 0;
                Some(Found { entry, id: file.id, extents: file.extents.map(Extent::from).to_vec(), link: false })
            }
            _ => None,
        }
    }

    fn item(&self, kind: u16, data: &[u8], blank: impl FnOnce(What) -> Entry) -> Option<Found> {
        if !matches!(kind, FOLDER | FILE) {
            return None;
        }
        let item: Item = wire::read(data)?;
        let mut entry = blank(if kind == FOLDER { What::Directory } else { What::File });
        entry.modified = stamp(item.modified, Some(0));
        entry.hidden = item.finder & INVISIBLE != 0;
        if item.mode != 0 {
            // Without a mode there are no owners either: older systems wrote none.
            entry.mode = Some(u32::from(item.mode & !KIND));
            entry.owner = Some((item.owner, item.group));
        }
        let mut found = Found { entry, id: item.id, extents: Vec::new(), link: item.mode & KIND == LINK };
        if kind == FILE {
            let fork: Fork = wire::read(data.get(DATA_FORK_AT..)?)?;
            found.entry.len = fork.len;
            found.extents = fork.extents.to_vec();
        }
        Some(found)
    }

    fn entry(&self, found: Found) -> Entry {
        let target = if found.link { self.target(&found) } else { None };
        let mut entry = found.entry;
        entry.id = u64::from(found.id);
        if let Some(target) = target {
            entry.what = What::Link(target);
        }
        entry
    }

    /// The path in a symbolic link.
    fn target(&self, found: &Found) -> Option<String> {
        if found.entry.len > MOST_LINK_BYTES {
            return None;
        }
        let runs = self.volume.runs(found.entry.len, found.extents.clone(), found.id).ok()?;
        String::from_utf8(gather(&self.volume.space, &runs, "a symbolic link").ok()?).ok()
    }
}

impl FileSystem for Hfs {
    fn about(&self) -> &About {
        &self.volume.about
    }

    fn root(&self) -> Entry {
        let mut root = Entry::new("", What::Directory, 0);
        root.id = u64::from(ROOT);
        root
    }

    fn list(&self, directory: &Entry) -> Result<Vec<Entry>> {
        self.children(u32::try_from(directory.id).unwrap_or(u32::MAX))
    }

    fn runs(&self, entry: &Entry) -> Result<Vec<Run>> {
        let space = &self.volume.space;
        let len = if self.volume.is_plus() { RECORD_BYTES } else { SHORT_RECORD_BYTES };
        if entry.is_directory() {
            return Ok(Vec::new());
        }
        let data = self.volume.catalog.bytes(space, entry.node, len)?;
        let gone = || Error::malformed(space.name(), At::Whole, "a record of the catalog that is no file", "a file");
        let found = self.found(&data, String::new(), entry.node).ok_or_else(gone)?;
        let runs = self.volume.runs(found.entry.len, found.extents, found.id)?;
        for run in &runs {
            if let Some(at) = run.at.filter(|at| !space.has(*at, run.len)) {
                let found = format!("{} bytes of {:?} from there on", run.len, entry.name);
                let end = format!("data sectors of a disc that ends at LBA {}", space.end() / crate::space::SECTOR);
                return Err(Error::malformed(space.name(), place(at), found, end).with_hint("the image may be truncated"));
            }
        }
        Ok(runs)
    }
}
