//! From what was typed to what is to be done: nothing here opens an image.

use crate::args::{ConvertArgs, Reading, Writing};
use crate::errors::Failure;
use crate::image::refuse_pipe;
use crate::shown;
use discconv_core::{FormatInfo, LossKind, LossKinds, ReadAt, TrackMode, WriteOptions};
use discconv_formats::FORMATS;
use discconv_host::FileSource;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What holds for every job of a run.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) reading: Reading,
    pub(crate) mode: Option<TrackMode>,
    pub(crate) allow: LossKinds,
    pub(crate) dry_run: bool,
    pub(crate) force: bool,
    pub(crate) prove: bool,
    /// `--merge`, which is the default where there is a choice.
    pub(crate) merge: bool,
    /// Without the extension, which is the job's.
    pub(crate) write: WriteOptions,
}

/// One image to be converted, or the discs of several into one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) input: PathBuf,
    /// Images whose discs follow its own.
    pub(crate) further: Vec<PathBuf>,
    pub(crate) target: Target,
}

/// Where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// An empty path is the current folder.
    pub(crate) folder: PathBuf,
    /// Names of outputs begin with it.
    pub(crate) stem: String,
    /// Of the named output, in lower case and without the dot; empty in batches.
    pub(crate) extension: String,
    /// The id of the format; `None` with `--original`, where the source's memory decides.
    pub(crate) format: Option<&'static str>,
    /// The file that was named, which must be among those written.
    pub(crate) named: Option<String>,
    /// In what it is not what was typed.
    pub(crate) note: Option<String>,
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// IN OUT, or IN... --into OUT.
    One(Job),
    /// IN... --out DIR.
    Many {
        /// Files and folders.
        inputs: Vec<PathBuf>,
        /// Where the tree is made again.
        out: PathBuf,
        /// As in [`Target`].
        format: Option<&'static str>,
    },
}

/// What the options say.
///
/// # Errors
/// [`Failure`] if the picture cannot be read.
pub(crate) fn settings(reading: &Reading, writing: &Writing, original: bool) -> Result<Settings, Failure> {
    let write = WriteOptions {
        extension: String::new(),
        sector: writing.sector_bytes(),
        split: writing.split,
        original,
        level: writing.level.conversion_mode(),
        block: writing.block,
        hunk: writing.hunk,
        codecs: writing.codec.clone(),
        title: writing.title.clone(),
        icon: writing.icon.as_deref().map(picture).transpose()?,
        mode: writing.track_mode(),
    };
    Ok(Settings {
        reading: Reading { forgive: writing.allowed().contains(LossKind::Damage), ..reading.clone() },
        mode: writing.track_mode(),
        allow: writing.allowed(),
        dry_run: writing.dry_run,
        force: writing.force,
        prove: !writing.no_verify,
        merge: writing.merge,
        write,
    })
}

/// Bytes of a picture for a device, at most: they show a few hundred pixels.
const MOST_OF_A_PICTURE: u64 = 4 << 20;

fn picture(path: &Path) -> Result<Arc<[u8]>, Failure> {
    Ok(small_file(path, "--icon", MOST_OF_A_PICTURE, "devices show a small PNG picture, e.g. 80 x 80 pixels")?.into())
}

