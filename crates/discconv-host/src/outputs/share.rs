//! Copying inside the kernel, where the file system lets two files share blocks.

use crate::source::FileSource;
use discconv_core::{ReadAt, Slice};
use rustix::fs::{copy_file_range, fstatfs};
use rustix::io::Errno;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;

/// Btrfs, XFS, bcachefs, ZFS (statfs(2)): elsewhere the kernel's copy is no faster than ours.
const SHARING: [u64; 4] = [0x9123_683E, 0x5846_5342, 0xCA45_1A4E, 0x2FC1_2FC1];

/// Does the file system of `file` share blocks between files?
pub(super) fn shares_blocks(file: &File) -> bool {
    fstatfs(file).is_ok_and(|about| u64::try_from(about.f_type).is_ok_and(|kind| SHARING.contains(&kind)))
}

/// Copy `range` of `source` to `offset` of `target`; `false` if that has to be done otherwise.
pub(super) fn copy(target: &File, offset: u64, source: &dyn ReadAt, range: Range<u64>) -> io::Result<bool> {
    let Some((file, start)) = file_under(source) else { return Ok(false) };
    if file.metadata()?.dev() != target.metadata()?.dev() {
        return Ok(false);
    }
    let (mut from, mut to) = (start + range.start, offset);
    let end = start + range.end;
    while from < end {
        let left = usize::try_from(end - from).unwrap_or(usize::MAX);
        match copy_file_range(file, Some(&mut from), target, Some(&mut to), left) {
            // The source became shorter: reading it will say so.
            Ok(0) => return Ok(false),
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::XDEV | Errno::INVAL | Errno::NOSYS | Errno::NOTSUP | Errno::PERM | Errno::BADF) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// The file that `source` is, or is a part of, and from where on.
fn file_under(source: &dyn ReadAt) -> Option<(&File, u64)> {
    let any = source.as_any()?;
    if let Some(slice) = any.downcast_ref::<Slice>() {
        let (inner, start) = slice.parent();
        let (file, offset) = file_under(inner.as_ref())?;
        return Some((file, start + offset));
    }
    any.downcast_ref::<FileSource>().map(|source| (source.file(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;
    use std::sync::Arc;

    #[test]
    fn parts_of_files_are_copied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        std::fs::write(&path, b"0123456789").unwrap();
        let source: Arc<dyn ReadAt> = Arc::new(FileSource::open(&path).unwrap());
        let target = tempfile::tempfile_in(folder.path()).unwrap();
        target.write_all_at(&[b'.'; 12], 0).unwrap();
        let slice = Slice::new(source.clone(), 2..9).unwrap();
        let copied = copy(&target, 3, &slice, 1..5).unwrap();
        let mut bytes = [0; 12];
        target.read_exact_at(&mut bytes, 0).unwrap();
        assert_eq!(&bytes, if copied { b"...3456....." } else { b"............" });
        assert!(!copy(&target, 0, source.as_ref(), 5..11).unwrap());
        assert!(!copy(&target, 0, &discconv_core::Bytes::new("m", *b"abc"), 0..3).unwrap());
    }
}
