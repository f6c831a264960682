//! MP3: MPEG-1 layer III, entered at any frame.
//!
//! A frame's sound depends on the bits that frames before it left over (at most 511 bytes), on the half window of the
//! granule before, and on 15 steps of the filter bank: so a decoder that began a few frames earlier gives the same
//! samples as one that began with the file.

mod header;
mod scan;

use crate::decoded::{HINT, MOST, Stream, Told, Track, contained, decode, doubled, opened};
use crate::pcm::SECTOR;
use crate::tags;
use discconv_core::{At, Error, Input, Note, Opened, Peek, ReadAt, Result, Score};
use scan::{LONGEST, SAMPLES, Scan};
use std::sync::Arc;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoderOptions};
use symphonia::default::codecs::MpaDecoder;

/// Samples by which a decoder is late: what it gives first is nobody's sound. LAME's delay comes on top.
const DECODER_DELAY: u64 = 529;
/// Bytes of main data that frames before an entry must hold: those that can be left over, once for the first frame that
/// is whole, and once more since the first ones may not be decoded at all.
const RESERVOIR: u64 = 2 * 511;
/// Frames before an entry on top of that: for the half window and the filter bank.
const SETTLE: usize = 2;

/// Frames entered by their number.
struct Frames {
    source: Arc<dyn ReadAt>,
    scan: Scan,
}

/// A decoder before frame `next`.
struct Cursor {
    decoder: MpaDecoder,
    next: usize,
    bytes: Vec<u8>,
}

impl Frames {
    /// Bytes of frame `index`.
    fn load(&self, index: usize, bytes: &mut Vec<u8>) -> Result<u64> {
        let Some(offset) = self.scan.offsets.get(index).copied() else {
            let found = format!("the end of the sound after {} frames", self.scan.offsets.len());
            return Err(Error::malformed(self.name(), At::Byte(self.scan.end), found, "one more"));
        };
        let most = LONGEST.min(self.scan.end - offset);
        bytes.resize(usize::try_from(most).unwrap_or(0), 0);
        self.source.read_exact_at(offset, bytes)?;
        let len = header::parse(bytes).and_then(|header| usize::try_from(header.len?).ok());
        bytes.truncate(len.unwrap_or(0));
        Ok(offset)
    }

    /// The frame with which a decoder must begin so that frame `index` comes out right.
    fn before(&self, index: usize) -> usize {
        let offsets = &self.scan.offsets;
        let side = if self.scan.kind.channels == 1 { 23 } else { 38 };
        let mut main = 0;
        let mut at = index;
        while at > 0 && main < RESERVOIR {
            main += (offsets[at] - offsets[at - 1]).min(LONGEST).saturating_sub(side);
            at -= 1;
        }
        at.saturating_sub(SETTLE)
    }
}

impl Stream for Frames {
    type Decoder = Cursor;

    fn name(&self) -> &str {
        self.source.name()
    }

    fn enter(&self, position: u64, _: Option<Cursor>) -> Result<(Cursor, u64)> {
        let last = self.scan.offsets.len().saturating_sub(1);
        let index = usize::try_from(position / SAMPLES).unwrap_or(last).min(last);
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_MP3);
        let decoder = contained(|| MpaDecoder::try_new(&params, &AudioDecoderOptions::default()))
            .map_err(|error| Error::unsupported(self.name(), At::Whole, format!("MP3 cannot be decoded: {error}")))?;
        let mut cursor = Cursor { decoder, next: self.before(index), bytes: Vec::new() };
        let mut nothing = Vec::new();
        while cursor.next < index {
            self.load(cursor.next, &mut cursor.bytes)?;
            // Frames that lean on earlier ones fail here; those that matter do so again in their own turn.
            let _ = decode(&mut cursor.decoder, &cursor.bytes, &mut nothing);
            nothing.clear();
            cursor.next += 1;
        }
        Ok((cursor, index as u64 * SAMPLES))
    }

    fn next(&self, cursor: &mut Cursor, out: &mut Vec<u8>) -> Result<()> {
        let offset = self.load(cursor.next, &mut cursor.bytes)?;
        let what = match decode(&mut cursor.decoder, &cursor.bytes, out) {
            Ok(SAMPLES) => {
                cursor.next += 1;
                return Ok(());
            }
            Ok(samples) => format!("{samples} samples"),
            Err(error) => error,
        };
        let found = format!("an MP3 frame that cannot be decoded ({what})");
        Err(Error::malformed(self.name(), At::Byte(offset), found, "a frame of 1152 samples").with_hint(HINT))
    }
}

