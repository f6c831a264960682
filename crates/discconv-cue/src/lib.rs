//! Cue sheets with their BINs: CDRWIN's text format and the dialects that grew from it.
//!
//! A sheet is text, a command on each line; the sectors are in other files. All positions count sectors **from the start
//! of their file**, at each track's own sector size; they are no disc addresses.
//!
//! | Line | Meaning |
//! |---|---|
//! | `CATALOG nnnnnnnnnnnnn` | media catalogue number |
//! | `CDTEXTFILE "name"` | a file of CD-TEXT packs, 18 bytes each |
//! | `FILE "name" BINARY` | what follows lies in this file: `BINARY`, `MOTOROLA` (samples big-endian), `WAVE`, `AIFF` |
//! | `TRACK nn AUDIO` | a track: `AUDIO`, `CDG`, `MODE1/2048`, `MODE1/2352`, `MODE2/2048`, `/2324`, `/2336`, `/2352`, `CDI/2352`, `nn/2448` |
//! | `FLAGS DCP 4CH PRE SCMS` | of the track |
//! | `ISRC xxxxxxxxxxxx` | of the track |
//! | `PREGAP mm:ss:ff`, `POSTGAP mm:ss:ff` | sectors that are in no file |
//! | `INDEX nn mm:ss:ff` | 00 pregap in the file, 01 start, 02-99 further |
//! | `TITLE`, `PERFORMER`, `SONGWRITER`, ... | CD-TEXT of the disc or the track |
//! | `REM SESSION nn`, `REM LEAD-OUT`, `LEAD-IN`, `PREGAP mm:ss:ff` | sessions and the lengths between them |
//! | `REM SINGLE-DENSITY AREA`, `REM HIGH-DENSITY AREA` | the areas of a GD-ROM; the second begins at LBA 45000 |
//!
//! Sources: the grammar as CDRWIN's manual and psx-spx describe it; the habits of EAC, Redump, redumper, IsoBuster,
//! libmirage and Aaru as their output shows them.
//!
//! Known gaps: a sheet cannot carry subchannel. Sound that no wrapper could decode is refused by name.

mod content;
mod files;
mod layout;
mod open;
mod original;
mod outline;
mod plan;
mod render;
mod segments;
mod sheet;
mod target;
mod text;
mod texts;
mod wire;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Opened, Peek, Plan, Result, Score, WriteOptions,
};
pub use outline::outline;
pub use sheet::{Sheet, SheetFile, SheetIndex, SheetSession, SheetTrack, parse_sheet};
pub use wire::{FileKind, TrackKind};

/// Cue sheets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cue;

static INFO: FormatInfo = FormatInfo {
    id: "cue",
    name: "BIN/CUE",
    extensions: &["cue"],
    companions: &["bin"],
    writes: true,
    splits: true,
    carries: LossKinds::ALL.without(LossKind::Subchannel),
    spec: "CDRWIN cue sheet; psx-spx, Redump and redumper conventions",
    options: &[("--sector 2048|2336|2352", "bytes stored of each data sector (2352); audio always has 2352")],
    media: discconv_core::Media::RAW,
    ..FormatInfo::BASE
};

impl Format for Cue {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match (is_sheet_text(peek.head), peek.extension == "cue") {
            (true, true) => Score::CERTAIN,
            (true, false) => Score::LIKELY,
            (false, true) => Score::MAYBE,
            (false, false) => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Ok(Opened::Discs(vec![open::open(input)?]))
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Cue {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}

/// Is it text with a line that begins with `FILE`, and one that begins with `TRACK` and a number?
pub(crate) fn is_sheet_text(head: &[u8]) -> bool {
    // Sectors have control characters everywhere, text has none.
    const TELLING: usize = 1024;
    let telling = &head[..head.len().min(TELLING)];
    if !text::is_wide(head) && telling.iter().any(|byte| *byte < b'\t') {
        return false;
    }
    let text = text::Text::new(head);
    let (mut file, mut track) = (false, false);
    for (_, range) in text.lines() {
        let mut words = text.bytes[range].split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let second = words.next().unwrap_or_default();
        file |= first.eq_ignore_ascii_case(b"FILE") && !second.is_empty();
        track |= first.eq_ignore_ascii_case(b"TRACK") && second.iter().all(u8::is_ascii_digit) && !second.is_empty();
        if file && track {
            return true;
        }
    }
    false
}
