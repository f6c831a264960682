//! What is written is the same disc, and says what can be said.

use crate::folder::{TEXT, data, disc, lines, open, open_input, tracks};
use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Form, SubCoding};
use discconv_core::{
    CdText, Disc, Error, Execution, Extent, FormatWriter, Isrc, Lba, LossKind, LossKinds, Mcn, Media, Place, Plan, Quiet, Report,
    Result, Serial, SourceId, WriteOptions, compare, execute, outline,
};
use discconv_gdi::Gdi;
use discconv_testkit::stored::{Sub, cut, silence, sound, with_subchannel};
use std::sync::Arc;

fn plan(disc: &Disc, stem: &str, options: &WriteOptions) -> Result<Plan> {
    Gdi.plan(std::slice::from_ref(disc), stem, options)
}

fn write(disc: &Disc, stem: &str, options: &WriteOptions, allow: LossKinds) -> Result<(MemoryFiles, Report)> {
    let discs = std::slice::from_ref(disc);
    let plan = plan(disc, stem, options)?;
    plan.check_names()?;
    let files = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "source",
        reader: &|input| Ok(vec![open_input(input)?]),
    };
    let report = execute(&plan, discs, &how)?;
    Ok((files, report))
}

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

fn change(disc: &Disc, change: impl FnOnce(&mut discconv_core::DiscParts)) -> Disc {
    let mut parts = disc.clone().into_parts();
    change(&mut parts);
    Disc::new("x", parts).unwrap()
}

