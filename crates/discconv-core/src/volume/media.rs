//! Which medium so many sectors come from: one rule for reading and for planning.

use super::{System, UserView, recognise};
use crate::error::Result;
use crate::toc::Media;
use discconv_sector::MAX_CD_SECTORS;

/// Sectors of a dual-layer DVD, the longer ones of the Xbox 360 included (8.74 GB).
const MAX_DVD_SECTORS: u64 = 4_270_000;

/// The medium of an image of `sectors` 2048-byte sectors, by their number and by what `view` shows. A bounded number of reads.
///
/// # Errors
/// Reading.
pub fn medium(sectors: u64, view: &UserView<'_>) -> Result<Media> {
    let umd = super::read(view)?.is_some_and(|volume| volume.is_umd());
    let never_cd = recognise(view)?.is_some_and(|System { dvd, .. }| dvd);
    Ok(match sectors {
        _ if umd => Media::Umd,
        0..=CD if !never_cd => Media::Cd,
        0..=MAX_DVD_SECTORS => Media::Dvd,
        _ => Media::Bd,
    })
}

const CD: u64 = MAX_CD_SECTORS.unsigned_abs() as u64;
