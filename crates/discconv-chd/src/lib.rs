//! MAME's compressed hunks.

mod bits;
mod codecs;
mod coding;
mod encode;
mod facts;
mod header;
mod huffman;
mod index;
mod map;
mod meta;
mod plan;
mod target;
mod wire;

use discconv_core::{
    Disc, Error, At, Format, FormatInfo, FormatWriter, Input, LossKinds, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// CHD images.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chd;

static INFO: FormatInfo = FormatInfo {
    id: "chd",
    name: "CHD image",
    extensions: &["chd"],
    writes: true,
    carries: LossKinds::ALL,
    spec: "MAME conventions",
    ..FormatInfo::BASE
};

impl Format for Chd {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        if peek.head.starts_with(wire::MAGIC) { Score::CERTAIN } else { Score::NO }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Err(Error::unsupported(input.name, At::Whole, "is not read yet"))
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Chd {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
