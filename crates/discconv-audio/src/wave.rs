//! RIFF/WAVE and its two 64-bit sisters.

use crate::pcm::{LONGEST, Samples, Shape, opened};
use crate::wire::{self, CHUNK_HEADER, Chunk, DS64, Ds64, Order, WAVE_FORMAT, WAVE_FORMAT_LEAST, WaveFormat};
use discconv_core::{At, Error, Input, Note, Opened, ReadAt, Result};

/// "Look elsewhere, or to the end": what stands in a 32-bit length that was not known or does not fit.
const UNKNOWN: u32 = u32::MAX;
/// The tag that sends the reader to the GUID.
const EXTENSIBLE: u16 = 0xFFFE;
const PCM: u16 = 1;
/// The 14 bytes that follow the tag in every GUID made from one.
const GUID_TAIL: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

/// The beginning, for messages.
const MAGIC: &str = "'RIFF', 'RF64' or 'BW64', and 'WAVE'";

/// Which of the sisters it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Riff,
    /// RF64 or BW64: `ds64` has the lengths.
    Rf64,
}

/// What a file with this beginning is.
pub(crate) fn kind(head: &[u8]) -> Option<Kind> {
    match (head.get(..4)?, head.get(8..12)?) {
        (b"RIFF", b"WAVE") => Some(Kind::Riff),
        (b"RF64" | b"BW64", b"WAVE") => Some(Kind::Rf64),
        _ => None,
    }
}

/// The chunks that matter.
#[derive(Default)]
struct Chunks {
    format: Option<(Chunk, WaveFormat)>,
    data: Option<Chunk>,
    long: Option<Ds64>,
}

pub(crate) fn open(input: &Input<'_>) -> Result<Opened> {
    let source = input.source.as_ref();
    let head = wire::file_header(source, MAGIC)?;
    let Some(kind) = kind(&head) else {
        let found = format!("{} and {}", wire::show(&head[..4]), wire::show(&head[8..]));
        return Err(Error::malformed(source.name(), At::Byte(0), found, MAGIC));
    };
    let chunks = find(source, kind)?;
    let missing = |what: &str| {
        let found = format!("the end of the chunks without {what}");
        Error::malformed(source.name(), At::Byte(source.len()), found, "'fmt ' and 'data'")
            .with_hint("the file is cut, or is no sound file")
    };
    let (chunk, format) = chunks.format.ok_or_else(|| missing("'fmt '"))?;
    shape(&format).check(source.name(), chunk.at())?;
    let data = chunks.data.ok_or_else(|| missing("'data'"))?;
    let [_, _, _, _, a, b, c, d, ..] = head;
    let finished = u64::from(u32::from_le_bytes([a, b, c, d])) + CHUNK_HEADER == source.len();
    let (len, note) = data_len(source, kind, &data, chunks.long, finished);
    opened(&input.source, &Samples { start: data.start, len, big_endian: false }, note.into_iter().collect())
}

fn find(source: &dyn ReadAt, kind: Kind) -> Result<Chunks> {
    let mut chunks = Chunks::default();
    wire::walk(source, Order::Little, |chunk| {
        match &chunk.id {
            b"ds64" if kind == Kind::Rf64 && chunks.long.is_none() => {
                let (bytes, _) = chunk.head::<DS64>(source, DS64)?;
                chunks.long = Some(wire::parse(source, &chunk, &bytes)?);
            }
            b"fmt " if chunks.format.is_none() => {
                let (bytes, _) = chunk.head::<WAVE_FORMAT>(source, WAVE_FORMAT_LEAST)?;
                chunks.format = Some((chunk, wire::parse(source, &chunk, &bytes)?));
            }
            b"data" if chunks.data.is_none() => chunks.data = Some(chunk),
            _ => {}
        }
        // The format is written before the data, but a file that does otherwise can still be read.
        Ok(chunks.data.is_none() || chunks.format.is_none())
    })?;
    Ok(chunks)
}

fn shape(format: &WaveFormat) -> Shape {
    let guid = (format.tag == EXTENSIBLE && format.extra >= 22).then_some(format.subformat);
    let (tag, known) = match guid {
        Some([low, high, tail @ ..]) => (u16::from_le_bytes([low, high]), tail == GUID_TAIL),
        None => (format.tag, true),
    };
    let coding = (tag != PCM || !known).then(|| coding_name(tag, known));
    Shape { rate: u64::from(format.rate), bits: format.bits, channels: format.channels, coding }
}

fn coding_name(tag: u16, known: bool) -> String {
    let name = match tag {
        _ if !known => return "a coding of its own (GUID)".to_owned(),
        2 => "Microsoft ADPCM",
        3 => "floating point",
        6 => "A-law",
        7 => "mu-law",
        0x11 => "IMA ADPCM",
        0x50 => "MPEG layer I or II",
        0x55 => "MP3",
        0x92 => "AC-3 (S/PDIF)",
        EXTENSIBLE => "an extensible format without its GUID",
        _ => return format!("coding {tag:#06X}"),
    };
    name.to_owned()
}

/// The length of the samples, `None` for "to the end of the file", and why.
fn data_len(source: &dyn ReadAt, kind: Kind, data: &Chunk, long: Option<Ds64>, finished: bool) -> (Option<u64>, Option<Note>) {
    let len = match (kind, long) {
        (Kind::Rf64, Some(long)) if data.len == UNKNOWN => long.data,
        _ => u64::from(data.len),
    };
    let there = source.len().saturating_sub(data.start);
    // A finished file with no samples says 0 and means it.
    let unknown = len == u64::from(UNKNOWN) || len == 0 && !finished || len > there && len > LONGEST;
    if !unknown {
        return (Some(len), None);
    }
    let text = format!(
        "{}: the length of the samples was not filled in ({len}); they are taken up to the end of the file",
        source.name()
    );
    (None, Some(Note::oddity(text)))
}
