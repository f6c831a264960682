//! ISZ, "ISO Zipped": UltraISO's wrapper around a plain image, cut into chunks that are packed one by one.
//!
//! Everything is little-endian. EZB Systems published the layout (version 1.00 of 2006); what their program does beyond it
//! (the scrambled tables, the longer header, how it encrypts) is what readers of such files agree on.
//!
//! | Where | Type | Content |
//! |---|---|---|
//! | 0 | `IsZ!` | |
//! | 4, 5 | u8, u8 | length of the header (48 or 64), version (1) |
//! | 6 | u32 | serial number, the same in all files of a split image |
//! | 10, 12 | u16, u32 | bytes of a sector, sectors |
//! | 16 | u8 | encryption: 0 none, 2 to 4 AES-128, -192, -256 |
//! | 17 | u64 | bytes of each file of a split image, else 0 |
//! | 25, 29 | u32, u32 | chunks, bytes of an unpacked chunk |
//! | 33, 34 | u8, u8 | bytes of an entry of the chunk table, number of this file (0 is the first) |
//! | 35, 39, 43 | u32 each | offsets of the chunk table, the segment table (0: there is none), the first chunk |
//! | 48, 60 | u32, u32 | in headers of 64 bytes: inverted CRC-32 of the content, of the stored chunks |
//! | segment table | 24 each | u64 bytes of the file (0 ends the table), u32 chunks, first chunk, offset of it, bytes of the last chunk in the next file |
//! | chunk table | 1 to 8 each | type in the two highest bits, stored length in the others |
//!
//! The bytes of both tables are XORed with the complement of the magic, beginning anew with each table.
//!
//! | Type | Chunk |
//! |---|---|
//! | 0 | zeros, of which nothing is stored |
//! | 1 | stored |
//! | 2 | zlib |
//! | 3 | bzip2, without its first three bytes being right |
//!
//! A file of zero chunks whose lengths were meant to count is told by where its chunks end, and by whether they unpack. A
//! file that ends early is damage: its missing chunks are zeros. The checksums are promised, not checked here.
//!
//! Encryption is AES on each stored chunk by itself, block by block without chaining (ECB), the key being the password with
//! zeros behind it; what is left of a chunk after its last whole block of 16 bytes is in clear.
//!
//! Sources: *ISO Zipped (ISZ) file format specification* 1.00; libmirage, isz-tool and Open Salamander as they behave.
//!
//! Known gaps: split images without a segment table; encryption 1 ("password"), which nobody has seen; written are single
//! files without encryption only.

mod chunks;
mod cipher;
mod encode;
mod names;
mod open;
mod plan;
mod segments;
mod stored;
mod table;
mod wire;

use discconv_core::{
    At, Disc, Error, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Opened, Peek, Plan, Result, Score,
    WriteOptions,
};

/// ISZ files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Isz;

static INFO: FormatInfo = FormatInfo {
    id: "isz",
    name: "ISZ image (UltraISO)",
    extensions: &["isz"],
    writes: true,
    wrapper: true,
    wraps: &["iso"],
    carries: LossKinds::of(&[LossKind::Damage]),
    spec: "ISO Zipped (ISZ) file format specification 1.00",
    options: &[("--block BYTES", "bytes that are packed together: a multiple of 2048 below 4194304 (262144)")],
    ..FormatInfo::BASE
};

impl Format for Isz {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        let first = peek.head.get(wire::SEGMENT_NUMBER_AT).is_none_or(|number| *number == 0);
        match peek.head.starts_with(&wire::MAGIC) {
            true if first => Score::CERTAIN,
            // A later file of a split image has no content of its own, so that nobody shall unwrap it; opening says so.
            true => Score::MAYBE,
            // What nobody recognises is explained here.
            false if peek.extension == "isz" => Score::MAYBE,
            false => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        open::open(input)
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Isz {
    fn plan(&self, _: &[Disc], stem: &str, _: &WriteOptions) -> Result<Plan> {
        Err(Error::unsupported(stem, At::Whole, "an ISZ image is written around another image, not around a disc"))
    }

    fn wrap(&self, inner: Plan, stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::wrap(inner, stem, options)
    }
}
