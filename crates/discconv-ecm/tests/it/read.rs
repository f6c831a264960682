//! Every type, from anywhere.

use crate::lay::{ecm, form1, form2, literal, mixed, mode1, open, sectors, stripped, told};
use discconv_core::{CheckAlgorithm, Format, Peek, Score};
use discconv_ecm::Ecm;
use discconv_testkit::Rng;
use discconv_testkit::reference::RAW;

#[test]
fn all_types_come_out() {
    let (file, content) = mixed();
    let opened = open(&file).unwrap();
    assert!(opened.all() == content);
    assert!(opened.notes.is_empty(), "{:?}", opened.notes);
    let [check] = &opened.checks[..] else { panic!("one checksum") };
    assert_eq!((check.range.clone(), check.algorithm), (0..content.len() as u64, CheckAlgorithm::Edc));
    assert_eq!(check.value, discconv_sector::edc(&content).to_be_bytes());
}

#[test]
fn any_range_is_the_same_as_all_of_it() {
    let (file, content) = mixed();
    let opened = open(&file).unwrap();
    let mut rng = Rng::new(3);
    for _ in 0..3000 {
        let start = rng.index(content.len());
        let len = rng.index((content.len() - start).min(6000) + 1);
        let mut out = vec![0x77; len];
        opened.source.read_exact_at(start as u64, &mut out).unwrap();
        assert!(out == content[start..start + len], "{start}, {len}");
    }
    let mut byte = [0];
    assert!(opened.source.read_exact_at(content.len() as u64, &mut byte).is_err());
    assert!(opened.source.read_exact_at(u64::MAX, &mut byte).is_err());
}

/// 18 bytes and 2052 for each sector, hundreds of thousands of times, take one entry; that they come out from anywhere is
/// what counts.
#[test]
fn a_long_mode_2_track() {
    let raws: Vec<[u8; RAW]> = (0..2000).map(|lba| if lba % 8 == 7 { form2(lba) } else { form1(lba) }).collect();
    let kind = |index: usize| if index % 8 == 7 { 3 } else { 2 };
    let records: Vec<_> = raws.iter().enumerate().flat_map(|(i, raw)| [literal(&raw[..16]), sectors(kind(i), &[*raw])]).collect();
    let content = raws.concat();
    let opened = open(&ecm(&records, &content)).unwrap();
    assert!(opened.all() == content);
    let mut sector = [0; RAW];
    for index in [1999, 7, 8, 1234] {
        opened.source.read_exact_at((index * RAW) as u64, &mut sector).unwrap();
        assert!(sector == raws[index], "{index}");
    }
}

/// Heads that take more bytes than they need are legal, so distances may change anywhere.
#[test]
fn heads_of_any_length() {
    let raws = [form1(1), form1(2), form1(3), form1(4)];
    let mut file = b"ECM\0".to_vec();
    for (raw, head) in raws.iter().zip([&[0x02][..], &[0x82, 0x00], &[0x82, 0x80, 0x80, 0x00], &[0x02]]) {
        file.push(0x3C);
        file.extend(&raw[..16]);
        file.extend(head);
        file.extend(stripped(2, raw));
    }
    file.extend([0xFF, 0xFF, 0xFF, 0xFF, 0x3F, 0, 0, 0, 0]);
    assert!(open(&file).unwrap().all() == raws.concat());
}

#[test]
fn one_record_for_each_sector() {
    let raws: Vec<[u8; RAW]> = (0..300).map(mode1).collect();
    let records: Vec<_> = raws.iter().map(|raw| sectors(1, &[*raw])).collect();
    assert!(open(&ecm(&records, &raws.concat())).unwrap().all() == raws.concat());
}

#[test]
fn who_claims_what() {
    let probe = |extension: &str, head: &[u8]| {
        let source = discconv_core::Bytes::new("x", head);
        Ecm.probe(&Peek { head, tail: head, extension, source: &source })
    };
    assert_eq!(probe("", b"ECM\0"), Score::CERTAIN);
    assert_eq!(probe("bin", b"ECM\x02..."), Score::CERTAIN);
    assert_eq!(probe("ecm", b"PK\x03\x04"), Score::MAYBE);
    assert_eq!(probe("txt", b"ECMA-119 says"), Score::NO);
    assert_eq!(probe("", b""), Score::NO);
}

#[test]
fn variants_and_strangers_are_named() {
    let texts = [&b"ECM\x01abcdefgh"[..], b"ECM\x02abcdefgh", b"ECMA-119", b"ECM", b""].map(told);
    insta::assert_snapshot!(texts.concat());
}
