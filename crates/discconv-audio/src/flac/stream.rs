//! Frames of FLAC, entered by a search among their headers.

use super::frame::{self, Ending, HEAD, Head, Shape};
use crate::decoded::{HINT, Stream, contained, decode};
use crate::window::Window;
use discconv_core::{At, Error, ReadAt, Result};
use std::sync::Arc;
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoderOptions};
use symphonia::default::codecs::FlacDecoder;

/// Bytes of `STREAMINFO`.
pub(super) const STREAM_INFO: usize = 34;
/// When the search is this near, frames are walked through.
const NEAR: u64 = 64 << 10;
/// Bytes of the CRC-16 at the end of a frame.
const CRC: usize = 2;
/// Bytes that are fetched at once.
const STEP: usize = 32 << 10;

/// The frames of a file.
pub(super) struct Frames {
    pub(super) source: Arc<dyn ReadAt>,
    /// `STREAMINFO` as it stands there.
    pub(super) info: [u8; STREAM_INFO],
    pub(super) shape: Shape,
    /// The most samples of a frame.
    pub(super) longest: u16,
    /// Byte offset of the first frame.
    pub(super) start: u64,
    /// Byte offset behind the last frame, or behind what is with it.
    pub(super) end: u64,
    /// Samples.
    pub(super) total: u64,
}

/// A decoder before the frame at `offset`.
pub(super) struct Cursor {
    decoder: FlacDecoder,
    offset: u64,
    first: u64,
    /// The bytes from `offset` on, as far as they are known.
    bytes: Vec<u8>,
}

