//! ECM, by Neill Corlett's Error Code Modeler: any file, in which sectors of a CD are stored without what can be made again.
//!
//! `45 43 4D 00`, then records, then an end mark, then the EDC of all that comes out (four bytes, little-endian). It says
//! nothing of tracks; whatever is between sectors, or is none that would come back alike, is stored as it is.
//!
//! A record is a type and a count, coded together, and what is stored of so many units:
//!
//! | byte | bit 7 | other bits |
//! |---|---|---|
//! | 1st | more follow | 6-2: bits 4-0 of count - 1; 1-0: type |
//! | 2nd, 3rd, 4th | more follow | 6-0: bits 11-5, 18-12, 25-19 of count - 1 |
//! | 5th | 0 | 6: 0; 5-0: bits 31-26 of count - 1 |
//!
//! FFFFFFFFh in place of count - 1, of any type, is the end mark.
//!
//! | type | unit | bytes stored | bytes that come out |
//! |---|---|---|---|
//! | 0 | a byte | 1 | 1 |
//! | 1 | Mode 1 | 3 of address, 2048 of user data | 2352: sync, address, mode 1, user data, EDC, zeros, ECC |
//! | 2 | Mode 2 Form 1 | 4 of subheader, 2048 of user data | 2336: subheader twice, user data, EDC, ECC |
//! | 3 | Mode 2 Form 2 | 4 of subheader, 2324 of user data | 2336: subheader twice, user data, EDC |
//!
//! Types 2 and 3 lack sync and header, so that a raw Mode 2 track is 16 bytes of type 0 and one sector, again and again.
//!
//! Sources: psx-spx on the format, libmirage as it behaves, files made by Corlett's encoder. The EDC at the end is that of
//! sectors (ECMA-130 clause 14.3).
//!
//! Known gaps: later programs under the same name (`ECM` and another byte than zero: ecm-tools-reloaded) lay their files out
//! quite differently and are refused by name.

mod decode;
mod encode;
mod index;
mod open;
mod plan;
mod scan;
mod wire;

use discconv_core::{
    At, Disc, Error, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Opened, Peek, Plan, Result, Score,
    WriteOptions,
};

/// ECM files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ecm;

static INFO: FormatInfo = FormatInfo {
    id: "ecm",
    name: "ECM file",
    extensions: &["ecm"],
    writes: true,
    wrapper: true,
    wraps: &["cue", "iso"],
    appends: true,
    // What a BIN with its sheet carries.
    carries: LossKinds::ALL.without(LossKind::Subchannel),
    spec: "Neill Corlett's ECM, psx-spx",
    options: &[("--sector 2048|2336|2352", "bytes stored of each data sector before packing (2352)")],
    ..FormatInfo::BASE
};

impl Format for Ecm {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match wire::variant(peek.head) {
            Some(_) => Score::CERTAIN,
            // What nobody recognises under that name is explained by the reader.
            None if peek.extension == "ecm" => Score::MAYBE,
            None => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        open::open(input)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Ecm {
    fn plan(&self, _: &[Disc], stem: &str, _: &WriteOptions) -> Result<Plan> {
        Err(Error::unsupported(stem, At::Whole, format!("{} wraps an image; it is not written by itself", INFO.name)))
    }

    fn wrap(&self, inner: Plan, _: &str, _: &WriteOptions) -> Result<Plan> {
        plan::wrap(inner)
    }
}
