//! A plan cut into steps that workers take one by one.

use crate::disc::{Disc, Extent, SourceId};
use crate::form::Form;
use crate::output::FileId;
use crate::plan::{DroppedWhat, Part, Piece, Plan, aligned};
use discconv_sector::Lba;
use std::ops::Range;

/// Sectors per step: 600 KB of raw sectors, the size at which reading and writing was fastest.
pub(crate) const STEP_SECTORS: u32 = 256;
/// Bytes of a copying step.
const STEP_BYTES: u64 = 512 << 10;
/// The largest step: a worker's buffer is not larger. Greater blocks than that are decoded once more for each cut.
const MOST_BYTES: u64 = 4 << 20;

/// What one step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Work<'p> {
    Bytes(&'p [u8]),
    Zeros,
    Copy { disc: usize, source: SourceId, range: Range<u64> },
    Sectors { disc: usize, lbas: Range<Lba>, form: Form },
    Dropped { disc: usize, lbas: Range<Lba>, what: DroppedWhat },
}

/// One step: where its bytes go (nowhere for what is dropped), and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step<'p> {
    pub(crate) file: FileId,
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
    pub(crate) work: Work<'p>,
}

/// What an entry is cut from.
enum Whole<'p> {
    Bytes(&'p [u8]),
    Zeros(u64),
    Copy { disc: usize, source: SourceId, range: Range<u64> },
    Sectors { disc: usize, lbas: Range<Lba>, form: Form },
    Dropped { disc: usize, lbas: Range<Lba>, what: DroppedWhat },
}

impl Whole<'_> {
    /// Sectors or bytes.
    fn units(&self) -> u64 {
        match self {
            Whole::Bytes(bytes) => u64::from(!bytes.is_empty()),
            Whole::Zeros(len) => *len,
            Whole::Copy { range, .. } => range.end.saturating_sub(range.start),
            Whole::Sectors { lbas, .. } | Whole::Dropped { lbas, .. } => u64::from(lbas.start.sectors_to(lbas.end)),
        }
    }

    /// What a unit counts for in progress.
    fn unit_bytes(&self) -> u64 {
        match self {
            Whole::Bytes(bytes) => bytes.len() as u64,
            Whole::Zeros(_) | Whole::Copy { .. } => 1,
            Whole::Sectors { form, .. } => u64::from(form.stride),
            Whole::Dropped { .. } => u64::from(Form::RAW.stride),
        }
    }
}

/// How many units a step has.
#[derive(Clone, Copy)]
struct Cut {
    /// Units in the first step, so that later ones start on a block of the source.
    head: u64,
    /// Units per step after it.
    unit: u64,
}

impl Cut {
    fn every(unit: u64) -> Cut {
        Cut { head: unit, unit }
    }
}

struct Entry<'p> {
    first_step: u64,
    file: FileId,
    offset: u64,
    cut: Cut,
    whole: Whole<'p>,
}

/// All steps of a plan.
#[derive(Default)]
pub(crate) struct Steps<'p> {
    entries: Vec<Entry<'p>>,
    count: u64,
    bytes: u64,
}

