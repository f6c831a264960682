//! From the file to its discs.

use crate::blocks::{Decoder, Stored};
use crate::psar::{self, Psar};
use crate::toc::{self, DATA_BIT, Told, ToldTrack};
use crate::wire::{
    AGAIN, BLOCK_SECTORS, DATA, DATA_AT, DISC, DISC_HEAD, INDEX_ENTRY, IndexEntry, MOST_BLOCKS, NUMBER_AT, PGD, TITLE_AT,
    TITLE_ROOM, parse, read, text, word,
};
use discconv_core::image::{Signs, seen_mode};
use discconv_core::{
    At, Blocks, Control, Disc, DiscParts, Error, Extent, Extra, ExtraKind, Form, Input, Lba, Media, Note, Place, ReadAt, Result,
    Session, SourceId, Toc, Track, TrackMode,
};
use discconv_sector::RAW;
use std::sync::Arc;

/// What a disc is called, kept for a PBP that is made of it.
pub(crate) const TITLE: ExtraKind = ExtraKind::other("pbp-title");
/// The number of its game, without bars.
pub(crate) const NUMBER: ExtraKind = ExtraKind::other("pbp-number");
/// The picture of the menu.
pub(crate) const ICON: ExtraKind = ExtraKind::other("pbp-icon");

/// Entries of the index that are read at a time: most discs have fewer than the index has room for.
const INDEX_STEP: usize = 2048;

/// Open all discs of `input`.
///
/// # Errors
/// [`Error::Malformed`] for what is no PBP or lies about its discs; [`Error::Unsupported`] for what is encrypted or has none.
pub(crate) fn open(input: &Input<'_>) -> Result<Vec<Disc>> {
    let psar = psar::read_psar(input.source.as_ref())?;
    let count = psar.discs.len();
    let discs = psar.discs.iter().enumerate();
    discs.map(|(place, at)| Reader { input, psar: &psar, place, count, at: *at }.disc()).collect()
}

/// One disc on its way.
struct Reader<'a> {
    input: &'a Input<'a>,
    psar: &'a Psar,
    /// Which of them, from 0.
    place: usize,
    count: usize,
    /// Where it begins in the file.
    at: u64,
}

