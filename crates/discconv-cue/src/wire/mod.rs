//! One line of a sheet: what it may say, and nothing of what it means.

mod read;
mod write;

pub(crate) use read::parse;
pub(crate) use write::{quote, time};

use discconv_core::{Control, Isrc, Mcn, TrackMode};
use discconv_sector::cd_text::Kind;

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// `CATALOG`: media catalogue number.
    Catalog(Mcn),
    /// `CDTEXTFILE`: a file of CD-TEXT packs.
    CdTextFile(String),
    /// `FILE`: what follows lies in this file.
    File { name: String, kind: Option<FileKind> },
    /// `TRACK`.
    Track { number: u8, kind: TrackKind },
    /// `TRACK nn MODEx/2xxx`, as EAC writes it for a data track that it leaves out.
    AbsentTrack,
    /// `FLAGS`, and the words that are no flags.
    Flags { control: Control, unknown: Vec<String> },
    /// `ISRC`; `None` if it is not one.
    Isrc(Option<Isrc>),
    /// `PREGAP`: sectors in no file.
    Pregap(u32),
    /// `POSTGAP`: sectors in no file.
    Postgap(u32),
    /// `INDEX`: number, sectors from the start of the file.
    Index { number: u8, at: u32 },
    /// `TITLE` and its like.
    Text(Kind, String),
    /// `REM` with a meaning.
    Rem(Rem),
    /// Another `REM`.
    Comment,
    /// A word that is no command.
    Unknown(String),
}

/// Comments that have come to mean something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rem {
    /// `REM SESSION nn`.
    Session(u8),
    /// `REM LEAD-OUT`: a length or a position, by dialect.
    LeadOut(u32),
    /// `REM LEAD-IN`: a length.
    LeadIn(u32),
    /// `REM PREGAP`: a length.
    Pregap(u32),
    /// `REM SINGLE-DENSITY AREA`.
    SingleDensity,
    /// `REM HIGH-DENSITY AREA`.
    HighDensity,
    /// `REM ORIGINAL MEDIA-TYPE:`, its first word.
    Media(String),
}

/// The second word of a `FILE` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Sectors; samples little-endian.
    Binary,
    /// Sectors; samples of audio tracks big-endian.
    Motorola,
    /// RIFF/WAVE.
    Wave,
    /// AIFF.
    Aiff,
    /// Another word, in capitals: `MP3`, `FLAC`.
    Other(String),
}

impl FileKind {
    /// The kind called `word`.
    pub(crate) fn from_word(word: &str) -> FileKind {
        match word.to_ascii_uppercase().as_str() {
            "BINARY" | "BIN" | "RAW" => FileKind::Binary,
            "MOTOROLA" => FileKind::Motorola,
            "WAVE" | "WAV" => FileKind::Wave,
            "AIFF" | "AIF" | "AIFC" => FileKind::Aiff,
            other => FileKind::Other(other.to_owned()),
        }
    }

    /// Is it one that sheets are known to use?
    pub(crate) fn is_known(&self) -> bool {
        const SOUND: [&str; 10] = ["MP3", "FLAC", "OGG", "OPUS", "APE", "WV", "WAVPACK", "TTA", "M4A", "AAC"];
        !matches!(self, FileKind::Other(word) if !SOUND.contains(&word.as_str()))
    }

    /// The word.
    pub(crate) fn word(&self) -> &str {
        match self {
            FileKind::Binary => "BINARY",
            FileKind::Motorola => "MOTOROLA",
            FileKind::Wave => "WAVE",
            FileKind::Aiff => "AIFF",
            FileKind::Other(word) => word,
        }
    }
}

/// The type of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackKind {
    /// Audio or the data mode that is declared.
    pub mode: TrackMode,
    /// Bytes of a sector in the file.
    pub bytes: u16,
    /// `CDI/...`: Mode 2 of a CD-i disc.
    pub cdi: bool,
    /// `CDG`: 2448 or 2352 bytes, which only the file tells.
    pub cdg: bool,
}

impl TrackKind {
    /// The type called `word`, e.g. `MODE1/2352`.
    pub(crate) fn from_word(word: &str) -> Option<TrackKind> {
        let word = word.to_ascii_uppercase();
        let (name, bytes) = match word.split_once('/') {
            Some((name, bytes)) => (name, Some(bytes.parse::<u16>().ok()?)),
            None => (word.as_str(), None),
        };
        let (mode, sizes): (TrackMode, &[u16]) = match name {
            "AUDIO" => (TrackMode::Audio, &[2352, 2448]),
            "CDG" => (TrackMode::Audio, &[2448, 2352]),
            "MODE0" => (TrackMode::Mode0, &[2352, 2448]),
            "MODE1" => (TrackMode::Mode1, &[2048, 2352, 2448]),
            "MODE2" => (TrackMode::Mode2, &[2048, 2056, 2324, 2328, 2332, 2336, 2352, 2448]),
            "CDI" => (TrackMode::Mode2, &[2336, 2352, 2448]),
            _ => return None,
        };
        let bytes = match bytes {
            Some(bytes) => bytes,
            // Only sound has a size that goes without saying.
            None if mode.is_audio() => sizes[0],
            None => return None,
        };
        let cdg = name == "CDG" && !word.contains('/');
        sizes.contains(&bytes).then_some(TrackKind { mode, bytes, cdi: name == "CDI", cdg })
    }

    /// The word.
    pub(crate) fn word(self) -> String {
        let name = match self.mode {
            TrackMode::Audio if self.cdg => return "CDG".to_owned(),
            TrackMode::Audio if self.bytes == 2352 => return "AUDIO".to_owned(),
            TrackMode::Audio => "AUDIO",
            TrackMode::Mode0 => "MODE0",
            TrackMode::Mode1 => "MODE1",
            TrackMode::Mode2 if self.cdi => "CDI",
            TrackMode::Mode2 => "MODE2",
        };
        format!("{name}/{}", self.bytes)
    }
}

/// CD-TEXT commands: keyword and kind.
pub(crate) const TEXTS: [(&str, Kind); 9] = [
    ("TITLE", Kind::Title),
    ("PERFORMER", Kind::Performer),
    ("SONGWRITER", Kind::Songwriter),
    ("COMPOSER", Kind::Composer),
    ("ARRANGER", Kind::Arranger),
    ("MESSAGE", Kind::Message),
    ("DISC_ID", Kind::DiscId),
    ("GENRE", Kind::Genre),
    ("UPC_EAN", Kind::Code),
];

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It is not as the grammar has it.
    Malformed { found: String, expected: &'static str },
    /// A track type that is not known.
    TrackKind(String),
}
