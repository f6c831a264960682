//! UDF 1.02 (ECMA-167 with OSTA's rules) over the same files: one partition that begins behind the anchor.
//!
//! | block | what |
//! |---|---|
//! | behind the ISO 9660 descriptors | `BEA01`, `NSR02`, `TEA01` |
//! | 32, 48 | volume descriptors, and the same again |
//! | 64 | integrity |
//! | 256, and the last of the volume | anchors |
//! | 257 | the partition: file set, entries of directories and files, directories |

mod files;
mod tag;
mod volume;

pub(crate) use files::{Files, Places};
pub(crate) use volume::{Volume, anchor, descriptors, file_set, integrity, recognition};

/// Where the partition begins.
pub(crate) const PARTITION: u32 = 257;
/// The volume descriptors, and their copy.
pub(crate) const MAIN: u32 = 32;
/// See [`MAIN`].
pub(crate) const RESERVE: u32 = 48;
/// Blocks of either (ECMA-167 3/10.2: at least 16).
pub(crate) const SEQUENCE_BLOCKS: u32 = 16;
/// The integrity descriptor.
pub(crate) const INTEGRITY: u32 = 64;
/// The anchor.
pub(crate) const ANCHOR: u32 = 256;
