//! Are two discs the same, whatever files hold them?

use crate::disc::{Disc, Extent};
use crate::error::Result;
use crate::form::{Form, Main};
use crate::loss::Tally;
use crate::pool::{Phase, Pool, Watch};
use crate::proof::toc_difference;
use crate::read::Scratch;
use crate::steps::STEP_SECTORS;
use crate::toc::Track;
use discconv_sector::Lba;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Neighbouring sectors of one track that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The track, by its number.
    pub track: u8,
    /// The first of them, in the first disc.
    pub first: Lba,
    /// How many in a row.
    pub sectors: u64,
}

/// What comparing found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// In what the tables of contents differ.
    pub toc: Option<String>,
    /// Runs of differing sectors, ascending.
    pub differences: Vec<Difference>,
    /// Sectors compared.
    pub sectors: u64,
    /// Sectors of which only the user data was compared, since one side stores no more.
    pub user_only: u64,
}

impl Comparison {
    /// Is there no difference?
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.toc.is_none() && self.differences.is_empty()
    }
}

struct Task {
    track: u8,
    a: Lba,
    b: Lba,
    sectors: u32,
    form: Form,
}

/// Compare two discs track by track, from INDEX 00 on.
///
/// Sectors are compared raw where both sides store them raw, else as user data; a gap that no file holds equals the
/// same bytes stored.
///
/// # Errors
/// Reading, or [`crate::Error::Cancelled`].
pub fn compare(a: &Disc, b: &Disc, pool: &dyn Pool, watch: &dyn Watch) -> Result<Comparison> {
    let stores_mode = |disc: &Disc| disc.extents().iter().all(|extent| stored_form(extent) != Some(Main::User));
    let toc = toc_difference(a.toc(), b.toc(), stores_mode(a) && stores_mode(b));
    let tasks: Vec<Task> = a.toc().tracks().flat_map(|track| tasks_of(a, b, track)).collect();
    let bytes = tasks.iter().map(|task| u64::from(task.sectors) * u64::from(task.form.stride)).sum();
    watch.begin(Phase::Comparing, bytes);
    let found: Mutex<Vec<(u8, Lba)>> = Mutex::default();
    pool.run(tasks.len() as u64, &|number, scratch| {
        watch.check()?;
        let task = &tasks[usize::try_from(number).unwrap_or(usize::MAX)];
        let differing = compare_task(a, b, task, scratch)?;
        found.lock().unwrap_or_else(PoisonError::into_inner).extend(differing.into_iter().map(|lba| (task.track, lba)));
        watch.advance(u64::from(task.sectors) * u64::from(task.form.stride));
        Ok(())
    })?;
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_unstable_by_key(|(_, lba)| *lba);
    let sectors = tasks.iter().map(|task| u64::from(task.sectors)).sum();
    let user_only = tasks.iter().filter(|task| task.form == Form::USER).map(|task| u64::from(task.sectors)).sum();
    Ok(Comparison { toc, differences: join(&found), sectors, user_only })
}

fn stored_form(extent: &Extent) -> Option<Main> {
    extent.main.map(|place| place.form.main)
}

/// The pieces of `track` that both discs have, each within one extent on both sides.
fn tasks_of(a: &Disc, b: &Disc, track: &Track) -> Vec<Task> {
    let Some(other) = b.toc().tracks().find(|other| other.number == track.number) else { return Vec::new() };
    let shift = other.start() - track.start();
    let start = track.first().max(other.first() - shift);
    let end = track.end.min(other.end - shift);
    let raw = a.toc().media.has_raw() && b.toc().media.has_raw();
    let mut tasks = Vec::new();
    for (lbas, extent) in a.extents_in(start..end) {
        for (theirs, other) in b.extents_in(lbas.start + shift..lbas.end + shift) {
            let ours = theirs.start - shift..theirs.end - shift;
            let user = !raw || [extent, other].into_iter().any(|extent| stored_form(extent) == Some(Main::User));
            cut(&ours, |at, sectors| {
                tasks.push(Task {
                    track: track.number,
                    a: at,
                    b: at + shift,
                    sectors,
                    form: if user { Form::USER } else { Form::RAW },
                })
            });
        }
    }
    tasks
}

fn cut(lbas: &Range<Lba>, mut each: impl FnMut(Lba, u32)) {
    let mut at = lbas.start;
    while at < lbas.end {
        let sectors = at.sectors_to(lbas.end).min(STEP_SECTORS);
        each(at, sectors);
        at = at + i32::try_from(sectors).unwrap_or(i32::MAX);
    }
}

fn compare_task(a: &Disc, b: &Disc, task: &Task, scratch: &mut Scratch) -> Result<Vec<Lba>> {
    let record = task.form.record();
    let len = usize::try_from(task.sectors).unwrap_or(usize::MAX) * record;
    let (mut ours, mut theirs) = (std::mem::take(&mut scratch.buffer), std::mem::take(&mut scratch.other));
    ours.resize(len, 0);
    theirs.resize(len, 0);
    a.read_lossy(task.a, &task.form, scratch, &mut Tally::default(), &mut ours)?;
    b.read_lossy(task.b, &task.form, scratch, &mut Tally::default(), &mut theirs)?;
    let differing = if ours == theirs {
        Vec::new()
    } else {
        let pairs = (task.a.0..).map(Lba).zip(ours.chunks_exact(record).zip(theirs.chunks_exact(record)));
        pairs.filter(|(_, (a, b))| a != b).map(|(lba, _)| lba).collect()
    };
    scratch.buffer = ours;
    scratch.other = theirs;
    Ok(differing)
}

fn join(found: &[(u8, Lba)]) -> Vec<Difference> {
    let mut runs: Vec<Difference> = Vec::new();
    for (track, lba) in found {
        match runs.last_mut() {
            Some(run)
                if run.track == *track
                    && i64::from(run.first.0) + i64::try_from(run.sectors).unwrap_or(i64::MAX) == i64::from(lba.0) =>
            {
                run.sectors += 1
            }
            _ => runs.push(Difference { track: *track, first: *lba, sectors: 1 }),
        }
    }
    runs
}
