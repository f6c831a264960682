//! The two areas of a GD-ROM, read and written.

use crate::folder::Folder;
use crate::written::write;
use discconv_core::{Disc, Lba, LossKinds, Media, Quiet, Serial, WriteOptions, compare};
use discconv_testkit::files::sheet;
use discconv_testkit::stored::{as_mode1, sound};

const FIRST: [&str; 4] =
    ["REM SINGLE-DENSITY AREA", "FILE \"x (Track 1).bin\" BINARY", "  TRACK 01 MODE1/2352", "    INDEX 01 00:00:00"];

/// A disc whose second area begins as those lines say, in a file whose first sector says that it is at `lba`.
fn disc(second: &[&str], lba: i32) -> Disc {
    let lines = [&FIRST[..], &["REM HIGH-DENSITY AREA", "FILE \"x (Track 2).bin\" BINARY"], second].concat();
    let data = |first: i32, sectors: usize| as_mode1(first, &vec![7; sectors * 2048]);
    let folder = Folder::of(&[
        ("x.cue", &sheet(&lines)),
        ("x (Track 1).bin", &data(0, 20)),
        ("x (Track 2).bin", &if lba < 0 { sound(1, 200) } else { data(lba, 200) }),
    ]);
    folder.open("x.cue").unwrap()
}

fn high(disc: &Disc) -> (Lba, Lba) {
    assert_eq!(disc.toc().media, Media::Gd);
    let track = &disc.toc().sessions[1].tracks[0];
    (track.first(), track.start())
}

/// The second area has INDEX 01 at LBA 45000, however much of the pause before it is stored.
#[test]
fn index_01_is_where_all_have_it() {
    let data = "  TRACK 02 MODE1/2352";
    let lead = [data, "    INDEX 00 00:00:00", "    INDEX 01 00:02:00"];
    let audio = ["  TRACK 02 AUDIO", "    INDEX 00 00:00:00", "    INDEX 01 00:02:00"];
    for (lines, lba, expected) in [
        (&[data, "    INDEX 01 00:00:00"][..], 45_000, (45_000, 45_000)),
        (&lead, 44_850, (44_850, 45_000)),
        (&audio, -1, (44_850, 45_000)),
        // Sectors that say that they are elsewhere are believed.
        (&lead, 45_000, (45_000, 45_150)),
        (&[data, "    PREGAP 00:02:00", "    INDEX 01 00:00:00"], 45_000, (44_850, 45_000)),
    ] {
        let disc = disc(lines, lba);
        assert_eq!(high(&disc), (Lba(expected.0), Lba(expected.1)), "{lines:?} {lba}");
        // And so it is written, by one sheet or another.
        for split in [true, false] {
            let mut parts = disc.clone().into_parts();
            parts.extras.clear();
            let anew = Disc::new("x", parts).unwrap();
            for disc in [&disc, &anew] {
                let options = WriteOptions { split, ..WriteOptions::default() };
                let (folder, report) = write(disc, "y", &options, LossKinds::NONE).unwrap();
                assert!(compare(disc, &folder.open("y.cue").unwrap(), &Serial, &Quiet).unwrap().is_same());
                assert_eq!(report.notes.iter().any(|note| note.contains("both areas are in one .bin")), !split);
            }
        }
    }
}

#[test]
fn areas_that_overlap() {
    let lines =
        [&FIRST[..], &["  TRACK 02 AUDIO", "    PREGAP 09:58:00", "    INDEX 01 00:00:20", "REM HIGH-DENSITY AREA"]].concat();
    let lines = [&lines[..], &["FILE \"x (Track 3).bin\" BINARY", "  TRACK 03 MODE1/2352", "    INDEX 01 00:00:00"]].concat();
    let single = [as_mode1(0, &vec![7; 20 * 2048]), sound(1, 250)].concat();
    let folder = Folder::of(&[
        ("x.cue", &sheet(&lines)),
        ("x (Track 1).bin", &single),
        ("x (Track 3).bin", &as_mode1(45_000, &vec![7; 20 * 2048])),
    ]);
    let error = folder.open("x.cue").map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("the single-density area reaches to LBA 45120; expected an end before LBA 45000"), "{error}");
}
