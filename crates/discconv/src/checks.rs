//! The digests that a container promises of itself, held against what is there.

use crate::digest::{self, Chunk, Wanted, Which};
use discconv_core::{Check, CheckAlgorithm, Disc, Error, Phase, Pool, ReadAt, Watch};
use discconv_sector::{edc, edc_of_both};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Bytes that are hashed at once.
const CHUNK_BYTES: u64 = 1 << 20;
/// Bytes of a part of their own, where sums of parts make the sum of the whole.
const PART_BYTES: u64 = 8 << 20;

/// The promises of `disc` that do not hold, as clauses.
///
/// # Errors
/// Reading, or [`Error::Cancelled`].
pub(crate) fn broken(disc: &Disc, pool: &dyn Pool, watch: &dyn Watch) -> Result<Vec<String>, Error> {
    watch.begin(Phase::Checking, disc.checks().iter().map(|check| check.range.end - check.range.start).sum());
    let mut broken = Vec::new();
    for check in disc.checks() {
        let place = usize::try_from(check.source.0).ok();
        let Some(source) = place.and_then(|place| disc.sources().get(place)) else { continue };
        let found = digest_of(source.as_ref(), check, pool, watch)?;
        let promised = digest::hex(&check.value);
        if found != promised {
            let what = digest::name(check.algorithm);
            let (name, start, end) = (source.name(), check.range.start, check.range.end);
            let whole =
                if start == 0 && end == source.len() { String::new() } else { format!(" of bytes {start:#X} to {end:#X}") };
            broken.push(format!("{name}: {what}{whole} is {found}; the container promises {promised}"));
        }
    }
    Ok(broken)
}

/// What of a packed image cannot be read, as clauses: its blocks are its own check, where nothing else promises anything.
///
/// # Errors
/// [`Error::Cancelled`], or what the system refuses.
pub(crate) fn unreadable(disc: &Disc, pool: &dyn Pool, watch: &dyn Watch) -> Result<Vec<String>, Error> {
    watch.begin(Phase::Checking, disc.sources().iter().map(|source| source.len()).sum());
    let mut found = Vec::new();
    for source in disc.sources() {
        let parts: Vec<Range<u64>> = cut(&(0..source.len()), CHUNK_BYTES).collect();
        let bad = Mutex::new(Vec::new());
        pool.run(parts.len() as u64, &|number, _| {
            let Some(part) = usize::try_from(number).ok().and_then(|place| parts.get(place)) else { return Ok(()) };
            match read(source.as_ref(), part, watch) {
                Err(error @ (Error::Malformed { .. } | Error::Limit { .. })) => {
                    bad.lock().unwrap_or_else(PoisonError::into_inner).push((number, error.to_string()));
                    Ok(())
                }
                other => other.map(|_| ()),
            }
        })?;
        let mut bad = bad.into_inner().unwrap_or_else(PoisonError::into_inner);
        bad.sort();
        found.extend(bad.into_iter().map(|(_, text)| text));
    }
    Ok(found)
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
