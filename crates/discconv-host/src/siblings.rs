//! The folder around an image.

use crate::identity::FileIdentity;
use crate::source::FileSource;
use discconv_core::{At, Error, Found, ReadAt, Result, Siblings};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Names that [`FolderSiblings::list`] returns at most.
const LISTED: usize = 10_000;

/// The files of a folder and below it, by relative name.
///
/// What a symbolic link in the folder points to is read too: whoever put it there meant it. Names never climb out.
#[derive(Debug)]
pub struct FolderSiblings {
    folder: PathBuf,
    opened: Mutex<BTreeSet<FileIdentity>>,
}

impl FolderSiblings {
    /// The files of `folder`; an empty path is the current one.
    pub fn new(folder: impl Into<PathBuf>) -> FolderSiblings {
        FolderSiblings { folder: folder.into(), opened: Mutex::default() }
    }

    /// The files beside `file`.
    #[must_use]
    pub fn beside(file: &Path) -> FolderSiblings {
        FolderSiblings::new(file.parent().unwrap_or(Path::new("")))
    }

    /// Every file that was opened here: the inputs that no output may overwrite.
    #[must_use]
    pub fn opened(&self) -> Vec<FileIdentity> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// The path that `name` stands for: as it is if there is such a file, else with the case of each part ignored.
    fn find(&self, name: &str) -> Option<PathBuf> {
        let parts: Vec<&str> = name.split('/').collect();
        if parts.iter().any(|part| part.is_empty() || *part == "." || *part == ".." || part.contains('\0')) {
            return None;
        }
        // One part at a time and joined by us, as `a:b` or `\\` would be more than a name on some systems.
        let exact = parts.iter().fold(self.folder.clone(), |path, part| path.join(part));
        if Path::new(name).components().count() == parts.len() && is_there(&exact) {
            return Some(exact);
        }
        parts.iter().try_fold(self.folder.clone(), |path, part| {
            let exact = path.join(part);
            if is_there(&exact) { Some(exact) } else { same_but_case(&path, part).map(|name| path.join(name)) }
        })
    }
}

impl Siblings for FolderSiblings {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let Some(path) = self.find(name) else { return Ok(None) };
        let source = FileSource::open(&path)?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(source.identity().clone());
        let name = path.strip_prefix(&self.folder).unwrap_or(&path);
        let name = name.to_str().ok_or_else(|| {
            Error::io(
                source.name(),
                At::Whole,
                "cannot name",
                io::Error::new(io::ErrorKind::InvalidData, "the name is not UTF-8"),
            )
        })?;
        let name = name.replace(std::path::MAIN_SEPARATOR, "/");
        Ok(Some(Found { name, source: Arc::new(source), unwrapped: None, notes: Vec::new() }))
    }

    fn list(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        for entry in entries(&self.folder) {
            if entry.file_type().is_ok_and(|kind| !kind.is_dir()) {
                names.extend(entry.file_name().into_string());
            }
            if names.len() > LISTED {
                // The last names go, so that the same ones stay whatever order the folder gives.
                names.pop_last();
            }
        }
        names.into_iter().collect()
    }
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

fn entries(folder: &Path) -> impl Iterator<Item = std::fs::DirEntry> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    std::fs::read_dir(folder).into_iter().flatten().flatten()
}

/// The first name in the folder that is `wanted` but for its case.
fn same_but_case(folder: &Path, wanted: &str) -> Option<String> {
    let wanted = wanted.to_lowercase();
    entries(folder).filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.to_lowercase() == wanted).min()
}
