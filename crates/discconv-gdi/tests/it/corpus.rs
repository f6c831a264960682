//! GDIs that nobody here made.

use crate::folder::{open, told};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Error, Lba};

fn read(root: &std::path::Path, names: &[&str]) -> MemoryFiles {
    names.iter().map(|name| ((*name).to_owned(), std::fs::read(root.join("gdi").join(name)).unwrap())).collect()
}

/// Their sectors are not there: the first one that is missing is named as the text has it.
#[test]
fn texts_alone() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    for (name, wanted) in [
        ("flycast_a.gdi", "tracks\\cs01.bin"),
        ("flycast_b.gdi", "cs01.bin"),
        ("flycast_c.gdi", "tracks/cs01.bin"),
        ("flycast_d.gdi", "cs (0,1).bin"),
    ] {
        match open(&read(&root, &[name]), name) {
            Err(Error::MissingFile { wanted: found, .. }) => assert_eq!(found, wanted),
            other => panic!("{name}: {}", told(other)),
        }
    }
}

/// Files of a few sectors, which is said of them; addresses are as chdman has them.
#[test]
fn tracks_of_a_few_sectors() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let names = ["GD-ROM.gdi", "track01.bin", "track02.raw", "track03.bin", "track04.bin"];
    let folder: MemoryFiles =
        names.iter().map(|name| ((*name).to_owned(), std::fs::read(root.join("gdi/igir").join(name)).unwrap())).collect();
    let disc = open(&folder, "GD-ROM.gdi").unwrap();
    let starts: Vec<Lba> = disc.toc().tracks().map(|track| track.start()).collect();
    assert_eq!(starts, [Lba(0), Lba(756), Lba(45_000), Lba(158_259)]);
    insta::assert_snapshot!(told(Ok(disc)));
}
