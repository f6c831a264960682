//! The one list of formats, and what is done with all of them: find the right one, open, plan, choose.
//!
//! A format is one crate, one feature here, and one line in [`FORMATS`]. Nothing outside that list asks which format it
//! has: it asks the format's [`FormatInfo`], its probe, its reader and its writer.
//!
//! | question | answered by |
//! |---|---|
//! | what is this file? | [`probe`], by content; [`open`] takes wrappers off and opens the best |
//! | which sheet describes this `.bin`? | [`find_descriptor`] |
//! | what does its name promise? | [`promise`], [`promises_archive`] |
//! | which format writes `x.cue`? | [`by_extension`] |
//! | which keeps what this one loses? | [`nearest`], [`nearest_other`] |
//! | what would be written? | [`plan_to`]; its proof reads with [`reader_for`] |

mod choose;
mod descriptor;
mod foreign;
mod members;
mod names;
mod open;
mod remember;
mod siblings;

pub use choose::{by_extension, by_id, entries, nearest, nearest_other, plan_to, reader_for};
pub use descriptor::find_descriptor;
pub use members::holds_no_image;
pub use names::{Promised, promise, promises_archive};
pub use open::{OpenedImage, open, open_among, probe};
pub use siblings::UnwrappingSiblings;

use discconv_core::Format;
#[cfg(doc)]
use discconv_core::FormatInfo;

/// Every format of this build, in the order in which people are shown them.
pub static FORMATS: &[&dyn Format] = &[
    #[cfg(feature = "iso")]
    &discconv_iso::Iso,
    #[cfg(feature = "cue")]
    &discconv_cue::Cue,
    #[cfg(feature = "nrg")]
    &discconv_nrg::Nrg,
    #[cfg(feature = "mdf")]
    &discconv_mdf::Mdf,
    #[cfg(feature = "ccd")]
    &discconv_ccd::Ccd,
    #[cfg(feature = "toc")]
    &discconv_toc::CdrdaoToc,
    #[cfg(feature = "chd")]
    &discconv_chd::Chd,
    #[cfg(feature = "gdi")]
    &discconv_gdi::Gdi,
    #[cfg(feature = "cdi")]
    &discconv_cdi::Cdi,
    #[cfg(feature = "cso")]
    &discconv_cso::Cso,
    #[cfg(feature = "cso")]
    &discconv_cso::Cso2,
    #[cfg(feature = "cso")]
    &discconv_cso::Zso,
    #[cfg(feature = "cso")]
    &discconv_cso::Dax,
    #[cfg(feature = "cso")]
    &discconv_cso::Jso,
    #[cfg(feature = "isz")]
    &discconv_isz::Isz,
    #[cfg(feature = "pbp")]
    &discconv_pbp::Pbp,
    #[cfg(feature = "ecm")]
    &discconv_ecm::Ecm,
    #[cfg(feature = "archive")]
    &discconv_archive::Gzip,
    #[cfg(feature = "archive")]
    &discconv_archive::Bzip2,
    #[cfg(feature = "archive")]
    &discconv_archive::Xz,
    #[cfg(feature = "archive")]
    &discconv_archive::Zstd,
    #[cfg(feature = "archive")]
    &discconv_archive::Zip,
    #[cfg(feature = "archive")]
    &discconv_archive::SevenZip,
    #[cfg(feature = "audio")]
    &discconv_audio::Wave,
    #[cfg(feature = "audio")]
    &discconv_audio::Aiff,
    #[cfg(feature = "audio")]
    &discconv_audio::Flac,
    #[cfg(feature = "audio")]
    &discconv_audio::Mp3,
    #[cfg(feature = "audio")]
    &discconv_audio::Ogg,
];

fn formats() -> impl Iterator<Item = &'static dyn Format> + Clone {
    FORMATS.iter().copied()
}

/// README's library example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
