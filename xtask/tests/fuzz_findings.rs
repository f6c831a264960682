//! Replays every input that fuzzing found: `testdata/fuzz/TARGET/NAME`, the name saying what was wrong.
//!
//! The functions are those of the fuzz package, which is built by itself, for it links libFuzzer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by panicking")]

#[path = "../../crates/discconv-formats/fuzz/src/bodies/mod.rs"]
#[allow(unreachable_pub, reason = "in the fuzz package it is the public interface")]
mod bodies;

use std::path::{Path, PathBuf};

type Body = fn(&[u8]);

/// Every target of `crates/discconv-formats/fuzz/fuzz_targets`.
const BODIES: &[(&str, Body)] = &[
    ("audio", bodies::audio),
    ("ccd", bodies::ccd),
    ("cdi", bodies::cdi),
    ("chd", bodies::chd),
    ("codec", bodies::codec),
    ("convert", bodies::convert),
    ("cso", bodies::cso),
    ("cue", bodies::cue),
    ("ecm", bodies::ecm),
    ("fs_iso", bodies::fs_iso),
    ("gdi", bodies::gdi),
    ("identify", bodies::identify),
    ("iso", bodies::iso),
    ("isz", bodies::isz),
    ("mds", bodies::mds),
    ("nrg", bodies::nrg),
    ("pbp", bodies::pbp),
    ("toc", bodies::toc),
    ("wrapped", bodies::wrapped),
];

/// What these read lies in `testdata`, with which every target begins.
const SEEDED_BY_TESTDATA: &[&str] = &["convert", "cue", "iso"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Names in a folder, sorted; none if it is not there.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_target_is_replayed_here() {
    let targets = names(&root().join("crates/discconv-formats/fuzz/fuzz_targets"));
    let bodies: Vec<String> = BODIES.iter().map(|(name, _)| format!("{name}.rs")).collect();
    assert_eq!(targets, bodies);
    for folder in names(&root().join("testdata/fuzz")) {
        assert!(BODIES.iter().any(|(name, _)| *name == folder), "testdata/fuzz/{folder} belongs to no target");
    }
}

#[test]
fn findings_stay_mended() {
    for (target, body) in BODIES {
        let folder = root().join("testdata/fuzz").join(target);
        for name in names(&folder) {
            println!("fuzz finding {target}/{name}");
            body(&std::fs::read(folder.join(name)).unwrap());
        }
    }
}

/// What the fuzzer begins with must pass before anything is made of it.
#[test]
fn simple_inputs_pass() {
    let sheet = b"FILE \"x.bin\" BINARY\r\n  TRACK 01 MODE1/2352\r\n    INDEX 01 00:00:00\r\n";
    for (_, body) in BODIES {
        body(&[]);
        body(bodies::folder::MARK);
        body(&[0; 16 * 2048 + 6]);
        body(sheet);
    }
}

/// Nor are the seeds of a new format forgotten: without them the fuzzer would have to guess its headers.
#[test]
fn seeds_pass() {
    for (target, body) in BODIES {
        let seeds = bodies::seeds::of(target, &root());
        assert!(!seeds.is_empty() || SEEDED_BY_TESTDATA.contains(target), "{target} begins with nothing");
        for (name, bytes) in seeds {
            println!("fuzz seed {target}/{name}, {} bytes", bytes.len());
            body(&bytes);
        }
    }
}
