//! A deflated file at random: unpacked once from its beginning, with the state kept at equal distances, from where it can be
//! unpacked again.

use crate::feed::Feed;
use crate::inflate::Flaw;
use discconv_core::{At, BlockDecode, BlockGeometry, Error, Input, ReadAt, Result};
use std::ops::Range;
use std::sync::Arc;

/// Bytes between two places at first.
const NEAREST: u32 = 1 << 20;
/// Places that are kept at most, each some 43 KB; when there are more, every other one goes.
const MOST_PLACES: usize = 1024;

/// Something that unpacks in steps, and whose state may be kept.
pub(crate) trait Steps: Clone + Send + Sync {
    /// At least one byte more and at most `most`, unless all is unpacked; where [`Steps::window`] has them.
    fn step(&mut self, feed: &mut Feed, most: usize) -> Result<Range<usize>, Flaw>;

    /// What the last steps unpacked.
    fn window(&self) -> &[u8];

    /// The state that unpacks again from here.
    fn kept(&self) -> Self {
        self.clone()
    }
}

/// What the first pass found.
pub(crate) struct Indexed<S> {
    places: Vec<S>,
    block_bytes: u32,
    pub(crate) len: u64,
    /// Where and why it ended early.
    pub(crate) flaw: Option<Flaw>,
}

/// Unpack all of it once; `see` is shown all that comes out.
///
/// # Errors
/// What the source says; [`Error::Limit`] if more comes out than is accepted; [`Error::Cancelled`].
pub(crate) fn index<S: Steps>(
    state: &mut S,
    feed: &mut Feed,
    input: &Input<'_>,
    see: &mut dyn FnMut(&[u8]),
) -> Result<Indexed<S>> {
    let mut found = Indexed { places: Vec::new(), block_bytes: NEAREST, len: 0, flaw: None };
    loop {
        let block = u64::from(found.block_bytes);
        let left = block - found.len % block;
        if left == block {
            input.spool.check()?;
            found.keep(state.kept());
        }
        match state.step(feed, usize::try_from(left).unwrap_or(usize::MAX)) {
            Ok(range) if range.is_empty() => return Ok(found),
            Ok(range) => {
                found.len += range.len() as u64;
                see(state.window().get(range).unwrap_or_default());
            }
            Err(Flaw::Source(error)) => return Err(error),
            Err(flaw) => {
                found.flaw = Some(flaw);
                return Ok(found);
            }
        }
        too_much(input, found.len)?;
    }
}

/// More than any disc holds is no disc.
pub(crate) fn too_much(input: &Input<'_>, len: u64) -> Result<()> {
    let most = input.limits.unpacked_bytes;
    if len <= most {
        return Ok(());
    }
    let (found, limit) = ("more content".to_owned(), format!("{most} bytes"));
    Err(Error::Limit { file: input.name.to_owned(), at: At::Whole, found, limit })
}

impl<S> Indexed<S> {
    fn keep(&mut self, place: S) {
        // Where the distance doubles here, this place is a multiple of the new one only every other time.
        if self.places.len() >= MOST_PLACES {
            let mut index = 0;
            self.places.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.block_bytes = self.block_bytes.saturating_mul(2);
        }
        if self.len.is_multiple_of(u64::from(self.block_bytes)) {
            self.places.push(place);
        }
    }

    /// The content at random, read from the bytes `range` of `source` again.
    pub(crate) fn into_decoder(self, source: Arc<dyn ReadAt>, range: Range<u64>) -> Restarting<S> {
        let geometry = BlockGeometry { len: self.len, block_bytes: self.block_bytes };
        Restarting { source, range, geometry, places: self.places }
    }
}

/// A packed stretch with the places from where it can be unpacked.
pub(crate) struct Restarting<S> {
    source: Arc<dyn ReadAt>,
    range: Range<u64>,
    geometry: BlockGeometry,
    places: Vec<S>,
}

impl<S: Steps> BlockDecode for Restarting<S> {
    type Scratch = ();

    fn geometry(&self) -> BlockGeometry {
        self.geometry
    }

    fn decode(&self, index: u64, (): &mut (), mut out: &mut [u8]) -> Result<()> {
        let place = usize::try_from(index).ok().and_then(|index| self.places.get(index));
        let changed = |at: u64| {
            let what = "other content than when it was opened";
            Error::malformed(self.source.name(), At::Byte(at), what, "a file that stays as it is")
        };
        let mut state = place.ok_or_else(|| changed(self.range.start))?.clone();
        let mut feed = Feed::new(Arc::clone(&self.source), self.range.clone());
        while !out.is_empty() {
            let range = match state.step(&mut feed, out.len()) {
                Err(Flaw::Source(error)) => return Err(error),
                Err(Flaw::Broken(at, _)) => return Err(changed(at)),
                Err(Flaw::Cut) => return Err(changed(self.range.end)),
                Ok(range) => range,
            };
            let unpacked = state.window().get(range).unwrap_or_default();
            if unpacked.is_empty() || unpacked.len() > out.len() {
                return Err(changed(self.range.start));
            }
            let (now, later) = out.split_at_mut(unpacked.len());
            now.copy_from_slice(unpacked);
            out = later;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.source.name()
    }
}
