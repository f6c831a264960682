//! A plan cut into steps that workers take one by one.

use crate::disc::{Disc, SourceId};
use crate::form::Form;
use crate::output::FileId;
use crate::plan::{DroppedWhat, Part, Piece, Plan};
use discconv_sector::Lba;
use std::ops::Range;

/// Sectors per step: 600 KB of raw sectors, the size at which reading and writing was fastest.
pub(crate) const STEP_SECTORS: u32 = 256;
/// Bytes of a copying step.
const STEP_BYTES: u64 = 512 << 10;

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

enum Whole<'p> {
    Piece(&'p Piece),
    Dropped { disc: usize, lbas: Range<Lba>, what: DroppedWhat },
}

struct Entry<'p> {
    first_step: u64,
    file: FileId,
    offset: u64,
    /// Units (sectors or bytes) in the first step, so that later ones start on a block of the source.
    head: u64,
    /// Units per step.
    unit: u64,
    whole: Whole<'p>,
}

/// All steps of a plan.
pub(crate) struct Steps<'p> {
    entries: Vec<Entry<'p>>,
    count: u64,
    bytes: u64,
}

impl<'p> Steps<'p> {
    /// What writing the plan takes.
    pub(crate) fn of(plan: &'p Plan, discs: &[Disc]) -> Steps<'p> {
        let mut steps = Steps::dropped(plan);
        for (index, file) in plan.files.iter().enumerate() {
            let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
            // A file with coded blocks is written in order, by itself.
            if file.len().is_none() {
                continue;
            }
            let mut offset: u64 = 0;
            for part in &file.parts {
                match part {
                    Part::Align(unit) => offset = offset.next_multiple_of(u64::from((*unit).max(1))),
                    part => {
                        for piece in part.pieces() {
                            steps.push(id, offset, Whole::Piece(piece), discs);
                            offset += piece.len();
                        }
                    }
                }
            }
        }
        steps
    }

    /// What writing one piece at `offset` of `file` takes.
    pub(crate) fn of_piece(file: FileId, offset: u64, piece: &'p Piece, discs: &[Disc]) -> Steps<'p> {
        let mut steps = Steps { entries: Vec::new(), count: 0, bytes: 0 };
        steps.push(file, offset, Whole::Piece(piece), discs);
        steps
    }

    /// What looking for losses takes: nothing that is copied.
    pub(crate) fn looking(plan: &'p Plan, discs: &[Disc]) -> Steps<'p> {
        let mut steps = Steps::dropped(plan);
        for piece in plan.files.iter().flat_map(|file| &file.parts).flat_map(Part::pieces) {
            if matches!(piece, Piece::Sectors { form, .. } if !form.is_raw()) {
                steps.push(FileId(0), 0, Whole::Piece(piece), discs);
            }
        }
        steps
    }

    fn dropped(plan: &Plan) -> Steps<'p> {
        let mut steps = Steps { entries: Vec::new(), count: 0, bytes: 0 };
        for dropped in &plan.dropped {
            let whole = Whole::Dropped { disc: dropped.disc, lbas: dropped.lbas.clone(), what: dropped.what };
            steps.push(FileId(0), 0, whole, &[]);
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

    fn push(&mut self, file: FileId, offset: u64, whole: Whole<'p>, discs: &[Disc]) {
        let (units, unit, head) = match &whole {
            Whole::Piece(Piece::Bytes(_) | Piece::Zeros(_)) => (1, 1, 1),
            Whole::Piece(Piece::Copy { disc, source, range }) => {
                let hint = discs.get(*disc).map_or(1, |disc| disc.source(*source).block_hint());
                let unit = STEP_BYTES.next_multiple_of(u64::from(hint.max(1)));
                (range.end - range.start, unit, unit - range.start % unit)
            }
            Whole::Piece(Piece::Sectors { lbas, .. }) | Whole::Dropped { lbas, .. } => {
                let unit = u64::from(STEP_SECTORS);
                (u64::from(lbas.start.sectors_to(lbas.end)), unit, unit)
            }
        };
        if units == 0 {
            return;
        }
        let steps = if units <= head { 1 } else { 1 + (units - head).div_ceil(unit) };
        self.bytes += match &whole {
            Whole::Piece(piece) => piece.len(),
            Whole::Dropped { .. } => units * u64::from(Form::RAW.stride),
        };
        self.entries.push(Entry { first_step: self.count, file, offset, head, unit, whole });
        self.count += steps;
    }

    /// The step of that number, below [`Steps::count`].
    pub(crate) fn get(&self, number: u64) -> Step<'p> {
        let entry = &self.entries[self.entries.partition_point(|entry| entry.first_step <= number) - 1];
        let nth = number - entry.first_step;
        let from = if nth == 0 { 0 } else { entry.head + (nth - 1) * entry.unit };
        let to = entry.head + nth * entry.unit;
        let (skip, bytes, work) = match &entry.whole {
            Whole::Piece(Piece::Bytes(bytes)) => (0, bytes.len() as u64, Work::Bytes(bytes)),
            Whole::Piece(Piece::Zeros(len)) => (0, *len, Work::Zeros),
            Whole::Piece(Piece::Copy { disc, source, range }) => {
                let range = range.start + from..range.end.min(range.start + to);
                (from, range.end - range.start, Work::Copy { disc: *disc, source: *source, range })
            }
            Whole::Piece(Piece::Sectors { disc, lbas, form }) => {
                let lbas = cut(lbas, from, to);
                let bytes = u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride);
                (from * u64::from(form.stride), bytes, Work::Sectors { disc: *disc, lbas, form: *form })
            }
            Whole::Dropped { disc, lbas, what } => {
                let lbas = cut(lbas, from, to);
                let bytes = u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(Form::RAW.stride);
                (0, bytes, Work::Dropped { disc: *disc, lbas, what: *what })
            }
        };
        Step { file: entry.file, offset: entry.offset + skip, bytes, work }
    }
}

/// Sectors `from..to` of `lbas`, counted from its start, cut at its end.
fn cut(lbas: &Range<Lba>, from: u64, to: u64) -> Range<Lba> {
    let shift = |by: u64| lbas.start + i32::try_from(by).unwrap_or(i32::MAX);
    shift(from)..shift(to).min(lbas.end)
}
