//! From the anchors to what the volume descriptors say (3/8.4).

use super::tag::{is_whole, tag};
use super::wire::{self, Anchor, Extent, Logical, MAPS_AT, Partition, Pointer, Primary, id};
use crate::Space;
use crate::space::SECTOR;
use discconv_core::{Note, Result, Track};
use std::collections::{BTreeMap, BTreeSet};

/// Sizes of a sector of the volume: a disc's first, then those of hard disks.
const SECTOR_SIZES: [u32; 4] = [2048, 512, 4096, 1024];
/// Descriptors of a sequence that are looked at.
const MOST_DESCRIPTORS: u32 = 256;
/// Continuations of a sequence.
const MOST_POINTERS: usize = 16;
/// The number in a descriptor that tells which of several counts.
const NUMBER_AT: usize = 16;

/// What the volume descriptors say.
pub(super) struct Volume {
    pub(super) sector_bytes: u32,
    pub(super) primary: Option<Primary>,
    pub(super) logical: Logical,
    /// The partition maps of the logical volume descriptor.
    pub(super) maps: Vec<u8>,
    /// By partition number.
    pub(super) partitions: BTreeMap<u16, Partition>,
    pub(super) notes: Vec<Note>,
}

/// The volume of the space, if there is an anchor that leads to one.
pub(super) fn find(space: &Space) -> Result<Option<Volume>> {
    for sector_bytes in SECTOR_SIZES {
        for at in anchors(space, sector_bytes) {
            let Some(anchor) = descriptor(space, sector_bytes, at)? else { continue };
            let Some(found) = tag(&anchor).filter(|tag| tag.identifier == id::ANCHOR && u64::from(tag.location) == at) else {
                continue;
            };
            let Some(extents) = wire::read(&anchor).filter(|_| is_whole(&found, &anchor)) else { continue };
            if let Some(volume) = volume(space, sector_bytes, &extents)? {
                return Ok(Some(volume));
            }
        }
    }
    Ok(None)
}

/// Sectors in which an anchor may be (UDF 2.2.3), those of the last session first.
fn anchors(space: &Space, sector_bytes: u32) -> Vec<u64> {
    let ends = space.end() / u64::from(sector_bytes);
    let per_block = SECTOR.div_ceil(u64::from(sector_bytes)).max(1);
    let first = sessions(space).map(|byte| byte / u64::from(sector_bytes) + 256);
    let common = [Some(256), ends.checked_sub(257), ends.checked_sub(1), Some(512), ends.checked_sub(151 * per_block)];
    first.chain(common.into_iter().flatten()).collect()
}

fn descriptor(space: &Space, sector_bytes: u32, sector: u64) -> Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; usize::try_from(sector_bytes).unwrap_or(0)];
    let at = sector.saturating_mul(u64::from(sector_bytes));
    Ok(space.try_read(at, &mut bytes)?.then_some(bytes))
}

/// What both sequences say together; `None` if that is no logical volume.
fn volume(space: &Space, sector_bytes: u32, anchor: &Anchor) -> Result<Option<Volume>> {
    let mut found = Found::default();
    found.sequence(space, sector_bytes, anchor.main)?;
    let mut notes = Vec::new();
    if !found.is_complete() {
        found.sequence(space, sector_bytes, anchor.reserve)?;
        notes.push(Note::oddity(format!(
            "{}: the main volume descriptor sequence at sector {} is not whole: the reserve at sector {} was read too",
            space.name(),
            anchor.main.sector,
            anchor.reserve.sector
        )));
    }
    for (sector, whole) in found.used() {
        if !whole {
            notes.push(Note::damage(1, format!("{}: the volume descriptor in sector {sector} has a wrong CRC", space.name())));
        }
    }
    let Some(best) = found.logical else { return Ok(None) };
    let Some(logical) = wire::read::<Logical>(&best.bytes) else { return Ok(None) };
    let maps = best.bytes.get(MAPS_AT..).unwrap_or_default();
    let maps = maps.get(..usize::try_from(logical.maps_bytes).unwrap_or(usize::MAX)).unwrap_or(maps).to_vec();
    let partitions = found.partitions.values().filter_map(|kept| wire::read::<Partition>(&kept.bytes));
    Ok(Some(Volume {
        sector_bytes,
        primary: found.primary.and_then(|kept| wire::read(&kept.bytes)),
        partitions: partitions.map(|partition| (partition.number, partition)).collect(),
        logical,
        maps,
        notes,
    }))
}

