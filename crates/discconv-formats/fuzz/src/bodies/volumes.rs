//! File systems: any bytes as what stands on a disc.

use super::folder::{Folder, open};
use discconv_core::{Limits, ReadAt};
use discconv_fs::{Content, FileSystem, Space, el_torito, find, walk};
use std::ops::ControlFlow;
use std::sync::Arc;

const SECTOR: usize = 2048;
/// Sectors before the descriptors, which say nothing of a file system and are not in the input.
pub(super) const SYSTEM_AREA: usize = 16;
/// Entries of one tree, so that an input is done with soon.
const MOST: u64 = 4000;

/// Any bytes as an ISO 9660 volume from its descriptors on, and what boots from it.
pub fn fs_iso(data: &[u8]) {
    let mut image = vec![0; SYSTEM_AREA * SECTOR];
    image.extend(data);
    image.resize(image.len().next_multiple_of(SECTOR), 0);
    let Ok(discs) = open("x.iso", &image, &Folder::of_zeros(), Some("iso2048")) else { return };
    for disc in discs {
        let space = Arc::new(Space::new(Arc::new(disc)));
        let _ = el_torito(&space);
        let limits = Limits { entries: MOST, ..Limits::default() };
        for system in find(&space, &limits).unwrap_or_default() {
            go_through(&space, system.as_ref(), &limits);
        }
    }
}

/// Every entry, its runs and both ends of its content.
fn go_through(space: &Arc<Space>, system: &dyn FileSystem, limits: &Limits) {
    let end = space.end();
    let _ = walk(system, &system.root(), limits, |walked| {
        if let Ok(runs) = system.runs(walked.entry) {
            assert!(runs.iter().all(|run| run.at.is_none_or(|at| at + run.len <= end)), "{:?} {runs:?}", walked.entry);
        }
        if let Ok(content) = Content::new(space.clone(), system, walked.entry) {
            let mut bytes = [0; 100];
            let len = usize::try_from(content.len()).unwrap_or(usize::MAX).min(bytes.len());
            let _ = content.read_exact_at(0, &mut bytes[..len]);
            let _ = content.read_exact_at(content.len() - len as u64, &mut bytes[..len]);
        }
        Ok(ControlFlow::Continue(()))
    });
    let _ = system.notes();
}
