//! Lines to a [`Sheet`]: files, tracks, sessions, and every line without a meaning with its place.

use crate::text::Text;
use crate::wire::{self, Command, FileKind, Problem, Rem, TrackKind};
use discconv_core::{At, Control, Error, Isrc, Mcn, Media, Note, Result};
use discconv_sector::cd_text::Kind;
use std::collections::BTreeMap;

/// More lines than any sheet needs: 99 tracks of 100 indexes are a sixth of it.
const MAX_LINES: usize = 65_536;
/// More files than any sheet needs.
const MAX_FILES: usize = 1000;
/// So many oddities are told one by one.
const TOLD: usize = 50;

/// What a cue sheet says, before any of its files is looked at.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The name of the sheet, for messages.
    pub name: String,
    /// Media catalogue number.
    pub catalog: Option<Mcn>,
    /// CD-TEXT by kind and track; track 0 is the disc.
    pub texts: BTreeMap<(Kind, u8), String>,
    /// Line and name of a file of CD-TEXT packs.
    pub cd_text_file: Option<(u32, String)>,
    /// The medium that a remark names.
    pub media: Option<Media>,
    /// The files, each once.
    pub files: Vec<SheetFile>,
    /// Sessions and density areas; at least one.
    pub sessions: Vec<SheetSession>,
    /// The tracks in order; at least one.
    pub tracks: Vec<SheetTrack>,
    /// What was tolerated.
    pub notes: Vec<Note>,
    pub(crate) kept: Vec<Kept>,
    pub(crate) lines: Vec<Line>,
    pub(crate) text: Text,
}

/// A file of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetFile {
    /// The first line that names it.
    pub line: u32,
    /// Its name as the sheet has it.
    pub name: String,
    /// Its type; of a missing one what the extension says.
    pub kind: FileKind,
}

/// A session, or an area of a GD-ROM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetSession {
    /// Its number as the sheet has it; 0 where it has none.
    pub number: u8,
    /// `REM LEAD-OUT` behind it: in sectors a length, or a position.
    pub lead_out: Option<u32>,
    /// `REM LEAD-IN` before it, in sectors.
    pub lead_in: Option<u32>,
    /// `REM PREGAP` before it, in sectors.
    pub pregap: Option<u32>,
    /// Is it the high-density area of a GD-ROM?
    pub high_density: bool,
}

/// A track of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetTrack {
    /// The line of its `TRACK`.
    pub line: u32,
    /// Its number, made ascending where the sheet repeats one.
    pub number: u8,
    /// Its type as declared.
    pub kind: TrackKind,
    /// Its flags.
    pub control: Control,
    /// Its recording code.
    pub isrc: Option<Isrc>,
    /// Which of [`Sheet::sessions`].
    pub session: usize,
    /// Sectors of its `PREGAP`; 0 for none.
    pub pregap: u32,
    /// Sectors of its `POSTGAP`; 0 for none.
    pub postgap: u32,
    /// Its indexes, ascending by number; at least one.
    pub indexes: Vec<SheetIndex>,
}

/// An index of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetIndex {
    /// Its line.
    pub line: u32,
    /// 0 to 99.
    pub number: u8,
    /// Which of [`Sheet::files`].
    pub file: usize,
    /// Sectors from the start of the file.
    pub at: u32,
}

/// A line that a new sheet gets as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) slot: Slot,
    pub(crate) text: String,
}

/// Where a kept line stands. Tracks are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Before everything.
    Top,
    /// Behind what is said about the disc.
    Head,
    /// Between `FILE` and `TRACK`.
    Before(usize),
    /// Between `TRACK` and its first `INDEX`.
    In(usize),
    /// Behind an `INDEX`.
    After(usize),
}

/// A line that names a file or a track, and where it is in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) range: std::ops::Range<usize>,
    pub(crate) what: Named,
}

/// What a [`Line`] names, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    File(usize),
    Track(usize),
    CdTextFile,
}

/// Read the text of a sheet; its files are not looked for.
///
/// # Errors
/// [`Error::Malformed`] or [`Error::Unsupported`] with the line; [`Error::Limit`] for a text of too many lines.
pub fn parse_sheet(name: &str, bytes: &[u8]) -> Result<Sheet> {
    let text = Text::new(bytes);
    let mut builder = Builder::new(name);
    for (count, (line, range)) in text.lines().enumerate() {
        if count == MAX_LINES {
            let (found, limit) = ("more lines".to_owned(), format!("{MAX_LINES} lines"));
            return Err(Error::Limit { file: name.to_owned(), at: At::Line(line), found, limit });
        }
        let content = text.decode(range.clone());
        builder.line = line;
        let command = wire::parse(&content).map_err(|problem| builder.refuse(problem))?;
        builder.add(command, &content, range)?;
    }
    builder.finish(text)
}

