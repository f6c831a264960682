//! The text of a TOC, written anew or kept with other file names.

use crate::sheet::Sheet;
use crate::target::{Target, TargetPart, TargetTrack, TargetWhat};
use crate::texts::{self, ToWrite};
use crate::wire::{DataMode, SubMode, item_word, leading_comments, quote, quote_name, time};
use discconv_core::{Form, SessionKind, Track, TrackMode, Twist};
use discconv_sector::cd_text::{Block, Kind};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Kinds that all tracks must have if one has them: cdrdao warns where they are missing.
const ALL_OR_NONE: [Kind; 6] = [Kind::Title, Kind::Performer, Kind::Songwriter, Kind::Composer, Kind::Arranger, Kind::Code];

/// A whole new text, beginning with the comments that stood at the top of `original`.
pub(crate) fn sheet(target: &Target<'_>, texts: &ToWrite, original: &[u8]) -> Vec<u8> {
    let mut out = String::new();
    let _ = writeln!(out, "{}\n", kind_word(target));
    if let Some(mcn) = &target.toc.mcn {
        let _ = writeln!(out, "CATALOG \"{mcn}\"");
    }
    if let Some(first) = target.toc.tracks().next().filter(|track| track.number != 1) {
        let _ = writeln!(out, "FIRST_TRACK_NO {}", first.number);
    }
    cd_text(&mut out, target, texts, 0);
    for (track, place) in target.toc.tracks().zip(&target.tracks) {
        let _ = writeln!(out, "\n// Track {}", track.number);
        self::track(&mut out, target, texts, track, place);
    }
    let comments = leading_comments(original);
    let gap: &[u8] = if comments.is_empty() { b"" } else { b"\n" };
    [comments, gap, out.as_bytes()].concat()
}

