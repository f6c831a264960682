//! `ci`: every check in one list, the tests last, so that the runner's summary is the last thing printed.

use crate::{chores, docs, fuzz, markdown, oracle, sh, testdata, tidy, tree};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a test prints when the images beside the repository are not there.
const CORPUS_ABSENT: &str = "corpus: absent";
const TEST_MARKER: &str = "test-command";
const FIRST_COMMAND: &str = "cargo run --release -- ";

type Step = (&'static str, fn(&[String]) -> Result<(), String>, &'static [&'static str]);

/// In the order of their price.
const STEPS: &[Step] = &[
    ("fmt", chores::fmt, &["--check"]),
    ("tidy", tidy::run, &[]),
    ("testdata", testdata::run, &["--check"]),
    ("lint", chores::lint, &[]),
    ("docs", docs::run, &["--check"]),
    ("readme", readme, &[]),
    ("wasm", chores::wasm, &[]),
    ("fuzz", fuzz::run, &["--build"]),
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    chores::only(args, &["--strict"])?;
    let start = Instant::now();
    for (name, step, words) in STEPS {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        headline(&start, &format!("{name} {}", words.join(" ")));
        step(&words).map_err(|e| format!("{name}: {e}"))?;
    }
    headline(&start, &format!("oracle {}", args.join(" ")));
    oracle::run(args).map_err(|e| format!("oracle: {e}"))?;
    let command = test_command()?;
    headline(&start, &format!("tests: {command}"));
    run_tests(&command)
}

fn headline(start: &Instant, what: &str) {
    println!("\n== {what} [{} s]", start.elapsed().as_secs());
}

/// Runs README's first command as it stands, except that its output goes to the build folder.
fn readme(_: &[String]) -> Result<(), String> {
    let text = tree::read(&tree::root().join("README.md"))?;
    let command = text.lines().find(|line| line.starts_with(FIRST_COMMAND));
    let command = command.ok_or_else(|| format!("README.md shows no `{FIRST_COMMAND}...`."))?;
    let mut words: Vec<&str> = command.split_whitespace().collect();
    let name = words.pop().unwrap_or_default();
    let folder = tree::target().join("readme");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("cannot clear {}: {e}.", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}.", folder.display()))?;
    let output = folder.join(name);
    sh::run(sh::cargo().args(&words[1..]).arg(&output))?;
    if output.is_file() { Ok(()) } else { Err(format!("`{command}` wrote no {name}.")) }
}

/// The command that README tells a newcomer to run for the tests.
pub(crate) fn test_command() -> Result<String, String> {
    let readme = tree::read(&tree::root().join("README.md"))?;
    let command = markdown::marked_command(&readme, TEST_MARKER)
        .ok_or_else(|| format!("README.md has no command behind `<!-- {TEST_MARKER} -->`."))?;
    if command.starts_with("cargo ") {
        Ok(command)
    } else {
        Err(format!("README.md shows `{command}` as its test command; expected one of cargo's."))
    }
}

fn run_tests(command: &str) -> Result<(), String> {
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or("cargo");
    let mut child = Command::new(program)
        .args(words)
        .current_dir(tree::root())
        // Shows what tests print, so that a corpus that was not found is seen.
        .env("RUST_TEST_NOCAPTURE", "1")
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start `{command}`: {e}."))?;
    let mut log = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            println!("{line}");
            log.push_str(&line);
            log.push('\n');
        }
    }
    let status = child.wait().map_err(|e| format!("cannot wait for `{command}`: {e}."))?;
    if tree::corpus().is_some() && log.contains(CORPUS_ABSENT) {
        return Err("the corpus lies beside the repository, yet a test did not find it.".to_owned());
    }
    let total = Totals::of(&log);
    if !status.success() || total.failed > 0 {
        return Err(format!("the tests failed. {}", total.line(false)));
    }
    println!("\n{}", total.line(true));
    // The line above is what a reader of the log looks for; nothing may come after it.
    std::io::stdout().flush().map_err(|e| format!("cannot write: {e}."))
}

/// The sums of all `test result:` lines of a run.
#[derive(Debug, Default, PartialEq)]
struct Totals {
    binaries: u32,
    passed: u32,
    failed: u32,
    ignored: u32,
    measured: u32,
    filtered: u32,
    seconds: f64,
}

impl Totals {
    fn of(log: &str) -> Self {
        let mut total = Self::default();
        // Under NOCAPTURE a test's own text may stand before the runner's on the same line.
        for line in log.lines().filter_map(|line| line.split_once("test result: ").map(|(_, rest)| rest)) {
            total.binaries += 1;
            for part in line.split(['.', ';']).map(str::trim) {
                let Some((count, what)) = part.split_once(' ') else {
                    continue;
                };
                let Ok(count) = count.parse::<u32>() else {
                    continue;
                };
                match what {
                    "passed" => total.passed += count,
                    "failed" => total.failed += count,
                    "ignored" => total.ignored += count,
                    "measured" => total.measured += count,
                    "filtered out" => total.filtered += count,
                    _ => {}
                }
            }
            let seconds = line.split_once("finished in ").map_or("", |(_, rest)| rest.trim_end_matches('s'));
            total.seconds += seconds.trim().trim_end_matches('s').parse().unwrap_or(0.0);
        }
        total
    }

    fn line(&self, ok: bool) -> String {
        format!(
            "test result: {}. {} passed; {} failed; {} ignored; {} measured; {} filtered out; finished in {:.2}s",
            if ok { "ok" } else { "FAILED" },
            self.passed,
            self.failed,
            self.ignored,
            self.measured,
            self.filtered,
            self.seconds
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_binaries_are_added() {
        let log = "running 2 tests\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.50s\n\
            corpus: absenttest result: FAILED. 3 passed; 1 failed; 4 ignored; 0 measured; 0 filtered out; finished in 1.25s\n";
        let total = Totals::of(log);
        let expected = Totals { binaries: 2, passed: 5, failed: 1, ignored: 4, measured: 0, filtered: 1, seconds: 1.75 };
        assert_eq!(total, expected);
        assert_eq!(
            total.line(false),
            "test result: FAILED. 5 passed; 1 failed; 4 ignored; 0 measured; 1 filtered out; finished in 1.75s"
        );
    }
}
