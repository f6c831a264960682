//! TOC files of cdrdao, which describe a session in a small language, and their BINs.
//!
//! Comments run from `//` to the end of the line; else lines mean nothing. A track is the concatenation of its parts, and the
//! disc that of its tracks, from LBA 0 on. Times are `MM:SS:FF`; other lengths are samples of 4 bytes in audio tracks, bytes in
//! data tracks.
//!
//! | Statement | Meaning |
//! |---|---|
//! | `CD_DA`, `CD_ROM`, `CD_ROM_XA`, `CD_I` | what the lead-in says |
//! | `CATALOG "nnnnnnnnnnnnn"`, `FIRST_TRACK_NO n` | of the disc |
//! | `CD_TEXT { LANGUAGE_MAP { 0 : EN } LANGUAGE 0 { TITLE "..." ... } }` | of the disc, or of the track |
//! | `TRACK mode [RW, RW_RAW]` | `AUDIO`, `MODE1_RAW` and `MODE2_RAW` 2352 bytes a sector, `MODE1` and `MODE2_FORM1` 2048, `MODE2_FORM2` 2324, `MODE0`, `MODE2` and `MODE2_FORM_MIX` 2336; 96 of subchannel behind |
//! | `[NO] COPY`, `[NO] PRE_EMPHASIS`, `TWO_CHANNEL_AUDIO`, `FOUR_CHANNEL_AUDIO`, `ISRC "..."` | of the track |
//! | `FILE "x" [SWAP] [#bytes] start [length]` | samples: big-endian, unless in a WAVE file or with `SWAP` |
//! | `DATAFILE "x" [#bytes] [length]` | sectors |
//! | `SILENCE length`, `ZERO [mode] [RW, RW_RAW] length` | sectors of nothing, in no file |
//! | `PREGAP time` | the same before all else, and INDEX 01 behind it |
//! | `START [time]`, `END [time]` | INDEX 01 and the postgap's index: at that place of the track, else here |
//! | `INDEX time` | INDEX 02 and up, from INDEX 01 |
//!
//! In strings `\"`, `\\` and three octal digits `\ooo` are characters.
//!
//! Sources: cdrdao's manual and its grammar as it behaves; libmirage and libcdio as their readers behave.
//!
//! Subchannel stored as corrected packs (`RW`) becomes what is on the disc, and is written as that (`RW_RAW`).
//!
//! Known gaps: a TOC holds one session. The binary TOC of readcd and that of X-CD-Roast, which have the same extension, are
//! refused by name.

mod content;
mod layout;
mod open;
mod parse;
mod parse_text;
mod pieces;
mod plan;
mod probe;
mod render;
mod sheet;
mod source;
mod target;
mod texts;
mod wire;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Media, Opened, Peek, Plan, Result, Score, WriteOptions,
};
pub use parse::parse_sheet;
pub use sheet::{Amount, Mark, MarkAt, Part, Sheet, SheetFile, SheetTrack, Texts, Value, What};
pub use wire::{DataMode, Quoted, SubMode};

/// TOC files of cdrdao.
#[derive(Clone, Copy, Debug, Default)]
pub struct CdrdaoToc;

static INFO: FormatInfo = FormatInfo {
    id: "toc",
    name: "cdrdao TOC/BIN",
    extensions: &["toc"],
    companions: &["bin"],
    media: &[Media::Cd],
    writes: true,
    splits: true,
    // A gap grows only where sessions are joined.
    carries: LossKinds::ALL
        .without(LossKind::Sessions)
        .without(LossKind::Pregap)
        .without(LossKind::Flags)
        .without(LossKind::CdText),
    carries_but: &[(LossKind::Pregap, "between sessions"), (LossKind::Flags, "SCMS"), (LossKind::CdText, "what is no string")],
    spec: "cdrdao manual; libmirage and libcdio conventions",
    options: &[("--sector 2048|2336|2352|2448", "bytes stored of each data sector (2352, or 2448 where there is subchannel)")],
    ..FormatInfo::BASE
};

impl Format for CdrdaoToc {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        probe::probe(peek)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Ok(Opened::Discs(vec![open::open(input)?]))
    }

    fn names(&self, input: &Input<'_>) -> Result<Option<Vec<String>>> {
        open::names(input).map(Some)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for CdrdaoToc {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
