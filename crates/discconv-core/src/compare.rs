//! Are two discs the same, whatever files hold them?

mod sub;

use crate::blank::{is_blank, is_zero};
use crate::disc::{Disc, Extent};
use crate::error::Result;
use crate::form::{Form, Main};
use crate::frame::kept;
use crate::pool::{Phase, Pool, Watch};
use crate::read::Scratch;
use crate::steps::STEP_SECTORS;
use crate::toc::{Toc, Track};
use crate::tocdiff::toc_difference;
use discconv_sector::{Lba, RAW, USER};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use sub::Sub;

/// Neighbouring sectors of one track that differ, or that only one of the discs has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The track, by its number.
    pub track: u8,
    /// The first of them, in the first disc; in the second for a track that only that one has.
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
    /// The subchannel, which not every image stores.
    pub sub: SubComparison,
}

/// What comparing subchannel found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubComparison {
    /// Sectors of which both store it, so that it was compared.
    pub sectors: u64,
    /// Sectors of which it was not: one side stores none, or the track lies elsewhere, so that its times differ by themselves.
    pub skipped: u64,
    /// Runs of sectors whose subchannel differs, ascending.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Is there no difference?
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.toc.is_none() && self.differences.is_empty() && self.sub.differences.is_empty()
    }
}

/// Sectors to be looked at, all of one track and each side within one extent.
struct Task {
    track: u8,
    /// Where they are reported.
    at: Lba,
    sectors: u32,
    what: What,
}

enum What {
    /// Both have them: in the first disc from [`Task::at`], in the second from here.
    Same { b: Lba, form: Form, sub: Sub },
    /// One disc has them and the other need not, if they are blank.
    Blank { in_a: bool, lba: Lba },
    /// Nothing to be read: they differ in any case.
    Differ,
}

impl Task {
    fn bytes(&self) -> u64 {
        let stride = match &self.what {
            What::Same { form, sub, .. } => sub.beside(form).stride,
            What::Blank { .. } => Form::RAW.stride,
            What::Differ => 0,
        };
        u64::from(self.sectors) * u64::from(stride)
    }
}

/// Compare two discs track by track, from INDEX 00 on.
///
/// Sectors are compared raw where both sides store them raw, else as user data; a gap that no file holds equals the
/// same bytes stored. Sectors that only one disc has are differences, except blank ones before LBA 0: every disc has
/// those, and few images store them. Of CD-TEXT the packs are compared only if both discs have them, and so is subchannel:
/// as far as both store it.
///
/// # Errors
/// Reading, or [`crate::Error::Cancelled`].
pub fn compare(a: &Disc, b: &Disc, pool: &dyn Pool, watch: &dyn Watch) -> Result<Comparison> {
    let stores_mode = |disc: &Disc| disc.extents().iter().all(|extent| stored_form(extent) != Some(Main::User));
    let (toc_a, toc_b) = comparable(a.toc(), b.toc());
    let toc = toc_difference(&toc_a, &toc_b, stores_mode(a) && stores_mode(b));
    let tasks = Planner { a, b, tasks: Vec::new() }.plan();
    watch.begin(Phase::Comparing, tasks.iter().map(Task::bytes).sum());
    let found: Mutex<Found> = Mutex::default();
    pool.run(tasks.len() as u64, &|number, scratch| {
        watch.check()?;
        let Some(task) = usize::try_from(number).ok().and_then(|number| tasks.get(number)) else { return Ok(()) };
        let differing = look(a, b, task, scratch)?;
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.main.extend(differing.main);
        found.sub.extend(differing.sub);
        drop(found);
        watch.advance(task.bytes());
        Ok(())
    })?;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut comparison = Comparison { toc, differences: join(found.main), ..Comparison::default() };
    comparison.sub.differences = join(found.sub);
    for task in &tasks {
        if let What::Same { form, sub, .. } = task.what {
            let sectors = u64::from(task.sectors);
            comparison.sectors += sectors;
            comparison.user_only += if form == Form::USER { sectors } else { 0 };
            comparison.sub.sectors += if sub.is_compared() { sectors } else { 0 };
            comparison.sub.skipped += if sub == Sub::Skipped { sectors } else { 0 };
        }
    }
    Ok(comparison)
}

/// Runs of differing sectors, and of sectors with differing subchannel.
#[derive(Default)]
struct Found {
    main: Vec<Difference>,
    sub: Vec<Difference>,
}

