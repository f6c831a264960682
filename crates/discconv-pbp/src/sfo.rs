//! `PARAM.SFO`: what a PSP's menu is told.
//!
//! | At | Bytes | Content |
//! |---|---|---|
//! | 00h | 4 | 0, `PSF` |
//! | 04h | 4 | version, 101h |
//! | 08h | 3 x u32 | where the keys begin, where the values begin, how many there are |
//! | 14h | 16 each | u16 where the key is, u16 kind (204h text with a zero at its end, 4 text without, 404h number), u32 bytes in use, u32 bytes of room, u32 where the value is |
//! | | | the keys, with zeros between; the values, each at a multiple of four |

use crate::wire::{text, word};

const MAGIC: &[u8; 4] = b"\0PSF";
const VERSION: u32 = 0x101;
const HEADER: usize = 0x14;
const ENTRY: usize = 16;
const TEXT: u16 = 0x0204;
const BARE_TEXT: u16 = 0x0004;
const NUMBER: u16 = 0x0404;
/// More entries and longer keys than any file has.
const MOST_ENTRIES: u32 = 256;
const MOST_KEY: usize = 64;

/// Bytes of the whole that are looked at, at most.
pub(crate) const MOST_BYTES: u64 = 64 << 10;

/// The title, if there is one.
pub(crate) const KEY_TITLE: &str = "TITLE";
/// The number of the game, without the bars.
pub(crate) const KEY_NUMBER: &str = "DISC_ID";

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Number(u32),
    /// The text, and bytes of room for it.
    Text(String, u32),
}

/// The text of `key`; `None` also where the table is not what it should be.
pub(crate) fn find(bytes: &[u8], key: &str) -> Option<String> {
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    let [keys, values, count] = [8, 12, 16].map(|at| word(bytes, at));
    let (keys, values) = (place(keys?)?, place(values?)?);
    let entries = bytes.get(HEADER..)?.chunks_exact(ENTRY).take(place(count?.min(MOST_ENTRIES))?);
    entries.filter_map(|entry| entry.first_chunk::<ENTRY>()).find_map(|entry| value(bytes, keys, values, entry, key))
}

fn place(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

/// The text of an entry, if its key is `key`.
fn value(bytes: &[u8], keys: usize, values: usize, entry: &[u8; ENTRY], key: &str) -> Option<String> {
    let name_at = keys.checked_add(usize::from(u16::from_le_bytes([entry[0], entry[1]])))?;
    let name = bytes.get(name_at..)?;
    let kind = u16::from_le_bytes([entry[2], entry[3]]);
    if text(name.get(..MOST_KEY).unwrap_or(name)) != key || ![TEXT, BARE_TEXT].contains(&kind) {
        return None;
    }
    let at = values.checked_add(place(word(entry, 12)?)?)?;
    let all = bytes.get(at..)?;
    Some(text(all.get(..place(word(entry, 4)?)?).unwrap_or(all))).filter(|text| !text.is_empty())
}

/// The table of these keys, which are sorted.
pub(crate) fn make(entries: &[(&str, Value)]) -> Vec<u8> {
    let (mut table, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (key, value) in entries {
        let (kind, bytes, room) = match value {
            Value::Number(number) => (NUMBER, number.to_le_bytes().to_vec(), 4),
            Value::Text(text, room) => (TEXT, [text.as_bytes(), &[0]].concat(), *room),
        };
        table.extend(narrow(keys.len()).to_le_bytes());
        table.extend(kind.to_le_bytes());
        table.extend([wide(bytes.len()), room, wide(values.len())].iter().flat_map(|number| number.to_le_bytes()));
        keys.extend_from_slice(key.as_bytes());
        keys.push(0);
        let end = values.len() + place(room).unwrap_or(0);
        values.extend_from_slice(&bytes);
        values.resize(end, 0);
    }
    keys.resize(keys.len().next_multiple_of(4), 0);
    let keys_at = HEADER + table.len();
    let numbers = [VERSION, wide(keys_at), wide(keys_at + keys.len()), wide(entries.len())];
    let header: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    [MAGIC, &header[..], &table, &keys, &values].concat()
}

fn wide(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn narrow(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        make(&[
            ("BOOTABLE", Value::Number(1)),
            ("DISC_ID", Value::Text("SLUS00664".to_owned(), 16)),
            ("TITLE", Value::Text("A title".to_owned(), 128)),
        ])
    }

    #[test]
    fn the_table_byte_by_byte() {
        let table = sample();
        let mut expected = b"\0PSF\x01\x01\0\0\x44\0\0\0\x5C\0\0\0\x03\0\0\0".to_vec();
        expected.extend(b"\x00\0\x04\x04\x04\0\0\0\x04\0\0\0\x00\0\0\0");
        expected.extend(b"\x09\0\x04\x02\x0A\0\0\0\x10\0\0\0\x04\0\0\0");
        expected.extend(b"\x11\0\x04\x02\x08\0\0\0\x80\0\0\0\x14\0\0\0");
        expected.extend(b"BOOTABLE\0DISC_ID\0TITLE\0\0");
        expected.extend(b"\x01\0\0\0SLUS00664\0\0\0\0\0\0\0A title\0");
        expected.resize(0x5C + 4 + 16 + 128, 0);
        assert_eq!(table, expected);
    }

    #[test]
    fn values_are_found_and_nothing_else() {
        let table = sample();
        assert_eq!(find(&table, KEY_TITLE).as_deref(), Some("A title"));
        assert_eq!(find(&table, KEY_NUMBER).as_deref(), Some("SLUS00664"));
        assert_eq!((find(&table, "BOOTABLE"), find(&table, "TIT"), find(b"PSF", "TITLE")), (None, None, None));
        let mut bare = table.clone();
        bare[0x14 + 2 * 16 + 2..][..2].copy_from_slice(&BARE_TEXT.to_le_bytes());
        assert_eq!(find(&bare, KEY_TITLE).as_deref(), Some("A title"));
    }

    /// Cut anywhere, or with any number in any word: an answer or none.
    #[test]
    fn tables_that_lie() {
        let table = sample();
        for len in 0..table.len() {
            let found = find(&table[..len], KEY_TITLE);
            assert!(found.is_none_or(|text| "A title".starts_with(&text)));
        }
        for at in (0..0x44).step_by(2) {
            for lie in [0, 1, 0x7FFF_FFFF, u32::MAX] {
                let mut table = table.clone();
                table[at..at + 4].copy_from_slice(&lie.to_le_bytes());
                let _ = find(&table, KEY_TITLE);
            }
        }
    }
}
