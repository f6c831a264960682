//! HFS and HFS+ (with HFSX), alone, in an Apple partition map, or beside another file system.
//!
//! | byte of the volume | what |
//! |---|---|
//! | 1024 | master directory block (`BD`, HFS) or volume header (`H+`, `HX`): sizes, where the trees are |
//! | by extents | the catalog: a B-tree by number of the folder and name, with all files and folders |
//! | by extents | the extents overflow: a B-tree with what does not fit into a file's record |
//! | by extents | HFS+: the attributes: a B-tree by number of the file and name, of which one is looked at |
//!
//! Names are those of the volume: of HFS+ they are decomposed, and a `/` in one is a letter. A hard link has the content that
//! it stands for, and the folder where that is kept is not shown. Compressed files are unpacked, those of other kinds than zlib
//! refused by name. Resource forks are counted in a note and not shown.

mod attributes;
mod catalog;
mod compressed;
mod links;
mod tree;
mod volume;
mod wire;

use crate::aside::Aside;
use crate::gather::{gather, place};
use crate::odd::Oddities;
use crate::{About, Entry, FileSystem, Run, Space, What};
use catalog::{Found, Named, Points};
use compressed::Header;
use discconv_core::{At, Error, Limits, Note, ReadAt, Result};
use links::Links;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use volume::{Volume, Which};

/// The number of the root folder, and of what holds it.
const ROOT: u32 = 2;
const ROOT_PARENT: u32 = 1;
const MOST_LINK_BYTES: u64 = 64 << 10;

/// The volumes of the space.
///
/// # Errors
/// Reading.
pub(crate) fn probe(space: &Arc<Space>, limits: &Limits) -> Result<Vec<Box<dyn FileSystem>>> {
    let mut all: Vec<Box<dyn FileSystem>> = Vec::new();
    for start in volume::starts(space)? {
        if let Some(volume) = volume::open(space, start)? {
            all.push(Box::new(Hfs::new(volume, limits)));
        }
    }
    Ok(all)
}

struct Hfs {
    volume: Volume,
    most: u64,
    /// What hard links stand for; read when the first is met.
    links: OnceLock<Links>,
    resources: Aside,
    /// What is not unpacked.
    packed: Aside,
    odd: Oddities,
}

impl Hfs {
    fn new(mut volume: Volume, limits: &Limits) -> Hfs {
        if volume.is_plus() {
            volume.about.label = label(&volume);
        }
        let resources = Aside::new("a resource fork, which is not shown");
        let packed = Aside::new("a content that is compressed in a way that is not unpacked");
        Hfs { volume, most: limits.entries, links: OnceLock::new(), resources, packed, odd: Oddities::default() }
    }

