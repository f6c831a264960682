//! Who runs the work, and who watches it.

use crate::encode::Batch;
use crate::error::{Error, Result};
use crate::loss::Loss;
use crate::read::Scratch;

/// Runs numbered tasks, perhaps beside each other.
pub trait Pool: Sync {
    /// Call `task` with every number below `count`, each exactly once, in any order, from any thread; each thread
    /// lends its own scratch. After the first error no new task starts.
    ///
    /// # Errors
    /// The first error of a task.
    fn run(&self, count: u64, task: &(dyn Fn(u64, &mut Scratch) -> Result<()> + Sync)) -> Result<()>;

    /// Call `make` with every number below `count`, from any thread, and `take` with each result in the order of the
    /// numbers, on the caller's thread. Only a bounded number of results waits at any time.
    ///
    /// # Errors
    /// The first error of a task or of `take`.
    fn run_ordered(
        &self,
        count: u64,
        make: &(dyn Fn(u64, &mut Scratch) -> Result<Batch> + Sync),
        take: &mut dyn FnMut(Batch) -> Result<()>,
    ) -> Result<()> {
        let mut scratch = Scratch::default();
        (0..count).try_for_each(|number| take(make(number, &mut scratch)?))
    }

    /// How many tasks may run beside each other.
    fn workers(&self) -> usize {
        1
    }
}

/// One task after another, on the caller's thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serial;

impl Pool for Serial {
    fn run(&self, count: u64, task: &(dyn Fn(u64, &mut Scratch) -> Result<()> + Sync)) -> Result<()> {
        let mut scratch = Scratch::default();
        (0..count).try_for_each(|number| task(number, &mut scratch))
    }
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading, to find what would be lost.
    Looking,
    /// Writing temporaries.
    Writing,
    /// Reading back and comparing.
    Proving,
    /// Syncing and renaming.
    Finishing,
    /// Checking sectors (`verify`).
    Checking,
    /// Hashing.
    Hashing,
    /// Comparing two discs.
    Comparing,
}

/// Is told of progress, and says when to stop. Called from any thread, often.
pub trait Watch: Sync {
    /// A phase begins; `bytes` will be advanced over.
    fn begin(&self, phase: Phase, bytes: u64) {
        let _ = (phase, bytes);
    }

    /// `bytes` more are done.
    fn advance(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Has the person asked to stop?
    fn cancelled(&self) -> bool {
        false
    }

    /// All is read, written and proved, and nothing has its final name yet: what was learned on the way, as losses that
    /// are allowed (a checksum of the container that does not hold).
    ///
    /// # Errors
    /// An objection; then nothing is left behind.
    fn at_last(&self) -> Result<Vec<Loss>> {
        Ok(Vec::new())
    }

    /// [`Error::Cancelled`] if the person has asked to stop.
    ///
    /// # Errors
    /// That one.
    fn check(&self) -> Result<()> {
        if self.cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Watch for Quiet {}
