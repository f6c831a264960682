//! What of a disc the lines of its tracks cannot say.

use crate::meta::{Private, SessionFact, TrackFacts};
use crate::target::TargetTrack;
use discconv_core::{Disc, Extra, Lba, Media, SessionKind, Toc};

/// Extras are sheets and the like. What is larger altogether is left out: metadata is read whole.
const MOST_EXTRA_BYTES: usize = 4 << 20;

/// The facts about `disc`; none for one that needs none.
pub(crate) fn of(disc: &Disc, tracks: &[TargetTrack]) -> Private {
    let toc = disc.toc();
    let mut private = Private { mcn: toc.mcn.clone(), cd_text: toc.cd_text.clone(), ..Private::default() };
    let mut free_from = Lba::ZERO;
    for (track, target) in toc.tracks().zip(tracks) {
        let mut facts = TrackFacts { isrc: track.isrc.clone(), control: track.control, ..TrackFacts::default() };
        facts.number = (track.number != target.line.number).then_some(track.number);
        facts.indexes = track.indexes.iter().copied().filter(|(index, _)| *index > 1).collect();
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
    private.extras = kept_extras(disc).cloned().collect();
    private
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
