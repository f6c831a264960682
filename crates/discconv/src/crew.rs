//! Who does the jobs of a batch: several whole jobs beside each other, and the cores that are left over to the last.

use crate::batch::{Entry, Fate, Planned, Survey};
use crate::console::Console;
use crate::conversion::prepare;
use crate::convert::announce;
use crate::errors::Failure;
use crate::interrupt;
use crate::job::Settings;
use crate::progress::{Progress, Total};
use crate::receipt;
use crate::report;
use crate::shown;
use discconv_core::Error;
use discconv_host::{FileIdentity, ThreadPool};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What became of an input.
pub(crate) struct Outcome {
    input: PathBuf,
    result: Ended,
}

enum Ended {
    Converted(Box<Converted>),
    Exists(PathBuf),
    Failed(Failure),
    /// It was not begun: the person had asked to stop.
    NotBegun,
}

struct Converted {
    output: String,
    bytes: u64,
    /// Tracks proved identical, of all.
    verified: Option<(usize, usize)>,
    lost: bool,
    json: Value,
    receipt: Option<Value>,
}

impl Outcome {
    /// The code that this input alone would have ended with, if it failed.
    pub(crate) fn exit_code(&self) -> Option<u8> {
        match &self.result {
            Ended::Failed(failure) => Some(failure.exit_code()),
            _ => None,
        }
    }
}

/// A batch that is over.
pub(crate) struct Run {
    /// In the order of the inputs.
    pub(crate) outcomes: Vec<Outcome>,
}

/// Cores and jobs that are still to be had.
struct Desk<'a> {
    waiting: std::vec::IntoIter<(usize, &'a Planned)>,
    free_cores: usize,
    idle_lanes: usize,
    over: usize,
}

/// What the lanes share.
struct Crew<'a> {
    desk: Mutex<Desk<'a>>,
    done: Mutex<Vec<(usize, Ended)>>,
    settings: &'a Settings,
    inputs: &'a [FileIdentity],
    with_receipts: bool,
    console: &'a Console,
    total: Total,
}

/// Do all jobs of the survey; failures are told as they come.
pub(crate) fn run(survey: Survey, settings: &Settings, with_receipts: bool, cores: usize, console: &Console) -> Run {
    let planned: Vec<(usize, &Planned)> = survey.entries.iter().enumerate().filter_map(|(place, entry)| match &entry.fate {
        Fate::Convert(planned) => Some((place, planned)),
        _ => None,
    }).collect();
    for entry in &survey.entries {
        match &entry.fate {
            Fate::Exists(there) => console.say(&format!("skipped: {}: {} exists already (--force replaces it)", entry.input.display(), there.display())),
            Fate::Fails(failure) => console.failure(failure),
            Fate::Convert(_) => {}
        }
    }
    let lanes = cores.clamp(1, planned.len().max(1));
    let total = Total::new(console, planned.len(), planned.iter().map(|(_, planned)| planned.bytes).sum());
    let desk = Mutex::new(Desk { waiting: planned.into_iter(), free_cores: cores.max(1), idle_lanes: lanes, over: 0 });
    let crew = Crew { desk, done: Mutex::default(), settings, inputs: &survey.inputs, with_receipts, console, total };
    std::thread::scope(|scope| {
        for _ in 1..lanes {
            // With fewer threads than hoped for, the others do the work.
            let _ = std::thread::Builder::new().name("job".to_owned()).spawn_scoped(scope, || crew.work());
        }
        crew.work();
    });
    let done = crew.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Run { outcomes: outcomes(survey.entries, done) }
}

fn outcomes(entries: Vec<Entry>, done: Vec<(usize, Ended)>) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = entries
        .into_iter()
        .map(|entry| {
            let result = match entry.fate {
                Fate::Exists(there) => Ended::Exists(there),
                Fate::Fails(failure) => Ended::Failed(failure),
                Fate::Convert(_) => Ended::NotBegun,
            };
            Outcome { input: entry.input, result }
        })
        .collect();
    for (place, result) in done {
        outcomes[place].result = result;
    }
    outcomes
}

