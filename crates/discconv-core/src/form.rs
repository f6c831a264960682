//! How one record of a file stores a sector.

use discconv_sector::{RAW, USER};
use std::fmt;

/// The main-channel bytes that a record keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Main {
    /// None: a subchannel file.
    None,
    /// The 2048 user bytes, where the sector's own mode has them.
    User,
    /// The bytes `start..end` of the 2352-byte frame.
    Frame(u16, u16),
}

impl Main {
    /// Bytes in a record.
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Main::None => 0,
            Main::User => USER,
            Main::Frame(start, end) => usize::from(end.saturating_sub(start)),
        }
    }

    /// Does it keep nothing?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// What was done to the main bytes before they were stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Twist {
    /// Nothing.
    #[default]
    None,
    /// The bytes of each 16-bit sample of audio are swapped (big-endian); data is not.
    SwapAudio,
    /// Data sectors are scrambled as on the disc (ECMA-130 annex B).
    Scrambled,
}

/// How subchannel bytes are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubCoding {
    /// 96 symbols, P in bit 7 of each.
    Interleaved,
    /// 12 bytes of P, 12 of Q, ... 12 of W.
    Packed,
    /// 16 bytes: Q with CRC, three zeros, P in bit 7 of the last.
    Pq16,
}

impl SubCoding {
    /// Bytes in a record.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            SubCoding::Interleaved | SubCoding::Packed => 96,
            SubCoding::Pq16 => 16,
        }
    }

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SubCoding::Interleaved => "interleaved",
            SubCoding::Packed => "packed",
            SubCoding::Pq16 => "pq16",
        }
    }
}

/// One record of a file: main bytes, then subchannel, then zeros up to the stride.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form {
    /// The main bytes.
    pub main: Main,
    /// What was done to them.
    pub twist: Twist,
    /// The subchannel bytes that follow.
    pub sub: Option<SubCoding>,
    /// Bytes from one record to the next.
    pub stride: u32,
}

impl Form {
    /// 2048 user bytes.
    pub const USER: Form = Form::plain(Main::User, 2048);
    /// 2336 bytes: a Mode 2 sector without sync and header.
    pub const MODE2: Form = Form::plain(Main::Frame(16, 2352), 2336);
    /// 2352 raw bytes.
    pub const RAW: Form = Form::plain(Main::Frame(0, 2352), 2352);
    /// 2352 raw bytes and 96 of interleaved subchannel.
    pub const RAW_SUB: Form =
        Form { main: Main::Frame(0, 2352), twist: Twist::None, sub: Some(SubCoding::Interleaved), stride: 2448 };

    /// 96 bytes of subchannel, P to W one behind the other, as in a file of its own.
    pub const SUB: Form = Form { main: Main::None, twist: Twist::None, sub: Some(SubCoding::Packed), stride: 96 };

    const fn plain(main: Main, stride: u32) -> Form {
        Form { main, twist: Twist::None, sub: None, stride }
    }

    /// The bytes `start..end` of the frame, records without a gap.
    #[must_use]
    pub const fn frame(start: u16, end: u16) -> Form {
        Form::plain(Main::Frame(start, end), end.saturating_sub(start) as u32)
    }

    /// Bytes of one record that mean something.
    #[must_use]
    pub fn used(&self) -> usize {
        self.main.len() + self.sub.map_or(0, SubCoding::bytes)
    }

    /// Bytes from one record to the next.
    #[must_use]
    pub fn record(&self) -> usize {
        usize::try_from(self.stride).unwrap_or(usize::MAX)
    }

    /// Is every field within bounds?
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let range = match self.main {
            Main::Frame(start, end) => start < end && usize::from(end) <= RAW,
            Main::None => self.sub.is_some(),
            Main::User => true,
        };
        range && self.used() <= self.record() && self.stride <= 4096
    }

    /// Does it keep the whole raw frame?
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.main == Main::Frame(0, 2352)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.main {
            Main::None => f.write_str("sub only")?,
            Main::User => f.write_str("2048")?,
            Main::Frame(0, 2352) => f.write_str("2352")?,
            Main::Frame(start, end) => write!(f, "{} ({start}..{end})", self.main.len())?,
        }
        match self.twist {
            Twist::None => {}
            Twist::SwapAudio => f.write_str(" swapped")?,
            Twist::Scrambled => f.write_str(" scrambled")?,
        }
        if let Some(sub) = self.sub {
            write!(f, "+{}", sub.name())?;
        }
        if self.record() != self.used() {
            write!(f, " stride {}", self.stride)?;
        }
        Ok(())
    }
}
