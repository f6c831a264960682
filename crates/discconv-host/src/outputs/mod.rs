//! Outputs in a folder: they appear together, complete, or not at all.

mod folder;
mod leftovers;
mod place;
mod positioned;
mod rename;
mod set;
#[cfg(target_os = "linux")]
mod share;
mod temporary;
mod tree;
mod writeback;

pub use tree::{NewFile, TreeOutputs};

use crate::identity::FileIdentity;
use crate::source::special;
use discconv_core::{Error, OutputFile, OutputSet, Outputs, Result};
use folder::NewFolders;
use set::FolderSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use temporary::Mark;

/// How often to begin anew when the folder vanishes meanwhile.
const RETRIES: usize = 3;

/// Writes sets of files into one folder.
///
/// 1. [`Outputs::begin`] refuses what must not be written, clears away what killed runs left in the folder, and makes
///    the temporaries: hidden files beside their targets that end in `.part`.
/// 2. Workers write by position. Every 32 MiB a helper thread makes a file durable while they go on.
/// 3. [`OutputSet::commit`] waits for the last of that, then renames: an old descriptor moves aside first, data come
///    before descriptors, and the folder itself is synced last. A rename replaces nothing unless that was asked for.
/// 4. If any of it fails, or the set is dropped, everything is as it was before.
#[derive(Clone, Debug)]
pub struct FolderOutputs {
    folder: PathBuf,
    inputs: Vec<FileIdentity>,
    force: bool,
}

impl FolderOutputs {
    /// Outputs in `folder` (an empty path is the current one), which is made if it is missing. None of `inputs` is ever
    /// overwritten; other existing files only with `force`.
    pub fn new(folder: impl Into<PathBuf>, inputs: Vec<FileIdentity>, force: bool) -> FolderOutputs {
        FolderOutputs { folder: folder.into(), inputs, force }
    }

    /// May `path` be written?
    fn check(&self, path: &Path) -> Result<()> {
        let refuse = |what: String, hint: &str| {
            Err(Error::Refused { file: path.display().to_string(), what, hint: Some(hint.to_owned()) })
        };
        if FileIdentity::of(path).is_ok_and(|identity| self.inputs.contains(&identity)) {
            return refuse(
                "is the input, or another name of it".to_owned(),
                "choose another name or folder; an input is never written",
            );
        }
        match (std::fs::symlink_metadata(path), std::fs::metadata(path)) {
            (_, Ok(metadata)) if !metadata.is_file() => {
                refuse(format!("is {} already", special(metadata.file_type())), "choose another name or folder")
            }
            (Ok(_), _) if !self.force => {
                refuse("exists already".to_owned(), "--force replaces it; or choose another name or folder")
            }
            _ => Ok(()),
        }
    }

    fn try_begin(&self, files: &[OutputFile], names: &[&str]) -> Result<FolderSet> {
        let folders = NewFolders::make(&self.folder)?;
        leftovers::clear(&self.folder);
        names.iter().try_for_each(|name| self.check(&self.folder.join(name)))?;
        FolderSet::begin(&self.folder, folders, files, self.force, Mark::next())
    }
}

impl Outputs for FolderOutputs {
    fn begin(&self, files: &[OutputFile]) -> Result<Box<dyn OutputSet>> {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        if let Some(name) = names.iter().find(|name| !is_bare(name)) {
            let what = "is not a bare file name, so it could lie in another folder".to_owned();
            return Err(Error::Refused { file: (*name).to_owned(), what, hint: None });
        }
        let mut begun = self.try_begin(files, &names);
        for _ in 0..RETRIES {
            if !matches!(&begun, Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound) {
                break;
            }
            // Another job of the batch made this folder, failed, and took it away again under our feet.
            begun = self.try_begin(files, &names);
        }
        Ok(Box::new(begun?))
    }
}

/// Is it what a running or killed run of this program calls an unfinished output?
pub(crate) fn is_temporary(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| temporary::parse(name).is_some())
}

/// Is `name` one part of a path, and not `..`?
fn is_bare(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(part)), None) if part == name)
        && !name.contains(['/', '\\', '\0'])
}
