//! From the partition maps of the logical volume descriptor to what they do.

use super::extents;
use super::icb::{self, kind};
use super::partitions::{Copy, Map, Partitions, Plain};
use super::sequence::Volume;
use super::tag::check;
use super::text;
use super::wire::{self, Block, MetadataMap, SPARING_ENTRIES_AT, SparableMap, SparingTable};
use crate::gather::gather;
use crate::{Run, Space};
use discconv_core::Note;
use std::collections::BTreeMap;
use std::sync::Arc;

const MOST_MAPS: usize = 64;
const PLAIN_BYTES: usize = 6;
/// Blocks before the end of the disc in which the virtual allocation table's ICB is looked for: run-out may follow it.
const VAT_WITHIN: u64 = 320;
/// What UDF 1.50 has behind its table (UDF 1.50, 2.2.10).
const OLD_VAT: &str = "*UDF Virtual Alloc Tbl";
const OLD_VAT_BYTES: usize = 36;

/// All maps of the volume. What is wrong with one is a note; it then leads nowhere.
pub(super) fn read(space: &Arc<Space>, volume: &Volume, notes: &mut Vec<Note>) -> Partitions {
    let raw = split(&volume.maps, volume.logical.maps);
    let maps = raw.iter().map(|map| plain_map(space, volume, map)).collect();
    let mut partitions = Partitions { space: Arc::clone(space), block_bytes: volume.logical.block_bytes, maps };
    for (index, raw) in raw.iter().enumerate() {
        let map = match name(raw).as_deref() {
            Some("*UDF Virtual Partition") => virtual_map(&partitions, volume, raw),
            Some("*UDF Metadata Partition") => metadata_map(&partitions, volume, raw, notes),
            _ => continue,
        };
        if let Some(slot) = partitions.maps.get_mut(index) {
            *slot = map;
        }
    }
    for (index, map) in partitions.maps.iter().enumerate() {
        if let Map::Lost(why) = map {
            notes.push(Note::oddity(format!("{}: partition map {index}: {why}", space.name())));
        }
    }
    partitions
}

/// Each map begins with its type and its length (3/10.7.1).
fn split(mut bytes: &[u8], maps: u32) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while all.len() < MOST_MAPS.min(usize::try_from(maps).unwrap_or(MOST_MAPS)) {
        let Some(len) = bytes.get(1).filter(|len| usize::from(**len) >= PLAIN_BYTES) else { break };
        let Some((map, rest)) = bytes.split_at_checked(usize::from(*len)) else { break };
        all.push(map);
        bytes = rest;
    }
    all
}

/// The name of a map of type 2.
fn name(map: &[u8]) -> Option<String> {
    if map.first() == Some(&2) { map.get(4..36).map(text::entity) } else { None }
}

/// The partition that a map is about.
fn partition(space: &Space, volume: &Volume, map: &[u8]) -> Result<Plain, String> {
    let at = if map.first() == Some(&1) { 4 } else { 38 };
    let number: u16 = map.get(at..).and_then(wire::read).ok_or("a map that is cut short")?;
    // Some writers number from zero, and not everything alike.
    let disc: Option<u16> = map.get(at - 2..).and_then(wire::read);
    let own = volume.primary.as_ref().map(|primary| primary.number);
    if let Some((disc, _)) = disc.zip(own).filter(|(disc, own)| *disc > 1 && disc != own) {
        return Err(format!("partition {number} is on disc {disc} of a set"));
    }
    let partition = volume.partitions.get(&number).ok_or(format!("there is no descriptor of partition {number}"))?;
    let sector = u64::from(volume.sector_bytes);
    let (start, len) = (u64::from(partition.first_sector) * sector, u64::from(partition.sectors) * sector);
    if start >= space.end() {
        return Err(format!("partition {number} begins at sector {}, behind the end of the disc", partition.first_sector));
    }
    Ok(Plain { start, len })
}

/// Maps that need nothing but the descriptors. Those that stand on a file count as plain ones until it is read.
fn plain_map(space: &Space, volume: &Volume, raw: &[u8]) -> Map {
    let plain = match partition(space, volume, raw) {
        Ok(plain) => plain,
        Err(why) => return Map::Lost(why),
    };
    match name(raw).as_deref() {
        Some("*UDF Sparable Partition") => sparable(space, volume, raw, plain),
        Some("*UDF Virtual Partition" | "*UDF Metadata Partition") => Map::Plain(plain),
        Some(other) => Map::Lost(format!("a kind that is not known: {other:?}")),
        None => Map::Plain(plain),
    }
}

fn sparable(space: &Space, volume: &Volume, raw: &[u8], plain: Plain) -> Map {
    let Some(map) = wire::read::<SparableMap>(raw).filter(|map| map.packet_blocks > 0) else {
        return Map::Lost("a sparable partition without packets".to_owned());
    };
    let tables = map.table_sectors.into_iter().take(usize::from(map.tables));
    let moved = tables.filter_map(|sector| spared(space, volume, sector, map.table_bytes)).next();
    match moved {
        Some(moved) => Map::Sparable { plain, packet: u32::from(map.packet_blocks), moved },
        None => Map::Lost("no sparing table can be read".to_owned()),
    }
}

