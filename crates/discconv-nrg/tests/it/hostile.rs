//! Nothing that an image says makes the reader panic, hang, or take much memory.

use crate::lay::{Told, chunk, cuex, dao, mtyp, nothing, open, open_source, outline, sinf, v1, v2};
use crate::sparse::Sparse;
use discconv_core::{Disc, Form, FormatWriter, Lba, NoteKind, Scratch, Tally, WriteOptions};
use discconv_nrg::Nrg;
use discconv_testkit::Rng;
use discconv_testkit::stored::sound;
use std::sync::atomic::Ordering;

/// Read the ends of every extent, and plan it anew.
fn exercise(bytes: &[u8]) {
    let Ok(disc) = open(bytes) else { return };
    read_ends(&disc);
    for sector in [None, Some(2048), Some(2448)] {
        let _ = Nrg.plan(std::slice::from_ref(&disc), "y", &WriteOptions { sector, ..WriteOptions::default() });
    }
}

fn read_ends(disc: &Disc) {
    let form = if disc.toc().media.has_raw() { Form::RAW_SUB } else { Form::USER };
    for extent in disc.extents() {
        for lba in [extent.lbas.start, extent.lbas.end - 1] {
            let mut out = vec![0; form.record()];
            disc.read_lossy(lba, &form, &mut Scratch::default(), &mut Tally::default(), &mut out).unwrap();
        }
    }
}

const SHEET: [(u8, u8, u8, i32); 6] =
    [(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, 0), (1, 2, 0, 4), (1, 2, 1, 5), (1, 0xAA, 1, 10)];

/// Two audio tracks: sectors and chunks.
fn small() -> (Vec<u8>, Vec<Vec<u8>>) {
    let data = [nothing(150), sound(1, 10)].concat();
    let at = |sector: u64| (150 + sector) * 2352;
    let tracks = [Told("DEABC0000001", 2352, 7, [0, at(0), at(4)]), Told("", 2352, 7, [at(4), at(5), at(10)])];
    let packs = discconv_testkit::cd_text::block(&["A", "B", "C"], &["D", "E", "F"], 2).concat();
    let chunks = vec![cuex(&SHEET), dao("DAOX", "4006408123456", 0, 1, &tracks), chunk("CDTX", &packs), sinf(2), mtyp(1)];
    (data, chunks)
}

/// A footer of version 2 on whatever is there.
fn with_footer(bytes: &[u8], chain: u64) -> Vec<u8> {
    [bytes, b"NER5", &chain.to_be_bytes()].concat()
}