/// What the lead-in is to say: with tracks of Mode 2 a disc is CD-ROM XA, unless it is CD-i.
fn kind_word(target: &Target<'_>) -> &'static str {
    let has = |mode| target.toc.tracks().any(|track| track.mode == mode);
    match target.toc.sessions.first().map(|session| session.kind).unwrap_or_default() {
        SessionKind::CdI => "CD_I",
        SessionKind::Xa => "CD_ROM_XA",
        SessionKind::CdRom if has(TrackMode::Mode2) => "CD_ROM_XA",
        SessionKind::CdRom if target.toc.tracks().all(|track| track.mode.is_audio()) => "CD_DA",
        SessionKind::CdRom => "CD_ROM",
    }
}

fn track(out: &mut String, target: &Target<'_>, texts: &ToWrite, track: &Track, place: &TargetTrack) {
    let words = ["TRACK", place.mode.word(), place.sub.word()];
    let _ = writeln!(out, "{}", words.join(" ").trim_end());
    let (control, is_audio) = (track.control, track.mode.is_audio());
    let _ = writeln!(out, "{}COPY", if control.dcp { "" } else { "NO " });
    if is_audio || control.pre_emphasis {
        let _ = writeln!(out, "{}PRE_EMPHASIS", if control.pre_emphasis { "" } else { "NO " });
    }
    if is_audio || control.four_channel {
        let _ = writeln!(out, "{}_CHANNEL_AUDIO", if control.four_channel { "FOUR" } else { "TWO" });
    }
    if let Some(isrc) = &track.isrc {
        let _ = writeln!(out, "ISRC \"{isrc}\"");
    }
    cd_text(out, target, texts, track.number);
    for part in &place.parts {
        part_line(out, target, place, part);
    }
    let start = place.begin.sectors_to(track.start());
    if start > 0 {
        let _ = writeln!(out, "START {}", time(start));
    }
    for (_, lba) in track.indexes.iter().filter(|(number, _)| *number > 1) {
        let _ = writeln!(out, "INDEX {}", time(track.start().sectors_to(*lba)));
    }
}

fn part_line(out: &mut String, target: &Target<'_>, place: &TargetTrack, part: &TargetPart) {
    let (sectors, is_audio) = (time(part.sectors()), place.mode == DataMode::Audio);
    match &part.what {
        TargetWhat::Gap(TrackMode::Audio) if is_audio && place.sub == SubMode::None => {
            let _ = writeln!(out, "SILENCE {sectors}");
        }
        TargetWhat::Gap(mode) => {
            let words = ["ZERO", gap_word(*mode, place.mode).word(), place.sub.word()];
            let _ = writeln!(out, "{} {sectors}", words.join(" ").trim_end());
        }
        TargetWhat::Stored { file, offset, form } => {
            let name = quote_name(&target.files[*file].name).unwrap_or_default();
            if is_audio && place.sub == SubMode::None {
                let swap = if form.twist == Twist::SwapAudio { "" } else { " SWAP" };
                let _ = writeln!(out, "FILE {name}{swap} {} {sectors}", start(*offset, form));
            } else {
                let offset = if *offset > 0 { format!(" #{offset}") } else { String::new() };
                let bytes = u64::from(part.sectors()) * u64::from(form.stride);
                let _ = writeln!(out, "DATAFILE {name}{offset} {sectors} // length in bytes: {bytes}");
            }
        }
    }
}

/// Where sound begins in its file. libcdio knows no `#` here, so a time is better where it can be one.
fn start(offset: u64, form: &Form) -> String {
    let stride = u64::from(form.stride);
    match u32::try_from(offset / stride) {
        Ok(0) if offset == 0 => "0".to_owned(),
        Ok(sectors) if offset.is_multiple_of(stride) => time(sectors),
        _ => format!("#{offset} 0"),
    }
}

/// The word for nothing of `mode` in a track of `track`.
fn gap_word(mode: TrackMode, track: DataMode) -> DataMode {
    match mode {
        // A track of Mode 0 has no word of its own; nothing in it is like the rest of it.
        TrackMode::Mode0 if track == DataMode::Mode1Raw => track,
        mode if mode == track.mode() => track,
        TrackMode::Audio => DataMode::Audio,
        TrackMode::Mode0 => DataMode::Mode0,
        TrackMode::Mode1 => DataMode::Mode1,
        TrackMode::Mode2 => DataMode::Mode2,
    }
}

/// The items of the disc or of a track, by language.
fn cd_text(out: &mut String, target: &Target<'_>, texts: &ToWrite, track: u8) {
    if texts.blocks.is_empty() {
        return;
    }
    *out += "CD_TEXT {\n";
    if track == 0 {
        *out += "  LANGUAGE_MAP {\n";
        for (block, _) in &texts.blocks {
            let _ = writeln!(out, "    {}: {}", block.number, block.language);
        }
        *out += "  }\n";
    }
    for (block, sizes) in &texts.blocks {
        let _ = writeln!(out, "  LANGUAGE {} {{", block.number);
        let kinds: BTreeSet<Kind> = block.entries.keys().map(|(kind, _)| *kind).collect();
        for kind in kinds {
            item(out, target, block, kind, track);
        }
        if let Some(sizes) = sizes.filter(|_| track == 0) {
            let _ = writeln!(out, "    SIZE_INFO {}", braces(&sizes));
        }
        *out += "  }\n";
    }
    *out += "}\n";
}

fn item(out: &mut String, target: &Target<'_>, block: &Block, kind: Kind, track: u8) {
    let of_disc = kind.is_binary() || [Kind::Genre, Kind::DiscId].contains(&kind);
    if of_disc && track > 0 {
        return;
    }
    let first = target.toc.tracks().next().map_or(1, |track| track.number);
    let times = (kind == Kind::Toc).then(|| texts::times(block, first));
    let value = match (times, block.entries.get(&(kind, track))) {
        (Some(times), _) => times.map(|times| braces(&times)),
        (None, Some(bytes)) if kind.is_binary() || kind == Kind::Genre => Some(braces(bytes)),
        (None, Some(bytes)) => Some(quote(bytes)),
        (None, None) => ALL_OR_NONE.contains(&kind).then(|| quote(b"")),
    };
    if let Some(value) = value {
        let _ = writeln!(out, "    {} {value}", item_word(kind, track));
    }
}

fn braces(bytes: &[u8]) -> String {
    let numbers: Vec<String> = bytes.iter().map(ToString::to_string).collect();
    format!("{{ {} }}", numbers.join(", "))
}

/// Are there comments, below those at the top, that no program wrote?
pub(crate) fn has_own_comments(original: &[u8]) -> bool {
    let top = leading_comments(original).len();
    let lines = original[top..].split(|byte| *byte == b'\n');
    let comments = lines.filter_map(|line| line.windows(2).position(|pair| pair == b"//").map(|at| line[at + 2..].trim_ascii()));
    let by_programs: [&[u8]; 2] = [b"Track ", b"length in bytes"];
    comments.into_iter().any(|comment| !by_programs.iter().any(|known| comment.starts_with(known)))
}

/// The text of `sheet` with the one file that is written in the place of all that it names.
pub(crate) fn edited(sheet: &Sheet, original: &[u8], target: &Target<'_>) -> Option<Vec<u8>> {
    let [file] = target.files.as_slice() else { return None };
    let name = quote_name(&file.name)?;
    let (mut bytes, mut at) = (Vec::new(), 0);
    for (range, told) in &sheet.named {
        bytes.extend(original.get(at..range.start)?);
        // The same name stays as it was written.
        match sheet.files.get(*told)?.name == file.name {
            true => bytes.extend(original.get(range.clone())?),
            false => bytes.extend(name.as_bytes()),
        }
        at = range.end;
    }
    bytes.extend(original.get(at..)?);
    Some(bytes)
}
