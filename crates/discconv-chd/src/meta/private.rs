//! What the lines of tracks cannot say, in a piece of metadata of our own (`DCNV`) that other readers skip. It is not hashed.
//!
//! UTF-8, one fact a line, in any order. TRACK is the number that the track has in its own line; LBAs are decimal.
//!
//! | Line | Fact |
//! |---|---|
//! | `discconv 1` | the first line |
//! | `mcn DIGITS` | catalogue number |
//! | `number TRACK NUMBER` | the number on the disc, where it is another one |
//! | `at TRACK LBA` | where its first sector is, the gap before it included: of later sessions, and before LBA 0 |
//! | `isrc TRACK CODE` | |
//! | `flags TRACK NAME...` | `dcp`, `4ch`, `pre`, `scms` |
//! | `index TRACK NUMBER LBA` | INDEX 02 and up |
//! | `session NUMBER TRACK LBA KIND` | its first track, its lead-out, `cdrom`, `cdi` or `xa`; sessions count from 1 |
//! | `pack HEX` | a pack of CD-TEXT, 18 bytes |
//! | `text BLOCK LANGUAGE KIND TRACK "STRING"` | CD-TEXT that packs cannot hold; the kind is 80 (hexadecimal) for a title and so on |
//! | `extra KIND BYTES "NAME"` | the bytes follow as they are, and a line feed |
//!
//! In quotes `\\`, `\"`, `\n` and `\r` stand for what they look like.

mod words;

use discconv_core::{CdText, CdTextBlock, CdTextKind, Control, Extra, ExtraKind, Isrc, Lba, Mcn, SessionKind};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use words::Words;

/// The first line.
const VERSION: &str = "discconv 1";
/// Extras, at most.
const MAX_EXTRAS: usize = 256;
/// Facts that are complained of one by one.
const MAX_COMPLAINTS: usize = 8;
/// CD-TEXT has blocks for eight languages.
const MAX_BLOCKS: u8 = 8;
/// Packs of all of them.
const MAX_PACKS: usize = 2048;

/// The facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Private {
    pub(crate) mcn: Option<Mcn>,
    /// By the number in the line of the track.
    pub(crate) tracks: BTreeMap<u8, TrackFacts>,
    pub(crate) sessions: Vec<SessionFact>,
    pub(crate) cd_text: Option<CdText>,
    pub(crate) extras: Vec<Extra>,
}

/// Of a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrackFacts {
    /// On the disc, where it is another one.
    pub(crate) number: Option<u8>,
    /// Its first sector, the gap before it included.
    pub(crate) at: Option<Lba>,
    pub(crate) isrc: Option<Isrc>,
    pub(crate) control: Control,
    /// INDEX 02 and up.
    pub(crate) indexes: Vec<(u8, Lba)>,
}

/// Of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionFact {
    /// By the number in its line.
    pub(crate) first_track: u8,
    pub(crate) lead_out: Lba,
    pub(crate) kind: SessionKind,
}

impl Private {
    /// What `data` says, and complaints about what is no fact; those are left out.
    pub(crate) fn parse(data: &[u8]) -> (Private, Vec<String>) {
        let mut parser = Parser { words: Words::new(data), facts: Private::default(), packs: Vec::new(), complaints: 0 };
        let mut complaints = Vec::new();
        if parser.words.line() != Some(VERSION) {
            complaints.push(format!("does not begin with `{VERSION}`: it is of another discconv, and left aside"));
            return (Private::default(), complaints);
        }
        let mut number = 1;
        while let Some(line) = parser.words.line() {
            number += 1;
            if parser.fact(line).is_none() {
                parser.complaints += 1;
                if complaints.len() < MAX_COMPLAINTS {
                    complaints.push(format!("line {number} is no fact: {line:.60?}"));
                }
            }
        }
        if parser.complaints > MAX_COMPLAINTS {
            complaints.push(format!("and so are {} more lines", parser.complaints - MAX_COMPLAINTS));
        }
        if !parser.packs.is_empty() {
            parser.facts.cd_text = CdText::from_packs(&parser.packs);
        }
        (parser.facts, complaints)
    }

