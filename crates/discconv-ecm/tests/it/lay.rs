//! Files by hand, and what is seen of them.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Format, Input, Limits, Note, NoteKind, Opened, Promise, ReadAt, Result};
use discconv_ecm::Ecm;
use discconv_testkit::reference::{self, RAW};
use std::fmt::Write;
use std::sync::Arc;

/// Records: type, bytes stored, how many units.
pub(crate) type Record = (u8, Vec<u8>, u64);

pub(crate) const SUB1: [u8; 4] = [0, 0, 0x08, 0];
pub(crate) const SUB2: [u8; 4] = [1, 2, 0x64, 0x7F];

/// User data that is not zero and differs from sector to sector.
pub(crate) fn user(seed: u8, len: usize) -> Vec<u8> {
    (0..len).map(|i| (i as u8).wrapping_mul(7) ^ (i >> 8) as u8 ^ seed).collect()
}

pub(crate) fn mode1(lba: i32) -> [u8; RAW] {
    reference::mode1(lba, &user(lba as u8, 2048))
}

pub(crate) fn form1(lba: i32) -> [u8; RAW] {
    reference::form1(lba, SUB1, &user(lba as u8, 2048))
}

pub(crate) fn form2(lba: i32) -> [u8; RAW] {
    reference::form2(lba, SUB2, &user(lba as u8, 2324), true)
}

/// What a record of this type stores of a sector.
pub(crate) fn stripped(kind: u8, raw: &[u8; RAW]) -> Vec<u8> {
    match kind {
        1 => [&raw[12..15], &raw[16..2064]].concat(),
        2 => raw[20..2072].to_vec(),
        3 => raw[20..2348].to_vec(),
        _ => raw.to_vec(),
    }
}

pub(crate) fn literal(bytes: &[u8]) -> Record {
    (0, bytes.to_vec(), bytes.len() as u64)
}

pub(crate) fn sectors(kind: u8, raws: &[[u8; RAW]]) -> Record {
    (kind, raws.iter().flat_map(|raw| stripped(kind, raw)).collect(), raws.len() as u64)
}

/// Type and count as the table in `lib.rs` has them.
pub(crate) fn head(kind: u8, count: u64) -> Vec<u8> {
    let n = (count - 1) as u32;
    let groups = [n & 0x1F, n >> 5 & 0x7F, n >> 12 & 0x7F, n >> 19 & 0x7F, n >> 26];
    let last = groups.iter().rposition(|group| *group != 0).unwrap_or(0);
    let more = |index: usize| if index < last { 0x80 } else { 0 };
    (0..=last)
        .map(|index| if index == 0 { (groups[0] << 2) as u8 | kind | more(0) } else { groups[index] as u8 | more(index) })
        .collect()
}

/// A whole file of these records, from which `content` comes out.
pub(crate) fn ecm(records: &[Record], content: &[u8]) -> Vec<u8> {
    let mut file = b"ECM\0".to_vec();
    for (kind, stored, count) in records {
        file.extend(head(*kind, *count));
        file.extend(stored);
    }
    file.extend([0xFC, 0xFF, 0xFF, 0xFF, 0x3F]);
    file.extend(reference::edc(content).to_le_bytes());
    file
}

/// All kinds of records, and what comes out.
pub(crate) fn mixed() -> (Vec<u8>, Vec<u8>) {
    let ones: Vec<_> = (0..3).map(mode1).collect();
    let sound = reference::audio(1, 5);
    let mut bcd = mode1(9);
    bcd[12..15].copy_from_slice(&[0xFA, 0x7B, 0xFF]);
    let sum = reference::edc(&bcd[..2064]);
    bcd[2064..2068].copy_from_slice(&sum.to_le_bytes());
    reference::write_ecc(&mut bcd, false);
    let mut records = vec![sectors(1, &ones), literal(&sound), sectors(1, &[bcd])];
    let mut content = [ones.concat(), sound.to_vec(), bcd.to_vec()].concat();
    for lba in 10..14 {
        let (kind, raw) = if lba == 12 { (3, form2(lba)) } else { (2, form1(lba)) };
        records.extend([literal(&raw[..16]), sectors(kind, &[raw])]);
        content.extend(raw);
    }
    let bare = [form2(3), form2(4)];
    records.push(sectors(3, &bare));
    content.extend(bare.iter().flat_map(|raw| &raw[16..]));
    records.push(literal(b"tail"));
    content.extend(b"tail");
    (ecm(&records, &content), content)
}

/// What was in a file.
pub(crate) struct Content {
    pub(crate) source: Arc<dyn ReadAt>,
    pub(crate) checks: Vec<Promise>,
    pub(crate) notes: Vec<Note>,
}

impl Content {
    pub(crate) fn all(&self) -> Vec<u8> {
        let mut out = vec![0x77; usize::try_from(self.source.len()).unwrap()];
        self.source.read_exact_at(0, &mut out).unwrap();
        out
    }

    pub(crate) fn damaged(&self) -> bool {
        self.notes.iter().any(|note| note.kind == NoteKind::Damage)
    }
}

pub(crate) fn open_with(file: &[u8], limits: Limits) -> Result<Content> {
    let alone = MemoryFiles::new();
    let input = Input { limits, ..Input::new("x.bin.ecm", Arc::new(Bytes::new("x.bin.ecm", file)), &alone) };
    match Ecm.open(&input)? {
        Opened::Bytes { source, checks, notes } => Ok(Content { source, checks, notes }),
        Opened::Discs(_) => panic!("a wrapper is no disc"),
    }
}

pub(crate) fn open(file: &[u8]) -> Result<Content> {
    open_with(file, Limits::default())
}

/// What opening says, as text.
pub(crate) fn told(file: &[u8]) -> String {
    match open(file) {
        Ok(content) => {
            let mut text = format!("{} bytes, {} checksums\n", content.source.len(), content.checks.len());
            for note in &content.notes {
                let _ = writeln!(text, "{:?}: {} ({} sectors)", note.kind, note.text, note.sectors);
            }
            text
        }
        Err(error) => format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}
