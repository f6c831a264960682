//! Images of other people: the facts that independent programs found in them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use common::{corpus, open, probe};
use discconv_core::{Form, Lba, Media, NoteKind, Score, Scratch, TrackMode};
use serde_json::Value;

/// No disc by content: a forced reading is asked for.
const UNKNOWN: [&str; 2] = ["cso/UMD.iso", "iso/fmtowns_4sectors.iso"];
/// Cut, or damaged otherwise.
const DAMAGED: [&str; 5] =
    ["bad/bad-dir.iso", "bad/iso9660_nopvd.iso", "bad/iso9660_trunc.iso", "bad/malformed.iso", "iso/util-linux_isosize.iso"];

fn each(mut check: impl FnMut(&str, &Value, &[u8])) {
    let Some(folder) = corpus() else { return };
    let facts: Value = serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let mut seen = 0;
    for (name, facts) in facts["files"].as_object().unwrap() {
        let (theme, file) = name.split_once('/').unwrap();
        let image = [".iso", ".img"].iter().any(|end| file.ends_with(end));
        if ["iso", "udf", "bad", "cso"].contains(&theme) && image {
            check(name, facts, &std::fs::read(folder.join(name)).unwrap());
            seen += 1;
        }
    }
    assert!(seen > 25, "{seen} images in the corpus");
}

#[test]
fn volumes_open_as_others_see_them() {
    each(|name, facts, bytes| {
        let score = probe(name, bytes);
        if UNKNOWN.contains(&name) {
            assert_eq!(score, Score::NO, "{name}");
            assert!(open(name, bytes, None).is_err(), "{name}");
            let forced = open(name, bytes, Some("iso2048")).unwrap();
            assert_eq!(forced.toc().tracks().next().unwrap().end, Lba(i32::try_from(bytes.len() / 2048).unwrap()), "{name}");
            return;
        }
        assert!(score >= Score(65), "{name}: {score:?}");
        let disc = open(name, bytes, None).unwrap();
        let track = disc.toc().tracks().next().unwrap();
        let sectors = facts["sectors_2048"].as_f64().unwrap().ceil();
        assert_eq!(f64::from(track.sectors()), sectors, "{name}");
        assert_eq!((disc.toc().track_count(), disc.toc().media, track.mode), (1, Media::Cd, TrackMode::Mode1), "{name}");
        let damaged = disc.notes().iter().any(|note| note.kind == NoteKind::Damage);
        assert_eq!(damaged, DAMAGED.contains(&name), "{name}: {:?}", disc.notes());
    });
}

#[test]
fn user_data_is_the_file() {
    each(|name, _, bytes| {
        let disc = open(name, bytes, Some("iso2048")).unwrap();
        let sectors = bytes.len().div_ceil(2048);
        let mut user = vec![1; sectors * 2048];
        disc.read_sectors(Lba(0), &Form::USER, &mut Scratch::default(), &mut user).unwrap();
        assert!(user[..bytes.len()] == *bytes, "{name}");
        assert!(user[bytes.len()..].iter().all(|byte| *byte == 0), "{name}");
    });
}

#[test]
fn raw_files_open_without_their_sheets() {
    let Some(folder) = corpus() else { return };
    for (name, tracks, mode, sectors) in [
        ("cue/isofs-m1/isofs-m1.bin", 1, TrackMode::Mode1, 302),
        ("mds/TEST.mdf", 1, TrackMode::Mode1, 181),
        ("vcd/svcd.bin", 1, TrackMode::Mode2, 1021),
        ("cue/p1/p1.bin", 1, TrackMode::Audio, 302),
    ] {
        let disc = open(name, &std::fs::read(folder.join(name)).unwrap(), None).unwrap();
        let first = disc.toc().tracks().next().unwrap();
        assert_eq!((disc.toc().track_count(), first.mode, first.sectors()), (tracks, mode, sectors), "{name}");
    }
}
