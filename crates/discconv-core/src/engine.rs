//! The one engine: it cuts a plan into steps, moves bytes, finds losses, proves the result.

use crate::blank::is_blank;
use crate::disc::{Disc, Extent};
use crate::error::{Error, Result};
use crate::form::{Form, SubCoding};
use crate::format::Input;
use crate::loss::{Loss, LossKind, LossKinds, Tally};
use crate::output::{FileId, OutputFile, OutputSet, Outputs};
use crate::plan::{DroppedWhat, Plan, PlannedFile};
use crate::pool::{Phase, Pool, Watch};
use crate::proof;
use crate::read::Scratch;
use crate::steps::{Step, Steps, Work};
use crate::subgen;
use discconv_sector::{Lba, RAW, SUB};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How a plan is to be executed.
pub struct Execution<'a> {
    /// Where to write; `None` only looks (a dry run).
    pub outputs: Option<&'a dyn Outputs>,
    /// Who does the work.
    pub pool: &'a dyn Pool,
    /// Who watches.
    pub watch: &'a dyn Watch,
    /// Losses the person accepts.
    pub allow: LossKinds,
    /// Read back, open with `reader`, compare.
    pub prove: bool,
    /// The source's name, for messages.
    pub source_name: &'a str,
    /// Opens the written files again, with the reader of [`Plan::format`].
    pub reader: &'a (dyn Fn(&Input<'_>) -> Result<Vec<Disc>> + Sync),
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Name and length of each file, in the plan's order. For a dry run, what they would be; `None` if coding decides it.
    pub files: Vec<(String, Option<u64>)>,
    /// What was lost, with leave.
    pub losses: Vec<Loss>,
    /// Tracks proved identical; `None` if no proof was asked for.
    pub verified_tracks: Option<usize>,
    /// Worth telling.
    pub notes: Vec<String>,
}

/// Carry out `plan` over `discs`.
///
/// Losses that are not allowed are all counted before this returns, and nothing is left behind.
///
/// # Errors
/// [`Error::WouldLose`], [`Error::ProofFailed`], [`Error::Cancelled`], or whatever reading and writing meet.
pub fn execute(plan: &Plan, discs: &[Disc], how: &Execution<'_>) -> Result<Report> {
    plan.check_names()?;
    plan.check_against(discs)?;
    let engine = Engine { plan, discs, how, tallies: Mutex::default(), refused: AtomicBool::new(false) };
    match how.outputs {
        Some(outputs) if engine.refused_by_toc().is_empty() => engine.convert(outputs),
        _ => engine.look(),
    }
}

pub(crate) struct Engine<'a> {
    plan: &'a Plan,
    pub(crate) discs: &'a [Disc],
    pub(crate) how: &'a Execution<'a>,
    /// Of each disc.
    tallies: Mutex<BTreeMap<usize, Tally>>,
    /// A loss that is not allowed was met: nothing more is written, but counting goes on.
    refused: AtomicBool,
}

