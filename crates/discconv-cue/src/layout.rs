//! From a sheet and the lengths of its files to a table of contents and extents: everything about positions *on the disc*.

use crate::content::{self, Content};
use crate::segments::{self, LEAD_IN, PAUSE, Segment, Segments, Short, lead_out_sectors};
use crate::sheet::{Sheet, SheetTrack};
use crate::texts;
use discconv_core::{
    At, Error, Extent, Form, Lba, Main, Media, Note, Place, Result, Session, SessionKind, SourceId, Toc, Track, TrackMode, gd,
};
use discconv_sector::MAX_CD_SECTORS;
use std::ops::Range;

/// More sectors than any medium has, and far from the limits of an LBA.
const MAX_SECTORS: i64 = 1 << 30;

/// What a sheet and its files amount to.
pub(crate) struct Layout {
    pub(crate) toc: Toc,
    /// Sources are the files of the sheet, by number.
    pub(crate) extents: Vec<Extent>,
    /// Bytes that each file must have.
    pub(crate) needed: Vec<u64>,
    pub(crate) notes: Vec<Note>,
}

/// Lay `sheet` over its files; `packs` are those of its CD-TEXT file.
///
/// # Errors
/// [`Error::Malformed`] with the line where a file and the sheet do not agree, [`Error::Limit`] for a disc too large.
pub(crate) fn build(sheet: &Sheet, files: &dyn Content, packs: &[[u8; 18]]) -> Result<Layout> {
    let (mut forms, mut notes) = content::forms(sheet, files);
    let mut segments = segments::cut(sheet, &forms, files)?;
    segments::take_out_gaps(sheet, &mut segments);
    notes.append(&mut segments.notes);
    let mut modes: Vec<TrackMode> = sheet.tracks.iter().map(|track| track.kind.mode).collect();
    for segment in segments.all.iter().filter(|segment| segment.indexes.iter().any(|(number, _)| *number == 1)) {
        let (track, form) = (&sheet.tracks[segment.track], &mut forms[segment.track]);
        content::settle_coding(form, segment, files);
        if !track.kind.mode.is_audio()
            && let Some(mode) = content::real_mode(files, form, segment).filter(|mode| *mode != track.kind.mode)
        {
            let text = format!("track {} is declared {}, its sectors are {}", track.number, track.kind.word(), mode.name());
            notes.push(Note::oddity(format!("{}: line {}: {text}", sheet.name, track.line)));
            modes[segment.track] = mode;
        }
    }
    let mut walk =
        Walk { sheet, files, forms: &forms, modes: &modes, lba: 0, skipped: 0, extents: Vec::new(), sessions: Vec::new() };
    walk.tracks(&segments)?;
    let (sessions, extents) = (walk.sessions, walk.extents);
    notes.extend(segments.short.iter().map(|short| short_note(sheet, files, short, &extents)));
    let media = media(sheet, &forms, &sessions)?;
    let toc = Toc { media, sessions, mcn: sheet.catalog.clone(), cd_text: texts::cd_text(sheet, packs) };
    Ok(Layout { toc, extents, needed: segments.needed, notes })
}

/// Which sector is not whole. Sound need not fill its last one.
fn short_note(sheet: &Sheet, files: &dyn Content, short: &Short, extents: &[Extent]) -> Note {
    let (name, len) = (&sheet.files[short.file].name, files.len(short.file));
    let number = sheet.tracks[short.track].number;
    if files.is_pcm(short.file) && short.sectors == 1 && short.offset < len {
        return Note::oddity(format!("{name}: {} bytes of silence complete the last sector of track {number}", short.bytes));
    }
    let lba = extents.iter().find_map(|extent| {
        let place = extent.main.filter(|place| usize::try_from(place.source.0) == Ok(short.file))?;
        let sector = short.offset.checked_sub(place.offset)? / u64::from(place.form.stride);
        let sector = u32::try_from(sector).ok().filter(|sector| *sector < extent.sectors())?;
        Some(extent.lbas.start + i32::try_from(sector).unwrap_or(i32::MAX))
    });
    let lba = lba.map_or(String::new(), |lba| format!(", LBA {lba}"));
    let more = if short.sectors > 1 { format!(", and {} behind it are missing", short.sectors - 1) } else { String::new() };
    let what = format!("sector {} of the file (track {number}{lba}) is short{more}", short.sector);
    Note::damage(short.sectors, format!("{name}: {len} bytes, {} too few: {what}; zeros take their place", short.bytes))
}

