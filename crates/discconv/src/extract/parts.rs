//! Long files in parts, so that several workers write one.

use super::job::Job;
use super::work::Begun;
use discconv_core::Error;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Bytes of a part; what is shorter is one part.
const PART: u64 = 8 << 20;
/// Parts of one file, at most: what a disc says of lengths decides nothing but how many there are.
const MOST: u64 = 512;

/// The parts of all jobs, numbered through.
pub(super) struct Parts {
    /// For each job, the number behind its last part.
    ends: Vec<u64>,
    /// Jobs of several parts that were begun.
    begun: Mutex<HashMap<usize, Arc<Shared>>>,
}

/// One part of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) job: usize,
    number: u64,
    of: u64,
}

/// What those who work on one job have in common.
pub(super) struct Shared {
    pub(super) begun: OnceLock<Begun>,
    trouble: Mutex<Option<Error>>,
    left: AtomicU64,
}

impl Parts {
    /// Those of these jobs; with `whole`, one of each.
    pub(super) fn new(jobs: &[Job], whole: bool) -> Parts {
        let mut end = 0;
        let parts = |job: &Job| if whole { 1 } else { job.bytes().div_ceil(PART).clamp(1, MOST) };
        let ends = jobs.iter().map(|job| {
            end += parts(job);
            end
        });
        Parts { ends: ends.collect(), begun: Mutex::default() }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The part of that number.
    pub(super) fn part(&self, number: u64) -> Part {
        let job = self.ends.partition_point(|end| *end <= number);
        let first = job.checked_sub(1).map_or(0, |before| self.ends[before]);
        let end = self.ends.get(job).copied().unwrap_or(number + 1);
        Part { job, number: number - first, of: end - first }
    }

    /// What is shared by those who work on the job of that part.
    pub(super) fn shared(&self, part: Part) -> Arc<Shared> {
        let new = || Arc::new(Shared { begun: OnceLock::new(), trouble: Mutex::default(), left: AtomicU64::new(part.of) });
        if part.of == 1 { new() } else { locked(&self.begun).entry(part.job).or_insert_with(new).clone() }
    }

    /// A part is done with. Was it the last of its job? Then nobody else has a hand in that any more.
    pub(super) fn done(&self, part: Part, shared: &Shared) -> bool {
        let last = shared.left.fetch_sub(1, Ordering::AcqRel) == 1;
        if last && part.of > 1 {
            locked(&self.begun).remove(&part.job);
        }
        last
    }
}

impl Part {
    /// Its bytes in a file of `len`, borders at multiples of `step`.
    pub(super) fn range(self, len: u64, step: u64) -> Range<u64> {
        let each = len.div_ceil(self.of).div_ceil(step).saturating_mul(step);
        let at = |number: u64| each.saturating_mul(number).min(len);
        at(self.number)..at(self.number + 1)
    }
}

impl Shared {
    /// Something went wrong; what was first is told.
    pub(super) fn fail(&self, error: Error) {
        locked(&self.trouble).get_or_insert(error);
    }

    pub(super) fn failed(&self) -> bool {
        locked(&self.trouble).is_some()
    }

    pub(super) fn trouble(&self) -> Option<Error> {
        locked(&self.trouble).take()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::job::Source;
    use super::*;
    use discconv_fs::{Entry, What};

    fn job(len: u64) -> Job {
        let entry = Entry { len, ..Entry::new("x", What::File, 0) };
        Job { parts: vec!["x".to_owned()], trouble: None, source: Source::File(entry) }
    }

    #[test]
    fn parts_are_numbered_through_all_jobs() {
        let jobs = [job(0), job(PART + 1), job(5), job(u64::MAX)];
        let parts = Parts::new(&jobs, false);
        assert_eq!(parts.count(), 1 + 2 + 1 + MOST);
        let part = |job, number, of| Part { job, number, of };
        assert_eq!(
            [0, 1, 2, 3, 4].map(|n| parts.part(n)),
            [part(0, 0, 1), part(1, 0, 2), part(1, 1, 2), part(2, 0, 1), part(3, 0, MOST)]
        );
        assert_eq!(parts.part(parts.count() - 1), part(3, MOST - 1, MOST));
        assert_eq!(Parts::new(&jobs, true).count(), 4);
    }

    #[test]
    fn the_parts_of_a_file_are_the_file() {
        for (len, of, step) in
            [(0, 3, 512), (1, 3, 512), (1536, 3, 512), (1537, 3, 512), (100_000, 7, 512), (u64::MAX, MOST, 512)]
        {
            let mut at = 0;
            for number in 0..of {
                let range = Part { job: 0, number, of }.range(len, step);
                assert!(range.start == at && (range.end == len || range.end.is_multiple_of(step)), "{len} {of} {range:?}");
                at = range.end;
            }
            assert_eq!(at, len, "{len} {of}");
        }
    }

    #[test]
    fn the_last_part_is_known() {
        let parts = Parts::new(&[job(3 * PART)], false);
        let all = [0, 1, 2].map(|number| parts.part(number));
        let shared = parts.shared(all[1]);
        assert!(Arc::ptr_eq(&shared, &parts.shared(all[0])));
        assert_eq!(all.map(|part| parts.done(part, &shared)), [false, false, true]);
        assert!(locked(&parts.begun).is_empty());
    }
}
