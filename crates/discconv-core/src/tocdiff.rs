//! In what two tables of contents differ.

use crate::toc::{Session, SessionKind, Toc, Track, TrackMode};
use discconv_sector::Lba;
use std::fmt::Display;

/// In what two tables of contents differ, as a clause for people; `None` if they are the same. Data modes, and what the
/// lead-ins say of the sort of disc, are compared only if `with_mode`.
#[must_use]
pub fn toc_difference(a: &Toc, b: &Toc, with_mode: bool) -> Option<String> {
    differ("media", a.media.name(), b.media.name())
        .or_else(|| differ("number of sessions", a.sessions.len(), b.sessions.len()))
        .or_else(|| {
            let mut sessions = a.sessions.iter().zip(&b.sessions).zip(1..);
            sessions.find_map(|((a, b), number)| session_difference(number, a, b, with_mode))
        })
        .or_else(|| differ("catalogue number", or_none(&a.mcn), or_none(&b.mcn)))
        .or_else(|| (a.cd_text != b.cd_text).then(|| "CD-TEXT differs".to_owned()))
}

fn session_difference(number: u32, a: &Session, b: &Session, with_mode: bool) -> Option<String> {
    differ(&format!("tracks of session {number}"), a.tracks.len(), b.tracks.len())
        .or_else(|| a.tracks.iter().zip(&b.tracks).find_map(|(a, b)| track_difference(a, b, with_mode)))
        .or_else(|| differ(&format!("lead-out of session {number}"), a.lead_out, b.lead_out))
        .or_else(|| {
            let kind = format!("kind of session {number}");
            if with_mode { differ(&kind, kind_name(a), kind_name(b)) } else { None }
        })
}

fn track_difference(a: &Track, b: &Track, with_mode: bool) -> Option<String> {
    let mode_class = |mode: TrackMode| if with_mode || mode.is_audio() { mode } else { TrackMode::Mode1 };
    let rows = [
        ("number", a.number.to_string(), b.number.to_string()),
        ("mode", mode_class(a.mode).name().to_owned(), mode_class(b.mode).name().to_owned()),
        ("indexes", indexes(a), indexes(b)),
        ("end", a.end.to_string(), b.end.to_string()),
        ("flags", flags(a), flags(b)),
        ("ISRC", or_none(&a.isrc), or_none(&b.isrc)),
    ];
    rows.into_iter().find_map(|(what, mine, other)| differ(&format!("track {}, {what}", a.number), mine, other))
}

fn differ(what: &str, a: impl Display, b: impl Display) -> Option<String> {
    // Both are shown by the same code, so equal texts are equal values.
    let (a, b) = (a.to_string(), b.to_string());
    (a != b).then(|| format!("{what}: {a} and {b}"))
}

fn or_none(value: &Option<impl Display>) -> String {
    value.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
}

/// The indexes of a track. The pause before LBA 0 is on every disc, so it does not matter whether somebody speaks of it: a
/// pregap that begins there begins at LBA 0. What is stored there is for those who compare sectors.
fn indexes(track: &Track) -> String {
    let start = track.start();
    let told = track.indexes.iter().map(|(number, lba)| match number {
        0 if start >= Lba::ZERO => (0, (*lba).max(Lba::ZERO)),
        _ => (*number, *lba),
    });
    let told = told.filter(|(number, lba)| *number > 0 || *lba < start);
    told.map(|(number, lba)| format!("{number:02}@{lba}")).collect::<Vec<_>>().join(" ")
}

fn flags(track: &Track) -> String {
    let names = track.control.names();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

/// What the lead-in says, or would: sheets have no word for XA, but Mode 2 on a disc that is no CD-i means it.
fn kind_name(session: &Session) -> &'static str {
    let mode2 = |track: &Track| track.mode == TrackMode::Mode2;
    match session.kind {
        SessionKind::CdRom if session.tracks.iter().any(mode2) => "CD-ROM XA",
        SessionKind::CdRom => "CD-DA or CD-ROM",
        SessionKind::CdI => "CD-i",
        SessionKind::Xa => "CD-ROM XA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toc::Media;

    #[test]
    fn mode_2_means_xa_whoever_says_so() {
        let mut said = Toc::single_data(Media::Cd, TrackMode::Mode2, 100);
        let unsaid = said.clone();
        said.sessions[0].kind = SessionKind::Xa;
        assert_eq!(toc_difference(&said, &unsaid, true), None);
        said.sessions[0].kind = SessionKind::CdI;
        assert_eq!(toc_difference(&said, &unsaid, true).as_deref(), Some("kind of session 1: CD-i and CD-ROM XA"));
    }

    #[test]
    fn the_pause_before_lba_0_need_not_be_told() {
        let disc = |indexes: &[(u8, i32)]| {
            let mut toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 100);
            toc.sessions[0].tracks[0].indexes = indexes.iter().map(|(number, lba)| (*number, Lba(*lba))).collect();
            toc
        };
        let untold = disc(&[(1, 0)]);
        assert_eq!(toc_difference(&disc(&[(0, -150), (1, 0)]), &untold, true), None);
        assert_eq!(toc_difference(&untold, &disc(&[(0, -32), (1, 0)]), true), None);
        // Hidden track one audio is another matter.
        let hidden = toc_difference(&disc(&[(0, 0), (1, 40)]), &disc(&[(1, 40)]), true);
        assert_eq!(hidden.as_deref(), Some("track 1, indexes: 00@0 01@40 and 01@40"));
        // It may have the pause before it, or not.
        assert_eq!(toc_difference(&disc(&[(0, -150), (1, 40)]), &disc(&[(0, 0), (1, 40)]), true), None);
        assert!(toc_difference(&disc(&[(0, -150), (1, 40)]), &disc(&[(1, 40)]), true).is_some());
    }
}
