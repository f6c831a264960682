//! Many images: which there are, what each would write, and all of it done, whatever becomes of one.

use crate::conversion::{Prepared, prepare};
use crate::errors::Failure;
use crate::image;
use crate::job::{Job, Settings, Target, stem_of};
use crate::obstacle::{place_in_any_case, place_of};
use crate::shown;
use discconv_core::Error;
use discconv_host::{FileIdentity, walk};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file that may be an image.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    path: PathBuf,
    /// Its folder below the one that was named, so that the tree can be kept.
    below: PathBuf,
    /// Was it named itself, rather than found in a folder?
    named: bool,
}

/// What is to become of an input.
pub(crate) enum Fate {
    /// It is converted.
    Convert(Planned),
    /// Its output is there already.
    Exists {
        /// The output.
        there: PathBuf,
        /// Is it the input?
        itself: bool,
    },
    /// It cannot be read, or planned.
    Fails(Failure),
}

/// A job that can be done.
pub(crate) struct Planned {
    pub(crate) job: Job,
    pub(crate) outputs: Vec<PathBuf>,
    /// Of all outputs.
    pub(crate) bytes: u64,
}

/// An input of the batch.
pub(crate) struct Entry {
    pub(crate) input: PathBuf,
    pub(crate) fate: Fate,
}

/// All that is to be done, known before the first byte is written.
#[derive(Default)]
pub(crate) struct Survey {
    /// Sorted by path, those that were named first.
    pub(crate) entries: Vec<Entry>,
    /// Files in folders that are no images.
    pub(crate) others: Vec<PathBuf>,
    /// Files that belong to a descriptor among the inputs.
    pub(crate) claimed: Vec<PathBuf>,
    /// Hidden files in folders, and what is no plain file.
    pub(crate) hidden: Vec<PathBuf>,
    /// Folders that could not be read.
    pub(crate) problems: Vec<String>,
    /// Every file of every input: none of them is overwritten by any job.
    pub(crate) inputs: Vec<FileIdentity>,
}

impl Survey {
    /// Every path that will be written.
    pub(crate) fn outputs(&self) -> Vec<PathBuf> {
        let planned = self.entries.iter().filter_map(|entry| match &entry.fate {
            Fate::Convert(planned) => Some(&planned.outputs),
            _ => None,
        });
        planned.flatten().cloned().collect()
    }
}

/// Look at all inputs.
///
/// # Errors
/// A usage error if two inputs would write one output; [`Error::Cancelled`].
pub(crate) fn survey(
    inputs: &[PathBuf],
    out: &Path,
    format: Option<&'static str>,
    settings: &Settings,
) -> Result<Survey, Failure> {
    let mut survey = Survey::default();
    let mut candidates = candidates(inputs, out, &mut survey);
    // Sheets first: what they name is theirs.
    candidates.sort_by_key(|candidate| !is_descriptor(&candidate.path));
    let mut claimed: BTreeSet<FileIdentity> = BTreeSet::new();
    let mut needed: BTreeSet<FileIdentity> = BTreeSet::new();
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    let mut wanted: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut entries: Vec<(Candidate, Fate)> = Vec::new();
    for candidate in candidates {
        if crate::interrupt::asked() {
            return Err(Error::Cancelled.into());
        }
        // The same path twice, perhaps once by its folder, is one input.
        if !seen.insert(place_of(&candidate.path)) {
            continue;
        }
        // What an image needs may be one by itself, as the parent of a CHD is; a segment of it is none.
        let is_image = discconv_formats::promise(&name_of(&candidate.path)).is_some();
        let is_owned = |identity| claimed.contains(&identity) || (!is_image && needed.contains(&identity));
        if FileIdentity::of(&candidate.path).is_ok_and(is_owned) {
            survey.claimed.push(candidate.path);
            continue;
        }
        let prepared = job(&candidate, out, format).and_then(|job| Ok((prepare(&job, settings)?, job)));
        match prepared {
            Ok((prepared, job)) => {
                survey.inputs.extend(prepared.image.inputs());
                // Also the later segments of an image that is split.
                let owned = if is_descriptor(&candidate.path) { &mut claimed } else { &mut needed };
                owned.extend(prepared.image.inputs());
                let fate = fate(job, &prepared, settings);
                if let Fate::Convert(planned) = &fate {
                    wanted.extend(planned.outputs.iter().map(|path| (path.clone(), candidate.path.clone())));
                }
                entries.push((candidate, fate));
            }
            Err(failure) if !candidate.named && !is_worth_telling(&candidate.path, &failure) => {
                survey.others.push(candidate.path);
            }
            Err(failure) => {
                // A broken sheet still owns its files, as far as it can be read.
                claimed.extend(image::files_of_broken(&candidate.path));
                entries.push((candidate, Fate::Fails(failure)));
            }
        }
    }
    refuse_clashes(wanted)?;
    entries.sort_by(|(a, _), (b, _)| (!a.named, &a.path).cmp(&(!b.named, &b.path)));
    survey.entries = entries.into_iter().map(|(candidate, fate)| Entry { input: candidate.path, fate }).collect();
    survey.inputs.extend(claimed);
    survey.inputs.sort();
    survey.inputs.dedup();
    Ok(survey)
}

