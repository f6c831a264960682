//! A TOC and its files as a [`Disc`].

use crate::content::Content;
use crate::layout::{self, Made};
use crate::parse::parse_sheet;
use crate::pieces::Bit;
use crate::sheet::{Sheet, What};
use crate::source::{Swapped, Zeros};
use crate::wire::DataMode;
use discconv_core::image::Corrected;
use discconv_core::{
    At, Concat, Disc, DiscParts, Error, Extra, ExtraKind, Found, Input, Note, Padded, ReadAt, Result, Slice, safe_relative_name,
};
use std::sync::Arc;

/// The text of the TOC, kept for a TOC to be written.
pub(crate) const TEXT: ExtraKind = ExtraKind::other("toc-sheet");
/// Wrappers that hand out samples.
const SOUND: [&str; 6] = ["wave", "aiff", "aifc", "flac", "mp3", "ogg"];
/// Extensions of files that a TOC may be about, for advice.
const LIKELY: [&str; 9] = ["bin", "img", "iso", "raw", "cdr", "wav", "aif", "aiff", "flac"];
/// Compressed or boxed sound that nobody has taken off, by its first bytes.
const SIGNS: [(&[u8], &str); 4] = [(b"fLaC", "FLAC"), (b"OggS", "Ogg"), (b"ID3", "MP3"), (b"RIFF", "RIFF")];

/// Open the TOC that `input` is.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let bytes = text(input)?;
    let sheet = parse(input, &bytes)?;
    let mut notes = sheet.notes.clone();
    let files = Files::locate(input, &sheet, &mut notes)?;
    let mut layout = layout::build(&sheet, &files)?;
    notes.append(&mut layout.notes);
    let mut sources: Vec<Arc<dyn ReadAt>> =
        files.sources.into_iter().zip(&layout.needed).map(|(source, needed)| padded(source, *needed)).collect();
    for made in &layout.made {
        let source = match made {
            Made::Composed(bits) => composed(input.name, &sources, bits)?,
            Made::Corrected { source, offset, stride, sectors } => {
                let inner = usize::try_from(source.0).ok().and_then(|index| sources.get(index)).cloned();
                let found = || Error::malformed(input.name, At::Whole, "subchannel of no file", "subchannel of a file");
                let inner = inner.ok_or_else(found)?;
                Arc::new(Corrected { inner, offset: *offset, stride: *stride, sectors: *sectors })
            }
        };
        sources.push(source);
    }
    let name = input.name.rsplit(['/', '\\']).next().unwrap_or(input.name).to_owned();
    let extras = vec![Extra { kind: TEXT, name, bytes }];
    let parts = DiscParts { toc: layout.toc, sources, extents: layout.extents, notes, checks: Vec::new(), extras };
    Disc::new(input.name, parts)
}

/// The names of the data files, as far as the text says them.
pub(crate) fn names(input: &Input<'_>) -> Result<Vec<String>> {
    let sheet = parse(input, &text(input)?)?;
    Ok(sheet.files.into_iter().map(|file| file.name).collect())
}

/// All bytes of the text.
fn text(input: &Input<'_>) -> Result<Vec<u8>> {
    let len = input.source.len();
    let small = usize::try_from(len).ok().filter(|_| len <= input.limits.text_bytes);
    let Some(small) = small else {
        let limit = format!("{} bytes of a text", input.limits.text_bytes);
        return Err(Error::Limit { file: input.name.to_owned(), at: At::Whole, found: format!("{len} bytes"), limit });
    };
    let mut bytes = vec![0; small];
    input.source.read_exact_at(0, &mut bytes)?;
    Ok(bytes)
}

fn parse(input: &Input<'_>, bytes: &[u8]) -> Result<Sheet> {
    match crate::probe::other_toc(bytes) {
        Some(other) => Err(Error::unsupported(input.name, At::Whole, format!("this is {other}, not a TOC of cdrdao"))
            .with_hint("name the file with the sectors instead; it lies beside this one")),
        None => parse_sheet(input.name, bytes),
    }
}

fn padded(source: Arc<dyn ReadAt>, needed: u64) -> Arc<dyn ReadAt> {
    if source.len() < needed { Arc::new(Padded::new(source, needed)) } else { source }
}

/// Sectors that are put together from parts of files.
fn composed(name: &str, sources: &[Arc<dyn ReadAt>], bits: &[Bit]) -> Result<Arc<dyn ReadAt>> {
    let mut parts: Vec<Arc<dyn ReadAt>> = Vec::new();
    for bit in bits {
        parts.push(match bit {
            Bit::Zeros(len) => Arc::new(Zeros(*len)),
            Bit::File { file, range, swap } => {
                let slice = Arc::new(Slice::new(sources[*file].clone(), range.clone())?);
                if *swap { Arc::new(Swapped(slice)) } else { slice }
            }
        });
    }
    // The name is that of the first part, and zeros have none.
    if let Some(named) = parts.iter().position(|part| !part.name().is_empty()).filter(|named| *named > 0) {
        let empty = Slice::new(parts[named].clone(), 0..0)?;
        parts.insert(0, Arc::new(empty));
    }
    match Concat::new(parts) {
        Some(concat) => Ok(Arc::new(concat)),
        None => Err(Error::malformed(name, At::Whole, "parts of no length, or of more than can be counted", "sectors")),
    }
}

