//! Packing and unpacking, each beside the program that people use for it today, with equal threads and in one run.

mod chd;
pub(super) mod inputs;
mod music;
pub(super) mod rows;

use super::inputs::Inputs;
use super::{measure, shown_time};
use crate::{peers, sh, tree};
use discconv_testkit::Rng;
use rows::Pair;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Seconds of a run from which on one is enough.
const LONG: f64 = 4.0;
/// Rounds of rows about one core: nothing but the work is to count, and they are short.
const CORE_ROUNDS: usize = 5;
/// Threads that both programs may use.
const THREADS: &str = "2";

/// What was measured of one program.
#[derive(Default, Clone)]
struct Seen {
    seconds: Option<f64>,
    bytes: u64,
    peak_kib: Option<u64>,
    trouble: Option<String>,
}

/// Images in blocks and hunks that each format packs in its way, beside maxcso and gzip.
pub(super) const PACKS: &[Pair] = rows::PAIRS;
/// CHDs, beside chdman.
pub(super) const CHDS: &[Pair] = chd::PAIRS;

/// The table of all of `pairs` or the chosen ones, and the names of those that miss a goal.
pub(super) fn run(
    pairs: &[Pair],
    chosen: &[String],
    inputs: &Inputs,
    quick: bool,
    rounds: usize,
) -> Result<(String, Vec<String>), String> {
    let pairs: Vec<&Pair> = pairs.iter().filter(|pair| chosen.is_empty() || chosen.iter().any(|id| id == pair.id)).collect();
    inputs::prepare(inputs, quick)?;
    chd::prepare(inputs, quick)?;
    if pairs.iter().any(|pair| pair.ours.starts_with(PURE)) {
        build_pure()?;
    }
    let seen = measure_all(&pairs, inputs, rounds)?;
    Ok(table(&pairs, &seen, inputs, rounds))
}

/// The program without C, in rows; it lies in a folder of its own, for cargo keeps only one of a name.
const PURE: &str = "discconv-pure";

fn pure_target() -> PathBuf {
    tree::target().join("pure")
}

fn build_pure() -> Result<(), String> {
    let words = ["build", "--release", "--quiet", "-p", "discconv", "--no-default-features", "--target-dir"];
    sh::run(sh::cargo().args(words).arg(pure_target()))
}

fn command(words: &str, inputs: &Inputs, out: &Path) -> Command {
    let mut words = words.split_whitespace();
    let program = words.next().unwrap_or_default();
    let place = |word: &str| match (word.strip_prefix("IN/"), word.strip_prefix("OUT/")) {
        (Some(name), _) => inputs.path(name).into_os_string(),
        (_, Some(name)) => out.join(name).into_os_string(),
        _ => word.into(),
    };
    let mut command = match program {
        "discconv" => Command::new(tree::target().join("release/discconv")),
        PURE => Command::new(pure_target().join("release/discconv")),
        "maxcso" => {
            let mut command = Command::new(peers::program("maxcso"));
            command.args(["--quiet", &format!("--threads={THREADS}")]);
            command
        }
        // Its counter of percents is nobody's business.
        "chdman" | "chdman-0.289" => Command::new(peers::program(program)),
        // It writes where the shell says.
        "gzip" => {
            let mut command = Command::new("sh");
            command.args(["-c", "gzip \"$1\" -c \"$2\" > \"$3\"", "gzip"]);
            command
        }
        other => Command::new(other),
    };
    let words: Vec<&str> = words.collect();
    if matches!(program, "discconv" | PURE) && !words.contains(&"--jobs") {
        command.args(["--jobs", THREADS]);
    }
    command.args(words.into_iter().map(place));
    command
}

fn measure_all(pairs: &[&Pair], inputs: &Inputs, rounds: usize) -> Result<Vec<[Seen; 2]>, String> {
    let out = inputs.path("out");
    let mut seen = vec![<[Seen; 2]>::default(); pairs.len()];
    let mut rng = Rng::new(rounds as u64);
    for round in 0..rounds.max(CORE_ROUNDS) {
        let mut order: Vec<usize> = (0..pairs.len() * 2).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, rng.index(i + 1));
        }
        for i in order {
            let (pair, side) = (pairs[i / 2], i % 2);
            let words = [pair.ours, pair.peer][side];
            let seen = &mut seen[i / 2][side];
            if round >= rounds && pair.rate.is_none() {
                continue;
            }
            // What lasts long is not disturbed by anything that lasts less.
            let long = round > 0 && seen.seconds.is_some_and(|seconds| seconds > LONG);
            if words.is_empty() || long || seen.trouble.is_some() {
                continue;
            }
            eprint!("\rround {}/{rounds} {:<14} {:<8}", round + 1, pair.id, ["discconv", "peer"][side]);
            inputs.warm(pair.image)?;
            measure::fresh(&out)?;
            measure::wait_for_idle();
            let ran = match pair.rate {
                // How fast a core is does not depend on the device.
                Some(_) => measure::seconds_unsynced(&mut command(words, inputs, &out)),
                None => measure::seconds(&mut command(words, inputs, &out), &out),
            };
            match ran {
                Ok(seconds) => seen.seconds = Some(seen.seconds.map_or(seconds, |old| old.min(seconds))),
                Err(sentence) => seen.trouble = Some(sentence),
            }
            seen.bytes = written(&out);
            if round == 0 && side == 0 && seen.trouble.is_none() {
                measure::fresh(&out)?;
                seen.peak_kib = measure::peak_kib(&command(words, inputs, &out));
            }
        }
    }
    eprintln!();
    measure::fresh(&out)?;
    Ok(seen)
}

