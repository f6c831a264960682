//! The files with the sectors, as sources.

use crate::descriptor::{Descriptor, ToldFile};
use crate::names;
use discconv_core::{At, Concat, Error, Found, Input, Note, Padded, ReadAt, Result, safe_relative_name};
use std::sync::Arc;

/// The files that a descriptor names. A source is a list of them, one behind the other.
pub(crate) struct Files {
    files: Vec<(String, Found)>,
    sources: Vec<Vec<usize>>,
    /// The source of each track, in order.
    pub(crate) of_track: Vec<usize>,
    pub(crate) notes: Vec<Note>,
}

/// Find every file that the tracks name.
///
/// # Errors
/// [`Error::MissingFile`] with the place of its footer; [`Error::Malformed`] for a name that leaves the folder, or is the
/// descriptor's own.
pub(crate) fn locate(input: &Input<'_>, descriptor: &Descriptor) -> Result<Files> {
    let mut files = Files { files: Vec::new(), sources: Vec::new(), of_track: Vec::new(), notes: Vec::new() };
    let all: Vec<_> = descriptor.tracks().map(|track| names::of_track(track, input.stem())).collect();
    let alone = all.iter().flatten().all(|(_, name)| Some(name) == all[0].first().map(|(_, first)| first));
    for named in &all {
        let list = named.iter().map(|(told, name)| files.file(input, told, name, alone)).collect::<Result<Vec<usize>>>()?;
        let known = files.sources.iter().position(|source| *source == list);
        files.of_track.push(known.unwrap_or(files.sources.len()));
        if known.is_none() {
            files.sources.push(list);
        }
    }
    Ok(files)
}

fn bare(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

impl Files {
    /// The number of the file `name`; `alone`: the descriptor names no other.
    fn file(&mut self, input: &Input<'_>, told: &ToldFile, name: &str, alone: bool) -> Result<usize> {
        if let Some(known) = self.files.iter().position(|(known, _)| known == name) {
            return Ok(known);
        }
        let relative = safe_relative_name(input.name, At::Byte(told.at), name)?;
        let mut found = input.siblings.open(&relative)?;
        if found.is_none() && relative.contains('/') {
            found = input.siblings.open(bare(&relative))?;
        }
        let by_stem = format!("{}.mdf", input.stem());
        if found.is_none() && alone && name != by_stem {
            found = input.siblings.open(&by_stem)?;
            if let Some(found) = &found {
                let text = format!("{}: {name:?} is not there; {:?} is taken for it", input.name, found.name);
                self.notes.push(Note::oddity(text));
            }
        }
        let Some(mut found) = found else { return Err(missing(input, told, name)) };
        if bare(&found.name) == bare(input.name) {
            let text = format!("{name:?}, which is the descriptor itself");
            let error = Error::malformed(input.name, At::Byte(told.at), text, "the name of a file with sectors");
            return Err(error.with_hint("the descriptor is damaged; name the file with the sectors (.mdf) instead"));
        }
        self.notes.append(&mut found.notes);
        self.files.push((name.to_owned(), found));
        Ok(self.files.len() - 1)
    }

    /// How many sources there are.
    pub(crate) fn count(&self) -> usize {
        self.sources.len()
    }

    /// What the person calls a source.
    pub(crate) fn name(&self, source: usize) -> &str {
        self.sources[source].first().map_or("", |file| &self.files[*file].1.name)
    }

    /// Bytes of a source.
    pub(crate) fn len(&self, source: usize) -> u64 {
        self.sources[source].iter().map(|file| self.files[*file].1.source.len()).fold(0, u64::saturating_add)
    }

    /// The files of a source, each with where it begins there.
    pub(crate) fn pieces(&self, source: usize) -> impl Iterator<Item = (usize, u64)> {
        let mut at = 0_u64;
        self.sources[source].iter().map(move |file| {
            let start = at;
            at = at.saturating_add(self.files[*file].1.source.len());
            (*file, start)
        })
    }

    /// Where a source needs more than its files hold, look for further pieces that nobody named.
    ///
    /// # Errors
    /// Opening them.
    pub(crate) fn go_on(&mut self, input: &Input<'_>, source: usize, needed: u64) -> Result<()> {
        while self.len(source) < needed {
            let last = self.sources[source].last().map(|file| self.files[*file].1.name.clone());
            let Some(next) = last.and_then(|last| names::next(&last)) else { return Ok(()) };
            let known = self.files.iter().position(|(_, found)| found.name.eq_ignore_ascii_case(&next));
            let Some(found) = input.siblings.open(&next)?.filter(|_| known.is_none()) else { return Ok(()) };
            self.notes
                .push(Note::oddity(format!("{}: the image goes on in {:?}, which it does not name", input.name, found.name)));
            self.notes.extend(found.notes.iter().cloned());
            self.sources[source].push(self.files.len());
            self.files.push((next, found));
        }
        Ok(())
    }

    /// A source as bytes, with zeros up to `needed`.
    pub(crate) fn source(&self, source: usize, needed: u64) -> Arc<dyn ReadAt> {
        let parts: Vec<Arc<dyn ReadAt>> = self.sources[source].iter().map(|file| self.files[*file].1.source.clone()).collect();
        let first = parts[0].clone();
        let whole = if parts.len() == 1 { first } else { Concat::new(parts).map_or(first, |whole| Arc::new(whole)) };
        if whole.len() < needed { Arc::new(Padded::new(whole, needed)) } else { whole }
    }
}

fn missing(input: &Input<'_>, told: &ToldFile, name: &str) -> Error {
    let names = input.siblings.list();
    let mut likely = names.iter().filter(|name| names::next(name).is_some());
    let hint = match (likely.next(), likely.next()) {
        (Some(only), None) => format!("if {only:?} is meant, give it and the descriptor the same name"),
        _ => format!("put {name:?} beside the descriptor"),
    };
    Error::MissingFile { file: input.name.to_owned(), at: At::Byte(told.at), wanted: name.to_owned(), hint: Some(hint) }
}