/// The files of a sheet, by its numbers.
struct Files {
    sources: Vec<Arc<dyn ReadAt>>,
    is_pcm: Vec<bool>,
}

impl Files {
    fn locate(input: &Input<'_>, sheet: &Sheet, notes: &mut Vec<Note>) -> Result<Files> {
        let mut files = Files { sources: Vec::new(), is_pcm: Vec::new() };
        for file in 0..sheet.files.len() {
            let mut found = locate(input, sheet, file)?;
            let pcm = found.unwrapped.is_some_and(|id| SOUND.contains(&id));
            notes.append(&mut found.notes);
            if !pcm {
                notes.extend(bare_sound(sheet, file, &found)?);
            }
            files.sources.push(found.source);
            files.is_pcm.push(pcm);
        }
        Ok(files)
    }
}

fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn extension(name: &str) -> String {
    base_name(name).rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase())
}

/// As the text writes it, then only its last part.
fn locate(input: &Input<'_>, sheet: &Sheet, file: usize) -> Result<Found> {
    let told = &sheet.files[file];
    let relative = safe_relative_name(&sheet.name, At::Line(told.line), &told.name)?;
    let found = match input.siblings.open(&relative)? {
        None if relative.contains('/') => input.siblings.open(base_name(&relative))?,
        found => found,
    };
    let Some(found) = found else {
        let hint = candidate(input).unwrap_or_else(|| format!("put {:?} beside the TOC", base_name(&told.name)));
        let (file, at, wanted) = (sheet.name.clone(), At::Line(told.line), told.name.clone());
        return Err(Error::MissingFile { file, at, wanted, hint: Some(hint) });
    };
    let itself = base_name(&found.name) == base_name(input.name) && !relative.contains('/');
    if itself {
        let found = format!("{:?}, which is the TOC itself", told.name);
        let hint = candidate(input).unwrap_or_else(|| "write the name of the data file into this line".to_owned());
        return Err(
            Error::malformed(&sheet.name, At::Line(told.line), found, "the name of a file with sectors or sound").with_hint(hint)
        );
    }
    Ok(found)
}

/// The only file of the folder that could be meant.
fn candidate(input: &Input<'_>) -> Option<String> {
    let names = input.siblings.list();
    let mut likely = names.iter().filter(|name| LIKELY.contains(&extension(name).as_str()));
    match (likely.next(), likely.next()) {
        (Some(only), None) => Some(format!("if {only:?} is meant, write that name into the TOC")),
        _ => None,
    }
}

/// A file with samples that no wrapper has taken off: compressed sound is refused, a WAVE that is none is told.
fn bare_sound(sheet: &Sheet, file: usize, found: &Found) -> Result<Option<Note>> {
    let holds_sound = sheet.tracks.iter().any(|track| {
        let named = |part: &crate::sheet::Part| matches!(part.what, What::Stored { file: told, .. } if told == file);
        track.mode == DataMode::Audio && track.parts.iter().any(named)
    });
    if !holds_sound {
        return Ok(None);
    }
    let told = &sheet.files[file];
    let mut head = [0; 4];
    if found.source.len() >= 4 {
        found.source.read_exact_at(0, &mut head)?;
    }
    if let Some((_, sound)) = SIGNS.iter().find(|(sign, _)| head.starts_with(sign)) {
        let what = format!("{:?} is {sound} sound, which cannot be decoded here", found.name);
        return Err(Error::unsupported(&sheet.name, At::Line(told.line), what)
            .with_hint("decode it to a WAVE file of 44.1 kHz, 16 bit, stereo, and write that name into the TOC"));
    }
    let text = format!("{}: line {}: {:?} is no WAVE file; its bytes count as samples", sheet.name, told.line, told.name);
    Ok((extension(&told.name) == "wav").then(|| Note::oddity(format!("{text}, big-endian"))))
}

impl Content for Files {
    fn len(&self, file: usize) -> u64 {
        self.sources[file].len()
    }

    fn is_pcm(&self, file: usize) -> bool {
        self.is_pcm[file]
    }

    fn read(&self, file: usize, offset: u64, out: &mut [u8]) -> bool {
        let end = offset.checked_add(out.len() as u64);
        end.is_some_and(|end| end <= self.sources[file].len()) && self.sources[file].read_exact_at(offset, out).is_ok()
    }
}
