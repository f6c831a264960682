//! zstd (RFC 8878): frames one behind another, some of which may be skipped.
//!
//! | frame at | bytes | content |
//! |---|---|---|
//! | 0 | 4 | `28 B5 2F FD`, or `5x 2A 4D 18` to be skipped, with a length in the next four bytes |
//! | 4 | 1 | bits 7-6 bytes of the length, 5 no window, 2 a checksum, 1-0 bytes of a dictionary's number |
//! | 5 | 0-1 | the window, if there is one |
//! | | 0, 1, 2, 4 | the dictionary's number |
//! | | 0, 1, 2, 4, 8 | length of the content |
//! | | | blocks: in three bytes bit 0 the last, 2-1 kind, 23-3 length (of kind 1 one byte is stored) |
//! | | 0, 4 | checksum |

use crate::feed::{Feed, Reader};
use crate::inflate::Flaw;
use crate::spooled::{Decoder, unpack};
use discconv_core::{
    At, BlockDecode, BlockGeometry, Blocks, Error, Format, FormatInfo, Input, Note, Opened, Peek, ReadAt, Result, Score,
};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// zstd files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Zstd;

static INFO: FormatInfo = FormatInfo {
    id: "zstd",
    name: "zstd file",
    extensions: &["zst"],
    checks: "the checksum of each frame that has one",
    spec: "RFC 8878",
    ..crate::WRAPPER
};

const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Without its lowest four bits.
const SKIPPED: u32 = 0x184D_2A50;
/// The largest window: what `zstd --ultra` makes without `--long`.
const MOST_WINDOW: u64 = 128 << 20;
/// Frames of a table, at most.
const MOST_FRAMES: u64 = 1 << 20;
/// Content of a frame that is unpacked for a few bytes of it, at most.
const MOST_BLOCK: u64 = 16 << 20;

impl Format for Zstd {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        let word = peek.head.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        // A table of frames may stand first; what is skipped alone is nothing of ours.
        crate::score(peek, &INFO, peek.head.starts_with(&MAGIC) || (word & !0xF == SKIPPED && skips_to_frame(peek)))
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        let (frames, note) = frames(input)?;
        if let Some(decoder) = Frames::of(Arc::clone(&input.source), &frames) {
            return Ok(Opened::Bytes {
                source: Arc::new(Blocks::new(decoder)?),
                checks: Vec::new(),
                notes: Vec::from_iter(note),
            });
        }
        let expected = frames.iter().try_fold(0_u64, |sum, frame| sum.checked_add(frame.content?));
        let ranges = frames.iter().map(|frame| frame.stored.clone()).collect();
        let mut decoder = Unzstd::new(&input.source, ranges);
        let mut opened = crate::opened(input, &INFO, unpack(input, expected, &mut decoder, &mut |_| ())?)?;
        if let Opened::Bytes { notes, .. } = &mut opened {
            notes.extend(note);
        }
        Ok(opened)
    }
}

fn skips_to_frame(peek: &Peek<'_>) -> bool {
    let len = peek.head.get(4..).and_then(|rest| rest.first_chunk()).map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes));
    let next = usize::try_from(len).ok().and_then(|len| len.checked_add(8));
    next.and_then(|next| peek.head.get(next..)).is_some_and(|rest| rest.starts_with(&MAGIC))
}

/// A frame of content.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Frame {
    stored: Range<u64>,
    /// Bytes of content, where it says so.
    content: Option<u64>,
}

