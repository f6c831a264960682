//! UDF 1.02 to 2.60 (ECMA-167, OSTA UDF), read only.
//!
//! | step | where | module |
//! |---|---|---|
//! | anchors at sector 256, N - 256, N, 512 and of each session | 3/8.4.2 | `sequence` |
//! | volume descriptors, main sequence and reserve: the highest number counts | 3/8.4 | `sequence` |
//! | partition maps: plain, sparable, virtual, metadata | 3/10.7, UDF 2.2.8 | `maps`, `partitions` |
//! | file set, then ICBs: file entries, extended ones, chains of them | 4/14 | `icb` |
//! | allocation descriptors of any kind, embedded content | 4/14.14 | `extents` |
//! | directories | 4/14.4 | `directory` |
//!
//! Every descriptor is held against its tag, checksum and CRC. Clauses are those of ECMA-167 (part/clause) where nothing
//! else is said.
//!
//! Named streams of files are counted in a note and not shown; those of the system are no content. Of several file sets the
//! first is shown, and a note says that there are more. Where the main copy of a metadata partition cannot be read its mirror
//! is, and a note says so.

mod directory;
mod extents;
mod icb;
mod maps;
mod partitions;
mod sequence;
mod tag;
mod text;
mod wire;

use crate::aside::Aside;
use crate::gather::{gather, place};
use crate::odd::Oddities;
use crate::{About, Entry, FileSystem, Kind, Run, Space, What};
use directory::Named;
use discconv_core::{At, Error, Limits, Note, Result};
use icb::{Node, kind};
use partitions::{Copy, Map, Partitions};
use sequence::Volume;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wire::{Block, FileSet, Logical};

/// No path of a symbolic link is longer.
const MOST_LINK_BYTES: u64 = 64 << 10;
/// Enough of a directory of named streams to see whether it has one.
const MOST_STREAM_BYTES: u64 = 8 << 10;
/// A block of a volume: sectors of discs and disks, and no more than a page of them.
const BLOCKS: [u32; 5] = [512, 1024, 2048, 4096, 8192];

/// The UDF volume of the space, if there is one.
///
/// # Errors
/// Reading.
pub(crate) fn probe(space: &Arc<Space>, limits: &Limits) -> Result<Vec<Box<dyn FileSystem>>> {
    let Some(volume) = sequence::find(space)? else { return Ok(Vec::new()) };
    if !BLOCKS.contains(&volume.logical.block_bytes) {
        return Ok(Vec::new());
    }
    Ok(vec![Box::new(Udf::new(space, &volume, limits)?)])
}

struct Udf {
    partitions: Partitions,
    about: About,
    /// Where the root's ICB is; or why nobody knows.
    root: Result<Block, String>,
    limits: Limits,
    streams: Aside,
    /// Is there a stream in that directory of streams, by its place?
    stream_directories: Mutex<HashMap<(u16, u32), bool>>,
    odd: Oddities,
}

impl Udf {
    fn new(space: &Arc<Space>, volume: &Volume, limits: &Limits) -> Result<Udf> {
        let mut about = about(space, volume)?;
        let partitions = maps::read(space, volume, &mut about.notes);
        let file_set = file_set(&partitions, volume.logical.file_set.block);
        let note = |text: String| Note::oddity(format!("{}: {text}", space.name()));
        match &file_set {
            Ok(found) if found.next.len != 0 => {
                about.notes.push(note("there are more file sets than the one that is shown".to_owned()))
            }
            Ok(_) => {}
            Err(error) => about.notes.push(note(format!("the file set cannot be read: {error}"))),
        }
        if let Some(Map::Plain(plain) | Map::Sparable { plain, .. } | Map::Virtual { plain, .. }) = partitions.maps.first() {
            (about.start, about.blocks) = (plain.start, plain.len / u64::from(about.block_bytes));
        }
        let root = file_set.map(|found| found.root.block).map_err(|error| error.to_string());
        let streams = Aside::new("named streams, which are not shown");
        let stream_directories = Mutex::default();
        Ok(Udf { partitions, about, root, limits: *limits, streams, stream_directories, odd: Oddities::default() })
    }

