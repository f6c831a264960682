//! From lines and files to a table of contents and extents.

use crate::open::Files;
use crate::wire::{Line, Sheet};
use discconv_core::image::{Signs, seen_mode, sub_coding};
use discconv_core::{
    At, Control, Error, Extent, Form, Lba, Media, Msf, Note, Place, Result, Session, SessionKind, Toc, Track, TrackMode, gd,
};
use discconv_sector::{MAX_CD_SECTORS, PREGAP_SECTORS, RAW, has_sync};

/// The longest gap that is usual: three seconds before data that follows sound.
const USUAL_GAP: u32 = 225;

/// What a GDI and its files amount to.
pub(crate) struct Layout {
    pub(crate) toc: Toc,
    pub(crate) extents: Vec<Extent>,
    /// Bytes that each file must have.
    pub(crate) needed: Vec<u64>,
    pub(crate) notes: Vec<Note>,
}

/// Lay the tracks of `sheet` out over `files`.
///
/// # Errors
/// [`Error::Malformed`] with the line of a track that begins before the end of another, or has no sector in its file;
/// [`Error::Limit`] for an end beyond the medium's.
pub(crate) fn build(sheet: &Sheet, files: &Files) -> Result<Layout> {
    let mut walk =
        Walk { sheet, files, sessions: Vec::new(), extents: Vec::new(), needed: vec![0; files.count()], notes: vec![] };
    let starts = walk.starts();
    for (index, start) in starts.iter().enumerate() {
        walk.track(index, *start, starts.get(index + 1).copied())?;
    }
    let media = walk.media()?;
    let Walk { sessions, extents, needed, notes, .. } = walk;
    Ok(Layout { toc: Toc { media, sessions, mcn: None, cd_text: None }, extents, needed, notes })
}

/// The sectors of a track in its file.
struct Stored {
    form: Form,
    sectors: u32,
}

struct Walk<'a> {
    sheet: &'a Sheet,
    files: &'a Files,
    sessions: Vec<Session>,
    extents: Vec<Extent>,
    needed: Vec<u64>,
    notes: Vec<Note>,
}

