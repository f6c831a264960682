//! What the table of contents says, as far as it can be believed.

use crate::wire::{
    BLOCK_SECTORS, FIRST_TRACK, LAST_TRACK, LENGTH, TOC_AT, TOC_ENTRIES, TOC_ENTRY, TocEntry, from_bcd, lba, parse,
};
use discconv_core::{Lba, SessionKind};
use discconv_sector::{MAX_CD_SECTORS, Msf, PREGAP_SECTORS};

/// A disc as its table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) kind: SessionKind,
    /// Ascending, at least one; the first begins at LBA 0, with a pregap or without.
    pub(crate) tracks: Vec<ToldTrack>,
    /// Where the last track ends.
    pub(crate) end: Lba,
    /// Does the end come from the table, rather than from the blocks?
    pub(crate) end_told: bool,
    /// What was not believed, as clauses.
    pub(crate) doubts: Vec<String>,
}

/// A track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ToldTrack {
    pub(crate) number: u8,
    /// The control nibble of Q.
    pub(crate) control: u8,
    /// INDEX 00, or INDEX 01 where there is no pregap.
    pub(crate) first: Lba,
    /// INDEX 01.
    pub(crate) start: Lba,
}

/// Bit 2 of the control nibble: data.
pub(crate) const DATA_BIT: u8 = 4;

/// The entries of the table, from the head of a disc.
pub(crate) fn entries(head: &[u8]) -> Vec<TocEntry> {
    let table = head.get(TOC_AT..TOC_AT + TOC_ENTRIES * TOC_ENTRY).unwrap_or_default();
    table.chunks_exact(TOC_ENTRY).filter_map(parse).collect()
}

/// What `entries` say of a disc of which `blocks` are stored.
pub(crate) fn tell(entries: &[TocEntry], blocks: u32) -> Told {
    let mut doubts = Vec::new();
    let stored = blocks.saturating_mul(BLOCK_SECTORS);
    let length = point(entries, 2, LENGTH).and_then(|entry| Msf::from_bcd(entry.start)).map(Msf::to_frames);
    let tracks = tracks(entries, &mut doubts).unwrap_or_else(|doubt| {
        doubts.push(format!("{doubt}; the disc is read as one data track"));
        vec![ToldTrack { number: 1, control: DATA_BIT, first: Lba::ZERO, start: Lba::ZERO }]
    });
    let last = tracks.last().map_or(Lba::ZERO, |track| track.start);
    let (end, end_told) = end(length, stored, last);
    let kind = point(entries, 0, FIRST_TRACK).map_or(SessionKind::Xa, |entry| SessionKind::from_disc_type(entry.start[1]));
    Told { kind, tracks, end, end_told, doubts }
}

/// The entry at `place`, if it has that point.
fn point(entries: &[TocEntry], place: usize, point: u8) -> Option<&TocEntry> {
    entries.get(place).filter(|entry| entry.point == point)
}

/// Where the disc ends, and whether the table says so.
///
/// It counts the sectors that are stored, or is an address, which is 150 more, or a constant. Either way the true one falls into
/// the last block.
fn end(length: Option<u32>, stored: u32, last: Lba) -> (Lba, bool) {
    let pause = PREGAP_SECTORS.unsigned_abs();
    let in_last_block = |sectors: &u32| *sectors <= stored && stored - sectors < BLOCK_SECTORS && address(*sectors) > last;
    let told = length.and_then(|length| [Some(length), length.checked_sub(pause)].into_iter().flatten().find(in_last_block));
    match (told, address(stored)) {
        (Some(sectors), _) => (address(sectors), true),
        (None, stored) if stored > last => (stored, false),
        // Tracks that are not stored: the last of them ends where the table says.
        (None, stored) => {
            let told = length.map(address).filter(|end| *end > last && end.0 <= MAX_CD_SECTORS);
            (told.unwrap_or(stored), told.is_some())
        }
    }
}

fn address(sectors: u32) -> Lba {
    Lba(i32::try_from(sectors).unwrap_or(i32::MAX))
}

