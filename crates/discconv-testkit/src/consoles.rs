//! Volumes of consoles: XDVDFS of the Xbox (little-endian) and Opera of the 3DO (big-endian).

use crate::reference::USER;

/// Write bytes at a place.
pub fn put(disc: &mut [u8], at: usize, bytes: &[u8]) {
    disc[at..at + bytes.len()].copy_from_slice(bytes);
}

/// An entry of XDVDFS: left, right (in units of four bytes), sector, bytes, attributes, name.
fn record(left: u16, right: u16, sector: u32, len: u32, attributes: u8, name: &[u8]) -> Vec<u8> {
    let mut record = [left.to_le_bytes(), right.to_le_bytes()].concat();
    record.extend(sector.to_le_bytes());
    record.extend(len.to_le_bytes());
    record.extend([attributes, u8::try_from(name.len()).unwrap_or(0)]);
    record.extend(name);
    record.resize(record.len().next_multiple_of(4), 0xFF);
    record
}

/// `default.xbe` at the root of the tree, a folder `a` to its left, a hidden file to its right; an empty folder in `a`.
#[must_use]
pub fn xdvdfs() -> Vec<u8> {
    let mut disc = vec![0; 40 * USER];
    let mut header = b"MICROSOFT*XBOX*MEDIA".to_vec();
    header.extend(33_u32.to_le_bytes());
    header.extend(2048_u32.to_le_bytes());
    header.extend(126_227_808_000_000_000_u64.to_le_bytes()); // 2001-01-01
    put(&mut disc, 32 * USER, &header);
    put(&mut disc, 32 * USER + 0x7EC, b"MICROSOFT*XBOX*MEDIA");
    disc[33 * USER..35 * USER].fill(0xFF);
    put(&mut disc, 33 * USER, &record(7, 12, 36, 5, 0x20, b"default.xbe"));
    put(&mut disc, 33 * USER + 7 * 4, &record(0, 0, 34, 2048, 0x10, b"a"));
    put(&mut disc, 33 * USER + 12 * 4, &record(0, 0, 37, 3000, 0x22, b"z\xE4\x80"));
    put(&mut disc, 34 * USER, &record(0, 5, 0, 0, 0x10, b"empty"));
    put(&mut disc, 34 * USER + 5 * 4, &record(0, 0, 0, 0, 0x10, b"void"));
    put(&mut disc, 36 * USER, b"hello");
    disc
}

/// Numbers of an Opera volume, big-endian.
#[must_use]
pub fn numbers(all: &[u32]) -> Vec<u8> {
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
    record.extend(numbers(&[u32::try_from(copies.len() - 1).unwrap_or(0)]));
    record.extend(numbers(copies));
    record
}

/// A directory block of Opera: the next one's number, or the highest for none; entries.
#[must_use]
pub fn opera_block(next: u32, entries: &[Vec<u8>]) -> Vec<u8> {
    let body = entries.concat();
    let mut block = numbers(&[next, u32::MAX, 0, u32::try_from(20 + body.len()).unwrap_or(0), 20]);
    block.extend(body);
    block
}

/// A root of two blocks whose first copy is broken; a file whose first copy is not on the disc; a folder.
#[must_use]
pub fn opera() -> Vec<u8> {
    let mut disc = vec![0; 24 * USER];
    put(&mut disc, 0, b"\x01ZZZZZ\x01");
    put(&mut disc, 0x28, b"CD-ROM");
    put(&mut disc, 0x48, &numbers(&[7, 2048, 24, 3, 2, 2048, 1, 4, 6]));
    let file = opera_record(2, b"    ", 5, "LaunchMe", &[4000, 10]);
    let folder = opera_record(0x4000_0007, b"*dir", 2048, "Art", &[12]);
    put(&mut disc, 6 * USER, &opera_block(1, &[file, folder]));
    put(&mut disc, 7 * USER, &opera_block(u32::MAX, &[opera_record(0x8000_0006, b"*lbl", 132, "Disc label", &[0])]));
    put(&mut disc, 12 * USER, &opera_block(u32::MAX, &[opera_record(0x8000_0002, b"cel ", 2049, "a", &[14])]));
    put(&mut disc, 10 * USER, b"hello");
    disc
}
