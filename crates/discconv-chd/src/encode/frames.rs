//! Hunks of CD frames: sectors without what can be made again, and subchannel, packed by themselves.
//!
//! | Part | Bytes |
//! |---|---|
//! | which frames lack sync and parity | a bit each, the lowest of a byte first |
//! | length of the packed sectors | 2, or 3 if the hunk has 65536 bytes or more |
//! | packed sectors | frames x 2352 bytes |
//! | packed subchannel | frames x 96 bytes |
//!
//! FLAC has neither the bits nor the length: its frames tell themselves where they end.

use super::packers::{Packers, frame_samples};
use super::{Best, Encoder, Pack, is_zero};
use crate::codecs::Codec;
use crate::header::FRAME;
use discconv_core::ConversionMode;
use discconv_sector::{RAW, SUB, SYNC, ecc, has_sync};
use std::ops::Range;

/// The longest frame of sound.
const MOST_SAMPLES: u16 = 2352;
/// Where parity begins.
const PARITY: usize = RAW - ecc::LEN;
/// Bytes of a sector that are made again.
const MADE_AGAIN: usize = SYNC.len() + ecc::LEN;
/// Bytes of a frame.
const FRAME_BYTES: usize = FRAME as usize;

pub(super) struct Frames {
    codecs: Vec<Codec>,
    mode: ConversionMode,
    audio: Vec<Range<u64>>,
    hunk_bytes: usize,
    samples: u16,
    packers: Packers,
    split: Split,
    sub: SubPacked,
}

/// A hunk taken apart.
#[derive(Default)]
struct Split {
    /// A bit for each frame.
    bits: Vec<u8>,
    sectors: Vec<u8>,
    subcode: Vec<u8>,
    /// Bytes of sectors that are not made again.
    payload: usize,
    /// Does any frame look like data?
    has_sync: bool,
}

/// Packed subchannel of the hunk, made when it is needed.
#[derive(Default)]
struct SubPacked {
    deflate: Vec<u8>,
    zstd: Vec<u8>,
    /// Of zeros, the usual.
    zero_deflate: Vec<u8>,
    zero_zstd: Vec<u8>,
}

impl Frames {
    pub(super) fn new(how: &Encoder, hunk_bytes: usize) -> Frames {
        let samples = frame_samples(hunk_bytes / FRAME_BYTES * RAW, MOST_SAMPLES);
        let packers = Packers::new(&how.codecs, how.mode);
        let (split, sub) = (Split::default(), SubPacked::default());
        Frames { codecs: how.codecs.clone(), mode: how.mode, audio: how.audio.clone(), hunk_bytes, samples, packers, split, sub }
    }

    fn slot(&self, codec: Codec) -> Option<usize> {
        self.codecs.iter().position(|own| *own == codec)
    }

    /// Are all frames of the hunk samples?
    fn is_sound(&self, index: u64) -> bool {
        let frames = (self.hunk_bytes / FRAME_BYTES) as u64;
        let (start, end) = (index * frames, (index + 1) * frames);
        // The zeros between tracks are of any sort.
        let last = self.audio.partition_point(|range| range.start <= start).checked_sub(1);
        !self.split.has_sync && last.is_some_and(|last| self.audio[last].end >= end)
    }

    fn offer(&mut self, codec: Codec, best: &mut Best<'_>) {
        let Some(slot) = self.slot(codec) else { return };
        let Packers { deflate, lzma, zstd, trial, .. } = &mut self.packers;
        let length_bytes = if self.hunk_bytes < 1 << 16 { 2 } else { 3 };
        trial.clear();
        trial.extend_from_slice(&self.split.bits);
        let length_at = trial.len();
        trial.resize(length_at + length_bytes, 0);
        let from = trial.len();
        match (codec, zstd) {
            (Codec::Deflate, _) => deflate.raw(&self.split.sectors, trial),
            (Codec::Lzma, _) => lzma.encode(&self.split.sectors, trial),
            (Codec::Zstd, Some(zstd)) => zstd.encode(&self.split.sectors, trial),
            _ => return,
        }
        let length = (trial.len() - from).to_be_bytes();
        let (high, low) = length.split_at(length.len() - length_bytes);
        // A longer one is no use.
        if high.iter().any(|byte| *byte != 0) {
            return;
        }
        trial[length_at..from].copy_from_slice(low);
        trial.extend_from_slice(if codec == Codec::Zstd { &self.sub.zstd } else { &self.sub.deflate });
        best.offer(slot, trial);
    }

