//! FLAC: lossless, so that what comes out is what went in. RFC 9639.

mod frame;
mod stream;

use crate::decoded::{HINT, MOST, Told, Track, check_shape, doubled, opened};
use crate::pcm::SECTOR;
use crate::tags;
use discconv_core::{At, Error, Input, Note, Opened, Peek, ReadAt, Result};
use frame::{HEAD, Head};
use std::sync::Arc;
use stream::{Frames, STREAM_INFO};

/// The beginning, which tags of MP3 may precede.
pub(crate) const MAGIC: &[u8; 4] = b"fLaC";
/// The most metadata blocks that are passed over.
const MOST_BLOCKS: u32 = 1024;
/// The most bytes behind the last frame that are looked through for it.
const TAIL: u64 = 1 << 20;

/// Is it FLAC, perhaps behind a tag?
pub(crate) fn is_flac(peek: &Peek<'_>) -> bool {
    let magic = tags::behind_id3(peek.source).and_then(|start| tags::bytes_at::<4>(peek.source, start));
    peek.head.starts_with(MAGIC) || matches!(magic, Ok(Some(magic)) if &magic == MAGIC)
}

/// What `STREAMINFO` says.
struct Info {
    bytes: [u8; STREAM_INFO],
    longest: u16,
    rate: u32,
    channels: u16,
    bits: u16,
    /// Samples; 0 if that was not known.
    total: u64,
    md5: Option<[u8; 16]>,
}

impl Info {
    fn parse(bytes: [u8; STREAM_INFO]) -> Info {
        let packed = bytes[10..18].iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let field = |shift: u32, bits: u32| packed >> shift & ((1 << bits) - 1);
        let small = |value: u64| u16::try_from(value).unwrap_or(u16::MAX);
        let mut md5 = [0; 16];
        md5.copy_from_slice(&bytes[18..]);
        Info {
            bytes,
            longest: u16::from_be_bytes([bytes[2], bytes[3]]),
            rate: u32::try_from(field(44, 20)).unwrap_or(u32::MAX),
            channels: small(field(41, 3) + 1),
            bits: small(field(36, 5) + 1),
            total: field(0, 36),
            md5: (md5 != [0; 16]).then_some(md5),
        }
    }

    /// # Errors
    /// [`Error::Unsupported`]: more than 16 bits are not cut here, since how (rounded, dithered) is a choice of sound.
    fn check(&self, file: &str, at: At) -> Result<()> {
        check_shape(file, at.clone(), "FLAC", self.rate, self.channels)?;
        if self.bits != 16 {
            let what = format!("the sound is FLAC of {} bits a sample; a disc takes 16", self.bits);
            return Err(Error::unsupported(file, at, what).with_hint(HINT));
        }
        Ok(())
    }
}

/// `STREAMINFO` and where the first frame is.
fn metadata(source: &dyn ReadAt) -> Result<(Info, u64, u64)> {
    let start = tags::behind_id3(source)?;
    let magic = tags::bytes_at::<4>(source, start)?;
    if magic.as_ref() != Some(MAGIC) {
        return Err(Error::malformed(source.name(), At::Byte(start), "something else", "'fLaC'").with_hint(HINT));
    }
    let mut at = start + 4;
    let mut info = None;
    for _ in 0..MOST_BLOCKS {
        let Some(header) = tags::bytes_at::<4>(source, at)? else { return Err(cut(source, at)) };
        let len = u64::from(u32::from_be_bytes([0, header[1], header[2], header[3]]));
        if info.is_none() {
            if at + 4 + STREAM_INFO as u64 > source.len() {
                return Err(cut(source, at));
            }
            let bytes =
                tags::bytes_at::<STREAM_INFO>(source, at + 4)?.filter(|_| header[0] & 0x7F == 0 && len == STREAM_INFO as u64);
            let Some(bytes) = bytes else {
                let found = format!("a metadata block of type {} and {len} bytes", header[0] & 0x7F);
                return Err(Error::malformed(source.name(), At::Byte(at), found, "STREAMINFO of 34 bytes").with_hint(HINT));
            };
            info = Some(Info::parse(bytes));
        }
        at += 4 + len;
        if at > source.len() {
            return Err(cut(source, at));
        }
        if header[0] & 0x80 != 0
            && let Some(info) = info.take()
        {
            return Ok((info, start + 8, at));
        }
    }
    let limit = format!("{MOST_BLOCKS} metadata blocks");
    Err(Error::Limit { file: source.name().to_owned(), at: At::Byte(at), found: "more metadata blocks".to_owned(), limit })
}

