//! Where every block went, and all that depends on it: written over what was left free in front.

use crate::header::{self, Ends, Name};
use crate::wire::{BLOCK_BYTES, DATA, DISC_HEAD, IndexEntry, TITLE_BYTES, TocEntry, bytes_of};
use discconv_core::{Block, Error, FileIndex, IndexMaker, Patches, Placed, Result};
use std::ops::Range;
use std::sync::Arc;

/// What fills the file up to a multiple of sixteen, as popstation has it.
const FILLER: u8 = b'0';
/// What it is filled up to.
const UNIT: u64 = 16;

/// What is known of a disc before.
#[derive(Clone, Debug)]
pub(crate) struct DiscHead {
    pub(crate) name: Name,
    pub(crate) toc: Vec<TocEntry>,
}

/// Makes the index of a file.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    pub(crate) file: String,
    /// Everything in front of `DATA.PSAR`.
    pub(crate) front: Arc<[u8]>,
    /// Of the whole.
    pub(crate) name: Name,
    pub(crate) discs: Arc<[DiscHead]>,
}

impl Maker {
    /// Bytes in front of the first disc.
    pub(crate) fn before_discs(&self) -> u64 {
        self.front.len() as u64 + if self.discs.len() > 1 { TITLE_BYTES } else { 0 }
    }
}

impl IndexMaker for Maker {
    fn begin(&self) -> Box<dyn FileIndex> {
        Box::new(Writing { how: self.clone(), discs: Vec::new(), end: 0 })
    }
}

/// The blocks of a disc so far.
struct Placing {
    /// Where the first began.
    base: u64,
    entries: Vec<u8>,
    blocks: u32,
}

struct Writing {
    how: Maker,
    discs: Vec<Placing>,
    end: u64,
}

impl FileIndex for Writing {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        if block.index == 0 {
            self.discs.push(Placing { base: block.at, entries: Vec::new(), blocks: 0 });
        }
        self.end = block.at + block.coded.len() as u64;
        // Emulators count in 32 bits from the start of the file.
        let fits = u32::try_from(self.end.next_multiple_of(UNIT)).is_ok();
        let Some(disc) = self.discs.last_mut().filter(|_| fits) else { return Err(too_long(&self.how.file)) };
        let offset = u32::try_from(block.at - disc.base).map_err(|_| too_long(&self.how.file))?;
        let length = u16::try_from(block.coded.len()).map_err(|_| too_long(&self.how.file))?;
        disc.entries.extend(bytes_of(&IndexEntry { offset, length }));
        disc.blocks += 1;
        Ok(Placed::Stored { skip: 0 })
    }

    fn finish(self: Box<Self>, _: &[Range<u64>]) -> Result<Patches> {
        let psar = self.how.front.len() as u64;
        let narrow = |number: u64| u32::try_from(number).map_err(|_| too_long(&self.how.file));
        let end = self.end.next_multiple_of(UNIT);
        let several = self.how.discs.len() > 1;
        let mut patches: Patches = vec![(0, self.how.front.to_vec())];
        if several {
            let places = self.discs.iter().map(|disc| narrow(disc.base - DATA - psar)).collect::<Result<Vec<u32>>>()?;
            patches.push((psar, header::title(&self.how.name, &places, narrow(end - psar)?)));
        }
        for (disc, head) in self.discs.into_iter().zip(self.how.discs.iter()) {
            let begin = disc.base - DATA;
            let ends = if several {
                Ends::OneOfSeveral { raw_bytes: narrow(u64::from(disc.blocks) * u64::from(BLOCK_BYTES) + DATA)? }
            } else {
                Ends::Single(narrow(end - begin)?)
            };
            patches.push((begin, header::disc(&head.name, &head.toc, ends)));
            patches.push((begin + DISC_HEAD as u64, disc.entries));
        }
        patches.push((self.end, vec![FILLER; usize::try_from(end - self.end).unwrap_or(0)]));
        Ok(patches)
    }
}

fn too_long(file: &str) -> Error {
    Error::DoesNotFit {
        file: file.to_owned(),
        what: "the discs do not pack to less than 4 GiB, and no place in a PBP is further on".to_owned(),
        hint: Some("write fewer discs into one file, or add --level max".to_owned()),
    }
}
