//! The project's chores, each a verb: `cargo xtask <verb>`.
//!
//! One table of verbs, and CI runs the same ones. A verb takes the words behind it and returns a sentence when it
//! fails; nothing here is part of the program.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a development tool reports to the terminal")]

mod bench;
mod chores;
mod ci;
mod docs;
mod fuzz;
mod markdown;
mod new_format;
mod oracle;
mod peers;
mod sh;
mod testdata;
mod tidy;
mod tree;

use std::process::ExitCode;

/// One verb of `cargo xtask`.
struct Verb {
    name: &'static str,
    words: &'static str,
    run: fn(&[String]) -> Result<(), String>,
    what: &'static str,
}

#[rustfmt::skip]
const VERBS: &[Verb] = &[
    Verb { name: "ci", words: "[--strict]", run: ci::run, what: "everything CI runs, tests last; --strict: nothing may be skipped" },
    Verb { name: "fmt", words: "[--check]", run: chores::fmt, what: "format the sources, or only say what differs" },
    Verb { name: "lint", words: "", run: chores::lint, what: "clippy over all targets, warnings are errors" },
    Verb { name: "test", words: "[ARGS...]", run: chores::test, what: "the test command that README promises" },
    Verb { name: "tidy", words: "[CHECK...]", run: tidy::run, what: "crate edges, licences, sources, top level: the rules no compiler knows" },
    Verb { name: "testdata", words: "[--check]", run: testdata::run, what: "make the images of testdata, or compare them" },
    Verb { name: "bench", words: "[--quick] [--write] [--rounds N] [ROW...]", run: bench::run, what: "speed and memory against cp and other tools" },
    Verb { name: "oracle", words: "[--strict] [CHECK...]", run: oracle::run, what: "compare with independent tools" },
    Verb { name: "docs", words: "[--check]", run: docs::run, what: "write the generated parts of README, or compare them; check links" },
    Verb { name: "fuzz", words: "[--seconds N] [TARGET...]", run: fuzz::run, what: "run the fuzz targets (60 s each)" },
    Verb { name: "wasm", words: "", run: chores::wasm, what: "no C below the formats; and they build for wasm32, if that target is installed" },
    Verb { name: "new-format", words: "ID", run: new_format::run, what: "lay out a new format crate and enrol it" },
];

fn help() -> String {
    let mut text = String::from("cargo xtask VERB\n\n");
    for verb in VERBS {
        let call = format!("{} {}", verb.name, verb.words);
        text.push_str(&format!("  {call:<52} {}\n", verb.what));
    }
    text
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = words.split_first() else {
        print!("{}", help());
        return ExitCode::SUCCESS;
    };
    if matches!(name.as_str(), "help" | "-h" | "--help") {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        eprintln!("xtask: there is no verb `{name}`.\n\n{}", help());
        return ExitCode::from(2);
    };
    match (verb.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("xtask {name}: {sentence}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_listed_once() {
        for (i, verb) in VERBS.iter().enumerate() {
            assert!(!VERBS[..i].iter().any(|other| other.name == verb.name), "{}", verb.name);
            assert!(help().contains(verb.what));
        }
    }
}
