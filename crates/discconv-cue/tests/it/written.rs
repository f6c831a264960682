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

fn original() -> WriteOptions {
    WriteOptions { original: true, ..WriteOptions::default() }
}

#[test]
fn the_very_files_come_back() {
    for (fixture, disc) in good() {
        // Whatever the output is to be called: these are the files there were.
        let written = write(&disc, "out", &original(), LossKinds::NONE);
        let is_sound = |name: &String| ["wav", "aiff", "aif"].iter().any(|end| name.to_lowercase().ends_with(end));
        if fixture.files.0.keys().any(is_sound) {
            let error = written.err().unwrap();
            let told = "cannot be given back as it was: it is wrapped";
            assert!(error.code() == "does-not-fit" && error.to_string().contains(told), "{}: {error}", fixture.name);
            assert!(error.hint().unwrap().contains("--original"));
            continue;
        }
        let (folder, _) = written.unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
        let names: Vec<String> = fixture.files.0.keys().cloned().collect();
        assert_eq!(folder.0.names(), names, "{}", fixture.name);
        for (name, bytes) in &fixture.files.0 {
            assert!(folder.0.get(name).unwrap()[..] == bytes[..], "{}: {name}", fixture.name);
        }
    }
}

#[test]
fn the_very_files_of_odd_sheets() {
    use discconv_testkit::files::sheet;
    use discconv_testkit::stored::sound;
    let track = ["TRACK 01 AUDIO", "INDEX 01 00:00:00"];
    let lines = |file: &'static str| [&["CDTEXTFILE \"t.cdt\"", file][..], &track].concat();
    // A header before the packs, a file of no track, and a sheet whose own name is in capitals.
    let packs = [&[0, 18, 0, 0][..], &[0x80; 18]].concat();
    let text = [sheet(&["FILE \"none.bin\" BINARY"]), sheet(&lines("FILE \"a.bin\" MOTOROLA"))].concat();
    let folder = Folder::of(&[("A.CUE", &text), ("a.bin", &sound(1, 5)), ("none.bin", &[1; 9]), ("t.cdt", &packs)]);
    let disc = folder.open("A.CUE").unwrap();
    let (back, _) = write(&disc, "A", &original(), LossKinds::NONE).unwrap();
    assert_eq!(back.0.names(), ["A.CUE", "a.bin", "t.cdt"]);
    back.0.names().iter().for_each(|name| assert!(back.0.get(name) == folder.0.get(name), "{name}"));
    assert_eq!(plan(&disc, "A", &original()).notes.len(), 1);
    // What is cut comes back as it is, without the zeros that stand in for the rest.
    let cut = Folder::of(&[("a.cue", &sheet(&lines("FILE \"a.bin\" BINARY"))), ("a.bin", &sound(1, 5)[..5 * 2352 - 9])]);
    let (back, _) = write(&cut.open("a.cue").unwrap(), "a", &original(), LossKinds::ALL).unwrap();
    assert!(back.0.get("a.bin") == cut.0.get("a.bin"));
    let below = Folder::of(&[("a.cue", &sheet(&lines("FILE \"sub/a.bin\" BINARY"))), ("sub/a.bin", &sound(1, 5))]);
    let error = write(&below.open("a.cue").unwrap(), "a", &original(), LossKinds::NONE).err().unwrap();
    assert!(error.to_string().contains("lies in a folder of its own"), "{error}");
}

#[test]
fn original_and_other_wishes() {
    let (_, disc) = fixture("mixed");
    for (options, told) in [
        (WriteOptions { sector: Some(2352), ..original() }, "--sector changes the files"),
        (WriteOptions { split: true, ..original() }, "--split changes the files"),
        (WriteOptions { mode: Some(discconv_core::TrackMode::Mode1), ..original() }, "--mode changes the files"),
    ] {
        let error = Cue.plan(std::slice::from_ref(&disc), "out", &options).err().unwrap();
        assert!(error.code() == "unsupported" && error.to_string().contains(told), "{error}");
    }
    let mut parts = disc.into_parts();
    parts.extras.clear();
    let error = write(&Disc::new("made", parts).unwrap(), "out", &original(), LossKinds::NONE).err().unwrap();
    assert!(error.to_string().contains("remembers no cue sheet"), "{error}");
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

/// The disc of a fixture with another CD-TEXT.
fn with_text(name: &str, text: discconv_core::CdText) -> Disc {
    let mut parts = fixture(name).1.into_parts();
    parts.toc.cd_text = Some(text);
    parts.extras.clear();
    Disc::new("made", parts).unwrap()
}

#[test]
fn texts_that_commands_cannot_say_go_into_packs() {
    use discconv_core::{CdText, CdTextBlock, CdTextKind as Kind};
    let block = |language, texts: &[(Kind, u8, &str)]| CdTextBlock {
        language,
        texts: texts.iter().map(|(kind, track, text)| ((*kind, *track), (*text).to_owned())).collect(),
    };
    let quoted = block(0, &[(Kind::Title, 0, "The \"best\" of"), (Kind::Title, 1, "One")]);
    let english = block(9, &[(Kind::Title, 0, "Counted"), (Kind::Title, 1, "One"), (Kind::Performer, 0, "Rng")]);
    let japanese = block(0x69, &[(Kind::Title, 0, "\u{30BD}\u{30D5}\u{30C8}"), (Kind::Title, 1, "\u{3042}")]);
    for (blocks, packs) in [
        (vec![block(0, &[(Kind::Title, 0, "Plain"), (Kind::Title, 2, "Two")])], false),
        (vec![quoted], true),
        (vec![english.clone()], true),
        (vec![english, japanese], true),
    ] {
        let disc = with_text("songs", CdText { blocks: blocks.clone(), packs: Vec::new() });
        let (folder, _) = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(folder.0.get("out.cdt").is_some(), packs, "{blocks:?}");
        let back = folder.open("out.cue").unwrap();
        assert_eq!(back.toc().cd_text.as_ref().unwrap().blocks, blocks);
        // Once more: the packs are kept as they are.
        let (again, _) = write(&back, "again", &split(), LossKinds::NONE).unwrap();
        assert_eq!(again.0.get("again.cdt"), folder.0.get("out.cdt"));
        assert_eq!(again.open("again.cue").unwrap().toc().cd_text, back.toc().cd_text);
    }
    let disc = with_text("songs", CdText { blocks: vec![block(0, &[(Kind::DiscId, 0, "\u{30BD}\"")])], packs: Vec::new() });
    let error = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).err().unwrap();
    assert!(error.to_string().contains("cd-text"), "{error}");
    write(&disc, "out", &WriteOptions::default(), LossKinds::of(&[LossKind::CdText])).unwrap();
}

