//! The writing: several files at a time.

use super::Outcome;
use super::audio;
use super::job::{Job, Made, Source};
use crate::args::AudioKind;
use crate::errors::Failure;
use crate::sector_file::SectorFile;
use crate::volume::Inside;
use discconv_core::{At, Bytes, Error, Form, Lba, ReadAt, Scratch, Watch};
use discconv_fs::{Content, Entry, FileSystem, Run, Stamp};
use discconv_host::{NewFile, ThreadPool, TreeOutputs};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
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

/// Make everything. What fails is told and the rest goes on, unless the person stops it.
pub(super) fn run(shop: &Shop<'_>, jobs: &[Job], cores: usize) -> Result<Outcome, Failure> {
    let outcome = Mutex::new(Outcome { made: Vec::new(), failed: Vec::new(), notes: Vec::new() });
    let pool = ThreadPool::new(cores);
    let write = |number: u64, scratch: &mut Scratch| {
        let Some(job) = usize::try_from(number).ok().and_then(|number| jobs.get(number)) else { return Ok(()) };
        shop.watch.check()?;
        let done = shop.make(job, scratch);
        let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
        match done {
            Ok(Some(made)) => outcome.made.push(made),
            Ok(None) => {}
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => outcome.failed.push((job.path(), error.into())),
        }
        Ok(())
    };
    discconv_core::Pool::run(&pool, jobs.len() as u64, &write)?;
    let mut outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Links come last: nothing is ever written through one.
    for job in jobs {
        match &job.source {
            Source::Link(to) => link(shop, job, to, &mut outcome),
            Source::Nothing => outcome.notes.push(format!("{}: a device or the like, which is not made", job.path())),
            _ => {}
        }
    }
    outcome.made.sort_by(|a, b| a.path.cmp(&b.path));
    outcome.failed.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(outcome)
}

fn link(shop: &Shop<'_>, job: &Job, to: &str, outcome: &mut Outcome) {
    if !stays_inside(job.parts.len() - 1, to) {
        outcome.notes.push(format!("{}: a link to {to:?}, which leads out of the folder, or may, is not made", job.path()));
        return;
    }
    match shop.tree.link(&job.parts, to) {
        Ok(()) => {}
        Err(error) => outcome.failed.push((job.path(), error.into())),
    }
}

/// Does a link in a folder so deep surely lead nowhere above the root? A `..` behind a name may: that name can be a link itself.
fn stays_inside(depth: usize, to: &str) -> bool {
    if to.is_empty() || to.starts_with('/') || to.contains(['\\', ':', '\0']) {
        return false;
    }
    let parts = || to.split('/').filter(|part| !matches!(*part, "" | "."));
    let up = parts().take_while(|part| *part == "..").count();
    up <= depth && parts().skip(up).all(|part| part != "..")
}

impl Shop<'_> {
    fn make(&self, job: &Job, scratch: &mut Scratch) -> Result<Option<Made>, Error> {
        if let Some(why) = &job.trouble {
            let expected = "a folder that can be listed";
            return Err(Error::malformed(self.inside.space.name(), At::Whole, why.clone(), expected));
        }
        match &job.source {
            Source::Folder => self.tree.folder(&job.parts).map(|_| None),
            Source::File(entry) => self.system.map(|system| self.file(job, system, entry, scratch)).transpose(),
            Source::Audio(lbas) => self.track(job, lbas.clone(), scratch).map(Some),
            Source::Link(_) | Source::Nothing => Ok(None),
        }
    }

    fn file(&self, job: &Job, system: &dyn FileSystem, entry: &Entry, scratch: &mut Scratch) -> Result<Made, Error> {
        let time = entry.modified.and_then(|stamp| system_time(&stamp));
        let form2 = entry.xa.is_some_and(discconv_fs::Xa::has_form2);
        if let Some(bytes) = self.xa.filter(|_| form2) {
            let runs = sectors_of(&system.runs(entry)?, self.inside.space.name())?;
            let sectors = SectorFile::new(self.inside.space.disc().clone(), runs, Form::frame(2352 - bytes, 2352), Vec::new());
            return self.write(job, &sectors, time, scratch);
        }
        let content = Content::new(self.inside.space.clone(), system, entry)?;
        let done = self.write(job, &content, time, scratch);
        let hint = "--xa 2352 takes such files out as whole sectors, --xa 2336 without sync and header";
        done.map_err(|error| if form2 { error.with_hint(hint) } else { error })
    }

    fn track(&self, job: &Job, lbas: Range<Lba>, scratch: &mut Scratch) -> Result<Made, Error> {
        if self.audio == Some(AudioKind::Flac) {
            let packed = audio::flac(self.inside.space.disc(), lbas, scratch)?;
            return self.write(job, &Bytes::new(job.path(), packed), None, scratch);
        }
        self.write(job, &SectorFile::wave(self.inside.space.disc().clone(), lbas)?, None, scratch)
    }

    /// A file of these bytes, unless it is there already.
    fn write(&self, job: &Job, bytes: &dyn ReadAt, time: Option<SystemTime>, scratch: &mut Scratch) -> Result<Made, Error> {
        let len = bytes.len();
        if time.is_some() && self.tree.existing(&job.parts) == time.map(|time| (len, time)) {
            self.watch.advance(job.bytes());
            return Ok(Made { path: job.path(), bytes: len, kept: true });
        }
        let mut file = self.tree.file(&job.parts)?;
        self.chunks(&mut file, bytes, &mut scratch.buffer)?;
        file.finish(time)?;
        Ok(Made { path: job.path(), bytes: len, kept: false })
    }

    fn chunks(&self, file: &mut NewFile, bytes: &dyn ReadAt, buffer: &mut Vec<u8>) -> Result<(), Error> {
        let mut at = 0;
        while at < bytes.len() {
            self.watch.check()?;
            let take = usize::try_from((bytes.len() - at).min(CHUNK)).unwrap_or(0);
            if buffer.len() < take {
                buffer.resize(take, 0);
            }
            let chunk = &mut buffer[..take];
            bytes.read_exact_at(at, chunk)?;
            file.write(chunk)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_out_are_known() {
        let check = |depth, to: &str, inside: bool| assert_eq!(stays_inside(depth, to), inside, "{depth} {to}");
        check(0, "a", true);
        check(0, "../a", false);
        check(1, "../a", true);
        check(1, "../../a", false);
        check(2, ".././../a/./b", true);
        check(2, "../../../a", false);
        check(1, "b/../a", false);
        check(3, "/etc/passwd", false);
        check(3, "", false);
        check(3, "c:x", false);
    }
}