/// Both without packs of CD-TEXT where the other side knows only its strings.
fn comparable(a: &Toc, b: &Toc) -> (Toc, Toc) {
    let (mut a, mut b) = (a.clone(), b.clone());
    if let (Some(ours), Some(theirs)) = (&mut a.cd_text, &mut b.cd_text)
        && (ours.packs.is_empty() || theirs.packs.is_empty())
    {
        ours.packs.clear();
        theirs.packs.clear();
    }
    (a, b)
}

fn stored_form(extent: &Extent) -> Option<Main> {
    extent.main.map(|place| place.form.main)
}

/// Does the extent store no more of a data sector than subheader and user data?
fn is_user_only(extent: &Extent) -> bool {
    let main = stored_form(extent).filter(|_| !extent.mode.is_audio());
    main.and_then(|main| kept(main, extent.mode)).is_some_and(|kept| kept.end <= 24 + USER)
}

struct Planner<'a> {
    a: &'a Disc,
    b: &'a Disc,
    tasks: Vec<Task>,
}

impl Planner<'_> {
    fn plan(mut self) -> Vec<Task> {
        let (a, b) = (self.a.toc(), self.b.toc());
        for track in a.tracks() {
            self.track(track, b.tracks().find(|other| other.number == track.number));
        }
        for track in b.tracks() {
            self.rest_of_b(track, a.tracks().find(|other| other.number == track.number));
        }
        self.tasks
    }

    /// Every sector of a track of the first disc.
    fn track(&mut self, track: &Track, other: Option<&Track>) {
        let (shift, both) = common(track, other);
        for alone in [track.first()..both.start, both.end..track.end] {
            if shift == 0 {
                // The other disc may count them to another track.
                self.pairs(track.number, alone, shift);
            } else {
                self.alone(track.number, true, alone, 0);
            }
        }
        self.pairs(track.number, both, shift);
    }

    /// Sectors of a track of the second disc that [`Planner::track`] compared with nothing.
    fn rest_of_b(&mut self, track: &Track, other: Option<&Track>) {
        let (a, b) = (self.a, self.b);
        let (shift, both) = common(track, other);
        // Tracks that begin alike were compared from end to end with whatever is at the same address.
        let is_done = |seen: &&Track| common(seen, b.toc().tracks().find(|other| other.number == seen.number)).0 == 0;
        for alone in [track.first()..both.start, both.end..track.end] {
            if shift != 0 {
                self.alone(track.number, false, alone, shift);
                continue;
            }
            let mut at = alone.start;
            for seen in a.toc().tracks().filter(is_done).filter(|seen| seen.first() < alone.end && seen.end > alone.start) {
                self.pairs_of_b(track.number, at..seen.first());
                at = seen.end;
            }
            self.pairs_of_b(track.number, at..alone.end);
        }
    }

    /// As [`Planner::pairs`], from the second disc's side.
    fn pairs_of_b(&mut self, track: u8, lbas: Range<Lba>) {
        let (a, b) = (self.a, self.b);
        for (theirs, other) in b.extents_in(lbas) {
            let mut at = theirs.start;
            for (both, extent) in a.extents_in(theirs.clone()) {
                self.alone(track, false, at..both.start, 0);
                at = both.end;
                self.pair(track, &both, 0, [extent, other]);
            }
            self.alone(track, false, at..theirs.end, 0);
        }
    }

    /// Sectors `lbas` of the first disc with those `shift` further on in the second, where it has any.
    fn pairs(&mut self, track: u8, lbas: Range<Lba>, shift: i32) {
        let (a, b) = (self.a, self.b);
        for (ours, extent) in a.extents_in(lbas) {
            let mut at = ours.start;
            for (theirs, other) in b.extents_in(ours.start + shift..ours.end + shift) {
                let both = theirs.start - shift..theirs.end - shift;
                self.alone(track, true, at..both.start, 0);
                at = both.end;
                self.pair(track, &both, shift, [extent, other]);
            }
            self.alone(track, true, at..ours.end, 0);
        }
    }

    fn pair(&mut self, track: u8, lbas: &Range<Lba>, shift: i32, extents: [&Extent; 2]) {
        let raw = self.a.toc().media.has_raw() && self.b.toc().media.has_raw();
        let form = if raw && !extents.into_iter().any(is_user_only) { Form::RAW } else { Form::USER };
        if form == Form::USER && extents[0].mode.is_audio() != extents[1].mode.is_audio() {
            // Sound on one side, 2048 bytes on the other.
            return self.differ(track, lbas.clone());
        }
        let sub = Sub::of(extents, shift);
        self.push(track, lbas, |at| What::Same { b: at + shift, form, sub });
    }

    /// Sectors `lbas` of one disc that the other lacks; reported `shift` further on.
    fn alone(&mut self, track: u8, in_a: bool, lbas: Range<Lba>, shift: i32) {
        let zero = Lba(0).max(lbas.start).min(lbas.end);
        let shifted = |lbas: Range<Lba>| lbas.start + shift..lbas.end + shift;
        self.push(track, &shifted(lbas.start..zero), |at| What::Blank { in_a, lba: at - shift });
        self.differ(track, shifted(zero..lbas.end));
    }

    fn differ(&mut self, track: u8, lbas: Range<Lba>) {
        if lbas.start < lbas.end {
            self.tasks.push(Task { track, at: lbas.start, sectors: lbas.start.sectors_to(lbas.end), what: What::Differ });
        }
    }

    /// Tasks of at most [`STEP_SECTORS`].
    fn push(&mut self, track: u8, lbas: &Range<Lba>, what: impl Fn(Lba) -> What) {
        let mut at = lbas.start;
        while at < lbas.end {
            let sectors = at.sectors_to(lbas.end).min(STEP_SECTORS);
            self.tasks.push(Task { track, at, sectors, what: what(at) });
            at = at + i32::try_from(sectors).unwrap_or(i32::MAX);
        }
    }
}