/// The packets that a sparing table moves; the first that is whole counts, for all are alike.
fn spared(space: &Space, volume: &Volume, sector: u32, table_bytes: u32) -> Option<BTreeMap<u32, u64>> {
    // Free and broken packets have numbers from here on.
    const FREE: u32 = 0xFFFF_FFF0;
    let sector_bytes = u64::from(volume.sector_bytes);
    let at = u64::from(sector) * sector_bytes;
    let runs = [Run { at: Some(at), len: u64::from(table_bytes) }];
    let bytes = gather(space, &runs, "a sparing table").ok()?;
    check(&bytes, &[0], Some(sector)).ok()?;
    let table: SparingTable = wire::read(&bytes)?;
    if !table.name.starts_with(b"*UDF Sparing Table") {
        return None;
    }
    let entries = bytes.get(SPARING_ENTRIES_AT..)?.chunks_exact(8).take(usize::from(table.entries));
    let entries = entries.filter_map(|entry| Some((wire::read::<u32>(entry)?, wire::read::<u32>(entry.get(4..)?)?)));
    Some(entries.filter(|(from, _)| *from < FREE).map(|(from, to)| (from, u64::from(to) * sector_bytes)).collect())
}

fn virtual_map(partitions: &Partitions, volume: &Volume, raw: &[u8]) -> Map {
    let space = &partitions.space;
    match partition(space, volume, raw).and_then(|plain| Ok((plain, vat(partitions, plain)?))) {
        Ok((plain, table)) => Map::Virtual { plain, table },
        Err(why) => Map::Lost(why),
    }
}

/// The partition alone, for files that stand outside of what they make.
fn alone(partitions: &Partitions, plain: Plain) -> Partitions {
    let mut maps: Vec<Map> = partitions.maps.iter().map(|_| Map::Plain(plain)).collect();
    maps.push(Map::Plain(plain));
    Partitions { space: Arc::clone(&partitions.space), block_bytes: partitions.block_bytes, maps }
}

/// The virtual allocation table whose ICB is nearest to the end of the disc.
fn vat(partitions: &Partitions, plain: Plain) -> Result<Vec<u32>, String> {
    let alone = alone(partitions, plain);
    let block_bytes = u64::from(partitions.block_bytes);
    let end = partitions.space.end().saturating_sub(plain.start).min(plain.len) / block_bytes;
    for number in (end.saturating_sub(VAT_WITHIN)..end).rev() {
        let Ok(number) = u32::try_from(number) else { continue };
        let Ok(node) = icb::read(&alone, Block { number, part: 0 }, Copy::Main) else { continue };
        if !matches!(node.kind, kind::UNSPECIFIED | kind::VAT) {
            continue;
        }
        let content = extents::runs(&alone, &node, Copy::Main);
        let content = content.and_then(|runs| gather(&alone.space, &runs, "the virtual allocation table"));
        let table = content.ok().and_then(|bytes| table(&bytes, node.kind == kind::VAT));
        if let Some(table) = table {
            return Ok(table);
        }
    }
    Err("no virtual allocation table is in the last sectors: the disc was not closed, or is cut short".to_owned())
}

/// The entries of a virtual allocation table, of UDF 2.0x or 1.50.
fn table(bytes: &[u8], has_header: bool) -> Option<Vec<u32>> {
    let entries = if has_header {
        let header_bytes: u16 = wire::read(bytes)?;
        bytes.get(usize::from(header_bytes)..)?
    } else {
        let (entries, end) = bytes.split_at_checked(bytes.len().checked_sub(OLD_VAT_BYTES)?)?;
        (text::entity(end) == OLD_VAT).then_some(entries)?
    };
    Some(entries.chunks_exact(4).filter_map(wire::read).collect())
}

fn metadata_map(partitions: &Partitions, volume: &Volume, raw: &[u8], notes: &mut Vec<Note>) -> Map {
    let files = partition(&partitions.space, volume, raw).and_then(|plain| {
        let map: MetadataMap = wire::read(raw).ok_or("a map that is cut short")?;
        Ok((beneath(partitions, volume, raw, plain), map))
    });
    let (beneath, MetadataMap { main, mirror }) = match files {
        Ok(files) => files,
        Err(why) => return Map::Lost(why),
    };
    let part = u16::try_from(beneath.maps.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let file = |number: u32| {
        let node = icb::read(&beneath, Block { number, part }, Copy::Main)?;
        extents::runs(&beneath, &node, Copy::Main)
    };
    match (file(main), file(mirror)) {
        (Ok(main), mirror) => Map::Metadata { main, mirror: mirror.unwrap_or_default() },
        (Err(error), Ok(mirror)) => {
            let text = format!("the metadata file cannot be read, its mirror is: {error}");
            notes.push(Note::oddity(format!("{}: {text}", partitions.space.name())));
            Map::Metadata { main: mirror, mirror: Vec::new() }
        }
        (Err(error), Err(_)) => Map::Lost(format!("neither the metadata file nor its mirror can be read: {error}")),
    }
}

/// The maps with one more behind them: the partition that the files of a metadata partition lie in, which may be sparable.
fn beneath(partitions: &Partitions, volume: &Volume, raw: &[u8], plain: Plain) -> Partitions {
    let number = |map: &[u8]| map.get(if map.first() == Some(&1) { 4..6 } else { 38..40 }).map(<[u8]>::to_vec);
    let wanted = number(raw);
    let below = split(&volume.maps, volume.logical.maps)
        .into_iter()
        .find(|map| number(map) == wanted && name(map).is_some_and(|name| name == "*UDF Sparable Partition"));
    let mut beneath = alone(partitions, plain);
    if let (Some(below), Some(last)) = (below, beneath.maps.last_mut()) {
        *last = sparable(&partitions.space, volume, below, plain);
    }
    beneath
}
