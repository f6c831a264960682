//! Coded sound as plain samples that are read by position.
//!
//! A [`Stream`] can be entered before any sample: it goes back as far as its decoder remembers, so that what comes out
//! is what decoding from the start would give. Blocks of 16 sectors are decoded from there on. A worker that asks for
//! the next block goes on where its decoder stands, so that reading in order decodes nothing twice; whoever jumps pays
//! for the entry only.

use crate::pcm::{LONGEST, uneven};
use discconv_core::{
    At, BlockDecode, BlockGeometry, Blocks, CheckAlgorithm, Error, Note, Opened, Padded, Promise, ReadAt, Result,
};
use discconv_sector::RAW;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use symphonia::core::audio::{Audio, GenericAudioBufferRef};
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

/// Bytes of one sample of both channels.
pub(crate) const FRAME: u64 = 4;
/// Bytes of a block. A second of sound is 75 sectors; a jump costs one block and the entry.
const BLOCK: u32 = 16 * 2352;
const _: () = assert!(BLOCK as usize == 16 * RAW);
/// Samples that a decoder is run forward rather than started anew.
const RUN: u64 = 4 * 9408;
/// What to do about sound that cannot be had.
pub(crate) const HINT: &str =
    "decode it with another program, e.g. `sox in -r 44100 -b 16 -c 2 out.wav`, and name that file in the sheet";

/// The most samples that a disc holds.
pub(crate) const MOST: u64 = LONGEST / FRAME;

/// Coded sound that can be entered anywhere. Positions count samples of both channels.
pub(crate) trait Stream: Send + Sync {
    /// A decoder and where it stands.
    type Decoder: Send;

    /// What the person calls the file.
    fn name(&self) -> &str;

    /// A decoder whose next samples begin at or before `position`, and where they begin. `used` may be used again.
    fn enter(&self, position: u64, used: Option<Self::Decoder>) -> Result<(Self::Decoder, u64)>;

    /// Decode the next packet to the end of `out`; an error where there is none.
    fn next(&self, decoder: &mut Self::Decoder, out: &mut Vec<u8>) -> Result<()>;
}

/// The part of a stream that is the track.
pub(crate) struct Track<S> {
    pub(crate) stream: S,
    /// Samples of the stream before the first of the track: what an encoder puts in front.
    pub(crate) skip: u64,
    /// Samples of the track.
    pub(crate) frames: u64,
}

/// A decoder, and what it gave last.
pub(crate) struct Standing<D> {
    decoder: D,
    /// Byte position in the stream of the first byte of `pcm`.
    start: u64,
    pcm: Vec<u8>,
}

impl<D> Standing<D> {
    fn end(&self) -> u64 {
        self.start + self.pcm.len() as u64
    }
}

impl<S: Stream> Track<S> {
    fn stand(&self, from: u64, scratch: &mut Option<Standing<S::Decoder>>) -> Result<Standing<S::Decoder>> {
        match scratch.take() {
            Some(standing) if standing.start <= from && from <= standing.end() + RUN * FRAME => Ok(standing),
            used => {
                let (decoder, position) = self.stream.enter(from / FRAME, used.map(|standing| standing.decoder))?;
                Ok(Standing { decoder, start: position * FRAME, pcm: Vec::new() })
            }
        }
    }
}

impl<S: Stream> BlockDecode for Track<S> {
    type Scratch = Option<Standing<S::Decoder>>;

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: self.frames * FRAME, block_bytes: BLOCK }
    }

    fn decode(&self, index: u64, scratch: &mut Self::Scratch, out: &mut [u8]) -> Result<()> {
        let from = self.skip * FRAME + index * u64::from(BLOCK);
        let mut standing = self.stand(from, scratch)?;
        let mut done = 0;
        while done < out.len() {
            let at = from + done as u64;
            let held = at.checked_sub(standing.start).and_then(|skip| standing.pcm.get(usize::try_from(skip).ok()?..));
            if let Some(held) = held.filter(|held| !held.is_empty()) {
                let take = held.len().min(out.len() - done);
                out[done..done + take].copy_from_slice(&held[..take]);
                done += take;
            } else {
                standing.start = standing.end();
                standing.pcm.clear();
                self.stream.next(&mut standing.decoder, &mut standing.pcm)?;
            }
        }
        // A sheet may have 99 tracks: none keeps a decoder for longer than it is read.
        let last = (index + 1) * u64::from(BLOCK) >= self.frames * FRAME;
        *scratch = (!last).then_some(standing);
        Ok(())
    }

    fn name(&self) -> &str {
        self.stream.name()
    }
}

