//! An image that nobody here made, with facts told by other programs.

use crate::lay::{folder, open_named};
use crate::write::write;
use discconv_core::memory::MemoryFiles;
use discconv_core::{Form, Lba, LossKinds, Scratch, WriteOptions, outline};

fn image() -> Option<MemoryFiles> {
    let root = discconv_testkit::corpus::folder()?.join("mds");
    let [mds, mdf] = ["TEST.mds", "TEST.mdf"].map(|name| std::fs::read(root.join(name)).unwrap());
    Some(folder(&[("TEST.mds", &mds), ("TEST.mdf", &mdf)]))
}

#[test]
fn as_other_programs_see_it() {
    let Some(files) = image() else { return };
    let root = discconv_testkit::corpus::folder().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    let told = &told["files"]["mds/TEST.mds"]["mdf2iso"];
    let disc = open_named(&files, "TEST.mds").unwrap();
    insta::assert_snapshot!(outline::disc(&disc));
    // mdf2iso gives the user data of all sectors.
    let sectors = usize::try_from(disc.toc().sessions[0].lead_out.0).unwrap();
    assert_eq!(told["size"].as_u64(), Some(sectors as u64 * 2048));
    let mut user = vec![0; sectors * 2048];
    disc.read_sectors(Lba(0), &Form::USER, &mut Scratch::default(), &mut user).unwrap();
    let volume = std::str::from_utf8(&user[16 * 2048 + 40..16 * 2048 + 72]).unwrap();
    assert_eq!(volume.trim(), told["volume"].as_str().unwrap());
}

/// Written again it is the same, to the byte.
#[test]
fn it_comes_back() {
    let Some(files) = image() else { return };
    let disc = open_named(&files, "TEST.mds").unwrap();
    let again = write(disc, &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(again.get("out.mdf") == files.get("TEST.mdf"));
    let (before, after) = (files.get("TEST.mds").unwrap(), again.get("out.mds").unwrap());
    let differing: Vec<usize> = (0..before.len().max(after.len())).filter(|at| before.get(*at) != after.get(*at)).collect();
    assert_eq!(differing, Vec::<usize>::new());
}