impl<'a> Crew<'a> {
    fn desk(&self) -> MutexGuard<'_, Desk<'a>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One job after another, until none is left.
    fn work(&self) {
        while let Some((place, planned, cores)) = self.take() {
            let ended = self.job(planned, cores).map_or_else(Ended::Failed, |converted| Ended::Converted(Box::new(converted)));
            if let Ended::Failed(failure) = &ended
                && !matches!(failure, Failure::Library(Error::Cancelled))
            {
                self.console.failure(failure);
            }
            self.done.lock().unwrap_or_else(PoisonError::into_inner).push((place, ended));
            let mut desk = self.desk();
            desk.free_cores += cores;
            desk.idle_lanes += 1;
            desk.over += 1;
            self.total.done(desk.over);
        }
    }

    /// The next job, and its share of the cores that are free.
    fn take(&self) -> Option<(usize, &'a Planned, usize)> {
        let mut desk = self.desk();
        if interrupt::asked() {
            return None;
        }
        let soon = desk.idle_lanes.min(desk.waiting.len()).max(1);
        let (place, planned) = desk.waiting.next()?;
        let cores = share(desk.free_cores, soon);
        desk.free_cores -= cores.min(desk.free_cores);
        desk.idle_lanes -= 1;
        Some((place, planned, cores))
    }

    fn job(&self, planned: &Planned, cores: usize) -> Result<Converted, Failure> {
        let progress = Progress::new(self.console, &shown::path(&planned.job.input), Some(&self.total));
        let prepared = prepare(&planned.job, self.settings)?;
        announce(&prepared, self.settings, self.console);
        let done = prepared.carry_out(self.settings, self.inputs, &ThreadPool::new(cores), &progress)?;
        let receipt = if self.with_receipts { Some(receipt::of(&prepared, &done, self.settings, cores, &progress)?) } else { None };
        Ok(Converted {
            output: shown::path(&prepared.folder.join(&prepared.plan.files[prepared.plan.entry].name)),
            bytes: done.report.files.iter().filter_map(|(_, bytes)| *bytes).sum(),
            verified: done.report.verified_tracks.map(|identical| (identical, prepared.tracks())),
            lost: !done.report.losses.is_empty(),
            json: report::done_json(&prepared, &done, self.settings),
            receipt,
        })
    }
}

/// Free cores divided among the jobs that can begin now, the first ones getting what is left over.
fn share(free_cores: usize, jobs: usize) -> usize {
    free_cores.div_ceil(jobs.max(1)).max(1)
}

impl Run {
    /// The receipts of the jobs that were done.
    pub(crate) fn receipts(&self) -> Vec<Value> {
        let receipts = self.outcomes.iter().filter_map(|outcome| match &outcome.result {
            Ended::Converted(converted) => converted.receipt.clone(),
            _ => None,
        });
        receipts.collect()
    }

    /// How many were converted, skipped, failed and not begun.
    fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for outcome in &self.outcomes {
            let place = match &outcome.result {
                Ended::Converted(_) => 0,
                Ended::Exists(_) => 1,
                Ended::Failed(Failure::Library(Error::Cancelled)) | Ended::NotBegun => 3,
                Ended::Failed(_) => 2,
            };
            counts[place] += 1;
        }
        counts
    }

    /// The summary for people: a row for each input, then the counts, then what was proved.
    pub(crate) fn table(&self, others: usize, settings: &Settings) -> String {
        let rows = self.outcomes.iter().map(|outcome| row(outcome, settings));
        let mut lines = Vec::new();
        if !self.outcomes.is_empty() {
            lines.push(shown::table(["input", "result", "output", "size"], &[3], rows));
            lines.push(String::new());
        }
        lines.push(self.summary(others, settings));
        lines.extend(self.verified());
        lines.join("\n")
    }

    fn summary(&self, others: usize, settings: &Settings) -> String {
        let [converted, skipped, failed, not_done] = self.counts();
        let verb = if settings.dry_run { "could be converted" } else { "converted" };
        let mut parts = vec![format!("{converted} {verb}, {skipped} skipped, {failed} failed")];
        if not_done > 0 {
            parts.push(format!("{not_done} not done, since it was interrupted"));
        }
        if others > 0 {
            let are = if others == 1 { "file is no disc image" } else { "files are no disc images" };
            parts.push(format!("{others} {are} (-v names them)"));
        }
        if self.outcomes.is_empty() && others == 0 {
            parts.push("there was nothing to do".to_owned());
        }
        parts.join("; ")
    }

    fn verified(&self) -> Option<String> {
        let proved = self.outcomes.iter().filter_map(|outcome| match &outcome.result {
            Ended::Converted(converted) => converted.verified,
            _ => None,
        });
        let all: Vec<(usize, usize)> = proved.collect();
        let sum = |pick: fn(&(usize, usize)) -> usize| all.iter().map(pick).sum();
        (!all.is_empty()).then(|| report::verified_text(sum(|pair| pair.0), sum(|pair| pair.1)))
    }

    /// The summary for scripts.
    pub(crate) fn json(&self, others: usize) -> Value {
        let jobs: Vec<Value> = self.outcomes.iter().map(outcome_json).collect();
        let [converted, skipped, failed, not_done] = self.counts();
        json!({ "jobs": jobs, "converted": converted, "skipped": skipped, "failed": failed, "not_done": not_done, "not_images": others })
    }
}

