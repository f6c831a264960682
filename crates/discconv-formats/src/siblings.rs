//! The files beside an image, with their wrappers taken off.

use crate::formats;
use crate::open::Sample;
use discconv_core::{Found, Input, Limits, MemorySpool, Note, Opened, Promise, Result, Score, Siblings, Spool};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A folder whose wrapped files read like what is inside them.
///
/// So a sheet may name a WAVE file or `x.bin.ecm` while its reader knows of neither; [`Found::unwrapped`] tells it what was
/// taken off last. It may also name `x.bin` where only `x.bin.ecm` is there. What was unpacked once is kept.
pub struct UnwrappingSiblings<'a> {
    inner: &'a dyn Siblings,
    limits: Limits,
    spool: &'a dyn Spool,
    /// What was unwrapped, by the name that was asked for.
    known: RefCell<BTreeMap<String, Found>>,
    /// What the wrappers that were taken off promise, by the name of the file.
    promises: RefCell<BTreeMap<String, Vec<Promise>>>,
}

impl<'a> UnwrappingSiblings<'a> {
    /// The files of `inner`, unwrapped as deep as `limits` allow, with room in memory.
    #[must_use]
    pub fn new(inner: &'a dyn Siblings, limits: Limits) -> UnwrappingSiblings<'a> {
        UnwrappingSiblings { inner, limits, spool: &MemorySpool::USUAL, known: RefCell::default(), promises: RefCell::default() }
    }

    /// The same with room in `spool`.
    #[must_use]
    pub fn with_spool(mut self, spool: &'a dyn Spool) -> UnwrappingSiblings<'a> {
        self.spool = spool;
        self
    }

    /// The files around `input`.
    pub(crate) fn around(input: &Input<'a>) -> UnwrappingSiblings<'a> {
        UnwrappingSiblings::new(input.siblings, input.limits).with_spool(input.spool)
    }

    /// The files as they are.
    pub(crate) fn plain(&self) -> &'a dyn Siblings {
        self.inner
    }

    /// `found` with one wrapper taken off, or as it is.
    fn unwrap_once(&self, found: Found) -> Result<(Found, bool)> {
        let sample = Sample::of(&found.name, found.source.as_ref());
        let wrapper = formats()
            .filter(|format| format.info().wrapper)
            .map(|format| (format.probe(&sample.peek(found.source.as_ref())), format))
            .filter(|(score, _)| *score >= Score::LIKELY)
            .max_by_key(|(score, _)| *score);
        let Some((_, format)) = wrapper else { return Ok((found, false)) };
        let input = Input { limits: self.limits, spool: self.spool, ..Input::new(&found.name, found.source.clone(), self.inner) };
        Ok(match format.open(&input)? {
            Opened::Bytes { source, checks, notes } => {
                // A file that is named twice promises the same twice.
                self.promises.borrow_mut().entry(found.name.clone()).or_default().extend(checks);
                let notes = [found.notes, notes].concat();
                (Found { name: found.name, source, unwrapped: Some(format.info().id), notes }, true)
            }
            // It called itself a wrapper and was none; the file stays what it is.
            Opened::Discs(_) => (found, false),
        })
    }

    /// `found` with all wrappers taken off.
    fn unwrapped(&self, mut found: Found) -> Result<Found> {
        for _ in 0..self.limits.depth {
            let (inner, again) = self.unwrap_once(found)?;
            found = inner;
            if !again {
                break;
            }
        }
        Ok(found)
    }

    /// The file that stands for `name` where there is none of that name: the same, packed.
    fn packed(&self, name: &str) -> Result<Option<Found>> {
        let extensions = formats().map(discconv_core::Format::info).filter(|info| info.appends).flat_map(|info| info.extensions);
        for extension in extensions {
            let Some(found) = self.inner.open(&format!("{name}.{extension}"))? else { continue };
            let mut found = self.unwrapped(found)?;
            if found.unwrapped.is_some() {
                let text = format!("{}: stands for {name:?}, which is not there", found.name);
                found.notes.insert(0, Note::oddity(text));
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

impl Siblings for UnwrappingSiblings<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        if let Some(found) = self.known.borrow().get(name) {
            return Ok(Some(found.clone()));
        }
        let found = match self.inner.open(name)? {
            Some(found) => Some(self.unwrapped(found)?),
            None => self.packed(name)?,
        };
        if let Some(found) = found.iter().find(|found| found.unwrapped.is_some()) {
            self.known.borrow_mut().insert(name.to_owned(), found.clone());
        }
        Ok(found)
    }

    fn glance(&self, name: &str) -> Result<Option<Found>> {
        self.inner.glance(name)
    }

    fn list(&self) -> Vec<String> {
        self.inner.list()
    }

    /// Also those of the wrappers taken off so far.
    fn promises(&self) -> Vec<Promise> {
        let wrappers = self.promises.borrow();
        wrappers.values().flatten().cloned().chain(self.inner.promises()).collect()
    }
}
