//! The smallest honest ISO 9660 volume: descriptors, path tables and one folder, whose files fill the rest.
//!
//! Field positions: ECMA-119, 8.4 (primary volume descriptor), 9.1 (directory record), 9.4 (path table record).

/// Bytes of a logical sector.
pub(super) const SECTOR: usize = 2048;
const DESCRIPTOR: usize = 16;
const PATHS_LE: u32 = 18;
const PATHS_BE: u32 = 19;
const ROOT: u32 = 20;
/// First sector of the first file, and sectors in front of the content.
const FILES: u32 = 21;
/// Sectors of one file: 512 MiB.
const FILE_SECTORS: u32 = 262_144;
/// Files that one sector of the root folder has room for.
const MAX_FILES: usize = 40;

fn both_u32(value: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&value.to_le_bytes());
    bytes[4..].copy_from_slice(&value.to_be_bytes());
    bytes
}

fn both_u16(value: u16) -> [u8; 4] {
    let (le, be) = (value.to_le_bytes(), value.to_be_bytes());
    [le[0], le[1], be[0], be[1]]
}

fn record(name: &[u8], first: u32, bytes: u32, folder: bool) -> Vec<u8> {
    let mut record = vec![0; 33];
    record[2..10].copy_from_slice(&both_u32(first));
    record[10..18].copy_from_slice(&both_u32(bytes));
    // 1 January 2024, and two bytes of time that stay zero.
    record[18..21].copy_from_slice(&[124, 1, 1]);
    record[25] = if folder { 2 } else { 0 };
    record[28..32].copy_from_slice(&both_u16(1));
    record[32] = u8::try_from(name.len()).unwrap_or(0);
    record.extend_from_slice(name);
    if record.len() % 2 == 1 {
        record.push(0);
    }
    record[0] = u8::try_from(record.len()).unwrap_or(0);
    record
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) {
    out[at..at + bytes.len()].copy_from_slice(bytes);
}

fn descriptor(sectors: u32) -> [u8; SECTOR] {
    let mut out = [0; SECTOR];
    put(&mut out, 0, b"\x01CD001\x01");
    out[8..72].fill(b' ');
    put(&mut out, 40, b"BENCH");
    put(&mut out, 80, &both_u32(sectors));
    put(&mut out, 120, &both_u16(1));
    put(&mut out, 124, &both_u16(1));
    put(&mut out, 128, &both_u16(2048));
    put(&mut out, 132, &both_u32(10));
    put(&mut out, 140, &PATHS_LE.to_le_bytes());
    put(&mut out, 148, &PATHS_BE.to_be_bytes());
    put(&mut out, 156, &record(&[0], ROOT, 2048, true));
    out[190..813].fill(b' ');
    for date in 0..4 {
        out[813 + date * 17..829 + date * 17].fill(b'0');
    }
    out[881] = 1;
    out
}

fn root_folder(sectors: u32) -> [u8; SECTOR] {
    let mut out = [0; SECTOR];
    let mut at = 0;
    let mut add = |record: &[u8]| {
        put(&mut out, at, record);
        at += record.len();
    };
    add(&record(&[0], ROOT, 2048, true));
    add(&record(&[1], ROOT, 2048, true));
    let mut first = FILES;
    for number in 0..MAX_FILES {
        let length = FILE_SECTORS.min(sectors.saturating_sub(first));
        if length == 0 {
            break;
        }
        add(&record(format!("F{number:02}.DAT;1").as_bytes(), first, length * 2048, false));
        first += length;
    }
    out
}

/// The first sectors of a volume of that many; everything behind them is the files' content.
pub(super) fn head(sectors: u32) -> Vec<u8> {
    let mut out = vec![0; FILES as usize * SECTOR];
    let sector = |number: usize| number * SECTOR;
    put(&mut out, sector(DESCRIPTOR), &descriptor(sectors));
    put(&mut out, sector(DESCRIPTOR + 1), b"\xFFCD001\x01");
    put(&mut out, sector(PATHS_LE as usize), &[1, 0, 20, 0, 0, 0, 1, 0, 0, 0]);
    put(&mut out, sector(PATHS_BE as usize), &[1, 0, 0, 0, 0, 20, 0, 1, 0, 0]);
    put(&mut out, sector(ROOT as usize), &root_folder(sectors));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_and_a_large_volume() {
        for sectors in [FILES, 1000, 2_100_000, 24_414_062] {
            let head = head(sectors);
            assert_eq!(head.len(), 21 * SECTOR);
            assert_eq!(&head[16 * SECTOR..16 * SECTOR + 6], b"\x01CD001");
            assert_eq!(head[16 * SECTOR + 80..16 * SECTOR + 84], sectors.to_le_bytes());
        }
    }
}
