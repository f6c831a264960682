//! New discs from folders of files: ISO 9660 with Joliet and Rock Ridge, UDF bridges, El Torito.
//!
//! A tree of [`Item`]s and [`Options`] become a [`Disc`] of one track, which any writer takes: nothing here knows what the
//! disc is written as. The structures are in memory, the files stay where they are and are read when the disc is. The same
//! tree and options give the same disc.
//!
//! | blocks | what |
//! |---|---|
//! | 0 - 15 | system area |
//! | 16 - | descriptors: primary, boot record, Joliet, terminator; recognition of UDF |
//! | 32 - 65, 256 | volume descriptors and anchor of UDF |
//! | 257 - | UDF's entries and directories |
//! | then | boot catalogue; path tables, directories and continuation areas of each tree |
//! | then | files, each from the beginning of a block; 150 empty blocks on request; another anchor |
//!
//! The work is done in three steps: trees with names and order ([`iso`], [`names`]), then places ([`layout`]), then bytes
//! ([`image`]). No length depends on a place.
//!
//! # Sources
//!
//! ECMA-119 (ISO 9660), the Joliet specification, SUSP and RRIP 1.10, El Torito 1.0 and chapter 13 of the UEFI
//! specification, ECMA-167 second edition with UDF 1.02, the attributes of CD-ROM XA.
//!
//! # Known gaps
//!
//! One track from LBA 0: no audio, no second session, no Dreamcast. Files are Form 1: streams of Form 2 sectors
//! (PlayStation films) are stored as the bytes they are. Devices, pipes and sockets have no place. Everything belongs to
//! user and group 0.

mod bytes;
mod image;
mod iso;
mod item;
mod layout;
mod names;
mod nodes;
mod options;
mod sort;
mod system;
mod system_area;
mod udf;

pub use item::{Item, What};
pub use options::{Boot, Deep, Level, Options, Texts, Weight};
pub use sort::{parse_path, parse_sort};
pub use system::{SYSTEMS, System};

use discconv_core::{Disc, Result};

/// The disc of `items`. `name` is what the tree is called in messages.
///
/// # Errors
/// [`Error::Unsupported`](discconv_core::Error::Unsupported) for what the options cannot hold: links without Rock Ridge or
/// UDF, files of 4 GiB below level 3, a boot file that is not there; [`Error::Limit`](discconv_core::Error::Limit) for trees
/// beyond all sense; reading, where a boot information table is asked for.
pub fn author(name: &str, items: Vec<Item>, options: &Options) -> Result<Disc> {
    image::disc(&nodes::Nodes::new(name, items, options.date)?, options)
}

/// The first few of so many names, for notes.
fn names_of(count: usize, mut names: impl Iterator<Item = String>) -> String {
    const FEW: usize = 3;
    let few: Vec<String> = names.by_ref().take(FEW).collect();
    let more = if count > FEW { format!(" and {} more", count - FEW) } else { String::new() };
    format!("{}{more}", few.join(", "))
}
