//! What must hold of a disc before anyone reads it.

use crate::disc::{DiscParts, Extent, Place};
use crate::error::{At, Error, Result};
use crate::form::Main;
use crate::toc::{Session, Toc, Track};
use discconv_sector::Lba;

/// The lead-in of a disc begins at LBA -45150; far below it there is nothing.
const LOWEST: Lba = Lba(-(1 << 20));
/// The end of a medium with raw sectors: the header of a sector can say no more than MSF 159:59:74 (F9h in BCD).
const HIGHEST_RAW: Lba = Lba(719_850);
/// Two TiB of 2048-byte sectors, twenty times the largest disc. Any two addresses in between are less than `i32::MAX`
/// apart, so that they can be subtracted and shifted without a thought.
const HIGHEST: Lba = Lba(1 << 30);

/// All rules of [`crate::Disc::new`].
pub(crate) fn parts(file: &str, parts: &DiscParts) -> Result<()> {
    check_bounds(file, parts)?;
    check_toc(file, &parts.toc)?;
    check_extents(file, parts)?;
    check_cover(file, parts)?;
    check_digests(file, parts)
}

/// Every address of the tables lies where sectors can be.
fn check_bounds(file: &str, parts: &DiscParts) -> Result<()> {
    let highest = if parts.toc.media.has_raw() { HIGHEST_RAW } else { HIGHEST };
    let tracks = parts.toc.tracks().flat_map(|track| track.indexes.iter().map(|(_, lba)| *lba).chain([track.end]));
    let lead_outs = parts.toc.sessions.iter().map(|session| session.lead_out);
    let extents = parts.extents.iter().flat_map(|extent| [extent.lbas.start, extent.lbas.end]);
    match tracks.chain(lead_outs).chain(extents).find(|lba| !(LOWEST..=highest).contains(lba)) {
        Some(lba) => Err(Error::Limit {
            file: file.to_owned(),
            at: At::Lba(lba),
            found: format!("LBA {lba}"),
            limit: format!("LBA {highest}"),
        }),
        None => Ok(()),
    }
}

fn bad(file: &str, lba: Lba, found: String, expected: &str) -> Error {
    Error::malformed(file, At::Lba(lba), found, expected)
}

fn check_toc(file: &str, toc: &Toc) -> Result<()> {
    let Some(first) = toc.tracks().next() else {
        return Err(Error::malformed(file, At::Whole, "no track", "at least one track"));
    };
    let mut last: Option<(u8, Lba)> = None;
    let mut free_from = LOWEST;
    for session in &toc.sessions {
        check_session(file, session, &mut last, free_from)?;
        free_from = session.lead_out;
    }
    if first.number == 0 || last.is_some_and(|(number, _)| number > 99) {
        return Err(bad(file, first.start(), "a track number outside 1 to 99".to_owned(), "1 to 99"));
    }
    Ok(())
}

/// `last` is the number and the end of the track before.
fn check_session(file: &str, session: &Session, last: &mut Option<(u8, Lba)>, free_from: Lba) -> Result<()> {
    let (Some(first), Some(end)) = (session.tracks.first(), session.tracks.last().map(|track| track.end)) else {
        return Err(Error::malformed(file, At::Whole, "a session without tracks", "at least one track in each session"));
    };
    for track in &session.tracks {
        check_track(file, track)?;
        check_order(file, track, *last)?;
        *last = Some((track.number, track.end));
    }
    if first.first() < free_from {
        let found = format!("a session before the lead-out of the one before it (LBA {free_from})");
        return Err(bad(file, first.first(), found, "sessions that do not overlap"));
    }
    if session.lead_out < end {
        let found = format!("a lead-out before the last track's end (LBA {end})");
        return Err(bad(file, session.lead_out, found, "the lead-out behind the last track"));
    }
    Ok(())
}

fn check_order(file: &str, track: &Track, last: Option<(u8, Lba)>) -> Result<()> {
    let Some((number, end)) = last else { return Ok(()) };
    if track.number <= number {
        let found = format!("track {} after track {number}", track.number);
        return Err(bad(file, track.start(), found, "ascending track numbers"));
    }
    if track.first() < end {
        let found = format!("track {} before the end of track {number} (LBA {end})", track.number);
        return Err(bad(file, track.first(), found, "tracks that do not overlap"));
    }
    Ok(())
}

