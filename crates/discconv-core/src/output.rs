//! Where bytes go: files that appear under their names together, or not at all.

use crate::error::Result;
use crate::plan::Role;
use crate::source::ReadAt;
use std::ops::Range;
use std::sync::Arc;

/// A file of a plan, by its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its final bare name.
    pub name: String,
    /// Its length, if known before it is written. Where nothing is written it is zero.
    pub len: Option<u64>,
    /// Descriptors become visible last.
    pub role: Role,
}

/// Makes sets of outputs: a folder, or memory.
pub trait Outputs: Sync {
    /// Begin a set: nothing is visible under the final names yet.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] if an output exists (and may not be replaced) or is an input; [`crate::Error::Io`].
    fn begin(&self, files: &[OutputFile]) -> Result<Box<dyn OutputSet>>;
}

/// Files being written. Dropped without [`OutputSet::commit`], it leaves nothing behind.
pub trait OutputSet: Send + Sync {
    /// Write `bytes` at `offset` of `file`; from many workers at once, each byte once.
    ///
    /// # Errors
    /// [`crate::Error::Io`] naming the final file.
    fn write_at(&self, file: FileId, offset: u64, bytes: &[u8]) -> Result<()>;

    /// Copy `range` of `source` to `offset` without passing through memory, if that is cheap here (shared blocks).
    /// `false`: not done, read and write instead.
    ///
    /// # Errors
    /// [`crate::Error::Io`] naming the final file.
    fn copy_at(&self, file: FileId, offset: u64, source: &dyn ReadAt, range: Range<u64>) -> Result<bool> {
        let _ = (file, offset, source, range);
        Ok(false)
    }

    /// Everything is written: begin to make it durable, beside what follows.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    fn start_sync(&self) -> Result<()> {
        Ok(())
    }

    /// Read back what was written to `file`.
    ///
    /// # Errors
    /// [`crate::Error::Io`].
    fn reopen(&self, file: FileId) -> Result<Arc<dyn ReadAt>>;

    /// Make all files durable and visible, descriptors last.
    ///
    /// # Errors
    /// [`crate::Error::Io`]; then nothing is left behind and replaced files are as they were.
    fn commit(self: Box<Self>) -> Result<()>;
}