struct Builder {
    line: u32,
    slot: Slot,
    file: Option<usize>,
    /// Remarks that speak of the session to come.
    next: SheetSession,
    /// What is said now is about a track whose data nobody has.
    absent: bool,
    /// Files by their names in small letters.
    known: BTreeMap<String, usize>,
    /// Oddities, told or not.
    odd: usize,
    sheet: Sheet,
}

impl Builder {
    fn new(name: &str) -> Builder {
        let sheet = Sheet {
            name: name.to_owned(),
            catalog: None,
            texts: BTreeMap::new(),
            cd_text_file: None,
            media: None,
            files: Vec::new(),
            sessions: vec![SheetSession::default()],
            tracks: Vec::new(),
            notes: Vec::new(),
            kept: Vec::new(),
            lines: Vec::new(),
            text: Text::new(&[]),
        };
        Builder {
            line: 0,
            slot: Slot::Top,
            file: None,
            next: SheetSession::default(),
            absent: false,
            known: BTreeMap::new(),
            odd: 0,
            sheet,
        }
    }

    fn refuse(&self, problem: Problem) -> Error {
        let (name, at) = (self.sheet.name.as_str(), At::Line(self.line));
        match problem {
            Problem::Malformed { found, expected } => Error::malformed(name, at, found, expected)
                .with_hint(format!("correct line {} of the sheet, or get the sheet again", self.line)),
            Problem::TrackKind(word) => Error::unsupported(name, at, format!("the track type {word:?} is not known")).with_hint(
                "types are AUDIO, CDG, MODE1/2048, MODE1/2352, MODE2/2048, MODE2/2336, MODE2/2352, CDI/2352 and a few more",
            ),
        }
    }

    fn malformed<T>(&self, found: impl Into<String>, expected: &str, hint: &str) -> Result<T> {
        Err(Error::malformed(&self.sheet.name, At::Line(self.line), found, expected).with_hint(hint))
    }

    fn note(&mut self, text: impl std::fmt::Display) {
        self.note_at(self.line, text);
    }

    fn note_at(&mut self, line: u32, text: impl std::fmt::Display) {
        self.odd += 1;
        if self.odd > TOLD {
            return;
        }
        self.sheet.notes.push(Note::oddity(format!("{}: line {line}: {text}", self.sheet.name)));
    }

    fn keep(&mut self, content: &str) {
        self.sheet.kept.push(Kept { slot: self.slot, text: content.trim().to_owned() });
    }

    /// A line that is kept and means nothing.
    fn unknown(&mut self, content: &str, why: impl std::fmt::Display) {
        self.note(why);
        self.keep(content);
    }

    fn add(&mut self, command: Command, content: &str, range: std::ops::Range<usize>) -> Result<()> {
        let of_track = !matches!(command, Command::File { .. } | Command::Track { .. } | Command::Rem(_));
        if self.absent && of_track {
            self.keep(content);
            return Ok(());
        }
        match command {
            Command::Catalog(mcn) => self.catalog(mcn),
            Command::CdTextFile(name) => {
                self.sheet.lines.push(Line { range, what: Named::CdTextFile });
                self.sheet.cd_text_file = Some((self.line, name));
                self.head();
            }
            Command::File { name, kind } => self.file(name, kind, range)?,
            Command::Track { number, kind } => self.track(number, kind, range)?,
            Command::AbsentTrack => {
                self.absent = true;
                self.unknown(content, "a data track that is left out, as MODEx/2xxx says; its lines are kept");
            }
            Command::Index { number, at } => self.index(number, at)?,
            Command::Text(kind, text) => self.text(kind, text),
            Command::Rem(rem) => self.rem(rem, content),
            Command::Comment => self.keep(content),
            Command::Unknown(word) => self.unknown(content, format!("{word} is no command; the line is kept")),
            Command::Flags { .. } | Command::Isrc(_) | Command::Pregap(_) | Command::Postgap(_) => {
                self.about_track(command, content);
            }
        }
        Ok(())
    }

    fn head(&mut self) {
        if self.slot == Slot::Top {
            self.slot = Slot::Head;
        }
    }

    fn catalog(&mut self, mcn: Mcn) {
        if self.sheet.catalog.as_ref().is_some_and(|known| *known != mcn) {
            self.note("a second CATALOG; the first counts");
        }
        self.sheet.catalog.get_or_insert(mcn);
        self.head();
    }

