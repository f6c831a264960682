//! Many files in a tree of folders: each appears whole under its name, or not at all.

use super::leftovers;
use super::positioned::write_all_at;
use super::rename::without_replacing;
use super::temporary::{self, Kind, Mark};
use super::{FolderOutputs, is_bare};
use crate::identity::FileIdentity;
use discconv_core::{At, Error, Result};
use std::collections::HashSet;
use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// A folder that files are taken out to, and folders below it.
///
/// Nothing is ever written outside of it: names are single parts of a path, and no folder on the way may be a link. Files
/// are made durable together, by [`TreeOutputs::sync`]: there may be a million small ones.
#[derive(Debug)]
pub struct TreeOutputs {
    root: PathBuf,
    rules: FolderOutputs,
    /// Folders that were made or looked at.
    known: Mutex<HashSet<PathBuf>>,
}

impl TreeOutputs {
    /// Outputs below `root`, which is made if it is missing. None of `inputs` is ever overwritten; other existing files
    /// only with `force`.
    #[must_use]
    pub fn new(root: &Path, inputs: Vec<FileIdentity>, force: bool) -> TreeOutputs {
        let root = super::folder::or_current(root).to_owned();
        TreeOutputs { rules: FolderOutputs::new(&root, inputs, force), root, known: Mutex::default() }
    }

    /// Make the folder of those names, one in the other.
    ///
    /// # Errors
    /// A name that is no plain name; a link or a file in the way; what the system refuses.
    pub fn folder(&self, parts: &[String]) -> Result<PathBuf> {
        let mut path = self.root.clone();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.insert(path.clone()) {
            // The root may be a link: it was named by the person.
            fs::create_dir_all(&path).map_err(|error| failed(&path, "cannot make the folder", error))?;
            leftovers::clear(&path);
        }
        for part in parts {
            bare(part)?;
            path.push(part);
            if !known.contains(&path) {
                enter(&path)?;
                known.insert(path.clone());
            }
        }
        Ok(path)
    }

    /// Length and time of the file of that name, if there is one already.
    #[must_use]
    pub fn existing(&self, parts: &[String]) -> Option<(u64, SystemTime)> {
        let path = parts.iter().fold(self.root.clone(), |path, part| path.join(part));
        let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some((metadata.len(), metadata.modified().ok()?))
    }

    /// Begin a file: the last of `parts` is its name, those before are its folder.
    ///
    /// # Errors
    /// As [`TreeOutputs::folder`]; a file of that name, without leave to replace it.
    pub fn file(&self, parts: &[String]) -> Result<NewFile> {
        let (folder, name) = self.place(parts)?;
        let target = folder.join(name);
        let temporary = folder.join(Mark::next().name(name, Kind::New));
        let file = temporary::create(&temporary, None).map_err(|error| failed(&target, "cannot make a file", error))?;
        Ok(NewFile { file, temporary: Some(temporary), target, replace: self.rules.force })
    }

    /// Make a symbolic link, if there is none with the same target. Whether that leads out of the tree is for the caller to
    /// judge.
    ///
    /// # Errors
    /// As [`TreeOutputs::file`]; a system without such links.
    pub fn link(&self, parts: &[String], to: &str) -> Result<()> {
        let Some((name, folders)) = parts.split_last() else { return bare("") };
        bare(name)?;
        let path = self.folder(folders)?.join(name);
        if fs::read_link(&path).is_ok_and(|old| old == Path::new(to)) {
            return Ok(());
        }
        self.rules.check(&path)?;
        if self.rules.force && fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_dir()) {
            fs::remove_file(&path).map_err(|error| failed(&path, "cannot replace it", error))?;
        }
        symlink(to, &path).map_err(|error| failed(&path, "cannot make a link", error))
    }

    /// Make everything that was written durable.
    ///
    /// # Errors
    /// The system could not.
    pub fn sync(&self) -> Result<()> {
        let done = File::open(&self.root).and_then(|folder| sync_all_of(&folder));
        done.map_err(|error| failed(&self.root, "cannot make what was written durable", error))
    }

    fn place<'a>(&self, parts: &'a [String]) -> Result<(PathBuf, &'a String)> {
        let Some((name, folders)) = parts.split_last() else { return Err(bare("").err().unwrap_or(Error::Cancelled)) };
        bare(name)?;
        let folder = self.folder(folders)?;
        self.rules.check(&folder.join(name))?;
        Ok((folder, name))
    }
}

/// A file that has not got its name yet. Dropped before that, it is gone.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    temporary: Option<PathBuf>,
    target: PathBuf,
    replace: bool,
}

