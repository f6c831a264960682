//! The digests that a container promises of itself, held against what is there.

use crate::digest::{self, Chunk, Wanted, Which};
use crate::lane::Lane;
use discconv_core::{Check, CheckAlgorithm, Disc, Error, Phase, Pool, ReadAt, Tap, Watch};
use discconv_sector::{edc, edc_of_both};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are hashed at once.
const CHUNK_BYTES: u64 = 1 << 20;
/// Bytes of a part of their own, where sums of parts make the sum of the whole.
const PART_BYTES: u64 = 8 << 20;

/// The digests that a disc's container promises, followed while the disc is read.
pub(crate) struct Promises<'a> {
    disc: &'a Disc,
    /// For each check of the disc: its lane, where reading means decoding.
    lanes: Vec<Option<Arc<Lane>>>,
}

impl<'a> Promises<'a> {
    /// Follow what is decoded of `disc` from now on.
    pub(crate) fn follow(disc: &'a Disc) -> Promises<'a> {
        let lanes = disc.checks().iter().map(|check| {
            let lane = Arc::new(Lane::new(check.algorithm, check.range.clone()));
            let tap: Arc<dyn Tap> = Arc::clone(&lane) as _;
            source_of(disc, check)?.tap(&tap).then_some(lane)
        });
        Promises { disc, lanes: lanes.collect() }
    }

    /// Those that do not hold, as clauses. What nobody read meanwhile is read now.
    ///
    /// # Errors
    /// Reading, or [`Error::Cancelled`].
    pub(crate) fn broken(&self, pool: &dyn Pool, watch: &dyn Watch) -> Result<Vec<String>, Error> {
        let missing = self.disc.checks().iter().zip(&self.lanes).map(|(check, lane)| {
            let range = lane.as_ref().map_or(check.range.clone(), |lane| lane.missing());
            range.end - range.start
        });
        watch.begin(Phase::Checking, missing.sum());
        let mut broken = Vec::new();
        for (check, lane) in self.disc.checks().iter().zip(&self.lanes) {
            let Some(source) = source_of(self.disc, check) else { continue };
            let found = match lane {
                Some(lane) => rest_of(lane, source, check, pool, watch)?,
                None => digest_of(source, check, pool, watch)?,
            };
            broken.extend(breach(source, check, &found));
        }
        Ok(broken)
    }
}

fn source_of<'a>(disc: &'a Disc, check: &Check) -> Option<&'a dyn ReadAt> {
    let place = usize::try_from(check.source.0).ok()?;
    disc.sources().get(place).map(AsRef::as_ref)
}

/// What is wrong, unless `found` is what was promised.
fn breach(source: &dyn ReadAt, check: &Check, found: &str) -> Option<String> {
    let promised = digest::hex(&check.value);
    let what = digest::name(check.algorithm);
    let (name, start, end) = (source.name(), check.range.start, check.range.end);
    let whole = if start == 0 && end == source.len() { String::new() } else { format!(" of bytes {start:#X} to {end:#X}") };
    (found != promised).then(|| format!("{name}: {what}{whole} is {found}; the container promises {promised}"))
}

/// The digest of a lane, after what it lacks was read on all cores.
fn rest_of(lane: &Lane, source: &dyn ReadAt, check: &Check, pool: &dyn Pool, watch: &dyn Watch) -> Result<String, Error> {
    let hint = u64::from(source.block_hint().max(1));
    loop {
        let missing = lane.missing();
        if missing.is_empty() {
            return Ok(lane.hex());
        }
        let parts: Vec<Range<u64>> = cut(&(missing.start / hint * hint..missing.end), chunk_bytes(source)).collect();
        read_parts(source, &parts, pool, watch)?;
        // A source that shows nothing of what is read is read in order.
        if lane.missing().start == missing.start {
            return digest_of(source, check, pool, watch);
        }
    }
}

/// Read everything, so that what cannot be read is known: where nothing else is promised, blocks are their own check.
///
/// # Errors
/// [`Error::Cancelled`], or reading where it is not forgiven.
pub(crate) fn read_all(disc: &Disc, pool: &dyn Pool, watch: &dyn Watch) -> Result<(), Error> {
    watch.begin(Phase::Checking, disc.sources().iter().map(|source| source.len()).sum());
    for source in disc.sources() {
        let parts: Vec<Range<u64>> = cut(&(0..source.len()), chunk_bytes(source.as_ref())).collect();
        read_parts(source.as_ref(), &parts, pool, watch)?;
    }
    Ok(())
}

/// Bytes to be read at a time, so that no block is decoded twice.
fn chunk_bytes(source: &dyn ReadAt) -> u64 {
    let hint = u64::from(source.block_hint().max(1));
    (CHUNK_BYTES / hint).max(1) * hint
}

