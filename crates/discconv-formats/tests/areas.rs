//! A GD-ROM between GDI and the sheet that Redump has of it: the same disc, and the same bytes where both can say them.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by panicking")]

use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Disc, Error, Execution, Input, LossKind, LossKinds, Outputs, Quiet, Report, Result, Serial, WriteOptions, compare, execute,
};
use discconv_formats::{by_id, open, plan_to, reader_for};
use discconv_testkit::Rng;
use discconv_testkit::files::sheet;
use discconv_testkit::stored::{as_mode1, silence, sound};

/// As TOSEC has it: gaps of 2 and 3 seconds in no file.
const GDI: &str = "5\r\n1 0 4 2352 track01.bin 0\r\n2 310 0 2352 track02.raw 0\r\n3 45000 4 2352 track03.bin 0\r\n\
    4 45180 0 2352 track04.raw 0\r\n5 45425 4 2352 track05.bin 0\r\n";

fn data(first: i32, sectors: usize) -> Vec<u8> {
    as_mode1(first, &Rng::new(u64::from(first.unsigned_abs()) + 1).bytes(sectors * 2048))
}

/// Blank sectors as a disc has them before data.
fn blank(first: i32, sectors: usize) -> Vec<u8> {
    as_mode1(first, &vec![0; sectors * 2048])
}

fn gdi() -> MemoryFiles {
    MemoryFiles::from_iter([
        ("disc.gdi", GDI.as_bytes().to_vec()),
        ("track01.bin", data(0, 160)),
        ("track02.raw", sound(2, 12)),
        ("track03.bin", data(45_000, 30)),
        ("track04.raw", sound(4, 20)),
        ("track05.bin", data(45_425, 25)),
    ])
}

/// The same disc as Redump has it: gaps stored at the beginning of each file, `last` those of track 5.
fn redump(last: Vec<u8>) -> MemoryFiles {
    let gap = |file: &str, track: &str, start: &str| {
        [
            format!("FILE \"{file}\" BINARY"),
            format!("  TRACK {track}"),
            "    INDEX 00 00:00:00".into(),
            format!("    INDEX 01 {start}"),
        ]
    };
    let plain = |file: &str, track: &str| {
        [format!("FILE \"{file}\" BINARY"), format!("  TRACK {track}"), "    INDEX 01 00:00:00".to_owned()]
    };
    let lines = [
        vec!["REM SINGLE-DENSITY AREA".to_owned()],
        plain("disc (Track 1).bin", "01 MODE1/2352").to_vec(),
        gap("disc (Track 2).bin", "02 AUDIO", "00:02:00").to_vec(),
        vec!["REM HIGH-DENSITY AREA".to_owned()],
        plain("disc (Track 3).bin", "03 MODE1/2352").to_vec(),
        gap("disc (Track 4).bin", "04 AUDIO", "00:02:00").to_vec(),
        gap("disc (Track 5).bin", "05 MODE1/2352", "00:03:00").to_vec(),
    ]
    .concat();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    MemoryFiles::from_iter([
        ("disc.cue", sheet(&lines)),
        ("disc (Track 1).bin", data(0, 160)),
        ("disc (Track 2).bin", [silence(150), sound(2, 12)].concat()),
        ("disc (Track 3).bin", data(45_000, 30)),
        ("disc (Track 4).bin", [silence(150), sound(4, 20)].concat()),
        ("disc (Track 5).bin", [last, data(45_425, 25)].concat()),
    ])
}

/// Three seconds before data: sound for one, then blank sectors.
fn usual_gap() -> Vec<u8> {
    [silence(75), blank(45_275, 150)].concat()
}

fn disc(files: &MemoryFiles, name: &str) -> Disc {
    open(&Input::new(name, files.source(name).unwrap(), files)).unwrap().discs.remove(0)
}

fn write(source: &Disc, id: &str, split: bool, allow: LossKinds) -> Result<(MemoryFiles, Report)> {
    let options = WriteOptions { split, ..WriteOptions::default() };
    let plan = plan_to(by_id(id).unwrap(), std::slice::from_ref(source), "disc", &options)?;
    let (files, reader) = (MemoryFiles::new(), reader_for(&plan));
    let outputs: Option<&dyn Outputs> = Some(&files);
    let how = Execution { outputs, pool: &Serial, watch: &Quiet, allow, prove: true, source_name: "source", reader: &reader };
    let report = execute(&plan, std::slice::from_ref(source), &how)?;
    Ok((files, report))
}

#[track_caller]
fn same_files(found: &MemoryFiles, wanted: &MemoryFiles) {
    assert_eq!(found.names(), wanted.names());
    for name in wanted.names() {
        assert!(found.get(&name) == wanted.get(&name), "{name}");
    }
}