    /// What `read` makes of the main copy, or of the mirror where it errs.
    fn either<T>(&self, read: impl Fn(Copy) -> Result<T>) -> Result<T> {
        let copies = self.partitions.copies();
        let first = read(Copy::Main);
        let Some(error) = first.as_ref().err().filter(|_| copies.len() > 1) else { return first };
        match read(Copy::Mirror) {
            Ok(second) => {
                self.odd.tell(format!("metadata is read from its mirror: {error}"));
                Ok(second)
            }
            Err(_) => first,
        }
    }

    fn block(&self, entry: &Entry) -> Result<Block> {
        match &self.root {
            Ok(_) => Ok(unpack(entry.node)),
            Err(why) => {
                Err(Error::malformed(self.partitions.space.name(), At::Whole, why.as_str(), "a file set that can be read"))
            }
        }
    }

    /// The content of a directory, and where it lies.
    fn names(&self, block: Block, copy: Copy) -> Result<Vec<Named>> {
        let space = &self.partitions.space;
        let node = icb::read(&self.partitions, block, copy)?;
        if node.kind != kind::DIRECTORY {
            return Err(self.partitions.no_descriptor(
                node.descriptors_at,
                format!("a file of type {}", node.kind),
                "a directory",
            ));
        }
        let runs = extents::runs(&self.partitions, &node, copy)?;
        let content = gather(space, &runs, "a directory")?;
        directory::read(&content, self.limits.entries).map_err(|(at, found)| {
            let at = crate::gather::cut(&runs, at as u64, 1).and_then(|runs| runs.first()?.at).unwrap_or(node.descriptors_at);
            Error::malformed(space.name(), place(at), found, "a file identifier descriptor")
        })
    }

    /// The entry of a name. A file that cannot be read has a name all the same.
    fn entry(&self, named: Named) -> Entry {
        let node = pack(named.icb);
        let blank = if named.directory { What::Directory } else { What::File };
        let mut entry = Entry::new(named.name, blank, node);
        entry.hidden = named.hidden;
        match self.either(|copy| icb::read(&self.partitions, named.icb, copy)) {
            Ok(found) => {
                entry.what = self.what(&found);
                entry.len = found.len;
                (entry.modified, entry.mode, entry.owner) = (found.modified, Some(found.mode), found.owner);
                if found.streams.is_some_and(|streams| self.has_streams(streams)) {
                    self.streams.tell(node, &entry.name);
                }
            }
            Err(error) => self.odd.tell(format!("{:?} cannot be read: {error}", entry.name)),
        }
        entry
    }

    /// Is there a stream in that directory of streams? Only its start is looked at, and only once: any number of names may
    /// lead to it, and its descriptors anywhere.
    fn has_streams(&self, directory: Block) -> bool {
        let key = (directory.part, directory.number);
        let known = || self.stream_directories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&key) {
            return *known;
        }
        let has = self.look_for_streams(directory);
        known().insert(key, has);
        has
    }

    fn look_for_streams(&self, directory: Block) -> bool {
        let first = self.either(|copy| {
            let node = icb::read(&self.partitions, directory, copy)?;
            let runs = extents::first_runs(&self.partitions, &node, copy)?;
            let there = runs.iter().fold(0, |sum: u64, run| sum.saturating_add(run.len));
            if there == 0 && node.len > 0 {
                // All descriptors are elsewhere: rather told than overlooked.
                return Ok(true);
            }
            let start = crate::gather::cut(&runs, 0, there.min(MOST_STREAM_BYTES)).unwrap_or_default();
            let start = gather(&self.partitions.space, &start, "a directory of named streams")?;
            Ok(matches!(node.kind, kind::STREAMS | kind::DIRECTORY) && directory::has_names(&start))
        });
        first.unwrap_or_else(|error| {
            self.odd.tell(format!("a directory of named streams cannot be read: {error}"));
            false
        })
    }

    fn what(&self, node: &Node) -> What {
        match node.kind {
            kind::DIRECTORY => What::Directory,
            kind::LINK => self.link(node).map_or(What::Special, What::Link),
            kind @ (kind::BLOCK_DEVICE | kind::CHARACTER_DEVICE) => {
                let (major, minor) = node.device.unwrap_or_default();
                What::Device { block: kind == kind::BLOCK_DEVICE, major, minor }
            }
            kind::PIPE | kind::SOCKET => What::Special,
            _ => What::File,
        }
    }

    fn link(&self, node: &Node) -> Option<String> {
        if node.len > MOST_LINK_BYTES {
            return None;
        }
        let path = self.either(|copy| {
            let runs = extents::runs(&self.partitions, node, copy)?;
            gather(&self.partitions.space, &runs, "a symbolic link")
        });
        text::path(&path.ok()?)
    }
}

