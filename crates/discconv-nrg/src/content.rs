//! Mode codes and media masks: one set of rules for reading and for planning.

use discconv_core::{Form, Lba, Main, Media, TrackMode};
use discconv_sector::MAX_CD_SECTORS;

/// What a mode code says.
pub(crate) fn told_mode(code: u8) -> Option<TrackMode> {
    match code {
        0x00 | 0x05 | 0x0F => Some(TrackMode::Mode1),
        0x02 | 0x03 | 0x06 | 0x11 | 0x20 => Some(TrackMode::Mode2),
        0x07 | 0x08 | 0x10 => Some(TrackMode::Audio),
        _ => None,
    }
}

/// The size that goes with a mode code, for tables that do not say it.
pub(crate) fn told_bytes(code: u8) -> Option<u16> {
    match code {
        0x00 | 0x02 => Some(2048),
        0x03 | 0x20 => Some(2336),
        0x05..=0x08 => Some(2352),
        0x0F..=0x11 => Some(2448),
        _ => None,
    }
}

/// The code that is written for a track.
pub(crate) fn code_of(mode: TrackMode, form: &Form) -> u8 {
    let second = mode == TrackMode::Mode2;
    match (form.main, form.sub.is_some(), mode) {
        (_, false, TrackMode::Audio) => 0x07,
        (_, true, TrackMode::Audio) => 0x10,
        (Main::User, ..) => {
            if second {
                0x02
            } else {
                0x00
            }
        }
        (Main::Frame(16, _), ..) => 0x03,
        (_, false, _) => {
            if second {
                0x06
            } else {
                0x05
            }
        }
        (_, true, _) => {
            if second {
                0x11
            } else {
                0x0F
            }
        }
    }
}

/// CD of any kind; DVD; Blu-ray; HD DVD.
const MTYP_CD: u32 = 0x401;
const MTYP_DVD: u32 = 0xC_021C;
const MTYP_BD: u32 = 0x70_0000;
const MTYP_HD_DVD: u32 = 0x380_0000;

/// The medium that `mtyp` says, where `user_only` 2048-byte sectors up to `end` can be that; `None` if they fit on none.
pub(crate) fn media(mtyp: Option<u32>, user_only: bool, end: Lba) -> Option<Media> {
    let mask = mtyp.unwrap_or(0);
    let told = match mask {
        _ if mask & MTYP_CD != 0 => Media::Cd,
        _ if mask & MTYP_DVD != 0 => Media::Dvd,
        _ if mask & MTYP_BD != 0 => Media::Bd,
        _ if mask & MTYP_HD_DVD != 0 => Media::Unknown,
        _ => Media::Cd,
    };
    match told {
        Media::Cd if end.0 <= MAX_CD_SECTORS => Some(Media::Cd),
        Media::Cd => user_only.then_some(Media::Unknown),
        // Raw sectors are on CDs only.
        _ if !user_only => (end.0 <= MAX_CD_SECTORS).then_some(Media::Cd),
        other => Some(other),
    }
}

/// The mask to write for a medium, if there is one.
pub(crate) fn mtyp(media: Media) -> Option<u32> {
    match media {
        Media::Cd => Some(1),
        Media::Dvd => Some(0x200),
        Media::Bd => Some(0x10_0000),
        Media::Gd | Media::Umd | Media::Unknown => None,
    }
}
