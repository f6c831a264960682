//! Compressed images of the PSP and the PS2: CSO, ZSO, DAX and JSO. Each wraps a plain image of 2048-byte sectors.
//!
//! Everything is little-endian. The image is cut into blocks of one size, each coded by itself; a table says where they are.
//! The last block is padded with zeros to a whole one before it is coded, and cut again when it is read.
//!
//! | CISO, ZISO at | Bytes | Content |
//! |---|---|---|
//! | 00h | 4 | `CISO` or `ZISO` |
//! | 04h | u32 | length of the header, 18h; older programs left anything there |
//! | 08h | u64 | length of the image |
//! | 10h | u32 | bytes of a block, a power of two |
//! | 14h | u8 | version: 0 and 1 are the same, 2 has LZ4 as well |
//! | 15h | u8 | shift: offsets count in units of 2^shift bytes |
//! | 18h | u32 each | one more than there are blocks: offset, and in bit 31 how the block is coded |
//!
//! | | bit 31 clear | bit 31 set | stored otherwise |
//! |---|---|---|---|
//! | CSO 0, 1 | raw deflate | stored | |
//! | CSO 2 | raw deflate | LZ4 | where the block takes `block size` bytes or more |
//! | ZSO | LZ4 | stored | |
//!
//! | DAX at | Bytes | Content |
//! |---|---|---|
//! | 00h | 4 | `DAX`, 0 |
//! | 04h | 3 x u32 | length of the image, version 0 or 1, number of areas stored as they are (version 1) |
//! | 20h | u32 each | offsets of the blocks of 8192 bytes, zlib streams |
//! | then | u16 each | their lengths |
//! | then | 2 x u32 each | first block and number of blocks of each area |
//!
//! | JSO at | Bytes | Content |
//! |---|---|---|
//! | 00h | 4 | `JISO` |
//! | 06h | u16 | bytes of a block |
//! | 08h | u8 | 1: four bytes precede each block |
//! | 0Ah | u8 | 0 LZO1X, 1 raw deflate |
//! | 0Ch | u32 | length of the image |
//! | 10h | 16 | its MD5 |
//! | 20h | u32 | length of the header, 30h |
//! | 30h | u32 each | one more than there are blocks: offset |
//!
//! Sources: the notes on CSO and ZSO in maxcso's distribution; PPSSPP, PCSX2, Open PS2 Loader and ARK-4 as they behave; for
//! JSO rom-properties; hex dumps.
//!
//! Known gaps: Nintendo's CISO and the Xbox's share the first four bytes only and are refused by name; JSO is not written, and
//! of its table of areas, which some programs speak of, no example was seen.

mod blocks;
mod ciso;
mod dax;
mod encode;
mod jso;
mod kind;
mod plan;
mod wire;

use discconv_core::{
    At, Disc, Error, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Opened, Peek, Plan, Result, Score,
    WriteOptions,
};
use kind::Kind;

/// CSO, versions 0 and 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cso;

/// CSO, version 2.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cso2;

/// ZSO.
#[derive(Clone, Copy, Debug, Default)]
pub struct Zso;

/// DAX.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dax;

/// JSO, which is only read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jso;

/// What holds of all that are written.
const WRITTEN: FormatInfo =
    FormatInfo { writes: true, wrapper: true, wraps: &["iso"], carries: LossKinds::of(&[LossKind::Damage]), ..FormatInfo::BASE };

static CSO: FormatInfo = FormatInfo {
    id: "cso",
    name: "CSO image",
    extensions: &["cso", "ciso"],
    spec: "maxcso's notes on CSO",
    options: &[("--block 2048|...|262144", "bytes of a block (2048; 16384 from 2 GiB on)")],
    ..WRITTEN
};

