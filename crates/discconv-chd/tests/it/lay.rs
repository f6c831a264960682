//! Opening.
use discconv_chd::Chd;
use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Format, Input, Opened, Result};
use std::sync::Arc;

pub(crate) fn open(bytes: &[u8]) -> Result<Disc> {
    let files = MemoryFiles::default();
    let input = Input::new("x.chd", Arc::new(Bytes::new("x.chd", bytes)), &files);
    match Chd.open(&input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("bytes"),
    }
}
