//! The bytes of a file.

use crate::{Entry, FileSystem, Run, Space};
use discconv_core::{At, Error, ReadAt, Result};
use std::sync::Arc;

/// A file's content as one source: read where it lies, and unpacked where its file system packs it.
pub struct Content(Arc<dyn ReadAt>);

impl Content {
    /// The content of an entry of `system`.
    ///
    /// # Errors
    /// As [`FileSystem::runs`] and [`FileSystem::unpack`].
    pub fn new(space: Arc<Space>, system: &dyn FileSystem, entry: &Entry) -> Result<Content> {
        system.unpack(entry, Arc::new(Stored::new(space, system, entry)?)).map(Content)
    }
}

impl ReadAt for Content {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.0.read_exact_at(offset, buf)
    }

    fn block_hint(&self) -> u32 {
        self.0.block_hint()
    }

    fn name(&self) -> &str {
        self.0.name()
    }
}

/// The bytes that are stored for a file.
struct Stored {
    space: Arc<Space>,
    name: String,
    /// Each run with the place in the file where it begins.
    runs: Vec<(u64, Run)>,
    len: u64,
}

impl Stored {
    fn new(space: Arc<Space>, system: &dyn FileSystem, entry: &Entry) -> Result<Stored> {
        let mut len = 0_u64;
        let mut runs = Vec::new();
        for run in system.runs(entry)? {
            runs.push((len, run));
            len = len.checked_add(run.len).ok_or_else(|| {
                Error::malformed(space.name(), At::Whole, "runs of a file that are longer than anything", "their true length")
            })?;
        }
        Ok(Stored { space, name: entry.name.clone(), runs, len })
    }
}

impl ReadAt for Stored {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        if offset.checked_add(buf.len() as u64).is_none_or(|end| end > self.len) {
            let expected = format!("a file of {} bytes", self.len);
            return Err(Error::malformed(&self.name, At::Byte(offset), format!("{} bytes wanted", buf.len()), expected));
        }
        let mut place = self.runs.partition_point(|(start, run)| start + run.len <= offset);
        let (mut offset, mut rest) = (offset, buf);
        while !rest.is_empty() {
            let Some((start, run)) = self.runs.get(place) else { break };
            let into = offset - start;
            let take = usize::try_from(run.len - into).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(take);
            match run.at {
                Some(at) => self.space.read(at + into, now)?,
                None => now.fill(0),
            }
            (offset, rest, place) = (offset + take as u64, later, place + 1);
        }
        Ok(())
    }

    fn name(&self) -> &str {
        &self.name
    }
}
