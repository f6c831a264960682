//! Room for content that comes in order only, and is wanted at random.

use crate::error::{At, Error, Result};
use crate::source::{Bytes, ReadAt};
use std::sync::Arc;

/// Where content goes that cannot be unpacked at random: into memory, or what the host has.
pub trait Spool: Sync {
    /// Room for the content of `name`, of `expected` bytes if that is known.
    ///
    /// # Errors
    /// If there cannot be as much room.
    fn begin(&self, name: &str, expected: Option<u64>) -> Result<Box<dyn Spooled>>;

    /// Asked now and then by whoever unpacks for long.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if the person wants it to end.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// Content on its way.
pub trait Spooled {
    /// These bytes next.
    ///
    /// # Errors
    /// If there is no room for them.
    fn append(&mut self, bytes: &[u8]) -> Result<()>;

    /// All of it, for good; the room is free again when the last of its users is gone.
    ///
    /// # Errors
    /// What the system says.
    fn finish(self: Box<Self>) -> Result<Arc<dyn ReadAt>>;
}

/// Room in memory.
#[derive(Clone, Copy, Debug)]
pub struct MemorySpool {
    /// Bytes of one content, at most.
    pub most: u64,
}

impl MemorySpool {
    /// Enough for any CD, and no more than small machines have.
    pub const USUAL: MemorySpool = MemorySpool { most: 1 << 30 };
}

impl Spool for MemorySpool {
    fn begin(&self, name: &str, expected: Option<u64>) -> Result<Box<dyn Spooled>> {
        let room = InMemory { name: name.to_owned(), bytes: Vec::new(), most: self.most };
        match expected.filter(|expected| *expected > self.most) {
            Some(expected) => Err(room.full(expected)),
            None => Ok(Box::new(room)),
        }
    }
}

struct InMemory {
    name: String,
    bytes: Vec<u8>,
    most: u64,
}

impl InMemory {
    fn full(&self, wanted: u64) -> Error {
        let (found, limit) = (format!("{wanted} bytes of content"), format!("{} bytes in memory", self.most));
        Error::Limit { file: self.name.clone(), at: At::Whole, found, limit }
    }
}

impl Spooled for InMemory {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let wanted = self.bytes.len() as u64 + bytes.len() as u64;
        if wanted > self.most || self.bytes.try_reserve(bytes.len()).is_err() {
            return Err(self.full(wanted));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(Bytes::new(self.name, self.bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded() {
        let spool = MemorySpool { most: 5 };
        assert!(spool.begin("x", Some(6)).is_err());
        let mut room = spool.begin("x", Some(5)).unwrap();
        room.append(b"abc").unwrap();
        let error = room.append(b"def").unwrap_err();
        assert_eq!(error.to_string(), "x: found 6 bytes of content; the limit is 5 bytes in memory");
        room.append(b"de").unwrap();
        let source = room.finish().unwrap();
        let mut bytes = [0; 5];
        source.read_exact_at(0, &mut bytes).unwrap();
        assert_eq!((&bytes, source.len(), source.name()), (b"abcde", 5, "x"));
    }
}
