//! Files that build upon others.

use crate::codecs::line;
use crate::lay::{FRAME, File, HUNK, Lay, content, open, open_in};
use discconv_core::memory::MemoryFiles;
use discconv_testkit::Rng;
use sha1::{Digest, Sha1};

/// A parent of three hunks, and a child that has the last frame of its first one and the first frame of its second one,
/// a hunk of its own, and two in the same place.
fn family() -> (File, File, Vec<u8>) {
    let mut rng = Rng::new(8);
    let told = rng.bytes(4 * HUNK);
    let parent = File::stored(&told, &[&line(1, "AUDIO", 8)]);
    let own = rng.bytes(HUNK);
    let whole = [&told[FRAME..FRAME + HUNK], &own, &told[2 * HUNK..3 * HUNK], &told[3 * HUNK..], &told[3 * HUNK..]].concat();
    let hunks = vec![Lay::Parent(1), Lay::Stored(own), Lay::Bare(11), Lay::Bare(13), Lay::Bare(12)];
    let child = File { parent: parent.sha1(), ..File::cd(hunks, &[&line(1, "AUDIO", 10)], &whole) };
    (parent, child, whole)
}

fn folder(files: &[(&str, Vec<u8>)]) -> MemoryFiles {
    files.iter().cloned().collect()
}

#[test]
fn a_parent_is_found_where_it_may_be() {
    let (parent, child, whole) = family();
    let other = File::stored(&vec![1; HUNK], &[&line(1, "AUDIO", 2)]).bytes();
    let beside =
        folder(&[("a.chd", other.clone()), ("b.CHD", parent.bytes()), ("c.chd", vec![1, 2, 3]), ("x.chd", child.bytes())]);
    assert!(content(&open_in(&child.bytes(), &beside, &[]).unwrap()).unwrap() == whole);
    let (nothing, bytes) = (MemoryFiles::default(), parent.bytes());
    let disc = open_in(&child.bytes(), &nothing, &[("a.chd", &other), ("b.chd", &bytes)]).unwrap();
    assert!(content(&disc).unwrap() == whole);
    assert_eq!(disc.checks()[0].value, Sha1::digest(&whole)[..]);
}

#[test]
fn a_missing_parent_is_named() {
    let (parent, child, _) = family();
    let sha1: String = parent.sha1().iter().map(|byte| format!("{byte:02x}")).collect();
    let error = open(&child.bytes()).err().unwrap();
    assert_eq!(error.to_string(), format!("x.chd: byte 0x68: names \"parent with SHA-1 {sha1}\", which is not there"));
    assert!(error.hint().unwrap().contains("--parent FILE"));
    let other = File::stored(&vec![1; HUNK], &[&line(1, "AUDIO", 2)]).bytes();
    let error = open_in(&child.bytes(), &MemoryFiles::default(), &[("a.chd", &other)]).err().unwrap();
    assert!(error.hint().unwrap().starts_with("it is none of those given with --parent: a.chd has "), "{:?}", error.hint());
    // A file that is named must be a CHD.
    let error = open_in(&child.bytes(), &MemoryFiles::default(), &[("a.bin", b"hello, world")]).err().unwrap();
    assert!(error.to_string().starts_with("a.bin: "), "{error}");
}

/// A name is any 20 bytes, so files can name each other, or themselves.
#[test]
fn circles_and_long_lines_are_refused() {
    let stored = |number: u8| {
        let name = |number: u8| [number; 20];
        let mut bytes = File { parent: name(number), ..File::stored(&vec![1; HUNK], &[&line(1, "AUDIO", 2)]) }.bytes();
        bytes[84..104].copy_from_slice(&name(number + 1));
        bytes
    };
    let mut own = stored(1);
    own[104..124].fill(2);
    let error = open(&own).err().unwrap();
    assert!(error.to_string().contains("which is itself a child of this one"), "{error}");
    // 2 is a child of 1, which is a child of 2.
    let mut first = stored(1);
    first[84..104].fill(1);
    first[104..124].fill(2);
    let error = open_in(&stored(1), &folder(&[("1.chd", first)]), &[]).err().unwrap();
    assert!(error.to_string().contains("which is itself a child of this one"), "{error}");
    for (count, fits) in [(32, true), (33, false)] {
        let mut root = File::stored(&vec![1; HUNK], &[&line(1, "AUDIO", 2)]).bytes();
        root[84..104].fill(1);
        let line: Vec<(String, Vec<u8>)> =
            (1..count).map(|number| (format!("{number}.chd"), stored(number))).chain([("0.chd".to_owned(), root)]).collect();
        let opened = open_in(&stored(count), &line.into_iter().collect(), &[]);
        assert_eq!(opened.is_ok(), fits, "{:?}", opened.err());
    }
}

#[test]
fn a_parent_of_another_sort_is_refused() {
    let (parent, child, _) = family();
    let other = File { unit: FRAME as u32 * 2, ..parent };
    let child = File { parent: other.sha1(), ..child };
    let error = open_in(&child.bytes(), &folder(&[("b.chd", other.bytes())]), &[]).err().unwrap();
    assert_eq!(error.to_string(), "b.chd: byte 0x3C: found units of 4896 bytes in a parent; expected 2448, as in x.chd");
}

#[test]
fn places_behind_the_parent_are_refused() {
    let (parent, child, _) = family();
    let beside = folder(&[("b.chd", parent.bytes())]);
    let with = |hunk: Lay| File { hunks: [&[hunk], &child.hunks[1..]].concat(), ..child.clone() }.bytes();
    // The last frame of the parent, behind which there are zeros; and the one after it.
    let disc = open_in(&with(Lay::Parent(7)), &beside, &[]).unwrap();
    assert!(content(&disc).unwrap()[FRAME..HUNK].iter().all(|byte| *byte == 0));
    let error = open_in(&with(Lay::Parent(8)), &beside, &[]).err().unwrap();
    assert!(error.to_string().contains("hunk 0 at byte 0x4C80 of the parent, whose content has 19584 bytes"), "{error}");
    let orphan = File { parent: [0; 20], ..child.clone() };
    let error = open(&orphan.bytes()).err().unwrap();
    assert!(error.to_string().contains("hunk 0 that is in a parent; expected a hunk of its own"), "{error}");
}

/// Without codecs, what is not stored is the parent's.
#[test]
fn a_child_without_codecs() {
    let (parent, _, _) = family();
    let own = vec![3; HUNK];
    let child = File { parent: parent.sha1(), hunks: vec![Lay::Stored(own.clone())], ..parent.clone() };
    let disc = open_in(&child.plain(&[0, 1, 0, 0]), &folder(&[("b.chd", parent.bytes())]), &[]).unwrap();
    let told = content(&disc).unwrap();
    let whole = content(&open(&parent.bytes()).unwrap()).unwrap();
    assert!(told[..HUNK] == whole[..HUNK] && told[HUNK..2 * HUNK] == own && told[2 * HUNK..] == whole[2 * HUNK..]);
}
