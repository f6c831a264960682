//! Every way to put sources together reads as the bytes themselves.

use super::*;
use discconv_testkit::Rng;

/// Bytes with holes (where they are zero) and a block size.
struct Holey(Vec<u8>, u32);

impl ReadAt for Holey {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        assert!(!buf.is_empty(), "nobody needs to be asked for nothing");
        Bytes::new("holey", self.0.as_slice()).read_exact_at(offset, buf)
    }
    fn block_hint(&self) -> u32 {
        self.1
    }
    fn name(&self) -> &str {
        "holey"
    }
    fn is_hole(&self, range: Range<u64>) -> bool {
        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        self.0.get(range).is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0))
    }
}

fn some_bytes(rng: &mut Rng) -> Vec<u8> {
    let len = rng.index(40);
    let zero = rng.flip();
    if zero { vec![0; len] } else { rng.bytes(len) }
}

/// A source of random build, and what it should read as.
fn source(rng: &mut Rng, depth: u32) -> (Arc<dyn ReadAt>, Vec<u8>) {
    match if depth == 0 { 0 } else { rng.below(5) } {
        1 => {
            let (inner, bytes) = source(rng, depth - 1);
            let start = rng.index(bytes.len() + 1);
            let end = start + rng.index(bytes.len() - start + 1);
            (Arc::new(Slice::new(inner, start as u64..end as u64).unwrap()), bytes[start..end].to_vec())
        }
        2 => {
            let (inner, mut bytes) = source(rng, depth - 1);
            let len = rng.index(80);
            bytes.resize(len.max(bytes.len()), 0);
            (Arc::new(Padded::new(inner, len as u64)), bytes)
        }
        3 | 4 => {
            let parts: Vec<_> = (0..=rng.below(4)).map(|_| source(rng, depth - 1)).collect();
            let bytes = parts.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
            (Arc::new(Concat::new(parts.into_iter().map(|(part, _)| part).collect()).unwrap()), bytes)
        }
        _ => {
            let bytes = some_bytes(rng);
            (Arc::new(Holey(bytes.clone(), 8)), bytes)
        }
    }
}

#[test]
fn any_build_of_sources_reads_as_its_bytes() {
    let mut rng = Rng::seed_from_env("DISCCONV_SEED");
    for _ in 0..2000 {
        let (source, bytes) = source(&mut rng, 3);
        assert_eq!(source.len(), bytes.len() as u64);
        for _ in 0..8 {
            let start = rng.index(bytes.len() + 1);
            let len = rng.index(bytes.len() - start + 1);
            if len > 0 {
                let mut buf = vec![0xEE; len];
                source.read_exact_at(start as u64, &mut buf).unwrap();
                assert_eq!(buf, bytes[start..start + len]);
            }
            if source.is_hole(start as u64..(start + len) as u64) {
                assert!(bytes[start..start + len].iter().all(|byte| *byte == 0), "no hole");
            }
        }
        for (offset, len) in
            [(bytes.len() as u64, 1), (bytes.len() as u64 + 1, 1), (u64::MAX, 1), (u64::MAX - 1, 5), (0, bytes.len() + 1)]
        {
            assert!(source.read_exact_at(offset, &mut vec![0; len]).is_err(), "{offset} {len}");
        }
        assert!(!source.is_hole(0..u64::MAX) && !source.is_hole(u64::MAX - 1..u64::MAX), "beyond the end is no hole");
    }
}

#[test]
fn holes_are_seen_through_all_of_them() {
    let file: Arc<dyn ReadAt> = Arc::new(Holey([vec![0; 10], vec![1; 5], vec![0; 10]].concat(), 1));
    let slice: Arc<dyn ReadAt> = Arc::new(Slice::new(file.clone(), 5..25).unwrap());
    let all = Concat::new(vec![Arc::new(Padded::new(slice, 30)), file]).unwrap();
    for (range, hole) in
        [(0..5, true), (0..6, false), (10..30, true), (10..40, true), (10..41, false), (45..55, true), (30..30, true)]
    {
        assert_eq!(all.is_hole(range.clone()), hole, "{range:?}");
    }
}

#[test]
fn blocks_stay_blocks_only_where_they_are_aligned() {
    let file = |len: usize, hint| -> Arc<dyn ReadAt> { Arc::new(Holey(vec![1; len], hint)) };
    let concat = |parts| Concat::new(parts).unwrap().block_hint();
    assert_eq!(concat(vec![file(16, 8), file(5, 8)]), 8);
    assert_eq!(concat(vec![file(5, 8), file(16, 8)]), 1);
    assert_eq!(concat(vec![file(16, 8), file(16, 4)]), 1);
    assert_eq!(concat(vec![file(16, 0)]), 1);
    assert_eq!(Slice::new(file(32, 8), 16..30).unwrap().block_hint(), 8);
    assert_eq!(Slice::new(file(32, 8), 15..30).unwrap().block_hint(), 1);
    assert_eq!(Padded::new(file(32, 8), 99).block_hint(), 8);
    assert!(Concat::new(Vec::new()).is_none());
    assert!(Slice::new(file(5, 1), 2..6).is_err());
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is refused")]
    let reversed = Slice::new(file(5, 1), 3..2);
    assert!(reversed.is_err());
}
