//! What is written is legal, small, and comes back.

use crate::lay::{form1, form2, mode1, open, stripped, user};
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Bytes, Disc, DiscParts, Execution, ExpectedDisc, Extent, Form, Format, Lba, LossKinds, Media, Piece, Place, Plan,
    PlannedFile, Quiet, Role, Run, Serial, SourceId, Toc, TrackMode, WriteOptions, execute,
};
use discconv_ecm::Ecm;
use discconv_testkit::reference::{self, RAW};
use std::sync::Arc;

/// A disc of nothing in particular, with `raw` as its first source.
fn disc(raw: &[u8]) -> Disc {
    let nothing = Bytes::new("nothing", &[0; RAW][..]);
    let sources: Vec<Arc<dyn discconv_core::ReadAt>> = vec![Arc::new(Bytes::new("x.bin", raw)), Arc::new(nothing)];
    let toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 1);
    let place = Place { source: SourceId(1), offset: 0, form: Form::RAW };
    let extents = vec![Extent::stored(Lba(0)..Lba(1), TrackMode::Mode1, place)];
    Disc::new("x", DiscParts { toc, sources, extents, notes: Vec::new(), checks: Vec::new(), extras: Vec::new() }).unwrap()
}

/// A file of `len` bytes, of records as long as `form` says.
fn plan(len: u64, form: Form) -> Plan {
    let pieces = vec![Piece::Copy { disc: 0, source: SourceId(0), range: 0..len }];
    let run = Run { at: Lba(0), disc: 0, from: Lba(0), sectors: 1, form };
    let toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 1);
    Plan {
        files: vec![PlannedFile::new("x.bin", Role::Data, pieces)],
        entry: 0,
        format: "iso",
        forced: None,
        inner: None,
        losses: Vec::new(),
        dropped: Vec::new(),
        discs: vec![ExpectedDisc { toc, runs: vec![run], says_mode: false }],
        notes: Vec::new(),
    }
}

fn written(raw: &[u8], form: Form) -> Vec<u8> {
    let plan = Ecm.writer().unwrap().wrap(plan(raw.len() as u64, form), "x", &WriteOptions::default()).unwrap();
    assert_eq!((plan.files[0].name.as_str(), plan.format, plan.inner.unwrap().format), ("x.bin.ecm", "ecm", "iso"));
    let files = MemoryFiles::new();
    let reader = |_: &discconv_core::Input<'_>| Ok(Vec::new());
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::NONE,
        prove: false,
        source_name: "in",
        reader: &reader,
    };
    execute(&plan, &[disc(raw)], &how).unwrap();
    files.get("x.bin.ecm").unwrap().to_vec()
}

/// What comes back of `raw`; the length of the file.
fn round_trip(what: &str, raw: &[u8], form: Form) -> usize {
    let file = written(raw, form);
    let opened = open(&file).unwrap();
    assert!(opened.notes.is_empty(), "{what}: {:?}", opened.notes);
    assert!(opened.all() == raw, "{what}");
    assert_eq!(opened.checks[0].value, discconv_sector::edc(raw).to_be_bytes(), "{what}");
    file.len()
}

const FRAME: usize = 4 + 5 + 4;

/// Byte by byte: one sector of each type.
#[test]
fn exact_bytes() {
    let (one, two, three) = (mode1(0), form1(1), form2(2));
    let raw = [one, two, three, reference::audio(0, 0)].concat();
    let mut expected = b"ECM\0\x01".to_vec();
    expected.extend(stripped(1, &one));
    expected.push(0x3C);
    expected.extend(&two[..16]);
    expected.push(0x02);
    expected.extend(stripped(2, &two));
    expected.push(0x3C);
    expected.extend(&three[..16]);
    expected.push(0x03);
    expected.extend(stripped(3, &three));
    // 2352 - 1 = 0x92F: 0x0F in five bits, 0x49 in seven.
    expected.extend([0x80 | 0x0F << 2, 0x49]);
    expected.extend(reference::audio(0, 0));
    expected.extend([0xFC, 0xFF, 0xFF, 0xFF, 0x3F]);
    expected.extend(reference::edc(&raw).to_le_bytes());
    assert!(written(&raw, Form::RAW) == expected);
}

