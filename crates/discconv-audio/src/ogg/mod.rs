//! Ogg with Vorbis: entered at a page, whose granule position says which sample comes.
//!
//! RFC 3533 (Ogg); Vorbis I specification, appendix A for how the two go together.

mod page;
mod setup;
mod stream;

use crate::decoded::Stream;
use crate::decoded::{HINT, MOST, Told, Track, check_shape, doubled, opened};
use crate::pcm::SECTOR;
use crate::window::Window;
use crc_fast::CrcParams;
use discconv_core::{At, Error, Input, Note, Opened, ReadAt, Result};
use page::{Packets, Page};
use std::sync::Arc;
use stream::{Entry, Sound};

pub(crate) const MAGIC: &[u8; 4] = page::MAGIC;
/// Samples between two pages that are remembered.
const APART: i64 = 4096;

/// Beginnings of a first packet that are not Vorbis.
const OTHERS: [(&[u8], &str); 7] = [
    (b"OpusHead", "Opus"),
    (b"\x7FFLAC", "FLAC in Ogg"),
    (b"Speex   ", "Speex"),
    (b"\x80theora", "Theora film"),
    (b"fishead\0", "several streams (Skeleton)"),
    (b"BBCD\0", "Dirac film"),
    (b"\x80kate", "Kate texts"),
];

/// What the pages say.
struct Pages {
    /// The last granule.
    granule: i64,
    /// Where the last whole page ends.
    end: u64,
    /// Was it marked as the last?
    ended: bool,
    entries: Vec<Entry>,
}

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = &input.source;
    let name = source.name().to_owned();
    // CRC of RFC 3533: polynomial 04C11DB7h, nothing reflected, nothing inverted; the last is the CRC of "123456789".
    let crc = CrcParams::new("CRC-32/OGG", 32, 0x04C1_1DB7, 0, false, 0, 0x89A1_897F);
    let (headers, channels, start) = headers(source.as_ref(), &crc)?;
    let pages = pages(source.as_ref(), start)?;
    let mut notes =
        vec![Note::oddity(format!("{name}: Vorbis is lossy: the decoded sound is not the samples that it was made from"))];
    notes.extend(doubled(&name, channels));
    if pages.end < source.len() && pages.ended {
        let (at, more) = (pages.end, source.len() - pages.end);
        notes.push(Note::oddity(format!("{name}: byte {at:#X}: {more} bytes behind the last page are no sound")));
    }
    let mut sound = Sound { source: Arc::clone(source), crc, headers, start, end: pages.end, base: 0, entries: pages.entries };
    let there = measure(&mut sound)?;
    let skip = u64::try_from(-sound.base).unwrap_or(0);
    let told = u64::try_from(pages.granule.saturating_sub(sound.base)).unwrap_or(0);
    let cut = |missing: u64, text: String| Note::damage((missing * 4).div_ceil(SECTOR).max(1), text);
    if there < told {
        let missing = told - there;
        let text = format!(
            "{name}: byte {:#X}: the packets end {missing} samples before the last page says; zeros stand for them",
            sound.end
        );
        notes.push(cut(missing.min(MOST), text));
    } else if !pages.ended {
        let what = if sound.end < source.len() { "no whole page follows" } else { "the file ends" };
        notes.push(cut(
            1,
            format!("{name}: byte {:#X}: {what} before one is marked as the last; what is missing is not known", sound.end),
        ));
    }
    let frames = there.min(told).saturating_sub(skip);
    let promised = told.saturating_sub(skip);
    opened(Track { skip, frames, stream: sound }, Told { notes, md5: None, promised })
}

