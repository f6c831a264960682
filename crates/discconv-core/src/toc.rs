//! The table of contents: sessions, tracks, indexes, and what is said about them.

use discconv_sector::Lba;
use std::collections::BTreeMap;
use std::fmt;

/// The physical kind of disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// CD of any kind: at most 449,850 sectors, raw sectors exist.
    Cd,
    /// Dreamcast GD-ROM: a CD with a high-density area from LBA 45000.
    Gd,
    /// DVD: sectors are 2048 bytes, there is no raw view.
    Dvd,
    /// Blu-ray: as DVD.
    Bd,
    /// PSP disc: as DVD.
    Umd,
    /// 2048-byte sectors of an unknown medium, too many for a CD.
    Unknown,
}

impl Media {
    /// Every kind.
    pub const ALL: &[Media] = &[Media::Cd, Media::Gd, Media::Dvd, Media::Bd, Media::Umd, Media::Unknown];
    /// The kinds with raw sectors of 2352 bytes.
    pub const RAW: &[Media] = &[Media::Cd, Media::Gd];

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Media::Cd => "cd",
            Media::Gd => "gd",
            Media::Dvd => "dvd",
            Media::Bd => "bd",
            Media::Umd => "umd",
            Media::Unknown => "unknown",
        }
    }

    /// Do 2352-byte sectors exist on it?
    #[must_use]
    pub fn has_raw(self) -> bool {
        matches!(self, Media::Cd | Media::Gd)
    }
}

/// What a session's lead-in says the disc is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionKind {
    /// CD-DA or CD-ROM.
    #[default]
    CdRom,
    /// CD-i.
    CdI,
    /// CD-ROM XA.
    Xa,
}

impl SessionKind {
    /// What a disc type byte says (ECMA-130 22.3.4.2, the seconds of pointer A0h).
    #[must_use]
    pub fn from_disc_type(byte: u8) -> SessionKind {
        match byte {
            0x10 => SessionKind::CdI,
            0x20 => SessionKind::Xa,
            _ => SessionKind::CdRom,
        }
    }

    /// The disc type byte.
    #[must_use]
    pub fn disc_type(self) -> u8 {
        match self {
            SessionKind::CdRom => 0,
            SessionKind::CdI => 0x10,
            SessionKind::Xa => 0x20,
        }
    }
}

/// The mode of a track. Mode and form of a *sector* are asked of the sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackMode {
    /// 2352 bytes of samples, 16 bit little-endian, left first.
    Audio,
    /// Data, all zero.
    Mode0,
    /// Data, 2048 bytes a sector.
    Mode1,
    /// Data, with or without XA forms.
    Mode2,
}

impl TrackMode {
    /// Is it audio?
    #[must_use]
    pub fn is_audio(self) -> bool {
        self == TrackMode::Audio
    }

    /// The name in JSON and outlines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TrackMode::Audio => "audio",
            TrackMode::Mode0 => "mode0",
            TrackMode::Mode1 => "mode1",
            TrackMode::Mode2 => "mode2",
        }
    }
}

/// Flags of a track. The data bit of Q follows from the mode and is not kept here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// Digital copy permitted.
    pub dcp: bool,
    /// Four-channel audio.
    pub four_channel: bool,
    /// Pre-emphasis.
    pub pre_emphasis: bool,
    /// Serial copy management (said by sheets only; Q has no constant bit for it).
    pub scms: bool,
}

impl Control {
    /// The control nibble of Q: bit 0 pre-emphasis, 1 copy permitted, 2 data, 3 four-channel (Red Book, ECMA-130 22.3.1).
    #[must_use]
    pub fn nibble(self, mode: TrackMode) -> u8 {
        u8::from(self.pre_emphasis) | u8::from(self.dcp) << 1 | u8::from(!mode.is_audio()) << 2 | u8::from(self.four_channel) << 3
    }

    /// The flags of a control nibble.
    #[must_use]
    pub fn from_nibble(nibble: u8) -> Control {
        Control { pre_emphasis: nibble & 1 != 0, dcp: nibble & 2 != 0, four_channel: nibble & 8 != 0, scms: false }
    }

    /// The names in JSON, of the flags that are set.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        [(self.dcp, "dcp"), (self.four_channel, "4ch"), (self.pre_emphasis, "pre"), (self.scms, "scms")]
            .into_iter()
            .filter_map(|(set, name)| set.then_some(name))
            .collect()
    }
}

/// A media catalogue number: 13 decimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mcn(String);

impl Mcn {
    /// 13 digits; a 12-digit UPC gets a leading zero.
    #[must_use]
    pub fn new(text: &str) -> Option<Mcn> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        match text.len() {
            13 if digits => Some(Mcn(text.to_owned())),
            12 if digits => Some(Mcn(format!("0{text}"))),
            _ => None,
        }
    }

    /// The 13 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mcn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A recording code: two letters of country, three of owner, two digits of year, five of number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isrc(String);

impl Isrc {
    /// 5 alphanumerics and 7 digits; dashes are dropped, letters become capitals.
    #[must_use]
    pub fn new(text: &str) -> Option<Isrc> {
        let code: String = text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let bytes = code.as_bytes();
        let right =
            bytes.len() == 12 && bytes[..5].iter().all(u8::is_ascii_alphanumeric) && bytes[5..].iter().all(u8::is_ascii_digit);
        right.then_some(Isrc(code))
    }

