//! Where the blocks of a volume lie on the disc, and what was odd about what is there.

use crate::odd::Oddities;
use crate::space::SECTOR;
use crate::{Space, Stamp};
use discconv_core::{At, Error, Lba, Limits, Note, Result};
use std::sync::Arc;

use super::wire::{field, local_stamp, short_stamp};

/// Which of the related standards records follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// ECMA-119, and all that builds on it.
    Iso,
    /// High Sierra: flags one byte earlier, times without offset.
    HighSierra,
    /// Green Book: big-endian numbers only, attributes behind the name.
    CdI,
}

impl Dialect {
    /// The time in a directory record, at byte 18.
    pub(super) fn stamp(self, record: &[u8]) -> Option<Stamp> {
        match self {
            Dialect::Iso => short_stamp(field(record, 18)),
            Dialect::HighSierra | Dialect::CdI => local_stamp(field(record, 18)),
        }
    }
}

/// What all trees of a volume stand on.
pub(super) struct Ground {
    pub(super) space: Arc<Space>,
    pub(super) limits: Limits,
    pub(super) dialect: Dialect,
    /// Bytes of a logical block: 512, 1024 or 2048.
    pub(super) block_bytes: u32,
    /// The sector at which block 0 lies by the volume's own addresses; before the disc's first where a later session is in
    /// a file of its own.
    pub(super) origin: i64,
    odd: Oddities,
}

impl Ground {
    pub(super) fn new(space: Arc<Space>, limits: Limits, dialect: Dialect, block_bytes: u32, origin: i64) -> Ground {
        Ground { space, limits, dialect, block_bytes, origin, odd: Oddities::default() }
    }

    /// The byte of the space at which a block begins; none if that is before the disc.
    pub(super) fn byte_of(&self, block: u32) -> Option<u64> {
        byte_of(self.origin, self.block_bytes, block)
    }

    /// The byte at which `what` begins, which is so many blocks behind a block; of its `len` bytes all are on the disc.
    ///
    /// # Errors
    /// They are not.
    pub(super) fn place(&self, block: u32, skip_blocks: u64, len: u64, what: &str) -> Result<u64> {
        let skip = skip_blocks * u64::from(self.block_bytes);
        let at = self.byte_of(block).and_then(|at| at.checked_add(skip));
        let fits = |at: &u64| at.checked_add(len).is_some_and(|end| end <= self.space.end());
        at.filter(fits).ok_or_else(|| {
            let expected = format!("one that lies on the disc, which ends at LBA {}", self.space.end() / SECTOR);
            let found = format!("{what} of {len} bytes from block {block} on");
            Error::malformed(self.space.name(), self.lba(at.unwrap_or(0)), found, expected)
                .with_hint("the image may be cut short: compare its length with what `discconv info` says of its volume")
        })
    }

    /// For messages: the sector of a byte.
    pub(super) fn lba(&self, at: u64) -> At {
        i32::try_from(at / SECTOR).map_or(At::Whole, |lba| At::Lba(Lba(lba)))
    }

    /// Remember that something at a byte of the space is odd, once.
    pub(super) fn odd(&self, at: u64, text: &str) {
        let place = format!("{}: LBA {}, byte {}", self.space.name(), at / SECTOR, at % SECTOR);
        self.odd.tell(format!("{place}: {text}"));
    }

    /// All oddities so far.
    pub(super) fn oddities(&self) -> Vec<Note> {
        self.odd.all(self.space.name())
    }
}

/// See [`Ground::byte_of`].
pub(super) fn byte_of(origin: i64, block_bytes: u32, block: u32) -> Option<u64> {
    let first = i128::from(origin) * i128::from(SECTOR);
    u64::try_from(first + i128::from(block) * i128::from(block_bytes)).ok()
}
