use super::*;
use crate::coding::BitWriter;
use crate::header::{Map, Parent};
use discconv_core::Bytes;

const HUNKS: u64 = 1 << 20;
/// Bytes before the map.
const AT: u64 = 124;

fn header() -> Header {
    Header {
        version: 5,
        codecs: [*b"zlib", [0; 4], [0; 4], [0; 4]],
        logical_bytes: HUNKS * 4096,
        hunk_bytes: 4096,
        unit_bytes: Some(2048),
        map: Map::Compressed { at: AT },
        meta_at: 0,
        raw_sha1: None,
        sha1: None,
        parent: Some(Parent { sha1: None }),
    }
}

/// Codes of four bits for all symbols, then `symbols`; the last one is repeated, 274 times by three symbols, to the end.
/// Behind them `fields`, each with its width.
fn stream(symbols: &[Kind], fields: &[(u32, u32)]) -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.write(0x14D, 12);
    symbols.iter().for_each(|kind| bits.write(u32::from(kind.number()), 4));
    let mut left = HUNKS - symbols.len() as u64;
    while left > 0 {
        bits.write(u32::from(Kind::RepeatMany.number()) << 8 | 0xFF, 12);
        left = left.saturating_sub(274);
    }
    fields.iter().for_each(|(value, width)| bits.write(*value, *width));
    bits.finish()
}

/// The map of that stream; `entry` tells what each hunk would be without compression.
fn map(stream: &[u8], entry: impl Fn(u64) -> (u8, u64)) -> Vec<u8> {
    let mut sum = Digest::new(CrcAlgorithm::Crc16Ibm3740);
    let mut expanded = Vec::new();
    for hunk in 0..HUNKS {
        let (kind, place) = entry(hunk);
        expanded.extend([kind, 0, if kind == 4 { 0x10 } else { 0 }, 0]);
        expanded.extend(&place.to_be_bytes()[2..]);
        expanded.extend([0, 0]);
    }
    sum.update(&expanded);
    let mut bytes = vec![0; usize::try_from(AT).unwrap()];
    bytes.extend(u32::try_from(stream.len()).unwrap().to_be_bytes());
    bytes.extend(&AT.to_be_bytes()[2..]);
    bytes.extend(u16::try_from(sum.finalize()).unwrap().to_be_bytes());
    bytes.extend([0, 0, 0, 0]);
    bytes.extend(stream);
    bytes
}

/// Three bits can describe hundreds of hunks: what is kept of a million of them are a few runs.
#[test]
fn a_few_bytes_that_describe_a_lot() {
    let stored = (0, 16);
    for (symbols, fields, entry) in [
        // All like the first one; each like the first, the second, and so on.
        (&[Kind::Stored, Kind::SameAgain][..], &[stored][..], (|hunk| if hunk == 0 { (4, AT) } else { (5, 0) }) as fn(u64) -> _),
        (&[Kind::Stored, Kind::SameAgain, Kind::SameNext], &[stored], |hunk| match hunk {
            0 => (4, AT),
            hunk => (5, hunk - 1),
        }),
        // In the parent: where it is, all at one place, one behind the other from there.
        (&[Kind::ParentHere], &[], |hunk| (6, hunk * 2)),
        (&[Kind::ParentHere, Kind::ParentNext, Kind::ParentAgain], &[], |hunk| (6, hunk.min(1) * 2)),
        (&[Kind::ParentAgain, Kind::ParentNext], &[], |hunk| (6, hunk * 2)),
    ] {
        let stream = stream(symbols, fields);
        assert!(stream.len() < 6000, "{}", stream.len());
        let bytes = map(&stream, entry);
        let header = header();
        let table = read(&Bytes::new("x.chd", bytes), &header, AT).unwrap();
        assert_eq!(table.len(), HUNKS);
        assert!(table.weight() < 400, "{} bytes for {symbols:?}", table.weight());
        let told: MapHeader = wire::parse(&[0; MAP_HEADER]).unwrap();
        let mut stream = Stream { file: "x.chd", at: 0, bits: Bits::new(&stream), header: &header, told };
        let tree = huffman::read_map_tree(&mut stream.bits).unwrap();
        assert!(stream.kinds(&tree).unwrap().len() <= symbols.len());
    }
}