impl<'p> Steps<'p> {
    /// What writing the plan takes.
    pub(crate) fn of(plan: &'p Plan, discs: &[Disc]) -> Steps<'p> {
        let mut steps = Steps::dropped(plan);
        for (file, offset, piece) in placed_pieces(plan) {
            steps.push(file, offset, piece, discs);
        }
        steps
    }

    /// What looking for losses takes: nothing that is copied, and nothing that keeps whole raw sectors.
    pub(crate) fn looking(plan: &'p Plan, discs: &[Disc]) -> Steps<'p> {
        let mut steps = Steps::dropped(plan);
        for piece in plan.files.iter().flat_map(|file| &file.parts).flat_map(Part::pieces) {
            if matches!(piece, Piece::Sectors { form, .. } if !form.is_raw()) {
                steps.push(FileId(0), 0, piece, discs);
            }
        }
        steps
    }

    /// What reading these pieces back takes.
    pub(crate) fn of_pieces(pieces: &'p [(FileId, u64, Piece)], discs: &[Disc]) -> Steps<'p> {
        let mut steps = Steps::default();
        for (file, offset, piece) in pieces {
            steps.push(*file, *offset, piece, discs);
        }
        steps
    }

    fn dropped(plan: &Plan) -> Steps<'p> {
        let mut steps = Steps::default();
        for dropped in &plan.dropped {
            let whole = Whole::Dropped { disc: dropped.disc, lbas: dropped.lbas.clone(), what: dropped.what };
            steps.push_whole(FileId(0), 0, Cut::every(u64::from(STEP_SECTORS)), whole);
        }
        steps
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Bytes of all steps, for progress.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn push(&mut self, file: FileId, offset: u64, piece: &'p Piece, discs: &[Disc]) {
        match piece {
            Piece::Bytes(bytes) => self.push_whole(file, offset, Cut::every(1), Whole::Bytes(bytes)),
            Piece::Zeros(len) => self.push_whole(file, offset, Cut::every(STEP_BYTES), Whole::Zeros(*len)),
            Piece::Copy { disc, source, range } => {
                let hint = discs.get(*disc).map_or(1, |disc| disc.source(*source).block_hint());
                let whole = Whole::Copy { disc: *disc, source: *source, range: range.clone() };
                self.push_whole(file, offset, cut_bytes(range, hint), whole);
            }
            Piece::Sectors { disc, lbas, form } => self.push_sectors(file, offset, *disc, lbas, form, discs),
        }
    }

    /// Long extents in blocks get an entry of their own, cut where their blocks begin.
    fn push_sectors(&mut self, file: FileId, offset: u64, disc: usize, lbas: &Range<Lba>, form: &Form, discs: &[Disc]) {
        let mut push = |part: Range<Lba>, cut| {
            let place = offset.saturating_add(u64::from(lbas.start.sectors_to(part.start)) * u64::from(form.stride));
            self.push_whole(file, place, cut, Whole::Sectors { disc, lbas: part, form: *form });
        };
        let plain = Cut::every(u64::from(STEP_SECTORS));
        let mut from = lbas.start;
        if let Some(known) = discs.get(disc) {
            for (part, extent) in known.extents_in(lbas.clone()) {
                if let Some(cut) = cut_sectors(known, &part, extent) {
                    push(from..part.start, plain);
                    from = part.end;
                    push(part, cut);
                }
            }
        }
        push(from..lbas.end, plain);
    }

    fn push_whole(&mut self, file: FileId, offset: u64, cut: Cut, whole: Whole<'p>) {
        let units = whole.units();
        if units == 0 {
            return;
        }
        self.bytes = self.bytes.saturating_add(units.saturating_mul(whole.unit_bytes()));
        self.entries.push(Entry { first_step: self.count, file, offset, cut, whole });
        self.count += 1 + units.saturating_sub(cut.head).div_ceil(cut.unit);
    }

    /// The step of that number, below [`Steps::count`].
    pub(crate) fn get(&self, number: u64) -> Step<'p> {
        let entry = &self.entries[self.entries.partition_point(|entry| entry.first_step <= number) - 1];
        let Cut { head, unit } = entry.cut;
        let to = head + (number - entry.first_step) * unit;
        let from = if number == entry.first_step { 0 } else { to - unit };
        let to = to.min(entry.whole.units());
        let unit_bytes = entry.whole.unit_bytes();
        let work = match &entry.whole {
            Whole::Bytes(bytes) => Work::Bytes(bytes),
            Whole::Zeros(_) => Work::Zeros,
            Whole::Copy { disc, source, range } => {
                Work::Copy { disc: *disc, source: *source, range: range.start + from..range.start + to }
            }
            Whole::Sectors { disc, lbas, form } => Work::Sectors { disc: *disc, lbas: part(lbas, from, to), form: *form },
            Whole::Dropped { disc, lbas, what } => Work::Dropped { disc: *disc, lbas: part(lbas, from, to), what: *what },
        };
        let skipped = if matches!(work, Work::Dropped { .. }) { 0 } else { from * unit_bytes };
        Step { file: entry.file, offset: entry.offset + skipped, bytes: (to - from) * unit_bytes, work }
    }
}

/// The pieces of all files, each with its file and its place there.
pub(crate) fn placed_pieces(plan: &Plan) -> impl Iterator<Item = (FileId, u64, &Piece)> {
    // A file with coded blocks is written in order, by itself.
    let plain = (0..).map(FileId).zip(&plan.files).filter(|(_, file)| file.len().is_some());
    plain.flat_map(|(id, file)| {
        let mut offset = 0_u64;
        file.parts.iter().filter_map(move |part| match part {
            Part::Plain(piece) => {
                let at = offset;
                offset = offset.saturating_add(piece.len());
                Some((id, at, piece))
            }
            Part::Align(unit) => {
                offset = aligned(offset, *unit);
                None
            }
            Part::Blocks { .. } => None,
        })
    })
}

/// Cuts of `range` of a source with blocks of `hint` bytes. What fits into one step is not cut; the rest is cut at
/// multiples also where there are no blocks, so that file systems can share whole ones.
fn cut_bytes(range: &Range<u64>, hint: u32) -> Cut {
    let unit = STEP_BYTES.next_multiple_of(u64::from(hint.max(1)));
    let unit = if unit > MOST_BYTES { STEP_BYTES } else { unit };
    let fits = range.end.saturating_sub(range.start) <= unit;
    Cut { head: if fits { unit } else { unit - range.start % unit }, unit }
}

/// Cuts of the sectors `part` of `extent`, if its source has blocks on which some sectors begin, and enough of them.
fn cut_sectors(disc: &Disc, part: &Range<Lba>, extent: &Extent) -> Option<Cut> {
    let place = extent.main.or(extent.sub)?;
    let hint = u64::from(disc.source(place.source).block_hint());
    let stride = u64::from(place.form.stride);
    if hint <= 1 || part.start.sectors_to(part.end) <= STEP_SECTORS {
        return None;
    }
    // Every `period` sectors one may begin on a block.
    let period = hint / greatest_common_divisor(stride, hint);
    let unit = u64::from(STEP_SECTORS).next_multiple_of(period);
    if unit > MOST_BYTES / stride {
        return None;
    }
    let first = place.offset + u64::from(extent.lbas.start.sectors_to(part.start)) * stride;
    let head = (1..=period).find(|sectors| (first + sectors * stride).is_multiple_of(hint))?;
    Some(Cut { head: head + (unit - head) / period * period, unit })
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Sectors `from..to` of `lbas`, counted from its start.
fn part(lbas: &Range<Lba>, from: u64, to: u64) -> Range<Lba> {
    let shift = |by: u64| Lba(i32::try_from(i64::from(lbas.start.0).saturating_add_unsigned(by)).unwrap_or(i32::MAX));
    shift(from)..shift(to)
}

#[cfg(test)]
mod tests;
