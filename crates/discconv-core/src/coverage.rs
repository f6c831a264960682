//! Which pieces of a plan its runs do not vouch for: the proof compares those byte by byte.

use crate::disc::{Disc, SourceId};
use crate::form::Form;
use crate::output::FileId;
use crate::plan::{Piece, Plan, Run};
use crate::read::same_place;
use crate::steps::placed_pieces;
use discconv_sector::Lba;
use std::collections::BTreeMap;
use std::ops::Range;

/// Sorted, disjoint ranges.
#[derive(Default)]
struct Ranges(Vec<Range<i128>>);

impl Ranges {
    fn of(mut ranges: Vec<Range<i128>>) -> Ranges {
        ranges.sort_unstable_by_key(|range| range.start);
        let mut joined: Vec<Range<i128>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        Ranges(joined)
    }

    /// What of `whole` is in none of them.
    fn missing_from(&self, whole: Range<i128>) -> Vec<Range<i128>> {
        let mut missing = Vec::new();
        let mut at = whole.start;
        for range in &self.0[self.0.partition_point(|range| range.end <= whole.start)..] {
            if range.start >= whole.end {
                break;
            }
            if at < range.start {
                missing.push(at..range.start);
            }
            at = range.end;
        }
        if at < whole.end {
            missing.push(at..whole.end);
        }
        missing
    }
}

/// What the runs of a plan compare, seen from the source.
struct Covered {
    /// Sectors, by disc and form.
    sectors: BTreeMap<(usize, Form), Ranges>,
    /// Bytes, by disc and source, whose sectors are compared in the very form in which they are stored.
    bytes: BTreeMap<(usize, SourceId), Ranges>,
}

impl Covered {
    fn by(plan: &Plan, discs: &[Disc]) -> Covered {
        let mut sectors: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut bytes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for run in plan.discs.iter().flat_map(|expected| &expected.runs) {
            let lbas = lbas_of(run);
            sectors.entry((run.disc, run.form)).or_default().push(i128::from(lbas.start.0)..i128::from(lbas.end.0));
            for (lbas, extent) in discs[run.disc].extents_in(lbas) {
                let Some(place) = same_place(extent, &run.form) else { continue };
                let stride = i128::from(place.form.stride);
                let start = i128::from(place.offset) + i128::from(extent.lbas.start.sectors_to(lbas.start)) * stride;
                let len = i128::from(lbas.start.sectors_to(lbas.end)) * stride;
                bytes.entry((run.disc, place.source)).or_default().push(start..start + len);
            }
        }
        Covered {
            sectors: sectors.into_iter().map(|(key, ranges)| (key, Ranges::of(ranges))).collect(),
            bytes: bytes.into_iter().map(|(key, ranges)| (key, Ranges::of(ranges))).collect(),
        }
    }

    /// The parts of `piece` that no run compares, each with its distance from the start of the piece.
    fn missing(&self, piece: &Piece) -> Vec<(u64, Piece)> {
        let none = Ranges::default();
        match piece {
            Piece::Bytes(_) | Piece::Zeros(_) => vec![(0, piece.clone())],
            Piece::Copy { disc, source, range } => {
                let whole = i128::from(range.start)..i128::from(range.end);
                let missing = self.bytes.get(&(*disc, *source)).unwrap_or(&none).missing_from(whole);
                let part = |part: Range<i128>| Some(u64::try_from(part.start).ok()?..u64::try_from(part.end).ok()?);
                let pieces = missing.into_iter().filter_map(part);
                pieces.map(|part| (part.start - range.start, Piece::Copy { disc: *disc, source: *source, range: part })).collect()
            }
            Piece::Sectors { disc, lbas, form } => {
                let whole = i128::from(lbas.start.0)..i128::from(lbas.end.0);
                let missing = self.sectors.get(&(*disc, *form)).unwrap_or(&none).missing_from(whole);
                let part = |part: Range<i128>| Some(Lba(i32::try_from(part.start).ok()?)..Lba(i32::try_from(part.end).ok()?));
                let offset = |at: Lba| u64::from(lbas.start.sectors_to(at)) * u64::from(form.stride);
                let pieces = missing.into_iter().filter_map(part);
                pieces.map(|part| (offset(part.start), Piece::Sectors { disc: *disc, lbas: part, form: *form })).collect()
            }
        }
    }
}

fn lbas_of(run: &Run) -> Range<Lba> {
    run.from..run.from + i32::try_from(run.sectors).unwrap_or(i32::MAX)
}

/// Every byte that the runs do not compare through the format's own reader: headers, zeros, and what was copied or made
/// of sectors that no run names in that form.
pub(crate) fn outside_runs(plan: &Plan, discs: &[Disc]) -> Vec<(FileId, u64, Piece)> {
    let covered = Covered::by(plan, discs);
    placed_pieces(plan)
        .flat_map(|(file, offset, piece)| {
            covered.missing(piece).into_iter().map(move |(skip, piece)| (file, offset.saturating_add(skip), piece))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_join_and_leave_the_rest() {
        let pairs = |ranges: &[Range<i128>]| ranges.iter().map(|range| (range.start, range.end)).collect::<Vec<_>>();
        let ranges = Ranges::of(vec![10..20, 0..5, 20..25, 12..14, 30..31]);
        assert_eq!(pairs(&ranges.0), [(0, 5), (10, 25), (30, 31)]);
        for (whole, missing) in [
            (-3..40, vec![(-3, 0), (5, 10), (25, 30), (31, 40)]),
            (11..24, vec![]),
            (4..11, vec![(5, 10)]),
            (50..60, vec![(50, 60)]),
            (7..7, vec![]),
        ] {
            assert_eq!(pairs(&ranges.missing_from(whole)), missing);
        }
        assert_eq!(pairs(&Ranges::default().missing_from(1..2)), [(1, 2)]);
    }
}
