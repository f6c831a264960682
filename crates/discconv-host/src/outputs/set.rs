//! One set of files being written.

use super::folder::{self, NewFolders};
use super::place::Placing;
use super::positioned::write_all_at;
use super::temporary::{Kind, Mark, create};
use super::writeback::Writeback;
use crate::identity::FileIdentity;
use crate::source::FileSource;
use discconv_core::{At, Error, FileId, OutputFile, OutputSet, ReadAt, Result, Role};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of a plan under temporary names.
pub(super) struct FolderSet {
    // Dropped in this order: the helper thread ends, the temporaries go, then the folders they were in.
    writeback: Writeback,
    files: Temporaries,
    folders: NewFolders,
    folder: PathBuf,
    force: bool,
    mark: Mark,
    #[cfg(target_os = "linux")]
    shares_blocks: bool,
}

struct Temporary {
    /// The final bare name.
    bare: String,
    /// The final name, for messages.
    name: String,
    target: PathBuf,
    path: PathBuf,
    file: Arc<File>,
    role: Role,
}

/// Dropped, they are removed. One that has its final name by now is not there any more, which is as well.
#[derive(Default)]
struct Temporaries(Vec<Temporary>);

impl Drop for Temporaries {
    fn drop(&mut self) {
        for file in &self.0 {
            let _ = std::fs::remove_file(&file.path);
        }
    }
}

impl FolderSet {
    /// Make the temporaries of `files`.
    pub(super) fn begin(folder: &Path, folders: NewFolders, files: &[OutputFile], force: bool, mark: Mark) -> Result<FolderSet> {
        let mut made = Temporaries::default();
        for file in files {
            let target = folder.join(&file.name);
            let path = folder.join(mark.name(&file.name, Kind::New));
            let name = target.display().to_string();
            let opened = create(&path, file.len).map_err(|error| Error::io(&name, At::Whole, doing_of(file), error))?;
            made.0.push(Temporary { bare: file.name.clone(), name, target, path, file: Arc::new(opened), role: file.role });
        }
        let writeback = Writeback::new(made.0.iter().map(|file| (file.name.clone(), Arc::clone(&file.file))));
        Ok(FolderSet {
            #[cfg(target_os = "linux")]
            shares_blocks: made.0.first().is_some_and(|file| super::share::shares_blocks(&file.file)),
            writeback,
            files: made,
            folders,
            folder: folder.to_owned(),
            force,
            mark,
        })
    }

    fn file(&self, file: FileId) -> Result<(usize, &Temporary)> {
        let index = usize::try_from(file.0).unwrap_or(usize::MAX);
        let found = self.files.0.get(index).map(|found| (index, found));
        found.ok_or_else(|| Error::unsupported("the output", At::Whole, format!("has no file number {index}")))
    }

    /// Give all files their names.
    fn place(&self) -> Result<Placing> {
        let mut placing = Placing::default();
        let old = |file: &Temporary| self.folder.join(self.mark.name(&file.bare, Kind::Old));
        let (descriptors, data): (Vec<_>, Vec<_>) = self.files.0.iter().partition(|file| file.role == Role::Descriptor);
        if !data.is_empty() && self.force {
            // While data is being replaced, no descriptor may speak of it.
            for file in &descriptors {
                placing.hide(&file.target, old(file))?;
            }
        }
        for file in data.into_iter().chain(descriptors) {
            if self.force {
                placing.replace(&file.path, &file.target, old(file))?;
            } else {
                placing.place(&file.path, &file.target)?;
            }
        }
        folder::sync(&self.folder).map_err(|error| {
            Error::io(&self.folder.display().to_string(), At::Whole, "cannot make the new names durable", error)
        })?;
        Ok(placing)
    }
}

fn doing_of(file: &OutputFile) -> String {
    match file.len {
        Some(len) => format!("cannot make a file of {len} bytes"),
        None => "cannot make the file".to_owned(),
    }
}

impl OutputSet for FolderSet {
    fn write_at(&self, file: FileId, offset: u64, bytes: &[u8]) -> Result<()> {
        let (index, file) = self.file(file)?;
        write_all_at(&file.file, bytes, offset)
            .map_err(|error| Error::io(&file.name, At::Byte(offset), format!("cannot write {} bytes", bytes.len()), error))?;
        self.writeback.wrote(index, bytes.len() as u64)
    }

    #[cfg(target_os = "linux")]
    fn copy_at(&self, file: FileId, offset: u64, source: &dyn ReadAt, range: Range<u64>) -> Result<bool> {
        let (index, file) = self.file(file)?;
        let len = range.end - range.start;
        let copied = self.shares_blocks
            && super::share::copy(&file.file, offset, source, range)
                .map_err(|error| Error::io(&file.name, At::Byte(offset), format!("cannot copy {len} bytes"), error))?;
        if copied {
            self.writeback.wrote(index, len)?;
        }
        Ok(copied)
    }

    fn start_sync(&self) -> Result<()> {
        self.writeback.start_last()
    }

    fn reopen(&self, file: FileId) -> Result<Arc<dyn ReadAt>> {
        let (_, file) = self.file(file)?;
        let failed = |error: io::Error| Error::io(&file.name, At::Whole, "cannot read back", error);
        let identity = FileIdentity::of_open(&file.file, &file.path).map_err(failed)?;
        Ok(Arc::new(FileSource::new(file.name.clone(), Arc::clone(&file.file), identity).map_err(failed)?))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.writeback.finish()?;
        let placing = self.place()?;
        let folder = self.folder.display().to_string();
        self.folders.keep().map_err(|error| Error::io(&folder, At::Whole, "cannot make the new folder durable", error))?;
        placing.finish();
        Ok(())
    }
}
