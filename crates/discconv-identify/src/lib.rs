//! What a disc is: its system, serial, title and region; what can be started from it, and what protects it. And what a file is
//! that is no disc image.
//!
//! | step | what |
//! |---|---|
//! | [`identify`] | a disc, through any container: rules look for signs, and read what the system's structures say |
//! | [`Shape`], [`emulators`] | which programs take it in the container that it is in |
//! | [`foreign`] | a file that no format knows |
//! | [`mime`] | the media type of a format |
//!
//! Nothing is said without [`Evidence`]: which bytes, or which file. All fields are the disc's word and untrusted: places and
//! lengths are checked before use, texts are to be escaped by whoever prints them. The number of reads is bounded: each rule looks
//! at a few sectors or the beginning of a file, and directories are only listed on the way to such files.

mod boot;
mod emulators;
mod foreign;
mod look;
mod mime;
mod model;
mod protection;
mod shape;
mod systems;
mod text;

pub use emulators::{Emulator, Proof, emulators};
pub use foreign::{Foreign, Sort, foreign, foreign_in};
pub use mime::{is_telling, mime};
pub use model::{Boot, Evidence, Fields, Found, Identity, System, Trace};
pub use shape::{Kind, Shape, Sound};

use discconv_core::{Disc, Limits, Result};
use discconv_fs::About;
use look::Look;
use std::sync::Arc;

/// What the disc is. A bounded number of reads.
///
/// # Errors
/// Reading. A structure that contradicts itself tells nothing, and is no error.
pub fn identify(disc: &Arc<Disc>, limits: &Limits) -> Result<Identity> {
    let look = Look::new(disc, limits)?;
    let systems = systems::find(&look)?;
    Ok(Identity {
        boot: boot::find(&look)?,
        protection: protection::find(&look, &systems)?,
        // Last: what is odd in directories shows when they are listed.
        volumes: look.systems.iter().map(|system| About { notes: system.notes(), ..system.about().clone() }).collect(),
        systems,
    })
}