impl NewFile {
    /// Write bytes at that offset; several threads may.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        write_all_at(&self.file, bytes, offset).map_err(|error| {
            let target = self.target.display().to_string();
            Error::io(&target, At::Byte(offset), format!("cannot write {} bytes", bytes.len()), error)
        })
    }

    /// Give it its name, and the time it was last changed.
    ///
    /// # Errors
    /// What the system refuses; a file that got this name meanwhile.
    pub fn finish(mut self, modified: Option<SystemTime>) -> Result<()> {
        if let Some(modified) = modified {
            // A time that the file system cannot hold is none.
            let _ = self.file.set_times(FileTimes::new().set_modified(modified));
        }
        let Some(temporary) = self.temporary.take() else { return Ok(()) };
        let done = if self.replace { fs::rename(&temporary, &self.target) } else { without_replacing(&temporary, &self.target) };
        done.map_err(|error| {
            let _ = fs::remove_file(&temporary);
            failed(&self.target, "cannot rename the finished file", error)
        })
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}

fn bare(name: &str) -> Result<()> {
    if is_bare(name) {
        return Ok(());
    }
    let what = "is not a bare file name, so it could lie in another folder".to_owned();
    Err(Error::Refused { file: name.to_owned(), what, hint: None })
}

/// Make the folder, or see that what is there is one and no link.
fn enter(path: &Path) -> Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        done => return done.map_err(|error| failed(path, "cannot make the folder", error)),
    }
    let found = fs::symlink_metadata(path).map_err(|error| failed(path, "cannot look at it", error))?;
    if found.is_dir() {
        leftovers::clear(path);
        return Ok(());
    }
    let what = format!("is {}, where a folder is to be", crate::source::special(found.file_type()));
    let hint = Some("choose another folder, or move it away; links are not followed on the way to an output".to_owned());
    Err(Error::Refused { file: path.display().to_string(), what, hint })
}

/// The whole file system in one call where there is one, for each call waits for the journal.
fn sync_all_of(folder: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return rustix::fs::syncfs(folder).map_err(Into::into);
    #[cfg(not(target_os = "linux"))]
    folder.sync_all()
}

#[cfg(unix)]
fn symlink(to: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, path)
}

#[cfg(not(unix))]
fn symlink(_: &str, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn failed(target: &Path, doing: &str, error: io::Error) -> Error {
    Error::io(&target.display().to_string(), At::Whole, doing, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(path: &str) -> Vec<String> {
        path.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn files_appear_whole_and_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let tree = TreeOutputs::new(&folder.path().join("out"), Vec::new(), false);
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        let file = tree.file(&parts("a/b/c.txt")).unwrap();
        file.write_at(1, b"bc").unwrap();
        file.write_at(0, b"a").unwrap();
        assert_eq!(tree.existing(&parts("a/b/c.txt")), None);
        file.finish(Some(time)).unwrap();
        assert_eq!(tree.existing(&parts("a/b/c.txt")), Some((3, time)));
        let refused = tree.file(&parts("a/b/c.txt")).unwrap_err();
        assert!(refused.to_string().contains("exists already"), "{refused}");
        drop(tree.file(&parts("a/b/d.txt")).unwrap());
        let names: Vec<_> =
            fs::read_dir(folder.path().join("out/a/b")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["c.txt"]);
        let file = TreeOutputs::new(&folder.path().join("out"), Vec::new(), true).file(&parts("a/b/c.txt")).unwrap();
        file.write_at(0, b"other").unwrap();
        file.finish(None).unwrap();
        assert_eq!(fs::read(folder.path().join("out/a/b/c.txt")).unwrap(), b"other");
        tree.sync().unwrap();
    }

    #[test]
    fn nothing_leads_out_of_the_tree() {
        let folder = tempfile::tempdir().unwrap();
        let tree = TreeOutputs::new(&folder.path().join("out"), Vec::new(), false);
        for path in ["../x", "a/../x", "/x", "", ".", "a/.."] {
            assert!(tree.file(&parts(path)).is_err(), "{path}");
        }
        #[cfg(unix)]
        {
            tree.folder(&[]).unwrap();
            tree.link(&parts("away"), "..").unwrap();
            tree.link(&parts("away"), "..").unwrap();
            assert!(tree.link(&parts("away"), "x").is_err());
            let refused = tree.file(&parts("away/x")).unwrap_err();
            assert!(refused.to_string().contains("where a folder is to be"), "{refused}");
            assert!(!folder.path().join("x").exists());
        }
    }
}