/// Columns of a path in the table.
const PATH: usize = 28;

fn row(outcome: &Outcome, settings: &Settings) -> [String; 4] {
    let input = shown::fitted(&shown::path(&outcome.input), PATH);
    let fitted = |path: &Path| shown::fitted(&shown::path(path), PATH);
    match &outcome.result {
        Ended::Converted(done) => {
            let result = match (settings.dry_run, done.verified.is_some(), done.lost) {
                (true, _, false) => "fits",
                (true, _, true) => "fits, lossy",
                (false, true, false) => "verified",
                (false, true, true) => "verified, lossy",
                (false, false, false) => "written",
                (false, false, true) => "written, lossy",
            };
            [input, result.to_owned(), shown::fitted(&done.output, PATH), shown::size(done.bytes)]
        }
        Ended::Exists(there) => [input, "skipped".to_owned(), fitted(there), "exists".to_owned()],
        Ended::Failed(failure) => [input, failure.word().to_owned(), "-".to_owned(), "-".to_owned()],
        Ended::NotBegun => [input, "not begun".to_owned(), "-".to_owned(), "-".to_owned()],
    }
}

fn outcome_json(outcome: &Outcome) -> Value {
    let input = outcome.input.to_string_lossy();
    match &outcome.result {
        Ended::Converted(done) => {
            let mut body = json!({ "input": input, "result": "converted" });
            if let (Some(body), Some(more)) = (body.as_object_mut(), done.json.as_object()) {
                body.extend(more.clone());
            }
            body
        }
        Ended::Exists(there) => json!({ "input": input, "result": "skipped", "exists": there.to_string_lossy() }),
        Ended::Failed(failure) => json!({ "input": input, "result": failure.word(), "exit_code": failure.exit_code(), "error": failure.json()["error"] }),
        Ended::NotBegun => json!({ "input": input, "result": "not-begun" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_shared_among_the_jobs_that_can_begin() {
        let check = |free, jobs, expected| assert_eq!(share(free, jobs), expected);
        check(8, 1, 8);
        check(8, 8, 1);
        check(8, 3, 3);
        check(5, 2, 3);
        check(0, 1, 1);
    }

    #[test]
    fn the_table_fits_a_terminal() {
        let long = "a/very/long/folder/with/many/parts/日本語の名前/game.cue";
        let failed = |input: &str| Outcome { input: input.into(), result: Ended::Failed(Failure::usage("x", "y")) };
        let exists = Outcome { input: long.into(), result: Ended::Exists(long.into()) };
        let converted = Converted { output: long.to_owned(), bytes: 1_234_567_890, verified: Some((12, 12)), lost: true, json: Value::Null, receipt: None };
        let converted = Outcome { input: long.into(), result: Ended::Converted(Box::new(converted)) };
        let run = Run { outcomes: vec![failed("a.iso"), exists, converted] };
        let text = run.table(3, &crate::job::settings(&crate::args::tests::convert("discconv a b")));
        for line in text.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}\n{text}");
        }
        assert!(text.ends_with("1 converted, 1 skipped, 1 failed; 3 files are no disc images (-v names them)\nverified: 12 of 12 tracks identical"), "{text}");
    }
}
