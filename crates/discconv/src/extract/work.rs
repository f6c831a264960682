//! The writing: several files at a time, and several parts of a long one.

use super::Outcome;
use super::audio;
use super::job::{Job, Made, Source};
use super::links;
use super::parts::{Part, Parts, Shared};
use crate::args::AudioKind;
use crate::errors::Failure;
use crate::sector_file::SectorFile;
use crate::volume::Inside;
use discconv_core::{At, Bytes, Error, Form, Lba, ReadAt, Scratch, Watch};
use discconv_fs::{Content, Entry, FileSystem, Run, Stamp};
use discconv_host::{NewFile, ThreadPool, TreeOutputs};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

/// Bytes that are read and written at a time.
const CHUNK: u64 = 512 << 10;
/// Bytes of user data in a sector.
const SECTOR: u64 = 2048;

/// What all workers share.
pub(super) struct Shop<'a> {
    pub(super) inside: &'a Inside,
    /// Where files are described; there is none on a disc of audio alone.
    pub(super) system: Option<&'a dyn FileSystem>,
    pub(super) tree: &'a TreeOutputs,
    pub(super) watch: &'a dyn Watch,
    pub(super) audio: Option<AudioKind>,
    /// Bytes of a sector of files with Form 2.
    pub(super) xa: Option<u16>,
}

/// Where a job has got to.
pub(super) enum Begun {
    /// It cannot be made, which is told with the job.
    Failed,
    /// A folder, or something that is made later.
    Nothing,
    /// It was there already, with so many bytes.
    Kept(u64),
    Open(Open),
}

/// A file that is being written.
pub(super) struct Open {
    /// Gone when it has got its name.
    file: RwLock<Option<NewFile>>,
    bytes: Arc<dyn ReadAt>,
    time: Option<SystemTime>,
    /// Advice where its content cannot be read.
    hint: Option<&'static str>,
}

/// Make everything. What fails is told and the rest goes on, unless the person stops it.
pub(super) fn run(shop: &Shop<'_>, jobs: &[Job], cores: usize) -> Result<Outcome, Failure> {
    let outcome = Mutex::new(Outcome { made: Vec::new(), failed: Vec::new(), notes: Vec::new() });
    let pool = ThreadPool::new(cores);
    let parts = Parts::new(jobs, shop.audio == Some(AudioKind::Flac));
    let write = |number: u64, scratch: &mut Scratch| {
        shop.watch.check()?;
        let part = parts.part(number);
        let Some(job) = jobs.get(part.job) else { return Ok(()) };
        let shared = parts.shared(part);
        shop.part(job, part, &shared, scratch)?;
        if !parts.done(part, &shared) {
            return Ok(());
        }
        let ended = end(job, &shared);
        let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
        match ended {
            Ok(made) => outcome.made.extend(made),
            Err(error) => outcome.failed.push((job.path(), error.into())),
        }
        Ok(())
    };
    discconv_core::Pool::run(&pool, parts.count(), &write)?;
    let mut outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Links come last: nothing is ever written through one.
    for job in jobs {
        match &job.source {
            Source::Link(to) => links::make(shop, job, to, &mut outcome),
            Source::Nothing => outcome.notes.push(format!("{}: a device or the like, which is not made", job.path())),
            _ => {}
        }
    }
    outcome.made.sort_by(|a, b| a.path.cmp(&b.path));
    outcome.failed.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(outcome)
}

/// All parts of a job are done with: what is there now.
fn end(job: &Job, shared: &Shared) -> Result<Option<Made>, Error> {
    if let Some(trouble) = shared.trouble() {
        return Err(trouble);
    }
    match shared.begun.get() {
        Some(Begun::Kept(bytes)) => Ok(Some(Made { path: job.path(), bytes: *bytes, kept: true })),
        Some(Begun::Open(open)) => {
            let file = open.file.write().unwrap_or_else(PoisonError::into_inner).take();
            file.map_or(Ok(()), |file| file.finish(open.time))?;
            Ok(Some(Made { path: job.path(), bytes: open.bytes.len(), kept: false }))
        }
        Some(Begun::Nothing | Begun::Failed) | None => Ok(None),
    }
}

