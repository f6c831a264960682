//! DiscJuggler's images: sectors from byte 0 on, then a descriptor, then eight bytes that say where it begins.
//!
//! Everything is little-endian. Nobody specified it outside the firm that made it; this is what readers of it agree on.
//!
//! | Where | Bytes | Content |
//! |---|---|---|
//! | end - 8 | u32, u32 | version id; 80000004h (2), 80000005h (3): where the descriptor begins, 80000006h (3.5 and 4): its length |
//! | descriptor | u16 | sessions |
//! | session | u16 | tracks; then those, then 12 bytes (version 2) or 13: u32 what the session is (0 CD-DA, 1 CD-ROM, 2 XA), u32 0, u32 start of the last track |
//! | track | 24 or 32 | u32 (not 0: 8 more follow), `00 00 01 00 00 00 FF FF FF FF` twice |
//! | | 24 + n | 3 unknown, u8 tracks of the disc, u8 n and a path of so many bytes, 19 |
//! | | 4 or 12 | u32; 80000000h: u32 capacity, u16 0, u16 medium (98h CD, 38h DVD) follow |
//! | | 2 + 4n | u16 n, lengths in sectors of INDEX 00, INDEX 01, ... |
//! | | 4 + ... | u32 blocks of CD-TEXT, each of 18 texts behind their lengths (u8) |
//! | | 6 | u16 0, u32 mode: 0 audio, 1 Mode 1, 2 Mode 2 |
//! | | 36 | u32 0, u32 session, u32 track (both from 0), u32 start (frames from 00:00:00), u32 sectors, 16 zeros |
//! | | 33 | u32 read mode: 2048, 2336, 2352, 2368 (with P and Q), 2448 bytes; u32 control, u8, u32 sectors, u32, ISRC 12, u32 1 if that is one |
//! | | 9 or 87 | from version 3 on: 5, u32; FFFFFFFFh: 78 more follow |
//! | last | | a session of no tracks, and from version 3.5 on: as a track up to the medium, u32 sectors, u8 n and volume id, 9, MCN 13, u32 1 if that is one, u32 n and CD-TEXT packs, 8, version id |
//!
//! Byte 0 is the first sector before LBA 0 that is stored, nearly always LBA -150, on a DVD too; tracks follow one another
//! without a gap. Where the first pause is blank it belongs to no track.
//!
//! Sources: the readers of libmirage, Aaru, Flycast and cdirip as they behave; psx-spx; an image of cdi4dc.
//!
//! Known gaps: of the texts in the records of tracks only titles are read. What the filling bytes mean nobody knows: an image is
//! written with those that known ones have, and a note says so.

mod content;
mod fields;
mod open;
mod plan;
mod record;
mod render;
mod target;
mod walk;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Media, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// DiscJuggler images.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cdi;

static INFO: FormatInfo = FormatInfo {
    id: "cdi",
    name: "DiscJuggler image",
    extensions: &["cdi"],
    media: &[Media::Cd, Media::Dvd],
    writes: true,
    // Indexes without a sector have no length, what a lead-in says of CD-i no code, and packs not every letter.
    carries: LossKinds::ALL
        .without(LossKind::Flags)
        .without(LossKind::CdText)
        .without(LossKind::Index)
        .without(LossKind::Sessions)
        .without(LossKind::Pregap),
    carries_but: &[
        (LossKind::Sessions, "CD-i, odd lead-outs"),
        (LossKind::Index, "without a sector"),
        (LossKind::CdText, "what no packs hold"),
        (LossKind::Flags, "SCMS"),
        (LossKind::Pregap, "odd lengths"),
    ],
    spec: "libmirage, Aaru, Flycast and psx-spx conventions",
    options: &[("--sector 2048|2336|2352|2448", "bytes stored of each data sector (2352, or 2448 where there is subchannel)")],
    ..FormatInfo::BASE
};

impl Format for Cdi {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        let own = peek.extension == "cdi";
        match own {
            _ if walk::begins_well(peek.source) => Score::CERTAIN,
            // Its sectors may look like an image of another format: that would lose its tracks.
            true if walk::is_marked(peek.source) => Score::CERTAIN,
            // What nobody recognises by that name is explained here.
            true => Score::MAYBE,
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

impl FormatWriter for Cdi {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
