//! Which medium so many sectors come from: one rule for reading and for planning.

use crate::systems::{self, System};
use crate::view::UserView;
use crate::volume;
use discconv_core::{Media, Result};
use discconv_sector::MAX_CD_SECTORS;

/// Sectors of a dual-layer DVD, the longer ones of the Xbox 360 included (8.74 GB).
const MAX_DVD_SECTORS: u64 = 4_270_000;

/// What the content adds to the length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// A PSP disc.
    pub(crate) umd: bool,
    /// A system that never came on CD.
    pub(crate) dvd: bool,
}

/// What the user data says about its medium. A bounded number of reads.
///
/// # Errors
/// Reading.
pub(crate) fn content(view: &UserView<'_>) -> Result<Content> {
    let umd = volume::read(view)?.is_some_and(|volume| volume.is_umd());
    Ok(Content { umd, dvd: systems::recognise(view)?.is_some_and(|System { dvd, .. }| dvd) })
}

/// The medium of an image of `sectors` 2048-byte sectors.
pub(crate) fn of(sectors: u64, content: Content) -> Media {
    match sectors {
        _ if content.umd => Media::Umd,
        0..=CD if !content.dvd => Media::Cd,
        0..=MAX_DVD_SECTORS => Media::Dvd,
        _ => Media::Bd,
    }
}

const CD: u64 = MAX_CD_SECTORS.unsigned_abs() as u64;