fn cut(source: &dyn ReadAt, at: u64) -> Error {
    let found = format!("the end of the file at byte {:#X}, within the metadata", source.len());
    Error::malformed(source.name(), At::Byte(at), found, "metadata blocks, and frames of sound")
        .with_hint("the file is cut: get it again")
}

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = &input.source;
    let (info, info_at, start) = metadata(source.as_ref())?;
    info.check(source.name(), At::Byte(info_at))?;
    let (frames, last_is_cut) = frames(source, &info, start)?;
    let behind = tags::before_trailers(source.as_ref())?.saturating_sub(frames.end);
    let mut notes =
        vec![Note::oddity(format!("{}: FLAC is lossless: the samples are those that the file was made from", source.name()))];
    notes.extend(doubled(source.name(), info.channels));
    if behind > 0 && !last_is_cut {
        notes.push(Note::oddity(format!(
            "{}: byte {:#X}: {behind} bytes behind the last frame are no sound",
            source.name(),
            frames.end
        )));
    }
    let promised = lengths(&frames, &info, last_is_cut, &mut notes);
    let md5 = info.md5.filter(|_| info.channels == 2 && promised == frames.total && info.total == frames.total);
    let track = Track { skip: 0, frames: frames.total, stream: frames };
    opened(track, Told { notes, md5, promised })
}

/// The samples that the file promises, as far as that can be believed; and what is said where it has others.
fn lengths(frames: &Frames, info: &Info, last_is_cut: bool, notes: &mut Vec<Note>) -> u64 {
    let (name, there, says) = (frames.source.name(), frames.total, info.total);
    let cut = |missing: u64, text: String| Note::damage((missing * 4).div_ceil(SECTOR).max(1), text);
    if says > MOST || says < there && says > 0 {
        notes.push(Note::oddity(format!("{name}: STREAMINFO counts {says} samples, the frames hold {there}; they count")));
        return there;
    }
    if there < says {
        let missing = says - there;
        let at = frames.end;
        let text = format!(
            "{name}: byte {at:#X}: the sound ends {missing} samples before the {says} of STREAMINFO; zeros stand for them"
        );
        notes.push(cut(missing, text));
        return says;
    }
    if last_is_cut {
        notes.push(cut(1, format!("{name}: byte {:#X}: the last frame is damaged or cut; it does not count", frames.end)));
    }
    there
}

/// The frames up to the last whole one. Is one after it broken?
fn frames(source: &Arc<dyn ReadAt>, info: &Info, start: u64) -> Result<(Frames, bool)> {
    let none = |at: u64| {
        Error::malformed(source.name(), At::Byte(at), "no frame of sound", "FLAC frames of 44100 Hz, 16 bits").with_hint(HINT)
    };
    let mut head = [0; HEAD];
    let len = usize::try_from(source.len() - start).unwrap_or(HEAD).min(HEAD);
    source.read_exact_at(start, &mut head[..len])?;
    let (first, shape) = frame::first(&head[..len], info.channels).ok_or_else(|| none(start))?;
    let longest = info.longest.max(first.samples);
    let end = tags::before_trailers(source.as_ref())?.max(start);
    let mut frames = Frames { source: Arc::clone(source), info: info.bytes, shape, longest, start, end, total: u64::MAX };
    // The length as the file has it: the last header says which sample it begins with.
    let tail = start.max(end.saturating_sub(frames.most_bytes() + TAIL));
    let mut bytes = vec![0; usize::try_from(end - tail).unwrap_or(0)];
    source.read_exact_at(tail, &mut bytes)?;
    let (at, last) = frame::last(&bytes, shape).filter(|(_, head)| head.end() <= MOST).ok_or_else(|| none(tail))?;
    if ends_at(&mut frames, tail + at as u64, &last)? {
        return Ok((frames, false));
    }
    // Either that frame is broken, or it is none, and its "header" stands within the true last one.
    if let Some((before, head)) = frame::last(&bytes[..at], shape)
        && head.end() != last.first
        && head.end() <= MOST
        && ends_at(&mut frames, tail + before as u64, &head)?
    {
        return Ok((frames, false));
    }
    (frames.end, frames.total) = (tail + at as u64, last.first);
    Ok((frames, true))
}

/// Is the frame at `offset` whole? Then it is the last one.
fn ends_at(frames: &mut Frames, offset: u64, head: &Head) -> Result<bool> {
    let Some(len) = frames.last_len(offset, head)? else { return Ok(false) };
    (frames.end, frames.total) = (offset + len, head.end());
    Ok(true)
}
