//! UDF and Macintosh volumes that nobody of this project made.

use crate::show::tree;
use crate::user;
use discconv_core::Limits;
use discconv_fs::{Kind, find};
use discconv_testkit::corpus::folder;

/// The trees of some kinds of the images in a folder of the corpus.
fn all(name: &str, kinds: &[Kind]) {
    let Some(folder) = folder().map(|folder| folder.join(name)) else { return };
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|found| found.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let space = user::space(&path.file_name().unwrap().to_string_lossy(), std::fs::read(&path).unwrap());
        let systems = find(&space, &Limits::default()).unwrap();
        let shown: String = systems
            .iter()
            .filter(|system| kinds.contains(&system.about().kind))
            .map(|system| tree(&space, system.as_ref()))
            .collect();
        if !shown.is_empty() {
            insta::assert_snapshot!(path.file_name().unwrap().to_string_lossy().replace('.', "_"), shown);
        }
    }
}

#[test]
fn udf() {
    all("udf", &[Kind::Udf]);
}

#[test]
fn macintosh() {
    all("iso", &[Kind::Hfs, Kind::HfsPlus]);
}
