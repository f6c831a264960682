//! Images that nobody of this project made.

use crate::show::{space_of, trees};
use discconv_testkit::corpus::folder;

/// The trees of each image in a folder of the corpus whose names end so.
fn all(name: &str, ending: &str) {
    let Some(folder) = folder().map(|folder| folder.join(name)) else { return };
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|found| found.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.to_string_lossy().ends_with(ending)) {
        let shown = space_of(path).map_or_else(|error| format!("not opened: {error}\n"), |space| trees(&space));
        // Where the corpus lies is of no matter.
        let shown = shown.replace(&format!("{}/", path.parent().unwrap().display()), "");
        let stem = path.file_name().unwrap().to_string_lossy().replace(['.', '+'], "_");
        insta::assert_snapshot!(format!("{}_{stem}", name.replace('/', "_")), shown);
    }
}

#[test]
fn iso() {
    all("iso", ".iso");
}

#[test]
fn bridges() {
    all("udf", ".iso");
    all("udf", ".img");
}

#[test]
fn compact_discs() {
    all("vcd", ".cue");
    all("cue/isofs-m1", ".cue");
    all("cue/wave", ".cue");
    all("cdi", ".cdi");
    all("nrg", ".nrg");
}

#[test]
fn damaged() {
    all("bad", ".iso");
}
