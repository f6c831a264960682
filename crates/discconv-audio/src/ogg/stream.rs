//! Packets of Vorbis, entered at a page.

use super::page::{Ended, Packets};
use crate::decoded::{HINT, Stream, contained, decode};
use crc_fast::CrcParams;
use discconv_core::{At, Error, ReadAt, Result};
use std::sync::Arc;
use symphonia::core::codecs::audio::well_known::CODEC_ID_VORBIS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::default::codecs::VorbisDecoder;

/// A page from which on samples can be had.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Where to begin reading: the page on which the last packet that ends on `page` begins.
    pub(super) feed: u64,
    /// Where that packet ends.
    pub(super) page: u64,
    /// Samples of the stream that are complete with it.
    pub(super) granule: i64,
}

/// The packets of a file.
pub(super) struct Sound {
    pub(super) source: Arc<dyn ReadAt>,
    pub(super) crc: CrcParams,
    /// Identification and setup header.
    pub(super) headers: Box<[u8]>,
    /// The first page with sound.
    pub(super) start: u64,
    pub(super) end: u64,
    /// Granule of the first sample that is decoded; below 0 if the first ones do not count.
    pub(super) base: i64,
    /// Ascending.
    pub(super) entries: Vec<Entry>,
}

/// A decoder before a packet.
pub(super) struct Cursor {
    decoder: VorbisDecoder,
    packets: Packets,
    /// Samples of the stream before the next ones.
    done: u64,
}

impl Sound {
    fn decoder(&self) -> Result<VorbisDecoder> {
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_VORBIS).with_extra_data(self.headers.clone());
        contained(|| VorbisDecoder::try_new(&params, &AudioDecoderOptions::default())).map_err(|error| {
            let found = format!("headers of Vorbis that cannot be used ({error})");
            Error::malformed(self.name(), At::Byte(0), found, "identification, comment and setup").with_hint(HINT)
        })
    }

    /// Before the first packet.
    pub(super) fn begin(&self, used: Option<Cursor>) -> Result<Cursor> {
        let mut decoder = match used {
            Some(used) => used.decoder,
            None => self.decoder()?,
        };
        decoder.reset();
        Ok(Cursor { decoder, packets: Packets::new(self.start, self.end), done: 0 })
    }

    /// Samples of the stream at a granule.
    fn position(&self, granule: i64) -> Option<u64> {
        u64::try_from(granule.checked_sub(self.base)?).ok()
    }

    /// Decode a packet; `None` behind the last.
    pub(super) fn step(&self, cursor: &mut Cursor, out: &mut Vec<u8>) -> Result<Option<(Ended, u64)>> {
        let Some(ended) = cursor.packets.read(self.source.as_ref(), &self.crc)? else { return Ok(None) };
        let samples = decode(&mut cursor.decoder, &cursor.packets.packet, out).map_err(|error| {
            let found = format!("a packet of Vorbis that cannot be decoded ({error})");
            Error::malformed(self.name(), At::Byte(ended.page.offset), found, "a packet of sound").with_hint(HINT)
        })?;
        cursor.done += samples;
        Ok(Some((ended, samples)))
    }

    /// Samples do not only come out, they are also those that the page speaks of.
    fn check(&self, ended: &Ended, done: u64) -> Result<()> {
        let told = self.position(ended.page.granule);
        if !ended.last_of_page || ended.page.last || told == Some(done) {
            return Ok(());
        }
        let found = format!("a page that ends with sample {}", ended.page.granule);
        let wanted = format!("sample {}, by the packets before", i128::from(done) + i128::from(self.base));
        Err(Error::malformed(self.name(), At::Byte(ended.page.offset), found, wanted).with_hint(HINT))
    }
}

impl Stream for Sound {
    type Decoder = Cursor;

    fn name(&self) -> &str {
        self.source.name()
    }

    fn enter(&self, position: u64, used: Option<Cursor>) -> Result<(Cursor, u64)> {
        let mut cursor = self.begin(used)?;
        let behind = self.entries.partition_point(|entry| self.position(entry.granule).is_some_and(|first| first <= position));
        let Some(entry) = behind.checked_sub(1).and_then(|index| self.entries.get(index)) else { return Ok((cursor, 0)) };
        cursor.packets = Packets::new(entry.feed, self.end);
        let mut nothing = Vec::new();
        // Each packet is complete by itself, and the next one needs half of it: so the last one of the page matters only.
        while let Some(ended) = cursor.packets.read(self.source.as_ref(), &self.crc)? {
            let last = ended.page.offset == entry.page && ended.last_of_page;
            let decoded = decode(&mut cursor.decoder, &cursor.packets.packet, &mut nothing);
            nothing.clear();
            if last {
                if let Err(error) = decoded {
                    let found = format!("a packet of Vorbis that cannot be decoded ({error})");
                    return Err(Error::malformed(self.name(), At::Byte(entry.page), found, "a packet of sound").with_hint(HINT));
                }
                break;
            }
        }
        cursor.done = self.position(entry.granule).unwrap_or(0);
        let done = cursor.done;
        Ok((cursor, done))
    }

    fn next(&self, cursor: &mut Cursor, out: &mut Vec<u8>) -> Result<()> {
        let Some((ended, _)) = self.step(cursor, out)? else {
            let found = format!("the end of the sound after {} samples", cursor.done);
            return Err(Error::malformed(self.name(), At::Byte(self.end), found, "another page").with_hint(HINT));
        };
        self.check(&ended, cursor.done)
    }
}
