//! Names and trees that no standard foresaw.

use crate::support::{BLOCK, bytes, fields, file, item, link, listing, made, path, records, rock_name, source};
use crate::support::{both32, descriptor, folder, path_table};
use discconv_author::{Deep, Level, Options, System, What};
use std::collections::HashSet;

fn options() -> Options {
    Options { udf: Some(true), ..Options::of(System::any()) }
}

fn root(volume: &[u8], kind: u8) -> Vec<crate::support::Record> {
    let root = &descriptor(volume, kind).unwrap()[156..190];
    records(volume, both32(root, 2), both32(root, 10))
}

fn raw(name: &[u8]) -> discconv_author::Item {
    item(vec![name.to_vec()], What::File { source: source("x", b"x"), same: None })
}

#[test]
fn names_that_are_no_text_or_as_long_as_can_be() {
    let names: Vec<Vec<u8>> = vec![
        b"\xFF\xFE".to_vec(),
        b"\xFE\xFF".to_vec(),
        vec![b'n'; 255],
        "\u{3b1}".repeat(127).into_bytes(),
        b"a\nb\x1B".to_vec(),
        b";1".to_vec(),
    ];
    let disc = made(names.iter().map(|name| raw(name)).collect(), &options()).unwrap();
    let volume = bytes(&disc);
    let rock: HashSet<Vec<u8>> =
        root(&volume, 1)[2..].iter().map(|record| rock_name(&fields(&volume, &record.system_use))).collect();
    assert_eq!(rock, names.into_iter().collect());
    let notes: Vec<&str> = disc.notes().iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("tree: names that had to be changed in Joliet: 6: "), "{notes:?}");
}

#[test]
fn hundreds_of_names_that_collide() {
    let items: Vec<_> = (0..700).map(|number| file(&format!("the same long beginning of a name {number}.text"), b"")).collect();
    for level in [Level::One, Level::Two, Level::Three] {
        let volume = bytes(&made(items.clone(), &Options { level, ..options() }).unwrap());
        let names: Vec<Vec<u8>> = root(&volume, 1)[2..].iter().map(|record| record.name.clone()).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), 700);
        let most = if level == Level::One { 14 } else { 33 };
        assert!(names.iter().all(|name| name.len() <= most));
        assert!(names.is_sorted(), "no name here has a character below the dot");
    }
}

#[test]
fn deep_trees_are_moved_and_lead_back() {
    let deep = (1..=20).map(|level| format!("d{level}")).collect::<Vec<_>>().join("/");
    let items = vec![file(&format!("{deep}/file"), b"deep"), folder("rr_moved")];
    let disc = made(items.clone(), &options()).unwrap();
    let volume = bytes(&disc);
    insta::assert_snapshot!("relocated", listing(&volume, 1));
    assert!(path_table(&volume, 1).len() > 20);
    assert!(disc.notes().iter().any(|note| note.text.contains("rr_moved_")), "{:?}", disc.notes());
    let disc = made(items, &Options { deep: Deep::Allow, ..options() }).unwrap();
    assert!(disc.notes().iter().any(|note| note.text.contains("13 folders lie deeper")), "{:?}", disc.notes());
}

#[test]
fn links_of_any_length() {
    let long = "0123456789/".repeat(370);
    let volume = bytes(&made(vec![link("long", &long), link("up", "../..")], &options()).unwrap());
    let entry = root(&volume, 1)[2].clone();
    let sl = fields(&volume, &entry.system_use).into_iter().filter(|(signature, _)| signature == "SL");
    let names = sl.flat_map(|(_, data)| data[1..].to_vec()).filter(|byte| *byte == b'9').count();
    assert_eq!(names, 370);
    let without = Options { rock_ridge: false, udf: Some(false), ..options() };
    let error = made(vec![link("up", "..")], &without).err().unwrap();
    assert!(error.to_string().contains("1 symbolic links") && error.hint().unwrap().contains("--links"), "{error}");
}

#[test]
fn paths_that_are_none() {
    for (name, says) in [("a/../b", "is no path"), ("./a", "is no path")] {
        let error = made(vec![file(name, b"")], &options()).err().unwrap().to_string();
        assert!(error.contains(says), "{error}");
    }
    let twice = made(vec![file("a", b""), file("a", b"")], &options()).err().unwrap().to_string();
    assert!(twice.contains("a is there twice"), "{twice}");
    let both = made(vec![file("a", b""), file("a/b", b"")], &options()).err().unwrap().to_string();
    assert!(both.contains("a is a file and a folder at once"), "{both}");
}

#[test]
fn ten_thousand_files_and_none_at_all() {
    let items: Vec<_> = (0..10_000).map(|number| file(&format!("{}/{number}", number % 7), &[1])).collect();
    let volume = bytes(&made(items, &options()).unwrap());
    assert_eq!(listing(&volume, 1).lines().filter(|line| line.contains(";1")).count(), 10_000);
    assert_eq!(listing(&volume, 2).lines().filter(|line| line.contains(";1")).count(), 10_000);
    let empty = bytes(&made(Vec::new(), &Options { udf: None, ..options() }).unwrap());
    // 16 and 3 descriptors, 4 path tables, 2 roots, and what the first root's record goes on with.
    assert_eq!(empty.len() / BLOCK, 26);
    assert!(made(vec![item(path("only/folders"), What::Directory)], &options()).is_ok());
}
