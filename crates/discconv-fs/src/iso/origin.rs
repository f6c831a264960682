//! Where on the disc a volume begins, and where its addresses count from.

use super::descriptor::Descriptor;
use super::ground::{Dialect, Ground};
use super::record::Record;
use crate::Space;
use crate::space::SECTOR;
use discconv_core::{Limits, Result};
use discconv_sector::PREGAP_SECTORS;
use std::sync::Arc;

/// The high-density area of a GD-ROM begins here.
const HIGH_DENSITY: u64 = 45_000;
/// The pause before the first track, in images that store it and do not say so.
const PAUSE: u64 = PREGAP_SECTORS as u64;
/// Sectors behind the descriptors in which the path table is looked for.
const PATH_TABLE_WITHIN: u64 = 64;

/// Sectors at which a volume may begin, the most likely first: of the last session, which replaces those before; there the
/// data tracks in order.
pub(super) fn starts(space: &Space) -> Vec<u64> {
    let sessions = space.disc().toc().sessions.iter().rev();
    let tracks = sessions.flat_map(|session| session.tracks.iter().filter(|track| !track.mode.is_audio()));
    let mut starts: Vec<u64> = tracks.filter_map(|track| u64::try_from(track.start().0).ok()).collect();
    starts.extend([HIGH_DENSITY, 0, PAUSE]);
    let mut seen = Vec::new();
    starts.retain(|start| {
        !seen.contains(start) && {
            seen.push(*start);
            true
        }
    });
    starts
}

/// The sector at which block 0 lies, and whether the root directory bears it out: addresses count from the start of the
/// disc, or from that of the volume, or the volume was taken out of a disc and does not lie where it did.
pub(super) fn find(space: &Arc<Space>, limits: &Limits, start: u64, primary: &Descriptor) -> Result<(i64, bool)> {
    // A session writes its root anew, so absolute addresses lead behind its start; an earlier session may lie at others.
    let ground = Ground::new(space.clone(), *limits, primary.dialect, primary.block_bytes(), 0);
    let root = root_block(&ground, primary)?.and_then(|block| ground.byte_of(block));
    let own = i64::try_from(start).unwrap_or(0);
    let order = if root.is_some_and(|root| root < start * SECTOR) { [own, 0] } else { [0, own] };
    for origin in order {
        if is_root(space, limits, origin, primary)? {
            return Ok((origin, true));
        }
    }
    match by_path_table(space, start, primary)? {
        Some(origin) => Ok((origin, is_root(space, limits, origin, primary)?)),
        None => Ok((0, false)),
    }
}

/// Does the record of itself, with which the root directory begins, lie where the descriptor says, and say so too?
fn is_root(space: &Arc<Space>, limits: &Limits, origin: i64, primary: &Descriptor) -> Result<bool> {
    let ground = Ground::new(space.clone(), *limits, primary.dialect, primary.block_bytes(), origin);
    let Some(block) = root_block(&ground, primary)? else { return Ok(false) };
    let Some(at) = ground.byte_of(block) else { return Ok(false) };
    let own = Record::read(&ground, at)?;
    Ok(own.is_some_and(|own| own.is_self() && own.block().value == block))
}

/// The block of the root directory.
pub(super) fn root_block(ground: &Ground, primary: &Descriptor) -> Result<Option<u32>> {
    if let Some(root) = primary.root_at() {
        let record = Record::new(primary.dialect, primary.at, primary.bytes.get(root..).unwrap_or_default());
        return Ok(record.map(|record| record.block().value));
    }
    // CD-i: the first record of the path table is the root's.
    let mut record = [0; 6];
    match ground.byte_of(primary.path_table()) {
        Some(at) if ground.space.try_read(at, &mut record)? => {
            let [len, _, block @ ..] = record;
            Ok((len == 1).then(|| u32::from_be_bytes(block)))
        }
        _ => Ok(None),
    }
}

/// From where the path table really is: its first record is the root's and says where that is (ECMA-119 9.4).
fn by_path_table(space: &Space, start: u64, primary: &Descriptor) -> Result<Option<i64>> {
    let table = u64::from(primary.path_table()) * u64::from(primary.block_bytes());
    let Some(root) = primary.root_at().filter(|_| table > 0 && primary.dialect == Dialect::Iso) else { return Ok(None) };
    let Some(root) = primary.bytes.get(root + 2..root + 6) else { return Ok(None) };
    let record = [&[1, 0], root, &[1, 0, 0]].concat();
    for sector in start + 17..start + PATH_TABLE_WITHIN {
        if space.says(sector * SECTOR, &record)? {
            let (here, said) = (i64::try_from(sector).unwrap_or(0), i64::try_from(table / SECTOR).unwrap_or(0));
            return Ok(Some(here - said));
        }
    }
    Ok(None)
}
