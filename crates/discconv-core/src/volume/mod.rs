//! What the 2048-byte user data of an image says of its disc: which medium, which system, which subheaders.
//!
//! A reader whose container does not say these asks here, so that a disc is the same whatever it is kept in.

mod descriptors;
mod media;
mod of_disc;
mod subheaders;
mod systems;
mod view;

pub use descriptors::{Descriptor, FIRST_DESCRIPTOR, Volume, read};
pub use media::medium;
pub use of_disc::{medium_of, mode_of};
pub use subheaders::VolumeSubheaders;
pub use systems::{System, recognise, recognise_all};
pub use view::{UserView, read_at};
