//! Files beyond 4 GiB: nothing of them is read.

use crate::support::{both32, descriptor, file, item, path, records};
use discconv_author::{Level, Options, System, What, author};
use discconv_core::{Disc, ReadAt, Result};
use std::sync::Arc;

/// So many zeros.
struct Zeros(u64);

impl ReadAt for Zeros {
    fn len(&self) -> u64 {
        self.0
    }

    fn read_exact_at(&self, _: u64, buf: &mut [u8]) -> Result<()> {
        buf.fill(0);
        Ok(())
    }

    fn name(&self) -> &str {
        "zeros"
    }
}

const LEN: u64 = 5 << 30;

fn disc(len: u64, options: &Options) -> Result<Disc> {
    let large = item(path("large.bin"), What::File { source: Arc::new(Zeros(len)), same: None });
    author("tree", vec![large, file("small", b"small")], options)
}

/// The first so many bytes.
fn head(disc: &Disc, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    disc.sources()[0].read_exact_at(0, &mut bytes).unwrap();
    bytes
}

#[test]
fn sections_follow_each_other() {
    let disc = disc(LEN, &Options::of(System::any())).unwrap();
    let head = head(&disc, 300 * 2048);
    let root = &descriptor(&head, 1).unwrap()[156..190];
    let records = records(&head, both32(root, 2), both32(root, 10));
    let sections: Vec<_> = records.iter().filter(|record| record.name == b"LARGE.BIN;1").collect();
    assert_eq!(
        sections.iter().map(|record| (record.len, record.flags)).collect::<Vec<_>>(),
        [(0xFFFF_F800, 0x80), (0x4000_0800, 0)]
    );
    assert_eq!(sections[0].first + 0x001F_FFFF, sections[1].first);
    assert!(head[256 * 2048..][..2] == [2, 0], "UDF is there by itself");
    let blocks = u64::from(both32(descriptor(&head, 1).unwrap(), 80));
    assert_eq!(disc.sources()[0].len(), blocks * 2048);
}

#[test]
fn what_levels_and_udf_cannot_hold() {
    let refused = |len: u64, options: &Options| disc(len, options).err().map(|error| error.to_string()).unwrap_or_default();
    let plain = Options { level: Level::Two, ..Options::of(System::any()) };
    assert!(refused(LEN, &plain).contains("large.bin has 5368709120 bytes"));
    assert!(disc((1 << 32) - 1, &plain).is_ok());
    assert!(refused(1 << 40, &Options::of(System::any())).contains("UDF"));
    let iso = Options { udf: Some(false), ..Options::of(System::any()) };
    assert!(disc(1 << 40, &iso).is_ok());
    assert!(refused(1 << 43, &iso).contains("8 TiB"));
    assert!(refused(u64::MAX, &iso).contains("8 TiB"));
}