fn check_track(file: &str, track: &Track) -> Result<()> {
    let number = track.number;
    if !track.indexes.iter().any(|(index, _)| *index == 1) {
        return Err(bad(file, track.first(), format!("track {number} without INDEX 01"), "INDEX 01 in every track"));
    }
    let ascending = track.indexes.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
    if !ascending {
        return Err(bad(file, track.first(), format!("indexes of track {number} out of order"), "ascending indexes"));
    }
    if track.indexes.last().is_some_and(|(index, lba)| *index > 99 || *lba > track.end) || track.start() >= track.end {
        return Err(bad(
            file,
            track.start(),
            format!("track {number} ends at LBA {}", track.end),
            "an end behind its last index",
        ));
    }
    Ok(())
}

fn check_extents(file: &str, parts: &DiscParts) -> Result<()> {
    let mut end = Lba(i32::MIN);
    for extent in &parts.extents {
        if extent.lbas.start >= extent.lbas.end || extent.lbas.start < end {
            return Err(bad(
                file,
                extent.lbas.start,
                format!("a run of sectors to LBA {} in disorder", extent.lbas.end),
                "ascending runs",
            ));
        }
        end = extent.lbas.end;
        if extent.sub.is_some_and(|place| place.form.sub.is_none()) {
            return Err(bad(file, extent.lbas.start, "a subchannel file without subchannel".to_owned(), "subchannel records"));
        }
        for place in [extent.main, extent.sub].into_iter().flatten() {
            check_place(file, parts, extent, &place)?;
        }
        let raw_audio = extent.main.is_none_or(|place| place.form.is_raw() || place.form.main == Main::None);
        if extent.mode.is_audio() && !raw_audio {
            return Err(bad(file, extent.lbas.start, "audio that is not stored as 2352 bytes a sector".to_owned(), "2352 bytes"));
        }
    }
    Ok(())
}

fn check_place(file: &str, parts: &DiscParts, extent: &Extent, place: &Place) -> Result<()> {
    let form = &place.form;
    let source = usize::try_from(place.source.0).ok().and_then(|index| parts.sources.get(index));
    let (Some(source), true) = (source, form.is_sound()) else {
        return Err(bad(file, extent.lbas.start, format!("records of {form}"), "a known sector layout"));
    };
    let last = u64::from(extent.sectors() - 1)
        .checked_mul(u64::from(form.stride))
        .and_then(|bytes| bytes.checked_add(form.used() as u64));
    let end = last.and_then(|bytes| bytes.checked_add(place.offset));
    if end.is_none_or(|end| end > source.len()) {
        let found = format!("{} bytes", source.len());
        let expected = format!(
            "{} sectors of {} bytes from byte {:#X} (LBA {} on)",
            extent.sectors(),
            form.stride,
            place.offset,
            extent.lbas.start
        );
        return Err(Error::malformed(source.name(), At::Byte(source.len()), found, expected)
            .with_hint("the file is cut, or its description belongs to another one"));
    }
    Ok(())
}

fn check_cover(file: &str, parts: &DiscParts) -> Result<()> {
    for track in parts.toc.tracks() {
        let mut at = track.first();
        let from = parts.extents.partition_point(|extent| extent.lbas.end <= at);
        for extent in &parts.extents[from..] {
            if at >= track.end || extent.lbas.start > at {
                break;
            }
            if extent.mode.is_audio() != track.mode.is_audio()
                && extent.lbas.end > track.start()
                && extent.lbas.start < track.end
                && extent.main.is_some()
            {
                let found = format!("{} sectors in track {} ({})", extent.mode.name(), track.number, track.mode.name());
                return Err(bad(file, extent.lbas.start, found, "sectors of the track's mode"));
            }
            at = extent.lbas.end;
        }
        if at < track.end {
            return Err(bad(file, at, format!("no sectors here, in track {}", track.number), "sectors up to the track's end"));
        }
    }
    Ok(())
}

fn check_digests(file: &str, parts: &DiscParts) -> Result<()> {
    for check in &parts.checks {
        let source = usize::try_from(check.source.0).ok().and_then(|index| parts.sources.get(index));
        let inside = source.is_some_and(|source| check.range.end <= source.len());
        if !inside || check.range.start > check.range.end {
            let name = source.map_or(file, |source| source.name());
            let found = format!("a checksum of bytes {:#X} to {:#X}", check.range.start, check.range.end);
            return Err(Error::malformed(name, At::Byte(check.range.start), found, "a range inside the file"));
        }
    }
    Ok(())
}
