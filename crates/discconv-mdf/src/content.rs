//! What stored sectors are: sizes, modes, and what a look at a few of them tells. One set of rules for reading and for
//! planning.

use discconv_core::{
    Disc, Fill, Form, Lba, Main, Result, Scratch, SubCoding, SubheaderPolicy, Tally, TrackMode, Twist, is_blank,
};
use discconv_sector::subchannel::{Coding, detect_coding};
use discconv_sector::{PREGAP_SECTORS, RAW, SUB, Subheader, USER, has_sync};
use std::ops::Range;
use std::sync::Arc;

/// Sectors at the start of a track that are looked at, beside sector 16.
const SAMPLE: u32 = 16;
/// Where volumes have their first descriptor, so that it is no gap by mistake.
const VOLUME: u32 = 16;

/// The sectors before LBA 0 that every disc has.
pub(crate) const PAUSE: Range<Lba> = Lba(-PREGAP_SECTORS)..Lba::ZERO;

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

/// What is said of a track, and what a raw sector of it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signs {
    /// By the mode byte.
    pub(crate) told: Option<TrackMode>,
    /// Does the control nibble say data?
    pub(crate) data_bit: bool,
    /// The mode byte of the first raw sector that has a sync.
    pub(crate) header: Option<u8>,
}

/// The mode of a track; `None` if nothing tells it. Size counts before sync, sync before the mode byte: descriptors of raw
/// images say Form 1 of tracks that have both forms.
pub(crate) fn settle(form: &Form, signs: Signs) -> Option<TrackMode> {
    match form.main {
        Main::User if signs.told == Some(TrackMode::Mode2) => return Some(TrackMode::Mode2),
        Main::User => return Some(TrackMode::Mode1),
        Main::Frame(0, _) => {}
        _ => return Some(TrackMode::Mode2),
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

/// How the 96 bytes behind the first sectors of a track are arranged: interleaved, unless they say otherwise. `read` fills
/// those of one sector.
pub(crate) fn coding(sectors: u32, mut read: impl FnMut(u32, &mut [u8; SUB]) -> bool) -> SubCoding {
    let mut block = [0; SUB];
    let blocks: Vec<[u8; SUB]> =
        (0..sectors.min(SAMPLE)).filter_map(|sector| read(sector, &mut block).then_some(block)).collect();
    match detect_coding(&blocks) {
        Some(Coding::Packed) => SubCoding::Packed,
        Some(Coding::Interleaved) | None => SubCoding::Interleaved,
    }
}

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

/// Is there nothing in those sectors that are stored of the pause before LBA 0?
///
/// # Errors
/// Reading.
pub(crate) fn pause_is_blank(disc: &Disc) -> Result<bool> {
    let mut sector = [0; RAW];
    let (mut scratch, mut tally) = (Scratch::default(), Tally::default());
    for (lbas, extent) in disc.extents_in(PAUSE).filter(|(_, extent)| extent.main.is_some()) {
        let user = !disc.toc().media.has_raw() || extent.main.is_some_and(|place| place.form.main == Main::User);
        for lba in (lbas.start.0..lbas.end.0).map(Lba) {
            let blank = if user {
                disc.read_lossy(lba, &Form::USER, &mut scratch, &mut tally, &mut sector[..USER])?;
                sector[..USER].iter().all(|byte| *byte == 0)
            } else {
                disc.read_lossy(lba, &Form::RAW, &mut scratch, &mut tally, &mut sector)?;
                is_blank(&sector)
            };
            if !blank {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