/// Frames of MPEG sound are a weak sign, since raw sound may look like them: so the file must be called so, or begin
/// with a tag of such files.
pub(crate) fn probe(peek: &Peek<'_>) -> Score {
    let tagged = tags::id3_len(peek.head).is_some();
    let named = matches!(peek.extension, "mp3" | "mp2" | "mpa");
    if !tagged && !named {
        return Score::NO;
    }
    let Ok(start) = tags::behind_id3(peek.source) else { return Score::NO };
    if matches!(tags::bytes_at::<4>(peek.source, start), Ok(Some(magic)) if &magic == crate::flac::MAGIC) {
        return Score::NO;
    }
    let reach = if named { 4096 } else { 1024 };
    match scan::first(peek.source, start, reach) {
        Ok(Some(_)) if tagged => Score::CERTAIN,
        Ok(Some(_)) => Score::LIKELY,
        // A tag without sound: opening says what is missing.
        _ if tagged => Score::LIKELY,
        _ => Score::NO,
    }
}

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = Arc::clone(&input.source);
    let scan = scan::scan(source.as_ref())?;
    let name = source.name().to_owned();
    let mut notes =
        vec![Note::oddity(format!("{name}: MP3 is lossy: the decoded sound is not the samples that it was made from"))];
    notes.extend(doubled(&name, scan.kind.channels));
    notes.extend(scan.junk.map(|(at, bytes)| {
        Note::oddity(format!("{name}: byte {at:#X}: {bytes} bytes between frames are no sound; they are passed over"))
    }));
    let there = scan.offsets.len() as u64 * SAMPLES;
    let promised = promised(&name, &scan, &mut notes).unwrap_or(there);
    let (skip, behind) = gaps(&name, &scan, promised, &mut notes);
    let track = Track { skip, frames: there.min(promised - behind).saturating_sub(skip), stream: Frames { source, scan } };
    opened(track, Told { notes, md5: None, promised: promised - behind - skip })
}

/// The samples to leave out at the start and at the end, as the encoder says.
fn gaps(name: &str, scan: &Scan, samples: u64, notes: &mut Vec<Note>) -> (u64, u64) {
    let mut say = |text: String| notes.push(Note::oddity(format!("{name}: {text}")));
    match scan.told.and_then(|told| told.gaps) {
        Some((before, behind)) if before + DECODER_DELAY + behind.saturating_sub(DECODER_DELAY) < samples => {
            (before + DECODER_DELAY, behind.saturating_sub(DECODER_DELAY))
        }
        Some((before, behind)) => {
            say(format!(
                "the encoder says that it added {before} and {behind} samples to {samples}; that cannot be, and they stay"
            ));
            (0, 0)
        }
        None => {
            say("the encoder does not say what silence it added; it stays, so that the track is a little longer than the original".to_owned());
            (0, 0)
        }
    }
}

/// The samples that the first frame promises, where the file is cut. It lies often, so it counts only then.
fn promised(name: &str, scan: &Scan, notes: &mut Vec<Note>) -> Option<u64> {
    let there = scan.offsets.len() as u64;
    let told = scan.told.and_then(|told| told.frames);
    let cut = |missing: u64, text: String| Note::damage((missing * SAMPLES * 4).div_ceil(SECTOR), text);
    match (told, scan.cut) {
        (Some(told), Some(at)) if told > there && told <= MOST / SAMPLES => {
            let missing = told - there;
            let text = format!(
                "{name}: byte {at:#X}: the file ends within a frame, {missing} frames before the {told} that it promises; silence stands for them"
            );
            notes.push(cut(missing, text));
            return Some(told * SAMPLES);
        }
        (_, Some(at)) => {
            notes.push(cut(1, format!("{name}: byte {at:#X}: the file ends within this frame, which does not count")))
        }
        (Some(told), None) if told != there => {
            notes.push(Note::oddity(format!("{name}: the first frame counts {told} frames, there are {there}; they count")));
        }
        _ => {}
    }
    None
}
