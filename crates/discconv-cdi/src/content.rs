//! What the codes mean: one set of rules for reading and for planning.

use crate::record::DVD;
use discconv_core::{Form, Lba, Main, Media, SessionKind, SubCoding, Track, TrackMode};
use discconv_sector::MAX_CD_SECTORS;

/// Medium code of a CD.
pub(crate) const CD: u16 = 0x98;

/// 2352 bytes, and 16 of P and Q.
const RAW_PQ: Form = Form { sub: Some(SubCoding::Pq16), stride: 2368, ..Form::RAW };

/// The records of each read mode.
const FORMS: [Form; 5] = [Form::USER, Form::MODE2, Form::RAW, RAW_PQ, Form::RAW_SUB];

/// The records that a read mode means.
pub(crate) fn form_of(read_mode: u32) -> Option<Form> {
    FORMS.get(usize::try_from(read_mode).ok()?).copied()
}

/// The read mode of records that are written.
pub(crate) fn read_mode_of(form: &Form) -> u32 {
    FORMS.iter().zip(0..).find(|(known, _)| known.stride == form.stride).map_or(2, |(_, code)| code)
}

/// What a mode code says.
pub(crate) fn told_mode(code: u32) -> Option<TrackMode> {
    [TrackMode::Audio, TrackMode::Mode1, TrackMode::Mode2].get(usize::try_from(code).ok()?).copied()
}

/// The code of a track; Mode 0 has none, its sectors say it, and 2048 bytes are always Mode 1.
pub(crate) fn mode_code(mode: TrackMode, form: &Form) -> u32 {
    match mode {
        TrackMode::Audio => 0,
        TrackMode::Mode2 if form.main != Main::User => 2,
        TrackMode::Mode0 | TrackMode::Mode1 | TrackMode::Mode2 => 1,
    }
}

/// What the code at the end of a session says of it.
pub(crate) fn session_kind(code: Option<u8>) -> SessionKind {
    if code == Some(2) { SessionKind::Xa } else { SessionKind::CdRom }
}

/// The medium that `code` says, where `user_only` 2048-byte sectors up to `end` can be that; `None` if they fit on none.
pub(crate) fn media(code: Option<u16>, user_only: bool, end: Lba) -> Option<Media> {
    match (code == Some(DVD), end.0 <= MAX_CD_SECTORS) {
        (true, _) if user_only => Some(Media::Dvd),
        (_, true) => Some(Media::Cd),
        (_, false) => user_only.then_some(Media::Unknown),
    }
}

/// The code of a medium.
pub(crate) fn medium_code(media: Media) -> u16 {
    if media == Media::Dvd { DVD } else { CD }
}

/// The indexes of a track from INDEX 01 on, which is at `start`; `lengths` begin with that of the pregap. An index of no length
/// is none, and one behind the `end` neither.
pub(crate) fn indexes(start: Lba, lengths: &[u32], end: Lba) -> Vec<(u8, Lba)> {
    let mut indexes = vec![(1, start)];
    let mut at = start;
    for (number, pair) in (2..).zip(lengths.get(1..).unwrap_or_default().windows(2)) {
        at = i32::try_from(pair[0]).ok().and_then(|sectors| at.checked_add(sectors)).unwrap_or(end);
        if pair[1] > 0 && at < end {
            indexes.push((number, at));
        }
    }
    indexes
}

/// The lengths of the indexes of a track whose sectors are stored from `begin` on.
pub(crate) fn lengths(track: &Track, begin: Lba) -> Vec<u32> {
    let mut lengths = vec![begin.sectors_to(track.start())];
    let mut told = track.indexes.iter().filter(|(number, _)| *number > 0).peekable();
    while let Some((number, lba)) = told.next() {
        // A number that the track does not use has no length.
        lengths.resize(usize::from(*number), 0);
        lengths.push(lba.sectors_to(told.peek().map_or(track.end, |(_, next)| *next)));
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::Control;

    #[test]
    fn lengths_and_indexes() {
        let track = |indexes: &[(u8, i32)]| Track {
            number: 1,
            mode: TrackMode::Audio,
            control: Control::default(),
            isrc: None,
            indexes: indexes.iter().map(|(number, lba)| (*number, Lba(*lba))).collect(),
            end: Lba(100),
        };
        for (told, expected, back) in [
            (&[(1, 0)][..], &[150, 100][..], &[(1, 0)][..]),
            (&[(0, -150), (1, 0), (2, 40)], &[150, 40, 60], &[(1, 0), (2, 40)]),
            (&[(1, 0), (4, 40)], &[150, 40, 0, 0, 60], &[(1, 0), (4, 40)]),
            (&[(1, 0), (2, 40), (3, 40)], &[150, 40, 0, 60], &[(1, 0), (3, 40)]),
        ] {
            let track = track(told);
            let lengths = lengths(&track, Lba(-150));
            assert_eq!(lengths, expected);
            let found: Vec<(u8, i32)> =
                indexes(Lba(0), &lengths, track.end).into_iter().map(|(number, lba)| (number, lba.0)).collect();
            assert_eq!(found, back);
        }
        // Lies.
        assert_eq!(indexes(Lba(5), &[], Lba(9)), [(1, Lba(5))]);
        assert_eq!(indexes(Lba(5), &[0, u32::MAX, 4, 4], Lba(9)), [(1, Lba(5))]);
    }

    #[test]
    fn codes_go_both_ways() {
        for (code, form) in (0..).zip(FORMS) {
            assert_eq!((form_of(code), read_mode_of(&form)), (Some(form), code));
        }
        assert_eq!((form_of(5), form_of(u32::MAX), told_mode(3)), (None, None, None));
    }
}
