//! What is stored, back into what it was; from anywhere.

use crate::index::{Run, Runs, restore};
use crate::wire::Kind;
use discconv_core::{BlockDecode, BlockGeometry, ReadAt, Result};
use discconv_sector::RAW;
use std::sync::Arc;

/// Bytes that come out at a time: a raw sector, so that those of most images are whole ones.
pub(crate) const BLOCK: u32 = 2352;
/// Stored bytes that are read at a time.
const READ_BYTES: u64 = 512 << 10;

/// A file and where everything in it is.
pub(crate) struct Decoder {
    source: Arc<dyn ReadAt>,
    runs: Runs,
}

impl Decoder {
    pub(crate) fn new(source: Arc<dyn ReadAt>, runs: Runs) -> Decoder {
        Decoder { source, runs }
    }

    /// Fill `out` with what comes out from byte `offset` on, all of which the runs hold.
    fn read(&self, mut offset: u64, stored: &mut Vec<u8>, mut out: &mut [u8]) -> Result<()> {
        for run in self.runs.from(offset) {
            let here = usize::try_from(run.end() - offset).unwrap_or(usize::MAX).min(out.len());
            let (now, later) = out.split_at_mut(here);
            let skip = offset - run.out;
            match run.kind {
                Kind::Literal => self.source.read_exact_at(run.at + skip, now)?,
                Kind::Sector(_) => self.elements(run, skip, stored, now)?,
            }
            offset += here as u64;
            out = later;
            if out.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// The bytes of `run` from `skip` on, as many as `out` takes.
    fn elements(&self, run: &Run, skip: u64, stored: &mut Vec<u8>, mut out: &mut [u8]) -> Result<()> {
        let size = run.decoded();
        let (mut index, mut skip) = (skip / size, usize::try_from(skip % size).unwrap_or(0));
        while !out.is_empty() {
            let wanted = (skip as u64 + out.len() as u64).div_ceil(size);
            let count = wanted.min(READ_BYTES / u64::from(run.stride)).max(1);
            let bytes = (count - 1) * u64::from(run.stride) + run.stored();
            stored.resize(usize::try_from(bytes).unwrap_or(usize::MAX), 0);
            self.source.read_exact_at(run.at + index * u64::from(run.stride), stored)?;
            for element in stored.chunks(usize::from(run.stride)) {
                let here = out.len().min(usize::try_from(size).unwrap_or(usize::MAX) - skip);
                let (now, later) = out.split_at_mut(here);
                one(run, element, skip, now);
                (out, skip) = (later, 0);
            }
            index += count;
        }
        Ok(())
    }
}

/// Bytes of one element from `skip` on: the literal ones, then those of the sector.
fn one(run: &Run, element: &[u8], skip: usize, out: &mut [u8]) {
    let Kind::Sector(protection) = run.kind else { return };
    let mut frame = [0; RAW];
    let sector = element.get(usize::from(run.skip)..).and_then(|rest| rest.get(..usize::from(run.kind.stored())));
    let from = sector.map_or(0, |sector| restore(protection, sector, &mut frame));
    let lead = element.get(..usize::from(run.lead)).unwrap_or_default();
    let left = lead.get(skip..).unwrap_or_default();
    let take = left.len().min(out.len());
    let (now, later) = out.split_at_mut(take);
    now.copy_from_slice(&left[..take]);
    let begin = from + skip.saturating_sub(lead.len());
    if let Some(rest) = frame.get(begin..begin + later.len()) {
        later.copy_from_slice(rest);
    }
}

impl BlockDecode for Decoder {
    /// Bytes as they are stored.
    type Scratch = Vec<u8>;

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: self.runs.decoded(), block_bytes: BLOCK }
    }

    fn decode(&self, index: u64, scratch: &mut Vec<u8>, out: &mut [u8]) -> Result<()> {
        self.read(index * u64::from(BLOCK), scratch, out)
    }

    fn decode_run(&self, first: u64, scratch: &mut Vec<u8>, out: &mut [u8]) -> Result<()> {
        self.read(first * u64::from(BLOCK), scratch, out)
    }

    fn name(&self) -> &str {
        self.source.name()
    }
}
