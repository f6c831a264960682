//! Rows of commands, each with its time, its memory and what it is held against.

use super::inputs::Inputs;
use super::rows::{Claim, Goal, Row};
use super::{measure, shown_time};
use crate::{sh, tree};
use discconv_testkit::Rng;
use std::fmt::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Seconds of a run from which on so many rounds are enough.
pub(super) const LONG: f64 = 4.0;
pub(super) const LONG_ROUNDS: usize = 2;

/// A table of rows.
pub(super) struct Table {
    pub(super) rows: &'static [Row],
    pub(super) claims: &'static [Claim],
    /// Inputs that are read once before anything is measured.
    pub(super) warm: &'static [&'static str],
    /// What the ratio is to.
    pub(super) heading: &'static str,
}

/// What was measured of one row.
#[derive(Default, Clone)]
struct Seen {
    seconds: Option<f64>,
    peak_kib: Option<u64>,
    /// Bytes that the output takes on the device.
    allocated: Option<u64>,
    trouble: Option<String>,
}

impl Table {
    /// Measures the chosen rows: the lines of the table, those of the claims, and the names of what misses its goal.
    pub(super) fn run(&self, chosen: &[String], inputs: &Inputs, rounds: usize) -> Result<(String, String, Vec<String>), String> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| self.wanted(row, chosen)).collect();
        for name in self.warm {
            inputs.warm(name)?;
        }
        let seen = measure_all(&rows, inputs, rounds)?;
        let mut misses = Vec::new();
        let table = self.table(&rows, &seen, inputs, &mut misses);
        Ok((table, self.claims(&rows, &seen, &mut misses), misses))
    }

    /// A chosen row brings the ones it is compared with.
    fn wanted(&self, row: &Row, chosen: &[String]) -> bool {
        let is = |id: &str| chosen.iter().any(|wish| wish == id);
        let yardstick = self.rows.iter().any(|other| is(other.id) && other.yardstick == row.id);
        let claim = self.claims.iter().any(|(fast, _, slow)| is(fast) && *slow == row.id);
        chosen.is_empty() || is(row.id) || yardstick || claim
    }

    fn table(&self, rows: &[&Row], seen: &[Seen], inputs: &Inputs, misses: &mut Vec<String>) -> String {
        let mut text = format!("| Work | {} | goal | time | peak MiB |\n|---|--:|--:|--:|--:|\n", self.heading);
        for (row, one) in rows.iter().zip(seen) {
            let verdict = verdict(row, one, time_of(rows, seen, row.yardstick), inputs);
            let heavy = row.is_ours() && one.peak_kib.is_some_and(|kib| kib > row.peak_kib);
            if verdict.miss {
                misses.push(row.id.to_owned());
            }
            if heavy {
                misses.push(format!("{} (memory)", row.id));
            }
            let trouble = one.trouble.as_ref().map(|text| text.replace(['|', '\n'], " "));
            let time = trouble.unwrap_or_else(|| one.seconds.map_or_else(String::new, shown_time));
            let peak = one.peak_kib.map_or_else(String::new, |kib| format!("{:.1}", kib as f64 / 1024.0));
            let goal = if verdict.miss { format!("**missed: {}**", verdict.goal) } else { verdict.goal };
            let _ = writeln!(text, "| {} | {} | {goal} | {time} | {peak} |", row.name, verdict.ratio);
        }
        text
    }

    fn claims(&self, rows: &[&Row], seen: &[Seen], misses: &mut Vec<String>) -> String {
        let mut text = String::new();
        for (fast, part, slow) in self.claims {
            if let Some((a, b)) = time_of(rows, seen, fast).zip(time_of(rows, seen, slow)) {
                let _ = writeln!(text, "`{fast}` takes {:.2} of the time of `{slow}` (goal: at most {part:.2}).", a / b);
                if a > b * part {
                    misses.push(format!("{fast} against {slow}"));
                }
            }
        }
        text
    }
}

fn time_of(rows: &[&Row], seen: &[Seen], id: &str) -> Option<f64> {
    rows.iter().zip(seen).find(|(row, _)| row.id == id).and_then(|(_, seen)| seen.seconds)
}

fn command(row: &Row, inputs: &Inputs, out: &Path) -> Command {
    let (program, words) = row.words();
    let program = if program == "discconv" { tree::target().join("release/discconv") } else { PathBuf::from(program) };
    let mut command = Command::new(program);
    for word in words {
        match (word.strip_prefix("IN/"), word.strip_prefix("OUT/"), word.strip_prefix("-oOUT/")) {
            (Some(name), ..) => command.arg(inputs.path(name)),
            (_, Some(name), _) => command.arg(out.join(name)),
            // 7z has its folder in the same word.
            (.., Some(name)) => {
                let mut word = std::ffi::OsString::from("-o");
                word.push(out.join(name));
                command.arg(word)
            }
            _ => command.arg(word),
        };
    }
    command
}

