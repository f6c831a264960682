//! `extract`: files, folders and audio tracks out of an image.

mod audio;
mod job;
mod links;
mod names;
mod parts;
mod pattern;
mod work;

use crate::args::ExtractArgs;
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::progress::Progress;
use crate::volume::{self, Inside};
use crate::{image, shown};
use discconv_core::{Error, Limits, Phase, Watch};
use discconv_fs::{FileSystem, What, walk};
use discconv_host::TreeOutputs;
use job::{Job, Made, Source};
use pattern::Patterns;
use serde_json::{Value, json};
use std::ops::ControlFlow;

/// What came of it.
struct Outcome {
    made: Vec<Made>,
    /// What could not be taken out, and why.
    failed: Vec<(String, Failure)>,
    /// Links and devices that have no place here.
    notes: Vec<String>,
}

pub(crate) fn run(args: &ExtractArgs, console: &Console) -> Result<u8, Failure> {
    let inside = volume::open(&args.image, &args.choice)?;
    let patterns = Patterns::new(&args.paths)?;
    let (mut jobs, again) = jobs(&inside, args, &patterns)?;
    if let Some(missing) = patterns.unmatched() {
        return Err(volume::no_such(missing, &inside.image));
    }
    let notes = names::settle(&mut jobs);
    let tree = TreeOutputs::new(&args.out, inside.image.inputs(), args.force);
    tree.folder(&[])?;
    let progress = Progress::new(console, &inside.image.shown, None);
    progress.begin(Phase::Writing, jobs.iter().map(Job::bytes).fold(0, u64::saturating_add));
    let cores = image::cores(&args.image.common);
    let system = inside.system().ok();
    let shop = work::Shop { inside: &inside, system, tree: &tree, watch: &progress, audio: args.audio, xa: xa(args) };
    let mut outcome = work::run(&shop, &jobs, cores)?;
    progress.begin(Phase::Finishing, 0);
    tree.sync()?;
    drop(progress);
    // What was odd when folders were listed, and what of their files cannot be taken out at all.
    let odd = system.map(FileSystem::notes).unwrap_or_default().into_iter().map(|note| note.text);
    let others = inside.others().filter(|_| inside.has_other_volumes());
    let chosen = others.and_then(|others| Some(format!("taken from {}; {others}", inside.words().ok()?)));
    outcome.notes.splice(0..0, chosen.into_iter().chain(again).chain(notes).chain(odd));
    Ok(tell(&outcome, &inside, args, console))
}

/// Bytes of a sector of files with Form 2.
fn xa(args: &ExtractArgs) -> Option<u16> {
    args.xa.as_deref().and_then(|bytes| bytes.parse().ok())
}

/// Everything that is to be written, folders before what is in them; and a note on folders that have several names.
fn jobs(inside: &Inside, args: &ExtractArgs, patterns: &Patterns) -> Result<(Vec<Job>, Option<String>), Failure> {
    let mut jobs = Vec::new();
    let (mut again, mut example) = (0, String::new());
    // A disc without any file system may still have audio.
    if args.audio.is_none() || !inside.systems.is_empty() {
        let system = inside.system()?;
        let whole = walk(system, &system.root(), &Limits::default(), |walked| {
            if crate::interrupt::asked() {
                return Err(Error::Cancelled);
            }
            if walked.again {
                again += 1;
                example = walked.path.join("/");
            }
            let folder = walked.entry.is_directory();
            if patterns.wants(walked.path) && !(folder && patterns.are_some()) {
                jobs.push(Job::of_entry(walked));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if !whole {
            let limit = shown::grouped(Limits::default().entries);
            return Err(Error::Limit {
                file: inside.image.path.to_string_lossy().into_owned(),
                at: discconv_core::At::Whole,
                found: "more entries".to_owned(),
                limit,
            }
            .into());
        }
    }
    if let Some(kind) = args.audio {
        jobs.extend(audio::tracks(inside.space.disc(), kind).filter(|job| patterns.wants(&job.parts)));
    }
    Ok((jobs, (again > 0).then(|| crate::ls::again_words(again, &example))))
}

fn tell(outcome: &Outcome, inside: &Inside, args: &ExtractArgs, console: &Console) -> u8 {
    if console.json {
        console.data_json(&as_json(outcome, inside, args));
    }
    for note in &outcome.notes {
        console.note(note);
    }
    let kept: Vec<&Made> = outcome.made.iter().filter(|made| made.kept).collect();
    for made in &kept {
        console.detail(&format!("{}: there already", made.path));
    }
    for (path, failure) in &outcome.failed {
        if !console.json {
            console.warn(&format!("{path}: {}", failure.message()));
        }
    }
    let written = outcome.made.len() - kept.len();
    let bytes: u64 = outcome.made.iter().filter(|made| !made.kept).map(|made| made.bytes).sum();
    let mut words =
        vec![format!("{} ({}) written to {}", shown::count(written as u64, "file"), shown::size(bytes), shown::path(&args.out))];
    if !kept.is_empty() {
        words.push(format!("{} there already", shown::grouped(kept.len() as u64)));
    }
    if !outcome.failed.is_empty() {
        words.push(format!("{} failed", shown::grouped(outcome.failed.len() as u64)));
    }
    console.report(&words.join(", "));
    // What each has in common is advice for all.
    if let Some(hint) = outcome.failed.iter().find_map(|(_, failure)| failure.hint()).filter(|_| !console.json) {
        console.say(&format!("hint: {hint}"));
    }
    let worst = |code: u8| outcome.failed.iter().any(|(_, failure)| failure.exit_code() == code);
    [errors::FAILED, errors::DAMAGED, errors::REFUSED].into_iter().find(|code| worst(*code)).unwrap_or(errors::DONE)
}

fn as_json(outcome: &Outcome, inside: &Inside, args: &ExtractArgs) -> Value {
    let made = |made: &Made| json!({ "path": made.path, "bytes": made.bytes, "kept": made.kept });
    let failed = |(path, failure): &(String, Failure)| {
        let mut body = failure.json();
        body["path"] = path.as_str().into();
        body
    };
    json!({
        "path": args.image.input.to_string_lossy(), "out": args.out.to_string_lossy(), "fs": inside.id(),
        "files": outcome.made.iter().map(made).collect::<Vec<_>>(),
        "failed": outcome.failed.iter().map(failed).collect::<Vec<_>>(),
        "notes": outcome.notes,
    })
}

impl Job {
    /// What is to be made of an entry.
    fn of_entry(walked: &discconv_fs::Walked<'_>) -> Job {
        let source = match &walked.entry.what {
            What::Directory => Source::Folder,
            What::Link(to) => Source::Link(to.clone()),
            What::File => Source::File(walked.entry.clone()),
            What::Audio | What::Device { .. } | What::Special => Source::Nothing,
        };
        Job { parts: walked.path.to_vec(), trouble: walked.trouble.clone(), source }
    }
}
