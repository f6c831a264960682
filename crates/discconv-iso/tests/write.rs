//! What the writer plans, and that its own reader proves it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use common::open;
use discconv_core::memory::MemoryFiles;
use discconv_core::{
    CdText, Control, Disc, Error, Execution, Format, FormatWriter, Isrc, LossKinds, Mcn, Media, Opened, Plan, Quiet, Result,
    Serial, WriteOptions, execute, outline,
};
use discconv_iso::Iso;
use discconv_sector::Lba;
use discconv_testkit::fixtures;

fn fixture(name: &str) -> Disc {
    let fixture = fixtures::by_name(name).unwrap();
    open(&fixture.entry, fixture.entry_bytes(), None).unwrap()
}

fn sector(bytes: u16) -> WriteOptions {
    WriteOptions { sector: Some(bytes), ..WriteOptions::default() }
}

fn plan(disc: &Disc, options: &WriteOptions) -> Result<Plan> {
    Iso.plan(std::slice::from_ref(disc), "out", options)
}

/// Write, prove, and give the file back.
fn write(disc: Disc, options: &WriteOptions, allow: LossKinds) -> Result<Vec<u8>> {
    let discs = [disc];
    let plan = Iso.plan(&discs, "out", options)?;
    let files = MemoryFiles::new();
    let how = Execution {
        outputs: Some(&files),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "source",
        reader: &|input| match Iso.open(input)? {
            Opened::Discs(discs) => Ok(discs),
            Opened::Bytes { .. } => panic!("an image is no wrapper"),
        },
    };
    let report = execute(&plan, &discs, &how)?;
    assert_eq!(report.verified_tracks, Some(1));
    Ok(files.get(&plan.files[0].name).unwrap().to_vec())
}

fn bytes(name: &str) -> Vec<u8> {
    fixtures::by_name(name).unwrap().entry_bytes().to_vec()
}

/// The disc with a second session, an audio track and everything that a lead-in can say.
fn rich() -> Disc {
    let mut parts = fixture("raw-2448-packed").into_parts();
    let track = &mut parts.toc.sessions[0].tracks[0];
    track.indexes = vec![(0, Lba(0)), (1, Lba(2)), (2, Lba(5)), (3, Lba(7))];
    track.control = Control { dcp: true, ..Control::default() };
    track.isrc = Isrc::new("DEABC0000001");
    let mut audio = track.clone();
    (audio.number, audio.mode) = (2, discconv_core::TrackMode::Audio);
    (audio.indexes, audio.end) = (vec![(0, track.end), (1, track.end + 2)], track.end + 9);
    let mut last = audio.clone();
    (last.number, last.indexes, last.end) = (3, vec![(1, Lba(20_000))], Lba(20_001));
    parts.extents.push(discconv_core::Extent::gap(audio.first()..audio.end, audio.mode));
    parts.extents.push(discconv_core::Extent::gap(last.first()..last.end, last.mode));
    parts.toc.sessions[0].lead_out = audio.end;
    parts.toc.sessions[0].tracks.push(audio);
    let mut second = parts.toc.sessions[0].clone();
    (second.lead_out, second.tracks) = (last.end, vec![last]);
    parts.toc.sessions.push(second);
    parts.toc.mcn = Mcn::new("4006408123456");
    parts.toc.cd_text = Some(CdText::default());
    Disc::new("rich", parts).unwrap()
}

#[test]
fn plans() {
    let mut text = String::new();
    for (name, options) in [
        ("iso-2048", WriteOptions::default()),
        ("raw-mode1", WriteOptions::default()),
        ("pc-engine-raw", WriteOptions::default()),
    ] {
        text += &format!("== {name}\n{}", outline::plan(&plan(&fixture(name), &options).unwrap()));
    }
    for bytes in [2336, 2352, 2448] {
        text += &format!("== raw-mode2 {bytes}\n{}", outline::plan(&plan(&fixture("raw-mode2"), &sector(bytes)).unwrap()));
    }
    text += &format!("== rich\n{}", outline::plan(&plan(&rich(), &WriteOptions::default()).unwrap()));
    insta::assert_snapshot!(text);
}

