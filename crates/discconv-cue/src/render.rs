//! The text of a sheet, written anew or kept with little changed.

use crate::segments::{LEAD_IN, PAUSE, between_sessions, lead_out_sectors};
use crate::sheet::{Kept, Named, Sheet, Slot};
use crate::target::{Target, TargetTrack};
use crate::wire::{FileKind, TEXTS, TrackKind, quote, time};
use discconv_core::{Lba, Media, Track, gd};

/// A whole new sheet, with the lines of `kept` at their places.
pub(crate) fn sheet(target: &Target<'_>, kept: &[Kept]) -> String {
    let mut out = Out { text: String::new(), kept };
    out.kept(Slot::Top, "");
    if let Some(mcn) = &target.toc.mcn {
        out.line("", format!("CATALOG {mcn}"));
    }
    if let Some(file) = &target.packs {
        out.line("", format!("CDTEXTFILE \"{}\"", file.name));
    }
    texts(&mut out, target, 0, "");
    out.kept(Slot::Head, "");
    let tracks: Vec<&Track> = target.toc.tracks().collect();
    let mut before: Option<&TargetTrack> = None;
    for (index, (track, place)) in tracks.iter().zip(&target.tracks).enumerate() {
        session_lines(&mut out, target, before, place, track);
        if before.is_none_or(|before| before.file != place.file) {
            out.line("", format!("FILE \"{}\" BINARY", target.files[place.file].name));
        }
        out.kept(Slot::Before(index), "  ");
        track_lines(&mut out, target, index, place, track);
        before = Some(place);
    }
    out.kept(Slot::Before(tracks.len()), "");
    out.text
}

struct Out<'a> {
    text: String,
    kept: &'a [Kept],
}

impl Out<'_> {
    fn line(&mut self, indent: &str, line: String) {
        self.text.push_str(indent);
        self.text.push_str(&line);
        self.text.push_str("\r\n");
    }

    fn kept(&mut self, slot: Slot, indent: &str) {
        for kept in self.kept.iter().filter(|kept| kept.slot == slot) {
            self.line(indent, kept.text.clone());
        }
    }
}

/// CD-TEXT of the disc or of one track, as far as commands can say it.
fn texts(out: &mut Out<'_>, target: &Target<'_>, track: u8, indent: &str) {
    let Some(block) = target.toc.cd_text.as_ref().and_then(|text| text.blocks.first()) else { return };
    for (keyword, kind) in TEXTS {
        if let Some(text) = block.texts.get(&(kind, track)).and_then(|text| quote(text)) {
            out.line(indent, format!("{keyword} {text}"));
        }
    }
}

fn track_lines(out: &mut Out<'_>, target: &Target<'_>, index: usize, place: &TargetTrack, track: &Track) {
    out.line("  ", format!("TRACK {:02} {}", track.number, place.kind.word()));
    let indent = "    ";
    texts(out, target, track.number, indent);
    if let Some(isrc) = &track.isrc {
        out.line(indent, format!("ISRC {isrc}"));
    }
    let control = track.control;
    let flags = [(control.four_channel, "4CH"), (control.dcp, "DCP"), (control.pre_emphasis, "PRE"), (control.scms, "SCMS")];
    let flags: Vec<&str> = flags.into_iter().filter_map(|(set, name)| set.then_some(name)).collect();
    if !flags.is_empty() {
        out.line(indent, format!("FLAGS {}", flags.join(" ")));
    }
    out.kept(Slot::In(index), indent);
    if place.pregap > 0 {
        out.line(indent, format!("PREGAP {}", time(place.pregap)));
    }
    let at = |lba: Lba| time(place.at.saturating_add(place.stored.start.sectors_to(lba)));
    if place.stored.start < track.start() {
        out.line(indent, format!("INDEX 00 {}", at(place.stored.start)));
    }
    for (number, lba) in track.indexes.iter().filter(|(number, _)| *number > 0) {
        out.line(indent, format!("INDEX {number:02} {}", at(*lba)));
    }
    if place.postgap > 0 {
        out.line(indent, format!("POSTGAP {}", time(place.postgap)));
    }
    out.kept(Slot::After(index), indent);
}

