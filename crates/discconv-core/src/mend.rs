//! Damaged sectors corrected by their parity, and a disc that has them corrected.

use crate::disc::{Disc, Extent, Place, SourceId};
use crate::error::{At, Error, Result};
use crate::form::{Form, Main, Twist};
use crate::pool::{Phase, Watch};
use crate::read::Scratch;
use crate::source::Bytes;
use crate::toc::TrackMode;
use crate::verify::SectorReport;
use discconv_sector::{Lba, Protection, RAW, SYNC, ecc, has_sync};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Sectors that are corrected at most: with more wrong the image is something else than it is taken for.
const MOST: usize = 1 << 17;
/// So many sectors changed in the same way, or at the same distance from each other, are no accident.
const PATTERN: usize = 4;
const SPACED: usize = 8;

/// What became of the sectors that are not as they should be. All lists ascend.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    /// Corrected sectors, with how many bytes were changed.
    pub corrected: Vec<(Lba, usize)>,
    /// Wrong by more than their parity can correct, or without any.
    pub beyond: Vec<Lba>,
    /// Written as they are: the parity fits what stands there and only the EDC does not.
    pub written_so: Vec<Lba>,
    /// They could be corrected, but are part of a pattern that looks meant; only with leave among the corrected ones.
    pub pattern: Vec<Lba>,
    /// Only the header or a subheader is odd, which the parity does not speak of.
    pub header_only: Vec<Lba>,
    /// The corrected sectors.
    sectors: Vec<(Lba, Box<[u8; RAW]>)>,
}

/// What is to be done with one sector.
enum Finding {
    Corrected(Box<[u8; RAW]>, Vec<(u16, u8)>),
    Beyond,
    WrittenSo,
    HeaderOnly,
}

/// Try to correct each sector that `report` finds fault with; the disc itself is not changed. Sectors that look
/// damaged on purpose are corrected only with `all`.
///
/// # Errors
/// Reading, [`Error::Cancelled`], or more faults than any scratch makes.
pub fn mend_sectors(disc: &Disc, report: &SectorReport, all: bool, watch: &dyn Watch) -> Result<Mended> {
    let wrong = faulty(report);
    if wrong.len() > MOST {
        let found = format!("{} sectors that are not as they should be", wrong.len());
        return Err(Error::Limit { file: disc.name_at(wrong[0]).to_owned(), at: At::Whole, found, limit: MOST.to_string() });
    }
    watch.begin(Phase::Checking, wrong.len() as u64 * RAW as u64);
    let mut mended = Mended::default();
    let (mut scratch, mut changes) = (Scratch::default(), Vec::new());
    for lba in wrong {
        watch.check()?;
        let mut raw = Box::new([0; RAW]);
        disc.read_sectors(lba, &Form::RAW, &mut scratch, raw.as_mut_slice())?;
        match examine(raw, mode_at(disc, lba)) {
            Finding::Corrected(raw, changed) => {
                mended.corrected.push((lba, changed.len()));
                mended.sectors.push((lba, raw));
                changes.push((lba, changed));
            }
            Finding::Beyond => mended.beyond.push(lba),
            Finding::WrittenSo => mended.written_so.push(lba),
            Finding::HeaderOnly => mended.header_only.push(lba),
        }
        watch.advance(RAW as u64);
    }
    mended.pattern = patterns(&changes);
    if !all {
        let meant = std::mem::take(&mut mended.pattern);
        mended.corrected.retain(|(lba, _)| meant.binary_search(lba).is_err());
        mended.sectors.retain(|(lba, _)| meant.binary_search(lba).is_err());
        mended.pattern = meant;
    }
    Ok(mended)
}

fn faulty(report: &SectorReport) -> Vec<Lba> {
    let mut wrong: Vec<Lba> = [&report.bad_edc, &report.bad_ecc, &report.bad_header].into_iter().flatten().copied().collect();
    wrong.sort_unstable();
    wrong.dedup();
    wrong
}

fn mode_at(disc: &Disc, lba: Lba) -> TrackMode {
    disc.extent_at(lba).map_or(TrackMode::Mode1, |extent| extent.mode)
}

fn examine(mut raw: Box<[u8; RAW]>, mode: TrackMode) -> Finding {
    let old = raw.clone();
    for protection in protections(&raw, mode) {
        if has_sync(raw.as_slice()) && protection.holds(&raw) {
            return Finding::HeaderOnly;
        }
        if discconv_sector::correct(&mut raw, protection).is_some() {
            let changed = (0..).zip(raw.iter().zip(old.iter())).filter(|(_, (new, old))| new != old);
            let changed = changed.map(|(at, (new, old))| (at, new ^ old)).collect();
            return Finding::Corrected(raw, changed);
        }
        let holds = if protection == Protection::Mode1 { ecc::holds_mode1(&raw) } else { ecc::holds_form1(&raw) };
        if holds {
            return Finding::WrittenSo;
        }
    }
    Finding::Beyond
}

/// What may protect the sector: what its mode byte says, and if that makes no sense, what its track is.
fn protections(raw: &[u8; RAW], mode: TrackMode) -> Vec<Protection> {
    let form2 = |at: usize| raw[at] & 0x20 != 0;
    let mode = match raw[15] {
        1 => TrackMode::Mode1,
        2 => TrackMode::Mode2,
        _ => mode,
    };
    match mode {
        // Submode of the first and the second copy.
        TrackMode::Mode2 if form2(18) && form2(22) => Vec::new(),
        TrackMode::Mode2 => vec![Protection::Form1],
        TrackMode::Mode1 => vec![Protection::Mode1],
        TrackMode::Mode0 | TrackMode::Audio => Vec::new(),
    }
}

