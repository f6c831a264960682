//! What the writer plans, what it writes, and that its own reader proves it.

use crate::discs::{AUDIO, change, disc, film, gap, rich, sounding, stored, subchannel, track};
use crate::lay::{lines, open, open_input};
use discconv_cdi::Cdi;
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    CdText, CdTextBlock, CdTextKind, Disc, Error, Execution, Form, FormatWriter, Lba, LossKind, LossKinds, Media, Plan, Quiet,
    Result, Serial, SessionKind, SubCoding, TrackMode, WriteOptions, compare, execute, outline,
};
use discconv_testkit::Rng;
use discconv_testkit::reference::RAW;
use discconv_testkit::stored::{Sub, silence, sound};

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

fn plan(disc: &Disc, options: &WriteOptions) -> Result<Plan> {
    Cdi.plan(std::slice::from_ref(disc), "out", options)
}

/// Write, prove, and give the file back.
pub(crate) fn write(disc: &Disc, stem: &str, options: &WriteOptions, allow: LossKinds) -> Result<Vec<u8>> {
    let discs = std::slice::from_ref(disc);
    let plan = Cdi.plan(discs, stem, options)?;
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
    assert!(report.verified_tracks.unwrap() > 0);
    Ok(files.get(&format!("{stem}.cdi")).unwrap().to_vec())
}

#[test]
fn plans() {
    let mut text = String::new();
    for (name, disc, options) in [
        ("rich", rich(), WriteOptions::default()),
        ("rich, 2448", rich(), sector(2448)),
        ("subchannel", subchannel(Sub::Interleaved, SubCoding::Interleaved), WriteOptions::default()),
        ("a film", film(), WriteOptions::default()),
    ] {
        text += &format!("== {name}\n{}", outline::plan(&plan(&disc, &options).unwrap()));
    }
    insta::assert_snapshot!(text);
}

