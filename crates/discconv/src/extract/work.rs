//! The writing: several files at a time.

use super::Outcome;
use super::audio;
use super::job::{Job, Made, Source};
use crate::args::AudioKind;
use crate::errors::Failure;
use crate::track_file::TrackFile;
use crate::volume::Inside;
use discconv_core::{At, Disc, Error, Form, Lba, ReadAt, Scratch, Watch};
use discconv_fs::{Content, Entry, FileSystem, Stamp};
use discconv_host::{NewFile, ThreadPool, TreeOutputs};
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
        if shop.watch.cancelled() {
            return Err(Error::Cancelled);
        }
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
        outcome.notes.push(format!("{}: a link to {to:?}, which leads out of the folder, is not made", job.path()));
        return;
    }
    match shop.tree.link(&job.parts, to) {
        Ok(()) => {}
        Err(error) => outcome.failed.push((job.path(), error.into())),
    }
}

/// Does a link in a folder so deep lead nowhere above the root?
fn stays_inside(depth: usize, to: &str) -> bool {
    if to.is_empty() || to.starts_with('/') || to.contains(['\\', ':', '\0']) {
        return false;
    }
    let mut left = depth;
    to.split('/').all(|part| match part {
        "" | "." => true,
        ".." => left.checked_sub(1).map(|now| left = now).is_some(),
        _ => {
            left += 1;
            true
        }
    })
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
        match self.xa.filter(|_| form2) {
            Some(bytes) => {
                let sectors = sectors_of(&system.runs(entry)?, self.inside.space.name())?;
                let len = sectors.len() as u64 * u64::from(bytes);
                self.write(job, len, time, scratch, |at, out, scratch| {
                    raw(self.inside.space.disc(), &sectors, bytes, at, scratch, out)
                })
            }
            None => {
                let content = Content::new(self.inside.space.clone(), system, entry)?;
                let done = self.write(job, content.len(), time, scratch, |at, out, _| content.read_exact_at(at, out));
                done.map_err(|error| {
                    if form2 {
                        error.with_hint("--xa 2352 takes such files out as whole sectors, --xa 2336 without sync and header")
                    } else {
                        error
                    }
                })
            }
        }
    }

    fn track(&self, job: &Job, lbas: std::ops::Range<Lba>, scratch: &mut Scratch) -> Result<Made, Error> {
        if self.audio == Some(AudioKind::Flac) {
            let packed = audio::flac(self.inside.space.disc(), lbas, scratch)?;
            return self.write(job, packed.len() as u64, None, scratch, |at, out, _| copy(&packed, at, out));
        }
        let samples = u64::from(lbas.start.sectors_to(lbas.end)) * super::job::AUDIO;
        let wave = TrackFile::new(self.inside.space.disc().clone(), lbas, Form::RAW, audio::wave_head(samples)?);
        self.write(job, wave.len(), None, scratch, |at, out, _| wave.read_exact_at(at, out))
    }

    /// A file of `len` bytes as `fill` gives them, unless it is there already.
    fn write(
        &self,
        job: &Job,
        len: u64,
        time: Option<SystemTime>,
        scratch: &mut Scratch,
        fill: impl Fn(u64, &mut [u8], &mut Scratch) -> Result<(), Error>,
    ) -> Result<Made, Error> {
        let there = self.tree.existing(&job.parts);
        if time.is_some() && there == time.map(|time| (len, time)) {
            self.watch.advance(job.bytes());
            return Ok(Made { path: job.path(), bytes: len, kept: true });
        }
        let mut file = self.tree.file(&job.parts)?;
        let mut buffer = std::mem::take(&mut scratch.buffer);
        let done = self.chunks(&mut file, len, &mut buffer, scratch, fill);
        scratch.buffer = buffer;
        done?;
        file.finish(time)?;
        Ok(Made { path: job.path(), bytes: len, kept: false })
    }

    fn chunks(
        &self,
        file: &mut NewFile,
        len: u64,
        buffer: &mut Vec<u8>,
        scratch: &mut Scratch,
        fill: impl Fn(u64, &mut [u8], &mut Scratch) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut at = 0;
        while at < len {
            if self.watch.cancelled() {
                return Err(Error::Cancelled);
            }
            let take = usize::try_from((len - at).min(CHUNK)).unwrap_or(0);
            if buffer.len() < take {
                buffer.resize(take, 0);
            }
            let chunk = &mut buffer[..take];
            fill(at, chunk, scratch)?;
            file.write(chunk)?;
            at += take as u64;
            self.watch.advance(take as u64);
        }
        Ok(())
    }
}

fn copy(from: &[u8], at: u64, out: &mut [u8]) -> Result<(), Error> {
    let start = usize::try_from(at).unwrap_or(usize::MAX).min(from.len());
    let part = &from[start..(start + out.len()).min(from.len())];
    out[..part.len()].copy_from_slice(part);
    Ok(())
}

/// The sectors that hold the runs, in order. A file in XA's way begins and ends at their borders.
fn sectors_of(runs: &[discconv_fs::Run], file: &str) -> Result<Vec<Lba>, Error> {
    let mut sectors = Vec::new();
    for run in runs {
        let at = run
            .at
            .filter(|at| at % SECTOR == 0)
            .ok_or_else(|| Error::unsupported(file, At::Whole, "a file of whole sectors does not begin at one"))?;
        let first = i32::try_from(at / SECTOR).unwrap_or(i32::MAX);
        let count = i32::try_from(run.len.div_ceil(SECTOR)).unwrap_or(i32::MAX);
        sectors.extend((first..first.saturating_add(count)).map(Lba));
    }
    Ok(sectors)
}

/// Bytes from `at` of the row of raw sectors, of which each gives its last `bytes`.
fn raw(disc: &Disc, sectors: &[Lba], bytes: u16, at: u64, scratch: &mut Scratch, out: &mut [u8]) -> Result<(), Error> {
    let form = Form::frame(2352 - bytes, 2352);
    let size = u64::from(bytes);
    let mut sector = vec![0; usize::from(bytes)];
    let (mut at, mut rest) = (at, out);
    while !rest.is_empty() {
        let place = usize::try_from(at / size).unwrap_or(usize::MAX);
        let Some(lba) = sectors.get(place) else { break };
        let skip = usize::try_from(at % size).unwrap_or(0);
        let together = sectors[place..].iter().zip(lba.0..).take_while(|(lba, expected)| lba.0 == *expected).count();
        let whole = (rest.len() / usize::from(bytes)).min(together);
        let take = if skip == 0 && whole > 0 {
            let run = whole * usize::from(bytes);
            disc.read_sectors(*lba, &form, scratch, &mut rest[..run])?;
            run
        } else {
            disc.read_sectors(*lba, &form, scratch, &mut sector)?;
            let take = (sector.len() - skip).min(rest.len());
            rest[..take].copy_from_slice(&sector[skip..skip + take]);
            take
        };
        at += take as u64;
        rest = rest.split_at_mut(take).1;
    }
    Ok(())
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
        check(1, "b/../../a", true);
        check(1, "b/../../../a", false);
        check(3, "/etc/passwd", false);
        check(3, "", false);
        check(3, "c:x", false);
    }
}
