//! The only place that prints: results to stdout, all else to stderr, neither in the midst of a bar.

use crate::args::Common;
use crate::errors::Failure;
use crate::shown;
use discconv_core::{At, Error};
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde_json::Value;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

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
    /// Why a result could not be printed.
    unsaid: Mutex<Option<std::io::Error>>,
}

impl Console {
    pub(crate) fn new(common: &Common) -> Console {
        let drawn = std::io::stderr().is_terminal() && !common.quiet && !common.no_progress;
        let target = if drawn { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        Console { quiet: common.quiet, verbose: common.verbose, json: common.json, bars, unsaid: Mutex::default() }
    }

    /// Data that was asked for.
    pub(crate) fn data(&self, text: &str) {
        if let Err(error) = self.bars.suspend(|| print(&mut std::io::stdout().lock(), text)) {
            self.unsaid.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }

    /// Data that was asked for and is made while it is printed.
    pub(crate) fn stream(&self, print: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        let printed = self.bars.suspend(|| {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            print(&mut out).and_then(|()| out.flush())
        });
        if let Err(error) = printed {
            self.unsaid.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }

    /// Bytes of a file that was asked for. `false` if there is nobody to read on.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> bool {
        match std::io::stdout().lock().write_all(bytes) {
            Ok(()) => true,
            Err(error) => {
                self.unsaid.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                false
            }
        }
    }

    /// Why a result could not be printed, if so; not where the reader went away.
    pub(crate) fn unsaid(&self) -> Option<Failure> {
        self.unsaid.lock().unwrap_or_else(PoisonError::into_inner).take().and_then(cannot_print)
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

    /// A line beside the result; with `--json` the object says it.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.json {
            self.aside(&shown::name(text));
        }
    }

    /// An observation beside the result.
    pub(crate) fn note(&self, text: &str) {
        self.say(&format!("note: {text}"));
    }

    /// An observation that only `-v` shows.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose && !self.json {
            self.aside(&shown::name(text));
        }
    }

    /// Something that may matter, though work goes on.
    pub(crate) fn warn(&self, text: &str) {
        if !self.json {
            self.aside(&format!("warning: {}", shown::name(text)));
        }
    }

    /// Why something did not succeed.
    pub(crate) fn failure(&self, failure: &Failure) {
        let text = if self.json { failure.json().to_string() } else { failure.text() };
        self.aside(&text);
    }

    fn aside(&self, text: &str) {
        // There is nobody else to tell that stderr is gone.
        let _ = self.bars.suspend(|| print(&mut std::io::stderr().lock(), text));
    }
}

fn print(to: &mut dyn Write, text: &str) -> std::io::Result<()> {
    writeln!(to, "{}", text.trim_end_matches('\n')).and_then(|()| to.flush())
}

/// The failure to print a result. A reader that went away (`discconv formats | head`) is nobody's error.
pub(crate) fn cannot_print(error: std::io::Error) -> Option<Failure> {
    let gone = error.kind() == std::io::ErrorKind::BrokenPipe;
    (!gone).then(|| Error::io("standard output", At::Whole, "cannot print the result", error).into())
}
