//! Proof: what was written is opened by its own reader and compared with the source.

use crate::coverage::outside_runs;
use crate::disc::Disc;
use crate::engine::Execution;
use crate::error::{At, Error, Result};
use crate::format::{Found, Input, Siblings};
use crate::output::{FileId, OutputSet};
use crate::plan::{Piece, Plan, Run};
use crate::pool::Phase;
use crate::read::Scratch;
use crate::source::ReadAt;
use crate::steps::{Step, Steps, Work, placed_pieces};
use crate::tocdiff::toc_difference;
use discconv_sector::Lba;
use std::ops::Range;
use std::sync::Arc;

/// Prove `set`; the number of tracks proved.
pub(crate) fn prove(plan: &Plan, sources: &[Disc], how: &Execution<'_>, set: &dyn OutputSet) -> Result<usize> {
    let written: Vec<Arc<dyn ReadAt>> =
        (0..).map(FileId).take(plan.files.len()).map(|id| set.reopen(id)).collect::<Result<_>>()?;
    prove_lengths(plan, &written)?;
    // Text that came back wrong would only make the reader say something less to the point.
    let text = placed_pieces(plan).filter(|(.., piece)| matches!(piece, Piece::Bytes(_)));
    let text: Vec<_> = text.map(|(file, offset, piece)| (file, offset, piece.clone())).collect();
    let text = Steps::of_pieces(&text, sources);
    how.watch.begin(Phase::Proving, text.bytes().saturating_add(run_bytes(plan)));
    prove_bytes(plan, &text, sources, &written, how)?;
    let entry = &plan.files[plan.entry];
    let siblings = Written { plan, files: &written };
    let input = Input { forced: plan.forced, ..Input::new(&entry.name, written[plan.entry].clone(), &siblings) };
    let found = (how.reader)(&input)?;
    if found.len() != plan.discs.len() {
        return Err(failed(&entry.name, At::Whole, format!("{} discs instead of {}", found.len(), plan.discs.len())));
    }
    for (expected, found) in plan.discs.iter().zip(&found) {
        if let Some(what) = toc_difference(&expected.toc, found.toc(), expected.says_mode) {
            return Err(failed(&entry.name, At::Whole, what));
        }
    }
    let outside = outside_runs(plan, &found, &written);
    let outside = Steps::of_pieces(&outside, sources);
    prove_sectors(plan, sources, &found, how)?;
    if outside.count() > 0 {
        how.watch.begin(Phase::Proving, outside.bytes());
    }
    prove_bytes(plan, &outside, sources, &written, how)?;
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

/// Pieces read back byte by byte, at their places in the files.
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

/// Every run through both readers: what the source has, and what the output turned out to have.
fn prove_sectors(plan: &Plan, sources: &[Disc], found: &[Disc], how: &Execution<'_>) -> Result<()> {
    let runs = plan.discs.iter().zip(found).flat_map(|(expected, found)| expected.runs.iter().map(move |run| (run, found)));
    let runs: Vec<(&Run, &Disc)> = runs.collect();
    // Cut as sectors to be written are, so that no block of the source is decoded twice; the number of the run stands for
    // the file.
    let pieces: Vec<_> = runs.iter().zip(0..).map(|((run, _), number)| (FileId(number), 0, run_piece(run))).collect();
    let steps = Steps::of_pieces(&pieces, sources);
    how.pool.run(steps.count(), &|number, scratch| {
        how.watch.check()?;
        let step = steps.get(number);
        let run = usize::try_from(step.file.0).ok().and_then(|number| runs.get(number));
        if let (Some((run, found)), Work::Sectors { lbas, .. }) = (run, &step.work) {
            compare_sectors(&sources[run.disc], found, run, lbas, scratch)?;
        }
        how.watch.advance(step.bytes);
        Ok(())
    })
}

fn run_piece(run: &Run) -> Piece {
    let end = run.from + i32::try_from(run.sectors).unwrap_or(i32::MAX);
    Piece::Sectors { disc: run.disc, lbas: run.from..end, form: run.form }
}

/// Sectors `lbas` of the source, which are some of `run`, with those of the output.
fn compare_sectors(source: &Disc, found: &Disc, run: &Run, lbas: &Range<Lba>, scratch: &mut Scratch) -> Result<()> {
    let first = run.at + (lbas.start - run.from);
    let end = run.at + (lbas.end - run.from);
    if source.is_hole(lbas, &run.form) && found.is_hole(&(first..end), &run.form) {
        return Ok(());
    }
    let record = run.form.record();
    let len = usize::try_from(lbas.start.sectors_to(lbas.end)).unwrap_or(usize::MAX).saturating_mul(record);
    let (mut meant, mut got) = (std::mem::take(&mut scratch.buffer), std::mem::take(&mut scratch.other));
    meant.resize(len, 0);
    got.resize(len, 0);
    source.read_cut(lbas.start, &run.form, scratch, &mut meant)?;
    found.read_cut(first, &run.form, scratch, &mut got)?;
    if let Some(at) = first_difference(&meant, &got) {
        let lba = first + i32::try_from(at / record).unwrap_or(0);
        let byte = at % record;
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
