//! HFS and HFS+, laid by hand: hard links, compressed files, forks of resources, trees that lie.

use crate::show::trees;
use crate::user;
use discconv_testkit::hfs::{Plus, compressed, file, folder, fork, hard_link, short, short_file, short_folder};
use std::io::Write;

const PRIVATE: &str = "\0\0\0\0HFS+ Private Data";
const PRIVATE_FOLDERS: &str = ".HFS+ Private Directory Data\r";

fn shown(volume: &Plus) -> String {
    trees(&user::space("plus.img", volume.build()))
}

fn named(folder: u32, name: &str, record: Vec<u8>) -> (u32, String, Vec<u8>) {
    (folder, name.to_owned(), record)
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The attribute of a compressed file: kind, bytes when unpacked, content.
fn decmpfs(kind: u32, len: u64, content: &[u8]) -> Vec<u8> {
    [b"fpmc", &kind.to_le_bytes()[..], &len.to_le_bytes(), content].concat()
}

/// A resource fork of kind 4 with those blocks.
fn resource(blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut table = u32::try_from(blocks.len()).unwrap().to_le_bytes().to_vec();
    let mut at = 4 + 8 * blocks.len();
    for block in blocks {
        table.extend([u32::try_from(at).unwrap().to_le_bytes(), u32::try_from(block.len()).unwrap().to_le_bytes()].concat());
        at += block.len();
    }
    table.extend(blocks.concat());
    let len = u32::try_from(table.len()).unwrap().to_be_bytes();
    let head: Vec<u8> =
        [256, 260 + u32::try_from(table.len()).unwrap(), 4, 50].iter().flat_map(|n: &u32| n.to_be_bytes()).collect();
    [&head[..], &[0; 240], &len, &table].concat()
}

/// A file with the number of links that lead to it.
fn linked(id: u32, links: u32, data: &[u8]) -> Vec<u8> {
    let mut record = file(id, data, &[]);
    record[44..48].copy_from_slice(&links.to_be_bytes());
    record
}

/// Hard links to files and folders, some to nothing.
pub(crate) fn links() -> Plus {
    Plus {
        catalog: vec![
            named(2, PRIVATE, folder(16)),
            named(16, "iNode77", linked(77, 2, &fork(5, &[(100, 1)]))),
            named(16, "iNode78", linked(78, 0, &fork(5, &[(100, 1)]))),
            named(16, "temp99", file(99, &fork(5, &[(100, 1)]), &[])),
            named(2, PRIVATE_FOLDERS, folder(17)),
            named(17, "dir_60", folder(60)),
            named(60, "inside", file(61, &fork(3, &[(101, 1)]), &[])),
            named(2, "a", hard_link(20, 77, false)),
            named(2, "b", hard_link(21, 77, false)),
            named(2, "broken", hard_link(22, 500, false)),
            named(2, "folder", hard_link(23, 60, true)),
            named(2, "no folder", hard_link(24, 61, true)),
        ],
        content: vec![(100, b"hello".to_vec()), (101, b"abc".to_vec())],
        ..Plus::default()
    }
}

#[test]
fn hard_links_have_the_content_they_stand_for() {
    insta::assert_snapshot!(shown(&links()));
}

/// Compressed files of every kind, and such as are none.
pub(crate) fn packed() -> Plus {
    let long: Vec<u8> = (0..150_000_u32).flat_map(|number| (number / 700).to_le_bytes()).take(150_000).collect();
    let plain = [&[0xFF][..], &long[131_072..]].concat();
    let fork_of = resource(&[zlib(&long[..65_536]), zlib(&long[65_536..131_072]), plain]);
    let (first, rest) = fork_of.split_at(512 * 20);
    let blocks = |len: usize| u32::try_from(len.div_ceil(512)).unwrap();
    let empty = |id| compressed(file(id, &[], &[]));
    assert!(145 + blocks(rest.len()) < 190, "{}", rest.len());
    Plus {
        catalog: vec![
            named(2, "inline", empty(20)),
            named(2, "not packed", empty(21)),
            named(2, "stored", empty(22)),
            named(2, "blocks", compressed(file(23, &[], &fork(fork_of.len() as u64, &[(100, 20)])))),
            named(2, "lzfse", empty(24)),
            named(2, "lost", empty(25)),
            named(2, "flag alone", compressed(file(26, &fork(5, &[(190, 1)]), &[]))),
            named(2, "lies", empty(27)),
            named(2, "void", compressed(file(28, &[], &fork(5, &[(190, 1)])))),
        ],
        attributes: vec![
            (20, "com.apple.decmpfs".to_owned(), decmpfs(3, 11, &zlib(b"hello hello"))),
            (21, "com.apple.decmpfs".to_owned(), decmpfs(3, 5, b"\xFFhello")),
            (22, "com.apple.decmpfs".to_owned(), decmpfs(1, 5, b"hello")),
            (20, "com.apple.a".to_owned(), vec![7; 700]),
            (20, "com.apple.z".to_owned(), vec![7; 700]),
            (23, "com.apple.decmpfs".to_owned(), decmpfs(4, 150_000, &[])),
            (24, "com.apple.decmpfs".to_owned(), decmpfs(11, 5, b"hello")),
            (27, "com.apple.decmpfs".to_owned(), decmpfs(3, 12, &zlib(b"hello hello"))),
            (28, "com.apple.decmpfs".to_owned(), decmpfs(4, 0, &[])),
        ],
        // The rest of the fork of resources is in the overflow.
        overflow: vec![(23, 0xFF, 20, discconv_testkit::hfs::extents(&[(145, blocks(rest.len()))]))],
        content: vec![(100, first.to_vec()), (145, rest.to_vec()), (190, b"hello".to_vec())],
    }
}

#[test]
fn compressed_files_are_unpacked() {
    insta::assert_snapshot!(shown(&packed()));
}

/// HFS: a program, which is resources only, in a folder; a text.
pub(crate) fn small() -> Vec<u8> {
    let records = [
        (2, &b"Fold\x8Er"[..], short_folder(17)),
        (17, b"App", short_file(18, (0, 0), (700, 13))),
        (2, b"ReadMe", short_file(19, (5, 12), (0, 0))),
    ];
    short(&records, &[(12, b"hello".to_vec())])
}

#[test]
fn resource_forks_are_told() {
    let volume = Plus {
        catalog: vec![
            named(2, "a", file(20, &fork(5, &[(100, 1)]), &fork(300, &[(101, 1)]))),
            named(2, "b", file(21, &[], &fork(300, &[(102, 1)]))),
        ],
        content: vec![(100, b"hello".to_vec())],
        ..Plus::default()
    };
    let text = shown(&volume);
    assert!(text.contains("note: plus.img: 2 files have a resource fork, which is not shown: \"a\", for one"), "{text}");
    insta::assert_snapshot!(trees(&user::space("short.img", small())));
}

/// A folder whose names fill several nodes, under an index.
#[test]
fn many_names() {
    let names = (0..44)
        .map(|number| named(if number % 2 == 0 { 2 } else { 30 }, &format!("name {number:02}"), file(100 + number, &[], &[])));
    let catalog = names.chain([named(2, "sub", folder(30))]).collect();
    let text = shown(&Plus { catalog, ..Plus::default() });
    let count = |before: &str| text.lines().filter(|line| line.starts_with(before)).count();
    assert_eq!((count("  \"name"), count("    \"name")), (22, 22), "{text}");
}

/// Leaves in a circle, out of order or without records: told, and nobody reads on without end.
#[test]
fn trees_that_lie() {
    let catalog = (0..40).map(|number| named(2, &format!("name {number:02}"), file(100 + number, &[], &[]))).collect();
    let disc = Plus { catalog, ..Plus::default() }.build();
    let leaf = |number: usize| (8 * 512) + number * 4096;
    let with = |at: usize, bytes: &[u8]| {
        let mut disc = disc.clone();
        discconv_testkit::consoles::put(&mut disc, at, bytes);
        trees(&user::space("plus.img", disc))
    };
    assert!(with(leaf(2), &1_u32.to_be_bytes()).contains("leaves that go round in a circle"));
    assert!(with(leaf(2) + 10, &[0, 0]).contains("a leaf where none should be in node 2"));
    // The folder of the first record of the second leaf.
    assert!(with(leaf(2) + 16, &1_u32.to_be_bytes()).contains("keys that do not ascend in node 2"));
    assert!(with(leaf(2) + 8, &[3]).contains("no leaf in node 2"));
}

/// Whatever the attribute, the table and the blocks say: an error or other bytes, never more memory than is bounded.
#[test]
fn compressed_files_that_lie() {
    let lies = |kind: u32, len: u64, content: &[u8], resources: &[u8], said: &str| {
        let count = u32::try_from(resources.len().div_ceil(512)).unwrap();
        let record = compressed(file(20, &[], &fork(resources.len() as u64, &[(100, count)])));
        let attributes = vec![(20, "com.apple.decmpfs".to_owned(), decmpfs(kind, len, content))];
        let content = vec![(100, resources.to_vec())];
        let text = shown(&Plus { catalog: vec![named(2, "x", record)], attributes, content, ..Plus::default() });
        assert!(text.contains(said), "{said}: {text}");
    };
    lies(3, u64::MAX, &zlib(b"x"), &[], "expected at most 16777216");
    lies(3, 5, b"no zlib", &[], "what cannot be unpacked");
    lies(1, 6, b"hello", &[], "found 5 bytes in the attribute; expected 6 bytes");
    lies(8, 5, &[], &[0; 300], "decmpfs (LZVN), kind 8");
    lies(99, 5, b"hello", &[], "of a kind that is not known, kind 99");
    let right = resource(&[zlib(b"hello")]);
    lies(4, u64::MAX, &[], &right, "found a table of 1 blocks");
    lies(4, 65_537, &[], &right, "expected one of 2 blocks for 65537 bytes");
    lies(4, 6, &[], &right, "block 0: 5 of 6 bytes");
    let with = |at: usize, bytes: &[u8]| {
        let mut bent = right.clone();
        bent[at..at + bytes.len()].copy_from_slice(bytes);
        bent
    };
    lies(4, 5, &[], &with(268, &u32::MAX.to_le_bytes()), "block 0 of 4294967295 bytes");
    lies(4, 5, &[], &with(264, &u32::MAX.to_le_bytes()), "bytes wanted");
    lies(4, 5, &[], &with(0, &u32::MAX.to_be_bytes()), "bytes wanted");
    lies(4, 5, &[], &right[..3], "bytes wanted");
}

/// A folder with two names is no fault: what is in it is listed under the first.
#[test]
fn a_folder_may_have_two_names() {
    let volume = Plus {
        catalog: vec![
            named(2, PRIVATE_FOLDERS, folder(17)),
            named(17, "dir_60", folder(60)),
            named(2, "first", hard_link(20, 60, true)),
            named(2, "second", hard_link(21, 60, true)),
            named(60, "a", file(22, &fork(512, &[(100, 1)]), &[])),
        ],
        content: vec![(100, vec![b'a'; 512])],
        ..Plus::default()
    };
    insta::assert_snapshot!(shown(&volume));
}

/// Folders that are in themselves, by their numbers or by hard links; files that share their blocks.
#[test]
fn folders_in_a_circle_end_and_files_may_overlap() {
    let volume = Plus {
        catalog: vec![
            named(2, PRIVATE_FOLDERS, folder(17)),
            named(17, "dir_60", folder(60)),
            named(2, "loop", folder(2)),
            named(2, "sub", folder(30)),
            named(30, "up", folder(2)),
            named(30, "self", folder(30)),
            named(2, "hard", hard_link(20, 60, true)),
            named(60, "hard", hard_link(21, 60, true)),
            named(2, "a", file(22, &fork(1024, &[(100, 2)]), &[])),
            named(2, "b", file(23, &fork(512, &[(101, 1)]), &[])),
        ],
        content: vec![(100, vec![b'a'; 512]), (101, b"hello".to_vec())],
        ..Plus::default()
    };
    insta::assert_snapshot!(shown(&volume));
}