#[track_caller]
fn same_disc(a: &Disc, b: &Disc) {
    let found = compare(a, b, &Serial, &Quiet).unwrap();
    assert!(found.is_same(), "{found:?}");
}

/// Through a sheet of several files, or of one, and back: every byte as it was.
#[test]
fn gdi_to_cue_to_gdi() {
    let source = disc(&gdi(), "disc.gdi");
    for split in [true, false] {
        let (cue, report) = write(&source, "cue", split, LossKinds::NONE).unwrap();
        assert!(report.losses.is_empty(), "{:?}", report.losses);
        assert_eq!(report.notes.iter().any(|note| note.contains("--split")), !split);
        let between = disc(&cue, "disc.cue");
        same_disc(&source, &between);
        let (back, _) = write(&between, "gdi", false, LossKinds::NONE).unwrap();
        same_files(&back, &gdi());
    }
    // The gaps that no file holds are said to be so.
    let (cue, _) = write(&source, "cue", true, LossKinds::NONE).unwrap();
    let text = String::from_utf8(cue.get("disc.cue").unwrap().to_vec()).unwrap();
    assert_eq!(text.matches("PREGAP 00:02:00").count(), 2);
    assert!(
        text.contains("REM HIGH-DENSITY AREA\r\nFILE \"disc (Track 3).bin\" BINARY\r\n  TRACK 03 MODE1/2352\r\n    INDEX 01")
    );
    assert!(text.contains("TRACK 05 MODE1/2352\r\n    PREGAP 00:03:00\r\n    INDEX 01 00:00:00\r\n"), "{text}");
    assert!(cue.get("disc (Track 5).bin").unwrap()[..] == data(45_425, 25));
}

/// A sheet whose gaps are in no file comes back to the byte; one that stores them, as the same disc, since they are blank.
#[test]
fn cue_to_gdi_to_cue() {
    let (bare, _) = write(&disc(&gdi(), "disc.gdi"), "cue", true, LossKinds::NONE).unwrap();
    let (through, _) = write(&disc(&bare, "disc.cue"), "gdi", false, LossKinds::NONE).unwrap();
    let (back, _) = write(&disc(&through, "disc.gdi"), "cue", true, LossKinds::NONE).unwrap();
    same_files(&back, &bare);

    let source = disc(&redump(usual_gap()), "disc.cue");
    let (through, report) = write(&source, "gdi", false, LossKinds::NONE).unwrap();
    same_files(&through, &gdi());
    assert_eq!(
        report.notes.iter().filter(|note| note.contains("stored sectors before INDEX 01")).count(),
        3,
        "{:?}",
        report.notes
    );
    let again = disc(&through, "disc.gdi");
    // What is before data was sound in part, and is made of one sort now: blank both times, and as long.
    let found = compare(&source, &again, &Serial, &Quiet).unwrap();
    assert!(found.toc.is_none() && found.differences.iter().map(|one| one.sectors).sum::<u64>() <= 225, "{found:?}");
    let (back, _) = write(&again, "cue", true, LossKinds::NONE).unwrap();
    for track in [1, 3] {
        let name = format!("disc (Track {track}).bin");
        assert!(back.get(&name) == redump(usual_gap()).get(&name), "{name}");
    }
    let (short, long) = (back.get("disc (Track 4).bin").unwrap(), redump(usual_gap()).get("disc (Track 4).bin").unwrap());
    assert!(short[..] == long[150 * 2352..]);
}

/// Something in a stored gap is not passed over.
#[test]
fn gaps_that_hold_something() {
    let source = disc(&redump([sound(7, 75), blank(45_275, 150)].concat()), "disc.cue");
    match write(&source, "gdi", false, LossKinds::NONE) {
        Err(Error::WouldLose { losses, .. }) => {
            assert_eq!(losses.iter().map(|loss| (loss.kind, loss.count)).collect::<Vec<_>>(), [(LossKind::Pregap, 75)]);
        }
        other => panic!("{:?}", other.map(|(_, report)| report)),
    }
    let (through, _) = write(&source, "gdi", false, LossKinds::of(&[LossKind::Pregap])).unwrap();
    same_files(&through, &gdi());
}

/// From a disc without the second area nothing becomes a GDI.
#[test]
fn discs_that_are_no_gd_rom() {
    let lines = sheet(&["FILE \"a.bin\" BINARY", "  TRACK 01 MODE1/2352", "    INDEX 01 00:00:00"]);
    let files = MemoryFiles::from_iter([("disc.cue", lines), ("a.bin", data(0, 30))]);
    let error = write(&disc(&files, "disc.cue"), "gdi", false, LossKinds::ALL).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "a.bin: a GDI describes GD-ROMs, and this CD has no high-density area");
}
