//! Seeds of Macintosh volumes, laid by hand.

use super::seeds::Seed;
use discconv_codec::Level;
use discconv_codec::deflate::Deflater;
use discconv_testkit::consoles::put;
use discconv_testkit::hfs::{Plus, compressed, extents, file, folder, fork, hard_link, short, short_file, short_folder};

/// HFS alone; HFS+ alone, and in a partition.
pub(super) fn all() -> Vec<Seed> {
    let records = [
        (2, &b"Folder"[..], short_folder(17)),
        (17, b"App", short_file(18, (600, 12), (700, 14))),
        (2, b"ReadMe", short_file(19, (5, 12), (0, 0))),
    ];
    let alone = short(&records, &[(12, b"hello".to_vec())]);
    let mut disc = vec![0; 2048];
    put(&mut disc, 0, b"ER\x02\0");
    put(&mut disc, 512, &[b"PM\0\0\0\0\0\x01\0\0\0\x04\0\0\0\x28".as_slice(), &[0; 32], b"Apple_HFS"].concat());
    disc.extend(&alone);
    let seeds = [("hfs", alone), ("hfs-partition", disc), ("hfs-plus", plus())];
    seeds.into_iter().map(|(name, user)| (name.to_owned(), user)).collect()
}

/// Hard links, compressed files of three kinds, a fork in two pieces, a symbolic link.
fn plus() -> Vec<u8> {
    let named = |folder: u32, name: &str, record| (folder, name.to_owned(), record);
    let mut link = file(33, &fork(5, &[(100, 1)]), &[]);
    put(&mut link, 42, &0o120_777_u16.to_be_bytes());
    let mut kept = file(77, &fork(5, &[(100, 1)]), &[]);
    put(&mut kept, 44, &2_u32.to_be_bytes());
    let mut block = Vec::new();
    Deflater::new(Level::Normal).zlib(b"hello hello", &mut block);
    let len = u32::try_from(block.len()).unwrap_or(0);
    let table = [&1_u32.to_le_bytes()[..], &12_u32.to_le_bytes(), &len.to_le_bytes(), &block].concat();
    let resource = [&16_u32.to_be_bytes()[..], &[0; 12], &20_u32.to_be_bytes(), &table].concat();
    let packed = |kind: u8, content: &[u8]| [b"fpmc", &[kind, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0][..], content].concat();
    let attribute = |id: u32, value| (id, "com.apple.decmpfs".to_owned(), value);
    Plus {
        catalog: vec![
            named(2, "\0\0\0\0HFS+ Private Data", folder(16)),
            named(16, "iNode77", kept),
            named(2, ".HFS+ Private Directory Data\r", folder(17)),
            named(17, "dir_60", folder(60)),
            named(60, "inside", file(61, &fork(3, &[(100, 1)]), &[])),
            named(2, "hard", hard_link(20, 77, false)),
            named(2, "folder", hard_link(21, 60, true)),
            named(2, "inline", compressed(file(30, &[], &[]))),
            named(2, "plain", compressed(file(31, &[], &[]))),
            named(2, "blocks", compressed(file(32, &[], &fork(resource.len() as u64, &[(101, 1)])))),
            named(2, "link", link),
            named(2, "pieces", file(34, &fork(1024, &[(100, 1)]), &[])),
        ],
        attributes: vec![
            attribute(30, packed(3, &block)),
            attribute(31, packed(1, b"hello hello")),
            attribute(32, packed(4, &[])),
        ],
        overflow: vec![(34, 0, 1, extents(&[(110, 1)]))],
        content: vec![(100, b"hello".to_vec()), (101, resource)],
    }
    .build()
}
