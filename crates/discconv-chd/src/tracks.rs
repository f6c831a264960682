//! From the lines of tracks to a table of contents and extents.

use crate::facts;
use crate::header::{AGAIN, FRAME};
use crate::image::Image;
use crate::meta::{Private, Stored, Sub, TrackLine, TrackType};
use crate::sessions;
use discconv_core::image::{Corrected, PAUSE, Signs, seen_mode, sub_coding};
use discconv_core::{
    At, Bytes, Control, DiscParts, Error, Extent, Form, Lba, Main, Media, Msf, Note, Padded, Place, ReadAt, Result, SourceId,
    SubCoding, Toc, Track, TrackMode, Twist,
};
use discconv_sector::{PREGAP_SECTORS, RAW, SUB, has_sync};
use std::ops::Range;
use std::sync::Arc;

/// Which disc the tracks are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Cd,
    /// `swapped`: are the bytes of samples swapped, as they are on CDs here?
    Gd {
        swapped: bool,
    },
}

/// What is said of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) line: TrackLine,
    /// Frames that it takes in the content.
    pub(crate) padded: u64,
    /// Where it is said.
    pub(crate) at: u64,
}

/// The frames of a track.
struct Frames {
    /// Of the first one, in the content.
    offset: u64,
    count: u32,
    form: Form,
    mode: TrackMode,
}

