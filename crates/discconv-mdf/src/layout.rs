//! Where the sectors of each track are: in the data, and on the disc.
//!
//! Readers and writers disagree whether the data hold pregaps. The places of the tracks decide: with E where the sectors of
//! the tracks before end,
//!
//! | A track's offset | The pregap |
//! |---|---|
//! | is E | is in no file |
//! | is E and as many sectors, up to the length of the pregap | its last sectors are stored before the offset |
//! | is E, for all tracks, and the file has room for all pregaps and nothing else | is stored from the offset on |

use crate::content;
use crate::descriptor::{Descriptor, ToldSession, ToldTrack};
use crate::files::Files;
use crate::wire::SUB_INTERLEAVED;
use discconv_core::image::PAUSE;
use discconv_core::{At, Error, Form, Lba, Note, Result};
use discconv_sector::PREGAP_SECTORS;
use std::collections::BTreeMap;

/// A track in the data and on the disc.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) source: usize,
    pub(crate) form: Form,
    /// INDEX 00, or INDEX 01 where there is none.
    pub(crate) begin: Lba,
    /// The first sector that is stored.
    pub(crate) stored: Lba,
    /// INDEX 01.
    pub(crate) start: Lba,
    pub(crate) end: Lba,
    /// Where the first stored sector is in the source.
    pub(crate) offset: u64,
}

impl Placed {
    /// Where INDEX 01 is in the source.
    pub(crate) fn start_offset(&self) -> u64 {
        self.offset + u64::from(self.stored.sectors_to(self.start)) * u64::from(self.form.stride)
    }

    /// Sectors that are not whole in a source of `len` bytes.
    pub(crate) fn missing(&self, len: u64) -> u32 {
        let whole = len.saturating_sub(self.offset) / u64::from(self.form.stride);
        self.stored.sectors_to(self.end).saturating_sub(u32::try_from(whole).unwrap_or(u32::MAX))
    }

    /// Where the track ends in the source.
    pub(crate) fn end_offset(&self) -> u64 {
        self.offset + u64::from(self.stored.sectors_to(self.end)) * u64::from(self.form.stride)
    }
}

/// Place every track of `descriptor`.
///
/// # Errors
/// [`Error::Malformed`] with the place of the block of a track that cannot be where it says.
pub(crate) fn place(file: &str, descriptor: &Descriptor, files: &mut Files, go_on: GoOn<'_>) -> Result<(Vec<Placed>, Vec<Note>)> {
    let mut walk = Walk { file, descriptor, files, notes: Vec::new(), used: BTreeMap::new(), placed: Vec::new() };
    let tracks = walk.measured()?;
    for source in 0..walk.files.count() {
        let own = tracks.iter().filter(|track| track.source == source);
        let needed = own.map(|track| track.told.block.offset.saturating_add(track.bytes())).max().unwrap_or(0);
        go_on(walk.files, source, needed)?;
    }
    let from_pregap: Vec<bool> = (0..walk.files.count()).map(|source| walk.offsets_are_of_pregaps(source, &tracks)).collect();
    let mut rest = tracks.iter();
    let mut lead_out = None;
    for session in &descriptor.sessions {
        let mut floor = lead_out.unwrap_or(PAUSE.start);
        for (index, track) in rest.by_ref().take(session.tracks.len()).enumerate() {
            let first = (index == 0).then_some(First { session, of_disc: lead_out.is_none() });
            floor = walk.track(track, first, floor, from_pregap[track.source])?;
        }
        lead_out = Some(floor.max(session.lead_out));
    }
    Ok((walk.placed, walk.notes))
}

/// Looks for further pieces of a source that needs so many bytes.
pub(crate) type GoOn<'a> = &'a dyn Fn(&mut Files, usize, u64) -> Result<()>;

/// A track with its form and length.
struct Measured<'a> {
    told: &'a ToldTrack,
    source: usize,
    form: Form,
    sectors: u32,
}

impl Measured<'_> {
    fn bytes(&self) -> u64 {
        u64::from(self.sectors) * u64::from(self.form.stride)
    }

    fn bytes_of(&self, sectors: u32) -> u64 {
        u64::from(sectors) * u64::from(self.form.stride)
    }
}

/// The first track of a session.
#[derive(Clone, Copy)]
struct First<'a> {
    session: &'a ToldSession,
    of_disc: bool,
}

struct Walk<'a, 'f> {
    file: &'a str,
    descriptor: &'a Descriptor,
    files: &'f mut Files,
    notes: Vec<Note>,
    /// Up to where each file is some track's.
    used: BTreeMap<usize, u64>,
    placed: Vec<Placed>,
}