/// All of a file that an option names.
///
/// # Errors
/// A usage error with `hint` if it is longer than `most` bytes; reading.
pub(crate) fn small_file(path: &Path, option: &str, most: u64, hint: &str) -> Result<Vec<u8>, Failure> {
    let source = FileSource::open(path)?;
    let len = source.len();
    if len > most {
        return Err(Failure::usage(format!("{} has {len} bytes; {option} takes at most {most}", shown::path(path)), hint));
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    source.read_exact_at(0, &mut bytes)?;
    Ok(bytes)
}

/// What the words say.
///
/// # Errors
/// A usage error, with what to write instead.
pub(crate) fn request(args: &ConvertArgs) -> Result<Request, Failure> {
    args.files.iter().map(PathBuf::as_path).try_for_each(refuse_pipe)?;
    let format = args.to.as_deref().and_then(info_of).map(|info| info.id);
    if let Some(out) = &args.out {
        if format.is_none() && !args.original {
            return Err(Failure::usage(
                "--out needs to know which format to write",
                "add --to FORMAT, for example --to iso; `discconv formats` lists them",
            ));
        }
        return Ok(Request::Many { inputs: args.files.clone(), out: out.clone(), format });
    }
    match (args.files.as_slice(), &args.into) {
        ([input, further @ ..], Some(output)) => {
            further.iter().find(|input| input.is_dir()).map_or(Ok(()), |input| Err(folder_needs_a_batch(input)))?;
            let target = target(input, output, format)?;
            if let Some(info) = target.format.and_then(info_of).filter(|info| info.most_discs == 1 && !further.is_empty()) {
                return Err(holds_one_disc(info));
            }
            Ok(Request::One(Job { input: input.clone(), further: further.to_vec(), target }))
        }
        (files, _) => of_words(files, format),
    }
}

fn holds_one_disc(info: &FormatInfo) -> Failure {
    Failure::usage(
        format!("--into has no meaning for {}, which holds one disc", info.id),
        format!(
            "to convert each image by itself, say --to {} --out DIR; formats that hold several discs: {}",
            info.id,
            ids(|info| info.most_discs > 1)
        ),
    )
}

/// IN OUT, or what is wrong with it.
fn of_words(files: &[PathBuf], format: Option<&'static str>) -> Result<Request, Failure> {
    match files {
        [input, output] => {
            let target = target(input, output, format)?;
            Ok(Request::One(Job { input: input.clone(), further: Vec::new(), target }))
        }
        [input] if input.is_dir() => Err(folder_needs_a_batch(input)),
        [input] => Err(Failure::usage(
            format!("{} is to be converted, but into what?", shown::path(input)),
            format!(
                "name an output, as in `discconv {0} {1}`; or say --to FORMAT --out DIR; or look at it with `discconv info {0}`",
                shown::path(input),
                example(input)
            ),
        )),
        _ => Err(Failure::usage(
            format!("{} names, where one IN and one OUT were expected", files.len()),
            "to convert several images, say --to FORMAT --out DIR; to put several discs into one file, --into FILE",
        )),
    }
}

fn folder_needs_a_batch(input: &Path) -> Failure {
    Failure::usage(
        format!("{} is a folder", shown::path(input)),
        format!("to convert all that is in it, write `discconv {} --to FORMAT --out DIR`", shown::path(input)),
    )
}

/// An output that one might want from `input`.
fn example(input: &Path) -> String {
    let extension = input.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    shown::path(&input.with_extension(if extension.as_deref() == Some("iso") { "cue" } else { "iso" }))
}

fn target(input: &Path, output: &Path, to: Option<&'static str>) -> Result<Target, Failure> {
    if input.is_dir() {
        return Err(folder_needs_a_batch(input));
    }
    named(output, to)
}

/// What the name of an output says, with the format that `--to` names.
///
/// # Errors
/// A usage error for a folder, a name that says no format or another one.
pub(crate) fn named(output: &Path, to: Option<&'static str>) -> Result<Target, Failure> {
    let into_folder = output.is_dir() || output.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    let Some(named) = output.file_name().filter(|_| !into_folder) else {
        let hint = format!("to write into it, say --to FORMAT --out {}", shown::path(output));
        return Err(Failure::usage(format!("the output {} is a folder", shown::path(output)), hint));
    };
    let mut named = text_of(named)?.to_owned();
    let mut note = None;
    let (stem, extension) = match named.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem.to_owned(), extension.to_ascii_lowercase()),
        _ => (named.clone(), String::new()),
    };
    let (format, extension) = match to.and_then(info_of) {
        Some(info) if extension.is_empty() => {
            let extension = info.extensions.first().copied().unwrap_or(info.id).to_owned();
            let full = format!("{named}.{extension}");
            note = Some(format!("{named} has no extension; it is written as {full}"));
            named = full;
            (info.id, extension)
        }
        Some(info) => {
            refuse_contradiction(output, &extension, info)?;
            (info.id, extension)
        }
        None => (format_of(output, &extension)?, extension),
    };
    let folder = output.parent().map(Path::to_owned).unwrap_or_default();
    Ok(Target { folder, stem, extension, format: Some(format), named: Some(named), note })
}

