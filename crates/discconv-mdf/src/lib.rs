//! Alcohol 120%'s images: a descriptor (`.mds`) and the sectors (`.mdf`).
//!
//! Everything in the descriptor is little-endian. Nobody specified it outside the firm that made it; this is what readers
//! of it agree on.
//!
//! | Where | Bytes | Content |
//! |---|---|---|
//! | 0 | 58h | `MEDIA DESCRIPTOR`, version 1.3 to 1.5, medium, number of sessions, where all else begins |
//! | header + 50h | 18h each | sessions: first LBA (its pause included), lead-out, number, counts, where its track blocks are |
//! | session + 14h | 50h each | track blocks: mode, subchannel, control, POINT (binary), start, sector size, LBA, place in the data |
//! | track + 0Ch | 8 | CD: pregap and length in sectors; of other media the field itself is the length |
//! | track + 34h | 10h each | one for each file that holds sectors of the track: where its name is, and how wide its letters are |
//! | header + 40h | 4100 each | structures of a DVD: copyright (4), manufacturing (2048), physical format (2048), of each layer |
//! | header + 1Ah, 24h | | burst cutting area: length and place |
//! | header + 54h | | data position measurements: a count, places, and of each number, start, resolution, count, u32 values |
//!
//! The data are the tracks' sectors in 2048 to 2352 bytes each, or with 96 bytes of interleaved P-W behind each.
//! Nothing is stored before LBA 0. Whether a pregap is stored, only the places of the tracks tell: see `layout.rs`.
//!
//! Sources: the readers of libmirage, Aaru and DuckStation as they behave; hex dumps of images.
//!
//! Known gaps: version 2 of the descriptor and MDX, which are encrypted, are refused; data position measurements are kept
//! for the way back and otherwise unused.

mod content;
mod descriptor;
mod extras;
mod files;
mod layout;
mod names;
mod open;
mod plan;
mod tables;
mod target;
mod wire;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Media, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// Alcohol 120% images.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mdf;

static INFO: FormatInfo = FormatInfo {
    id: "mds",
    name: "Alcohol 120% image (MDS and MDF)",
    extensions: &["mds"],
    companions: &["mdf"],
    writes: true,
    media: &[Media::Cd, Media::Dvd, Media::Unknown],
    // The first three have no place but in subchannel; Q has no bit for SCMS.
    carries: LossKinds::ALL
        .without(LossKind::Mcn)
        .without(LossKind::Isrc)
        .without(LossKind::Index)
        .without(LossKind::CdText)
        .without(LossKind::Flags),
    carries_but: &[(LossKind::Flags, "SCMS")],
    spec: "libmirage, Aaru and DuckStation conventions",
    options: &[("--sector 2048|2336|2352|2448", "bytes stored of each data sector (2352, or 2448 where there is subchannel)")],
    ..FormatInfo::BASE
};

impl Format for Mdf {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match peek.head.starts_with(wire::MAGIC) {
            true => Score::CERTAIN,
            // What nobody recognises is explained here.
            false if peek.extension == "mds" => Score::MAYBE,
            false => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Ok(Opened::Discs(vec![open::open(input)?]))
    }

    fn names(&self, input: &Input<'_>) -> Result<Option<Vec<String>>> {
        names::of_descriptor(input).map(Some)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Mdf {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