/// The descriptor of one track of sound, byte for byte as the page of the format has it.
#[test]
fn the_descriptor() {
    let bytes = write(&sounding(4), "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(bytes[..150 * RAW].iter().all(|byte| *byte == 0) && bytes[150 * RAW..].starts_with(&sound(1, 4)));
    let mark = [0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    let head = |out: &mut Vec<u8>| {
        out.extend([0; 4]);
        out.extend([mark, mark].concat());
        out.extend([0xAB, 0, 0x10, 1, 7]);
        out.extend(b"out.cdi");
        out.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
        out.extend([0, 0, 0, 0x80, 0x40, 0x7E, 5, 0, 0, 0, 0x98, 0]);
    };
    let mut wanted = vec![1, 0, 1, 0];
    head(&mut wanted);
    wanted.extend([2, 0, 150, 0, 0, 0, 4, 0, 0, 0]);
    wanted.extend([0; 4 + 2 + 4 + 4 + 4 + 4 + 4]);
    wanted.extend([154, 0, 0, 0]);
    wanted.extend([0; 16]);
    wanted.extend([2, 0, 0, 0, 0, 0, 0, 0, 0, 154, 0, 0, 0]);
    wanted.extend([0; 4 + 12 + 4]);
    wanted.push(0);
    wanted.extend([0xFF; 8]);
    wanted.extend([1, 0, 0, 0, 0x80, 0, 0, 0, 2, 0, 0, 0, 0x10, 0, 0, 0, 0x44, 0xAC, 0, 0]);
    wanted.extend([0; 42]);
    wanted.extend([0xFF; 4]);
    wanted.extend([0; 12 + 13]);
    wanted.extend([0, 0]);
    head(&mut wanted);
    wanted.extend([154, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
    wanted.extend([0; 13 + 4 + 4 + 8]);
    wanted.extend([6, 0, 0, 0x80]);
    wanted.extend(u32::try_from(wanted.len() + 4).unwrap().to_le_bytes());
    assert_eq!(bytes[154 * RAW..], wanted);
}

#[test]
fn everything_comes_back() {
    for options in [WriteOptions::default(), sector(2352), sector(2448)] {
        let bytes = write(&rich(), "out", &options, LossKinds::NONE).unwrap();
        let found = compare(&rich(), &open(&bytes).unwrap(), &Serial, &Quiet).unwrap();
        assert!(found.is_same(), "{options:?}: {found:?}");
        assert_eq!(open(&bytes).unwrap().toc().cd_text, rich().toc().cd_text);
        assert!(lines(&bytes, &["note", "damage"]).is_empty());
        // And again, to the byte.
        assert!(write(&open(&bytes).unwrap(), "out", &options, LossKinds::NONE).unwrap() == bytes, "{options:?}");
    }
}

/// Sound and data, as a Dreamcast starts them: the second session where it has always been.
#[test]
fn sound_then_data() {
    let xa =
        discconv_testkit::iso9660::Volume { system: "", label: "BOOT", xa: true, boot: vec![], files: vec![], base_lba: 11_702 };
    let xa = discconv_testkit::stored::as_xa(11_702, &xa.build());
    let end = 11_702 + i32::try_from(xa.len() / RAW).unwrap();
    let sessions = vec![
        (vec![track(1, AUDIO, &[(1, 0)], 302)], 302),
        (vec![track(2, TrackMode::Mode2, &[(0, 11_552), (1, 11_702)], end)], end),
    ];
    let extents = vec![
        stored(0..302, AUDIO, 0, Form::RAW),
        gap(11_552..11_702, TrackMode::Mode2),
        stored(11_702..end, TrackMode::Mode2, 302 * RAW, Form::RAW),
    ];
    let source = disc(Media::Cd, sessions, extents, [sound(1, 302), xa].concat());
    for options in [WriteOptions::default(), sector(2336)] {
        let bytes = write(&source, "boot", &options, LossKinds::NONE).unwrap();
        let wanted = ["track 01 audio 01@0 end 302".to_owned(), format!("track 02 mode2 00@11552 01@11702 end {end}")];
        assert_eq!(lines(&bytes, &["track"]), wanted);
        assert!(compare(&source, &open(&bytes).unwrap(), &Serial, &Quiet).unwrap().is_same());
    }
}

/// Every coding becomes interleaved, none is left out, and none is made where there is one.
#[test]
fn subchannel_survives() {
    let options = WriteOptions::default();
    let kept = write(&subchannel(Sub::Interleaved, SubCoding::Interleaved), "out", &options, LossKinds::NONE).unwrap();
    assert_eq!(lines(&kept, &["extent"]), ["extent -150..4 mode1 in \"x.cdi\" at 0x0 as 2352+interleaved"]);
    for (sub, coding) in [(Sub::Packed, SubCoding::Packed), (Sub::Pq16, SubCoding::Pq16)] {
        assert!(write(&subchannel(sub, coding), "out", &options, LossKinds::NONE).unwrap() == kept, "{coding:?}");
    }
    assert!(write(&subchannel(Sub::Packed, SubCoding::Packed), "out", &sector(2352), LossKinds::NONE).is_ok());
}

#[test]
fn gaps_and_pauses() {
    // The pause before LBA 0 that is not blank; sound before INDEX 01; a disc that begins late.
    let full = disc(
        Media::Cd,
        vec![(vec![track(1, AUDIO, &[(0, -150), (1, 0)], 4)], 4)],
        vec![stored(-150..4, AUDIO, 0, Form::RAW)],
        [silence(149), sound(3, 5)].concat(),
    );
    let hidden = disc(
        Media::Cd,
        vec![(vec![track(1, AUDIO, &[(0, 0), (1, 3)], 8)], 8)],
        vec![stored(0..8, AUDIO, 0, Form::RAW)],
        sound(3, 8),
    );
    let late = disc(
        Media::Cd,
        vec![(vec![track(1, AUDIO, &[(1, 900)], 904)], 904)],
        vec![stored(900..904, AUDIO, 0, Form::RAW)],
        sound(3, 4),
    );
    for (source, told) in [(full, "00@-150 01@0 end 4"), (hidden, "00@0 01@3 end 8"), (late, "01@900 end 904")] {
        let bytes = write(&source, "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
        assert_eq!(lines(&bytes, &["track"]), [format!("track 01 audio {told}")]);
        assert!(compare(&source, &open(&bytes).unwrap(), &Serial, &Quiet).unwrap().is_same());
    }
}

#[test]
fn losses() {
    let text = |text: &str| {
        let texts = [((CdTextKind::Title, 0), text.to_owned())].into();
        Some(CdText { blocks: vec![CdTextBlock { language: 0, texts }], packs: vec![] })
    };
    let two = |first: i32| {
        let tracks = vec![track(1, AUDIO, &[(1, 0)], 4), track(2, AUDIO, &[(1, first)], first + 4)];
        let extents = vec![stored(0..4, AUDIO, 0, Form::RAW), stored(first..first + 4, AUDIO, 4 * RAW, Form::RAW)];
        disc(Media::Cd, vec![(tracks, first + 4)], extents, sound(1, 8))
    };
    for (disc, kind) in [
        (change(&sounding(4), |parts| parts.toc.sessions[0].tracks[0].control.scms = true), LossKind::Flags),
        (change(&sounding(4), |parts| parts.toc.cd_text = text("\u{2013} \u{20AC}")), LossKind::CdText),
        (change(&sounding(4), |parts| parts.toc.sessions[0].lead_out = Lba(9)), LossKind::Sessions),
        (change(&sounding(4), |parts| parts.toc.sessions[0].kind = SessionKind::CdI), LossKind::Sessions),
        (
            change(&sounding(4), |parts| parts.toc.sessions[0].tracks[0].indexes.extend([(2, Lba(2)), (3, Lba(2))])),
            LossKind::Index,
        ),
        (two(9), LossKind::Pregap),
    ] {
        let refused = write(&disc, "out", &WriteOptions::default(), LossKinds::NONE);
        assert!(
            matches!(&refused, Err(Error::WouldLose { losses, .. }) if losses.len() == 1 && losses[0].kind == kind),
            "{refused:?}"
        );
        assert!(write(&disc, "out", &WriteOptions::default(), LossKinds::of(&[kind])).is_ok());
    }
    assert!(write(&two(4), "out", &WriteOptions::default(), LossKinds::NONE).is_ok());
    // Latin letters go into packs.
    let kept = change(&sounding(4), |parts| parts.toc.cd_text = text("Stra\u{DF}e"));
    assert!(write(&kept, "out", &WriteOptions::default(), LossKinds::NONE).is_ok());
}

#[test]
fn refusals() {
    let media = |media| change(&sounding(4), |parts| parts.toc.media = media);
    let third = change(&sounding(4), |parts| parts.toc.sessions[0].tracks[0].number = 3);
    let mut text = String::new();
    for (name, outcome) in [
        ("GD-ROM", plan(&media(Media::Gd), &WriteOptions::default())),
        ("Blu-ray", plan(&change(&film(), |parts| parts.toc.media = Media::Bd), &WriteOptions::default())),
        ("a film, 2352", plan(&film(), &sector(2352))),
        ("2000", plan(&sounding(4), &sector(2000))),
        ("Mode 1 as 2336", plan(&rich(), &sector(2336))),
        ("Mode 2 as 2048", plan(&rich(), &sector(2048))),
        ("track 3 alone", plan(&third, &WriteOptions::default())),
        ("two discs", Cdi.plan(&[sounding(4), sounding(4)], "out", &WriteOptions::default())),
    ] {
        let error = outcome.err().unwrap();
        text += &format!("== {name}\n{error}\nhint: {}\n", error.hint().unwrap_or_default());
    }
    insta::assert_snapshot!(text);
}

#[test]
fn films() {
    let bytes = write(&film(), "out", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert_eq!(lines(&bytes, &["media", "track"]), ["media dvd", "track 01 mode1 01@0 end 8"]);
    assert!(bytes[150 * 2048..].starts_with(&Rng::new(6).bytes(8 * 2048)));
    // Letters beyond ASCII are in no code page that is known.
    let bytes = write(&sounding(4), "\u{E9}t\u{E9}", &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(bytes.windows(8).any(|window| window == b"\x07_t_.cdi"));
}
