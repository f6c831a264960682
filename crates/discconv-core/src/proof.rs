//! Proof: what was written is opened by its own reader and compared with the source.

use crate::coverage::outside_runs;
use crate::disc::Disc;
use crate::engine::Execution;
use crate::error::{At, Error, Result};
use crate::format::{Found, Input, Limits, Siblings};
use crate::output::{FileId, OutputSet};
use crate::plan::{ExpectedDisc, Plan, Run};
use crate::pool::Phase;
use crate::read::Scratch;
use crate::source::ReadAt;
use crate::steps::{STEP_SECTORS, Step, Steps, Work};
use crate::tocdiff::toc_difference;
use std::sync::Arc;

/// Prove `set`; the number of tracks proved.
pub(crate) fn prove(plan: &Plan, sources: &[Disc], how: &Execution<'_>, set: &dyn OutputSet) -> Result<usize> {
    let written: Vec<Arc<dyn ReadAt>> =
        (0..).map(FileId).take(plan.files.len()).map(|id| set.reopen(id)).collect::<Result<_>>()?;
    prove_lengths(plan, &written)?;
    let outside = outside_runs(plan, sources);
    let outside = Steps::of_pieces(&outside, sources);
    how.watch.begin(Phase::Proving, outside.bytes().saturating_add(run_bytes(plan)));
    prove_bytes(plan, &outside, sources, &written, how)?;
    let entry = &plan.files[plan.entry];
    let siblings = Written { plan, files: &written };
    let input = Input {
        name: &entry.name,
        source: written[plan.entry].clone(),
        siblings: &siblings,
        limits: Limits::default(),
        forced: plan.forced,
    };
    let found = (how.reader)(&input)?;
    if found.len() != plan.discs.len() {
        return Err(failed(&entry.name, At::Whole, format!("{} discs instead of {}", found.len(), plan.discs.len())));
    }
    for (expected, found) in plan.discs.iter().zip(&found) {
        if let Some(what) = toc_difference(&expected.toc, found.toc(), expected.says_mode) {
            return Err(failed(&entry.name, At::Whole, what));
        }
    }
    prove_sectors(plan, sources, &found, how)?;
    Ok(plan.discs.iter().map(|disc| disc.toc.track_count()).sum())
}

/// Bytes that comparing the runs reads.
fn run_bytes(plan: &Plan) -> u64 {
    let runs = plan.discs.iter().flat_map(|disc| &disc.runs);
    runs.map(|run| u64::from(run.sectors) * u64::from(run.form.stride)).fold(0, u64::saturating_add)
}

fn failed(file: &str, at: At, what: String) -> Error {
    Error::ProofFailed { file: file.to_owned(), at, what }
}

/// What was written has the planned length.
fn prove_lengths(plan: &Plan, written: &[Arc<dyn ReadAt>]) -> Result<()> {
    for (file, written) in plan.files.iter().zip(written) {
        // What a file of coded blocks holds is for its reader to say.
        if let Some(len) = file.len().filter(|len| *len != written.len()) {
            return Err(failed(&file.name, At::Whole, format!("{} bytes instead of {len}", written.len())));
        }
    }
    Ok(())
}

/// Headers, text, zeros, and whatever else no run compares: byte by byte, at its place in the file.
fn prove_bytes(plan: &Plan, steps: &Steps<'_>, sources: &[Disc], written: &[Arc<dyn ReadAt>], how: &Execution<'_>) -> Result<()> {
    how.pool.run(steps.count(), &|number, scratch| {
        how.watch.check()?;
        let step = steps.get(number);
        let index = usize::try_from(step.file.0).unwrap_or(usize::MAX);
        let (Some(written), Some(file)) = (written.get(index), plan.files.get(index)) else { return Ok(()) };
        if let Some(at) = differs(&step, sources, written.as_ref(), scratch)? {
            return Err(failed(&file.name, At::Byte(step.offset + at as u64), "a byte read back differently".to_owned()));
        }
        how.watch.advance(step.bytes);
        Ok(())
    })
}

