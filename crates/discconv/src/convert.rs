//! The verb `convert`, and the command line without a verb.

use crate::args::ConvertArgs;
use crate::batch::{self, Survey};
use crate::console::Console;
use crate::conversion::{Done, Prepared, prepare};
use crate::crew;
use crate::errors::{self, Failure};
use crate::image::{self, Image};
use crate::job::{self, Request, Settings};
use crate::progress::Progress;
use crate::receipt;
use crate::report;
use crate::shown;
use crate::summary::{Outcome, Run};
use discconv_core::{Error, NoteKind};
use discconv_host::{FileIdentity, ThreadPool};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &ConvertArgs, console: &Console) -> Result<u8, Failure> {
    let settings = job::settings(&args.reading, &args.writing, args.original)?;
    let request = job::request(args)?;
    let receipt = args.writing.receipt.as_deref();
    if let Some(path) = receipt {
        receipt::check(path, &settings)?;
    }
    let cores = image::cores(&args.common);
    match request {
        Request::One(job) => finish(&prepare(&job, &settings)?, &settings, receipt, cores, console),
        Request::Many { inputs, out, format } => many(&inputs, &out, format, &settings, receipt, cores, console),
    }
}

/// Oddities of the source, and the plan where nothing else follows.
fn announce(prepared: &Prepared, settings: &Settings, console: &Console) {
    tell_notes(&prepared.image, console);
    if settings.dry_run {
        console.report(&report::plan_text(prepared));
    }
}

/// Oddities of the source, each with a name.
pub(crate) fn tell_notes(image: &Image, console: &Console) {
    for note in image.notes.iter().filter(|note| note.kind == NoteKind::Oddity) {
        console.note(&image.named(note));
    }
}

/// Carry a prepared conversion out and tell of it.
///
/// # Errors
/// As [`Prepared::carry_out`]; what stands in the way of the receipt.
pub(crate) fn finish(
    prepared: &Prepared,
    settings: &Settings,
    receipt: Option<&Path>,
    cores: usize,
    console: &Console,
) -> Result<u8, Failure> {
    if let Some(path) = receipt {
        receipt::refuse_as_output(path, &prepared.paths(), &prepared.image.inputs())?;
    }
    announce(prepared, settings, console);
    let progress = Progress::new(console, &prepared.image.shown, None);
    let done = prepared.carry_out(settings, &[], &ThreadPool::new(cores), &progress)?;
    let receipt = receipt.filter(|_| !settings.dry_run);
    let body = receipt.map(|_| receipt::of(prepared, &done, settings, cores, &progress)).transpose();
    drop(progress);
    // What was converted is told, even if its receipt fails.
    tell(prepared, &done, settings, console);
    if let (Some(path), Some(body)) = (receipt, body?) {
        receipt::write(path, &body, kept(&done.paths, prepared.image.inputs()), settings.force)?;
        console.detail(&format!("receipt written to {}", shown::path(path)));
    }
    Ok(errors::DONE)
}

fn tell(prepared: &Prepared, done: &Done, settings: &Settings, console: &Console) {
    if console.json {
        console.data_json(&report::done_json(prepared, done, settings));
    } else {
        console.report(&report::done_text(prepared, done, settings));
    }
}

/// The files that a receipt does not replace: inputs, and outputs by whatever name.
fn kept(outputs: &[PathBuf], inputs: Vec<FileIdentity>) -> Vec<FileIdentity> {
    inputs.into_iter().chain(outputs.iter().filter_map(|output| FileIdentity::of(output).ok())).collect()
}

fn many(
    inputs: &[PathBuf],
    out: &Path,
    format: Option<&'static str>,
    settings: &Settings,
    receipt: Option<&Path>,
    cores: usize,
    console: &Console,
) -> Result<u8, Failure> {
    let survey = batch::survey(inputs, out, format, settings)?;
    if let Some(path) = receipt {
        receipt::refuse_as_output(path, &survey.outputs(), &survey.inputs)?;
    }
    let receipt = receipt.filter(|_| !settings.dry_run);
    say_what_is_passed_over(&survey, console);
    let (outputs, kept_inputs) = (survey.outputs(), survey.inputs.clone());
    let run = crew::run(survey, settings, receipt.is_some(), cores, console);
    if console.json {
        console.data_json(&run.json());
    } else {
        console.report(&run.table(settings));
    }
    run.failures().for_each(|failure| console.failure(failure));
    let receipts = run.receipts();
    match receipt {
        Some(_) if receipts.is_empty() => console.note("no receipt is written, since nothing was converted"),
        Some(path) => receipt::write(path, &receipt::of_batch(receipts), kept(&outputs, kept_inputs), settings.force)?,
        None => {}
    }
    if crate::interrupt::asked() {
        return Err(Error::Cancelled.into());
    }
    if run.outcomes.is_empty() {
        return Err(nothing_found(inputs).into());
    }
    Ok(exit_code(&run))
}

fn say_what_is_passed_over(survey: &Survey, console: &Console) {
    for problem in &survey.problems {
        console.warn(problem);
    }
    for path in &survey.others {
        console.detail(&format!("{}: is no disc image, passed over", path.display()));
    }
    for path in &survey.hidden {
        console.detail(&format!("{}: is hidden or no plain file, passed over", path.display()));
    }
    for path in &survey.claimed {
        console.detail(&format!("{}: belongs to a sheet, which is converted", path.display()));
    }
}

fn nothing_found(inputs: &[PathBuf]) -> Error {
    let names: Vec<String> = inputs.iter().map(|input| input.display().to_string()).collect();
    let hint = "-v says why each file is passed over; a file that is named itself is always tried".to_owned();
    Error::Refused { file: names.join(", "), what: "no disc image was found".to_owned(), hint: Some(hint) }
}

/// 0 if nothing failed; the one input's own code if there was but one; else 1.
fn exit_code(run: &Run) -> u8 {
    let mut failed = run.outcomes.iter().filter_map(Outcome::exit_code);
    match (run.outcomes.len(), failed.next()) {
        (1, Some(code)) => code,
        (_, Some(_)) => errors::FAILED,
        (_, None) if run.has_problems() => errors::FAILED,
        (_, None) => errors::DONE,
    }
}
