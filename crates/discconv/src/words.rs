//! The words of the command line, before the options are looked at: which verb is meant, and whether there is such a one.

use crate::errors::Failure;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::{OsStr, OsString};

/// Verbs of the contract that this version lacks.
const LACKING_VERBS: &[&str] = &["doctor", "explain", "dat", "check"];
/// Options of the contract that this version lacks.
const LACKING_OPTIONS: &[&str] = &["--for", "--explain", "--fix"];

/// Options that take a value, so that the value is not mistaken for a verb.
const WITH_VALUE: &[&str] = &[
    "--from",
    "--password-file",
    "--parent",
    "--member",
    "--temp",
    "--block",
    "--hunk",
    "--codec",
    "--title",
    "--icon",
    "--to",
    "--out",
    "-o",
    "--into",
    "--sector",
    "--mode",
    "--allow-loss",
    "--receipt",
    "--level",
    "--jobs",
    "--fs",
    "--disc",
    "--xa",
    "--audio",
];

/// The command line with its verb in front: the first word, or `convert` where that is no verb.
///
/// Nothing is added where there is no word at all, so that `discconv --help` is about everything.
pub(crate) fn with_verb(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    match first_word(&args) {
        Some(1) if is_call_for_help(&args) => {
            args.remove(1);
            args.push("--help".into());
        }
        Some(place) if is_verb(&args[place]) => {
            let verb = args.remove(place);
            args.insert(1, verb);
        }
        Some(_) => args.insert(1, "convert".into()),
        None if args.iter().skip(1).all(|arg| is_about_the_program(arg)) => {}
        None => args.insert(1, "convert".into()),
    }
    args
}

fn first_word(args: &[OsString]) -> Option<usize> {
    let mut place = 1;
    while let Some(arg) = args.get(place) {
        let text = arg.to_string_lossy();
        if text == "--" {
            return None;
        }
        if text == "-" || !text.starts_with('-') {
            return Some(place);
        }
        place += if WITH_VALUE.contains(&text.as_ref()) { 2 } else { 1 };
    }
    None
}

fn is_verb(word: &OsStr) -> bool {
    const VERBS: &[&str] = &[
        "convert",
        "create",
        "info",
        "hash",
        "verify",
        "repair",
        "diff",
        "ls",
        "cat",
        "extract",
        "mount",
        "formats",
        "completions",
        "man",
    ];
    word.to_str().is_some_and(|word| VERBS.contains(&word))
}

/// `discconv help`, `discconv help VERB`: not a verb, but what one tries first.
fn is_call_for_help(args: &[OsString]) -> bool {
    args[1] == "help" && args.len() <= 3 && args.get(2).is_none_or(|verb| is_verb(verb))
}

fn is_about_the_program(arg: &OsStr) -> bool {
    ["-h", "--help", "-V", "--version"].iter().any(|known| arg == *known)
}

/// The refusal of a verb that is planned, but not in this version.
pub(crate) fn lacking_verb(args: &[OsString]) -> Option<Failure> {
    let place = first_word(args)?;
    // `help VERB` asks for a verb too.
    let place = if args[place] == "help" && args.len() == 3 { place + 1 } else { place };
    let verb = LACKING_VERBS.iter().find(|verb| args.get(place).is_some_and(|word| word == *verb))?;
    Some(Failure::usage(
        format!("the verb {verb} is not in this version"),
        format!("`discconv --help` lists what is; to convert a file of this name, write `discconv convert {verb} OUT`"),
    ))
}

/// The refusal of an option that is planned, but not in this version, where clap does not know it.
pub(crate) fn lacking_option(error: &clap::Error) -> Option<Failure> {
    let Some(ContextValue::String(given)) =
        error.get(ContextKind::InvalidArg).filter(|_| error.kind() == ErrorKind::UnknownArgument)
    else {
        return None;
    };
    let given = given.split('=').next().unwrap_or_default();
    let option = LACKING_OPTIONS.iter().find(|option| **option == given)?;
    Some(Failure::usage(format!("the option {option} is not in this version"), "`discconv --help` lists the options that are"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::{CommandFactory, Parser};

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn every_verb_is_known_to_the_look_for_it() {
        let command = Cli::command();
        let missing: Vec<&str> =
            command.get_subcommands().map(clap::Command::get_name).filter(|name| !is_verb(OsStr::new(name))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn every_option_with_a_value_is_known_to_the_look_for_the_verb() {
        let command = Cli::command();
        let takes_value = |arg: &&clap::Arg| arg.get_long().is_some() && arg.get_action().takes_values();
        for arg in command.get_arguments().filter(takes_value) {
            let long = format!("--{}", arg.get_long().unwrap_or_default());
            assert!(WITH_VALUE.contains(&long.as_str()), "{long}");
        }
    }

    #[test]
    fn the_first_word_decides_the_verb() {
        let check = |line: &str, expected: &str| {
            let words = line.split(' ').map(OsString::from);
            let got: Vec<String> = with_verb(words).iter().map(|word| word.to_string_lossy().into_owned()).collect();
            assert_eq!(got.join(" "), expected, "{line}");
        };
        check("discconv a.bin a.iso", "discconv convert a.bin a.iso");
        check("discconv info a.bin", "discconv info a.bin");
        check("discconv -q info a.bin", "discconv info -q a.bin");
        check("discconv --jobs 2 hash a.bin", "discconv hash --jobs 2 a.bin");
        check("discconv a.bin info", "discconv convert a.bin info");
        check("discconv --to iso info --out d", "discconv info --to iso --out d");
        check("discconv --into info a.cue b.cue", "discconv convert --into info a.cue b.cue");
        check("discconv convert info x.iso", "discconv convert info x.iso");
        check("discconv -- info x.iso", "discconv convert -- info x.iso");
        check("discconv --help", "discconv --help");
        check("discconv --to iso", "discconv convert --to iso");
        check("discconv - x.iso", "discconv convert - x.iso");
        check("discconv help", "discconv --help");
        check("discconv help info", "discconv info --help");
        check("discconv help x.iso", "discconv convert help x.iso");
    }

    #[test]
    fn what_is_planned_is_not_taken_for_a_file() {
        let verb = |line: &str| lacking_verb(&words(line)).map(|failure| failure.message());
        let check = |line: &str, name: &str| {
            assert_eq!(verb(line).as_deref(), Some(&*format!("the verb {name} is not in this version")), "{line}");
        };
        check("discconv explain a", "explain");
        check("discconv -q doctor a.iso x", "doctor");
        check("discconv help doctor", "doctor");
        for line in [
            "discconv convert doctor x.iso",
            "discconv a.iso doctor",
            "discconv -- doctor x.iso",
            "discconv help info",
            "discconv",
        ] {
            assert_eq!(verb(line), None, "{line}");
        }
        let option = |line: &str| {
            let error = Cli::try_parse_from(with_verb(words(line))).err()?;
            lacking_option(&error).map(|failure| failure.message())
        };
        for name in ["--for", "--explain"] {
            let expected = format!("the option {name} is not in this version");
            assert_eq!(option(&format!("discconv a.iso {name} x")).as_deref(), Some(&*expected));
            assert_eq!(option(&format!("discconv a.iso {name}=x")).as_deref(), Some(&*expected));
        }
        assert_eq!(option("discconv a.iso x.cue --nonsense"), None);
    }
}
