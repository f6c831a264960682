//! Which file systems there are.

use crate::{FileSystem, Space};
use discconv_core::{Limits, Result};
use std::sync::Arc;

/// Looks for the file systems of one family, the one that says most first; none if there are none.
type Probe = fn(&Arc<Space>, &Limits) -> Result<Vec<Box<dyn FileSystem>>>;

/// The families, the ones whose names are most likely meant for the disc's reader first.
const PROBES: &[Probe] = &[crate::xdvdfs::probe, crate::opera::probe, crate::udf::probe, crate::iso::probe, crate::hfs::probe];

/// Every file system on the disc, the one that says most first, and last those whose root directory is not there: another tree
/// of the same disc may be whole.
///
/// A bounded number of reads; directories are only read when they are listed.
///
/// # Errors
/// Reading. A volume whose descriptors contradict themselves is not found, or found with a note.
pub fn find(space: &Arc<Space>, limits: &Limits) -> Result<Vec<Box<dyn FileSystem>>> {
    let mut all = Vec::new();
    for probe in PROBES {
        all.extend(probe(space, limits)?);
    }
    all.sort_by_key(|system| system.runs(&system.root()).is_err());
    Ok(all)
}