    /// The piece as it is written; `None` if there is nothing to say.
    pub(crate) fn render(&self) -> Option<Vec<u8>> {
        if *self == Private::default() {
            return None;
        }
        let mut out = format!("{VERSION}\n");
        if let Some(mcn) = &self.mcn {
            let _ = writeln!(out, "mcn {mcn}");
        }
        for (track, facts) in &self.tracks {
            facts.render(*track, &mut out);
        }
        for (number, session) in (1..).zip(&self.sessions) {
            let SessionFact { first_track, lead_out, kind } = session;
            let _ = writeln!(out, "session {number} {first_track} {lead_out} {}", session_kind(*kind));
        }
        if let Some(text) = &self.cd_text {
            render_text(text, &mut out);
        }
        let mut out = out.into_bytes();
        for extra in &self.extras {
            let head = format!("extra {} {} {}\n", extra.kind.name(), extra.bytes.len(), words::quote(&extra.name));
            out.extend(head.into_bytes());
            out.extend(&extra.bytes);
            out.push(b'\n');
        }
        Some(out)
    }
}

impl TrackFacts {
    fn render(&self, track: u8, out: &mut String) {
        if let Some(number) = self.number {
            let _ = writeln!(out, "number {track} {number}");
        }
        if let Some(at) = self.at {
            let _ = writeln!(out, "at {track} {at}");
        }
        if let Some(isrc) = &self.isrc {
            let _ = writeln!(out, "isrc {track} {isrc}");
        }
        let flags = self.control.names();
        if !flags.is_empty() {
            let _ = writeln!(out, "flags {track} {}", flags.join(" "));
        }
        for (index, lba) in &self.indexes {
            let _ = writeln!(out, "index {track} {index} {lba}");
        }
    }
}

const SESSION_KINDS: [(&str, SessionKind); 3] =
    [("cdrom", SessionKind::CdRom), ("cdi", SessionKind::CdI), ("xa", SessionKind::Xa)];

fn session_kind(kind: SessionKind) -> &'static str {
    SESSION_KINDS.iter().find(|(_, other)| *other == kind).map_or("cdrom", |(name, _)| name)
}

/// Packs, unless only strings give these strings back.
fn render_text(text: &CdText, out: &mut String) {
    let packs = text.to_packs().filter(|packs| CdText::from_packs(packs).as_ref() == Some(text));
    for pack in packs.iter().flatten() {
        let _ = writeln!(out, "pack {}", crate::header::hex(pack));
    }
    if packs.is_some() {
        return;
    }
    for (number, block) in (0..).zip(&text.blocks) {
        for ((kind, track), string) in &block.texts {
            let (language, kind, string) = (block.language, kind.to_byte(), words::quote(string));
            let _ = writeln!(out, "text {number} {language} {kind:02x} {track} {string}");
        }
    }
}

struct Parser<'a> {
    words: Words<'a>,
    facts: Private,
    packs: Vec<[u8; 18]>,
    complaints: usize,
}

