//! The exact bytes of chunks. Everything is big-endian.

use binrw::meta::{ReadEndian, WriteEndian};
use binrw::{BinRead, BinWrite, io::Cursor};
use discconv_core::{Lba, Msf};

/// Version 1 or 2: 32- or 64-bit offsets, addresses as MSF or LBA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// Track number of the lead-out. It is no BCD.
pub(crate) const LEAD_OUT: u8 = 0xAA;
/// Q carries a position (ECMA-130 22.3.3).
const ADR_POSITION: u8 = 1;

/// An entry of `CUES` or `CUEX`.
#[derive(BinRead, BinWrite, Clone, Copy, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct CueEntry {
    /// The control nibble above ADR.
    pub(crate) control_adr: u8,
    /// BCD; 00 lead-in, AAh lead-out.
    pub(crate) track: u8,
    /// BCD.
    pub(crate) index: u8,
    #[brw(pad_before = 1)]
    place: [u8; 4],
}

impl CueEntry {
    /// One of `CUEX`.
    pub(crate) fn new(control: u8, track: u8, index: u8, lba: Lba) -> CueEntry {
        CueEntry { control_adr: control << 4 | ADR_POSITION, track, index, place: lba.0.to_be_bytes() }
    }

    /// Its address; `None` if that is no BCD.
    pub(crate) fn lba(&self, version: Version) -> Option<Lba> {
        let [_, m, s, f] = self.place;
        match version {
            Version::V1 => Msf::from_bcd([m, s, f]).map(Lba::from_program_msf),
            Version::V2 => Some(Lba(i32::from_be_bytes(self.place))),
        }
    }

    /// The control nibble of Q.
    pub(crate) fn control(&self) -> u8 {
        self.control_adr >> 4
    }
}

/// The first 22 bytes of `DAOI` or `DAOX`.
#[derive(BinRead, BinWrite, Clone, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct DaoHeader {
    /// The chunk's length once more.
    pub(crate) length: u32,
    /// ASCII or zeros.
    pub(crate) mcn: [u8; 13],
    #[brw(pad_before = 1)]
    pub(crate) disc_type: u8,
    /// 1 wherever it was seen.
    pub(crate) one: u8,
    /// Binary, as the next.
    pub(crate) first: u8,
    pub(crate) last: u8,
}

/// Its length.
pub(crate) const DAO_HEADER: usize = 22;

/// A track of `DAOX`; those of `DAOI` are widened to it.
#[derive(BinRead, BinWrite, Clone, Debug, PartialEq, Eq)]
#[brw(big)]
pub(crate) struct DaoTrack {
    /// ASCII or zeros.
    pub(crate) isrc: [u8; 12],
    /// Bytes of a sector, subchannel included.
    pub(crate) sector_bytes: u16,
    pub(crate) code: u8,
    /// 00 00 01 wherever it was seen.
    pub(crate) fixed: [u8; 3],
    /// Where INDEX 00 and INDEX 01 begin, and where the track ends.
    pub(crate) offsets: [u64; 3],
}

#[derive(BinRead)]
#[br(big)]
struct DaoTrackV1 {
    isrc: [u8; 12],
    sector_bytes: u16,
    code: u8,
    fixed: [u8; 3],
    offsets: [u32; 3],
}

impl From<DaoTrackV1> for DaoTrack {
    fn from(narrow: DaoTrackV1) -> DaoTrack {
        let DaoTrackV1 { isrc, sector_bytes, code, fixed, offsets } = narrow;
        DaoTrack { isrc, sector_bytes, code, fixed, offsets: offsets.map(u64::from) }
    }
}

/// Bytes of a track in `DAOI` or `DAOX`.
pub(crate) fn dao_track_bytes(version: Version) -> usize {
    match version {
        Version::V1 => 30,
        Version::V2 => 42,
    }
}

/// A track that was written at once: `TINF`, `ETNF` or `ETN2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaoTrack {
    /// Where its data begin.
    pub(crate) offset: u64,
    /// Their bytes.
    pub(crate) length: u64,
    pub(crate) code: u32,
    /// Where it starts, which programs count differently.
    pub(crate) start: Option<u32>,
}

#[derive(BinRead)]
#[br(big)]
struct Tinf {
    offset: u32,
    length: u32,
    code: u32,
}

