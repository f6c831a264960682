//! Sound files behind a cue sheet: RIFF/WAVE, AIFF, FLAC, MP3 and Ogg Vorbis, taken off like any other wrapper.
//!
//! In WAVE and AIFF a track's samples lie in one chunk, in the order in which a disc wants them; all that is needed is to
//! find that chunk. So the content handed on is a part of the file itself (WAVE, AIFF-C `sowt`), or that part with the
//! bytes of each sample exchanged (AIFF).
//!
//! FLAC, MP3 and Vorbis are decoded (by symphonia) where and when they are read: the content is a source of blocks that
//! can be entered anywhere, and every entry gives the samples that decoding from the start would give. What the container
//! says of its length is checked against its frames when it is opened. A note says what the samples are worth: those of
//! FLAC are exact, and its MD5 is handed on as a promise; those of MP3 and Vorbis are not the ones that went in.
//!
//! Nothing is resampled, and no bits are cut: sound that is not 44.1 kHz is refused by name, and so is FLAC of 24 bits,
//! since how to round is a choice of sound. Mono is doubled where it must be decoded anyway.
//!
//! | codec | frames are found by | entered with | length |
//! |---|---|---|---|
//! | FLAC | their headers (CRC-8), the next one's number, CRC-16 | the frame itself | `STREAMINFO`, and the last frame |
//! | MP3 | one walk through all headers | frames with 1022 bytes before it, and two more | frames, less LAME's delay and padding |
//! | Vorbis | pages of Ogg and their CRC-32 | the last packet of the page before | granule positions |
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
//! 1.3 and AIFF-C draft of 1991; RFC 9639 (FLAC); ISO/IEC 11172-3 (MP3), and the Xing and LAME headers as their programs
//! write them; RFC 3533 (Ogg) and the Vorbis I specification.
//!
//! Known gaps: Opus, and FLAC in Ogg; MP3 of free format; several streams in one Ogg file; compressed sound in WAVE or
//! AIFF-C; RF64 tables for chunks other than `data`.

mod aiff;
mod decoded;
mod flac;
mod mp3;
mod ogg;
mod pcm;
mod tags;
mod wave;
mod window;
mod wire;

use discconv_core::{Format, FormatInfo, Input, Opened, Peek, Result, Score};

/// RIFF/WAVE, RF64 and BW64 with PCM sound of a disc's shape.
#[derive(Clone, Copy, Debug)]
pub struct Wave;

/// AIFF and uncompressed AIFF-C with sound of a disc's shape.
#[derive(Clone, Copy, Debug)]
pub struct Aiff;

/// FLAC at 44.1 kHz and 16 bits, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Flac;

/// MP3 at 44.1 kHz, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Mp3;

/// Ogg with Vorbis at 44.1 kHz, decoded.
#[derive(Clone, Copy, Debug)]
pub struct Ogg;

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

static FLAC: FormatInfo = FormatInfo {
    id: "flac",
    name: "FLAC sound",
    extensions: &["flac", "fla"],
    wrapper: true,
    spec: "RFC 9639",
    ..FormatInfo::BASE
};

static MP3: FormatInfo = FormatInfo {
    id: "mp3",
    name: "MP3 sound",
    extensions: &["mp3"],
    wrapper: true,
    spec: "ISO/IEC 11172-3, layer III",
    ..FormatInfo::BASE
};

static OGG: FormatInfo = FormatInfo {
    id: "ogg",
    name: "Ogg Vorbis sound",
    extensions: &["ogg", "oga"],
    wrapper: true,
    spec: "RFC 3533; Vorbis I specification",
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

impl Format for Flac {
    fn info(&self) -> &'static FormatInfo {
        &FLAC
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        certain(flac::is_flac(peek))
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        flac::open(input)
    }
}

impl Format for Mp3 {
    fn info(&self) -> &'static FormatInfo {
        &MP3
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        mp3::probe(peek)
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        mp3::open(input)
    }
}

impl Format for Ogg {
    fn info(&self) -> &'static FormatInfo {
        &OGG
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        certain(peek.head.starts_with(ogg::MAGIC))
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        ogg::open(input)
    }
}

fn certain(yes: bool) -> Score {
    if yes { Score::CERTAIN } else { Score::NO }
}
