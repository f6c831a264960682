//! SafeDisc's bad sectors: between the file `00000001.TMP` and the next one there are no files, but sectors whose EDC was
//! mastered wrong, some hundreds among ten thousand. Places: redumper; how many: a survey of a disc (598 in 10,000).

use super::{SAFEDISC, Sign, Worth};
use crate::look::{Look, forgive};
use discconv_core::{Form, Lba, Main, Result, Scratch};
use discconv_fs::{Entry, FileSystem};
use discconv_sector::{Flaws, RAW, SectorKind, inspect};

/// The file before the gap, and how many sectors that has at most: of SafeDisc, and of SafeDisc Lite.
const BEFORE: [(&str, i32); 2] = [("00000001.TMP", 10_000), ("00000001.LT1", 1_500)];
/// What is looked at: runs of sectors, so that what is packed is unpacked few times.
const SPOTS: i32 = 8;
const SPOT: i32 = 32;
/// So many bad ones, in so many runs, are no scratch, and then it is enough; of 256 there should be 15.
const ENOUGH: usize = 3;
const ENOUGH_SPOTS: usize = 3;

pub(super) fn find(look: &Look) -> Result<Option<Sign>> {
    for (name, most) in BEFORE {
        let Some((system, entry)) = look.find(name)? else { continue };
        let Some((_, start)) = forgive(place(system, &entry))?.flatten() else { continue };
        let end = next_file(look, start)?.unwrap_or(i32::MAX).min(start.saturating_add(most));
        return sample(look, name, start, end);
    }
    Ok(None)
}

/// The first sector of a file, and the one behind its last.
fn place(system: &dyn FileSystem, entry: &Entry) -> Result<Option<(i32, i32)>> {
    let runs = system.runs(entry)?;
    let (first, last) = (runs.first().and_then(|run| run.at), runs.last());
    let end = last.and_then(|run| run.at?.checked_add(run.len));
    let sector = |byte: u64| i32::try_from(byte / 2048).ok();
    Ok(first.and_then(sector).zip(end.map(|end| end.next_multiple_of(2048)).and_then(sector)))
}

/// Where the next file of the root begins.
fn next_file(look: &Look, after: i32) -> Result<Option<i32>> {
    let mut next: Option<i32> = None;
    for (system, entry) in look.files_in_root() {
        let start = forgive(place(system, entry))?.flatten().map(|(start, _)| start);
        next = start.filter(|start| *start > after && next.is_none_or(|next| *start < next)).or(next);
    }
    Ok(next)
}

/// None where EDC is not stored, or where it holds.
fn sample(look: &Look, name: &str, start: i32, end: i32) -> Result<Option<Sign>> {
    let (mut seen, mut bad, mut spots) = (0, Vec::new(), 0);
    let step = (end - start).max(0) / SPOTS;
    for spot in 0..SPOTS {
        let first = start + step * spot;
        let found = look_at(look, first, SPOT.min(step))?;
        seen += found.0;
        spots += usize::from(!found.1.is_empty());
        bad.extend(found.1);
        if bad.len() >= ENOUGH && spots >= ENOUGH_SPOTS {
            break;
        }
    }
    let enough = bad.len() >= ENOUGH && spots >= ENOUGH_SPOTS;
    let (Some(first), Some(last), true) = (bad.first(), bad.last(), enough) else { return Ok(None) };
    let what =
        format!("{} of {seen} sectors behind {name} that were looked at have a wrong EDC, as SafeDisc has them", bad.len());
    Ok(Some(Sign::new(SAFEDISC, Worth::Proof, format!("LBA {first} to {last}"), what)))
}

/// How many sectors there are of a run, and which of them do not hold.
fn look_at(look: &Look, first: i32, sectors: i32) -> Result<(usize, Vec<i32>)> {
    let nothing = (0, Vec::new());
    let disc = look.disc();
    let is_raw =
        |lba| disc.extent_at(lba).and_then(|extent| extent.main).is_some_and(|place| place.form.main == Main::Frame(0, 2352));
    if sectors <= 0 || !is_raw(Lba(first)) || !is_raw(Lba(first + sectors - 1)) {
        return Ok(nothing);
    }
    let mut raw = vec![0; usize::try_from(sectors).unwrap_or(0) * RAW];
    if forgive(disc.read_sectors(Lba(first), &Form::RAW, &mut Scratch::default(), &mut raw))?.is_none() {
        return Ok(nothing);
    }
    let all = (first..).zip(raw.chunks_exact(RAW)).filter_map(|(lba, sector)| Some((lba, sector.first_chunk::<RAW>()?)));
    let bad = |(lba, sector): (i32, &[u8; RAW])| {
        let found = inspect(sector, Lba(lba));
        (found.kind == SectorKind::Mode1 && found.flaws.contains(Flaws::EDC)).then_some(lba)
    };
    Ok((raw.len() / RAW, all.filter_map(bad).collect()))
}
