//! The exact bytes. Numbers are little-endian, addresses BCD.

use binrw::{BinRead, BinWrite, io::Cursor};
use discconv_core::{At, Error, Lba, Msf, ReadAt, Result};
use discconv_sector::RAW;

/// The first bytes of a PBP.
pub(crate) const PBP: &[u8; 4] = b"\0PBP";
/// The first bytes of `DATA.PSAR` with several discs.
pub(crate) const TITLE: &[u8; 16] = b"PSTITLEIMG000000";
/// The first bytes of a disc.
pub(crate) const DISC: &[u8; 12] = b"PSISOIMG0000";
/// The first bytes of `DATA.PSAR` of a PSP game.
pub(crate) const PSP_GAME: &[u8; 8] = b"NPUMDIMG";
/// What stands in place of a game's number, or of the places of discs, where the shop encrypted them.
pub(crate) const PGD: &[u8; 4] = b"\0PGD";

/// Discs in one file, at most.
pub(crate) const MOST_DISCS: u8 = 5;
/// Where the places of several discs are, from the start of `DATA.PSAR`.
pub(crate) const PLACES: u64 = 0x200;
/// Bytes in front of the first of several discs.
pub(crate) const TITLE_BYTES: u64 = 0x400;

/// Bytes in front of the index of a disc.
pub(crate) const DISC_HEAD: usize = 0x4000;
/// Where the number of the game stands in it.
pub(crate) const NUMBER_AT: usize = 0x400;
/// Where the table of contents stands in it.
pub(crate) const TOC_AT: usize = 0x800;
/// Entries of the table of contents: three, and one for each track that a disc can have.
pub(crate) const TOC_ENTRIES: usize = 102;
/// Where the title stands in the head.
pub(crate) const TITLE_AT: usize = 0x122C;
/// Bytes of a title, with a zero at its end.
pub(crate) const TITLE_ROOM: usize = 128;
/// Where the head says where the blocks begin.
pub(crate) const DATA_AT: usize = 0xBFC;
/// Where they do, from the start of the disc.
pub(crate) const DATA: u64 = 0x10_0000;

/// Sectors of a block.
pub(crate) const BLOCK_SECTORS: u32 = 16;
/// Bytes of a block.
pub(crate) const BLOCK: usize = BLOCK_SECTORS as usize * RAW;
/// The same as a number in the file.
pub(crate) const BLOCK_BYTES: u32 = 0x9300;
/// Entries that the index has room for.
pub(crate) const MOST_BLOCKS: usize = (0x10_0000 - DISC_HEAD) / INDEX_ENTRY;

/// The header of a PBP.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(little)]
pub(crate) struct PbpHeader {
    pub(crate) magic: [u8; 4],
    /// 10000h; others were seen and mean the same.
    pub(crate) version: u32,
    /// Where each part begins, in the order of [`Section`].
    pub(crate) offsets: [u32; 8],
}

/// Its length.
pub(crate) const PBP_HEADER: usize = 0x28;

/// The parts that matter here, as places in [`PbpHeader::offsets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Sfo = 0,
    Icon = 1,
    Psar = 7,
}

/// An entry of the table of contents.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[brw(little)]
pub(crate) struct TocEntry {
    /// The control nibble above ADR: 41h data, 01h sound.
    pub(crate) control_adr: u8,
    /// A0h, A1h, A2h, or the number of a track.
    #[brw(pad_before = 1)]
    pub(crate) point: u8,
    /// INDEX 00 of a track.
    pub(crate) pregap: [u8; 3],
    /// INDEX 01 of a track; else what the point is for.
    #[brw(pad_before = 1)]
    pub(crate) start: [u8; 3],
}