/// 2051 of 2352 bytes, and a head for each block.
#[test]
fn mode_1_is_packed_whole() {
    let raws: Vec<[u8; RAW]> = (0..400).map(mode1).collect();
    // Four blocks of 96 sectors, one of 16.
    let heads = 4 * 2 + 1;
    assert_eq!(round_trip("mode 1", &raws.concat(), Form::RAW), FRAME + heads + 400 * 2051);
}

#[test]
fn bodies_without_sync_are_packed() {
    let raws: Vec<[u8; RAW]> = (0..300).map(|lba| if lba % 3 == 0 { form2(lba) } else { form1(lba) }).collect();
    let raw: Vec<u8> = raws.iter().flat_map(|raw| &raw[16..]).copied().collect();
    let len = round_trip("bodies", &raw, Form::MODE2);
    assert!(len < raw.len() - 200 * 280, "{len}");
}

#[test]
fn subchannel_between_sectors_is_kept() {
    let raw: Vec<u8> = (0..250).flat_map(|lba| [&mode1(lba)[..], &user(lba as u8, 96)].concat()).collect();
    let len = round_trip("2448", &raw, Form::RAW_SUB);
    assert_eq!(len, FRAME + 250 * (1 + 2051 + 2 + 96));
}

/// What would not come back alike is stored as it is.
#[test]
fn irregular_sectors_are_literal() {
    let zero_edc = reference::form2(0, [0, 0, 0x20, 0], &user(0, 2324), false);
    let formless = reference::formless(0, &user(1, 2336));
    for (what, raw) in [("Form 2 without EDC", zero_edc), ("formless", formless)] {
        assert_eq!(round_trip(what, &raw, Form::RAW), FRAME + 2 + RAW, "{what}");
    }
    let places = [(mode1(0), &[0, 14, 15, 100, 2064, 2068, 2075, 2076, 2351][..]), (form1(0), &[17, 21, 100, 2072, 2076, 2351])];
    for (whole, places) in places {
        for place in places {
            let mut raw = whole;
            raw[*place] ^= 0x40;
            let what = format!("byte {place}");
            assert_eq!(round_trip(&what, &raw, Form::RAW), FRAME + 2 + RAW, "{what}");
        }
    }
    // Mode 0 is all zeros behind its header, and so are the EDC and ECC of zeros.
    assert_eq!(round_trip("mode 0", &reference::mode0(0), Form::RAW), FRAME + 1 + 16 + 1 + 2052);
    // The header of Mode 2 is no part of what is packed.
    let mut raw = form1(0);
    raw[12..16].copy_from_slice(&[0xFF, 0xEE, 0xDD, 0xE2]);
    assert_eq!(round_trip("another header", &raw, Form::RAW), FRAME + 1 + 16 + 1 + 2052);
}

/// Sectors that do not lie on the grid, syncs without a sector, ends within one.
#[test]
fn anything_comes_back() {
    let one = mode1(3);
    let shifted = [&[1, 2, 3][..], &one, &one[..100], &one, &one[..12], &[9; 5000], &one].concat();
    for cut in [0, 1, 2, 3, 4, 11, 12, 2000, 2354, 2355, 2356, 9000, shifted.len()] {
        round_trip(&format!("cut at {cut}"), &shifted[..cut.max(1)], Form::RAW);
        round_trip(&format!("bodies cut at {cut}"), &shifted[..cut.max(1)], Form::MODE2);
    }
    assert_eq!(round_trip("shifted", &shifted, Form::RAW), FRAME + 1 + 3 + 3 * (1 + 2051) + 2 + 100 + 3 + 5012);
}
