//! What the descriptor says of one track, and of the disc.

use crate::fields::Fields;

/// Version of the format, as the trailer has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// DiscJuggler 2.
    V2,
    /// DiscJuggler 3.
    V3,
    /// DiscJuggler 3.5 and 4.
    V35,
}

impl Version {
    pub(crate) fn from_id(id: u32) -> Option<Version> {
        match id {
            0x8000_0004 => Some(Version::V2),
            0x8000_0005 => Some(Version::V3),
            V35_ID => Some(Version::V35),
            _ => None,
        }
    }
}

/// The id of the version that is written.
pub(crate) const V35_ID: u32 = 0x8000_0006;
/// Stands twice before each track.
pub(crate) const MARK: [u8; 10] = [0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
/// The word that capacity and medium follow.
pub(crate) const MEDIUM_FOLLOWS: u32 = 0x8000_0000;
/// Medium code of a DVD.
pub(crate) const DVD: u16 = 0x38;
/// Texts in a block of CD-TEXT, and which of them is the title.
const TEXTS: usize = 18;
const TITLE: usize = 10;
/// As many as a track can have: 00 to 99.
const MAX_INDEXES: usize = 100;

/// A track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Where the record begins, in the descriptor.
    pub(crate) at: usize,
    pub(crate) medium: Option<u16>,
    /// Sectors of INDEX 00, INDEX 01 and so on.
    pub(crate) lengths: Vec<u32>,
    /// Empty if there is none.
    pub(crate) title: Vec<u8>,
    pub(crate) mode: u32,
    /// From 0.
    pub(crate) session: u32,
    /// Frames from MSF 00:00:00 to the first stored sector.
    pub(crate) start: u32,
    /// Sectors that are stored.
    pub(crate) total: u32,
    pub(crate) read_mode: u32,
    pub(crate) control: u32,
    pub(crate) isrc: Option<Vec<u8>>,
}

/// What is the same before a track and before what is said of the disc, behind the marks.
fn head(fields: &mut Fields<'_>) -> Option<Option<u16>> {
    fields.take(4)?;
    // The path that it had on another computer is nobody's business.
    fields.counted()?;
    fields.take(19)?;
    if fields.u32()? != MEDIUM_FOLLOWS {
        return Some(None);
    }
    fields.take(6)?;
    fields.u16().map(Some)
}

impl Record {
    /// The record whose marks end where `fields` stands; `None` if the descriptor ends in it, or it has indexes without end.
    pub(crate) fn read(fields: &mut Fields<'_>, at: usize, version: Version) -> Option<Record> {
        let medium = head(fields)?;
        let indexes = usize::from(fields.u16()?);
        if indexes > MAX_INDEXES {
            return None;
        }
        let lengths = (0..indexes).map(|_| fields.u32()).collect::<Option<Vec<u32>>>()?;
        let title = titles(fields)?;
        fields.u16()?;
        let mode = fields.u32()?;
        fields.u32()?;
        let session = fields.u32()?;
        fields.u32()?;
        let (start, total) = (fields.u32()?, fields.u32()?);
        fields.take(16)?;
        let read_mode = fields.u32()?;
        let control = fields.u32()?;
        fields.take(9)?;
        let (isrc, valid) = (fields.take(12)?.to_vec(), fields.u32()?);
        if version > Version::V2 {
            fields.take(5)?;
            if fields.u32()? == u32::MAX {
                fields.take(78)?;
            }
        }
        let isrc = (valid != 0).then_some(isrc);
        Some(Record { at, medium, lengths, title, mode, session, start, total, read_mode, control, isrc })
    }
}

/// The title in blocks of CD-TEXT. Each block has at least a byte for each text, so that a count that lies ends soon.
fn titles(fields: &mut Fields<'_>) -> Option<Vec<u8>> {
    let mut title = Vec::new();
    for _ in 0..fields.u32()? {
        for text in 0..TEXTS {
            let bytes = fields.counted()?;
            if text == TITLE && title.is_empty() {
                title = bytes.to_vec();
            }
        }
    }
    Some(title)
}

/// What the descriptor says of the disc.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Info {
    pub(crate) mcn: Option<Vec<u8>>,
    /// CD-TEXT.
    pub(crate) packs: Vec<u8>,
}

impl Info {
    /// What stands behind the marks of the session without tracks; `None` if it is something else.
    pub(crate) fn read(fields: &mut Fields<'_>) -> Option<Info> {
        head(fields)?;
        fields.u32()?;
        fields.counted()?;
        fields.take(9)?;
        let (mcn, valid) = (fields.take(13)?.to_vec(), fields.u32()?);
        let packs = usize::try_from(fields.u32()?).ok()?;
        let packs = fields.take(packs)?.to_vec();
        Some(Info { mcn: (valid != 0).then_some(mcn), packs })
    }
}
