//! Tokens to a [`Sheet`]: header, tracks, statements. CD-TEXT blocks are in [`crate::parse_text`].

use crate::sheet::{Amount, Mark, MarkAt, Part, Sheet, SheetFile, SheetTrack, Texts, What};
use crate::wire::{DataMode, Quoted, Spanned, SubMode, Token, tokens};
use discconv_core::{At, Control, Error, Isrc, Mcn, Note, Result, SessionKind};
use discconv_sector::FRAMES_PER_SECOND;
use std::collections::BTreeMap;

/// Tracks on a disc.
const MAX_TRACKS: usize = 99;
/// Indexes behind INDEX 01.
const MAX_INDEXES: usize = 98;
/// Oddities that are told one by one.
const TOLD: usize = 20;
/// More sectors than any medium has.
pub(crate) const MAX_SECTORS: u32 = 1 << 30;

/// Parse the text of a TOC called `name`.
///
/// # Errors
/// [`Error::Malformed`] with the line for whatever the grammar does not have; [`Error::Unsupported`] for `FIFO` and for
/// the standard input as a file.
pub fn parse_sheet(name: &str, bytes: &[u8]) -> Result<Sheet> {
    let (tokens, stray) = tokens(bytes);
    let mut parser = Parser::new(name, &tokens);
    let parsed = parser.toc();
    if let Some(stray) = stray {
        // What is wrong before it is the better message.
        let unfinished = parser.at >= tokens.len();
        if parsed.is_ok() || unfinished {
            return Err(Error::malformed(name, At::Line(stray.line), stray.found, "a keyword, a number or a string in quotes")
                .with_hint(format!("correct line {} of the TOC, or get the TOC again", stray.line)));
        }
    }
    parsed?;
    Ok(parser.finish())
}

pub(crate) struct Parser<'a> {
    tokens: &'a [Spanned],
    pub(crate) at: usize,
    /// Files by their names.
    known: BTreeMap<String, usize>,
    odd: usize,
    pub(crate) sheet: Sheet,
}

impl<'a> Parser<'a> {
    fn new(name: &str, tokens: &'a [Spanned]) -> Parser<'a> {
        let sheet = Sheet {
            name: name.to_owned(),
            kind: SessionKind::CdRom,
            catalog: None,
            first_number: 1,
            files: Vec::new(),
            tracks: Vec::new(),
            texts: Texts::default(),
            notes: Vec::new(),
            named: Vec::new(),
        };
        Parser { tokens, at: 0, known: BTreeMap::new(), odd: 0, sheet }
    }

    fn finish(mut self) -> Sheet {
        if self.odd > TOLD {
            let text = format!("{}: {} more oddities of this kind", self.sheet.name, self.odd - TOLD);
            self.sheet.notes.push(Note::oddity(text));
        }
        self.sheet
    }

    pub(crate) fn note(&mut self, line: u32, text: impl std::fmt::Display) {
        self.odd += 1;
        if self.odd <= TOLD {
            self.sheet.notes.push(Note::oddity(format!("{}: line {line}: {text}", self.sheet.name)));
        }
    }

    pub(crate) fn malformed(&self, line: u32, found: impl Into<String>, expected: impl Into<String>) -> Error {
        Error::malformed(&self.sheet.name, At::Line(line), found, expected)
            .with_hint(format!("correct line {line} of the TOC, or get the TOC again"))
    }

    // Tokens.

    fn peek(&self) -> Option<&'a Spanned> {
        self.tokens.get(self.at)
    }

    /// The line of the next token, else of the last.
    pub(crate) fn line(&self) -> u32 {
        self.peek().or(self.tokens.last()).map_or(1, |spanned| spanned.line)
    }

