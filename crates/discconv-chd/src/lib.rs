//! MAME's compressed hunks of data, as far as discs are in them: CDs, GD-ROMs, DVDs and what else has sectors of 2048 bytes.
//!
//! Everything is big-endian. The content is one row of units, cut into hunks, each coded by itself; a map says how and where.
//! A unit of a CD is a frame of 2448 bytes, 2352 of sector and 96 of subchannel; of a DVD a sector of 2048.
//!
//! | Version 5 at | Bytes | Content |
//! |---|---|---|
//! | 00h | 8 | `MComprHD` |
//! | 08h | 2 x u32 | length of the header, 7Ch; version, 5 |
//! | 10h | 4 x 4 | codecs; zeros for none |
//! | 20h | 3 x u64 | length of the content; where the map is; where the metadata begins, 0 for none |
//! | 38h | 2 x u32 | bytes of a hunk, of a unit |
//! | 40h | 3 x 20 | SHA-1 of the content; of content and metadata; that of the parent, zeros for none |
//!
//! | Map | | of each hunk |
//! |---|---|---|
//! | version 5 | u32 length, u48 first offset, u16 CRC, three widths; a bit stream | its kind by a Huffman code, then length, CRC-16, hunk or unit, as the kind needs |
//! | without codecs | | u32, in hunks |
//! | versions 3 and 4 | | u64 place, u32 CRC-32, u16 and u8 length, u8 kind |
//!
//! | Codec | a hunk is |
//! |---|---|
//! | `zlib`, `lzma`, `zstd` | raw deflate, LZMA without a header, a Zstandard frame |
//! | `huff` | a Huffman code of single bytes |
//! | `flac` | `L` or `B`, then FLAC frames |
//! | `cdzl`, `cdlz`, `cdzs` | a bit for each frame that lacks sync and parity; u16 (u24 from 65536 bytes on) length; sectors; subchannel |
//! | `cdfl` | FLAC frames of the sectors; subchannel |
//!
//! | Metadata at | Bytes | Content |
//! |---|---|---|
//! | 00h | 4 | tag: `CHT2`, `CHTR`, `CHCD` tracks of a CD; `CHGD`, `CHGT` of a GD-ROM; `DVD ` |
//! | 04h | u8, u24 | 1: it counts in the SHA-1; length |
//! | 08h | u64 | where the next one is |
//!
//! Samples are big-endian. Each track begins at a frame that is a multiple of four; nothing before LBA 0 is stored. A gap
//! whose type begins with `V` is a part of its track, others are on the disc only. What tracks cannot say is in a piece of
//! metadata of our own, `DCNV`, which other readers skip (see `meta/private.rs`).
//!
//! Sources: MAME, libchdr and the emulators' readers as they behave; hex dumps; chdman as a judge.
//!
//! Known gaps: versions 1 and 2, hard disks and laserdiscs are refused by name.

mod bits;
mod codecs;
mod coding;
mod encode;
mod facts;
mod header;
mod huffman;
mod hunks;
mod image;
mod index;
mod map;
mod meta;
mod open;
mod plan;
mod sessions;
mod target;
mod tracks;
mod unpack;
mod wire;

use discconv_core::{Disc, Format, FormatInfo, FormatWriter, Input, LossKinds, Opened, Peek, Plan, Result, Score, WriteOptions};

/// Compressed hunks of data.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chd;

static INFO: FormatInfo = FormatInfo {
    id: "chd",
    name: "Compressed hunks (MAME)",
    extensions: &["chd"],
    writes: true,
    carries: LossKinds::ALL,
    spec: "MAME, libchdr and chdman conventions",
    options: &[
        ("--hunk BYTES", "bytes of a hunk (CD 19584, DVD 4096, PSP 2048)"),
        ("--codec NAME[,NAME]", "up to four of zlib, lzma, flac, zstd, huff, or none (as other programs choose; fast: zstd)"),
        ("--parent FILE", "the CHD that this one builds upon, when it is read"),
    ],
    ..FormatInfo::BASE
};

impl Format for Chd {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match peek.head.starts_with(wire::MAGIC) {
            true => Score::CERTAIN,
            // What nobody recognises under that name is explained by its reader.
            false if peek.extension == "chd" => Score::MAYBE,
            false => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Ok(Opened::Discs(vec![open::open(input)?]))
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
