//! Bytes to tokens. Comments run from `//` to the end of the line; lines mean nothing else.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while_m_n, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{map, map_opt, recognize, value};
use nom::multi::{fold_many0, many0_count};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};
use std::ops::Range;

/// A string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// Its bytes, escapes resolved.
    pub bytes: Vec<u8>,
    /// Were some given as octal digits? Then the bytes are those of the disc; else they are the text file's letters.
    pub octal: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Letters, digits and `_`.
    Word(String),
    Number(u64),
    Text(Quoted),
    /// One of `# : , { }`.
    Mark(char),
}

/// A token and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spanned {
    /// From 1.
    pub(crate) line: u32,
    /// Its bytes in the text.
    pub(crate) range: Range<usize>,
    pub(crate) token: Token,
}

/// What is no token, and in which line.
pub(crate) struct Stray {
    pub(crate) line: u32,
    pub(crate) found: String,
}

type Parsed<'a, T> = IResult<&'a [u8], T>;

/// White space, also what old programs pad files with.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C | 0x1A | 0)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn comment(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize(pair(tag("//"), take_till(|byte| byte == b'\n'))).parse(input)
}

fn between(input: &[u8]) -> Parsed<'_, &[u8]> {
    recognize(many0_count(alt((take_while1(is_blank), comment)))).parse(input)
}

fn word(input: &[u8]) -> Parsed<'_, Token> {
    let first = take_while_m_n(1, 1, |byte: u8| byte.is_ascii_alphabetic());
    map(recognize(pair(first, take_while(is_word))), |bytes: &[u8]| Token::Word(String::from_utf8_lossy(bytes).into_owned()))
        .parse(input)
}

fn number(input: &[u8]) -> Parsed<'_, Token> {
    let digits = take_while1(|byte: u8| byte.is_ascii_digit());
    // What is beyond any length stays so.
    map(digits, |digits: &[u8]| {
        let fold = |sum: u64, digit: &u8| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
        Token::Number(digits.iter().fold(0, fold))
    })
    .parse(input)
}

/// Part of a string.
enum Bit<'a> {
    Plain(&'a [u8]),
    Octal(u8),
}

fn octal(input: &[u8]) -> Parsed<'_, u8> {
    let digits = take_while_m_n(3, 3, |byte| matches!(byte, b'0'..=b'7'));
    map_opt(digits, |digits: &[u8]| {
        let value = digits.iter().fold(0, |sum: u32, digit| sum * 8 + u32::from(digit - b'0'));
        u8::try_from(value).ok()
    })
    .parse(input)
}

fn bit(input: &[u8]) -> Parsed<'_, Bit<'_>> {
    alt((
        map(preceded(char('\\'), octal), Bit::Octal),
        map(preceded(char('\\'), recognize(one_of("\"\\"))), Bit::Plain),
        // A backslash before anything else is itself.
        map(tag("\\"), Bit::Plain),
        map(take_while1(|byte| !matches!(byte, b'"' | b'\\' | b'\n' | b'\r')), Bit::Plain),
    ))
    .parse(input)
}

fn string(input: &[u8]) -> Parsed<'_, Token> {
    let bits = fold_many0(bit, Quoted::default, |mut text: Quoted, bit| {
        match bit {
            Bit::Plain(bytes) => text.bytes.extend(bytes),
            Bit::Octal(byte) => {
                text.bytes.push(byte);
                text.octal = true;
            }
        }
        text
    });
    map(delimited(char('"'), bits, char('"')), Token::Text).parse(input)
}

fn token(input: &[u8]) -> Parsed<'_, Token> {
    alt((word, number, string, map(one_of("#:,{}"), Token::Mark))).parse(input)
}

fn mark(input: &[u8]) -> Parsed<'_, ()> {
    value((), nom::combinator::opt(tag(&b"\xEF\xBB\xBF"[..]))).parse(input)
}

/// The comments before the first token, as they are, with the line ends between them.
pub(crate) fn leading_comments(text: &[u8]) -> &[u8] {
    let text = mark(text).map_or(text, |(rest, ())| rest);
    between(text).map_or(&[], |(_, comments)| comments.trim_ascii())
}

/// All tokens, up to the first thing that is none.
pub(crate) fn tokens(text: &[u8]) -> (Vec<Spanned>, Option<Stray>) {
    let mut rest = mark(text).map_or(text, |(rest, ())| rest);
    let (mut found, mut line, mut counted) = (Vec::new(), 1_u32, 0);
    loop {
        rest = between(rest).map_or(rest, |(rest, _)| rest);
        let start = text.len() - rest.len();
        let lines = text[counted..start].iter().filter(|byte| **byte == b'\n').count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        counted = start;
        if rest.is_empty() {
            return (found, None);
        }
        match token(rest) {
            Ok((after, token)) => {
                let end = text.len() - after.len();
                found.push(Spanned { line, range: start..end, token });
                rest = after;
            }
            Err(_) => return (found, Some(Stray { line, found: stray(rest) })),
        }
    }
}

/// The beginning of what is no token, for people.
fn stray(rest: &[u8]) -> String {
    const SHOWN: usize = 16;
    let word = rest.split(|byte| is_blank(*byte)).next().unwrap_or_default();
    let text = String::from_utf8_lossy(&word[..word.len().min(SHOWN)]).into_owned();
    if rest.first() == Some(&b'"') { "a quote that nothing closes in its line".to_owned() } else { format!("{text:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let (found, stray) = tokens(text.as_bytes());
        let mut shown: Vec<String> = found
            .iter()
            .map(|spanned| match &spanned.token {
                Token::Word(word) => format!("{}:{word}", spanned.line),
                Token::Number(number) => format!("{}:{number}", spanned.line),
                Token::Text(text) => format!("{}:{:?}", spanned.line, String::from_utf8_lossy(&text.bytes)),
                Token::Mark(mark) => format!("{}:{mark}", spanned.line),
            })
            .collect();
        shown.extend(stray.map(|stray| format!("{}! {}", stray.line, stray.found)));
        assert_eq!(shown.join(" "), expected, "{text:?}");
    }

    #[test]
    fn tokens_and_lines() {
        check("", "");
        check("\u{FEFF}CD_DA // x\r\n\n// y\nTRACK AUDIO\x1A", "1:CD_DA 4:TRACK 4:AUDIO");
        check("FILE \"a // b\" #12 0:2:0//c", "1:FILE 1:\"a // b\" 1:# 1:12 1:0 1:: 1:2 1:: 1:0");
        check("{1,2}", "1:{ 1:1 1:, 1:2 1:}");
        check("99999999999999999999999", "1:18446744073709551615");
        check("A\n\"b\nc\"", "1:A 2! a quote that nothing closes in its line");
        check("A\n\n ;x y", "1:A 3! \";x\"");
        check("/ x", "1! \"/\"");
    }

    #[test]
    fn strings() {
        for (text, expected, octal) in [
            (&br#""""#[..], &b""[..], false),
            (br#""a\"b\\c""#, b"a\"b\\c", false),
            (br#""\101\377""#, b"A\xFF", true),
            (br#""\400\1\x\""#, b"", false),
            (br#""\400 \18""#, b"\\400 \\18", false),
            (b"\"\xE9\"", b"\xE9", false),
        ] {
            let (found, _) = tokens(text);
            let text = match found.first().map(|spanned| &spanned.token) {
                Some(Token::Text(text)) => text.clone(),
                _ => Quoted::default(),
            };
            assert_eq!((text.bytes.as_slice(), text.octal), (expected, octal));
        }
    }
}
