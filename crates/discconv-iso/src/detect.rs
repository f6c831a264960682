//! What a headerless image is, by its content.
//!
//! Sync patterns of raw sectors are the strongest sign, then volume descriptors at the place that a stride gives them,
//! then the boot areas of consoles and the signs of other file systems in 2048-byte sectors. Audio has no sign at all:
//! only a file of whole raw sectors, four seconds or longer, with an extension that such files have, may be it.

use crate::layout::{CELLS, Cell, RAW, USER};
use crate::raw::{self, Records};
use discconv_core::volume::{System, UserView, read_at, recognise};
use discconv_core::{Lba, ReadAt, Result, Score, TrackMode};
use discconv_sector::PREGAP_SECTORS;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Stride and content of records.
    pub(crate) cell: Cell,
    /// LBA of the first record, as far as headers or the place of the volume tell.
    pub(crate) first: Lba,
    /// Are there raw headers that do not count up?
    pub(crate) odd_headers: bool,
    /// Sectors without any sync: audio only.
    pub(crate) audio: bool,
    /// How sure that is.
    pub(crate) score: Score,
}

/// A signature that raw sectors or a volume bear. Below [`Score::CERTAIN`]: containers that begin with such sectors
/// (their sign is at the end) come first.
const SIGNED: Score = Score(90);
/// The start of a volume descriptor, but not all of it is right.
const DOUBTFUL: Score = Score(70);
/// Two letters and a plausible number or two.
const PLAUSIBLE: Score = Score(65);
/// Audio.
const UNSIGNED: Score = Score(10);

/// Extensions of files that may be audio without a header.
const AUDIO_EXTENSIONS: [&str; 6] = ["bin", "img", "raw", "cdda", "cdr", "pcm"];
/// The shortest track that the Red Book allows, in sectors.
const FOUR_SECONDS: u64 = 300;

/// The layout of `source`, if its content tells one. A bounded number of small reads.
///
/// # Errors
/// Reading.
pub(crate) fn detect(source: &dyn ReadAt, extension: &str) -> Result<Option<Layout>> {
    if has_container_trailer(source)? {
        return Ok(None);
    }
    if let Some(found) = raw::find(source)? {
        return raw_layout(source, &found).map(Some);
    }
    if let Some(layout) = volume(source)? {
        return Ok(Some(layout));
    }
    let user = UserView::new(source, USER.stride, 0);
    if let Some(System { name, .. }) = recognise(&user)? {
        let score = if name.starts_with("HFS") { PLAUSIBLE } else { SIGNED };
        return Ok(Some(Layout { cell: USER, first: Lba::ZERO, odd_headers: false, audio: false, score }));
    }
    if let Some(found) = raw::later(source)? {
        return raw_layout(source, &found).map(Some);
    }
    let may_be_audio = AUDIO_EXTENSIONS.contains(&extension) && is_long_audio(source) && !is_other_document(source)?;
    Ok(may_be_audio.then(audio))
}

/// One audio track from LBA 0.
pub(crate) fn audio() -> Layout {
    Layout { cell: Cell { mode: TrackMode::Audio, ..RAW }, first: Lba::ZERO, odd_headers: false, audio: true, score: UNSIGNED }
}

fn is_long_audio(source: &dyn ReadAt) -> bool {
    source.len().is_multiple_of(u64::from(RAW.stride)) && source.len() / u64::from(RAW.stride) >= FOUR_SECONDS
}

fn raw_layout(source: &dyn ReadAt, found: &raw::Found) -> Result<Layout> {
    let records = Records { source, stride: found.stride };
    let mode = records.kind(found.record)?.map_or(TrackMode::Mode1, raw::Kind::mode);
    let user_at = if mode == TrackMode::Mode2 { 24 } else { 16 };
    let base = records.base(found.record)?.filter(|base| is_sane_start(*base, records.count()));
    let score = if found.counting { SIGNED } else { DOUBTFUL };
    Ok(Layout {
        cell: Cell { stride: found.stride, user_at, mode, ..RAW },
        first: base.unwrap_or(Lba::ZERO),
        odd_headers: base.is_none(),
        audio: false,
        score,
    })
}

/// May a disc image begin there: in the pregap, or anywhere in the program area?
fn is_sane_start(base: Lba, records: u64) -> bool {
    let end = i32::try_from(records).ok().and_then(|records| base.checked_add(records));
    base.0 >= -PREGAP_SECTORS && end.is_some_and(|end| end.0 <= 2 * discconv_sector::MAX_CD_SECTORS)
}

