//! In what two tables of contents differ.

use crate::toc::{Session, SessionKind, Toc, Track, TrackMode};
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
            if with_mode { differ(&kind, kind_name(a.kind), kind_name(b.kind)) } else { None }
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

fn indexes(track: &Track) -> String {
    track.indexes.iter().map(|(number, lba)| format!("{number:02}@{lba}")).collect::<Vec<_>>().join(" ")
}

fn flags(track: &Track) -> String {
    let names = track.control.names();
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}

fn kind_name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::CdRom => "CD-DA or CD-ROM",
        SessionKind::CdI => "CD-i",
        SessionKind::Xa => "CD-ROM XA",
    }
}