/// A file name as text: formats write it into their files, and cannot write what is none.
///
/// # Errors
/// A usage error that names the file.
pub(crate) fn text_of(name: &OsStr) -> Result<&str, Failure> {
    name.to_str().ok_or_else(|| {
        Failure::usage(
            format!("the name {} is not Unicode text, so outputs cannot be called like it", shown::name(&name.to_string_lossy())),
            "choose a name of letters that Unicode has; for an input, rename it first",
        )
    })
}

/// An extension that names another format than `--to` is a mistake, one way or the other.
fn refuse_contradiction(output: &Path, extension: &str, to: &FormatInfo) -> Result<(), Failure> {
    if to.extensions.iter().chain(to.companions).any(|own| *own == extension) {
        return Ok(());
    }
    let infos = FORMATS.iter().map(|format| format.info());
    let other = infos.filter(|info| info.id != to.id).find(|info| info.extensions.contains(&extension));
    other.map_or(Ok(()), |other| {
        Err(Failure::usage(
            format!("the name {} says {}, and --to says {}", shown::path(output), other.id, to.id),
            format!("leave --to away, or name the output .{}", to.extensions.first().unwrap_or(&to.id)),
        ))
    })
}

/// The format that writes files of this extension: those that are called so before those that such files belong to.
fn format_of(output: &Path, extension: &str) -> Result<&'static str, Failure> {
    if let Some(info) = discconv_formats::by_extension(extension).map(|format| format.info()).filter(|info| info.writes) {
        return Ok(info.id);
    }
    let written = FORMATS.iter().map(|format| format.info()).filter(|info| info.writes);
    let mut known: Vec<String> = Vec::new();
    for extension in written.flat_map(|info| info.extensions.iter().chain(info.companions)) {
        let dotted = format!(".{extension}");
        if !known.contains(&dotted) {
            known.push(dotted);
        }
    }
    let says = if extension.is_empty() {
        "has no extension".to_owned()
    } else {
        format!("ends in .{}, which is no format that can be written", shown::name(extension))
    };
    Err(Failure::usage(
        format!("the output {} {says}", shown::path(output)),
        format!("the extension of OUT chooses the format: {}", known.join(" ")),
    ))
}

/// What is known of the format `id`.
pub(crate) fn info_of(id: &str) -> Option<&'static FormatInfo> {
    FORMATS.iter().map(|format| format.info()).find(|info| info.id == id)
}

/// The formats that are written and are such, by their ids.
pub(crate) fn ids(able: impl Fn(&FormatInfo) -> bool) -> String {
    let able = FORMATS.iter().map(|format| format.info()).filter(|info| info.writes && able(info));
    able.map(|info| info.id).collect::<Vec<_>>().join(", ")
}

