//! Bytes to lines of text. A sheet does not say in what alphabet it is written.
//!
//! A byte order mark decides; else strict UTF-8; else a guess between Shift-JIS, GBK and Windows-1252, by what the
//! letters would be. The bytes of each line stay at hand, so that a file name can be read again in another alphabet.

use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use std::ops::Range;

/// Non-ASCII letters that the guess looks at.
const SAMPLE: usize = 4096;
/// In percent: so many of the letters must be everyday ones for a double-byte alphabet to be believed.
const BELIEVABLE: usize = 75;

/// Alphabets in which a file name is tried where the guess finds no file.
pub(crate) const OTHERS: [&Encoding; 8] = [SHIFT_JIS, GBK, WINDOWS_1252, BIG5, EUC_KR, WINDOWS_1251, WINDOWS_1250, UTF_8];

/// The text of a sheet.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// The bytes as they were; of UTF-16 the same in UTF-8.
    pub(crate) bytes: Vec<u8>,
    /// The alphabet of `bytes`.
    pub(crate) encoding: &'static Encoding,
    /// Was it UTF-16? Then `bytes` are not the bytes of the file.
    pub(crate) was_wide: bool,
}

impl Text {
    /// Find the alphabet of `bytes`.
    pub(crate) fn new(bytes: &[u8]) -> Text {
        if let Some(wide) = wide_encoding(bytes) {
            let (text, _) = wide.decode_with_bom_removal(bytes);
            return Text { bytes: text.into_owned().into_bytes(), encoding: UTF_8, was_wide: true };
        }
        Text { bytes: bytes.to_owned(), encoding: narrow_encoding(bytes), was_wide: false }
    }

    /// Number (from 1) and bytes of each line that is not blank, without its end.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (u32, Range<usize>)> {
        let bytes = &self.bytes;
        let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut number = 0_u32;
        std::iter::from_fn(move || {
            while at < bytes.len() {
                let start = at;
                let len = bytes[start..].iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len() - start);
                at = start + len + 1;
                if bytes[start + len..].starts_with(b"\r\n") {
                    at += 1;
                }
                number = number.saturating_add(1);
                if bytes[start..start + len].iter().any(|byte| !is_blank(*byte)) {
                    return Some((number, start..start + len));
                }
            }
            None
        })
    }

    /// The text of some bytes of it.
    pub(crate) fn decode(&self, range: Range<usize>) -> String {
        decode(self.encoding, &self.bytes[range])
    }
}

/// White space, and what stands at the end of files padded by old programs.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0 | 0x1A | 0x0B | 0x0C)
}

/// The text of `bytes` in `encoding`; what is none becomes U+FFFD.
pub(crate) fn decode(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Is it UTF-16?
pub(crate) fn is_wide(bytes: &[u8]) -> bool {
    wide_encoding(bytes).is_some()
}

/// UTF-16, by its mark or by the zeros of its ASCII letters.
fn wide_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return Some(UTF_16LE);
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return Some(UTF_16BE);
    }
    let pairs = bytes.as_chunks::<2>().0.get(..16)?;
    if pairs.iter().all(|pair| pair[0] != 0 && pair[1] == 0) {
        return Some(UTF_16LE);
    }
    pairs.iter().all(|pair| pair[0] == 0 && pair[1] != 0).then_some(UTF_16BE)
}

fn narrow_encoding(bytes: &[u8]) -> &'static Encoding {
    // A look at the head of a file may cut a letter in two.
    let is_utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    if is_utf8 {
        return UTF_8;
    }
    let scored = [SHIFT_JIS, GBK].into_iter().filter_map(|encoding| Some((everyday_percent(encoding, bytes)?, encoding)));
    match scored.max_by_key(|(percent, _)| *percent) {
        Some((percent, encoding)) if percent >= BELIEVABLE => encoding,
        _ => WINDOWS_1252,
    }
}

/// How many of the letters beyond ASCII would be everyday ones, and stand where such letters stand: side by side, or at
/// least not alone within a Latin word. `None` if the bytes are not of that alphabet.
fn everyday_percent(encoding: &'static Encoding, bytes: &[u8]) -> Option<usize> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let (mut good, mut all) = (0, 0);
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_ascii() {
            let after = letters.peek().copied().unwrap_or(' ');
            let in_word = before.is_ascii_alphanumeric() || after.is_ascii_alphanumeric();
            let in_run = !before.is_ascii() || !after.is_ascii();
            all += 1;
            good += usize::from(is_everyday(encoding, letter) && (in_run || !in_word));
            if all == SAMPLE {
                break;
            }
        }
        before = letter;
    }
    (good * 100).checked_div(all)
}

fn is_everyday(encoding: &'static Encoding, letter: char) -> bool {
    let east_asian = matches!(letter, '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF01}'..='\u{FF5E}' | '\u{2010}'..='\u{2312}' | '\u{25A0}'..='\u{266F}' | '\u{D7}' | '\u{B7}');
    if !east_asian || encoding != GBK {
        return east_asian;
    }
    // Of GBK's 21,000 signs the 6,763 of GB 2312 are the ones in use; both of their bytes are above A0h.
    let mut buffer = [0; 4];
    let (bytes, ..) = encoding.encode(letter.encode_utf8(&mut buffer));
    bytes.iter().all(|byte| *byte > 0xA0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], encoding: &'static Encoding, lines: &[(u32, &str)]) {
        let text = Text::new(bytes);
        let found: Vec<(u32, String)> = text.lines().map(|(number, range)| (number, text.decode(range))).collect();
        let found: Vec<(u32, &str)> = found.iter().map(|(number, line)| (*number, line.as_str())).collect();
        assert_eq!((text.encoding, found.as_slice()), (encoding, lines));
    }

    #[test]
    fn line_ends_and_marks() {
        check(b"", UTF_8, &[]);
        check(b"\r\n\n\r\x1A", UTF_8, &[]);
        check(b"a\rb\nc\r\n\r\nd", UTF_8, &[(1, "a"), (2, "b"), (3, "c"), (5, "d")]);
        check(b"\xEF\xBB\xBFTITLE x\n", UTF_8, &[(1, "TITLE x")]);
        check(b"\xFF\xFEa\0\n\0\xE9\0", UTF_8, &[(1, "a"), (2, "\u{E9}")]);
        check(b"\xFE\xFF\0a\0\n\0b", UTF_8, &[(1, "a"), (2, "b")]);
    }

    #[test]
    fn alphabets() {
        check("TITLE \"Größe\"".as_bytes(), UTF_8, &[(1, "TITLE \"Größe\"")]);
        check(b"TITLE \"Stra\xDFe \x96 \x80\"", WINDOWS_1252, &[(1, "TITLE \"Straße – €\"")]);
        check(b"TITLE \"Gr\xF6\xDFe\"", WINDOWS_1252, &[(1, "TITLE \"Größe\"")]);
        check(b"TITLE \"Mot\xF6rhead\"", WINDOWS_1252, &[(1, "TITLE \"Motörhead\"")]);
        check(b"FILE \"\x83\x5C\x83\x74\x83\x67.bin\" BINARY", SHIFT_JIS, &[(1, "FILE \"ソフト.bin\" BINARY")]);
        for (encoding, line) in [(SHIFT_JIS, "TITLE \"音楽の時間\""), (GBK, "TITLE \"中国音乐\""), (SHIFT_JIS, "TITLE \"あ\"")]
        {
            check(&encoding.encode(line).0, encoding, &[(1, line)]);
        }
    }
}
