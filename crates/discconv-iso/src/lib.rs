//! Headerless images: sectors and nothing else, under names such as `.iso`, `.img`, `.bin`, `.raw` and `.cdr`.
//!
//! Nobody specified this "format": it is what programs get when they read a disc and write what comes. What a file
//! stores of each sector is found by its content, as the table says; the extension only decides where nothing else
//! can (audio). Everything is probed with a bounded number of small reads, whatever the length of the file.
//!
//! | bytes a sector | of the 2352-byte frame | user data at | content |
//! |---|---|---|---|
//! | 2048 | 16-2063 or 24-2071 | 0 | Mode 1 or Mode 2 Form 1, DVD, Blu-ray |
//! | 2056 | 16-2071 | 8 | Form 1 with subheader |
//! | 2324 | 24-2347 | 0 | Form 2 cells |
//! | 2328 | 24-2351 | 0 | the same with EDC |
//! | 2332 | 16-2347 | 8 | Mode 2 without the last four bytes |
//! | 2336 | 16-2351 | 8 | Mode 2 without sync and header |
//! | 2340 | 12-2351 | 4, 12 | without sync |
//! | 2352 | all | 16, 24 | raw; also audio |
//! | 2368 | all | 16, 24 | raw, 16 bytes of P and Q |
//! | 2448 | all | 16, 24 | raw, 96 bytes of P-W, interleaved or packed |
//! | 2646, 2648 | all | 16, 24 | raw, 294 or 296 bytes of C2 pointers (left out) |
//! | 2742, 2744 | all | 16, 24 | raw, C2 pointers, 96 bytes of P-W |
//!
//! Sources: ECMA-119 (volumes), ECMA-130 (sectors), ECMA-167 (recognition and anchor of UDF), the boot areas of the
//! consoles. Sectors of a raw image begin where their headers say; an image that begins at MSF 00:00:00 stores the
//! pregap of track 1. A raw image without a sheet gets tracks by content.
//!
//! Known gaps: tracks of one mode in a row cannot be told apart without a sheet; subchannel is not asked for tracks;
//! scrambled sectors are not recognised.

mod detect;
mod layout;
mod open;
mod plan;
mod raw;
mod tracks;

use discconv_core::{
    Disc, Error, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// Headerless images.
#[derive(Clone, Copy, Debug, Default)]
pub struct Iso;

/// What the person says the file is, with `--from`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forced {
    Iso2048,
    Iso2336,
    Iso2352,
    Iso2448,
    Cdda,
}

const ISO2048: &str = "iso2048";
const ISO2336: &str = "iso2336";
const ISO2352: &str = "iso2352";
const ISO2448: &str = "iso2448";
const CDDA: &str = "cdda";

static INFO: FormatInfo = FormatInfo {
    id: "iso",
    name: "ISO and other headerless images",
    extensions: &["iso", "img", "cdr"],
    companions: &[],
    forced: &[ISO2048, ISO2336, ISO2352, ISO2448, CDDA],
    writes: true,
    carries: LossKinds::of(&[LossKind::Damage]),
    spec: "ECMA-119, ECMA-130",
    options: &[("--sector 2048|2336|2352|2448", "bytes stored of each sector (2048)")],
    ..FormatInfo::BASE
};

impl Format for Iso {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match detect::detect(peek.source, peek.extension) {
            Ok(Some(layout)) => layout.score,
            _ => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        let forced = match input.forced {
            Some(ISO2048) => Some(Forced::Iso2048),
            Some(ISO2336) => Some(Forced::Iso2336),
            Some(ISO2352) => Some(Forced::Iso2352),
            Some(ISO2448) => Some(Forced::Iso2448),
            Some(CDDA) => Some(Forced::Cdda),
            Some(other) if other != INFO.id => {
                return Err(Error::unsupported(
                    input.name,
                    discconv_core::At::Whole,
                    format!("{other} is no way to read a headerless image"),
                ));
            }
            _ => None,
        };
        Ok(Opened::Discs(vec![open::open(input, forced)?]))
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Iso {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
