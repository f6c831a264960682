//! Folders: the one that the header may be in, and those of files.

use super::coders::{COPY, Chain, NoChain};
use super::header::{File, Folder, Header, Layout, parse};
use super::{MAGIC, malformed};
use crate::feed::Reader;
use crate::spooled;
use discconv_core::{At, CheckAlgorithm, Error, Input, Note, Promise, ReadAt, Result, Slice};
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

/// What stands before everything else.
const START: u64 = 32;
/// Bytes of a header, packed or not, at most: 600 for each of the files that there may be.
const MOST_HEADER: u64 = 64 << 20;
/// Headers within headers.
const DEPTH: usize = 4;

/// What is in the archive.
///
/// # Errors
/// [`Error::Malformed`] for whatever is not as it should be; [`Error::Unsupported`] if the header is encrypted.
pub(super) fn layout(input: &Input<'_>) -> Result<Layout> {
    let source = input.source.as_ref();
    let name = source.name();
    let mut start = [0; 32];
    if source.len() < START {
        return Err(malformed(name, "the end of the file"));
    }
    source.read_exact_at(0, &mut start)?;
    let word = |at: usize| start.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| u32::from_le_bytes(*word));
    let long = |at: usize| start.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |long| u64::from_le_bytes(*long));
    if !start.starts_with(&MAGIC) || start.get(12..).map(crc32fast::hash) != Some(word(8)) {
        return Err(malformed(name, "a beginning whose checksum does not hold"));
    }
    let (at, len) = (START.checked_add(long(12)), long(20));
    if len == 0 {
        return Ok(Layout::default());
    }
    let range = at.and_then(|at| Some(at..at.checked_add(len)?)).filter(|range| range.end <= source.len());
    let range = range.ok_or_else(|| malformed(name, "a header behind the end of the file"))?;
    let mut header = read(source, range)?;
    if crc32fast::hash(&header) != word(28) {
        return Err(malformed(name, "a header whose checksum does not hold"));
    }
    for _ in 0..DEPTH {
        match parse(&header) {
            None => return Err(malformed(name, "a header that cannot be")),
            Some(Header::Plain(layout)) => return Ok(layout),
            Some(Header::Packed(folders)) => {
                let folder = folders.first().ok_or_else(|| malformed(name, "a packed header in no folder"))?;
                header = unpacked_header(input, folder)?;
            }
        }
    }
    Err(malformed(name, "headers within headers"))
}

fn read(source: &dyn ReadAt, range: Range<u64>) -> Result<Vec<u8>> {
    let len = range.end - range.start;
    if len > MOST_HEADER {
        let (found, limit) = (format!("a header of {len} bytes"), MOST_HEADER.to_string());
        return Err(Error::Limit { file: source.name().to_owned(), at: At::Byte(range.start), found, limit });
    }
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
    source.read_exact_at(range.start, &mut bytes)?;
    Ok(bytes)
}

fn unpacked_header(input: &Input<'_>, folder: &Folder) -> Result<Vec<u8>> {
    let name = input.source.name();
    let mut chain = chain(input, folder, "its list of files")?;
    let mut header = Vec::new();
    let most = folder.len().min(MOST_HEADER);
    let unpacked = (&mut chain).take(most).read_to_end(&mut header);
    if let Some(failure) = spooled::Decoder::failure(&mut chain) {
        return Err(failure);
    }
    let right = folder.crc32.is_none_or(|sum| sum == crc32fast::hash(&header));
    match unpacked {
        Ok(_) if right && header.len() as u64 == folder.len() => Ok(header),
        _ => Err(malformed(name, "a packed header that does not unpack")),
    }
}

/// Where the folder is in the file.
fn stored(input: &Input<'_>, folder: &Folder) -> Result<Range<u64>> {
    let range = START.checked_add(folder.stored.start).zip(START.checked_add(folder.stored.end));
    let range = range.map(|(start, end)| start..end).filter(|range| range.end <= input.source.len());
    range.ok_or_else(|| malformed(input.source.name(), "packed files behind the end of the file"))
}

fn chain(input: &Input<'_>, folder: &Folder, what: &str) -> Result<Chain> {
    let range = stored(input, folder)?;
    let (name, at) = (input.source.name(), At::Byte(range.start));
    Chain::new(&folder.coders, Reader::new(&input.source, range)).map_err(|reason| match reason {
        NoChain::Encrypted => Error::unsupported(name, at, format!("{what} is encrypted, which is not read"))
            .with_hint("unpack it with 7-Zip, and name the image inside"),
        NoChain::Unknown(method) => Error::unsupported(name, at, format!("{what} is packed by {method}, which is not read"))
            .with_hint("unpack it with 7-Zip, and name the image inside"),
        NoChain::Broken(found) => Error::malformed(name, at, found, "a way of packing").with_hint(crate::AGAIN),
    })
}

