//! What people and scripts see: help, tables, colours, bars, names.

use crate::support::{Room, finish, laid, plain, program, sheet, snapshot};
use std::process::Command;
use std::time::Duration;

const VERBS: [&str; 8] = ["convert", "info", "hash", "verify", "diff", "formats", "completions", "man"];

#[test]
fn help_fits_80_columns() {
    let room = Room::new();
    let mut all = vec![("help".to_owned(), room.run(&["--help"]).ok())];
    for verb in VERBS {
        all.push((format!("help_{verb}"), room.run(&[verb, "--help"]).ok()));
    }
    all.push(("help_short".to_owned(), room.run(&["-h"]).ok()));
    for (name, ran) in all {
        for line in ran.stdout.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
        assert!(ran.stderr.is_empty(), "{}", ran.all());
        snapshot!(name, ran.stdout.clone());
    }
}

#[test]
fn version_is_one_line() {
    let ran = Room::new().run(&["--version"]).ok();
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.starts_with("discconv "), "{}", ran.stdout);
}

#[test]
fn the_table_of_formats() {
    let room = Room::new();
    snapshot!("formats", room.run(&["formats"]).ok().stdout);
    let json = room.run(&["formats", "--json"]).ok().json();
    let text = json.to_string();
    for id in ["iso", "cue", "wave", "aiff"] {
        assert!(text.contains(&format!("\"{id}\"")), "no {id} in {json:#}");
    }
}

#[test]
fn completions_and_the_manual_are_there() {
    let room = Room::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = room.run(&["completions", shell]).ok();
        assert!(ran.stdout.len() > 500 && ran.stdout.contains("discconv"), "{shell}: {}", ran.all());
        assert!(ran.stdout.contains("allow-loss"), "{shell}");
    }
    room.run(&["completions", "tcsh"]).exits(2);
    let man = room.run(&["man"]).ok().stdout;
    assert!(man.contains(".TH") && man.contains("allow"), "{man}");
}

#[test]
fn off_a_terminal_there_are_neither_colours_nor_bars() {
    let room = Room::with("mixed");
    for args in [
        &["mixed.cue", "x.cue"][..],
        &["mixed.cue", "x.iso"],
        &["info", "mixed.cue"],
        &["formats"],
        &["--help"],
        &["nothing.iso", "y.cue"],
        &["--nonsense"],
    ] {
        let ran = room.run(args);
        assert!(!ran.stdout.contains('\x1b') && !ran.stderr.contains('\x1b'), "{}", ran.all());
        assert!(!ran.stderr.contains('\r'), "{}", ran.all());
    }
}

/// The program on a pseudo terminal, as `script` (util-linux) makes one.
fn on_a_terminal(room: &Room, line: &str, no_color: bool) -> String {
    let mut command = Command::new("script");
    command.args(["-qec", &format!("'{}' {line}", program().display()), "/dev/null"]).current_dir(room.folder());
    plain(&mut command);
    if no_color {
        command.env("NO_COLOR", "1");
    }
    finish(command, line.to_owned(), Duration::from_secs(60)).stdout
}

fn has_colour(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        rest = &rest[at + 2..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(rest.len());
        let colours = rest[..end].split(';').any(|code| matches!(code.parse::<u32>(), Ok(30..=37 | 38 | 40..=48 | 90..=107)));
        if rest[end..].starts_with('m') && colours {
            return true;
        }
    }
    false
}

#[test]
fn no_color_is_kept_on_a_terminal() {
    let room = Room::with("mixed");
    for line in ["mixed.cue x.iso", "info mixed.cue", "--help", "--nonsense", "mixed.cue y.cue", "formats"] {
        let said = on_a_terminal(&room, line, true);
        assert!(!said.is_empty() && !has_colour(&said), "{line}: {said:?}");
    }
}

#[test]
fn there_are_bars_on_a_terminal() {
    let room = Room::new();
    room.put("big.iso", &[laid("iso-2048", "small.iso"), discconv_testkit::Rng::new(3).bytes(40 << 20)].concat());
    let said = on_a_terminal(&room, "big.iso x.cue", true);
    assert!(said.contains("big.iso") && said.contains("B/s") && said.contains('\r'), "{said:?}");
    assert!(said.trim_end().ends_with("verified: 1 of 1 tracks identical"), "{said:?}");
}

#[test]
fn no_progress_and_quiet_draw_nothing_on_a_terminal() {
    let room = Room::with("mixed");
    let said = on_a_terminal(&room, "mixed.cue a.cue --no-progress", true);
    assert!(!said.contains("\x1b["), "{said:?}");
    let said = on_a_terminal(&room, "mixed.cue b.cue -q", true);
    assert!(!said.contains("\x1b["), "{said:?}");
}

#[test]
fn quiet_says_nothing_when_all_is_well() {
    let room = Room::with("mixed");
    let ran = room.run(&["mixed.cue", "x.cue", "-q"]).ok();
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "{}", ran.all());
    assert!(!room.run(&["mixed.cue", "y.iso", "-q"]).exits(3).stderr.is_empty());
}

