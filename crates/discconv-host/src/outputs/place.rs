//! Giving the finished files their names, so that it can be taken back.

use super::rename::without_replacing;
use discconv_core::{At, Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

enum Step {
    /// A new file got a name that was free.
    Placed(PathBuf),
    /// The old file of the name is kept under another.
    Kept { target: PathBuf, aside: PathBuf },
}

/// The renames done so far; dropped before [`Placing::finish`], it undoes them.
#[derive(Default)]
pub(super) struct Placing {
    done: Vec<Step>,
}

impl Placing {
    /// Move the old file at `target`, if there is one, out of sight.
    pub(super) fn hide(&mut self, target: &Path, aside: PathBuf) -> Result<()> {
        if fs::symlink_metadata(target).is_ok_and(|metadata| metadata.is_dir()) {
            return Err(failed(target, "cannot move the old file aside", io::ErrorKind::IsADirectory.into()));
        }
        match without_replacing(target, &aside) {
            Ok(()) => self.done.push(Step::Kept { target: target.to_owned(), aside }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(target, "cannot move the old file aside", error)),
        }
        Ok(())
    }

    /// Give `temporary` the name `target`, where there is no such file yet.
    pub(super) fn place(&mut self, temporary: &Path, target: &Path) -> Result<()> {
        match without_replacing(temporary, target) {
            Ok(()) => self.done.push(Step::Placed(target.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let what = "appeared while it was being written".to_owned();
                let hint = "--force replaces it; or choose another name or folder".to_owned();
                return Err(Error::Refused { file: target.display().to_string(), what, hint: Some(hint) });
            }
            Err(error) => return Err(failed(target, "cannot rename the finished file", error)),
        }
        Ok(())
    }

    /// Give `temporary` the name `target`, and keep what has it now as `aside`. At no moment is there no such file.
    pub(super) fn replace(&mut self, temporary: &Path, target: &Path, aside: PathBuf) -> Result<()> {
        if fs::symlink_metadata(target).is_err() {
            return self.place(temporary, target);
        }
        if fs::hard_link(target, &aside).is_err() {
            // No links here; then there is such a moment.
            self.hide(target, aside)?;
            return self.place(temporary, target);
        }
        self.done.push(Step::Kept { target: target.to_owned(), aside });
        fs::rename(temporary, target).map_err(|error| failed(target, "cannot rename the finished file", error))
    }

    /// All is well: the old files go.
    pub(super) fn finish(mut self) {
        for step in std::mem::take(&mut self.done) {
            if let Step::Kept { aside, .. } = step {
                // If it stays, the next run removes it.
                let _ = fs::remove_file(aside);
            }
        }
    }
}

impl Drop for Placing {
    fn drop(&mut self) {
        for step in self.done.drain(..).rev() {
            match step {
                Step::Placed(target) => {
                    let _ = fs::remove_file(target);
                }
                Step::Kept { target, aside } => {
                    if fs::rename(&aside, target).is_ok() {
                        // Renaming one link of a file to another does nothing.
                        let _ = fs::remove_file(aside);
                    }
                }
            }
        }
    }
}

fn failed(target: &Path, doing: &str, error: io::Error) -> Error {
    Error::io(&target.display().to_string(), At::Whole, doing, error)
}
