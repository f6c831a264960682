//! A sheet in a few lines, for tests and for people.

use crate::sheet::{Sheet, SheetSession, SheetTrack};
use std::fmt::Write as _;

/// A sheet as text that a person can check by eye.
#[must_use]
pub fn outline(sheet: &Sheet) -> String {
    let mut out = String::new();
    if let Some(mcn) = &sheet.catalog {
        let _ = writeln!(out, "catalog {mcn}");
    }
    if let Some((_, name)) = &sheet.cd_text_file {
        let _ = writeln!(out, "cd-text file {name:?}");
    }
    for ((kind, track), text) in &sheet.texts {
        let _ = writeln!(out, "text {track:02} {kind:?} {text:?}");
    }
    for (number, file) in (1..).zip(&sheet.files) {
        let _ = writeln!(out, "file {number} {} {:?}", file.kind.word(), file.name);
    }
    let mut session = usize::MAX;
    for track in &sheet.tracks {
        if track.session != session && sheet.sessions.len() > 1 {
            session = track.session;
            let _ = writeln!(out, "{}", session_line(session + 1, &sheet.sessions[session]));
        }
        let _ = writeln!(out, "{}", track_line(track));
    }
    for note in &sheet.notes {
        let _ = writeln!(out, "note: {}", note.text);
    }
    out
}

fn session_line(number: usize, session: &SheetSession) -> String {
    let mut out = format!("session {number}");
    if session.high_density {
        out += " high density";
    }
    for (what, sectors) in [("lead-in", session.lead_in), ("pregap", session.pregap), ("lead-out", session.lead_out)] {
        if let Some(sectors) = sectors {
            let _ = write!(out, " {what} {sectors}");
        }
    }
    out
}

fn track_line(track: &SheetTrack) -> String {
    let mut out = format!("track {:02} {}", track.number, track.kind.word());
    if track.pregap > 0 {
        let _ = write!(out, " pregap {}", track.pregap);
    }
    let mut file = usize::MAX;
    for index in &track.indexes {
        if index.file != file {
            file = index.file;
            let _ = write!(out, " in {}:", file + 1);
        }
        let _ = write!(out, " {:02}@{}", index.number, index.at);
    }
    if track.postgap > 0 {
        let _ = write!(out, " postgap {}", track.postgap);
    }
    for flag in track.control.names() {
        let _ = write!(out, " {flag}");
    }
    if let Some(isrc) = &track.isrc {
        let _ = write!(out, " isrc {isrc}");
    }
    out
}
