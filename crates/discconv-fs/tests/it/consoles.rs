//! Volumes of consoles, laid by hand.

use crate::show::trees;
use crate::user;

const SECTOR: usize = 2048;

fn put(disc: &mut [u8], at: usize, bytes: &[u8]) {
    disc[at..at + bytes.len()].copy_from_slice(bytes);
}

/// An entry of XDVDFS: left, right (in units of four bytes), sector, bytes, attributes, name.
fn record(left: u16, right: u16, sector: u32, len: u32, attributes: u8, name: &[u8]) -> Vec<u8> {
    let mut record = [left.to_le_bytes(), right.to_le_bytes()].concat();
    record.extend(sector.to_le_bytes());
    record.extend(len.to_le_bytes());
    record.extend([attributes, u8::try_from(name.len()).unwrap()]);
    record.extend(name);
    record.resize(record.len().next_multiple_of(4), 0xFF);
    record
}

/// `default.xbe` at the root of the tree, a folder `a` to its left, a hidden file to its right; an empty folder in `a`.
pub(crate) fn xdvdfs() -> Vec<u8> {
    let mut disc = vec![0; 40 * SECTOR];
    let mut header = b"MICROSOFT*XBOX*MEDIA".to_vec();
    header.extend(33_u32.to_le_bytes());
    header.extend(2048_u32.to_le_bytes());
    header.extend(126_227_808_000_000_000_u64.to_le_bytes()); // 2001-01-01
    put(&mut disc, 32 * SECTOR, &header);
    put(&mut disc, 32 * SECTOR + 0x7EC, b"MICROSOFT*XBOX*MEDIA");
    disc[33 * SECTOR..35 * SECTOR].fill(0xFF);
    put(&mut disc, 33 * SECTOR, &record(7, 12, 36, 5, 0x20, b"default.xbe"));
    put(&mut disc, 33 * SECTOR + 7 * 4, &record(0, 0, 34, 2048, 0x10, b"a"));
    put(&mut disc, 33 * SECTOR + 12 * 4, &record(0, 0, 37, 3000, 0x22, b"z\xE4\x80"));
    put(&mut disc, 34 * SECTOR, &record(0, 5, 0, 0, 0x10, b"empty"));
    put(&mut disc, 34 * SECTOR + 5 * 4, &record(0, 0, 0, 0, 0x10, b"void"));
    put(&mut disc, 36 * SECTOR, b"hello");
    disc
}

/// Numbers of an Opera volume, big-endian.
fn numbers(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// An entry of Opera: flags, type, bytes, name, the blocks of its copies.
fn opera_record(flags: u32, kind: &[u8; 4], len: u32, name: &str, copies: &[u32]) -> Vec<u8> {
    let mut record = numbers(&[flags, 9]);
    record.extend(kind);
    record.extend(numbers(&[2048, len, len.div_ceil(2048), 1, 0]));
    let mut field = name.as_bytes().to_vec();
    field.resize(32, 0);
    record.extend(field);
    record.extend(numbers(&[u32::try_from(copies.len() - 1).unwrap()]));
    record.extend(numbers(copies));
    record
}

fn opera_block(next: u32, entries: &[Vec<u8>]) -> Vec<u8> {
    let body = entries.concat();
    let mut block = numbers(&[next, u32::MAX, 0, u32::try_from(20 + body.len()).unwrap(), 20]);
    block.extend(body);
    block
}

/// A root of two blocks whose first copy is broken; a file whose first copy is not on the disc; a folder.
pub(crate) fn opera() -> Vec<u8> {
    let mut disc = vec![0; 24 * SECTOR];
    put(&mut disc, 0, b"\x01ZZZZZ\x01");
    put(&mut disc, 0x28, b"CD-ROM");
    put(&mut disc, 0x48, &numbers(&[7, 2048, 24, 3, 2, 2048, 1, 4, 6]));
    let file = opera_record(2, b"    ", 5, "LaunchMe", &[4000, 10]);
    let folder = opera_record(0x4000_0007, b"*dir", 2048, "Art", &[12]);
    put(&mut disc, 6 * SECTOR, &opera_block(1, &[file, folder]));
    put(&mut disc, 7 * SECTOR, &opera_block(u32::MAX, &[opera_record(0x8000_0006, b"*lbl", 132, "Disc label", &[0])]));
    put(&mut disc, 12 * SECTOR, &opera_block(u32::MAX, &[opera_record(0x8000_0002, b"cel ", 2049, "a", &[14])]));
    put(&mut disc, 10 * SECTOR, b"hello");
    disc
}

#[test]
fn xbox() {
    insta::assert_snapshot!(trees(&user::space("game.iso", xdvdfs())));
}

#[test]
fn xbox_beside_its_video_partition() {
    // Of the three generations the third begins nearest to the start.
    let mut disc = vec![0; 0x0208_0000];
    disc.extend(xdvdfs());
    let shown = trees(&user::space("game.iso", disc));
    assert!(shown.starts_with("XDVDFS XGD3; created 2001-01-01T00:00:00Z; 40 blocks of 2048 from byte 34078720"), "{shown}");
    assert!(shown.contains("\"default.xbe\" 5 @16676 2cf24dba5fb0"), "{shown}");
}

#[test]
fn trees_that_lie() {
    let with = |at: usize, bytes: &[u8]| {
        let mut disc = xdvdfs();
        put(&mut disc, 33 * SECTOR + at, bytes);
        trees(&user::space("game.iso", disc))
    };
    // Left of itself; right outside of the table; a folder that is the root; a file longer than the disc; an empty table.
    assert!(with(7 * 4, &[7, 0]).contains("goes round in a circle"));
    assert!(with(12 * 4 + 2, &[0, 0x40]).contains("an entry at byte 65536 of a directory"));
    assert!(with(7 * 4 + 4, &[33, 0, 0, 0, 0, 8]).contains("!! it was listed already"));
    assert!(with(8, &[0, 0, 0, 1]).contains("the image may be truncated") || with(8, &[0, 0, 0, 1]).contains("a disc that ends"));
    assert!(!with(0, &[0xFF, 0xFF]).contains("default.xbe"));
}

#[test]
fn three_do() {
    insta::assert_snapshot!(trees(&user::space("game.iso", opera())));
}

#[test]
fn three_do_in_a_circle() {
    let mut disc = opera();
    put(&mut disc, 0x60, &numbers(&[0, 6]));
    put(&mut disc, 7 * SECTOR, &opera_block(1, &[]));
    let shown = trees(&user::space("game.iso", disc));
    assert!(shown.contains("error: game.iso: LBA 7: found blocks of a directory that go round in a circle"), "{shown}");
}
