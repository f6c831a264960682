//! The levels.

use super::path::Path;
use super::search::{Effort, Search, WINDOW};
use super::write::{Writer, bound};
use crate::Level;

/// Packs blocks; keeps its tables from block to block.
#[derive(Debug)]
pub struct Lz4Encoder {
    level: Level,
    packed: Vec<u8>,
    search: Search,
    path: Path,
}

impl Lz4Encoder {
    /// An encoder of one worker.
    #[must_use]
    pub fn new(level: Level) -> Self {
        Lz4Encoder { level, packed: Vec::new(), search: Search::new(), path: Path::default() }
    }

    /// Packs `input` and appends the block to `out`.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        match effort(self.level) {
            Some(effort) => self.row(input, effort, out),
            None => self.library(input, out),
        }
    }

    fn library(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let bound = lz4_flex::block::get_maximum_output_size(input.len());
        if self.packed.len() < bound {
            self.packed.resize(bound, 0);
        }
        match pack(self.level, input, &mut self.packed) {
            Some(length) if !input.is_empty() => out.extend_from_slice(&self.packed[..length]),
            _ => Writer { input, anchor: 0, out }.last(),
        }
    }

    /// A larger block than the window is packed in halves of it, each with the one before as history.
    fn row(&mut self, input: &[u8], effort: Effort, out: &mut Vec<u8>) {
        out.reserve(bound(input.len()) + 16);
        let mut writer = Writer { input, anchor: 0, out };
        let piece = if input.len() <= WINDOW { WINDOW } else { WINDOW / 2 };
        for start in (0..input.len()).step_by(piece) {
            let base = start.saturating_sub(piece);
            let window = &input[base..input.len().min(start + piece)];
            self.path.reset(start - base, window.len());
            self.search.run(window, start - base, effort, |found| self.path.add(found));
            self.path.write(base, &mut writer);
        }
        writer.last();
    }
}

/// What our own search is to do at a level; none where a library is better.
fn effort(level: Level) -> Option<Effort> {
    match level {
        Level::Fast => None,
        Level::Normal => Some(Effort { depth: 8, enough: 64, patience: 6 }),
        // The library's best is within 0.01 % of the shortest path over all matches there are.
        Level::Max if cfg!(feature = "liblz4") => None,
        Level::Max => Some(Effort { depth: 128, enough: 1024, patience: 16 }),
    }
}

#[cfg(feature = "liblz4")]
fn pack(level: Level, input: &[u8], packed: &mut [u8]) -> Option<usize> {
    match level {
        Level::Fast => lzzzz::lz4::compress(input, packed, lzzzz::lz4::ACC_LEVEL_DEFAULT),
        _ => lzzzz::lz4_hc::compress(input, packed, 12),
    }
    .ok()
}

#[cfg(not(feature = "liblz4"))]
fn pack(_: Level, input: &[u8], packed: &mut [u8]) -> Option<usize> {
    lz4_flex::block::compress_into(input, packed).ok()
}
