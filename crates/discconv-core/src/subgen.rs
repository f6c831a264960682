//! Subchannel made from the table of contents, and the question whether a stored one says more than that.

use crate::toc::{Toc, Track};
use discconv_sector::subchannel::{Q, QContent};
use discconv_sector::{Lba, Msf, PREGAP_SECTORS, SUB};

/// Q's track number of the lead-out.
const LEAD_OUT: u8 = 0xAA;

/// Packed P to W of the sector at `lba`: P in pauses, position in Q, nothing in R to W.
pub(crate) fn packed(toc: &Toc, lba: Lba) -> [u8; SUB] {
    let mut out = [0; SUB];
    let (q, pause) = position(toc, lba);
    if pause {
        out[..12].fill(0xFF);
    }
    out[12..24].copy_from_slice(&q.0);
    out
}

fn position(toc: &Toc, lba: Lba) -> (Q, bool) {
    let absolute = lba.to_msf();
    let Some(track) = track_near(toc, lba) else {
        let end = toc.tracks().next_back().map_or(lba, |track| track.end);
        let control = toc.tracks().next_back().map_or(0, |track| track.control.nibble(track.mode));
        return (Q::position(control, LEAD_OUT, 1, length(lba - end), absolute), false);
    };
    let control = track.control.nibble(track.mode);
    let start = track.start();
    if lba < start {
        // In a pause the relative time counts down to zero (ECMA-130 22.3.3.2).
        return (Q::position(control, track.number, 0, length(start - lba), absolute), true);
    }
    let index = track.indexes.iter().rev().find(|(number, at)| *number > 0 && *at <= lba).map_or(1, |(number, _)| *number);
    (Q::position(control, track.number, index, length(lba - start), absolute), false)
}

/// The track of `lba`; sectors before the first track's first index belong to its pause.
fn track_near(toc: &Toc, lba: Lba) -> Option<&Track> {
    toc.track_at(lba).or_else(|| toc.tracks().next().filter(|first| lba < first.start()))
}

fn length(frames: i32) -> Msf {
    Msf::from_frames(u32::try_from(frames).unwrap_or(0)).unwrap_or_default()
}

/// Does the packed subchannel of `lba` say more than the tracks do: something in R to W, or a Q frame with a wrong CRC
/// or with another sector's time? A Q of zeros says nothing.
pub(crate) fn says_more(packed: &[u8; SUB], lba: Lba) -> bool {
    if packed[24..].iter().any(|byte| *byte != 0) {
        return true;
    }
    let mut bytes = [0; 12];
    bytes.copy_from_slice(&packed[12..24]);
    if bytes == [0; 12] {
        return false;
    }
    let q = Q(bytes);
    if !q.crc_ok() {
        return true;
    }
    match q.decode() {
        QContent::Position { absolute, .. } => Lba::from_msf(absolute) != lba && lba >= Lba(-PREGAP_SECTORS),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toc::{Control, TrackMode};

    #[test]
    fn a_generated_subchannel_says_no_more_than_the_tracks() {
        let toc = Toc::single_data(crate::Media::Cd, TrackMode::Mode1, 400);
        for lba in [-150, -1, 0, 1, 399, 400, 500] {
            let made = packed(&toc, Lba(lba));
            assert!(!says_more(&made, Lba(lba)), "LBA {lba}");
            assert!(says_more(&made, Lba(lba + 1)), "LBA {lba} taken for the next");
        }
    }

    #[test]
    fn control_tells_data_from_audio() {
        assert_eq!(Control::default().nibble(TrackMode::Audio), 0);
        assert_eq!(Control::default().nibble(TrackMode::Mode2), 4);
    }
}
