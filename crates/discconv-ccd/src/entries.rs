//! From the entries of the lead-in to sessions and their tracks, as addresses of the disc.

use crate::wire::{Descriptor, Entry};
use discconv_core::{At, Error, Lba, Note, Result, SessionKind};
use std::collections::BTreeMap;

/// Points that are no tracks.
const FIRST_TRACK: i32 = 0xA0;
const LAST_TRACK: i32 = 0xA1;
const LEAD_OUT: i32 = 0xA2;
/// Where lead-ins begin; what lies before it is nowhere.
const LOWEST: i64 = -45_150;
/// MSF 159:59:74, the last address that the header of a sector can say.
const HIGHEST: i64 = 719_849;

/// What the lead-in of one session says.
#[derive(Clone, Debug)]
pub(crate) struct TocSession {
    pub(crate) number: i32,
    pub(crate) kind: SessionKind,
    /// Ascending; at least one.
    pub(crate) tracks: Vec<TocTrack>,
    pub(crate) lead_out: Option<Lba>,
}

/// The entry of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TocTrack {
    /// The line of the entry.
    pub(crate) line: u32,
    pub(crate) number: u8,
    /// The nibble of Q.
    pub(crate) control: u8,
    /// Of INDEX 01.
    pub(crate) start: Lba,
}

/// The entries of one session, by point.
type Points<'a> = BTreeMap<i32, &'a Entry>;

/// Sort out the entries of `found`; they may come in any order.
///
/// # Errors
/// [`Error::Malformed`] with the line of an entry that lacks what it must say, or says what cannot be;
/// [`Error::Limit`] for an address outside of any disc.
pub(crate) fn sessions(file: &str, found: &Descriptor, notes: &mut Vec<Note>) -> Result<Vec<TocSession>> {
    let told = found.toc_entries.and_then(|told| usize::try_from(told).ok());
    let cut = told.is_some_and(|told| found.entries.len() < told);
    let mut reading = Reading { file, notes, cut };
    let mut by_session: BTreeMap<i32, Points<'_>> = BTreeMap::new();
    for entry in &found.entries {
        let (session, point) = reading.place(entry)?;
        // Pointers of mode 5 may have the number of a track; they are none.
        if entry.adr.unwrap_or(1) != 1 {
            continue;
        }
        if let Some(known) = by_session.entry(session).or_default().get(&point) {
            if (known.plba, known.pointed, known.control) != (entry.plba, entry.pointed, entry.control) {
                reading.note(entry, format!("point {point:02X}h of session {session} is told twice; the first one counts"));
            }
            continue;
        }
        by_session.entry(session).or_default().insert(point, entry);
    }
    by_session.retain(|_, points| points.keys().any(|point| is_track(*point)));
    reading.count(found, &by_session);
    let last = by_session.keys().next_back().copied();
    let mut sessions = Vec::new();
    for (number, points) in &by_session {
        sessions.push(reading.session(*number, points, Some(*number) == last)?);
    }
    if sessions.is_empty() {
        let error = Error::malformed(file, At::Whole, "no [Entry] of a track", "an entry with a Point from 0x01 to 0x63");
        return Err(error.with_hint("the descriptor is cut; if its .img is whole, convert that one with --from iso2352"));
    }
    check_order(file, &sessions)?;
    Ok(sessions)
}

fn is_track(point: i32) -> bool {
    (1..=99).contains(&point)
}

struct Reading<'a> {
    file: &'a str,
    notes: &'a mut Vec<Note>,
    /// Are there fewer entries than there should be?
    cut: bool,
}

