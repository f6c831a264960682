//! The verb `convert`, and the command line without a verb.

use crate::args::ConvertArgs;
use crate::batch;
use crate::console::Console;
use crate::conversion::{Done, Prepared, prepare};
use crate::crew;
use crate::errors::{self, Failure};
use crate::image;
use crate::job::{self, Job, Request, Settings};
use crate::progress::Progress;
use crate::receipt;
use crate::report;
use crate::shown;
use crate::summary::Outcome;
use discconv_core::{Error, NoteKind};
use discconv_host::{FileIdentity, ThreadPool};
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &ConvertArgs, console: &Console) -> Result<u8, Failure> {
    let settings = job::settings(args);
    let request = job::request(args)?;
    let receipt = args.receipt.as_deref().filter(|_| !settings.dry_run);
    if let Some(path) = receipt {
        receipt::check(path, settings.force)?;
    }
    let cores = image::cores(&args.common);
    match request {
        Request::One(job) => one(&job, &settings, receipt, cores, console),
        Request::Many { inputs, out, format } => many(&inputs, &out, format, &settings, receipt, cores, console),
    }
}

/// Oddities of the source, and the plan where nothing else follows.
pub(crate) fn announce(prepared: &Prepared, settings: &Settings, console: &Console) {
    let name = prepared.image.path.display().to_string();
    for note in prepared.image.notes.iter().filter(|note| note.kind == NoteKind::Oddity) {
        // Among many inputs, each note says whose it is.
        let whose = if note.text.starts_with(&name) { String::new() } else { format!("{name}: ") };
        console.note(&format!("{whose}{}", note.text));
    }
    if settings.dry_run {
        console.report(&report::plan_text(prepared));
    }
}

fn one(job: &Job, settings: &Settings, receipt: Option<&Path>, cores: usize, console: &Console) -> Result<u8, Failure> {
    let prepared = prepare(job, settings)?;
    if let Some(path) = receipt {
        refuse_as_output(path, &prepared.paths(), &prepared.image.inputs())?;
    }
    announce(&prepared, settings, console);
    let progress = Progress::new(console, &prepared.image.shown, None);
    let done = prepared.carry_out(settings, &[], &ThreadPool::new(cores), &progress)?;
    let body = receipt.map(|_| receipt::of(&prepared, &done, settings, cores, &progress)).transpose();
    drop(progress);
    // What was converted is told, even if its receipt fails.
    tell(&prepared, &done, settings, console);
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

fn refuse_as_output(receipt: &Path, outputs: &[PathBuf], inputs: &[FileIdentity]) -> Result<(), Failure> {
    let place = place_of(receipt);
    let both = if outputs.iter().any(|output| place_of(output) == place) {
        "an output"
    } else if FileIdentity::of(receipt).is_ok_and(|identity| inputs.contains(&identity)) {
        "an input"
    } else {
        return Ok(());
    };
    Err(Failure::usage(
        format!("{} is to be both {both} and the receipt", shown::path(receipt)),
        "choose another name for the receipt",
    ))
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
        refuse_as_output(path, &survey.outputs(), &survey.inputs)?;
    }
    for problem in &survey.problems {
        console.warn(&problem.to_string());
    }
    for path in &survey.others {
        console.detail(&format!("{}: is no disc image, passed over", path.display()));
    }
    for path in &survey.claimed {
        console.detail(&format!("{}: belongs to a sheet, which is converted", path.display()));
    }
    let problems = survey.problems.len();
    let (others, outputs, inputs) = (survey.others.len(), survey.outputs(), survey.inputs.clone());
    let run = crew::run(survey, settings, receipt.is_some(), cores, console);
    if console.json {
        console.data_json(&run.json(others));
    } else {
        console.report(&run.table(others, settings));
    }
    if let Some(path) = receipt {
        receipt::write(path, &receipt::of_batch(run.receipts()), kept(&outputs, inputs), settings.force)?;
    }
    if crate::interrupt::asked() {
        return Err(Error::Cancelled.into());
    }
    Ok(exit_code(&run.outcomes, problems))
}

/// The path of a file that may not be there yet, without links and dots in its folder.
fn place_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = std::fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned());
    path.file_name().map_or(folder.clone(), |name| folder.join(name))
}

/// 0 if nothing failed; the one input's own code if there was but one; else 1.
fn exit_code(outcomes: &[Outcome], problems: usize) -> u8 {
    let mut failed = outcomes.iter().filter_map(Outcome::exit_code);
    match (outcomes.len(), failed.next()) {
        (1, Some(code)) => code,
        (_, Some(_)) => errors::FAILED,
        (_, None) if problems > 0 => errors::FAILED,
        (_, None) => errors::DONE,
    }
}