#[test]
fn refusals() {
    let audio = open("sound.bin", &vec![7; 2352 * 300], None).unwrap();
    let film = open("film.iso", &bytes("udf"), None).unwrap();
    let mut parts = film.into_parts();
    parts.toc.media = Media::Dvd;
    let film = Disc::new("film.iso", parts).unwrap();
    let long = {
        let mut parts = fixture("iso-2048").into_parts();
        parts.extents.push(discconv_core::Extent::gap(Lba(26)..Lba(450_000), discconv_core::TrackMode::Mode1));
        parts.sources.push(std::sync::Arc::new(discconv_core::Padded::new(parts.sources[0].clone(), 450_000 * 2048)));
        parts.extents.remove(1);
        let end = Lba(450_000);
        parts.extents[0].lbas.end = end;
        parts.extents[0].main.as_mut().unwrap().source = discconv_core::SourceId(1);
        (parts.toc.sessions[0].lead_out, parts.toc.sessions[0].tracks[0].end) = (end, end);
        Disc::new("long.iso", parts).unwrap()
    };
    let rows = [
        ("audio", plan(&audio, &WriteOptions::default())),
        ("film 2352", plan(&film, &sector(2352))),
        ("long 2352", plan(&long, &sector(2352))),
        ("mode1 2336", plan(&fixture("raw-mode1"), &sector(2336))),
        ("2000", plan(&fixture("raw-mode1"), &sector(2000))),
        ("original", plan(&fixture("raw-mode1"), &WriteOptions { original: true, ..WriteOptions::default() })),
        ("two discs", Iso.plan(&[fixture("raw-mode1"), fixture("raw-mode1")], "out", &WriteOptions::default())),
    ];
    let text: Vec<String> = rows
        .into_iter()
        .map(|(name, outcome)| {
            let error = outcome.unwrap_err();
            format!("== {name}\n{error}\nhint: {}", error.hint().unwrap_or_default())
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn mode1_goes_both_ways() {
    let cooked = write(fixture("raw-mode1"), &WriteOptions::default(), LossKinds::NONE).unwrap();
    assert!(cooked == bytes("iso-2048"));
    let raw = write(fixture("iso-2048"), &sector(2352), LossKinds::NONE).unwrap();
    assert!(raw == bytes("raw-mode1"));
    let copied = write(fixture("raw-mode1"), &sector(2352), LossKinds::NONE).unwrap();
    assert!(copied == bytes("raw-mode1"));
}

#[test]
fn subheaders_come_from_the_volume() {
    let raw = bytes("raw-mode2");
    let cooked = write(open("a.bin", &raw, None).unwrap(), &WriteOptions::default(), LossKinds::NONE).unwrap();
    let again = write(open("a.iso", &cooked, None).unwrap(), &sector(2352), LossKinds::NONE).unwrap();
    assert!(again == raw);
    let half = write(open("a.bin", &raw, None).unwrap(), &sector(2336), LossKinds::NONE).unwrap();
    assert!(half == bytes("raw-2336"));
    let whole = write(open("a.img", &half, None).unwrap(), &sector(2352), LossKinds::NONE).unwrap();
    assert!(whole == raw);
}

#[test]
fn subchannel_is_kept_or_made() {
    let interleaved = bytes("raw-2448-interleaved");
    for source in ["raw-2448-packed", "raw-2448-interleaved", "raw-2368"] {
        assert!(write(fixture(source), &sector(2448), LossKinds::NONE).unwrap() == interleaved, "{source}");
        // A plain P/Q is no loss.
        assert!(write(fixture(source), &WriteOptions::default(), LossKinds::NONE).unwrap() == bytes("iso-2048"), "{source}");
    }
    let made = write(fixture("raw-mode1"), &sector(2448), LossKinds::NONE).unwrap();
    assert_eq!(made.len(), interleaved.len());
}

#[test]
fn losses_are_refused() {
    let outcome = write(rich(), &WriteOptions::default(), LossKinds::NONE);
    assert!(matches!(outcome, Err(Error::WouldLose { .. })), "{outcome:?}");
    assert!(write(rich(), &WriteOptions::default(), LossKinds::ALL).unwrap() == bytes("iso-2048")[2 * 2048..]);
    // Blank Form 2 in the system area does not fit into 2048 bytes.
    let outcome = write(fixture("playstation"), &WriteOptions::default(), LossKinds::NONE);
    assert!(matches!(&outcome, Err(Error::WouldLose { losses, .. }) if losses[0].count == 4), "{outcome:?}");
}

#[test]
fn a_later_track_begins_at_lba_0() {
    let disc = fixture("pc-engine-raw");
    let cooked = write(disc.clone(), &WriteOptions::default(), LossKinds::ALL).unwrap();
    let start = disc.toc().tracks().nth(1).unwrap();
    assert_eq!(cooked.len(), usize::try_from(start.sectors()).unwrap() * 2048);
    let raw = write(disc.clone(), &sector(2352), LossKinds::ALL).unwrap();
    let first = usize::try_from(start.start().0).unwrap() * 2352;
    assert!(raw == bytes("pc-engine-raw")[first..first + raw.len()]);
    // Its headers tell where it was.
    let again = open("track2.iso", &raw, None).unwrap();
    assert_eq!(again.toc().tracks().next().unwrap().start(), start.start());
    assert!(write(again, &WriteOptions::default(), LossKinds::NONE).unwrap() == cooked);
}
