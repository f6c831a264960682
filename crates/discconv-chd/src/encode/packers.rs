//! One of each codec that a file uses, with their room.

use crate::codecs::Codec;
use discconv_codec::deflate::Deflater;
use discconv_codec::{Level, flac, lzma, zstd};
use discconv_core::ConversionMode;

/// Encoders of one worker; those that the file does not use are not there.
pub(super) struct Packers {
    /// Packs subchannel too.
    pub(super) deflate: Deflater,
    /// Says in no time whether there is anything to pack.
    probe: Deflater,
    pub(super) lzma: lzma::Encoder,
    pub(super) zstd: Option<zstd::Encoder>,
    pub(super) flac: flac::Encoder,
    /// What the last of them made; for callers too.
    pub(super) trial: Vec<u8>,
}

impl Packers {
    pub(super) fn new(codecs: &[Codec], mode: ConversionMode) -> Packers {
        let level = level(mode);
        Packers {
            deflate: Deflater::new(level),
            probe: Deflater::new(Level::Fast),
            lzma: lzma::Encoder::new(level),
            zstd: codecs.contains(&Codec::Zstd).then(|| zstd::Encoder::new(level)),
            flac: flac::Encoder::new(level),
            trial: Vec::new(),
        }
    }

    /// About how many bytes are left of so many if they are packed in haste.
    pub(super) fn glance(&mut self, bytes: &[u8]) -> usize {
        self.trial.clear();
        self.probe.raw(bytes, &mut self.trial);
        self.trial.len()
    }
}

fn level(mode: ConversionMode) -> Level {
    match mode {
        ConversionMode::Fast => Level::Fast,
        ConversionMode::Normal => Level::Normal,
        ConversionMode::Max => Level::Max,
    }
}

/// Samples of a frame: a quarter of the bytes, halved until it is no more than `most`, as other programs do it.
pub(super) fn frame_samples(bytes: usize, most: u16) -> u16 {
    let mut samples = bytes / 4;
    while samples > usize::from(most) {
        samples /= 2;
    }
    u16::try_from(samples).unwrap_or(most).max(1)
}
