//! An image as a verb gets it: opened, with the files it consists of.

use crate::args::{Common, Reading};
use crate::console::Console;
use crate::errors::{self, Failure};
use crate::password;
use crate::shown;
use discconv_core::{Disc, Error, Forgiving, FormatInfo, Found, Input, Limits, Main, Note, NoteKind, Siblings};
use discconv_formats::{FORMATS, OpenedImage, UnwrappingSiblings};
use discconv_host::{FileIdentity, FileSource, FolderSiblings, TempSpool};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// An opened image.
pub(crate) struct Image {
    /// The path that was asked for.
    pub(crate) path: PathBuf,
    /// The same, safe to print.
    pub(crate) shown: String,
    /// What it turned out to be.
    pub(crate) format: &'static FormatInfo,
    /// What was around it, outermost first.
    pub(crate) wrappers: Vec<&'static FormatInfo>,
    /// The discs in it; at least one.
    pub(crate) discs: Vec<Disc>,
    /// What was noted about file and discs.
    pub(crate) notes: Vec<Note>,
    /// Its sources, where zeros may stand in for what cannot be read.
    forgiven: Vec<Arc<Forgiving>>,
    /// What files made of it are called by themselves.
    pub(crate) stem: String,
    /// The bare name of the sheet beside it that it was read through, if so.
    sheet: Option<String>,
    /// Every file that was opened for it, itself and what it names, with its length in bytes.
    pub(crate) files: BTreeMap<FileIdentity, u64>,
    /// The other images whose discs are here too: their paths, and which disc is the first of each.
    further: Vec<(PathBuf, usize)>,
}

/// Open the image at `path`, as `reading` says.
///
/// # Errors
/// A usage error for `-`; whatever is wrong with the file, or with that of the password.
pub(crate) fn open(path: &Path, reading: &Reading) -> Result<Image, Failure> {
    open_any(path, reading).map_err(|failure| match failure {
        Failure::Library(error) => explained(path, error),
        failure => failure,
    })
}

/// The same error, with what the file is where it is no image.
fn explained(path: &Path, error: Error) -> Failure {
    // A member of an archive is not the file that was named.
    let named = error.file() == Some(&*path.to_string_lossy());
    let failure = Failure::Library(error);
    let look = || discconv_identify::foreign_in(&path.to_string_lossy(), &FileSource::open(path).ok()?).ok()?;
    let what = if named && failure.is_no_image() { look() } else { None };
    match (failure, what) {
        (Failure::Library(error), Some(what)) => Failure::Foreign { error, what: Box::new(what) },
        (failure, _) => failure,
    }
}

fn open_any(path: &Path, reading: &Reading) -> Result<Image, Failure> {
    refuse_pipe(path)?;
    let given = password::from_file(reading)?;
    let asks = given.is_none();
    let known = given.or_else(password::typed);
    match open_with(path, reading, known.as_deref()) {
        Err(Failure::Library(error @ Error::Password { .. })) if asks => match password::ask(path)? {
            Some(typed) => open_with(path, reading, Some(&typed)),
            None => Err(error.into()),
        },
        done => done,
    }
}

fn open_with(path: &Path, reading: &Reading, password: Option<&[u8]>) -> Result<Image, Failure> {
    let parents = parents(reading)?;
    let beside = Beside::new(path);
    let mut notes = Vec::new();
    let from = reading.from.as_deref();
    let spool = spool(reading);
    // Both look at the same files: what is unpacked to see whether a sheet names it is not unpacked again to be read.
    let siblings = UnwrappingSiblings::new(&beside, Limits::default()).with_spool(&spool);
    let described = if from.is_none() { discconv_formats::find_descriptor(&path.to_string_lossy(), &siblings) } else { None };
    let opening = Opening { from: from.filter(|_| described.is_none()), password, parents: &parents, reading, spool: &spool };
    let opened = match &described {
        Some(sheet) => {
            notes.push(Note::oddity(format!("{}: read through {sheet:?} beside it, which describes it", path.display())));
            opening.open(&path.with_file_name(sheet), &beside, &siblings)?
        }
        None => {
            // What was looked at in vain does not belong to the image.
            beside.forget();
            opening.open(path, &beside, &siblings)?
        }
    };
    if reading.member.is_some() && !opened.is_from_archive() {
        return Err(no_archive(path, &opened));
    }
    notes.extend(opened.discs.iter().flat_map(Disc::notes).cloned());
    Ok(Image {
        path: path.to_owned(),
        shown: shown::path(path),
        format: opened.format,
        wrappers: opened.wrappers,
        discs: opened.discs,
        stem: opened.stem,
        notes,
        forgiven: opened.forgiven,
        sheet: described,
        files: beside.files(path).into_iter().chain(sizes(&reading.parent)).collect(),
        further: Vec::new(),
    })
}

