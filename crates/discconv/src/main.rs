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
mod verify;

use args::{Cli, Verb};
use clap::Parser;
use console::Console;
use errors::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse_from(args::with_verb(std::env::args_os()));
    let Some(verb) = cli.verb else {
        // Only `discconv` alone comes here: `with_verb` supplies `convert` to everything else.
        return ExitCode::from(errors::USAGE);
    };
    let console = Console::new(&verb.common());
    interrupt::listen(&console);
    let code = run(&verb, &console).unwrap_or_else(|failure| {
        console.failure(&failure);
        failure.exit_code()
    });
    ExitCode::from(code)
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
