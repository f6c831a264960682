//! An image that nobody here made, with facts told by other programs.

use crate::lay::{open_in, outline_in};
use crate::write::{same, write};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Disc, Form, Lba, LossKinds, NoteKind, Scratch, SubCoding, WriteOptions};
use discconv_testkit::corpus;

/// Its three files, called x.
fn triple() -> Option<MemoryFiles> {
    let folder = corpus::folder()?.join("ccd/isofs-m1");
    let read = |extension: &str| std::fs::read(folder.join(format!("isofs.{extension}"))).unwrap();
    Some(["ccd", "img", "sub"].into_iter().map(|extension| (format!("x.{extension}"), read(extension))).collect())
}

fn disc() -> Option<Disc> {
    open_in(&triple()?).ok()
}

#[test]
fn as_other_programs_see_it() {
    let (Some(root), Some(files)) = (corpus::folder(), triple()) else { return };
    insta::assert_snapshot!(outline_in(&files));
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    let told = &told["files"]["ccd/isofs-m1/isofs.ccd"];
    let disc = disc().unwrap();
    let track = disc.toc().tracks().next().unwrap();
    let toc = told["ccd_toc"].as_array().unwrap();
    assert_eq!(toc[2]["plba"], disc.toc().sessions[0].lead_out.0);
    assert_eq!(toc[3]["plba"], track.start().0);
    assert_eq!(told["ccd2iso"]["size"], u64::from(track.sectors()) * 2048);
    assert!(disc.notes().iter().all(|note| note.kind != NoteKind::Damage), "{:?}", disc.notes());
    assert_eq!(disc.stored_sub(), Some(SubCoding::Packed));
    let mut sector = [0; 2048];
    disc.read_sectors(Lba(16), &Form::USER, &mut Scratch::default(), &mut sector).unwrap();
    assert_eq!(&sector[1..6], b"CD001");
}

/// Written again its sectors, its subchannel and every line of its descriptor are the same; its lines end with LF alone.
#[test]
fn it_comes_back() {
    let Some(files) = triple() else { return };
    let again = write(disc().unwrap(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    for extension in ["img", "sub", "ccd"] {
        let mut bytes = again.get(&format!("out.{extension}")).unwrap().to_vec();
        if extension == "ccd" {
            bytes.retain(|byte| *byte != b'\r');
        }
        same(&bytes, &files.get(&format!("x.{extension}")).unwrap(), extension);
    }
}
