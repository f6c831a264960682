//! The words of the language: track modes, subchannel modes, times, strings.

mod lex;

pub use lex::Quoted;
pub(crate) use lex::{Spanned, Token, leading_comments, tokens};

use discconv_core::{Form, Main, SubCoding, TrackMode};
use discconv_sector::cd_text::Kind;
use discconv_sector::{FRAMES_PER_SECOND, SUB};

/// What a sector of a track keeps in its data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataMode {
    /// `AUDIO`: 2352 bytes of samples.
    Audio,
    /// `MODE0`: 2336 bytes.
    Mode0,
    /// `MODE1`: 2048 bytes.
    Mode1,
    /// `MODE1_RAW`: 2352 bytes.
    Mode1Raw,
    /// `MODE2`: 2336 bytes.
    Mode2,
    /// `MODE2_RAW`: 2352 bytes.
    Mode2Raw,
    /// `MODE2_FORM1`: 2048 bytes.
    Mode2Form1,
    /// `MODE2_FORM2`: 2324 bytes.
    Mode2Form2,
    /// `MODE2_FORM_MIX`: 2336 bytes, with the subheader.
    Mode2FormMix,
}

/// All of them with their words.
const MODES: [(&str, DataMode); 9] = [
    ("AUDIO", DataMode::Audio),
    ("MODE0", DataMode::Mode0),
    ("MODE1", DataMode::Mode1),
    ("MODE1_RAW", DataMode::Mode1Raw),
    ("MODE2", DataMode::Mode2),
    ("MODE2_RAW", DataMode::Mode2Raw),
    ("MODE2_FORM1", DataMode::Mode2Form1),
    ("MODE2_FORM2", DataMode::Mode2Form2),
    ("MODE2_FORM_MIX", DataMode::Mode2FormMix),
];

impl DataMode {
    /// The mode of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<DataMode> {
        MODES.iter().find(|(known, _)| *known == word).map(|(_, mode)| *mode)
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        MODES.iter().find(|(_, mode)| *mode == self).map_or("", |(word, _)| word)
    }

    /// The mode of the track.
    #[must_use]
    pub fn mode(self) -> TrackMode {
        match self {
            DataMode::Audio => TrackMode::Audio,
            DataMode::Mode0 => TrackMode::Mode0,
            DataMode::Mode1 | DataMode::Mode1Raw => TrackMode::Mode1,
            _ => TrackMode::Mode2,
        }
    }

    /// The main bytes of a record.
    pub(crate) fn main(self) -> Main {
        match self {
            DataMode::Audio | DataMode::Mode1Raw | DataMode::Mode2Raw => Main::Frame(0, 2352),
            DataMode::Mode1 | DataMode::Mode2Form1 => Main::User,
            DataMode::Mode2Form2 => Main::Frame(24, 2348),
            DataMode::Mode0 | DataMode::Mode2 | DataMode::Mode2FormMix => Main::Frame(16, 2352),
        }
    }
}

/// The subchannel behind each sector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SubMode {
    /// None.
    #[default]
    None,
    /// `RW`: 96 symbols of R to W in packs that the drive has de-interleaved and corrected.
    Rw,
    /// `RW_RAW`: 96 symbols as they are on the disc.
    RwRaw,
}

impl SubMode {
    pub(crate) fn from_word(word: &str) -> Option<SubMode> {
        match word {
            "RW" => Some(SubMode::Rw),
            "RW_RAW" => Some(SubMode::RwRaw),
            _ => None,
        }
    }

    /// Its word, empty for none.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            SubMode::None => "",
            SubMode::Rw => "RW",
            SubMode::RwRaw => "RW_RAW",
        }
    }
}

