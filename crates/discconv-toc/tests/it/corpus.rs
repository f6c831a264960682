//! TOCs that nobody here made, with what other programs say of them.

use crate::folder::{Folder, raw};
use discconv_core::outline;
use std::path::Path;

/// Every TOC of a folder of the corpus, sorted.
fn tocs(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toc")).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap())).collect()
}

fn told(root: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap()
}

#[test]
fn outlines() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let told = told(&root);
    let [cdda, isofs] = ["cdda.bin", "isofs-m1.bin"].map(|name| std::fs::read(root.join("toc").join(name)).unwrap());
    let mut out = String::new();
    for (name, bytes) in tocs(&root.join("toc")) {
        let folder = Folder::of(&[(&name, &bytes), ("cdda.bin", &cdda), ("isofs-m1.bin", &isofs)]);
        let told = &told["files"][format!("toc/{name}")]["cdrdao_show_toc"];
        out += &format!("--- {name}\n");
        match folder.open(&name) {
            Ok(disc) => {
                if told["rc"] == 0 {
                    assert_eq!(told["tracks"].as_u64(), Some(disc.toc().track_count() as u64), "{name}");
                }
                out += &outline::disc(&disc);
            }
            Err(error) => {
                assert_ne!(told["rc"], 0, "{name}: {error}, but cdrdao reads it");
                out += &format!("{error}\nhint: {}\n", error.hint().unwrap_or_default());
            }
        }
    }
    insta::assert_snapshot!(out);
}

/// Whipper's, whose sound is not there: any of that length would do.
#[test]
fn outlines_of_a_ripper() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let mut out = String::new();
    for (name, bytes) in tocs(&root.join("cuetext")) {
        let disc = Folder::blank(&bytes, 80 * 60 * 75 * 2352).open("x.toc").unwrap();
        out += &format!("--- {name}\n{}", outline::toc(disc.toc()));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn bad_ones_are_refused_with_their_line() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let cdda = std::fs::read(root.join("toc/cdda.bin")).unwrap();
    let mut out = String::new();
    for (name, bytes) in tocs(&root.join("bad")) {
        let error = Folder::of(&[(&name, &bytes), ("cdda.bin", &cdda)]).open(&name).err().unwrap();
        assert!(error.to_string().contains(": line "), "{error}");
        out += &format!("{error}\nhint: {}\n", error.hint().unwrap_or_default());
    }
    insta::assert_snapshot!(out);
}

/// libcdio says 302 sectors, data, the same as the image beside it.
#[test]
fn raw_sectors_behind_file() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let folder = root.join("cue/isofs-m1");
    let [toc, bin] = ["isofs-m1.toc", "ISOFS-M1.BIN"].map(|name| std::fs::read(folder.join(name)));
    let bin = bin.or_else(|_| std::fs::read(folder.join("isofs-m1.bin"))).unwrap();
    let disc = Folder::of(&[("x.toc", &toc.unwrap()), ("ISOFS-M1.BIN", &bin)]).open("x.toc").unwrap();
    let told = &told(&root)["files"]["cue/isofs-m1/isofs-m1.toc"]["cd_info"];
    assert_eq!(told["leadout_lsn"].as_i64(), Some(disc.toc().sessions[0].lead_out.0.into()));
    assert!(raw(&disc, 0, 302) == bin);
}