impl FileSystem for Udf {
    fn about(&self) -> &About {
        &self.about
    }

    fn notes(&self) -> Vec<Note> {
        let found = self.odd.all(self.partitions.space.name());
        let streams = self.streams.note(self.partitions.space.name());
        self.about.notes.iter().cloned().chain(found).chain(streams).collect()
    }

    fn root(&self) -> Entry {
        let icb = *self.root.as_ref().unwrap_or(&Block { number: 0, part: 0 });
        self.entry(Named { name: String::new(), icb, directory: true, hidden: false })
    }

    fn list(&self, directory: &Entry) -> Result<Vec<Entry>> {
        let block = self.block(directory)?;
        let names = self.either(|copy| self.names(block, copy))?;
        Ok(names.into_iter().map(|named| self.entry(named)).collect())
    }

    fn runs(&self, entry: &Entry) -> Result<Vec<Run>> {
        let block = self.block(entry)?;
        let space = &self.partitions.space;
        let runs = self.either(|copy| {
            let node = icb::read(&self.partitions, block, copy)?;
            extents::runs(&self.partitions, &node, copy)
        })?;
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

fn pack(block: Block) -> u64 {
    u64::from(block.part) << 32 | u64::from(block.number)
}

fn unpack(node: u64) -> Block {
    let [a, b, c, d, e, f, ..] = node.to_le_bytes();
    Block { number: u32::from_le_bytes([a, b, c, d]), part: u16::from_le_bytes([e, f]) }
}

fn file_set(partitions: &Partitions, block: Block) -> Result<FileSet> {
    let (at, bytes) = partitions.read(block, Copy::Main)?;
    let wrong = |found: String| partitions.no_descriptor(at, found, "a file set descriptor");
    let whole = tag::check(&bytes, &[wire::id::FILE_SET], Some(block.number)).map_err(wrong);
    let bytes = match (whole, partitions.copies()) {
        (Ok(_), _) => bytes,
        (Err(error), [_]) => return Err(error),
        (Err(error), _) => {
            let (_, bytes) = partitions.read(block, Copy::Mirror)?;
            tag::check(&bytes, &[wire::id::FILE_SET], Some(block.number)).map_err(|_| error)?;
            bytes
        }
    };
    wire::read(&bytes).ok_or_else(|| wrong("one that is cut short".to_owned()))
}

fn about(space: &Space, volume: &Volume) -> Result<About> {
    let Logical { name, block_bytes, revision, integrity, .. } = &volume.logical;
    let mut about = About::new(Kind::Udf);
    about.version = format!("{:x}.{:02x}", revision >> 8, revision & 0xFF);
    about.label = text::dstring(name);
    about.block_bytes = *block_bytes;
    about.notes.clone_from(&volume.notes);
    let mut note = |text: String| about.notes.push(Note::oddity(format!("{}: {text}", space.name())));
    if *block_bytes != 2048 {
        note(format!("UDF with blocks of {block_bytes} bytes, as hard disks have; a disc has 2048"));
    }
    if !sequence::is_announced(space, volume.sector_bytes)? {
        note("no volume recognition sequence announces the UDF volume".to_owned());
    }
    if let Some(integrity) = sequence::integrity(space, volume.sector_bytes, *integrity)? {
        about.modified = text::stamp(&integrity.recorded);
        if integrity.closed == 0 {
            note("the UDF volume was not closed when it was last written".to_owned());
        }
    }
    if let Some(primary) = &volume.primary {
        about.set = text::dstring(&primary.set);
        if about.label.is_empty() {
            about.label = text::dstring(&primary.volume);
        }
        about.application = text::entity(&primary.application);
        if about.application.is_empty() {
            about.application = text::entity(&primary.implementation);
        }
        about.created = text::stamp(&primary.recorded);
    }
    Ok(about)
}