    fn file(&mut self, name: String, kind: Option<FileKind>, range: std::ops::Range<usize>) -> Result<()> {
        if kind.is_none() {
            self.note(format!("no type behind {name:?}; its extension decides"));
        }
        let kind = kind.unwrap_or_else(|| kind_by_extension(&name));
        if !kind.is_known() {
            self.note(format!("{} is no type of file; what is in the file decides", kind.word()));
        }
        let count = self.sheet.files.len();
        let index = *self.known.entry(name.to_lowercase()).or_insert(count);
        if index == count {
            self.sheet.files.push(SheetFile { line: self.line, name, kind });
        }
        if count > MAX_FILES {
            let (found, limit) = ("more files".to_owned(), format!("{MAX_FILES} files"));
            return Err(Error::Limit { file: self.sheet.name.clone(), at: At::Line(self.line), found, limit });
        }
        self.file = Some(index);
        self.sheet.lines.push(Line { range, what: Named::File(index) });
        self.slot = Slot::Before(self.sheet.tracks.len());
        Ok(())
    }

    fn track(&mut self, number: u8, kind: TrackKind, range: std::ops::Range<usize>) -> Result<()> {
        self.finish_track()?;
        self.absent = false;
        let last = self.sheet.tracks.last().map_or(0, |track| track.number);
        let right = if number > last { number } else { last + 1 };
        if right > 99 {
            let hint = "a disc has no more; the sheet may be two in one, or its numbers be wrong";
            return self.malformed(format!("TRACK {number:02} behind track {last}"), "at most 99 tracks", hint);
        }
        if right != number {
            self.note(format!("TRACK {number:02} behind track {last}; it becomes track {right}"));
        }
        let index = self.sheet.tracks.len();
        self.sheet.lines.push(Line { range, what: Named::Track(index) });
        self.sheet.tracks.push(SheetTrack {
            line: self.line,
            number: right,
            kind,
            control: Control::default(),
            isrc: None,
            session: self.sheet.sessions.len() - 1,
            pregap: 0,
            postgap: 0,
            indexes: Vec::new(),
        });
        self.slot = Slot::In(index);
        Ok(())
    }

    fn index(&mut self, number: u8, at: u32) -> Result<()> {
        let (Some(file), Some(track)) = (self.file, self.sheet.tracks.last()) else {
            let hint = match self.file {
                Some(_) => "the line TRACK nn TYPE before it is missing; without it nobody knows what kind of sectors these are",
                None => "write the line FILE \"name\" BINARY with the name of the data at the top of the sheet",
            };
            return self.malformed(format!("INDEX {number:02}"), "a FILE and a TRACK before it", hint);
        };
        if track.indexes.iter().any(|index| index.number == number) {
            self.note(format!("a second INDEX {number:02} in track {}; the first counts", track.number));
            return Ok(());
        }
        let found = SheetIndex { line: self.line, number, file, at };
        self.slot = Slot::After(self.sheet.tracks.len() - 1);
        if let Some(track) = self.sheet.tracks.last_mut() {
            track.indexes.push(found);
        }
        Ok(())
    }

    fn text(&mut self, kind: Kind, text: String) {
        let track = self.sheet.tracks.last().map_or(0, |track| track.number);
        self.head();
        if text.is_empty() {
            return;
        }
        if self.sheet.texts.get(&(kind, track)).is_some_and(|known| *known != text) {
            self.note(format!("a second {kind:?}; the first counts"));
        }
        self.sheet.texts.entry((kind, track)).or_insert(text);
    }

    fn about_track(&mut self, command: Command, content: &str) {
        let Some(track) = self.sheet.tracks.last_mut() else {
            return self.unknown(content, "something about a track before any TRACK; the line is kept");
        };
        match command {
            Command::Flags { control, unknown } => {
                track.control = control;
                if !unknown.is_empty() {
                    self.note(format!("no flags of a track: {}", unknown.join(" ")));
                }
            }
            Command::Isrc(Some(isrc)) => track.isrc = Some(isrc),
            Command::Isrc(None) => self.unknown(content, "this is no ISRC (5 letters or digits, 7 digits); the line is kept"),
            Command::Pregap(sectors) if track.pregap == 0 => track.pregap = sectors,
            Command::Postgap(sectors) if track.postgap == 0 => track.postgap = sectors,
            _ => self.note("a second gap of this kind in one track; the first counts"),
        }
    }

    fn has_tracks(&self) -> bool {
        let current = self.sheet.sessions.len() - 1;
        self.sheet.tracks.last().is_some_and(|track| track.session == current)
    }

    fn session(&mut self) -> &mut SheetSession {
        let last = self.sheet.sessions.len() - 1;
        &mut self.sheet.sessions[last]
    }