fn read_parts(source: &dyn ReadAt, parts: &[Range<u64>], pool: &dyn Pool, watch: &dyn Watch) -> Result<(), Error> {
    pool.run(parts.len() as u64, &|number, _| {
        let part = usize::try_from(number).ok().and_then(|place| parts.get(place));
        part.map_or(Ok(()), |part| read(source, part, watch).map(|_| ()))
    })
}

fn digest_of(source: &dyn ReadAt, check: &Check, pool: &dyn Pool, watch: &dyn Watch) -> Result<String, Error> {
    let range = &check.range;
    match check.algorithm {
        CheckAlgorithm::Crc32 => {
            sum_of(source, range, pool, watch, &crc32fast::hash, &crc32_of_both).map(|sum| format!("{sum:08x}"))
        }
        CheckAlgorithm::Edc => sum_of(source, range, pool, watch, &edc, &edc_of_both).map(|sum| format!("{sum:08x}")),
        CheckAlgorithm::Md5 | CheckAlgorithm::Sha1 | CheckAlgorithm::Sha256 => {
            let (digests, _) = digest::digests(Wanted::of_bytes(Which::Only(check.algorithm)), |give| {
                for part in cut(range, CHUNK_BYTES) {
                    let raw = read(source, &part, watch)?;
                    give(Chunk { raw, user: Vec::new() });
                }
                Ok::<(), Error>(())
            })?;
            Ok(digests.of(check.algorithm).to_owned())
        }
    }
}

/// CRC-32 of some bytes followed by `len` others, from that of each.
fn crc32_of_both(first: u32, second: u32, len: u64) -> u32 {
    let mut whole = crc32fast::Hasher::new_with_initial(first);
    whole.combine(&crc32fast::Hasher::new_with_initial_len(second, len));
    whole.finalize()
}

/// A checksum that parts are enough for, on all cores: reading may mean decoding. `of` sums up a part, `both` puts the sums
/// of neighbours together, given the length of the second; the sum of nothing is 0.
fn sum_of(
    source: &dyn ReadAt,
    range: &Range<u64>,
    pool: &dyn Pool,
    watch: &dyn Watch,
    of: &(dyn Fn(&[u8]) -> u32 + Sync),
    both: &(dyn Fn(u32, u32, u64) -> u32 + Sync),
) -> Result<u32, Error> {
    let parts: Vec<Range<u64>> = cut(range, PART_BYTES).collect();
    let sums = Mutex::new(vec![(0, 0); parts.len()]);
    pool.run(parts.len() as u64, &|number, _| {
        let Some((place, part)) = usize::try_from(number).ok().and_then(|place| Some((place, parts.get(place)?))) else {
            return Ok(());
        };
        let sum = cut(part, CHUNK_BYTES).try_fold(0, |sum, piece| {
            let bytes = read(source, &piece, watch)?;
            Ok::<u32, Error>(both(sum, of(&bytes), bytes.len() as u64))
        })?;
        sums.lock().unwrap_or_else(PoisonError::into_inner)[place] = (sum, part.end - part.start);
        Ok(())
    })?;
    let sums = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(sums.into_iter().fold(0, |whole, (sum, len)| both(whole, sum, len)))
}

fn cut(range: &Range<u64>, bytes: u64) -> impl Iterator<Item = Range<u64>> {
    let (start, end) = (range.start, range.end);
    (0..end.saturating_sub(start).div_ceil(bytes)).map(move |number| {
        let from = start + number * bytes;
        from..end.min(from + bytes)
    })
}

fn read(source: &dyn ReadAt, range: &Range<u64>, watch: &dyn Watch) -> Result<Vec<u8>, Error> {
    watch.check()?;
    let mut raw = vec![0; usize::try_from(range.end - range.start).unwrap_or(0)];
    source.read_exact_at(range.start, &mut raw)?;
    watch.advance(range.end - range.start);
    Ok(raw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::{Bytes, Quiet};
    use discconv_host::ThreadPool;

    #[test]
    fn sums_of_parts_make_the_sum_of_the_whole() {
        let bytes = discconv_testkit::Rng::new(7).bytes(20 << 20);
        let source = Bytes::new("x", bytes.as_slice());
        for range in [0..bytes.len() as u64, 5..(9 << 20) + 1, 3..3, 7..8] {
            let part = &bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
            for cores in [1, 2, 3, 16] {
                let check = |algorithm| {
                    let check = Check { source: discconv_core::SourceId(0), range: range.clone(), algorithm, value: Vec::new() };
                    digest_of(&source, &check, &ThreadPool::new(cores), &Quiet).unwrap()
                };
                let what = format!("{range:?}, {cores} cores");
                assert_eq!(check(CheckAlgorithm::Crc32), format!("{:08x}", crc32fast::hash(part)), "{what}");
                assert_eq!(check(CheckAlgorithm::Edc), format!("{:08x}", edc(part)), "{what}");
            }
        }
    }
}
