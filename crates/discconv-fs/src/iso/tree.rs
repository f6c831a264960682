//! A tree of directories: that of the primary descriptor, with Rock Ridge or without, or that of a supplementary one.

use super::directory::Records;
use super::ground::Ground;
use super::moved::Moved;
use super::record::Record;
use super::rock::{Rock, Used};
use super::runs;
use super::susp::Budget;
use super::text::Coding;
use super::zisofs;
use crate::{About, Entry, FileSystem, Run, What};
use discconv_core::{Error, Note, ReadAt, Result};
use std::sync::Arc;

/// The root directory is found without a record: any other node is the byte of one.
const ROOT: u64 = u64::MAX;
/// Bytes of the shortest directory: the records of itself and of its parent.
const LEAST: u64 = 68;

/// Where a directory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// Its first block.
    pub(super) block: u32,
    /// Its bytes.
    pub(super) len: u32,
    /// Blocks before it in its extent.
    pub(super) skip_blocks: u8,
}

/// One of the trees of a volume.
pub(super) struct Tree {
    pub(super) ground: Arc<Ground>,
    pub(super) about: About,
    pub(super) root: Folder,
    pub(super) coding: Coding,
    pub(super) rock: Option<Used>,
    pub(super) moved: Moved,
}

impl Tree {
    fn record(&self, node: u64) -> Result<Record> {
        Record::read(&self.ground, node)?.ok_or_else(|| {
            let (name, found) = (self.ground.space.name(), "no directory record");
            Error::malformed(name, self.ground.lba(node), found, "one, since an entry was made of it")
        })
    }

    /// Its fields of Rock Ridge; none of a tree without.
    pub(super) fn rock(&self, record: &Record, budget: &mut Budget) -> Result<Rock> {
        let Some(used) = self.rock else { return Ok(Rock::default()) };
        let (rock, odd) = Rock::read(&self.ground, budget, used.skip, record)?;
        if let Some(odd) = odd {
            self.ground.odd(record.at, &odd);
        }
        Ok(rock)
    }

    fn rock_at(&self, node: u64) -> Result<Rock> {
        if node == ROOT || self.rock.is_none() {
            return Ok(Rock::default());
        }
        self.rock(&self.record(node)?, &mut Budget::of(0))
    }

    /// Where a directory lies: where its record says, or, if it was moved, where its place says.
    fn folder(&self, node: u64) -> Result<Folder> {
        if node == ROOT {
            return Ok(self.root);
        }
        let record = self.record(node)?;
        match self.rock(&record, &mut Budget::of(0))?.child {
            Some(block) => self.moved(block),
            None => Ok(Folder::of(&record)),
        }
    }

    /// A directory that is known by its place: how long it is its own record says.
    pub(super) fn moved(&self, block: u32) -> Result<Folder> {
        let at = self.ground.place(block, 0, LEAST, "a directory that was moved here (CL)")?;
        let own = Record::read(&self.ground, at)?.filter(Record::is_self).ok_or_else(|| {
            let found = "no record of a directory itself";
            Error::malformed(self.ground.space.name(), self.ground.lba(at), found, "a directory that was moved here (CL)")
        })?;
        Ok(Folder { block, ..Folder::of(&own) })
    }

    /// The byte of the space at which a directory begins.
    pub(super) fn start(&self, folder: Folder) -> Result<u64> {
        let skip = folder.skip_blocks.into();
        let whole = self.ground.place(folder.block, skip, folder.len.into(), "a directory");
        // One that is cut is listed as far as it goes.
        whole.or_else(|error| self.ground.place(folder.block, skip, 1, "").map_err(|_| error))
    }

    fn entry(&self, record: &Record, rock: &Rock) -> Entry {
        let folder = record.is_directory() || rock.child.is_some();
        let xa = record.xa();
        let audio = xa.is_some_and(|xa| xa.is_audio() && !folder);
        let what = if folder {
            What::Directory
        } else if audio {
            What::Audio
        } else {
            rock.what()
        };
        let len = record.content_bytes().value;
        Entry {
            len: if folder || what == What::File || audio { len.into() } else { 0 },
            modified: rock.modified.or_else(|| record.stamp()),
            mode: rock.permissions(),
            owner: rock.owner,
            hidden: record.is_hidden() || record.is_associated(),
            xa,
            id: identity(rock.child.unwrap_or(record.block().value), len, folder, record.at),
            ..Entry::new(self.name(record, rock, folder), what, record.at)
        }
    }

    fn name(&self, record: &Record, rock: &Rock, folder: bool) -> String {
        let plain = || match folder {
            true => self.coding.decode(record.identifier()),
            false => self.coding.file_name(record.identifier()),
        };
        let name = rock.name().unwrap_or_else(plain);
        // What belongs to a file has that file's name; a semicolon is in no other.
        if record.is_associated() { format!("{name};associated") } else { name }
    }

    /// The record's name is one that a directory can have.
    fn is_named(&self, record: &Record) -> bool {
        let named = !record.identifier().is_empty();
        if !named {
            self.ground.odd(record.at, "a record without a name; it is left out");
        }
        named
    }
}

impl Folder {
    /// Where a record says that its directory is.
    pub(super) fn of(record: &Record) -> Folder {
        let (block, len) = (record.block().value, record.content_bytes().value);
        Folder { block, len, skip_blocks: record.attribute_blocks() }
    }
}