impl Reader<'_> {
    fn disc(&self) -> Result<Disc> {
        let head = self.head()?;
        let blocks = self.blocks(&head)?;
        let count = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
        let told = toc::tell(&toc::entries(&head), count);
        let decoder = Decoder::new(Arc::clone(&self.input.source), blocks);
        let mut notes = self.notes(&head, &told);
        notes.extend(decoder.damage(&self.which())?);
        let source: Arc<dyn ReadAt> = Arc::new(Blocks::new(decoder)?);
        let stored = address(count.saturating_mul(BLOCK_SECTORS));
        self.made(told, source, stored, notes, &head)
    }

    /// ` of disc 2`, where there are several.
    fn which(&self) -> String {
        if self.count > 1 { format!(" of disc {}", self.place + 1) } else { String::new() }
    }

    fn malformed(&self, at: u64, found: impl Into<String>, expected: impl Into<String>) -> Error {
        Error::malformed(self.input.source.name(), At::Byte(at), found, expected).with_hint(AGAIN)
    }

    /// What lies in front of the index.
    fn head(&self) -> Result<Vec<u8>> {
        let source = self.input.source.as_ref();
        let head = read(source, self.at, DISC_HEAD, &format!("the head{}", self.which()))?;
        if !head.starts_with(DISC) {
            let magic = head.get(..DISC.len()).unwrap_or_default().escape_ascii();
            return Err(self.malformed(self.at, format!("'{magic}'"), format!("'{}'{}", DISC.escape_ascii(), self.which())));
        }
        if head.get(NUMBER_AT..).is_some_and(|rest| rest.starts_with(PGD)) {
            return Err(psar::encrypted(source, self.at + NUMBER_AT as u64));
        }
        Ok(head)
    }

    /// Where the blocks are, up to the first without a length.
    fn blocks(&self, head: &[u8]) -> Result<Vec<Stored>> {
        // Some programs leave it out.
        let told = word(head, DATA_AT).map(u64::from).filter(|at| *at != 0).unwrap_or(DATA);
        let base = self.at.saturating_add(told);
        let index_at = self.at + DISC_HEAD as u64;
        let mut blocks = Vec::new();
        for first in (0..MOST_BLOCKS).step_by(INDEX_STEP) {
            let count = INDEX_STEP.min(MOST_BLOCKS - first);
            let at = index_at + (first * INDEX_ENTRY) as u64;
            let bytes = read(self.input.source.as_ref(), at, count * INDEX_ENTRY, &format!("the index{}", self.which()))?;
            let entries = bytes.chunks_exact(INDEX_ENTRY).filter_map(parse::<IndexEntry>).take_while(|entry| entry.length != 0);
            let before = blocks.len();
            blocks.extend(entries.map(|entry| Stored { at: base.saturating_add(u64::from(entry.offset)), len: entry.length }));
            if blocks.len() - before < count {
                break;
            }
        }
        if blocks.is_empty() {
            return Err(self.malformed(index_at, "an index without a block", "the place of at least one"));
        }
        Ok(blocks)
    }

    fn notes(&self, head: &[u8], told: &Told) -> Vec<Note> {
        let file = self.input.name;
        let (title, number) = self.called(head);
        let name = title.map(|title| format!(" is called {title:?}"));
        let number = number.map(|number| format!("{} has the number {number}", if name.is_some() { " and" } else { "" }));
        let disc = if self.count > 1 { format!("disc {} of {}", self.place + 1, self.count) } else { "the disc".to_owned() };
        let called = format!("{}{}", name.unwrap_or_default(), number.unwrap_or_default());
        let mut notes: Vec<String> = if called.is_empty() { Vec::new() } else { vec![format!("{disc}{called}")] };
        notes.extend(told.doubts.iter().map(|doubt| format!("{disc}: {doubt}")));
        notes.into_iter().map(|text| Note::oddity(format!("{file}: {text}"))).collect()
    }

    /// Title and number: a disc's own, else those of the file.
    fn called(&self, head: &[u8]) -> (Option<String>, Option<String>) {
        let own = |at: usize, len: usize| Some(text(head.get(at..at + len)?)).filter(|text| !text.is_empty());
        let number: Option<String> = own(NUMBER_AT, 16).map(|number| number.replace('_', ""));
        let title = own(TITLE_AT, TITLE_ROOM);
        (title.or_else(|| self.psar.title.clone()), number.or_else(|| self.psar.number.clone()))
    }

    fn extras(&self, head: &[u8]) -> Vec<Extra> {
        let (title, number) = self.called(head);
        let kept = |kind, bytes: Option<Vec<u8>>| bytes.map(|bytes| Extra { kind, name: String::new(), bytes });
        let extras = [
            kept(TITLE, title.map(String::into_bytes)),
            kept(NUMBER, number.map(String::into_bytes)),
            kept(ICON, self.psar.icon.clone().filter(|_| self.place == 0)),
        ];
        extras.into_iter().flatten().collect()
    }

    /// The disc of these tracks, of which the sectors up to `stored` are in `source`.
    fn made(&self, told: Told, source: Arc<dyn ReadAt>, stored: Lba, mut notes: Vec<Note>, head: &[u8]) -> Result<Disc> {
        let end = if told.end_told { told.end } else { self.end_of_blocks(&told, source.as_ref(), &mut notes) };
        if told.tracks.last().is_some_and(|track| track.start >= end) {
            let found =
                format!("track {} at LBA {}", told.tracks.len(), told.tracks.last().map_or(Lba::ZERO, |track| track.start));
            let expected = format!("tracks{} before LBA {end}, where its blocks end", self.which());
            return Err(self.malformed(self.at + toc_at(), found, expected));
        }
        let (mut tracks, mut extents) = (Vec::new(), Vec::new());
        for (place, track) in told.tracks.iter().enumerate() {
            let until = told.tracks.get(place + 1).map_or(end, |next| next.first);
            let mode = mode(track, until.min(stored), source.as_ref());
            extents.extend(extents_of(track.first, until, stored, mode));
            tracks.push(made_track(track, until, mode));
        }
        notes.extend(self.not_stored(&told.tracks, stored, end));
        let sessions = vec![Session { kind: told.kind, tracks, lead_out: end }];
        let toc = Toc { media: Media::Cd, sessions, mcn: None, cd_text: None };
        let parts = DiscParts { toc, sources: vec![source], extents, notes, checks: Vec::new(), extras: self.extras(head) };
        Disc::new(self.input.name, parts)
    }

    /// Where the disc ends by its blocks alone: the last of them is filled up with zeros, which no data sector is.
    fn end_of_blocks(&self, told: &Told, source: &dyn ReadAt, notes: &mut Vec<Note>) -> Lba {
        let mut end = told.end;
        let Some(last) = told.tracks.last() else { return end };
        let mut sector = [0; RAW];
        let least = (told.end - i32::try_from(BLOCK_SECTORS).unwrap_or(0)).max(last.start);
        let is_data = last.control & DATA_BIT != 0;
        while is_data && end - 1 > least && read_raw(source, end - 1, &mut sector) && sector == [0; RAW] {
            end = end - 1;
        }
        let text = "the table of contents does not say where it ends: that is taken from the blocks";
        let of = self.which();
        let kept = if is_data { "" } else { ", and up to 15 sectors of silence may be too many" };
        notes.push(Note::oddity(format!("{}: {text}{of}{kept}", self.input.name)));
        end
    }

    /// Tracks behind the blocks: a real PSP has their sound elsewhere, coded.
    fn not_stored(&self, tracks: &[ToldTrack], stored: Lba, end: Lba) -> Option<Note> {
        let missing = stored.sectors_to(end);
        let first = tracks.iter().find(|track| track.start >= stored).or(tracks.last())?;
        let text = format!(
            "{}: the sectors from LBA {stored} on{} (track {:02}) are in no block: a PSP plays such sound from ATRAC3, which is not \
             read; silence stands for them",
            self.input.name,
            self.which(),
            first.number
        );
        (missing > 0).then(|| Note::damage(u64::from(missing), text))
    }
}

