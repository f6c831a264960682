//! What a conversion did, for people and for scripts.

use crate::conversion::{Done, Prepared};
use crate::errors::{loss_lines, losses_json};
use crate::job::Settings;
use crate::shown;
use discconv_core::{Disc, Form, Lba, Main, NoteKind, Part, Piece, PlannedFile};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// What is to be written, for `--dry-run`.
pub(crate) fn plan_text(prepared: &Prepared) -> String {
    let mut lines = vec![format!("{} -> {}", prepared.image.shown, prepared.plan.format)];
    lines.extend(file_lines(prepared, None));
    lines.extend(prepared.plan.notes.iter().map(|note| format!("note: {}", shown::name(note))));
    lines.join("\n")
}

/// What was written; the last line says what was proved.
pub(crate) fn done_text(prepared: &Prepared, done: &Done, settings: &Settings) -> String {
    let mut lines = Vec::new();
    if !settings.dry_run {
        lines.push(format!("{} -> {}", prepared.image.shown, prepared.plan.format));
        lines.extend(file_lines(prepared, Some(done)));
        lines.extend(done.report.notes.iter().map(|note| format!("note: {}", shown::name(note))));
    }
    if !done.report.losses.is_empty() {
        lines.push(lost_head(settings).to_owned());
        lines.push(loss_lines(&done.report.losses));
    }
    lines.push(last_line(prepared, done, settings));
    lines.join("\n")
}

fn last_line(prepared: &Prepared, done: &Done, settings: &Settings) -> String {
    match done.report.verified_tracks {
        _ if settings.dry_run && done.report.losses.is_empty() => "nothing would be lost; nothing was written".to_owned(),
        _ if settings.dry_run => "nothing was written".to_owned(),
        Some(tracks) => verified_text(tracks, prepared.tracks()),
        None => "not verified, as asked for".to_owned(),
    }
}

/// What stands above a list of losses.
pub(crate) fn lost_head(settings: &Settings) -> &'static str {
    if settings.dry_run { "would be lost, as allowed:" } else { "lost, as allowed:" }
}

/// The line that scripts look for.
pub(crate) fn verified_text(identical: usize, all: usize) -> String {
    format!("verified: {identical} of {all} tracks identical")
}

/// Each file with its size, as far as it is known, and where its bytes come from.
fn file_lines(prepared: &Prepared, done: Option<&Done>) -> Vec<String> {
    let files = &prepared.plan.files;
    let written = |place: usize| done.and_then(|done| done.report.files.get(place)).and_then(|(_, bytes)| *bytes);
    let lens: Vec<Option<u64>> = files.iter().enumerate().map(|(place, file)| file.len().or_else(|| written(place))).collect();
    let sizes: Vec<String> = lens.iter().map(|len| len.map_or_else(|| "?".to_owned(), shown::grouped)).collect();
    let width = sizes.iter().map(String::len).max().unwrap_or(0);
    let lines = files.iter().zip(sizes).zip(lens).zip(prepared.paths()).map(|(((file, size), len), path)| {
        let mut origin = origins(file, prepared.discs());
        origin.extend(file.len().is_none().then(|| packed_words(file.raw_len(), len)));
        let origin = if origin.is_empty() {
            String::new()
        } else {
            format!("\n  {:width$}        {}", "", origin.join("\n                "))
        };
        format!("  {size:>width$} bytes  {}{origin}", shown::path(&path))
    });
    lines.collect()
}

/// What packing does to a file.
fn packed_words(raw: u64, packed: Option<u64>) -> String {
    match packed {
        Some(packed) => format!("packed to {} of that", shown::percent(packed, raw)),
        None => "packed, to what size is not known before".to_owned(),
    }
}

/// How the bytes of a file come about, in clauses: copied, rebuilt, cut.
fn origins(file: &PlannedFile, discs: &[Disc]) -> Vec<String> {
    let mut copied = 0;
    let mut sectors: BTreeMap<String, u64> = BTreeMap::new();
    for piece in file.parts.iter().flat_map(Part::pieces) {
        match piece {
            Piece::Copy { range, .. } => copied += range.end - range.start,
            Piece::Sectors { disc, lbas, form } => {
                let Some(disc) = discs.get(*disc) else { continue };
                for (what, count) in changes(disc, lbas, form) {
                    *sectors.entry(what).or_default() += count;
                }
            }
            _ => {}
        }
    }
    let copied = (copied > 0).then(|| format!("{} bytes copied as they are", shown::grouped(copied)));
    copied
        .into_iter()
        .chain(sectors.into_iter().map(|(what, count)| format!("{} {what}", shown::count(count, "sector"))))
        .collect()
}

fn changes(disc: &Disc, lbas: &Range<Lba>, form: &Form) -> Vec<(String, u64)> {
    let changes = disc.extents_in(lbas.clone()).map(|(lbas, extent)| {
        let stored = extent.main.map(|place| place.form.main);
        let has_sub = extent.sub.is_some() || extent.main.is_some_and(|place| place.form.sub.is_some());
        (change(stored, has_sub, form), u64::from(lbas.start.sectors_to(lbas.end)))
    });
    changes.collect()
}

fn change(stored: Option<Main>, has_sub: bool, form: &Form) -> String {
    let wanted = form.main.len();
    if wanted == 0 && form.sub.is_some() {
        return if has_sub { "of subchannel, as stored" } else { "of subchannel, made from the tracks" }.to_owned();
    }
    match stored.map(Main::len) {
        None => "of a gap, blank".to_owned(),
        Some(stored) if stored < wanted => format!("rebuilt from {stored} to {wanted} bytes"),
        Some(stored) if stored > wanted => format!("cut from {stored} to {wanted} bytes"),
        Some(_) => "rewritten".to_owned(),
    }
}

/// The same for scripts.
pub(crate) fn done_json(prepared: &Prepared, done: &Done, settings: &Settings) -> Value {
    let outputs = done
        .paths
        .iter()
        .zip(&done.report.files)
        .map(|(path, (_, bytes))| json!({ "path": path.to_string_lossy(), "bytes": bytes }));
    let oddities = prepared.image.notes.iter().filter(|note| note.kind == NoteKind::Oddity).map(|note| note.text.clone());
    let notes: Vec<String> = oddities.chain(done.report.notes.iter().cloned()).collect();
    let mut source = json!({ "path": prepared.image.path.to_string_lossy(), "format": prepared.image.container().id });
    if prepared.image.paths().count() > 1 {
        source["paths"] = prepared.image.paths().map(|path| path.to_string_lossy()).collect();
    }
    let mut body = json!({
        "source": source,
        "format": prepared.plan.format, "outputs": outputs.collect::<Vec<_>>(), "losses": losses_json(&done.report.losses),
        "notes": notes, "dry_run": settings.dry_run, "verified": done.report.verified_tracks.is_some(),
        "tracks_identical": done.report.verified_tracks,
    });
    if let Some(change) = &prepared.change {
        let (key, told) = &change.told;
        body[*key] = told.clone();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_from_what_to_what() {
        let check = |stored, form: &Form, text: &str| assert_eq!(change(stored, false, form), text);
        check(Some(Main::User), &Form::RAW, "rebuilt from 2048 to 2352 bytes");
        check(Some(Main::Frame(0, 2352)), &Form::USER, "cut from 2352 to 2048 bytes");
        check(None, &Form::RAW, "of a gap, blank");
        check(Some(Main::Frame(0, 2352)), &Form::RAW, "rewritten");
    }

    #[test]
    fn the_last_line_is_the_promised_one() {
        assert_eq!(verified_text(3, 3), "verified: 3 of 3 tracks identical");
    }
}
