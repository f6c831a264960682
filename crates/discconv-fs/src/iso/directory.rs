//! The records of a directory, one after another (ECMA-119 6.8.1).

use super::ground::Ground;
use super::record::Record;
use super::wire::byte;
use crate::space::SECTOR;
use discconv_core::{Error, Result};
use discconv_sector::USER;

/// Sectors without a record after which nothing more is expected in a directory, whatever its length says.
const MOST_EMPTY: u32 = 64;

/// Goes through a directory. Oddities are told to the ground.
pub(super) struct Records<'a> {
    ground: &'a Ground,
    start: u64,
    at: u64,
    end: u64,
    empty: u32,
    /// The sector that was read last, and its bytes: most records lie in one with others.
    loaded: Option<u64>,
    sector: [u8; USER],
}

impl<'a> Records<'a> {
    /// Those of a directory of `len` bytes at byte `start`; one that is longer than the disc is cut there.
    pub(super) fn new(ground: &'a Ground, start: u64, len: u64) -> Records<'a> {
        let end = start.saturating_add(len);
        let there = end.min(ground.space.end());
        if there < end {
            ground.odd(start, &format!("a directory of {len} bytes, which goes past the end of the disc"));
        }
        Records { ground, start, at: start, end: there, empty: 0, loaded: None, sector: [0; USER] }
    }

    /// The next record.
    ///
    /// # Errors
    /// Reading the directory's first sector: there is nothing to list. What cannot be read later is an oddity.
    pub(super) fn next(&mut self) -> Result<Option<Record>> {
        while self.at < self.end {
            if self.empty > MOST_EMPTY {
                self.ground.odd(self.at, "a directory without records from here on; its rest is left out");
                return Ok(None);
            }
            if !self.load()? {
                self.skip_sector();
                continue;
            }
            let (there, len) = self.here();
            if len == 0 {
                self.skip_sector();
                continue;
            }
            let within = usize::from(len) <= there.len();
            let record = if within { Record::new(self.ground.dialect, self.at, there) } else { self.across()? };
            if let Some(record) = record {
                self.at = record.end();
                self.empty = 0;
                return Ok(Some(record));
            }
            self.ground.odd(self.at, &format!("a record of {len} bytes; the rest of the sector is left out"));
            self.skip_sector();
        }
        Ok(None)
    }

    /// The rest of the sector from here on, and its first byte: the length of what is here.
    fn here(&self) -> (&[u8], u8) {
        let there = self.sector.get(usize::try_from(self.at % SECTOR).unwrap_or(USER)..).unwrap_or_default();
        (there, byte(there, 0))
    }

    /// A record that goes on in the next sector, if that can be read.
    fn across(&self) -> Result<Option<Record>> {
        match Record::read(self.ground, self.at) {
            Err(Error::Io { .. } | Error::Malformed { .. } | Error::Unsupported { .. }) => Ok(None),
            read => read,
        }
    }

    /// Read the sector that this place is in; `false` if that cannot be.
    fn load(&mut self) -> Result<bool> {
        let number = self.at / SECTOR;
        if self.loaded == Some(number) {
            return Ok(true);
        }
        match self.ground.space.read(number * SECTOR, &mut self.sector) {
            Ok(()) => {
                self.loaded = Some(number);
                Ok(true)
            }
            Err(error) if self.at == self.start => Err(error),
            Err(error @ (Error::Io { .. } | Error::Malformed { .. } | Error::Unsupported { .. })) => {
                self.ground.odd(self.at, &format!("a directory that cannot be read here: {error}"));
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Records stand at the start of the next sector where the rest of this one is zeros.
    fn skip_sector(&mut self) {
        self.at = (self.at / SECTOR + 1) * SECTOR;
        self.empty += 1;
    }
}