/// A name may hold what a terminal takes for a command; it is shown, not obeyed.
#[test]
fn names_are_shown_escaped() {
    let room = Room::new();
    let name = "evil\x1b[31mred\x07\n.iso";
    room.put(&format!("in/{name}"), &laid("iso-2048", "small.iso"));
    room.put("in/bad\x1b]0;title\x07.iso", b"no image");
    room.put(
        "in/sheet.cue",
        &sheet(&["TITLE \"\x1b[2Jgone\"", "FILE \"\x1b[31m.bin\" BINARY", "  TRACK 01 AUDIO", "    INDEX 01 00:00:00"]),
    );
    let input = format!("in/{name}");
    for args in [
        &["in", "--to", "cue", "--out", "out"][..],
        &["info", &input],
        &["hash", &input],
        &["verify", &input],
        &["info", "in/sheet.cue"],
        &[&input, "x.cue"],
        &[&input, "y.cue", "--dry-run"],
    ] {
        let ran = room.run(args);
        assert!(
            !ran.stdout.contains(['\x1b', '\x07']) && !ran.stderr.contains(['\x1b', '\x07']),
            "{:?}\n{:?}",
            ran.stdout,
            ran.stderr
        );
    }
    room.run(&["info", &input, "--json"]).ok().json();
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let room = Room::with("mixed");
    for line in ["formats", "--help", "info mixed.cue", "hash mixed.cue --json", "completions zsh", "man"] {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("'{}' {line} | true", program().display())]).current_dir(room.folder());
        plain(&mut command);
        finish(command, line.to_owned(), Duration::from_secs(60)).ok().never_says("panicked");
    }
}

#[test]
fn results_are_on_stdout_and_all_else_on_stderr() {
    let room = Room::with("mixed");
    for args in [&["info", "mixed.cue"][..], &["hash", "mixed.cue"], &["formats"], &["verify", "mixed.cue"]] {
        assert!(!room.run(args).ok().stdout.is_empty());
    }
    let ran = room.run(&["mixed.cue", "x.iso"]).exits(3);
    assert!(ran.stdout.is_empty(), "{}", ran.all());
    for args in [
        &["info", "mixed.cue", "--json"][..],
        &["hash", "mixed.cue", "--json"],
        &["verify", "mixed.cue", "--json"],
        &["formats", "--json"],
    ] {
        room.run(args).ok().json();
    }
}

#[test]
fn usage_errors_are_exit_2() {
    let room = Room::with("iso-2048");
    for args in [
        &["--nonsense"][..],
        &["small.iso", "x.cue", "--mode", "3"],
        &["small.iso", "x.cue", "--jobs", "0"],
        &["small.iso", "x.cue", "--level", "hard"],
        &["hash"],
        &["small.iso", "x.cue", "--split", "--merge"],
    ] {
        let ran = room.run(args).exits(2);
        assert!(!ran.stderr.is_empty());
    }
}

#[test]
fn a_result_that_cannot_be_printed_is_a_failure() {
    let room = Room::with("mixed");
    for line in ["formats", "--help", "info mixed.cue", "hash mixed.cue --json", "mixed.cue x.cue --force", "man"] {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("'{}' {line} > /dev/full", program().display())]).current_dir(room.folder());
        plain(&mut command);
        finish(command, line.to_owned(), Duration::from_secs(60)).exits(1).says("standard output");
    }
}

#[test]
fn what_this_version_lacks_is_said() {
    let room = Room::with("iso-2048");
    for line in [
        "doctor small.iso",
        "explain x",
        "dat scan d",
        "check r.json",
        "help doctor",
        "small.iso --for ps1",
        "small.iso --explain",
    ] {
        let args: Vec<&str> = line.split(' ').collect();
        room.run(&args).exits(2).says("is not in this version");
        let error = room.run(&[&args[..], &["--json"]].concat()).exits(2).json_error();
        assert_eq!(error["code"], "usage", "{line}");
    }
    room.put("ls", &laid("iso-2048", "small.iso"));
    room.run(&["convert", "ls", "x.cue"]).ok();
    assert_eq!(room.run(&["help"]).ok().stdout, room.run(&["--help"]).ok().stdout);
    assert_eq!(room.run(&["help", "info"]).ok().stdout, room.run(&["info", "--help"]).ok().stdout);
}

#[test]
fn json_carries_the_name_as_it_is() {
    let room = Room::with("mixed").and("truncated-bin");
    let error = room.run(&["info", "no\x1b.iso", "--json"]).exits(1).json_error();
    assert_eq!(error["file"], "no\x1b.iso");
    assert!(error["message"].as_str().unwrap().starts_with("no\x1b.iso: "), "{error}");
    let error = room.run(&["disc.cue", "x.iso", "--json"]).exits(4).json_error();
    assert!(error["found"].as_str().unwrap().contains("sector 3"), "{error}");
    room.put("form\x1b.cue", &laid("mixed", "mixed.cue"));
    let error = room.run(&["form\x1b.cue", "x.iso", "--json"]).exits(3).json_error();
    assert_eq!(error["file"], "form\x1b.cue");
    let room = Room::with("wrong-edc");
    let error = room.run(&["odd.cue", "x.iso", "--json"]).exits(3).json_error();
    assert_eq!(error["at"], "LBA 5");
}
