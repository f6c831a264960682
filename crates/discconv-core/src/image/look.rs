//! What a look at a few stored sectors tells.

use crate::disc::Disc;
use crate::form::{Form, Main, SubCoding};
use crate::read::Scratch;
use crate::toc::TrackMode;
use discconv_sector::subchannel::{Coding, detect_coding};
use discconv_sector::{Lba, RAW, SUB, has_sync};
use std::ops::Range;

/// Sectors at the start of a track that are looked at.
const SAMPLE: u32 = 16;
/// Where volumes have their first descriptor, so that it is no gap by mistake.
const VOLUME: u32 = 16;
/// Further in, for tracks that begin with something else.
const FURTHER: [u32; 4] = [225, 400, 575, 749];

/// What is said of a track, and what its sectors say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// The mode by the table, if that says one.
    pub told: Option<TrackMode>,
    /// Does the control nibble say data?
    pub data_bit: bool,
    /// See [`seen_mode`].
    pub seen: Option<TrackMode>,
}

impl Signs {
    /// The mode of a track whose records keep `main`; `None` if nothing tells it.
    ///
    /// Size counts before sync, sync before the table: some programs write codes that do not fit the sectors.
    #[must_use]
    pub fn settle(self, main: Main) -> Option<TrackMode> {
        match main {
            Main::User if self.told == Some(TrackMode::Mode2) => return Some(TrackMode::Mode2),
            Main::User => return Some(TrackMode::Mode1),
            Main::Frame(0, _) | Main::None => {}
            Main::Frame(..) => return Some(TrackMode::Mode2),
        }
        match self.told {
            // Sound may happen to hold a sync, or be data on purpose; it takes two to say otherwise.
            Some(TrackMode::Audio) if !self.data_bit => Some(TrackMode::Audio),
            Some(TrackMode::Audio) => Some(self.seen.unwrap_or(TrackMode::Audio)),
            Some(mode) => self.seen.or(Some(if self.data_bit { mode } else { TrackMode::Audio })),
            None => self.seen,
        }
    }
}

/// The mode byte of the first sector with a sync among those that tell most, and the number of that sector: sector 16, the
/// first ones, some behind them. `read` fills sync and header of a sector, counted from INDEX 01, or says that it cannot.
pub fn seen_mode(sectors: u32, mut read: impl FnMut(u32, &mut [u8; 16]) -> bool) -> Option<(u32, TrackMode)> {
    let mut head = [0; 16];
    let told = [VOLUME].into_iter().chain(0..SAMPLE).chain(FURTHER).filter(|sector| *sector < sectors);
    let mut found = told.filter_map(|sector| {
        let mode = (read(sector, &mut head) && has_sync(&head)).then_some(head[15] & 3)?;
        Some((sector, [TrackMode::Mode0, TrackMode::Mode1, TrackMode::Mode2].get(usize::from(mode)).copied()?))
    });
    let first = found.next()?;
    // A blank Mode 0 sector may lie before data, not the other way round.
    if first.1 == TrackMode::Mode0 { found.find(|(_, mode)| *mode != TrackMode::Mode0).or(Some(first)) } else { Some(first) }
}

/// What the sectors `track` of a disc (from INDEX 01 on) would say once they are stored raw.
#[must_use]
pub fn mode_of_track(disc: &Disc, track: Range<Lba>) -> Option<TrackMode> {
    let (mut scratch, mut raw) = (Scratch::default(), [0; RAW]);
    let seen = seen_mode(track.start.sectors_to(track.end), |sector, head| {
        let lba = track.start + i32::try_from(sector).unwrap_or(i32::MAX);
        let read = disc.read_cut(lba, &Form::RAW, &mut scratch, &mut raw).is_ok();
        head.copy_from_slice(&raw[..16]);
        read
    });
    seen.map(|(_, mode)| mode)
}

