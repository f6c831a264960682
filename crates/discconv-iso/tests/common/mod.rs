//! What the tests share: opening bytes as a file in memory.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "each test binary uses some of it")]

use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Format, Input, Opened, Peek, ReadAt, Result, Score};
use discconv_iso::Iso;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) fn open_source(name: &str, source: Arc<dyn ReadAt>, forced: Option<&str>) -> Result<Disc> {
    let alone = MemoryFiles::new();
    let input = Input { forced, ..Input::new(name, source, &alone) };
    match Iso.open(&input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("an image is no wrapper"),
    }
}

pub(crate) fn open(name: &str, bytes: &[u8], forced: Option<&str>) -> Result<Disc> {
    open_source(name, Arc::new(Bytes::new(name, bytes)), forced)
}

pub(crate) fn probe_source(name: &str, source: &dyn ReadAt) -> Score {
    let mut head = vec![0; 65536.min(usize::try_from(source.len()).unwrap())];
    source.read_exact_at(0, &mut head).unwrap();
    let mut tail = head.clone();
    source.read_exact_at(source.len() - tail.len() as u64, &mut tail).unwrap();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Iso.probe(&Peek { head: &head, tail: &tail, extension, source })
}

pub(crate) fn probe(name: &str, bytes: &[u8]) -> Score {
    probe_source(name, &Bytes::new(name, bytes))
}

/// The corpus beside the repository, if it is there.
pub(crate) fn corpus() -> Option<PathBuf> {
    discconv_testkit::corpus::folder()
}
