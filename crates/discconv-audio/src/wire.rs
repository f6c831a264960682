//! Chunks, and the headers inside them, byte by byte.

use binrw::BinRead;
use discconv_core::{At, Error, ReadAt, Result};
use std::io::Cursor;

/// Magic, length and kind, before the first chunk.
pub(crate) const FILE_HEADER: u64 = 12;
/// Id and length, before each chunk's bytes.
pub(crate) const CHUNK_HEADER: u64 = 8;
/// More chunks than any program writes; real files have under twenty.
const MAX_CHUNKS: u32 = 4096;

/// A four-letter id.
pub(crate) type Id = [u8; 4];

/// An id for people.
pub(crate) fn show(id: &[u8]) -> String {
    format!("'{}'", id.escape_ascii())
}

/// Byte order of the lengths of chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

/// One chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk {
    pub(crate) id: Id,
    /// Byte offset of its first byte after the chunk header.
    pub(crate) start: u64,
    /// Its length in bytes, as it says; the file may be shorter.
    pub(crate) len: u32,
}

impl Chunk {
    /// Where it begins in the file, for messages.
    pub(crate) fn at(&self) -> At {
        At::Byte(self.start - CHUNK_HEADER)
    }

    /// Where the next one begins: an even number of bytes further.
    fn next(&self) -> u64 {
        self.start + u64::from(self.len) + u64::from(self.len & 1)
    }

    /// Read up to `N` of its first bytes; what it lacks is zero. Returns how many there were.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it has fewer than `least` bytes or the file ends before them; reading.
    pub(crate) fn head<const N: usize>(&self, source: &dyn ReadAt, least: usize) -> Result<([u8; N], usize)> {
        let present = u64::from(self.len).min(source.len().saturating_sub(self.start));
        let take = usize::try_from(present).unwrap_or(N).min(N);
        if take < least {
            let found = format!("a {} chunk of {present} bytes", show(&self.id));
            return Err(Error::malformed(source.name(), self.at(), found, format!("at least {least} bytes")));
        }
        let mut bytes = [0; N];
        source.read_exact_at(self.start, &mut bytes[..take])?;
        Ok((bytes, take))
    }
}

/// The first twelve bytes of the file.
///
/// # Errors
/// [`Error::Malformed`] if there are fewer, with what was `expected`; reading.
pub(crate) fn file_header(source: &dyn ReadAt, expected: &str) -> Result<[u8; 12]> {
    let mut head = [0; 12];
    if source.len() < FILE_HEADER {
        return Err(Error::malformed(source.name(), At::Byte(0), format!("a file of {} bytes", source.len()), expected));
    }
    source.read_exact_at(0, &mut head)?;
    Ok(head)
}

/// Calls `each` for every chunk until it returns `false`, the file ends, or a chunk reaches past its end.
///
/// # Errors
/// [`Error::Limit`] for more chunks than any program writes; reading; those of `each`.
pub(crate) fn walk(source: &dyn ReadAt, order: Order, mut each: impl FnMut(Chunk) -> Result<bool>) -> Result<()> {
    let mut offset = FILE_HEADER;
    for _ in 0..MAX_CHUNKS {
        if offset.checked_add(CHUNK_HEADER).is_none_or(|end| end > source.len()) {
            return Ok(());
        }
        let mut header = [0; 8];
        source.read_exact_at(offset, &mut header)?;
        let [a, b, c, d, len @ ..] = header;
        let len = match order {
            Order::Little => u32::from_le_bytes(len),
            Order::Big => u32::from_be_bytes(len),
        };
        let chunk = Chunk { id: [a, b, c, d], start: offset + CHUNK_HEADER, len };
        if !each(chunk)? {
            return Ok(());
        }
        offset = chunk.next();
    }
    Err(Error::Limit {
        file: source.name().to_owned(),
        at: At::Byte(offset),
        found: format!("more than {MAX_CHUNKS} chunks"),
        limit: format!("{MAX_CHUNKS} chunks"),
    })
}

