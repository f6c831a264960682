//! From a descriptor to a disc.

use crate::content;
use crate::record::Record;
use crate::walk::{self, Descriptor, SessionRecord};
use discconv_core::image::{PAUSE, Signs, seen_mode, sub_coding, with_pause, with_sub_codes};
use discconv_core::{
    At, CdText, CdTextBlock, CdTextKind, Control, Disc, DiscParts, Error, Extent, Form, Input, Isrc, Lba, Main, Mcn, Note, Place,
    ReadAt, Result, Session, SourceId, Toc, Track, TrackMode,
};
use discconv_sector::RAW;
use std::sync::Arc;

/// Lead-out and lead-in behind the first session, and behind a later one: 6750 or 2250 sectors, and 4500.
const BETWEEN: [i32; 2] = [11_250, 6_750];

/// Open the image `input`.
///
/// # Errors
/// See [`walk::read`]; [`Error::Malformed`] for tracks that leave the file or lie over each other.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let mut descriptor = walk::read(input.name, input.source.as_ref())?;
    let mut image = Image {
        file: input.name,
        source: input.source.clone(),
        descriptor: descriptor.at,
        offset: 0,
        sessions: Vec::new(),
        extents: Vec::new(),
        titles: CdTextBlock::default(),
        notes: std::mem::take(&mut descriptor.notes),
    };
    for session in &descriptor.sessions {
        image.session(session)?;
    }
    image.disc(&descriptor)
}

/// A disc in the making.
struct Image<'a> {
    file: &'a str,
    source: Arc<dyn ReadAt>,
    /// Where the sectors end and the descriptor begins.
    descriptor: u64,
    /// Where the next track begins in the file.
    offset: u64,
    sessions: Vec<Session>,
    extents: Vec<Extent>,
    titles: CdTextBlock,
    notes: Vec<Note>,
}

/// The sectors of a track.
struct Run {
    offset: u64,
    form: Form,
    /// The first stored one.
    begin: Lba,
    start: Lba,
    end: Lba,
}