fn measure_all(rows: &[&Row], inputs: &Inputs, rounds: usize) -> Result<Vec<Seen>, String> {
    let out = inputs.path("out");
    let mut seen = vec![Seen::default(); rows.len()];
    let mut rng = Rng::new(rounds as u64);
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, rng.index(i + 1));
        }
        for i in order {
            let row = rows[i];
            // What lasts long is not disturbed by anything that lasts less.
            let long = round >= LONG_ROUNDS && seen[i].seconds.is_some_and(|seconds| seconds > LONG);
            if long || (round > 0 && row.once) || seen[i].trouble.is_some() {
                continue;
            }
            eprint!("\rround {}/{rounds} {:<24}", round + 1, row.id);
            measure_one(row, inputs, &out, &mut seen[i])?;
        }
    }
    eprintln!();
    for (row, seen) in rows.iter().zip(&mut seen) {
        if seen.trouble.is_none() {
            measure::fresh(&out)?;
            seen.peak_kib = measure::peak_kib(&command(row, inputs, &out));
        }
    }
    measure::fresh(&out)?;
    Ok(seen)
}

fn measure_one(row: &Row, inputs: &Inputs, out: &Path, seen: &mut Seen) -> Result<(), String> {
    let (program, _) = row.words();
    if program != "discconv" && !sh::installed(program) {
        seen.trouble = Some("not installed".to_owned());
        return Ok(());
    }
    measure::fresh(out)?;
    measure::wait_for_idle();
    match measure::seconds(&mut command(row, inputs, out), out) {
        Ok(seconds) => seen.seconds = Some(seen.seconds.map_or(seconds, |old| old.min(seconds))),
        Err(sentence) => seen.trouble = Some(sentence),
    }
    if let Goal::Holes(_) = row.goal {
        seen.allocated = Some(allocated(out));
    }
    Ok(())
}

/// Bytes that the files of a folder, or one file, take on the device.
fn allocated(path: &Path) -> u64 {
    let blocks = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.blocks() * 512);
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| blocks(&entry.path())).sum(),
        Err(_) => blocks(path),
    }
}

/// What one row came to: the cells of the table, and what it misses.
struct Verdict {
    ratio: String,
    goal: String,
    miss: bool,
}

fn verdict(row: &Row, seen: &Seen, yardstick: Option<f64>, inputs: &Inputs) -> Verdict {
    let ratio = seen.seconds.zip(yardstick).map(|(seconds, yard)| seconds / yard);
    let shown = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    let (goal, miss) = match row.goal {
        Goal::None => (String::new(), false),
        Goal::Ratio(limit) => (format!("{limit:?}"), ratio.is_some_and(|ratio| ratio > limit)),
        Goal::Millis(limit) => (format!("{limit:.0} ms"), seen.seconds.is_some_and(|s| s * 1000.0 > limit)),
        Goal::Rate(name, least) => {
            let rate = seen.seconds.map(|seconds| inputs.bytes(name) as f64 / seconds / 1e9);
            let shown = rate.map_or_else(String::new, |rate| format!(", is {rate:.1}"));
            (format!("{least:.0} GB/s{shown}"), rate.is_some_and(|rate| rate < least))
        }
        Goal::Holes(name) => {
            let room = allocated(&inputs.path(name)) + (1 << 20);
            ("no room taken".to_owned(), seen.allocated.is_some_and(|bytes| bytes > room))
        }
    };
    Verdict { ratio: shown, goal, miss: miss || seen.trouble.as_deref().is_some_and(|text| text != "not installed") }
}

#[cfg(test)]
mod tests {
    use super::super::inputs::Sizes;
    use super::super::{files, moves};
    use super::*;

    #[test]
    fn a_chosen_row_brings_its_yardstick() {
        let chosen = ["bin-iso".to_owned()];
        let rows = moves::TABLE.rows.iter();
        let ids: Vec<&str> = rows.filter(|row| moves::TABLE.wanted(row, &chosen)).map(|row| row.id).collect();
        assert_eq!(ids, ["cp", "bin-iso", "bchunk"]);
    }

    #[test]
    fn goals_are_judged() {
        let inputs = Inputs { folder: PathBuf::from("."), sizes: Sizes::new(true) };
        let row = moves::TABLE.rows.iter().find(|row| row.id == "iso-bin").unwrap();
        let seen = Seen { seconds: Some(1.1), ..Seen::default() };
        assert!(verdict(row, &seen, Some(1.0), &inputs).miss);
        assert!(!verdict(row, &seen, Some(1.2), &inputs).miss);
        let absent = Seen { trouble: Some("not installed".to_owned()), ..Seen::default() };
        assert!(!verdict(row, &absent, Some(1.0), &inputs).miss);
    }

    #[test]
    fn rows_refer_to_rows_that_are_there() {
        for table in [&moves::TABLE, &files::TABLE] {
            let known = |id: &str| table.rows.iter().filter(|row| row.id == id).count();
            for row in table.rows {
                assert!(row.yardstick.is_empty() || known(row.yardstick) == 1, "{}", row.id);
                assert!(!row.yardstick.is_empty() || !matches!(row.goal, Goal::Ratio(_)), "{}", row.id);
            }
            for (fast, _, slow) in table.claims {
                assert_eq!((known(fast), known(slow)), (1, 1));
            }
        }
    }
}
