//! The files below a folder, for batches.

use crate::identity::FileIdentity;
use crate::outputs::is_temporary;
use discconv_core::{At, Error};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Folders within folders that are looked into.
const DEPTH: usize = 64;

/// What [`walk`] found.
#[derive(Debug, Default)]
pub struct Walked {
    /// The files, each path beginning with the folder as it was given, sorted.
    pub files: Vec<PathBuf>,
    /// What was passed over, sorted: hidden files and folders, pipes, sockets, devices.
    pub skipped: Vec<PathBuf>,
    /// Folders that could not be read; the others were.
    pub problems: Vec<Error>,
}

/// The files of `folder` and of all folders below it, sorted by path.
///
/// Hidden entries (`.x`) are left out: they are what other systems leave behind. So are pipes, sockets and devices; all of
/// them are told as skipped, except this program's own temporaries. Links to folders are followed, but each folder is
/// visited once, so that a loop ends.
#[must_use]
pub fn walk(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    visit(folder, 0, &mut BTreeSet::new(), &mut walked);
    walked.files.sort();
    walked.skipped.sort();
    walked
}

fn visit(folder: &Path, depth: usize, seen: &mut BTreeSet<FileIdentity>, walked: &mut Walked) {
    match entries(folder, seen) {
        Ok(names) => {
            for name in names {
                let (path, bytes) = (folder.join(&name), name.as_encoded_bytes());
                if !bytes.starts_with(b".") {
                    sort_out(path, depth, seen, walked);
                } else if !is_temporary(&name) {
                    walked.skipped.push(path);
                }
            }
        }
        Err(error) => walked.problems.push(Error::io(&folder.display().to_string(), At::Whole, "cannot read the folder", error)),
    }
}

/// The names in a folder that was not seen before, sorted.
fn entries(folder: &Path, seen: &mut BTreeSet<FileIdentity>) -> std::io::Result<Vec<OsString>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if !seen.insert(FileIdentity::of(folder)?) {
        return Ok(Vec::new());
    }
    let mut names = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn sort_out(path: PathBuf, depth: usize, seen: &mut BTreeSet<FileIdentity>, walked: &mut Walked) {
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() && depth < DEPTH => visit(&path, depth + 1, seen, walked),
        Ok(metadata) if metadata.is_dir() => walked.problems.push(Error::Limit {
            file: path.display().to_string(),
            at: At::Whole,
            found: format!("{} folders within each other", depth + 1),
            limit: DEPTH.to_string(),
        }),
        Ok(metadata) if metadata.is_file() => walked.files.push(path),
        Ok(_) => walked.skipped.push(path),
        // A dangling link: opening it will say so, where a name that is no image would be passed over.
        Err(_) => walked.files.push(path),
    }
}