/// `--member` for a file that has no members.
fn no_archive(path: &Path, opened: &OpenedImage) -> Failure {
    let inside: Vec<&str> = opened.wrappers.iter().chain([&opened.format]).map(|info| info.id).collect();
    Failure::Usage {
        file: Some(path.display().to_string()),
        message: format!("--member names a file in an archive, and this is none: it is {}", inside.join(" around ")),
        hint: Some("leave --member away".to_owned()),
    }
}

/// How an image is opened.
struct Opening<'a> {
    from: Option<&'a str>,
    password: Option<&'a [u8]>,
    parents: &'a [Found],
    reading: &'a Reading,
    spool: &'a TempSpool,
}

impl Opening<'_> {
    fn open(&self, path: &Path, beside: &Beside, siblings: &UnwrappingSiblings<'_>) -> Result<OpenedImage, Error> {
        let source = Arc::new(FileSource::open(path)?);
        let name = path.to_string_lossy();
        let input = Input {
            forced: self.from,
            password: self.password,
            parents: self.parents,
            forgive: self.reading.forgive,
            spool: self.spool,
            member: self.reading.member.as_deref(),
            ..Input::new(&name, source, beside)
        };
        discconv_formats::open_among(&input, siblings)
    }
}

/// Room for what cannot be unpacked at random.
fn spool(reading: &Reading) -> TempSpool {
    let folder = reading.temp.clone().unwrap_or_else(std::env::temp_dir);
    TempSpool::new(folder, crate::interrupt::asked)
}

/// The files of `--parent`.
fn parents(reading: &Reading) -> Result<Vec<Found>, Error> {
    let open = |path: &PathBuf| {
        let source = Arc::new(FileSource::open(path)?);
        Ok(Found { name: path.display().to_string(), source, unwrapped: None, notes: Vec::new() })
    };
    reading.parent.iter().map(open).collect()
}

/// The files of a description that cannot be used, as far as it can be read: they are not images by themselves.
pub(crate) fn files_of_broken(path: &Path) -> Vec<FileIdentity> {
    let beside = Beside::new(path);
    let reading = Reading::default();
    let spool = spool(&reading);
    let siblings = UnwrappingSiblings::new(&beside, Limits::default()).with_spool(&spool);
    let _ = Opening { from: None, password: None, parents: &[], reading: &reading, spool: &spool }.open(path, &beside, &siblings);
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let infos = FORMATS.iter().map(|format| format.info()).filter(|info| info.extensions.contains(&extension.as_str()));
    let companions =
        infos.flat_map(|info| info.companions).filter_map(|companion| FileIdentity::of(&path.with_extension(companion)).ok());
    companions.chain(beside.files(path).into_keys()).collect()
}

/// Tell notes and damage beside a result that does not show them; the exit code that follows from them.
pub(crate) fn tell_state(image: &Image, console: &Console) -> u8 {
    crate::convert::tell_notes(image, console);
    let damage = image.damage();
    damage.iter().for_each(|note| console.warn(&image.named(note)));
    if damage.is_empty() { errors::DONE } else { errors::DAMAGED }
}

/// What is said of each of several discs, with its number in front.
pub(crate) fn numbered(discs: impl Iterator<Item = Map<String, Value>>) -> Value {
    let numbered = (1..).zip(discs).map(|(number, disc): (u64, _)| {
        let mut body = Map::new();
        body.insert("number".to_owned(), number.into());
        body.extend(disc);
        Value::Object(body)
    });
    numbered.collect()
}

/// `-` is no image.
///
/// # Errors
/// A usage error that says why.
pub(crate) fn refuse_pipe(path: &Path) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::usage(
            "`-` cannot be an image: images are read and written at many places at once, and a pipe has only one",
            "write it to a file first, and name that (a file that is really called `-` is `./-`)",
        ));
    }
    Ok(())
}

/// How many cores may be used.
pub(crate) fn cores(common: &Common) -> usize {
    let all = std::thread::available_parallelism().map_or(1, NonZero::get);
    common.jobs.map_or(all, usize::from)
}

/// A folder that a disc was made of.
const FOLDER: FormatInfo = FormatInfo { id: "folder", name: "Folder of files", ..FormatInfo::BASE };

impl Image {
    /// A disc that was made of the folder at `path`, from these files.
    pub(crate) fn made(path: &Path, disc: Disc, files: BTreeMap<FileIdentity, u64>) -> Image {
        Image {
            path: path.to_owned(),
            shown: shown::path(path),
            format: &FOLDER,
            wrappers: Vec::new(),
            notes: disc.notes().to_vec(),
            discs: vec![disc],
            forgiven: Vec::new(),
            stem: String::new(),
            sheet: None,
            files,
            further: Vec::new(),
        }
    }