/// All frames that have content; and what was odd behind them.
fn frames(input: &Input<'_>) -> Result<(Vec<Frame>, Option<Note>)> {
    let source = &input.source;
    let mut feed = Feed::new(Arc::clone(source), 0..source.len());
    let most = input.limits.entries.min(MOST_FRAMES);
    let mut frames = Vec::new();
    let (mut at, mut all) = (0, 0_u64);
    let odd = loop {
        if at >= source.len() {
            break None;
        }
        all += 1;
        if all > most {
            let (found, limit) = ("more frames".to_owned(), most.to_string());
            return Err(Error::Limit { file: source.name().to_owned(), at: At::Byte(at), found, limit });
        }
        match frame(&mut feed, at) {
            Ok((frame, next)) => {
                frames.extend(frame);
                at = next;
            }
            Err(Flaw::Source(error)) => return Err(error),
            Err(flaw) if frames.is_empty() => return Err(crate::nothing(source.as_ref(), &INFO, Some(&flaw))),
            Err(Flaw::Cut) => {
                let text = format!(
                    "{}: byte {:#X}: the file ends within a frame; what is in it is missing",
                    source.name(),
                    source.len()
                );
                break Some(Note::damage(0, text));
            }
            Err(Flaw::Broken(place, what)) if place == at => {
                let behind = source.len() - at;
                let text =
                    format!("{}: byte {at:#X}: {what}; {behind} bytes behind the last frame are not looked at", source.name());
                break Some(Note::oddity(text));
            }
            Err(Flaw::Broken(place, what)) => {
                break Some(Note::damage(0, format!("{}: byte {place:#X}: {what}; what follows is missing", source.name())));
            }
        }
    };
    Ok((frames, odd))
}

/// The frame at `at`, if it has content, and where the next one begins.
fn frame(feed: &mut Feed, at: u64) -> Result<(Option<Frame>, u64), Flaw> {
    let Some(magic) = feed.array::<4>(at)? else { return Err(Flaw::Cut) };
    if u32::from_le_bytes(magic) & !0xF == SKIPPED {
        let Some(len) = feed.array::<4>(at + 4)? else { return Err(Flaw::Cut) };
        let next = at + 8 + u64::from(u32::from_le_bytes(len));
        return if next > feed.end() { Err(Flaw::Cut) } else { Ok((None, next)) };
    }
    if magic != MAGIC {
        return Err(Flaw::Broken(at, format!("{magic:02X?}, which begins no frame")));
    }
    let Some([flags]) = feed.array::<1>(at + 4)? else { return Err(Flaw::Cut) };
    let single = flags & 0x20 != 0;
    let dictionary = [0, 1, 2, 4][usize::from(flags & 3)];
    let len_at = at + 5 + u64::from(!single) + dictionary;
    let (content, len_bytes) = content_len(feed, len_at, flags >> 6, single)?;
    let mut next = len_at + len_bytes;
    loop {
        let Some([a, b, c]) = feed.array::<3>(next)? else { return Err(Flaw::Cut) };
        let head = u32::from_le_bytes([a, b, c, 0]);
        let stored = match head >> 1 & 3 {
            1 => 1,
            3 => return Err(Flaw::Broken(next, "a block of a kind that is reserved".to_owned())),
            _ => u64::from(head >> 3),
        };
        next += 3 + stored;
        if head & 1 != 0 {
            break;
        }
    }
    next += if flags & 4 != 0 { 4 } else { 0 };
    if next > feed.end() { Err(Flaw::Cut) } else { Ok((Some(Frame { stored: at..next, content }), next)) }
}

/// The length of the content, which stands at `at` in as many bytes as `code` says; and how many those are.
fn content_len(feed: &mut Feed, at: u64, code: u8, single: bool) -> Result<(Option<u64>, u64), Flaw> {
    Ok(match code {
        0 if !single => (None, 0),
        0 => (feed.array::<1>(at)?.map(|[len]| u64::from(len)), 1),
        1 => (feed.array::<2>(at)?.map(|len| u64::from(u16::from_le_bytes(len)) + 256), 2),
        2 => (feed.array::<4>(at)?.map(|len| u64::from(u32::from_le_bytes(len))), 4),
        _ => (feed.array::<8>(at)?.map(u64::from_le_bytes), 8),
    })
}

/// Frames of one length, each by itself a block.
struct Frames {
    source: Arc<dyn ReadAt>,
    stored: Vec<Range<u64>>,
    geometry: BlockGeometry,
}