/// The first byte of the step that is not what it should be.
fn differs(step: &Step<'_>, sources: &[Disc], written: &dyn ReadAt, scratch: &mut Scratch) -> Result<Option<usize>> {
    if step.work == Work::Zeros && written.is_hole(step.offset..step.offset + step.bytes) {
        return Ok(None);
    }
    let len = usize::try_from(step.bytes).unwrap_or(usize::MAX);
    let (mut meant, mut got) = (std::mem::take(&mut scratch.buffer), std::mem::take(&mut scratch.other));
    got.resize(len, 0);
    written.read_exact_at(step.offset, &mut got)?;
    meant.resize(len, 0);
    let meant_bytes = match &step.work {
        Work::Bytes(bytes) => bytes,
        Work::Zeros => {
            meant.fill(0);
            &meant[..]
        }
        Work::Copy { disc, source, range } => {
            sources[*disc].source(*source).read_exact_at(range.start, &mut meant)?;
            &meant
        }
        Work::Sectors { disc, lbas, form } => {
            sources[*disc].read_cut(lbas.start, form, scratch, &mut meant)?;
            &meant
        }
        Work::Dropped { .. } => &got,
    };
    let at = first_difference(meant_bytes, &got);
    scratch.buffer = meant;
    scratch.other = got;
    Ok(at)
}

fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    if a == b { None } else { a.iter().zip(b).position(|(a, b)| a != b) }
}

/// Cuts runs into steps: (disc, run, first sector within the run, sectors).
fn cut(expected: &[ExpectedDisc]) -> Vec<(u64, usize, Run)> {
    let mut first = 0;
    let mut cuts = Vec::new();
    for (disc, expected) in expected.iter().enumerate() {
        for run in &expected.runs {
            cuts.push((first, disc, *run));
            first += u64::from(run.sectors.div_ceil(STEP_SECTORS));
        }
    }
    cuts
}

fn prove_sectors(plan: &Plan, sources: &[Disc], found: &[Disc], how: &Execution<'_>) -> Result<()> {
    let cuts = cut(&plan.discs);
    let count = cuts.last().map_or(0, |(first, _, run)| first + u64::from(run.sectors.div_ceil(STEP_SECTORS)));
    how.pool.run(count, &|number, scratch| {
        how.watch.check()?;
        let (first, disc, run) = &cuts[cuts.partition_point(|(first, ..)| *first <= number) - 1];
        let skip = u32::try_from(number - first).unwrap_or(u32::MAX).saturating_mul(STEP_SECTORS);
        let sectors = STEP_SECTORS.min(run.sectors - skip);
        compare_piece(&sources[run.disc], &found[*disc], run, skip, sectors, scratch)?;
        how.watch.advance(u64::from(sectors) * u64::from(run.form.stride));
        Ok(())
    })
}

fn compare_piece(source: &Disc, found: &Disc, run: &Run, skip: u32, sectors: u32, scratch: &mut Scratch) -> Result<()> {
    let skip = i32::try_from(skip).unwrap_or(i32::MAX);
    let len = usize::try_from(sectors).unwrap_or(usize::MAX) * run.form.record();
    let (mut meant, mut got) = (std::mem::take(&mut scratch.buffer), std::mem::take(&mut scratch.other));
    meant.resize(len, 0);
    got.resize(len, 0);
    source.read_cut(run.from + skip, &run.form, scratch, &mut meant)?;
    found.read_cut(run.at + skip, &run.form, scratch, &mut got)?;
    if let Some(at) = first_difference(&meant, &got) {
        let lba = run.at + skip + i32::try_from(at / run.form.record()).unwrap_or(0);
        let byte = at % run.form.record();
        return Err(failed(found.name_at(lba), At::Lba(lba), format!("byte {byte} of the sector read back differently")));
    }
    scratch.buffer = meant;
    scratch.other = got;
    Ok(())
}

/// The files just written, as a folder for their own reader.
struct Written<'a> {
    plan: &'a Plan,
    files: &'a [Arc<dyn ReadAt>],
}

impl Siblings for Written<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let files = &self.plan.files;
        let exact = files.iter().position(|file| file.name == name);
        let Some(index) = exact.or_else(|| files.iter().position(|file| file.name.eq_ignore_ascii_case(name))) else {
            return Ok(None);
        };
        let source = self.files[index].clone();
        Ok(Some(Found { name: files[index].name.clone(), source, unwrapped: None, notes: Vec::new() }))
    }

    fn list(&self) -> Vec<String> {
        let mut names: Vec<String> = self.plan.files.iter().map(|file| file.name.clone()).collect();
        names.sort();
        names
    }
}