    /// What is in the folder of that number.
    fn children(&self, folder: u32) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        catalog::each_in(&self.volume, folder, |Named { name, data, at }| {
            if links::is_private(folder, &name) {
                self.tell_nameless();
            } else if let Some(found) = catalog::found(&self.volume, data, name, at) {
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

    fn links(&self) -> &Links {
        self.links.get_or_init(|| {
            Links::read(&self.volume, self.most).unwrap_or_else(|error| {
                self.tell(&format!("what hard links stand for cannot be read: {error}"));
                Links::default()
            })
        })
    }

    fn tell(&self, text: &str) {
        self.odd.tell(format!("{}: {text}", self.volume.space.name()));
    }

    fn tell_nameless(&self) {
        let count = self.links().nameless;
        if count > 0 {
            let s = if count == 1 { "" } else { "s" };
            self.tell(&format!("{count} file{s} without a name, deleted while still in use, in the private data; not shown"));
        }
    }

    /// The entry of a name, with the content of what it stands for.
    fn entry(&self, found: Found) -> Entry {
        match found.points {
            Points::Itself | Points::Path => self.own_entry(found),
            Points::File(number) => match self.linked(number) {
                Ok(linked) => {
                    let entry = Entry { name: found.entry.name, ..linked.entry };
                    self.own_entry(Found { entry, ..linked })
                }
                Err(_) => {
                    self.tell(&format!("{:?} is a hard link to file {number}, which is not there", found.entry.name));
                    Entry { id: u64::from(found.id), ..found.entry }
                }
            },
            Points::Folder(number) => match self.links().folder(number) {
                Some(folder) => Entry { what: What::Directory, len: 0, id: u64::from(folder), ..found.entry },
                None => {
                    self.tell(&format!("{:?} is a hard link to folder {number}, which is not there", found.entry.name));
                    Entry { id: u64::from(found.id), ..found.entry }
                }
            },
        }
    }

    /// The file that hard links of that number stand for.
    fn linked(&self, number: u32) -> Result<Found> {
        let gone = || {
            let found = format!("a hard link to file {number}, which is not there");
            Error::malformed(self.volume.space.name(), At::Whole, found, "a file in the folder of private data")
        };
        let at = self.links().file(number).ok_or_else(gone)?;
        // One that leads on would be no file.
        catalog::at(&self.volume, at).and_then(|found| if is_link(&found) { Err(gone()) } else { Ok(found) })
    }

    fn own_entry(&self, mut found: Found) -> Entry {
        found.entry.id = u64::from(found.id);
        match self.header(&found) {
            Ok(Some((header, _))) => {
                found.entry.len = header.len;
                if !header.is_unpacked() {
                    self.packed.tell(u64::from(found.id), &found.entry.name);
                }
            }
            Ok(None) => {}
            Err(error) => self.tell(&format!("{:?} cannot be unpacked: {error}", found.entry.name)),
        }
        if found.resources.0 > 0 && !found.compressed {
            self.resources.tell(found.entry.id, &found.entry.name);
        }
        if let Some(target) = self.target(&found) {
            found.entry.what = What::Link(target);
        }
        found.entry
    }

    /// What is said of the content of a compressed file, and the byte of the tree of attributes behind which that may be.
    fn header(&self, found: &Found) -> Result<Option<(Header, attributes::Value)>> {
        if !found.compressed {
            return Ok(None);
        }
        let (space, id) = (&self.volume.space, found.id);
        let value = match &self.volume.attributes {
            Some(tree) => attributes::read(space, tree, id, compressed::ATTRIBUTE)?,
            None => None,
        };
        match value.and_then(|value| Some((Header::of(&value.bytes)?, value))) {
            Some(found) => Ok(Some(found)),
            // The flag alone means nothing where there is content.
            None if found.entry.len > 0 => Ok(None),
            None => {
                let found = format!("file {id} that is compressed, without the attribute {}", compressed::ATTRIBUTE);
                Err(Error::malformed(space.name(), At::Whole, found, "one that tells how"))
            }
        }
    }

    /// The record of a file that was listed, or of what it stands for.
    fn file(&self, entry: &Entry) -> Result<Found> {
        let found = catalog::at(&self.volume, entry.node)?;
        match found.points {
            Points::File(number) => self.linked(number),
            Points::Folder(number) => {
                let found = format!("a hard link to folder {number}, which is not there");
                Err(Error::malformed(self.volume.space.name(), At::Whole, found, "a folder of private data"))
            }
            Points::Itself | Points::Path => Ok(found),
        }
    }

    /// Where the bytes of a file are stored, packed or not.
    fn stored(&self, found: Found) -> Result<Vec<Run>> {
        match self.header(&found)? {
            None => self.volume.runs(found.entry.len, found.extents, found.id, Which::Data),
            Some((header, value)) if header.is_inline() => {
                let len = (value.bytes.len() as u64).saturating_sub(compressed::HEADER_BYTES);
                let runs = self.volume.attributes.as_ref().and_then(|tree| tree.runs(value.at + compressed::HEADER_BYTES, len));
                Ok(runs.unwrap_or_default())
            }
            Some(_) => self.volume.runs(found.resources.0, found.resources.1, found.id, Which::Resources),
        }
    }

    /// The path in a symbolic link.
    fn target(&self, found: &Found) -> Option<String> {
        if found.points != Points::Path || found.entry.len > MOST_LINK_BYTES {
            return None;
        }
        let runs = self.volume.runs(found.entry.len, found.extents.clone(), found.id, Which::Data).ok()?;
        String::from_utf8(gather(&self.volume.space, &runs, "a symbolic link").ok()?).ok()
    }
}

fn is_link(found: &Found) -> bool {
    matches!(found.points, Points::File(_) | Points::Folder(_))
}

/// The name of the root, which HFS+ keeps nowhere else.
fn label(volume: &Volume) -> String {
    let mut label = String::new();
    let done = catalog::each_in(volume, ROOT_PARENT, |named| {
        label = named.name;
        Ok(ControlFlow::Break(()))
    });
    done.map_or_else(|_| String::new(), |()| label)
}

impl FileSystem for Hfs {
    fn about(&self) -> &About {
        &self.volume.about
    }

    fn notes(&self) -> Vec<Note> {
        let file = self.volume.space.name();
        let aside = [&self.packed, &self.resources].into_iter().filter_map(|aside| aside.note(file));
        self.volume.about.notes.iter().cloned().chain(self.odd.all(file)).chain(aside).collect()
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
        if entry.is_directory() {
            return Ok(Vec::new());
        }
        let runs = self.stored(self.file(entry)?)?;
        for run in &runs {
            if let Some(at) = run.at.filter(|at| !space.has(*at, run.len)) {
                let found = format!("{} bytes of {:?} from there on", run.len, entry.name);
                let end = format!("data sectors of a disc that ends at LBA {}", space.end() / crate::space::SECTOR);
                return Err(Error::malformed(space.name(), place(at), found, end).with_hint("the image may be truncated"));
            }
        }
        Ok(runs)
    }

    fn packing(&self, entry: &Entry) -> Option<&'static str> {
        if entry.what != What::File {
            return None;
        }
        let header = self.file(entry).and_then(|found| self.header(&found));
        header.ok().flatten().map(|(header, _)| header.packing())
    }

    fn unpack(&self, entry: &Entry, stored: Arc<dyn ReadAt>) -> Result<Arc<dyn ReadAt>> {
        if entry.is_directory() {
            return Ok(stored);
        }
        match self.header(&self.file(entry)?)? {
            Some((header, _)) => header.unpack(stored),
            None => Ok(stored),
        }
    }
}
