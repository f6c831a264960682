//! AIFF, and AIFF-C as far as it is not compressed.

use crate::pcm::{LONGEST, Samples, Shape, opened};
use crate::wire::{self, COMMON, COMMON_PLAIN, Chunk, Common, Order, SOUND_HEADER, SoundHeader};
use discconv_core::{At, Error, Input, Note, Opened, ReadAt, Result};

/// The beginning, for messages.
const MAGIC: &str = "'FORM', and 'AIFF' or 'AIFC'";

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Aiff,
    /// With a coding in `COMM`.
    Aifc,
}

/// What a file with this beginning is.
pub(crate) fn kind(head: &[u8]) -> Option<Kind> {
    match (head.get(..4)?, head.get(8..12)?) {
        (b"FORM", b"AIFF") => Some(Kind::Aiff),
        (b"FORM", b"AIFC") => Some(Kind::Aifc),
        _ => None,
    }
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
        Error::malformed(source.name(), At::Byte(source.len()), found, "'COMM' and 'SSND'")
            .with_hint("the file is cut, or is no sound file")
    };
    let (chunk, common) = chunks.common.ok_or_else(|| missing("'COMM'"))?;
    let big_endian = big_endian(kind, &common.coding);
    let shape = Shape {
        rate: common.rate(),
        bits: common.bits,
        channels: common.channels,
        coding: big_endian.is_none().then(|| format!("coding {}", wire::show(&common.coding))),
    };
    shape.check(source.name(), chunk.at())?;
    let (samples, note) = samples(source, &common, &chunks.sound.ok_or_else(|| missing("'SSND'"))?, big_endian != Some(false))?;
    opened(&input.source, &samples, note.into_iter().collect())
}

/// The chunks that matter.
#[derive(Default)]
struct Chunks {
    common: Option<(Chunk, Common)>,
    sound: Option<Chunk>,
}

fn find(source: &dyn ReadAt, kind: Kind) -> Result<Chunks> {
    let mut chunks = Chunks::default();
    wire::walk(source, Order::Big, |chunk| {
        match &chunk.id {
            b"COMM" if chunks.common.is_none() => {
                let least = if kind == Kind::Aifc { COMMON } else { COMMON_PLAIN };
                let (bytes, _) = chunk.head::<COMMON>(source, least)?;
                chunks.common = Some((chunk, wire::parse::<Common>(source, &chunk, &bytes)?));
            }
            b"SSND" if chunks.sound.is_none() => chunks.sound = Some(chunk),
            _ => {}
        }
        Ok(chunks.common.is_none() || chunks.sound.is_none()) // they come in any order
    })?;
    Ok(chunks)
}

/// Is the high byte first? `None` for a coding that is not plain samples.
fn big_endian(kind: Kind, coding: &wire::Id) -> Option<bool> {
    match coding {
        _ if kind == Kind::Aiff => Some(true),
        b"NONE" | b"twos" => Some(true),
        b"sowt" => Some(false),
        _ => None,
    }
}

/// The samples: `COMM` counts them, `SSND` holds them.
fn samples(source: &dyn ReadAt, common: &Common, sound: &Chunk, big_endian: bool) -> Result<(Samples, Option<Note>)> {
    let (bytes, _) = sound.head::<SOUND_HEADER>(source, SOUND_HEADER)?;
    let header: SoundHeader = wire::parse(source, sound, &bytes)?;
    let before = SOUND_HEADER as u64 + u64::from(header.offset);
    let start = sound.start + before;
    let counted = u64::from(common.frames) * 4;
    let held = u64::from(sound.len).saturating_sub(before);
    let there = source.len().saturating_sub(start);
    let name = source.name();
    let (len, note) = if sound.len == u32::MAX || counted == 0 && held == 0 || held > there && held > LONGEST {
        (None, Some(format!("{name}: the length of the samples was not filled in; they are taken up to the end of the file")))
    } else if counted == held || counted == 0 {
        (Some(held), None)
    } else {
        let len = counted.min(held);
        (Some(len), Some(format!("{name}: 'COMM' counts {counted} bytes of samples, 'SSND' holds {held}; {len} are taken")))
    };
    Ok((Samples { start, len, big_endian }, note.map(Note::oddity)))
}
