//! Sample: say here what the format is, who wrote it, and where one still meets it.
//!
//! | offset | bytes | what it is |
//! |---|---|---|
//! | 0 | 4 | magic `sample` in four letters |
//! | 4 | 4 | sectors, u32 little-endian |
//! | 8 | 2048 each | user data of the sectors |
//!
//! Source: name the document and its clauses.
//!
//! Known gaps: name what is not read or written.

mod open;
mod plan;
mod wire;

use discconv_core::{Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Opened, Peek, Result, Score};

/// The format; see the crate's own text.
#[derive(Clone, Copy, Debug)]
pub struct Sample;

static INFO: FormatInfo = FormatInfo {
    id: "sample",
    name: "Sample",
    extensions: &["sample"],
    companions: &[],
    writes: true,
    carries: LossKinds::NONE.with(LossKind::Damage),
    spec: "name the document",
    options: &[],
    ..FormatInfo::BASE
};

impl Format for Sample {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        if peek.head.starts_with(&wire::MAGIC) { Score::CERTAIN } else { Score::NO }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        open::open(input).map(|disc| Opened::Discs(vec![disc]))
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}
