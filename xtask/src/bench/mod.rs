//! `bench`: what the claims about speed and memory rest on.
//!
//! Inputs are made once in the build folder. Every command runs several times, all of them in a new random order each
//! round, its output created anew and synced inside the measured time; the minimum counts, because everything that
//! disturbs a run only makes it longer. `cp` and a sync of what it wrote is 1.00.

mod inputs;
mod iso;
mod kernel;
mod measure;
mod mix;
mod packed;
mod rows;
mod tables;

use crate::{docs, sh, tree};
use discconv_testkit::Rng;
use inputs::Inputs;
use rows::{CLAIMS, Goal, PEAK_KIB, ROUNDS, ROWS, Row};
use std::fmt::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Rounds of packing, whose rows last long.
const PACK_ROUNDS: usize = 2;

struct Wishes {
    quick: bool,
    write: bool,
    rounds: usize,
    chosen: Vec<String>,
    packed: Vec<String>,
    /// Only the one table or the other.
    group: Option<&'static str>,
}

/// The tables: bytes moved, and bytes packed.
const MOVES: &str = "moves";
const PACKS: &str = "packs";

impl Wishes {
    fn wants(&self, group: &str) -> bool {
        match (self.group, self.chosen.is_empty(), self.packed.is_empty()) {
            (Some(wanted), ..) => wanted == group,
            (None, true, true) => true,
            (None, no_moves, no_packs) => {
                if group == MOVES {
                    !no_moves
                } else {
                    !no_packs
                }
            }
        }
    }
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

fn wishes(args: &[String]) -> Result<Wishes, String> {
    let mut wishes = Wishes { quick: false, write: false, rounds: 0, chosen: Vec::new(), packed: Vec::new(), group: None };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--quick" => wishes.quick = true,
            "--write" => wishes.write = true,
            "--rounds" => {
                let number = args.next().and_then(|word| word.parse().ok()).filter(|number| *number > 0);
                wishes.rounds = number.ok_or("--rounds needs a number above 0.")?;
            }
            id if ROWS.iter().any(|row| row.id == id) => wishes.chosen.push(id.to_owned()),
            id if packed::knows(id) => wishes.packed.push(id.to_owned()),
            MOVES => wishes.group = Some(MOVES),
            PACKS => wishes.group = Some(PACKS),
            id => {
                let ids: Vec<&str> =
                    [MOVES, PACKS].into_iter().chain(ROWS.iter().map(|row| row.id)).chain(packed::ids()).collect();
                return Err(format!("there is no row `{id}`; there are {}.", ids.join(" ")));
            }
        }
    }
    if wishes.rounds == 0 {
        wishes.rounds = if wishes.quick { 3 } else { ROUNDS };
    }
    if wishes.write && (wishes.quick || !wishes.chosen.is_empty() || !wishes.packed.is_empty() || wishes.rounds < ROUNDS) {
        return Err(format!("--write is for the whole table with at least {ROUNDS} rounds."));
    }
    Ok(wishes)
}

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let wishes = wishes(args)?;
    if cfg!(debug_assertions) {
        // Inputs and arithmetic are measured optimised, like the program.
        let words = ["run", "--release", "--quiet", "-p", "xtask", "--", "bench"];
        return sh::run(sh::cargo().args(words).args(args));
    }
    let rows: Vec<&Row> = ROWS.iter().filter(|row| wanted(row, &wishes.chosen)).collect();
    sh::run(sh::cargo().args(["build", "--release", "--quiet", "-p", "discconv"]))?;
    let folder = tree::target().join(if wishes.quick { "bench-quick" } else { "bench" });
    let inputs = Inputs::prepare(&folder, wishes.quick)?;
    let mut misses = Vec::new();
    if wishes.wants(PACKS) {
        let (table, missed) = packed::run(&wishes.packed, &inputs, wishes.quick, wishes.rounds.min(PACK_ROUNDS))?;
        tell("bench-packed", &table, wishes.write)?;
        misses.extend(missed);
    }
    if wishes.wants(MOVES) {
        let seen = measure_all(&rows, &inputs, wishes.rounds)?;
        let kernel = kernel::run(wishes.rounds)?;
        let (table, missed) = table(&rows, &seen, &kernel, &inputs, wishes.rounds);
        tell("bench", &table, wishes.write)?;
        misses.extend(missed);
    }
    match misses.len() {
        0 => Ok(()),
        _ => Err(format!("short of the goal: {}.", misses.join("; "))),
    }
}

/// Prints a table, and puts it into README if that is wanted.
fn tell(block: &str, table: &str, write: bool) -> Result<(), String> {
    println!("{table}");
    if write { docs::write_block(block, table) } else { Ok(()) }
}

/// A chosen row brings the ones it is compared with.
fn wanted(row: &Row, chosen: &[String]) -> bool {
    let is = |id: &str| chosen.iter().any(|wish| wish == id);
    let yardstick = ROWS.iter().any(|other| is(other.id) && other.yardstick == row.id);
    let claim = CLAIMS.iter().any(|(fast, _, slow)| is(fast) && *slow == row.id);
    chosen.is_empty() || is(row.id) || yardstick || claim
}