    /// What stands where something else should, for people.
    fn shown(&self) -> String {
        match self.peek().map(|spanned| &spanned.token) {
            None => "the end of the text".to_owned(),
            Some(Token::Word(word)) => word.clone(),
            Some(Token::Number(number)) => number.to_string(),
            Some(Token::Text(text)) => format!("{:?}", String::from_utf8_lossy(&text.bytes)),
            Some(Token::Mark(mark)) => format!("{mark:?}"),
        }
    }

    pub(crate) fn unexpected(&self, expected: impl Into<String>) -> Error {
        self.malformed(self.line(), self.shown(), expected)
    }

    pub(crate) fn word(&self) -> Option<&'a str> {
        match self.peek().map(|spanned| &spanned.token) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let is_it = self.word() == Some(word);
        self.at += usize::from(is_it);
        is_it
    }

    pub(crate) fn take_mark(&mut self, mark: char) -> bool {
        let is_it = self.peek().is_some_and(|spanned| spanned.token == Token::Mark(mark));
        self.at += usize::from(is_it);
        is_it
    }

    pub(crate) fn mark(&mut self, mark: char, after: &str) -> Result<()> {
        if self.take_mark(mark) { Ok(()) } else { Err(self.unexpected(format!("'{mark}' behind {after}"))) }
    }

    pub(crate) fn take_number(&mut self) -> Option<u64> {
        let Token::Number(number) = self.peek()?.token else { return None };
        self.at += 1;
        Some(number)
    }

    pub(crate) fn take_text(&mut self) -> Option<&'a Quoted> {
        let Token::Text(text) = &self.peek()?.token else { return None };
        self.at += 1;
        Some(text)
    }

    /// The string that belongs to `keyword` in `line`.
    fn text(&mut self, line: u32, keyword: &str) -> Result<String> {
        match self.take_text() {
            Some(text) => Ok(readable(&text.bytes)),
            None => Err(self.malformed(line, format!("{keyword} and then {}", self.shown()), format!("{keyword} \"...\""))),
        }
    }

    /// `MM:SS:FF` if two numbers and a colon are next.
    fn take_time(&mut self) -> Result<Option<u32>> {
        let next = |ahead: usize| self.tokens.get(self.at + ahead).map(|spanned| &spanned.token);
        if !matches!((next(0), next(1)), (Some(Token::Number(_)), Some(Token::Mark(':')))) {
            return Ok(None);
        }
        let line = self.line();
        let mut fields = [0; 3];
        for (nth, field) in fields.iter_mut().enumerate() {
            if nth > 0 {
                self.mark(':', "the minutes and the seconds of a time")?;
            }
            *field = self.take_number().ok_or_else(|| self.unexpected("a time MM:SS:FF"))?;
        }
        let [minutes, seconds, frames] = fields;
        let sectors = minutes.saturating_mul(60).saturating_add(seconds).saturating_mul(FRAMES_PER_SECOND.into());
        let sectors = u32::try_from(sectors.saturating_add(frames)).ok().filter(|sectors| *sectors <= MAX_SECTORS);
        match sectors {
            Some(sectors) if seconds < 60 && frames < FRAMES_PER_SECOND.into() => Ok(Some(sectors)),
            _ => {
                let found = format!("the time {minutes}:{seconds}:{frames}");
                Err(self.malformed(line, found, "MM:SS:FF with seconds below 60 and frames below 75"))
            }
        }
    }

    fn time(&mut self, keyword: &str) -> Result<u32> {
        let line = self.line();
        self.take_time()?
            .ok_or_else(|| self.malformed(line, format!("{keyword} {}", self.shown()), format!("{keyword} MM:SS:FF")))
    }

    fn take_amount(&mut self) -> Result<Option<Amount>> {
        if let Some(sectors) = self.take_time()? {
            return Ok(Some(Amount::Sectors(sectors)));
        }
        Ok(self.take_number().map(Amount::Units))
    }

    fn amount(&mut self, line: u32, keyword: &str) -> Result<Amount> {
        match self.take_amount()? {
            Some(amount) => Ok(amount),
            None => {
                let expected = "a length: MM:SS:FF, or a number of samples or bytes";
                Err(self.malformed(line, format!("{keyword} and then {}", self.shown()), expected))
            }
        }
    }

    // The grammar.

    fn toc(&mut self) -> Result<()> {
        while self.header()? {}
        while let Some("TRACK") = self.word() {
            self.track()?;
        }
        if self.peek().is_some() {
            let expected = match self.sheet.tracks.last() {
                None => "CD_DA, CD_ROM, CD_ROM_XA, CD_I, CATALOG, CD_TEXT or TRACK",
                Some(track) if !track.indexes.is_empty() => "INDEX or TRACK",
                Some(_) => "FILE, DATAFILE, SILENCE, ZERO, START, END, INDEX or TRACK",
            };
            let small = self.word().is_some_and(|word| word.contains(|letter: char| letter.is_ascii_lowercase()));
            let error = self.unexpected(expected);
            return Err(if small { error.with_hint("the words of a TOC are written in capitals") } else { error });
        }
        if self.sheet.tracks.is_empty() {
            return Err(self.unexpected("at least one TRACK"));
        }
        Ok(())
    }

    /// One statement of the header, if there is one.
    fn header(&mut self) -> Result<bool> {
        let line = self.line();
        let Some(word) = self.word() else { return Ok(false) };
        let kind = match word {
            "CD_DA" | "CD_ROM" => SessionKind::CdRom,
            "CD_ROM_XA" => SessionKind::Xa,
            "CD_I" => SessionKind::CdI,
            "CATALOG" | "FIRST_TRACK_NO" | "CD_TEXT" => {
                self.at += 1;
                match word {
                    "CATALOG" => self.catalog(line)?,
                    "CD_TEXT" => self.cd_text(0)?,
                    _ => self.first_number(line)?,
                }
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.at += 1;
        self.sheet.kind = kind;
        Ok(true)
    }

    fn catalog(&mut self, line: u32) -> Result<()> {
        let text = self.text(line, "CATALOG")?;
        let mcn = Mcn::new(text.trim());
        self.sheet.catalog = Some(mcn.ok_or_else(|| self.malformed(line, format!("CATALOG {text:?}"), "13 digits"))?);
        Ok(())
    }

    fn first_number(&mut self, line: u32) -> Result<()> {
        let number = self.take_number().and_then(|number| u8::try_from(number).ok());
        match number.filter(|number| (1..=99).contains(number)) {
            Some(number) => self.sheet.first_number = number,
            None => return Err(self.malformed(line, "FIRST_TRACK_NO without such a number", "a number from 1 to 99")),
        }
        Ok(())
    }

    fn track(&mut self) -> Result<()> {
        let line = self.line();
        self.at += 1;
        let nth = self.sheet.tracks.len();
        let number = u8::try_from(nth).ok().and_then(|nth| self.sheet.first_number.checked_add(nth));
        let Some(number) = number.filter(|number| usize::from(*number) <= MAX_TRACKS) else {
            return Err(self.malformed(line, "a TRACK beyond number 99", "at most 99 tracks"));
        };
        let Some(mode) = self.word().and_then(DataMode::from_word) else {
            let expected = "AUDIO, MODE1, MODE1_RAW, MODE2, MODE2_RAW, MODE2_FORM1, MODE2_FORM2 or MODE2_FORM_MIX";
            return Err(self.malformed(line, format!("TRACK and then {}", self.shown()), expected));
        };
        self.at += 1;
        let sub = self.take_sub();
        let (control, isrc, start, end) = (Control::default(), None, None, None);
        let track = SheetTrack { line, number, mode, sub, control, isrc, parts: Vec::new(), start, end, indexes: Vec::new() };
        self.sheet.tracks.push(track);
        while self.flag(nth)? {}
        while self.statement(nth)? {}
        while self.index(nth)? {}
        if self.sheet.tracks[nth].parts.is_empty() {
            let expected = "a FILE, DATAFILE, SILENCE or ZERO in each";
            return Err(self.malformed(line, format!("track {number} without content"), expected));
        }
        Ok(())
    }

    fn take_sub(&mut self) -> SubMode {
        let sub = self.word().and_then(SubMode::from_word);
        self.at += usize::from(sub.is_some());
        sub.unwrap_or_default()
    }

    fn flag(&mut self, nth: usize) -> Result<bool> {
        let line = self.line();
        let no = self.take_word("NO");
        let word = self.word().unwrap_or_default();
        let control = &mut self.sheet.tracks[nth].control;
        match word {
            "COPY" => control.dcp = !no,
            "PRE_EMPHASIS" => control.pre_emphasis = !no,
            _ if no => return Err(self.unexpected("COPY or PRE_EMPHASIS behind NO")),
            "TWO_CHANNEL_AUDIO" => control.four_channel = false,
            "FOUR_CHANNEL_AUDIO" => control.four_channel = true,
            "ISRC" => {
                self.at += 1;
                let text = self.text(line, "ISRC")?;
                let isrc = Isrc::new(text.trim());
                let expected = "5 letters or digits, then 7 digits";
                self.sheet.tracks[nth].isrc = Some(isrc.ok_or_else(|| self.malformed(line, format!("ISRC {text:?}"), expected))?);
                return Ok(true);
            }
            "CD_TEXT" => {
                self.at += 1;
                self.cd_text(self.sheet.tracks[nth].number)?;
                return Ok(true);
            }
            _ => return Ok(false),
        }
        self.at += 1;
        Ok(true)
    }

    fn statement(&mut self, nth: usize) -> Result<bool> {
        let line = self.line();
        let Some(word) = self.word() else { return Ok(false) };
        if !["PREGAP", "FILE", "AUDIOFILE", "DATAFILE", "FIFO", "SILENCE", "ZERO", "START", "END"].contains(&word) {
            return Ok(false);
        }
        self.at += 1;
        let what = match word {
            "PREGAP" => self.pregap(nth, line)?,
            "FILE" | "AUDIOFILE" => self.file(nth, line, word)?,
            "DATAFILE" => self.data_file(line)?,
            "SILENCE" | "ZERO" => self.blank(nth, line, word)?,
            "START" | "END" => {
                self.place(nth, line, word)?;
                return Ok(true);
            }
            _ => {
                let what = "FIFO takes its data from a pipe, which nobody can read again";
                return Err(Error::unsupported(&self.sheet.name, At::Line(line), what)
                    .with_hint("write the data to a file, and name that with FILE or DATAFILE"));
            }
        };
        self.sheet.tracks[nth].parts.push(Part { line, what });
        Ok(true)
    }

    fn pregap(&mut self, nth: usize, line: u32) -> Result<What> {
        let sectors = self.time("PREGAP")?;
        let track = &mut self.sheet.tracks[nth];
        if track.start.is_some() || !track.parts.is_empty() {
            let found = "a PREGAP behind other content, or beside START";
            return Err(self.malformed(line, found, "one PREGAP or START, PREGAP before all content"));
        }
        if sectors == 0 {
            return Err(self.malformed(line, "a PREGAP of no length", "at least 00:00:01"));
        }
        track.start = Some(Mark { line, at: MarkAt::Behind(1) });
        Ok(What::Blank { mode: track.mode.mode(), samples: false, len: Amount::Sectors(sectors) })
    }

    fn place(&mut self, nth: usize, line: u32, word: &str) -> Result<()> {
        let told = self.take_time()?;
        let track = &mut self.sheet.tracks[nth];
        let at = told.map_or(MarkAt::Behind(track.parts.len()), MarkAt::Sectors);
        let mark = if word == "START" { &mut track.start } else { &mut track.end };
        if mark.is_some() {
            return Err(self.malformed(line, format!("a second {word} in one track"), "one at most, and no START beside PREGAP"));
        }
        *mark = Some(Mark { line, at });
        Ok(())
    }

    fn file(&mut self, nth: usize, line: u32, word: &str) -> Result<What> {
        let file = self.file_name(line, word)?;
        let swap = self.take_word("SWAP");
        let offset = self.offset(line)?;
        let start = self.amount(line, word)?;
        let len = self.take_amount()?;
        let is_audio = self.sheet.tracks[nth].mode == DataMode::Audio;
        if !is_audio {
            self.note(line, format!("{word} in a data track; it counts as DATAFILE"));
        }
        Ok(What::Stored { file, samples: is_audio, swap, offset, start, len: len.filter(|len| !len.is_zero()) })
    }

    fn data_file(&mut self, line: u32) -> Result<What> {
        let file = self.file_name(line, "DATAFILE")?;
        let offset = self.offset(line)?;
        let len = self.take_amount()?.filter(|len| !len.is_zero());
        Ok(What::Stored { file, samples: false, swap: false, offset, start: Amount::Units(0), len })
    }

    fn offset(&mut self, line: u32) -> Result<u64> {
        if !self.take_mark('#') {
            return Ok(0);
        }
        self.take_number()
            .ok_or_else(|| self.malformed(line, format!("# and then {}", self.shown()), "a number of bytes behind #"))
    }

    /// The index of the file that is named next.
    fn file_name(&mut self, line: u32, keyword: &str) -> Result<usize> {
        let place = self.at;
        let name = self.text(line, keyword)?;
        if name == "-" {
            return Err(Error::unsupported(&self.sheet.name, At::Line(line), format!("{keyword} \"-\" is the standard input"))
                .with_hint("write the data to a file, and name that"));
        }
        if name.is_empty() {
            return Err(self.malformed(line, format!("{keyword} \"\""), "the name of a file"));
        }
        let count = self.sheet.files.len();
        let file = *self.known.entry(name.clone()).or_insert(count);
        if file == count {
            self.sheet.files.push(SheetFile { line, name });
        }
        self.sheet.named.push((self.tokens[place].range.clone(), file));
        Ok(file)
    }

    fn blank(&mut self, nth: usize, line: u32, word: &str) -> Result<What> {
        let track = self.sheet.tracks[nth].mode;
        let mut mode = track;
        if word == "ZERO" {
            if let Some(told) = self.word().and_then(DataMode::from_word) {
                mode = told;
                self.at += 1;
            }
            self.take_sub();
        } else if track != DataMode::Audio {
            self.note(line, "SILENCE in a data track; it counts as ZERO");
        }
        let len = self.amount(line, word)?;
        if len.is_zero() {
            return Err(self.malformed(line, format!("{word} of no length"), "a length above zero"));
        }
        Ok(What::Blank { mode: mode.mode(), samples: word == "SILENCE", len })
    }

    fn index(&mut self, nth: usize) -> Result<bool> {
        let line = self.line();
        if !self.take_word("INDEX") {
            return Ok(false);
        }
        let sectors = self.time("INDEX")?;
        let track = &mut self.sheet.tracks[nth];
        let before = track.indexes.last().map_or(0, |(_, sectors)| *sectors);
        if sectors <= before {
            let expected = "ascending times behind the track's start";
            return Err(self.malformed(line, "an INDEX at the start of the track, or not behind the one before it", expected));
        }
        if track.indexes.len() == MAX_INDEXES {
            return Err(self.malformed(line, "an INDEX beyond number 99", "at most 98 INDEX lines in a track"));
        }
        track.indexes.push((line, sectors));
        Ok(true)
    }
}

impl Amount {
    pub(crate) fn is_zero(self) -> bool {
        matches!(self, Amount::Sectors(0) | Amount::Units(0))
    }
}

/// Letters of a file: UTF-8 where it is, else Latin-1 letter by letter.
pub(crate) fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