/// Identification and setup header, the channels, and where the first page with sound is.
fn headers(source: &dyn ReadAt, crc: &CrcParams) -> Result<(Box<[u8]>, u16, u64)> {
    let name = source.name();
    let mut packets = Packets::new(0, source.len());
    packets.cut = true;
    let mut both = Vec::new();
    for (index, what) in [(1_u8, "identification"), (3, "comment"), (5, "setup")] {
        let ended = packets.read(source, crc)?;
        let packet = &packets.packet;
        if index == 1
            && let Some((_, other)) = OTHERS.iter().find(|(sign, _)| packet.starts_with(sign))
        {
            let what = format!("the Ogg file holds {other}; only Vorbis is decoded");
            return Err(Error::unsupported(name, At::Byte(0), what).with_hint(HINT));
        }
        let right = packet.first() == Some(&index) && packet.get(1..7) == Some(b"vorbis");
        let Some(ended) = ended.filter(|_| right) else {
            let wanted = format!("the {what} header of Vorbis");
            return Err(Error::malformed(name, At::Byte(0), "other packets of Ogg", wanted).with_hint(HINT));
        };
        match index {
            1 => {
                let Some(rate) = packet.get(12..16).and_then(|rate| rate.first_chunk()) else {
                    let found = format!("an identification header of {} bytes", packet.len());
                    return Err(Error::malformed(name, At::Byte(0), found, "30 bytes").with_hint(HINT));
                };
                check_shape(name, At::Byte(0), "Vorbis", u32::from_le_bytes(*rate), u16::from(packet[11]))?;
                both.extend_from_slice(packet);
            }
            5 => {
                if !setup::is_bounded(packet) {
                    let found = "code books with millions of numbers, or code words of more than 32 bits".to_owned();
                    let limit = "what encoders write".to_owned();
                    return Err(Error::Limit { file: name.to_owned(), at: At::Byte(ended.page.offset), found, limit });
                }
                both.extend_from_slice(packet);
                if !ended.last_of_page {
                    let found = "sound on the page of the setup header";
                    return Err(Error::malformed(name, At::Byte(ended.page.offset), found, "a new page for it").with_hint(HINT));
                }
                let channels = u16::from(both[11]);
                return Ok((both.into(), channels, ended.page.offset + ended.page.len));
            }
            _ => {}
        }
    }
    Err(Error::malformed(name, At::Byte(0), "other packets of Ogg", "the headers of Vorbis"))
}

/// Go through the headers of all pages from `start` on.
fn pages(source: &dyn ReadAt, start: u64) -> Result<Pages> {
    let name = source.name();
    let mut window = Window::new(source, source.len());
    let mut found = Pages { granule: 0, end: start, ended: false, entries: Vec::new() };
    let mut serial = None;
    let mut begun = start;
    while let Some(page) = Page::parse(window.at(found.end, 27 + 255)?, found.end) {
        if found.ended || serial.is_some_and(|serial| serial != page.serial) || page.first {
            let what = "the Ogg file holds several streams; only one of Vorbis is decoded";
            return Err(Error::unsupported(name, At::Byte(page.offset), what).with_hint(HINT));
        }
        if page.offset + page.len > source.len() {
            break;
        }
        serial = Some(page.serial);
        if page.granule >= 0 {
            // Where the last packet that ends here begins: on this page, unless none but a continued one ends here.
            let feed = if ends_a_fresh_packet(window.at(found.end, 27 + 255)?, page.continued) { page.offset } else { begun };
            let apart = found.entries.last().is_none_or(|entry| page.granule >= entry.granule.saturating_add(APART));
            if page.granule < found.granule {
                let told = format!("a page that ends with sample {}", page.granule);
                let wanted = format!("no less than {}, where the page before ends", found.granule);
                return Err(Error::malformed(name, At::Byte(page.offset), told, wanted).with_hint(HINT));
            }
            if u64::try_from(page.granule).unwrap_or(0) > MOST.saturating_mul(64) {
                let limit = format!("{MOST} samples, the most that a disc holds");
                return Err(Error::Limit {
                    file: name.to_owned(),
                    at: At::Byte(page.offset),
                    found: format!("sample {}", page.granule),
                    limit,
                });
            }
            if apart && !page.last {
                found.entries.push(Entry { feed, page: page.offset, granule: page.granule });
            }
            found.granule = page.granule;
        }
        if page.begins {
            begun = page.offset;
        }
        found.ended = page.last;
        found.end += page.len;
    }
    Ok(found)
}

/// Does a packet end on this page that also began on it?
fn ends_a_fresh_packet(bytes: &[u8], continued: bool) -> bool {
    let table = bytes.get(27..).and_then(|table| table.get(..usize::from(bytes[26]))).unwrap_or_default();
    table.iter().filter(|len| **len < 255).count() > usize::from(continued)
}

/// Find which granule the first sample has, and how many samples the packets hold.
fn measure(sound: &mut Sound) -> Result<u64> {
    let mut cursor = sound.begin(None)?;
    let mut nothing = Vec::new();
    let mut samples = 0;
    while let Some((ended, more)) = sound.step(&mut cursor, &mut nothing)? {
        nothing.clear();
        samples += more;
        if ended.last_of_page {
            // On a page that is also the last, a smaller granule cuts the end, not the beginning.
            if !ended.page.last {
                sound.base = ended.page.granule.saturating_sub(i64::try_from(samples).unwrap_or(i64::MAX));
            }
            break;
        }
    }
    let last = sound.entries.last().map_or(0, |entry| entry.granule.saturating_sub(sound.base));
    let (mut cursor, mut there) = sound.enter(u64::try_from(last).unwrap_or(0), Some(cursor))?;
    while let Some((_, more)) = sound.step(&mut cursor, &mut nothing)? {
        nothing.clear();
        there += more;
    }
    Ok(there)
}
