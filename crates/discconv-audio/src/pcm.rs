//! From "the samples are here" to bytes as a disc's audio sectors have them.

use discconv_core::{At, Error, Note, Opened, Padded, ReadAt, Result, Slice};
use discconv_sector::RAW;
use std::sync::Arc;

/// Bytes of one sample of both channels.
const FRAME: u64 = 4;
/// Bytes of one sector.
pub(crate) const SECTOR: u64 = RAW as u64;
/// The most that a disc can hold: MSF 99:59:74 in sectors. A longer length was never filled in.
pub(crate) const LONGEST: u64 = 449_850 * SECTOR;
const HINT: &str = "convert it first, e.g. `sox in.wav -r 44100 -b 16 -c 2 out.wav`, and name that file in the sheet";

/// What the header says the sound is.
pub(crate) struct Shape {
    /// Samples in a second.
    pub(crate) rate: u64,
    /// Bits of a sample.
    pub(crate) bits: u16,
    /// Channels.
    pub(crate) channels: u16,
    /// The coding, if it is not PCM.
    pub(crate) coding: Option<String>,
}

impl Shape {
    /// Refuse all but a disc's own: IEC 60908 (Red Book) clause 1, 44.1 kHz, 16 bit, two channels.
    ///
    /// # Errors
    /// [`Error::Unsupported`] naming what was found.
    pub(crate) fn check(&self, file: &str, at: At) -> Result<()> {
        if self.rate == 44_100 && self.bits == 16 && self.channels == 2 && self.coding.is_none() {
            return Ok(());
        }
        let channels = match self.channels {
            1 => "mono".to_owned(),
            2 => "stereo".to_owned(),
            n => format!("{n} channels"),
        };
        let coding = self.coding.as_deref().unwrap_or("PCM");
        let what = format!(
            "the sound is {} Hz, {} bit, {channels}, {coding}; a disc takes 44100 Hz, 16 bit, stereo, PCM",
            self.rate, self.bits
        );
        Err(Error::unsupported(file, at, what).with_hint(HINT))
    }
}

/// Where the samples are.
pub(crate) struct Samples {
    /// Byte offset of the first.
    pub(crate) start: u64,
    /// Length in bytes as the header says; `None`: to the end of the file.
    pub(crate) len: Option<u64>,
    /// Is the high byte first?
    pub(crate) big_endian: bool,
}

/// The samples as a disc has them: 16 bit, low byte first, left first.
///
/// # Errors
/// [`Error::Malformed`] if there is none.
pub(crate) fn opened(source: &Arc<dyn ReadAt>, samples: &Samples, mut notes: Vec<Note>) -> Result<Opened> {
    let name = source.name();
    let there = source.len().saturating_sub(samples.start);
    let says = samples.len.unwrap_or(there);
    let whole = says - if samples.big_endian { says % FRAME } else { 0 };
    if whole == 0 || there == 0 {
        return Err(Error::malformed(name, At::Byte(samples.start), "no samples", "at least one sample of sound"));
    }
    let stored: Arc<dyn ReadAt> = Arc::new(Slice::new(Arc::clone(source), samples.start..samples.start + whole.min(there))?);
    let padded: Arc<dyn ReadAt> = if whole > there {
        let missing = whole - there;
        let text = format!(
            "{name}: byte {:#X}: the file ends {missing} bytes before its samples do; zeros stand for them",
            source.len()
        );
        notes.push(Note::damage(missing.div_ceil(SECTOR), text));
        Arc::new(Padded::new(stored, whole))
    } else {
        stored
    };
    notes.extend(uneven(name, says));
    let source = if samples.big_endian { Arc::new(Swapped { inner: padded }) } else { padded };
    Ok(Opened::Bytes { source, checks: Vec::new(), notes })
}

/// Say so where the samples end within a frame or a sector.
pub(crate) fn uneven(name: &str, len: u64) -> Option<Note> {
    let text = if !len.is_multiple_of(FRAME) {
        format!("{name}: {len} bytes of samples end within a sample (4 bytes)")
    } else if !len.is_multiple_of(SECTOR) {
        format!("{name}: {len} bytes of samples end within a sector ({SECTOR} bytes); the rest of it is silence")
    } else {
        return None;
    };
    Some(Note::oddity(text))
}

/// Samples with their two bytes exchanged. The length of `inner` is even.
struct Swapped {
    inner: Arc<dyn ReadAt>,
}

impl Swapped {
    /// The byte at `offset` is the other one of its pair.
    fn one(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        self.inner.read_exact_at(offset ^ 1, out)
    }
}

impl ReadAt for Swapped {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_exact_at(&self, mut offset: u64, mut buf: &mut [u8]) -> Result<()> {
        let wanted = buf.len() as u64;
        if offset.checked_add(wanted).is_none_or(|end| end > self.len()) {
            // Let the source say it, with its own name and end.
            return self.inner.read_exact_at(offset, buf);
        }
        if offset % 2 == 1 && !buf.is_empty() {
            let (first, rest) = buf.split_at_mut(1);
            self.one(offset, first)?;
            (offset, buf) = (offset + 1, rest);
        }
        let (pairs, last) = buf.split_at_mut(buf.len() & !1);
        self.inner.read_exact_at(offset, pairs)?;
        pairs.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
        if last.is_empty() { Ok(()) } else { self.one(offset + pairs.len() as u64, last) }
    }

    fn block_hint(&self) -> u32 {
        self.inner.block_hint()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}
