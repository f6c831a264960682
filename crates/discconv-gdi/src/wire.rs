//! The text itself.

use discconv_core::image::record_form;
use discconv_core::{At, Error, Form, Lba, Note, Result};
use encoding_rs::{SHIFT_JIS, WINDOWS_1252};
use std::fmt::Write as _;

/// Bytes of a file that are looked at to tell what it is.
const TELLING: usize = 4096;
/// Above every address of a disc, below where sums could overflow.
const MAX_LBA: i64 = 1 << 24;
const MAX_TRACKS: usize = 99;

/// What a GDI says.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// Its name, for messages.
    pub(crate) name: String,
    pub(crate) tracks: Vec<Line>,
    pub(crate) notes: Vec<Note>,
}

/// What it says of one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) line: u32,
    pub(crate) number: u8,
    /// As it stands there.
    pub(crate) lba: Lba,
    /// The control nibble.
    pub(crate) control: u8,
    /// One record of the file.
    pub(crate) form: Form,
    /// The file, in the alphabets that it may be written in.
    pub(crate) names: Vec<String>,
    /// Where the first sector is.
    pub(crate) offset: u64,
}

impl Line {
    /// Does it say that the track is data?
    pub(crate) fn is_data(&self) -> bool {
        self.control & 4 != 0
    }

    /// The name as most programs would read it.
    pub(crate) fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }
}

/// Lines that say something, with their numbers, without the mark of UTF-8 and blanks at their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut rest = Some(text);
    let split = std::iter::from_fn(move || {
        let now = rest?;
        let Some(end) = now.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            rest = None;
            return Some(now);
        };
        let both = now[end..].starts_with(b"\r\n");
        rest = Some(&now[end + if both { 2 } else { 1 }..]);
        Some(&now[..end])
    });
    (1..).zip(split.map(trim)).filter(|(_, line)| !line.is_empty())
}

/// Without blanks, and without the bytes that old programs end a text with.
fn trim(mut line: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | 0 | 0x1A);
    while let Some((_, rest)) = line.split_first().filter(|(first, _)| is_blank(first)) {
        line = rest;
    }
    while let Some((_, rest)) = line.split_last().filter(|(last, _)| is_blank(last)) {
        line = rest;
    }
    line
}

/// The first word, and what is behind it.
fn word(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
    (&line[..end], trim(&line[end..]))
}

fn number(word: &[u8]) -> Option<i64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// Is the first line a count of tracks, and the second one of them?
pub(crate) fn begins_well(head: &[u8]) -> bool {
    let mut lines = lines(&head[..head.len().min(TELLING)]).map(|(_, line)| line);
    let (Some(count), Some(track)) = (lines.next(), lines.next()) else { return false };
    let fields = fields(track);
    number(count).is_some_and(|count| (1..=99).contains(&count)) && fields.is_some_and(|(numbers, ..)| numbers[0] == 1)
}

/// Four numbers, name, offset.
type Fields<'a> = ([i64; 4], &'a [u8], Option<i64>);

fn fields(line: &[u8]) -> Option<Fields<'_>> {
    let (mut numbers, mut rest) = ([0; 4], line);
    for field in &mut numbers {
        let (first, behind) = word(rest);
        *field = number(first)?;
        rest = behind;
    }
    let (name, offset) = name_and_offset(rest)?;
    (!name.is_empty()).then_some((numbers, name, offset))
}

/// A name may have blanks without quotes, or lack the second quote: the offset is the last word then.
fn name_and_offset(rest: &[u8]) -> Option<(&[u8], Option<i64>)> {
    if let Some(quoted) = rest.strip_prefix(b"\"")
        && let Some(end) = quoted.iter().position(|byte| *byte == b'"')
    {
        let behind = trim(&quoted[end + 1..]);
        let offset = if behind.is_empty() { None } else { Some(number(word(behind).0)?) };
        return Some((&quoted[..end], offset));
    }
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let Some(blank) = rest.iter().rposition(|byte| matches!(byte, b' ' | b'\t')) else { return Some((rest, None)) };
    match number(&rest[blank + 1..]) {
        Some(offset) => Some((trim(&rest[..blank]), Some(offset))),
        None => Some((rest, None)),
    }
}

