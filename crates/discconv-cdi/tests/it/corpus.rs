//! An image of another program, with facts told by the way it was made.

use crate::lay::open;
use crate::write::write;
use discconv_core::{Form, Lba, LossKinds, NoteKind, Quiet, Scratch, Serial, WriteOptions, compare, outline};
use sha2::{Digest, Sha256};

fn image() -> Option<(Vec<u8>, serde_json::Value)> {
    let root = discconv_testkit::corpus::folder()?;
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    Some((std::fs::read(root.join("cdi/data-data.cdi")).unwrap(), told["files"]["cdi/data-data.cdi"]["by_construction"].clone()))
}

#[test]
fn as_it_was_made() {
    let Some((bytes, told)) = image() else { return };
    let disc = open(&bytes).unwrap();
    assert_eq!(Some(disc.toc().sessions.len() as u64), told["sessions"].as_u64());
    assert!(disc.notes().iter().all(|note| note.kind != NoteKind::Damage), "{:?}", disc.notes());
    let first = &told["session_1"];
    let place = disc.extent_at(Lba(0)).unwrap();
    let main = place.main.unwrap();
    let offset = main.offset + u64::from(place.lbas.start.sectors_to(Lba(0))) * u64::from(main.form.stride);
    assert_eq!(Some(offset), first["first_sector_subheader_offset_in_file"].as_u64());
    assert_eq!(Some(u64::from(main.form.stride)), first["sector_size"].as_u64());
    let count = usize::try_from(first["user_data_sectors_of_iso"].as_u64().unwrap()).unwrap();
    let mut user = vec![0; count * 2048];
    disc.read_sectors(Lba(0), &Form::USER, &mut Scratch::default(), &mut user).unwrap();
    assert_eq!(user[16 * 2048 + 40..][..7], *first["volume"].as_str().unwrap().as_bytes());
    let digest: String = Sha256::digest(&user).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, first["user_data_sha256"].as_str().unwrap());
    insta::assert_snapshot!(outline::disc(&disc));
}

/// Written again in its own sectors it is the same file, but for the path.
#[test]
fn it_comes_back() {
    let Some((bytes, _)) = image() else { return };
    let options = WriteOptions { sector: Some(2336), ..WriteOptions::default() };
    let again = write(&open(&bytes).unwrap(), "data-data", &options, LossKinds::NONE).unwrap();
    let differing: Vec<usize> = (0..bytes.len().min(again.len())).filter(|at| bytes[*at] != again[*at]).collect();
    assert_eq!((again.len(), differing), (bytes.len(), vec![]));
    let raw = write(&open(&bytes).unwrap(), "data-data", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(compare(&open(&bytes).unwrap(), &open(&raw).unwrap(), &Serial, &Quiet).unwrap().is_same());
}
