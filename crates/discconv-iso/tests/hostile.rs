//! Bad input and big input: never a panic, never a scan of the file.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use common::{open, open_source, probe, probe_source};
use discconv_core::{Disc, Form, Main, Media, ReadAt, Result, Score, Scratch, Tally, TrackMode};
use discconv_sector::Lba;
use discconv_testkit::{Rng, fixtures};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const FORCED: [&str; 5] = ["iso2048", "iso2336", "iso2352", "iso2448", "cdda"];

/// Read all of it, raw and with subheaders asked for.
fn read_all(disc: Disc) {
    let audio = disc.toc().tracks().any(|track| track.mode.is_audio());
    let cooked = disc.extents().iter().any(|extent| extent.main.is_some_and(|place| place.form.main == Main::User));
    let disc = if cooked && !audio && disc.toc().media.has_raw() {
        disc.with_user_mode("disc", TrackMode::Mode2).unwrap()
    } else {
        disc
    };
    let form = if disc.toc().media.has_raw() { Form::RAW_SUB } else { Form::USER };
    let (first, last) = (disc.extents()[0].lbas.start, disc.extents().last().unwrap().lbas.end);
    let mut out = vec![0; usize::try_from(first.sectors_to(last)).unwrap() * form.record()];
    disc.read_lossy(first, &form, &mut Scratch::default(), &mut Tally::default(), &mut out).unwrap();
}

fn try_all(name: &str, bytes: &[u8]) {
    probe(name, bytes);
    for forced in std::iter::once(None).chain(FORCED.map(Some)) {
        if let Ok(disc) = open(name, bytes, forced) {
            read_all(disc);
        }
    }
}

#[test]
fn damaged_images_never_panic() {
    let seed = 0x150;
    println!("seed {seed:#X}");
    let mut rng = Rng::new(seed);
    let names = ["iso-2048", "raw-mode2", "raw-2336", "raw-2448-packed", "raw-2368", "playstation", "3do", "udf"];
    for name in names {
        let fixture = fixtures::by_name(name).unwrap();
        for _ in 0..25 {
            let mut bytes = fixture.entry_bytes().to_vec();
            for _ in 0..1 + rng.below(60) {
                let at = usize::try_from(rng.below(bytes.len() as u64)).unwrap();
                bytes[at] = rng.bytes(1)[0];
            }
            if rng.below(3) == 0 {
                bytes.truncate(usize::try_from(1 + rng.below(bytes.len() as u64)).unwrap());
            }
            try_all(&fixture.entry, &bytes);
        }
    }
}

/// The descriptors and directories are where lengths and places are said: every byte of them is tried.
#[test]
fn descriptors_of_any_bytes_never_panic() {
    let fixture = fixtures::by_name("iso-2048").unwrap();
    let good = fixture.entry_bytes();
    let telling = (16 * 2048..16 * 2048 + 200).chain(18 * 2048..18 * 2048 + 24).chain(20 * 2048..20 * 2048 + 240);
    for at in telling {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut bytes = good.to_vec();
            bytes[at] = value;
            probe("a.iso", &bytes);
            if let Ok(disc) = open("a.iso", &bytes, None) {
                read_all(disc);
            }
        }
    }
}

#[test]
fn random_bytes_of_any_length_are_refused() {
    let seed = 7;
    println!("seed {seed}");
    let mut rng = Rng::new(seed);
    let noise = rng.bytes(70_000);
    for len in (1..70_000).step_by(997).chain([2048, 2352, 2448, 34_816, 36_864, 70_000]) {
        assert_eq!(probe("a.iso", &noise[..len]), Score::NO, "{len}");
        try_all("a.bin", &noise[..len]);
        try_all("a.bin", &vec![0; len]);
    }
}

/// Zeros, but for some bytes; counts what is read.
struct Sparse {
    len: u64,
    parts: Vec<(u64, Vec<u8>)>,
    reads: AtomicU64,
    bytes: AtomicU64,
}

impl Sparse {
    fn new(len: u64, parts: Vec<(u64, Vec<u8>)>) -> Arc<Sparse> {
        Arc::new(Sparse { len, parts, reads: AtomicU64::new(0), bytes: AtomicU64::new(0) })
    }
}

impl ReadAt for Sparse {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(buf.len() as u64, Ordering::Relaxed);
        assert!(offset + buf.len() as u64 <= self.len, "a read behind the end");
        buf.fill(0);
        for (start, part) in &self.parts {
            let (from, to) = (offset.max(*start), (offset + buf.len() as u64).min(start + part.len() as u64));
            if from < to {
                let range = |base: u64| usize::try_from(from - base).unwrap()..usize::try_from(to - base).unwrap();
                buf[range(offset)].copy_from_slice(&part[range(*start)]);
            }
        }
        Ok(())
    }

    fn name(&self) -> &str {
        "big.iso"
    }
}

fn volume() -> Vec<u8> {
    fixtures::by_name("iso-2048").unwrap().entry_bytes().to_vec()
}

#[test]
fn big_images_cost_little() {
    let dvd_9 = 8_543_666_176;
    let cases = [
        ("no signature", 50 << 30, vec![], None),
        ("CD", 449_850 * 2048, vec![(0, volume())], Some((Media::Cd, 449_850))),
        ("over a CD", 449_851 * 2048, vec![(0, volume())], Some((Media::Dvd, 449_851))),
        ("over 4 GiB", 4_700_372_992, vec![(0, volume())], Some((Media::Dvd, 2_295_104))),
        ("dual layer", dvd_9, vec![(0, volume())], Some((Media::Dvd, 4_171_712))),
        ("Blu-ray", 50 << 30, vec![(0, volume())], Some((Media::Bd, 25 << 20))),
    ];
    for (name, len, parts, expected) in cases {
        let source = Sparse::new(len, parts);
        let score = probe_source("big.iso", source.as_ref());
        let opened = open_source("big.iso", source.clone(), None);
        match expected {
            None => assert!(score == Score::NO && opened.is_err(), "{name}"),
            Some((media, sectors)) => {
                let disc = opened.unwrap();
                assert_eq!((disc.toc().media, disc.toc().sessions[0].lead_out), (media, Lba(sectors)), "{name}");
            }
        }
        let (reads, bytes) = (source.reads.load(Ordering::Relaxed), source.bytes.load(Ordering::Relaxed));
        println!("{name}: {reads} reads, {bytes} bytes");
        assert!(reads < 1000 && bytes < 1 << 20, "{name}: {reads} reads, {bytes} bytes");
    }
}

/// 80 minutes of raw sectors: data, then silence that passes for audio.
#[test]
fn raw_images_are_sampled() {
    let raw = fixtures::by_name("raw-mode1").unwrap().entry_bytes().to_vec();
    let source = Sparse::new(360_000 * 2352, vec![(0, raw)]);
    let disc = open_source("big.bin", source.clone(), None).unwrap();
    let starts: Vec<Lba> = disc.toc().tracks().map(discconv_core::Track::start).collect();
    assert_eq!((starts, disc.toc().sessions[0].lead_out), (vec![Lba(0), Lba(26 + 150)], Lba(360_000)));
    let reads = source.reads.load(Ordering::Relaxed);
    assert!(reads < 5000, "{reads} reads");
}
