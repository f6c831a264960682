//! Which tracks are a session.

use crate::meta::{Private, SessionFact};
use discconv_core::{Lba, Note, Session, SessionKind, Track};

/// Where the high-density area of a GD-ROM begins.
const HIGH_DENSITY: i64 = discconv_core::gd::HIGH_DENSITY.0 as i64;

/// Is that where an area begins, so that a gap before it belongs to no track?
pub(crate) fn begins_area(lba: i64) -> bool {
    lba == 0 || lba == HIGH_DENSITY
}

/// The sessions of `tracks`, which have the numbers `told` in their lines. What the private facts say counts where it can
/// be; else the areas of a GD-ROM are sessions, and a CD has one.
pub(crate) fn of(
    file: &str,
    told: &[u8],
    tracks: Vec<Track>,
    private: &Private,
    is_gd: bool,
    notes: &mut Vec<Note>,
) -> Vec<Session> {
    let mut tracks = numbered(file, told, tracks, notes);
    if !private.sessions.is_empty() {
        match by_facts(told, &tracks, &private.sessions) {
            Some(sessions) => return sessions,
            None => notes.push(Note::oddity(format!("{file}: the sessions that it remembers do not fit its tracks; left aside"))),
        }
    }
    let high = tracks.iter().position(|track| i64::from(track.start().0) >= HIGH_DENSITY).filter(|at| is_gd && *at > 0);
    let later = high.map(|at| tracks.split_off(at));
    [Some(tracks), later].into_iter().flatten().map(|tracks| session(SessionKind::default(), tracks, None)).collect()
}

fn session(kind: SessionKind, tracks: Vec<Track>, lead_out: Option<Lba>) -> Session {
    let end = tracks.last().map_or(Lba::ZERO, |track| track.end);
    Session { kind, tracks, lead_out: lead_out.unwrap_or(end) }
}

/// The numbers that tracks have on the disc, if they can have them.
fn numbered(file: &str, told: &[u8], mut tracks: Vec<Track>, notes: &mut Vec<Note>) -> Vec<Track> {
    if !tracks.windows(2).all(|pair| pair[0].number < pair[1].number) {
        notes.push(Note::oddity(format!("{file}: the track numbers that it remembers do not ascend; left aside")));
        tracks.iter_mut().zip(told).for_each(|(track, told)| track.number = *told);
    }
    tracks
}

/// The sessions as they are said to be; `None` if that cannot be.
fn by_facts(told: &[u8], tracks: &[Track], facts: &[SessionFact]) -> Option<Vec<Session>> {
    let starts: Vec<usize> =
        facts.iter().map(|fact| told.iter().position(|number| *number == fact.first_track)).collect::<Option<_>>()?;
    if starts.first() != Some(&0) {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([tracks.len()]);
    let mut sessions = Vec::new();
    for ((fact, start), end) in facts.iter().zip(&starts).zip(ends) {
        let own = tracks.get(*start..end).filter(|own| !own.is_empty())?;
        let room = tracks.get(end).map_or(Lba(i32::MAX), Track::first);
        let last = own.last().map_or(room, |track| track.end);
        if fact.lead_out < last || fact.lead_out > room {
            return None;
        }
        sessions.push(session(fact.kind, own.to_vec(), Some(fact.lead_out)));
    }
    Some(sessions)
}
