//! Subchannel made from the table of contents, and the question whether a stored one says more than that.

use crate::toc::{Toc, Track};
use discconv_sector::subchannel::{Q, QContent};
use discconv_sector::{Lba, Msf, PREGAP_SECTORS, SUB};

/// Q's track number of the lead-out.
const LEAD_OUT: u8 = 0xAA;

/// Packed P to W of the sector at `lba`: P at the start of tracks, position in Q, nothing in R to W.
///
/// P is set throughout a pause and, one sector behind Q as it comes from drives, in the first sector of the track.
pub(crate) fn packed(toc: &Toc, lba: Lba) -> [u8; SUB] {
    let mut out = [0; SUB];
    let (q, flag) = position(toc, lba);
    if flag {
        out[..12].fill(0xFF);
    }
    out[12..24].copy_from_slice(&q.0);
    out
}

/// Q, and whether P is set.
fn position(toc: &Toc, lba: Lba) -> (Q, bool) {
    let absolute = lba.to_msf();
    let Some(track) = toc.track_at(lba).or_else(|| pause_outside(toc, lba)) else {
        let (control, start) = lead_out(toc, lba);
        return (Q::position(control, LEAD_OUT, 1, length(lba - start), absolute), false);
    };
    let control = track.control.nibble(track.mode);
    let start = track.start();
    if lba < start {
        // In a pause the relative time decreases, to zero in its last sector (ECMA-130 22.3.3).
        return (Q::position(control, track.number, 0, length(start - lba - 1), absolute), true);
    }
    let index = track.indexes.iter().rev().find(|(number, at)| *number > 0 && *at <= lba).map_or(1, |(number, _)| *number);
    (Q::position(control, track.number, index, length(lba - start), absolute), lba == start)
}

/// The first track of a session, if `lba` is one of the sectors before it: all of them on the first session, else the
/// 150 behind the lead-in.
fn pause_outside(toc: &Toc, lba: Lba) -> Option<&Track> {
    let mut firsts = toc.sessions.iter().filter_map(|session| session.tracks.first()).enumerate();
    firsts
        .find(|(_, track)| lba < track.first())
        .filter(|(nth, track)| *nth == 0 || lba >= track.start() - PREGAP_SECTORS)
        .map(|(_, track)| track)
}

/// Control of the lead-out (or hole behind it) that `lba` lies in, and where that begins.
fn lead_out(toc: &Toc, lba: Lba) -> (u8, Lba) {
    let before = toc.sessions.iter().rev().find(|session| session.lead_out <= lba).or(toc.sessions.first());
    let control = before.and_then(|session| session.tracks.last()).map_or(0, |track| track.control.nibble(track.mode));
    (control, before.map_or(lba, |session| session.lead_out))
}

fn length(frames: i32) -> Msf {
    Msf::from_frames(u32::try_from(frames).unwrap_or(0)).unwrap_or_default()
}

