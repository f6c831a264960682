//! What files have beside their content, and nobody is shown.

use discconv_core::Note;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Files that have such a thing, as far as they were listed; each counts once, however often it is listed.
pub(crate) struct Aside {
    /// What they have, as it stands behind "have".
    what: &'static str,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    ids: HashSet<u64>,
    /// The name of the first.
    example: String,
}

impl Aside {
    /// None so far.
    pub(crate) fn new(what: &'static str) -> Aside {
        Aside { what, seen: Mutex::default() }
    }

    /// The file of that number has it.
    pub(crate) fn tell(&self, id: u64, name: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.ids.is_empty() {
            name.clone_into(&mut seen.example);
        }
        seen.ids.insert(id);
    }

    /// How many have it; nothing if none has.
    pub(crate) fn note(&self, file: &str) -> Option<Note> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (what, example) = (self.what, &seen.example);
        match seen.ids.len() {
            0 => None,
            1 => Some(Note::oddity(format!("{file}: {example:?} has {what}"))),
            count => Some(Note::oddity(format!("{file}: {count} files have {what}: {example:?}, for one"))),
        }
    }
}
