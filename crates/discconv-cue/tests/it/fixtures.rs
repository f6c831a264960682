//! Every hand-laid sheet says what its facts say, and the bad ones are refused.

use crate::folder::Folder;
use discconv_core::{Disc, Form, NoteKind, Scratch, compare, outline};
use discconv_testkit::fixtures::{Fixture, all_bad, all_good, by_name};

fn sheets(fixtures: Vec<Fixture>) -> impl Iterator<Item = Fixture> {
    fixtures.into_iter().filter(|fixture| fixture.entry.ends_with(".cue"))
}

/// The disc in the words of the facts.
fn facts(disc: &Disc) -> Vec<String> {
    let toc = disc.toc();
    let mut lines: Vec<String> = toc.mcn.iter().map(|mcn| format!("mcn {mcn}")).collect();
    for (number, session) in (1..).zip(&toc.sessions) {
        lines.push(format!("session {number} lead-out {}", session.lead_out));
    }
    for track in toc.tracks() {
        let shown = track.indexes.iter().filter(|(number, lba)| *number > 0 || lba.0 >= 0);
        let indexes: Vec<String> = shown.map(|(number, lba)| format!("{number:02}@{lba}")).collect();
        lines.push(format!("track {:02} {} {} end {}", track.number, track.mode.name(), indexes.join(" "), track.end));
        let mut flags = track.control.names();
        flags.sort_unstable();
        lines.push(format!("flags {:02} {}", track.number, flags.join(" ")));
        lines.extend(track.isrc.iter().map(|isrc| format!("isrc {:02} {isrc}", track.number)));
    }
    for ((kind, track), text) in toc.cd_text.iter().flat_map(|text| &text.blocks).flat_map(|block| &block.texts) {
        let place = if *track == 0 { "disc".to_owned() } else { format!("{track:02}") };
        lines.push(format!("text {place} {} {text}", format!("{kind:?}").to_lowercase()));
    }
    lines
}

#[test]
fn good_sheets_open_as_their_facts_say() {
    for fixture in sheets(all_good()) {
        let disc = Folder::from(&fixture).open(&fixture.entry).unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
        let found = facts(&disc);
        for fact in fixture.facts.lines().map(str::trim).filter(|fact| !fact.is_empty()) {
            match fact.strip_prefix("same ") {
                Some(other) => same(&fixture, &disc, other),
                None => assert!(found.iter().any(|line| line == fact), "{}: {fact}\nis not in {found:#?}", fixture.name),
            }
        }
        assert!(!disc.notes().iter().any(|note| note.kind == NoteKind::Damage), "{}: {:?}", fixture.name, disc.notes());
    }
}

fn same(fixture: &Fixture, disc: &Disc, other: &str) {
    let other = by_name(other).unwrap_or_else(|| panic!("{}: {other} is no fixture", fixture.name));
    if !other.entry.ends_with(".cue") {
        return;
    }
    let other = Folder::from(&other).open(&other.entry).unwrap();
    let found = compare(disc, &other, &discconv_core::Serial, &discconv_core::Quiet).unwrap();
    assert!(found.is_same(), "{}: {found:?}", fixture.name);
}

#[test]
fn bad_sheets_are_refused_or_noted() {
    let mut text = String::new();
    for fixture in sheets(all_bad()) {
        let folder = Folder::from(&fixture);
        let told = match folder.open(&fixture.entry) {
            Ok(disc) => format!("opens:\n{}", outline::disc(&disc)),
            Err(error) => format!("{error}\n  hint: {}\n", error.hint().unwrap_or_else(|| panic!("{error}: no hint"))),
        };
        let may_open = fixture.facts.contains("open");
        assert!(may_open || !told.starts_with("opens"), "{}: {told}", fixture.name);
        text += &format!("{}: {told}", fixture.name);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn outlines_of_sheets() {
    let outlines: Vec<String> = sheets(all_good())
        .filter(|fixture| fixture.name != "ninety-nine")
        .map(|fixture| {
            let sheet = discconv_cue::parse_sheet(&fixture.entry, fixture.entry_bytes()).unwrap();
            format!("== {}\n{}", fixture.name, discconv_cue::outline(&sheet))
        })
        .collect();
    insta::assert_snapshot!(outlines.concat());
}

#[test]
fn every_sector_can_be_read() {
    let mut scratch = Scratch::default();
    for fixture in sheets(all_good()) {
        let disc = Folder::from(&fixture).open(&fixture.entry).unwrap();
        for extent in disc.extents() {
            let mut out = vec![0; extent.sectors() as usize * 2352];
            disc.read_sectors(extent.lbas.start, &Form::RAW, &mut scratch, &mut out)
                .unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
        }
    }
}