/// How far `other` lies behind `track`, and the sectors of `track` that both have; empty at its end if there are none.
fn common(track: &Track, other: Option<&Track>) -> (i32, Range<Lba>) {
    let none = track.end..track.end;
    let Some(other) = other else { return (0, none) };
    let shift = other.start() - track.start();
    let both = track.first().max(other.first() - shift)..track.end.min(other.end - shift);
    (shift, if both.start < both.end { both } else { none })
}

/// The sectors of `task` that differ.
fn look(a: &Disc, b: &Disc, task: &Task, scratch: &mut Scratch) -> Result<Found> {
    let mut differing = Found::default();
    let (form, sub, sides) = match &task.what {
        What::Differ => {
            differing.main.push(Difference { track: task.track, first: task.at, sectors: u64::from(task.sectors) });
            return Ok(differing);
        }
        What::Same { b: at, form, sub } => (sub.beside(form), *sub, [(a, task.at), (b, *at)]),
        What::Blank { in_a, lba } => {
            let disc = if *in_a { a } else { b };
            let form = if disc.toc().media.has_raw() { Form::RAW } else { Form::USER };
            (form, Sub::Neither, [(disc, *lba), (disc, *lba)])
        }
    };
    let record = form.record();
    let len = usize::try_from(task.sectors).unwrap_or(usize::MAX) * record;
    let mut buffers = [std::mem::take(&mut scratch.buffer), std::mem::take(&mut scratch.other)];
    let blank = matches!(task.what, What::Blank { .. });
    for (buffer, (disc, first)) in buffers.iter_mut().zip(sides).take(if blank { 1 } else { 2 }) {
        buffer.resize(len, 0);
        disc.read_cut(first, &form, scratch, buffer)?;
    }
    let [ours, theirs] = buffers;
    if blank {
        let told = ours.chunks_exact(record).map(|bytes| !bytes.first_chunk::<RAW>().map_or_else(|| is_zero(bytes), is_blank));
        collect(task, told, &mut differing.main);
    } else if ours != theirs {
        let main = form.main.len();
        let pairs = || ours.chunks_exact(record).zip(theirs.chunks_exact(record));
        collect(task, pairs().map(|(a, b)| a[..main] != b[..main]), &mut differing.main);
        collect(task, pairs().map(|(a, b)| sub.differs(&a[main..], &b[main..])), &mut differing.sub);
    }
    [scratch.buffer, scratch.other] = [ours, theirs];
    Ok(differing)
}

/// Runs of the sectors that were told to differ.
fn collect(task: &Task, told: impl Iterator<Item = bool>, runs: &mut Vec<Difference>) {
    for (lba, _) in (task.at.0..).map(Lba).zip(told).filter(|(_, differs)| *differs) {
        append(runs, Difference { track: task.track, first: lba, sectors: 1 });
    }
}

fn join(mut found: Vec<Difference>) -> Vec<Difference> {
    found.sort_unstable_by_key(|run| (run.track, run.first));
    let mut runs = Vec::new();
    found.into_iter().for_each(|run| append(&mut runs, run));
    runs
}

/// Append, joined to the last run where they are one.
fn append(runs: &mut Vec<Difference>, run: Difference) {
    match runs.last_mut() {
        Some(last) if last.track == run.track && u64::from(last.first.sectors_to(run.first)) == last.sectors => {
            last.sectors += run.sectors;
        }
        _ => runs.push(run),
    }
}