/// What comes before the first track of a session or area.
fn session_lines(out: &mut Out<'_>, target: &Target<'_>, before: Option<&TargetTrack>, place: &TargetTrack, track: &Track) {
    if before.is_some_and(|before| before.session == place.session) {
        return;
    }
    if target.toc.media == Media::Gd {
        let area = if track.start() >= gd::HIGH_DENSITY { "HIGH" } else { "SINGLE" };
        return out.line("", format!("REM {area}-DENSITY AREA"));
    }
    if target.toc.sessions.len() < 2 {
        return;
    }
    let number = format!("REM SESSION {:02}", place.session + 1);
    let Some(before) = before else { return out.line("", number) };
    let gap = Between::of(target, before, place, track);
    // In one file the gap could be taken for stored sectors; in several its usual lengths go without saying.
    if before.file != place.file && gap.is_usual(before.session) {
        return out.line("", number);
    }
    out.line("", format!("REM LEAD-OUT {}", time(gap.lead_out)));
    out.line("", number);
    out.line("", format!("REM LEAD-IN {}", time(gap.lead_in)));
    out.line("", format!("REM PREGAP {}", time(gap.pause)));
}

/// Sectors between two sessions.
struct Between {
    lead_out: u32,
    lead_in: u32,
    pause: u32,
}

impl Between {
    fn of(target: &Target<'_>, before: &TargetTrack, place: &TargetTrack, track: &Track) -> Between {
        let end = target.toc.sessions[before.session].lead_out;
        let lead = place.stored.start.sectors_to(track.start());
        let all = end.sectors_to(track.start());
        // As the reader counts: stored sectors before INDEX 01 are the end of the pause, a PREGAP may be all of it.
        let (pause, more) = match (place.pregap, lead) {
            (0, lead) => (PAUSE.min(all), lead.saturating_sub(PAUSE)),
            (PAUSE, lead) => (PAUSE, lead),
            (pregap, lead) => (PAUSE.min(all.saturating_sub(pregap + lead)), pregap + lead),
        };
        let rest = all.saturating_sub(pause + more);
        let lead_in = rest.min(LEAD_IN);
        Between { lead_out: rest - lead_in, lead_in, pause }
    }

    fn is_usual(&self, ended: usize) -> bool {
        (self.lead_out, self.lead_in, self.pause) == (lead_out_sectors(ended), LEAD_IN, PAUSE)
            && self.lead_out + self.lead_in == between_sessions(ended)
    }
}

/// The bytes of `sheet` with only those lines changed that name files and sector sizes; `None` if that cannot be.
pub(crate) fn edited(sheet: &Sheet, original: &[u8], target: &Target<'_>) -> Option<Vec<u8>> {
    let file_of = new_files(sheet, target)?;
    let mut changes = Vec::new();
    for line in &sheet.lines {
        let changed = match line.what {
            Named::File(file) => {
                let (told, name) = (&sheet.files[file], &target.files[file_of[file]?].name);
                (told.name != *name || told.kind != FileKind::Binary).then(|| format!("FILE \"{name}\" BINARY"))
            }
            Named::Track(track) => {
                let (told, place) = (&sheet.tracks[track], &target.tracks[track]);
                let alike = told.kind.bytes == place.kind.bytes && told.kind.cdi == place.kind.cdi && !told.kind.cdg;
                (!alike).then(|| format!("TRACK {:02} {}", told.number, TrackKind::word(place.kind)))
            }
            Named::CdTextFile => {
                let name = target.packs.as_ref().map(|file| &file.name);
                name.filter(|name| sheet.cd_text_file.as_ref().is_none_or(|(_, told)| told != *name))
                    .map(|name| format!("CDTEXTFILE \"{name}\""))
            }
        };
        changes.extend(changed.map(|text| (line.range.clone(), text)));
    }
    if changes.is_empty() {
        return Some(original.to_vec());
    }
    // The lines of a UTF-16 sheet are no longer where they were.
    if sheet.text.was_wide {
        return None;
    }
    let mut bytes = Vec::new();
    let mut at = 0;
    for (range, text) in changes {
        let (encoded, _, unmappable) = sheet.text.encoding.encode(&text);
        if unmappable {
            return None;
        }
        let indent = original[range.clone()].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        bytes.extend_from_slice(&original[at..range.start + indent]);
        bytes.extend_from_slice(&encoded);
        at = range.end;
    }
    bytes.extend_from_slice(&original[at..]);
    Some(bytes)
}

/// For each file of the sheet the one that takes its place, if every track lies as it did.
fn new_files(sheet: &Sheet, target: &Target<'_>) -> Option<Vec<Option<usize>>> {
    if sheet.tracks.len() != target.tracks.len() {
        return None;
    }
    let mut file_of = vec![None; sheet.files.len()];
    for (told, place) in sheet.tracks.iter().zip(&target.tracks) {
        for index in &told.indexes {
            if *file_of[index.file].get_or_insert(place.file) != place.file {
                return None;
            }
        }
    }
    Some(file_of)
}
