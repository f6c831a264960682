//! Descriptors that are cut, that lie, or mean harm: an error with its place, or a note; never a panic, never much memory.

use crate::lay::{Mds, Told, cd, dvd, folder, open, outline, put, track};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Error, Form, Format, Input, Lba, NoteKind, ReadAt, Result, Scratch};
use discconv_mdf::Mdf;
use discconv_testkit::Rng;
use discconv_testkit::stored::{as_mode1, sound};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn data() -> Vec<u8> {
    [as_mode1(0, &[9; 6 * 2048]), sound(1, 10)].concat()
}

/// Data and sound, in two sessions, with all that can be in a descriptor of a CD.
fn small() -> Mds {
    let mut mds = cd(vec![track(1, 0xAA, 0, 150, 6, 0), track(2, 0xA9, 8, 2, 4, 6)]);
    mds.sessions.push((11_262, 11_418, 0, vec![track(3, 0xA9, 11_412, 150, 6, 10)]));
    mds.dpm = vec![vec![1, 0, 256, 2, 10, 20]];
    mds
}

fn with(mds: &[u8]) -> MemoryFiles {
    folder(&[("x.mds", mds), ("x.mdf", &data())])
}

/// Whatever comes of it: opening, then reading every sector that is there.
fn exercise(mds: &[u8]) {
    let files = with(mds);
    let input = Input::new("x.mds", files.source("x.mds").unwrap(), &files);
    let _ = Mdf.names(&input);
    let Ok(disc) = open(&files) else { return };
    let _ = discconv_core::outline::disc(&disc);
    let mut sector = [0; 2352];
    for extent in disc.extents() {
        for lba in (extent.lbas.start.0..extent.lbas.end.0).take(40) {
            let _ = disc.read_sectors(Lba(lba), &Form::RAW, &mut Scratch::default(), &mut sector);
        }
    }
}

/// At every border of a structure, and one byte before.
#[test]
fn cut_everywhere() {
    let whole = small().bytes();
    let mut text = String::new();
    let mut last = String::new();
    for len in 0..whole.len() {
        let found = outline(&with(&whole[..len]));
        let shown: String = found.lines().take(2).map(|line| format!("{line}\n")).collect();
        if !found.starts_with("error") {
            exercise(&whole[..len]);
        }
        // The length itself is in most messages; what matters is what they are about.
        let about = shown.replace(&format!("a file of {len} bytes"), "a file of so many bytes");
        if about != last {
            text += &format!("== from {len:#X}\n{about}");
            last = about;
        }
    }
    insta::assert_snapshot!(text);
}

/// One field of `small` at `at` replaced.
fn changed(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut mds = small().bytes();
    put(&mut mds, at, bytes);
    mds
}

#[test]
fn lies() {
    // Two sessions at 58h, ten blocks from 88h on: tracks are the blocks 3, 4, 8; extra blocks from 358h on.
    let block = |index: usize, field: usize| 0x88 + 0x50 * index + field;
    let extra = |index: usize, field: usize| 0x88 + 0x50 * 9 + 8 * index + field;
    let word = |value: u32| value.to_le_bytes().to_vec();
    let mut text = String::new();
    for (name, at, bytes) in [
        ("another magic", 0, b"MEDIA DESCRIPTOM".to_vec()),
        ("version 2", 0x10, vec![2, 1]),
        ("version 3", 0x10, vec![3, 0]),
        ("another medium", 0x12, vec![0x77]),
        ("no session", 0x14, vec![0, 0]),
        ("65535 sessions", 0x14, vec![0xFF, 0xFF]),
        ("sessions behind the end", 0x50, word(0xFFFF_FFF0)),
        ("sessions at the header", 0x50, word(0)),
        ("a session without blocks", 0x58 + 10, vec![0]),
        ("a session of 255 blocks", 0x58 + 10, vec![0xFF]),
        ("blocks behind the end", 0x58 + 20, word(u32::MAX)),
        ("both sessions have the same blocks", 0x70 + 20, word(0x88)),
        ("a lead-out at the last address", 0x58 + 4, word(0x7FFF_FFFF)),
        ("a lead-out before the tracks", 0x58 + 4, word(3)),
        ("a lead-out behind the next session", 0x58 + 4, word(20_000)),
        ("track 0", block(3, 4), vec![0]),
        ("track 2 twice", block(3, 4), vec![2]),
        ("an extra block behind the end", block(3, 0x0C), word(0xFFFF_FFFC)),
        ("a sector of 0 bytes", block(3, 0x10), vec![0, 0]),
        ("a sector of 2000 bytes", block(3, 0x10), vec![0xD0, 7]),
        ("sound of 2048 bytes", block(4, 0x10), vec![0, 8]),
        ("a track before all", block(3, 0x24), word(0x8000_0000)),
        ("a track at the last address", block(4, 0x24), word(0x7FFF_FFFF)),
        ("tracks that overlap on the disc", block(4, 0x24), word(5)),
        ("tracks that overlap in the file", block(4, 0x28), word(3 * 2352)),
        ("a place in the middle of a sector", block(4, 0x28), word(6 * 2352 + 5)),
        ("a place behind the end", block(4, 0x28), word(99 * 2352)),
        ("a place at the end of numbers", block(4, 0x28), vec![0xFF; 8]),
        ("four billion files", block(3, 0x30), word(u32::MAX)),
        ("footers behind the end", block(3, 0x34), word(u32::MAX)),
        ("no files", block(3, 0x30), word(0)),
        ("a length of 0", extra(3, 4), word(0)),
        ("a length that is too long", extra(4, 4), word(5)),
        ("the longest length", extra(8, 4), word(u32::MAX)),
        ("the longest pregap", extra(4, 0), word(u32::MAX)),
        ("measurements behind the end", 0x54, word(u32::MAX)),
        ("measurements at the header", 0x54, word(0x10)),
    ] {
        let mds = changed(at, &bytes);
        exercise(&mds);
        text += &format!("== {name}\n{}", outline(&with(&mds)));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn versions_that_are_encrypted() {
    let head = |minor: u8, word: [u8; 4]| {
        let mut bytes = b"MEDIA DESCRIPTOR\x02".to_vec();
        bytes.push(minor);
        bytes.extend(b"\xA9 2000-2015 Disc Soft Ltd.");
        bytes.extend(word);
        bytes.resize(0x400, 0x5A);
        bytes
    };
    let text: Vec<String> = [("MDS", head(0, [0x30, 2, 0, 0])), ("MDX", head(1, [0xFF; 4]))]
        .into_iter()
        .map(|(name, bytes)| format!("== {name}\n{}", outline(&folder(&[("x.mds", &bytes)]))))
        .collect();
    insta::assert_snapshot!(text.concat());
}

/// Zeros that are never there; counts what is read.
struct Sparse {
    len: u64,
    read: AtomicU64,
}

impl ReadAt for Sparse {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.read.fetch_add(buf.len() as u64, Ordering::Relaxed);
        assert!(offset.checked_add(buf.len() as u64).is_some_and(|end| end <= self.len), "a read behind the end");
        buf.fill(0);
        if offset == 0 && buf.len() >= 18 {
            buf[..18].copy_from_slice(b"MEDIA DESCRIPTOR\x01\x03");
        }
        Ok(())
    }

    fn name(&self) -> &str {
        "x.mds"
    }
}

#[test]
fn large_descriptors_are_not_loaded() {
    let source = Arc::new(Sparse { len: 8 << 40, read: AtomicU64::new(0) });
    let empty = MemoryFiles::new();
    let error = Mdf.open(&Input::new("x.mds", source.clone(), &empty)).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "x.mds: found a descriptor of 8796093022208 bytes; the limit is 4194304 bytes");
    assert!(source.read.load(Ordering::Relaxed) < 1000);
}

