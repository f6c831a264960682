//! Volumes that lie: nothing panics, hangs, or takes more memory than the disc has bytes.

use crate::show::trees;
use crate::user;
use discconv_testkit::{Rng, consoles, corpus::folder, udf};
use std::path::PathBuf;

/// Small volumes of every kind: laid by hand, and those of the corpus where it is.
fn volumes() -> Vec<(String, Vec<u8>)> {
    let mut all = vec![
        ("udf".to_owned(), udf::volume("LABEL", "FILE.TXT", b"content")),
        ("xdvdfs".to_owned(), consoles::xdvdfs()),
        ("opera".to_owned(), consoles::opera()),
        ("hfs".to_owned(), crate::hfs::small()),
        ("hfs+".to_owned(), crate::hfs::links().build()),
        ("hfs+ packed".to_owned(), crate::hfs::packed().build()),
    ];
    let names = ["udf/gen_udf_bridge.iso", "udf/gen_mkudffs_201.img", "iso/hfsplus.iso", "iso/iso9660_hfs_part.iso"];
    let paths: Vec<PathBuf> = folder().map(|folder| names.map(|name| folder.join(name)).to_vec()).unwrap_or_default();
    all.extend(paths.into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())));
    all
}

#[test]
fn cut_at_every_sector() {
    for (name, bytes) in volumes() {
        for sectors in 1..bytes.len() / 2048 {
            // All of them at the start, where descriptors are; then some.
            if sectors < 320 || sectors % 16 == 0 {
                trees(&user::space(&name, bytes[..sectors * 2048].to_vec()));
            }
        }
    }
}

/// Numbers in structures, changed one after another: zeros, the highest values, chance.
#[test]
fn lies_everywhere() {
    let mut rng = Rng::new(5);
    for (name, bytes) in volumes() {
        let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
        for round in 0..400 {
            let mut lying = bytes.clone();
            for _ in 0..=round % 4 {
                let at = used[usize::try_from(rng.below(used.len() as u64)).unwrap()];
                lying[at] = match rng.below(4) {
                    0 => 0,
                    1 => 0xFF,
                    2 => lying[at] ^ 1 << rng.below(8),
                    _ => u8::try_from(rng.below(256)).unwrap(),
                };
                reseal(&mut lying, at);
            }
            trees(&user::space(&name, lying));
        }
    }
}

/// A UDF descriptor whose bytes were changed gets the right CRC and checksum again, so that the lie is believed.
fn reseal(bytes: &mut [u8], at: usize) {
    let sector = &mut bytes[at / 2048 * 2048..][..2048];
    let len = usize::from(u16::from_le_bytes([sector[10], sector[11]]));
    if len + 16 <= sector.len() && sector[0] > 0 && sector[2] == 2 {
        let crc = !discconv_testkit::reference::crc16(&sector[16..16 + len]);
        sector[8..10].copy_from_slice(&crc.to_le_bytes());
        sector[4] = 0;
        sector[4] = sector[..16].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    }
}
