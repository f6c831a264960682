//! The disc as the rules see it: sectors, files, volumes, in a bounded number of reads.

use crate::model::Evidence;
use discconv_core::volume::{self, UserView};
use discconv_core::{Disc, Error, Lba, Limits, ReadAt, Result};
use discconv_fs::{Content, Entry, FileSystem, Kind, Space, What, lookup};
use std::sync::Arc;

/// Bytes of user data in a sector.
const SECTOR: u64 = 2048;
/// Data tracks whose beginnings are looked at: the first ones and the last.
const TRACKS: usize = 4;
/// Entries of a directory that are looked at when a name is searched; the readers themselves list all.
const ENTRIES: usize = 4096;

/// A disc that is being looked at.
pub(crate) struct Look {
    pub(crate) space: Arc<Space>,
    pub(crate) systems: Vec<Box<dyn FileSystem>>,
    /// Marks by [`volume::recognise_all`], each with the LBA from which its place counts.
    pub(crate) marks: Vec<(Lba, volume::System)>,
    roots: Vec<Vec<Entry>>,
}

impl Look {
    pub(crate) fn new(disc: &Arc<Disc>, limits: &Limits) -> Result<Look> {
        let space = Arc::new(Space::new(Arc::clone(disc)));
        let systems = forgive(discconv_fs::find(&space, limits))?.unwrap_or_default();
        let mut roots = Vec::new();
        for system in &systems {
            let mut root = forgive(system.list(&system.root()))?.unwrap_or_default();
            root.truncate(ENTRIES);
            roots.push(root);
        }
        let marks = marks(&space)?;
        Ok(Look { space, systems, marks, roots })
    }

    pub(crate) fn disc(&self) -> &Disc {
        self.space.disc()
    }

    /// Up to `most` bytes from byte `at` of the sector `lba` on, as many as there are in data sectors.
    pub(crate) fn bytes(&self, lba: Lba, at: usize, most: usize) -> Result<Vec<u8>> {
        let Ok(sector) = u64::try_from(lba.0) else { return Ok(Vec::new()) };
        let start = sector * SECTOR + at as u64;
        let mut bytes = vec![0; most];
        if self.space.try_read(start, &mut bytes)? {
            return Ok(bytes);
        }
        // What is left of the sector, where the rest is not there.
        bytes.truncate(most.min(usize::try_from(SECTOR).unwrap_or(0).saturating_sub(at)));
        Ok(if self.space.try_read(start, &mut bytes)? { bytes } else { Vec::new() })
    }

    /// The file or directory of that path, in the first volume that has it, with the volume.
    pub(crate) fn find(&self, path: &str) -> Result<Option<(&dyn FileSystem, Entry)>> {
        let first = path.split('/').next().unwrap_or_default();
        for (system, root) in self.systems.iter().zip(&self.roots) {
            // Most names that are asked for are not there, which the root tells already.
            if !root.iter().any(|entry| entry.name.eq_ignore_ascii_case(first)) {
                continue;
            }
            if let Some(entry) = forgive(lookup(system.as_ref(), path))?.flatten() {
                return Ok(Some((system.as_ref(), entry)));
            }
        }
        Ok(None)
    }

    /// Is there such a file or directory?
    pub(crate) fn has(&self, path: &str) -> Result<bool> {
        Ok(self.find(path)?.is_some())
    }

    /// Up to `most` bytes from byte `at` of a file; none if it is not there, or ends before.
    pub(crate) fn file_at(&self, path: &str, at: u64, most: usize) -> Result<Option<Vec<u8>>> {
        let Some((system, entry)) = self.find(path)? else { return Ok(None) };
        if entry.is_directory() {
            return Ok(None);
        }
        let Some(content) = forgive(Content::new(Arc::clone(&self.space), system, &entry))? else { return Ok(None) };
        let there = content.len().saturating_sub(at).min(most as u64);
        let mut bytes = vec![0; usize::try_from(there).unwrap_or(0)];
        Ok(forgive(content.read_exact_at(at, &mut bytes))?.map(|()| bytes))
    }

    /// The beginning of a file.
    pub(crate) fn file(&self, path: &str, most: usize) -> Result<Option<Vec<u8>>> {
        self.file_at(path, 0, most)
    }

    /// The first entry in the root of any volume that `wanted` likes.
    pub(crate) fn in_root(&self, wanted: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        self.roots.iter().flatten().find(|entry| wanted(entry))
    }

    /// All such of the first volume that has any: the others name the same files.
    pub(crate) fn all_in_root(&self, wanted: impl Fn(&Entry) -> bool) -> impl Iterator<Item = &Entry> {
        let root = self.roots.iter().find(|root| root.iter().any(&wanted));
        root.into_iter().flatten().filter(move |entry| wanted(entry))
    }

    /// The files in the roots of all volumes.
    pub(crate) fn files_in_root(&self) -> impl Iterator<Item = (&dyn FileSystem, &Entry)> {
        let all = self.systems.iter().zip(&self.roots);
        all.flat_map(|(system, root)| root.iter().map(move |entry| (system.as_ref(), entry)))
            .filter(|(_, entry)| entry.what == What::File)
    }

    /// A volume of that kind.
    pub(crate) fn volume(&self, kinds: &[Kind]) -> Option<&dyn FileSystem> {
        self.systems.iter().find(|system| kinds.contains(&system.about().kind)).map(AsRef::as_ref)
    }

    /// The LBA from which the mark of that name counts, and a clause about it.
    pub(crate) fn mark(&self, name: &str) -> Option<(Lba, Evidence)> {
        let (base, system) = self.marks.iter().find(|(_, system)| system.name == name)?;
        let (sector, at) = system.at;
        let place = format!("LBA {}, byte {at}", i64::from(base.0) + i64::try_from(sector).unwrap_or(0));
        Some((*base, Evidence::new(place, format!("the mark of {name}"))))
    }
}

/// First sectors of data tracks: of the first ones, and of the last.
fn data_starts(disc: &Disc) -> Vec<Lba> {
    let data = disc.toc().tracks().filter(|track| !track.mode.is_audio()).map(|track| track.start());
    let all: Vec<Lba> = data.collect();
    let mut starts: Vec<Lba> = all.iter().copied().take(TRACKS - 1).collect();
    starts.extend(all.last().filter(|last| !starts.contains(last)));
    starts
}

fn marks(space: &Arc<Space>) -> Result<Vec<(Lba, volume::System)>> {
    let mut marks: Vec<(Lba, volume::System)> = Vec::new();
    for base in data_starts(space.disc()) {
        let from = FromLba { space, start: u64::try_from(base.0).unwrap_or(0) * SECTOR };
        for system in volume::recognise_all(&UserView::new(&from, 2048, 0))? {
            if marks.iter().all(|(_, known)| known.name != system.name) {
                marks.push((base, system));
            }
        }
    }
    Ok(marks)
}

/// The user data from a sector on. Where a sector has none, zeros stand: no mark is there.
struct FromLba<'a> {
    space: &'a Space,
    start: u64,
}

impl ReadAt for FromLba<'_> {
    fn len(&self) -> u64 {
        self.space.end().saturating_sub(self.start)
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        if !self.space.try_read(self.start.saturating_add(offset), buf)? {
            buf.fill(0);
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.space.name()
    }
}

/// What a structure that contradicts itself tells is nothing; what cannot be read stays an error.
pub(crate) fn forgive<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::Malformed { .. } | Error::Unsupported { .. } | Error::Limit { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
