//! UDF volumes laid by hand: every way to say where a file is.

use crate::show::trees;
use crate::user;
use discconv_testkit::udf::{Body, file_set, lay as volume};

const PLAIN: [u8; 6] = [1, 6, 1, 0, 0, 0];

/// A file entry (tag 261) for block `at`. `flags`: what its descriptors are, 0 to 3.
fn entry(at: u32, kind: u8, flags: u16, len: u64, descriptors: &[u8]) -> Vec<u8> {
    let body = Body::new(176 + descriptors.len()).u16(20, 4).u8(27, kind).u16(34, flags);
    let body = body.u32(36, 501).u32(40, 20).u32(44, 0x14A5).put(56, &len.to_le_bytes()).date(84);
    body.u32(172, u32::try_from(descriptors.len()).unwrap()).put(176, descriptors).seal(261, at)
}

fn extended(at: u32, kind: u8, flags: u16, content: &[u8]) -> Vec<u8> {
    let body = Body::new(216 + content.len()).u16(20, 4).u8(27, kind).u16(34, flags);
    let body = body.u32(36, u32::MAX).u32(40, u32::MAX).u32(44, 0x7FFF).u16(56, u16::try_from(content.len()).unwrap()).date(92);
    body.u32(212, u32::try_from(content.len()).unwrap()).put(216, content).seal(266, at)
}

/// A file identifier: `name` with its first byte, 8 or 16.
fn name(characteristics: u8, name: &[u8], block: u32, part: u16) -> Vec<u8> {
    let body = Body::new((38 + name.len()).next_multiple_of(4)).u16(16, 1).u8(18, characteristics);
    let body = body.u8(19, u8::try_from(name.len()).unwrap()).extent(20, 2048, block).u16(28, part);
    body.put(38, name).seal(257, 2)
}

