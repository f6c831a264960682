//! A source that remembers that it could not be read: probes take a failed read for "not mine", which must not become
//! "not a disc image".

use discconv_core::{Error, ReadAt, Result};
use std::any::Any;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// `inner`, with the first failure of the system kept.
pub(crate) struct Remembering {
    inner: Arc<dyn ReadAt>,
    failure: Mutex<Option<Error>>,
}

impl Remembering {
    pub(crate) fn new(inner: Arc<dyn ReadAt>) -> Remembering {
        Remembering { inner, failure: Mutex::default() }
    }

    /// The first failure, if there was one.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ReadAt for Remembering {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.inner.read_exact_at(offset, buf).map_err(|error| match error {
            Error::Io { file, at, doing, source } => {
                let again = Error::io(&file, at.clone(), doing.clone(), source.kind().into());
                let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(Error::Io { file, at, doing, source });
                again
            }
            error => error,
        })
    }

    fn block_hint(&self) -> u32 {
        self.inner.block_hint()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn as_any(&self) -> Option<&dyn Any> {
        self.inner.as_any()
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        self.inner.is_hole(range)
    }
}
