//! Going through directories.

use crate::{Entry, FileSystem};
use discconv_core::{Limits, Result};
use std::collections::HashSet;
use std::ops::ControlFlow;

/// Directories within directories, at most.
const DEEPEST: usize = 255;

/// An entry that was reached on a walk.
#[derive(Debug)]
pub struct Walked<'a> {
    /// The names of the directories above it, from the root's children on; its own is the last.
    pub path: &'a [String],
    /// The entry.
    pub entry: &'a Entry,
    /// It is a directory that was not entered, for this reason: it is one of those above, is too deep, or cannot be read.
    pub trouble: Option<String>,
    /// It is a directory that was entered already, under another name.
    pub again: bool,
}

/// Every entry below `from`, directories before what is in them, each in the order of its directory.
///
/// A directory that cannot be read, lies too deep or contains itself is told with the reason, and the walk goes on. One that has
/// several names is entered under the first of them.
/// Returns `false` if the visitor broke off or there are more entries than `limits` allow.
///
/// # Errors
/// The directory `from` itself cannot be read; what the visitor errs with.
pub fn walk(
    system: &dyn FileSystem,
    from: &Entry,
    limits: &Limits,
    mut visit: impl FnMut(&Walked<'_>) -> Result<ControlFlow<()>>,
) -> Result<bool> {
    let mut entered = HashSet::from([from.id]);
    let mut left = limits.entries;
    let mut path = Vec::new();
    // What is still to be told of each open directory, the last entry first.
    let mut open = vec![reversed(system.list(from)?)];
    // The directories that are open.
    let mut above = vec![from.id];
    while let Some(entries) = open.last_mut() {
        let Some(entry) = entries.pop() else {
            open.pop();
            above.pop();
            path.pop();
            continue;
        };
        left = match left.checked_sub(1) {
            Some(left) => left,
            None => return Ok(false),
        };
        let again = entry.is_directory() && !above.contains(&entry.id) && entered.contains(&entry.id);
        let below = if entry.is_directory() && !again { enter(system, &entry, &above, &mut entered) } else { Ok(None) };
        path.push(entry.name.clone());
        let trouble = below.as_ref().err().cloned();
        if visit(&Walked { path: &path, entry: &entry, trouble, again })?.is_break() {
            return Ok(false);
        }
        match below {
            Ok(Some(entries)) => {
                open.push(reversed(entries));
                above.push(entry.id);
            }
            _ => {
                path.pop();
            }
        }
    }
    Ok(true)
}

fn reversed(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.reverse();
    entries
}

/// The entries of a directory that may be entered, or why it may not.
fn enter(
    system: &dyn FileSystem,
    entry: &Entry,
    above: &[u64],
    entered: &mut HashSet<u64>,
) -> std::result::Result<Option<Vec<Entry>>, String> {
    if above.contains(&entry.id) {
        return Err("it contains itself".to_owned());
    }
    if above.len() >= DEEPEST {
        return Err(format!("it lies deeper than {DEEPEST} directories"));
    }
    entered.insert(entry.id);
    system.list(entry).map(Some).map_err(|error| error.to_string())
}

/// The entry of a path whose names are separated by `/`; `None` if there is none. Letters are compared as they are, and
/// without regard to case where that finds nothing.
///
/// # Errors
/// As [`FileSystem::list`].
pub fn lookup(system: &dyn FileSystem, path: &str) -> Result<Option<Entry>> {
    let mut at = system.root();
    for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
        if !at.is_directory() {
            return Ok(None);
        }
        let entries = system.list(&at)?;
        let exact = entries.iter().position(|entry| entry.name == name);
        let folded = || entries.iter().position(|entry| entry.name.to_lowercase() == name.to_lowercase());
        match exact.or_else(folded).and_then(|place| entries.into_iter().nth(place)) {
            Some(entry) => at = entry,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
