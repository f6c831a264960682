//! The text of a descriptor: sections, keys, numbers.

use discconv_core::{At, Error, Note, Result};
use std::collections::BTreeMap;
use std::fmt::Display;

/// The first section of every descriptor, in small letters.
const MAGIC: &str = "[clonecd]";
/// Entries of the lead-in that are accepted: 99 tracks, and a dozen more for each of 99 sessions.
const MAX_ENTRIES: usize = 2048;
/// Packs of CD-TEXT: 8 blocks of 256.
pub(crate) const MAX_PACKS: u16 = 2048;
/// Lines that nobody understood, of which so many are told one by one; and so many of those that say what cannot be.
const TOLD_UNKNOWN: usize = 4;
const TOLD_WRONG: usize = 50;

/// Everything that a descriptor says.
#[derive(Debug, Default)]
pub(crate) struct Descriptor {
    pub(crate) version: Option<i32>,
    pub(crate) toc_entries: Option<i32>,
    pub(crate) sessions: Option<i32>,
    pub(crate) scrambled: bool,
    /// With its line.
    pub(crate) catalog: Option<(u32, String)>,
    /// `PreGapMode` by session.
    pub(crate) pregap_modes: BTreeMap<i32, i32>,
    pub(crate) entries: Vec<Entry>,
    /// By number.
    pub(crate) tracks: BTreeMap<u8, TrackText>,
    /// `Entries` of CD-TEXT.
    pub(crate) pack_count: Option<i32>,
    /// Packs without CRC, by number.
    pub(crate) packs: BTreeMap<u16, [u8; 16]>,
    pub(crate) notes: Vec<Note>,
}

/// An entry of the lead-in. Numbers are as they stand there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// The line of its section.
    pub(crate) line: u32,
    pub(crate) session: Option<i32>,
    pub(crate) point: Option<i32>,
    pub(crate) adr: Option<i32>,
    pub(crate) control: Option<i32>,
    /// `PMin`, `PSec`, `PFrame`.
    pub(crate) pointed: [Option<i32>; 3],
    pub(crate) plba: Option<i32>,
}

/// What a `[TRACK]` section says.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrackText {
    /// The line of the section.
    pub(crate) line: u32,
    pub(crate) mode: Option<i32>,
    pub(crate) isrc: Option<String>,
    pub(crate) flags: Option<String>,
    /// By number.
    pub(crate) indexes: BTreeMap<u8, i32>,
}

/// Where keys belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    CloneCd,
    Disc,
    CdText,
    Session(i32),
    /// The last of [`Descriptor::entries`].
    Entry,
    Track(u8),
    Unknown,
}

/// Is it text whose first line that is not blank is `[CloneCD]`?
pub(crate) fn is_descriptor(head: &[u8]) -> bool {
    // Sectors are long and have no line ends; the look is at a few bytes only.
    let text = decode(&head[..head.len().min(1024)]);
    lines(&text).next().is_some_and(|(_, line)| line.to_ascii_lowercase().starts_with(MAGIC))
}

/// The text of `bytes`: ASCII in all that matters, with or without a mark, sometimes in two bytes a letter.
fn decode(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| -> String {
        let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Lines that say something, numbered from 1, without comments and without blanks at their ends.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let blank = |letter: char| letter.is_whitespace() || matches!(letter, '\0' | '\u{1A}');
    let mut rest = Some(text);
    let raw = std::iter::from_fn(move || {
        let text = rest.filter(|text| !text.is_empty())?;
        let (line, behind) = text.split_once(['\r', '\n']).map_or((text, None), |(line, behind)| (line, Some(behind)));
        let pair = text[line.len()..].starts_with("\r\n");
        rest = behind.map(|behind| if pair { &behind[1..] } else { behind });
        Some(line)
    });
    (1..).zip(raw).filter_map(move |(number, line)| {
        let said = line.split(';').next().unwrap_or("").trim_matches(blank);
        (!said.is_empty()).then_some((number, said))
    })
}

/// Parse the descriptor `file`.
///
/// # Errors
/// [`Error::Malformed`] with the line of what is no number, or if it is no descriptor at all; [`Error::Limit`] for more
/// entries than a disc can have.
pub(crate) fn parse(file: &str, bytes: &[u8]) -> Result<Descriptor> {
    let text = decode(bytes);
    check_magic(file, &text)?;
    let mut parsing =
        Parsing { file, section: Section::Unknown, found: Descriptor::default(), word: String::new(), unknown: (Vec::new(), 0) };
    for (line, said) in lines(&text) {
        match said.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, _)) => parsing.section(line, name)?,
            None => parsing.key(line, said)?,
        }
    }
    Ok(parsing.finish())
}

