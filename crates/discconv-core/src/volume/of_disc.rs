//! The volume that a disc will be when its user data is all there is.

use super::{UserView, medium, read};
use crate::disc::Disc;
use crate::error::Result;
use crate::form::Form;
use crate::loss::Tally;
use crate::read::Scratch;
use crate::source::ReadAt;
use crate::toc::{Media, TrackMode};
use discconv_sector::{Lba, USER};
use std::ops::Range;

/// The medium that a reader will take the sectors `lbas` of `disc` for, stored as 2048 bytes each.
///
/// # Errors
/// Reading.
pub fn medium_of(disc: &Disc, lbas: Range<Lba>) -> Result<Media> {
    let user = UserOfDisc { disc, lbas };
    medium(user.len() / USER as u64, &UserView::new(&user, Form::USER.stride, 0))
}

/// The mode that a reader will rebuild them in.
///
/// # Errors
/// Reading.
pub fn mode_of(disc: &Disc, lbas: Range<Lba>) -> Result<TrackMode> {
    let user = UserOfDisc { disc, lbas };
    let volume = read(&UserView::new(&user, Form::USER.stride, 0))?;
    Ok(if volume.is_some_and(|volume| volume.wants_mode2()) { TrackMode::Mode2 } else { TrackMode::Mode1 })
}

/// The user data of a run of sectors, as a file will hold it.
struct UserOfDisc<'a> {
    disc: &'a Disc,
    lbas: Range<Lba>,
}

impl ReadAt for UserOfDisc<'_> {
    fn len(&self) -> u64 {
        u64::from(self.lbas.start.sectors_to(self.lbas.end)) * USER as u64
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let first = i32::try_from(offset / USER as u64).unwrap_or(i32::MAX);
        let skip = usize::try_from(offset % USER as u64).unwrap_or(0);
        let mut sectors = vec![0; (skip + buf.len()).next_multiple_of(USER)];
        let (mut scratch, mut tally) = (Scratch::default(), Tally::default());
        self.disc.read_lossy(self.lbas.start + first, &Form::USER, &mut scratch, &mut tally, &mut sectors)?;
        buf.copy_from_slice(&sectors[skip..skip + buf.len()]);
        Ok(())
    }

    fn name(&self) -> &str {
        self.disc.sources().first().map_or("", |source| source.name())
    }
}