/// The tracks in their order.
///
/// # Errors
/// Why none of it can be believed, as a clause.
fn tracks(entries: &[TocEntry], doubts: &mut Vec<String>) -> Result<Vec<ToldTrack>, String> {
    let pointed = point(entries, 0, FIRST_TRACK).zip(point(entries, 1, LAST_TRACK));
    let listed = if pointed.is_some() { entries.get(3..).unwrap_or_default() } else { entries };
    let mut listed: Vec<&TocEntry> = listed.iter().take_while(|entry| entry.track().is_some()).collect();
    if let Some((first, last)) = pointed {
        let count = count(first.start[0], last.start[0])?;
        if count > listed.len() {
            return Err(format!("the table of contents speaks of {count} tracks and has {}", listed.len()));
        }
        listed.truncate(count);
    }
    let mut tracks: Vec<ToldTrack> = Vec::new();
    for entry in listed {
        let track = track(entry, tracks.last(), doubts)?;
        tracks.push(track);
    }
    if tracks.is_empty() { Err("the table of contents has no track".to_owned()) } else { Ok(tracks) }
}

/// How many tracks there are between the first and the last one, which are BCD.
fn count(first: u8, last: u8) -> Result<usize, String> {
    match (from_bcd(first), from_bcd(last)) {
        (Some(first), Some(last)) if 0 < first && first <= last => Ok(usize::from(last - first) + 1),
        _ => Err(format!("the table of contents calls its tracks {first:02X}h to {last:02X}h")),
    }
}

