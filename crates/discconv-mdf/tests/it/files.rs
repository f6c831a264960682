//! Which files hold the sectors.

use crate::lay::{Told, cd, dvd, folder, open, open_named, outline, probe, track};
use discconv_core::{Form, Format, Input, Lba, Score, Scratch};
use discconv_mdf::Mdf;
use discconv_testkit::Rng;
use discconv_testkit::stored::{as_mode1, sound};

fn names(mds: &[u8]) -> Vec<String> {
    let files = folder(&[("x.mds", mds)]);
    Mdf.names(&Input::new("x.mds", files.source("x.mds").unwrap(), &files)).unwrap().unwrap()
}

/// One sound track in a file of that name.
fn named(name: &'static str, wide: bool) -> Vec<u8> {
    let mut mds = cd(vec![track(1, 0xA9, 0, 150, 4, 0)]);
    (mds.names, mds.wide) = (vec![name], wide);
    mds.bytes()
}

#[test]
fn names_of_either_width() {
    for wide in [false, true] {
        for (name, there) in [
            ("*.mdf", "x.mdf"),
            ("*.mdf", "X.MDF"),
            ("other.mdf", "other.mdf"),
            ("Gr\u{fc}\u{df}e \u{8a69}.mdf", "Gr\u{fc}\u{df}e \u{8a69}.mdf"),
            ("C:\\images\\other.mdf", "other.mdf"),
            // The descriptor and its data were renamed together.
            ("old name.mdf", "x.mdf"),
        ] {
            let files = folder(&[("x.mds", &named(name, wide)), (there, &sound(1, 4))]);
            let disc = open(&files).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(disc.sources()[0].name(), there, "{name}");
            assert_eq!(disc.notes().len(), usize::from(name.starts_with("old")), "{name}: {:?}", disc.notes());
        }
        assert_eq!(names(&named("*.mdf", wide)), ["x.mdf"]);
        assert_eq!(names(&named("other.mdf", wide)), ["other.mdf"]);
    }
}

/// Bytes that are no UTF-8: the stem decides.
#[test]
fn a_name_in_an_unknown_alphabet() {
    let mut bytes = named("?????.mdf", false);
    let at = bytes.len() - 10;
    bytes[at..at + 5].copy_from_slice(b"\x93\xfa\x96\x7b\x8c");
    let files = folder(&[("x.mds", &bytes), ("x.mdf", &sound(1, 4))]);
    insta::assert_snapshot!(outline(&files));
}

#[test]
fn names_that_lead_nowhere() {
    let mut text = String::new();
    for (name, others) in
        [("*.mdf", &[][..]), ("*.mdf", &["y.mdf"]), ("*.mdf", &["y.mdf", "z.mdf"]), ("../x.mdf", &[]), ("x.mds", &[])]
    {
        let mds = named(name, false);
        let mut all: Vec<(&str, &[u8])> = vec![("x.mds", &mds)];
        all.extend(others.iter().map(|name| (*name, &b""[..])));
        text += &format!("== {name} among {others:?}\n{}", outline(&folder(&all)));
    }
    insta::assert_snapshot!(text);
}

/// A DVD of 10 sectors in files of 4, 4 and 2.
#[test]
fn split_dvds() {
    let user = Rng::new(4).bytes(10 * 2048);
    let (first, second, third) = (&user[..4 * 2048], &user[4 * 2048..8 * 2048], &user[8 * 2048..]);
    let read = |mds: &[u8], names: [&str; 3]| {
        let files = folder(&[("x.mds", mds), (names[0], first), (names[1], second), (names[2], third)]);
        let disc = open(&files).unwrap_or_else(|error| panic!("{names:?}: {error}"));
        let mut found = vec![0; user.len()];
        disc.read_sectors(Lba(0), &Form::USER, &mut Scratch::default(), &mut found).unwrap();
        assert!(found == user, "{names:?}");
        disc.notes().len()
    };
    let usual = ["x.mdf", "x.md1", "x.md2"];
    let mut mds = dvd(10);
    // Footers with names of their own, with wildcards, with the same wildcard each; and one footer alone.
    for told in [["x.mdf", "x.md1", "x.md2"], ["*.mdf", "*.md1", "*.md2"], ["*.mdf", "*.mdf", "*.mdf"]] {
        mds.names = told.to_vec();
        mds.sessions[0].3[0].files = vec![0, 1, 2];
        assert_eq!(read(&mds.bytes(), usual), 0, "{told:?}");
        assert_eq!(names(&mds.bytes()), usual);
    }
    mds.names = vec!["a", "b", "c"];
    assert_eq!(read(&mds.bytes(), ["a", "b", "c"]), 0);
    mds.sessions[0].3[0].files = vec![0];
    mds.names = vec!["*.mdf"];
    assert_eq!(read(&mds.bytes(), usual), 2);
    // So that a piece that is not named finds its descriptor.
    let mds = mds.bytes();
    let files = folder(&[("x.mds", &mds), ("X.MD1", second), ("x.md2", third), ("x.md4", third)]);
    let input = Input::new("x.mds", files.source("x.mds").unwrap(), &files);
    assert_eq!(Mdf.names(&input).unwrap().unwrap(), usual);
}