static CSO2: FormatInfo = FormatInfo {
    id: "cso2",
    name: "CSO image, version 2",
    // `cso` on the command line means version 1, which all programs read.
    extensions: &["cso"],
    spec: "maxcso's notes on CSO",
    options: &[("--block 2048|...|262144", "bytes of a block (2048; 16384 from 2 GiB on)")],
    ..WRITTEN
};

static ZSO: FormatInfo = FormatInfo {
    id: "zso",
    name: "ZSO image",
    extensions: &["zso"],
    spec: "maxcso's notes on ZSO",
    options: &[("--block 2048|...|262144", "bytes of a block (2048, the only size for OPL)")],
    ..WRITTEN
};

static DAX: FormatInfo =
    FormatInfo { id: "dax", name: "DAX image", extensions: &["dax"], spec: "maxcso and ARK-4 conventions", ..WRITTEN };

static JSO: FormatInfo = FormatInfo {
    id: "jso",
    name: "JSO image",
    extensions: &["jso"],
    wrapper: true,
    wraps: &["iso"],
    spec: "rom-properties and ARK-4 conventions",
    ..FormatInfo::BASE
};

fn score(peek: &Peek<'_>, mine: Kind, info: &FormatInfo) -> Score {
    match kind::of(peek.head, peek.source) {
        Some(found) if found == mine => Score::CERTAIN,
        // What nobody recognises under that name is explained by its reader.
        None if mine != Kind::Cso2 && info.extensions.contains(&peek.extension) => Score::MAYBE,
        _ => Score::NO,
    }
}

/// The writer of a wrapper is asked to wrap.
fn only_wraps(info: &FormatInfo, stem: &str) -> Error {
    Error::unsupported(stem, At::Whole, format!("{} wraps an image; it is not written by itself", info.name))
}

impl Format for Cso {
    fn info(&self) -> &'static FormatInfo {
        &CSO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        score(peek, Kind::Cso, &CSO)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        ciso::open(input)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Cso {
    fn plan(&self, _: &[Disc], stem: &str, _: &WriteOptions) -> Result<Plan> {
        Err(only_wraps(&CSO, stem))
    }

    fn wrap(&self, inner: Plan, _: &str, options: &WriteOptions) -> Result<Plan> {
        plan::ciso(inner, options, &plan::CSO)
    }
}

impl Format for Cso2 {
    fn info(&self) -> &'static FormatInfo {
        &CSO2
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        score(peek, Kind::Cso2, &CSO2)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        ciso::open(input)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Cso2 {
    fn plan(&self, _: &[Disc], stem: &str, _: &WriteOptions) -> Result<Plan> {
        Err(only_wraps(&CSO2, stem))
    }

    fn wrap(&self, inner: Plan, _: &str, options: &WriteOptions) -> Result<Plan> {
        plan::ciso(inner, options, &plan::CSO2)
    }
}

impl Format for Zso {
    fn info(&self) -> &'static FormatInfo {
        &ZSO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        score(peek, Kind::Zso, &ZSO)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        ciso::open(input)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Zso {
    fn plan(&self, _: &[Disc], stem: &str, _: &WriteOptions) -> Result<Plan> {
        Err(only_wraps(&ZSO, stem))
    }

    fn wrap(&self, inner: Plan, _: &str, options: &WriteOptions) -> Result<Plan> {
        plan::ciso(inner, options, &plan::ZSO)
    }
}

impl Format for Dax {
    fn info(&self) -> &'static FormatInfo {
        &DAX
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        score(peek, Kind::Dax, &DAX)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        dax::open(input)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Dax {
    fn plan(&self, _: &[Disc], stem: &str, _: &WriteOptions) -> Result<Plan> {
        Err(only_wraps(&DAX, stem))
    }

    fn wrap(&self, inner: Plan, _: &str, options: &WriteOptions) -> Result<Plan> {
        plan::dax(inner, options)
    }
}

impl Format for Jso {
    fn info(&self) -> &'static FormatInfo {
        &JSO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        score(peek, Kind::Jso, &JSO)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        jso::open(input)
    }
}
