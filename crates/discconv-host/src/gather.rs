//! A folder as a tree: every name below it, for making a disc of them.

use crate::identity::FileIdentity;
use crate::outputs::is_temporary;
use crate::source::special;
use discconv_core::{At, Error, Result};
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// Names within names that are looked into: more than any path of a system has.
const DEPTH: usize = 2048;

/// What happens to symbolic links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// They stay links.
    Keep,
    /// What they lead to stands in their places.
    Follow,
    /// They are left out.
    Skip,
}

/// What a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A folder.
    Folder,
    /// A plain file.
    File {
        /// Its bytes.
        len: u64,
        /// What makes it this file, whatever its names.
        identity: FileIdentity,
    },
    /// A symbolic link and where it leads, in the bytes of the system.
    Link(Vec<u8>),
}

/// One name below a folder.
#[derive(Clone, Debug)]
pub struct Named {
    /// The names on the way to it, its own last, in the bytes of the system.
    pub names: Vec<Vec<u8>>,
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub sort: Sort,
    /// When it was last changed, in seconds of Unix time.
    pub modified: i64,
    /// Its permission bits.
    pub mode: u32,
}

/// What [`gather`] found.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Every name, the folder itself first (without names); in no other order that may be relied on.
    pub found: Vec<Named>,
    /// What was left out, and what it is.
    pub left_out: Vec<(PathBuf, &'static str)>,
}

/// All that is in `folder` and below it, hidden files too; this program's own temporaries are left out in silence.
///
/// # Errors
/// [`Error::Io`] for the first folder or file that cannot be looked at; [`Error::Limit`] where links that are followed go
/// round in a circle.
pub fn gather(folder: &Path, links: Links) -> Result<Gathered> {
    let mut gathered = Gathered::default();
    let metadata = std::fs::metadata(folder).map_err(|error| failed(folder, error))?;
    gathered.found.push(named(Vec::new(), folder.to_owned(), Sort::Folder, &metadata));
    let mut open = vec![(folder.to_owned(), Vec::new(), vec![FileIdentity::of(folder).map_err(|error| failed(folder, error))?])];
    while let Some((folder, names, above)) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| failed(&folder, error))? {
            let name = entry.map_err(|error| failed(&folder, error))?.file_name();
            if is_temporary(&name) {
                continue;
            }
            let path = folder.join(&name);
            let names: Vec<Vec<u8>> = names.iter().cloned().chain([name.as_encoded_bytes().to_vec()]).collect();
            if let Some(found) = look(path, names, links, &mut gathered.left_out)? {
                if found.sort == Sort::Folder {
                    open.push((found.path.clone(), found.names.clone(), below(&found.path, &above)?));
                }
                gathered.found.push(found);
            }
        }
    }
    Ok(gathered)
}

/// One name; `None` if it is left out.
fn look(path: PathBuf, names: Vec<Vec<u8>>, links: Links, left_out: &mut Vec<(PathBuf, &'static str)>) -> Result<Option<Named>> {
    let mut metadata = std::fs::symlink_metadata(&path).map_err(|error| failed(&path, error))?;
    if metadata.is_symlink() {
        match links {
            Links::Keep => {
                let to = std::fs::read_link(&path).map_err(|error| failed(&path, error))?;
                let sort = Sort::Link(to.as_os_str().as_encoded_bytes().to_vec());
                return Ok(Some(named(names, path, sort, &metadata)));
            }
            Links::Skip => {
                left_out.push((path, "a symbolic link"));
                return Ok(None);
            }
            Links::Follow => metadata = std::fs::metadata(&path).map_err(|error| failed(&path, error))?,
        }
    }
    let sort = if metadata.is_dir() {
        Sort::Folder
    } else if metadata.is_file() {
        let identity = FileIdentity::of(&path).map_err(|error| failed(&path, error))?;
        Sort::File { len: metadata.len(), identity }
    } else {
        left_out.push((path, special(metadata.file_type())));
        return Ok(None);
    };
    Ok(Some(named(names, path, sort, &metadata)))
}

/// The folders around what is in `path`; one that is among them already would never end.
fn below(path: &Path, above: &[FileIdentity]) -> Result<Vec<FileIdentity>> {
    let own = FileIdentity::of(path).map_err(|error| failed(path, error))?;
    let circle = above.contains(&own);
    if circle || above.len() >= DEPTH {
        let found =
            if circle { "a link to a folder around it".to_owned() } else { format!("{} folders within each other", DEPTH + 1) };
        let limit = if circle { "a tree without circles".to_owned() } else { DEPTH.to_string() };
        return Err(Error::Limit { file: path.display().to_string(), at: At::Whole, found, limit });
    }
    Ok(above.iter().cloned().chain([own]).collect())
}

fn named(names: Vec<Vec<u8>>, path: PathBuf, sort: Sort, metadata: &Metadata) -> Named {
    Named { names, path, sort, modified: modified(metadata), mode: mode(metadata) }
}

/// Whole seconds, rounded down; a system that does not tell says 1970.
fn modified(metadata: &Metadata) -> i64 {
    let seconds = |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match metadata.modified().map(|time| time.duration_since(std::time::UNIX_EPOCH)) {
        Ok(Ok(since)) => seconds(since),
        Ok(Err(before)) => -seconds(before.duration()) - i64::from(before.duration().subsec_nanos() > 0),
        Err(_) => 0,
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777
}

#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> u32 {
    match (metadata.is_dir(), metadata.permissions().readonly()) {
        (true, _) => 0o755,
        (false, true) => 0o444,
        (false, false) => 0o644,
    }
}

fn failed(path: &Path, error: std::io::Error) -> Error {
    Error::io(&path.display().to_string(), At::Whole, "cannot look at it", error)
}
