//! What the reader makes of hand-laid images.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use common::{open, probe};
use discconv_core::{Score, outline};
use discconv_testkit::fixtures::{self, Fixture};

/// Fixtures that are one file without a sheet.
fn images() -> impl Iterator<Item = Fixture> {
    fixtures::all_good().into_iter().filter(|fixture| [".iso", ".img", ".bin"].iter().any(|end| fixture.entry.ends_with(end)))
}

/// The facts as the fixtures write them.
fn facts(disc: &discconv_core::Disc) -> String {
    let mut lines = Vec::new();
    for (number, session) in (1..).zip(&disc.toc().sessions) {
        lines.push(format!("session {number} lead-out {}", session.lead_out));
        for track in &session.tracks {
            let indexes: Vec<String> = track.indexes.iter().map(|(index, lba)| format!("{index:02}@{lba}")).collect();
            lines.push(format!("track {:02} {} {} end {}", track.number, track.mode.name(), indexes.join(" "), track.end));
        }
    }
    lines.join("\n")
}

#[test]
fn fixtures_have_their_facts() {
    let mut outlines = String::new();
    for fixture in images() {
        let score = probe(&fixture.entry, fixture.entry_bytes());
        assert!(score >= Score(70), "{}: {score:?}", fixture.name);
        let disc = open(&fixture.entry, fixture.entry_bytes(), None).unwrap();
        let expected: Vec<&str> =
            fixture.facts.lines().filter(|line| line.starts_with("session") || line.starts_with("track")).collect();
        assert_eq!(facts(&disc), expected.join("\n"), "{}", fixture.name);
        outlines += &format!("== {}\n{}", fixture.name, outline::disc(&disc));
    }
    insta::assert_snapshot!(outlines);
}

#[test]
fn what_is_no_image_is_refused() {
    let mut outcomes = String::new();
    for fixture in fixtures::all_bad().into_iter().filter(|fixture| !fixture.entry.ends_with(".cue")) {
        let score = if fixture.entry_bytes().is_empty() { Score::NO } else { probe(&fixture.entry, fixture.entry_bytes()) };
        let outcome = match open(&fixture.entry, fixture.entry_bytes(), None) {
            Ok(disc) => outline::disc(&disc),
            Err(error) => format!("{error}\n"),
        };
        outcomes += &format!("== {} ({})\n{outcome}", fixture.name, score.0);
    }
    insta::assert_snapshot!(outcomes);
}

/// Sectors that the volume counts and the file lacks are told, and not made up.
#[test]
fn a_cut_volume_ends_where_its_file_does() {
    let fixture = fixtures::by_name("iso-2048").unwrap();
    let disc = open("cut.iso", &fixture.entry_bytes()[..22 * 2048], None).unwrap();
    assert_eq!(disc.toc().sessions[0].lead_out.0, 22);
    let note = disc.notes().iter().find(|note| note.kind == discconv_core::NoteKind::Damage).unwrap();
    let text = "cut.iso: the volume declares 26 blocks of 2048 bytes, the file has 22: 4 missing at the end; the disc ends where the file does";
    assert_eq!((note.text.as_str(), note.sectors), (text, 4));
}
