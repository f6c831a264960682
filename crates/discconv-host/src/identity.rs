//! Whether two names are one file.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

#[cfg(unix)]
type Key = (u64, u64);
#[cfg(not(unix))]
type Key = std::path::PathBuf;

/// What makes a file this file, whatever it is called: equal for hard links and for symbolic links to it.
///
/// On Unix the device and the inode; elsewhere the path with all links resolved, which does not see hard links.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileIdentity(Key);

impl FileIdentity {
    /// The identity of the file at `path`; symbolic links are followed.
    ///
    /// # Errors
    /// What the system says, e.g. that there is no such file.
    pub fn of(path: &Path) -> io::Result<FileIdentity> {
        Self::new(&std::fs::metadata(path)?, path)
    }

    pub(crate) fn of_open(file: &File, path: &Path) -> io::Result<FileIdentity> {
        Self::new(&file.metadata()?, path)
    }

    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn new(metadata: &Metadata, _: &Path) -> io::Result<FileIdentity> {
        use std::os::unix::fs::MetadataExt;
        Ok(FileIdentity((metadata.dev(), metadata.ino())))
    }

    #[cfg(not(unix))]
    fn new(_: &Metadata, path: &Path) -> io::Result<FileIdentity> {
        std::fs::canonicalize(path).map(FileIdentity)
    }
}
