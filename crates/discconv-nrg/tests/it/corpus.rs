//! An image that nobody here made, with facts told by other programs.

use crate::lay::open;
use crate::write::write;
use discconv_core::{CdTextKind, Form, Lba, LossKinds, NoteKind, Scratch, WriteOptions, outline};

#[test]
fn as_other_programs_see_it() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    let told = &told["files"]["nrg/p1.nrg"]["cd_info"];
    let bytes = std::fs::read(root.join("nrg/p1.nrg")).unwrap();
    let disc = open(&bytes).unwrap();
    let tracks: Vec<(u64, i64, bool)> =
        disc.toc().tracks().map(|track| (u64::from(track.number), i64::from(track.start().0), track.mode.is_audio())).collect();
    let expected: Vec<(u64, i64, bool)> = told["tracks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|track| (track["n"].as_u64().unwrap(), track["lsn"].as_i64().unwrap(), track["type"] == "audio"))
        .collect();
    assert_eq!(tracks, expected);
    assert_eq!(Some(i64::from(disc.toc().sessions[0].lead_out.0)), told["leadout_lsn"].as_i64());
    assert_eq!(disc.toc().mcn.as_ref().map_or("", |mcn| mcn.as_str()), told["mcn"]);
    assert!(disc.notes().iter().all(|note| note.kind != NoteKind::Damage), "{:?}", disc.notes());
    let text = disc.toc().cd_text.as_ref().unwrap();
    assert_eq!(text.blocks[0].texts[&(CdTextKind::Title, 0)], "Join us now we have the software");
    assert_eq!(text.blocks[0].texts[&(CdTextKind::Performer, 0)], "Richard Stallman");
    insta::assert_snapshot!(outline::disc(&disc));
}

/// The same sound lies beside a cue sheet there.
#[test]
fn its_sectors_are_those_of_the_bin() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let disc = open(&std::fs::read(root.join("nrg/p1.nrg")).unwrap()).unwrap();
    let bin = std::fs::read(root.join("cue/p1/p1.bin")).unwrap();
    let mut sectors = vec![0; bin.len()];
    disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut sectors).unwrap();
    assert!(sectors == bin);
}

/// Written again it is the same, but for the control of lead-in and lead-out.
#[test]
fn it_comes_back() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let bytes = std::fs::read(root.join("nrg/p1.nrg")).unwrap();
    let again = write(open(&bytes).unwrap(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    let differing: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != again[*at]).collect();
    assert_eq!(again.len(), bytes.len());
    assert_eq!(differing, [0x1038C8, 0x1038F0]);
}
