//! A file as a source of bytes.

use crate::identity::FileIdentity;
use discconv_core::{At, Error, ReadAt, Result};
use std::any::Any;
use std::ffi::OsStr;
use std::fs::{File, FileType, OpenOptions};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// How many entries of a folder are looked through for a name that may have been meant.
const LOOKED_AT: usize = 10_000;

/// A plain file, read by position.
#[derive(Debug)]
pub struct FileSource {
    name: String,
    file: Arc<File>,
    len: u64,
    identity: FileIdentity,
    /// The last stretch that the file system spoke of, and whether it is a hole.
    known: Mutex<Option<(Range<u64>, bool)>>,
}

impl FileSource {
    /// Open the file at `path`; the path, as it is given, is its name in messages.
    ///
    /// # Errors
    /// [`Error::Io`], with the names that may have been meant if there is no such file; [`Error::Unsupported`] for
    /// anything that is not a plain file: a folder, a pipe, a socket, a device.
    pub fn open(path: &Path) -> Result<FileSource> {
        let name = path.display().to_string();
        let failed = |error: io::Error| Error::io(&name, At::Whole, "cannot open", explained(path, error));
        // Asked before opening: to open a pipe waits for its other end, and to open a device may do something.
        refuse_special(&name, std::fs::metadata(path).map_err(failed)?.file_type())?;
        let file = open_for_reading(path).map_err(failed)?;
        // Asked again of what was opened, as the name may have changed hands in between.
        refuse_special(&name, file.metadata().map_err(failed)?.file_type())?;
        let identity = FileIdentity::of_open(&file, path).map_err(failed)?;
        Self::new(name.clone(), Arc::new(file), identity).map_err(failed)
    }

    /// An open file called `name`.
    pub(crate) fn new(name: String, file: Arc<File>, identity: FileIdentity) -> io::Result<FileSource> {
        let len = file.metadata()?.len();
        Ok(FileSource { name, file, len, identity, known: Mutex::new(None) })
    }

    /// What makes it this file.
    #[must_use]
    pub fn identity(&self) -> &FileIdentity {
        &self.identity
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    fn failed(&self, offset: u64, wanted: usize, error: io::Error) -> Error {
        let error = match (error.kind(), self.file.metadata()) {
            (io::ErrorKind::UnexpectedEof, Ok(now)) => {
                io::Error::new(io::ErrorKind::UnexpectedEof, format!("the file ends at byte {}", now.len()))
            }
            _ => error,
        };
        Error::io(&self.name, At::Byte(offset), format!("cannot read {wanted} bytes"), error)
    }
}

impl ReadAt for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        read_exact_at(&self.file, buf, offset).map_err(|error| self.failed(offset, buf.len(), error))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(stretch, _)| !stretch.contains(&range.start)) {
            *known = stretch_at(&self.file, range.start, self.len);
        }
        known.as_ref().is_some_and(|(stretch, hole)| *hole && range.end <= stretch.end)
    }
}

/// The stretch of data or of hole that begins at `offset` or around it; `None` where the system does not tell.
#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "macos"))]
fn stretch_at(file: &File, offset: u64, len: u64) -> Option<(Range<u64>, bool)> {
    use rustix::fs::{SeekFrom, seek};
    // This moves the file's cursor, which nobody uses.
    match seek(file, SeekFrom::Data(offset)) {
        Ok(data) if data > offset => Some((offset..data, true)),
        Ok(_) => seek(file, SeekFrom::Hole(offset)).ok().map(|hole| (offset..hole, false)),
        // No data from here to the end.
        Err(rustix::io::Errno::NXIO) => (offset < len).then_some((offset..len, true)),
        // Where it cannot be asked, ask only once.
        Err(_) => Some((0..len, false)),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "macos")))]
fn stretch_at(_: &File, _: u64, len: u64) -> Option<(Range<u64>, bool)> {
    Some((0..len, false))
}

#[cfg(unix)]
fn read_exact_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buf, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buf.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buf, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                buf = &mut buf[read..];
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn open_for_reading(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(path)
}

fn refuse_special(name: &str, kind: FileType) -> Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    let what = special(kind);
    let hint = match what {
        "a folder" => "name a file in it, or give the folder to a batch: --to FORMAT --out DIR",
        "a device" => "copy the disc to a file first, and name that",
        _ => "images are read at random: write it to a file first, and name that",
    };
    Err(Error::unsupported(name, At::Whole, format!("is {what}, not a file")).with_hint(hint))
}

/// What something is that is not a plain file.
pub(crate) fn special(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "something special" }
}

/// The same error, which for a missing file names those that may have been meant, and for a link where it should lead.
fn explained(path: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::NotFound {
        return error;
    }
    if let Ok(to) = std::fs::read_link(path) {
        return io::Error::new(
            io::ErrorKind::NotFound,
            format!("the link leads nowhere: there is no {:?}", to.to_string_lossy()),
        );
    }
    match meant(path).as_slice() {
        [] => io::Error::new(io::ErrorKind::NotFound, "no such file"),
        names => io::Error::new(io::ErrorKind::NotFound, format!("no such file; the folder has {}", names.join(", "))),
    }
}

/// Up to three files of the folder whose names differ from `path` in case or extension only.
fn meant(path: &Path) -> Vec<String> {
    let lower = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().to_lowercase());
    let (name, stem) = (lower(path.file_name()), lower(path.file_stem()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(bool, String)> = entries
        .take(LOOKED_AT)
        .flatten()
        .map(|entry| std::path::PathBuf::from(entry.file_name()))
        .filter(|other| lower(other.file_stem()) == stem || lower(other.file_name()) == name)
        .map(|other| (lower(other.file_name()) != name, format!("{:?}", other.to_string_lossy())))
        .collect();
    found.sort();
    found.truncate(3);
    found.into_iter().map(|(_, name)| name).collect()
}