/// Sectors whose damage no scratch makes: the same change again and again, or one at every so many sectors.
fn patterns(changes: &[(Lba, Vec<(u16, u8)>)]) -> Vec<Lba> {
    let mut alike: HashMap<&[(u16, u8)], usize> = HashMap::new();
    for (_, changed) in changes {
        // The sync is the same in all sectors: what was made of it says nothing.
        if changed.iter().any(|(at, _)| usize::from(*at) >= SYNC.len()) {
            *alike.entry(changed).or_default() += 1;
        }
    }
    let repeated = |changed: &Vec<(u16, u8)>| alike.get(changed.as_slice()).is_some_and(|count| *count >= PATTERN);
    let mut meant: Vec<Lba> = changes.iter().filter(|(_, changed)| repeated(changed)).map(|(lba, _)| *lba).collect();
    meant.extend(spaced(changes.iter().map(|(lba, _)| *lba).collect()));
    meant.sort_unstable();
    meant.dedup();
    meant
}

/// Runs of at least [`SPACED`] addresses at the same distance, which is not 1: neighbours are one scratch.
fn spaced(lbas: Vec<Lba>) -> Vec<Lba> {
    let mut meant = Vec::new();
    let mut start = 0;
    while start + 1 < lbas.len() {
        let distance = lbas[start].sectors_to(lbas[start + 1]);
        let mut end = start + 1;
        while end + 1 < lbas.len() && lbas[end].sectors_to(lbas[end + 1]) == distance {
            end += 1;
        }
        if distance > 1 && end + 1 - start >= SPACED {
            meant.extend_from_slice(&lbas[start..=end]);
        }
        start = end;
    }
    meant
}

impl Mended {
    /// Is there nothing that could be corrected?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sectors.is_empty()
    }

    /// The disc with its corrected sectors in place of the damaged ones; subchannel stays.
    ///
    /// # Errors
    /// As [`Disc::new`].
    pub fn apply(&self, file: &str, disc: Disc) -> Result<Disc> {
        if self.sectors.is_empty() {
            return Ok(disc);
        }
        let mut parts = disc.into_parts();
        let source = SourceId(u32::try_from(parts.sources.len()).unwrap_or(u32::MAX));
        let bytes: Vec<u8> = self.sectors.iter().flat_map(|(_, raw)| raw.iter().copied()).collect();
        parts.sources.push(Arc::new(Bytes::new(format!("{file} (corrected sectors)"), bytes)));
        parts.extents = parts.extents.iter().flat_map(|extent| self.split(extent, source)).collect();
        Disc::new(file, parts)
    }

    /// The extent in pieces: those of the disc, and those that are corrected.
    fn split(&self, extent: &Extent, source: SourceId) -> Vec<Extent> {
        let from = self.sectors.partition_point(|(lba, _)| *lba < extent.lbas.start);
        let inside = self.sectors[from..].iter().take_while(|(lba, _)| *lba < extent.lbas.end).map(|(lba, _)| *lba);
        let mut pieces = Vec::new();
        let mut at = extent.lbas.start;
        for (number, lba) in (from..).zip(inside) {
            if at < lba {
                pieces.push(cut(extent, at..lba));
            }
            let main = Place { source, offset: number as u64 * RAW as u64, form: Form::RAW };
            let old = cut(extent, lba..lba + 1);
            pieces.push(Extent { main: Some(main), sub: sub_of(&old), ..old });
            at = lba + 1;
        }
        if at < extent.lbas.end {
            pieces.push(cut(extent, at..extent.lbas.end));
        }
        pieces
    }
}

/// A part of an extent.
fn cut(extent: &Extent, lbas: Range<Lba>) -> Extent {
    let sectors = u64::from(extent.lbas.start.sectors_to(lbas.start));
    let moved = |place: Place| Place { offset: place.offset + sectors * u64::from(place.form.stride), ..place };
    Extent { lbas, main: extent.main.map(moved), sub: extent.sub.map(moved), ..extent.clone() }
}

/// Where its subchannel lies, whether in a file of its own or behind the main bytes.
fn sub_of(extent: &Extent) -> Option<Place> {
    let behind = extent.main.filter(|place| place.form.sub.is_some()).map(|place| {
        let main = place.form.main.len();
        let stride = place.form.sub.map_or(0, |sub| sub.bytes());
        let form = Form { main: Main::None, twist: Twist::None, sub: place.form.sub, stride: u32::try_from(stride).unwrap_or(0) };
        Place { offset: place.offset + main as u64, form, ..place }
    });
    extent.sub.or(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(lba: i32, places: &[(u16, u8)]) -> (Lba, Vec<(u16, u8)>) {
        (Lba(lba), places.to_vec())
    }

    #[test]
    fn the_same_change_again_and_again_is_meant() {
        let mut changes: Vec<_> = [3, 50, 51, 400].iter().map(|lba| change(*lba, &[(100, 0xFF)])).collect();
        changes.push(change(500, &[(100, 0xFE)]));
        assert_eq!(patterns(&changes), [3, 50, 51, 400].map(Lba));
        assert_eq!(patterns(&changes[1..]), []);
        let sync: Vec<_> = (0..9).map(|n| change(n * n, &[(0, 1)])).collect();
        assert_eq!(patterns(&sync), []);
    }

    #[test]
    fn the_same_distance_is_meant_and_neighbours_are_a_scratch() {
        let at = |step: i32, count: i32| {
            (0..count).map(|n| change(10 + n * step, &[(20, u8::try_from(n).unwrap())])).collect::<Vec<_>>()
        };
        assert_eq!(patterns(&at(9, 8)).len(), 8);
        assert_eq!(patterns(&at(9, 7)), []);
        assert_eq!(patterns(&at(1, 30)), []);
    }
}
