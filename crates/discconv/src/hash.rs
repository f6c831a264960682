//! `hash`: digests of every track, of its raw and of its user data.
//!
//! A track's raw data is what a BIN of its own holds: 2352-byte sectors from its INDEX 00 where the image stores the
//! pregap, else from INDEX 01, to the last that the image stores; track 1 from LBA 0, whatever is stored before. Its user
//! data is 2048 bytes of each sector from INDEX 01 on. What the container promises of itself is held against what is read.

use crate::args::HashArgs;
use crate::checks::Promises;
use crate::console::Console;
use crate::digest::{self, Chunk, Digests, Wanted, Which};
use crate::errors::{self, Failure};
use crate::image::{self, Image};
use crate::progress::Progress;
use crate::shown;
use discconv_core::{Disc, Error, Form, Lba, Main, Phase, Pool, Scratch, Track, Watch};
use discconv_host::ThreadPool;
use discconv_sector::{RAW, SectorKind, USER, classify, user_range};
use serde_json::{Map, Value, json};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Sectors that are read at once.
const CHUNK_SECTORS: u32 = 256;
/// Tracks that are hashed beside each other at most: each holds a few chunks of 1.2 MB.
const BESIDE: usize = 4;

/// The digests of one track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrackHashes {
    pub(crate) number: u8,
    /// With `true` where the container keeps less than 2352 bytes of a sector, so that they were rebuilt.
    pub(crate) raw: Option<(Digests, bool)>,
    pub(crate) user: Option<Digests>,
}

/// The digests of a disc.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hashes {
    pub(crate) tracks: Vec<TrackHashes>,
    /// Of the first data track.
    pub(crate) user: Option<Digests>,
}

pub(crate) fn run(args: &HashArgs, console: &Console) -> Result<u8, Failure> {
    let image = image::open(&args.image.input, &args.image.reading)?;
    let code = image::tell_state(&image, console);
    let progress = Progress::new(console, &image.shown, None);
    let cores = image::cores(&args.image.common);
    let promises: Vec<Promises<'_>> = image.discs.iter().map(Promises::follow).collect();
    let hashes = hashes(&image, cores, &progress)?;
    let broken = broken(&promises, &ThreadPool::new(cores), &progress)?;
    drop(progress);
    broken.iter().for_each(|what| console.warn(what));
    if console.json {
        let mut body = Map::new();
        body.insert("path".to_owned(), image.path.to_string_lossy().into());
        body.append(&mut json(&hashes));
        let notes = image.notes.iter().map(|note| &note.text).chain(&broken);
        body.insert("notes".to_owned(), notes.map(String::as_str).collect());
        console.data_json(&Value::Object(body));
    } else {
        console.data(&text(&hashes, &image));
    }
    Ok(if broken.is_empty() { code } else { errors::DAMAGED })
}

/// The digests of the containers that do not hold, as clauses: what they are the digests of is not what was put in.
fn broken(promises: &[Promises<'_>], pool: &dyn Pool, watch: &dyn Watch) -> Result<Vec<String>, Error> {
    let each = promises.iter().map(|promises| promises.broken(pool, watch));
    Ok(each.collect::<Result<Vec<_>, Error>>()?.concat())
}

/// Hash all tracks of every disc of the image, on so many cores.
///
/// # Errors
/// Reading, or [`Error::Cancelled`].
pub(crate) fn hashes(image: &Image, cores: usize, watch: &dyn Watch) -> Result<Vec<Hashes>, Error> {
    image.discs.iter().map(|disc| of_disc(image, disc, cores, watch)).collect()
}

fn of_disc(image: &Image, disc: &Disc, cores: usize, watch: &dyn Watch) -> Result<Hashes, Error> {
    let tracks: Vec<Job<'_>> = disc.toc().tracks().map(|track| Job::new(image, disc, track)).collect();
    watch.begin(Phase::Hashing, tracks.iter().map(Job::bytes).sum());
    let done: Mutex<Vec<(u64, TrackHashes)>> = Mutex::default();
    let pool = ThreadPool::new(cores.min(BESIDE));
    pool.run(tracks.len() as u64, &|number, scratch| {
        let job = &tracks[usize::try_from(number).unwrap_or(usize::MAX)];
        let hashes = job.run(cores > 1, scratch, watch)?;
        done.lock().unwrap_or_else(PoisonError::into_inner).push((number, hashes));
        Ok(())
    })?;
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    let tracks: Vec<TrackHashes> = done.into_iter().map(|(_, hashes)| hashes).collect();
    let first_data = disc.toc().tracks().position(|track| !track.mode.is_audio());
    let user = first_data.and_then(|place| tracks.get(place)).and_then(|track| track.user.clone());
    Ok(Hashes { tracks, user })
}

struct Job<'a> {
    disc: &'a Disc,
    track: &'a Track,
    /// What the raw digests cover; `None` where there is no raw view.
    raw: Option<Range<Lba>>,
}

