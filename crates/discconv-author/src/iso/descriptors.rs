//! Volume descriptors (ECMA-119 8) and the boot record of El Torito.

use super::FIRST_DESCRIPTOR;
use super::record::{DIRECTORY, Record};
use crate::bytes::{Block, NO_DATE, both16, both32, spaced, volume_date};
use crate::options;

const STANDARD: &[u8] = b"CD001\x01";
/// UCS-2 level 3 (Joliet).
const JOLIET: &[u8] = b"%/E";
/// In the application use field of a primary descriptor (CD-ROM XA).
const XA_SIGNATURE: (usize, &[u8]) = (0x400, b"CD-XA001");

/// The texts of a descriptor, made to fit its characters.
pub(crate) struct Texts<'a> {
    pub(crate) texts: &'a options::Texts,
    pub(crate) system: &'a str,
    pub(crate) application: &'a str,
}

/// What a descriptor says of its tree.
pub(crate) struct Volume {
    /// Blocks of the volume.
    pub(crate) blocks: u32,
    /// Bytes of each path table.
    pub(crate) table_bytes: u32,
    /// Where the little-endian one and the big-endian one begin.
    pub(crate) tables: (u32, u32),
    /// First block and bytes of the root.
    pub(crate) root: (u32, u32),
    /// Its date.
    pub(crate) root_modified: i64,
    /// The volume's.
    pub(crate) date: i64,
    pub(crate) joliet: bool,
    pub(crate) xa: bool,
}

/// A primary or supplementary descriptor (ECMA-119 8.4, 8.5).
pub(crate) fn descriptor(volume: &Volume, texts: &Texts<'_>) -> Block {
    let mut block = Block::new();
    let (kind, field) = if volume.joliet { (2, wide as fn(&str, usize) -> Vec<u8>) } else { (1, capitals as _) };
    block.put(0, &[kind]).put(1, STANDARD);
    if volume.joliet {
        block.put(88, JOLIET);
    }
    block.put(8, &field(texts.system, 32)).put(40, &field(&texts.texts.label, 32));
    block.put(80, &both32(volume.blocks)).put(120, &both16(1)).put(124, &both16(1)).put(128, &both16(2048));
    block.put(132, &both32(volume.table_bytes));
    block.put(140, &volume.tables.0.to_le_bytes()).put(148, &volume.tables.1.to_be_bytes());
    let (first, bytes) = volume.root;
    let root = Record { identifier: &[0], first, bytes, modified: volume.root_modified, flags: DIRECTORY };
    block.put(156, &root.bytes(&[]));
    // Set, publisher, preparer and application; then names of three files, of which there are none.
    let application = if texts.texts.application.is_empty() { texts.application } else { &texts.texts.application };
    let long = [&texts.texts.set, &texts.texts.publisher, &texts.texts.preparer];
    let long = long.into_iter().map(String::as_str).chain([application]);
    for (at, text) in (190..).step_by(128).zip(long) {
        block.put(at, &field(text, 128));
    }
    block.put(702, &field("", 111));
    let date = volume_date(volume.date);
    block.put(813, &date).put(830, &date).put(847, &NO_DATE).put(864, &date).put(881, &[1]);
    if volume.xa {
        block.put(XA_SIGNATURE.0, XA_SIGNATURE.1);
    }
    block
}

/// a-characters: capitals, digits and some marks; anything else becomes `_` (ECMA-119 7.4.1).
fn capitals(text: &str, len: usize) -> Vec<u8> {
    let letter = |c: char| match c.to_ascii_uppercase() {
        c @ ('A'..='Z' | '0'..='9' | ' '..='"' | '%'..='/' | ':'..='?' | '_') => c as u8,
        _ => b'_',
    };
    spaced(&text.chars().map(letter).collect::<Vec<u8>>(), len)
}

/// UCS-2, filled up with spaces; an odd last byte is zero.
fn wide(text: &str, len: usize) -> Vec<u8> {
    let units = text.encode_utf16().chain(std::iter::repeat(u16::from(b' '))).take(len / 2);
    let mut bytes: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
    bytes.resize(len, 0);
    bytes
}

/// The boot record that leads to a catalogue (El Torito 2.0, figure 7); it stands right behind the primary descriptor.
pub(crate) fn boot_record(catalog: u32) -> Block {
    let mut block = Block::new();
    block.put(0, &[0]).put(1, STANDARD).put(7, b"EL TORITO SPECIFICATION").put(71, &catalog.to_le_bytes());
    block
}

/// The last descriptor.
pub(crate) fn terminator() -> Block {
    let mut block = Block::new();
    block.put(0, &[0xFF]).put(1, STANDARD);
    block
}

/// Where the primary descriptor is, for the boot information table.
pub(crate) const PRIMARY: u32 = FIRST_DESCRIPTOR;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_their_characters() {
        assert_eq!(capitals("My disc #1 \u{e4}", 14), b"MY DISC _1 _  ");
        assert_eq!(capitals("too long", 3), b"TOO");
        assert_eq!(wide("A\u{3b1}", 7), [0, b'A', 3, 0xB1, 0, b' ', 0]);
    }
}
