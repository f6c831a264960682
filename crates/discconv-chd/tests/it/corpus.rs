//! Images that nobody here made, with facts told by other programs.

use crate::lay::open;
use discconv_core::{CheckAlgorithm, Disc, Form, Lba, Scratch, outline};
use serde_json::Value;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::path::PathBuf;

fn told(root: &std::path::Path, name: &str) -> Value {
    let all: Value = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    all["files"][name].clone()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The discs of the corpus.
const DISCS: [&str; 7] = [
    "wave_0.251.chd",
    "wave_0.289_default.chd",
    "wave_0.289_zstd.chd",
    "svcd_zstd_0.289.chd",
    "CD-ROM.chd",
    "GD-ROM.chd",
    "dvd_0.289.chd",
];

fn image(name: &str) -> Option<(PathBuf, Disc)> {
    let root = discconv_testkit::corpus::folder()?;
    let bytes = std::fs::read(root.join("chd").join(name)).unwrap();
    Some((root, open(&bytes).unwrap()))
}

/// SHA-1 of the content, which the header promises and chdman tells.
#[test]
fn the_content_is_what_it_should_be() {
    for name in DISCS {
        let Some((root, disc)) = image(name) else { return };
        let told = &told(&root, &format!("chd/{name}"))["chdman"];
        let source = &disc.sources()[0];
        assert_eq!(source.len().to_string(), told["logical_bytes"].as_str().unwrap(), "{name}");
        let (mut hasher, mut buffer, mut at) = (Sha1::new(), vec![0; 1 << 20], 0);
        while at < source.len() {
            let now = (source.len() - at).min(buffer.len() as u64) as usize;
            source.read_exact_at(at, &mut buffer[..now]).unwrap();
            hasher.update(&buffer[..now]);
            at += now as u64;
        }
        let found = hasher.finalize();
        assert_eq!(hex(&found), told["data_sha1"].as_str().unwrap(), "{name}");
        let [check] = disc.checks() else { panic!("{name}: one promise") };
        assert_eq!((check.algorithm, &check.value[..], check.range.end), (CheckAlgorithm::Sha1, &found[..], source.len()));
    }
}

#[test]
fn the_discs() {
    for name in DISCS {
        let Some((_, disc)) = image(name) else { return };
        insta::assert_snapshot!(name, outline::disc(&disc));
    }
}

/// What `chdman extractcd` or `extractdvd` gives: tracks behind each other, without the gaps that no file holds.
#[test]
fn the_sectors_are_those_that_chdman_extracts() {
    for name in DISCS {
        let Some((root, disc)) = image(name) else { return };
        let told = told(&root, &format!("chd/{name}"));
        let form = if name.starts_with("dvd") { Form::USER } else { Form::RAW };
        let (mut scratch, mut hasher) = (Scratch::default(), Sha256::new());
        for extent in disc.extents().iter().filter(|extent| extent.main.is_some_and(|place| place.source.0 == 0)) {
            let mut sectors = vec![0; extent.sectors() as usize * form.record()];
            disc.read_sectors(extent.lbas.start, &form, &mut scratch, &mut sectors).unwrap();
            hasher.update(&sectors);
        }
        let expected = told["chdman_extractcd"]["bin_sha256"].as_str().or(told["chdman_extractdvd"]["sha256"].as_str());
        let Some(expected) = expected else { continue };
        assert_eq!(hex(&hasher.finalize()), expected, "{name}");
    }
}

/// The image that one was made of lies beside it.
#[test]
fn the_sectors_are_those_of_the_bin() {
    let Some((root, disc)) = image("svcd_zstd_0.289.chd") else { return };
    let bin = std::fs::read(root.join("vcd/svcd.bin")).unwrap();
    let mut sectors = vec![0; bin.len()];
    disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut sectors).unwrap();
    assert!(sectors == bin);
}

#[test]
fn hard_disks_are_told_apart() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let error = open(&std::fs::read(root.join("chd/2048.chd")).unwrap()).err().unwrap();
    insta::assert_snapshot!(format!("{error}\nhint: {}", error.hint().unwrap()));
}