/// The medium: what the sheet says where that can be, else a CD, unless it is far too large for one.
fn media(sheet: &Sheet, forms: &[Form], sessions: &[Session]) -> Result<Media> {
    let end = sessions.last().map_or(0, |session| i64::from(session.lead_out.0));
    let user_only = forms.len() == 1 && forms[0].main == Main::User;
    match sheet.media {
        Some(Media::Gd) if end <= i64::from(gd::LEAD_OUT.0) => return Ok(Media::Gd),
        Some(media @ (Media::Dvd | Media::Bd)) if user_only => return Ok(media),
        _ => {}
    }
    if end <= i64::from(MAX_CD_SECTORS) {
        return Ok(Media::Cd);
    }
    if user_only {
        return Ok(Media::Unknown);
    }
    let (found, limit) = (format!("a disc of {end} sectors"), format!("{MAX_CD_SECTORS} sectors of a CD"));
    Err(Error::Limit { file: sheet.name.clone(), at: At::Whole, found, limit })
}

struct Walk<'a> {
    sheet: &'a Sheet,
    files: &'a dyn Content,
    forms: &'a [Form],
    modes: &'a [TrackMode],
    /// Where the next sector goes.
    lba: i64,
    /// Sectors between sessions that the file holds.
    skipped: u32,
    extents: Vec<Extent>,
    sessions: Vec<Session>,
}

