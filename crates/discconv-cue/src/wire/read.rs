//! The grammar of a line, as tolerant readers have it.

use super::{Command, FileKind, Problem, Rem, TEXTS, TrackKind};
use discconv_core::{Control, Isrc, Mcn};
use discconv_sector::FRAMES_PER_SECOND;
use nom::bytes::complete::{tag, take_till, take_while1};
use nom::character::complete::{digit1, multispace0};
use nom::combinator::{map_res, rest};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

type Parsed = Result<Command, Problem>;

/// Quotes, also the typographic ones that word processors make of them.
const QUOTES: [char; 3] = ['"', '\u{201C}', '\u{201D}'];

/// Three digits of minutes.
const MAX_MINUTES: u32 = 999;
/// 999:59:74.
const MAX_TIME: u32 = (MAX_MINUTES + 1) * 60 * FRAMES_PER_SECOND - 1;

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\0' | '\u{1A}' | '\u{FEFF}')
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The first word and, trimmed, what follows it.
fn word(input: &str) -> IResult<&str, &str> {
    terminated(take_while1(|c| !is_space(c)), multispace0).parse(input)
}

fn number(input: &str) -> IResult<&str, u32> {
    map_res(digit1, str::parse).parse(input)
}

/// `mm:ss:ff`, each with one digit or more.
fn three_numbers(input: &str) -> IResult<&str, (u32, u32, u32)> {
    (number, preceded(tag(":"), number), preceded(tag(":"), number)).parse(input)
}

/// Text between quotes up to the last quote of the line (or its end), and what follows.
fn quoted(input: &str) -> Option<(&str, &str)> {
    let inner = input.strip_prefix(QUOTES)?;
    match inner.rfind(QUOTES) {
        Some(end) => {
            let after = inner[end..].trim_start_matches(QUOTES);
            Some((&inner[..end], trim(after)))
        }
        None => Some((inner, "")),
    }
}

fn split(input: &str) -> (&str, &str) {
    word(input).map_or(("", ""), |(rest, word)| (word, trim(rest)))
}

fn malformed<T>(found: impl Into<String>, expected: &'static str) -> Result<T, Problem> {
    Err(Problem::Malformed { found: found.into(), expected })
}

/// What the line says. `line` is not blank.
pub(crate) fn parse(line: &str) -> Parsed {
    let (keyword, arguments) = split(trim(line));
    let keyword = keyword.to_ascii_uppercase();
    match keyword.as_str() {
        "REM" => Ok(remark(arguments)),
        "CATALOG" => catalog(arguments),
        "CDTEXTFILE" => Ok(Command::CdTextFile(string(arguments).to_owned())),
        "FILE" => file(arguments),
        "TRACK" => track(arguments),
        "FLAGS" => Ok(flags(arguments)),
        "ISRC" => Ok(Command::Isrc(Isrc::new(trim(string(arguments))))),
        "PREGAP" => Ok(Command::Pregap(time(arguments)?)),
        "POSTGAP" => Ok(Command::Postgap(time(arguments)?)),
        "INDEX" => index(arguments),
        _ => Ok(match TEXTS.iter().find(|(name, _)| *name == keyword) {
            Some((_, kind)) => Command::Text(*kind, string(arguments).to_owned()),
            None => Command::Unknown(keyword),
        }),
    }
}

/// Text in quotes, or all there is.
fn string(arguments: &str) -> &str {
    quoted(arguments).map_or(arguments, |(text, _)| text)
}

fn catalog(arguments: &str) -> Parsed {
    match Mcn::new(trim(string(arguments))) {
        Some(mcn) => Ok(Command::Catalog(mcn)),
        None if arguments.is_empty() => malformed("CATALOG without a number", "13 digits"),
        None => malformed(format!("CATALOG {arguments}"), "13 digits"),
    }
}

fn file(arguments: &str) -> Parsed {
    let (name, kind) = match quoted(arguments) {
        // Where the closing quote is missing, the last word may still be a type.
        Some((text, "")) if !arguments.chars().skip(1).any(|c| QUOTES.contains(&c)) => unquoted(text),
        Some((name, after)) => (name, (!after.is_empty()).then(|| FileKind::from_word(split(after).0))),
        None => unquoted(arguments),
    };
    let name = trim(name);
    if name.is_empty() {
        return malformed("FILE without a name", "FILE \"name\" TYPE");
    }
    Ok(Command::File { name: name.to_owned(), kind })
}

