//! One file in another.

use crate::lay::{claimed, content, data, open, open_with};
use discconv_archive::{Gzip, Xz, Zstd};
use discconv_core::{Error, Limits};
use discconv_testkit::Rng;
use std::io::Write;

#[test]
fn what_other_programs_packed() {
    for (name, id) in [
        ("plain.gz", "gzip"),
        ("members.gz", "gzip"),
        ("plain.bz2", "bzip2"),
        ("plain.xz", "xz"),
        ("blocks.xz", "xz"),
        ("plain.zst", "zstd"),
        ("nosize.zst", "zstd"),
        ("frames.zst", "zstd"),
    ] {
        let file = data(name);
        let format = claimed(&file).unwrap();
        assert_eq!(format.info().id, id, "{name}");
        let opened = open(format, &file).unwrap();
        assert!(opened.notes.is_empty(), "{name}: {:?}", opened.notes);
        assert!(opened.all().unwrap() == content(), "{name}");
    }
}

/// Blocks and frames of one length are read by themselves, and only those that are asked for.
#[test]
fn some_need_no_room() {
    for (name, unit) in [("blocks.xz", 16384), ("frames.zst", 16384), ("plain.gz", 1 << 20), ("plain.xz", 1), ("plain.zst", 1)] {
        let file = data(name);
        let opened = open(claimed(&file).unwrap(), &file).unwrap();
        assert_eq!(opened.source.block_hint(), unit, "{name}");
        let mut rng = Rng::new(9);
        for _ in 0..50 {
            let start = rng.index(59_000);
            let mut out = vec![0; rng.index(60_000 - start)];
            opened.source.read_exact_at(start as u64, &mut out).unwrap();
            assert!(out == content()[start..start + out.len()], "{name}");
        }
    }
}

/// Several places to begin again, matches across them, members that end between them.
#[test]
fn gzip_from_any_place() {
    let mut rng = Rng::new(1);
    let noise = rng.bytes(30_000);
    let raw: Vec<u8> = (0..150).flat_map(|i: usize| [&noise[i * 7..i * 7 + 25_000], &i.to_le_bytes()[..]].concat()).collect();
    let mut file = Vec::new();
    for part in [&raw[..1], &raw[1..2_000_000], &raw[2_000_000..]] {
        let mut encoder =
            flate2::GzBuilder::new().filename("x").comment("y").extra(vec![1; 9]).write(&mut file, flate2::Compression::new(6));
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap();
    }
    let opened = open(&Gzip, &file).unwrap();
    assert!(opened.notes.is_empty(), "{:?}", opened.notes);
    assert!(opened.all().unwrap() == raw);
    for _ in 0..60 {
        let start = rng.index(raw.len());
        let mut out = vec![0; rng.index((raw.len() - start).min(300_000))];
        opened.source.read_exact_at(start as u64, &mut out).unwrap();
        assert!(out == raw[start..start + out.len()]);
    }
}

#[test]
fn broken_promises_are_told() {
    let good = data("plain.gz");
    let mut seen = String::new();
    for (what, at) in [("CRC", good.len() - 8), ("length", good.len() - 4)] {
        let mut file = good.clone();
        file[at] ^= 1;
        let opened = open(&Gzip, &file).unwrap();
        assert!(opened.damaged() && opened.all().unwrap() == content());
        seen += &format!("{what}: {}\n", opened.notes[0].text);
    }
    seen += &format!("behind: {}\n", open(&Gzip, &[&good[..], b"garbage"].concat()).unwrap().notes[0].text);
    // A flipped bit of a frame's checksum is found when that frame is read.
    let mut file = data("frames.zst");
    let end = file.len() - 1;
    file[end] ^= 1;
    let opened = open(&Zstd, &file).unwrap();
    opened.source.read_exact_at(0, &mut [0; 16384]).unwrap();
    seen += &format!("frame: {}\n", opened.source.read_exact_at(50_000, &mut [0; 16]).unwrap_err());
    let mut file = data("blocks.xz");
    file[3000] ^= 1;
    let opened = open(&Xz, &file).unwrap();
    seen += &format!("block: {}\n", opened.all().unwrap_err());
    insta::assert_snapshot!(seen);
}

#[test]
fn content_is_bounded() {
    let zeros = vec![0; 5 << 20];
    let mut file = Vec::new();
    let mut encoder = flate2::write::GzEncoder::new(&mut file, flate2::Compression::best());
    encoder.write_all(&zeros).unwrap();
    encoder.finish().unwrap();
    let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    assert!(matches!(open_with(&Gzip, &file, limits), Err(Error::Limit { .. })));
    for name in ["plain.gz", "plain.bz2", "plain.xz", "blocks.xz", "plain.zst", "nosize.zst"] {
        let file = data(name);
        let limits = Limits { unpacked_bytes: 59_999, ..Limits::default() };
        assert!(matches!(open_with(claimed(&file).unwrap(), &file, limits), Err(Error::Limit { .. })), "{name}");
    }
}