fn address(sectors: u32) -> Lba {
    Lba(i32::try_from(sectors).unwrap_or(i32::MAX))
}

fn toc_at() -> u64 {
    crate::wire::TOC_AT as u64
}

/// The sector at `lba`, if it can be had.
fn read_raw(source: &dyn ReadAt, lba: Lba, out: &mut [u8]) -> bool {
    u64::try_from(lba.0).is_ok_and(|lba| source.read_exact_at(lba * RAW as u64, out).is_ok())
}

/// The mode of a track whose sectors end at `end`: the table says sound or data, and the sectors say which data.
fn mode(track: &ToldTrack, end: Lba, source: &dyn ReadAt) -> TrackMode {
    let data = track.control & DATA_BIT != 0;
    let seen = seen_mode(track.start.sectors_to(end), |sector, head| {
        let lba = track.start + i32::try_from(sector).unwrap_or(i32::MAX);
        read_raw(source, lba, head)
    });
    let told = if data { TrackMode::Mode2 } else { TrackMode::Audio };
    let signs = Signs { told: Some(told), data_bit: data, seen: seen.map(|(_, mode)| mode) };
    signs.settle(Form::RAW.main).unwrap_or(told)
}

/// What is stored of these sectors, and what is not.
fn extents_of(first: Lba, end: Lba, stored: Lba, mode: TrackMode) -> Vec<Extent> {
    let border = stored.max(first).min(end);
    let offset = u64::try_from(first.0).unwrap_or(0) * RAW as u64;
    let place = Place { source: SourceId(0), offset, form: Form::RAW };
    let both = [Extent::stored(first..border, mode, place), Extent::gap(border..end, mode)];
    both.into_iter().filter(|extent| extent.lbas.start < extent.lbas.end).collect()
}

fn made_track(track: &ToldTrack, end: Lba, mode: TrackMode) -> Track {
    let pregap = (track.first < track.start).then_some((0, track.first));
    let indexes = pregap.into_iter().chain([(1, track.start)]).collect();
    Track { number: track.number, mode, control: Control::from_nibble(track.control), isrc: None, indexes, end }
}