impl<'a> Job<'a> {
    fn new(image: &Image, disc: &'a Disc, track: &'a Track) -> Job<'a> {
        let has_raw = disc.toc().media.has_raw() && !image.is_plain_2048(disc);
        Job { disc, track, raw: has_raw.then(|| raw_range(disc, track)) }
    }

    /// All sectors that are read.
    fn lbas(&self) -> Range<Lba> {
        let user = self.track.start()..stored_end(self.disc, self.track);
        self.raw.as_ref().map_or(user.clone(), |raw| raw.start.min(user.start)..raw.end)
    }

    fn bytes(&self) -> u64 {
        let lbas = self.lbas();
        u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(self.view().stride)
    }

    fn view(&self) -> Form {
        if self.raw.is_some() { Form::RAW } else { Form::USER }
    }

    fn run(&self, beside: bool, scratch: &mut Scratch, watch: &dyn Watch) -> Result<TrackHashes, Error> {
        let mut all_user = !self.track.mode.is_audio();
        let wanted = Wanted { which: Which::All, raw: self.raw.is_some(), user: all_user, beside };
        let (raw, user) = digest::digests(wanted, |give| {
            for lbas in chunks(&self.lbas()) {
                watch.check()?;
                let chunk = self.read(&lbas, &mut all_user, scratch)?;
                watch.advance(chunk_bytes(&lbas, &self.view()));
                give(chunk);
            }
            Ok::<(), Error>(())
        })?;
        let rebuilt = self.raw.as_ref().is_some_and(|lbas| is_rebuilt(self.disc, lbas));
        Ok(TrackHashes {
            number: self.track.number,
            raw: self.raw.is_some().then_some((raw, rebuilt)),
            user: all_user.then_some(user),
        })
    }

    /// The bytes of some sectors; once a sector without 2048 user bytes was met, user data is no longer gathered.
    fn read(&self, lbas: &Range<Lba>, all_user: &mut bool, scratch: &mut Scratch) -> Result<Chunk, Error> {
        let sectors = usize::try_from(lbas.start.sectors_to(lbas.end)).unwrap_or(0);
        let view = self.view();
        let mut bytes = vec![0; sectors * view.record()];
        self.disc.read_sectors(lbas.start, &view, scratch, &mut bytes)?;
        let Some(raw_lbas) = &self.raw else {
            return Ok(Chunk { raw: Vec::new(), user: bytes });
        };
        let mut user = Vec::new();
        if *all_user {
            user.reserve_exact(sectors * USER);
            let (raws, _) = bytes.as_chunks::<RAW>();
            let in_track = raws.iter().zip((lbas.start.0..).map(Lba)).filter(|(_, lba)| *lba >= self.track.start());
            for (raw, _) in in_track {
                let Some(range) = user_2048(raw) else {
                    *all_user = false;
                    break;
                };
                user.extend_from_slice(&raw[range]);
            }
        }
        let before = usize::try_from(lbas.start.sectors_to(raw_lbas.start)).unwrap_or(0);
        bytes.drain(..(before * RAW).min(bytes.len()));
        Ok(Chunk { raw: bytes, user })
    }
}

fn user_2048(raw: &[u8; RAW]) -> Option<Range<usize>> {
    match classify(raw) {
        kind @ (SectorKind::Mode1 | SectorKind::Mode2Form1) => user_range(kind),
        _ => None,
    }
}

fn chunk_bytes(lbas: &Range<Lba>, view: &Form) -> u64 {
    u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(view.stride)
}

fn chunks(lbas: &Range<Lba>) -> impl Iterator<Item = Range<Lba>> + use<> {
    let end = lbas.end;
    let step = i32::try_from(CHUNK_SECTORS).unwrap_or(i32::MAX);
    std::iter::successors(Some(lbas.start), move |at| at.checked_add(step))
        .take_while(move |at| *at < end)
        .map(move |at| at..(at + step).min(end))
}

