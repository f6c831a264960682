//! What is to be on the disc: a tree as a list of paths.

use discconv_core::ReadAt;
use std::fmt;
use std::sync::Arc;

/// One name in the tree.
#[derive(Clone, Debug)]
pub struct Item {
    /// The names on the way from the root, its own last: bytes as the host has them, none of them empty, `.` or `..`.
    pub path: Vec<Vec<u8>>,
    /// What it is.
    pub what: What,
    /// When it was last changed, in seconds of Unix time.
    pub modified: i64,
    /// The permission bits of POSIX (`0o777` and the three above); the kind of file follows from `what`.
    pub mode: u32,
}

/// What a name stands for.
#[derive(Clone)]
pub enum What {
    /// Other names.
    Directory,
    /// Bytes. They are read when the disc is, never here, but for a boot file whose table is asked for.
    File {
        /// The content, as long as it will be on the disc.
        source: Arc<dyn ReadAt>,
        /// The same number for every name of one file: it is stored once. `None` for a file with one name.
        same: Option<u64>,
    },
    /// The path that a symbolic link leads to.
    Link(Vec<u8>),
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Directory => f.write_str("Directory"),
            What::File { source, same } => write!(f, "File({} bytes, {same:?})", source.len()),
            What::Link(to) => write!(f, "Link({:?})", String::from_utf8_lossy(to)),
        }
    }
}

/// A path as people read it, with `/` between names.
pub(crate) fn shown<'a>(path: impl IntoIterator<Item = &'a Vec<u8>>) -> String {
    path.into_iter().map(|name| String::from_utf8_lossy(name)).collect::<Vec<_>>().join("/")
}
