//! Room for unpacked content in a temporary file.

use crate::identity::FileIdentity;
use crate::source::FileSource;
use discconv_core::{At, Error, ReadAt, Result, Spool, Spooled};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names that are tried before giving up.
const TRIES: u32 = 100;

/// Temporary files in a folder, that have no name while they are used: nothing of them stays, whatever ends the program.
pub struct TempSpool {
    folder: PathBuf,
    stop: fn() -> bool,
}

impl TempSpool {
    /// Files in `folder`; `stop` says whether the person wants it to end.
    pub fn new(folder: impl Into<PathBuf>, stop: fn() -> bool) -> TempSpool {
        TempSpool { folder: folder.into(), stop }
    }

    fn refuse_without_room(&self, name: &str, expected: u64) -> Result<()> {
        match free_bytes(&self.folder) {
            Some(free) if free < expected => {
                let what = format!("unpacks to {expected} bytes, and {} has room for {free}", self.folder.display());
                let hint = "choose a folder with more room with --temp DIR".to_owned();
                Err(Error::Refused { file: name.to_owned(), what, hint: Some(hint) })
            }
            _ => Ok(()),
        }
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::io(&self.folder.display().to_string(), At::Whole, "cannot make a temporary file", error)
    }
}

impl Spool for TempSpool {
    fn begin(&self, name: &str, expected: Option<u64>) -> Result<Box<dyn Spooled>> {
        self.refuse_without_room(name, expected.unwrap_or(0))?;
        let (file, identity) = nameless(&self.folder).map_err(|error| self.failed(error))?;
        let folder = self.folder.display().to_string();
        Ok(Box::new(Temporary { name: name.to_owned(), folder, file, identity, len: 0, stop: self.stop }))
    }

    fn check(&self) -> Result<()> {
        if (self.stop)() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

struct Temporary {
    name: String,
    folder: String,
    file: File,
    identity: FileIdentity,
    len: u64,
    stop: fn() -> bool,
}

impl Spooled for Temporary {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        if (self.stop)() {
            return Err(Error::Cancelled);
        }
        self.file.write_all(bytes).map_err(|error| {
            let doing = format!("cannot keep what {:?} unpacks to (--temp DIR chooses another folder)", self.name);
            Error::io(&self.folder, At::Byte(self.len), doing, error)
        })?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Arc<dyn ReadAt>> {
        let failed = |error| Error::io(&self.folder, At::Whole, "cannot read a temporary file", error);
        // It is called like what it was made of, for messages.
        let source = FileSource::new(self.name.clone(), Arc::new(self.file), self.identity.clone());
        source.map_err(failed).map(|source| Arc::new(source) as Arc<dyn ReadAt>)
    }
}

/// A new file in `folder` that goes away with its last handle.
fn nameless(folder: &Path) -> io::Result<(File, FileIdentity)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        /// FILE_FLAG_DELETE_ON_CLOSE
        const DELETE_ON_CLOSE: u32 = 0x0400_0000;
        options.custom_flags(DELETE_ON_CLOSE);
    }
    for _ in 0..TRIES {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".discconv-{}-{number}.part", std::process::id()));
        let file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            opened => opened?,
        };
        let identity = FileIdentity::of_open(&file, &path)?;
        // Where a file may lose its name while it is open, it does so at once.
        #[cfg(unix)]
        std::fs::remove_file(&path)?;
        return Ok((file, identity));
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Bytes that a file in `folder` may have; `None` where the system does not tell.
#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_seen_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let spool = TempSpool::new(folder.path(), || false);
        let mut room = spool.begin("x.iso.xz", Some(6)).unwrap();
        room.append(b"abc").unwrap();
        room.append(b"def").unwrap();
        let names = || std::fs::read_dir(folder.path()).unwrap().count();
        #[cfg(unix)]
        assert_eq!(names(), 0);
        let source = room.finish().unwrap();
        let mut bytes = [0; 4];
        source.read_exact_at(2, &mut bytes).unwrap();
        assert_eq!((&bytes, source.name(), source.len()), (b"cdef", "x.iso.xz", 6));
        drop(source);
        assert_eq!(names(), 0);
    }

    #[test]
    fn room_and_patience_are_asked_first() {
        let folder = tempfile::tempdir().unwrap();
        let spool = TempSpool::new(folder.path(), || true);
        assert!(matches!(spool.check(), Err(Error::Cancelled)));
        assert!(matches!(spool.begin("x", None).unwrap().append(b"a"), Err(Error::Cancelled)));
        #[cfg(unix)]
        {
            let refused = spool.begin("x.7z", Some(1 << 60)).err().unwrap().to_string();
            assert!(refused.starts_with("x.7z: unpacks to 1152921504606846976 bytes, and "), "{refused}");
        }
        let nowhere = TempSpool::new(folder.path().join("none"), || false).begin("x", None).err().unwrap().to_string();
        assert!(nowhere.contains("none: cannot make a temporary file"), "{nowhere}");
    }
}