impl Walk<'_> {
    fn tracks(&mut self, segments: &Segments) -> Result<()> {
        let mut rest = segments.all.as_slice();
        let mut session = None;
        for index in 0..self.sheet.tracks.len() {
            let (own, others) = rest.split_at(rest.iter().take_while(|segment| segment.track == index).count());
            rest = others;
            let first = session != Some(self.sheet.tracks[index].session);
            session = Some(self.sheet.tracks[index].session);
            let track = self.track(index, first, own)?;
            let cdi = self.sheet.tracks[index].kind.cdi && track.mode == TrackMode::Mode2;
            if first {
                self.sessions.push(Session { kind: SessionKind::CdRom, tracks: Vec::new(), lead_out: track.end });
            }
            if let Some(session) = self.sessions.last_mut() {
                session.lead_out = track.end;
                session.tracks.push(track);
                if cdi {
                    session.kind = SessionKind::CdI;
                }
            }
        }
        Ok(())
    }

    fn track(&mut self, index: usize, first: bool, segments: &[Segment]) -> Result<Track> {
        let told = &self.sheet.tracks[index];
        let lead = sectors_before_start(segments);
        let (gap, stored) = if first { self.begin(told, lead, segments)? } else { (self.lba, self.lba + i64::from(told.pregap)) };
        self.lba = stored;
        self.gap(index, gap..stored)?;
        let mut indexes: Vec<(u8, i64)> = Vec::new();
        for segment in segments {
            indexes.extend(segment.indexes.iter().map(|(number, at)| (*number, self.lba + i64::from(*at))));
            let start = self.lba;
            self.lba += i64::from(segment.sectors);
            self.skipped = segment.skipped;
            self.stored(index, start..self.lba, segment)?;
        }
        let end = self.lba + i64::from(told.postgap);
        self.gap(index, self.lba..end)?;
        self.lba = end;
        let start = indexes.iter().find(|(number, _)| *number == 1).map_or(stored, |(_, lba)| *lba);
        indexes.retain(|(number, _)| *number > 0);
        if gap < start {
            indexes.insert(0, (0, gap));
        }
        if start >= end {
            let found = format!("track {} without a sector", told.number);
            return Err(Error::malformed(&self.sheet.name, At::Line(told.line), found, "at least one sector behind INDEX 01")
                .with_hint("two tracks begin at the same place, or the file is cut"));
        }
        let indexes = indexes.into_iter().map(|(number, lba)| Ok((number, self.checked(lba)?))).collect::<Result<_>>()?;
        let (mode, control, isrc) = (self.modes[index], told.control, told.isrc.clone());
        Ok(Track { number: told.number, mode, control, isrc, indexes, end: self.checked(end)? })
    }

    /// Where the first track of a session begins: its gap in no file, and its stored sectors.
    fn begin(&self, track: &SheetTrack, lead: i64, segments: &[Segment]) -> Result<(i64, i64)> {
        let (pregap, pause) = (i64::from(track.pregap), i64::from(PAUSE));
        let session = &self.sheet.sessions[track.session];
        let says = segments.first().and_then(|segment| {
            content::first_lba(self.files, &self.forms[segment.track], track.kind, segment).map(|lba| i64::from(lba.0))
        });
        if session.high_density {
            return self.high_density(track, lead, says);
        }
        if self.sessions.is_empty() {
            return Ok(match pregap {
                // Many programs write the pause that every disc has; only the sectors know.
                150 if says == Some(pause) => (0, pause),
                150 => (-pause, 0),
                0 if lead > 0 && lead <= pause && says == Some(-lead) => (-lead, -lead),
                pregap => (0, pregap),
            });
        }
        if self.skipped > 0 {
            let gap = self.lba + i64::from(self.skipped);
            return Ok((gap, gap + pregap));
        }
        let ended = track.session - 1;
        let lead_out = self.sheet.sessions[ended].lead_out.map(i64::from);
        // Without the other lengths it may be the dialect that says where the lead-out is, not how long.
        let lengths = session.lead_in.is_some() || session.pregap.is_some();
        let lead_out = lead_out.filter(|told| lengths || (*told != self.lba && *told != self.lba + pause));
        let base = self.lba + lead_out.unwrap_or(lead_out_sectors(ended).into()) + i64::from(session.lead_in.unwrap_or(LEAD_IN));
        let pause = i64::from(session.pregap.unwrap_or(PAUSE));
        Ok(match pregap {
            // Stored sectors before INDEX 01 are the pause, or the end of it.
            0 => (base + (pause - lead).max(0), base + (pause - lead).max(0)),
            pregap if pregap == pause => (base, base + pause),
            pregap => (base + pause, base + pause + pregap),
        })
    }

    /// The second area of a GD-ROM has INDEX 01 of its first track where all have it. Sectors stored before that are its pause,
    /// unless their headers say that they are more.
    fn high_density(&self, track: &SheetTrack, lead: i64, says: Option<i64>) -> Result<(i64, i64)> {
        let (high, pregap, pause) = (i64::from(gd::HIGH_DENSITY.0), i64::from(track.pregap), i64::from(PAUSE));
        let (gap, stored) = match pregap {
            0 if lead <= pause && says.is_none_or(|says| says == high - lead) => (high - lead, high - lead),
            pregap if pregap == pause => (high - pause, high),
            pregap => (high, high + pregap),
        };
        if self.lba > gap {
            let found = format!("the single-density area reaches to LBA {}", self.lba);
            return Err(Error::malformed(&self.sheet.name, At::Line(track.line), found, format!("an end before LBA {gap}"))
                .with_hint("the remark REM HIGH-DENSITY AREA stands before the wrong track, or a time is wrong"));
        }
        Ok((gap, stored))
    }

    fn gap(&mut self, index: usize, lbas: Range<i64>) -> Result<()> {
        if lbas.start < lbas.end {
            let lbas = self.checked(lbas.start)?..self.checked(lbas.end)?;
            self.extents.push(Extent::gap(lbas, self.modes[index]));
        }
        Ok(())
    }

    fn stored(&mut self, index: usize, lbas: Range<i64>, segment: &Segment) -> Result<()> {
        if lbas.start < lbas.end {
            let lbas = self.checked(lbas.start)?..self.checked(lbas.end)?;
            let source = SourceId(u32::try_from(segment.file).unwrap_or(u32::MAX));
            let place = Place { source, offset: segment.offset, form: self.forms[index] };
            self.extents.push(Extent::stored(lbas, self.modes[index], place));
        }
        Ok(())
    }

    fn checked(&self, lba: i64) -> Result<Lba> {
        match i32::try_from(lba) {
            Ok(small) if lba <= MAX_SECTORS => Ok(Lba(small)),
            _ => {
                let (found, limit) = (format!("a disc of {lba} sectors"), format!("{MAX_SECTORS} sectors"));
                Err(Error::Limit { file: self.sheet.name.clone(), at: At::Whole, found, limit })
            }
        }
    }
}

/// Stored sectors before INDEX 01.
fn sectors_before_start(segments: &[Segment]) -> i64 {
    let mut lead = 0;
    for segment in segments {
        if let Some((_, at)) = segment.indexes.iter().find(|(number, _)| *number == 1) {
            return lead + i64::from(*at);
        }
        lead += i64::from(segment.sectors);
    }
    lead
}
