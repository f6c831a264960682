//! Sources that are stored in blocks which must be decoded: CSO, ISZ, CHD and their like.

use crate::error::{At, Error, Result};
use crate::source::{ReadAt, Tap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The shape of a block-coded source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockGeometry {
    /// Decoded length in bytes.
    pub len: u64,
    /// Decoded bytes of every block but the last, which may hold fewer.
    pub block_bytes: u32,
}

/// Decodes single blocks, from any thread.
pub trait BlockDecode: Send + Sync {
    /// State that a worker keeps from block to block: an inflater, a buffer of coded bytes.
    type Scratch: Default + Send;

    /// Length and block size; the size is not 0.
    fn geometry(&self) -> BlockGeometry;

    /// Decode block `index`, of which `out.len()` bytes are wanted: a whole block, or what is left of the last.
    ///
    /// # Errors
    /// What is wrong with the block, naming the file and the block's place in it.
    fn decode(&self, index: u64, scratch: &mut Self::Scratch, out: &mut [u8]) -> Result<()>;

    /// Decode neighbouring blocks from `first` on into `out`, which ends with a block: where blocks are small, one read
    /// for many of them is worth the trouble. `out` is as long as the caller's, so what is read at a time must be bounded.
    ///
    /// # Errors
    /// As for [`BlockDecode::decode`].
    fn decode_run(&self, first: u64, scratch: &mut Self::Scratch, out: &mut [u8]) -> Result<()> {
        let block = usize::try_from(self.geometry().block_bytes).unwrap_or(usize::MAX);
        (first..).zip(out.chunks_mut(block)).try_for_each(|(index, out)| self.decode(index, scratch, out))
    }

    /// What the person calls the file, for messages.
    fn name(&self) -> &str;
}

/// Decoded blocks that are kept for small and repeated reads, at most.
const KEPT: usize = 8;
/// Bytes of them, at most: blocks may be megabytes long.
const KEPT_BYTES: u32 = 8 << 20;

/// A block-coded source as bytes.
///
/// Long reads decode straight into the caller's buffer. Short ones go through a few blocks that are kept.
pub struct Blocks<D: BlockDecode> {
    decoder: D,
    geometry: BlockGeometry,
    /// Idle states; one lock per call, not per block.
    idle: Mutex<Vec<D::Scratch>>,
    kept: Mutex<Vec<(u64, Arc<[u8]>)>>,
    taps: RwLock<Vec<Arc<dyn Tap>>>,
}

impl<D: BlockDecode> Blocks<D> {
    /// `decoder` as a source.
    ///
    /// # Errors
    /// [`Error::Malformed`] if its blocks have no size.
    pub fn new(decoder: D) -> Result<Blocks<D>> {
        let geometry = decoder.geometry();
        if geometry.block_bytes == 0 {
            return Err(Error::malformed(decoder.name(), At::Whole, "blocks of 0 bytes", "a block size"));
        }
        Ok(Blocks { decoder, geometry, idle: Mutex::default(), kept: Mutex::default(), taps: RwLock::default() })
    }

    /// The decoder.
    #[must_use]
    pub fn decoder(&self) -> &D {
        &self.decoder
    }

    fn block_len(&self, index: u64) -> usize {
        let block = u64::from(self.geometry.block_bytes);
        usize::try_from(block.min(self.geometry.len - index * block)).unwrap_or(usize::MAX)
    }

    /// A whole block, kept for the next time.
    fn block(&self, index: u64, scratch: &mut D::Scratch) -> Result<Arc<[u8]>> {
        let find = |kept: &Vec<(u64, Arc<[u8]>)>| kept.iter().find(|(known, _)| *known == index).map(|(_, bytes)| bytes.clone());
        if let Some(bytes) = find(&self.kept.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(bytes);
        }
        let mut bytes = vec![0; self.block_len(index)];
        self.decoder.decode(index, scratch, &mut bytes)?;
        self.show(index, &bytes);
        let bytes: Arc<[u8]> = bytes.into();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let most = usize::try_from(KEPT_BYTES / self.geometry.block_bytes).unwrap_or(KEPT).clamp(1, KEPT);
        if kept.len() >= most {
            kept.remove(0);
        }
        kept.push((index, bytes.clone()));
        Ok(bytes)
    }

    /// Whole blocks from `index` on were decoded.
    fn show(&self, index: u64, bytes: &[u8]) {
        let offset = index * u64::from(self.geometry.block_bytes);
        self.taps.read().unwrap_or_else(PoisonError::into_inner).iter().for_each(|tap| tap.saw(offset, bytes));
    }

    fn read(&self, offset: u64, buf: &mut [u8], scratch: &mut D::Scratch) -> Result<()> {
        let block = u64::from(self.geometry.block_bytes);
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let (index, skip) = (at / block, usize::try_from(at % block).unwrap_or(0));
            let whole = if skip == 0 { self.whole_blocks(at, rest.len()) } else { 0 };
            let take = if whole > 0 { whole } else { (self.block_len(index) - skip).min(rest.len()) };
            let (now, later) = rest.split_at_mut(take);
            if whole > 0 {
                self.decoder.decode_run(index, scratch, now)?;
                self.show(index, now);
            } else {
                now.copy_from_slice(&self.block(index, scratch)?[skip..skip + take]);
            }
            at += take as u64;
            rest = later;
        }
        Ok(())
    }

    /// How many of the `len` bytes from `at` on, where a block begins, are whole blocks.
    fn whole_blocks(&self, at: u64, len: usize) -> usize {
        let block = usize::try_from(self.geometry.block_bytes).unwrap_or(usize::MAX);
        if at + len as u64 == self.geometry.len { len } else { len - len % block }
    }
}

impl<D: BlockDecode> ReadAt for Blocks<D> {
    fn len(&self) -> u64 {
        self.geometry.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        let end = offset.checked_add(buf.len() as u64);
        if end.is_none_or(|end| end > self.geometry.len) {
            let found = format!("the end of the content at byte {}", self.geometry.len);
            return Err(Error::malformed(self.name(), At::Byte(offset), found, format!("{} more bytes", buf.len())));
        }
        let mut scratch = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let done = self.read(offset, buf, &mut scratch);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        done
    }

    fn block_hint(&self) -> u32 {
        self.geometry.block_bytes
    }

    fn tap(&self, tap: &Arc<dyn Tap>) -> bool {
        self.taps.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(tap));
        true
    }

    fn name(&self) -> &str {
        self.decoder.name()
    }
}
