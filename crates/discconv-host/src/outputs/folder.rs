//! The folder that outputs lie in.

use discconv_core::{At, Error, Result};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// `folder`, or the current one for an empty path.
pub(super) fn or_current(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Folders made for a set of outputs; dropped, they go again if nothing is in them.
#[derive(Debug, Default)]
pub(super) struct NewFolders {
    /// Parents first.
    made: Vec<PathBuf>,
}

impl NewFolders {
    /// Make `folder` and its parents, as far as they are missing.
    pub(super) fn make(folder: &Path) -> Result<NewFolders> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && std::fs::symlink_metadata(path).is_err())
            .collect();
        let mut folders = NewFolders::default();
        for path in missing.into_iter().rev() {
            match std::fs::create_dir(path) {
                Ok(()) => folders.made.push(path.to_owned()),
                // Another job of the same batch was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io(&path.display().to_string(), At::Whole, "cannot make the folder", error)),
            }
        }
        Ok(folders)
    }

    /// They hold outputs now: make them durable and let them stay.
    pub(super) fn keep(mut self) -> io::Result<()> {
        self.made.iter().filter_map(|path| path.parent()).try_for_each(|parent| sync(or_current(parent)))?;
        self.made.clear();
        Ok(())
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for path in self.made.iter().rev() {
            // Fails, as it should, where something is in it.
            let _ = std::fs::remove_dir(path);
        }
    }
}

/// Make the names in `folder` durable.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        // Only Unix opens folders as files.
        return Ok(());
    }
    match File::open(or_current(folder)).and_then(|folder| folder.sync_all()) {
        // Some network file systems cannot; the names are as safe there as they get.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        done => done,
    }
}
