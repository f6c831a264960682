//! The line of a track: `TRACK:1 TYPE:MODE1_RAW SUBTYPE:NONE FRAMES:302 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0`.

use discconv_core::{Form, Main, TrackMode, Twist};
use std::fmt;

use crate::header::FRAME;

/// Which bytes of its sectors a track keeps at the beginning of each frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrackType {
    Mode1,
    Mode1Raw,
    Mode2,
    Mode2Form1,
    Mode2Form2,
    Mode2FormMix,
    Mode2Raw,
    Audio,
}

impl TrackType {
    /// In the order of the binary table.
    pub(crate) const ALL: [TrackType; 8] = [
        TrackType::Mode1,
        TrackType::Mode1Raw,
        TrackType::Mode2,
        TrackType::Mode2Form1,
        TrackType::Mode2Form2,
        TrackType::Mode2FormMix,
        TrackType::Mode2Raw,
        TrackType::Audio,
    ];

    /// Its name, and another one that MAME takes for it.
    fn names(self) -> [&'static str; 2] {
        match self {
            TrackType::Mode1 => ["MODE1", "MODE1/2048"],
            TrackType::Mode1Raw => ["MODE1_RAW", "MODE1/2352"],
            TrackType::Mode2 => ["MODE2", "MODE2/2336"],
            TrackType::Mode2Form1 => ["MODE2_FORM1", "MODE2/2048"],
            TrackType::Mode2Form2 => ["MODE2_FORM2", "MODE2/2324"],
            TrackType::Mode2FormMix => ["MODE2_FORM_MIX", "MODE2/2336"],
            TrackType::Mode2Raw => ["MODE2_RAW", "MODE2/2352"],
            TrackType::Audio => ["AUDIO", "AUDIO"],
        }
    }

    fn of(name: &str) -> Option<TrackType> {
        let is = |kind: &TrackType| kind.names().contains(&name);
        TrackType::ALL.into_iter().find(is).or((name == "CDI/2352").then_some(TrackType::Mode2Raw))
    }

    /// The mode of its sectors.
    pub(crate) fn mode(self) -> TrackMode {
        match self {
            TrackType::Audio => TrackMode::Audio,
            TrackType::Mode1 | TrackType::Mode1Raw => TrackMode::Mode1,
            _ => TrackMode::Mode2,
        }
    }

    /// The beginning of a frame; subchannel follows at once.
    pub(crate) fn form(self) -> Form {
        let main = match self {
            TrackType::Mode1 | TrackType::Mode2Form1 => Main::User,
            TrackType::Mode1Raw | TrackType::Mode2Raw | TrackType::Audio => Main::Frame(0, 2352),
            TrackType::Mode2 | TrackType::Mode2FormMix => Main::Frame(16, 2352),
            TrackType::Mode2Form2 => Main::Frame(24, 2348),
        };
        let twist = if self == TrackType::Audio { Twist::SwapAudio } else { Twist::None };
        Form { main, twist, sub: None, stride: FRAME }
    }
}

/// Subchannel behind the bytes of the sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sub {
    None,
    /// 96 symbols of packs that a drive has corrected.
    Cooked,
    /// 96 symbols as on the disc.
    Raw,
}

impl Sub {
    fn name(self) -> &'static str {
        match self {
            Sub::None => "NONE",
            Sub::Cooked => "RW",
            Sub::Raw => "RW_RAW",
        }
    }

    fn of(name: &str) -> Option<Sub> {
        [Sub::None, Sub::Cooked, Sub::Raw].into_iter().find(|sub| sub.name() == name)
    }
}

/// Where the gap before a track is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Among the frames of the track, of which it is a part (`PGTYPE:V...`).
    InTrack,
    /// On the disc only.
    Nowhere,
}

/// Frames that only fill up a track of a GD-ROM to the next one; they count among its frames.
pub(crate) type Pad = Option<u32>;

/// What is said of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TrackLine {
    pub(crate) number: u8,
    pub(crate) kind: TrackType,
    pub(crate) sub: Sub,
    pub(crate) frames: u32,
    /// `None` but for a GD-ROM.
    pub(crate) pad: Pad,
    pub(crate) pregap: u32,
    pub(crate) pregap_stored: Stored,
    pub(crate) pregap_kind: TrackType,
    pub(crate) pregap_sub: Sub,
    pub(crate) postgap: u32,
}

impl TrackLine {
    /// A track without gaps.
    pub(crate) fn new(number: u8, kind: TrackType, sub: Sub, frames: u32) -> TrackLine {
        TrackLine {
            number,
            kind,
            sub,
            frames,
            pad: None,
            pregap: 0,
            pregap_stored: Stored::Nowhere,
            // What chdman says where there is none.
            pregap_kind: TrackType::Mode1,
            pregap_sub: Sub::None,
            postgap: 0,
        }
    }

    /// Frames that it takes in the content: multiples of four.
    pub(crate) fn padded_frames(&self) -> u64 {
        u64::from(self.frames).next_multiple_of(4)
    }