/// A record of `mode` with `sub` behind it; samples in the order of the disc.
pub(crate) fn form(mode: DataMode, sub: SubMode) -> Form {
    let main = mode.main();
    let bytes = main.len() + if sub == SubMode::None { 0 } else { SUB };
    let coding = (sub == SubMode::RwRaw).then_some(SubCoding::Interleaved);
    Form { main, twist: discconv_core::Twist::None, sub: coding, stride: u32::try_from(bytes).unwrap_or(0) }
}

/// Items of CD-TEXT by their words; the first of two words is written.
const ITEMS: [(&str, Kind); 14] = [
    ("TITLE", Kind::Title),
    ("PERFORMER", Kind::Performer),
    ("SONGWRITER", Kind::Songwriter),
    ("COMPOSER", Kind::Composer),
    ("ARRANGER", Kind::Arranger),
    ("MESSAGE", Kind::Message),
    ("DISC_ID", Kind::DiscId),
    ("GENRE", Kind::Genre),
    ("TOC_INFO1", Kind::Toc),
    ("TOC_INFO2", Kind::Toc2),
    ("RESERVED4", Kind::Closed),
    ("CLOSED", Kind::Closed),
    ("SIZE_INFO", Kind::SizeInfo),
    ("UPC_EAN", Kind::Code),
];

/// Items without a kind of their own: packs 8Ah to 8Ch mean nothing.
pub(crate) const RESERVED: [&str; 3] = ["RESERVED1", "RESERVED2", "RESERVED3"];

/// The kind of CD-TEXT of that word.
pub(crate) fn item(word: &str) -> Option<Kind> {
    let found = ITEMS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind);
    found.or((word == "ISRC").then_some(Kind::Code))
}

/// The word of a kind of CD-TEXT, of the disc or of a track.
pub(crate) fn item_word(kind: Kind, track: u8) -> &'static str {
    match kind {
        Kind::Code if track > 0 => "ISRC",
        kind => ITEMS.iter().find(|(_, known)| *known == kind).map_or("", |(word, _)| word),
    }
}

/// `MM:SS:FF` of a number of sectors.
pub(crate) fn time(sectors: u32) -> String {
    let seconds = sectors / FRAMES_PER_SECOND;
    format!("{:02}:{:02}:{:02}", seconds / 60, seconds % 60, sectors % FRAMES_PER_SECOND)
}

/// Bytes in quotes. Everything beyond printable ASCII, and the backslash, as three octal digits: older programs know no
/// other way to say a backslash.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' => out += "\\\"",
            b' '..=b'~' if *byte != b'\\' => out.push(char::from(*byte)),
            _ => out += &format!("\\{byte:03o}"),
        }
    }
    out.push('"');
    out
}

/// A file name in quotes, its letters as they are; `None` if it cannot be said.
pub(crate) fn quote_name(name: &str) -> Option<String> {
    let says = !name.is_empty() && !name.chars().any(|letter| letter.is_control() || letter == '\\');
    says.then(|| format!("\"{}\"", name.replace('"', "\\\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_to_write() {
        assert_eq!(quote(b"a \"b\" \\ \xE9\t"), "\"a \\\"b\\\" \\134 \\351\\011\"");
        assert_eq!(quote_name("a \"\u{E9}\".bin").as_deref(), Some("\"a \\\"\u{E9}\\\".bin\""));
        assert_eq!((quote_name(""), quote_name("a\\b"), quote_name("a\nb")), (None, None, None));
        assert_eq!((time(0), time(4649), time(450_000)), ("00:00:00".into(), "01:01:74".into(), "100:00:00".into()));
    }

    #[test]
    fn every_mode_has_a_sound_form() {
        for (word, mode) in MODES {
            assert_eq!((DataMode::from_word(word), mode.word()), (Some(mode), word));
            for (sub, more) in [(SubMode::None, 0), (SubMode::Rw, 96), (SubMode::RwRaw, 96)] {
                let form = form(mode, sub);
                assert!(form.is_sound() && form.record() == mode.main().len() + more, "{word} {sub:?}");
            }
        }
    }
}
