//! A track as a file: its sectors in one form, one behind the other, perhaps with a head before them.

use discconv_core::{At, Disc, Error, Form, Lba, ReadAt, Scratch};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of a run of sectors.
pub(crate) struct TrackFile {
    disc: Arc<Disc>,
    lbas: Range<Lba>,
    form: Form,
    head: Vec<u8>,
    room: Mutex<Room>,
}

/// What reading needs, kept from call to call.
#[derive(Default)]
struct Room {
    scratch: Scratch,
    sector: Vec<u8>,
}

impl TrackFile {
    pub(crate) fn new(disc: Arc<Disc>, lbas: Range<Lba>, form: Form, head: Vec<u8>) -> TrackFile {
        TrackFile { disc, lbas, form, head, room: Mutex::default() }
    }

    fn record(&self) -> u64 {
        u64::from(self.form.stride)
    }

    /// Bytes from `at` of the sectors: whole ones straight into `out`, others through a buffer. Returns how many.
    fn some(&self, at: u64, room: &mut Room, out: &mut [u8]) -> Result<usize, Error> {
        let record = usize::try_from(self.record()).unwrap_or(usize::MAX);
        let number = i32::try_from(at / self.record()).unwrap_or(i32::MAX);
        let lba = self.lbas.start.checked_add(number).unwrap_or(self.lbas.end);
        let skip = usize::try_from(at % self.record()).unwrap_or(0);
        let whole = out.len() / record * record;
        if skip == 0 && whole > 0 {
            self.disc.read_sectors(lba, &self.form, &mut room.scratch, &mut out[..whole])?;
            return Ok(whole);
        }
        room.sector.resize(record, 0);
        self.disc.read_sectors(lba, &self.form, &mut room.scratch, &mut room.sector)?;
        let take = (record - skip).min(out.len());
        out[..take].copy_from_slice(&room.sector[skip..skip + take]);
        Ok(take)
    }
}

impl ReadAt for TrackFile {
    fn len(&self) -> u64 {
        self.head.len() as u64 + u64::from(self.lbas.start.sectors_to(self.lbas.end)) * self.record()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), Error> {
        if offset.checked_add(buf.len() as u64).is_none_or(|end| end > self.len()) {
            let found = format!("{} bytes wanted", buf.len());
            return Err(Error::malformed(self.name(), At::Byte(offset), found, format!("a file of {} bytes", self.len())));
        }
        let of_head = usize::try_from(offset).ok().and_then(|at| self.head.get(at..)).unwrap_or_default();
        let take = of_head.len().min(buf.len());
        let (head, mut rest) = buf.split_at_mut(take);
        head.copy_from_slice(&of_head[..take]);
        let mut at = (offset + take as u64).saturating_sub(self.head.len() as u64);
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        while !rest.is_empty() {
            let done = self.some(at, &mut room, rest)?;
            at += done as u64;
            rest = rest.split_at_mut(done).1;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.disc.sources().first().map_or("the disc", |source| source.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::{Bytes, DiscParts, Extent, Fill, Media, Place, SourceId, Toc, TrackMode};

    #[test]
    fn any_part_is_the_same_as_that_part_of_the_whole() {
        let bytes: Vec<u8> = (0..3 * 2048_u32).map(|n| (n * 7 / 5).to_le_bytes()[0]).collect();
        let place = Place { source: SourceId(0), offset: 0, form: Form::USER };
        let extent = Extent { fill: Fill::default(), ..Extent::stored(Lba(0)..Lba(3), TrackMode::Mode1, place) };
        let parts = DiscParts {
            toc: Toc::single_data(Media::Cd, TrackMode::Mode1, 3),
            sources: vec![Arc::new(Bytes::new("x", bytes.clone()))],
            extents: vec![extent],
            notes: Vec::new(),
            checks: Vec::new(),
            extras: Vec::new(),
        };
        let disc = Arc::new(Disc::new("x", parts).unwrap());
        let file = TrackFile::new(disc, Lba(0)..Lba(3), Form::USER, b"head".to_vec());
        let whole: Vec<u8> = b"head".iter().copied().chain(bytes).collect();
        assert_eq!(file.len(), whole.len() as u64);
        for (start, length) in
            [(0, 2), (2, 4), (3, 2050), (4, 2048), (100, 5000), (4 + 2047, 2), (0, whole.len()), (whole.len(), 0)]
        {
            let mut part = vec![0; length];
            file.read_exact_at(start as u64, &mut part).unwrap();
            assert!(part == whole[start..start + length], "{start} {length}");
        }
        assert!(file.read_exact_at(whole.len() as u64, &mut [0]).is_err());
    }
}
