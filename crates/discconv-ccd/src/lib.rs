//! CloneCD's images: a `.ccd` that describes, an `.img` of raw sectors, and a `.sub` of subchannel, all of one stem.
//!
//! The descriptor is text of the INI kind, its lines ended by CR LF, numbers decimal or `0x` hexadecimal:
//!
//! | Section | Says |
//! |---|---|
//! | `[CloneCD]` | `Version`: 3, or 2 without `[TRACK]` sections |
//! | `[Disc]` | `TocEntries`, `Sessions`, `DataTracksScrambled`, `CDTextLength` (18 bytes a pack), `CATALOG` |
//! | `[CDText]` | `Entries`, `Entry k`: 16 hexadecimal bytes, a pack without its CRC |
//! | `[Session n]` | `PreGapMode` (0 audio, 1 Mode 1, 2 Mode 2), `PreGapSubC` |
//! | `[Entry n]` | one entry of the lead-in: `Session`, `Point` (binary, not BCD), `ADR`, `Control`, `PMin`, `PSec`, `PFrame` and the same as `PLBA` |
//! | `[TRACK n]` | `MODE`, `ISRC`, `FLAGS`, `INDEX k` |
//!
//! | File | Records |
//! |---|---|
//! | `.img` | 2352 bytes each, from LBA 0 on; what lies between sessions is left out |
//! | `.sub` | 96 bytes each, 12 of P, 12 of Q, ... 12 of W; as many as the `.img` has sectors, or none |
//!
//! In later sessions `INDEX` counts from where the session begins in the `.img`, so that only differences of indexes mean
//! something; `PLBA` is an address of the disc everywhere.
//!
//! Sources: the habits of CloneCD, DiscImageCreator and cue2ccd as their output shows them; the readers of libmirage and Aaru as
//! they behave.
//!
//! Known gaps: what the points B0h and C0h say of a recordable disc is not kept.

mod content;
mod entries;
mod files;
mod mapping;
mod open;
mod plan;
mod render;
mod sub;
mod target;
mod texts;
mod tracks;
mod wire;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Media, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// CloneCD images.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ccd;

static INFO: FormatInfo = FormatInfo {
    id: "ccd",
    name: "CloneCD image",
    extensions: &["ccd"],
    companions: &["img", "sub"],
    writes: true,
    media: &[Media::Cd],
    // The image begins at LBA 0, and packs have not every letter.
    carries: LossKinds::ALL.without(LossKind::Pregap).without(LossKind::CdText),
    carries_but: &[(LossKind::Pregap, "what is in no track"), (LossKind::CdText, "what no packs hold")],
    spec: "CloneCD, libmirage and Aaru conventions",
    options: &[("--sector 2352|2448", "without a .sub, or with one (2448, the default)")],
    ..FormatInfo::BASE
};

impl Format for Ccd {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match (wire::is_descriptor(peek.head), peek.extension == "ccd") {
            (true, _) => Score::CERTAIN,
            (false, true) => Score::MAYBE,
            (false, false) => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Ok(Opened::Discs(vec![open::open(input)?]))
    }

    fn names(&self, input: &Input<'_>) -> Result<Option<Vec<String>>> {
        open::descriptor(input).map(|_| Some(files::names(input)))
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Ccd {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
