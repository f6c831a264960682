//! Nero's images: sectors from byte 0 on, then a chain of chunks, then a footer that says where the chain begins.
//!
//! Everything is big-endian. Nobody specified it outside the firm that made it; this is what readers of it agree on.
//!
//! | Where | Bytes | Content |
//! |---|---|---|
//! | end - 12 | `NER5`, u64 | version 2: where the chain begins |
//! | end - 8 | `NERO`, u32 | version 1: the same |
//! | chunk | id, u32 length, payload | the chain ends with `END!` |
//! | `CUES`, `CUEX` | 8 each | control and ADR, track BCD, index BCD, 0, address: BCD 0 M S F (`CUES`) or i32 LBA (`CUEX`) |
//! | `DAOI`, `DAOX` | 22 + 30 or 42 each | length, MCN, 0, disc type, 1, first and last track; of each track ISRC, u16 sector size, mode code, three offsets of 32 or 64 bits: INDEX 00, INDEX 01, end |
//! | `TINF`, `ETNF`, `ETN2` | 12, 20, 32 each | track at once: offset, length (u32, u32, u64), u32 mode code, u32 start and more |
//! | `SINF` | 4 | u32 tracks; closes a session |
//! | `CDTX` | 18 each | CD-TEXT packs |
//! | `MTYP` | 4 | u32 mask of media |
//! | `TOCT` | 2 | disc type |
//!
//! Byte 0 of a disc-at-once image is LBA -150: the pause before track 1 is stored. Where it is blank it belongs to no track;
//! else track 1 has an INDEX 00 there. Track-at-once images store no gaps: 150 blank sectors lie before each track.
//!
//! Sources: the readers of libmirage, libcdio and Aaru as they behave; hex dumps of images.
//!
//! Known gaps: the names in `AFNM` and `VOLM` are not kept; a double-density CD (DDCD) is taken for a CD.

mod chain;
mod content;
mod dao;
mod open;
mod plan;
mod tao;
mod target;
mod wire;

use discconv_core::{
    Disc, Format, FormatInfo, FormatWriter, Input, LossKind, LossKinds, Opened, Peek, Plan, Result, Score, WriteOptions,
};

/// Nero images.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nrg;

static INFO: FormatInfo = FormatInfo {
    id: "nrg",
    name: "Nero image",
    extensions: &["nrg"],
    companions: &[],
    writes: true,
    // Q has no bit for SCMS, and packs not every letter.
    carries: LossKinds::ALL.without(LossKind::Flags).without(LossKind::CdText),
    carries_but: &[(LossKind::Flags, "SCMS"), (LossKind::CdText, "what no packs hold")],
    spec: "libmirage, libcdio and Aaru conventions",
    options: &[("--sector 2048|2336|2352|2448", "bytes stored of each data sector (2352, or 2448 where there is subchannel)")],
    ..FormatInfo::BASE
};

impl Format for Nrg {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        let own = peek.extension == "nrg";
        match chain::footer(peek.source) {
            Ok(Some(footer)) if own || chain::begins_well(peek.source, &footer) => Score::CERTAIN,
            // What begins with the pause before LBA 0 had tables at its end: other readers would take it for less than it was.
            _ if own && begins_with_pause(peek.head) => Score::CERTAIN,
            // A plain image by that name is recognised by others; what nobody recognises is explained here.
            _ if own => Score::MAYBE,
            _ => Score::NO,
        }
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        Ok(Opened::Discs(vec![open::open(input)?]))
    }

    fn writer(&self) -> Option<&dyn FormatWriter> {
        Some(self)
    }
}

/// Is the first sector the one at LBA -150, raw or all zero? A volume has its descriptors within what is looked at.
fn begins_with_pause(head: &[u8]) -> bool {
    let raw = head.get(..15).is_some_and(|first| first[..12] == discconv_sector::SYNC && first[12..] == [0; 3]);
    raw || (head.len() > 40 << 10 && head.iter().all(|byte| *byte == 0))
}

impl FormatWriter for Nrg {
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
        plan::plan(discs, stem, options)
    }
}
