//! Where volumes are, and what is alike in both kinds of them.

use super::tree::Tree;
use super::wire::{self, Extent, MasterDirectory, Partition, VolumeHeader};
use crate::gather::push;
use crate::{About, Kind, Run, Space, Stamp};
use discconv_core::{At, Error, Note, Result};
use encoding_rs::MACINTOSH;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A volume's first 1024 bytes are boot code.
const HEADER_AT: u64 = 1024;
const HEADER_BYTES: usize = 512;
const UNIT: u64 = 512;
const MOST_PARTITIONS: u32 = 64;
const MOST_BLOCK_BYTES: u32 = 1 << 27;
/// Extents of one file.
const MOST_EXTENTS: usize = 1 << 20;

/// The numbers of the special files.
const OVERFLOW_ID: u32 = 3;
const CATALOG_ID: u32 = 4;
const ATTRIBUTES_ID: u32 = 8;

/// Bytes of the space at which a volume may begin: its own start, and each partition of an Apple map.
pub(super) fn starts(space: &Space) -> Result<BTreeSet<u64>> {
    let mut starts = BTreeSet::from([0]);
    for unit in [UNIT, 2048] {
        let mut entries = 1;
        let mut number = 1;
        while number <= entries {
            let mut bytes = [0; 80];
            if !space.try_read(u64::from(number) * unit, &mut bytes)? {
                break;
            }
            let Some(entry) = wire::read::<Partition>(&bytes).filter(|entry| entry.magic == *b"PM") else { break };
            entries = entry.entries.min(MOST_PARTITIONS);
            if entry.kind.starts_with(b"Apple_HFS") && entry.blocks > 0 {
                starts.insert(u64::from(entry.first_block) * unit);
            }
            number += 1;
        }
    }
    Ok(starts)
}

/// A volume of either kind.
pub(super) struct Volume {
    pub(super) space: Arc<Space>,
    pub(super) about: About,
    pub(super) catalog: Tree,
    /// Of HFS+ only, and only where there are any.
    pub(super) attributes: Option<Tree>,
    overflow: Option<Tree>,
}

/// Which fork of a file, as keys of the extents overflow tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Data,
    Resources,
}

impl Which {
    fn number(self) -> u8 {
        match self {
            Which::Data => 0,
            Which::Resources => 0xFF,
        }
    }
}

/// The volume that begins at byte `start`, if there is one.
pub(super) fn open(space: &Arc<Space>, start: u64) -> Result<Option<Volume>> {
    let Some(bytes) = header(space, start)? else { return Ok(None) };
    let Some(master) = wire::read::<MasterDirectory>(&bytes).filter(|_| bytes.starts_with(b"BD")) else {
        return plus(space, start, &bytes);
    };
    if master.embedded != *b"H+" {
        return short(space, start, &master);
    }
    let within = block_0(start, &master) + u64::from(master.embedded_at.first) * u64::from(master.block_bytes);
    header(space, within)?.map_or(Ok(None), |bytes| plus(space, within, &bytes))
}

fn header(space: &Space, start: u64) -> Result<Option<[u8; HEADER_BYTES]>> {
    let mut bytes = [0; HEADER_BYTES];
    Ok(space.try_read(start.saturating_add(HEADER_AT), &mut bytes)?.then_some(bytes))
}

fn block_0(start: u64, master: &MasterDirectory) -> u64 {
    start + u64::from(master.first_block) * UNIT
}

fn short(space: &Arc<Space>, start: u64, master: &MasterDirectory) -> Result<Option<Volume>> {
    let mut about = About::new(Kind::Hfs);
    let name = master.name.split_first().and_then(|(len, name)| name.get(..usize::from(*len)));
    about.label = roman(name.unwrap_or_default());
    (about.created, about.modified) = (stamp(master.created, None), stamp(master.modified, None));
    (about.block_bytes, about.blocks) = (master.block_bytes, u64::from(master.blocks));
    about.start = block_0(start, master);
    let (overflow, catalog) = (master.overflow.map(Extent::from), master.catalog.map(Extent::from));
    let forks = [(u64::from(master.overflow_bytes), overflow.to_vec()), (u64::from(master.catalog_bytes), catalog.to_vec())];
    volume(space, about, forks, None)
}

fn plus(space: &Arc<Space>, start: u64, bytes: &[u8]) -> Result<Option<Volume>> {
    let header = wire::read::<VolumeHeader>(bytes).filter(|header| matches!(&header.magic, b"H+" | b"HX"));
    let Some(header) = header else { return Ok(None) };
    let mut about = About::new(Kind::HfsPlus);
    about.version = if header.magic == *b"HX" { format!("HFSX {}", header.version) } else { header.version.to_string() };
    // Of all dates only this one is written in local time.
    (about.created, about.modified) = (stamp(header.created, None), stamp(header.modified, Some(0)));
    (about.block_bytes, about.blocks) = (header.block_bytes, u64::from(header.blocks));
    about.start = start;
    let forks = [&header.overflow, &header.catalog].map(|fork| (fork.len, fork.extents.to_vec()));
    let attributes = (header.attributes.len, header.attributes.extents.to_vec());
    volume(space, about, forks, Some(attributes).filter(|(len, _)| *len > 0))
}

/// Bytes of a fork, and its first extents.
type Forked = (u64, Vec<Extent>);