impl Walk<'_> {
    fn oddity(&mut self, text: String) {
        self.notes.push(Note::oddity(format!("{}: {text}", self.sheet.name)));
    }

    fn malformed(&self, line: &Line, found: String, expected: impl Into<String>) -> Error {
        Error::malformed(&self.sheet.name, At::Line(line.line), found, expected)
    }

    /// Where each track begins. Some programs add the 150 sectors before LBA 0: then the first track of an area is late by so
    /// many, and its own header does not say that it should be.
    fn starts(&mut self) -> Vec<Lba> {
        let mut starts: Vec<Lba> = self.sheet.tracks.iter().map(|track| track.lba).collect();
        let high = starts.iter().position(|lba| *lba >= gd::HIGH_DENSITY).unwrap_or(starts.len());
        for (area, begin) in [(0..high, Lba::ZERO), (high..starts.len(), gd::HIGH_DENSITY)] {
            let late = begin + PREGAP_SECTORS;
            if starts.get(area.start) != Some(&late) || area.is_empty() || self.header_lba(area.start) == Some(late) {
                continue;
            }
            starts[area.clone()].iter_mut().for_each(|lba| *lba = *lba - PREGAP_SECTORS);
            let line = self.sheet.tracks[area.start].line;
            self.oddity(format!("line {line}: LBA {late} counts the pause of {PREGAP_SECTORS} sectors; it is LBA {begin}"));
        }
        starts
    }

    /// Where the first sector of a track says that it is.
    fn header_lba(&self, index: usize) -> Option<Lba> {
        let track = &self.sheet.tracks[index];
        let mut head = [0; 16];
        let read = track.form.is_raw() && self.read(index, &track.form, 0, 0, &mut head) && has_sync(&head);
        read.then(|| Msf::from_bcd([head[12], head[13], head[14]]).map(Lba::from_program_msf))?
    }

    /// Bytes from `at` of a sector.
    fn read(&self, index: usize, form: &Form, sector: u32, at: u64, into: &mut [u8]) -> bool {
        let (_, source, _) = self.files.of(index);
        let skip = u64::from(sector) * u64::from(form.stride) + at;
        let offset = self.sheet.tracks[index].offset.checked_add(skip);
        let end = offset.and_then(|offset| offset.checked_add(into.len() as u64)).filter(|end| *end <= source.len());
        end.is_some_and(|end| source.read_exact_at(end - into.len() as u64, into).is_ok())
    }

    /// One track; `next` is where the one behind it begins.
    fn track(&mut self, index: usize, start: Lba, next: Option<Lba>) -> Result<()> {
        let line = &self.sheet.tracks[index];
        if let Some(next) = next.filter(|next| *next <= start) {
            let (after, number) = (&self.sheet.tracks[index + 1], line.number);
            let found = format!("track {} at LBA {next}, and track {number} before it at LBA {start}", after.number);
            return Err(self.malformed(after, found, "ascending addresses"));
        }
        let Stored { mut form, sectors } = self.stored(index, start, next)?;
        let seen = seen_mode(sectors, |sector, head| form.is_raw() && self.read(index, &form, sector, 0, head));
        let told = if line.is_data() { TrackMode::Mode1 } else { TrackMode::Audio };
        let signs = Signs { told: Some(told), data_bit: line.is_data(), seen: seen.map(|(_, mode)| mode) };
        let mode = signs.settle(form.main).unwrap_or(told);
        if form.sub.is_some() {
            let found = sub_coding(sectors, |sector, block| self.read(index, &form, sector, RAW as u64, block));
            form.sub = found.or(form.sub);
        }
        let end = start + i32::try_from(sectors).unwrap_or(i32::MAX);
        let first = self.gap(index, start, mode);
        let place = Place { source: self.files.id(index), offset: line.offset, form };
        self.extents.push(Extent::stored(start..end, mode, place));
        let (number, control) = (line.number, Control::from_nibble(line.control));
        let mut track = Track { number, mode, control, isrc: None, indexes: vec![(1, start)], end };
        track.set_first(first);
        self.push(track);
        Ok(())
    }

    /// What the file has of a track, as far as there is room for it.
    fn stored(&mut self, index: usize, start: Lba, next: Option<Lba>) -> Result<Stored> {
        let line = &self.sheet.tracks[index];
        let (file, source, name) = self.files.of(index);
        let name = name.to_owned();
        let stride = u64::from(line.form.stride);
        let bytes = self.end_of(index).saturating_sub(line.offset);
        if bytes == 0 {
            let found = format!("track {} at byte {} of {name:?}, which has {} bytes", line.number, line.offset, source.len());
            return Err(self
                .malformed(line, found, format!("sectors of {stride} bytes"))
                .with_hint("the file is cut or empty, or the offset is wrong"));
        }
        let room = next.map_or(u32::MAX, |next| start.sectors_to(next));
        let whole = u32::try_from(bytes.div_ceil(stride)).unwrap_or(u32::MAX);
        let sectors = whole.min(room);
        let most = gd::LEAD_OUT.0.max(MAX_CD_SECTORS).unsigned_abs();
        if sectors > most {
            let (found, limit) = (format!("a track of {sectors} sectors"), format!("{most} sectors"));
            return Err(Error::Limit { file: name, at: At::Whole, found, limit });
        }
        let (number, missing) = (line.number, (u64::from(sectors) * stride).saturating_sub(bytes));
        self.needed[file] = self.needed[file].max(line.offset.saturating_add(u64::from(sectors) * stride));
        if whole > room {
            let after = next.unwrap_or(start);
            let text = format!("the last {} sectors of {name:?} have no place before LBA {after}", whole - room);
            self.oddity(format!("line {}: {text}, where the next track begins", line.line));
        } else if missing > 0 {
            let text = format!("{name}: the last sector of track {number} is cut: {} of {stride} bytes", stride - missing);
            self.notes.push(Note::damage(1, format!("{text}; zeros take the place of the others")));
        }
        Ok(Stored { form: line.form, sectors })
    }

    /// Where the bytes of a track end: at the next one in the same file, or with the file.
    fn end_of(&self, index: usize) -> u64 {
        let (file, source, _) = self.files.of(index);
        let offset = self.sheet.tracks[index].offset;
        let others = self.sheet.tracks.iter().enumerate().filter(|(other, _)| self.files.of(*other).0 == file);
        let behind = others.map(|(_, line)| line.offset).filter(|other| *other > offset);
        behind.min().unwrap_or(u64::MAX).min(source.len())
    }

    /// What lies between the track before and `start` is the pregap of the track, within one area; where that begins.
    fn gap(&mut self, index: usize, start: Lba, mode: TrackMode) -> Lba {
        let before = self.sessions.last().map(|session| session.lead_out);
        let Some(first) = before.filter(|end| *end < start && !self.begins_area(start)) else { return start };
        self.extents.push(Extent::gap(first..start, mode));
        let sectors = first.sectors_to(start);
        if sectors > USUAL_GAP {
            let (line, number) = (self.sheet.tracks[index].line, self.sheet.tracks[index].number);
            let (_, _, before) = self.files.of(index.saturating_sub(1));
            let text = format!("{sectors} sectors before track {number} are in no file, more than a gap usually has");
            self.oddity(format!("line {line}: {text}: is {before:?} whole?"));
        }
        first
    }

    /// Is a track that begins at `start` the first of its area?
    fn begins_area(&self, start: Lba) -> bool {
        let high = start >= gd::HIGH_DENSITY;
        let before = self.sessions.last().and_then(|session| session.tracks.last());
        before.is_none_or(|before| (before.start() >= gd::HIGH_DENSITY) != high)
    }

    fn push(&mut self, track: Track) {
        if self.begins_area(track.start()) {
            self.sessions.push(Session { kind: SessionKind::CdRom, tracks: Vec::new(), lead_out: track.end });
        }
        if let Some(session) = self.sessions.last_mut() {
            session.lead_out = track.end;
            session.tracks.push(track);
        }
    }

    /// A GD-ROM has its second area where all have it; what ends before that is a CD by another name.
    fn media(&mut self) -> Result<Media> {
        let high =
            self.sessions.iter().flat_map(|session| &session.tracks).map(Track::start).find(|lba| *lba >= gd::HIGH_DENSITY);
        let end = self.sessions.last().map_or(Lba::ZERO, |session| session.lead_out);
        let (media, most) = match high {
            Some(_) => (Media::Gd, gd::LEAD_OUT),
            None => (Media::Cd, Lba(MAX_CD_SECTORS)),
        };
        if end > most {
            let (found, limit) = (format!("a disc that ends at LBA {end}"), format!("LBA {most}"));
            return Err(Error::Limit { file: self.sheet.name.clone(), at: At::Whole, found, limit });
        }
        match high {
            None => self.oddity(format!("no track begins at LBA {} or later: this is a CD, not a GD-ROM", gd::HIGH_DENSITY)),
            Some(lba) if lba > gd::HIGH_DENSITY => {
                self.oddity(format!(
                    "the high-density area begins at LBA {lba}; it begins at LBA {} elsewhere",
                    gd::HIGH_DENSITY
                ));
            }
            Some(_) => {}
        }
        Ok(media)
    }
}
