//! Bars: bytes, rate and time left; in a batch one for each running job, and one for all.

use crate::console::Console;
use crate::interrupt;
use crate::shown;
use discconv_core::{Phase, Watch};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Columns of a bar's label.
const LABEL: usize = 28;

/// With all that can be said where it is known how much there is to do, else only what is done.
fn style(bytes: u64) -> ProgressStyle {
    const MEASURED: &str =
        "{msg:28!} {wide_bar} {decimal_bytes:>9} of {decimal_total_bytes:>9} {decimal_bytes_per_sec:>11} {eta:>4}";
    let template = if bytes > 0 { MEASURED } else { "{msg:28!}" };
    // A template that does not parse would be our own mistake; the default style then serves.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸ ")
}

/// The bar of one job, told by the libraries what is done.
pub(crate) struct Progress<'a> {
    bar: ProgressBar,
    label: String,
    total: Option<&'a Total>,
    /// Is the current phase one that the total counts?
    counts: AtomicBool,
}

impl<'a> Progress<'a> {
    /// A bar for `label`; with `total`, one among others.
    pub(crate) fn new(console: &Console, label: &str, total: Option<&'a Total>) -> Progress<'a> {
        let bar = match total {
            Some(total) => console.bars.insert_before(&total.bar, ProgressBar::no_length()),
            None => console.bars.add(ProgressBar::no_length()),
        };
        bar.set_style(style(0));
        let progress = Progress { bar, label: shown::name(label), total, counts: AtomicBool::new(false) };
        progress.say("opening");
        progress
    }

    fn say(&self, doing: &str) {
        let room = LABEL.saturating_sub(doing.len() + 1);
        self.bar.set_message(format!("{doing} {}", shown::fitted(&self.label, room)));
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Progress<'_> {
    fn begin(&self, phase: Phase, bytes: u64) {
        let doing = match phase {
            Phase::Looking => "looking",
            Phase::Writing => "writing",
            Phase::Proving => "proving",
            Phase::Finishing => "syncing",
            Phase::Checking => "checking",
            Phase::Hashing => "hashing",
            Phase::Comparing => "comparing",
        };
        self.counts.store(matches!(phase, Phase::Looking | Phase::Writing), Ordering::Relaxed);
        self.say(doing);
        self.bar.reset();
        self.bar.set_length(bytes);
        self.bar.set_style(style(bytes));
    }

    fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
        if let Some(total) = self.total.filter(|_| self.counts.load(Ordering::Relaxed)) {
            total.bar.inc(bytes);
        }
    }

    fn cancelled(&self) -> bool {
        interrupt::asked()
    }
}

/// The bar of a whole batch.
pub(crate) struct Total {
    bar: ProgressBar,
    jobs: usize,
}

impl Total {
    /// `jobs` jobs that write `bytes` together.
    pub(crate) fn new(console: &Console, jobs: usize, bytes: u64) -> Total {
        let bar = console.bars.add(ProgressBar::new(bytes));
        bar.set_style(style(bytes));
        bar.enable_steady_tick(Duration::from_millis(200));
        let total = Total { bar, jobs };
        total.done(0);
        total
    }

    /// So many jobs are over.
    pub(crate) fn done(&self, over: usize) {
        self.bar.set_message(format!("{over} of {} done", self.jobs));
    }
}

impl Drop for Total {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
