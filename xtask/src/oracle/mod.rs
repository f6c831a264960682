//! `oracle`: independent programs read what discconv writes, and discconv reads what they write.
//!
//! Our own reader and writer could share a mistake; these cannot. Known faults of the tools stand in `crates/README.md`.

mod cases;
mod chd;
mod containers;
mod create;
mod fs;
mod packed;
mod room;
mod subchannel;
mod toc;
mod tools;

use crate::{peers, sh, tree};
use room::Room;
use tools::TOOLS;

/// One comparison. `Ok` says what was found equal, `Err` what was not.
struct Case {
    name: &'static str,
    /// Programs of [`TOOLS`] without which it is skipped.
    needs: &'static [&'static str],
    run: fn(&Room) -> Result<String, String>,
}

/// Every comparison.
fn all() -> impl Iterator<Item = &'static Case> {
    let groups =
        [cases::CASES, containers::CASES, toc::CASES, subchannel::CASES, packed::CASES, chd::CASES, create::CASES, fs::CASES];
    groups.into_iter().flatten()
}

enum Outcome {
    Same(String),
    Skipped(String),
    Differs(String),
}

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let mut known: Vec<&str> = all().map(|case| case.name).collect();
    known.push("--strict");
    crate::chores::only(args, &known)?;
    let strict = args.iter().any(|arg| arg == "--strict");
    let chosen = |name: &str| args.iter().all(|arg| arg.starts_with("--")) || args.iter().any(|arg| arg == name);
    sh::run(sh::cargo().args(["build", "-q", "-p", "discconv"]))?;
    // Without it the comparisons are skipped, which --strict does not allow.
    peers::provide().unwrap_or_else(|sentence| eprintln!("oracle: {sentence}"));
    let (mut skipped, mut differing) = (0, 0);
    for case in all().filter(|case| chosen(case.name)) {
        let (word, text) = match outcome(case) {
            Outcome::Same(text) => ("same", text),
            Outcome::Skipped(text) => {
                skipped += 1;
                ("SKIPPED", text)
            }
            Outcome::Differs(text) => {
                differing += 1;
                ("DIFFERS", text)
            }
        };
        println!("oracle {:<24} {word:<8} {text}", case.name);
    }
    if differing > 0 {
        return Err(format!("{differing} comparisons failed; the files are in {}.", folder().display()));
    }
    if strict && skipped > 0 {
        return Err(format!("{skipped} comparisons were skipped, and --strict allows none."));
    }
    Ok(())
}

fn folder() -> std::path::PathBuf {
    tree::target().join("oracle")
}

fn outcome(case: &Case) -> Outcome {
    let missing: Vec<&str> = case.needs.iter().filter(|tool| !peers::installed(tool)).copied().collect();
    if !missing.is_empty() {
        let packages: Vec<&str> = TOOLS.iter().filter(|tool| missing.contains(&tool.program)).map(|tool| tool.package).collect();
        return Outcome::Skipped(format!("needs {} (apt-get install {})", missing.join(", "), packages.join(" ")));
    }
    let result = Room::new(&folder().join(case.name)).and_then(|room| (case.run)(&room));
    match result {
        Ok(text) => Outcome::Same(text),
        Err(text) => Outcome::Differs(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_need_only_known_tools_and_have_one_name() {
        for case in all() {
            assert_eq!(all().filter(|other| other.name == case.name).count(), 1, "{}", case.name);
            for tool in case.needs {
                assert!(TOOLS.iter().any(|known| known.program == *tool), "{tool}");
            }
        }
    }

    #[test]
    fn every_tool_is_asked_something() {
        for tool in TOOLS {
            assert!(all().any(|case| case.needs.contains(&tool.program)), "{}", tool.program);
        }
    }
}
