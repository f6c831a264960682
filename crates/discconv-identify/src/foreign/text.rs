//! Text files under an image's name.

use super::{Foreign, Sort};
use discconv_core::Peek;

/// Bytes in which the beginning of a text is looked for, and in which all must be text.
const START: usize = 256;
const SAMPLE: usize = 4096;
/// Lines of a programme that are looked at, and how many of ten must be of its form.
const LINES: usize = 64;
const OF_TEN: usize = 8;

/// Beginnings in small letters; blanks before them do not count.
const BEGINNINGS: &[(&str, &str, &str)] = &[
    ("<!doctype html", "a web page", "text/html"),
    ("<html", "a web page", "text/html"),
    ("<?xml", "an XML file", "text/xml"),
    ("version https://git-lfs", "a Git LFS pointer, not the file itself", "text/plain"),
    ("{\\rtf", "an RTF document", "application/rtf"),
    ("%!ps", "a PostScript document", "application/postscript"),
    ("iso-10303-21", "a STEP model (ISO 10303-21)", "model/step"),
];

pub(super) fn find(peek: &Peek<'_>) -> Option<Foreign> {
    let head = &peek.head[..peek.head.len().min(SAMPLE)];
    let bytes = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(START)]).to_lowercase();
    let row = BEGINNINGS.iter().find(|(beginning, ..)| start.trim_start().starts_with(beginning));
    if let Some((_, name, mime)) = row {
        return Some(Foreign::new(name, mime, Sort::Other));
    }
    if !is_text(bytes) {
        return None;
    }
    if is_programme(bytes) {
        let name = "a programme of a machine tool (G-code, ISO 6983), as Cimagrafi writes them";
        return Some(Foreign::new(name, "text/x.gcode", Sort::Other));
    }
    Some(Foreign { sure: false, ..Foreign::new("a text", "text/plain", Sort::Other) })
}

/// Printable characters with line ends; the letters of any code page count.
fn is_text(bytes: &[u8]) -> bool {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n' | 0x1A | 0x80..);
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    bytes.len() >= 16 && bytes.iter().all(plain) && high * 4 < bytes.len() && bytes.contains(&b'\n')
}

/// Nearly all lines are blocks of ISO 6983: words of a letter and a number, comments in brackets, `%` at both ends.
fn is_programme(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).take(LINES);
    let (mut all, mut blocks, mut moves) = (0, 0, 0);
    for line in lines {
        all += 1;
        blocks += usize::from(is_block(line));
        moves += usize::from(has_move(line));
    }
    all >= 3 && blocks * 10 >= all * OF_TEN && moves > 0
}

fn is_block(line: &[u8]) -> bool {
    match line {
        [b'%' | b'(' | b';' | b':', ..] => true,
        [letter, next, ..] => b"OoNnGgMmTtSsFfXxYyZz/".contains(letter) && (next.is_ascii_digit() || b"+-. NnGg".contains(next)),
        _ => false,
    }
}

/// Does the line command something: `G` or `M` with a number?
fn has_move(line: &[u8]) -> bool {
    line.windows(2).any(|pair| b"GgMm".contains(&pair[0]) && pair[1].is_ascii_digit())
}
