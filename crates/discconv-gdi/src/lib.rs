//! GDI: the text that describes a dump of a Dreamcast's GD-ROM, and one file of sectors for each track.
//!
//! The first line says how many tracks there are. Each further one is a track, its fields separated by blanks:
//!
//! | Field | Meaning |
//! |---|---|
//! | number | 1 and up, ascending |
//! | LBA | of INDEX 01; some programs add the 150 sectors before LBA 0 |
//! | control | 4 data, 0 audio: the control nibble of Q |
//! | sector size | 2352 or 2048; 2336 (Mode 2) and 2448 (with subchannel) occur |
//! | name | of the file, relative to the text; in double quotes where it has blanks |
//! | offset | of the first sector in the file, in bytes; nearly always 0 |
//!
//! A track is as long as its file. Tracks 1 and 2 are the single-density area, those from LBA 45000 on the high-density one;
//! between them there is nothing. What lies between two tracks of an area is the pregap of the second, and in no file: a
//! pregap that another format stores can stay only if it is blank. Samples are little-endian.
//!
//! Sources: Flycast and Aaru as their readers behave; the conventions of TOSEC and Redump; images.
//!
//! Known gaps: a GDI says nothing of further indexes, codes, flags, texts, subchannel or lengths of files.

mod layout;
mod open;
mod plan;
mod wire;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Media, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// Dumps of GD-ROMs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gdi;

static INFO: FormatInfo = FormatInfo {
    id: "gdi",
    name: "GDI (Dreamcast GD-ROM)",
    extensions: &["gdi"],
    companions: &["raw", "bin"],
    media: &[Media::Gd],
    writes: true,
    carries: LossKinds::of(&[
        LossKind::Audio,
        LossKind::Tracks,
        LossKind::Form2,
        LossKind::Subheader,
        LossKind::Ecc,
        LossKind::Damage,
    ]),
    spec: "Flycast and Aaru conventions; TOSEC naming",
    options: &[("--sector 2048|2352", "bytes stored of each data sector (2352); audio always has 2352")],
    ..FormatInfo::BASE
};

impl Format for Gdi {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match (wire::begins_well(peek.head), peek.extension == "gdi") {
            (true, true) => Score::CERTAIN,
            (true, false) => Score::LIKELY,
            // What nobody recognises by that name is explained here.
            (false, true) => Score::MAYBE,
            (false, false) => Score::NO,
        }
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

impl FormatWriter for Gdi {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
