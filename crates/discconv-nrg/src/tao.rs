//! A session whose tracks were written one at a time: gaps are not stored, and positions are counted.

use crate::chain::Chunk;
use crate::content;
use crate::open::{Image, Run};
use crate::wire::{self, TaoTrack};
use discconv_core::image::record_form;
use discconv_core::{At, Control, Error, Form, Lba, Media, Result, Session, SessionKind, Track};
use discconv_sector::PREGAP_SECTORS;

/// From the lead-out of the first session to the program area of the second, and of later ones (ECMA-394).
const FIRST_BORDER: i32 = 11_250;
const LATER_BORDER: i32 = 6_750;

/// Add the session whose tracks `chunks` list.
///
/// # Errors
/// [`Error::Malformed`] where a table does not agree with the file.
pub(crate) fn session(image: &mut Image<'_>, chunks: &[&Chunk]) -> Result<()> {
    let mut session = Session { kind: SessionKind::CdRom, tracks: Vec::new(), lead_out: Lba::ZERO };
    let before: usize = image.sessions.iter().map(|session| session.tracks.len()).sum();
    for chunk in chunks {
        let bytes = wire::tao_track_bytes(chunk.id).unwrap_or(1);
        for (index, told) in wire::tao_tracks(chunk.id, &chunk.payload).iter().enumerate() {
            let entry = Entry { chunk, at: chunk.byte(index * bytes), number: before + session.tracks.len() + 1 };
            let track = entry.track(image, session.tracks.is_empty(), told)?;
            session.lead_out = track.end;
            session.tracks.push(track);
        }
    }
    if session.tracks.is_empty() {
        let at = chunks.first().map_or(At::Whole, |chunk| At::Byte(chunk.at));
        let name = chunks.first().map_or(String::new(), |chunk| chunk.name());
        return Err(image.malformed(at, format!("no whole track in the {name} chunk"), "at least one track"));
    }
    image.sessions.push(session);
    Ok(())
}

struct Entry<'a> {
    chunk: &'a Chunk,
    at: At,
    number: usize,
}

impl Entry<'_> {
    fn malformed(&self, image: &Image<'_>, found: String, expected: impl Into<String>) -> Error {
        let found = format!("{found} of track {} in the {} chunk", self.number, self.chunk.name());
        image.malformed(self.at.clone(), found, expected)
    }

    fn track(&self, image: &mut Image<'_>, first_of_session: bool, told: &TaoTrack) -> Result<Track> {
        let number = u8::try_from(self.number)
            .ok()
            .filter(|number| *number < 100)
            .ok_or_else(|| self.malformed(image, "one track too many, number".to_owned(), "99 tracks at most"))?;
        let end = told.offset.checked_add(told.length).filter(|end| *end <= image.data_end && told.length > 0);
        if end.is_none() {
            let found = format!("{:#X} bytes from byte {:#X} on", told.length, told.offset);
            return Err(self.malformed(
                image,
                found,
                format!("sectors before byte {:#X}, where the chunks begin", image.data_end),
            ));
        }
        let (code, form) = self.form(image, told)?;
        let stride = u64::from(form.stride);
        let sectors = told.length / stride;
        if !told.length.is_multiple_of(stride) {
            image.cut_sector(format!(
                "the last sector of track {number} is cut: {} of {stride} bytes are there",
                told.length % stride
            ));
        }
        let (gap, start) = self.place(image, first_of_session, told)?;
        let end = image.add(self.at.clone(), start, sectors)?;
        let mut run = Run { offset: told.offset, first: start, sectors: start.sectors_to(end), form };
        let says_data = content::told_mode(code).is_some_and(|mode| !mode.is_audio());
        let mode = image
            .mode(&run, code, says_data)
            .ok_or_else(|| self.malformed(image, format!("mode code {code:02X}h"), "a code that is known"))?;
        if content::told_mode(code) != Some(mode) {
            image.oddity(format!("track {number} has mode code {code:02X}h, its sectors are {}", mode.name()));
        }
        image.settle_coding(&mut run);
        image.gap(gap, start, mode);
        image.stored(&run, end, mode);
        let mut indexes = vec![(1, start)];
        if gap < start {
            indexes.insert(0, (0, gap));
        }
        Ok(Track { number, mode, control: Control::default(), isrc: None, indexes, end })
    }

    /// The mode code, and the record that the length of the track agrees with.
    fn form(&self, image: &mut Image<'_>, told: &TaoTrack) -> Result<(u8, Form)> {
        let unknown = || self.malformed(image, format!("mode code {:X}h", told.code), "a code that is known");
        let code = u8::try_from(told.code).ok().filter(|code| content::told_mode(*code).is_some()).ok_or_else(unknown)?;
        let bytes = content::told_bytes(code).ok_or_else(unknown)?;
        let form = record_form(bytes).ok_or_else(unknown)?;
        let whole = |form: &Form| told.length.is_multiple_of(u64::from(form.stride));
        // As in the other tables: a code that says less than is there.
        if !whole(&form) && !form.is_raw() && whole(&Form::RAW) {
            let run = Run { offset: told.offset, first: Lba::ZERO, sectors: 1, form: Form::RAW };
            if image.mode(&run, u8::MAX, true).is_some() {
                image.oddity(format!("track {} has mode code {code:02X}h and raw sectors", self.number));
                return Ok((code, Form::RAW));
            }
        }
        if told.length < u64::from(form.stride) {
            return Err(self.malformed(image, format!("{} bytes", told.length), format!("at least a sector of {bytes}")));
        }
        Ok((code, form))
    }

    /// Where the gap and the track begin. Programs disagree about the field that says it, so that it is only a check.
    fn place(&self, image: &mut Image<'_>, first_of_session: bool, told: &TaoTrack) -> Result<(Lba, Lba)> {
        let told_start = told.start.and_then(|start| i32::try_from(start).ok());
        let end = match image.sessions.last() {
            Some(session) if first_of_session => session.lead_out,
            _ => image.end().unwrap_or(Lba::ZERO),
        };
        let media = content::media(image.mtyp, true, Lba::ZERO);
        if media != Some(Media::Cd) {
            // Other media have no gaps between tracks, and addresses that only the field knows.
            let start = told_start.map(Lba).filter(|start| *start > end).unwrap_or(end);
            return Ok((start, start));
        }
        let pause = PREGAP_SECTORS.unsigned_abs().into();
        let (gap, start) = match (first_of_session, image.sessions.len()) {
            (true, 0) => (Lba::ZERO, Lba::ZERO),
            (true, sessions) => {
                let border = if sessions == 1 { FIRST_BORDER } else { LATER_BORDER };
                let start = image.add(self.at.clone(), end, u64::from((border + PREGAP_SECTORS).unsigned_abs()))?;
                (start, start)
            }
            (false, _) => (end, image.add(self.at.clone(), end, pause)?),
        };
        let bytes = u8::try_from(told.code).ok().and_then(content::told_bytes).unwrap_or(2048);
        let by_offset = told_start.and_then(|start| u64::try_from(start).ok()).map(|start| start * u64::from(bytes));
        let agrees = |told: i32| [start.0, start.0 - PREGAP_SECTORS, start.0 + PREGAP_SECTORS].contains(&told);
        if told_start.is_some_and(|told| !agrees(told)) && by_offset != Some(told.offset) {
            let text = format!("the {} chunk starts track {} at {}", self.chunk.name(), self.number, told_start.unwrap_or(0));
            image.oddity(format!("{text}; by the lengths before it, it is LBA {start}"));
        }
        Ok((gap, start))
    }
}
