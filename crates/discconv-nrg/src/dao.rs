//! A session that was written at once: its cue sheet and its track table.

use crate::chain::Chunk;
use crate::content;
use crate::open::{Image, Run};
use crate::wire::{self, CueEntry, DAO_HEADER, DaoTrack, LEAD_OUT};
use discconv_core::image::{PAUSE, record_form};
use discconv_core::{At, Control, Error, Isrc, Lba, Mcn, Result, Session, SessionKind, Track};

/// A sheet and its table.
struct Tables<'a> {
    sheet: &'a Chunk,
    entries: Vec<CueEntry>,
    dao: &'a Chunk,
}

/// Add the session that `sheet` and `dao` describe.
///
/// # Errors
/// [`Error::Malformed`] where they do not agree with the file or with each other.
pub(crate) fn session(image: &mut Image<'_>, sheet: &Chunk, dao: &Chunk) -> Result<()> {
    let header = wire::dao_header(&dao.payload).ok_or_else(|| {
        let found = format!("the chunk {} of {} bytes", dao.name(), dao.payload.len());
        image.malformed(At::Byte(dao.at), found, format!("at least {DAO_HEADER}"))
    })?;
    let tracks = wire::dao_tracks(&dao.payload, dao.version());
    let last = usize::from(header.first) + tracks.len();
    if tracks.is_empty() || header.first == 0 || last > 100 {
        let found = format!("{} tracks from number {} on", tracks.len(), header.first);
        return Err(image.malformed(dao.byte(20), found, "tracks 1 to 99 in the table"));
    }
    if usize::from(header.last) + 1 != last {
        let text = format!("the {} chunk at byte {:#X} has {} tracks", dao.name(), dao.at, tracks.len());
        image.oddity(format!("{text}, and calls them {} to {}", header.first, header.last));
    }
    if let Some(mcn) = text(&header.mcn).and_then(Mcn::new) {
        image.mcn.get_or_insert(mcn);
    }
    let tables = Tables { sheet, entries: wire::cue_entries(&sheet.payload), dao };
    let mut session = Session { kind: SessionKind::from_disc_type(header.disc_type), tracks: Vec::new(), lead_out: Lba::ZERO };
    for (index, (number, told)) in (header.first..).zip(&tracks).enumerate() {
        session.tracks.push(tables.track(image, index, number, told)?);
    }
    let end = session.tracks.last().map_or(Lba::ZERO, |track| track.end);
    session.lead_out = tables.lead_out(image, end)?;
    image.sessions.push(session);
    Ok(())
}

/// ASCII up to the first zero, if there is any.
fn text(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).ok().map(str::trim).filter(|text| !text.is_empty())
}

