//! `completions` and `man`: what the shell and the manual need, made from the definition of the arguments.

use crate::args::{Cli, CompletionsArgs, ManArgs};
use crate::console::Console;
use crate::errors::{self, Failure};
use clap::CommandFactory;
use discconv_core::{At, Error};

pub(crate) fn completions(args: &CompletionsArgs, console: &Console) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "discconv", &mut script);
    console.data(&String::from_utf8_lossy(&script));
    Ok(errors::DONE)
}

pub(crate) fn man(args: &ManArgs, console: &Console) -> Result<u8, Failure> {
    let mut command = Cli::command();
    command.build();
    if let Some(wanted) = &args.verb {
        let known: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
        let Some(verb) = command.find_subcommand(wanted) else {
            return Err(Failure::usage(format!("there is no verb {wanted:?}"), format!("the verbs are {}", known.join(", "))));
        };
        command = verb.clone();
    }
    let mut page = Vec::new();
    let made = clap_mangen::Man::new(command).source(format!("discconv {}", env!("CARGO_PKG_VERSION"))).render(&mut page);
    made.map_err(|error| Error::io("the manual page", At::Whole, "cannot be made", error))?;
    console.data(&String::from_utf8_lossy(&page));
    Ok(errors::DONE)
}
