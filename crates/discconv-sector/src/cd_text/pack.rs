//! One pack.

use crate::subchannel::crc16;

/// Bytes of data in a pack.
pub(super) const DATA: usize = 12;

/// What a pack is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// 80h: title of disc or track.
    Title,
    /// 81h.
    Performer,
    /// 82h.
    Songwriter,
    /// 83h.
    Composer,
    /// 84h.
    Arranger,
    /// 85h: message from the artist or the provider.
    Message,
    /// 86h: identification of the disc.
    DiscId,
    /// 87h: two bytes of genre code (high first), then text.
    Genre,
    /// 88h: the table of contents.
    Toc,
    /// 89h: more of it.
    Toc2,
    /// 8Dh: for the content provider only.
    Closed,
    /// 8Eh: MCN of the disc, ISRC of a track.
    Code,
    /// 8Fh: charset, languages and numbers of packs.
    SizeInfo,
}

impl Kind {
    /// In the order of their codes.
    pub const ALL: [Self; 13] = [
        Self::Title,
        Self::Performer,
        Self::Songwriter,
        Self::Composer,
        Self::Arranger,
        Self::Message,
        Self::DiscId,
        Self::Genre,
        Self::Toc,
        Self::Toc2,
        Self::Closed,
        Self::Code,
        Self::SizeInfo,
    ];

    /// The code, 80h to 8Fh.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Title => 0x80,
            Self::Performer => 0x81,
            Self::Songwriter => 0x82,
            Self::Composer => 0x83,
            Self::Arranger => 0x84,
            Self::Message => 0x85,
            Self::DiscId => 0x86,
            Self::Genre => 0x87,
            Self::Toc => 0x88,
            Self::Toc2 => 0x89,
            Self::Closed => 0x8D,
            Self::Code => 0x8E,
            Self::SizeInfo => 0x8F,
        }
    }

    /// From the code; 8Ah to 8Ch are reserved.
    #[must_use]
    pub fn from_byte(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.to_byte() == code)
    }

    /// Whether the data are not strings that run on from track to track.
    #[must_use]
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::Genre | Self::Toc | Self::Toc2 | Self::SizeInfo)
    }

    /// Whether the strings are in the charset of the block.
    #[must_use]
    pub const fn uses_charset(self) -> bool {
        self.to_byte() <= 0x85
    }
}

/// One pack of 18 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Pack(pub [u8; 18]);

impl Pack {
    /// One without data.
    pub(super) const fn new(kind: Kind, track: u8) -> Self {
        let mut bytes = [0; 18];
        bytes[0] = kind.to_byte();
        bytes[1] = track;
        Self(bytes)
    }

    /// Whether the CRC is right.
    #[must_use]
    pub fn crc_ok(&self) -> bool {
        crc16(&self.0[..16]).to_be_bytes() == self.0[16..]
    }

    /// Writes the right CRC.
    pub fn seal(&mut self) {
        let sum = crc16(&self.0[..16]).to_be_bytes();
        self.0[16..].copy_from_slice(&sum);
    }

    /// What it is about; `None` for reserved codes.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_byte(self.0[0])
    }

    /// Track of the first character, 0 is the disc. In size information the number of the pack, 0 to 2.
    #[must_use]
    pub const fn track(&self) -> u8 {
        self.0[1] & 0x7F
    }

    /// Whether it is an extension, which nothing defines.
    #[must_use]
    pub const fn is_extension(&self) -> bool {
        self.0[1] & 0x80 != 0
    }

    /// Number in its block, from 0.
    #[must_use]
    pub const fn sequence(&self) -> u8 {
        self.0[2]
    }

    /// Whether characters have two bytes.
    #[must_use]
    pub const fn double_byte(&self) -> bool {
        self.0[3] & 0x80 != 0
    }

    /// The block, 0 to 7.
    #[must_use]
    pub const fn block(&self) -> u8 {
        self.0[3] >> 4 & 7
    }

    /// How many characters of the first string stand in earlier packs; 15 is "15 or more".
    #[must_use]
    pub const fn position(&self) -> u8 {
        self.0[3] & 15
    }

    /// The 12 bytes of data.
    #[must_use]
    pub fn data(&self) -> [u8; DATA] {
        core::array::from_fn(|i| self.0[4 + i])
    }
}