impl Parser<'_> {
    /// Take in the fact of a line, if it is one.
    fn fact(&mut self, line: &str) -> Option<()> {
        let (verb, rest) = line.split_once(' ')?;
        match verb {
            "mcn" => self.facts.mcn = Some(Mcn::new(rest)?),
            "pack" if self.packs.len() < MAX_PACKS => self.packs.push(words::from_hex(rest)?),
            "session" => self.session(rest)?,
            "text" => self.text(rest)?,
            "extra" => self.extra(rest)?,
            _ => self.of_track(verb, rest)?,
        }
        Some(())
    }

    fn of_track(&mut self, verb: &str, rest: &str) -> Option<()> {
        let (track, rest) = rest.split_once(' ')?;
        let track: u8 = track.parse().ok().filter(|track| (1..=99).contains(track))?;
        let mut facts = self.facts.tracks.get(&track).cloned().unwrap_or_default();
        match verb {
            "number" => facts.number = Some(rest.parse().ok().filter(|number| (1..=99).contains(number))?),
            "at" => facts.at = Some(lba(rest)?),
            "isrc" => facts.isrc = Some(Isrc::new(rest)?),
            "flags" => facts.control = control(rest)?,
            "index" => {
                let (number, at) = rest.split_once(' ')?;
                let number = number.parse().ok().filter(|number| (2..=99).contains(number))?;
                // Ascending, so there are not many.
                facts.indexes.last().is_none_or(|(last, _)| *last < number).then_some(())?;
                facts.indexes.push((number, lba(at)?));
            }
            _ => return None,
        }
        self.facts.tracks.insert(track, facts);
        Some(())
    }

    fn session(&mut self, rest: &str) -> Option<()> {
        let words: Vec<&str> = rest.split(' ').collect();
        let [number, first_track, lead_out, kind] = words[..] else { return None };
        let (_, kind) = SESSION_KINDS.into_iter().find(|(name, _)| *name == kind)?;
        let number: usize = number.parse().ok()?;
        let first_track = first_track.parse().ok().filter(|track| (1..=99).contains(track))?;
        // In order, each with a later first track: so there are not many.
        let follows = number == self.facts.sessions.len() + 1;
        let later = self.facts.sessions.last().is_none_or(|last| last.first_track < first_track);
        (follows && later).then_some(())?;
        self.facts.sessions.push(SessionFact { first_track, lead_out: lba(lead_out)?, kind });
        Some(())
    }

    fn text(&mut self, rest: &str) -> Option<()> {
        let mut parts = rest.splitn(5, ' ');
        let block: u8 = parts.next()?.parse().ok().filter(|block| *block < MAX_BLOCKS)?;
        let language = parts.next()?.parse().ok()?;
        let kind = u8::from_str_radix(parts.next()?, 16).ok()?;
        let kind = CdTextKind::ALL.into_iter().find(|known| known.to_byte() == kind)?;
        let track = parts.next()?.parse().ok().filter(|track: &u8| *track <= 99)?;
        let string = words::unquote(parts.next()?)?;
        let blocks = &mut self.facts.cd_text.get_or_insert_default().blocks;
        let block = usize::from(block);
        if blocks.len() <= block {
            blocks.resize(block + 1, CdTextBlock::default());
        }
        blocks[block].language = language;
        blocks[block].texts.insert((kind, track), string);
        Some(())
    }

    fn extra(&mut self, rest: &str) -> Option<()> {
        let mut parts = rest.splitn(3, ' ');
        let (kind, length) = (parts.next()?, parts.next()?.parse().ok()?);
        let name = words::unquote(parts.next()?)?;
        let letters = kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        (letters && kind.len() <= 32 && !kind.is_empty()).then_some(())?;
        let bytes = self.words.bytes(length)?;
        // It is the name of a file beside the image, and nothing else.
        (self.facts.extras.len() < MAX_EXTRAS && is_bare(&name)).then_some(())?;
        self.facts.extras.push(Extra { kind: ExtraKind::named(kind), name, bytes: bytes.to_vec() });
        Some(())
    }
}

fn is_bare(name: &str) -> bool {
    !name.contains(['/', '\\', '\0']) && name != "." && name != ".."
}

/// An address where sectors can be.
fn lba(word: &str) -> Option<Lba> {
    const MOST: i32 = 1 << 24;
    word.parse().ok().filter(|lba| (-MOST..=MOST).contains(lba)).map(Lba)
}

fn control(names: &str) -> Option<Control> {
    let mut control = Control::default();
    for name in names.split(' ') {
        match name {
            "dcp" => control.dcp = true,
            "4ch" => control.four_channel = true,
            "pre" => control.pre_emphasis = true,
            "scms" => control.scms = true,
            _ => return None,
        }
    }
    Some(control)
}

#[cfg(test)]
mod tests;