impl Frames {
    /// If they are several and of one length, but for the last.
    fn of(source: Arc<dyn ReadAt>, frames: &[Frame]) -> Option<Frames> {
        let frames: Vec<&Frame> = frames.iter().filter(|frame| frame.content != Some(0)).collect();
        let (last, others) = frames.split_last()?;
        let block = others.first()?.content.filter(|block| *block <= MOST_BLOCK)?;
        let rest = last.content.filter(|rest| *rest <= block)?;
        if others.iter().any(|frame| frame.content != Some(block)) {
            return None;
        }
        let len = (others.len() as u64).checked_mul(block)?.checked_add(rest)?;
        let geometry = BlockGeometry { len, block_bytes: u32::try_from(block).ok()? };
        let stored = frames.iter().map(|frame| frame.stored.clone()).collect();
        Some(Frames { source, stored, geometry })
    }
}

impl BlockDecode for Frames {
    type Scratch = ();

    fn geometry(&self) -> BlockGeometry {
        self.geometry
    }

    fn decode(&self, index: u64, (): &mut (), out: &mut [u8]) -> Result<()> {
        let stored = usize::try_from(index).ok().and_then(|index| self.stored.get(index)).cloned().unwrap_or_default();
        let mut frame = Unzstd::new(&self.source, vec![stored.clone()]);
        let filled = frame.read_exact(out).and_then(|()| frame.read(&mut [0]));
        let what = match filled {
            Ok(0) => return Ok(()),
            Ok(_) => "it unpacks to more".to_owned(),
            Err(error) => match frame.reader.failure() {
                Some(failure) => return Err(failure),
                None => error.to_string(),
            },
        };
        let found = format!("a damaged frame ({})", discconv_core::error::printable(&what));
        Err(Error::malformed(self.source.name(), At::Byte(stored.start), found, format!("{} bytes of it", out.len()))
            .with_hint(crate::AGAIN))
    }

    fn name(&self) -> &str {
        self.source.name()
    }
}

/// A decoder of several frames.
pub(crate) struct Unzstd {
    source: Arc<dyn ReadAt>,
    /// Those still to come, the next one last.
    frames: Vec<Range<u64>>,
    reader: Reader,
    decoder: FrameDecoder,
    begun: bool,
}

impl Unzstd {
    pub(crate) fn new(source: &Arc<dyn ReadAt>, mut frames: Vec<Range<u64>>) -> Unzstd {
        frames.reverse();
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MOST_WINDOW);
        Unzstd { source: Arc::clone(source), frames, reader: Reader::new(source, 0..0), decoder, begun: false }
    }

    /// Of a stretch that is only read in order: as many frames as there are.
    pub(crate) fn of_stretch(input: &Input<'_>, source: &Arc<dyn ReadAt>) -> Result<Unzstd> {
        let within = Input { source: Arc::clone(source), ..*input };
        let (frames, _) = frames(&within)?;
        Ok(Unzstd::new(source, frames.into_iter().map(|frame| frame.stored).collect()))
    }

    fn step(&mut self, out: &mut [u8]) -> Result<usize, String> {
        loop {
            let read = if self.begun { self.decoder.read(out).map_err(|error| error.to_string())? } else { 0 };
            if read > 0 {
                return Ok(read);
            }
            if self.begun && !self.decoder.is_finished() {
                let most = BlockDecodingStrategy::UptoBytes(out.len().max(1));
                self.decoder.decode_blocks(&mut self.reader, most).map_err(|error| error.to_string())?;
                continue;
            }
            if std::mem::take(&mut self.begun) {
                let (told, own) = (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
                if told.is_some() && told != own {
                    return Err("its checksum does not hold".to_owned());
                }
            }
            let Some(frame) = self.frames.pop() else { return Ok(0) };
            self.reader = Reader::new(&self.source, frame);
            self.decoder.reset(&mut self.reader).map_err(|error| error.to_string())?;
            self.begun = true;
        }
    }
}

impl Read for Unzstd {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.step(out).map_err(|what| io::Error::new(io::ErrorKind::InvalidData, what))
    }
}

impl Decoder for Unzstd {
    fn at(&mut self) -> u64 {
        self.reader.at()
    }

    fn failure(&mut self) -> Option<Error> {
        self.reader.failure()
    }
}