#[test]
fn cut_at_every_border() {
    let (data, chunks) = small();
    let whole = v2(&data, &chunks);
    assert!(open(&whole).is_ok());
    let mut borders = vec![0, 11, 12, 100, data.len()];
    let mut end = data.len();
    for chunk in &chunks {
        borders.extend([end + 3, end + 4, end + 8, end + 9]);
        end += chunk.len();
        borders.push(end);
    }
    borders.extend([end + 8, end + 12, whole.len() - 1]);
    let mut seen = std::collections::BTreeSet::new();
    for border in borders {
        // The end is gone; or the end was put behind what was left.
        let error = open(&whole[..border]).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("found neither NER5 nor NERO at the end"), "{error}");
        if border > data.len() {
            let text = outline(&with_footer(&whole[..border], data.len() as u64));
            seen.insert(
                text.lines().filter(|line| line.contains("error") || line.starts_with("note")).collect::<Vec<_>>().join("\n"),
            );
        }
    }
    insta::assert_snapshot!(seen.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn lies() {
    let data = [nothing(150), sound(1, 10)].concat();
    let end = data.len() as u64;
    let one = |size: u16, offsets: [u64; 3]| {
        let sheet = [(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, 0), (1, 0xAA, 1, 10)];
        v2(&data, &[cuex(&sheet), dao("DAOX", "", 0, 1, &[Told("", size, 7, offsets)]), sinf(1), mtyp(1)])
    };
    let pause = 150 * 2352;
    let numbered = |first: u8, last: u8| {
        let mut bytes = one(2352, [0, pause, end]);
        let at = data.len() + 40 + 8 + 20;
        bytes[at..at + 2].copy_from_slice(&[first, last]);
        bytes
    };
    let sheet_at = |lba: i32| {
        let sheet = [(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, lba), (1, 0xAA, 1, 10)];
        v2(&data, &[cuex(&sheet), dao("DAOX", "", 0, 1, &[Told("", 2352, 7, [0, pause, end])]), sinf(1), mtyp(1)])
    };
    let long_chunk = [&data[..], b"CUEX\xFF\xFF\xFF\xF0", &[0; 64]].concat();
    let etn = |words: [u32; 8]| {
        let table = chunk("ETN2", &words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>());
        v2(&data, &[table, sinf(1)])
    };
    let mut text = String::new();
    for (name, bytes) in [
        ("a sector size that is none", one(2353, [0, pause, end])),
        ("a sector size of zero", one(0, [0, pause, end])),
        ("audio in 2048 bytes", one(2048, [0, 150 * 2048, 160 * 2048])),
        ("offsets that descend", one(2352, [pause, 0, end])),
        ("a track into the chunks", one(2352, [0, pause, end + 40])),
        ("a track of eight terabytes", one(2352, [0, pause, 8 << 40])),
        ("offsets at the end of numbers", one(2352, [0, u64::MAX - 1, u64::MAX])),
        ("a track without a sector", one(2352, [0, end, end])),
        ("a sector that is cut", one(2352, [0, pause, end - 100])),
        ("track 0", numbered(0, 1)),
        ("track 100", numbered(100, 100)),
        ("other numbers", numbered(1, 9)),
        ("a track at the last address", sheet_at(i32::MAX)),
        ("a track before all", sheet_at(i32::MIN)),
        ("the chain at itself", with_footer(&data, data.len() as u64)),
        ("the chain behind the end", with_footer(&data, u64::MAX)),
        ("the chain among the sectors", with_footer(&data, 4)),
        ("a chunk that is too long", with_footer(&long_chunk, data.len() as u64)),
        ("a table without a track", v2(&data, &[chunk("ETNF", &[0; 19]), sinf(1)])),
        ("half a header", v2(&data, &[cuex(&SHEET), chunk("DAOX", &[0; 21])])),
        ("a header alone", v2(&data, &[cuex(&SHEET), chunk("DAOX", &[1; 22])])),
        ("track at once behind the end", etn([0, 0, 0x800, 0, 7, 0, 0, 0])),
        ("track at once of the largest numbers", etn([u32::MAX; 8])),
        ("track at once in no mode", etn([0, 0, 0, 2352, 0x99, 0, 0, 0])),
        ("track at once of a few bytes", etn([0, 0, 0, 100, 7, 0, 0, 0])),
        (
            "a hundred tracks at once",
            v1(&data, &[chunk("TINF", &[[0; 4], 2352_u32.to_be_bytes(), 7_u32.to_be_bytes()].concat().repeat(100))]),
        ),
    ] {
        text += &format!("== {name}\n{}", outline(&bytes));
    }
    insta::assert_snapshot!(text);
}

/// A kibibyte that says it holds eight tebibytes.
#[test]
fn small_files_that_claim_much() {
    let sheet = [(0x41, 0, 0, -150), (0x41, 1, 0, -150), (0x41, 1, 1, 0), (0x41, 0xAA, 1, i32::MAX)];
    let table = dao("DAOX", "", 0, 1, &[Told("", 2048, 0, [0, 0x4B000, 8 << 40])]);
    let bytes = v2(&[0; 1024], &[cuex(&sheet), table, mtyp(0x200)]);
    assert!(matches!(open(&bytes), Err(discconv_core::Error::Malformed { .. })));
}

/// And as many bytes, really there.
#[test]
fn large_files_cost_little() {
    let file = |data: u64, size: u16, mask: u32| {
        let count = i32::try_from(data / u64::from(size)).unwrap_or(i32::MAX).saturating_sub(150);
        let sheet = [(0x41, 0, 0, -150), (0x41, 1, 0, -150), (0x41, 1, 1, 0), (0x41, 0xAA, 1, count)];
        let code = if size == 2048 { 0 } else { 5 };
        let table = dao("DAOX", "", 0, 1, &[Told("", size, code, [0, 150 * u64::from(size), data])]);
        let tail = [cuex(&sheet), table, mtyp(mask), b"END!\0\0\0\0NER5".to_vec(), data.to_be_bytes().to_vec()].concat();
        Sparse::new(data, tail)
    };
    let mut text = String::new();
    for (name, source) in [
        ("a DVD", file(2048 * (150 + 2_295_104), 2048, 0x200)),
        ("more than a CD", file(2048 * (150 + 449_851), 2048, 1)),
        ("raw, more than a CD", file(2352 * (150 + 449_851), 2352, 1)),
        ("raw, on a DVD", file(2352 * 400, 2352, 0x200)),
        ("8 TiB", file(8 << 40, 2048, 0x200)),
    ] {
        let found = match open_source("big.nrg", source.clone()) {
            Ok(disc) => discconv_core::outline::disc(&disc),
            Err(error) => format!("error: {error}\n"),
        };
        text += &format!("== {name}\n{found}");
        assert!(source.read.load(Ordering::Relaxed) < 1 << 20, "{name}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn chunks_without_end() {
    // Sixty thousand empty chunks; and a table of two megabytes.
    let many = v2(&[0; 64], &[b"WHAT\0\0\0\0".repeat(60_000)]);
    let long = v2(&[0; 64], &[chunk("CUEX", &vec![0; 2 << 20])]);
    let errors = [&many, &long].map(|bytes| open(bytes).map(|_| ()).unwrap_err().to_string());
    assert_eq!(errors[0], "x.nrg: byte 0x8040: found one more chunk; the limit is 4096 chunks");
    assert_eq!(errors[1], "x.nrg: byte 0x40: found the chunk CUEX of 2097152 bytes; the limit is 1048576 bytes");
}

/// Every byte of the chunks takes the values that hurt.
#[test]
fn chunks_of_any_bytes() {
    let (data, chunks) = small();
    let good = v2(&data, &chunks);
    for at in data.len()..good.len() {
        for value in [0, 1, 0x7F, 0x80, 0xAA, 0xFF] {
            let mut bytes = good.clone();
            bytes[at] = value;
            exercise(&bytes);
        }
    }
}

#[test]
fn chunks_in_any_order() {
    let seed = 0x4E52_4735;
    eprintln!("seed {seed:#X}");
    let mut rng = Rng::new(seed);
    let (data, chunks) = small();
    for _ in 0..300 {
        let order: Vec<Vec<u8>> = (0..1 + rng.below(9)).map(|_| chunks[usize::try_from(rng.below(5)).unwrap()].clone()).collect();
        let mut bytes = v2(&data, &order);
        for _ in 0..rng.below(4) {
            let at = data.len() + usize::try_from(rng.below((bytes.len() - data.len()) as u64)).unwrap();
            bytes[at] = rng.bytes(1)[0];
        }
        exercise(&bytes);
    }
}

/// A sector that is cut is damage, not a note.
#[test]
fn cut_sectors_are_damage() {
    let data = [nothing(150), sound(1, 10)].concat();
    let sheet = [(1, 0, 0, -150), (1, 1, 0, -150), (1, 1, 1, 0), (1, 0xAA, 1, 9)];
    let table = dao("DAOX", "", 0, 1, &[Told("", 2352, 7, [0, 150 * 2352, data.len() as u64 - 7])]);
    let disc = open(&v2(&data, &[cuex(&sheet), table])).unwrap();
    assert_eq!(disc.notes().iter().filter(|note| note.kind == NoteKind::Damage).map(|note| note.sectors).sum::<u64>(), 1);
    assert_eq!(disc.toc().sessions[0].lead_out, Lba(9));
}
