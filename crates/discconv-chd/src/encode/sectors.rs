//! Hunks of sectors of 2048 bytes: each codec packs the whole hunk.

use super::huff;
use super::packers::{Packers, frame_samples};
use super::{Best, Encoder, Pack};
use crate::codecs::Codec;
use discconv_core::ConversionMode;

/// The longest frame of sound.
const MOST_SAMPLES: u16 = 2048;

pub(super) struct Sectors {
    codecs: Vec<Codec>,
    mode: ConversionMode,
    samples: u16,
    packers: Packers,
}

impl Sectors {
    pub(super) fn new(how: &Encoder, hunk_bytes: usize) -> Sectors {
        let samples = frame_samples(hunk_bytes, MOST_SAMPLES);
        let packers = Packers::new(&how.codecs, how.mode);
        Sectors { codecs: how.codecs.clone(), mode: how.mode, samples, packers }
    }

    fn slot(&self, codec: Codec) -> Option<usize> {
        self.codecs.iter().position(|own| *own == codec)
    }

    fn offer(&mut self, codec: Codec, raw: &[u8], best: &mut Best<'_>) {
        let Some(slot) = self.slot(codec) else { return };
        let Packers { deflate, lzma, zstd, flac, trial, .. } = &mut self.packers;
        trial.clear();
        match (codec, zstd) {
            (Codec::Deflate, _) => deflate.raw(raw, trial),
            (Codec::Lzma, _) => lzma.encode(raw, trial),
            (Codec::Zstd, Some(zstd)) => zstd.encode(raw, trial),
            (Codec::Zstd, None) => return,
            (Codec::Huff, _) => {
                if !huff::encode(raw, best.len().min(raw.len()), trial) {
                    return;
                }
            }
            (Codec::Flac, _) => {
                for (letter, big_endian) in [(b'B', true), (b'L', false)] {
                    trial.clear();
                    trial.push(letter);
                    flac.encode(raw, big_endian, self.samples, trial);
                    best.offer(slot, trial);
                }
                return;
            }
        }
        best.offer(slot, trial);
    }

    /// LZMA, deflate where that may be better; neither for long where there is nothing to pack.
    fn shortcut(&mut self, raw: &[u8], best: &mut Best<'_>) {
        if self.slot(Codec::Zstd).is_some() {
            self.offer(Codec::Zstd, raw, best);
        }
        if self.slot(Codec::Lzma).is_none() {
            return self.offer(Codec::Deflate, raw, best);
        }
        let quick = self.packers.glance(raw);
        if quick < raw.len() {
            self.offer(Codec::Lzma, raw, best);
            if best.len() > quick - quick / CLOSE {
                self.offer(Codec::Deflate, raw, best);
            }
        } else {
            self.offer(Codec::Deflate, raw, best);
            if best.len() < raw.len() {
                self.offer(Codec::Lzma, raw, best);
            }
        }
    }
}

/// Where LZMA does not save this part of what hasty deflate makes, better deflate may be the best.
const CLOSE: usize = 32;

impl Pack for Sectors {
    fn pack(&mut self, _: u64, raw: &[u8], out: &mut Vec<u8>) -> Option<u32> {
        let mut best = Best::new(out);
        if self.mode != ConversionMode::Max && self.codecs.iter().any(|codec| codec.is_general()) {
            self.shortcut(raw, &mut best);
        } else {
            for codec in [Codec::Lzma, Codec::Zstd, Codec::Deflate, Codec::Flac, Codec::Huff] {
                self.offer(codec, raw, &mut best);
            }
        }
        best.slot
    }
}
