//! CD-TEXT: titles and names, kept in subchannel R-W of the lead-in as packs of 18 bytes (Red Book; MMC annex J).
//!
//! | Byte | Content |
//! |---|---|
//! | 0 | kind, 80h to 8Fh |
//! | 1 | track of the first character (0 is the disc); bit 7 extension |
//! | 2 | sequence number in its block |
//! | 3 | bit 7 double-byte characters, bits 6-4 block, bits 3-0 characters of this string in earlier packs |
//! | 4-15 | data: strings ending in NUL run on into the next pack, and into the next track |
//! | 16-17 | CRC over bytes 0-15 (as of Q), high byte first |

mod decode;
mod encode;
mod pack;

use std::collections::BTreeMap;

pub use decode::decode;
pub use encode::encode;
pub use pack::{Kind, Pack};

/// Highest track number.
const LAST_TRACK: u8 = 99;
/// Bytes of size information, in three packs: charset, first and last track, copyright flags, 16 numbers of packs, 8 last
/// sequence numbers, 8 languages.
const SIZE_INFO: usize = 36;
/// Place of the languages in it.
const LANGUAGES: usize = 28;

/// Encoding of the strings of a block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Charset {
    /// ISO 8859-1 (00h).
    #[default]
    Latin1,
    /// ASCII (01h).
    Ascii,
    /// Shift-JIS as Music Shift-JIS has it (80h).
    MsJis,
    /// Another code.
    Other(u8),
}

impl Charset {
    /// From the code of the size information.
    #[must_use]
    pub const fn from_byte(code: u8) -> Self {
        match code {
            0 => Self::Latin1,
            1 => Self::Ascii,
            0x80 => Self::MsJis,
            other => Self::Other(other),
        }
    }

    /// The code of the size information.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Latin1 => 0,
            Self::Ascii => 1,
            Self::MsJis => 0x80,
            Self::Other(code) => code,
        }
    }
}

/// All texts in one language. A disc has up to eight blocks.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Block {
    /// 0 to 7.
    pub number: u8,
    /// Encoding of kinds 80h to 85h; the others are ASCII or binary.
    pub charset: Charset,
    /// Language code of EBU Tech 3258 (09h English, 69h Japanese); 0 unknown.
    pub language: u8,
    /// By kind and track (0 is the disc): the bytes of the string without NUL, never empty. Kinds that are binary
    /// ([`Kind::is_binary`]) have the data of their packs here, under the track number that stands in the pack.
    pub entries: BTreeMap<(Kind, u8), Vec<u8>>,
}