    fn rem(&mut self, rem: Rem, content: &str) {
        let started = self.has_tracks();
        match rem {
            Rem::Session(number) => {
                let current = self.session().number.max(u8::from(started));
                if started && number > current {
                    self.next_session(SheetSession { number, ..self.next.clone() });
                } else if !started {
                    self.session().number = number;
                } else if number < current {
                    self.unknown(content, "a session that is over; the line means nothing");
                }
            }
            Rem::LeadOut(sectors) => {
                let last = self.sheet.sessions.len() - 1;
                // A lead-out belongs to the tracks before it, wherever the SESSION line is.
                let session = if started { Some(last) } else { last.checked_sub(1) };
                if let Some(session) = session {
                    self.sheet.sessions[session].lead_out.get_or_insert(sectors);
                }
            }
            Rem::LeadIn(sectors) if started => self.next.lead_in = Some(sectors),
            Rem::LeadIn(sectors) => self.session().lead_in = Some(sectors),
            Rem::Pregap(sectors) if started => self.next.pregap = Some(sectors),
            Rem::Pregap(sectors) => self.session().pregap = Some(sectors),
            Rem::SingleDensity => self.sheet.media = Some(Media::Gd),
            Rem::HighDensity => {
                self.sheet.media = Some(Media::Gd);
                if started {
                    self.next_session(SheetSession { high_density: true, ..self.next.clone() });
                } else {
                    self.session().high_density = true;
                }
            }
            Rem::Media(word) => {
                let media = match word.as_str() {
                    "DVD" => Some(Media::Dvd),
                    "BD" => Some(Media::Bd),
                    _ => None,
                };
                self.sheet.media = self.sheet.media.or(media);
                self.keep(content);
            }
        }
    }

    fn next_session(&mut self, session: SheetSession) {
        self.sheet.sessions.push(session);
        self.next = SheetSession::default();
        self.slot = Slot::Before(self.sheet.tracks.len());
    }

    /// The indexes of the last track, ascending, with INDEX 01.
    fn finish_track(&mut self) -> Result<()> {
        let Some(track) = self.sheet.tracks.last_mut() else { return Ok(()) };
        track.indexes.sort_by_key(|index| index.number);
        let (number, line) = (track.number, track.line);
        let Some(first) = track.indexes.iter().position(|index| index.number >= 1).or(track.indexes.len().checked_sub(1)) else {
            return Err(Error::malformed(&self.sheet.name, At::Line(line), format!("track {number} without INDEX"), "INDEX 01")
                .with_hint("write INDEX 01 mm:ss:ff behind it: where the track begins in its file"));
        };
        let mut complaint = None;
        if track.indexes[first].number != 1 {
            // Without INDEX 01 the earliest place there is: INDEX 00, else the lowest.
            let lowest = track.indexes[0].number;
            track.indexes[0].number = 1;
            complaint = Some(format!("track {number} has no INDEX 01; INDEX {lowest:02} takes its place"));
        } else if first == 1 && track.indexes[0].file == track.indexes[1].file && track.indexes[0].at > track.indexes[1].at {
            track.indexes.remove(0);
            complaint = Some(format!("INDEX 00 of track {number} lies behind its INDEX 01; it does not count"));
        }
        if let Some(pair) = track.indexes.windows(2).find(|pair| pair[0].file == pair[1].file && pair[0].at > pair[1].at) {
            let found = format!("INDEX {:02} of track {number} before its INDEX {:02}", pair[1].number, pair[0].number);
            return Err(Error::malformed(&self.sheet.name, At::Line(pair[1].line), found, "ascending times")
                .with_hint("one of the two times is wrong: they count from the start of the file, not of the track"));
        }
        if let Some(complaint) = complaint {
            self.note_at(line, complaint);
        }
        Ok(())
    }

    fn finish(mut self, text: Text) -> Result<Sheet> {
        self.finish_track()?;
        if self.sheet.tracks.is_empty() {
            let found = if self.sheet.files.is_empty() { "neither FILE nor TRACK" } else { "no TRACK" };
            return Err(Error::malformed(&self.sheet.name, At::Whole, found, "a cue sheet: FILE, TRACK and INDEX lines")
                .with_hint("is it really a cue sheet?"));
        }
        if self.odd > TOLD {
            let text = format!("{}: {} more oddities of this kind", self.sheet.name, self.odd - TOLD);
            self.sheet.notes.push(Note::oddity(text));
        }
        // A session remark behind the last track begins nothing.
        let used = self.sheet.tracks.last().map_or(0, |track| track.session);
        self.sheet.sessions.truncate(used + 1);
        self.sheet.text = text;
        Ok(self.sheet)
    }
}

fn kind_by_extension(name: &str) -> FileKind {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match FileKind::from_word(extension) {
        FileKind::Other(word) if !FileKind::Other(word.clone()).is_known() => FileKind::Binary,
        kind => kind,
    }
}
