//! Sizes of sectors and bytes for modes: one set of rules for reading and for planning.

use discconv_core::{Fill, Form, Lba, Main, SubCoding, SubheaderPolicy, TrackMode, Twist};
use discconv_sector::Subheader;
use std::sync::Arc;

/// The form of sectors of so many bytes, `sub`: of which the last 96 are subchannel.
pub(crate) fn form_of(sector_bytes: u16, sub: bool) -> Option<Form> {
    let behind = if sub { 96 } else { 0 };
    let main = match sector_bytes.checked_sub(behind)? {
        2048 => Main::User,
        2324 => Main::Frame(24, 2348),
        2328 => Main::Frame(24, 2352),
        2336 => Main::Frame(16, 2352),
        2352 => Main::Frame(0, 2352),
        _ => return None,
    };
    Some(Form { main, twist: Twist::None, sub: sub.then_some(SubCoding::Interleaved), stride: sector_bytes.into() })
}

/// What a mode byte says: only its low three bits count.
pub(crate) fn told_mode(mode: u8) -> Option<TrackMode> {
    match mode & 7 {
        1 => Some(TrackMode::Audio),
        2 => Some(TrackMode::Mode1),
        0 | 3 | 4 | 5 | 7 => Some(TrackMode::Mode2),
        _ => None,
    }
}

/// The mode byte that is written for a track.
pub(crate) fn mode_byte(mode: TrackMode, form: &Form) -> u8 {
    match (mode, form.main) {
        (TrackMode::Audio, _) => 0xA9,
        (TrackMode::Mode0 | TrackMode::Mode1, _) => 0xAA,
        // Form 1: the user data of Mode 2 alone.
        (TrackMode::Mode2, Main::User) => 0xAC,
        (TrackMode::Mode2, _) => 0xAB,
    }
}

/// The mode byte of the tracks of a DVD.
pub(crate) const MODE_DVD: u8 = 0x02;

/// Form 2 of no file and channel.
struct Form2Subheaders;

impl SubheaderPolicy for Form2Subheaders {
    fn subheader(&self, _: Lba) -> Subheader {
        Subheader::FORM2_BLANK
    }
}

/// What stands in for the bytes that sectors of that form do not store.
pub(crate) fn fill(form: &Form) -> Fill {
    match form.main {
        // User data of Form 2, with or without EDC.
        Main::Frame(24, _) => Fill { subheaders: Arc::new(Form2Subheaders), ..Fill::default() },
        _ => Fill::default(),
    }
}
