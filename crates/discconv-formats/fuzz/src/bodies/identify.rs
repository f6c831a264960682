//! What a disc is for, whatever is on it.

use super::folder::{Folder, open};
use discconv_core::{Bytes, Limits};
use std::sync::Arc;

/// Any bytes as a disc of 2048-byte sectors, and as a file that may be none.
pub fn identify(data: &[u8]) {
    let _ = discconv_identify::foreign_in("x.iso", &Bytes::new("x.iso", data.to_vec()));
    if let Ok(discs) = open("x.iso", data, &Folder::of_zeros(), Some("iso2048")) {
        for disc in discs {
            let _ = discconv_identify::identify(&Arc::new(disc), &Limits::default());
        }
    }
}
