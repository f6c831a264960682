//! The 2048-byte user data of an image, whatever its records are.

use crate::error::Result;
use crate::source::ReadAt;
use discconv_sector::USER;

/// User data by sector, sector 0 being LBA 0 of the volume that is looked for.
#[derive(Clone, Copy)]
pub struct UserView<'a> {
    source: &'a dyn ReadAt,
    stride: u64,
    offset: u64,
}

impl<'a> UserView<'a> {
    /// `offset` is where the user data of sector 0 begins, `stride` the bytes from one sector to the next.
    #[must_use]
    pub fn new(source: &'a dyn ReadAt, stride: u32, offset: u64) -> UserView<'a> {
        UserView { source, stride: u64::from(stride), offset }
    }

    /// How many sectors have all their user data.
    #[must_use]
    pub fn sectors(&self) -> u64 {
        let room = self.source.len().saturating_sub(self.offset);
        match room.checked_sub(USER as u64) {
            Some(rest) => rest / self.stride.max(1) + 1,
            None => 0,
        }
    }

    /// Fill `into` from byte `at` of a sector's user data; `false` if the file ends before, or the sector does.
    ///
    /// # Errors
    /// Reading.
    pub fn read(&self, sector: u64, at: usize, into: &mut [u8]) -> Result<bool> {
        if at + into.len() > USER {
            return Ok(false);
        }
        let start = sector.checked_mul(self.stride).and_then(|bytes| bytes.checked_add(self.offset + at as u64));
        match start {
            Some(start) => read_at(self.source, start, into),
            None => Ok(false),
        }
    }

    /// Do the bytes `wanted` stand at byte `at` of a sector?
    ///
    /// # Errors
    /// Reading.
    pub fn says(&self, sector: u64, at: usize, wanted: &[u8]) -> Result<bool> {
        let mut found = [0; 32];
        let found = &mut found[..wanted.len().min(32)];
        Ok(self.read(sector, at, found)? && found == wanted)
    }
}

/// Fill `into` from byte `start`; `false` if the file ends before.
///
/// # Errors
/// Reading.
pub fn read_at(source: &dyn ReadAt, start: u64, into: &mut [u8]) -> Result<bool> {
    if start.checked_add(into.len() as u64).is_none_or(|end| end > source.len()) {
        return Ok(false);
    }
    source.read_exact_at(start, into)?;
    Ok(true)
}
