//! Images that nobody here made, with facts counted by hand or told by other programs.

use crate::folder::Folder;
use discconv_core::{Disc, Error, NoteKind, Result};
use discconv_cue::{Sheet, outline, parse_sheet};
use std::path::{Path, PathBuf};

/// The corpus beside the repository, if it is there.
fn corpus() -> Option<PathBuf> {
    discconv_testkit::corpus::folder()
}

fn sheet(root: &Path, name: &str) -> Result<Sheet> {
    let bytes = std::fs::read(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    parse_sheet(name, &bytes)
}

fn disc(root: &Path, name: &str) -> Result<Disc> {
    let path = root.join(name);
    let folder = Folder::default();
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        folder.0.insert(entry.file_name().to_string_lossy(), std::fs::read(entry.path()).unwrap());
    }
    folder.open(path.file_name().unwrap().to_str().unwrap())
}

/// `track number, INDEX 01` of every track, and the lead-out.
fn starts(disc: &Disc) -> (Vec<(u8, i32)>, i32) {
    let tracks = disc.toc().tracks().map(|track| (track.number, track.start().0)).collect();
    (tracks, disc.toc().sessions.last().unwrap().lead_out.0)
}

#[test]
fn discs_are_where_other_programs_see_them() {
    let Some(root) = corpus() else { return };
    // cd-info: lsn of each track and of the lead-out; chdman: frames and pregaps.
    for (name, tracks, lead_out, mcn) in [
        ("cue/isofs-m1/isofs-m1.cue", vec![(1, 0)], 302, Some("0000012101954")),
        ("cue/p1/p1.cue", vec![(1, 75), (2, 225)], 302, Some("0000010271955")),
        ("cue/wave/wave.cue", vec![(1, 0), (2, 452), (3, 602)], 827, None),
        ("vcd/svcd.cue", vec![(1, 0), (2, 450)], 1021, None),
    ] {
        let disc = disc(&root, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(starts(&disc), (tracks, lead_out), "{name}");
        assert_eq!(disc.toc().mcn.as_ref().map(|mcn| mcn.as_str()), mcn, "{name}");
        assert!(!disc.notes().iter().any(|note| note.kind == NoteKind::Damage), "{name}");
    }
}

#[test]
fn pregaps_longer_than_their_files_are_damage() {
    let Some(root) = corpus() else { return };
    let disc = disc(&root, "cue/igir/CD-ROM.cue").unwrap();
    let damage: Vec<u64> = disc.notes().iter().filter(|note| note.kind == NoteKind::Damage).map(|note| note.sectors).collect();
    assert_eq!(damage, [149, 148], "{:?}", disc.notes());
    assert_eq!(starts(&disc), (vec![(1, 0), (2, 151), (3, 302)], 303));
}

#[test]
fn bad_sheets_are_refused_with_their_line() {
    let Some(root) = corpus() else { return };
    for (name, line, what) in [
        ("bad/bad-cat1.cue", 4, "CATALOG without a number"),
        ("bad/bad-cat2.cue", 4, "CATALOG \"167890123\""),
        ("bad/bad-mode1.cue", 6, "the track type \"MODE3_FORM1\" is not known"),
        ("bad/bad-msf-1.cue", 7, "the time 00:00:100"),
        ("cuetext/rcue_catalog.cue", 5, "CATALOG \"TESTCATALOG-ID 64\""),
        ("cuetext/rcue_bad_index_timestamp.cue", 11, "the time notatime"),
        ("cuetext/rcue_bad_pregap_timestamp.cue", 11, "the time notatimestamp"),
        ("cuetext/rcue_bad_postgap_timestamp.cue", 12, "the time notatimestamp"),
    ] {
        let error = sheet(&root, name).unwrap_err().to_string();
        assert!(error.contains(&format!("line {line}: ")) && error.contains(what), "{name}: {error}");
    }
}

#[test]
fn sheets_without_their_files_name_them() {
    let Some(root) = corpus() else { return };
    let error = disc(&root, "cuetext/flycast_d_cs.cue").err().unwrap();
    assert!(matches!(&error, Error::MissingFile { wanted, .. } if wanted == "cs (0,1).bin"), "{error}");
}

/// A sheet of the corpus and facts that a person read off it.
struct Told {
    name: &'static str,
    files: usize,
    tracks: usize,
    /// Lines that the outline must have.
    lines: &'static [&'static str],
    notes: usize,
}

#[test]
fn outlines_of_sheets_without_data() {
    let Some(root) = corpus() else { return };
    for told in TOLD {
        let sheet = sheet(&root, &format!("cuetext/{}.cue", told.name)).unwrap_or_else(|error| panic!("{}: {error}", told.name));
        let text = outline(&sheet);
        assert_eq!((sheet.files.len(), sheet.tracks.len(), sheet.notes.len()), (told.files, told.tracks, told.notes), "{text}");
        for line in told.lines {
            assert!(text.lines().any(|found| found == *line), "{}: {line}\nis not in\n{text}", told.name);
        }
    }
}

#[test]
fn every_sheet_of_the_corpus_is_told_here() {
    let Some(root) = corpus() else { return };
    const REFUSED: [&str; 4] =
        ["rcue_catalog", "rcue_bad_index_timestamp", "rcue_bad_pregap_timestamp", "rcue_bad_postgap_timestamp"];
    for entry in std::fs::read_dir(root.join("cuetext")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if let Some(stem) = name.strip_suffix(".cue") {
            assert!(REFUSED.contains(&stem) || TOLD.iter().any(|told| told.name == stem), "{name}");
        }
    }
}

