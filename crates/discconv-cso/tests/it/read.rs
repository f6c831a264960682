//! Files of every kind, laid by hand.

use crate::lay::{CSO, CSO2, Ciso, ZSO, ciso, ciso_of, claimed, content, dax, deflated, jso, lz4ed, open};
use discconv_testkit::Rng;
use md5::{Digest, Md5};

/// `bytes` are claimed by `id`, and unpack to `raw` in whatever pieces they are read.
#[track_caller]
fn check(id: &str, bytes: &[u8], raw: &[u8]) {
    assert_eq!(claimed(bytes).map(|format| format.info().id), Some(id));
    let opened = open(bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(opened.source.len(), raw.len() as u64);
    assert!(opened.all().unwrap() == raw, "all at once");
    let mut rng = Rng::new(raw.len() as u64);
    for _ in 0..60 {
        let start = rng.index(raw.len());
        let len = 1 + rng.index((raw.len() - start).min(40_000));
        let mut out = vec![0; len];
        opened.source.read_exact_at(start as u64, &mut out).unwrap();
        assert!(out == raw[start..start + len], "{len} bytes from {start}");
    }
    assert!(opened.source.read_exact_at(raw.len() as u64, &mut [0]).is_err());
}

#[test]
fn every_kind() {
    let raw = content(50 * 2048);
    for (id, how) in [("cso", CSO), ("cso", Ciso { version: 0, ..CSO }), ("cso2", CSO2), ("zso", ZSO)] {
        check(id, &ciso(&how, &raw), &raw);
        assert!(open(&ciso(&how, &raw)).unwrap().notes.is_empty());
    }
    check("dax", &dax(0, &raw, &[], true), &raw);
    for method in [0, 1] {
        for headers in [false, true] {
            check("jso", &jso(2048, headers, method, [0; 16], &raw), &raw);
        }
    }
}

/// Every shift moves every block, and what pads it is anything.
#[test]
fn shifts_and_padding() {
    let raw = content(20 * 2048);
    for shift in [1, 2, 3, 6, 10, 11, 13] {
        for padding in [0, 0x11, 0xFF] {
            for (id, how) in [("cso", CSO), ("cso2", CSO2), ("zso", ZSO)] {
                check(id, &ciso(&Ciso { shift, padding, ..how }, &raw), &raw);
            }
        }
    }
}

#[test]
fn sizes_of_blocks() {
    let raw = content(300 * 2048);
    for block in (11..=24).map(|bits| 1 << bits) {
        for (id, how) in [("cso", CSO), ("cso2", CSO2), ("zso", ZSO)] {
            check(id, &ciso(&Ciso { block, ..how }, &raw), &raw);
        }
        if let Ok(block) = u16::try_from(block) {
            check("jso", &jso(block, false, 1, [0; 16], &raw), &raw);
        }
    }
}

/// The image ends within a block, which is filled up with zeros before it is packed, as it should be, or is not.
#[test]
fn the_last_block() {
    for sectors in [1, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 17] {
        let raw = content(sectors * 2048);
        for full in [true, false] {
            for (id, how) in [("cso", CSO), ("cso2", CSO2), ("zso", ZSO)] {
                let how = Ciso { block: 8192, full, ..how };
                let short = !sectors.is_multiple_of(4);
                // Version 2 says "stored" by the length, so a short block that is stored cannot be told.
                if !(how.version == 2 && short && !full) {
                    check(id, &ciso(&how, &raw), &raw);
                }
                if how.version != 2 || !short || full {
                    check(id, &ciso(&Ciso { shift: 2, padding: 0x55, ..how }, &raw), &raw);
                }
            }
            check("dax", &dax(0, &raw, &[], full), &raw);
            let blocks = sectors.div_ceil(4) as u32;
            check("dax", &dax(1, &raw, &[(blocks - 1, 1)], full), &raw);
        }
        check("jso", &jso(8192, true, 1, [0; 16], &raw), &raw);
    }
}

/// Areas that are stored as they are, in any order, touching, overlapping, empty; version 0 has none whatever it says.
#[test]
fn areas_of_a_dax() {
    let raw = content(60 * 2048);
    for areas in [&[(0, 15)][..], &[(3, 2)], &[(0, 1), (14, 1)], &[(9, 3), (2, 4), (6, 3)], &[(2, 6), (4, 1), (5, 5)], &[(7, 0)]]
    {
        check("dax", &dax(1, &raw, areas, true), &raw);
    }
    let mut none = dax(0, &raw, &[], true);
    none[12] = 9;
    check("dax", &none, &raw);
}

/// Blocks of a DAX may lie anywhere, also twice in one place.
#[test]
fn blocks_out_of_order() {
    let raw = [vec![1; 8192], vec![2; 8192], vec![1; 8192], vec![3; 8192]].concat();
    let packed = [1, 2, 3].map(|byte| crate::lay::zlibbed(&[byte; 8192]));
    let mut file = b"DAX\0".to_vec();
    file.extend([32768_u32, 0, 0, 0, 0, 0, 0].iter().flat_map(|word| word.to_le_bytes()));
    let at = 32 + 4 * 6;
    let (second, third) = (at + packed[2].len(), at + packed[2].len() + packed[1].len());
    file.extend([third, second, third, at].iter().flat_map(|at| (*at as u32).to_le_bytes()));
    file.extend([0, 1, 0, 2].iter().flat_map(|which: &usize| (packed[*which].len() as u16).to_le_bytes()));
    file.extend([&packed[2][..], &packed[1], &packed[0]].concat());
    check("dax", &file, &raw);
}

/// Headers as old programs left them: their length is anything, reserved bytes too, and the last entry has bit 31.
#[test]
fn tolerated() {
    let raw = content(9 * 2048);
    for header in [0, 1, 0x20, 0xFFFF_FFFF] {
        let mut file = ciso(&Ciso { header, end_flag: true, ..CSO }, &raw);
        file[0x16..0x18].copy_from_slice(&[0xCD, 0xAB]);
        check("cso", &file, &raw);
        check("zso", &ciso(&Ciso { header, end_flag: true, ..ZSO }, &raw), &raw);
    }
    // The units of the last block are not filled up.
    let whole = ciso(&Ciso { shift: 6, ..CSO }, &raw);
    let padding = whole.iter().rev().take_while(|byte| **byte == 0).count().min(63);
    check("cso", &whole[..whole.len() - padding], &raw);
    // Packed blocks that are longer than what they hold.
    let noise = Rng::new(4).bytes(2048);
    let longer = deflated(&noise);
    assert!(longer.len() > 2048);
    check("cso", &ciso_of(&CSO, 2048, &[(longer, false)]), &noise);
    let longer = lz4ed(&noise);
    assert!(longer.len() > 2048);
    check("zso", &ciso_of(&ZSO, 2048, &[(longer, false)]), &noise);
    // No checksum at the end of a zlib stream.
    let mut bare = dax(0, &raw[..8192], &[], true);
    bare[36] -= 4;
    check("dax", &bare, &raw[..8192]);
    // Bytes behind the last block.
    let mut more = ciso(&CSO, &raw);
    more.extend([1, 2, 3]);
    check("cso", &more, &raw);
    assert!(open(&more).unwrap().notes[0].text.ends_with("3 bytes behind the last block are not looked at"));
}

/// The digest of a JSO is handed on, and is right; zeros promise nothing.
#[test]
fn the_promise_of_a_jso() {
    let raw = content(7 * 2048);
    let digest: [u8; 16] = Md5::digest(&raw).into();
    let opened = open(&jso(2048, true, 0, digest, &raw)).unwrap();
    let [promise] = &opened.checks[..] else { panic!("one promise") };
    assert!(std::sync::Arc::ptr_eq(&promise.source, &opened.source));
    assert_eq!(promise.range, 0..raw.len() as u64);
    assert_eq!(promise.value, digest);
    assert_eq!(Md5::digest(opened.all().unwrap())[..], promise.value[..]);
    assert!(open(&jso(2048, true, 0, [0; 16], &raw)).unwrap().checks.is_empty());
}

/// The smallest files by hand, without anybody's codec: one block of zeros each.
#[test]
fn byte_by_byte() {
    let header = |magic: &[u8; 4], version: u8, end: u8, flag: u8| {
        let mut file = magic.to_vec();
        file.extend([0x18, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, version, 0, 0, 0]);
        file.extend([0x20, 0, 0, flag, end, 0, 0, 0]);
        file
    };
    // Fixed codes (RFC 1951, 3.2.6): a zero, seven matches of 258 and one of 241 at distance 1.
    // 8 literal + 7 * (8 + 5) + 7 + 5 + 5 bits; made by zlib and checked by eye against the tables.
    let deflate = deflated(&[0; 2048]);
    let end = 0x20 + deflate.len() as u8;
    check("cso", &[header(b"CISO", 1, end, 0), deflate.clone()].concat(), &[0; 2048]);
    check("cso2", &[header(b"CISO", 2, end, 0), deflate].concat(), &[0; 2048]);
    // One literal, a match of 4 + 15 + 7 * 255 + 238 at distance 1, and the last five as literals: 1 + 2042 + 5.
    let lz4 = [&[0x1F, 0, 1, 0][..], &[255; 7], &[238, 0x50, 0, 0, 0, 0, 0]].concat();
    check("zso", &[header(b"ZISO", 1, 0x20 + lz4.len() as u8, 0), lz4.clone()].concat(), &[0; 2048]);
    check("cso2", &[header(b"CISO", 2, 0x20 + lz4.len() as u8, 0x80), lz4].concat(), &[0; 2048]);
}
