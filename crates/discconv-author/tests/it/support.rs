//! Trees in memory, and a slow and obvious reader of ISO 9660.

use discconv_author::{Item, Options, What, author};
use discconv_core::{Bytes, Disc, ReadAt, Result};
use std::fmt::Write;
use std::sync::Arc;

/// 2024-01-01 00:00:00 UTC.
pub(crate) const DATE: i64 = 1_704_067_200;
pub(crate) const BLOCK: usize = 2048;

pub(crate) fn path(text: &str) -> Vec<Vec<u8>> {
    text.split('/').filter(|name| !name.is_empty()).map(|name| name.as_bytes().to_vec()).collect()
}

pub(crate) fn item(path: Vec<Vec<u8>>, what: What) -> Item {
    Item { path, what, modified: DATE, mode: 0o644 }
}

pub(crate) fn source(name: &str, bytes: &[u8]) -> Arc<dyn ReadAt> {
    Arc::new(Bytes::new(name, bytes.to_vec()))
}

pub(crate) fn file(name: &str, bytes: &[u8]) -> Item {
    item(path(name), What::File { source: source(name, bytes), same: None })
}

pub(crate) fn folder(name: &str) -> Item {
    Item { mode: 0o755, ..item(path(name), What::Directory) }
}

pub(crate) fn link(name: &str, to: &str) -> Item {
    Item { mode: 0o777, ..item(path(name), What::Link(to.as_bytes().to_vec())) }
}

pub(crate) fn made(items: Vec<Item>, options: &Options) -> Result<Disc> {
    author("tree", items, options)
}

/// The whole volume.
pub(crate) fn bytes(disc: &Disc) -> Vec<u8> {
    let source = &disc.sources()[0];
    let mut bytes = vec![0; usize::try_from(source.len()).unwrap()];
    source.read_exact_at(0, &mut bytes).unwrap();
    bytes
}

pub(crate) fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// A 32-bit number in both orders, which must agree.
pub(crate) fn both32(bytes: &[u8], at: usize) -> u32 {
    let (little, big) = (le32(bytes, at), u32::from_be_bytes(bytes[at + 4..at + 8].try_into().unwrap()));
    assert_eq!(little, big, "both orders at {at}");
    little
}

/// The descriptor of that type: 1 primary, 2 supplementary.
pub(crate) fn descriptor(volume: &[u8], kind: u8) -> Option<&[u8]> {
    let descriptors = volume[16 * BLOCK..].chunks_exact(BLOCK).take_while(|block| block[1..6] == *b"CD001");
    descriptors.clone().find(|block| block[0] == kind)
}

/// A record of a directory.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) first: u32,
    pub(crate) len: u32,
    pub(crate) flags: u8,
    pub(crate) name: Vec<u8>,
    pub(crate) system_use: Vec<u8>,
}

/// The records of the directory at `first`, each checked against the clauses of ECMA-119 9.1.
pub(crate) fn records(volume: &[u8], first: u32, len: u32) -> Vec<Record> {
    let mut records = Vec::new();
    assert_eq!(len as usize % BLOCK, 0);
    for block in volume[first as usize * BLOCK..][..len as usize].chunks_exact(BLOCK) {
        let mut at = 0;
        while at < BLOCK && block[at] != 0 {
            let record = &block[at..at + usize::from(block[at])];
            let name = usize::from(record[32]);
            let system_use = (33 + name).next_multiple_of(2);
            assert_eq!((record.len() % 2, both16(record, 28)), (0, 1));
            records.push(Record {
                first: both32(record, 2),
                len: both32(record, 10),
                flags: record[25],
                name: record[33..33 + name].to_vec(),
                system_use: record[system_use..].to_vec(),
            });
            at += record.len();
        }
        assert!(block[at..].iter().all(|byte| *byte == 0));
    }
    records
}

fn both16(bytes: &[u8], at: usize) -> u16 {
    let little = u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    assert_eq!(little, u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    little
}

/// The fields of a system use area, continuation areas followed.
pub(crate) fn fields(volume: &[u8], system_use: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut fields = Vec::new();
    let mut area = system_use.to_vec();
    loop {
        let (mut at, mut next) = (0, None);
        while at + 4 <= area.len() && area[at] != 0 {
            let field = &area[at..at + usize::from(area[at + 2])];
            if field[..2] == *b"CE" {
                let (block, offset, len) = (both32(field, 4), both32(field, 12), both32(field, 20));
                assert!((offset + len) as usize <= BLOCK, "an area lies within one block");
                next = Some(volume[block as usize * BLOCK + offset as usize..][..len as usize].to_vec());
            } else {
                fields.push((String::from_utf8_lossy(&field[..2]).into_owned(), field[4..].to_vec()));
            }
            at += field.len();
        }
        match next {
            Some(bytes) => area = bytes,
            None => return fields,
        }
    }
}

/// The name that Rock Ridge gives.
pub(crate) fn rock_name(fields: &[(String, Vec<u8>)]) -> Vec<u8> {
    fields.iter().filter(|(signature, _)| signature == "NM").flat_map(|(_, data)| data[1..].to_vec()).collect()
}

/// Every record of a tree, as lines: block, bytes, flags, path, fields.
pub(crate) fn listing(volume: &[u8], kind: u8) -> String {
    let descriptor = descriptor(volume, kind).unwrap();
    let root = &descriptor[156..190];
    let mut text = String::new();
    let mut open = vec![("".to_owned(), both32(root, 2), both32(root, 10))];
    while let Some((above, first, len)) = open.pop() {
        for record in records(volume, first, len) {
            let name = shown(&record.name, kind);
            let fields = fields(volume, &record.system_use);
            let signatures: Vec<&str> = fields.iter().map(|(signature, _)| signature.as_str()).collect();
            let rock = String::from_utf8_lossy(&rock_name(&fields)).into_owned();
            writeln!(
                text,
                "{:5} {:7} {:02X} {above}/{name} {} {rock}",
                record.first,
                record.len,
                record.flags,
                signatures.join(" ")
            )
            .unwrap();
            if record.flags & 2 != 0 && record.name.len() > 0 && record.name[0] > 1
                || record.flags & 2 != 0 && record.name.len() > 1
            {
                open.push((format!("{above}/{name}"), record.first, record.len));
            }
        }
    }
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn shown(name: &[u8], kind: u8) -> String {
    match name {
        [0] => ".".to_owned(),
        [1] => "..".to_owned(),
        name if kind == 2 => {
            let units: Vec<u16> = name.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        name => String::from_utf8_lossy(name).into_owned(),
    }
}

/// The records of the path table: identifier, block and parent, from both tables, which must agree.
pub(crate) fn path_table(volume: &[u8], kind: u8) -> Vec<(Vec<u8>, u32, u16)> {
    let descriptor = descriptor(volume, kind).unwrap();
    let len = both32(descriptor, 132) as usize;
    let little = &volume[le32(descriptor, 140) as usize * BLOCK..][..len];
    let big = &volume[u32::from_be_bytes(descriptor[148..152].try_into().unwrap()) as usize * BLOCK..][..len];
    let (mut at, mut table) = (0, Vec::new());
    while at < len {
        let name = usize::from(little[at]);
        let (first, parent) = (le32(little, at + 2), u16::from_le_bytes([little[at + 6], little[at + 7]]));
        assert_eq!(big[at + 2..at + 6], first.to_be_bytes());
        assert_eq!(big[at + 6..at + 8], parent.to_be_bytes());
        table.push((little[at + 8..at + 8 + name].to_vec(), first, parent));
        at += 8 + name + name % 2;
    }
    table
}
