//! What a `[TRACK]` section says of indexes and flags, beside the entry of the same track.

use crate::wire::TrackText;
use discconv_core::{Control, Lba};

/// Sectors between INDEX 00 and INDEX 01 as told; `None` where nothing is told.
///
/// `INDEX` counts from the start of the session in some descriptors and from LBA 0 in others, so only the difference means
/// something. The first track of a later session often has no INDEX 0, which then is where the session begins.
pub(crate) fn told_pregap(text: Option<&TrackText>, start: Lba, first_of_session: bool, first_session: bool) -> Option<i64> {
    let index = |number: u8| text.and_then(|text| text.indexes.get(&number)).map(|value| i64::from(*value));
    match (index(0), index(1)) {
        (Some(zero), Some(one)) => Some(one - zero),
        (None, Some(one)) if first_of_session && !first_session => Some(one).filter(|one| *one > 0 && *one != i64::from(start.0)),
        (Some(zero), None) if first_session => Some(i64::from(start.0) - zero),
        _ => None,
    }
}

/// INDEX 02 and up of a track, in order; and the numbers of those that lie nowhere in it.
pub(crate) fn further(text: Option<&TrackText>, start: Lba, end: Lba, first_session: bool) -> (Vec<(u8, Lba)>, Vec<u8>) {
    let (mut good, mut lost): (Vec<(u8, Lba)>, Vec<u8>) = (Vec::new(), Vec::new());
    let Some(text) = text else { return (good, lost) };
    let origin = text.indexes.get(&1).map(|one| i64::from(*one)).or(first_session.then(|| i64::from(start.0)));
    let mut last = start;
    for (number, value) in text.indexes.range(2..) {
        let lba = origin.and_then(|origin| i32::try_from(i64::from(start.0) + i64::from(*value) - origin).ok()).map(Lba);
        match lba.filter(|lba| *lba >= last && *lba < end) {
            Some(lba) => {
                last = lba;
                good.push((*number, lba));
            }
            None => lost.push(*number),
        }
    }
    (good, lost)
}

/// The flags of a track: of its entry, and what only words say.
pub(crate) fn control(nibble: u8, text: Option<&TrackText>) -> Control {
    let mut control = Control::from_nibble(nibble);
    let words = text.and_then(|text| text.flags.as_deref()).unwrap_or("");
    for word in words.split(|letter: char| letter.is_whitespace() || letter == ',') {
        match word.to_ascii_uppercase().as_str() {
            "DCP" => control.dcp = true,
            "4CH" => control.four_channel = true,
            "PRE" => control.pre_emphasis = true,
            "SCMS" => control.scms = true,
            _ => {}
        }
    }
    control
}

/// Does the entry of a track say that it is data?
pub(crate) fn is_data(nibble: u8) -> bool {
    nibble & 4 != 0
}
