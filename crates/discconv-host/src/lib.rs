//! Files, folders and threads for discconv: everything that the other crates leave to their caller.
//!
//! Knows no format. What it promises:
//!
//! * **Inputs** ([`FileSource`], [`FolderSiblings`]) are plain files, opened for reading only, read by position from any
//!   thread. A pipe or a device is refused before it can block.
//! * **Trees** ([`gather`]) are listed once; their files ([`Shelf`]) are opened when they are read, a few at a time.
//! * **Outputs** ([`FolderOutputs`]) appear together, complete and durable, or not at all; see [`FolderOutputs`] for the
//!   order of events. An input is never written, an existing file never replaced unless that was asked for.
//! * **Trees** ([`TreeOutputs`]) of files that are taken out of an image: each appears whole, below one folder, through no link.
//! * **Room** ([`TempSpool`]) for what cannot be unpacked at random is a file without a name, so that nothing of it stays.
//! * **Work** ([`ThreadPool`]) is handed out by number, so that which error is reported does not depend on chance.

mod gather;
mod identity;
mod outputs;
mod pool;
mod shelf;
mod siblings;
mod source;
mod spool;
mod walk;

pub use gather::{Gathered, Links, Named, Sort, gather};
pub use identity::FileIdentity;
pub use outputs::{FolderOutputs, NewFile, TreeOutputs};
pub use pool::ThreadPool;
pub use shelf::Shelf;
pub use siblings::FolderSiblings;
pub use source::FileSource;
pub use spool::TempSpool;
pub use walk::{Walked, walk};
