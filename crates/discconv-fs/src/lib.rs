//! File systems on a disc, read only: what volumes there are, what is in their directories, and where files lie.
//!
//! Everything stands on a [`Disc`](discconv_core::Disc), so that what is read here works through every container. A
//! file system is data about a [`Space`], the user data of the disc addressed by byte: byte `n * 2048` is the first
//! byte of LBA `n`, whatever stores it. Nothing is loaded at once: a directory is read when it is listed.
//!
//! | step | what |
//! |---|---|
//! | [`Space::new`] | the disc as bytes |
//! | [`find`] | every file system on it, the one that says most first |
//! | [`FileSystem::list`], [`lookup`], [`walk`] | directories |
//! | [`el_torito`] | what may be booted |
//! | [`FileSystem::runs`], [`Content`] | the bytes of a file, and the sectors that hold them |
//!
//! Names, lengths and places are the disc's word and untrusted: they are checked before use; [`walk`] goes round no loop
//! and ends at a limit; what a name would do on a host is the caller's concern ([`safe_name`] says what may be used).

mod aside;
mod content;
mod find;
mod gather;
mod hfs;
mod inflate;
mod iso;
mod model;
mod names;
mod odd;
mod opera;
mod space;
mod stamp;
mod tree;
mod udf;
mod xdvdfs;

pub use content::Content;
pub use find::find;
pub use iso::{BootEntry, Catalogue, Emulation, Platform, el_torito};
pub use model::{About, Entry, FileSystem, Kind, Run, What, Xa};
pub use names::safe_name;
pub use space::Space;
pub use stamp::Stamp;
pub use tree::{Walked, lookup, walk};
