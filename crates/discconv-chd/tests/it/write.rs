//! What the writer plans and writes, told by its own reader, by crate `chd`, and by digests that other programs made.

use crate::discs::{film, mixed, rich, subchannel};
use chd::Chd as Judge;
use discconv_chd::Chd;
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    ConversionMode, Disc, Error, Execution, Format, FormatWriter, LossKinds, Opened, Plan, Quiet, Result, Serial, WriteOptions,
    execute, outline,
};
use discconv_testkit::stored::Sub;
use std::io::Cursor;

fn codecs(names: &str) -> WriteOptions {
    WriteOptions { codecs: names.split(',').map(str::to_owned).collect(), ..WriteOptions::default() }
}

fn level(level: ConversionMode) -> WriteOptions {
    WriteOptions { level, ..WriteOptions::default() }
}

fn plan(disc: &Disc, options: &WriteOptions) -> Result<Plan> {
    Chd.plan(std::slice::from_ref(disc), "out", options)
}

/// Write, prove, and give the file back.
pub(crate) fn write(disc: Disc, options: &WriteOptions) -> Result<Vec<u8>> {
    let discs = [disc];
    let plan = Chd.plan(&discs, "out", options)?;
    let files = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow: LossKinds::NONE,
        prove: true,
        source_name: "source",
        reader: &|input| match Chd.open(input)? {
            Opened::Discs(discs) => Ok(discs),
            Opened::Bytes { .. } => panic!("an image is no wrapper"),
        },
    };
    let report = execute(&plan, &discs, &how)?;
    assert!(report.verified_tracks.unwrap() > 0);
    Ok(files.get("out.chd").unwrap().to_vec())
}

/// The content as crate `chd` reads it; hunks that it finds damaged are errors.
fn judged(bytes: &[u8]) -> Vec<u8> {
    let mut judge = Judge::open(Cursor::new(bytes), None).unwrap();
    let (mut hunk, mut packed, mut whole) = (judge.get_hunksized_buffer(), Vec::new(), Vec::new());
    for number in 0..judge.header().hunk_count() {
        judge.hunk(number).unwrap().read_hunk_in(&mut packed, &mut hunk).unwrap();
        whole.extend_from_slice(&hunk);
    }
    whole.truncate(usize::try_from(judge.header().logical_bytes()).unwrap());
    whole
}

#[test]
fn plans() {
    let mut text = String::new();
    for (name, disc, options) in [
        ("mixed", mixed(), WriteOptions::default()),
        ("rich", rich(), WriteOptions::default()),
        ("rich, 2448", rich(), WriteOptions { sector: Some(2448), ..WriteOptions::default() }),
        ("subchannel", subchannel(Sub::Packed), WriteOptions::default()),
        ("a film", film(), WriteOptions::default()),
        ("a film as it is", film(), codecs("none")),
    ] {
        text += &format!("== {name}\n{}", outline::plan(&plan(&disc, &options).unwrap()));
    }
    insta::assert_snapshot!(text);
}

/// Every set of codecs at every level gives the same content, by either reader.
#[test]
fn every_codec() {
    let frames = ["cdzl", "cdlz", "cdfl", "cdzs", "cdlz,cdzl,cdfl", "cdzs,cdfl", "zlib,lzma,flac,zstd", "none"];
    let sectors = ["zlib", "lzma", "huff", "flac", "zstd", "lzma,zlib,huff,flac", "none"];
    let cases = frames.map(|names| (mixed as fn() -> Disc, names)).into_iter().chain(sectors.map(|names| (film as _, names)));
    for (disc, names) in cases {
        let plain = judged(&write(disc(), &codecs("none")).unwrap());
        for mode in [ConversionMode::Fast, ConversionMode::Normal, ConversionMode::Max] {
            let bytes = write(disc(), &WriteOptions { level: mode, ..codecs(names) }).unwrap();
            assert!(judged(&bytes) == plain, "{names}, {mode:?}");
        }
    }
}

#[test]
fn hunks_of_any_size() {
    for (disc, sizes) in [(mixed as fn() -> Disc, [2448, 4896, 97_920]), (film, [2048, 6144, 65_536])] {
        let plain = judged(&write(disc(), &codecs("none")).unwrap());
        for hunk in sizes {
            for names in [&codecs("none"), &level(ConversionMode::Normal), &codecs("zstd")] {
                let bytes = write(disc(), &WriteOptions { hunk: Some(hunk), ..names.clone() }).unwrap();
                assert!(judged(&bytes) == plain, "{hunk}, {:?}", names.codecs);
            }
        }
    }
}

/// What is equal is stored once, and what is zero in a file without compression not at all.
#[test]
fn hunks_that_come_again() {
    let noise = discconv_testkit::Rng::new(3).bytes(4096);
    let content = [&noise[..], &[0; 8192], &noise, &noise, &[0; 4096], &noise[..2048]].concat();
    let disc = || crate::discs::sectors(content.clone());
    let bytes = write(disc(), &WriteOptions::default()).unwrap();
    assert!((4096 + 2048..4096 + 2048 + 700).contains(&bytes.len()), "{}", bytes.len());
    assert!(judged(&bytes) == content);
    let bytes = write(disc(), &codecs("none")).unwrap();
    assert_eq!(bytes.len(), 4096 + 4 * 4096);
    assert!(judged(&bytes) == content);
}

#[test]
fn refusals() {
    let hunk = |hunk| WriteOptions { hunk: Some(hunk), ..WriteOptions::default() };
    let mut text = String::new();
    for (disc, options) in [
        (mixed as fn() -> Disc, codecs("huff")),
        (mixed, codecs("cdlz,lzma")),
        (mixed, codecs("none,cdlz")),
        (mixed, codecs("bzip2")),
        (film, codecs("cdzl")),
        (film, codecs("zlib,lzma,huff,flac,zstd")),
        (mixed, hunk(4096)),
        (mixed, hunk(0)),
        (film, hunk(2448)),
        (film, hunk(2 << 20)),
        (film, WriteOptions { sector: Some(2352), ..WriteOptions::default() }),
    ] {
        let error = plan(&disc(), &options).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        text += &format!("{error}\n  {}\n", error.hint().unwrap_or_default());
    }
    insta::assert_snapshot!(text);
}

/// The digests are those of chdman's file of the same sheet.
#[test]
fn digests_of_chdman() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    for name in ["wave_0.251", "wave_0.289_zstd", "svcd_zstd_0.289", "dvd_0.289"] {
        let theirs = std::fs::read(root.join(format!("chd/{name}.chd"))).unwrap();
        let bytes = write(crate::lay::open(&theirs).unwrap(), &WriteOptions::default()).unwrap();
        assert_eq!(bytes[64..104], theirs[64..104], "{name}");
    }
}