    /// What the line `text` says. Fields may come in any order; those that nobody knows are skipped.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence that begins with "found".
    pub(crate) fn parse(text: &str) -> Result<TrackLine, String> {
        let field = |name: &str| {
            let is = |word: &&str| word.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
            text.split_ascii_whitespace().find(is).and_then(|word| word.split_once(':')).map(|(_, value)| value)
        };
        let wanted = |name: &str| field(name).ok_or_else(|| format!("a track without {name}"));
        let number = wanted("TRACK")?;
        let parsed = number.parse().ok().filter(|number| (1..=99).contains(number));
        let number = parsed.ok_or_else(|| format!("track number {number:.20}"))?;
        let kind = |value: &str| TrackType::of(value).ok_or_else(|| format!("track {number} of type {value:.20}"));
        let sub = |value: &str| Sub::of(value).ok_or_else(|| format!("track {number} with subchannel {value:.20}"));
        let count = |name: &str, value: &str| value.parse().map_err(|_| format!("track {number} with {name}:{value:.20}"));
        let optional = |name: &str| field(name).map_or(Ok(0), |value| count(name, value));
        let frames = count("FRAMES", wanted("FRAMES")?)?;
        let mut line = TrackLine::new(number, kind(wanted("TYPE")?)?, sub(wanted("SUBTYPE")?)?, frames);
        line.pad = field("PAD").map(|value| count("PAD", value)).transpose()?;
        line.pregap = optional("PREGAP")?;
        line.postgap = optional("POSTGAP")?;
        if let Some(value) = field("PGTYPE") {
            let stored = value.strip_prefix('V');
            line.pregap_stored = if stored.is_some() { Stored::InTrack } else { Stored::Nowhere };
            // What it is made of counts only where it is.
            line.pregap_kind = if line.pregap > 0 { kind(stored.unwrap_or(value))? } else { TrackType::Mode1 };
        }
        if let Some(value) = field("PGSUB").filter(|_| line.pregap > 0) {
            line.pregap_sub = sub(value)?;
        }
        Ok(line)
    }
}

/// The line as `CHT2` has it, or `CHGD` if [`TrackLine::pad`] is there.
impl fmt::Display for TrackLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [kind, _] = self.kind.names();
        write!(f, "TRACK:{} TYPE:{kind} SUBTYPE:{} FRAMES:{}", self.number, self.sub.name(), self.frames)?;
        if let Some(pad) = self.pad {
            write!(f, " PAD:{pad}")?;
        }
        let stored = if self.pregap_stored == Stored::InTrack { "V" } else { "" };
        let [pregap_kind, _] = self.pregap_kind.names();
        write!(f, " PREGAP:{} PGTYPE:{stored}{pregap_kind} PGSUB:{}", self.pregap, self.pregap_sub.name())?;
        write!(f, " POSTGAP:{}", self.postgap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back() {
        for text in [
            "TRACK:1 TYPE:MODE1_RAW SUBTYPE:NONE FRAMES:302 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
            "TRACK:2 TYPE:AUDIO SUBTYPE:RW_RAW FRAMES:721 PREGAP:150 PGTYPE:VAUDIO PGSUB:RW_RAW POSTGAP:75",
            "TRACK:99 TYPE:MODE2_FORM_MIX SUBTYPE:RW FRAMES:1 PREGAP:150 PGTYPE:MODE2_RAW PGSUB:NONE POSTGAP:0",
            "TRACK:3 TYPE:MODE1_RAW SUBTYPE:NONE FRAMES:113259 PAD:113257 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
        ] {
            assert_eq!(TrackLine::parse(text).unwrap().to_string(), text);
        }
        for kind in TrackType::ALL {
            let line = TrackLine::new(7, kind, Sub::None, 4);
            assert_eq!(TrackLine::parse(&line.to_string()), Ok(line));
        }
    }

    #[test]
    fn short_lines_and_other_names() {
        let line = TrackLine::parse("TRACK:1 TYPE:CDI/2352 SUBTYPE:NONE FRAMES:5").unwrap();
        assert_eq!(line, TrackLine::new(1, TrackType::Mode2Raw, Sub::None, 5));
        assert_eq!(line.padded_frames(), 8);
        let other = TrackLine::parse("FRAMES:5 X:Y SUBTYPE:NONE TYPE:MODE1/2048 TRACK:1 PGTYPE:V POSTGAP:0").unwrap();
        assert_eq!((other.kind, other.pregap_stored), (TrackType::Mode1, Stored::InTrack));
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (text, expected) in [
            ("", "a track without TRACK"),
            ("TRACK:0 TYPE:AUDIO SUBTYPE:NONE FRAMES:1", "track number 0"),
            ("TRACK:100 TYPE:AUDIO SUBTYPE:NONE FRAMES:1", "track number 100"),
            ("TRACK:-1 TYPE:AUDIO SUBTYPE:NONE FRAMES:1", "track number -1"),
            ("TRACK:1 TYPE:AUDIO SUBTYPE:NONE", "a track without FRAMES"),
            ("TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:-5", "track 1 with FRAMES:-5"),
            ("TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:4294967296", "track 1 with FRAMES:4294967296"),
            ("TRACK:1 TYPE:TAPE SUBTYPE:NONE FRAMES:1", "track 1 of type TAPE"),
            ("TRACK:1 TYPE:AUDIO SUBTYPE:P FRAMES:1", "track 1 with subchannel P"),
            ("TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:9 PREGAP:1 PGTYPE:VTAPE", "track 1 of type TAPE"),
            ("TRACK:1 TYPE:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA SUBTYPE:NONE FRAMES:1", "track 1 of type AAAAAAAAAAAAAAAAAAAA"),
        ] {
            assert_eq!(TrackLine::parse(text).unwrap_err(), expected);
        }
    }
}
