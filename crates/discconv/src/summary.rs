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
    Exists(PathBuf),
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
    pub(crate) receipt: Option<Value>,
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
        let mut lines = Vec::new();
        if !self.outcomes.is_empty() {
            let mut rows: Vec<[String; 4]> = self.outcomes.iter().map(|outcome| row(outcome, settings)).collect();
            fit_paths(&mut rows);
            lines.push(shown::table(HEAD, &[3], rows));
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
        Ended::Exists(there) => [input, "skipped".to_owned(), shown::path(there), "exists".to_owned()],
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
        Ended::Exists(there) => json!({ "input": input, "result": "skipped", "exists": there.to_string_lossy() }),
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
        let exists = Outcome { input: long.into(), result: Ended::Exists(long.into()) };
        let converted = Converted {
            output: long.to_owned(),
            bytes: 1_234_567_890,
            verified: Some((12, 12)),
            lost: true,
            json: Value::Null,
            receipt: None,
        };
        let converted = Outcome { input: long.into(), result: Ended::Converted(Box::new(converted)) };
        let run = Run { outcomes: vec![failed("a.iso"), exists, converted] };
        let text = run.table(3, &crate::job::settings(&crate::args::tests::convert("discconv a b")));
        for line in text.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}\n{text}");
        }
        assert!(text.ends_with("1 converted, 1 skipped, 1 failed; 3 files are no disc images (-v names them)\nverified: 12 of 12 tracks identical"), "{text}");
    }
}