/// Does the packed subchannel of `lba` say more than the tracks do: something in R to W, or a Q frame with a wrong CRC
/// or with another sector's time? A Q of zeros says nothing, and a CRC of zero was not recorded.
pub(crate) fn says_more(packed: &[u8; SUB], lba: Lba) -> bool {
    if packed[24..].iter().any(|byte| *byte != 0) {
        return true;
    }
    let q = Q::of_packed(packed);
    if q.0 == [0; 12] {
        return false;
    }
    if !q.crc_ok() && q.0[10..] != [0; 2] {
        return true;
    }
    match q.decode() {
        QContent::Position { absolute, .. } => {
            // Minutes from 90 on are the program area of a long disc, except where the sector lies before it.
            let at = if lba < Lba(-PREGAP_SECTORS) { Lba::from_msf(absolute) } else { Lba::from_program_msf(absolute) };
            at != lba
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toc::{Control, Session, SessionKind, TrackMode};

    fn track(number: u8, mode: TrackMode, indexes: &[(u8, i32)], end: i32) -> Track {
        let indexes = indexes.iter().map(|(number, lba)| (*number, Lba(*lba))).collect();
        Track { number, mode, control: Control::default(), isrc: None, indexes, end: Lba(end) }
    }

    /// Track 2 has a pause of 100 sectors and INDEX 02; a second session begins after the usual 11250 + 150.
    fn two_sessions() -> Toc {
        let mut toc = Toc::single_data(crate::Media::Cd, TrackMode::Mode1, 400);
        toc.sessions[0].tracks.push(track(2, TrackMode::Audio, &[(0, 400), (1, 500), (2, 600)], 700));
        toc.sessions[0].lead_out = Lba(700);
        let second = track(3, TrackMode::Mode2, &[(1, 12_100)], 12_200);
        toc.sessions.push(Session { kind: SessionKind::Xa, tracks: vec![second], lead_out: Lba(12_200) });
        toc
    }

    /// Control, track, index, relative frames, P.
    fn at(toc: &Toc, lba: i32) -> (u8, u8, u8, u32, bool) {
        let made = packed(toc, Lba(lba));
        let q = Q::of_packed(&made);
        assert!(q.crc_ok());
        let QContent::Position { track, index, relative, absolute } = q.decode() else { panic!("LBA {lba}") };
        assert_eq!(absolute, Lba(lba).to_msf());
        assert!(made[..12] == [0; 12] || made[..12] == [0xFF; 12]);
        (q.control(), track, index, relative.to_frames(), made[0] == 0xFF)
    }

    #[test]
    fn position_in_pauses_tracks_and_lead_outs() {
        let toc = two_sessions();
        for (lba, expected) in [
            (-150, (4, 1, 0, 149, true)),
            (-1, (4, 1, 0, 0, true)),
            (0, (4, 1, 1, 0, true)),
            (1, (4, 1, 1, 1, false)),
            (399, (4, 1, 1, 399, false)),
            (400, (0, 2, 0, 99, true)),
            (499, (0, 2, 0, 0, true)),
            (500, (0, 2, 1, 0, true)),
            (599, (0, 2, 1, 99, false)),
            (600, (0, 2, 2, 100, false)),
            (700, (0, LEAD_OUT, 1, 0, false)),
            (11_949, (0, LEAD_OUT, 1, 11_249, false)),
            (11_950, (4, 3, 0, 149, true)),
            (12_099, (4, 3, 0, 0, true)),
            (12_100, (4, 3, 1, 0, true)),
            (12_205, (4, LEAD_OUT, 1, 5, false)),
        ] {
            assert_eq!(at(&toc, lba), expected, "LBA {lba}");
        }
    }

    #[test]
    fn a_generated_subchannel_says_no_more_than_the_tracks() {
        for toc in [Toc::single_data(crate::Media::Cd, TrackMode::Mode1, 440_000), two_sessions()] {
            for lba in [-45_150, -151, -150, -1, 0, 1, 399, 400, 500, 11_999, 404_849, 404_850, 439_999, 450_000] {
                let made = packed(&toc, Lba(lba));
                assert!(!says_more(&made, Lba(lba)), "LBA {lba}");
                assert!(says_more(&made, Lba(lba + 1)), "LBA {lba} taken for the next");
            }
        }
    }

    #[test]
    fn what_says_more() {
        let toc = two_sessions();
        let plain = packed(&toc, Lba(9));
        for (byte, more) in [(0, false), (12, true), (19, true), (22, true), (24, true), (95, true)] {
            let mut other = plain;
            other[byte] ^= 1;
            assert_eq!(says_more(&other, Lba(9)), more, "byte {byte}");
        }
        let mut no_crc = plain;
        no_crc[22..24].fill(0);
        assert!(!says_more(&no_crc, Lba(9)));
        assert!(!says_more(&[0; SUB], Lba(9)));
    }

    #[test]
    fn extremes_do_not_overflow() {
        let toc = two_sessions();
        for lba in [i32::MIN, i32::MIN + 1, i32::MAX - 1, i32::MAX] {
            let _ = says_more(&packed(&toc, Lba(lba)), Lba(lba));
        }
    }

    #[test]
    fn control_tells_data_from_audio() {
        assert_eq!(Control::default().nibble(TrackMode::Audio), 0);
        assert_eq!(Control::default().nibble(TrackMode::Mode2), 4);
    }
}
