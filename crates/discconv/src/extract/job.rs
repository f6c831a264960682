//! What is to be written, and what was.

use discconv_core::Lba;
use discconv_fs::Entry;
use std::ops::Range;

/// One thing to make.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The names that lead to it; [`super::names::settle`] makes them the host's.
    pub(super) parts: Vec<String>,
    /// What was wrong with it when it was found.
    pub(super) trouble: Option<String>,
    pub(super) source: Source,
}

/// What it is made of.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A folder, for itself.
    Folder,
    /// A file's content.
    File(Entry),
    /// Another name.
    Link(String),
    /// Samples of an audio track.
    Audio(Range<Lba>),
    /// Something that no folder of a host can have.
    Nothing,
}

/// Bytes of a sector of audio.
pub(super) const AUDIO: u64 = 2352;

impl Job {
    /// What it is called, for people.
    pub(super) fn path(&self) -> String {
        self.parts.join("/")
    }

    /// Bytes to be read.
    pub(super) fn bytes(&self) -> u64 {
        match &self.source {
            Source::File(entry) => entry.len,
            Source::Audio(lbas) => u64::from(lbas.start.sectors_to(lbas.end)) * AUDIO,
            Source::Folder | Source::Link(_) | Source::Nothing => 0,
        }
    }
}

/// A file that is there now.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) path: String,
    pub(super) bytes: u64,
    /// It was there before.
    pub(super) kept: bool,
}
