//! What sectors say of themselves: mode, address, scrambling. One set of rules for reading and for planning.

use discconv_core::image::{Signs, seen_mode};
use discconv_core::{Form, Lba, TrackMode};
use discconv_sector::{Msf, has_sync, scramble};

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

/// What the sectors of a track say, see [`seen_mode`]. `read` fills sync and header of a sector, counted from INDEX 01 at
/// `start`, or says that it cannot. Where the descriptor speaks of scrambled sectors, one that is not where it says it is must
/// be descrambled.
pub(crate) fn look(
    start: Lba,
    sectors: u32,
    may_scramble: bool,
    mut read: impl FnMut(u32, &mut [u8; HEAD]) -> bool,
) -> Option<Seen> {
    let is_scrambled = |sector: u32, head: &[u8; HEAD]| {
        let lba = start + i32::try_from(sector).unwrap_or(i32::MAX);
        may_scramble && has_sync(head) && address(head) != Some(lba)
    };
    let (sector, mode) = seen_mode(sectors, |sector, head| {
        let read = read(sector, head);
        if is_scrambled(sector, head) {
            head[12..].iter_mut().zip(scramble::table()).for_each(|(byte, with)| *byte ^= with);
        }
        read
    })?;
    let mut head = [0; HEAD];
    let scrambled = read(sector, &mut head) && is_scrambled(sector, &head);
    Some(Seen { mode, scrambled })
}

/// The address that a header says.
pub(crate) fn address(head: &[u8; HEAD]) -> Option<Lba> {
    has_sync(head).then(|| Msf::from_bcd([head[12], head[13], head[14]])).flatten().map(Lba::from_program_msf)
}

/// The mode of a track, of which `told` is `MODE`, `data_bit` that of its entry, and `seen` what its sectors say.
pub(crate) fn settle(told: Option<TrackMode>, data_bit: bool, seen: Option<TrackMode>) -> TrackMode {
    let default = if data_bit { TrackMode::Mode1 } else { TrackMode::Audio };
    Signs { told, data_bit, seen }.settle(Form::RAW.main).unwrap_or(default)
}