/// A kibibyte that says it describes eight tebibytes.
#[test]
fn small_files_that_claim_much() {
    let user = Rng::new(1).bytes(1024);
    for (mds, limit) in [(dvd(u32::MAX), false), (dvd(1 << 30), true), (cd(vec![track(1, 0xAA, 0, 150, 1 << 30, 0)]), true)] {
        let error = open(&mds.with(&user)).map(|_| ()).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. } | Error::Limit { .. }), "{error} {limit}");
    }
    // Every track has all the files there can be, each with the longest name.
    let mut bytes =
        cd((1..=99).map(|number| Told { files: vec![], ..track(number, 0xA9, i32::from(number), 0, 1, 0) }).collect()).bytes();
    let footers = bytes.len() as u32;
    for index in 0..100 {
        put(&mut bytes, (footers + 16 * index) as usize, &(footers + 1600).to_le_bytes());
    }
    put(&mut bytes, footers as usize + 1600, &[b'a'; 5000]);
    for block in 3..102 {
        put(&mut bytes, 0x70 + 0x50 * block + 0x30, &100_u32.to_le_bytes());
        put(&mut bytes, 0x70 + 0x50 * block + 0x34, &footers.to_le_bytes());
    }
    exercise(&bytes);
}

/// Every byte takes the values that hurt.
#[test]
fn descriptors_of_any_bytes() {
    let good = small().bytes();
    for at in 0x12..good.len() {
        for value in [0, 1, 0x7F, 0x80, 0xA0, 0xFF] {
            let mut bytes = good.clone();
            bytes[at] = value;
            exercise(&bytes);
        }
    }
}

#[test]
fn many_changes_at_once() {
    let seed = 0x4D44_5331;
    eprintln!("seed {seed:#X}");
    let mut rng = Rng::new(seed);
    let good = small().bytes();
    for _ in 0..3000 {
        let mut bytes = good.clone();
        for _ in 0..1 + rng.below(12) {
            let at = 0x12 + rng.index(bytes.len() - 0x12);
            bytes[at] = if rng.flip() { rng.bytes(1)[0] } else { bytes[rng.index(good.len())] };
        }
        exercise(&bytes);
    }
}

/// A sector that is cut is damage, not a note.
#[test]
fn cut_sectors_are_damage() {
    let data = data();
    let mds = cd(vec![track(1, 0xAA, 0, 150, 6, 0), track(2, 0xA9, 6, 0, 10, 6)]).bytes();
    let disc = open(&folder(&[("x.mds", &mds), ("x.mdf", &data[..data.len() - 2352 - 7])])).unwrap();
    let damage: Vec<u64> = disc.notes().iter().filter(|note| note.kind == NoteKind::Damage).map(|note| note.sectors).collect();
    assert_eq!(damage, [2]);
    let mut sector = [1; 2352];
    disc.read_sectors(Lba(15), &Form::RAW, &mut Scratch::default(), &mut sector).unwrap();
    assert_eq!(sector, [0; 2352]);
}
