//! `bench`: what the claims about speed and memory rest on.
//!
//! Inputs are made once in the build folder. Every command runs several times, all of them in a new random order each
//! round, its output created anew and synced inside the measured time; the minimum counts, because everything that
//! disturbs a run only makes it longer. There are four tables: bytes moved, where `cp` and a sync of what it wrote is
//! 1.00; images packed, and CHDs, each beside its peers; and files in images.

mod files;
mod inputs;
mod iso;
mod kernel;
mod measure;
mod mix;
mod moves;
mod packed;
mod rows;
mod tables;
mod timed;

use crate::{docs, sh, tree};
use inputs::Inputs;
use rows::ROUNDS;

/// Rounds of packing, whose rows last long.
const PACK_ROUNDS: usize = 2;

/// The tables.
const MOVES: &str = "moves";
const PACKS: &str = "packs";
const CHDS: &str = "chds";
const FILES: &str = "files";
const GROUPS: [&str; 4] = [PACKS, CHDS, MOVES, FILES];

struct Wishes {
    quick: bool,
    write: bool,
    rounds: usize,
    /// Single rows, with the table they are in.
    chosen: Vec<(&'static str, String)>,
    /// Whole tables.
    groups: Vec<&'static str>,
}

impl Wishes {
    fn wants(&self, group: &str) -> bool {
        let all = self.groups.is_empty() && self.chosen.is_empty();
        all || self.groups.contains(&group) || self.chosen.iter().any(|(of, _)| *of == group)
    }

    /// The rows of a table that were named; none means all of them.
    fn of(&self, group: &str) -> Vec<String> {
        if self.groups.contains(&group) {
            return Vec::new();
        }
        self.chosen.iter().filter(|(of, _)| *of == group).map(|(_, id)| id.clone()).collect()
    }
}

/// The names of the rows of a table.
fn ids(group: &str) -> Vec<&'static str> {
    match group {
        PACKS => packed::PACKS.iter().map(|pair| pair.id).collect(),
        CHDS => packed::CHDS.iter().map(|pair| pair.id).collect(),
        MOVES => rows::ROWS.iter().map(|row| row.id).collect(),
        _ => files::ROWS.iter().map(|row| row.id).collect(),
    }
}

fn wishes(args: &[String]) -> Result<Wishes, String> {
    let mut wishes = Wishes { quick: false, write: false, rounds: 0, chosen: Vec::new(), groups: Vec::new() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let group = |wanted: &&&str| **wanted == arg.as_str();
        match arg.as_str() {
            "--quick" => wishes.quick = true,
            "--write" => wishes.write = true,
            "--rounds" => {
                let number = args.next().and_then(|word| word.parse().ok()).filter(|number| *number > 0);
                wishes.rounds = number.ok_or("--rounds needs a number above 0.")?;
            }
            id => match (GROUPS.iter().find(group), GROUPS.iter().find(|group| ids(group).contains(&id))) {
                (Some(group), _) => wishes.groups.push(group),
                (None, Some(group)) => wishes.chosen.push((group, id.to_owned())),
                (None, None) => {
                    let known: Vec<&str> = GROUPS.into_iter().chain(GROUPS.into_iter().flat_map(ids)).collect();
                    return Err(format!("there is no row `{id}`; there are {}.", known.join(" ")));
                }
            },
        }
    }
    if wishes.rounds == 0 {
        wishes.rounds = if wishes.quick { 3 } else { ROUNDS };
    }
    if wishes.write && (wishes.quick || !wishes.chosen.is_empty() || wishes.rounds < ROUNDS) {
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
    sh::run(sh::cargo().args(["build", "--release", "--quiet", "-p", "discconv"]))?;
    let folder = tree::target().join(if wishes.quick { "bench-quick" } else { "bench" });
    let inputs = Inputs::prepare(&folder, wishes.quick)?;
    let pack_rounds = wishes.rounds.min(PACK_ROUNDS);
    let mut misses = Vec::new();
    for group in GROUPS.into_iter().filter(|group| wishes.wants(group)) {
        let chosen = wishes.of(group);
        let (block, (table, missed)) = match group {
            PACKS => ("bench-packed", packed::run(packed::PACKS, &chosen, &inputs, wishes.quick, pack_rounds)?),
            CHDS => ("bench-chd", packed::run(packed::CHDS, &chosen, &inputs, wishes.quick, pack_rounds)?),
            MOVES => ("bench", moves::run(&chosen, &inputs, wishes.rounds)?),
            _ => ("bench-files", files::run(&chosen, &inputs, wishes.quick, wishes.rounds)?),
        };
        println!("{table}");
        if wishes.write {
            docs::write_block(block, &table)?;
        }
        misses.extend(missed);
    }
    match misses.len() {
        0 => Ok(()),
        _ => Err(format!("short of the goal: {}.", misses.join("; "))),
    }
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
        for good in [&["--write"][..], &["--write", "packs"], &["--write", "files", "moves"]] {
            assert!(wishes(&words(good)).is_ok(), "{good:?}");
        }
        for bad in [&["--write", "--quick"][..], &["--write", "iso-bin"], &["--write", "--rounds", "2"], &["nonsense"]] {
            assert!(wishes(&words(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn rows_and_tables_are_chosen() {
        let wishes = wishes(&words(&["files", "iso-bin"])).unwrap();
        assert!(wishes.wants(FILES) && wishes.wants(MOVES) && !wishes.wants(PACKS));
        assert_eq!((wishes.of(FILES), wishes.of(MOVES)), (Vec::new(), words(&["iso-bin"])));
        let all = super::wishes(&[]).unwrap();
        assert!(GROUPS.iter().all(|group| all.wants(group) && all.of(group).is_empty()));
    }

    #[test]
    fn no_two_rows_have_one_name() {
        let all: Vec<&str> = GROUPS.into_iter().flat_map(ids).chain(GROUPS).collect();
        for (place, id) in all.iter().enumerate() {
            assert!(!all[..place].contains(id), "{id}");
        }
    }
}
