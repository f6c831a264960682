//! What was found odd while directories were listed.

use discconv_core::Note;
use std::sync::{Mutex, PoisonError};

/// Oddities that are told one by one.
const MOST_TOLD: usize = 64;

/// Oddities of one file system, each told once.
#[derive(Default)]
pub(crate) struct Oddities(Mutex<Odd>);

#[derive(Default)]
struct Odd {
    told: Vec<Note>,
    untold: u64,
}

impl Oddities {
    /// Remember one; the text names the file and the place.
    pub(crate) fn tell(&self, text: String) {
        let note = Note::oddity(text);
        let mut odd = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if odd.told.contains(&note) {
            return;
        }
        if odd.told.len() < MOST_TOLD { odd.told.push(note) } else { odd.untold += 1 }
    }

    /// All so far, of the file of that name.
    pub(crate) fn all(&self, file: &str) -> Vec<Note> {
        let odd = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let more = (odd.untold > 0).then(|| Note::oddity(format!("{file}: {} more oddities of directories", odd.untold)));
        odd.told.iter().cloned().chain(more).collect()
    }
}
