//! What stored sectors are: sizes, mode codes, and what a look at a few of them tells. One set of rules for reading and for
//! planning.

use discconv_core::{Disc, Form, Lba, Main, Media, Result, Scratch, SubCoding, Tally, TrackMode, is_blank};
use discconv_sector::subchannel::{Coding, detect_coding};
use discconv_sector::{MAX_CD_SECTORS, PREGAP_SECTORS, RAW, SUB, USER, has_sync};
use std::ops::Range;

/// Sectors at the start of a track that are looked at, beside sector 16.
const SAMPLE: u32 = 16;
/// Where volumes have their first descriptor, so that it is no gap by mistake.
const VOLUME: u32 = 16;

/// The stored forms, by bytes of a sector.
pub(crate) fn form_of(sector_bytes: u16) -> Option<Form> {
    match sector_bytes {
        2048 => Some(Form::USER),
        2336 => Some(Form::MODE2),
        2352 => Some(Form::RAW),
        2448 => Some(Form::RAW_SUB),
        _ => None,
    }
}

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

/// What is said of a track, and what a raw sector of it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signs {
    /// By the mode code.
    pub(crate) told: Option<TrackMode>,
    /// Does the control nibble say data?
    pub(crate) data_bit: bool,
    /// The mode byte of the first raw sector that has a sync.
    pub(crate) header: Option<u8>,
}

/// The mode of a track; `None` if nothing tells it. Size counts before sync, sync before code: some programs write codes
/// that do not fit the sectors.
pub(crate) fn settle(form: &Form, signs: Signs) -> Option<TrackMode> {
    match form.main {
        Main::User if signs.told == Some(TrackMode::Mode2) => return Some(TrackMode::Mode2),
        Main::User => return Some(TrackMode::Mode1),
        Main::Frame(16, _) => return Some(TrackMode::Mode2),
        _ => {}
    }
    let by_header = signs.header.and_then(|byte| match byte & 3 {
        0 => Some(TrackMode::Mode0),
        1 => Some(TrackMode::Mode1),
        2 => Some(TrackMode::Mode2),
        _ => None,
    });
    match signs.told {
        // Sound may happen to hold a sync, or be data on purpose; it takes two to say otherwise.
        Some(TrackMode::Audio) if !signs.data_bit => Some(TrackMode::Audio),
        Some(TrackMode::Audio) => Some(by_header.unwrap_or(TrackMode::Audio)),
        Some(mode) => by_header.or(Some(if signs.data_bit { mode } else { TrackMode::Audio })),
        None => by_header,
    }
}

/// The mode byte of the first sector with a sync among those that tell most: sector 16, then the first ones. `read` fills
/// the first 16 bytes of a sector, counted from INDEX 01, or says that it cannot.
pub(crate) fn header(sectors: u32, mut read: impl FnMut(u32, &mut [u8; 16]) -> bool) -> Option<u8> {
    let mut head = [0; 16];
    let told = [VOLUME].into_iter().chain(0..SAMPLE).filter(|sector| *sector < sectors);
    let mut found = told.filter_map(|sector| (read(sector, &mut head) && has_sync(&head)).then_some(head[15]));
    let first = found.next()?;
    // A blank Mode 0 sector may lie before data, not the other way round.
    if first & 3 == 0 { found.find(|byte| byte & 3 != 0).or(Some(first)) } else { Some(first) }
}

/// How the 96 bytes behind the first sectors of a run are arranged, where they say so. `read` fills those of one sector.
pub(crate) fn coding(sectors: u32, mut read: impl FnMut(u32, &mut [u8; SUB]) -> bool) -> SubCoding {
    let mut block = [0; SUB];
    let blocks: Vec<[u8; SUB]> =
        (0..sectors.min(SAMPLE)).filter_map(|sector| read(sector, &mut block).then_some(block)).collect();
    match detect_coding(&blocks) {
        Some(Coding::Packed) => SubCoding::Packed,
        Some(Coding::Interleaved) | None => SubCoding::Interleaved,
    }
}

/// The sectors before LBA 0 that every disc has.
pub(crate) const PAUSE: Range<Lba> = Lba(-PREGAP_SECTORS)..Lba::ZERO;

/// Is there nothing in those that are stored of the pause before LBA 0, as `form` would keep them?
///
/// # Errors
/// Reading.
pub(crate) fn pause_is_blank(disc: &Disc, form: &Form) -> Result<bool> {
    let view = if form.main == Main::User { Form::USER } else { Form::RAW };
    let mut sector = [0; RAW];
    let (mut scratch, mut tally) = (Scratch::default(), Tally::default());
    for (lbas, extent) in disc.extents_in(PAUSE) {
        if extent.main.is_none() {
            continue;
        }
        for lba in (lbas.start.0..lbas.end.0).map(Lba) {
            let blank = if view == Form::USER {
                disc.read_lossy(lba, &view, &mut scratch, &mut tally, &mut sector[..USER])?;
                sector[..USER].iter().all(|byte| *byte == 0)
            } else {
                disc.read_lossy(lba, &view, &mut scratch, &mut tally, &mut sector)?;
                is_blank(&sector)
            };
            if !blank {
                return Ok(false);
            }
        }
    }
    Ok(true)
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