fn candidates(inputs: &[PathBuf], out: &Path, survey: &mut Survey) -> Vec<Candidate> {
    let mut all = Vec::new();
    for input in inputs {
        if !input.is_dir() {
            all.push(Candidate { path: input.clone(), below: PathBuf::new(), named: true });
            continue;
        }
        let walked = walk(input);
        survey.problems.extend(walked.problems.into_iter().map(|problem| Failure::from(problem).message()));
        survey.hidden.extend(walked.skipped);
        // What an earlier run wrote is no input of this one, unless the output folder was named as such.
        let outputs = folder_within(out, input);
        let files = walked.files.into_iter().filter(|path| outputs.as_ref().is_none_or(|out| !path.starts_with(out)));
        all.extend(files.map(|path| {
            let below = path.strip_prefix(input).ok().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
            Candidate { path, below, named: false }
        }));
    }
    all
}

/// The folder `out`, as the walk through `input` calls it, if it is there and below it.
fn folder_within(out: &Path, input: &Path) -> Option<PathBuf> {
    let (out, base) = (std::fs::canonicalize(out).ok()?, std::fs::canonicalize(input).ok()?);
    let below = out.strip_prefix(base).ok().filter(|below| !below.as_os_str().is_empty())?;
    Some(input.join(below))
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Does the name say that the file describes others?
fn is_descriptor(path: &Path) -> bool {
    discconv_formats::promise(&name_of(path)).is_some_and(|promise| promise.descriptor)
}

/// Is it a failure that a file in a folder is no image? If its name promises one; and of an archive, unless nothing in it does.
fn is_worth_telling(path: &Path, failure: &Failure) -> bool {
    let name = name_of(path);
    let empty =
        matches!(failure, Failure::Library(error) | Failure::Foreign { error, .. } if discconv_formats::holds_no_image(error));
    discconv_formats::promise(&name).is_some() || (discconv_formats::promises_archive(&name) && !empty)
}

fn job(candidate: &Candidate, out: &Path, format: Option<&'static str>) -> Result<Job, Failure> {
    let target = Target {
        folder: out.join(&candidate.below),
        stem: stem_of(&candidate.path)?,
        extension: String::new(),
        format,
        named: None,
        note: None,
    };
    Ok(Job { input: candidate.path.clone(), further: Vec::new(), target })
}

fn fate(job: Job, prepared: &Prepared, settings: &Settings) -> Fate {
    let outputs = prepared.paths();
    let own = prepared.image.inputs();
    if let Some(there) = outputs.iter().find(|path| FileIdentity::of(path).is_ok_and(|file| own.contains(&file))) {
        return Fate::Exists { there: there.clone(), itself: true };
    }
    if !settings.force
        && let Some(there) = outputs.iter().find(|path| std::fs::symlink_metadata(path).is_ok())
    {
        return Fate::Exists { there: there.clone(), itself: false };
    }
    Fate::Convert(Planned { job, bytes: prepared.plan.total_bytes(), outputs })
}

/// Two inputs for one output would mean that one of them is lost; so would names that differ only in case, where systems
/// do not tell them apart.
fn refuse_clashes(wanted: Vec<(PathBuf, PathBuf)>) -> Result<(), Failure> {
    let mut wanted: Vec<(String, PathBuf, PathBuf)> =
        wanted.into_iter().map(|(output, input)| (place_in_any_case(&output), output, input)).collect();
    wanted.sort();
    let clash = wanted.windows(2).find(|pair| pair[0].0 == pair[1].0 && pair[0].2 != pair[1].2);
    clash.map_or(Ok(()), |pair| {
        let [(_, output, one), (_, other_output, other)] = pair else { return Ok(()) };
        let (one, other) = (shown::path(one), shown::path(other));
        let what = if output == other_output {
            format!("{one} and {other} would both write {}", shown::path(output))
        } else {
            let (output, other_output) = (shown::path(output), shown::path(other_output));
            format!("{one} and {other} would write {output} and {other_output}, which some systems take for one file")
        };
        Err(Failure::usage(what, "leave one of them out, or convert them into different folders"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_inputs_for_one_output_are_both_named() {
        let pair = |output: &str, input: &str| (PathBuf::from(output), PathBuf::from(input));
        assert!(refuse_clashes(vec![pair("d/a.bin", "a.iso"), pair("d/b.bin", "b.iso")]).is_ok());
        let clash = refuse_clashes(vec![pair("d/a.cue", "x/a.iso"), pair("d/b.cue", "b.iso"), pair("d/a.cue", "a.bin")]);
        let text = clash.map_or_else(|failure| failure.text(), |()| String::new());
        assert!(text.starts_with("error: a.bin and x/a.iso would both write d/a.cue"), "{text}");
        let clash = refuse_clashes(vec![pair("d/Mixed.cue", "Mixed.cue"), pair("d/mixed.cue", "mixed.cue")]);
        let text = clash.map_or_else(|failure| failure.text(), |()| String::new());
        assert!(text.contains("Mixed.cue and mixed.cue would write d/Mixed.cue and d/mixed.cue"), "{text}");
        assert!(refuse_clashes(vec![pair("d/a.bin", "a.iso"), pair("d/A.BIN", "a.iso")]).is_ok());
    }

    #[test]
    fn sheets_come_before_what_they_name() {
        assert!(is_descriptor(Path::new("x/A.CUE")));
        assert!(!is_descriptor(Path::new("a.bin")));
        assert!(is_descriptor(Path::new("x/a.cue.gz")) && !is_descriptor(Path::new("x/a.zip")));
    }
}