fn numbers(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A root folder in block 1, embedded, with those names.
fn root(names: &[Vec<u8>]) -> Vec<u8> {
    let content = [&[name(0x0A, b"", 1, 0)], names].concat().concat();
    entry(1, 4, 3, content.len() as u64, &content)
}

const ZEROS: u32 = 1 << 30;
const MORE: u32 = 3 << 30;

fn everything() -> Vec<u8> {
    let continued = Body::new(40).u32(20, 16).put(24, &numbers(&[2048, 31, 5, 32])).seal(258, 11);
    let names = [
        name(0, b"\x08short", 5, 0),
        name(1, b"\x10\x26\x3A\xD8\x3D\xDE\x00", 6, 0),
        name(4, b"\x08deleted", 6, 0),
        name(0, b"\x08long", 7, 0),
        name(0, b"\x08extended", 8, 0),
        name(0, b"\x08embedded", 9, 0),
        name(0, b"\x08continued", 10, 0),
        name(0, b"\x08link", 12, 0),
        name(0, b"\x08device", 13, 0),
        name(0, b"\x08pipe", 14, 0),
        name(2, b"\x08folder", 15, 0),
        name(0, b"\x08chain", 16, 0),
        name(0, b"\x08no entry", 100, 0),
    ];
    let folder = [name(0x0A, b"", 1, 0), name(2, b"\x08up", 1, 0)].concat();
    let device = Body::new(48).u32(24, 12).u32(28, 1).u32(32, 24).u32(40, 8).u32(44, 17).seal(262, 13);
    let device = Body::new(176 + 48).u16(20, 4).u8(27, 6).u32(44, 0x14A5).u32(168, 48).put(176, &device).seal(261, 13);
    let chained = |at| entry(at, 5, 0, 4, &numbers(&[4, 30]));
    let in_chain = |bytes: Vec<u8>, at| Body::new(bytes.len()).put(0, &bytes).u16(20, 4096).seal(261, at);
    let blocks = [
        (0, file_set("ALL", 0)),
        (1, root(&names)),
        (5, entry(5, 5, 0, 3000, &numbers(&[2048, 30, 952, 34]))),
        (6, entry(6, 5, 0, 6_000_000, &numbers(&[ZEROS | 4_096_000, 0, (2 * ZEROS) | 1_904_000, 0]))),
        (7, entry(7, 5, 1, 2058, &numbers(&[2048 | ZEROS, 0, 0, 0, 10, 31, 0, 0]))),
        (8, entry(8, 5, 2, 7, &numbers(&[7, 7, 7, 32, 0]))),
        (9, extended(9, 5, 3, b"within")),
        (10, entry(10, 5, 0, 2053 + 2048, &numbers(&[2048, 30, 2048 | MORE, 11]))),
        (11, continued),
        (12, extended(12, 12, 3, b"\x03\0\0\0\x05\x03\0\0\x08ab")),
        (13, device),
        (14, entry(14, 9, 3, 0, &[])),
        (15, entry(15, 4, 3, folder.len() as u64, &folder)),
        (16, in_chain(entry(16, 5, 0, 3, &numbers(&[3, 31])), 16)),
        (17, Body::new(52).u16(20, 4096).extent(36, 2048, 20).seal(259, 17)),
        (20, in_chain(chained(20), 20)),
        (30, b"thirty".to_vec()),
        (31, b"thirty-one".to_vec()),
        (32, b"thirty-two".to_vec()),
    ];
    volume("ALL", &[PLAIN.to_vec()], 0, &blocks)
}

#[test]
fn every_kind_of_file() {
    insta::assert_snapshot!(trees(&user::space("udf.img", everything())));
}

/// A partition map of type 2 with that name.
fn map(kind: &str) -> Body {
    Body::new(64).put(0, &[2, 64]).put(5, kind.as_bytes()).u16(36, 1)
}

/// A file whose only name is in the root; both in partition map 1.
fn one_file(part: u16) -> [Vec<u8>; 4] {
    let root = root(&[name(0, b"\x08file", 2, part)]);
    [file_set("MAPS", part), root, entry(2, 5, 0, 2052, &numbers(&[2048, 3, 4, 4])), b"first".to_vec()]
}

/// Blocks 0 to 4 of the virtual partition are 50 to 54 of the other, but for 2, which is 60.
fn virtual_partition(vat: (u32, Vec<u8>)) -> String {
    let [set, root, file, first] = one_file(1);
    let blocks = [(50, set), (51, root), (60, file), (53, first), (54, b"last".to_vec()), vat];
    let maps = [PLAIN.to_vec(), map("*UDF Virtual Partition").bytes()];
    trees(&user::space("vat.img", volume("MAPS", &maps, 1, &blocks)))
}

#[test]
fn virtual_allocation_tables() {
    let table = numbers(&[50, 51, 60, 53, 54]);
    let mut old = table.clone();
    old.extend(Body::new(36).put(1, b"*UDF Virtual Alloc Tbl").u32(32, u32::MAX).bytes());
    let mut new = Body::new(152).u16(0, 152).bytes();
    new.extend(table);
    let old = virtual_partition((191, entry(191, 0, 3, old.len() as u64, &old)));
    let new = virtual_partition((180, entry(180, 248, 3, new.len() as u64, &new)));
    assert_eq!(old, new);
    insta::assert_snapshot!(old);
    assert!(virtual_partition((190, Vec::new())).contains("no virtual allocation table is in the last sectors"));
}

#[test]
fn sparing() {
    let [set, root, file, first] = one_file(0);
    // Packets of 2 blocks: the one of blocks 2 and 3 is at sector 200.
    let table = Body::new(72).put(17, b"*UDF Sparing Table").u16(48, 2).put(56, &numbers(&[u32::MAX, 204, 2, 200]));
    let table = table.seal(0, 190);
    let blocks = [(0, set), (1, root), (200 - 64, file), (201 - 64, first), (4, b"last".to_vec()), (190 - 64, table)];
    let maps = [map("*UDF Sparable Partition").u16(40, 2).u8(42, 2).u32(44, 72).put(48, &numbers(&[189, 190])).bytes()];
    insta::assert_snapshot!(trees(&user::space("spared.img", volume("MAPS", &maps, 0, &blocks))));
}

#[test]
fn metadata_and_its_mirror() {
    let [set, root, file, _] = one_file(1);
    // Content is in the plain partition: short descriptors of an entry count in its own, so this file is empty there.
    let file = Body::new(file.len()).put(0, &file).u16(34, 3).put(56, &[4, 0, 0, 0, 0, 0, 0, 0]).seal(261, 2);
    let main = entry(10, 250, 0, 3 * 2048, &numbers(&[2048, 20, 4096, 31]));
    let mirror = entry(11, 251, 0, 3 * 2048, &numbers(&[3 * 2048, 40]));
    let laid = |broken: u32| {
        let mut blocks = vec![(10, main.clone()), (11, mirror.clone())];
        blocks.extend([(20, set.clone()), (31, root.clone()), (32, file.clone())]);
        blocks.extend([(40, set.clone()), (41, root.clone()), (42, file.clone())]);
        for (block, bytes) in &mut blocks {
            if *block == broken {
                bytes[100] ^= 1;
            }
        }
        let maps = [PLAIN.to_vec(), map("*UDF Metadata Partition").u32(40, 10).u32(44, 11).bytes()];
        trees(&user::space("metadata.img", volume("MAPS", &maps, 1, &blocks)))
    };
    let whole = laid(0);
    insta::assert_snapshot!(whole);
    let told = ["the metadata file cannot be read, its mirror is", "", "metadata is read from its mirror"];
    for (broken, told) in [10, 20, 31].into_iter().zip(told) {
        let shown = laid(broken);
        assert!(shown.contains("\"file\" 4") && shown.contains(told), "block {broken}: {shown}");
    }
}

#[test]
fn sequences() {
    let shown = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = everything();
        change(&mut bytes);
        trees(&user::space("udf.img", bytes))
            .lines()
            .filter(|line| line.starts_with("UDF") || line.contains("note"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let whole = shown(&|_| {});
    assert!(whole.starts_with("UDF 1.02; label \"ALL\""), "{whole}");
    assert_eq!(whole, shown(&|bytes| bytes[256 * 2048] = 0), "the anchor at the end does as well");
    let reserve = shown(&|bytes| bytes[34 * 2048 + 90] ^= 1);
    assert!(reserve.contains("the main volume descriptor sequence at sector 32 is not whole"), "{reserve}");
    assert!(!reserve.contains("wrong CRC"), "{reserve}");
    let neither = shown(&|bytes| {
        bytes[34 * 2048 + 90] ^= 1;
        bytes[50 * 2048 + 90] ^= 1;
    });
    assert!(neither.contains("the volume descriptor in sector 34 has a wrong CRC"), "{neither}");
}

#[test]
fn lies() {
    let with = |at: u32, bytes: Vec<u8>| {
        let blocks = [(0, file_set("LIE", 0)), (1, root(&[name(0, b"\x08file", 5, 0)])), (at, bytes)];
        trees(&user::space("lie.img", volume("LIE", &[PLAIN.to_vec()], 0, &blocks)))
    };
    let circle = Body::new(32).u32(20, 8).put(24, &numbers(&[2048 | MORE, 6])).seal(258, 6);
    let blocks = [
        (0, file_set("LIE", 0)),
        (1, root(&[name(0, b"\x08file", 5, 0)])),
        (5, entry(5, 5, 0, 9999, &numbers(&[2048 | MORE, 6]))),
        (6, circle),
    ];
    let shown = trees(&user::space("lie.img", volume("LIE", &[PLAIN.to_vec()], 0, &blocks)));
    assert!(shown.contains("allocation descriptors that go round in a circle"), "{shown}");
    for (bytes, said) in [
        (entry(5, 5, 0, u64::MAX, &numbers(&[2048, 7])), "found extents for 2048 bytes; expected the 18446744073709551615 bytes"),
        (entry(5, 5, 0, 4096, &numbers(&[4096, 191])), "expected blocks that the partition has"),
        (entry(5, 5, 0, 3_000_000, &numbers(&[3_000_000, 1])), "more content than the disc has bytes"),
        (entry(5, 5, 3, 9, b"short"), "found 5 bytes of embedded content; expected 9 bytes"),
        (entry(5, 5, 5, 9, b"short"), "allocation descriptors of kind 5"),
        (entry(6, 5, 3, 0, b""), "a descriptor of block 6 in block 5"),
        (Body::new(176).u16(20, 4).u32(168, u32::MAX).seal(261, 5), "4294967295 bytes of attributes"),
        (Body::new(176).u16(20, 4).u32(172, 5000).seal(261, 5), "5000 bytes of allocation descriptors"),
        (Body::new(176).u16(20, 7).seal(261, 5), "a file entry of strategy 7"),
    ] {
        let shown = with(5, bytes);
        assert!(shown.contains(said), "{said}: {shown}");
    }
}

/// A directory of streams in block 7 whose content is those names.
fn with_streams(names: &[Vec<u8>]) -> String {
    let mut file = extended(5, 5, 3, b"within");
    file[152..160].copy_from_slice(&numbers(&[2048, 7]));
    let file = Body::new(file.len()).put(0, &file).seal(266, 5);
    let content = [&[name(0x0A, b"", 5, 0)], names].concat().concat();
    let streams = entry(7, 13, 3, content.len() as u64, &content);
    let blocks = [(0, file_set("STREAMS", 0)), (1, root(&[name(0, b"\x08file", 5, 0)])), (5, file), (7, streams)];
    trees(&user::space("udf.img", volume("STREAMS", &[PLAIN.to_vec()], 0, &blocks)))
}

#[test]
fn named_streams_are_told_where_there_are_some() {
    let shown = with_streams(&[name(0, b"\x08Zone", 8, 0)]);
    assert!(shown.contains("note: udf.img: \"file\" has named streams, which are not shown"), "{shown}");
    // An empty directory, and one of the file system's own streams only.
    assert!(!with_streams(&[]).contains("note"), "{}", with_streams(&[]));
    assert!(!with_streams(&[name(16, b"\x08*UDF Backup", 8, 0)]).contains("named streams"));
}

#[test]
fn more_file_sets_are_told() {
    let set = Body::new(512).put(0, &file_set("SETS", 0)).extent(448, 2048, 9).seal(256, 0);
    let blocks = [(0, set), (1, root(&[]))];
    let shown = trees(&user::space("udf.img", volume("SETS", &[PLAIN.to_vec()], 0, &blocks)));
    assert!(shown.contains("there are more file sets than the one that is shown"), "{shown}");
}

#[test]
fn partitions_of_other_discs_are_told() {
    let blocks = [(0, file_set("SET", 0)), (1, root(&[]))];
    let shown = trees(&user::space("udf.img", volume("SET", &[vec![1, 6, 2, 0, 0, 0]], 0, &blocks)));
    assert!(shown.contains("note: udf.img: partition map 0: partition 0 is on disc 2 of a set"), "{shown}");
}

/// A bridge whose UDF tree is lost shows the other one first.
#[test]
fn a_tree_without_root_comes_last() {
    let mut bridge = volume("BRIDGE", &[PLAIN.to_vec()], 0, &[(0, file_set("BRIDGE", 0)), (1, root(&[]))]);
    // The recognition sequence gives way to descriptors; what is in the sector behind them is the other root.
    let iso = crate::lay::Laid::new(&[crate::lay::record("A.;1", 21, 1)]).0;
    bridge[16 * 2048..17 * 2048].copy_from_slice(&iso[16 * 2048..17 * 2048]);
    bridge[20 * 2048..21 * 2048].copy_from_slice(&iso[20 * 2048..21 * 2048]);
    let first = |bytes: Vec<u8>| trees(&user::space("bridge.iso", bytes)).lines().next().unwrap_or_default().to_owned();
    assert!(first(bridge.clone()).starts_with("UDF 1.02"), "{}", first(bridge));
    bridge[65 * 2048..66 * 2048].fill(0);
    assert!(first(bridge.clone()).starts_with("ISO 9660"), "{}", first(bridge));
}
