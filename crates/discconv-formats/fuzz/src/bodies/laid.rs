//! Seeds laid by hand: what no writer of ours makes, or makes too large.

use super::folder::MARK;
use super::seeds::Seed;
use discconv_codec::Level;
use discconv_codec::deflate::Deflater;
use discconv_testkit::reference::{audio, mode1};

/// Two blocks of 2048 bytes, the second of them stored.
pub(super) fn jso() -> Seed {
    let (first, second) = ([7; 2048], [0x5A; 2048]);
    let mut packed = Vec::new();
    Deflater::new(Level::Normal).raw(&first, &mut packed);
    let (begin, middle) = (0x30_u32 + 12, 0x30 + 12 + u32::try_from(packed.len()).unwrap_or(0));
    let mut file = b"JISO\x03\x01\x00\x08\x00\x00\x01\x00".to_vec();
    file.extend(4096_u32.to_le_bytes());
    file.extend([1; 16]);
    file.extend(0x30_u32.to_le_bytes());
    file.resize(0x30, 0);
    file.extend([begin, middle, middle + 2048].map(u32::to_le_bytes).concat());
    ("jso".to_owned(), [&file[..], &packed, &second].concat())
}

/// An image with 64 bytes of header, its chunk table behind them, then its data: cut into two files within its only chunk.
pub(super) fn isz_in_two(image: &[u8]) -> Option<Vec<u8>> {
    const TABLE: u32 = 3 * 24;
    let word = |at: usize| image.get(at..at + 4)?.first_chunk().map(|word| u32::from_le_bytes(*word));
    let (chunks, chunk_table, data) = (word(25)?, word(35)?, word(43)?);
    let at = usize::try_from(data).ok()?;
    let stored = image.get(at..)?;
    let (first, second) = stored.split_at(stored.len() / 2);
    let mut head = image.get(..64)?.to_vec();
    head[17..25].copy_from_slice(&(1_u64 << 20).to_le_bytes());
    head[35..39].copy_from_slice(&(chunk_table + TABLE).to_le_bytes());
    head[39..43].copy_from_slice(&64_u32.to_le_bytes());
    head[43..47].copy_from_slice(&(data + TABLE).to_le_bytes());
    let entry = |bytes: u64, numbers: [u32; 4]| [&bytes.to_le_bytes()[..], &numbers.map(u32::to_le_bytes).concat()].concat();
    let first_bytes = u64::from(data + TABLE) + first.len() as u64;
    let left = u32::try_from(second.len()).ok()?;
    let mut table = entry(first_bytes, [chunks, 0, data + TABLE, left]);
    table.extend(entry(64 + second.len() as u64, [0, chunks, 64 + left, 0]));
    table.resize(usize::try_from(TABLE).ok()?, 0);
    // Tables are masked with the complement of the signature.
    table.iter_mut().zip([0xB6, 0x8C, 0xA5, 0xDE].into_iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    let mut second_head = head.clone();
    second_head[34] = 1;
    let tables = image.get(64..at)?;
    Some([&[&head[..], &table, tables, first].concat(), &[&second_head[..], second].concat()].map(Vec::as_slice).join(MARK))
}

/// A file of one disc in its parts, without the zeros at the end of each.
pub(super) fn pbp_in_parts((name, file): Seed) -> Option<Seed> {
    let disc = usize::try_from(u32::from_le_bytes(*file.get(0x24..)?.first_chunk()?)).ok()?;
    let parts = [0..disc, disc..disc + 0x4000, disc + 0x4000..disc + 0x10_0000, disc + 0x10_0000..file.len()];
    let parts: Vec<&[u8]> = parts.into_iter().map(|range| file.get(range).map(trimmed)).collect::<Option<_>>()?;
    Some((name, parts.join(MARK)))
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &bytes[..end]
}

/// Nero images without the 150 sectors before the first track, which Nero stores.
pub(super) fn nrg() -> Vec<Seed> {
    let user: Vec<u8> = (0..4).flat_map(|at| [at; 2048]).collect();
    let raw: Vec<u8> = (0..4).flat_map(|lba| mode1(lba, &[7; 2048])).collect();
    let sound: Vec<u8> = (0..4).flat_map(|sector| audio(1, sector)).collect();
    let with_sub: Vec<u8> = (0..4).flat_map(|lba| [&mode1(lba, &[7; 2048])[..], &[0; 96]].concat()).collect();
    let one = |name: &str, code: u8, size: u16, sectors: &[u8]| {
        (format!("{name}-dao"), dao(true, 1, &[(code, size, sectors)]), sectors.to_vec())
    };
    let two = [(0x05, 2352, &raw[..]), (0x07, 2352, &sound[..])];
    let both = [&raw[..], &sound].concat();
    let rows = [
        one("user", 0x00, 2048, &user),
        one("raw", 0x05, 2352, &raw),
        one("sub", 0x0F, 2448, &with_sub),
        ("two-dao".to_owned(), dao(true, 1, &two), both.clone()),
        ("two-old-dao".to_owned(), dao(false, 1, &two), both.clone()),
        ("two-tao".to_owned(), tao(b"ETN2", &[(0, &raw), (7, &sound)]), both.clone()),
        ("two-old-tao".to_owned(), tao(b"ETNF", &[(5, &raw), (7, &sound)]), both),
    ];
    let files = rows.into_iter().map(|(name, chunks, data)| {
        let new = !name.contains("old");
        let place = (data.len() as u64).to_be_bytes();
        let footer = if new { [&b"NER5"[..], &place] } else { [&b"NERO"[..], &place[4..]] }.concat();
        (name, [&data[..], &chunks, b"END!\0\0\0\0", &footer].concat())
    });
    files.collect()
}

fn chunk(id: &[u8], payload: &[u8]) -> Vec<u8> {
    [id, &u32::try_from(payload.len()).unwrap_or(0).to_be_bytes(), payload].concat()
}

/// Sheet and table of a session whose tracks (mode code, bytes of a sector, sectors) lie one behind another; of version 2 if `new`.
fn dao(new: bool, first: u8, tracks: &[(u8, u16, &[u8])]) -> Vec<u8> {
    let address = |sectors: u64| {
        let part = |value: u64| u8::try_from(value / 10 * 16 + value % 10).unwrap_or(0);
        let msf = [0, part((sectors + 150) / 4500), part((sectors + 150) / 75 % 60), part((sectors + 150) % 75)];
        if new { u32::try_from(sectors).unwrap_or(0).to_be_bytes() } else { msf }
    };
    let (mut sheet, mut table, mut at, mut lba) = (vec![], vec![], 0, 0);
    for (number, (code, size, sectors)) in (first..).zip(tracks) {
        let control = if *code == 0x07 { 0x01 } else { 0x41 };
        for index in 0..2 {
            sheet.extend([[control, number, index, 0], address(lba)].concat());
        }
        let end = at + sectors.len() as u64;
        table.extend([0; 12]);
        table.extend(size.to_be_bytes());
        table.extend([*code, 0, 0, 1]);
        table.extend([at, at, end].iter().flat_map(|place| place.to_be_bytes()[if new { 0 } else { 4 }..].to_vec()));
        lba += sectors.len() as u64 / u64::from(*size);
        at = end;
    }
    sheet.extend([[0x41, 0xAA, 1, 0], address(lba)].concat());
    let count = u8::try_from(tracks.len()).unwrap_or(0);
    let mut head = u32::try_from(22 + table.len()).unwrap_or(0).to_be_bytes().to_vec();
    head.extend([0; 15]);
    head.extend([1, first, first + count - 1]);
    let [cue, track_table] = if new { [b"CUEX", b"DAOX"] } else { [b"CUES", b"DAOI"] };
    let table = [head, table].concat();
    [chunk(cue, &sheet), chunk(track_table, &table), chunk(b"SINF", &[0, 0, 0, count]), chunk(b"MTYP", &[0, 0, 0, 1])].concat()
}

/// A table of tracks (mode code, sectors) that lie one behind another.
fn tao(id: &[u8; 4], tracks: &[(u8, &[u8])]) -> Vec<u8> {
    let from = if id == b"ETN2" { 0 } else { 4 };
    let (mut table, mut at, mut lba) = (vec![], 0_u64, 0_u32);
    for (code, sectors) in tracks {
        table.extend([at, sectors.len() as u64].iter().flat_map(|number| number.to_be_bytes()[from..].to_vec()));
        table.extend([0, 0, 0, *code]);
        table.extend(lba.to_be_bytes());
        table.extend(vec![0; if from == 0 { 8 } else { 4 }]);
        at += sectors.len() as u64;
        lba += u32::try_from(sectors.len() / 2352).unwrap_or(0) + 150;
    }
    [chunk(id, &table), chunk(b"SINF", &[0, 0, 0, 2]), chunk(b"MTYP", &[0, 0, 0, 1])].concat()
}