/// A CD that is split in the middle of a sector of its first track: a footer more for that track, and the second track
/// begins within the second file.
#[test]
fn split_cds() {
    let data = [as_mode1(0, &Rng::new(5).bytes(6 * 2048)), sound(1, 5)].concat();
    let cut = 3 * 2352 + 100;
    let first = Told { files: vec![0, 1], ..track(1, 0xAA, 0, 150, 6, 0) };
    let second = Told { files: vec![1], offset: (8 * 2352 - cut) as u64, ..track(2, 0xA9, 8, 2, 3, 0) };
    let mut mds = cd(vec![first, second]);
    mds.names = vec!["*.mdf", "*.md1"];
    let files = folder(&[("x.mds", &mds.bytes()), ("x.mdf", &data[..cut]), ("x.md1", &data[cut..])]);
    let disc = open(&files).unwrap();
    insta::assert_snapshot!(discconv_core::outline::disc(&disc));
    let mut found = vec![0; data.len()];
    disc.read_sectors(Lba(0), &Form::RAW, &mut Scratch::default(), &mut found).unwrap();
    assert!(found == data);
}

/// Each track in a file of its own.
#[test]
fn a_file_for_each_track() {
    let first = track(1, 0xAA, 0, 150, 6, 0);
    let second = Told { files: vec![1], ..track(2, 0xA9, 8, 2, 3, 2) };
    let mut mds = cd(vec![first, second]);
    mds.names = vec!["1.mdf", "2.mdf"];
    let files = folder(&[("x.mds", &mds.bytes()), ("1.mdf", &as_mode1(0, &[9; 6 * 2048])), ("2.mdf", &sound(1, 5))]);
    insta::assert_snapshot!(outline(&files));
    assert_eq!(names(&mds.bytes()), ["1.mdf", "2.mdf"]);
}

#[test]
fn data_of_another_length() {
    let mds = cd(vec![track(1, 0xAA, 0, 150, 6, 0), track(2, 0xA9, 6, 0, 10, 6)]).bytes();
    let data = [as_mode1(0, &[9; 6 * 2048]), sound(1, 10)].concat();
    let mut text = String::new();
    for (name, len) in [
        ("a byte less", data.len() - 1),
        ("some sectors less", 10 * 2352 + 7),
        ("the second track is not there", 6 * 2352),
        ("nothing is there", 0),
    ] {
        text += &format!("== {name}\n{}", outline(&folder(&[("x.mds", &mds), ("x.mdf", &data[..len])])));
    }
    let long = [&data[..], b"and more"].concat();
    text += &format!("== more\n{}", outline(&folder(&[("x.mds", &mds), ("x.mdf", &long)])));
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_taken_for_a_descriptor() {
    let mds = named("*.mdf", false);
    assert_eq!([probe("x.mds", &mds), probe("x", &mds), probe("x.mdf", &mds)], [Score::CERTAIN; 3]);
    assert_eq!(
        [probe("x.mds", b"MEDIA"), probe("x.mdf", b"MEDIA"), probe("x.mdf", &sound(1, 1))],
        [Score::MAYBE, Score::NO, Score::NO]
    );
    // The folder of the descriptor does not matter.
    let files = folder(&[("below/x.mds", &mds), ("x.mdf", &sound(1, 4))]);
    assert!(open_named(&files, "below/x.mds").is_ok());
}