/// From INDEX 00, as far as the image stores the pregap without a break, to the last sector that it stores; track 1 from
/// LBA 0.
fn raw_range(disc: &Disc, track: &Track) -> Range<Lba> {
    let mut first = track.first();
    for (lbas, extent) in disc.extents_in(track.first()..track.start()) {
        if extent.main.is_none() {
            first = lbas.end;
        }
    }
    if track.number == 1 {
        first = if disc.extent_at(Lba(0)).is_some() { Lba(0) } else { first.max(Lba(0)) };
    }
    first..stored_end(disc, track)
}

/// The track's end, without a gap there that no file holds (POSTGAP).
fn stored_end(disc: &Disc, track: &Track) -> Lba {
    let all = track.start()..track.end;
    let stored = disc.extents_in(all).filter(|(_, extent)| extent.main.is_some()).last();
    stored.map_or(track.end, |(lbas, _)| lbas.end)
}

/// Does the container keep less than 2352 bytes of any of these sectors?
fn is_rebuilt(disc: &Disc, lbas: &Range<Lba>) -> bool {
    disc.extents_in(lbas.clone()).any(|(_, extent)| extent.main.is_none_or(|place| place.form.main != Main::Frame(0, 2352)))
}

/// The keys of the JSON contract, which speak of the first disc; where there are several, `discs` has them all.
pub(crate) fn json(discs: &[Hashes]) -> Map<String, Value> {
    let mut body = discs.first().map(Hashes::json).unwrap_or_default();
    if discs.len() > 1 {
        body.insert("discs".to_owned(), image::numbered(discs.iter().map(Hashes::json)));
    }
    body
}

fn text(discs: &[Hashes], image: &Image) -> String {
    let mut lines = vec![image.shown.clone()];
    for (number, (hashes, disc)) in (1..).zip(discs.iter().zip(&image.discs)) {
        let of = if discs.len() > 1 { format!("disc {number}, ") } else { String::new() };
        lines.extend(hashes.lines(&of, disc));
    }
    lines.join("\n")
}

impl Hashes {
    /// The keys `tracks` and `user` of the JSON contract.
    fn json(&self) -> Map<String, Value> {
        let tracks = self.tracks.iter().map(|track| {
            let raw = track.raw.as_ref().map(|(digests, rebuilt)| {
                let mut map = digests.json();
                map.insert("rebuilt".to_owned(), (*rebuilt).into());
                map
            });
            json!({ "number": track.number, "raw": raw, "user": track.user.as_ref().map(Digests::json) })
        });
        let mut map = Map::new();
        map.insert("tracks".to_owned(), Value::Array(tracks.collect()));
        map.insert("user".to_owned(), self.user.as_ref().map(Digests::json).into());
        map
    }

    /// A block for each view of each track; `of` says of which disc.
    fn lines(&self, of: &str, disc: &Disc) -> Vec<String> {
        let modes = disc.toc().tracks().map(|track| track.mode.name());
        let mut lines = Vec::new();
        for (track, mode) in self.tracks.iter().zip(modes) {
            if let Some((digests, rebuilt)) = &track.raw {
                let rebuilt = if *rebuilt { ", rebuilt" } else { "" };
                lines.extend(block(&format!("{of}track {} ({mode}), raw{rebuilt}", track.number), digests));
            }
            if let Some(digests) = &track.user {
                lines.extend(block(&format!("{of}track {} ({mode}), user data", track.number), digests));
            }
        }
        lines
    }
}

fn block(head: &str, digests: &Digests) -> Vec<String> {
    let mut lines = vec![format!("{head}: {} bytes", shown::grouped(digests.bytes))];
    lines.extend(digests.named().into_iter().map(|(name, value)| format!("  {name:6}  {value}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_promised_keys_in_order() {
        let digests =
            Digests { bytes: 1, crc32: "a".into(), md5: "b".into(), sha1: "c".into(), sha256: "d".into(), ..Digests::default() };
        let track = TrackHashes { number: 1, raw: Some((digests.clone(), true)), user: None };
        let text = Value::Object(Hashes { tracks: vec![track], user: Some(digests) }.json()).to_string();
        let expected = r#"{"tracks":[{"number":1,"raw":{"bytes":1,"crc32":"a","md5":"b","sha1":"c","sha256":"d","rebuilt":true},"user":null}],"user":{"bytes":1,"crc32":"a","md5":"b","sha1":"c","sha256":"d"}}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn chunks_cover_the_range_once() {
        let all: Vec<Range<Lba>> = chunks(&(Lba(-10)..Lba(600))).collect();
        assert_eq!(all, [Lba(-10)..Lba(246), Lba(246)..Lba(502), Lba(502)..Lba(600)]);
        assert_eq!(chunks(&(Lba(5)..Lba(5))).count(), 0);
    }
}
