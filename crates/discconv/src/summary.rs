//! What became of a batch: a row for each input, the counts, the proof.

use crate::errors::Failure;
use crate::job::Settings;
use crate::report;
use crate::shown;
use discconv_core::Error;
use serde_json::{Value, json};
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

/// What became of an input.
pub(crate) struct Outcome {
    pub(crate) input: PathBuf,
    pub(crate) result: Ended,
}

/// How it ended.
pub(crate) enum Ended {
    Converted(Box<Converted>),
    /// Its output is there, or is the input itself.
    Exists {
        /// The output.
        there: PathBuf,
        /// Why it is left alone, in a word for the table.
        why: &'static str,
    },
    Failed(Failure),
    /// It was not begun: the person had asked to stop.
    NotBegun,
}

/// What is told of a conversion.
pub(crate) struct Converted {
    pub(crate) output: String,
    pub(crate) bytes: u64,
    /// Tracks proved identical, of all.
    pub(crate) verified: Option<(usize, usize)>,
    pub(crate) lost: bool,
    pub(crate) json: Value,
    /// `None` where none was asked for.
    pub(crate) receipt: Option<Result<Value, Failure>>,
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
#[derive(Default)]
pub(crate) struct Run {
    /// In the order of the inputs.
    pub(crate) outcomes: Vec<Outcome>,
    /// Files that are no disc images.
    pub(crate) others: usize,
    /// Hidden files and what is no plain file.
    pub(crate) hidden: usize,
    /// Folders that could not be read.
    pub(crate) problems: Vec<String>,
}

impl Run {
    fn converted(&self) -> impl Iterator<Item = &Converted> {
        self.outcomes.iter().filter_map(|outcome| match &outcome.result {
            Ended::Converted(converted) => Some(converted.as_ref()),
            _ => None,
        })
    }

    /// The receipts of the jobs that were done.
    pub(crate) fn receipts(&self) -> Vec<Value> {
        self.converted().filter_map(|converted| converted.receipt.as_ref()?.as_ref().ok().cloned()).collect()
    }

    /// Why inputs, or receipts of inputs, failed: in the order of the inputs.
    pub(crate) fn failures(&self) -> impl Iterator<Item = &Failure> {
        let failed = self.outcomes.iter().filter_map(|outcome| match &outcome.result {
            Ended::Converted(converted) => converted.receipt.as_ref()?.as_ref().err(),
            Ended::Failed(failure) => Some(failure),
            _ => None,
        });
        failed.filter(|failure| !matches!(failure, Failure::Library(Error::Cancelled)))
    }

    /// Did anything fail besides an input?
    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.is_empty() || self.converted().any(|converted| matches!(converted.receipt, Some(Err(_))))
    }

    /// How many were converted, skipped, failed and not begun.
    fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for outcome in &self.outcomes {
            let place = match &outcome.result {
                Ended::Converted(_) => 0,
                Ended::Exists { .. } => 1,
                Ended::Failed(Failure::Library(Error::Cancelled)) | Ended::NotBegun => 3,
                Ended::Failed(_) => 2,
            };
            counts[place] += 1;
        }
        counts
    }

    /// The summary for people: a row for each input, then the counts, then what was proved.
    pub(crate) fn table(&self, settings: &Settings) -> String {
        let mut lines = Vec::new();
        if !self.outcomes.is_empty() {
            let mut rows: Vec<[String; 4]> = self.outcomes.iter().map(|outcome| row(outcome, settings)).collect();
            fit_paths(&mut rows);
            lines.push(shown::table(HEAD, &[3], rows));
            lines.push(String::new());
        }
        lines.push(self.summary(settings));
        lines.extend(self.passed_over());
        lines.extend(self.verified());
        lines.join("\n")
    }

    fn summary(&self, settings: &Settings) -> String {
        let [converted, skipped, failed, not_done] = self.counts();
        let verb = if settings.dry_run { "could be converted" } else { "converted" };
        let mut parts = vec![format!("{converted} {verb}, {skipped} skipped, {failed} failed")];
        if not_done > 0 {
            parts.push(format!("{not_done} not done, since it was interrupted"));
        }
        parts.join("; ")
    }

    /// What was not tried, and why.
    fn passed_over(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.others > 0 {
            let are = if self.others == 1 { "file is no disc image" } else { "files are no disc images" };
            parts.push(format!("{} {are}", self.others));
        }
        if self.hidden > 0 {
            let are = if self.hidden == 1 { "is hidden or no plain file" } else { "are hidden or no plain files" };
            parts.push(format!("{} {are}", self.hidden));
        }
        (!parts.is_empty()).then(|| format!("{} (-v names them)", parts.join("; ")))
    }

    fn verified(&self) -> Option<String> {
        let all: Vec<(usize, usize)> = self.converted().filter_map(|converted| converted.verified).collect();
        let sum = |pick: fn(&(usize, usize)) -> usize| all.iter().map(pick).sum();
        (!all.is_empty()).then(|| report::verified_text(sum(|pair| pair.0), sum(|pair| pair.1)))
    }

    /// The summary for scripts.
    pub(crate) fn json(&self) -> Value {
        let jobs: Vec<Value> = self.outcomes.iter().map(outcome_json).collect();
        let [converted, skipped, failed, not_done] = self.counts();
        json!({
            "jobs": jobs, "converted": converted, "skipped": skipped, "failed": failed, "not_done": not_done,
            "not_images": self.others, "passed_over": self.hidden, "problems": self.problems,
        })
    }
}

