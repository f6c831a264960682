//! The exact bytes of the descriptor. Everything is little-endian.

use binrw::{BinRead, BinWrite, io::Cursor};

/// What a descriptor begins with, whatever its version.
pub(crate) const MAGIC: &[u8] = b"MEDIA DESCRIPTOR";
/// Where the version is: major, minor.
pub(crate) const VERSION_AT: usize = 16;

/// Bytes of a header, a session block, a track block, an extra block, a footer.
pub(crate) const HEADER: u64 = 0x58;
pub(crate) const SESSION: u64 = 0x18;
pub(crate) const TRACK: u64 = 0x50;
pub(crate) const EXTRA: u64 = 8;
pub(crate) const FOOTER: u64 = 0x10;

/// The subchannel byte of a track with interleaved P-W.
pub(crate) const SUB_INTERLEAVED: u8 = 8;

/// Points of a lead-in that are no tracks (ECMA-130 22.3.4.2): first track, last track, lead-out.
pub(crate) const POINT_FIRST: u8 = 0xA0;
pub(crate) const POINT_LAST: u8 = 0xA1;
pub(crate) const POINT_LEAD_OUT: u8 = 0xA2;

/// Media that are written.
pub(crate) const MEDIUM_CD: u16 = 0;
pub(crate) const MEDIUM_DVD: u16 = 0x10;

/// The first 58h bytes, without magic and version.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// 0 CD-ROM, 1 CD-R, 2 CD-RW, 10h DVD-ROM, 12h DVD-R.
    pub(crate) medium: u16,
    pub(crate) sessions: u16,
    /// 2, which some readers insist on.
    #[brw(pad_after = 2)]
    pub(crate) two: u16,
    /// Bytes of the burst cutting area.
    #[brw(pad_after = 8)]
    pub(crate) bca_bytes: u16,
    #[brw(pad_after = 0x18)]
    pub(crate) bca_at: u32,
    /// Where the structures of a DVD are; 0 if there are none.
    #[brw(pad_after = 0x0C)]
    pub(crate) structures_at: u32,
    pub(crate) sessions_at: u32,
    /// Where the data position measurements are; 0 if there are none.
    pub(crate) dpm_at: u32,
}

/// One session.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionBlock {
    /// LBA of the first sector, the pause before the first track included.
    pub(crate) start: i32,
    /// LBA of the lead-out.
    pub(crate) end: i32,
    pub(crate) number: u16,
    /// All track blocks.
    pub(crate) blocks: u8,
    /// Those that are no tracks.
    pub(crate) other_blocks: u8,
    pub(crate) first: u16,
    #[brw(pad_after = 4)]
    pub(crate) last: u16,
    pub(crate) tracks_at: u32,
}

/// One entry of a session's lead-in.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrackBlock {
    /// The low three bits are the mode.
    pub(crate) mode: u8,
    /// [`SUB_INTERLEAVED`] or 0.
    pub(crate) sub: u8,
    /// ADR above the control nibble.
    pub(crate) adr_control: u8,
    pub(crate) tno: u8,
    /// A track number (binary), or a point from A0h on.
    pub(crate) point: u8,
    /// Minutes, seconds, frames, zero: of the lead-in.
    pub(crate) time: [u8; 4],
    /// Minutes, seconds, frames of what is pointed at, binary.
    pub(crate) pointed: [u8; 3],
    /// CD: where the extra block is. Else: sectors of the track.
    pub(crate) extra: u32,
    /// The 96 of subchannel included.
    pub(crate) sector_bytes: u16,
    /// 2 in tracks, which some readers insist on.
    #[brw(pad_after = 17)]
    pub(crate) two: u8,
    /// LBA of INDEX 01.
    pub(crate) start: i32,
    /// Where INDEX 01 is in the first file.
    pub(crate) offset: u64,
    /// How many footers there are: one for each file.
    pub(crate) files: u32,
    #[brw(pad_after = 0x18)]
    pub(crate) footers_at: u32,
}

/// Lengths of a track on a CD, in sectors.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExtraBlock {
    /// Before INDEX 01.
    pub(crate) pregap: u32,
    /// From INDEX 01 on.
    pub(crate) sectors: u32,
}

/// The name of a file with sectors.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Footer {
    pub(crate) name_at: u32,
    /// 0: bytes; 1: UTF-16.
    #[brw(pad_after = 11)]
    pub(crate) wide: u8,
}

/// One value at `at`; `None` if the bytes end before it does.
pub(crate) fn one<T: for<'a> BinRead<Args<'a> = ()>>(bytes: &[u8], at: u64) -> Option<T> {
    let from = bytes.get(usize::try_from(at).ok()?..)?;
    T::read_le(&mut Cursor::new(from)).ok()
}

/// Bytes of `value`.
pub(crate) fn bytes_of<T: for<'a> BinWrite<Args<'a> = ()>>(value: &T) -> Vec<u8> {
    let mut cursor = Cursor::new(Vec::new());
    // Writing to memory does not fail.
    value.write_le(&mut cursor).map(|()| cursor.into_inner()).unwrap_or_default()
}
