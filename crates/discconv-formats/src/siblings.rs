//! The files beside an image, with their wrappers taken off.

use crate::formats;
use crate::open::Sample;
use discconv_core::{Found, Input, Limits, Opened, Promise, Result, Score, Siblings};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A folder whose wrapped files read like what is inside them.
///
/// So a sheet may name a WAVE file, or later `x.bin.ecm`, while its reader knows of neither; [`Found::unwrapped`] tells
/// it what was taken off last.
pub struct UnwrappingSiblings<'a> {
    inner: &'a dyn Siblings,
    limits: Limits,
    /// What the wrappers that were taken off promise, by the name of the file.
    promises: RefCell<BTreeMap<String, Vec<Promise>>>,
}

impl<'a> UnwrappingSiblings<'a> {
    /// The files of `inner`, unwrapped as deep as `limits` allow.
    #[must_use]
    pub fn new(inner: &'a dyn Siblings, limits: Limits) -> UnwrappingSiblings<'a> {
        UnwrappingSiblings { inner, limits, promises: RefCell::default() }
    }

    /// The digests that the wrappers taken off so far promise.
    pub(crate) fn promises(&self) -> Vec<Promise> {
        self.promises.borrow().values().flatten().cloned().collect()
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
        let input = Input { limits: self.limits, ..Input::new(&found.name, found.source.clone(), self.inner) };
        Ok(match format.open(&input)? {
            Opened::Bytes { source, checks, notes } => {
                // A file that is named twice promises the same twice.
                self.promises.borrow_mut().insert(found.name.clone(), checks);
                let notes = [found.notes, notes].concat();
                (Found { name: found.name, source, unwrapped: Some(format.info().id), notes }, true)
            }
            // It called itself a wrapper and was none; the file stays what it is.
            Opened::Discs(_) => (found, false),
        })
    }
}

impl Siblings for UnwrappingSiblings<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let Some(mut found) = self.inner.open(name)? else { return Ok(None) };
        for _ in 0..self.limits.depth {
            let (inner, again) = self.unwrap_once(found)?;
            found = inner;
            if !again {
                break;
            }
        }
        Ok(Some(found))
    }

    fn list(&self) -> Vec<String> {
        self.inner.list()
    }
}
