//! The parts of lines that are written.

use discconv_sector::FRAMES_PER_SECOND;

/// A length or position as `mm:ss:ff`; minutes may have three digits.
pub(crate) fn time(sectors: u32) -> String {
    let seconds = sectors / FRAMES_PER_SECOND;
    format!("{:02}:{:02}:{:02}", seconds / 60, seconds % 60, sectors % FRAMES_PER_SECOND)
}

/// Text in quotes, if it can be in quotes: there is no way to write a quote or a line end.
pub(crate) fn quote(text: &str) -> Option<String> {
    let fits = !text.contains(|c: char| matches!(c, '"' | '\u{201C}' | '\u{201D}') || c.is_control());
    // Blanks at the ends would be read back; an empty text would not.
    (fits && !text.is_empty()).then(|| format!("\"{text}\""))
}
