//! Renaming that replaces nothing.

use std::fs;
use std::io;
use std::path::Path;

/// Give the file `from` the name `to`.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if there is anything called `to`, even if it came there just now.
pub(super) fn without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            done => return done.map_err(Into::into),
        }
    }
    by_link(from, to)
}

/// The same where the system has no such call: a new link does not replace anything either.
fn by_link(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // No links here: all that is left is to look first.
        Err(_) if fs::symlink_metadata(to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_replaced() {
        for rename in [without_replacing, by_link] {
            let folder = tempfile::tempdir().unwrap();
            let [a, b, gone] = ["a", "b", "gone"].map(|name| folder.path().join(name));
            fs::write(&a, "a").unwrap();
            fs::write(&b, "b").unwrap();
            assert_eq!(rename(&a, &b).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&b).unwrap(), b"b");
            fs::remove_file(&b).unwrap();
            rename(&a, &b).unwrap();
            assert_eq!(fs::read(&b).unwrap(), b"a");
            assert!(!a.exists());
            assert_eq!(rename(&gone, &a).unwrap_err().kind(), io::ErrorKind::NotFound);
        }
    }
}