/// A name that may have blanks: the last word is the type, unless it looks like the end of a name.
fn unquoted(arguments: &str) -> (&str, Option<FileKind>) {
    let Some((name, last)) = arguments.rsplit_once(is_space) else {
        return (arguments, None);
    };
    let kind = FileKind::from_word(last);
    if kind.is_known() || !last.contains('.') { (trim(name), Some(kind)) } else { (arguments, None) }
}

fn track(arguments: &str) -> Parsed {
    const EXPECTED: &str = "TRACK nn TYPE with a number from 1 to 99";
    let (number, after) = split(arguments);
    let Some(number) = number.parse::<u8>().ok().filter(|number| (1..=99).contains(number)) else {
        return malformed(format!("TRACK {arguments}"), EXPECTED);
    };
    let (kind, _) = split(after);
    match TrackKind::from_word(kind) {
        Some(kind) => Ok(Command::Track { number, kind }),
        None if kind.is_empty() => malformed(format!("TRACK {arguments}"), EXPECTED),
        None if kind.eq_ignore_ascii_case("MODEx/2xxx") => Ok(Command::AbsentTrack),
        None => Err(Problem::TrackKind(kind.to_owned())),
    }
}

fn flags(arguments: &str) -> Command {
    let mut control = Control::default();
    let mut unknown = Vec::new();
    for flag in arguments.split(is_space).filter(|flag| !flag.is_empty()) {
        match flag.to_ascii_uppercase().as_str() {
            "DCP" => control.dcp = true,
            "4CH" => control.four_channel = true,
            "PRE" => control.pre_emphasis = true,
            "SCMS" => control.scms = true,
            // The type of the track says it.
            "DATA" => {}
            _ => unknown.push(flag.to_owned()),
        }
    }
    Command::Flags { control, unknown }
}

fn index(arguments: &str) -> Parsed {
    let (number, after) = split(arguments);
    let Some(number) = number.parse::<u8>().ok().filter(|number| *number <= 99) else {
        return malformed(format!("INDEX {arguments}"), "INDEX nn mm:ss:ff with a number from 0 to 99");
    };
    Ok(Command::Index { number, at: time(after)? })
}

/// A time, or a bare number of sectors; words after it do not count.
fn time(arguments: &str) -> Result<u32, Problem> {
    const EXPECTED: &str = "a time mm:ss:ff with seconds to 59 and frames to 74";
    let (first, _) = split(arguments);
    let sectors = match three_numbers(first) {
        Ok(("", (minutes, seconds, frames))) if minutes <= MAX_MINUTES && seconds < 60 && frames < FRAMES_PER_SECOND => {
            Some((minutes * 60 + seconds) * FRAMES_PER_SECOND + frames)
        }
        Ok(_) => None,
        Err(_) => first.parse().ok().filter(|sectors| *sectors <= MAX_TIME),
    };
    match sectors {
        Some(sectors) => Ok(sectors),
        None if first.is_empty() => malformed("no time", EXPECTED),
        None => malformed(format!("the time {first}"), EXPECTED),
    }
}

/// Comments are never wrong: what does not fit its pattern is a comment.
fn remark(arguments: &str) -> Command {
    let (keyword, after) = split(arguments);
    let rem = match keyword.to_ascii_uppercase().as_str() {
        "SESSION" => split(after).0.parse().ok().filter(|number| (1..=99).contains(number)).map(Rem::Session),
        "LEAD-OUT" => rem_time(after).map(Rem::LeadOut),
        "LEAD-IN" => rem_time(after).map(Rem::LeadIn),
        "PREGAP" => rem_time(after).map(Rem::Pregap),
        "SINGLE-DENSITY" => area(after).then_some(Rem::SingleDensity),
        "HIGH-DENSITY" => area(after).then_some(Rem::HighDensity),
        "ORIGINAL" => media(after).map(Rem::Media),
        _ => None,
    };
    rem.map_or(Command::Comment, Command::Rem)
}

