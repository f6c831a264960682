//! gzip (RFC 1952): members one behind another, each a deflate stream with its CRC-32.
//!
//! | at | bytes | content |
//! |---|---|---|
//! | 0 | 2 | `1F 8B` |
//! | 2 | 1 | 8: deflate |
//! | 3 | 1 | flags: 2 a CRC of the header, 4 an extra field, 8 a name, 16 a comment |
//! | 4 | 6 | time, extra flags, system |
//! | 10 | | extra field (a length in two bytes before it), name and comment (each up to a zero), CRC-16 |
//! | | | deflate |
//! | | 8 | CRC-32 of what comes out, and its length modulo 2^32 |

use crate::feed::Feed;
use crate::inflate::{Flaw, Inflate};
use crate::restart::{Steps, index};
use discconv_core::{Blocks, Format, FormatInfo, Input, Note, Opened, Peek, ReadAt, Result, Score};
use std::ops::Range;
use std::sync::Arc;

/// gzip files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gzip;

static INFO: FormatInfo = FormatInfo {
    id: "gzip",
    name: "gzip file",
    extensions: &["gz"],
    checks: "the CRC-32 of each member",
    spec: "RFC 1952",
    ..crate::WRAPPER
};

const MAGIC: [u8; 3] = [0x1F, 0x8B, 8];
const HEADER: usize = 10;
const TRAILER: u64 = 8;
const HAS_CRC: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;
const RESERVED: u8 = 0xE0;
/// Bytes of a name or comment that are looked through for its end.
const LONGEST_TEXT: u64 = 64 << 10;

impl Format for Gzip {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn probe(&self, peek: &Peek<'_>) -> Score {
        crate::score(peek, &INFO, peek.head.starts_with(&MAGIC))
    }

    fn open(&self, input: &Input<'_>) -> Result<Opened> {
        let source = &input.source;
        let mut feed = Feed::new(Arc::clone(source), 0..source.len());
        let mut members = Members::new();
        let found = index(&mut members, &mut feed, input, &mut |_| ())?;
        if found.len == 0 {
            return Err(crate::nothing(source.as_ref(), &INFO, found.flaw.as_ref()));
        }
        let mut notes = members.notes(source.as_ref());
        notes.extend(crate::cut_short(source.as_ref(), found.len, found.flaw.as_ref()));
        let content = Blocks::new(found.into_decoder(Arc::clone(source), 0..source.len()))?;
        Ok(Opened::Bytes { source: Arc::new(content), checks: Vec::new(), notes })
    }
}

/// Where in a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Header(u64),
    Deflate,
    /// Behind the last member.
    Behind(u64),
}

/// All members, somewhere in them.
#[derive(Clone)]
struct Members {
    inflate: Inflate,
    part: Part,
    /// CRC-32 of this member so far, on the first pass.
    sum: Option<crc32fast::Hasher>,
    len: u64,
    /// Members whose checksum does not hold: where it is, in words.
    wrong: Option<(u64, String)>,
}

impl Members {
    fn new() -> Members {
        Members { inflate: Inflate::new(0), part: Part::Header(0), sum: Some(crc32fast::Hasher::new()), len: 0, wrong: None }
    }

    /// Hold what came out against the eight bytes at `at`.
    fn trailer(&mut self, feed: &mut Feed, at: u64) -> Result<(), Flaw> {
        let Some(trailer) = feed.array::<8>(at)? else { return Err(Flaw::Cut) };
        let [a, b, c, d, e, f, g, h] = trailer;
        let (sum, len) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        if let Some(own) = self.sum.take() {
            let own = own.finalize();
            if own != sum {
                self.wrong.get_or_insert((at, format!("the CRC-32 is {own:08x}; the file promises {sum:08x}")));
            } else if self.len & 0xFFFF_FFFF != u64::from(len) {
                self.wrong.get_or_insert((at, format!("{} bytes came out; the file promises another length", self.len)));
            }
            self.sum = Some(crc32fast::Hasher::new());
        }
        self.len = 0;
        let next = at + TRAILER;
        let again = feed.array::<3>(next)? == Some(MAGIC);
        self.part = if again { Part::Header(next) } else { Part::Behind(next) };
        Ok(())
    }

    fn notes(&self, source: &dyn ReadAt) -> Vec<Note> {
        let name = source.name();
        let mut notes = Vec::new();
        if let Some((at, what)) = &self.wrong {
            notes.push(Note::damage(0, format!("{name}: byte {at:#X}: {what}")));
        }
        if let Part::Behind(at) = self.part
            && at < source.len()
        {
            let behind = source.len() - at;
            notes.push(Note::oddity(format!("{name}: byte {at:#X}: {behind} bytes behind the last member are not looked at")));
        }
        notes
    }
}

impl Steps for Members {
    fn step(&mut self, feed: &mut Feed, most: usize) -> Result<Range<usize>, Flaw> {
        loop {
            match self.part {
                Part::Header(at) => {
                    let begin = header(feed, at)?;
                    self.inflate.begin(begin);
                    self.part = Part::Deflate;
                }
                Part::Deflate => {
                    let range = self.inflate.step(feed, most)?;
                    if !range.is_empty() {
                        self.len += range.len() as u64;
                        if let Some(sum) = &mut self.sum {
                            sum.update(self.inflate.window().get(range.clone()).unwrap_or_default());
                        }
                        return Ok(range);
                    }
                    self.trailer(feed, self.inflate.at)?;
                }
                Part::Behind(_) => return Ok(0..0),
            }
        }
    }

    fn window(&self) -> &[u8] {
        self.inflate.window()
    }

    /// From the middle of a member nothing can be said of its checksum.
    fn kept(&self) -> Members {
        Members { sum: None, wrong: None, ..self.clone() }
    }
}

/// Where the deflate stream behind the header at `at` begins.
fn header(feed: &mut Feed, at: u64) -> Result<u64, Flaw> {
    let Some(header) = feed.array::<HEADER>(at)? else { return Err(Flaw::Cut) };
    let flags = header[3];
    if !header.starts_with(&MAGIC) || flags & RESERVED != 0 {
        return Err(Flaw::Broken(at, format!("{:02X?}, which begins no member", &header[..4])));
    }
    let mut at = at + HEADER as u64;
    if flags & HAS_EXTRA != 0 {
        let Some(len) = feed.array::<2>(at)? else { return Err(Flaw::Cut) };
        at += 2 + u64::from(u16::from_le_bytes(len));
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            at = behind_text(feed, at)?;
        }
    }
    Ok(if flags & HAS_CRC != 0 { at + 2 } else { at })
}

/// The byte behind the zero that ends the text at `at`.
fn behind_text(feed: &mut Feed, at: u64) -> Result<u64, Flaw> {
    let mut next = at;
    while next - at < LONGEST_TEXT {
        let bytes = feed.bytes(next)?;
        if bytes.is_empty() {
            return Err(Flaw::Cut);
        }
        match bytes.iter().position(|byte| *byte == 0) {
            Some(zero) => return Ok(next + zero as u64 + 1),
            None => next += bytes.len() as u64,
        }
    }
    Err(Flaw::Broken(at, "a name or comment without an end".to_owned()))
}