/// A disc in the making.
pub(crate) struct Walk<'a> {
    file: &'a str,
    content: Arc<dyn ReadAt>,
    private: Private,
    area: Area,
    /// The next frame of the content.
    frame: u64,
    /// The next sector of the disc.
    lba: i64,
    /// Sectors before it that only fill up the content.
    fill: u32,
    tracks: Vec<Track>,
    sources: Vec<Arc<dyn ReadAt>>,
    extents: Vec<Extent>,
    notes: Vec<Note>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(file: &'a str, image: &Image, private: Private, area: Area) -> Walk<'a> {
        Walk {
            file,
            content: Arc::clone(&image.content),
            private,
            area,
            frame: 0,
            lba: 0,
            fill: 0,
            tracks: Vec::new(),
            sources: vec![Arc::clone(&image.content)],
            extents: Vec::new(),
            notes: image.notes.clone(),
        }
    }

    /// The disc of these tracks, which ascend.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a track that does not lie in the content, or has no sector.
    pub(crate) fn disc(mut self, told: &[Told]) -> Result<DiscParts> {
        for told in told {
            self.track(told)?;
        }
        let behind = (self.content.len() / u64::from(FRAME)).saturating_sub(self.frame);
        if behind > 0 {
            self.oddity(format!("{behind} frames behind the last track belong to none"));
        }
        if let Some(number) = self.private.tracks.keys().next() {
            self.oddity(format!("what is remembered of track {number} is left aside: there is no such track"));
        }
        let numbers: Vec<u8> = told.iter().map(|told| told.line.number).collect();
        let is_gd = matches!(self.area, Area::Gd { .. });
        let sessions = sessions::of(self.file, &numbers, self.tracks, &self.private, is_gd, &mut self.notes);
        let media = if is_gd { Media::Gd } else { Media::Cd };
        let toc = Toc { media, sessions, mcn: self.private.mcn, cd_text: self.private.cd_text };
        let (sources, extents, notes, extras) = (self.sources, self.extents, self.notes, self.private.extras);
        Ok(DiscParts { toc, sources, extents, notes, checks: Vec::new(), extras })
    }

    fn oddity(&mut self, text: String) {
        self.notes.push(Note::oddity(format!("{}: {text}", self.file)));
    }

    fn malformed(&self, told: &Told, found: String, expected: &str) -> Error {
        Error::malformed(self.file, At::Byte(told.at), found, expected).with_hint(AGAIN)
    }

    /// One track, with the gaps around it.
    fn track(&mut self, told: &Told) -> Result<()> {
        let line = &told.line;
        let mut frames = self.frames(told)?;
        let lead = if line.pregap_stored == Stored::InTrack { line.pregap } else { 0 };
        let gap = if line.pregap_stored == Stored::InTrack { 0 } else { line.pregap };
        let (first, stored) = self.begin(told, &frames, gap, lead)?;
        self.gap(first..stored, frames.mode)?;
        let sub = self.subchannel(line, &mut frames);
        let there = self.lba(stored + i64::from(frames.count))?;
        let start = self.lba(stored + i64::from(lead))?;
        let place = Place { source: SourceId(0), offset: frames.offset, form: frames.form };
        let begin = self.lba(stored)?;
        if begin < there {
            self.extents.push(Extent { sub, ..Extent::stored(begin..there, frames.mode, place) });
        }
        let end = self.missing(told, &frames, there, start);
        let with_postgap = self.lba(i64::from(end.0) + i64::from(line.postgap))?;
        self.gap(i64::from(end.0)..i64::from(with_postgap.0), frames.mode)?;
        self.lba = i64::from(with_postgap.0) + i64::from(line.pad.unwrap_or(0));
        self.fill = line.pad.unwrap_or(0);
        self.frame += told.padded;
        let mut track = self.describe(line, frames.mode, start, with_postgap);
        track.set_first(self.lba(first)?);
        self.tracks.push(track);
        Ok(())
    }

    /// Where its frames are, and what they hold.
    fn frames(&self, told: &Told) -> Result<Frames> {
        let line = &told.line;
        let there = self.content.len() / u64::from(FRAME);
        let end = self.frame.checked_add(u64::from(line.frames));
        if end.is_none_or(|end| end > there) {
            let found = format!("track {} of {} frames, from frame {} on", line.number, line.frames, self.frame);
            return Err(self.malformed(told, found, &format!("tracks within the {there} frames of the content")));
        }
        let count = line.frames.checked_sub(line.pad.unwrap_or(0));
        let Some(count) = count.filter(|count| *count > 0) else {
            let found = format!("track {} of {} frames, of which {} fill up", line.number, line.frames, line.pad.unwrap_or(0));
            return Err(self.malformed(told, found, "at least one frame with a sector"));
        };
        let mut form = line.kind.form();
        if self.area == (Area::Gd { swapped: false }) {
            form.twist = Twist::None;
        }
        let mut frames = Frames { offset: self.frame * u64::from(FRAME), count, form, mode: line.kind.mode() };
        let seen = seen_mode(count, |sector, head| frames.form.is_raw() && self.read(&frames, sector, 0, head));
        let data = !frames.mode.is_audio();
        let signs = Signs { told: Some(frames.mode), data_bit: data, seen: seen.map(|(_, mode)| mode).filter(|_| data) };
        frames.mode = signs.settle(form.main).unwrap_or(frames.mode);
        Ok(frames)
    }

    /// Bytes from `at` of a frame.
    fn read(&self, frames: &Frames, sector: u32, at: u64, into: &mut [u8]) -> bool {
        let offset = frames.offset + u64::from(sector) * u64::from(FRAME) + at;
        self.content.read_exact_at(offset, into).is_ok()
    }

    /// Where the first sector says that it is.
    fn header_lba(&self, frames: &Frames) -> Option<i64> {
        let mut head = [0; 16];
        let raw = frames.form.is_raw() && !frames.mode.is_audio();
        let read = raw && self.read(frames, 0, 0, &mut head) && has_sync(&head);
        let lba = Msf::from_bcd([head[12], head[13], head[14]]).map(Lba::from_program_msf).filter(|_| read)?;
        Some(i64::from(lba.0))
    }

    /// Where a track begins with the `gap` before it, and where its first frame is.
    fn begin(&mut self, told: &Told, frames: &Frames, gap: u32, lead: u32) -> Result<(i64, i64)> {
        let (gap, lead, pause) = (i64::from(gap), i64::from(lead), i64::from(PREGAP_SECTORS));
        let at = self.private.tracks.get(&told.line.number).and_then(|facts| facts.at).map(|lba| i64::from(lba.0));
        if let Some(at) = at {
            let lowest = if self.tracks.is_empty() { i64::from(PAUSE.start.0) } else { self.lba };
            if at >= lowest {
                return Ok((at, at + gap));
            }
            let (number, lba) = (told.line.number, self.lba);
            self.oddity(format!("track {number} is said to begin at LBA {at}, before LBA {lba}; it is taken to begin there"));
        }
        if !self.tracks.is_empty() {
            // Within an area, what fills up is the gap of the track that follows.
            let filled = if sessions::begins_area(self.lba) { 0 } else { i64::from(self.fill) };
            return Ok((self.lba - filled, self.lba + gap));
        }
        let says = self.header_lba(frames);
        Ok(match gap {
            // Many programs write the pause that every disc has; only the sectors know.
            gap if gap == pause && says != Some(pause) => (-pause, 0),
            0 if lead > 0 && lead <= pause && says == Some(-lead) => (-lead, -lead),
            gap => (0, gap),
        })
    }

    /// How the subchannel of a track is kept, and where, if it is not behind the sectors.
    fn subchannel(&mut self, line: &TrackLine, frames: &mut Frames) -> Option<Place> {
        let behind = frames.form.main.len() as u64;
        match line.sub {
            Sub::None => None,
            Sub::Raw => {
                let found = sub_coding(frames.count, |sector, block| self.read(frames, sector, behind, block));
                frames.form.sub = Some(found.unwrap_or(SubCoding::Interleaved));
                None
            }
            Sub::Cooked => {
                let text = "its subchannel was corrected by the drive (RW); it is put back as it is on the disc";
                self.oddity(format!("track {}: {text}", line.number));
                let corrected = Corrected {
                    inner: Arc::clone(&self.content),
                    offset: frames.offset + behind,
                    stride: FRAME,
                    sectors: frames.count,
                };
                let form = Form { main: Main::None, twist: Twist::None, sub: Some(SubCoding::Interleaved), stride: SUB_BYTES };
                Some(Place { source: self.add(Arc::new(corrected)), offset: 0, form })
            }
        }
    }

    fn add(&mut self, source: Arc<dyn ReadAt>) -> SourceId {
        self.sources.push(source);
        SourceId(u32::try_from(self.sources.len() - 1).unwrap_or(u32::MAX))
    }

    /// Where a track ends whose INDEX 01 is at `start`: behind its frames, which are `there`, or a sector behind `start` if
    /// the frames end before that. Zeros stand for what is missing.
    fn missing(&mut self, told: &Told, frames: &Frames, there: Lba, start: Lba) -> Lba {
        if start < there {
            return there;
        }
        let end = start + 1;
        let sectors = there.sectors_to(end);
        let TrackLine { number, pregap, frames: all, .. } = told.line;
        let text = format!(
            "{}: byte {:#X}: INDEX 01 of track {number} lies {pregap} frames within it, and it has {all}; zeros stand for the \
             {sectors} sectors that are missing",
            self.file, told.at
        );
        self.notes.push(Note::damage(u64::from(sectors), text));
        let form = TrackType::Audio.form();
        let form = if frames.mode.is_audio() { form } else { Form { twist: Twist::None, ..form } };
        let len = u64::from(sectors) * u64::from(FRAME);
        let zeros = Arc::new(Padded::new(Arc::new(Bytes::new(self.file, Vec::new())), len));
        let place = Place { source: self.add(zeros), offset: 0, form };
        self.extents.push(Extent::stored(there..end, frames.mode, place));
        end
    }

    fn gap(&mut self, lbas: Range<i64>, mode: TrackMode) -> Result<()> {
        if lbas.start < lbas.end {
            let lbas = self.lba(lbas.start)?..self.lba(lbas.end)?;
            self.extents.push(Extent::gap(lbas, mode));
        }
        Ok(())
    }

    /// An address that a disc may have; [`discconv_core::Disc::new`] knows closer bounds.
    fn lba(&self, lba: i64) -> Result<Lba> {
        const MOST: i32 = 1 << 24;
        i32::try_from(lba).ok().filter(|lba| *lba <= MOST).map(Lba).ok_or_else(|| Error::Limit {
            file: self.file.to_owned(),
            at: At::Whole,
            found: format!("a disc of {lba} sectors"),
            limit: format!("{MOST} sectors"),
        })
    }

    /// The track with what the private facts add.
    fn describe(&mut self, line: &TrackLine, mode: TrackMode, start: Lba, end: Lba) -> Track {
        let facts = self.private.tracks.remove(&line.number).unwrap_or_default();
        let mut track =
            Track { number: line.number, mode, control: Control::default(), isrc: None, indexes: vec![(1, start)], end };
        facts::put_into(&mut track, facts).into_iter().for_each(|text| self.oddity(text));
        track
    }
}

/// Bytes of subchannel in a source of its own.
const SUB_BYTES: u32 = 96;
const _: () = assert!(SUB_BYTES as usize == SUB && FRAME as usize == RAW + SUB);
