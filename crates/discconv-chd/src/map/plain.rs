//! The maps that are tables: version 5 without codecs, versions 3 and 4.

use super::table::{Builder, Table};
use super::{Wrong, check_room};
use crate::header::{Header, bad};
use crate::wire::{self, OLD_ENTRY, OLD_NO_CRC, OldEntry};
use discconv_core::{At, Error, ReadAt, Result};

/// Bytes read at a time: a whole number of either sort of entry.
const STEP: u64 = 64 << 10;

/// Version 5 without codecs: 32 bits for each hunk, in units of hunks; 0 where nothing is stored. See [`super::read`].
pub(super) fn read(source: &dyn ReadAt, header: &Header, at: u64) -> Result<Table> {
    // Each has bytes of its own in the map.
    let mut builder = Builder::new(header, header.hunks());
    entries::<4>(source, header, at, |hunk, _, bytes| {
        let place = u64::from(u32::from_be_bytes(*bytes)) * u64::from(header.hunk_bytes);
        match place {
            0 if header.parent.is_some() => builder.parent(hunk.checked_mul(u64::from(header.hunk_bytes))),
            0 => builder.pattern([0; 8], None),
            place => builder.stored(place, None),
        }
    })?;
    Ok(builder.finish())
}

/// Versions 3 and 4. See [`super::read`].
pub(super) fn read_old(source: &dyn ReadAt, header: &Header, at: u64) -> Result<Table> {
    // Each has bytes of its own in the map.
    let mut builder = Builder::new(header, header.hunks());
    let mut other_codec = None;
    entries::<OLD_ENTRY>(source, header, at, |hunk, at, bytes| {
        let entry: OldEntry = wire::parse(bytes).ok_or_else(|| Wrong::new("without an entry", "16 bytes"))?;
        let len = u32::from(entry.length_high) << 16 | u32::from(entry.length_low);
        let crc = (entry.flags & OLD_NO_CRC == 0).then_some(entry.crc);
        match entry.flags & 0x0F {
            1 => builder.coded(0, entry.at, len, crc)?,
            2 => builder.stored(entry.at, crc)?,
            3 => builder.pattern(entry.at.to_be_bytes(), crc)?,
            4 => builder.same_as(entry.at)?,
            5 => builder.parent(entry.at.checked_mul(u64::from(header.hunk_bytes)))?,
            6 => {
                other_codec.get_or_insert((hunk, at));
                builder.stored(entry.at, crc)?;
            }
            kind => return Err(Wrong::new(format!("of kind {kind}"), "kind 1 to 6")),
        }
        Ok(())
    })?;
    match other_codec {
        Some((hunk, at)) => Err(Error::unsupported(
            source.name(),
            At::Byte(at),
            format!("hunk {hunk} is coded in a second way, of which no disc is known"),
        )
        .with_hint("`chdman copy` makes version 5 of it")),
        None => Ok(builder.finish()),
    }
}

/// Hand over each entry of `N` bytes, with the number of its hunk and its place.
fn entries<const N: usize>(
    source: &dyn ReadAt,
    header: &Header,
    at: u64,
    mut each: impl FnMut(u64, u64, &[u8; N]) -> Result<(), Wrong>,
) -> Result<()> {
    let file = source.name();
    let len = header.hunks().checked_mul(N as u64).ok_or_else(|| bad(file, at, "a map without end", "a map"))?;
    check_room(source, at, len)?;
    let (mut buffer, mut done, mut hunk) = (Vec::new(), 0, 0);
    while done < len {
        let now = usize::try_from(STEP.min(len - done)).unwrap_or(0);
        buffer.resize(now, 0);
        source.read_exact_at(at + done, &mut buffer)?;
        for (offset, bytes) in (0..).step_by(N).zip(buffer.as_chunks::<N>().0) {
            let place = at + done + offset;
            each(hunk, place, bytes).map_err(|wrong| wrong.at(file, place, hunk))?;
            hunk += 1;
        }
        done += now as u64;
    }
    Ok(())
}
