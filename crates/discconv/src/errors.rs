//! What can go wrong, how it is told, and the exit code that says who has to act.

use crate::shown;
use discconv_core::{At, Error, Loss};
use serde_json::{Value, json};

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
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Library(error)
    }
}

impl Failure {
    /// A command line that makes no sense, and what to write instead.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// The exit code of a program that ends with this.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Usage { .. } => USAGE,
            Failure::Damaged { .. } => DAMAGED,
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
            DAMAGED => "unreadable",
            _ => "failed",
        }
    }

    /// The message in one line, without advice.
    pub(crate) fn message(&self) -> String {
        let message = match self {
            Failure::Usage { message, .. } => message.clone(),
            Failure::Damaged { file, what } => format!("{file}: damaged: {}", what.join("; ")),
            Failure::Library(error) => error.to_string(),
        };
        shown::name(&message)
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Failure::Usage { hint, .. } => hint.clone(),
            Failure::Damaged { .. } => Some("--allow-loss damage fills what is missing with zeros and goes on".to_owned()),
            Failure::Library(error) => error.hint(),
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
        let (code, file, at, found, expected) = match self {
            Failure::Usage { .. } => ("usage", None, None, None, None),
            Failure::Damaged { file, .. } => ("damaged", Some(file.as_str()), None, None, None),
            Failure::Library(error) => {
                let (found, expected) = error.found_expected();
                (error.code(), error.file(), error.at().filter(|at| **at != At::Whole).map(ToString::to_string), found, expected)
            }
        };
        let mut body = json!({
            "code": code, "file": file, "at": at, "found": found, "expected": expected,
            "hint": self.hint(), "message": self.message(),
        });
        if let Failure::Library(Error::WouldLose { losses, .. }) = self {
            body["losses"] = losses_json(losses);
        }
        json!({ "error": body })
    }
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
    fn json_has_the_promised_keys_in_order() {
        let body = Failure::from(Error::malformed("a.nrg", At::Byte(16), "1", "2")).json();
        let keys: Vec<&String> = body["error"].as_object().map(|object| object.keys().collect()).unwrap_or_default();
        assert_eq!(keys, ["code", "file", "at", "found", "expected", "hint", "message"]);
        assert_eq!(body["error"]["at"], "byte 0x10");
    }
}
