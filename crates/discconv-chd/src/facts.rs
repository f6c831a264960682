//! What of a disc the lines of its tracks cannot say.

use crate::meta::{Private, SessionFact, TrackFacts};
use crate::target::TargetTrack;
use discconv_core::{Disc, Extra, Lba, Media, SessionKind, Toc, Track};

/// Extras are sheets and the like. What is larger altogether is left out: metadata is read whole.
const MOST_EXTRA_BYTES: usize = 4 << 20;

/// The number by which the one track of sectors without frames is known, which has no line.
pub(crate) const ONLY: u8 = 1;

/// The facts about `disc`, whose tracks have lines; none for one that needs none.
pub(crate) fn of(disc: &Disc, tracks: &[TargetTrack]) -> Private {
    let toc = disc.toc();
    let mut private = of_whole(disc);
    let mut free_from = Lba::ZERO;
    for (track, target) in toc.tracks().zip(tracks) {
        let mut facts = of_track(track, target.line.number);
        let at = if target.line.pregap > 0 { track.first().max(free_from) } else { target.lbas.start };
        facts.at = (toc.media != Media::Gd && at != free_from).then_some(at);
        free_from = track.end;
        if facts != TrackFacts::default() {
            private.tracks.insert(target.line.number, facts);
        }
    }
    if says_sessions(toc) {
        private.sessions = sessions(toc, tracks);
    }
    private
}

/// The facts about a disc of one track that is nothing but sectors.
pub(crate) fn of_sectors(disc: &Disc) -> Private {
    let mut private = of_whole(disc);
    let facts = disc.toc().tracks().next().map(|track| of_track(track, ONLY));
    private.tracks.extend(facts.filter(|facts| *facts != TrackFacts::default()).map(|facts| (ONLY, facts)));
    private
}

fn of_whole(disc: &Disc) -> Private {
    let (mcn, cd_text) = (disc.toc().mcn.clone(), disc.toc().cd_text.clone());
    Private { mcn, cd_text, extras: kept_extras(disc).cloned().collect(), ..Private::default() }
}

/// What depends on nothing but the track; `known_as` is the number that its line has.
fn of_track(track: &Track, known_as: u8) -> TrackFacts {
    TrackFacts {
        number: (track.number != known_as).then_some(track.number),
        isrc: track.isrc.clone(),
        control: track.control,
        indexes: track.indexes.iter().copied().filter(|(index, _)| *index > 1).collect(),
        ..TrackFacts::default()
    }
}

/// Put `facts` into a track that has its sectors already; complaints about what cannot be of such a track.
pub(crate) fn put_into(track: &mut Track, facts: TrackFacts) -> Vec<String> {
    let (known_as, start, mut complaints) = (track.number, track.start(), Vec::new());
    for (index, lba) in facts.indexes {
        let last = track.indexes.last().map_or(start, |(_, lba)| *lba);
        if lba < last || lba >= track.end {
            complaints.push(format!("INDEX {index:02} of track {known_as} is said to be at LBA {lba}, outside of it; left out"));
        } else {
            track.indexes.push((index, lba));
        }
    }
    track.number = facts.number.unwrap_or(known_as);
    track.control = facts.control;
    track.isrc = facts.isrc;
    complaints
}

fn kept_extras(disc: &Disc) -> impl Iterator<Item = &Extra> {
    let mut room = MOST_EXTRA_BYTES;
    disc.extras().iter().filter(move |extra| match room.checked_sub(extra.bytes.len()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    })
}

/// Is there more to be said than that there is one session, which ends with its last track?
fn says_sessions(toc: &Toc) -> bool {
    let several = toc.sessions.len() > 1 && toc.media != Media::Gd;
    several
        || toc.sessions.iter().any(|session| {
            session.kind != SessionKind::default() || session.tracks.last().is_some_and(|track| track.end != session.lead_out)
        })
}

fn sessions(toc: &Toc, tracks: &[TargetTrack]) -> Vec<SessionFact> {
    let mut lines = tracks.iter().map(|track| track.line.number);
    let facts = toc.sessions.iter().filter_map(|session| {
        let first_track = lines.next()?;
        session.tracks.iter().skip(1).for_each(|_| {
            lines.next();
        });
        Some(SessionFact { first_track, lead_out: session.lead_out, kind: session.kind })
    });
    facts.collect()
}

/// A note of extras that are too large.
pub(crate) fn note(disc: &Disc) -> Option<String> {
    let left = disc.extras().len() - kept_extras(disc).count();
    (left > 0).then(|| format!("{left} of the files that the source remembers are too large for metadata and are left out"))
}