/// Its length.
pub(crate) const TOC_ENTRY: usize = 10;
/// The point that names the first track.
pub(crate) const FIRST_TRACK: u8 = 0xA0;
/// The point that names the last track.
pub(crate) const LAST_TRACK: u8 = 0xA1;
/// The point that says how many sectors are stored.
pub(crate) const LENGTH: u8 = 0xA2;
/// Q carries a position (ECMA-130 22.3.3).
pub(crate) const ADR_POSITION: u8 = 1;

impl TocEntry {
    /// The entry of such a point.
    pub(crate) fn of_point(control: u8, point: u8, start: [u8; 3]) -> TocEntry {
        TocEntry { control_adr: control << 4 | ADR_POSITION, point, pregap: [0; 3], start }
    }

    /// The entry of a track.
    pub(crate) fn of_track(control: u8, number: u8, pregap: Lba, start: Lba) -> TocEntry {
        TocEntry { pregap: pregap.to_msf().to_bcd(), ..TocEntry::of_point(control, to_bcd(number), start.to_msf().to_bcd()) }
    }

    /// The control nibble of Q.
    pub(crate) fn control(&self) -> u8 {
        self.control_adr >> 4
    }

    /// The number of a track, if it is the entry of one.
    pub(crate) fn track(&self) -> Option<u8> {
        from_bcd(self.point).filter(|number| *number > 0)
    }
}

/// The sector at an address; `None` if that is no BCD.
pub(crate) fn lba(msf: [u8; 3]) -> Option<Lba> {
    Msf::from_bcd(msf).map(Lba::from_program_msf)
}

/// Two decimal digits.
pub(crate) fn from_bcd(byte: u8) -> Option<u8> {
    (byte >> 4 < 10 && byte & 15 < 10).then(|| (byte >> 4) * 10 + (byte & 15))
}

/// A number below 100 as two decimal digits.
pub(crate) fn to_bcd(number: u8) -> u8 {
    ((number / 10) << 4) | (number % 10)
}

/// Where a block is.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(little)]
pub(crate) struct IndexEntry {
    /// From where the blocks begin.
    pub(crate) offset: u32,
    /// Coded bytes; 0 behind the last block. What follows it is a mark in official files, which some readers take for its
    /// upper half.
    #[brw(pad_after = 26)]
    pub(crate) length: u16,
}

/// Its length.
pub(crate) const INDEX_ENTRY: usize = 32;

/// A structure at the start of `bytes`; `None` if they are fewer.
pub(crate) fn parse<T>(bytes: &[u8]) -> Option<T>
where
    T: for<'a> BinRead<Args<'a> = ()> + binrw::meta::ReadEndian,
{
    T::read(&mut Cursor::new(bytes)).ok()
}

/// The bytes of a structure.
pub(crate) fn bytes_of<T>(value: &T) -> Vec<u8>
where
    T: for<'a> BinWrite<Args<'a> = ()> + binrw::meta::WriteEndian,
{
    let mut bytes = Cursor::new(Vec::new());
    // Writing numbers to memory does not fail.
    let _ = value.write(&mut bytes);
    bytes.into_inner()
}

/// What to do about a file that is damaged.
pub(crate) const AGAIN: &str = "the file is cut or damaged: get it again, or make it anew from the disc's image";

/// `len` bytes from `at` on, which `what` needs.
///
/// # Errors
/// [`Error::Malformed`] if the file ends before: nothing is allocated then.
pub(crate) fn read(source: &dyn ReadAt, at: u64, len: usize, what: &str) -> Result<Vec<u8>> {
    if at.checked_add(len as u64).is_none_or(|end| end > source.len()) {
        let expected = format!("{len} bytes of {what} from byte {at:#X} on");
        return Err(Error::malformed(source.name(), At::Byte(source.len()), "the end of the file", expected).with_hint(AGAIN));
    }
    let mut bytes = vec![0; len];
    source.read_exact_at(at, &mut bytes)?;
    Ok(bytes)
}

/// The little-endian number at `at`, if it is there.
pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word))
}

/// Text up to the first zero, or to the end.
pub(crate) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).trim().to_owned()
}