/// The descriptor of a kind that counts so far.
struct Kept {
    /// A whole one goes before one that is not, then the higher number.
    rank: (bool, u32),
    sector: u64,
    bytes: Vec<u8>,
}

#[derive(Default)]
struct Found {
    primary: Option<Kept>,
    logical: Option<Kept>,
    partitions: BTreeMap<u16, Kept>,
}

impl Found {
    fn used(&self) -> impl Iterator<Item = (u64, bool)> {
        let all = self.primary.iter().chain(&self.logical).chain(self.partitions.values());
        all.map(|kept| (kept.sector, kept.rank.0))
    }

    fn is_complete(&self) -> bool {
        let there = self.primary.is_some() && self.logical.is_some() && !self.partitions.is_empty();
        there && self.used().all(|(_, whole)| whole)
    }

    /// Take what one sequence has, and what it is continued with.
    fn sequence(&mut self, space: &Space, sector_bytes: u32, extent: Extent) -> Result<()> {
        let mut next = Some(extent);
        let mut seen = BTreeSet::new();
        while let Some(Extent { len, sector }) = next.take().filter(|extent| seen.insert(extent.sector)) {
            if seen.len() > MOST_POINTERS {
                break;
            }
            for number in 0..(len / sector_bytes).min(MOST_DESCRIPTORS) {
                let sector = u64::from(sector) + u64::from(number);
                let Some(bytes) = descriptor(space, sector_bytes, sector)? else { break };
                let Some(tag) = tag(&bytes) else { continue };
                match tag.identifier {
                    id::TERMINATOR => break,
                    id::POINTER => next = wire::read::<Pointer>(&bytes).map(|pointer| pointer.next),
                    identifier => self.take(identifier, sector, is_whole(&tag, &bytes), bytes),
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, identifier: u16, sector: u64, whole: bool, bytes: Vec<u8>) {
        let number = bytes.get(NUMBER_AT..NUMBER_AT + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
        let kept = Kept { rank: (whole, number.map_or(0, u32::from_le_bytes)), sector, bytes };
        match identifier {
            id::PRIMARY => keep(&mut self.primary, kept),
            id::LOGICAL => keep(&mut self.logical, kept),
            id::PARTITION => {
                let Some(Partition { number, .. }) = wire::read(&kept.bytes) else { return };
                match self.partitions.get(&number) {
                    Some(before) if before.rank >= kept.rank => {}
                    _ => {
                        self.partitions.insert(number, kept);
                    }
                }
            }
            _ => {}
        }
    }
}

fn keep(slot: &mut Option<Kept>, kept: Kept) {
    if slot.as_ref().is_none_or(|before| before.rank < kept.rank) {
        *slot = Some(kept);
    }
}

/// The bytes at which sessions have their first data sector, the last session first.
fn sessions(space: &Space) -> impl Iterator<Item = u64> {
    let data = |track: &&Track| !track.mode.is_audio();
    let starts = space.disc().toc().sessions.iter().rev().filter_map(move |session| session.tracks.iter().find(data));
    starts.filter_map(|track| u64::try_from(track.start().0).ok()).map(|lba| lba * SECTOR)
}

/// Is there a volume recognition sequence that names ECMA-167 (2/9)?
pub(super) fn is_announced(space: &Space, sector_bytes: u32) -> Result<bool> {
    const FIRST_BYTE: u64 = 0x8000;
    const MOST: u64 = 64;
    let step = u64::from(sector_bytes.max(2048));
    for start in sessions(space) {
        let first = start + FIRST_BYTE;
        for number in 0..MOST {
            let mut mark = [0; 6];
            if !space.try_read(first + number * step, &mut mark)? || mark[1..] == [0; 5] {
                break;
            }
            if matches!(&mark[1..], b"NSR02" | b"NSR03") {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The integrity descriptor that counts: the last of its sequence. `None` if there is none.
pub(super) fn integrity(space: &Space, sector_bytes: u32, extent: Extent) -> Result<Option<wire::Integrity>> {
    let mut last = None;
    for number in 0..(extent.len / sector_bytes).min(MOST_DESCRIPTORS) {
        let sector = u64::from(extent.sector) + u64::from(number);
        let Some(bytes) = descriptor(space, sector_bytes, sector)? else { break };
        match tag(&bytes) {
            Some(tag) if tag.identifier == id::INTEGRITY && is_whole(&tag, &bytes) => last = wire::read(&bytes),
            _ => break,
        }
    }
    Ok(last)
}
