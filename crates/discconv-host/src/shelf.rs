//! Many files as sources, of which only a few are open at a time.

use crate::identity::FileIdentity;
use crate::source::FileSource;
use discconv_core::{At, Error, ReadAt, Result};
use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Files that are open at a time: fewer than any system allows, more than workers read at once.
const OPEN: usize = 64;

/// Opens files when they are read, and closes those that were not read for long.
#[derive(Debug, Default)]
pub struct Shelf {
    open: Mutex<VecDeque<(FileIdentity, Arc<FileSource>)>>,
}

impl Shelf {
    /// No file is open.
    #[must_use]
    pub fn new() -> Arc<Shelf> {
        Arc::default()
    }

    /// The file at `path`, which has `len` bytes and is not looked at before it is read.
    #[must_use]
    pub fn file(self: &Arc<Shelf>, path: &Path, len: u64, identity: FileIdentity) -> Arc<dyn ReadAt> {
        Arc::new(ShelvedFile { shelf: self.clone(), name: path.display().to_string(), path: path.to_owned(), len, identity })
    }

    /// The open file, moved to the front.
    fn take(&self, file: &ShelvedFile) -> Result<Arc<FileSource>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open.iter().position(|(identity, _)| *identity == file.identity).and_then(|place| open.remove(place));
        let source = match known {
            Some((_, source)) => source,
            None => Arc::new(file.open()?),
        };
        open.truncate(OPEN - 1);
        open.push_front((file.identity.clone(), source.clone()));
        Ok(source)
    }
}

/// A file of a [`Shelf`].
struct ShelvedFile {
    shelf: Arc<Shelf>,
    name: String,
    path: PathBuf,
    len: u64,
    identity: FileIdentity,
}

impl ShelvedFile {
    fn open(&self) -> Result<FileSource> {
        let source = FileSource::open(&self.path)?;
        let same = *source.identity() == self.identity;
        if same && source.len() == self.len {
            return Ok(source);
        }
        let found = if same { format!("{} bytes", source.len()) } else { "another file".to_owned() };
        Err(Error::malformed(&self.name, At::Whole, found, format!("the {} bytes that were there before", self.len))
            .with_hint("something changed it meanwhile; try again when nothing does"))
    }
}

impl ReadAt for ShelvedFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let inside = offset.checked_add(buf.len() as u64).is_some_and(|end| end <= self.len);
        if !inside {
            let found = format!("the end of the file at byte {}", self.len);
            return Err(Error::malformed(&self.name, At::Byte(offset), found, format!("{} more bytes", buf.len())));
        }
        self.shelf.take(self)?.read_exact_at(offset, buf)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        self.shelf.take(self).is_ok_and(|source| source.is_hole(range))
    }
}