impl Tables<'_> {
    /// The place of a track in the table, for messages.
    fn at(&self, index: usize) -> At {
        self.dao.byte(DAO_HEADER + index * wire::dao_track_bytes(self.dao.version()))
    }

    fn malformed(&self, image: &Image<'_>, index: usize, found: String, expected: impl Into<String>) -> Error {
        image.malformed(self.at(index), found, expected)
    }

    /// The address of an entry.
    fn lba(&self, image: &Image<'_>, entry: &CueEntry) -> Result<Lba> {
        entry.lba(self.sheet.version()).ok_or_else(|| {
            let found = format!("an address that is no BCD, in the {} chunk", self.sheet.name());
            image.malformed(At::Byte(self.sheet.at), found, "minutes, seconds and frames")
        })
    }

    /// The indexes of a track, and its control nibble.
    fn indexes(&self, image: &Image<'_>, number: u8) -> Result<(Vec<(u8, Lba)>, u8)> {
        let own = || self.entries.iter().filter(|entry| entry.track != LEAD_OUT && wire::from_bcd(entry.track) == Some(number));
        let mut indexes = Vec::new();
        for entry in own() {
            match wire::from_bcd(entry.index) {
                Some(index) => indexes.push((index, self.lba(image, entry)?)),
                None => {
                    let found = format!("index {:02X}h of track {number} in the {} chunk", entry.index, self.sheet.name());
                    return Err(image.malformed(At::Byte(self.sheet.at), found, "two decimal digits"));
                }
            }
        }
        let control = own().find(|entry| entry.index == 1).or_else(|| own().next()).map_or(0, CueEntry::control);
        indexes.sort_by_key(|(index, _)| *index);
        indexes.dedup_by_key(|(index, _)| *index);
        Ok((indexes, control))
    }

    fn lead_out(&self, image: &mut Image<'_>, end: Lba) -> Result<Lba> {
        let Some(entry) = self.entries.iter().rev().find(|entry| entry.track == LEAD_OUT) else {
            image.oddity(format!("the {} chunk at byte {:#X} has no lead-out", self.sheet.name(), self.sheet.at));
            return Ok(end);
        };
        let told = self.lba(image, entry)?;
        if told != end {
            let text = format!("the {} chunk at byte {:#X} puts the lead-out at LBA {told}", self.sheet.name(), self.sheet.at);
            image.oddity(format!("{text}; the last track ends at LBA {end}"));
        }
        Ok(told.max(end))
    }

    /// Add the sectors of one track.
    fn track(&self, image: &mut Image<'_>, index: usize, number: u8, told: &DaoTrack) -> Result<Track> {
        let size = told.sector_bytes;
        let form = record_form(size).ok_or_else(|| {
            let found = format!("sector size {size} of track {number} in the {} chunk", self.dao.name());
            self.malformed(image, index, found, "2048, 2336, 2352 or 2448")
        })?;
        let (mut indexes, control) = self.indexes(image, number)?;
        let start = indexes.iter().find(|(index, _)| *index == 1).map(|(_, lba)| *lba).ok_or_else(|| {
            let found = format!("no INDEX 01 of track {number} in the {} chunk", self.sheet.name());
            image.malformed(At::Byte(self.sheet.at), found, "an entry for every track of the table")
        })?;
        let (gap, sectors) = self.lengths(image, index, number, told)?;
        let end = image.add(self.at(index), start, sectors)?;
        let mut run = Run { offset: told.offsets[1], first: start, sectors: start.sectors_to(end), form };
        let mode = image.mode(&run, told.code, control & 4 != 0).ok_or_else(|| {
            let found = format!("mode code {:02X}h of track {number} in the {} chunk", told.code, self.dao.name());
            self.malformed(image, index, found, "a code that is known, or sectors with a sync")
        })?;
        if content::told_mode(told.code).is_none_or(|told| told != mode) {
            image.oddity(format!("track {number} has mode code {:02X}h, its sectors are {}", told.code, mode.name()));
        }
        image.settle_coding(&mut run);
        let told_first = indexes.iter().find(|(index, _)| *index == 0).map(|(_, lba)| *lba);
        let first = self.pregap(image, index, number, gap, &mut run, told_first)?;
        image.gap(first, run.first, mode);
        image.stored(&run, end, mode);
        // What lies before LBA 0 is looked at when all is known.
        let first = if image.sessions.is_empty() && index == 0 { first.max(PAUSE.end) } else { first };
        indexes.retain(|(index, _)| *index > 0);
        if first < start {
            indexes.insert(0, (0, first));
        }
        let isrc = text(&told.isrc).and_then(Isrc::new);
        Ok(Track { number, mode, control: Control::from_nibble(control), isrc, indexes, end })
    }

    /// Sectors before INDEX 01 and from there on.
    fn lengths(&self, image: &mut Image<'_>, index: usize, number: u8, told: &DaoTrack) -> Result<(u64, u64)> {
        let [zero, one, end] = told.offsets;
        let size = u64::from(told.sector_bytes);
        if !(zero <= one && one < end && end <= image.data_end) || end - one < size {
            let found = format!("offsets {zero:#X}, {one:#X}, {end:#X} of track {number} in the {} chunk", self.dao.name());
            let expected =
                format!("ascending ones of at least a sector, up to byte {:#X}, where the chunks begin", image.data_end);
            return Err(self.malformed(image, index, found, expected));
        }
        if !(end - one).is_multiple_of(size) {
            image.cut_sector(format!(
                "the last sector of track {number} is cut: {} of {size} bytes are there",
                (end - one) % size
            ));
        }
        if !(one - zero).is_multiple_of(size) {
            image.oddity(format!("the stored pregap of track {number} is no whole number of sectors"));
        }
        Ok(((one - zero) / size, (end - one) / size))
    }

    /// Let `run` begin with the `gap` sectors that are stored before it; where the track begins, stored or not.
    fn pregap(&self, image: &mut Image<'_>, index: usize, number: u8, gap: u64, run: &mut Run, told: Option<Lba>) -> Result<Lba> {
        let start = run.first;
        let floor = match (index, image.sessions.last()) {
            (0, Some(session)) => session.lead_out,
            _ => image.end().unwrap_or(PAUSE.start),
        };
        if start < floor {
            let found = format!("track {number} at LBA {start} by the {} chunk", self.sheet.name());
            return Err(self.malformed(image, index, found, format!("LBA {floor} or later, where the track before it ends")));
        }
        let room = u64::from(floor.sectors_to(start));
        let kept = gap.min(room);
        if kept < gap {
            image.oddity(format!("{} of {gap} stored sectors before track {number} have no place on the disc", gap - kept));
        }
        run.offset -= kept * u64::from(run.form.stride);
        run.first = start - i32::try_from(kept).unwrap_or(0);
        if let Some(told) = told.filter(|told| *told > run.first && run.first >= PAUSE.end) {
            let text = format!("the {} chunk puts INDEX 00 of track {number} at LBA {told}", self.sheet.name());
            image.oddity(format!("{text}; its sectors begin at LBA {}", run.first));
        }
        // The pause before LBA 0 need not be stored; nothing takes its place.
        let lowest = if image.sessions.is_empty() && index == 0 { PAUSE.end.min(run.first) } else { floor };
        Ok(told.filter(|told| *told < run.first).map_or(run.first, |told| told.max(lowest)))
    }
}
