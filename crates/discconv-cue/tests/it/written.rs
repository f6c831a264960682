//! What is written is the same disc, and says all that the source said.

use crate::folder::{Folder, open};
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Disc, Execution, FormatWriter, LossKind, LossKinds, Plan, Quiet, Report, Result, Serial, WriteOptions, compare, execute,
    outline,
};
use discconv_cue::Cue;
use discconv_testkit::fixtures::{Fixture, all_good, by_name};

pub(crate) fn write(disc: &Disc, stem: &str, options: &WriteOptions, allow: LossKinds) -> Result<(Folder, Report)> {
    let discs = std::slice::from_ref(disc);
    let plan = Cue.plan(discs, stem, options)?;
    plan.check_names()?;
    let out = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&out),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "source",
        reader: &|input| Ok(vec![open(input)?]),
    };
    let report = execute(&plan, discs, &how)?;
    Ok((Folder(out), report))
}

fn plan(disc: &Disc, stem: &str, options: &WriteOptions) -> Plan {
    Cue.plan(std::slice::from_ref(disc), stem, options).unwrap()
}

fn good() -> impl Iterator<Item = (Fixture, Disc)> {
    all_good().into_iter().filter(|fixture| fixture.entry.ends_with(".cue")).map(|fixture| {
        let disc = Folder::from(&fixture).open(&fixture.entry).unwrap();
        (fixture, disc)
    })
}

fn fixture(name: &str) -> (Fixture, Disc) {
    let fixture = by_name(name).unwrap();
    let disc = Folder::from(&fixture).open(&fixture.entry).unwrap();
    (fixture, disc)
}

fn split() -> WriteOptions {
    WriteOptions { split: true, ..WriteOptions::default() }
}

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

#[test]
fn merged_and_split_are_the_same_disc() {
    for (fixture, disc) in good() {
        for options in [WriteOptions::default(), split()] {
            let name = format!("{} split {}", fixture.name, options.split);
            let (folder, _) = write(&disc, "out", &options, LossKinds::NONE).unwrap_or_else(|error| panic!("{name}: {error}"));
            let back = folder.open("out.cue").unwrap();
            let found = compare(&disc, &back, &Serial, &Quiet).unwrap();
            assert!(found.is_same(), "{name}: {found:?}");
        }
    }
}

#[test]
fn a_sheet_comes_back_byte_for_byte() {
    for (fixture, disc) in good() {
        let original = WriteOptions { original: true, ..WriteOptions::default() };
        let stem = fixture.entry.trim_end_matches(".cue");
        let plan = plan(&disc, stem, &original);
        let (folder, _) = write(&disc, stem, &original, LossKinds::NONE).unwrap();
        let same = folder.0.get(&fixture.entry).unwrap()[..] == *fixture.entry_bytes();
        // Sound files become BINs, tracks get one file each, and 2448 becomes 2352: those sheets must change.
        const CHANGED: [&str; 13] = [
            "songs-files",
            "odd-wave",
            "songs-one-wave",
            "mixed-sizes",
            "mixed-motorola",
            "sheet-2448",
            "forms-2336",
            "three-modes",
            "spans-files",
            "iso-sheet",
            "windows-path",
            "slash-path",
            "other-stem",
        ];
        let may_change = CHANGED.contains(&fixture.name) || ["wrong-case", "loose-grammar"].contains(&fixture.name);
        assert!(same || may_change, "{}:\n{}", fixture.name, outline::plan(&plan));
    }
}

#[test]
fn stored_as_user_data_or_without_headers() {
    for (name, bytes) in
        [("mixed", 2048), ("mixed", 2352), ("mixed-sizes", 2048), ("forms", 2336), ("iso-sheet", 2352), ("iso-sheet", 2048)]
    {
        let (_, disc) = fixture(name);
        let (folder, _) = write(&disc, "out", &sector(bytes), LossKinds::NONE).unwrap_or_else(|error| panic!("{name}: {error}"));
        let back = folder.open("out.cue").unwrap();
        let found = compare(&disc, &back, &Serial, &Quiet).unwrap();
        assert!(found.is_same(), "{name} {bytes}: {found:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let mut text = String::new();
    for (name, bytes) in
        [("mixed", 2448), ("mixed", 2336), ("mixed", 2000), ("forms", 2048), ("sheet-2448", 2352), ("wrong-edc", 2048)]
    {
        let (_, disc) = fixture(name);
        text += &match write(&disc, "out", &sector(bytes), LossKinds::NONE) {
            Ok(_) => format!("{name} {bytes}: written\n"),
            Err(error) => format!("{name} {bytes}: {error}\n  hint: {}\n", error.hint().unwrap_or_default()),
        };
    }
    let (_, disc) = fixture("mixed");
    for stem in ["a\"b", "a\nb"] {
        text += &format!("{stem:?}: {}\n", write(&disc, stem, &split(), LossKinds::NONE).err().unwrap());
    }
    insta::assert_snapshot!(text);
}

#[test]
fn plans() {
    let mut text = String::new();
    for (name, options) in [
        ("mixed", WriteOptions::default()),
        ("mixed", split()),
        ("mixed", sector(2048)),
        ("mixed-pregap", split()),
        ("two-sessions", WriteOptions::default()),
        ("two-sessions", split()),
        ("three-sessions", WriteOptions::default()),
        ("density-areas", split()),
        ("annotated", split()),
        ("sheet-2448", WriteOptions::default()),
        ("songs-files", WriteOptions::default()),
        ("track1-pregap", WriteOptions::default()),
        ("postgap", split()),
        ("spans-files", split()),
    ] {
        let (_, disc) = fixture(name);
        let plan = plan(&disc, "out", &options);
        text += &format!("== {name} split {} sector {:?}\n{}", options.split, options.sector, outline::plan(&plan));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn lost_subchannel_is_looked_at() {
    let (_, disc) = fixture("sheet-2448");
    let plan = plan(&disc, "out", &WriteOptions::default());
    assert_eq!(plan.dropped.len(), 1);
    assert!(!discconv_core::Format::info(&Cue).carries.contains(LossKind::Subchannel));
}
