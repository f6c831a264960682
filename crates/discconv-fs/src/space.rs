//! The user data of a disc as bytes.

use discconv_core::{At, Disc, Error, Form, Lba, Result, Scratch};
use discconv_sector::USER;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of user data in a sector.
pub(crate) const SECTOR: u64 = 2048;
/// Sectors that a small read brings in, and how many such windows are kept: directories lie beside each other.
const WINDOW: u64 = 16;
const WINDOWS: usize = 8;
/// Sectors of one read of a long run.
const BATCH: u64 = 256;

/// The user data of a disc, addressed by byte: byte `n * 2048` is the first byte of LBA `n`.
///
/// Many threads may read at once: locks are held to look something up, never while sectors are read.
pub struct Space {
    disc: Arc<Disc>,
    /// The windows by number, the one that was used last at the end.
    windows: Mutex<Vec<(u64, Arc<Vec<u8>>)>>,
    /// What reading needs, one for each reader there was at a time.
    scratches: Mutex<Vec<Scratch>>,
}

impl Space {
    /// The space of that disc.
    #[must_use]
    pub fn new(disc: Arc<Disc>) -> Space {
        Space { disc, windows: Mutex::default(), scratches: Mutex::default() }
    }

    /// The disc itself.
    #[must_use]
    pub fn disc(&self) -> &Arc<Disc> {
        &self.disc
    }

    /// The file that holds the sectors, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        self.disc.sources().first().map_or("the disc", |source| source.name())
    }

    /// The byte behind the last sector of the disc.
    #[must_use]
    pub fn end(&self) -> u64 {
        let last = self.disc.extents().last().map_or(0, |extent| extent.lbas.end.0);
        u64::try_from(last).unwrap_or(0) * SECTOR
    }

    /// Are all bytes of the run in data sectors of the disc?
    #[must_use]
    pub fn has(&self, at: u64, len: u64) -> bool {
        let Some(end) = at.checked_add(len).filter(|end| *end <= self.end()) else { return false };
        let (Some(first), Some(last)) = (lba(at / SECTOR), lba(end.div_ceil(SECTOR))) else { return false };
        let mut next = first;
        for (lbas, extent) in self.disc.extents_in(first..last) {
            if lbas.start != next || extent.mode.is_audio() {
                return false;
            }
            next = lbas.end;
        }
        next == last
    }

    /// Fill `out` from byte `at`.
    ///
    /// # Errors
    /// Reading; bytes that lie in no sector of the disc, in audio, or in a Form 2 sector, which has no 2048 bytes.
    pub fn read(&self, at: u64, out: &mut [u8]) -> Result<()> {
        self.in_bounds(at, out.len() as u64)?;
        let mut scratch = locked(&self.scratches).pop().unwrap_or_default();
        let (mut at, mut rest, mut done) = (at, out, Ok(()));
        while !rest.is_empty() && done.is_ok() {
            let long = rest.len() as u64 >= WINDOW * SECTOR;
            let filled = if long { self.long(&mut scratch, at, rest) } else { self.short(&mut scratch, at, rest) };
            match filled {
                Ok(filled) => {
                    at += filled as u64;
                    rest = rest.split_at_mut(filled).1;
                }
                Err(error) => done = Err(error),
            }
        }
        locked(&self.scratches).push(scratch);
        done
    }

    /// As [`Space::read`], but `false` where the disc has no such data sectors: for looking whether something is there.
    ///
    /// # Errors
    /// Reading.
    pub fn try_read(&self, at: u64, out: &mut [u8]) -> Result<bool> {
        if !self.has(at, out.len() as u64) {
            return Ok(false);
        }
        match self.read(at, out) {
            Ok(()) => Ok(true),
            // A Form 2 sector: no file system is in it.
            Err(Error::Malformed { .. } | Error::Unsupported { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Do the bytes `wanted` stand at byte `at`?
    ///
    /// # Errors
    /// Reading.
    pub fn says(&self, at: u64, wanted: &[u8]) -> Result<bool> {
        let mut found = vec![0; wanted.len()];
        Ok(self.try_read(at, &mut found)? && found == wanted)
    }

    fn in_bounds(&self, at: u64, len: u64) -> Result<()> {
        if at.checked_add(len).is_some_and(|end| end <= self.end()) {
            return Ok(());
        }
        let place = lba(at / SECTOR).map_or(At::Whole, At::Lba);
        let found = format!("{len} bytes wanted from there on");
        Err(Error::malformed(self.name(), place, found, format!("a disc that ends at LBA {}", self.end() / SECTOR)))
    }

    /// Out of a window that is kept, or read now. Returns the bytes filled.
    fn short(&self, scratch: &mut Scratch, at: u64, out: &mut [u8]) -> Result<usize> {
        let number = at / (WINDOW * SECTOR);
        let known = {
            let mut windows = locked(&self.windows);
            windows.iter().position(|(kept, _)| *kept == number).map(|place| windows.remove(place).1)
        };
        let window = known.or_else(|| self.window(scratch, number));
        // Not all sectors of it are data: only those that are asked for.
        let Some(window) = window else { return self.long(scratch, at, out) };
        let skip = usize::try_from(at % (WINDOW * SECTOR)).unwrap_or(0);
        let there = window.get(skip..).unwrap_or_default();
        let take = there.len().min(out.len());
        out[..take].copy_from_slice(&there[..take]);
        self.keep(number, window);
        if take == 0 { self.long(scratch, at, out) } else { Ok(take) }
    }

    /// Put a window where it is found again; another reader may have had the same.
    fn keep(&self, number: u64, window: Arc<Vec<u8>>) {
        let mut windows = locked(&self.windows);
        windows.retain(|(kept, _)| *kept != number);
        if windows.len() >= WINDOWS {
            windows.remove(0);
        }
        windows.push((number, window));
    }

    /// All sectors of a window, if they can be read.
    fn window(&self, scratch: &mut Scratch, number: u64) -> Option<Arc<Vec<u8>>> {
        let first = number * WINDOW;
        let sectors = (first + WINDOW).min(self.end() / SECTOR).checked_sub(first)?;
        let mut bytes = vec![0; usize::try_from(sectors * SECTOR).ok()?];
        self.sectors(scratch, first, &mut bytes).ok().map(|()| Arc::new(bytes))
    }

    /// Whole sectors straight into `out` where it begins at one, else one through a buffer. Returns the bytes filled.
    fn long(&self, scratch: &mut Scratch, at: u64, out: &mut [u8]) -> Result<usize> {
        let skip = usize::try_from(at % SECTOR).unwrap_or(0);
        let whole = (out.len() as u64 / SECTOR).min(BATCH) * SECTOR;
        if skip == 0 && whole > 0 {
            let out = &mut out[..usize::try_from(whole).unwrap_or(0)];
            self.sectors(scratch, at / SECTOR, out)?;
            return Ok(out.len());
        }
        let mut sector = [0; USER];
        self.sectors(scratch, at / SECTOR, &mut sector)?;
        let take = (sector.len() - skip).min(out.len());
        out[..take].copy_from_slice(&sector[skip..skip + take]);
        Ok(take)
    }

    fn sectors(&self, scratch: &mut Scratch, first: u64, out: &mut [u8]) -> Result<()> {
        let first = lba(first).unwrap_or(Lba(i32::MAX));
        self.disc.read_sectors(first, &Form::USER, scratch, out)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lba(sector: u64) -> Option<Lba> {
    i32::try_from(sector).ok().map(Lba)
}

impl fmt::Debug for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Space").field("name", &self.name()).field("end", &self.end()).finish_non_exhaustive()
    }
}
