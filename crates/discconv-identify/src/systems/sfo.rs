//! `PARAM.SFO`: a table of keys and values, little-endian.
//!
//! | byte | length | field |
//! |---|---|---|
//! | 0 | 4 | 00h `PSF` |
//! | 4 | 4 | version |
//! | 8 | 4 | where the keys begin, each ended by zero |
//! | 12 | 4 | where the values begin |
//! | 16 | 4 | entries |
//! | 20 | 16 each | key (2, from the keys), form (2), length (4), room (4), value (4, from the values) |
//!
//! Layout: rom-properties and redumper, which agree.

use crate::text::{le, part, utf8};

/// Bytes of a file that are read; more than any has.
pub(super) const MOST_BYTES: usize = 64 << 10;
/// Entries that are looked at.
const MOST_ENTRIES: u64 = 256;
/// Bytes of a value that are text.
const MOST_TEXT: usize = 1024;
/// A value of 32 bits; the other forms are text.
const NUMBER: u64 = 0x0404;

/// Keys and values in the order of the file, numbers in decimals. Entries that point outside are left out.
pub(super) fn read(bytes: &[u8]) -> Vec<(String, String)> {
    if !bytes.starts_with(b"\0PSF") {
        return Vec::new();
    }
    let (keys, values) = (offset(bytes, 8), offset(bytes, 12));
    let entries = (0..le(bytes, 16, 4).min(MOST_ENTRIES)).map_while(|number| {
        let entry = part(bytes, 20 + 16 * usize::try_from(number).ok()?, 16);
        (entry.len() == 16).then_some(entry)
    });
    let pairs = entries.filter_map(|entry| {
        let key = bytes.get(keys.checked_add(offset16(entry))?..)?;
        let at = values.checked_add(offset(entry, 12))?;
        let len = offset(entry, 4).min(MOST_TEXT);
        let value = bytes.get(at..)?;
        let value = value.get(..len.min(value.len()))?;
        let text = if le(entry, 2, 2) == NUMBER { le(value, 0, 4).to_string() } else { utf8(value) };
        Some((utf8(key.get(..key.len().min(64))?), text))
    });
    pairs.collect()
}

fn offset(bytes: &[u8], at: usize) -> usize {
    usize::try_from(le(bytes, at, 4)).unwrap_or(usize::MAX)
}

fn offset16(entry: &[u8]) -> usize {
    usize::try_from(le(entry, 0, 2)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let mut file = b"\0PSF\x01\x01\0\0\x34\0\0\0\x48\0\0\0\x02\0\0\0".to_vec();
        file.extend([0, 0, 4, 2, 10, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0]);
        file.extend([8, 0, 4, 4, 4, 0, 0, 0, 4, 0, 0, 0, 16, 0, 0, 0]);
        file.extend(b"DISC_ID\0DISC_NUM\0\0\0\0");
        file.extend(b"ULUS10041\0......\x07\0\0\0");
        file
    }

    #[test]
    fn texts_and_numbers() {
        let pairs = read(&file());
        assert_eq!(pairs, [("DISC_ID".into(), "ULUS10041".into()), ("DISC_NUM".into(), "7".to_owned())]);
    }

    #[test]
    fn nothing_is_read_beyond_the_end() {
        let whole = file();
        for len in 0..whole.len() {
            let _ = read(&whole[..len]);
        }
        for at in 0..52 {
            let mut lie = whole.clone();
            lie[at] = 0xFF;
            let _ = read(&lie);
        }
        let mut endless = whole;
        endless[16..20].fill(0xFF);
        assert!(read(&endless).len() <= 256);
    }
}
