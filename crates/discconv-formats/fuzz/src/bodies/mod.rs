//! What each fuzz target does with one input. An ordinary test (`xtask/tests/fuzz_findings.rs`) calls the same functions
//! with every seed and every input that was ever found, so this folder uses nothing of libFuzzer.
//!
//! Whatever the bytes are: no panic, no hang, no allocation that only the bytes justify; and what is written is what was
//! read. Where an image is several files, [`folder::MARK`] stands between them in the input.

mod codec;
pub mod folder;
mod identify;
mod images;
mod laid;
mod laid_fs;
mod laid_gd;
mod laid_hfs;
mod packed;
mod proof;
mod sealed;
pub mod seeds;
mod sheets;
mod volumes;
mod wrapped;

pub use codec::codec;
pub use identify::identify;
pub use images::{ccd, cdi, chd, iso, mds, nrg};
pub use packed::{convert, cso, ecm, isz, pbp};
pub use sealed::{fs_others, fs_udf};
pub use sheets::{audio, cue, gdi, toc};
pub use volumes::fs_iso;
pub use wrapped::wrapped;