/// The same for all names of a file or directory: where its content is. What has no content is known by its record.
fn identity(block: u32, len: u32, folder: bool, at: u64) -> u64 {
    const OF_A_RECORD: u64 = 1 << 63;
    // No disc has so many blocks that the highest bit is used.
    let place = u64::from(block & (u32::MAX >> 1)) << 32;
    match (folder, len) {
        (true, _) => place,
        (false, 0) => OF_A_RECORD | at,
        (false, len) => place | u64::from(len),
    }
}

impl FileSystem for Tree {
    fn about(&self) -> &About {
        &self.about
    }

    fn notes(&self) -> Vec<Note> {
        self.about.notes.iter().cloned().chain(self.ground.oddities()).collect()
    }

    fn root(&self) -> Entry {
        let Folder { block, len, .. } = self.root;
        Entry { len: len.into(), id: identity(block, len, true, 0), ..Entry::new("", What::Directory, ROOT) }
    }

    fn list(&self, directory: &Entry) -> Result<Vec<Entry>> {
        self.entries(self.folder(directory.node)?, 0)
    }

    fn runs(&self, entry: &Entry) -> Result<Vec<Run>> {
        match &entry.what {
            What::Directory => {
                let folder = self.folder(entry.node)?;
                let len = u64::from(folder.len);
                let at = self.ground.place(folder.block, folder.skip_blocks.into(), len, "a directory")?;
                Ok(vec![Run { at: Some(at), len }])
            }
            What::File | What::Audio => runs::of_file(&self.ground, self.record(entry.node)?),
            What::Link(_) | What::Device { .. } | What::Special => Ok(Vec::new()),
        }
    }

    fn packing(&self, entry: &Entry) -> Option<&'static str> {
        let rock = self.rock_at(entry.node).ok().filter(|_| entry.what == What::File)?;
        match (rock.packed, rock.sparse) {
            (Some(_), _) => Some("zisofs"),
            (None, Some(_)) => Some("tables of a sparse file (SF)"),
            (None, None) => None,
        }
    }

    fn unpack(&self, entry: &Entry, stored: Arc<dyn ReadAt>) -> Result<Arc<dyn ReadAt>> {
        let rock = self.rock_at(entry.node)?;
        match (rock.packed, rock.sparse) {
            _ if entry.what != What::File => Ok(stored),
            (Some(header), _) => zisofs::unpack(stored, header),
            (None, Some(len)) => {
                let what = format!("a sparse file (SF) of {len} bytes, which is stored as tables");
                Err(Error::unsupported(&entry.name, self.ground.lba(entry.node), what))
            }
            (None, None) => Ok(stored),
        }
    }
}

impl Tree {
    /// What is in a directory, which is looked into for one that is `depth` above.
    pub(super) fn entries(&self, folder: Folder, depth: u8) -> Result<Vec<Entry>> {
        let mut budget = Budget::of(folder.len.into());
        let start = self.start(folder)?;
        let mut records = Records::new(&self.ground, start, folder.len.into());
        let mut entries: Vec<Entry> = Vec::new();
        // A file that goes on in the record behind.
        let mut open: Option<Record> = None;
        let mut own = false;
        while let Some(record) = records.next()? {
            own |= record.is_self();
            if record.is_self_or_parent() || !self.is_named(&record) {
                continue;
            }
            if let Some(complaint) = record.complaint() {
                self.ground.odd(record.at, &complaint);
            }
            let continued = open.take().is_some_and(|before| before.identifier() == record.identifier());
            let rock = if continued { Rock::default() } else { self.rock(&record, &mut budget)? };
            open = record.goes_on().then(|| record.clone());
            if let (true, Some(file)) = (continued, entries.last_mut()) {
                file.len = file.len.saturating_add(record.content_bytes().value.into());
            } else if !rock.moved || !record.is_directory() || self.is_stranded(&record, depth) {
                self.within_limits(entries.len(), record.at)?;
                let mut entry = self.entry(&record, &rock);
                self.settle(&mut entry, &rock);
                entries.push(entry);
            }
        }
        if !own {
            self.ground.odd(start, "a directory without a record of itself; it is damaged, or none");
        }
        Ok(entries)
    }

    /// What a directory's entry is only known by what it leads to.
    fn settle(&self, entry: &mut Entry, rock: &Rock) {
        if let Some(block) = rock.child {
            match self.moved(block) {
                Ok(folder) => entry.len = folder.len.into(),
                Err(error) => self.ground.odd(entry.node, &format!("{:?} is elsewhere, and not there: {error}", entry.name)),
            }
        }
        if let (Some(header), What::File) = (rock.packed, &entry.what) {
            entry.len = header.len;
        } else if let (Some(len), What::File) = (rock.sparse, &entry.what) {
            entry.len = len;
            self.ground.odd(entry.node, &format!("{:?} is a sparse file (SF), which is not read", entry.name));
        }
    }

    fn within_limits(&self, entries: usize, at: u64) -> Result<()> {
        let most = self.ground.limits.entries;
        if (entries as u64) < most {
            return Ok(());
        }
        Err(Error::Limit {
            file: self.ground.space.name().to_owned(),
            at: self.ground.lba(at),
            found: "one more entry of a directory".to_owned(),
            limit: format!("{most} entries"),
        })
    }
}
