//! PlayStation discs as the PSP has them: `EBOOT.PBP`, with one disc or several.
//!
//! Everything is little-endian. A PBP is a header, files of the PSP's menu (its title and pictures), and at its end `DATA.PSAR`,
//! which holds the discs: raw sectors of 2352 bytes from LBA 0 on, sixteen of them in a block, each block coded by itself.
//!
//! | PBP at | Bytes | Content |
//! |---|---|---|
//! | 00h | 4 | 0, `PBP` |
//! | 04h | u32 | version, 10000h |
//! | 08h | 8 x u32 | where `PARAM.SFO`, `ICON0.PNG`, `ICON1.PMF`, `PIC0.PNG`, `PIC1.PNG`, `SND0.AT3`, `DATA.PSP` and `DATA.PSAR` begin; each ends with the next |
//!
//! | `DATA.PSAR` of several at | Bytes | Content |
//! |---|---|---|
//! | 000h | 16 | `PSTITLEIMG000000` |
//! | 010h | u32 | where the discs end |
//! | 200h | 5 x u32 | where each disc begins, from here; 0 for none |
//! | 264h | 11 | the number of the game, `_SLUS_00664` |
//! | 30Ch | 128 | title |
//!
//! | Disc at | Bytes | Content |
//! |---|---|---|
//! | 0000h | 12 | `PSISOIMG0000` |
//! | 000Ch | u32 | of a single disc: where it ends |
//! | 0400h | 11 | its number, `_SLUS_00664`; 0, `PGD` where it is encrypted |
//! | 0800h | 102 x 10 | table of contents, BCD: control and ADR, 0, point, INDEX 00, 0, INDEX 01 |
//! | 0BFCh | u32 | where the blocks begin, 100000h |
//! | 122Ch | 128 | title |
//! | 4000h | 32256 x 32 | of each block: u32 offset, u16 length, u16 mark, 16 bytes of SHA-1, 8 zeros; a length of 0 ends it |
//! | 100000h | | the blocks: raw deflate, or as they are where the length is 9300h |
//!
//! The first three entries of the table have the points A0h (first track, and disc type 20h for XA), A1h (last track) and A2h:
//! not where the lead-out is, but how many sectors are stored, which is 150 less. Emulators read it so, and so do the programs that
//! write it; a few say the address all the same, and popstation a constant that means nothing. What falls into the last block is
//! believed. Other addresses count from 00:00:00, as on a disc.
//!
//! `PARAM.SFO` is a table of keys and values; see the module of that name.
//!
//! What is written is for emulators: DuckStation, PCSX-ReARMed, Beetle PSX, ePSXe and their like. A real PSP wants besides, from the
//! firm that made it, a signed loader in `DATA.PSP` and a trailer behind the discs (`STARTDAT`), which nobody may hand on; and
//! its own player of these discs finds sound only as ATRAC3, which is not what is here. Blocks lie one behind another, and
//! one that does not pack is still a deflate stream, of stored bytes: some emulators take lengths from where the next block
//! begins, and unpack every block.
//!
//! Sources: psx-spx; DuckStation, PCSX-ReARMed, Beetle PSX (readers) and popstation, PSXPackager, pop-fe (writers) as they behave.
//!
//! Known gaps: encrypted discs of the official shop, and their ATRAC3 sound, are named and refused.

mod blocks;
mod encode;
mod header;
mod icon;
mod index;
mod open;
mod plan;
mod psar;
mod sfo;
mod target;
mod toc;
mod volume;
mod wire;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Media, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// EBOOT.PBP.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pbp;

static INFO: FormatInfo = FormatInfo {
    id: "pbp",
    name: "PlayStation discs for the PSP (EBOOT.PBP)",
    extensions: &["pbp"],
    writes: true,
    most_discs: wire::MOST_DISCS,
    media: &[Media::Cd],
    carries: LossKinds::of(&[
        LossKind::Audio,
        LossKind::Tracks,
        LossKind::Form2,
        LossKind::Subheader,
        LossKind::Ecc,
        LossKind::Damage,
    ]),
    spec: "psx-spx; DuckStation, PCSX-ReARMed and PSXPackager conventions",
    options: &[
        ("--into FILE", "up to five discs in one file"),
        ("--title TEXT", "the title that is shown (the volume's, else the name of the file)"),
        ("--icon FILE", "the picture that is shown: a PNG of 80 x 80 pixels"),
    ],
    ..FormatInfo::BASE
};

impl Format for Pbp {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        match peek.head.starts_with(wire::PBP) {
            true => Score::CERTAIN,
            // What nobody recognises under that name is explained by the reader.
            false if peek.extension == "pbp" => Score::MAYBE,
            false => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Ok(Opened::Discs(open::open(input)?))
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

impl FormatWriter for Pbp {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
