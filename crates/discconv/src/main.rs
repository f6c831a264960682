//! The command `discconv`: arguments, progress, printing and exit codes around the libraries.
//!
//! What may be relied on: data goes to stdout and all else to stderr; names from images and folders are printed
//! escaped; the exit code says who has to act (see [`errors`]).

mod args;
mod batch;
mod console;
mod conversion;
mod convert;
mod crew;
mod diff;
mod digest;
mod errors;
mod formats;
mod hash;
mod image;
mod info;
mod interrupt;
mod job;
mod progress;
mod receipt;
mod report;
mod shell;
mod shown;
mod summary;
mod verify;

use args::{Cli, Common, Verb};
use clap::Parser;
use console::Console;
use errors::Failure;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words = args::with_verb(std::env::args_os());
    let verb = match Cli::try_parse_from(&words).map(|cli| cli.verb) {
        Ok(Some(verb)) => verb,
        // `with_verb` supplies a verb to everything that has words at all, and without words clap asks for help.
        Ok(None) => return ExitCode::from(errors::USAGE),
        Err(error) => return ExitCode::from(not_understood(&error, &words)),
    };
    let console = Console::new(&verb.common());
    interrupt::listen(&console);
    let code = run(&verb, &console).unwrap_or_else(|failure| {
        console.failure(&failure);
        failure.exit_code()
    });
    ExitCode::from(code)
}

/// Help and version are no errors; the rest is told as scripts want it, if they asked for JSON.
fn not_understood(error: &clap::Error, words: &[OsString]) -> u8 {
    if error.use_stderr() && words.iter().any(|word| word == "--json") {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let failure = Failure::usage(message, "discconv --help explains all options");
        Console::new(&Common { json: true, ..Common::default() }).failure(&failure);
    } else {
        // A reader that went away is nobody's error.
        let _ = error.print();
    }
    if error.use_stderr() { errors::USAGE } else { errors::DONE }
}

fn run(verb: &Verb, console: &Console) -> Result<u8, Failure> {
    match verb {
        Verb::Formats(args) => formats::run(args, console),
        Verb::Completions(args) => shell::completions(args, console),
        Verb::Man(args) => shell::man(args, console),
        Verb::Convert(args) => convert::run(args, console),
        Verb::Info(args) => info::run(args, console),
        Verb::Hash(args) => hash::run(args, console),
        Verb::Verify(args) => verify::run(args, console),
        Verb::Diff(args) => diff::run(args, console),
    }
}