impl Reading<'_> {
    fn note(&mut self, entry: &Entry, text: String) {
        self.notes.push(Note::oddity(format!("{}: line {}: {text}", self.file, entry.line)));
    }

    fn malformed(&self, entry: &Entry, found: String, expected: &str) -> Error {
        malformed(self.file, entry.line, found, expected)
    }

    /// Session and point of an entry.
    fn place(&self, entry: &Entry) -> Result<(i32, i32)> {
        let session = entry.session.unwrap_or(1);
        if !(1..=99).contains(&session) {
            return Err(self.malformed(entry, format!("an [Entry] of session {session}"), "a session from 1 to 99"));
        }
        let point = entry.point.filter(|point| (0..=0xFF).contains(point));
        let point = point.ok_or_else(|| {
            let found = entry.point.map_or("an [Entry] without Point".to_owned(), |point| format!("Point {point}"));
            self.malformed(entry, found, "a Point from 0x01 to 0xff")
        })?;
        Ok((session, point))
    }

    /// Compare the numbers of `[Disc]` with what is there.
    fn count(&mut self, found: &Descriptor, by_session: &BTreeMap<i32, Points<'_>>) {
        let mut rows = vec![
            ("TocEntries", found.toc_entries, found.entries.len(), "number of entries"),
            ("Sessions", found.sessions, by_session.len(), "number of sessions with tracks"),
        ];
        rows.retain(|(_, told, real, _)| told.is_some_and(|told| usize::try_from(told) != Ok(*real)));
        for (key, told, real, what) in rows {
            let told = told.unwrap_or_default();
            self.notes.push(Note::oddity(format!("{}: {key} is {told}; the {what} is {real}", self.file)));
        }
    }

    fn session(&mut self, number: i32, points: &Points<'_>, last: bool) -> Result<TocSession> {
        let mut tracks = Vec::new();
        for (point, entry) in points.iter().filter(|(point, _)| is_track(**point)) {
            let control = u8::try_from(entry.control.unwrap_or(0) & 15).unwrap_or(0);
            let number = u8::try_from(*point).unwrap_or(0);
            tracks.push(TocTrack { line: entry.line, number, control, start: self.address(entry)? });
        }
        let lead_out = match points.get(&LEAD_OUT) {
            Some(entry) => Some(self.lead_out(entry, &tracks)?),
            None if last => None,
            None => {
                let line = tracks.first().map_or(0, |track| track.line);
                let found = format!("session {number} without an entry of its lead-out");
                return Err(malformed(self.file, line, found, "an [Entry] with Point=0xa2 in each session"));
            }
        };
        self.check_ends(number, points, &tracks)?;
        let disc_type = points.get(&FIRST_TRACK).and_then(|entry| u8::try_from(entry.pointed[1]?).ok());
        let kind = SessionKind::from_disc_type(disc_type.unwrap_or(0));
        Ok(TocSession { number, kind, tracks, lead_out })
    }

    fn lead_out(&mut self, entry: &Entry, tracks: &[TocTrack]) -> Result<Lba> {
        let lead_out = self.address(entry)?;
        match tracks.last().filter(|track| track.start >= lead_out) {
            Some(track) => {
                let found = format!("the lead-out at LBA {lead_out}, and track {} at LBA {}", track.number, track.start);
                Err(self.malformed(entry, found, "the lead-out behind the last track of its session"))
            }
            None => Ok(lead_out),
        }
    }

    /// The points of first and last track should say what they are. Where entries lack too, what they say is not there: else the
    /// sectors of a track would be taken for those of another.
    fn check_ends(&mut self, session: i32, points: &Points<'_>, tracks: &[TocTrack]) -> Result<()> {
        for (point, name, real) in [(FIRST_TRACK, "first", tracks.first()), (LAST_TRACK, "last", tracks.last())] {
            let (Some(entry), Some(real)) = (points.get(&point), real) else { continue };
            let Some(told) = entry.pointed[0].filter(|told| *told != i32::from(real.number)) else { continue };
            if self.cut && is_track(told) && !points.contains_key(&told) {
                let found = format!("{told} for the {name} track of session {session}, which no [Entry] has");
                return Err(self.malformed(entry, found, "an [Entry] of each track, and as many as TocEntries says"));
            }
            let text =
                format!("point {point:02X}h says that the {name} track of session {session} is {told}; it is {}", real.number);
            self.note(entry, text);
        }
        Ok(())
    }

    /// What an entry points to.
    fn address(&mut self, entry: &Entry) -> Result<Lba> {
        let msf = match entry.pointed {
            [Some(minute), Some(second), Some(frame)] => {
                Some((i64::from(minute) * 60 + i64::from(second)) * 75 + i64::from(frame) - 150)
            }
            _ => None,
        };
        let lba = match (entry.plba.map(i64::from), msf) {
            (None, None) => {
                let found = "an [Entry] that points nowhere".to_owned();
                return Err(self.malformed(entry, found, "PLBA, or PMin, PSec and PFrame"));
            }
            (Some(told), None) | (None, Some(told)) => told,
            // Beyond 90 minutes some programs write an address of the lead-in.
            (Some(plba), Some(msf)) if plba < 0 && msf >= 90 * 60 * 75 - 150 => msf,
            (Some(plba), Some(msf)) => {
                if plba != msf {
                    let text = format!("PLBA is {plba}, and PMin, PSec and PFrame mean LBA {msf}; PLBA counts");
                    self.note(entry, text);
                }
                plba
            }
        };
        let known = i32::try_from(lba).ok().filter(|_| (LOWEST..=HIGHEST).contains(&lba));
        known.map(Lba).ok_or_else(|| Error::Limit {
            file: self.file.to_owned(),
            at: At::Line(entry.line),
            found: format!("LBA {lba}"),
            limit: format!("LBA {HIGHEST}"),
        })
    }
}

/// An entry that cannot be.
pub(crate) fn malformed(file: &str, line: u32, found: String, expected: &str) -> Error {
    Error::malformed(file, At::Line(line), found, expected)
        .with_hint("the descriptor is damaged or was edited by hand; compare it with another copy's")
}

/// Tracks and sessions ascend.
fn check_order(file: &str, sessions: &[TocSession]) -> Result<()> {
    let mut before: Option<TocTrack> = None;
    let mut free_from: Option<Lba> = None;
    for session in sessions {
        for track in &session.tracks {
            if let Some(before) = before.filter(|before| before.number >= track.number || before.start >= track.start) {
                let found = format!(
                    "track {} at LBA {} behind track {} at LBA {}",
                    track.number, track.start, before.number, before.start
                );
                return Err(malformed(file, track.line, found, "tracks whose numbers and addresses ascend"));
            }
            if let Some(end) = free_from.take_if(|end| track.start < *end) {
                let found = format!("track {} of session {} at LBA {}", track.number, session.number, track.start);
                return Err(malformed(file, track.line, found, &format!("an address behind the lead-out before it (LBA {end})")));
            }
            before = Some(*track);
        }
        free_from = session.lead_out;
    }
    Ok(())
}