/// The tables, byte for byte, and every file as it was.
#[test]
fn it_comes_back() {
    let source = disc(TEXT).unwrap();
    let (files, report) = write(&source, "disc", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(files.get("disc.gdi").unwrap()[..], *TEXT.as_bytes());
    for (name, bytes) in tracks() {
        assert!(files.get(name).unwrap()[..] == bytes, "{name}");
    }
    assert!(report.notes.is_empty() && report.losses.is_empty(), "{report:?}");
    // In a folder of many, each file is called like its disc.
    let (files, _) = write(&source, "A Game", &WriteOptions::default(), LossKinds::NONE).unwrap();
    insta::assert_snapshot!(String::from_utf8(files.get("A Game.gdi").unwrap().to_vec()).unwrap());
    assert!(compare(&source, &open(&files, "A Game.gdi").unwrap(), &Serial, &Quiet).unwrap().is_same());
}

#[test]
fn sectors_of_2048_bytes() {
    let source = disc(TEXT).unwrap();
    let (files, _) = write(&source, "disc", &sector(2048), LossKinds::NONE).unwrap();
    assert!(files.get("track01.bin").unwrap()[..] == cut(&tracks()[0].1, 16..2064));
    assert!(files.get("track02.raw").unwrap()[..] == tracks()[1].1);
    let small = open(&files, "disc.gdi").unwrap();
    let (back, _) = write(&small, "disc", &WriteOptions::default(), LossKinds::NONE).unwrap();
    for (name, bytes) in tracks() {
        assert!(back.get(name).unwrap()[..] == bytes, "{name}");
    }
}

/// The disc with its sectors of gap stored: those before track 4 are `gap`.
fn with_stored_gap(gap: Vec<u8>) -> Disc {
    change(&disc(TEXT).unwrap(), |parts| {
        let source = SourceId(u32::try_from(parts.sources.len()).unwrap());
        parts.sources.push(Arc::new(Bytes::new("gap.bin", gap)));
        let extent = parts.extents.iter_mut().find(|extent| extent.lbas.start == Lba(45_030)).unwrap();
        *extent = Extent::stored(extent.lbas.clone(), extent.mode, Place { source, offset: 0, form: Form::RAW });
    })
}

#[test]
fn stored_gaps_go_if_they_are_blank() {
    let (files, report) = write(&with_stored_gap(silence(150)), "disc", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(files.get("disc.gdi").unwrap()[..], *TEXT.as_bytes());
    let note = "the 150 stored sectors before INDEX 01 of track 4 are not written: a GDI has no place for them";
    assert_eq!(report.notes, [note]);
    let full = with_stored_gap([silence(147), sound(9, 3)].concat());
    match write(&full, "disc", &WriteOptions::default(), LossKinds::NONE) {
        Err(Error::WouldLose { losses, .. }) => {
            assert_eq!(losses.iter().map(|loss| (loss.kind, loss.count)).collect::<Vec<_>>(), [(LossKind::Pregap, 3)]);
        }
        other => panic!("{other:?}", other = other.map(|(_, report)| report)),
    }
    assert!(write(&full, "disc", &WriteOptions::default(), LossKinds::of(&[LossKind::Pregap])).is_ok());
}

#[test]
fn losses() {
    let source = disc(TEXT).unwrap();
    let text =
        |disc: &Disc| plan(disc, "disc", &WriteOptions::default()).unwrap().losses.iter().map(ToString::to_string).collect();
    let all = change(&source, |parts| {
        parts.toc.mcn = Mcn::new("4006408123456");
        parts.toc.cd_text = Some(CdText::default());
        let track = &mut parts.toc.sessions[1].tracks[1];
        track.isrc = Isrc::new("DEABC0000002");
        track.control.dcp = true;
        track.indexes.push((2, Lba(45_190)));
        parts.toc.sessions[1].tracks[2].indexes[0].1 = Lba(45_300);
        parts.extents.retain(|extent| extent.lbas.start != Lba(45_200));
        parts.extents.push(Extent::gap(Lba(45_300)..Lba(45_425), discconv_core::TrackMode::Mode1));
        parts.extents.sort_by_key(|extent| extent.lbas.start);
        parts.toc.sessions[1].lead_out = Lba(45_500);
    });
    let found: Vec<String> = text(&all);
    insta::assert_snapshot!(found.join("\n"));
    assert!(write(&all, "disc", &WriteOptions::default(), LossKinds::ALL).is_ok());
}

#[test]
fn subchannel_is_looked_at() {
    let with = |bytes: Vec<u8>| {
        change(&disc(TEXT).unwrap(), |parts| {
            parts.sources[0] = Arc::new(Bytes::new("track01.bin", bytes));
            parts.extents[0].main.as_mut().unwrap().form = Form { sub: Some(SubCoding::Packed), ..Form::RAW_SUB };
        })
    };
    let plain = with_subchannel(&data(0, 160), Sub::Packed);
    assert!(write(&with(plain.clone()), "disc", &WriteOptions::default(), LossKinds::NONE).is_ok());
    let mut words = plain;
    words[2352 + 40] |= 1;
    let refused = write(&with(words), "disc", &WriteOptions::default(), LossKinds::NONE).err().unwrap();
    assert!(refused.to_string().contains("subchannel"), "{refused}");
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let source = disc(TEXT).unwrap();
    let plain = WriteOptions::default();
    let media = |media| change(&source, |parts| parts.toc.media = media);
    let joined = change(&source, |parts| {
        let tracks = parts.toc.sessions.remove(1).tracks;
        parts.toc.sessions[0].lead_out = tracks[2].end;
        parts.toc.sessions[0].tracks.extend(tracks);
    });
    let late = change(&source, |parts| {
        parts.toc.sessions[1].tracks.remove(0);
        parts.extents.retain(|extent| extent.lbas.start != Lba(45_000) && extent.lbas.start != Lba(45_030));
        parts.toc.sessions[1].tracks[0].indexes.remove(0);
    });
    let mut out = String::new();
    for (name, outcome) in [
        ("a CD", plan(&media(Media::Cd), "x", &plain)),
        ("one area", plan(&joined, "x", &plain)),
        ("a late area", plan(&late, "x", &plain)),
        ("2336", plan(&source, "x", &sector(2336))),
        ("2448", plan(&source, "x", &sector(2448))),
        ("original", plan(&source, "x", &WriteOptions { original: true, ..plain.clone() })),
        ("a quote", plan(&source, "a \"b\"", &plain)),
        ("two", Gdi.plan(&[source.clone(), source.clone()], "x", &plain)),
    ] {
        let error = outcome.err().unwrap();
        out += &format!("== {name}\n{error}\nhint: {}\n", error.hint().unwrap_or_default());
    }
    insta::assert_snapshot!(out);
}

#[test]
fn plans() {
    insta::assert_snapshot!(outline::plan(&plan(&disc(TEXT).unwrap(), "x", &WriteOptions::default()).unwrap()));
}

/// A gap behind a track is stored as what it is: a track is as long as its file.
#[test]
fn postgaps_are_stored() {
    let source = change(&disc(TEXT).unwrap(), |parts| {
        parts.extents.insert(2, Extent::gap(Lba(322)..Lba(325), discconv_core::TrackMode::Audio));
        parts.extents.sort_by_key(|extent| extent.lbas.start);
        parts.toc.sessions[0].tracks[1].end = Lba(325);
        parts.toc.sessions[0].lead_out = Lba(325);
    });
    let (files, report) = write(&source, "disc", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(files.get("track02.raw").unwrap().len(), 15 * 2352);
    assert_eq!(report.notes, ["the 3 sectors of gap of track 02 that no file holds are stored as blank ones"]);
    assert_eq!(lines(&open(&files, "disc.gdi").unwrap(), &["track 02"]), ["track 02 audio 00@160 01@310 end 325"]);
}
