//! Versions 3 and 4, and what is refused.

use crate::codecs::line;
use crate::coded::deflated;
use crate::lay::{FRAME, HUNK, content, open, told};
use discconv_core::CheckAlgorithm;
use discconv_testkit::Rng;
use sha1::{Digest, Sha1};

/// An entry: place, CRC-32, length, kind.
fn entry(at: u64, crc: u32, len: usize, kind: u8) -> Vec<u8> {
    let len = (len as u32).to_be_bytes();
    [&at.to_be_bytes()[..], &crc.to_be_bytes(), &len[2..], &[len[1], kind]].concat()
}

/// A CD of five hunks: deflated, stored, eight bytes again and again, the first one again, deflated without a CRC.
fn laid(version: u8) -> (Vec<u8>, Vec<u8>) {
    let mut rng = Rng::new(7);
    let (a, b) = (vec![9; HUNK], rng.bytes(HUNK));
    let pattern = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
    let whole = [&a[..], &b, &pattern.repeat(HUNK / 8), &a, &a[..FRAME]].concat();
    let header_bytes = if version == 3 { 120 } else { 108 };
    let (packed, text) = (deflated(&a), [line(1, "AUDIO", 9).as_bytes(), &[0]].concat());
    let meta_at = header_bytes + 5 * 16;
    let at = meta_at + 16 + text.len();
    let meta = [&b"CHT2\x01"[..], &(text.len() as u32).to_be_bytes()[1..], &[0; 8], &text].concat();
    let map = [
        entry(at as u64, crc32fast::hash(&a), packed.len(), 1),
        entry((at + packed.len()) as u64, crc32fast::hash(&b), HUNK, 2),
        entry(u64::from_be_bytes(pattern), crc32fast::hash(&pattern.repeat(HUNK / 8)), 0, 3),
        entry(0, 0, 0, 4 | 0x10),
        entry(at as u64, 0x1234_5678, packed.len(), 1 | 0x10),
    ]
    .concat();
    let raw: [u8; 20] = Sha1::digest(&whole).into();
    let combined: [u8; 20] = Sha1::digest([&raw[..], b"CHT2", &Sha1::digest(&text)].concat()).into();
    let mut file = [&b"MComprHD\0\0\0"[..], &[header_bytes as u8, 0, 0, 0, version]].concat();
    [0, 1, 5].iter().for_each(|word: &u32| file.extend(word.to_be_bytes()));
    [whole.len(), meta_at].iter().for_each(|word| file.extend((*word as u64).to_be_bytes()));
    if version == 3 {
        file.extend([0; 32]);
        file.extend((HUNK as u32).to_be_bytes());
        file.extend([raw, [0; 20]].concat());
    } else {
        file.extend((HUNK as u32).to_be_bytes());
        file.extend([combined, [0; 20], raw].concat());
    }
    ([file, map, meta, packed, b].concat(), whole)
}

#[test]
fn versions_3_and_4() {
    for version in [3, 4] {
        let (file, whole) = laid(version);
        let disc = open(&file).unwrap();
        assert!(content(&disc).unwrap() == whole, "version {version}");
        let [check] = disc.checks() else { panic!("one promise") };
        assert_eq!((check.algorithm, &check.value[..]), (CheckAlgorithm::Sha1, &Sha1::digest(&whole)[..]));
        assert_eq!(disc.notes(), []);
        // Of what is 5 KB long, the CRC-32 of one hunk.
        let mut bad = file.clone();
        let last = bad.len() - 1;
        bad[last] ^= 1;
        let error = content(&open(&bad).unwrap()).unwrap_err().to_string();
        assert!(error.contains("hunk 1 of 5 (stored, 4896 bytes) damaged: its CRC is"), "{error}");
        // Cut anywhere, it is an error or damage.
        for len in 0..file.len() - 1 {
            if let Ok(disc) = open(&file[..len]) {
                assert!(disc.notes().iter().any(|note| note.sectors > 0), "{len}");
                content(&disc).unwrap();
            }
        }
    }
}

/// Fields of the header, at their offsets, that make it something else.
#[test]
fn what_is_refused() {
    let (file, _) = laid(4);
    let with = |at: usize, bytes: &[u8]| {
        let mut file = file.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        told(&file)
    };
    let shown = [
        with(15, &[1]),
        with(15, &[2]),
        with(15, &[6]),
        with(11, &[109]),
        with(23, &[3]),
        with(23, &[9]),
        with(27, &[4]),
        // Kinds of hunks: one that is not, a second codec, a later hunk again, a parent's.
        with(108 + 15, &[7]),
        with(108 + 15, &[6]),
        with(108 + 48 + 7, &[3]),
        with(108 + 15, &[5]),
        with(0, b"MComprXX"),
    ];
    insta::assert_snapshot!(shown.join("\n---\n"));
}