    /// What the file itself is: the outermost wrapper, or the format.
    pub(crate) fn container(&self) -> &'static FormatInfo {
        self.wrappers.first().copied().unwrap_or(self.format)
    }

    /// The same with the discs of another image behind its own.
    pub(crate) fn append(&mut self, other: Image) {
        // Notes without a name would now be anybody's.
        let named =
            |image: &Image| image.notes.iter().map(|note| Note { text: image.named(note), ..note.clone() }).collect::<Vec<_>>();
        self.notes = named(self).into_iter().chain(named(&other)).collect();
        self.shown = format!("{}, {}", self.shown, other.shown);
        self.further.push((other.path, self.discs.len()));
        self.discs.extend(other.discs);
        self.forgiven.extend(other.forgiven);
        self.files.extend(other.files);
    }

    /// The paths of all images whose discs are here.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(self.path.as_path()).chain(self.further.iter().map(|(path, _)| path.as_path()))
    }

    /// The path of the image that a disc is in.
    pub(crate) fn path_of(&self, disc: usize) -> &Path {
        self.further.iter().rev().find(|(_, first)| *first <= disc).map_or(&self.path, |(path, _)| path)
    }

    /// Is `disc` nothing but 2048-byte sectors, with no description that says what they were on the disc?
    pub(crate) fn is_plain_2048(&self, disc: &Disc) -> bool {
        let described = !self.format.companions.is_empty();
        !described && disc.extents().iter().all(|extent| extent.main.is_some_and(|place| place.form.main == Main::User))
    }

    /// Are there data sectors of which only the 2048 user bytes are stored?
    pub(crate) fn stores_user_data_only(&self) -> bool {
        let extents = self.discs.iter().flat_map(Disc::extents);
        extents
            .filter(|extent| !extent.mode.is_audio())
            .any(|extent| extent.main.is_some_and(|place| place.form.main == Main::User))
    }

    /// What is damaged, each with its place.
    pub(crate) fn damage(&self) -> Vec<&Note> {
        self.notes.iter().filter(|note| note.kind == NoteKind::Damage).collect()
    }

    /// What could not be read so far and was forgiven: how many bytes of each source, and a clause about them.
    pub(crate) fn unreadable(&self) -> Vec<(u64, String)> {
        let missing = self.forgiven.iter().map(|source| source.missing()).filter(|missing| missing.bytes() > 0);
        missing.map(|missing| (missing.bytes(), missing.to_string())).collect()
    }

    /// What `note` says, with the name of a file of this image in front; most notes have one.
    pub(crate) fn named(&self, note: &Note) -> String {
        let own = self.path.display().to_string();
        let others = self.further.iter().map(|(path, _)| path.display().to_string());
        let sources = self.discs.iter().flat_map(Disc::sources).map(|source| source.name().to_owned());
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let here = |name: String| [folder.join(&name).display().to_string(), name];
        let mut names = std::iter::once(own.clone()).chain(others).chain(sources).chain(self.sheet.clone()).flat_map(here);
        let is_named = names.any(|name| note.text.strip_prefix(&name).is_some_and(|rest| rest.starts_with(": ")));
        if is_named { note.text.clone() } else { format!("{own}: {}", note.text) }
    }

    /// Bytes of its files, without zeros that stand in for missing ones.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.files.values().sum()
    }

    /// The files that no output may overwrite.
    pub(crate) fn inputs(&self) -> Vec<FileIdentity> {
        self.files.keys().cloned().collect()
    }
}

/// Files with their lengths in bytes, as far as they are there.
fn sizes(paths: &[PathBuf]) -> impl Iterator<Item = (FileIdentity, u64)> {
    paths.iter().filter_map(|path| Some((FileIdentity::of(path).ok()?, std::fs::metadata(path).ok()?.len())))
}

/// The folder around an image, remembering what was opened there.
struct Beside {
    inner: FolderSiblings,
    names: Mutex<BTreeSet<String>>,
}

impl Beside {
    fn new(image: &Path) -> Beside {
        Beside { inner: FolderSiblings::beside(image), names: Mutex::default() }
    }

    fn forget(&self) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The image and what was opened for it, with lengths in bytes.
    fn files(&self, image: &Path) -> BTreeMap<FileIdentity, u64> {
        let folder = image.parent().unwrap_or(Path::new(""));
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let paths = names.iter().map(|name| folder.join(name)).chain([image.to_owned()]);
        sizes(&paths.collect::<Vec<_>>()).collect()
    }
}

impl Siblings for Beside {
    fn open(&self, name: &str) -> Result<Option<Found>, Error> {
        let found = self.inner.open(name)?;
        if let Some(found) = &found {
            self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(found.name.clone());
        }
        Ok(found)
    }

    fn glance(&self, name: &str) -> Result<Option<Found>, Error> {
        self.inner.open(name)
    }

    fn list(&self) -> Vec<String> {
        self.inner.list()
    }
}
