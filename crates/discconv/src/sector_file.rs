//! Sectors as a file: those of a track, or of a file in XA's way, in one form, one behind the other, perhaps with a head
//! before them.

use discconv_core::{At, Disc, Error, Form, Lba, ReadAt, Scratch};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of runs of sectors.
pub(crate) struct SectorFile {
    disc: Arc<Disc>,
    runs: Vec<Range<Lba>>,
    form: Form,
    head: Vec<u8>,
    /// What reading needs, one for each reader there was at a time.
    rooms: Mutex<Vec<Room>>,
}

/// What a reader needs, kept from call to call.
#[derive(Default)]
struct Room {
    scratch: Scratch,
    sector: Vec<u8>,
}

impl SectorFile {
    pub(crate) fn new(disc: Arc<Disc>, runs: Vec<Range<Lba>>, form: Form, head: Vec<u8>) -> SectorFile {
        SectorFile { disc, runs, form, head, rooms: Mutex::default() }
    }

    /// The samples of an audio track as a WAVE file.
    ///
    /// # Errors
    /// More than the format can say.
    pub(crate) fn wave(disc: Arc<Disc>, lbas: Range<Lba>) -> Result<SectorFile, Error> {
        let samples = u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(Form::RAW.stride);
        let head = wave_head(samples)?;
        Ok(SectorFile::new(disc, vec![lbas], Form::RAW, head))
    }

    fn rooms(&self) -> MutexGuard<'_, Vec<Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self) -> u64 {
        u64::from(self.form.stride)
    }

    /// The sector that is `number` sectors behind the first, and how many follow it on the disc, itself included.
    fn place(&self, number: u64) -> (Lba, usize) {
        let mut left = number;
        for run in &self.runs {
            let count = u64::from(run.start.sectors_to(run.end));
            if left < count {
                let lba = run.start.checked_add(i32::try_from(left).unwrap_or(i32::MAX)).unwrap_or(run.end);
                return (lba, usize::try_from(count - left).unwrap_or(usize::MAX));
            }
            left -= count;
        }
        (self.runs.last().map_or(Lba(0), |run| run.end), 0)
    }

    /// Bytes from `at` of the sectors: whole ones straight into `out`, others through a buffer. Returns how many.
    fn some(&self, at: u64, room: &mut Room, out: &mut [u8]) -> Result<usize, Error> {
        let record = usize::try_from(self.record()).unwrap_or(usize::MAX);
        let (lba, together) = self.place(at / self.record());
        let skip = usize::try_from(at % self.record()).unwrap_or(0);
        let whole = (out.len() / record).min(together) * record;
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

impl ReadAt for SectorFile {
    fn len(&self) -> u64 {
        let sectors: u64 = self.runs.iter().map(|run| u64::from(run.start.sectors_to(run.end))).sum();
        self.head.len() as u64 + sectors * self.record()
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
        // Nobody waits for another who is reading.
        let mut room = self.rooms().pop().unwrap_or_default();
        while !rest.is_empty() {
            let done = self.some(at, &mut room, rest)?;
            at += done as u64;
            rest = rest.split_at_mut(done).1;
        }
        self.rooms().push(room);
        Ok(())
    }

    fn name(&self) -> &str {
        self.disc.sources().first().map_or("the disc", |source| source.name())
    }
}

/// The 44 bytes before so many bytes of samples.
///
/// # Errors
/// More than the format can say.
fn wave_head(samples: u64) -> Result<Vec<u8>, Error> {
    let too_long = || Error::unsupported("audio", At::Whole, "a track is longer than a WAVE file can be (4 GiB)");
    let data = u32::try_from(samples).map_err(|_| too_long())?;
    let riff = data.checked_add(36).ok_or_else(too_long)?;
    let mut head = Vec::with_capacity(44);
    head.extend(b"RIFF");
    head.extend(riff.to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16_u32.to_le_bytes());
    // PCM, two channels, 44,100 pairs of 4 bytes a second, 16 bits.
    head.extend([1_u16, 2].iter().flat_map(|word| word.to_le_bytes()));
    head.extend([44_100_u32, 44_100 * 4].iter().flat_map(|word| word.to_le_bytes()));
    head.extend([4_u16, 16].iter().flat_map(|word| word.to_le_bytes()));
    head.extend(b"data");
    head.extend(data.to_le_bytes());
    Ok(head)
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
        let one = SectorFile::new(disc.clone(), vec![Lba(0)..Lba(3)], Form::USER, b"head".to_vec());
        check(&one, &b"head".iter().copied().chain(bytes.clone()).collect::<Vec<u8>>());
        let turned = SectorFile::new(disc, vec![Lba(2)..Lba(3), Lba(0)..Lba(2)], Form::USER, Vec::new());
        let mut expected = bytes;
        expected.rotate_right(2048);
        check(&turned, &expected);
    }

    fn check(file: &SectorFile, whole: &[u8]) {
        assert_eq!(file.len(), whole.len() as u64);
        for (start, length) in
            [(0, 2), (2, 4), (3, 2050), (4, 2048), (100, 5000), (2047, 2), (4 + 2047, 2), (0, whole.len()), (whole.len(), 0)]
        {
            let mut part = vec![0; length];
            file.read_exact_at(start as u64, &mut part).unwrap();
            assert!(part == whole[start..start + length], "{start} {length}");
        }
        assert!(file.read_exact_at(whole.len() as u64, &mut [0]).is_err());
    }

    #[test]
    fn a_wave_head_says_what_follows() {
        let head = wave_head(2352).unwrap();
        assert_eq!(head.len(), 44);
        assert_eq!((&head[..4], &head[8..16], &head[36..40]), (&b"RIFF"[..], &b"WAVEfmt "[..], &b"data"[..]));
        assert_eq!((&head[4..8], &head[40..44]), (&2388_u32.to_le_bytes()[..], &2352_u32.to_le_bytes()[..]));
        assert!(wave_head(u64::from(u32::MAX) - 30).is_err());
    }
}