const TOLD: &[Told] = &[
    Told {
        name: "flycast_d_audio",
        files: 1,
        tracks: 3,
        lines: &["file 1 BINARY \"cs (0,1).bin\"", "track 02 AUDIO in 1: 01@75", "track 03 AUDIO in 1: 01@150"],
        notes: 1,
    },
    Told {
        name: "flycast_d_cs",
        files: 3,
        tracks: 3,
        lines: &["session 2 high density", "track 02 AUDIO in 2: 00@0 01@150", "track 03 MODE1/2352 in 3: 01@0"],
        notes: 0,
    },
    Told {
        name: "flycast_e_cs",
        files: 2,
        tracks: 2,
        lines: &["session 1", "session 2", "track 02 MODE2/2352 in 2: 01@0"],
        notes: 0,
    },
    Told { name: "libcue_99_tracks", files: 1, tracks: 99, lines: &["track 02 AUDIO in 1: 01@4737"], notes: 0 },
    Told {
        name: "libcue_issue10",
        files: 8,
        tracks: 8,
        lines: &["text 00 Title \"Odes\"", "track 01 AUDIO in 1: 01@0", "track 08 AUDIO in 8: 01@0"],
        notes: 8,
    },
    Told { name: "rcue_bad_indentation", files: 1, tracks: 2, lines: &["track 02 AUDIO in 1: 01@19327"], notes: 0 },
    Told { name: "rcue_comments", files: 1, tracks: 2, lines: &["track 02 AUDIO in 1: 01@19327"], notes: 0 },
    Told { name: "rcue_duplicate_comment", files: 1, tracks: 2, lines: &["text 02 Title \"Loomer\""], notes: 0 },
    Told { name: "rcue_duplicate_title", files: 1, tracks: 2, lines: &["text 00 Title \"Loveless\""], notes: 1 },
    Told {
        name: "rcue_duplicate_track",
        files: 1,
        tracks: 2,
        lines: &["track 01 AUDIO in 1: 01@0", "track 02 AUDIO in 1: 01@0"],
        notes: 1,
    },
    Told { name: "rcue_empty_lines", files: 1, tracks: 2, lines: &["track 01 AUDIO in 1: 01@0"], notes: 0 },
    Told {
        name: "rcue_good",
        files: 1,
        tracks: 2,
        lines: &[
            "cd-text file \"./cdtextfile\"",
            "text 00 Songwriter \"foobar\"",
            "text 01 Songwriter \"barbaz bax\"",
            "track 01 AUDIO in 1: 01@0 dcp 4ch pre scms isrc USRC17609839",
        ],
        notes: 0,
    },
    Told { name: "rcue_unknown_field", files: 1, tracks: 2, lines: &["track 02 AUDIO in 1: 01@19327"], notes: 1 },
    Told {
        name: "whipper_bloc",
        files: 1,
        tracks: 13,
        lines: &["track 01 AUDIO pregap 15220 in 1: 01@0", "track 05 AUDIO in 1: 00@68850 01@68922"],
        notes: 0,
    },
    Told {
        name: "whipper_breeders",
        files: 1,
        tracks: 13,
        lines: &["catalog 0652637280326", "track 02 AUDIO in 1: 00@10101 01@10151 isrc GBAFL0700214"],
        notes: 0,
    },
    Told {
        name: "whipper_cure",
        files: 1,
        tracks: 13,
        lines: &["catalog 0602517642256", "track 02 AUDIO in 1: 00@28245 01@28324 isrc USUM70839874"],
        notes: 0,
    },
    Told {
        name: "whipper_kanye",
        files: 12,
        tracks: 12,
        lines: &["track 03 AUDIO in 2: 00@19720 in 3: 01@0 isrc USUM70840511"],
        notes: 1,
    },
    Told { name: "whipper_kings-separate", files: 11, tracks: 11, lines: &["track 11 AUDIO in 11: 01@0"], notes: 0 },
    Told { name: "whipper_kings-single", files: 1, tracks: 11, lines: &["track 11 AUDIO in 1: 01@166858"], notes: 0 },
    Told {
        name: "whipper_strokes-someday.eac",
        files: 1,
        tracks: 1,
        lines: &["track 01 AUDIO pregap 1 in 1: 01@0 dcp"],
        notes: 0,
    },
    Told {
        name: "whipper_surferrosa.eac.currentgap",
        files: 21,
        tracks: 21,
        lines: &["catalog 0000000000000", "track 03 AUDIO in 2: 00@9375 in 3: 01@0 isrc 000000000000"],
        notes: 0,
    },
    Told {
        name: "whipper_surferrosa.eac.noncompliant",
        files: 21,
        tracks: 21,
        lines: &["track 01 AUDIO pregap 32 in 1: 01@0 isrc 000000000000"],
        notes: 0,
    },
    Told {
        name: "whipper_surferrosa.eac.single",
        files: 1,
        tracks: 21,
        lines: &["track 01 AUDIO in 1: 00@0 01@32 isrc 000000000000", "track 03 AUDIO in 1: 00@23142 01@23187 isrc 000000000000"],
        notes: 0,
    },
];
