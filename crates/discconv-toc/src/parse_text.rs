//! `CD_TEXT { ... }` of the disc and of tracks.

use crate::parse::Parser;
use crate::sheet::Value;
use crate::wire::{RESERVED, item};
use discconv_core::Result;
use discconv_sector::cd_text::Kind;

/// `ENCODING_...` by the code of the size information; the codes of Korean and Mandarin are those of the Red Book.
const ENCODINGS: [(&str, u8); 5] = [
    ("ENCODING_ISO_8859_1", 0),
    ("ENCODING_ASCII", 1),
    ("ENCODING_MS_JIS", 0x80),
    ("ENCODING_KOREAN", 0x81),
    ("ENCODING_MANDARIN", 0x82),
];

/// Most bytes of binary data: 256 packs of 12.
const MAX_BINARY: usize = 256 * 12;

impl Parser<'_> {
    /// What is in the braces behind `CD_TEXT`, of `track` or (0) of the disc.
    pub(crate) fn cd_text(&mut self, track: u8) -> Result<()> {
        self.mark('{', "CD_TEXT")?;
        loop {
            if self.take_mark('}') {
                return Ok(());
            }
            if self.take_word("LANGUAGE_MAP") {
                self.language_map()?;
            } else if self.take_word("LANGUAGE") {
                self.language(track)?;
            } else {
                return Err(self.unexpected("LANGUAGE_MAP, LANGUAGE or '}'"));
            }
        }
    }

    fn block_number(&mut self) -> Result<Option<u8>> {
        let line = self.line();
        let Some(number) = self.take_number() else { return Ok(None) };
        match u8::try_from(number) {
            Ok(small) if small < 8 => Ok(Some(small)),
            _ => Err(self.malformed(line, format!("language number {number}"), "a number from 0 to 7")),
        }
    }

    fn language_map(&mut self) -> Result<()> {
        self.mark('{', "LANGUAGE_MAP")?;
        while let Some(block) = self.block_number()? {
            self.mark(':', "the number of the language")?;
            let line = self.line();
            let code = if self.take_word("EN") { Some(9) } else { self.take_number() };
            let Some(code) = code.and_then(|code| u8::try_from(code).ok()) else {
                return Err(self.malformed(line, "a language code that is none", "EN or a number from 0 to 255"));
            };
            self.sheet.texts.languages.insert(block, code);
        }
        self.mark('}', "the language codes")
    }

    fn language(&mut self, track: u8) -> Result<()> {
        let Some(block) = self.block_number()? else { return Err(self.unexpected("a number from 0 to 7 behind LANGUAGE")) };
        self.mark('{', "the number of the language")?;
        while !self.take_mark('}') {
            let line = self.line();
            let Some(word) = self.word() else { return Err(self.unexpected("TITLE, PERFORMER or another item, or '}'")) };
            if let Some((_, code)) = ENCODINGS.iter().find(|(known, _)| *known == word) {
                self.at += 1;
                self.sheet.texts.encodings.insert(block, *code);
                continue;
            }
            let kind = item(word);
            if kind.is_none() && !RESERVED.contains(&word) {
                return Err(
                    self.unexpected("TITLE, PERFORMER, SONGWRITER, COMPOSER, ARRANGER, MESSAGE or another item of CD-TEXT")
                );
            }
            self.at += 1;
            let value = self.value(word)?;
            match kind {
                Some(kind) if track == 0 || kind != Kind::SizeInfo => self.put(line, (block, kind, track), value),
                _ => self.note(line, format!("{word} means nothing here; it is left out")),
            }
        }
        Ok(())
    }

    fn put(&mut self, line: u32, key: (u8, Kind, u8), value: Value) {
        let is_empty = match &value {
            Value::Text(text) => text.bytes.is_empty(),
            Value::Bytes(bytes) => bytes.is_empty(),
        };
        if is_empty {
            return;
        }
        if self.sheet.texts.items.insert(key, value).is_some() {
            self.note(line, format!("a second {:?}; the last counts", key.1));
        }
    }

    fn value(&mut self, keyword: &str) -> Result<Value> {
        if let Some(text) = self.take_text() {
            return Ok(Value::Text(text.clone()));
        }
        if !self.take_mark('{') {
            return Err(self.unexpected(format!("a string in quotes, or numbers in braces, behind {keyword}")));
        }
        let mut bytes = Vec::new();
        while !self.take_mark('}') {
            if !bytes.is_empty() {
                self.mark(',', "a number in braces")?;
            }
            let line = self.line();
            match self.take_number().map(u8::try_from) {
                Some(Ok(byte)) if bytes.len() < MAX_BINARY => bytes.push(byte),
                Some(Ok(_)) => return Err(self.malformed(line, "more numbers", format!("at most {MAX_BINARY} numbers"))),
                Some(Err(_)) => return Err(self.malformed(line, "a number above 255", "numbers from 0 to 255")),
                None => return Err(self.unexpected("a number from 0 to 255, or '}'")),
            }
        }
        Ok(Value::Bytes(bytes))
    }
}
