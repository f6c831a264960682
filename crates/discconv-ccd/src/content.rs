//! What sectors say of themselves: mode, address, scrambling. One set of rules for reading and for planning.

use discconv_core::{Lba, TrackMode};
use discconv_sector::{Msf, has_sync, scramble};

/// Sectors at the start of a track that are looked at, beside sector 16.
const SAMPLE: u32 = 16;
/// Where volumes have their first descriptor, so that it is no gap by mistake.
const VOLUME: u32 = 16;
/// Further in, for tracks that begin with something else.
const FURTHER: [u32; 4] = [225, 400, 575, 749];
/// Bytes of sync and header.
pub(crate) const HEAD: usize = 16;

/// The mode that `MODE` and `PreGapMode` mean.
pub(crate) fn told_mode(told: i32) -> Option<TrackMode> {
    match told {
        0 => Some(TrackMode::Audio),
        1 => Some(TrackMode::Mode1),
        2 => Some(TrackMode::Mode2),
        _ => None,
    }
}

/// How a mode is told; there is no word for Mode 0.
pub(crate) fn mode_number(mode: TrackMode) -> u8 {
    match mode {
        TrackMode::Audio => 0,
        TrackMode::Mode0 | TrackMode::Mode1 => 1,
        TrackMode::Mode2 => 2,
    }
}

/// What the first sectors of a track say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Of the first sector that has a sync, or that says more than Mode 0.
    pub(crate) mode: TrackMode,
    /// Are the sectors scrambled?
    pub(crate) scrambled: bool,
}

/// What the sectors of a track say that has a sync among those that tell most: sector 16, the first ones, some behind them.
/// `read` fills sync and header of a sector, counted from INDEX 01 at `start`, or says that it cannot. Where the descriptor
/// speaks of scrambled sectors, one that is not where it says it is must be descrambled.
pub(crate) fn look(
    start: Lba,
    sectors: u32,
    may_scramble: bool,
    mut read: impl FnMut(u32, &mut [u8; HEAD]) -> bool,
) -> Option<Seen> {
    let mut head = [0; HEAD];
    let mut found = None;
    for sector in [VOLUME].into_iter().chain(0..SAMPLE).chain(FURTHER).filter(|sector| *sector < sectors) {
        if !read(sector, &mut head) || !has_sync(&head) {
            continue;
        }
        let lba = start + i32::try_from(sector).unwrap_or(i32::MAX);
        let scrambled = may_scramble && address(&head) != Some(lba);
        if scrambled {
            head[12..].iter_mut().zip(scramble::table()).for_each(|(byte, with)| *byte ^= with);
        }
        let mode = match head[15] & 3 {
            0 => TrackMode::Mode0,
            1 => TrackMode::Mode1,
            2 => TrackMode::Mode2,
            _ => continue,
        };
        let seen = Seen { mode, scrambled };
        // A blank Mode 0 sector may lie before data, not the other way round.
        if mode != TrackMode::Mode0 {
            return Some(seen);
        }
        found = found.or(Some(seen));
    }
    found
}

/// The address that a header says.
pub(crate) fn address(head: &[u8; HEAD]) -> Option<Lba> {
    has_sync(head).then(|| Msf::from_bcd([head[12], head[13], head[14]])).flatten().map(Lba::from_program_msf)
}

/// The mode of a track, of which `told` is `MODE`, `data_bit` that of its entry, and `seen` what its sectors say.
pub(crate) fn settle(told: Option<TrackMode>, data_bit: bool, seen: Option<TrackMode>) -> TrackMode {
    match (told, seen) {
        // Sound may happen to hold a sync, or be data on purpose; it takes two to say otherwise.
        (Some(TrackMode::Audio), _) if !data_bit => TrackMode::Audio,
        (_, Some(seen)) => seen,
        (Some(TrackMode::Audio), None) => TrackMode::Audio,
        (Some(told), None) if data_bit => told,
        (None, None) if data_bit => TrackMode::Mode1,
        (_, None) => TrackMode::Audio,
    }
}
