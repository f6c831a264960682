//! What begins with `CISO` and is none.

use crate::lay::{CSO, CSO2, Ciso, FORMATS, ZSO, ciso, ciso_of, claimed, content, dax, jso, lz4ed, open_as, probe};
use discconv_core::Score;
use discconv_cso::{Cso, Cso2};

/// Nintendo's: magic, length of a block, a byte for each block, and the blocks that are there.
fn nintendo(block: u32) -> Vec<u8> {
    let mut file = b"CISO".to_vec();
    file.extend(block.to_le_bytes());
    file.extend([1, 0, 1, 1]);
    file.resize(0x8000, 0);
    file.extend(content(100_000));
    file
}

/// The Xbox's: blocks are the insides of LZ4 frames.
fn xbox(raw: &[u8]) -> Vec<u8> {
    let blocks: Vec<(Vec<u8>, bool)> = raw
        .chunks(2048)
        .map(|piece| {
            let packed = lz4ed(piece);
            let framed = [&(packed.len() as u32).to_le_bytes()[..], &packed].concat();
            if framed.len() + 8 < 2048 { (framed, true) } else { (piece.to_vec(), false) }
        })
        .collect();
    ciso_of(&Ciso { shift: 2, ..CSO2 }, raw.len() as u64, &blocks)
}

#[test]
fn others_are_told_apart() {
    for file in [nintendo(0x20_0000), nintendo(0x8000), nintendo(0x800_0000), xbox(&content(40 * 2048))] {
        assert_eq!(claimed(&file).map(|format| format.info().id), None);
    }
    // Noise packs nowhere, then text.
    let raw = [discconv_testkit::Rng::new(1).bytes(30 * 2048), content(2048 * 9)].concat();
    assert!(claimed(&xbox(&raw)).is_none());
}

#[test]
fn others_are_named() {
    let mut text = String::new();
    for file in [nintendo(0x20_0000), xbox(&content(40 * 2048))] {
        for format in [&Cso as &dyn discconv_core::Format, &Cso2] {
            let error = open_as(format, &file).map(|_| ()).unwrap_err();
            text += &format!("{error}\nhint: {}\n", error.hint().unwrap());
        }
    }
    insta::assert_snapshot!(text);
}

/// An LZ4 block whose first bytes look like the length of a frame's block is an LZ4 block all the same.
#[test]
fn a_block_that_looks_like_a_frame() {
    // Token, no more length, 15 literals of which the first two are zeros, and 4 bytes from distance 1: F0h as a number.
    let start = [&[0xF0, 0, 0, 0][..], &[7; 13], &[1, 0]].concat();
    // One literal and 4 + 3 bytes of it, fifty times; one and 4 + 15 + 6 * 255 + 74 of it; five literals.
    let end = [&[0x1F, 9, 1, 0][..], &[255; 6], &[74, 0x50, 9, 9, 9, 9, 9]].concat();
    let packed = [start, [0x13, 9, 1, 0].repeat(50), end].concat();
    let raw = [&[0, 0][..], &[7; 17], &[9; 2029]].concat();
    // 240 and four bytes of length are fewer than the 256 of the place, by less than a unit.
    assert_eq!((packed.len(), raw.len()), (236, 2048));
    let file = ciso_of(&Ciso { shift: 5, ..CSO2 }, 2048, &[(packed, true)]);
    assert_eq!(claimed(&file).map(|format| format.info().id), Some("cso2"));
    assert!(open_as(&Cso2, &file).unwrap().all().unwrap() == raw);
}

/// The extension decides nothing where the content speaks; where it does not, the reader of that name explains.
#[test]
fn extensions() {
    let raw = content(6 * 2048);
    let files =
        [ciso(&CSO, &raw), ciso(&CSO2, &raw), ciso(&ZSO, &raw), dax(0, &raw, &[], true), jso(2048, false, 1, [0; 16], &raw)];
    for (file, own) in files.iter().zip(FORMATS) {
        for extension in ["cso", "zso", "dax", "jso", "iso", ""] {
            for format in FORMATS {
                let expected = if format.info().id == own.info().id { Score::CERTAIN } else { Score::NO };
                assert_eq!(probe(format, extension, file), expected, "{} .{extension}", own.info().id);
            }
        }
    }
    for wrong in [&b"PK\x03\x04"[..], b"CIS", b"", &[0; 4096]] {
        for format in FORMATS {
            let own = format.info().extensions[0];
            let expected = if format.info().id == "cso2" { Score::NO } else { Score::MAYBE };
            assert_eq!(probe(format, own, wrong), expected);
            assert_eq!(probe(format, "iso", wrong), Score::NO);
        }
    }
}
