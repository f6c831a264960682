//! What can go wrong, how it is told, and the exit code that says who has to act.

use crate::shown;
use discconv_core::error::printable;
use discconv_core::{At, Error, Loss};
use discconv_identify::{Foreign, Sort};
use serde_json::{Value, json};
use std::io::ErrorKind;

/// Done.
pub(crate) const DONE: u8 = 0;
/// Something failed, or differs.
pub(crate) const FAILED: u8 = 1;
/// The command line makes no sense.
pub(crate) const USAGE: u8 = 2;
/// Refused, since something would be lost.
pub(crate) const REFUSED: u8 = 3;
/// The input is damaged, or is no disc image.
pub(crate) const DAMAGED: u8 = 4;
/// Interrupted by the person.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a verb, or one job of a batch, did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line makes no sense.
    Usage {
        /// The file that it is about, if that is not said in the message.
        file: Option<String>,
        /// What is wrong with it.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// The input is damaged, and that was not allowed.
    Damaged {
        /// The input.
        file: String,
        /// What is missing, each with its place.
        what: Vec<String>,
    },
    /// What the libraries say.
    Library(Error),
    /// The input is no image, or of a kind that is not read.
    Foreign {
        /// What the libraries say.
        error: Error,
        /// What it is.
        what: Box<Foreign>,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::Damaged { file, what } => Failure::Damaged { file, what },
            other => Failure::Library(other),
        }
    }
}

impl Failure {
    /// A command line that makes no sense, and what to write instead.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure::Usage { file: None, message: message.into(), hint: Some(hint.into()) }
    }

    /// The exit code of a program that ends with this.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Usage { .. } => USAGE,
            Failure::Damaged { .. } | Failure::Foreign { .. } => DAMAGED,
            Failure::Library(error) => match error {
                Error::Cancelled => INTERRUPTED,
                Error::WouldLose { .. } | Error::DoesNotFit { .. } => REFUSED,
                Error::Malformed { .. } | Error::Limit { .. } | Error::Unsupported { .. } => DAMAGED,
                _ => FAILED,
            },
        }
    }

    /// A short word for a table.
    pub(crate) fn word(&self) -> &'static str {
        match self.exit_code() {
            INTERRUPTED => "interrupted",
            REFUSED => "refused",
            DAMAGED if matches!(self, Failure::Damaged { .. }) => "damaged",
            DAMAGED if self.is_no_image() => "no image",
            DAMAGED => "unreadable",
            _ => "failed",
        }
    }

    /// Is the input of a kind that no format knows, rather than a broken image?
    pub(crate) fn is_no_image(&self) -> bool {
        match self {
            Failure::Foreign { .. } => true,
            Failure::Library(Error::Malformed { expected, .. }) => expected.starts_with("a disc image"),
            _ => false,
        }
    }

    /// The message in one line, without advice, safe to print.
    pub(crate) fn message(&self) -> String {
        shown::name(&self.plain_message())
    }

    /// The message with the name of the file as it is.
    fn plain_message(&self) -> String {
        match self {
            Failure::Usage { file: Some(file), message, .. } => format!("{file}: {message}"),
            Failure::Usage { message, .. } => message.clone(),
            Failure::Damaged { file, what } => format!("{file}: damaged: {}", what.join("; ")),
            Failure::Foreign { error, what } => format!("{}: {}", error.file().unwrap_or_default(), foreign_words(what)),
            Failure::Library(error) => {
                let text = without_number(&error.to_string());
                let Some(file) = error.file() else { return text };
                text.strip_prefix(&printable(file)).map_or(text.clone(), |rest| format!("{file}{rest}"))
            }
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Failure::Usage { hint, .. } => hint.clone(),
            Failure::Damaged { .. } => {
                Some("--allow-loss damage goes on with what is there, and with zeros where a sector is cut".to_owned())
            }
            Failure::Foreign { error, .. } => error.hint(),
            Failure::Library(error) => io_hint(error).or_else(|| Some(each_kind_once(error, &error.hint()?))),
        };
        hint.map(|hint| shown::name(&hint))
    }

    /// The message and the advice, as they go to stderr.
    pub(crate) fn text(&self) -> String {
        let mut text = match self {
            Failure::Library(Error::WouldLose { file, losses, .. }) => {
                format!("error: {}: something would be lost:\n{}", shown::name(file), loss_lines(losses))
            }
            Failure::Damaged { file, what } if what.len() > 1 => {
                let lines: Vec<String> = what.iter().map(|what| format!("  {}", shown::name(what))).collect();
                format!("error: {}: damaged:\n{}", shown::name(file), lines.join("\n"))
            }
            _ => format!("error: {}", self.message()),
        };
        if let Some(hint) = self.hint() {
            text.push_str("\nhint: ");
            text.push_str(&hint);
        }
        text
    }

    /// The same for scripts.
    pub(crate) fn json(&self) -> Value {
        let damage;
        let (code, file, at, found, expected) = match self {
            Failure::Usage { file, .. } => ("usage", file.as_deref(), None, None, None),
            Failure::Damaged { file, what } => {
                damage = what.join("; ");
                ("damaged", Some(file.as_str()), None, Some(damage.as_str()), Some("an undamaged image"))
            }
            Failure::Library(error) | Failure::Foreign { error, .. } => {
                let (found, expected) = error.found_expected();
                (error.code(), error.file(), place(error), found, expected)
            }
        };
        let mut body = json!({
            "code": code, "file": file, "at": at, "found": found, "expected": expected,
            "hint": self.hint(), "message": self.plain_message(),
        });
        if let Failure::Library(Error::WouldLose { losses, .. }) = self {
            body["losses"] = losses_json(losses);
        }
        if let Failure::Foreign { what, .. } = self {
            body["mime"] = what.mime.into();
        }
        json!({ "error": body })
    }
}