fn written(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
}

/// A cell with its goal, and whether it is missed.
fn judged(value: Option<f64>, digits: usize, goal: Option<f64>, at_most: bool) -> (String, bool) {
    let Some(value) = value else { return (String::new(), false) };
    let missed = goal.is_some_and(|goal| if at_most { value > goal } else { value < goal });
    let shown = format!("{value:.digits$}");
    let sign = if at_most { "<=" } else { ">=" };
    match goal {
        None => (shown, false),
        Some(goal) if missed => (format!("**{shown}** (missed: {sign} {goal:.digits$})"), true),
        Some(goal) => (format!("{shown} ({sign} {goal:.digits$})"), false),
    }
}

fn table(pairs: &[&Pair], seen: &[[Seen; 2]], inputs: &Inputs, rounds: usize) -> (String, Vec<String>) {
    let mut misses = Vec::new();
    let mut text = String::from(
        "| Work, and the peer | time / peer's | size / peer's | MB/s | time | peer's time | peak MiB |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for (pair, [ours, peer]) in pairs.iter().zip(seen) {
        let ratio = ours.seconds.zip(peer.seconds).map(|(ours, peer)| ours / peer);
        let bytes = |seen: &Seen| (seen.bytes > 0).then_some(seen.bytes as f64);
        let packs = !pair.id.starts_with("un-");
        let size = bytes(ours).zip(bytes(peer)).map(|(ours, peer)| ours / peer).filter(|_| packs);
        let rate = ours.seconds.map(|seconds| inputs.bytes(pair.image) as f64 / seconds / 1e6);
        let (time, slow) = judged(ratio, 2, pair.time, true);
        let (size, big) = judged(size, 4, pair.size, true);
        let (rate, lazy) = judged(rate, 0, pair.rate, false);
        let heavy = ours.peak_kib.is_some_and(|kib| kib > pair.peak_kib);
        let broken = ours.trouble.is_some() || (peer.trouble.is_some() && !pair.peer.is_empty());
        if slow || big || lazy || heavy || broken {
            misses.push(pair.id.to_owned());
        }
        let lasts = |seen: &Seen| {
            let trouble = seen.trouble.as_ref().map(|text| text.replace(['|', '\n'], " "));
            trouble.unwrap_or_else(|| seen.seconds.map_or_else(String::new, shown_time))
        };
        let peak = ours.peak_kib.map_or_else(String::new, |kib| format!("{:.1}", kib as f64 / 1024.0));
        let _ = writeln!(text, "| {} | {time} | {size} | {rate} | {} | {} | {peak} |", pair.name, lasts(ours), lasts(peer));
    }
    let _ = writeln!(
        text,
        "\n{}; {THREADS} threads each; minimum of {rounds} rounds in random order (one of what takes over {LONG} s), outputs created \
         anew and synced (rows about one core: {CORE_ROUNDS} rounds, not synced), inputs in the page cache: programs and documents, a third of them packed already. In brackets the goal. \
         Memory may reach {} MiB.\nMachine: {}.",
        versions(pairs),
        pairs.iter().map(|pair| pair.peak_kib).max().unwrap_or(0) >> 10,
        measure::machine(&inputs.folder)
    );
    (text, misses)
}

/// What the peers are.
fn versions(pairs: &[&Pair]) -> String {
    if pairs.iter().any(|pair| pair.peer.starts_with("chdman")) {
        return "chdman with `-np 3`, of Debian or 0.289".to_owned();
    }
    // It tells its version on standard error.
    let help = sh::run_limited(Command::new(peers::program("maxcso")).arg("--help"), Duration::from_secs(20));
    let help = help.map_or_else(|sentence| sentence, |ran| ran.text());
    help.lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_judged_and_shown() {
        assert_eq!(judged(Some(0.35), 2, Some(0.4), true), ("0.35 (<= 0.40)".to_owned(), false));
        assert_eq!(judged(Some(0.45), 2, Some(0.4), true), ("**0.45** (missed: <= 0.40)".to_owned(), true));
        assert_eq!(judged(Some(150.0), 0, Some(200.0), false), ("**150** (missed: >= 200)".to_owned(), true));
        assert_eq!(judged(Some(1.0), 4, None, true), ("1.0000".to_owned(), false));
        assert_eq!(judged(None, 2, Some(1.0), true), (String::new(), false));
    }
}
