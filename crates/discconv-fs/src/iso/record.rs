//! Directory records (ECMA-119 9.1).
//!
//! | byte | what |
//! |---|---|
//! | 0 | length of the record |
//! | 1 | blocks of its extended attribute record |
//! | 2, 10 | block of the extent, bytes of its content; 32 bits in both orders |
//! | 18 | time: 7 bytes |
//! | 25 | flags |
//! | 26, 27 | of interleaved files: blocks of a unit, of a gap |
//! | 32, 33 | length of the identifier, identifier; a byte more to make it even |
//! | behind | system use |

use super::ground::{Dialect, Ground};
use super::wire::{Both, byte, field};
use crate::space::SECTOR;
use crate::{Stamp, Xa};
use discconv_core::Result;

/// The longest record.
const LONGEST: usize = 255;
/// Bytes before the identifier, of which there is at least one byte.
const FIXED: usize = 33;

const HIDDEN: u8 = 0x01;
const DIRECTORY: u8 = 0x02;
const ASSOCIATED: u8 = 0x04;
const MULTI_EXTENT: u8 = 0x80;
/// In CD-i's attributes and in XA's.
const XA_DIRECTORY: u16 = 0x8000;

/// A record, with the byte of the space at which it stands.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) at: u64,
    dialect: Dialect,
    len: usize,
    bytes: [u8; LONGEST],
}

impl Record {
    /// A record out of bytes that are already there; none if they cannot be one.
    pub(super) fn new(dialect: Dialect, at: u64, bytes: &[u8]) -> Option<Record> {
        let len = usize::from(byte(bytes, 0));
        let own = bytes.get(..len).filter(|own| own.len() > FIXED)?;
        let mut record = Record { at, dialect, len, bytes: [0; LONGEST] };
        record.bytes.get_mut(..len)?.copy_from_slice(own);
        Some(record)
    }

    /// The record at a byte of the space, if one can be there.
    pub(super) fn read(ground: &Ground, at: u64) -> Result<Option<Record>> {
        let mut bytes = [0; LONGEST];
        let there = ground.space.end().saturating_sub(at).min(LONGEST as u64);
        let bytes = bytes.get_mut(..usize::try_from(there).unwrap_or(0)).unwrap_or_default();
        if bytes.is_empty() || !ground.space.try_read(at, bytes)? {
            return read_in_sector(ground, at);
        }
        Ok(Record::new(ground.dialect, at, bytes))
    }

    fn all(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn both(&self, at: usize) -> Both {
        match self.dialect {
            Dialect::CdI => Both::big(self.all(), at),
            Dialect::Iso | Dialect::HighSierra => Both::u32(self.all(), at),
        }
    }

    /// The byte behind it.
    pub(super) fn end(&self) -> u64 {
        self.at + self.len as u64
    }

    /// Block at which its extent begins.
    pub(super) fn block(&self) -> Both {
        self.both(2)
    }

    /// Bytes of its content.
    pub(super) fn content_bytes(&self) -> Both {
        self.both(10)
    }

    /// Blocks of the extended attribute record at the start of its extent.
    pub(super) fn attribute_blocks(&self) -> u8 {
        byte(&self.bytes, 1)
    }

    /// Blocks of a unit and of the gap behind it, if it is interleaved.
    pub(super) fn interleave(&self) -> Option<(u8, u8)> {
        let (unit, gap) = (byte(&self.bytes, 26), byte(&self.bytes, 27));
        // CD-i tells interleaving by sectors of other files in between; it is no matter of addresses there.
        (unit > 0 && gap > 0 && self.dialect != Dialect::CdI).then_some((unit, gap))
    }

    pub(super) fn stamp(&self) -> Option<Stamp> {
        self.dialect.stamp(&self.bytes)
    }

    fn flags(&self) -> u8 {
        byte(&self.bytes, if self.dialect == Dialect::HighSierra { 24 } else { 25 })
    }

    pub(super) fn is_directory(&self) -> bool {
        match self.dialect {
            Dialect::CdI => self.xa().is_some_and(|xa| xa.attributes & XA_DIRECTORY != 0),
            Dialect::Iso | Dialect::HighSierra => self.flags() & DIRECTORY != 0,
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.flags() & HIDDEN != 0
    }

    /// Does it belong to the file of the same name (a resource fork, for one)?
    pub(super) fn is_associated(&self) -> bool {
        self.flags() & ASSOCIATED != 0 && self.dialect != Dialect::CdI
    }

    /// Does the file go on in the record behind this one?
    pub(super) fn goes_on(&self) -> bool {
        self.flags() & MULTI_EXTENT != 0 && !self.is_directory() && self.dialect != Dialect::CdI
    }

    fn name_bytes(&self) -> usize {
        usize::from(byte(&self.bytes, 32))
    }

    /// Its identifier, as far as it is in the record.
    pub(super) fn identifier(&self) -> &[u8] {
        let end = (FIXED + self.name_bytes()).min(self.len);
        self.bytes.get(FIXED..end).unwrap_or_default()
    }

    /// Is it the directory's record of itself, or of its parent?
    pub(super) fn is_self_or_parent(&self) -> bool {
        matches!(self.identifier(), [0 | 1])
    }

    /// Is it the directory's record of itself?
    pub(super) fn is_self(&self) -> bool {
        self.identifier() == [0]
    }

    /// What follows the identifier.
    pub(super) fn system_use(&self) -> &[u8] {
        let end = FIXED + self.name_bytes();
        self.all().get(end + usize::from(end % 2 == 1)..).unwrap_or_default()
    }

    /// What XA or CD-i say of it: group, user, attributes and file number, big-endian.
    pub(super) fn xa(&self) -> Option<Xa> {
        let area = self.system_use();
        let told = match self.dialect {
            Dialect::Iso => area.len() >= 14 && area.get(6..8) == Some(b"XA"),
            Dialect::CdI => area.len() >= 10,
            Dialect::HighSierra => false,
        };
        let word = |at| u16::from_be_bytes(field(area, at));
        told.then(|| Xa { owner: (word(0), word(2)), attributes: word(4), file: byte(area, 8) })
    }

    /// What is wrong with it, though it can be used.
    pub(super) fn complaint(&self) -> Option<String> {
        let past = || {
            let (name, len) = (self.name_bytes(), self.len);
            (FIXED + name > len).then(|| format!("an identifier of {name} bytes in a record of {len}; the rest is left out"))
        };
        let crosses = || {
            let (first, last) = (self.at / SECTOR, (self.end() - 1) / SECTOR);
            (first != last).then(|| "a record that goes on in the next sector; it is read on".to_owned())
        };
        let extent = || self.block().quarrel("the block of an extent");
        let length = || self.content_bytes().quarrel("the length of an extent");
        extent().or_else(length).or_else(past).or_else(crosses)
    }
}

/// Only as far as the sector goes: the next cannot be read.
fn read_in_sector(ground: &Ground, at: u64) -> Result<Option<Record>> {
    let rest = SECTOR - at % SECTOR;
    let mut bytes = [0; LONGEST];
    let len = usize::try_from(rest).unwrap_or(LONGEST).min(LONGEST);
    let bytes = bytes.get_mut(..len).unwrap_or_default();
    if !ground.space.has(at, rest) {
        return Ok(None);
    }
    ground.space.read(at, bytes)?;
    Ok(Record::new(ground.dialect, at, bytes))
}
