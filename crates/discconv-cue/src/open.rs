//! A sheet and its files as a [`Disc`].

use crate::content::{self, Content};
use crate::files::{self, Located};
use crate::layout;
use crate::original::{self, Remembered};
use crate::sheet::{Sheet, parse_sheet};
use crate::texts;
use discconv_core::{
    At, Bytes, Disc, DiscParts, Error, Extent, Input, Note, Padded, ReadAt, Result, SubCoding, safe_relative_name,
};
use std::sync::Arc;

/// Open the sheet that `input` is.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let bytes = whole(input, input.source.as_ref(), input.name)?;
    let sheet = parse_sheet(input.name, &bytes)?;
    let mut notes = sheet.notes.clone();
    let files = Files::locate(input, &sheet, &mut notes)?;
    let pack_file = pack_file(input, &sheet, &mut notes)?;
    let packs = pack_file.as_ref().map_or_else(Vec::new, |file| file.packs.clone());
    let mut layout = layout::build(&sheet, &files, &packs)?;
    notes.append(&mut layout.notes);
    let pack_file = pack_file.map(|file| (file.name, file.bytes));
    let extras = original::extras(bare(input.name), bytes, files.remembered(&sheet, &layout.extents), pack_file);
    let sources = files.sources.into_iter().zip(layout.needed).map(|(source, needed)| padded(source, needed)).collect();
    let parts = DiscParts { toc: layout.toc, sources, extents: layout.extents, notes, checks: Vec::new(), extras };
    Disc::new(input.name, parts)
}

fn bare(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn padded(source: Arc<dyn ReadAt>, needed: u64) -> Arc<dyn ReadAt> {
    if source.len() < needed { Arc::new(Padded::new(source, needed)) } else { source }
}

/// All bytes of a text file, or of one of CD-TEXT packs.
fn whole(input: &Input<'_>, source: &dyn ReadAt, name: &str) -> Result<Vec<u8>> {
    let len = source.len();
    let small = usize::try_from(len).ok().filter(|_| len <= input.limits.text_bytes);
    let Some(small) = small else {
        let limit = format!("{} bytes of a text", input.limits.text_bytes);
        return Err(Error::Limit { file: name.to_owned(), at: At::Whole, found: format!("{len} bytes"), limit });
    };
    let mut bytes = vec![0; small];
    source.read_exact_at(0, &mut bytes)?;
    Ok(bytes)
}

/// A file of CD-TEXT packs.
struct PackFile {
    name: String,
    bytes: Vec<u8>,
    packs: Vec<[u8; 18]>,
}

/// The CD-TEXT packs that the sheet points to. Without them the disc is the same, so a missing file is a note.
fn pack_file(input: &Input<'_>, sheet: &Sheet, notes: &mut Vec<Note>) -> Result<Option<PackFile>> {
    let Some((line, name)) = &sheet.cd_text_file else { return Ok(None) };
    let relative = safe_relative_name(&sheet.name, At::Line(*line), name)?;
    let found = match input.siblings.open(&relative)? {
        Some(found) => Some(found),
        None => input.siblings.open(bare(&relative))?,
    };
    let mut note = |text: String| notes.push(Note::oddity(format!("{}: line {line}: {text}", sheet.name)));
    let Some(found) = found else {
        note(format!("the CD-TEXT file {name:?} is not there; its texts are missing"));
        return Ok(None);
    };
    let bytes = whole(input, found.source.as_ref(), &found.name)?;
    let packs = texts::packs(&bytes);
    if packs.is_none() {
        note(format!("{name:?} has {} bytes, no whole number of CD-TEXT packs; it does not count", bytes.len()));
    }
    Ok(Some(PackFile { name: found.name, bytes, packs: packs.unwrap_or_default() }))
}

/// The files of a sheet, by its numbers; one that no index lies in is empty.
struct Files {
    sources: Vec<Arc<dyn ReadAt>>,
    names: Vec<String>,
    unwrapped: Vec<Option<&'static str>>,
}

impl Files {
    fn locate(input: &Input<'_>, sheet: &Sheet, notes: &mut Vec<Note>) -> Result<Files> {
        let mut files = Files { sources: Vec::new(), names: Vec::new(), unwrapped: Vec::new() };
        for (file, told) in sheet.files.iter().enumerate() {
            if !files::is_used(sheet, file) {
                files.push(Arc::new(Bytes::new(told.name.as_str(), Vec::new())), told.name.clone(), None);
                continue;
            }
            let Located { found, notes: mut more } = files::locate(input, sheet, file)?;
            notes.append(&mut more);
            files.push(found.source, found.name, found.unwrapped);
        }
        Ok(files)
    }

    fn push(&mut self, source: Arc<dyn ReadAt>, name: String, unwrapped: Option<&'static str>) {
        self.sources.push(source);
        self.names.push(name);
        self.unwrapped.push(unwrapped);
    }

    fn remembered<'a>(&'a self, sheet: &'a Sheet, extents: &'a [Extent]) -> impl Iterator<Item = Remembered<'a>> {
        let files = self.sources.iter().zip(&self.names).zip(&self.unwrapped).enumerate();
        files.map(|(file, ((source, name), unwrapped))| Remembered {
            name,
            bytes: source.len(),
            used: files::is_used(sheet, file),
            packed: extents
                .iter()
                .filter_map(|extent| extent.main)
                .any(|place| usize::try_from(place.source.0) == Ok(file) && place.form.sub == Some(SubCoding::Packed)),
            unwrapped: *unwrapped,
        })
    }
}

impl Content for Files {
    fn len(&self, file: usize) -> u64 {
        self.sources[file].len()
    }

    fn is_pcm(&self, file: usize) -> bool {
        content::is_sound(self.unwrapped[file])
    }

    fn read(&self, file: usize, offset: u64, out: &mut [u8]) -> bool {
        let end = offset.checked_add(out.len() as u64);
        end.is_some_and(|end| end <= self.sources[file].len()) && self.sources[file].read_exact_at(offset, out).is_ok()
    }
}