fn check_magic(file: &str, text: &str) -> Result<()> {
    let (at, found) = match lines(text).next() {
        Some((_, line)) if line.to_ascii_lowercase().starts_with(MAGIC) => return Ok(()),
        Some((number, line)) => (At::Line(number), shown(line)),
        None => (At::Whole, "an empty text".to_owned()),
    };
    Err(Error::malformed(file, at, found, "[CloneCD], with which a descriptor begins")
        .with_hint("another file has this extension; if its sectors lie beside it, name that file instead"))
}

/// A part of a text as a message shows it.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    format!("{cut:?}")
}

struct Parsing<'a> {
    file: &'a str,
    section: Section,
    found: Descriptor,
    /// The word that a number is looked for behind, as it stands there.
    word: String,
    /// Lines that nobody understood: the first ones, and how many there are.
    unknown: (Vec<(u32, String)>, usize),
}

impl Parsing<'_> {
    /// A section begins.
    fn section(&mut self, line: u32, name: &str) -> Result<()> {
        self.word = name.trim().to_owned();
        let name = self.word.to_ascii_lowercase();
        let (word, number) = name.split_once(|letter: char| letter.is_whitespace()).unwrap_or((&name, ""));
        let number = number.trim();
        self.section = match word {
            "clonecd" => Section::CloneCd,
            "disc" => Section::Disc,
            "cdtext" => Section::CdText,
            "session" => Section::Session(self.number(line, number)?),
            "entry" => {
                if self.found.entries.len() == MAX_ENTRIES {
                    return Err(Error::Limit {
                        file: self.file.to_owned(),
                        at: At::Line(line),
                        found: "one more [Entry] section".to_owned(),
                        limit: format!("{MAX_ENTRIES} entries"),
                    });
                }
                self.found.entries.push(Entry { line, ..Entry::default() });
                Section::Entry
            }
            "track" => {
                let told = self.number(line, number)?;
                let number = u8::try_from(told).ok().filter(|number| (1..=99).contains(number));
                let number = number.ok_or_else(|| self.malformed(line, format!("[TRACK {told}]"), "a track from 1 to 99"))?;
                self.found.tracks.entry(number).or_insert(TrackText { line, ..TrackText::default() });
                Section::Track(number)
            }
            _ => {
                self.unknown(line, &format!("[{}]", self.word));
                Section::Unknown
            }
        };
        Ok(())
    }

    /// A line `key = value`.
    fn key(&mut self, line: u32, said: &str) -> Result<()> {
        let Some((key, value)) = said.split_once('=') else {
            self.unknown(line, said);
            return Ok(());
        };
        self.word = key.trim().to_owned();
        let (key, value) = (self.word.to_ascii_lowercase(), value.trim());
        let (word, which) = key.split_once(|letter: char| letter.is_whitespace()).unwrap_or((&key, ""));
        let known = match self.section {
            Section::CloneCd => self.of_clonecd(line, word, value)?,
            Section::Disc => self.of_disc(line, word, value)?,
            Section::CdText => self.of_cd_text(line, word, which.trim(), value)?,
            Section::Session(number) => self.of_session(line, number, word, value)?,
            Section::Entry => self.of_entry(line, word, value)?,
            Section::Track(number) => self.of_track(line, number, word, which.trim(), value)?,
            // Of an unknown section one line is told: its name.
            Section::Unknown => true,
        };
        if !known {
            self.unknown(line, said);
        }
        Ok(())
    }

    fn of_clonecd(&mut self, line: u32, key: &str, value: &str) -> Result<bool> {
        if key == "version" {
            self.found.version = Some(self.number(line, value)?);
        }
        Ok(key == "version")
    }

    fn of_disc(&mut self, line: u32, key: &str, value: &str) -> Result<bool> {
        match key {
            "tocentries" => self.found.toc_entries = Some(self.number(line, value)?),
            "sessions" => self.found.sessions = Some(self.number(line, value)?),
            "datatracksscrambled" => self.found.scrambled = self.number(line, value)? != 0,
            // The packs themselves say how many there are.
            "cdtextlength" => {}
            "catalog" => self.found.catalog = Some((line, unquoted(value).to_owned())),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn of_cd_text(&mut self, line: u32, key: &str, which: &str, value: &str) -> Result<bool> {
        match key {
            "entries" => self.found.pack_count = Some(self.number(line, value)?),
            "entry" => {
                let told = self.number(line, which)?;
                match (u16::try_from(told).ok().filter(|number| *number < MAX_PACKS), pack(value)) {
                    (Some(number), Some(pack)) => {
                        self.found.packs.insert(number, pack);
                    }
                    _ => self.note(line, format!("{} is no pack of 16 bytes, and is passed over", shown(value))),
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn of_session(&mut self, line: u32, session: i32, key: &str, value: &str) -> Result<bool> {
        match key {
            "pregapmode" => {
                let mode = self.number(line, value)?;
                self.found.pregap_modes.insert(session, mode);
            }
            "pregapsubc" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn of_entry(&mut self, line: u32, key: &str, value: &str) -> Result<bool> {
        // What the lead-in says of itself does not matter to sectors.
        if matches!(key, "trackno" | "amin" | "asec" | "aframe" | "alba" | "zero") {
            return Ok(true);
        }
        if !matches!(key, "session" | "point" | "adr" | "control" | "pmin" | "psec" | "pframe" | "plba") {
            return Ok(false);
        }
        let number = Some(self.number(line, value)?);
        let Some(entry) = self.found.entries.last_mut() else { return Ok(false) };
        match key {
            "session" => entry.session = number,
            "point" => entry.point = number,
            "adr" => entry.adr = number,
            "control" => entry.control = number,
            "pmin" => entry.pointed[0] = number,
            "psec" => entry.pointed[1] = number,
            "pframe" => entry.pointed[2] = number,
            _ => entry.plba = number,
        }
        Ok(true)
    }

    fn of_track(&mut self, line: u32, track: u8, key: &str, which: &str, value: &str) -> Result<bool> {
        let number = if matches!(key, "mode" | "index") { self.number(line, value)? } else { 0 };
        let index = if key == "index" { self.number(line, which)? } else { 0 };
        let Some(text) = self.found.tracks.get_mut(&track) else { return Ok(false) };
        match key {
            "mode" => text.mode = Some(number),
            "isrc" => text.isrc = Some(unquoted(value).to_owned()),
            "flags" => text.flags = Some(value.to_owned()),
            "index" => match u8::try_from(index).ok().filter(|index| *index <= 99) {
                Some(index) => {
                    text.indexes.insert(index, number);
                }
                None => self.note(line, format!("there is no INDEX {index}; it is passed over")),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A number, decimal or hexadecimal.
    fn number(&self, line: u32, value: &str) -> Result<i32> {
        let value = unquoted(value);
        let (sign, digits) = value.strip_prefix('-').map_or((1, value), |rest| (-1, rest));
        let (radix, digits) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")).map_or((10, digits), |rest| (16, rest));
        let plain = !digits.starts_with(['+', '-']);
        let number = i32::from_str_radix(digits, radix).ok().filter(|_| plain);
        number.map(|number| sign * number).ok_or_else(|| {
            let what = shown(&self.word);
            let found = if value.is_empty() { format!("no number with {what}") } else { format!("{} with {what}", shown(value)) };
            self.malformed(line, found, "a decimal number, or one that begins with 0x")
        })
    }

    fn malformed(&self, line: u32, found: String, expected: &str) -> Error {
        Error::malformed(self.file, At::Line(line), found, expected)
            .with_hint("the descriptor is damaged or was edited by hand; mend that line")
    }

    fn note(&mut self, line: u32, text: impl Display) {
        if self.found.notes.len() < TOLD_WRONG {
            self.found.notes.push(Note::oddity(format!("{}: line {line}: {text}", self.file)));
        }
    }

    fn unknown(&mut self, line: u32, said: &str) {
        self.unknown.1 += 1;
        if self.unknown.1 <= TOLD_UNKNOWN {
            self.unknown.0.push((line, shown(said)));
        }
    }

    fn finish(mut self) -> Descriptor {
        let (told, count) = std::mem::take(&mut self.unknown);
        let more = count - told.len();
        for (line, said) in &told {
            let rest = if more > 0 && Some(line) == told.last().map(|(line, _)| line) {
                format!("; so are {more} more lines")
            } else {
                String::new()
            };
            let text = format!("{}: line {line}: {said} is not known and is passed over{rest}", self.file);
            self.found.notes.push(Note::oddity(text));
        }
        self.found
    }
}

/// Without quotes around it.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value).trim()
}

/// 16 bytes in hexadecimal, with blanks between them.
fn pack(value: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    let mut words = value.split_ascii_whitespace();
    for byte in &mut bytes {
        let word = words.next().filter(|word| word.len() <= 2 && word.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(word, 16).ok()?;
    }
    words.next().is_none().then_some(bytes)
}

#[cfg(test)]
mod tests;
