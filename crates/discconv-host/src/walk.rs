//! The files below a folder, for batches.

use crate::identity::FileIdentity;
use discconv_core::{At, Error};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folders within folders that are looked into.
const DEPTH: usize = 64;

/// What [`walk`] found.
#[derive(Debug, Default)]
pub struct Walked {
    /// The files, each path beginning with the folder as it was given, sorted.
    pub files: Vec<PathBuf>,
    /// Folders that could not be read; the others were.
    pub problems: Vec<Error>,
}

/// The files of `folder` and of all folders below it, sorted by path.
///
/// Hidden entries (`.x`) are left out: they hold temporaries and what other systems leave behind. Links to folders are
/// followed, but each folder is visited once, so that a loop ends. Pipes, sockets and devices are left out.
#[must_use]
pub fn walk(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    visit(folder, 0, &mut BTreeSet::new(), &mut walked);
    walked.files.sort();
    walked
}

fn visit(folder: &Path, depth: usize, seen: &mut BTreeSet<FileIdentity>, walked: &mut Walked) {
    match entries(folder, seen) {
        Ok(paths) => {
            for path in paths {
                sort_out(path, depth, seen, walked);
            }
        }
        Err(error) => walked.problems.push(Error::io(&folder.display().to_string(), At::Whole, "cannot read the folder", error)),
    }
}

/// The visible entries of a folder that was not seen before, sorted.
fn entries(folder: &Path, seen: &mut BTreeSet<FileIdentity>) -> std::io::Result<Vec<PathBuf>> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if !seen.insert(FileIdentity::of(folder)?) {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
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
        Ok(_) => {}
        // A dangling link: opening it will say so, where a name that is no image would be passed over.
        Err(_) => walked.files.push(path),
    }
}