/// A file that can be read.
pub(super) struct Content {
    pub(super) source: Arc<dyn ReadAt>,
    pub(super) promise: Option<Promise>,
    pub(super) notes: Vec<Note>,
}

/// A folder whose files can be read.
pub(super) struct Unpacked {
    source: Arc<dyn ReadAt>,
    /// Each file's place, checksum, and whether that is known to hold.
    parts: Vec<Part>,
    notes: Vec<Note>,
    /// Is it read where it is stored? Then nothing was checked yet.
    in_place: bool,
}

struct Part {
    range: Range<u64>,
    crc32: Option<u32>,
    wrong: Option<u32>,
}

/// Make the files of a folder readable.
///
/// # Errors
/// [`Error::Unsupported`] if it is encrypted or packed in an unknown way; what the source or the room says.
pub(super) fn unpack(input: &Input<'_>, layout: &Layout, index: usize) -> Result<Unpacked> {
    let name = input.source.name();
    let folder = layout.folders.get(index).ok_or_else(|| malformed(name, "a file in no folder"))?;
    let mut end = 0_u64;
    let mut parts = Vec::new();
    for (len, crc32) in &folder.parts {
        let start = end;
        end = end.checked_add(*len).ok_or_else(|| malformed(name, "files longer than numbers go"))?;
        parts.push(Part { range: start..end, crc32: *crc32, wrong: None });
    }
    if let [coder] = &folder.coders[..]
        && coder.id == COPY
    {
        let source = Arc::new(Slice::new(Arc::clone(&input.source), stored(input, folder)?)?);
        return Ok(Unpacked { source, parts, notes: Vec::new(), in_place: true });
    }
    let what =
        format!("the folder of {:?} in it", layout.files.iter().find(|file| file.folder == index).map_or("", |file| &file.name));
    let mut chain = chain(input, folder, &what)?;
    let mut sums = Sums { parts: &mut parts, next: 0, at: 0, sum: crc32fast::Hasher::new() };
    let unpacked = spooled::unpack(input, Some(folder.len()), &mut chain, &mut |bytes| sums.update(bytes))?;
    let notes = crate::cut_short(input.source.as_ref(), unpacked.source.len(), unpacked.flaw.as_ref()).into_iter().collect();
    Ok(Unpacked { source: unpacked.source, parts, notes, in_place: false })
}

/// Checksums of files one behind another.
struct Sums<'p> {
    parts: &'p mut [Part],
    next: usize,
    at: u64,
    sum: crc32fast::Hasher,
}

impl Sums<'_> {
    fn update(&mut self, mut bytes: &[u8]) {
        while let Some(part) = self.parts.get_mut(self.next) {
            let left = usize::try_from(part.range.end - self.at).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(left.min(bytes.len()));
            self.sum.update(now);
            self.at += now.len() as u64;
            bytes = later;
            if self.at < part.range.end {
                return;
            }
            let own = std::mem::take(&mut self.sum).finalize();
            part.wrong = part.crc32.filter(|promised| *promised != own).map(|_| own);
            self.next += 1;
        }
    }
}

impl Unpacked {
    /// The content of `file`, what is promised of it, and what is wrong with it.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the folder ended before it.
    pub(super) fn file(&self, archive: &str, file: &File) -> Result<Content> {
        let part = self.parts.get(file.part).ok_or_else(|| malformed(archive, "a file in no part of its folder"))?;
        let source: Arc<dyn ReadAt> = Arc::new(Slice::new(Arc::clone(&self.source), part.range.clone())?);
        let mut notes = self.notes.clone();
        if let (Some(own), Some(promised)) = (part.wrong, part.crc32) {
            let name = &file.name;
            let text = format!("{archive}: the CRC-32 of {name:?} in it is {own:08x}; the archive promises {promised:08x}");
            notes.push(Note::damage(0, text));
        }
        let promise = part.crc32.filter(|_| self.in_place).map(|sum| {
            let (range, value) = (0..source.len(), sum.to_be_bytes().to_vec());
            Promise { source: Arc::clone(&source), range, algorithm: CheckAlgorithm::Crc32, value }
        });
        Ok(Content { source, promise, notes })
    }
}
