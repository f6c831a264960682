//! The command `discconv`: arguments, progress, printing and exit codes around the libraries.
//!
//! What may be relied on: data goes to stdout and all else to stderr; names from images and folders are printed
//! escaped; the exit code says who has to act (see [`errors`]).

mod args;
mod batch;
mod cat;
mod checks;
mod console;
mod conversion;
mod convert;
mod create;
mod crew;
mod diff;
mod digest;
mod errors;
mod extract;
mod formats;
mod hash;
mod identity;
mod image;
mod info;
mod interrupt;
mod job;
mod lane;
mod ls;
mod mount;
mod obstacle;
mod password;
mod progress;
mod receipt;
mod repair;
mod report;
mod sector_file;
mod shell;
mod shown;
mod summary;

mod verify;
mod volume;
mod words;

use args::{Cli, Common, Verb};
use clap::Parser;
use console::Console;
use errors::Failure;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    if let Some(failure) = words::lacking_verb(&typed) {
        return ExitCode::from(not_understood(&failure, &typed));
    }
    let typed = words::with_verb(typed);
    let verb = match Cli::try_parse_from(&typed).map(|cli| cli.verb) {
        Ok(Some(verb)) => verb,
        // `with_verb` supplies a verb to everything that has words at all, and without words clap asks for help.
        Ok(None) => return ExitCode::from(errors::USAGE),
        Err(error) => return ExitCode::from(not_parsed(&error, &typed)),
    };
    let console = Console::new(&verb.common());
    interrupt::listen(&console);
    let code = run(&verb, &console).unwrap_or_else(|failure| {
        console.failure(&failure);
        failure.exit_code()
    });
    // Whoever asked for a result and did not get it must hear of it.
    let unsaid = console.unsaid().inspect(|failure| console.failure(failure));
    ExitCode::from(if code == errors::DONE { unsaid.map_or(code, |failure| failure.exit_code()) } else { code })
}

/// Help and version are no errors; the rest is told as scripts want it, if they asked for JSON.
fn not_parsed(error: &clap::Error, typed: &[OsString]) -> u8 {
    if !error.use_stderr() {
        return help(error);
    }
    if let Some(failure) = words::lacking_option(error) {
        return not_understood(&failure, typed);
    }
    if wants_json(typed) {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        return not_understood(&Failure::usage(message, "discconv --help explains all options"), typed);
    }
    // There is nobody else to tell that stderr is gone.
    let _ = error.print();
    errors::USAGE
}

fn not_understood(failure: &Failure, typed: &[OsString]) -> u8 {
    Console::new(&Common { json: wants_json(typed), ..Common::default() }).failure(failure);
    failure.exit_code()
}

fn wants_json(typed: &[OsString]) -> bool {
    typed.iter().any(|word| word == "--json")
}

fn help(text: &clap::Error) -> u8 {
    let printed = text.print().and_then(|()| std::io::stdout().flush());
    match printed.err().and_then(console::cannot_print) {
        None => errors::DONE,
        Some(failure) => not_understood(&failure, &[]),
    }
}

fn run(verb: &Verb, console: &Console) -> Result<u8, Failure> {
    match verb {
        Verb::Formats(args) => formats::run(args, console),
        Verb::Completions(args) => shell::completions(args, console),
        Verb::Man(args) => shell::man(args, console),
        Verb::Convert(args) => convert::run(args, console),
        Verb::Create(args) => create::run(args, console),
        Verb::Info(args) => info::run(args, console),
        Verb::Hash(args) => hash::run(args, console),
        Verb::Verify(args) => verify::run(args, console),
        Verb::Repair(args) => repair::run(args, console),
        Verb::Diff(args) => diff::run(args, console),
        Verb::Ls(args) => ls::run(args, console),
        Verb::Cat(args) => cat::run(args, console),
        Verb::Extract(args) => extract::run(args, console),
        Verb::Mount(args) => mount::run(args, console),
    }
}
