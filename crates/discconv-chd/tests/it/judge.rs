//! Another reader of the same files: crate `chd`, which is kept away from what is not sound.

use crate::lay::{content, open};
use chd::Chd;
use std::io::Cursor;

#[test]
fn the_same_bytes() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    for name in ["wave_0.251", "wave_0.289_default", "wave_0.289_zstd", "svcd_zstd_0.289", "CD-ROM", "dvd_0.289"] {
        let bytes = std::fs::read(root.join(format!("chd/{name}.chd"))).unwrap();
        let mut judge = Chd::open(Cursor::new(&bytes), None).unwrap();
        let (mut hunk, mut packed, mut whole) = (judge.get_hunksized_buffer(), Vec::new(), Vec::new());
        for number in 0..judge.header().hunk_count() {
            judge.hunk(number).unwrap().read_hunk_in(&mut packed, &mut hunk).unwrap();
            whole.extend_from_slice(&hunk);
        }
        let own = content(&open(&bytes).unwrap()).unwrap();
        assert!(own == whole[..own.len()], "{name}");
    }
}
