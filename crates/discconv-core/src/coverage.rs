//! Which bytes of the written files comparing sectors does not touch: the proof compares those one by one.

use crate::disc::Disc;
use crate::output::FileId;
use crate::plan::{Piece, Plan};
use crate::read::same_place;
use crate::source::{Concat, Padded, ReadAt, Slice};
use crate::steps::placed_pieces;
use discconv_sector::Lba;
use std::ops::Range;
use std::sync::Arc;

/// Wrappers within wrappers that are looked through.
const MOST_LAYERS: u32 = 8;

/// Sorted, disjoint ranges of bytes.
#[derive(Default)]
struct Ranges(Vec<Range<u64>>);

impl Ranges {
    fn of(mut ranges: Vec<Range<u64>>) -> Ranges {
        ranges.sort_unstable_by_key(|range| range.start);
        let mut joined: Vec<Range<u64>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        Ranges(joined)
    }

    /// What of `whole` is in none of them.
    fn missing_from(&self, whole: Range<u64>) -> Vec<Range<u64>> {
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

/// The bytes of each written file that the runs of `plan` compare: those that hold, as they are, the form that a run
/// names. What the discs `found` in them hide behind a decoder counts as not compared.
fn compared(plan: &Plan, found: &[Disc], written: &[Arc<dyn ReadAt>]) -> Vec<Ranges> {
    let mut ranges: Vec<Vec<Range<u64>>> = vec![Vec::new(); written.len()];
    for (expected, disc) in plan.discs.iter().zip(found) {
        for run in &expected.runs {
            let lbas = run.at..run.at + i32::try_from(run.sectors).unwrap_or(i32::MAX);
            for (lbas, extent) in disc.extents_in(lbas) {
                let Some(place) = same_place(extent, &run.form) else { continue };
                let stride = u64::from(place.form.stride);
                let start = place.offset + u64::from(extent.lbas.start.sectors_to(lbas.start)) * stride;
                let bytes = start..start + u64::from(lbas.start.sectors_to(lbas.end)) * stride;
                let source = usize::try_from(place.source.0).ok().and_then(|source| disc.sources().get(source));
                source.into_iter().for_each(|source| locate(source, bytes.clone(), written, MOST_LAYERS, &mut ranges));
            }
        }
    }
    ranges.into_iter().map(Ranges::of).collect()
}

/// Note where in `written` the bytes of `source` lie, if they lie there as they are.
fn locate(source: &Arc<dyn ReadAt>, bytes: Range<u64>, written: &[Arc<dyn ReadAt>], layers: u32, into: &mut [Vec<Range<u64>>]) {
    let same = |file: &Arc<dyn ReadAt>| std::ptr::addr_eq(Arc::as_ptr(file), Arc::as_ptr(source));
    if let Some(file) = written.iter().position(same) {
        return into[file].push(bytes);
    }
    let (Some(any), Some(layers)) = (source.as_any(), layers.checked_sub(1)) else { return };
    if let Some(slice) = any.downcast_ref::<Slice>() {
        let (parent, start) = slice.parent();
        locate(parent, start + bytes.start..start + bytes.end, written, layers, into);
    } else if let Some(padded) = any.downcast_ref::<Padded>() {
        let end = bytes.end.min(padded.inner().len());
        locate(padded.inner(), bytes.start.min(end)..end, written, layers, into);
    } else if let Some(concat) = any.downcast_ref::<Concat>() {
        for (start, part) in concat.parts() {
            let (from, to) = (bytes.start.saturating_sub(start), bytes.end.saturating_sub(start).min(part.len()));
            if from < to {
                locate(part, from..to, written, layers, into);
            }
        }
    }
}

/// The pieces of the plan, but without what the runs compare and without [`Piece::Bytes`].
pub(crate) fn outside_runs(plan: &Plan, found: &[Disc], written: &[Arc<dyn ReadAt>]) -> Vec<(FileId, u64, Piece)> {
    let compared = compared(plan, found, written);
    let none = Ranges::default();
    let mut outside = Vec::new();
    for (file, offset, piece) in placed_pieces(plan).filter(|(.., piece)| !matches!(piece, Piece::Bytes(_))) {
        let compared = usize::try_from(file.0).ok().and_then(|file| compared.get(file)).unwrap_or(&none);
        for missing in compared.missing_from(offset..offset.saturating_add(piece.len())) {
            let (skip, part) = cut(piece, missing.start - offset..missing.end - offset);
            outside.push((file, offset + skip, part));
        }
    }
    outside
}

/// The part of `piece` that makes `bytes` of it, whole sectors where it has such; and where in the piece that begins.
fn cut(piece: &Piece, bytes: Range<u64>) -> (u64, Piece) {
    match piece {
        Piece::Bytes(_) => (0, piece.clone()),
        Piece::Zeros(_) => (bytes.start, Piece::Zeros(bytes.end - bytes.start)),
        Piece::Copy { disc, source, range } => {
            let range = range.start + bytes.start..range.start + bytes.end;
            (bytes.start, Piece::Copy { disc: *disc, source: *source, range })
        }
        Piece::Sectors { disc, lbas, form } => {
            let stride = u64::from(form.stride);
            let at = |sectors: u64| lbas.start + i32::try_from(sectors).unwrap_or(i32::MAX);
            let (from, to) = (bytes.start / stride, bytes.end.div_ceil(stride));
            let lbas: Range<Lba> = at(from)..at(to).min(lbas.end);
            (from * stride, Piece::Sectors { disc: *disc, lbas, form: *form })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disc::SourceId;
    use crate::form::Form;
    use crate::source::Bytes;

    #[test]
    fn ranges_join_and_leave_the_rest() {
        let pairs = |ranges: &[Range<u64>]| ranges.iter().map(|range| (range.start, range.end)).collect::<Vec<_>>();
        let ranges = Ranges::of(vec![10..20, 1..5, 20..25, 12..14, 30..31]);
        assert_eq!(pairs(&ranges.0), [(1, 5), (10, 25), (30, 31)]);
        for (whole, missing) in [
            (0..40, vec![(0, 1), (5, 10), (25, 30), (31, 40)]),
            (11..24, vec![]),
            (4..11, vec![(5, 10)]),
            (50..60, vec![(50, 60)]),
            (7..7, vec![]),
        ] {
            assert_eq!(pairs(&ranges.missing_from(whole)), missing);
        }
        assert_eq!(pairs(&Ranges::default().missing_from(1..2)), [(1, 2)]);
    }

    #[test]
    fn written_files_are_found_under_what_readers_wrap_them_in() {
        let file = |name: &str| -> Arc<dyn ReadAt> { Arc::new(Bytes::new(name, [0; 100])) };
        let written = [file("a"), file("b")];
        let slice: Arc<dyn ReadAt> = Arc::new(Slice::new(written[1].clone(), 10..60).unwrap());
        let padded: Arc<dyn ReadAt> = Arc::new(Padded::new(slice, 80));
        let whole: Arc<dyn ReadAt> = Arc::new(Concat::new(vec![file("other"), padded, written[0].clone()]).unwrap());
        for (bytes, expected) in [
            (0..100, [None, None]),
            (90..110, [None, Some(10..20)]),
            (140..190, [Some(0..10), Some(50..60)]),
            (0..280, [Some(0..100), Some(10..60)]),
        ] {
            let mut found = vec![Vec::new(); 2];
            locate(&whole, bytes.clone(), &written, MOST_LAYERS, &mut found);
            let found: Vec<_> = found.into_iter().map(|ranges| ranges.into_iter().next()).collect();
            assert_eq!(found, expected, "{bytes:?}");
        }
    }

    #[test]
    fn parts_of_pieces() {
        let sectors = Piece::Sectors { disc: 0, lbas: Lba(5)..Lba(9), form: Form::USER };
        let part = |lbas| Piece::Sectors { disc: 0, lbas, form: Form::USER };
        assert_eq!(cut(&sectors, 0..8192), (0, sectors.clone()));
        assert_eq!(cut(&sectors, 2047..2049), (0, part(Lba(5)..Lba(7))));
        assert_eq!(cut(&sectors, 2048..4096), (2048, part(Lba(6)..Lba(7))));
        let copy = |range| Piece::Copy { disc: 0, source: SourceId(0), range };
        assert_eq!(cut(&copy(100..200), 10..20), (10, copy(110..120)));
        assert_eq!(cut(&Piece::Zeros(50), 10..20), (10, Piece::Zeros(10)));
    }
}