/// Read the text of the GDI `name`.
///
/// # Errors
/// [`Error::Malformed`] with the line that is no count or no track, and where fewer tracks are there than are counted.
pub(crate) fn parse(name: &str, text: &[u8]) -> Result<Sheet> {
    let mut sheet = Sheet { name: name.to_owned(), tracks: Vec::new(), notes: Vec::new() };
    let mut lines = lines(text);
    let first = lines.next();
    let told = first.and_then(|(_, line)| usize::try_from(number(line)?).ok()).filter(|told| (1..=MAX_TRACKS).contains(told));
    let Some(told) = told else {
        let found = first.map_or("an empty text".to_owned(), |(_, line)| shown(line));
        let at = At::Line(first.map_or(1, |(line, _)| line));
        return Err(Error::malformed(name, at, found, "the number of tracks, 1 to 99").with_hint("this is no GDI"));
    };
    let mut last = 1;
    for (line, text) in lines {
        last = line;
        let track = track(&mut sheet, line, text)?;
        sheet.tracks.push(track);
    }
    let count = sheet.tracks.len();
    if count < told {
        let found = format!("{count} tracks, of {told} that the first line counts");
        return Err(Error::malformed(name, At::Line(last), found, "a line for every track")
            .with_hint("the text is cut, or its first line is wrong"));
    }
    if count > told {
        sheet.notes.push(Note::oddity(format!("{name}: the first line counts {told} tracks, and {count} follow")));
    }
    Ok(sheet)
}

/// A line, as far as people need it.
fn shown(line: &[u8]) -> String {
    const MOST: usize = 60;
    let text: String = String::from_utf8_lossy(line).chars().take(MOST).collect();
    format!("{text:?}")
}

fn track(sheet: &mut Sheet, line: u32, text: &[u8]) -> Result<Line> {
    let bad = |found: String, expected: &str| {
        Error::malformed(&sheet.name, At::Line(line), found, expected)
            .with_hint("correct this line, or make the GDI anew from its tracks")
    };
    let expected = "number, LBA, control, sector size, name and offset of a track";
    let Some(([number, lba, control, bytes], name, offset)) = fields(text) else { return Err(bad(shown(text), expected)) };
    let before = sheet.tracks.last().map_or(0, |track| track.number);
    let Some(number) = u8::try_from(number).ok().filter(|number| (before + 1..=99).contains(number)) else {
        return Err(bad(format!("the track number {number}, behind {before}"), "ascending numbers from 1 to 99"));
    };
    let Some(lba) = i32::try_from(lba).ok().filter(|lba| (0..MAX_LBA).contains(&i64::from(*lba))) else {
        return Err(bad(format!("track {number} at LBA {lba}"), "an address on the disc"));
    };
    let Some(control) = u8::try_from(control).ok().filter(|control| *control < 16) else {
        return Err(bad(format!("the control {control} of track {number}"), "4 for data, 0 for audio"));
    };
    let form = u16::try_from(bytes).ok().and_then(record_form).filter(|form| form.is_raw() || control & 4 != 0);
    let Some(form) = form else {
        let expected = if control & 4 == 0 { "2352 for audio" } else { "2352 or 2048 (2336 and 2448 are read, too)" };
        return Err(bad(format!("sectors of {bytes} bytes in track {number}"), expected));
    };
    let Ok(at) = u64::try_from(offset.unwrap_or(0)) else {
        let found = format!("the offset {} of track {number}", offset.unwrap_or(0));
        return Err(bad(found, "a place in the file").with_hint("write 0 there, if the file holds nothing else"));
    };
    if offset.is_none() {
        let text = format!("{}: line {line}: track {number} has no offset, which counts as 0", sheet.name);
        sheet.notes.push(Note::oddity(text));
    }
    Ok(Line { line, number, lba: Lba(lba), control, form, names: readings(name), offset: at })
}

/// A name as UTF-8 where it can be that, else in the code pages of the systems that write such texts.
fn readings(name: &[u8]) -> Vec<String> {
    match std::str::from_utf8(name) {
        Ok(name) => vec![name.to_owned()],
        Err(_) => [SHIFT_JIS, WINDOWS_1252].map(|encoding| encoding.decode_without_bom_handling(name).0.into_owned()).to_vec(),
    }
}

/// A track to be written: number, LBA, control, bytes of a sector, name.
pub(crate) struct Told<'a>(pub(crate) u8, pub(crate) Lba, pub(crate) u8, pub(crate) u32, pub(crate) &'a str);

/// The text of a GDI.
pub(crate) fn render(tracks: &[Told<'_>]) -> String {
    let mut text = format!("{}\r\n", tracks.len());
    for Told(number, lba, control, bytes, name) in tracks {
        let quote = if name.contains([' ', '\t']) { "\"" } else { "" };
        let _ = write!(text, "{number} {lba} {control} {bytes} {quote}{name}{quote} 0\r\n");
    }
    text
}

/// Can a name stand there? Nothing says a quote or the end of a line.
pub(crate) fn is_sayable(name: &str) -> bool {
    !name.contains(|c: char| c == '"' || c.is_control()) && name.trim() == name
}