/// A track, which comes after `before`.
fn track(entry: &TocEntry, before: Option<&ToldTrack>, doubts: &mut Vec<String>) -> Result<ToldTrack, String> {
    let number = entry.track().unwrap_or_default();
    let start = lba(entry.start).filter(|start| before.map_or(*start >= Lba::ZERO, |before| *start > before.start));
    let in_order = before.is_none_or(|before| before.number < number);
    let Some(start) = start.filter(|_| in_order) else {
        let [m, s, f] = entry.start;
        return Err(format!("the table of contents has track {number} at {m:02X}:{s:02X}:{f:02X}, out of order"));
    };
    let first = match before {
        // The file begins at LBA 0, whatever is said of what comes before; popstation says 00:02:01.
        None => Lba::ZERO,
        Some(before) => match lba(entry.pregap) {
            Some(first) if (before.start + 1..=start).contains(&first) => first,
            // Nothing is said.
            _ if entry.pregap == [0; 3] => start,
            _ => {
                let [m, s, f] = entry.pregap;
                doubts.push(format!("INDEX 00 of track {number} at {m:02X}:{s:02X}:{f:02X} is not before its INDEX 01"));
                start
            }
        },
    };
    Ok(ToldTrack { number, control: entry.control(), first, start })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn msf(frames: u32) -> [u8; 3] {
        Msf::from_frames(frames).map_or([0xFF; 3], Msf::to_bcd)
    }

    fn head(first: u8, last: u8, length: u32) -> Vec<TocEntry> {
        let point = |point, start| TocEntry::of_point(4, point, start);
        vec![point(0xA0, [first, 0x20, 0]), point(0xA1, [last, 0, 0]), point(0xA2, msf(length))]
    }

    fn track(control: u8, number: u8, pregap: u32, start: u32) -> TocEntry {
        TocEntry { pregap: msf(pregap), ..TocEntry::of_point(control, number, msf(start)) }
    }

    fn told(entries: &[TocEntry], blocks: u32) -> String {
        let told = tell(entries, blocks);
        let tracks: Vec<String> = told
            .tracks
            .iter()
            .map(|track| format!("{} {} {}..{}", track.number, track.control, track.first, track.start))
            .collect();
        let end = if told.end_told { "told" } else { "stored" };
        [vec![format!("end {} {end}", told.end)], tracks, told.doubts].concat().join("; ")
    }

    #[test]
    fn the_end_is_believed_where_it_falls_into_the_last_block() {
        let disc = |length, blocks| told(&[&head(1, 1, length)[..], &[track(4, 1, 0, 150)]].concat(), blocks);
        assert_eq!(disc(100, 7), "end 100 told; 1 4 0..0");
        assert_eq!(disc(112, 7), "end 112 told; 1 4 0..0");
        // An address.
        assert_eq!(disc(250, 7), "end 100 told; 1 4 0..0");
        // In the block before, behind the last, popstation's 27:19:22.
        assert_eq!(disc(96, 7), "end 112 stored; 1 4 0..0");
        assert_eq!(disc(113, 7), "end 112 stored; 1 4 0..0");
        assert_eq!(disc(122_947, 7), "end 112 stored; 1 4 0..0");
    }

    #[test]
    fn what_popstation_leaves_over_is_no_pregap() {
        let disc = |tracks: &[TocEntry], last| told(&[&head(1, last, 100)[..], tracks].concat(), 7);
        assert_eq!(disc(&[track(4, 1, 151, 150)], 1), "end 100 told; 1 4 0..0");
        assert_eq!(disc(&[track(4, 1, 150, 190)], 1), "end 100 told; 1 4 0..40");
        let first = track(4, 1, 0, 150);
        assert_eq!(disc(&[first, track(0, 2, 200, 210)], 2), "end 100 told; 1 4 0..0; 2 0 50..60");
        assert_eq!(disc(&[first, track(0, 2, 210, 210)], 2), "end 100 told; 1 4 0..0; 2 0 60..60");
        assert_eq!(disc(&[first, track(0, 2, 0, 210)], 2), "end 100 told; 1 4 0..0; 2 0 60..60");
        let said = "INDEX 00 of track 2 at 00:02:61 is not before its INDEX 01";
        assert_eq!(disc(&[first, track(0, 2, 211, 210)], 2), format!("end 100 told; 1 4 0..0; 2 0 60..60; {said}"));
    }

    #[test]
    fn tables_that_say_little_or_nonsense() {
        let one = "the disc is read as one data track";
        let first = track(4, 1, 0, 150);
        assert_eq!(told(&[], 7), format!("end 112 stored; 1 4 0..0; the table of contents has no track; {one}"));
        assert_eq!(told(&[first, track(0, 2, 200, 210)], 7), "end 112 stored; 1 4 0..0; 2 0 50..60");
        let head_of = |first, last| head(first, last, 100);
        let said = |entries: &[TocEntry]| told(entries, 7).strip_prefix("end 100 told; 1 4 0..0; ").unwrap_or("?").to_owned();
        assert_eq!(
            said(&[&head_of(1, 2)[..], &[first]].concat()),
            format!("the table of contents speaks of 2 tracks and has 1; {one}")
        );
        for (first_track, last) in [(2, 1), (0, 1), (0x1A, 0x20), (1, 0xFF)] {
            let text = format!("the table of contents calls its tracks {first_track:02X}h to {last:02X}h; {one}");
            assert_eq!(said(&[&head_of(first_track, last)[..], &[first]].concat()), text);
        }
        let out_of_order = [&head_of(1, 2)[..], &[first, track(0, 2, 0, 150)]].concat();
        assert_eq!(said(&out_of_order), format!("the table of contents has track 2 at 00:02:00, out of order; {one}"));
        let before_the_file = [&head_of(1, 1)[..], &[track(4, 1, 0, 149)]].concat();
        assert_eq!(said(&before_the_file), format!("the table of contents has track 1 at 00:01:74, out of order; {one}"));
        let no_bcd = [&head_of(1, 1)[..], &[TocEntry { start: [0, 0x0A, 0], ..first }]].concat();
        assert_eq!(said(&no_bcd), format!("the table of contents has track 1 at 00:0A:00, out of order; {one}"));
    }

    /// Sound that is kept elsewhere, as a real PSP wants it.
    #[test]
    fn tracks_behind_the_blocks_end_where_the_table_says() {
        let tracks = [track(4, 1, 0, 150), track(0, 2, 1000, 1150)];
        assert_eq!(told(&[&head(1, 2, 1500)[..], &tracks].concat(), 7), "end 1500 told; 1 4 0..0; 2 0 850..1000");
        assert_eq!(told(&[&head(1, 2, 900)[..], &tracks].concat(), 7), "end 112 stored; 1 4 0..0; 2 0 850..1000");
    }
}