/// Only what is a time in full: `REM PREGAP of the second track` is prose.
fn rem_time(after: &str) -> Option<u32> {
    after.contains(':').then(|| time(after).ok()).flatten()
}

fn area(after: &str) -> bool {
    split(after).0.eq_ignore_ascii_case("AREA")
}

/// `MEDIA-TYPE: CD-R` is `CD`.
fn media(after: &str) -> Option<String> {
    let parsed: IResult<&str, (&str, &str, &str)> = (take_till(|c| c == ':'), tag(":"), rest).parse(after);
    let (_, (name, _, value)) = parsed.ok()?;
    let value = trim(value).split(['-', '+', ' ']).next()?.to_ascii_uppercase();
    trim(name).eq_ignore_ascii_case("MEDIA-TYPE").then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::TrackMode;
    use discconv_sector::cd_text::Kind;

    #[track_caller]
    fn check(line: &str, meant: Command) {
        assert_eq!(parse(line), Ok(meant), "{line}");
    }

    #[track_caller]
    fn refuse(line: &str, what: &str) {
        match parse(line) {
            Err(Problem::Malformed { found, .. }) => assert_eq!(found, what, "{line}"),
            Err(Problem::TrackKind(found)) => assert_eq!(found, what, "{line}"),
            Ok(command) => panic!("{line} is {command:?}"),
        }
    }

    fn named(name: &str, kind: Option<FileKind>) -> Command {
        Command::File { name: name.to_owned(), kind }
    }

    #[test]
    fn files() {
        let binary = Some(FileKind::Binary);
        check("FILE \"a b.bin\" BINARY", named("a b.bin", binary.clone()));
        check("  file a.bin binary", named("a.bin", binary.clone()));
        check("FILE a b c.bin BINARY", named("a b c.bin", binary.clone()));
        check("FILE \"a b.bin BINARY", named("a b.bin", binary.clone()));
        check("FILE \u{201C}a b.bin\u{201D} BINARY", named("a b.bin", binary.clone()));
        check("FILE \"a\"b.bin\" BINARY", named("a\"b.bin", binary.clone()));
        check("FILE \"C:\\dir\\\" WAVE", named("C:\\dir\\", Some(FileKind::Wave)));
        check("FILE \"a.bin\"", named("a.bin", None));
        check("FILE \"a.bin", named("a.bin", None));
        check("FILE a b.bin", named("a b.bin", None));
        check("FILE \"a.bin\" BINARY and more\0\u{1A}", named("a.bin", binary));
        check("FILE \"a.mp3\" MP3", named("a.mp3", Some(FileKind::Other("MP3".into()))));
        refuse("FILE", "FILE without a name");
        refuse("FILE \"\" BINARY", "FILE without a name");
    }

    #[test]
    fn tracks() {
        let kind = |mode, bytes| TrackKind { mode, bytes, cdi: false, cdg: false };
        check("TRACK 01 AUDIO", Command::Track { number: 1, kind: kind(TrackMode::Audio, 2352) });
        check("track 1 mode1/2048 x", Command::Track { number: 1, kind: kind(TrackMode::Mode1, 2048) });
        check("TRACK 99 MODE2/2448", Command::Track { number: 99, kind: kind(TrackMode::Mode2, 2448) });
        let cdi = TrackKind { cdi: true, ..kind(TrackMode::Mode2, 2336) };
        check("TRACK 2 CDI/2336", Command::Track { number: 2, kind: cdi });
        let cdg = TrackKind { cdg: true, ..kind(TrackMode::Audio, 2448) };
        check("TRACK 2 CDG", Command::Track { number: 2, kind: cdg });
        for word in ["AUDIO", "CDG", "MODE0/2352", "MODE1/2048", "MODE2/2324", "MODE2/2336", "CDI/2352", "AUDIO/2448"] {
            assert_eq!(TrackKind::from_word(word).map(TrackKind::word).as_deref(), Some(word));
        }
        check("TRACK 13 MODEx/2xxx", Command::AbsentTrack);
        refuse("TRACK 100 AUDIO", "TRACK 100 AUDIO");
        refuse("TRACK 0 AUDIO", "TRACK 0 AUDIO");
        refuse("TRACK AUDIO", "TRACK AUDIO");
        refuse("TRACK 01", "TRACK 01");
        for word in ["MODE3_FORM1", "MODE1", "MODE1/2353", "MODE1/2336", "MODE1/99999999", "CDI/2048"] {
            refuse(&format!("TRACK 01 {word}"), word);
        }
    }

    #[test]
    fn times() {
        check("INDEX 01 00:02:00", Command::Index { number: 1, at: 150 });
        check("INDEX 1 0:0:1 x", Command::Index { number: 1, at: 1 });
        check("INDEX 00 100:00:00", Command::Index { number: 0, at: 450_000 });
        check("INDEX 01 1234", Command::Index { number: 1, at: 1234 });
        check("PREGAP 00:00:74", Command::Pregap(74));
        check("POSTGAP 999:59:74", Command::Postgap(4_499_999));
        refuse("INDEX 01 00:00:75", "the time 00:00:75");
        refuse("INDEX 01 00:60:00", "the time 00:60:00");
        refuse("INDEX 01 1000:00:00", "the time 1000:00:00");
        refuse("INDEX 01 99999999999:00:00", "the time 99999999999:00:00");
        refuse("INDEX 01 4500000", "the time 4500000");
        refuse("INDEX 01 00:00", "the time 00:00");
        refuse("INDEX 01 00:00:00:00", "the time 00:00:00:00");
        refuse("INDEX 01 -1:00:00", "the time -1:00:00");
        refuse("INDEX 01", "no time");
        refuse("INDEX 100 00:00:00", "INDEX 100 00:00:00");
        refuse("PREGAP notatimestamp", "the time notatimestamp");
    }

    #[test]
    fn words_about_the_disc() {
        check("CATALOG 4006408123456", Command::Catalog(Mcn::new("4006408123456").unwrap()));
        check("catalog \"400640812345\"", Command::Catalog(Mcn::new("0400640812345").unwrap()));
        refuse("CATALOG", "CATALOG without a number");
        refuse("CATALOG \"167890123\"", "CATALOG \"167890123\"");
        refuse("CATALOG \"TESTCATALOG-ID 64\"", "CATALOG \"TESTCATALOG-ID 64\"");
        check("ISRC DE-ABC-00-00002", Command::Isrc(Isrc::new("DEABC0000002")));
        check("ISRC what", Command::Isrc(None));
        check("TITLE Odes", Command::Text(Kind::Title, "Odes".into()));
        check("PERFORMER \"Vangelis & Irene\"", Command::Text(Kind::Performer, "Vangelis & Irene".into()));
        check("TITLE \"open", Command::Text(Kind::Title, "open".into()));
        check("TITLE", Command::Text(Kind::Title, String::new()));
        let control = Control { dcp: true, four_channel: true, pre_emphasis: true, scms: true };
        check("FLAGS DCP 4ch PRE SCMS DATA FOO", Command::Flags { control, unknown: vec!["FOO".into()] });
        check("FOO WHAT", Command::Unknown("FOO".into()));
    }

    #[test]
    fn remarks() {
        check("REM SESSION 02", Command::Rem(Rem::Session(2)));
        check("REM LEAD-OUT 01:30:00", Command::Rem(Rem::LeadOut(6750)));
        check("REM LEAD-IN 01:00:00", Command::Rem(Rem::LeadIn(4500)));
        check("rem pregap 00:02:00", Command::Rem(Rem::Pregap(150)));
        check("REM SINGLE-DENSITY AREA", Command::Rem(Rem::SingleDensity));
        check("REM HIGH-DENSITY AREA", Command::Rem(Rem::HighDensity));
        check("REM ORIGINAL MEDIA-TYPE: DVD-ROM", Command::Rem(Rem::Media("DVD".into())));
        for line in ["REM", "REM SESSION x", "REM SESSION 0", "REM PREGAP of 2", "REM LEAD-OUT 01:99:00", "REM DATE 2000"] {
            check(line, Command::Comment);
        }
    }
}
