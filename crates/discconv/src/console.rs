//! The only place that prints: results to stdout, all else to stderr, neither in the midst of a bar.

use crate::args::Common;
use crate::errors::Failure;
use crate::shown;
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde_json::Value;
use std::io::{IsTerminal, Write};

/// Where words go.
pub(crate) struct Console {
    /// `-q`: nothing but errors and data that was asked for.
    pub(crate) quiet: bool,
    /// `-v`.
    pub(crate) verbose: bool,
    /// `--json`.
    pub(crate) json: bool,
    /// The bars; hidden where nobody would see them.
    pub(crate) bars: MultiProgress,
}

impl Console {
    pub(crate) fn new(common: &Common) -> Console {
        let drawn = std::io::stderr().is_terminal() && !common.quiet && !common.no_progress;
        let target = if drawn { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        Console { quiet: common.quiet, verbose: common.verbose, json: common.json, bars: MultiProgress::with_draw_target(target) }
    }

    /// Data that was asked for.
    pub(crate) fn data(&self, text: &str) {
        self.bars.suspend(|| print(&mut std::io::stdout().lock(), text));
    }

    /// The one JSON object.
    pub(crate) fn data_json(&self, value: &Value) {
        self.data(&format!("{value:#}"));
    }

    /// What was done, for people; not with `--json`, not with `-q`.
    pub(crate) fn report(&self, text: &str) {
        if !self.quiet && !self.json {
            self.data(text);
        }
    }

    /// A line beside the result.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.aside(&shown::name(text));
        }
    }

    /// An observation beside the result.
    pub(crate) fn note(&self, text: &str) {
        self.say(&format!("note: {text}"));
    }

    /// An observation that only `-v` shows.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.aside(&shown::name(text));
        }
    }

    /// Something that may matter, though work goes on.
    pub(crate) fn warn(&self, text: &str) {
        self.aside(&format!("warning: {}", shown::name(text)));
    }

    /// Why something did not succeed.
    pub(crate) fn failure(&self, failure: &Failure) {
        let text = if self.json { failure.json().to_string() } else { failure.text() };
        self.aside(&text);
    }

    fn aside(&self, text: &str) {
        self.bars.suspend(|| print(&mut std::io::stderr().lock(), text));
    }
}

/// A reader that went away (`discconv formats | head`) is nobody's error.
fn print(to: &mut dyn Write, text: &str) {
    let _ = writeln!(to, "{}", text.trim_end_matches('\n')).and_then(|()| to.flush());
}
