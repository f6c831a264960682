//! ISO 9660 (ECMA-119): the primary tree, with Rock Ridge or XA attributes, and the tree of Joliet.

mod descriptors;
mod directories;
mod record;
mod rock;
mod torito;
mod tree;

pub(crate) use descriptors::{Texts, Volume, boot_record, descriptor, terminator};
pub(crate) use directories::{Places, Written, path_table, write};
pub(crate) use torito::{Loader, catalog, with_info_table};
pub(crate) use tree::{Flavour, Tree};

/// The first descriptor of the volume (ECMA-119 6.7.1).
pub(crate) const FIRST_DESCRIPTOR: u32 = 16;
