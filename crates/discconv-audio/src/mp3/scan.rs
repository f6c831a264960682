//! Finding every frame: headers lie about the length, frames do not.

use super::header::{self, FIRST, HEAD, Header, Kind, Told};
use crate::decoded::{HINT, MOST, check_shape};
use crate::tags;
use crate::window::Window;
use discconv_core::{At, Error, ReadAt, Result};

/// Samples of a frame of layer III at 44100 Hz.
pub(super) const SAMPLES: u64 = 1152;
/// Frames that must follow each other before they are believed.
pub(super) const CHAIN: u32 = 4;
/// Bytes before the first frame that are looked through for it.
const LEAD: u64 = 64 << 10;
/// The longest frame that 44100 Hz allow.
pub(super) const LONGEST: u64 = 1045;

/// All frames of a file.
pub(super) struct Scan {
    pub(super) kind: Kind,
    /// Byte offsets of the frames with sound.
    pub(super) offsets: Vec<u64>,
    /// Where they end.
    pub(super) end: u64,
    /// What the encoder says.
    pub(super) told: Option<Told>,
    /// Byte offset of the first bytes between frames that are none, and how many there are in all.
    pub(super) junk: Option<(u64, u64)>,
    /// Byte offset of a last frame that the file does not hold all of.
    pub(super) cut: Option<u64>,
}

/// The header at `at`, if it is one of `kind`; of any kind where that is `None`.
fn header_at(window: &mut Window<'_>, at: u64, kind: Option<Kind>) -> Result<Option<Header>> {
    let header = header::parse(window.at(at, HEAD)?);
    Ok(header.filter(|header| kind.is_none_or(|kind| kind == header.kind)))
}

/// Do `count` frames of one kind follow each other from `at` on? Fewer will do where they end at `end` exactly.
fn chain(window: &mut Window<'_>, at: u64, end: u64, count: u32) -> Result<Option<Kind>> {
    let mut kind = None;
    let mut next = at;
    for step in 0..count {
        if next == end && step > 0 {
            break;
        }
        match header_at(window, next, kind)? {
            Some(Header { kind: found, len: Some(len), .. }) => (kind, next) = (Some(found), next + len),
            _ => return Ok(None),
        }
    }
    Ok(kind.filter(|_| next <= end))
}

/// The first frame of a believable run, within `reach` bytes from `from` on.
pub(super) fn first(source: &dyn ReadAt, from: u64, reach: u64) -> Result<Option<(u64, Kind)>> {
    let end = tags::before_trailers(source)?;
    let mut window = Window::new(source, end);
    for at in from..end.min(from.saturating_add(reach)) {
        if let Some(kind) = chain(&mut window, at, end, CHAIN)? {
            return Ok(Some((at, kind)));
        }
    }
    Ok(None)
}

/// Is there sound of the free format, whose frames do not say their length?
fn is_free(source: &dyn ReadAt, at: u64) -> Result<bool> {
    let head = tags::bytes_at::<HEAD>(source, at)?;
    Ok(head.and_then(|head| header::parse(&head)).is_some_and(|header| header.len.is_none() && header.kind.layer == 3))
}

/// Every frame of `source`.
///
/// # Errors
/// [`Error::Unsupported`] for another layer or another rate, [`Error::Malformed`] if there are no frames.
pub(super) fn scan(source: &dyn ReadAt) -> Result<Scan> {
    let name = source.name();
    let start = tags::behind_id3(source)?;
    let Some((first, kind)) = first(source, start, LEAD)? else {
        if is_free(source, start)? {
            return Err(Error::unsupported(
                name,
                At::Byte(start),
                "the sound is MP3 of free format, whose frames do not tell their length",
            )
            .with_hint(HINT));
        }
        let wanted = format!("{CHAIN} frames of MPEG sound, one behind the other");
        return Err(Error::malformed(name, At::Byte(start), "no such frames", wanted).with_hint(HINT));
    };
    let layer = ["I", "II", "III"][usize::from(kind.layer.clamp(1, 3)) - 1];
    check_shape(name, At::Byte(first), &format!("MPEG layer {layer}"), kind.rate, kind.channels)?;
    if kind.layer != 3 {
        let what = format!("the sound is MPEG layer {layer}; only layer III (MP3) is decoded");
        return Err(Error::unsupported(name, At::Byte(first), what).with_hint(HINT));
    }
    let end = tags::before_trailers(source)?;
    let mut scan = Scan { kind, offsets: Vec::new(), end: first, told: None, junk: None, cut: None };
    collect(source, first, end, &mut scan)?;
    let head = tags::bytes_at::<FIRST>(source, first)?;
    scan.told = head.and_then(|head| header::told(&head, &header::parse(&head)?));
    if scan.told.is_some() {
        scan.offsets.remove(0);
    }
    Ok(scan)
}

/// Walk from frame to frame.
fn collect(source: &dyn ReadAt, first: u64, end: u64, scan: &mut Scan) -> Result<()> {
    let mut window = Window::new(source, end);
    let mut at = first;
    while at < end {
        match header_at(&mut window, at, Some(scan.kind))?.and_then(|header| header.len) {
            Some(len) if at + len <= end => {
                scan.offsets.push(at);
                at += len;
                scan.end = at;
                if scan.offsets.len() as u64 > MOST / SAMPLES + 1 {
                    let limit = format!("{} frames, the most that a disc holds", MOST / SAMPLES);
                    let found = "more frames of sound".to_owned();
                    return Err(Error::Limit { file: source.name().to_owned(), at: At::Byte(at), found, limit });
                }
            }
            Some(_) => {
                scan.cut = Some(at);
                return Ok(());
            }
            None => {
                let next = resume(&mut window, at, end, scan.kind)?;
                let (since, bytes) = scan.junk.unwrap_or((at, 0));
                scan.junk = Some((since, bytes + next - at));
                at = next;
            }
        }
    }
    Ok(())
}

/// The next frame behind something that is none, or the end.
fn resume(window: &mut Window<'_>, at: u64, end: u64, kind: Kind) -> Result<u64> {
    let tag = window.at(at, tags::ID3)?;
    if let Some(len) = tags::id3_len(tag).filter(|len| at + len <= end) {
        return Ok(at + len);
    }
    for next in at + 1..end {
        if chain(window, next, end, 2)? == Some(kind) {
            return Ok(next);
        }
    }
    Ok(end)
}
