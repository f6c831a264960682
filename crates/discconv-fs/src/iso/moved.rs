//! Directories that were moved, since the standard knows no deeper ones: each lies elsewhere (`RE`), and a record in its place
//! refers to it (`CL`; the directory itself tells in the record of its parent where that is, `PL`). It is shown in its place.
//! One that nothing refers to has none, and is shown where it lies: else nobody would know of it.

use super::directory::Records;
use super::record::Record;
use super::rock::Rock;
use super::susp::Budget;
use super::tree::{Folder, Tree};
use discconv_core::Result;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A folder for moved directories that is marked as moved itself holds no such folder.
const DEEPEST: u8 = 2;

/// What was found out about references, once for a tree.
#[derive(Default)]
pub(super) struct Moved {
    /// Blocks that records of a directory refer to, by the block of that directory.
    by_parent: Mutex<HashMap<u32, Arc<HashSet<u32>>>>,
    /// Is there something to show in a directory, by its block?
    shown: Mutex<HashMap<u32, bool>>,
    /// All blocks that any record refers to.
    all: OnceLock<HashSet<u32>>,
    /// Bytes of directories that were read for this. Together they are no longer than the disc, unless they overlap.
    read: AtomicU64,
    /// There would have been more to read, so that what was found says nothing.
    cut: AtomicBool,
}

impl Tree {
    /// Is the moved directory of that record shown where it lies, in a directory `depth` deep?
    pub(super) fn is_stranded(&self, record: &Record, depth: u8) -> bool {
        let folder = Folder::of(record);
        let referred = match self.parent_of(folder.block) {
            Some(parent) => self.referred_in(parent).contains(&folder.block),
            // Moved ones tell their parent: this may be the folder for them, of which nobody speaks.
            None => depth < DEEPEST && !self.has_entries(folder, depth + 1),
        };
        if referred || self.referred().contains(&folder.block) {
            return false;
        }
        if self.moved.cut.load(Ordering::Relaxed) {
            self.ground.odd(record.at, "moved directories (RE) in more directories than a disc has room for; not all are shown");
            return false;
        }
        self.ground.odd(record.at, "a moved directory (RE) that no record refers to (CL); it is shown where it lies");
        true
    }

    /// The block of the directory to which a moved one belongs, by the record of its parent.
    fn parent_of(&self, block: u32) -> Option<u32> {
        let own = Record::read(&self.ground, self.ground.byte_of(block)?).ok()?.filter(Record::is_self)?;
        let above = Record::read(&self.ground, own.end()).ok()?.filter(Record::is_self_or_parent)?;
        self.rock(&above, &mut Budget::of(0)).ok()?.parent
    }

    fn referred_in(&self, parent: u32) -> Arc<HashSet<u32>> {
        let known = &self.moved.by_parent;
        if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&parent) {
            return Arc::clone(known);
        }
        let mut found = HashSet::new();
        // One that cannot be read refers to nothing.
        if let Ok(folder) = self.moved(parent) {
            let _cut = self.each(folder, |_, rock| found.extend(rock.child));
        }
        let found = Arc::new(found);
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(parent, Arc::clone(&found));
        found
    }

    fn has_entries(&self, folder: Folder, depth: u8) -> bool {
        let known = &self.moved.shown;
        if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&folder.block) {
            return *known;
        }
        // One that cannot be read is shown, so that this is told.
        let has = !self.may_read(folder) || self.entries(folder, depth).map_or(true, |entries| !entries.is_empty());
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.block, has);
        has
    }

    /// All that anything refers to: every directory is read for it, so it is asked last.
    fn referred(&self) -> &HashSet<u32> {
        self.moved.all.get_or_init(|| {
            let (mut found, mut open, mut seen) = (HashSet::new(), vec![self.root], HashSet::from([self.root.block]));
            while let Some(folder) = open.pop() {
                let _cut = self.each(folder, |record, rock| {
                    found.extend(rock.child);
                    let below = Folder::of(record);
                    if record.is_directory() && !record.is_self_or_parent() && seen.insert(below.block) {
                        open.push(below);
                    }
                });
            }
            found
        })
    }

    /// Every record of a directory with its fields.
    fn each(&self, folder: Folder, mut visit: impl FnMut(&Record, &Rock)) -> Result<()> {
        if !self.may_read(folder) {
            return Ok(());
        }
        let mut records = Records::new(&self.ground, self.start(folder)?, folder.len.into());
        let mut budget = Budget::of(folder.len.into());
        while let Some(record) = records.next()? {
            visit(&record, &self.rock(&record, &mut budget)?);
        }
        Ok(())
    }

    fn may_read(&self, folder: Folder) -> bool {
        let end = self.ground.space.end();
        // What a record says of its directory may be any length, what is read ends with the disc.
        let len = self.start(folder).map_or(0, |start| u64::from(folder.len).min(end.saturating_sub(start)));
        let fits = |before: u64| before.checked_add(len).filter(|after| *after <= end.saturating_mul(2));
        let may = self.moved.read.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        self.moved.cut.fetch_or(!may, Ordering::Relaxed);
        may
    }
}