#[derive(BinRead)]
#[br(big)]
struct Etnf {
    offset: u32,
    length: u32,
    code: u32,
    #[br(pad_after = 4)]
    start: u32,
}

#[derive(BinRead)]
#[br(big)]
struct Etn2 {
    offset: u64,
    length: u64,
    code: u32,
    #[br(pad_after = 8)]
    start: u32,
}

/// Bytes of a track in the chunk `id`, if it has such.
pub(crate) fn tao_track_bytes(id: [u8; 4]) -> Option<usize> {
    match &id {
        b"TINF" => Some(12),
        b"ETNF" => Some(20),
        b"ETN2" => Some(32),
        _ => None,
    }
}

/// One value of the front of `bytes`; `None` if they are too few.
fn one<T: for<'a> BinRead<Args<'a> = ()> + ReadEndian>(bytes: &[u8]) -> Option<T> {
    T::read(&mut Cursor::new(bytes)).ok()
}

/// The entries of `CUES` or `CUEX`; a part of one at the end is left out.
pub(crate) fn cue_entries(payload: &[u8]) -> Vec<CueEntry> {
    payload.as_chunks::<8>().0.iter().filter_map(|entry| one(entry)).collect()
}

/// The header of `DAOI` or `DAOX`.
pub(crate) fn dao_header(payload: &[u8]) -> Option<DaoHeader> {
    one(payload)
}

/// The tracks of `DAOI` or `DAOX`; a part of one at the end is left out.
pub(crate) fn dao_tracks(payload: &[u8], version: Version) -> Vec<DaoTrack> {
    let tracks = payload.get(DAO_HEADER..).unwrap_or(&[]).chunks_exact(dao_track_bytes(version));
    match version {
        Version::V1 => tracks.filter_map(|track| one::<DaoTrackV1>(track).map(DaoTrack::from)).collect(),
        Version::V2 => tracks.filter_map(one).collect(),
    }
}

/// The tracks of a `TINF`, `ETNF` or `ETN2`; a part of one at the end is left out.
pub(crate) fn tao_tracks(id: [u8; 4], payload: &[u8]) -> Vec<TaoTrack> {
    let Some(bytes) = tao_track_bytes(id) else { return Vec::new() };
    let track = |track: &[u8]| match &id {
        b"TINF" => one(track).map(|Tinf { offset, length, code }| (offset.into(), length.into(), code, None)),
        b"ETNF" => one(track).map(|Etnf { offset, length, code, start }| (offset.into(), length.into(), code, Some(start))),
        _ => one(track).map(|Etn2 { offset, length, code, start }| (offset, length, code, Some(start))),
    };
    let tracks = payload.chunks_exact(bytes).filter_map(track);
    tracks.map(|(offset, length, code, start)| TaoTrack { offset, length, code, start }).collect()
}

/// The number that BCD says; `None` if it is none.
pub(crate) fn from_bcd(byte: u8) -> Option<u8> {
    (byte >> 4 <= 9 && byte & 15 <= 9).then(|| (byte >> 4) * 10 + (byte & 15))
}

/// A number below 100 as BCD.
pub(crate) fn to_bcd(number: u8) -> u8 {
    (number / 10 % 10) * 16 + number % 10
}

/// Bytes of `value`.
fn bytes_of<T: for<'a> BinWrite<Args<'a> = ()> + WriteEndian>(value: &T) -> Vec<u8> {
    let mut cursor = Cursor::new(Vec::new());
    // Writing to memory does not fail.
    value.write(&mut cursor).map(|()| cursor.into_inner()).unwrap_or_default()
}

/// A chunk with its id and length.
pub(crate) fn chunk(id: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    [&id[..], &u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes(), payload].concat()
}

/// A `CUEX` chunk.
pub(crate) fn cuex(entries: &[CueEntry]) -> Vec<u8> {
    chunk(b"CUEX", &entries.iter().flat_map(bytes_of).collect::<Vec<u8>>())
}

/// A `DAOX` chunk; the length in `header` is set.
pub(crate) fn daox(header: DaoHeader, tracks: &[DaoTrack]) -> Vec<u8> {
    let length = u32::try_from(DAO_HEADER + tracks.len() * dao_track_bytes(Version::V2)).unwrap_or(u32::MAX);
    let payload = [bytes_of(&DaoHeader { length, ..header }), tracks.iter().flat_map(bytes_of).collect()].concat();
    chunk(b"DAOX", &payload)
}