/// What an opened track is told with.
pub(crate) struct Told {
    pub(crate) notes: Vec<Note>,
    /// MD5 of all samples.
    pub(crate) md5: Option<[u8; 16]>,
    /// Samples that the file promises; zeros stand for what is missing.
    pub(crate) promised: u64,
}

/// The track as a wrapper's content.
///
/// # Errors
/// [`Error::Malformed`] if there is no sample, [`Error::Limit`] if there are more than a disc holds.
pub(crate) fn opened<S: Stream + 'static>(track: Track<S>, told: Told) -> Result<Opened> {
    let name = track.name().to_owned();
    if track.frames == 0 {
        return Err(Error::malformed(&name, At::Whole, "no samples", "at least one sample of sound"));
    }
    let frames = track.frames.max(told.promised);
    if frames > MOST {
        return Err(Error::Limit {
            file: name,
            at: At::Whole,
            found: format!("{frames} samples"),
            limit: format!("{MOST} samples, the most that a disc holds"),
        });
    }
    let mut notes = told.notes;
    notes.extend(uneven(&name, frames * FRAME));
    let whole: Arc<dyn ReadAt> = Arc::new(Blocks::new(track)?);
    let range = 0..whole.len();
    let promise = |md5: [u8; 16]| Promise { source: whole.clone(), range, algorithm: CheckAlgorithm::Md5, value: md5.to_vec() };
    let checks = told.md5.map(promise).into_iter().collect();
    let source: Arc<dyn ReadAt> = match frames * FRAME {
        len if len > whole.len() => Arc::new(Padded::new(whole, len)),
        _ => whole,
    };
    Ok(Opened::Bytes { source, checks, notes })
}

/// Refuse what would have to be resampled or mixed.
///
/// # Errors
/// [`Error::Unsupported`] naming what was found.
pub(crate) fn check_shape(file: &str, at: At, coding: &str, rate: u32, channels: u16) -> Result<()> {
    if rate == 44_100 && (1..=2).contains(&channels) {
        return Ok(());
    }
    let channels = match channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    };
    let what = format!("the sound is {coding} of {rate} Hz, {channels}; a disc takes 44100 Hz, stereo (mono is doubled)");
    Err(Error::unsupported(file, at, what).with_hint(HINT))
}

/// The note on mono sound.
pub(crate) fn doubled(name: &str, channels: u16) -> Option<Note> {
    (channels == 1).then(|| Note::oddity(format!("{name}: the sound is mono; both channels get it")))
}

/// What `work` gives, or why it does not.
///
/// Decoders are foreign code that meets hostile bytes. Where one panics all the same, the file is at fault, and the
/// decoder is thrown away with its error.
pub(crate) fn contained<T>(work: impl FnOnce() -> symphonia::core::errors::Result<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the decoder gave up".to_owned()),
    }
}

/// Decode one packet to the end of `out`; gives its samples.
pub(crate) fn decode(decoder: &mut dyn AudioDecoder, packet: &[u8], out: &mut Vec<u8>) -> Result<u64, String> {
    let packet = PacketRef::new(0, Timestamp::ZERO, Duration::ZERO, packet);
    let before = out.len();
    let decoded = contained(|| decoder.decode_ref(&packet))?;
    match decoded {
        GenericAudioBufferRef::F32(buffer) => append(buffer, out, rounded),
        GenericAudioBufferRef::S32(buffer) => append(buffer, out, upper),
        _ => return Err("samples of another kind".to_owned()),
    }
    Ok((out.len() - before) as u64 / FRAME)
}

fn append<T: Copy + symphonia::core::audio::sample::Sample>(
    buffer: &symphonia::core::audio::AudioBuffer<T>,
    out: &mut Vec<u8>,
    sample: impl Fn(T) -> i16,
) {
    let Some(left) = buffer.plane(0) else { return };
    let right = buffer.plane(1).unwrap_or(left);
    out.reserve(left.len() * 4);
    for (left, right) in left.iter().zip(right) {
        out.extend(sample(*left).to_le_bytes());
        out.extend(sample(*right).to_le_bytes());
    }
}

/// Full scale is 1; what is louder is cut.
fn rounded(sample: f32) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, as it should")]
    let whole = (sample * 32_768.0).round_ties_even() as i16;
    whole
}

/// 16-bit samples come in the upper half.
fn upper(sample: i32) -> i16 {
    (sample >> 16) as i16
}
