//! Subheaders for a volume that was stored as 2048 bytes a sector, as masterers write them.
//!
//! | sectors | submode |
//! |---|---|
//! | last sector of each file, directory, path table; the descriptor set terminator | 89h: data, end of record, end of file |
//! | the other volume descriptors | 09h: data, end of record |
//! | all others | 08h: data |
//!
//! Sectors 12 to 15 of a PlayStation disc are usually blank Form 2, but a 2048-byte source does not say so, and Form 2
//! sectors could not be stored as 2048 bytes again: they are made Form 1.

use super::{Descriptor, UserView, Volume};
use crate::disc::SubheaderPolicy;
use crate::error::Result;
use crate::source::ReadAt;
use discconv_sector::{Lba, Subheader, USER};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

const RECORD_END: u8 = 0x01;
const FILE_END: u8 = 0x81;

/// Bounds of the walk: more than a CD can hold with any sense.
const MOST_DIRECTORY_SECTORS: u64 = 1 << 16;
const MOST_RECORDS: usize = 1 << 20;

/// Reads the volume once, when the first subheader is asked for.
pub struct VolumeSubheaders {
    source: Arc<dyn ReadAt>,
    stride: u32,
    offset: u64,
    /// LBA of the volume's sector 0.
    first: Lba,
    ends: OnceLock<Ends>,
}

/// Sectors that are not plain.
#[derive(Default)]
struct Ends {
    files: HashSet<u64>,
    descriptors: BTreeSet<u64>,
}

impl VolumeSubheaders {
    /// Of the volume whose sector 0 has its user data at byte `offset` of `source`, `stride` bytes from one to the next, and
    /// lies at LBA `first`.
    #[must_use]
    pub fn new(source: Arc<dyn ReadAt>, stride: u32, offset: u64, first: Lba) -> VolumeSubheaders {
        VolumeSubheaders { source, stride, offset, first, ends: OnceLock::new() }
    }

    /// A tree that cannot be read to its end gives plain subheaders everywhere.
    fn ends(&self) -> &Ends {
        self.ends.get_or_init(|| {
            walk(&UserView::new(self.source.as_ref(), self.stride, self.offset)).ok().flatten().unwrap_or_default()
        })
    }
}

impl SubheaderPolicy for VolumeSubheaders {
    fn subheader(&self, lba: Lba) -> Subheader {
        let Ok(sector) = u64::try_from(lba - self.first) else { return Subheader::DATA };
        let ends = self.ends();
        let end = if ends.files.contains(&sector) {
            FILE_END
        } else if ends.descriptors.contains(&sector) {
            RECORD_END
        } else {
            0
        };
        Subheader { submode: Subheader::DATA.submode | end, ..Subheader::DATA }
    }
}

/// Where files, directories, path tables and descriptors of the volume end; `None` if its tree does not parse.
fn walk(view: &UserView<'_>) -> Result<Option<Ends>> {
    let Some(volume) = super::read(view)? else { return Ok(None) };
    let mut walk = Walk {
        view,
        base: u64::from(volume.base),
        sectors: view.sectors(),
        ends: Ends::default(),
        seen: HashSet::new(),
        pending: Vec::new(),
    };
    walk.ends.files.extend(volume.terminator);
    walk.ends.descriptors.extend(&volume.descriptors);
    Ok(if walk.trees(&volume)? { Some(walk.ends) } else { None })
}

struct Walk<'a> {
    view: &'a UserView<'a>,
    base: u64,
    sectors: u64,
    ends: Ends,
    seen: HashSet<u64>,
    pending: Vec<(u64, u64)>,
}

impl Walk<'_> {
    fn trees(&mut self, volume: &Volume) -> Result<bool> {
        for tree in std::iter::once(&volume.primary).chain(&volume.supplementary) {
            if !tree.is_sound() {
                return Ok(false);
            }
            self.path_tables(tree);
            let Some(root) = self.sector(tree.root) else { return Ok(false) };
            self.pending.push((root, u64::from(tree.root_bytes)));
        }
        self.directories()
    }

    /// A sector of the view, from the volume's own address.
    fn sector(&self, address: u32) -> Option<u64> {
        u64::from(address).checked_sub(self.base).filter(|sector| *sector < self.sectors)
    }

    fn path_tables(&mut self, tree: &Descriptor) {
        let last = u64::from(tree.path_table_bytes).div_ceil(USER as u64).saturating_sub(1);
        let starts: Vec<u64> = tree.path_table_sectors().filter_map(|address| self.sector(address)).collect();
        self.ends.files.extend(starts.into_iter().map(|start| start + last));
    }

    fn directories(&mut self) -> Result<bool> {
        let (mut budget, mut records) = (MOST_DIRECTORY_SECTORS, MOST_RECORDS);
        while let Some((start, bytes)) = self.pending.pop() {
            if !self.seen.insert(start) {
                continue;
            }
            let count = bytes.div_ceil(USER as u64);
            if count == 0 || count > budget || start + count > self.sectors {
                return Ok(false);
            }
            budget -= count;
            self.ends.files.insert(start + count - 1);
            for sector in start..start + count {
                let mut block = [0; USER];
                if !self.view.read(sector, 0, &mut block)? || !self.records(&block, &mut records) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The records of one sector of a directory (ECMA-119 9.1); none crosses into the next (6.8.1.1).
    fn records(&mut self, block: &[u8; USER], left: &mut usize) -> bool {
        let mut at = 0;
        while at < USER && block[at] != 0 {
            let len = usize::from(block[at]);
            if len < 34 || at + len > USER || *left == 0 {
                return false;
            }
            *left -= 1;
            self.record(&block[at..at + len]);
            at += len;
        }
        true
    }

    fn record(&mut self, record: &[u8]) {
        let le32 = |at: usize| u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]);
        let (address, bytes, flags) = (le32(2), u64::from(le32(10)), record[25]);
        let is_directory = flags & 0x02 != 0;
        let goes_on = flags & 0x80 != 0;
        let is_dot = record[32] == 1 && record[33] <= 1;
        let interleaved = record[26] != 0 || record[27] != 0;
        if is_dot || bytes == 0 || goes_on || interleaved {
            return;
        }
        // An extended attribute record comes first, in sectors (ECMA-119 9.5).
        let Some(start) = self.sector(address).map(|sector| sector + u64::from(record[1])) else { return };
        if is_directory {
            self.pending.push((start, bytes));
        } else {
            self.ends.files.insert(start + bytes.div_ceil(USER as u64) - 1);
        }
    }
}