/// What a file is that is not read.
fn foreign_words(what: &Foreign) -> String {
    let Foreign { name, mime, .. } = what;
    let kind = if discconv_identify::is_telling(mime) { format!(" ({mime})") } else { String::new() };
    match what.sort {
        Sort::Image | Sort::Console | Sort::Sheet => format!("{name}{kind}, which is not read"),
        _ => format!("not a disc image but {name}{kind}"),
    }
}

/// Where it is; of losses, the first sector concerned.
fn place(error: &Error) -> Option<String> {
    let first = match error {
        Error::WouldLose { losses, .. } => losses.iter().filter_map(|loss| loss.first).min().map(At::Lba),
        _ => None,
    };
    first.as_ref().or_else(|| error.at()).filter(|at| **at != At::Whole).map(ToString::to_string)
}

/// What the system said, without the number that it has there.
fn without_number(text: &str) -> String {
    match text.rsplit_once(" (os error ") {
        Some((words, number)) if number.trim_end_matches(')').bytes().all(|digit| digit.is_ascii_digit()) => words.to_owned(),
        _ => text.to_owned(),
    }
}

/// The advice of a refusal, where several losses are of one kind.
fn each_kind_once(error: &Error, hint: &str) -> String {
    let Error::WouldLose { losses, .. } = error else { return hint.to_owned() };
    let all: Vec<&str> = losses.iter().map(|loss| loss.kind.name()).collect();
    let mut once = all.clone();
    once.dedup();
    hint.replace(&all.join(","), &once.join(","))
}