#[test]
fn sectors_before_lba_0() {
    use discconv_testkit::files::sheet;
    use discconv_testkit::stored::as_mode1;
    let text = sheet(&["FILE \"a.bin\" BINARY", "  TRACK 01 MODE1/2352", "    INDEX 00 00:00:00", "    INDEX 01 00:02:00"]);
    let bin = as_mode1(-150, &[1; 160 * 2048]);
    let folder = Folder::of(&[("a.cue", &text), ("a.bin", &bin)]);
    let disc = folder.open("a.cue").unwrap();
    let (kept, _) = write(&disc, "a", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(kept.0.get("a.cue") == folder.0.get("a.cue") && kept.0.get("a.bin") == folder.0.get("a.bin"));
    // From another format there is no sheet to keep: most programs would take them for LBA 0.
    let mut parts = disc.into_parts();
    parts.extras.clear();
    let disc = Disc::new("made", parts).unwrap();
    let error = write(&disc, "b", &WriteOptions::default(), LossKinds::NONE).err().unwrap();
    assert!(error.to_string().contains("pregap (150 sectors of a gap that is not blank)"), "{error}");
    let (cut, _) = write(&disc, "b", &WriteOptions::default(), LossKinds::of(&[LossKind::Pregap])).unwrap();
    assert!(cut.0.get("b.bin").unwrap()[..] == bin[150 * 2352..]);
}

#[test]
fn a_part_of_a_disc_keeps_its_headers() {
    use discconv_core::{Bytes, DiscParts, Extent, Form, Lba, Media, Place, SourceId, Toc, TrackMode};
    use discconv_testkit::stored::as_mode1;
    let bin = as_mode1(45_000, &[7; 20 * 2048]);
    let (first, end) = (Lba(45_000), Lba(45_020));
    let mut toc = Toc::single_data(Media::Cd, TrackMode::Mode1, 20);
    toc.sessions[0].lead_out = end;
    toc.sessions[0].tracks[0].indexes = vec![(1, first)];
    toc.sessions[0].tracks[0].end = end;
    let place = Place { source: SourceId(0), offset: 0, form: Form::RAW };
    let parts = DiscParts {
        toc,
        sources: vec![std::sync::Arc::new(Bytes::new("Track 3.bin", bin.clone()))],
        extents: vec![Extent::stored(first..end, TrackMode::Mode1, place)],
        notes: Vec::new(),
        checks: Vec::new(),
        extras: Vec::new(),
    };
    let disc = Disc::new("Track 3.bin", parts).unwrap();
    let (folder, _) = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(folder.0.get("out.bin").unwrap()[..] == bin);
    let told = "what began at LBA 45000 begins at LBA 0, since a sheet cannot say where on a disc it lay; the headers of its sectors stay as they are";
    assert_eq!(plan(&disc, "out", &WriteOptions::default()).notes, [told]);
    write(&disc, "out", &sector(2048), LossKinds::NONE).unwrap();
}

#[test]
fn a_told_pause_makes_no_other_disc() {
    use discconv_testkit::files::sheet;
    use discconv_testkit::stored::as_mode1;
    let bin = as_mode1(0, &[1; 20 * 2048]);
    let disc = |more: &[&str]| {
        let lines = [&["FILE \"a.bin\" BINARY", "TRACK 01 MODE1/2352"], more, &["INDEX 01 00:00:00"]].concat();
        Folder::of(&[("a.cue", &sheet(&lines)), ("a.bin", &bin)]).open("a.cue").unwrap()
    };
    let (told, untold) = (disc(&["PREGAP 00:02:00"]), disc(&[]));
    for (a, b) in [(&told, &untold), (&untold, &told)] {
        let found = compare(a, b, &Serial, &Quiet).unwrap();
        assert!(found.is_same(), "{found:?}");
    }
}

#[test]
fn discs_that_are_no_cds() {
    use discconv_core::Media;
    let (_, disc) = fixture("iso-sheet");
    let mut parts = disc.into_parts();
    parts.toc.media = Media::Dvd;
    let disc = Disc::new("made", parts).unwrap();
    let error = Cue.plan(std::slice::from_ref(&disc), "x", &WriteOptions::default()).err().unwrap();
    assert_eq!((error.code(), error.to_string().contains("26 sectors")), ("does-not-fit", true), "{error}");
    assert!(error.hint().unwrap().contains(".iso"));
    assert_eq!(Cue.plan(&[disc.clone(), disc], "x", &WriteOptions::default()).err().unwrap().code(), "does-not-fit");
}
