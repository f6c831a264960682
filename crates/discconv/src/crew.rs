//! Who does the jobs of a batch: several whole jobs beside each other, and the cores that are left over to the last.

use crate::batch::{Entry, Fate, Planned, Survey};
use crate::console::Console;
use crate::conversion::{Done, Prepared, prepare};
use crate::convert::tell_notes;
use crate::errors::Failure;
use crate::interrupt;
use crate::job::Settings;
use crate::progress::{Progress, Total};
use crate::receipt;
use crate::report;
use crate::shown;
use crate::summary::{Converted, Ended, Outcome, Run};
use discconv_host::{FileIdentity, ThreadPool};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// Do all jobs of the survey. Failures are told afterwards, in the order of the inputs.
pub(crate) fn run(survey: Survey, settings: &Settings, with_receipts: bool, cores: usize, console: &Console) -> Run {
    let planned: Vec<(usize, &Planned)> = survey
        .entries
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| match &entry.fate {
            Fate::Convert(planned) => Some((place, planned)),
            _ => None,
        })
        .collect();
    for entry in &survey.entries {
        if let Fate::Exists { there, itself } = &entry.fate {
            let why = if *itself { "is a file of the input itself" } else { "exists already (--force replaces it)" };
            console.say(&format!("skipped: {}: {} {why}", entry.input.display(), there.display()));
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
    Run {
        outcomes: outcomes(survey.entries, done),
        others: survey.others.len(),
        hidden: survey.hidden.len(),
        problems: survey.problems,
    }
}

fn outcomes(entries: Vec<Entry>, done: Vec<(usize, Ended)>) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = entries
        .into_iter()
        .map(|entry| {
            let result = match entry.fate {
                Fate::Exists { there, itself } => Ended::Exists { there, why: if itself { "itself" } else { "exists" } },
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

    /// What is lost and noted, each line with the name of its image: those of several jobs mix.
    fn tell(&self, prepared: &Prepared, done: &Done) {
        let name = prepared.image.path.display();
        for loss in &done.report.losses {
            self.console.say(&format!("{name}: {} {loss}", report::lost_head(self.settings)));
        }
        if !self.settings.dry_run {
            done.report.notes.iter().for_each(|note| self.console.note(&format!("{name}: {note}")));
        }
    }

    fn job(&self, planned: &Planned, cores: usize) -> Result<Converted, Failure> {
        let progress = Progress::new(self.console, &shown::path(&planned.job.input), Some(&self.total));
        let prepared = prepare(&planned.job, self.settings)?;
        tell_notes(&prepared.image, self.console);
        if self.settings.dry_run {
            self.console.report(&report::plan_text(&prepared));
        }
        let done = prepared.carry_out(self.settings, self.inputs, &ThreadPool::new(cores), &progress)?;
        self.tell(&prepared, &done);
        // What was converted stays converted if its receipt fails.
        let receipt = self.with_receipts.then(|| Ok(receipt::of(&prepared, &done, self.settings, cores, &progress)?));
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
}