/// A volume descriptor where one of the strides puts it, with or without a stored pregap.
fn volume(source: &dyn ReadAt) -> Result<Option<Layout>> {
    let mut best: Option<Layout> = None;
    for pregap in [0, PREGAP_SECTORS] {
        for cell in CELLS {
            let skipped = u64::from(pregap.unsigned_abs()) * u64::from(cell.stride);
            let view = UserView::new(source, cell.stride, skipped + u64::from(cell.user_at));
            let Some(score) = descriptor(&view)? else { continue };
            if best.is_none_or(|best| score > best.score) {
                best = Some(Layout { cell: *cell, first: Lba(-pregap), odd_headers: false, audio: false, score });
            }
        }
    }
    Ok(best)
}

/// How much sector 16 looks like the first volume descriptor.
fn descriptor(view: &UserView<'_>) -> Result<Option<Score>> {
    let mut head = [0; 16];
    if !view.read(16, 0, &mut head)? {
        return Ok(None);
    }
    let kind = matches!(head[0], 0..=3 | 0xFF);
    let known = match &head[1..6] {
        // Version 1, or 2 of a supplementary one.
        b"CD001" => kind.then_some(if matches!(head[6], 1 | 2) { SIGNED } else { DOUBTFUL }),
        b"BEA01" | b"CD-I " => (kind && head[6] == 1).then_some(SIGNED),
        // High Sierra: the sector's own address comes first, in both byte orders.
        _ if head[9..14] == *b"CDROM" && head[..8] == [16, 0, 0, 0, 0, 0, 0, 16] => Some(SIGNED),
        _ => None,
    };
    if known != Some(SIGNED) || head[1..7] != *b"CD001\x01" || head[0] != 1 {
        return Ok(known);
    }
    // Logical blocks of 2048 bytes in both orders, a root directory record of 34.
    let sound = view.says(16, 0x80, &[0, 8, 8, 0])? && view.says(16, 0x9C, &[34])?;
    Ok(Some(if sound { SIGNED } else { DOUBTFUL }))
}

/// Does the file end as a Nero, DiscJuggler or Apple disk image does? Those begin with plain sectors.
fn has_container_trailer(source: &dyn ReadAt) -> Result<bool> {
    let len = source.len();
    let mut tail = [0; 12];
    if len < 512 || !read_at(source, len - 12, &mut tail)? {
        return Ok(false);
    }
    let nero = tail[..4] == *b"NER5" || tail[4..8] == *b"NERO";
    let version = u32::from_le_bytes([tail[4], tail[5], tail[6], tail[7]]);
    let juggler = matches!(version, 0x8000_0004..=0x8000_0006) && tail[8..] != [0; 4];
    let mut koly = [0; 4];
    Ok(nero || juggler || (read_at(source, len - 512, &mut koly)? && koly == *b"koly"))
}

/// Starts of files that are surely no sound.
const OTHER_DOCUMENTS: &[&[u8]] = &[
    b"PK\x03\x04",
    b"Rar!",
    b"7z\xBC\xAF",
    b"\x1F\x8B",
    b"\xFD7zXZ",
    b"\x28\xB5\x2F\xFD",
    b"BZh",
    b"%PDF",
    b"\x89PNG",
    b"\xFF\xD8\xFF",
    b"GIF8",
    b"MZ",
    b"\x7FELF",
    b"<!DOC",
    b"<!doc",
    b"<html",
    b"<HTML",
    b"<?xml",
    b"RIFF",
    b"FORM",
    b"OggS",
    b"fLaC",
    b"ID3",
    b"CISO",
    b"ZISO",
    b"JISO",
    b"DAX\0",
    b"MComprHD",
    b"IsZ!",
    b"DAA\0",
    b"ECM\0",
    b"\0PBP",
    b"WBFS",
    b"WIA\x01",
    b"RVZ\x01",
    b"\x01\xC0\x0B\xB1",
    b"MEDIA DESCRIPTOR",
    b"BWT5",
    b"TTAFMPVOBCDIMG",
    b"\x00\x00\x01\xBA",
    b"srcdocid:",
];

fn is_other_document(source: &dyn ReadAt) -> Result<bool> {
    let mut head = [0; 16];
    if !read_at(source, 0, &mut head)? {
        return Ok(false);
    }
    let boot_sector = {
        let mut sign = [0; 2];
        matches!(head[0], 0xEB | 0xE9) && read_at(source, 510, &mut sign)? && sign == [0x55, 0xAA]
    };
    Ok(boot_sector || OTHER_DOCUMENTS.iter().any(|magic| head.starts_with(magic)))
}