/// The volume, if its catalog is one. That its other tree cannot be read only matters to files in many pieces.
fn volume(
    space: &Arc<Space>,
    mut about: About,
    [overflow, catalog]: [Forked; 2],
    attributes: Option<Forked>,
) -> Result<Option<Volume>> {
    if about.block_bytes == 0 || !about.block_bytes.is_multiple_of(512) || about.block_bytes > MOST_BLOCK_BYTES {
        return Ok(None);
    }
    let short = about.kind == Kind::Hfs;
    let blocks = Blocks { space, about: &about };
    let open = |runs, what| Tree::open(space, runs, what, short);
    let fork = |(len, extents): Forked, overflow: Option<&Tree>, id| blocks.runs(len, extents, overflow, id, Which::Data);
    let overflow = fork(overflow, None, OVERFLOW_ID).and_then(|runs| open(runs, "the extents file")).ok();
    let catalog = fork(catalog, overflow.as_ref(), CATALOG_ID).and_then(|runs| open(runs, "the catalog"));
    let attributes =
        attributes.map(|own| fork(own, overflow.as_ref(), ATTRIBUTES_ID).and_then(|runs| open(runs, "the attributes file")));
    if let Some(Err(error)) = &attributes {
        about.notes.push(Note::oddity(format!("attributes cannot be read, by which compressed files are: {error}")));
    }
    match catalog {
        Ok(catalog) => {
            Ok(Some(Volume { space: Arc::clone(space), about, catalog, attributes: attributes.and_then(Result::ok), overflow }))
        }
        Err(error @ Error::Io { .. }) => Err(error),
        Err(_) => Ok(None),
    }
}

impl Volume {
    pub(super) fn is_plus(&self) -> bool {
        self.about.kind == Kind::HfsPlus
    }

    /// Where a fork of a file lies that begins with those extents.
    pub(super) fn runs(&self, len: u64, extents: Vec<Extent>, id: u32, which: Which) -> Result<Vec<Run>> {
        Blocks { space: &self.space, about: &self.about }.runs(len, extents, self.overflow.as_ref(), id, which)
    }
}

struct Blocks<'a> {
    space: &'a Space,
    about: &'a About,
}

impl Blocks<'_> {
    fn runs(&self, len: u64, mut extents: Vec<Extent>, overflow: Option<&Tree>, id: u32, which: Which) -> Result<Vec<Run>> {
        let block = u64::from(self.about.block_bytes);
        let (mut runs, mut left, mut before) = (Vec::new(), len, 0_u32);
        let mut taken = 0_usize;
        while left > 0 {
            let held: u32 = extents.iter().fold(0, |sum, extent| sum.saturating_add(extent.blocks));
            for extent in &extents {
                let take = left.min(u64::from(extent.blocks) * block);
                if u64::from(extent.first) + u64::from(extent.blocks) > self.about.blocks {
                    return Err(self.wrong(
                        id,
                        format!("blocks {} to {}", extent.first, u64::from(extent.first) + u64::from(extent.blocks)),
                    ));
                }
                push(&mut runs, Some(self.about.start + u64::from(extent.first) * block), take);
                left -= take;
            }
            taken += extents.len();
            if left == 0 {
                break;
            }
            before = before.saturating_add(held);
            extents = overflow.map_or(Ok(Vec::new()), |tree| self.more(tree, (id, which.number(), before)))?;
            if extents.iter().all(|extent| extent.blocks == 0) || taken > MOST_EXTENTS {
                return Err(self.wrong(id, format!("extents for {} of {len} bytes", len - left)));
            }
        }
        Ok(runs)
    }

    fn wrong(&self, id: u32, found: String) -> Error {
        let expected = format!("a volume of {} blocks that holds file {id}", self.about.blocks);
        Error::malformed(self.space.name(), At::Whole, found, expected)
    }

    /// The extents of a fork that its record has not: by file, fork, and the number of its first block.
    fn more(&self, overflow: &Tree, wanted: (u32, u8, u32)) -> Result<Vec<Extent>> {
        let short = self.about.kind == Kind::Hfs;
        // File, fork, block: the order of the keys.
        let parse = |key: &[u8]| -> Option<(u32, u8, u32)> {
            let id_at = if short { 1 } else { 2 };
            let block = key.get(id_at + 4..)?;
            let block = if short { u32::from(wire::read::<u16>(block)?) } else { wire::read(block)? };
            Some((wire::read(key.get(id_at..)?)?, *key.first()?, block))
        };
        let mut found = Vec::new();
        overflow.visit(
            self.space,
            |key| parse(key).cmp(&Some(wanted)),
            |record| {
                let key = parse(record.key);
                if key == Some(wanted) {
                    found = if short {
                        wire::read::<[super::wire::ShortExtent; 3]>(record.data).map(|all| all.map(Extent::from).to_vec())
                    } else {
                        wire::read::<[Extent; 8]>(record.data).map(|all| all.to_vec())
                    }
                    .unwrap_or_default();
                }
                Ok(if key < Some(wanted) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            },
        )?;
        Ok(found)
    }
}

/// A name of HFS.
pub(super) fn roman(bytes: &[u8]) -> String {
    MACINTOSH.decode_without_bom_handling(bytes).0.into_owned()
}

/// Seconds since 1904; `None` if nothing is written there.
pub(super) fn stamp(seconds: u32, offset_minutes: Option<i16>) -> Option<Stamp> {
    const UNIX_EPOCH: i64 = 2_082_844_800;
    (seconds != 0).then(|| Stamp { offset_minutes, ..Stamp::from_unix(i64::from(seconds) - UNIX_EPOCH) })
}