/// The stem of outputs made from `input`.
///
/// # Errors
/// A usage error if it is no text.
pub(crate) fn stem_of(input: &Path) -> Result<String, Failure> {
    input.file_name().map_or(Ok(""), text_of)?;
    Ok(input.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::tests::convert;

    fn asked(line: &str) -> Result<Request, Failure> {
        request(&convert(line))
    }

    fn one(line: &str) -> Target {
        match asked(line) {
            Ok(Request::One(job)) => job.target,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_output_name_decides_the_format() {
        let check = |line: &str, folder: &str, stem: &str, extension: &str, format: &str| {
            let target = one(line);
            let seen = (target.folder.to_string_lossy().into_owned(), target.stem, target.extension, target.format);
            assert_eq!(seen, (folder.to_owned(), stem.to_owned(), extension.to_owned(), Some(format)), "{line}");
        };
        check("discconv a.bin b.iso", "", "b", "iso", "iso");
        check("discconv a.iso d/b.cue", "d", "b", "cue", "cue");
        check("discconv a.iso b.bin", "", "b", "bin", "cue");
        check("discconv a.iso B.CUE", "", "B", "cue", "cue");
        check("discconv a.cue b.img", "", "b", "img", "iso");
        check("discconv a.cue b.bin --to iso --sector 2352", "", "b", "bin", "iso");
        check("discconv a.cue v1.0.iso", "", "v1.0", "iso", "iso");
        check("discconv convert info.bin info.iso", "", "info", "iso", "iso");
        check("discconv a.bin d/b --to iso", "d", "b", "iso", "iso");
        check("discconv a.bin b --to cue", "", "b", "cue", "cue");
        check("discconv a.bin v1.foo --to iso", "", "v1", "foo", "iso");
    }

    #[test]
    fn an_extension_that_is_added_is_told() {
        let target = one("discconv a.bin b --to iso");
        assert_eq!(target.named.as_deref(), Some("b.iso"));
        assert_eq!(target.note.as_deref(), Some("b has no extension; it is written as b.iso"));
        assert_eq!(one("discconv a.bin b.iso --to iso").note, None);
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_are_refused() {
        use std::os::unix::ffi::OsStrExt;
        let name = Path::new(OsStr::from_bytes(b"x\xff.iso"));
        let said = |result: Result<String, Failure>| result.map_or_else(|failure| failure.message(), |_| String::new());
        assert!(said(stem_of(name)).contains("is not Unicode text"));
        assert!(said(target(Path::new("a.bin"), name, None).map(|_| String::new())).contains("is not Unicode text"));
    }

    #[test]
    fn a_batch_needs_a_format_and_a_folder() {
        let expected = Request::Many { inputs: vec!["a.iso".into(), "b".into()], out: "d".into(), format: Some("cue") };
        assert_eq!(asked("discconv a.iso b --to cue --out d").ok(), Some(expected));
        let original = Request::Many { inputs: vec!["a.cue".into()], out: "d".into(), format: None };
        assert_eq!(asked("discconv a.cue --original --out d").ok(), Some(original));
    }

    #[test]
    fn what_makes_no_sense_says_what_would() {
        let check = |line: &str, message: &str, hint: &str| match asked(line) {
            Err(failure @ Failure::Usage { .. }) => {
                let text = failure.text();
                assert!(text.contains(message) && text.contains(hint), "{line}: {text}");
            }
            other => panic!("{line}: {other:?}"),
        };
        check("discconv a.iso", "into what?", "discconv a.iso a.cue");
        check("discconv a.iso b.iso c.iso", "3 names", "--out DIR");
        check("discconv a.iso b.xyz", "ends in .xyz", ".cue");
        check("discconv a.iso b", "has no extension", ".iso");
        check("discconv a.iso b.cue --to iso", "b.cue says cue, and --to says iso", "leave --to away");
        check("discconv a.iso b.iso --to cue", "b.iso says iso, and --to says cue", ".cue");
        check("discconv a.iso b.wav --to iso", "b.wav says wave", ".iso");
        check("discconv .", ". is a folder", "discconv . --to FORMAT --out DIR");
        check("discconv a.iso /", "is a folder", "--out /");
        check("discconv a.iso nowhere/", "is a folder", "--out nowhere/");
        check("discconv - b.iso", "`-` cannot be an image", "write it to a file first");
        check("discconv a.iso -", "`-` cannot be an image", "write it to a file first");
        check("discconv a.iso --out d", "which format", "--to FORMAT");
    }
}