impl Shop<'_> {
    /// Work on a part of a job. What goes wrong with that is told to all who share it.
    ///
    /// # Errors
    /// The person stops it.
    fn part(&self, job: &Job, part: Part, shared: &Shared, scratch: &mut Scratch) -> Result<(), Error> {
        let begun = shared.begun.get_or_init(|| {
            self.begin(job, scratch).unwrap_or_else(|error| {
                shared.fail(error);
                Begun::Failed
            })
        });
        let Begun::Open(open) = begun else { return Ok(()) };
        if shared.failed() {
            return Ok(());
        }
        match self.fill(open, part, &mut scratch.buffer) {
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => shared.fail(match open.hint {
                Some(hint) => error.with_hint(hint),
                None => error,
            }),
            Ok(()) => {}
        }
        Ok(())
    }

    fn begin(&self, job: &Job, scratch: &mut Scratch) -> Result<Begun, Error> {
        if let Some(why) = &job.trouble {
            let expected = "a folder that can be listed";
            return Err(Error::malformed(self.inside.space.name(), At::Whole, why.clone(), expected));
        }
        match (&job.source, self.system) {
            (Source::Folder, _) => self.tree.folder(&job.parts).map(|_| Begun::Nothing),
            (Source::File(entry), Some(system)) => self.file(job, system, entry),
            (Source::Audio(lbas), _) => self.track(job, lbas.clone(), scratch),
            (Source::File(_) | Source::Link(_) | Source::Nothing, _) => Ok(Begun::Nothing),
        }
    }

    fn file(&self, job: &Job, system: &dyn FileSystem, entry: &Entry) -> Result<Begun, Error> {
        let time = entry.modified.and_then(|stamp| system_time(&stamp));
        let form2 = entry.xa.is_some_and(discconv_fs::Xa::has_form2);
        if let Some(bytes) = self.xa.filter(|_| form2) {
            let runs = sectors_of(&system.runs(entry)?, self.inside.space.name())?;
            let sectors = SectorFile::new(self.inside.space.disc().clone(), runs, Form::frame(2352 - bytes, 2352), Vec::new());
            return self.open(job, Arc::new(sectors), time, None);
        }
        let content = Content::new(self.inside.space.clone(), system, entry)?;
        let hint = "--xa 2352 takes such files out as whole sectors, --xa 2336 without sync and header";
        self.open(job, Arc::new(content), time, form2.then_some(hint))
    }

    fn track(&self, job: &Job, lbas: Range<Lba>, scratch: &mut Scratch) -> Result<Begun, Error> {
        if self.audio == Some(AudioKind::Flac) {
            let packed = audio::flac(self.inside.space.disc(), lbas, scratch)?;
            return self.open(job, Arc::new(Bytes::of_vec(job.path(), packed)), None, None);
        }
        self.open(job, Arc::new(SectorFile::wave(self.inside.space.disc().clone(), lbas)?), None, None)
    }

    /// A file for these bytes, unless it is there already.
    fn open(
        &self,
        job: &Job,
        bytes: Arc<dyn ReadAt>,
        time: Option<SystemTime>,
        hint: Option<&'static str>,
    ) -> Result<Begun, Error> {
        if time.is_some() && self.tree.existing(&job.parts) == time.map(|time| (bytes.len(), time)) {
            self.watch.advance(job.bytes());
            return Ok(Begun::Kept(bytes.len()));
        }
        let file = RwLock::new(Some(self.tree.file(&job.parts)?));
        Ok(Begun::Open(Open { file, bytes, time, hint }))
    }

    /// Write a part of a file.
    fn fill(&self, open: &Open, part: Part, buffer: &mut Vec<u8>) -> Result<(), Error> {
        let file = open.file.read().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = file.as_ref() else { return Ok(()) };
        let Range { start: mut at, end } = part.range(open.bytes.len(), CHUNK);
        while at < end {
            self.watch.check()?;
            let take = usize::try_from((end - at).min(CHUNK)).unwrap_or(0);
            if buffer.len() < take {
                buffer.resize(take, 0);
            }
            let chunk = &mut buffer[..take];
            open.bytes.read_exact_at(at, chunk)?;
            file.write_at(at, chunk)?;
            at += take as u64;
            self.watch.advance(take as u64);
        }
        Ok(())
    }
}

/// The sectors that hold the runs, in order. A file in XA's way begins and ends at their borders.
fn sectors_of(runs: &[Run], file: &str) -> Result<Vec<Range<Lba>>, Error> {
    let range = |run: &Run| {
        let at = run.at.filter(|at| at % SECTOR == 0);
        let at = at.ok_or_else(|| Error::unsupported(file, At::Whole, "a file of whole sectors does not begin at one"))?;
        let first = Lba(i32::try_from(at / SECTOR).unwrap_or(i32::MAX));
        let count = i32::try_from(run.len.div_ceil(SECTOR)).unwrap_or(i32::MAX);
        Ok(first..first.checked_add(count).unwrap_or(Lba(i32::MAX)))
    };
    runs.iter().map(range).collect()
}

/// The time of a file, where the host has such times.
fn system_time(stamp: &Stamp) -> Option<SystemTime> {
    let seconds = stamp.unix_seconds();
    let span = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { SystemTime::UNIX_EPOCH.checked_sub(span) } else { SystemTime::UNIX_EPOCH.checked_add(span) }
}
