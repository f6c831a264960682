//! A GDI and its files as a [`Disc`].

use crate::layout;
use crate::wire::{self, Line, Sheet};
use discconv_core::{At, Disc, DiscParts, Error, Found, Input, Note, Padded, ReadAt, Result, SourceId, safe_relative_name};
use std::sync::Arc;

/// Extensions of files that a GDI may be about, for advice.
const LIKELY: [&str; 3] = ["bin", "raw", "iso"];

/// Open the GDI that `input` is.
///
/// # Errors
/// See [`wire::parse`]; [`Error::MissingFile`] with the line; [`Error::Malformed`] where files and text do not agree.
pub(crate) fn open(input: &Input<'_>) -> Result<Disc> {
    let mut sheet = wire::parse(input.name, &text(input)?)?;
    let mut notes = std::mem::take(&mut sheet.notes);
    let mut files = Files::locate(input, &sheet, &mut notes)?;
    let layout = layout::build(&sheet, &files)?;
    for (source, needed) in files.sources.iter_mut().zip(&layout.needed).filter(|(source, needed)| source.len() < **needed) {
        *source = Arc::new(Padded::new(source.clone(), *needed));
    }
    notes.extend(layout.notes);
    let (checks, extras) = (Vec::new(), Vec::new());
    let parts = DiscParts { toc: layout.toc, sources: files.sources, extents: layout.extents, notes, checks, extras };
    Disc::new(input.name, parts)
}

/// The names of the data files, as far as the text says them.
pub(crate) fn names(input: &Input<'_>) -> Result<Vec<String>> {
    let sheet = wire::parse(input.name, &text(input)?)?;
    Ok(sheet.tracks.into_iter().flat_map(|track| track.names).collect())
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

/// The files of a GDI.
pub(crate) struct Files {
    /// Each once.
    sources: Vec<Arc<dyn ReadAt>>,
    names: Vec<String>,
    /// For each track, which of them.
    of_track: Vec<usize>,
}

impl Files {
    fn locate(input: &Input<'_>, sheet: &Sheet, notes: &mut Vec<Note>) -> Result<Files> {
        let mut files = Files { sources: Vec::new(), names: Vec::new(), of_track: Vec::new() };
        for track in &sheet.tracks {
            let found = locate(input, sheet, track)?;
            let known = files.names.iter().position(|name| *name == found.name);
            files.of_track.push(known.unwrap_or(files.names.len()));
            if known.is_none() {
                notes.extend(found.notes);
                files.names.push(found.name);
                files.sources.push(found.source);
            }
        }
        Ok(files)
    }

    /// How many files there are.
    pub(crate) fn count(&self) -> usize {
        self.sources.len()
    }

    /// The file of a track (counted from 0), and what it is called in the folder.
    pub(crate) fn of(&self, track: usize) -> (usize, &dyn ReadAt, &str) {
        let file = self.of_track[track];
        (file, self.sources[file].as_ref(), &self.names[file])
    }

    /// The number that extents know it by.
    pub(crate) fn id(&self, track: usize) -> SourceId {
        SourceId(u32::try_from(self.of_track[track]).unwrap_or(u32::MAX))
    }
}

fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// As the text writes it, then only its last part; in each alphabet that it may be in.
fn locate(input: &Input<'_>, sheet: &Sheet, track: &Line) -> Result<Found> {
    for name in &track.names {
        let relative = safe_relative_name(&sheet.name, At::Line(track.line), name)?;
        let found = match input.siblings.open(&relative)? {
            None if relative.contains('/') => input.siblings.open(base_name(&relative))?,
            found => found,
        };
        match found {
            Some(found) if base_name(&found.name) == base_name(input.name) && !relative.contains('/') => {
                let found = format!("{name:?}, which is the GDI itself");
                return Err(Error::malformed(&sheet.name, At::Line(track.line), found, "the name of a file with sectors"));
            }
            Some(found) => return Ok(found),
            None => {}
        }
    }
    let hint = candidate(input).unwrap_or_else(|| format!("put {:?} beside the GDI", base_name(track.name())));
    let (file, at, wanted) = (sheet.name.clone(), At::Line(track.line), track.name().to_owned());
    Err(Error::MissingFile { file, at, wanted, hint: Some(hint) })
}

/// The only file of the folder that could be meant.
fn candidate(input: &Input<'_>) -> Option<String> {
    let names = input.siblings.list();
    let is_likely = |name: &&String| {
        let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
        LIKELY.contains(&extension.as_str())
    };
    let mut likely = names.iter().filter(is_likely);
    match (likely.next(), likely.next()) {
        (Some(only), None) => Some(format!("if {only:?} is meant, write that name into the GDI")),
        _ => None,
    }
}