    /// The 12 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Isrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a CD-TEXT string is about.
pub use discconv_sector::cd_text::Kind as CdTextKind;

/// CD-TEXT: the strings, and the packs themselves where the source had them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CdText {
    /// One block per language, at most 8.
    pub blocks: Vec<CdTextBlock>,
    /// The packs as stored, 18 bytes each with CRC; empty where only strings are known (a cue sheet).
    pub packs: Vec<[u8; 18]>,
}

/// The strings of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CdTextBlock {
    /// Language code of the size-information pack (09h English); 0 unknown.
    pub language: u8,
    /// Strings by kind and track; track 0 is the disc.
    pub texts: BTreeMap<(CdTextKind, u8), String>,
}

/// One track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// 1 to 99.
    pub number: u8,
    /// Its mode.
    pub mode: TrackMode,
    /// Its flags.
    pub control: Control,
    /// Its recording code.
    pub isrc: Option<Isrc>,
    /// `(number, LBA)` ascending; index 0 is the pregap, index 1 the start and always there.
    pub indexes: Vec<(u8, Lba)>,
    /// One past its last sector, postgap included.
    pub end: Lba,
}

impl Track {
    /// Where INDEX 01 is.
    #[must_use]
    pub fn start(&self) -> Lba {
        self.indexes.iter().find(|(number, _)| *number == 1).map_or(self.first(), |(_, lba)| *lba)
    }

    /// Its first sector: INDEX 00 where there is one.
    #[must_use]
    pub fn first(&self) -> Lba {
        self.indexes.first().map_or(self.end, |(_, lba)| *lba)
    }

    /// Let it begin at `first`: INDEX 00 is there, or nowhere if that is not before INDEX 01.
    pub fn set_first(&mut self, first: Lba) {
        self.indexes.retain(|(number, _)| *number > 0);
        if first < self.start() {
            self.indexes.insert(0, (0, first));
        }
    }

    /// Sectors from INDEX 01 to the end.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.start().sectors_to(self.end)
    }

    /// Sectors from INDEX 00 to INDEX 01.
    #[must_use]
    pub fn pregap_sectors(&self) -> u32 {
        self.first().sectors_to(self.start())
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What its lead-in says.
    pub kind: SessionKind,
    /// Its tracks, ascending.
    pub tracks: Vec<Track>,
    /// Where its lead-out starts.
    pub lead_out: Lba,
}

/// Everything that a disc's lead-in says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toc {
    /// The physical kind.
    pub media: Media,
    /// Sessions in order; at least one.
    pub sessions: Vec<Session>,
    /// The media catalogue number.
    pub mcn: Option<Mcn>,
    /// CD-TEXT.
    pub cd_text: Option<CdText>,
}

impl Toc {
    /// A disc of one session and one data track from LBA 0.
    #[must_use]
    pub fn single_data(media: Media, mode: TrackMode, sectors: i32) -> Toc {
        let end = Lba(sectors);
        let track = Track { number: 1, mode, control: Control::default(), isrc: None, indexes: vec![(1, Lba(0))], end };
        Toc {
            media,
            sessions: vec![Session { kind: SessionKind::default(), tracks: vec![track], lead_out: end }],
            mcn: None,
            cd_text: None,
        }
    }

    /// All tracks, in order.
    pub fn tracks(&self) -> impl DoubleEndedIterator<Item = &Track> + Clone {
        self.sessions.iter().flat_map(|session| &session.tracks)
    }

    /// How many tracks there are.
    #[must_use]
    pub fn track_count(&self) -> usize {
        self.sessions.iter().map(|session| session.tracks.len()).sum()
    }

    /// The track that holds `lba`, its pregap included.
    #[must_use]
    pub fn track_at(&self, lba: Lba) -> Option<&Track> {
        self.tracks().find(|track| track.first() <= lba && lba < track.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogue_numbers() {
        for (text, expected) in [
            ("4006180000123", Some("4006180000123")),
            ("012345678905", Some("0012345678905")),
            ("", None),
            ("400618000012", Some("0400618000012")),
            ("40061800001234", None),
            ("400618000012X", None),
            ("\u{0664}\u{0664}\u{0664}\u{0664}\u{0664}\u{0664}1", None),
        ] {
            assert_eq!(Mcn::new(text).as_ref().map(Mcn::as_str), expected, "{text:?}");
        }
    }

    #[test]
    fn recording_codes() {
        for (text, expected) in [
            ("DEF056600001", Some("DEF056600001")),
            ("de-f05-66-00001", Some("DEF056600001")),
            ("USRC17607839", Some("USRC17607839")),
            ("", None),
            ("DEF05660000", None),
            ("DEF0566000011", None),
            ("DE-05-66-00001", None),
            ("DEF0566O0001", None),
            ("\u{c4}EF05660000", None),
            ("D\u{c4}F056600001", None),
        ] {
            assert_eq!(Isrc::new(text).as_ref().map(Isrc::as_str), expected, "{text:?}");
        }
    }

    #[test]
    fn places_of_a_track() {
        let mut toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 100);
        assert_eq!(toc.track_at(Lba(99)).map(|track| track.number), Some(1));
        assert!(toc.track_at(Lba(100)).is_none() && toc.track_at(Lba(-1)).is_none());
        let track = &mut toc.sessions[0].tracks[0];
        track.indexes = vec![(0, Lba(-150)), (1, Lba(0)), (2, Lba(50))];
        assert_eq!((track.first(), track.start(), track.pregap_sectors(), track.sectors()), (Lba(-150), Lba(0), 150, 100));
        track.indexes.clear();
        assert_eq!((track.first(), track.start(), track.sectors()), (Lba(100), Lba(100), 0));
    }
}
