//! Volume descriptors (ECMA-119 section 8), and where other standards put the same things.
//!
//! | field | ISO 9660 | High Sierra | CD-i |
//! |---|---|---|---|
//! | kind | 0 | 8 | 0 |
//! | standard identifier | 1: `CD001` | 9: `CDROM` | 1: `CD-I ` |
//! | version, flags | 6, 7 | 14 | 6 |
//! | system, volume | 8, 40: 32 bytes each | 16, 48 | 8, 40 |
//! | blocks of the volume | 80 | 88 | 84, big-endian |
//! | escape sequences | 88: 32 bytes | | |
//! | bytes of a block | 128 | 136 | 130, big-endian |
//! | path table, little-endian | 140 | 148 | |
//! | path table, big-endian | 148 | | 148 |
//! | root directory's record | 156 | 180 | none: by the path table |
//! | set, publisher, preparer, application | 190, 318, 446, 574: 128 bytes each | 214, ... | as ISO |
//! | made, changed | 813, 830: 17 bytes | 790, 806: 16 bytes | as ISO |
//! | `CD-XA001` | 1024 | | |

use super::ground::{Dialect, byte_of};
use super::text::Coding;
use super::wire::{Both, byte, field, long_stamp};
use crate::space::SECTOR;
use crate::{About, Kind, Space};
use discconv_core::Result;
use discconv_sector::USER;

/// The first descriptor is in this sector of the volume (6.7.1).
const FIRST: u64 = 16;
/// More descriptors than any volume has.
const MOST: u64 = 64;

// What a descriptor is of.
pub(super) const BOOT: u8 = 0;
const PRIMARY: u8 = 1;
const SUPPLEMENTARY: u8 = 2;
const TERMINATOR: u8 = 0xFF;
/// Version of a supplementary descriptor that is an enhanced one (ISO 9660:1999).
const ENHANCED: u8 = 2;

/// A descriptor as it is in its sector.
pub(super) struct Descriptor {
    /// Byte of the space at which it stands.
    pub(super) at: u64,
    pub(super) dialect: Dialect,
    pub(super) bytes: Box<[u8; USER]>,
}

impl Descriptor {
    /// The descriptor in a sector, if there is one.
    fn read(space: &Space, at: u64) -> Result<Option<Descriptor>> {
        let mut bytes = Box::new([0; USER]);
        if !space.try_read(at, bytes.as_mut_slice())? {
            return Ok(None);
        }
        let dialect = match (bytes.get(1..6), bytes.get(9..14)) {
            (Some(b"CD001"), _) => Dialect::Iso,
            (Some(b"CD-I "), _) => Dialect::CdI,
            (_, Some(b"CDROM")) => Dialect::HighSierra,
            _ => return Ok(None),
        };
        Ok(Some(Descriptor { at, dialect, bytes }))
    }

    /// By how much the fields of High Sierra lie further back, up to the block's length.
    fn shift(&self) -> usize {
        if self.dialect == Dialect::HighSierra { 8 } else { 0 }
    }

    pub(super) fn kind(&self) -> u8 {
        byte(self.bytes.as_slice(), self.shift())
    }

    fn version(&self) -> u8 {
        byte(self.bytes.as_slice(), 6)
    }

    fn both32(&self, at: usize) -> Both {
        let bytes = self.bytes.as_slice();
        if self.dialect == Dialect::CdI { Both::big(bytes, at) } else { Both::u32(bytes, at + self.shift()) }
    }

    fn blocks(&self) -> Both {
        self.both32(80)
    }

    fn stated_block_bytes(&self) -> Both {
        let bytes = self.bytes.as_slice();
        match self.dialect {
            Dialect::CdI => {
                let value = u16::from_be_bytes(field(bytes, 130)).into();
                Both { value, again: value }
            }
            Dialect::Iso | Dialect::HighSierra => Both::u16(bytes, 128 + self.shift()),
        }
    }

    /// Bytes of a block: what it says if that can be, else a sector's.
    pub(super) fn block_bytes(&self) -> u32 {
        let stated = self.stated_block_bytes().value;
        if matches!(stated, 512 | 1024 | 2048) { stated } else { 2048 }
    }

