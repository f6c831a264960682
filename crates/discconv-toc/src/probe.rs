//! Is it a TOC of cdrdao? Three programs and more call their files so.

use crate::wire::{DataMode, Token, tokens};
use discconv_core::{Peek, Score};

/// Bytes of a file that are looked at.
const TELLING: usize = 8192;
/// Bytes of a descriptor in the binary TOC of readcd.
const ENTRY: usize = 11;

pub(crate) fn probe(peek: &Peek<'_>) -> Score {
    let head = &peek.head[..peek.head.len().min(TELLING)];
    let own = peek.extension == "toc";
    match (begins_well(head), own) {
        (true, true) => Score::CERTAIN,
        (true, false) => Score::LIKELY,
        // What nobody recognises by that name is explained here.
        (false, true) => Score::MAYBE,
        (false, false) => Score::NO,
    }
}

/// Is the first statement one that a TOC begins with? `CATALOG` and `TRACK` are words of cue sheets, too, where a number
/// follows them, and no quotes or mode.
fn begins_well(head: &[u8]) -> bool {
    // Sectors have control characters everywhere, text has none.
    if head.iter().take(1024).any(|byte| *byte < b'\t') {
        return false;
    }
    let (tokens, _) = tokens(head);
    let mut tokens = tokens.into_iter().map(|spanned| spanned.token);
    let (Some(Token::Word(first)), second) = (tokens.next(), tokens.next()) else { return false };
    match (first.as_str(), second) {
        ("CD_DA" | "CD_ROM" | "CD_ROM_XA" | "CD_I", None | Some(Token::Word(_))) => true,
        ("CATALOG", Some(Token::Text(_))) => tokens.any(|token| is_header(&token)),
        ("CD_TEXT", Some(Token::Mark('{'))) => true,
        ("FIRST_TRACK_NO", Some(Token::Number(_))) => true,
        ("TRACK", Some(Token::Word(mode))) => DataMode::from_word(&mode).is_some(),
        // Broken ones are explained, too.
        ("CATALOG", Some(Token::Word(word))) => word == "TRACK",
        _ => false,
    }
}

/// A word that cue sheets do not have.
fn is_header(token: &Token) -> bool {
    match token {
        Token::Word(word) => {
            matches!(word.as_str(), "CD_DA" | "CD_ROM" | "CD_ROM_XA" | "CD_I" | "CD_TEXT" | "COPY" | "DATAFILE" | "AUDIOFILE")
                || DataMode::from_word(word).is_some_and(|mode| mode != DataMode::Audio)
        }
        _ => false,
    }
}

/// What another program's file of that extension is.
pub(crate) fn other_toc(bytes: &[u8]) -> Option<&'static str> {
    let told = bytes.first_chunk::<2>().map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
    let spare = bytes.len().checked_sub(told + 2);
    if told > 2 && (told - 2).is_multiple_of(ENTRY) && spare.is_some_and(|spare| spare <= 3) && bytes.contains(&0) {
        return Some("a full TOC of readcd");
    }
    let text = bytes.trim_ascii_start();
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty() && line[0] != b'#');
    let first = lines.into_iter().next().unwrap_or_default();
    let is_setting = ["cdtitle", "cdsize", "discid", "track"].iter().any(|key| first.starts_with(key.as_bytes()));
    (is_setting && first.contains(&b'=')).then_some("a TOC of X-CD-Roast")
}
