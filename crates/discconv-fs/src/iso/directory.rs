//! The records of a directory, one after another (ECMA-119 6.8.1).

use super::ground::Ground;
use super::record::Record;
use crate::space::SECTOR;
use discconv_core::{Error, Result};

/// Sectors without a record after which nothing more is expected in a directory, whatever its length says.
const MOST_EMPTY: u32 = 64;

/// Goes through a directory. Oddities are told to the ground.
pub(super) struct Records<'a> {
    ground: &'a Ground,
    start: u64,
    at: u64,
    end: u64,
    empty: u32,
}

impl<'a> Records<'a> {
    /// Those of a directory of `len` bytes at byte `start`; one that is longer than the disc is cut there.
    pub(super) fn new(ground: &'a Ground, start: u64, len: u64) -> Records<'a> {
        let end = start.saturating_add(len);
        let there = end.min(ground.space.end());
        if there < end {
            ground.odd(start, &format!("a directory of {len} bytes, which goes past the end of the disc"));
        }
        Records { ground, start, at: start, end: there, empty: 0 }
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
            let Some(len) = self.length()? else {
                self.skip_sector();
                continue;
            };
            match Record::read(self.ground, self.at)? {
                Some(record) if len > 0 => {
                    self.at = record.end();
                    self.empty = 0;
                    return Ok(Some(record));
                }
                Some(_) | None if len == 0 => self.skip_sector(),
                _ => {
                    self.ground.odd(self.at, &format!("a record of {len} bytes; the rest of the sector is left out"));
                    self.skip_sector();
                }
            }
        }
        Ok(None)
    }

    /// The length byte of what is here; none if the sector cannot be read.
    fn length(&self) -> Result<Option<u8>> {
        let mut len = [0];
        match self.ground.space.read(self.at, &mut len) {
            Ok(()) => Ok(Some(len[0])),
            Err(error) if self.at == self.start => Err(error),
            Err(error @ (Error::Io { .. } | Error::Malformed { .. } | Error::Unsupported { .. })) => {
                self.ground.odd(self.at, &format!("a directory that cannot be read here: {error}"));
                Ok(None)
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