    /// Sectors as they are, also those that look like data.
    fn offer_sound(&mut self, raw: &[u8], best: &mut Best<'_>) {
        let Some(slot) = self.slot(Codec::Flac) else { return };
        let Packers { flac, trial, .. } = &mut self.packers;
        trial.clear();
        if self.split.bits.iter().all(|bits| *bits == 0) {
            flac.encode(&self.split.sectors, true, self.samples, trial);
        } else {
            let whole: Vec<u8> = raw.chunks_exact(FRAME_BYTES).flat_map(|frame| &frame[..RAW]).copied().collect();
            flac.encode(&whole, true, self.samples, trial);
        }
        trial.extend_from_slice(&self.sub.deflate);
        best.offer(slot, trial);
    }

    /// As [`super::sectors`] does it; sound is tried where there is sound.
    fn shortcut(&mut self, index: u64, raw: &[u8], best: &mut Best<'_>) {
        let general = self.codecs.iter().any(|codec| codec.is_general());
        let sound = self.is_sound(index);
        if sound || !general {
            self.offer_sound(raw, best);
            // Sound that is hardly packed is noise or none; what packs as well as that has repeats in it.
            let of = self.split.sectors.len();
            if !general || (of / 8..of - of / 33).contains(&best.len()) {
                return;
            }
        }
        self.offer(Codec::Zstd, best);
        if self.slot(Codec::Lzma).is_none() {
            return self.offer(Codec::Deflate, best);
        }
        let (quick, payload) = (self.packers.glance(&self.split.sectors), self.split.payload);
        if quick < payload - payload / INCOMPRESSIBLE {
            self.offer(Codec::Lzma, best);
            if best.len() > quick - quick / CLOSE {
                self.offer(Codec::Deflate, best);
            }
        } else {
            self.offer(Codec::Deflate, best);
            if best.slot.is_none() || best.len() < payload - payload / INCOMPRESSIBLE {
                self.offer(Codec::Lzma, best);
            }
        }
        if !sound && !self.split.has_sync && best.len() > payload - payload / CLOSE {
            self.offer_sound(raw, best);
        }
    }
}

/// Where less than this part is saved there is nothing to pack.
const INCOMPRESSIBLE: usize = 128;
/// Where LZMA does not save this part of what hasty deflate makes, better deflate may be the best.
const CLOSE: usize = 32;

impl Pack for Frames {
    fn pack(&mut self, index: u64, raw: &[u8], out: &mut Vec<u8>) -> Option<u32> {
        self.split.take(raw);
        self.sub.take(&self.split.subcode, &mut self.packers);
        let mut best = Best::new(out);
        if self.mode == ConversionMode::Max {
            for codec in [Codec::Lzma, Codec::Zstd, Codec::Deflate] {
                self.offer(codec, &mut best);
            }
            self.offer_sound(raw, &mut best);
        } else {
            self.shortcut(index, raw, &mut best);
        }
        best.slot
    }
}

impl Split {
    fn take(&mut self, raw: &[u8]) {
        let (frames, _) = raw.as_chunks::<FRAME_BYTES>();
        self.bits.clear();
        self.bits.resize(frames.len().div_ceil(8), 0);
        self.sectors.clear();
        self.subcode.clear();
        (self.payload, self.has_sync) = (0, false);
        for (number, frame) in frames.iter().enumerate() {
            let (sector, subcode) = frame.split_at(RAW);
            self.subcode.extend_from_slice(subcode);
            self.sectors.extend_from_slice(sector);
            self.payload += RAW;
            if !has_sync(sector) {
                continue;
            }
            self.has_sync = true;
            let at = self.sectors.len() - RAW;
            if let Some(sector) = self.sectors[at..].first_chunk_mut::<RAW>()
                && has_parity(sector)
            {
                sector[..SYNC.len()].fill(0);
                sector[PARITY..].fill(0);
                self.bits[number / 8] |= 1 << (number % 8);
                self.payload -= MADE_AGAIN;
            }
        }
    }
}

/// Would the reader make the same parity, which goes by the mode byte alone?
fn has_parity(sector: &[u8; RAW]) -> bool {
    if sector[15] == 2 { ecc::holds_form1(sector) } else { ecc::holds_mode1(sector) }
}

impl SubPacked {
    fn take(&mut self, subcode: &[u8], packers: &mut Packers) {
        let zero = is_zero(subcode);
        if zero && !self.zero_deflate.is_empty() {
            self.deflate.clone_from(&self.zero_deflate);
            self.zstd.clone_from(&self.zero_zstd);
            return;
        }
        self.deflate.clear();
        packers.deflate.raw(subcode, &mut self.deflate);
        self.zstd.clear();
        if let Some(zstd) = &mut packers.zstd {
            zstd.encode(subcode, &mut self.zstd);
        }
        if zero {
            self.zero_deflate.clone_from(&self.deflate);
            self.zero_zstd.clone_from(&self.zstd);
        }
    }
}

const _: () = assert!(FRAME_BYTES == RAW + SUB);