    /// The block of a path table: little-endian, but for CD-i.
    pub(super) fn path_table(&self) -> u32 {
        let bytes = self.bytes.as_slice();
        match self.dialect {
            Dialect::CdI => u32::from_be_bytes(field(bytes, 148)),
            Dialect::Iso | Dialect::HighSierra => u32::from_le_bytes(field(bytes, 140 + self.shift())),
        }
    }

    /// Where in the descriptor the root directory's record is.
    pub(super) fn root_at(&self) -> Option<usize> {
        match self.dialect {
            Dialect::Iso => Some(156),
            Dialect::HighSierra => Some(180),
            Dialect::CdI => None,
        }
    }

    /// The level of Joliet whose escape sequence it has.
    fn joliet_level(&self) -> Option<u8> {
        match self.bytes.get(88..91)? {
            b"%/@" => Some(1),
            b"%/C" => Some(2),
            b"%/E" => Some(3),
            _ => None,
        }
    }

    /// Which tree it describes, if it describes one.
    pub(super) fn tree(&self) -> Option<Kind> {
        match (self.dialect, self.kind()) {
            (Dialect::Iso, PRIMARY) => Some(Kind::Iso9660),
            (Dialect::HighSierra, PRIMARY) => Some(Kind::HighSierra),
            (Dialect::CdI, PRIMARY) => Some(Kind::CdI),
            (Dialect::Iso, SUPPLEMENTARY) if self.joliet_level().is_some() => Some(Kind::Joliet),
            (Dialect::Iso, SUPPLEMENTARY) if self.version() == ENHANCED => Some(Kind::Enhanced),
            _ => None,
        }
    }

    /// The coding of its names and texts.
    pub(super) fn coding(&self) -> Coding {
        if self.tree() == Some(Kind::Joliet) { Coding::Wide } else { Coding::Bytes }
    }

    /// What it says of its volume.
    pub(super) fn about(&self, kind: Kind, origin: i64) -> About {
        let coding = self.coding();
        let text = |at: usize, len: usize| coding.text(self.bytes.get(at..at + len).unwrap_or_default());
        let shift = self.shift();
        // The path tables of High Sierra are more.
        let texts = if self.dialect == Dialect::HighSierra { 214 } else { 190 };
        let stamp = |at: usize, offset: bool| {
            let units = offset.then(|| byte(self.bytes.as_slice(), at + 16));
            long_stamp(field(self.bytes.as_slice(), at), units)
        };
        let (created, modified) = match self.dialect {
            Dialect::HighSierra => (stamp(790, false), stamp(806, false)),
            Dialect::Iso | Dialect::CdI => (stamp(813, true), stamp(830, true)),
        };
        About {
            version: self.joliet_level().filter(|_| kind == Kind::Joliet).map_or_else(String::new, |n| format!("level {n}")),
            label: text(40 + shift, 32),
            system: text(8 + shift, 32),
            set: text(texts, 128),
            publisher: text(texts + 128, 128),
            preparer: text(texts + 256, 128),
            application: text(texts + 384, 128),
            created,
            modified,
            block_bytes: self.block_bytes(),
            blocks: self.blocks().value.into(),
            start: byte_of(origin, self.block_bytes(), 0).unwrap_or(0),
            ..About::new(kind)
        }
    }

    /// What contradicts itself in it.
    pub(super) fn complaints(&self) -> Vec<String> {
        let stated = self.stated_block_bytes();
        let size = (self.block_bytes() != stated.value)
            .then(|| format!("blocks of {} bytes; 512, 1024 or 2048 are possible, 2048 is assumed", stated.value));
        let length = self.blocks().quarrel("the number of blocks");
        let bytes = stated.quarrel("the length of a block");
        [size, length, bytes].into_iter().flatten().collect()
    }
}

/// The descriptors of the volume that begins at a sector of the disc, up to the terminator; none if there is no volume.
pub(super) fn read_all(space: &Space, start: u64) -> Result<Vec<Descriptor>> {
    let mut all = Vec::new();
    for sector in start + FIRST..start + FIRST + MOST {
        match Descriptor::read(space, sector * SECTOR)? {
            Some(descriptor) if descriptor.kind() != TERMINATOR => all.push(descriptor),
            _ => break,
        }
    }
    Ok(all)
}