/// How the 96 bytes of subchannel of the first of so many `sectors` are arranged, if they say so. `read` fills those of one
/// sector, or says that it cannot.
pub fn sub_coding(sectors: u32, mut read: impl FnMut(u32, &mut [u8; SUB]) -> bool) -> Option<SubCoding> {
    let mut block = [0; SUB];
    let blocks: Vec<[u8; SUB]> =
        (0..sectors.min(SAMPLE)).filter_map(|sector| read(sector, &mut block).then_some(block)).collect();
    Some(match detect_coding(&blocks)? {
        Coding::Packed => SubCoding::Packed,
        Coding::Interleaved => SubCoding::Interleaved,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use TrackMode::{Audio, Mode0, Mode1, Mode2};
    use discconv_sector::SYNC;

    #[test]
    fn modes_are_settled_by_size_then_sync_then_table() {
        let raw = Form::RAW.main;
        for (main, told, data_bit, seen, expected) in [
            (Main::User, None, false, None, Some(Mode1)),
            (Main::User, Some(Mode2), true, Some(Mode1), Some(Mode2)),
            (Main::User, Some(Audio), true, None, Some(Mode1)),
            (Form::MODE2.main, Some(Mode1), true, None, Some(Mode2)),
            (Main::Frame(24, 2348), None, true, None, Some(Mode2)),
            (raw, Some(Audio), false, Some(Mode1), Some(Audio)),
            (raw, Some(Audio), true, Some(Mode1), Some(Mode1)),
            (raw, Some(Audio), true, None, Some(Audio)),
            (raw, Some(Mode1), true, Some(Mode2), Some(Mode2)),
            (raw, Some(Mode1), false, Some(Mode2), Some(Mode2)),
            (raw, Some(Mode1), true, None, Some(Mode1)),
            (raw, Some(Mode1), false, None, Some(Audio)),
            (raw, None, true, Some(Mode0), Some(Mode0)),
            (raw, None, true, None, None),
        ] {
            let signs = Signs { told, data_bit, seen };
            assert_eq!(signs.settle(main), expected, "{main:?} {signs:?}");
        }
    }

    #[test]
    fn the_sector_that_tells_most_is_asked_first() {
        // Number and mode byte of the sectors that have a sync, how many sectors there are, and what is seen.
        for (with_sync, sectors, expected) in [
            (&[(0, 1), (16, 2)][..], 100, Some((16, Mode2))),
            (&[(0, 1), (16, 2)], 16, Some((0, Mode1))),
            (&[(16, 0), (3, 0), (4, 1)], 100, Some((4, Mode1))),
            (&[(16, 0), (3, 0)], 100, Some((16, Mode0))),
            (&[(0, 3), (1, 0xE1)], 100, Some((1, Mode1))),
            (&[(400, 2)], 1000, Some((400, Mode2))),
            (&[(400, 2)], 400, None),
            (&[(17, 1)], 100, None),
            (&[], 0, None),
        ] {
            let seen = seen_mode(sectors, |sector, head| {
                assert!(sector < sectors);
                head[..12].copy_from_slice(&SYNC);
                let found = with_sync.iter().find(|(number, _)| *number == sector);
                head[15] = found.map_or(1, |(_, byte)| *byte);
                found.is_some()
            });
            assert_eq!(seen, expected, "{with_sync:?} of {sectors}");
        }
    }

    #[test]
    fn a_subchannel_that_says_nothing_has_no_order() {
        assert_eq!(
            sub_coding(100, |_, block| {
                block.fill(0);
                true
            }),
            None
        );
        assert_eq!(sub_coding(100, |_, _| false), None);
        let mut packed = [0; SUB];
        for (order, expected) in [(false, SubCoding::Packed), (true, SubCoding::Interleaved)] {
            let coding = sub_coding(100, |sector, block| {
                assert!(sector < SAMPLE);
                let lba = Lba(i32::try_from(sector).unwrap());
                packed[12..24].copy_from_slice(&discconv_sector::subchannel::Q::position(4, 1, 1, lba.to_msf(), lba.to_msf()).0);
                *block = packed;
                if order {
                    discconv_sector::subchannel::interleave(&packed, block);
                }
                true
            });
            assert_eq!(coding, Some(expected));
        }
    }
}
