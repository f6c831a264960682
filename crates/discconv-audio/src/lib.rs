//! Sound files behind a cue sheet: RIFF/WAVE and AIFF, taken off like any other wrapper.
//!
//! A track's samples lie in one chunk of such a file, in the order in which a disc wants them; all that is needed is to
//! find that chunk. So the content handed on is a part of the file itself (WAVE, AIFF-C `sowt`), or that part with the
//! bytes of each sample exchanged (AIFF). Nothing is decoded or resampled: sound that is not 44.1 kHz, 16 bit, stereo is
//! refused by name.
//!
//! | WAVE (little-endian) | AIFF (big-endian) | what it is |
//! |---|---|---|
//! | `RIFF` u32 `WAVE`; `RF64`, `BW64` | `FORM` u32 `AIFF` or `AIFC` | magic, length of the rest, kind |
//! | `ds64`: u64 file, u64 data, u64 samples, table | | lengths of RF64 that do not fit 32 bits |
//! | `fmt `: tag, channels, rate, bytes/s, frame, bits | `COMM`: channels, frames, bits, 80-bit rate, coding | the shape |
//! | `data`: the samples | `SSND`: u32 offset, u32 block, the samples | the sound |
//!
//! Every chunk is an id of four bytes, a length of four bytes, and that many bytes; an odd length is followed by one
//! byte that does not count.
//!
//! Tolerated with a note: a length that nobody filled in (0 or FFFFFFFFh, or beyond any disc: a program that wrote to a
//! pipe), samples that end within a sector. A file that ends before its samples do is damage; what is missing is zeros.
//!
//! Sources: Microsoft/IBM *Multimedia Programming Interface and Data Specifications 1.0* (RIFF, WAVE); Microsoft
//! `WAVEFORMATEXTENSIBLE`; EBU Tech 3306 v1.1 (RF64) and ITU-R BS.2088 (BW64); Apple *Audio Interchange File Format*
//! 1.3 and AIFF-C draft of 1991.
//!
//! Known gaps: compressed sound of any kind; RF64 tables for chunks other than `data`.

mod aiff;
mod pcm;
mod wave;
mod wire;

use discconv_core::{Format, FormatInfo, Input, Opened, Peek, Result, Score};

/// RIFF/WAVE, RF64 and BW64 with PCM sound of a disc's shape.
#[derive(Clone, Copy, Debug)]
pub struct Wave;

/// AIFF and uncompressed AIFF-C with sound of a disc's shape.
#[derive(Clone, Copy, Debug)]
pub struct Aiff;

static WAVE: FormatInfo = FormatInfo {
    id: "wave",
    name: "RIFF/WAVE sound",
    extensions: &["wav", "wave", "rf64", "bw64"],
    wrapper: true,
    spec: "Multimedia Programming Interface and Data Specifications 1.0; EBU Tech 3306; ITU-R BS.2088",
    ..FormatInfo::BASE
};

static AIFF: FormatInfo = FormatInfo {
    id: "aiff",
    name: "AIFF and AIFF-C sound",
    extensions: &["aiff", "aif", "aifc"],
    wrapper: true,
    spec: "Audio Interchange File Format 1.3; AIFF-C draft 1991-08-26",
    ..FormatInfo::BASE
};

impl Format for Wave {
    fn info(&self) -> &'static FormatInfo {
        &WAVE
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        certain(wave::kind(peek.head).is_some())
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        wave::open(input)
    }
}

impl Format for Aiff {
    fn info(&self) -> &'static FormatInfo {
        &AIFF
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        certain(aiff::kind(peek.head).is_some())
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        aiff::open(input)
    }
}

fn certain(yes: bool) -> Score {
    if yes { Score::CERTAIN } else { Score::NO }
}
