//! Discs and plans as text that a person can check by eye; tests snapshot it.

use crate::disc::{Disc, NoteKind, Place};
use crate::plan::{DroppedWhat, Part, Piece, Plan};
use crate::toc::{SessionKind, Toc};
use std::fmt::Write as _;

/// A disc: sessions, tracks, extents, notes.
#[must_use]
pub fn disc(disc: &Disc) -> String {
    let mut text = toc(disc.toc());
    for extent in disc.extents() {
        let _ = write!(text, "extent {}..{} {}", extent.lbas.start, extent.lbas.end, extent.mode.name());
        match &extent.main {
            Some(place) => text += &place_text(disc, place),
            None => text += " gap in no file",
        }
        if let Some(place) = &extent.sub {
            let _ = write!(text, ", sub{}", place_text(disc, place));
        }
        text.push('\n');
    }
    for note in disc.notes() {
        let kind = if note.kind == NoteKind::Damage { "damage" } else { "note" };
        let _ = writeln!(text, "{kind}: {}", note.text);
    }
    text
}

fn place_text(disc: &Disc, place: &Place) -> String {
    let name =
        usize::try_from(place.source.0).ok().and_then(|index| disc.sources().get(index)).map_or("?", |source| source.name());
    let bare = name.rsplit('/').next().unwrap_or(name);
    format!(" in {bare:?} at {:#X} as {}", place.offset, place.form)
}

/// A table of contents.
#[must_use]
pub fn toc(toc: &Toc) -> String {
    let mut text = format!("media {}\n", toc.media.name());
    if let Some(mcn) = &toc.mcn {
        let _ = writeln!(text, "mcn {mcn}");
    }
    if let Some(cd_text) = &toc.cd_text {
        let _ = writeln!(text, "cd-text {} blocks, {} packs", cd_text.blocks.len(), cd_text.packs.len());
        for ((kind, track), value) in cd_text.blocks.iter().flat_map(|block| &block.texts) {
            let _ = writeln!(text, "  {kind:?} {track:02} {value:?}");
        }
    }
    for (index, session) in toc.sessions.iter().enumerate() {
        let kind = match session.kind {
            SessionKind::CdRom => "",
            SessionKind::CdI => " cd-i",
            SessionKind::Xa => " xa",
        };
        let _ = writeln!(text, "session {}{kind} lead-out {}", index + 1, session.lead_out);
        for track in &session.tracks {
            let indexes: Vec<String> = track.indexes.iter().map(|(number, lba)| format!("{number:02}@{lba}")).collect();
            let _ = write!(text, "  track {:02} {} {} end {}", track.number, track.mode.name(), indexes.join(" "), track.end);
            let flags = track.control.names().join(" ");
            if !flags.is_empty() {
                let _ = write!(text, " [{flags}]");
            }
            if let Some(isrc) = &track.isrc {
                let _ = write!(text, " isrc {isrc}");
            }
            text.push('\n');
        }
    }
    text
}

/// A plan: files with their pieces, losses, what must come out.
#[must_use]
pub fn plan(plan: &Plan) -> String {
    let mut text = format!("format {}\n", plan.format);
    for file in &plan.files {
        let _ = writeln!(
            text,
            "file {:?} {} bytes {:?}",
            file.name,
            file.len().map_or("coded".to_owned(), |len| len.to_string()),
            file.role
        );
        for part in &file.parts {
            match part {
                Part::Plain(piece) => {
                    let _ = writeln!(text, "  {}", piece_text(piece));
                }
                Part::Align(unit) => {
                    let _ = writeln!(text, "  zeros to a multiple of {unit}");
                }
                Part::Blocks { input, block_bytes, .. } => {
                    let _ = writeln!(text, "  blocks of {block_bytes} bytes of");
                    input.iter().for_each(|piece| text += &format!("    {}\n", piece_text(piece)));
                }
            }
        }
    }
    for loss in &plan.losses {
        let _ = writeln!(text, "loses {loss}");
    }
    for dropped in &plan.dropped {
        let what = match dropped.what {
            DroppedWhat::Gap => "gap",
            DroppedWhat::Subchannel => "subchannel",
        };
        let _ = writeln!(text, "drops {what} {}..{}", dropped.lbas.start, dropped.lbas.end);
    }
    for note in &plan.notes {
        let _ = writeln!(text, "note: {note}");
    }
    for expected in &plan.discs {
        for run in &expected.runs {
            let _ = writeln!(text, "proves {} sectors at {} from {} as {}", run.sectors, run.at, run.from, run.form);
        }
        text += &toc(&expected.toc);
    }
    text
}

fn piece_text(piece: &Piece) -> String {
    match piece {
        Piece::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if text.len() < 4000 => format!("text {text:?}"),
            _ => format!("{} bytes", bytes.len()),
        },
        Piece::Zeros(len) => format!("{len} zeros"),
        Piece::Copy { source, range, .. } => format!("copy source {} {:#X}..{:#X}", source.0, range.start, range.end),
        Piece::Sectors { lbas, form, .. } => format!("sectors {}..{} as {form}", lbas.start, lbas.end),
    }
}