impl<'a> Walk<'a, '_> {
    fn malformed(&self, at: u64, found: String, expected: impl Into<String>) -> Error {
        Error::malformed(self.file, At::Byte(at), found, expected)
            .with_hint("the descriptor is damaged, or belongs to other data; name its .mdf instead, whose sectors may say enough")
    }

    fn oddity(&mut self, text: String) {
        self.notes.push(Note::oddity(format!("{}: {text}", self.file)));
    }

    /// Form and length of every track.
    fn measured(&mut self) -> Result<Vec<Measured<'a>>> {
        let mut measured = Vec::new();
        let descriptor = self.descriptor;
        for session in &descriptor.sessions {
            for (index, told) in session.tracks.iter().enumerate() {
                let source = self.files.of_track[measured.len()];
                let form = self.form(told)?;
                let sectors = match told.sectors {
                    Some(sectors) => sectors,
                    None => {
                        let next = session.tracks.get(index + 1);
                        let same_file = next.filter(|_| self.files.of_track.get(measured.len() + 1) == Some(&source));
                        let ends = same_file.map_or(self.files.len(source), |next| next.block.offset);
                        self.untold(told, &form, next.map_or(session.lead_out, ToldTrack::start), ends)?
                    }
                };
                measured.push(Measured { told, source, form, sectors });
            }
        }
        Ok(measured)
    }

    fn form(&mut self, told: &ToldTrack) -> Result<Form> {
        let (size, number, at) = (told.block.sector_bytes, told.number(), told.at + 0x10);
        let sub = told.block.sub == SUB_INTERLEAVED;
        if let Some(form) = content::form_of(size, sub) {
            return Ok(form);
        }
        let text = format!("track {number} says subchannel {:02X}h and sectors of {size} bytes", told.block.sub);
        match content::form_of(size, !sub) {
            // The size is what counts: it is what the places are counted in.
            Some(form) => {
                self.oddity(format!(
                    "{text}; it is read as {}",
                    if sub { "without subchannel" } else { "with 96 bytes of subchannel" }
                ));
                Ok(form)
            }
            None => {
                let expected = "2048, 2324, 2328, 2336 or 2352, or 96 more with subchannel";
                Err(self.malformed(
                    at,
                    format!("sector size {size} of track {number} (subchannel {:02X}h)", told.block.sub),
                    expected,
                ))
            }
        }
    }

    /// Sectors of a track that says none: up to `next` on the disc, or byte `ends` of its source.
    fn untold(&mut self, told: &ToldTrack, form: &Form, next: Lba, ends: u64) -> Result<u32> {
        let in_file = ends.saturating_sub(told.block.offset) / u64::from(form.stride);
        let in_file = u32::try_from(in_file).unwrap_or(u32::MAX);
        let sectors = if self.descriptor.is_dvd() { in_file } else { in_file.min(told.start().sectors_to(next)) };
        let number = told.number();
        if sectors == 0 {
            return Err(self.malformed(
                told.at + 0x0C,
                format!("no length of track {number}, and no room for it"),
                "at least one sector",
            ));
        }
        self.oddity(format!("the length of track {number} is not told; {sectors} sectors have room"));
        Ok(sectors)
    }

    /// The third row of the table.
    fn offsets_are_of_pregaps(&self, source: usize, tracks: &[Measured<'_>]) -> bool {
        let (mut at, mut pregaps, mut first) = (None, 0_u64, true);
        for track in tracks {
            let pregap = if first { 0 } else { track.told.pregap };
            first = false;
            if track.source != source {
                continue;
            }
            if at.is_some_and(|at| at != track.told.block.offset) {
                return false;
            }
            pregaps += u64::from(pregap);
            let bytes = track.bytes().saturating_add(track.bytes_of(pregap));
            at = Some(track.told.block.offset.saturating_add(bytes));
        }
        pregaps > 0 && at == Some(self.files.len(source))
    }

    /// Place one track behind `floor`; where it ends.
    fn track(&mut self, track: &Measured<'_>, first: Option<First<'_>>, floor: Lba, from_pregap: bool) -> Result<Lba> {
        let (start, number, told) = (track.told.start(), track.told.number(), track.told);
        if start < floor || (start < Lba::ZERO && first.is_some_and(|first| first.of_disc)) {
            let expected = match self.placed.is_empty() {
                true => "LBA 0 or later".to_owned(),
                false => format!("LBA {floor} or later, where what is before it ends"),
            };
            return Err(self.malformed(told.at + 0x24, format!("track {number} at LBA {start}"), expected));
        }
        let end =
            i32::try_from(track.sectors).ok().and_then(|sectors| start.checked_add(sectors)).ok_or_else(|| Error::Limit {
                file: self.file.to_owned(),
                at: At::Byte(told.at),
                found: format!("{} sectors from LBA {start} on", track.sectors),
                limit: format!("LBA {}", i32::MAX),
            })?;
        if !self.descriptor.is_dvd()
            && let Some(pointed) = crate::descriptor::lba(told.block.pointed).filter(|pointed| *pointed != start)
        {
            self.oddity(format!("track {number} begins at LBA {start}; the lead-in says {pointed}"));
        }
        let before = self.stored_before(track);
        // There is nothing before the first track.
        let from_pregap = from_pregap && !self.placed.is_empty();
        let room = floor.sectors_to(start);
        let (gap, stored) = match first {
            _ if from_pregap => (told.pregap.min(room), told.pregap.min(room)),
            Some(first) => self.session_gap(track, first, before.min(room), room),
            None => self.gap(track, before, room),
        };
        let back = |sectors: u32| Lba(start.0.saturating_sub_unsigned(sectors));
        let offset = match from_pregap {
            // Sectors that the disc has no room for are the first ones.
            true => told.block.offset.saturating_add(track.bytes_of(told.pregap - stored)),
            false => told.block.offset - track.bytes_of(stored),
        };
        let placed =
            Placed { source: track.source, form: track.form, begin: back(gap), stored: back(stored), start, end, offset };
        if told.block.offset.checked_add(track.bytes()).is_none() {
            return Err(self.malformed(
                told.at + 0x28,
                format!("offset {:#X} of track {number}", told.block.offset),
                "a place in a file",
            ));
        }
        self.use_up(&placed);
        self.placed.push(placed);
        Ok(end)
    }

    /// Whole sectors between the tracks before and the offset of this one.
    fn stored_before(&mut self, track: &Measured<'_>) -> u32 {
        let Some((file, _)) = self.files.pieces(track.source).next() else { return 0 };
        let (used, offset) = (self.used.get(&file).copied().unwrap_or(0), track.told.block.offset);
        let stride = u64::from(track.form.stride);
        let number = track.told.number();
        match offset.checked_sub(used) {
            Some(bytes) if bytes.is_multiple_of(stride) => u32::try_from(bytes / stride).unwrap_or(u32::MAX),
            Some(bytes) => {
                self.oddity(format!(
                    "{bytes} bytes before track {number} are no whole number of its sectors, and belong to no track"
                ));
                0
            }
            None => {
                self.oddity(format!("the sectors of track {number} lie in part where those of an earlier track do"));
                0
            }
        }
    }

    /// Sectors of the pregap within a session, and how many of them are stored.
    fn gap(&mut self, track: &Measured<'_>, before: u32, room: u32) -> (u32, u32) {
        let (number, told) = (track.told.number(), track.told.pregap);
        if told != room && told != 0 {
            self.oddity(format!(
                "track {number} says a pregap of {told} sectors; {room} lie between the track before and its INDEX 01"
            ));
        }
        if before > room {
            self.oddity(format!("{} of {before} stored sectors before track {number} have no place on the disc", before - room));
        }
        (room, before.min(room))
    }

    /// As [`Walk::gap`], of the first track of a session. The pause of 150 sectors there is on every disc: it is INDEX 00
    /// only where it is stored, or longer.
    fn session_gap(&mut self, track: &Measured<'_>, first: First<'_>, before: u32, room: u32) -> (u32, u32) {
        let start = track.told.start();
        let pause = PREGAP_SECTORS.unsigned_abs();
        if first.of_disc {
            let begin = Lba(first.session.start.0.saturating_add(PREGAP_SECTORS)).max(Lba::ZERO).min(start);
            let gap = if self.descriptor.is_dvd() { 0 } else { begin.sectors_to(start) };
            return (gap.max(before), before);
        }
        let told = track.told.pregap.min(room);
        match before {
            0 if told <= pause => (0, 0),
            before if told > pause => (told, before.min(told)),
            before => (before, before),
        }
    }

    fn use_up(&mut self, placed: &Placed) {
        let end = placed.end_offset();
        for (file, start) in self.files.pieces(placed.source) {
            let used = self.used.entry(file).or_default();
            *used = (*used).max(end.saturating_sub(start));
        }
    }
}
