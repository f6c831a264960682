//! File systems: volumes whose few used sectors are the input.

use discconv_core::{Bytes, Disc, DiscParts, Extent, Form, Lba, Limits, Media, Place, ReadAt, SourceId, Toc, TrackMode};
use discconv_fs::{Content, Space, find, walk};
use discconv_testkit::reference::crc16;
use std::ops::ControlFlow;
use std::sync::Arc;

const SECTOR: usize = 2048;
/// A volume of UDF has at least 258 sectors.
const MOST_SECTORS: usize = 600;
/// Entries that are looked at, and bytes of each that are read.
const MOST_ENTRIES: u64 = 2000;
const MOST_READ: u64 = 4096;

/// A UDF volume whose descriptors have right checksums and CRCs, whatever is in them.
pub fn fs_udf(data: &[u8]) {
    let mut user = unpack(data);
    user.chunks_exact_mut(SECTOR).filter(|sector| sector[2] == 2 || sector[2] == 3).for_each(seal);
    list(user);
}

/// A volume of any other kind.
pub fn fs_others(data: &[u8]) {
    list(unpack(data));
}

/// The sectors of a volume: each its number and how many bytes of it follow, both 16 bits and little-endian.
fn unpack(mut data: &[u8]) -> Vec<u8> {
    let mut user = vec![0; SECTOR];
    while let Some(([low, high, len_low, len_high], rest)) = data.split_first_chunk() {
        let number = usize::from(u16::from_le_bytes([*low, *high])) % MOST_SECTORS;
        let len = usize::from(u16::from_le_bytes([*len_low, *len_high])).min(SECTOR).min(rest.len());
        let at = number * SECTOR;
        user.resize(user.len().max(at + SECTOR), 0);
        user[at..at + len].copy_from_slice(&rest[..len]);
        data = &rest[len..];
    }
    user
}

/// A volume as such an input.
pub(super) fn pack(user: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    for (number, sector) in user.chunks(SECTOR).enumerate() {
        let used = sector.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let last = (number + 1) * SECTOR >= user.len();
        if let (true, Ok(number), Ok(len)) = (used > 0 || last, u16::try_from(number), u16::try_from(used)) {
            data.extend(number.to_le_bytes());
            data.extend(len.to_le_bytes());
            data.extend(&sector[..used]);
        }
    }
    data
}

fn seal(sector: &mut [u8]) {
    let len = usize::from(u16::from_le_bytes([sector[10], sector[11]])).min(SECTOR - 16);
    let crc = !crc16(&sector[16..16 + len]);
    sector[8..10].copy_from_slice(&crc.to_le_bytes());
    sector[4] = 0;
    sector[4] = sector[..16].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
}

/// Find every file system, go through it, and read the start of every file.
fn list(user: Vec<u8>) {
    let sectors = i32::try_from(user.len() / SECTOR).unwrap_or(0);
    let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
    let disc = Disc::new(
        "x.iso",
        DiscParts {
            toc: Toc::single_data(Media::Dvd, TrackMode::Mode1, sectors),
            sources: vec![Arc::new(Bytes::new("x.iso", user))],
            extents: vec![Extent::stored(Lba(0)..Lba(sectors), TrackMode::Mode1, place)],
            notes: Vec::new(),
            checks: Vec::new(),
            extras: Vec::new(),
        },
    );
    let Ok(disc) = disc else { return };
    let space = Arc::new(Space::new(Arc::new(disc)));
    let limits = Limits { entries: MOST_ENTRIES, ..Limits::default() };
    for system in find(&space, &limits).unwrap_or_default() {
        let _ = walk(system.as_ref(), &system.root(), &limits, |walked| {
            if let Ok(content) = Content::new(Arc::clone(&space), system.as_ref(), walked.entry) {
                let mut start = vec![0; usize::try_from(content.len().min(MOST_READ)).unwrap_or(0)];
                let _ = content.read_exact_at(0, &mut start);
            }
            Ok(ControlFlow::Continue(()))
        });
        let _ = system.notes();
    }
}
