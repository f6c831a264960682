//! One file of an archive.

use super::directory::{Entry, number};
use crate::bzip2::Bunzip;
use crate::feed::{Feed, Reader};
use crate::inflate::{Flaw, Inflate};
use crate::restart::{Steps, index};
use crate::spooled::{Decoder, unpack};
use crate::xz::Unxz;
use crate::zstd::Unzstd;
use bzip2::read::MultiBzDecoder;
use discconv_core::{At, Blocks, CheckAlgorithm, Error, Input, Note, Promise, ReadAt, Result, Slice};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a local header before its name.
const LOCAL: usize = 30;
const ENCRYPTED: u16 = 1;

/// What a file of the archive holds.
pub(super) struct Member {
    pub(super) source: Arc<dyn ReadAt>,
    pub(super) promise: Option<Promise>,
    pub(super) notes: Vec<Note>,
}

/// The content of `entry`.
///
/// # Errors
/// [`Error::Unsupported`] if it is encrypted or packed in another way; [`Error::Malformed`] if it does not lie in the file.
pub(super) fn open(input: &Input<'_>, entry: &Entry) -> Result<Member> {
    let file = input.source.name();
    if entry.flags & ENCRYPTED != 0 {
        let what = format!("{:?} in it is encrypted, which is not read", entry.name);
        return Err(Error::unsupported(file, At::Byte(entry.header_at), what)
            .with_hint("unpack it with the program that made it, and name the image inside"));
    }
    let stored = stored(input, entry)?;
    let part: Arc<dyn ReadAt> = Arc::new(Slice::new(Arc::clone(&input.source), stored.clone())?);
    let whole = || Reader::new(&part, 0..part.len());
    match entry.method {
        0 => as_stored(entry, part, file),
        8 => deflated(input, entry, stored),
        12 => spooled(input, entry, &mut Bunzip(MultiBzDecoder::new(whole()))),
        93 => spooled(input, entry, &mut Unzstd::of_stretch(input, &part)?),
        95 => spooled(input, entry, &mut Unxz::new(whole())),
        other => {
            let what = format!("{:?} in it is packed by method {other} ({}), which is not read", entry.name, method_name(other));
            Err(Error::unsupported(file, At::Byte(entry.header_at), what)
                .with_hint("unpack it with another program, and name the image inside"))
        }
    }
}

fn method_name(method: u16) -> &'static str {
    match method {
        1..=6 => "an old one",
        9 => "Deflate64",
        14 => "LZMA",
        98 => "PPMd",
        99 => "AES",
        _ => "unknown",
    }
}

/// Where its bytes are.
fn stored(input: &Input<'_>, entry: &Entry) -> Result<Range<u64>> {
    let source = input.source.as_ref();
    let wrong = |found: String| {
        Error::malformed(source.name(), At::Byte(entry.header_at), found, format!("{:?}, as the directory says", entry.name))
            .with_hint(crate::AGAIN)
    };
    let behind = entry.header_at.checked_add(LOCAL as u64).filter(|behind| *behind <= source.len());
    let behind = behind.ok_or_else(|| wrong(format!("the end of the file at byte {:#X}", source.len())))?;
    let mut local = [0; LOCAL];
    source.read_exact_at(entry.header_at, &mut local)?;
    if !local.starts_with(b"PK\x03\x04") {
        return Err(wrong("no header of a file".to_owned()));
    }
    let lens = number::<2>(&local, 26).unwrap_or(0) + number::<2>(&local, 28).unwrap_or(0);
    let start = behind + lens;
    let end = start.checked_add(entry.stored).filter(|end| *end <= source.len());
    end.map(|end| start..end)
        .ok_or_else(|| wrong(format!("{} bytes of it up to the end of the file", source.len().saturating_sub(start))))
}

fn as_stored(entry: &Entry, part: Arc<dyn ReadAt>, file: &str) -> Result<Member> {
    if entry.stored != entry.content {
        let found = format!("{:?}, stored as it is, in {} bytes", entry.name, entry.stored);
        return Err(Error::malformed(file, At::Byte(entry.header_at), found, format!("{} bytes", entry.content)));
    }
    let value = entry.crc32.to_be_bytes().to_vec();
    let promise = Promise { source: Arc::clone(&part), range: 0..part.len(), algorithm: CheckAlgorithm::Crc32, value };
    Ok(Member { source: part, promise: Some(promise), notes: Vec::new() })
}

/// Deflate by itself.
#[derive(Clone)]
struct Alone(Inflate);

impl Steps for Alone {
    fn step(&mut self, feed: &mut Feed, most: usize) -> Result<Range<usize>, Flaw> {
        self.0.step(feed, most)
    }

    fn window(&self) -> &[u8] {
        self.0.window()
    }
}

fn deflated(input: &Input<'_>, entry: &Entry, stored: Range<u64>) -> Result<Member> {
    let source = &input.source;
    // A lie about its length is found as soon as it is one, rather than at the bound for all.
    let unpacked_bytes = input.limits.unpacked_bytes.min(entry.content);
    let limits = discconv_core::Limits { unpacked_bytes, ..input.limits };
    let bounded = Input { source: Arc::clone(source), limits, ..*input };
    let mut feed = Feed::new(Arc::clone(source), stored.clone());
    let mut sum = Sum::new(entry);
    let found = index(&mut Alone(Inflate::new(stored.start)), &mut feed, &bounded, &mut |bytes| sum.update(bytes))?;
    let mut notes = sum.notes(source.name());
    notes.extend(crate::cut_short(source.as_ref(), found.len, found.flaw.as_ref()));
    let content = Blocks::new(found.into_decoder(Arc::clone(source), stored))?;
    Ok(Member { source: Arc::new(content), promise: None, notes })
}

fn spooled(input: &Input<'_>, entry: &Entry, decoder: &mut dyn Decoder) -> Result<Member> {
    let mut sum = Sum::new(entry);
    let unpacked = unpack(input, Some(entry.content), decoder, &mut |bytes| sum.update(bytes))?;
    let mut notes = sum.notes(input.source.name());
    notes.extend(crate::cut_short(input.source.as_ref(), unpacked.source.len(), unpacked.flaw.as_ref()));
    Ok(Member { source: unpacked.source, promise: None, notes })
}

/// What the directory promises, held against what comes out.
struct Sum<'e> {
    entry: &'e Entry,
    crc32: crc32fast::Hasher,
    len: u64,
}

impl Sum<'_> {
    fn new(entry: &Entry) -> Sum<'_> {
        Sum { entry, crc32: crc32fast::Hasher::new(), len: 0 }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.crc32.update(bytes);
        self.len += bytes.len() as u64;
    }

    fn notes(self, file: &str) -> Vec<Note> {
        let Entry { name, crc32, content, .. } = self.entry;
        let own = self.crc32.finalize();
        if self.len != *content {
            let text = format!("{file}: {name:?} in it unpacks to {} bytes; the directory promises {content}", self.len);
            return vec![Note::damage(0, text)];
        }
        if own != *crc32 {
            let text = format!("{file}: the CRC-32 of {name:?} in it is {own:08x}; the directory promises {crc32:08x}");
            return vec![Note::damage(0, text)];
        }
        Vec::new()
    }
}