/// Advice on what the system refused, where reading and writing need different words.
fn io_hint(error: &Error) -> Option<String> {
    let Error::Io { doing, source, .. } = error else { return None };
    let reading = ["cannot open", "cannot read"].iter().any(|start| doing.starts_with(start));
    let hint = match source.kind() {
        _ if doing.starts_with("cannot print") => "look where standard output goes; files that were written are complete",
        ErrorKind::PermissionDenied if reading => "check the permissions of the file and of its folder",
        ErrorKind::NotADirectory => "a part of the path is a file where a folder is needed: check the path",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// Losses as a list, a line each.
pub(crate) fn loss_lines(losses: &[Loss]) -> String {
    let width = losses.iter().map(|loss| loss.kind.name().len()).max().unwrap_or(0);
    let lines = losses.iter().map(|loss| {
        let first = loss.first.map_or(String::new(), |lba| format!(", first at LBA {lba}"));
        format!("  {:width$}  {}{first}", loss.kind.name(), shown::name(&loss.what))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Losses for scripts.
pub(crate) fn losses_json(losses: &[Loss]) -> Value {
    let list = losses.iter().map(|loss| json!({ "kind": loss.kind.name(), "count": loss.count, "what": loss.what, "first_lba": loss.first.map(|lba| lba.0) }));
    Value::Array(list.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::{Lba, LossKind};

    #[test]
    fn each_failure_has_the_code_of_who_must_act() {
        let check = |failure: Failure, code| assert_eq!(failure.exit_code(), code, "{failure:?}");
        check(Failure::usage("x", "y"), USAGE);
        check(Failure::Damaged { file: "x".into(), what: vec![] }, DAMAGED);
        check(Error::Cancelled.into(), INTERRUPTED);
        check(Error::malformed("x", At::Whole, "a", "b").into(), DAMAGED);
        check(Error::io("x", At::Whole, "cannot read", std::io::ErrorKind::NotFound.into()).into(), FAILED);
        check(Error::WouldLose { file: "x".into(), losses: vec![], keeps: None }.into(), REFUSED);
        check(Error::DoesNotFit { file: "x".into(), what: "y".into(), hint: None }.into(), REFUSED);
        check(Error::Refused { file: "x".into(), what: "y".into(), hint: None }.into(), FAILED);
    }

    #[test]
    fn losses_are_listed_a_line_each() {
        let losses = vec![
            Loss::new(LossKind::Audio, 2, "2 audio tracks (02-03)"),
            Loss { first: Some(Lba(7)), ..Loss::new(LossKind::Ecc, 1, "1 sector") },
        ];
        let failure = Failure::from(Error::WouldLose { file: "a.cue".into(), losses, keeps: Some("cue".into()) });
        let text = failure.text();
        assert!(text.starts_with("error: a.cue: something would be lost:\n  audio  2 audio tracks (02-03)\n  ecc    1 sector, first at LBA 7\nhint: "), "{text}");
    }

    #[test]
    fn the_hint_names_each_kind_once() {
        let loss = |kind| Loss::new(kind, 1, "x");
        let losses = vec![loss(LossKind::Audio), loss(LossKind::Pregap), loss(LossKind::Pregap)];
        let failure = Failure::from(Error::WouldLose { file: "a".into(), losses, keeps: None });
        assert_eq!(failure.hint().as_deref(), Some("--allow-loss audio,pregap goes on without it"));
    }

    #[test]
    fn json_has_the_promised_keys_in_order() {
        let body = Failure::from(Error::malformed("a.nrg", At::Byte(16), "1", "2")).json();
        let keys: Vec<&String> = body["error"].as_object().map(|object| object.keys().collect()).unwrap_or_default();
        assert_eq!(keys, ["code", "file", "at", "found", "expected", "hint", "message"]);
        assert_eq!(body["error"]["at"], "byte 0x10");
    }

    #[test]
    fn json_carries_names_as_they_are_and_text_escapes_them() {
        let failure = Failure::from(Error::malformed("a\u{1b}.nrg", At::Byte(16), "1", "2"));
        let body = failure.json();
        assert_eq!(body["error"]["file"], "a\u{1b}.nrg");
        assert_eq!(body["error"]["message"], "a\u{1b}.nrg: byte 0x10: found 1; expected 2");
        assert_eq!(failure.message(), "a\\u{1b}.nrg: byte 0x10: found 1; expected 2");
    }

    #[test]
    fn json_says_where_and_what() {
        let loss = |first| Loss { first: Some(Lba(first)), ..Loss::new(LossKind::Ecc, 1, "1 sector") };
        let losses = vec![Loss::new(LossKind::Audio, 1, "x"), loss(9), loss(7)];
        let body = Failure::from(Error::WouldLose { file: "a".into(), losses, keeps: None }).json();
        assert_eq!(body["error"]["at"], "LBA 7");
        let body = Failure::Damaged { file: "a".into(), what: vec!["x is cut".into()] }.json();
        assert_eq!((&body["error"]["found"], &body["error"]["expected"]), (&"x is cut".into(), &"an undamaged image".into()));
    }

    #[test]
    fn what_the_system_refused_is_said_without_its_number() {
        let failed = |doing: &str, number| {
            let failure = Failure::from(Error::io("x", At::Whole, doing, std::io::Error::from_raw_os_error(number)));
            failure.text()
        };
        assert_eq!(
            failed("cannot open", 13),
            "error: x: cannot open: Permission denied\nhint: check the permissions of the file and of its folder"
        );
        assert!(failed("cannot make a file", 13).ends_with("choose another folder with --out"));
        assert!(failed("cannot make a file", 20).contains("Not a directory\nhint: a part of the path is a file"));
    }

    #[test]
    fn what_is_no_image_is_called_so() {
        let word = |expected: &str| Failure::from(Error::malformed("x", At::Whole, "y", expected)).word();
        assert_eq!(word("a disc image (probed: iso, cue)"), "no image");
        assert_eq!(word("a cue sheet"), "unreadable");
        assert_eq!(Failure::Damaged { file: "x".into(), what: vec![] }.word(), "damaged");
    }
}