impl Engine<'_> {
    /// Look for losses without writing.
    fn look(&self) -> Result<Report> {
        let steps = Steps::looking(self.plan, self.discs);
        self.how.watch.begin(Phase::Looking, steps.bytes());
        self.run(&steps, None)?;
        let mut report = self.report(None)?;
        report.losses.extend(self.how.watch.at_last()?);
        Ok(report)
    }

    fn convert(&self, outputs: &dyn Outputs) -> Result<Report> {
        let set = outputs.begin(&self.output_files())?;
        let steps = Steps::of(self.plan, self.discs);
        let coded = self.coded_files();
        self.how.watch.begin(Phase::Writing, steps.bytes() + coded.iter().map(|(_, file)| file.raw_len()).sum::<u64>());
        self.run(&steps, Some(set.as_ref()))?;
        let mut lengths = Vec::new();
        for (id, file) in coded {
            lengths.push((id, self.pack(id, file, set.as_ref())?));
        }
        // A refusal ends here; the set is dropped and leaves nothing.
        let mut report = self.report(None)?;
        for (FileId(index), len) in lengths {
            report.files[index as usize].1 = Some(len);
        }
        set.start_sync()?;
        if self.how.prove {
            report.verified_tracks = Some(proof::prove(self.plan, self.discs, self.how, set.as_ref())?);
        }
        report.losses.extend(self.how.watch.at_last()?);
        self.how.watch.check()?;
        self.how.watch.begin(Phase::Finishing, 0);
        set.commit()?;
        Ok(report)
    }

    /// The files whose length coding decides.
    fn coded_files(&self) -> Vec<(FileId, &PlannedFile)> {
        let files = self.plan.files.iter().enumerate().filter(|(_, file)| file.len().is_none());
        files.map(|(index, file)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), file)).collect()
    }

    /// Has a loss been met that is not allowed?
    pub(crate) fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    fn output_files(&self) -> Vec<OutputFile> {
        self.plan.files.iter().map(|file| OutputFile { name: file.name.clone(), len: file.len(), role: file.role }).collect()
    }

    fn refused_by_toc(&self) -> Vec<Loss> {
        self.plan.losses.iter().filter(|loss| !self.how.allow.contains(loss.kind)).cloned().collect()
    }

    /// The report, unless something would be lost that is not allowed.
    fn report(&self, verified_tracks: Option<usize>) -> Result<Report> {
        let mut losses = self.plan.losses.clone();
        losses.extend(self.found());
        losses.sort_by_key(|loss| loss.kind);
        let refused: Vec<Loss> = losses.iter().filter(|loss| !self.how.allow.contains(loss.kind)).cloned().collect();
        if !refused.is_empty() {
            return Err(Error::WouldLose { file: self.how.source_name.to_owned(), losses: refused, keeps: None });
        }
        let files = self.plan.files.iter().map(|file| (file.name.clone(), file.len())).collect();
        Ok(Report { files, losses, verified_tracks, notes: self.plan.notes.clone() })
    }

    /// What the sectors told, disc by disc.
    fn found(&self) -> Vec<Loss> {
        let tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let several = self.discs.len() > 1;
        let named = |disc: usize, loss: Loss| if several { loss.of_disc(disc) } else { loss };
        tallies.iter().flat_map(|(disc, tally)| tally.losses().into_iter().map(move |loss| named(*disc, loss))).collect()
    }

    pub(crate) fn run(&self, steps: &Steps<'_>, set: Option<&dyn OutputSet>) -> Result<()> {
        self.how.pool.run(steps.count(), &|number, scratch| {
            self.how.watch.check()?;
            let step = steps.get(number);
            self.step(&step, scratch, set)?;
            self.how.watch.advance(step.bytes);
            Ok(())
        })
    }

    fn step(&self, step: &Step<'_>, scratch: &mut Scratch, set: Option<&dyn OutputSet>) -> Result<()> {
        let set = set.filter(|_| !self.is_refused());
        match &step.work {
            Work::Bytes(bytes) => set.map_or(Ok(()), |set| set.write_at(step.file, step.offset, bytes)),
            Work::Zeros => Ok(()),
            Work::Copy { disc, source, range } => set.map_or(Ok(()), |set| self.copy(step, *disc, *source, range, scratch, set)),
            Work::Sectors { disc, lbas, form } => self.sectors(step, *disc, lbas, form, scratch, set),
            Work::Dropped { disc, lbas, what } => self.dropped(*disc, lbas, *what, scratch),
        }
    }

    fn copy(
        &self,
        step: &Step<'_>,
        disc: usize,
        source: crate::SourceId,
        range: &Range<u64>,
        scratch: &mut Scratch,
        set: &dyn OutputSet,
    ) -> Result<()> {
        let source = self.discs[disc].source(source);
        // Outputs start as holes, so a hole stays one by not being written.
        if source.is_hole(range.clone()) || set.copy_at(step.file, step.offset, source, range.clone())? {
            return Ok(());
        }
        let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        scratch.buffer.resize(len, 0);
        source.read_exact_at(range.start, &mut scratch.buffer)?;
        set.write_at(step.file, step.offset, &scratch.buffer)
    }

    fn sectors(
        &self,
        step: &Step<'_>,
        disc: usize,
        lbas: &Range<Lba>,
        form: &Form,
        scratch: &mut Scratch,
        set: Option<&dyn OutputSet>,
    ) -> Result<()> {
        // Nothing to write and nothing to find out.
        if set.is_none() && form.is_raw() {
            return Ok(());
        }
        let mut tally = Tally::default();
        let mut buffer = std::mem::take(&mut scratch.buffer);
        buffer.resize(usize::try_from(step.bytes).unwrap_or(usize::MAX), 0);
        self.discs[disc].read_lossy(lbas.start, form, scratch, &mut tally, &mut buffer)?;
        self.count(disc, &tally);
        if let Some(set) = set.filter(|_| !self.is_refused()) {
            set.write_at(step.file, step.offset, &buffer)?;
        }
        scratch.buffer = buffer;
        Ok(())
    }

    /// Look at what is left out.
    fn dropped(&self, number: usize, lbas: &Range<Lba>, what: DroppedWhat, scratch: &mut Scratch) -> Result<()> {
        let disc = &self.discs[number];
        let (form, kind) = match what {
            DroppedWhat::Gap if disc.toc().media.has_raw() => (Form::RAW, LossKind::Pregap),
            DroppedWhat::Gap => (Form::USER, LossKind::Pregap),
            DroppedWhat::Subchannel => (sub_only(), LossKind::Subchannel),
        };
        let mut tally = Tally::default();
        let mut buffer = std::mem::take(&mut scratch.buffer);
        for (lbas, extent) in disc.extents_in(lbas.clone()) {
            if !may_tell(extent, what) {
                continue;
            }
            let sectors = lbas.start.sectors_to(lbas.end);
            buffer.resize(usize::try_from(sectors).unwrap_or(0) * form.record(), 0);
            disc.read_sectors(lbas.start, &form, scratch, &mut buffer)?;
            let all = (lbas.start.0..).map(Lba).zip(buffer.chunks_exact(form.record()));
            all.filter(|(lba, bytes)| is_telling(*lba, bytes, what)).for_each(|(lba, _)| tally.add(kind, lba));
        }
        scratch.buffer = buffer;
        self.count(number, &tally);
        Ok(())
    }

    /// Count what the sectors of a disc told.
    pub(crate) fn count(&self, disc: usize, tally: &Tally) {
        let kinds = tally.kinds();
        if kinds.is_empty() {
            return;
        }
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner).entry(disc).or_default().merge(tally);
        if !self.how.allow.contains_all(kinds) {
            self.refused.store(true, Ordering::Relaxed);
        }
    }
}

/// 96 bytes of packed subchannel and nothing else.
fn sub_only() -> Form {
    Form { main: crate::Main::None, twist: crate::Twist::None, sub: Some(SubCoding::Packed), stride: 96 }
}

/// Does the extent store anything of the kind? What is made for a gap, or from the tracks, tells nothing.
fn may_tell(extent: &Extent, what: DroppedWhat) -> bool {
    match what {
        DroppedWhat::Gap => extent.main.is_some(),
        DroppedWhat::Subchannel => extent.sub.is_some() || extent.main.is_some_and(|place| place.form.sub.is_some()),
    }
}

/// Would leaving these bytes out lose something?
fn is_telling(lba: Lba, bytes: &[u8], what: DroppedWhat) -> bool {
    match what {
        DroppedWhat::Gap => bytes.first_chunk::<RAW>().map_or_else(|| !crate::blank::is_zero(bytes), |raw| !is_blank(raw)),
        DroppedWhat::Subchannel => bytes.first_chunk::<SUB>().is_some_and(|packed| subgen::says_more(packed, lba)),
    }
}