/// `bytes` as a header; they are as many as it has, so this cannot fail but for an error of ours.
///
/// # Errors
/// [`Error::Malformed`] at `chunk`.
pub(crate) fn parse<T>(source: &dyn ReadAt, chunk: &Chunk, bytes: &[u8]) -> Result<T>
where
    T: for<'a> BinRead<Args<'a> = ()> + binrw::meta::ReadEndian,
{
    T::read(&mut Cursor::new(bytes)).map_err(|error| {
        Error::malformed(source.name(), chunk.at(), format!("{} that cannot be read ({error})", show(&chunk.id)), "its header")
    })
}

/// `fmt `: WAVEFORMAT, with what EXTENSIBLE adds (zero where the chunk ends before it).
#[derive(Clone, Copy, Debug, BinRead)]
#[br(little)]
pub(crate) struct WaveFormat {
    /// 1 PCM, FFFEh: see `subformat`.
    pub(crate) tag: u16,
    pub(crate) channels: u16,
    /// Sample frames in a second.
    pub(crate) rate: u32,
    /// Bytes in a second, and the size of a sample frame: both follow from the rest, and are not trusted.
    pub(crate) _bytes_per_second: u32,
    pub(crate) _frame_bytes: u16,
    /// Bits that a sample takes in the file.
    pub(crate) bits: u16,
    /// Bytes that follow.
    pub(crate) extra: u16,
    /// Bits that mean something, and the speakers.
    pub(crate) _valid_bits: u16,
    pub(crate) _speakers: u32,
    /// A GUID whose first two bytes are a tag.
    pub(crate) subformat: [u8; 16],
}

/// Bytes of [`WaveFormat`].
pub(crate) const WAVE_FORMAT: usize = 40;
/// Bytes of it that every file has; plain PCM adds the two of `bits`.
pub(crate) const WAVE_FORMAT_LEAST: usize = 16;

/// `ds64`: the true lengths of an RF64 file (EBU Tech 3306, 3.4). The table behind it is not read.
#[derive(Clone, Copy, Debug, BinRead)]
#[br(little)]
pub(crate) struct Ds64 {
    /// Length of the file after its first eight bytes.
    pub(crate) _riff: u64,
    /// Length of `data` in bytes.
    pub(crate) data: u64,
}

/// Bytes of [`Ds64`].
pub(crate) const DS64: usize = 16;

/// `COMM`, with the coding that AIFF-C adds (zero in AIFF).
#[derive(Clone, Copy, Debug, BinRead)]
#[br(big)]
pub(crate) struct Common {
    pub(crate) channels: u16,
    /// How many samples each channel has.
    pub(crate) frames: u32,
    pub(crate) bits: u16,
    /// Sign and exponent (bias 16383) of the rate, an IEEE 754 extended number.
    pub(crate) exponent: u16,
    /// Its mantissa; bit 63 is the one before the point.
    pub(crate) mantissa: u64,
    pub(crate) coding: Id,
}

/// Bytes of [`Common`].
pub(crate) const COMMON: usize = 22;
/// Bytes of it that AIFF has.
pub(crate) const COMMON_PLAIN: usize = 18;

impl Common {
    /// Sample frames in a second, without a fraction; 0 for what is no such number.
    pub(crate) fn rate(&self) -> u64 {
        const BIAS: u16 = 16_383;
        match self.exponent.checked_sub(BIAS) {
            Some(power @ 0..=63) => self.mantissa >> (63 - power),
            _ => 0, // below one, negative, infinite, or far beyond sound
        }
    }
}

/// The beginning of `SSND`.
#[derive(Clone, Copy, Debug, BinRead)]
#[br(big)]
pub(crate) struct SoundHeader {
    /// Bytes from the end of this header to the first sample.
    pub(crate) offset: u32,
    /// Alignment, for those who care.
    pub(crate) _block: u32,
}

/// Bytes of [`SoundHeader`].
pub(crate) const SOUND_HEADER: usize = 8;