impl Image<'_> {
    fn oddity(&mut self, text: String) {
        self.notes.push(Note::oddity(format!("{}: {text}", self.file)));
    }

    fn malformed(&self, record: &Record, found: String, expected: impl Into<String>) -> Error {
        Error::malformed(self.file, At::Byte(self.descriptor.saturating_add(record.at as u64)), found, expected)
            .with_hint("the image may be cut or damaged; compare its length with another copy's")
    }

    fn session(&mut self, told: &SessionRecord) -> Result<()> {
        let number = self.sessions.len();
        self.sessions.push(Session { kind: content::session_kind(told.kind), tracks: Vec::new(), lead_out: Lba::ZERO });
        for record in &told.tracks {
            if usize::try_from(record.session) != Ok(number) {
                let text = format!("a track of session {} calls itself one of session {}", number + 1, record.session);
                self.oddity(text + ", counted from 0");
            }
            self.track(record)?;
        }
        Ok(())
    }

    /// The number of the track that comes next.
    fn next_number(&self) -> u8 {
        let last = self.sessions.iter().flat_map(|session| &session.tracks).next_back();
        last.map_or(1, |track| track.number.saturating_add(1))
    }

    fn track(&mut self, record: &Record) -> Result<()> {
        let (number, floor) = (self.next_number(), self.floor());
        let (first, mut run) = self.run(record, number, floor)?;
        let mode = self.mode(record, number, &run)?;
        if run.form.sub.is_some_and(|sub| sub.bytes() == 96) {
            let sectors = run.start.sectors_to(run.end);
            let found = sub_coding(sectors, |sector, block| self.read(&run, run.start, sector, RAW as u64, block));
            run.form.sub = found.or(run.form.sub);
        }
        if first < run.begin {
            self.extents.push(Extent::gap(first..run.begin, mode));
        }
        let place = Place { source: SourceId(0), offset: run.offset, form: run.form };
        self.extents.push(Extent::stored(run.begin..run.end, mode, place));
        let told = record.isrc.as_deref().and_then(|isrc| std::str::from_utf8(isrc).ok());
        let control = Control::from_nibble(u8::try_from(record.control & 0xF).unwrap_or(0));
        let indexes = content::indexes(run.start, &record.lengths, run.end);
        let mut track = Track { number, mode, control, isrc: told.and_then(Isrc::new), indexes, end: run.end };
        // What lies before LBA 0 is looked at when all is known.
        track.set_first(if number == 1 { first.max(PAUSE.end) } else { first });
        if let Some(title) = Some(text(&record.title)).filter(|title| !title.is_empty()) {
            self.titles.texts.insert((CdTextKind::Title, number), title);
        }
        if let Some(session) = self.sessions.last_mut() {
            session.lead_out = track.end;
            session.tracks.push(track);
        }
        Ok(())
    }

    /// Where the next track can begin at the earliest, and where it does if the descriptor says something that cannot be.
    fn floor(&self) -> (Lba, Lba) {
        let before = self.sessions.iter().rposition(|session| !session.tracks.is_empty());
        let Some(before) = before else { return (PAUSE.start, PAUSE.start) };
        let end = self.sessions[before].lead_out;
        let same = before + 1 == self.sessions.len();
        (end, if same { end } else { end + BETWEEN[before.min(1)] })
    }

    /// Where the track begins, stored or not, and where its sectors are.
    fn run(&mut self, record: &Record, number: u8, (floor, otherwise): (Lba, Lba)) -> Result<(Lba, Run)> {
        let form = content::form_of(record.read_mode).ok_or_else(|| {
            let found = format!("read mode {} of track {number}", record.read_mode);
            self.malformed(record, found, "0 to 4")
        })?;
        let bytes = u64::from(record.total) * u64::from(form.stride);
        let (offset, end) = (self.offset, self.offset.checked_add(bytes).filter(|end| *end <= self.descriptor));
        let Some(next) = end.filter(|_| record.total > 0) else {
            let found = format!("{} sectors of {} bytes of track {number} from byte {offset:#X} on", record.total, form.stride);
            return Err(self.malformed(record, found, format!("sectors up to byte {:#X}", self.descriptor)));
        };
        self.offset = next;
        let told = i32::try_from(record.start).ok().and_then(|frames| frames.checked_add(PAUSE.start.0)).map(Lba);
        let begin = told.filter(|lba| *lba >= floor).unwrap_or_else(|| {
            let text = format!("track {number} begins at frame {} by the descriptor, within what is before it", record.start);
            self.oddity(format!("{text}; LBA {otherwise} is taken"));
            otherwise
        });
        let pregap = record.lengths.first().copied().unwrap_or(0);
        let add = |sectors: u32| i32::try_from(sectors).ok().and_then(|sectors| begin.checked_add(sectors));
        let (Some(start), Some(end)) = (add(pregap), add(record.total)) else {
            let limit = format!("LBA {}", i32::MAX);
            let found = format!("{} sectors from LBA {begin} on", record.total);
            return Err(Error::Limit { file: self.file.to_owned(), at: At::Byte(self.descriptor), found, limit });
        };
        if start >= end {
            let found = format!("a pregap of {pregap} sectors in track {number}, of which {} are stored", record.total);
            return Err(self.malformed(record, found, "at least one sector behind it"));
        }
        self.compare_lengths(record, number);
        // Between two tracks of a session there is nothing but the gap of the second.
        let same = self.sessions.last().is_some_and(|session| !session.tracks.is_empty());
        let first = if same { floor } else { begin };
        if first < begin {
            self.oddity(format!("track {number} begins at LBA {begin}, where the one before it ends at LBA {floor}"));
        }
        Ok((first, Run { offset, form, begin, start, end }))
    }

    /// What is stored decides; indexes that reach further are cut.
    fn compare_lengths(&mut self, record: &Record, number: u8) {
        let told: u64 = record.lengths.iter().copied().map(u64::from).sum();
        let missing = told.saturating_sub(record.total.into());
        if missing > 0 {
            let text = format!("{}: {} sectors of track {number} are stored, of {told}", self.file, record.total);
            self.notes.push(Note::damage(missing, format!("{text} that its indexes have; the track ends there")));
        } else if told < record.total.into() {
            let text = format!("{} sectors of track {number} are stored", record.total);
            self.oddity(format!("{text}, and {told} in its indexes; the others count as part of the last"));
        }
    }

    fn mode(&self, record: &Record, number: u8, run: &Run) -> Result<TrackMode> {
        let sectors = run.start.sectors_to(run.end);
        let raw = run.form.is_raw();
        let seen = seen_mode(sectors, |sector, head| raw && self.read(run, run.start, sector, 0, head));
        let told = content::told_mode(record.mode);
        let misfit = match told {
            Some(TrackMode::Audio) => !raw && record.control & 4 == 0,
            Some(TrackMode::Mode2) => run.form.main == Main::User,
            _ => false,
        };
        if misfit {
            let mode = told.map_or("", TrackMode::name);
            let found = format!("track {number} as {mode} in sectors of {} bytes", run.form.stride);
            return Err(self.malformed(record, found, "2352 bytes for audio, 2336 or more for Mode 2"));
        }
        let data_bit = record.control & 4 != 0 || told.is_some_and(|told| !told.is_audio());
        let signs = Signs { told, data_bit, seen: seen.map(|(_, mode)| mode) };
        signs.settle(run.form.main).ok_or_else(|| {
            let found = format!("mode {} of track {number}", record.mode);
            self.malformed(record, found, "0 to 2, or sectors with a sync")
        })
    }

    /// Bytes from `at` of the sector that is so many behind `from`.
    fn read(&self, run: &Run, from: Lba, sector: u32, at: u64, into: &mut [u8]) -> bool {
        let sector = u64::from(run.begin.sectors_to(from)) + u64::from(sector);
        self.source.read_exact_at(run.offset + sector * u64::from(run.form.stride) + at, into).is_ok()
    }

    fn disc(mut self, descriptor: &Descriptor) -> Result<Disc> {
        let user_only = self.extents.iter().all(|extent| extent.main.is_none_or(|place| place.form.main == Main::User));
        let end = self.sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
        let code = descriptor.sessions.iter().flat_map(|session| &session.tracks).find_map(|track| track.medium);
        let media = content::media(code, user_only, end).ok_or_else(|| Error::Limit {
            file: self.file.to_owned(),
            at: At::Whole,
            found: format!("a disc of {} sectors that are not 2048 bytes each", end.0),
            limit: format!("{} sectors of a CD", discconv_sector::MAX_CD_SECTORS),
        })?;
        if self.offset < self.descriptor {
            let unknown = self.descriptor - self.offset;
            self.oddity(format!("{unknown} bytes before the descriptor belong to no track"));
        }
        let info = &descriptor.info;
        let told = info.mcn.as_deref().and_then(|mcn| std::str::from_utf8(mcn).ok());
        let packs = CdText::from_packs(info.packs.as_chunks().0);
        let titles = (!self.titles.texts.is_empty()).then(|| CdText { blocks: vec![self.titles], packs: Vec::new() });
        let toc = Toc { media, sessions: self.sessions, mcn: told.and_then(Mcn::new), cd_text: packs.or(titles) };
        let parts = DiscParts {
            toc,
            sources: vec![self.source],
            extents: self.extents,
            notes: self.notes,
            checks: Vec::new(),
            extras: Vec::new(),
        };
        with_sub_codes(self.file, with_pause(self.file, Disc::new(self.file, parts)?)?)
    }
}

/// A text of the descriptor: the code page is nowhere said.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    match std::str::from_utf8(&bytes[..end]) {
        Ok(text) => text.to_owned(),
        // ISO 8859-1 is the first page of Unicode.
        Err(_) => bytes[..end].iter().copied().map(char::from).collect(),
    }
}