const HEAD: [&str; 4] = ["input", "result", "output", "size"];
/// Columns that the table may take, without the blanks between its own.
const COLUMNS: usize = 80 - 2 * (HEAD.len() - 1);

fn row(outcome: &Outcome, settings: &Settings) -> [String; 4] {
    let input = shown::path(&outcome.input);
    let nothing = || "-".to_owned();
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
            [input, result.to_owned(), done.output.clone(), shown::size(done.bytes)]
        }
        Ended::Exists { there, why } => [input, "skipped".to_owned(), shown::path(there), (*why).to_owned()],
        Ended::Failed(failure) => [input, failure.word().to_owned(), nothing(), nothing()],
        Ended::NotBegun => [input, "not begun".to_owned(), nothing(), nothing()],
    }
}

/// Cut inputs and outputs so that the table fits: half of the room each, or what the other does not need.
fn fit_paths(rows: &mut [[String; 4]]) {
    let widest = |column: usize, rows: &[[String; 4]]| {
        rows.iter().map(|row| row[column].width()).chain([HEAD[column].len()]).max().unwrap_or_default()
    };
    let room = COLUMNS.saturating_sub(widest(1, rows) + widest(3, rows));
    let (input, output) = (widest(0, rows), widest(2, rows));
    let (for_input, for_output) = shares(room, input, output);
    for row in rows {
        row[0] = shown::fitted(&row[0], for_input);
        row[2] = shown::fitted(&row[2], for_output);
    }
}

/// `room` divided among two that want so much.
fn shares(room: usize, one: usize, other: usize) -> (usize, usize) {
    let half = room / 2;
    match (one <= half, other <= room - half) {
        (true, _) => (one, other.min(room - one)),
        (false, true) => (room - other, other),
        (false, false) => (half, room - half),
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
        Ended::Exists { there, .. } => json!({ "input": input, "result": "skipped", "exists": there.to_string_lossy() }),
        Ended::Failed(failure) => {
            json!({ "input": input, "result": failure.word(), "exit_code": failure.exit_code(), "error": failure.json()["error"] })
        }
        Ended::NotBegun => json!({ "input": input, "result": "not-begun" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_share_the_room_by_need() {
        let check = |one, other, expected| assert_eq!(shares(50, one, other), expected);
        check(10, 20, (10, 20));
        check(10, 90, (10, 40));
        check(90, 10, (40, 10));
        check(90, 90, (25, 25));
    }

    #[test]
    fn the_table_fits_a_terminal() {
        let long = "a/very/long/folder/with/many/parts/日本語の名前/game.cue";
        let failed = |input: &str| Outcome { input: input.into(), result: Ended::Failed(Failure::usage("x", "y")) };
        let exists = Outcome { input: long.into(), result: Ended::Exists { there: long.into(), why: "exists" } };
        let converted = Converted {
            output: long.to_owned(),
            bytes: 1_234_567_890,
            verified: Some((12, 12)),
            lost: true,
            json: Value::Null,
            receipt: None,
        };
        let converted = Outcome { input: long.into(), result: Ended::Converted(Box::new(converted)) };
        let run = Run { outcomes: vec![failed("a.iso"), exists, converted], others: 3, hidden: 1, problems: Vec::new() };
        let args = crate::args::tests::convert("discconv a b");
        let text = run.table(&crate::job::settings(&args.reading, &args.writing, args.original).unwrap());
        for line in text.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}\n{text}");
        }
        let end = "1 converted, 1 skipped, 1 failed\n3 files are no disc images; 1 is hidden or no plain file (-v names them)\nverified: 12 of 12 tracks identical";
        assert!(text.ends_with(end), "{text}");
        assert_eq!(run.failures().count(), 1);
    }

    #[test]
    fn a_receipt_that_fails_is_a_failure_and_leaves_the_conversion() {
        let converted = Converted {
            output: "a.cue".to_owned(),
            bytes: 1,
            verified: Some((1, 1)),
            lost: false,
            json: Value::Null,
            receipt: Some(Err(Failure::usage("x", "y"))),
        };
        let outcomes = vec![Outcome { input: "a.iso".into(), result: Ended::Converted(Box::new(converted)) }];
        let run = Run { outcomes, ..Run::default() };
        assert!(run.has_problems() && run.receipts().is_empty());
        assert_eq!((run.counts(), run.failures().count()), ([1, 0, 0, 0], 1));
    }
}
