//! Nothing that an image says makes the reader panic, hang, or take much memory.

use crate::lay::{Told, V2, V3, V35, image, info, open, outline, sessions, whole};
use discconv_cdi::Cdi;
use discconv_core::{Form, FormatWriter, Scratch, Tally, WriteOptions};
use discconv_testkit::Rng;
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::{silence, sound};

fn small() -> (Vec<u8>, Vec<(u8, Vec<Told>)>) {
    let data = [silence(150), sound(1, 4), sound(2, 4), silence(150), sound(3, 4)].concat();
    let titled = Told { title: Some("T"), isrc: "DEABC0000001", ..Told::new(0, 2, 0, &[150, 4]) };
    (data, vec![(0, vec![titled, Told::new(0, 2, 154, &[1, 1, 2])]), (2, vec![Told::new(0, 2, 11_408, &[150, 4])])])
}

/// Read the ends of every extent, and plan it anew.
fn exercise(bytes: &[u8]) {
    let Ok(disc) = open(bytes) else { return };
    let form = if disc.toc().media.has_raw() { Form::RAW_SUB } else { Form::USER };
    for extent in disc.extents() {
        for lba in [extent.lbas.start, extent.lbas.end - 1] {
            let mut out = vec![0; form.record()];
            disc.read_lossy(lba, &form, &mut Scratch::default(), &mut Tally::default(), &mut out).unwrap();
        }
    }
    for sector in [None, Some(2048), Some(2448)] {
        let _ = Cdi.plan(std::slice::from_ref(&disc), "y", &WriteOptions { sector, ..WriteOptions::default() });
    }
}

/// The end is gone and was put behind what was left.
#[test]
fn cut_anywhere() {
    let (data, told) = small();
    for version in [V2, V3, V35] {
        let mut descriptor = sessions(version, &told);
        if version == V35 {
            descriptor.extend(info("4006408123456", &[0x80; 18]));
        }
        let whole = image(version, &data, &descriptor);
        assert!(open(&whole).is_ok());
        for end in 0..whole.len().min(40) {
            assert!(open(&whole[..whole.len() - 1 - end]).is_err());
        }
        let mut refused = 0;
        for end in 0..descriptor.len() {
            refused += usize::from(open(&image(version, &data, &descriptor[..end])).is_err());
        }
        assert!(refused > 300, "{refused} of {}", descriptor.len());
    }
}

#[test]
fn lies() {
    let data = [silence(150), sound(1, 10)].concat();
    let one = |told: Told| whole(V35, &data, &[(0, vec![told])]);
    let good = Told::new(0, 2, 0, &[150, 10]);
    let with = |change: &dyn Fn(&mut Told)| {
        let mut told = good.clone();
        change(&mut told);
        one(told)
    };
    let raw = |descriptor: &[u8]| image(V35, &data, descriptor);
    let mut long = sessions(V35, &[(0, vec![good.clone()])]);
    // The count of CD-TEXT blocks: behind head, count of indexes and two lengths.
    let at = 4 + 4 + 20 + 5 + 5 + 19 + 12 + 2 + 8;
    long[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let tracks = |count: usize| sessions(V35, &[(0, vec![Told::new(0, 2, 0, &[0, 1]); count])]);
    let mut text = String::new();
    for (name, bytes) in [
        ("nothing", Vec::new()),
        ("a trailer alone", raw(&[])),
        ("no sessions", raw(&[0, 0])),
        ("a hundred sessions", raw(&[100, 0])),
        ("a session and no track", raw(&[1, 0])),
        ("sectors without end", with(&|told| told.total = u32::MAX)),
        ("no sector", with(&|told| told.total = 0)),
        ("a sector more than there is", with(&|told| told.total = 161)),
        ("a pregap alone", with(&|told| told.lengths = vec![160, 0])),
        ("a pregap without end", with(&|told| told.lengths = vec![u32::MAX, 1])),
        ("a start at the end of numbers", with(&|told| told.start = i32::MAX.unsigned_abs())),
        ("a start beyond a disc", with(&|told| told.start = 800_000)),
        ("indexes without end", with(&|told| told.lengths = vec![150; 101])),
        ("a hundred indexes", with(&|told| told.lengths = vec![1; 100])),
        ("no index", with(&|told| told.lengths = vec![])),
        ("texts without end", raw(&long)),
        ("a hundred tracks", raw(&tracks(100))),
        ("a descriptor of a megabyte", raw(&vec![0; 2 << 20])),
    ] {
        let shown = outline(&bytes);
        let telling = |line: &&str| ["error", "hint", "  track", "note", "damage"].iter().any(|word| line.starts_with(word));
        let mut shown: Vec<&str> = shown.lines().filter(telling).collect();
        shown.truncate(4);
        text += &format!(
            "== {name}\n{}\n",
            shown.iter().map(|line| line.chars().take(220).collect::<String>()).collect::<Vec<_>>().join("\n")
        );
    }
    insta::assert_snapshot!(text);
}

/// Every byte of the descriptor takes the values that hurt.
#[test]
fn descriptors_of_any_bytes() {
    let (data, told) = small();
    for version in [V2, V35] {
        let good = whole(version, &data, &told);
        for at in data.len()..good.len() {
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut bytes = good.clone();
                bytes[at] = value;
                exercise(&bytes);
            }
        }
    }
}

/// Parts of descriptors in any order.
#[test]
fn parts_in_any_order() {
    let seed = 0x4344_4931;
    eprintln!("seed {seed:#X}");
    let mut rng = Rng::new(seed);
    let (data, told) = small();
    let parts = [
        vec![1, 0],
        vec![2, 0],
        vec![0; 13],
        told[0].1[0].record(V35, (0, 0), 3),
        told[0].1[1].record(V35, (0, 1), 3),
        told[1].1[0].record(V35, (1, 0), 3),
        info("", &[0x80; 36]),
        crate::lay::MARK.repeat(3),
    ];
    for _ in 0..500 {
        let mut descriptor = vec![1, 0, 1, 0];
        for _ in 0..1 + rng.below(9) {
            descriptor.extend(rng.choose(&parts));
        }
        exercise(&image(V35, &data, &descriptor));
    }
    assert_eq!(data.len(), 312 * RAW);
}
