//! The two seconds before LBA 0: every disc has them, few images store them, and hardly ever is there anything in them.

use crate::blank::{is_blank, is_zero};
use crate::disc::{Disc, Extent, Note};
use crate::error::Result;
use crate::form::{Form, Main};
use crate::frame;
use crate::plan::Piece;
use crate::read::Scratch;
use crate::subview;
use crate::toc::{Toc, TrackMode};
use discconv_sector::{Lba, PREGAP_SECTORS, RAW, USER};
use std::ops::Range;

/// The sectors before LBA 0 that every disc has.
pub const PAUSE: Range<Lba> = Lba(-PREGAP_SECTORS)..Lba::ZERO;

/// Is there nothing in those of `lbas` that are stored, as far as records of `form` keep it?
///
/// # Errors
/// Reading.
pub fn is_blank_as(disc: &Disc, lbas: Range<Lba>, form: &Form) -> Result<bool> {
    let mut sector = [0; RAW];
    let mut scratch = Scratch::default();
    for (lbas, extent) in disc.extents_in(lbas) {
        let Some(place) = extent.main else { continue };
        let user = [form.main, place.form.main].contains(&Main::User) || !disc.toc().media.has_raw();
        for lba in (lbas.start.0..lbas.end.0).map(Lba) {
            let blank = if user {
                disc.read_cut(lba, &Form::USER, &mut scratch, &mut sector[..USER])?;
                is_zero(&sector[..USER])
            } else {
                disc.read_cut(lba, &Form::RAW, &mut scratch, &mut sector)?;
                is_blank(&sector)
            };
            if !blank {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The disc as a reader found it; what it stores of the pause before LBA 0 is INDEX 00 of track 1 if there is anything in it.
///
/// # Errors
/// Reading the pause. `file` names the image.
pub fn with_pause(file: &str, disc: Disc) -> Result<Disc> {
    let Some((first, place)) = disc.extents().first().and_then(|extent| Some((extent.lbas.start, extent.main?))) else {
        return Ok(disc);
    };
    if first >= PAUSE.end || is_blank_as(&disc, PAUSE, &place.form)? {
        return Ok(disc);
    }
    let mut parts = disc.into_parts();
    if let Some(track) = parts.toc.sessions.first_mut().and_then(|session| session.tracks.first_mut()) {
        track.set_first(first);
    }
    parts.notes.push(Note::oddity(format!("{file}: the pause before LBA 0 is not blank, and is kept as INDEX 00 of track 1")));
    Disc::new(file, parts)
}

/// Records of blank sectors that are in no extent of a disc, where a format wants them stored; none for none. They are made
/// in memory: this is for the pause, not for gaps of any length.
#[must_use]
pub fn blank_piece(toc: &Toc, mode: TrackMode, lbas: Range<Lba>, form: &Form) -> Option<Piece> {
    let gap = Extent::gap(lbas.clone(), mode);
    let (mut raw, mut records) = ([0; RAW], Vec::new());
    for lba in (lbas.start.0..lbas.end.0).map(Lba) {
        let at = records.len();
        if let Main::Frame(start, end) = form.main {
            frame::complete(&gap, lba, None, &mut raw);
            records.extend(&raw[usize::from(start)..usize::from(end)]);
        }
        records.resize(at + form.record(), 0);
        if let Some(coding) = form.sub {
            let sub = at + form.main.len();
            subview::put(toc, lba, None, coding, &mut records[sub..sub + coding.bytes()]);
        }
    }
    match is_zero(&records) {
        _ if records.is_empty() => None,
        true => Some(Piece::Zeros(records.len() as u64)),
        false => Some(Piece::Bytes(records)),
    }
}