impl Frames {
    pub(super) fn cursor(&self, offset: u64, first: u64) -> Result<Cursor> {
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_FLAC).with_extra_data(Box::from(self.info));
        let decoder = contained(|| FlacDecoder::try_new(&params, &AudioDecoderOptions::default())).map_err(|error| {
            Error::malformed(self.name(), At::Byte(8), format!("STREAMINFO that says: {error}"), "one that can be")
        })?;
        Ok(Cursor { decoder, offset, first, bytes: Vec::new() })
    }

    /// The most bytes that a frame may have: twice those of its samples unpacked, the difference of channels having a bit more.
    pub(super) fn most_bytes(&self) -> u64 {
        u64::from(self.longest) * u64::from(self.shape.channels) * 17 / 4 + 1024
    }

    /// More bytes at the cursor; `false` where there are no more.
    fn fetch(&self, cursor: &mut Cursor) -> Result<bool> {
        let (have, most) = (cursor.bytes.len() as u64, self.most_bytes());
        let left = (self.end - cursor.offset).min(most + HEAD as u64).saturating_sub(have);
        let step = usize::try_from(left).unwrap_or(STEP).min(STEP);
        let from = cursor.bytes.len();
        cursor.bytes.resize(from + step, 0);
        self.source.read_exact_at(cursor.offset + have, &mut cursor.bytes[from..])?;
        Ok(step > 0)
    }

    /// The head of the frame at the cursor, and its length.
    fn frame(&self, cursor: &mut Cursor) -> Result<(Head, usize)> {
        while cursor.bytes.len() < HEAD && self.fetch(cursor)? {}
        let head =
            frame::parse(&cursor.bytes, self.shape).filter(|head| head.first == cursor.first && head.samples <= self.longest);
        let Some(head) = head else {
            let wanted = format!("the FLAC frame of sample {}", cursor.first);
            return Err(Error::malformed(self.name(), At::Byte(cursor.offset), "something else", wanted).with_hint(HINT));
        };
        let mut ending = Ending::new(&head);
        loop {
            if let Some(len) = ending.find(&cursor.bytes, &head, self.shape) {
                return Ok((head, len));
            }
            if !self.fetch(cursor)? {
                break;
            }
        }
        let all = cursor.bytes.len();
        if cursor.offset + all as u64 == self.end && head.end() == self.total && ending.is_whole(&cursor.bytes, all) {
            return Ok((head, all));
        }
        let found = format!("a FLAC frame of {} samples that is damaged, or whose successor is missing", head.samples);
        Err(Error::malformed(self.name(), At::Byte(cursor.offset), found, "a frame with the right CRC-16, and the next one")
            .with_hint(HINT))
    }

    /// The length of the frame at `offset`, behind which there may be anything; `None` if it is not whole.
    ///
    /// Only its subframes say where they end: the decoder finds out how many bytes it cannot do without. CRC-16 follows.
    pub(super) fn last_len(&self, offset: u64, head: &Head) -> Result<Option<u64>> {
        let mut cursor = self.cursor(offset, head.first)?;
        while self.fetch(&mut cursor)? {}
        let Cursor { decoder, bytes, .. } = &mut cursor;
        let mut nothing = Vec::new();
        let mut suffices = |len: usize| {
            nothing.clear();
            decode(decoder, &bytes[..len], &mut nothing) == Ok(u64::from(head.samples))
        };
        if !suffices(bytes.len()) {
            return Ok(None);
        }
        let (mut few, mut enough) = (head.len, bytes.len());
        while enough - few > 1 {
            let middle = usize::midpoint(few, enough);
            (few, enough) = if suffices(middle) { (few, middle) } else { (middle, enough) };
        }
        let len = enough + CRC;
        let whole = len <= bytes.len() && Ending::new(head).is_whole(bytes, len);
        Ok(whole.then_some(len as u64))
    }

    fn pass(cursor: &mut Cursor, head: &Head, len: usize) {
        cursor.bytes.drain(..len);
        cursor.offset += len as u64;
        cursor.first = head.end();
    }

    /// The place and the first sample of a frame near and before `position`.
    fn locate(&self, position: u64) -> Result<(u64, u64)> {
        let mut low = (self.start, 0);
        let mut high = self.end;
        let mut window = Window::new(self.source.as_ref(), self.end);
        while high - low.0 > NEAR {
            let middle = low.0 + (high - low.0) / 2;
            match self.first_from(&mut window, middle, high)? {
                Some((at, head)) if head.first <= position && head.first > low.1 => low = (at, head.first),
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// The first header in `from..to`.
    fn first_from(&self, window: &mut Window<'_>, mut from: u64, to: u64) -> Result<Option<(u64, Head)>> {
        const PART: usize = 4096;
        let to = to.min(from + self.most_bytes());
        while from < to {
            let bytes = window.at(from, PART + HEAD)?;
            if let Some((at, head)) = frame::find(bytes, 0, self.shape) {
                let at = from + at as u64;
                return Ok((at < to).then_some((at, head)));
            }
            from += PART as u64;
        }
        Ok(None)
    }
}

impl Stream for Frames {
    type Decoder = Cursor;

    fn name(&self) -> &str {
        self.source.name()
    }

    fn enter(&self, position: u64, used: Option<Cursor>) -> Result<(Cursor, u64)> {
        let (offset, first) = self.locate(position)?;
        let mut cursor = match used {
            Some(used) => Cursor { offset, first, bytes: Vec::new(), ..used },
            None => self.cursor(offset, first)?,
        };
        loop {
            let (head, len) = self.frame(&mut cursor)?;
            if head.end() > position {
                return Ok((cursor, head.first));
            }
            Frames::pass(&mut cursor, &head, len);
        }
    }

    fn next(&self, cursor: &mut Cursor, out: &mut Vec<u8>) -> Result<()> {
        let (head, len) = self.frame(cursor)?;
        let decoded = decode(&mut cursor.decoder, &cursor.bytes[..len], out);
        match decoded {
            Ok(samples) if samples == u64::from(head.samples) => {
                Frames::pass(cursor, &head, len);
                Ok(())
            }
            decoded => {
                let what = decoded.map_or_else(|error| error, |samples| format!("{samples} samples"));
                let found = format!("a FLAC frame of {} samples that cannot be decoded ({what})", head.samples);
                Err(Error::malformed(self.name(), At::Byte(cursor.offset), found, "a whole frame").with_hint(HINT))
            }
        }
    }
}
