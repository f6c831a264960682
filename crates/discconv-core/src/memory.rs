//! A folder in memory: for tests, fuzzing and the browser.

use crate::error::{At, Error, Result};
use crate::format::{Found, Siblings};
use crate::output::{FileId, OutputFile, OutputSet, Outputs};
use crate::source::{Bytes, ReadAt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Store = Arc<Mutex<BTreeMap<String, Arc<[u8]>>>>;

/// Files by name. Cloning gives another handle to the same files.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: Store,
}

impl MemoryFiles {
    /// No files.
    #[must_use]
    pub fn new() -> MemoryFiles {
        MemoryFiles::default()
    }

    /// Put a file there.
    pub fn insert(&self, name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) {
        self.lock().insert(name.into(), bytes.into());
    }

    /// The bytes of a file.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<[u8]>> {
        self.lock().get(name).cloned()
    }

    /// The names, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// A file as a source.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<Arc<dyn ReadAt>> {
        self.get(name).map(|bytes| -> Arc<dyn ReadAt> { Arc::new(Bytes::new(name, bytes)) })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<[u8]>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<N: Into<String>, B: Into<Arc<[u8]>>> FromIterator<(N, B)> for MemoryFiles {
    fn from_iter<I: IntoIterator<Item = (N, B)>>(files: I) -> MemoryFiles {
        let made = MemoryFiles::new();
        files.into_iter().for_each(|(name, bytes)| made.insert(name, bytes));
        made
    }
}

impl Siblings for MemoryFiles {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let files = self.lock();
        let found =
            files.get_key_value(name).or_else(|| files.iter().find(|(known, _)| known.to_lowercase() == name.to_lowercase()));
        Ok(found.map(|(name, bytes)| Found {
            name: name.clone(),
            source: Arc::new(Bytes::new(name.clone(), bytes.clone())),
            unwrapped: None,
            notes: Vec::new(),
        }))
    }

    fn list(&self) -> Vec<String> {
        self.names()
    }
}

impl Outputs for MemoryFiles {
    fn begin(&self, files: &[OutputFile]) -> Result<Box<dyn OutputSet>> {
        let known = self.lock();
        if let Some(file) = files.iter().find(|file| known.contains_key(&file.name)) {
            return Err(Error::Refused { file: file.name.clone(), what: "it is there already".to_owned(), hint: None });
        }
        let buffers: Result<_> = files.iter().map(|file| Ok((file.name.clone(), Mutex::new(zeros(file)?)))).collect();
        Ok(Box::new(MemorySet { target: self.clone(), buffers: buffers? }))
    }
}

/// Room for a file; what does not fit into memory is an error, not the end of the program.
fn zeros(file: &OutputFile) -> Result<Vec<u8>> {
    let wanted = file.len.unwrap_or(0);
    match usize::try_from(wanted).ok().filter(|len| Vec::<u8>::new().try_reserve_exact(*len).is_ok()) {
        Some(len) => Ok(vec![0; len]),
        None => {
            let source = std::io::Error::new(std::io::ErrorKind::OutOfMemory, format!("no memory for {wanted} bytes"));
            Err(Error::io(&file.name, At::Whole, "cannot write", source))
        }
    }
}

struct MemorySet {
    target: MemoryFiles,
    buffers: Vec<(String, Mutex<Vec<u8>>)>,
}

impl MemorySet {
    fn buffer(&self, file: FileId) -> Result<(&str, MutexGuard<'_, Vec<u8>>)> {
        let found = usize::try_from(file.0).ok().and_then(|index| self.buffers.get(index));
        let (name, buffer) =
            found.ok_or_else(|| Error::unsupported("output", At::Whole, "a file that the plan does not have"))?;
        Ok((name, buffer.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl OutputSet for MemorySet {
    fn write_at(&self, file: FileId, offset: u64, bytes: &[u8]) -> Result<()> {
        let (name, mut buffer) = self.buffer(file)?;
        let range = usize::try_from(offset).ok().and_then(|start| Some(start..start.checked_add(bytes.len())?));
        let missing = range.as_ref().map(|range| range.end.saturating_sub(buffer.len()));
        match (range, missing) {
            (Some(range), Some(missing)) if buffer.try_reserve(missing).is_ok() => {
                let len = buffer.len() + missing;
                buffer.resize(len, 0);
                buffer[range].copy_from_slice(bytes);
                Ok(())
            }
            _ => Err(Error::io(name, At::Byte(offset), "cannot write", std::io::ErrorKind::OutOfMemory.into())),
        }
    }

    fn reopen(&self, file: FileId) -> Result<Arc<dyn ReadAt>> {
        let (name, buffer) = self.buffer(file)?;
        Ok(Arc::new(Bytes::new(name, buffer.as_slice())))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        for (name, buffer) in self.buffers {
            self.target.insert(name, buffer.into_inner().unwrap_or_else(PoisonError::into_inner));
        }
        Ok(())
    }
}
