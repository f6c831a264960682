//! Texts in fields of a fixed length.

use encoding_rs::SHIFT_JIS;

/// The text up to the first zero, trimmed; bytes beyond ASCII are Shift-JIS, as most consoles have it.
pub(crate) fn field(bytes: &[u8]) -> String {
    let bytes = until_zero(bytes);
    let (text, _, _) = SHIFT_JIS.decode(bytes);
    squeezed(&text)
}

/// The same of UTF-8.
pub(crate) fn utf8(bytes: &[u8]) -> String {
    squeezed(&String::from_utf8_lossy(until_zero(bytes)))
}

/// The same of UTF-16, little-endian.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).take_while(|unit| *unit != 0);
    squeezed(&char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>())
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Runs of blanks, which pad the words of many headers, as one.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `len` bytes from `at` on; none where there are fewer.
pub(crate) fn part(bytes: &[u8], at: usize, len: usize) -> &[u8] {
    at.checked_add(len).and_then(|end| bytes.get(at..end)).unwrap_or_default()
}

/// A little-endian number of up to 8 bytes; 0 where it is not all there.
pub(crate) fn le(bytes: &[u8], at: usize, len: usize) -> u64 {
    part(bytes, at, len).iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The same, big-endian.
pub(crate) fn be(bytes: &[u8], at: usize, len: usize) -> u64 {
    part(bytes, at, len).iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Months as they are abbreviated in headers.
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// `20001231` as `2000-12-31`, and `1993.OCT` as `1993-10`; anything else stays.
pub(crate) fn date(text: &str) -> String {
    let digits = |range: std::ops::Range<usize>| text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if text.len() == 8 {
        if let (Some(year), Some(month), Some(day)) = (digits(0..4), digits(4..6), digits(6..8)) {
            return format!("{year}-{month}-{day}");
        }
        let month = MONTHS.iter().position(|month| text.get(5..) == Some(*month));
        if let (Some(year), Some(month)) = (digits(0..4), month) {
            return format!("{year}-{:02}", month + 1);
        }
    }
    text.to_owned()
}

/// The names of the letters in `letters`, each once, in their order.
pub(crate) fn names(letters: &str, table: &[(char, &str)]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for letter in letters.chars() {
        if let Some((_, name)) = table.iter().find(|(known, _)| *known == letter)
            && names.iter().all(|known| known != name)
        {
            names.push((*name).to_owned());
        }
    }
    names
}

/// `disc` of `discs`, counted from 1; none if it makes no sense.
pub(crate) fn disc_of(disc: u64, discs: u64) -> Option<(u16, u16)> {
    let fits = (1..=99).contains(&disc) && (discs == 0 || (disc..=99).contains(&discs));
    fits.then(|| (u16::try_from(disc).unwrap_or(0), u16::try_from(discs).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_and_trimmed() {
        assert_eq!(field(b"  TWO   WORDS  \0junk"), "TWO WORDS");
        assert_eq!(field(&[0x83, 0x5C, 0x83, 0x6A, 0x83, 0x62, 0x83, 0x4E]), "ソニック");
        assert_eq!(utf16(b"A\0b\0\0\0x\0"), "Ab");
        assert_eq!(utf16(&[0x00, 0xD8]), "\u{FFFD}");
    }

    #[test]
    fn numbers_beyond_the_end_are_zero() {
        assert_eq!((le(&[1, 2], 0, 2), be(&[1, 2], 0, 2), le(&[1, 2], 1, 2), be(&[], usize::MAX, 2)), (0x201, 0x102, 0, 0));
        assert_eq!(part(&[1, 2], usize::MAX, 2), &[] as &[u8]);
    }

    #[test]
    fn dates_and_disc_numbers() {
        for (text, expected) in
            [("19991231", "1999-12-31"), ("1993.OCT", "1993-10"), ("1993.XXX", "1993.XXX"), ("199é.OC", "199é.OC"), ("", "")]
        {
            assert_eq!(date(text), expected);
        }
        assert_eq!((disc_of(1, 2), disc_of(3, 2), disc_of(2, 0), disc_of(0, 1)), (Some((1, 2)), None, Some((2, 0)), None));
        assert_eq!(names("JUEJ ", &[('J', "Japan"), ('E', "Europe")]), ["Japan", "Europe"]);
    }
}