fn command(row: &Row, inputs: &Inputs, out: &Path) -> Command {
    let (program, words) = row.words();
    let program = if program == "discconv" { tree::target().join("release/discconv") } else { PathBuf::from(program) };
    let mut command = Command::new(program);
    for word in words {
        match (word.strip_prefix("IN/"), word.strip_prefix("OUT/")) {
            (Some(name), _) => command.arg(inputs.path(name)),
            (_, Some(name)) => command.arg(out.join(name)),
            _ => command.arg(word),
        };
    }
    command
}

fn measure_all(rows: &[&Row], inputs: &Inputs, rounds: usize) -> Result<Vec<Seen>, String> {
    let out = inputs.path("out");
    let mut seen = vec![Seen::default(); rows.len()];
    let mut rng = Rng::new(rounds as u64);
    for name in ["data.iso", "mode1.bin", "xa.bin", "mixed.bin"] {
        inputs.warm(name)?;
    }
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, rng.index(i + 1));
        }
        for i in order {
            let row = rows[i];
            if (round > 0 && row.once) || seen[i].trouble.is_some() {
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
        Goal::Ratio(limit) => (format!("{limit:.1}"), ratio.is_some_and(|ratio| ratio > limit)),
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

fn table(rows: &[&Row], seen: &[Seen], kernel: &kernel::Kernel, inputs: &Inputs, rounds: usize) -> (String, Vec<String>) {
    let time_of = |id: &str| rows.iter().zip(seen).find(|(row, _)| row.id == id).and_then(|(_, seen)| seen.seconds);
    let mut misses = Vec::new();
    let mut text = String::from("| Work | x `cp` + sync | goal | time | peak MiB |\n|---|--:|--:|--:|--:|\n");
    for (row, seen) in rows.iter().zip(seen) {
        let verdict = verdict(row, seen, time_of(row.yardstick), inputs);
        let heavy = row.is_ours() && seen.peak_kib.is_some_and(|kib| kib > PEAK_KIB);
        if verdict.miss {
            misses.push(row.id.to_owned());
        }
        if heavy {
            misses.push(format!("{} (memory)", row.id));
        }
        let trouble = seen.trouble.as_ref().map(|text| text.replace(['|', '\n'], " "));
        let time = trouble.unwrap_or_else(|| seen.seconds.map_or_else(String::new, shown_time));
        let peak = seen.peak_kib.map_or_else(String::new, |kib| format!("{:.1}", kib as f64 / 1024.0));
        let goal = if verdict.miss { format!("**missed: {}**", verdict.goal) } else { verdict.goal };
        let _ = writeln!(text, "| {} | {} | {goal} | {time} | {peak} |", row.name, verdict.ratio);
    }
    let ratio = kernel.ratio();
    if ratio < kernel::GOAL {
        misses.push("EDC and ECC".to_owned());
    }
    let _ = writeln!(
        text,
        "\nEDC and ECC of a Mode 1 sector on one core: {:.0} ns, {ratio:.1} times as fast as byte-wise tables ({:.0} ns; goal: {:.0} times).",
        kernel.ours_ns,
        kernel.tables_ns,
        kernel::GOAL
    );
    for (fast, part, slow) in CLAIMS {
        if let Some((a, b)) = time_of(fast).zip(time_of(slow)) {
            let _ = writeln!(text, "`{fast}` takes {:.2} of the time of `{slow}` (goal: at most {part:.2}).", a / b);
            if a > b * part {
                misses.push(format!("{fast} against {slow}"));
            }
        }
    }
    let mib = inputs.bytes("mode1.bin") >> 20;
    let deflated = mix::deflated_percent(&inputs.path("data.iso")).map_or_else(|e| e.to_string(), |left| format!("{left} %"));
    let _ = writeln!(
        text,
        "\nMinimum of {rounds} rounds in random order, outputs created anew and synced, a BIN of {mib} MiB in the page cache, whose data deflates to {deflated}. Memory may reach {} MiB.\nMachine: {}.",
        PEAK_KIB >> 10,
        measure::machine(&inputs.folder)
    );
    (text, misses)
}

fn shown_time(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.1} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_table_is_only_written_when_it_is_whole() {
        assert!(wishes(&words(&["--write"])).is_ok() && wishes(&words(&["--write", "packs"])).is_ok());
        for bad in [&["--write", "--quick"][..], &["--write", "iso-bin"], &["--write", "--rounds", "2"], &["nonsense"]] {
            assert!(wishes(&words(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_chosen_row_brings_its_yardstick() {
        let ids: Vec<&str> = ROWS.iter().filter(|row| wanted(row, &words(&["bin-iso"]))).map(|row| row.id).collect();
        assert_eq!(ids, ["cp", "bin-iso", "bchunk"]);
    }

    #[test]
    fn goals_are_judged() {
        let inputs = Inputs { folder: PathBuf::from("."), sizes: inputs::Sizes::new(true) };
        let row = ROWS.iter().find(|row| row.id == "iso-bin").unwrap();
        let seen = Seen { seconds: Some(1.1), ..Seen::default() };
        assert!(verdict(row, &seen, Some(1.0), &inputs).miss);
        assert!(!verdict(row, &seen, Some(1.2), &inputs).miss);
        let absent = Seen { trouble: Some("not installed".to_owned()), ..Seen::default() };
        assert!(!verdict(row, &absent, Some(1.0), &inputs).miss);
    }
}
