//! One error type: which file, where, what was found, what was expected; what to do is kept apart as a hint.

use crate::loss::{Loss, LossKind, LossKinds};
use discconv_sector::Lba;
use std::fmt;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Where in a file something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The file as a whole.
    Whole,
    /// A byte offset from the start of the file.
    Byte(u64),
    /// A line of a text file, counted from 1.
    Line(u32),
    /// A sector of the disc.
    Lba(Lba),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Whole => Ok(()),
            At::Byte(offset) => write!(f, "byte {offset:#X}"),
            At::Line(line) => write!(f, "line {line}"),
            At::Lba(lba) => write!(f, "LBA {lba}"),
        }
    }
}

/// Why something could not be read, planned, written or proved.
///
/// [`Error::hint`] says what the person can do; it is never part of the message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}{doing}: {source}", place(.file, .at))]
    Io {
        /// The file concerned, as the person named it.
        file: String,
        /// Where in it.
        at: At,
        /// What was being done, e.g. `cannot read 600 bytes`.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes are not what the format says.
    #[error("{}found {found}; expected {expected}", place(.file, .at))]
    Malformed {
        /// The file concerned.
        file: String,
        /// Where in it.
        at: At,
        /// What is there.
        found: String,
        /// What the format asks for.
        expected: String,
        /// What to try.
        hint: Option<String>,
    },
    /// The file is damaged, by its own account or because it cannot be read.
    #[error("{}damaged: {}", place(.file, &At::Whole), .what.join("; "))]
    Damaged {
        /// The file concerned.
        file: String,
        /// Each damage, with its place.
        what: Vec<String>,
    },
    /// It may be right, but this program cannot do it.
    #[error("{}{what}", place(.file, .at))]
    Unsupported {
        /// The file concerned.
        file: String,
        /// Where in it.
        at: At,
        /// What cannot be done, as a whole clause.
        what: String,
        /// What to try.
        hint: Option<String>,
    },
    /// It is encrypted, and there is no password or not the right one.
    #[error("{}{what}", place(.file, .at))]
    Password {
        /// The file concerned.
        file: String,
        /// Where it says so, or where the password fails.
        at: At,
        /// What is wrong, as a whole clause.
        what: String,
        /// Was there a password?
        tried: bool,
    },
    /// A file that another file names is not there.
    #[error("{}names {wanted:?}, which is not there", place(.file, .at))]
    MissingFile {
        /// The file that names it.
        file: String,
        /// Where it does so.
        at: At,
        /// The missing name.
        wanted: String,
        /// What to try.
        hint: Option<String>,
    },
    /// A count or length is beyond what is accepted from a file.
    #[error("{}found {found}; the limit is {limit}", place(.file, .at))]
    Limit {
        /// The file concerned.
        file: String,
        /// Where in it.
        at: At,
        /// What it asks for.
        found: String,
        /// What is accepted.
        limit: String,
    },
    /// The target cannot carry all of the source.
    #[error("{}", would_lose(.file, .losses))]
    WouldLose {
        /// The source.
        file: String,
        /// Everything that would go missing and was not allowed to.
        losses: Vec<Loss>,
        /// The nearest format that keeps it all, if there is one.
        keeps: Option<String>,
    },
    /// The disc does not fit into the target at all.
    #[error("{}{what}", place(.file, &At::Whole))]
    DoesNotFit {
        /// The source.
        file: String,
        /// What does not fit, as a whole clause.
        what: String,
        /// What to try.
        hint: Option<String>,
    },
    /// The output read back is not what was meant.
    #[error("{}the output differs from its source: {what}", place(.file, .at))]
    ProofFailed {
        /// The output file.
        file: String,
        /// Where it differs.
        at: At,
        /// In what it differs.
        what: String,
    },
    /// An output is there already, or would overwrite an input.
    #[error("{}{what}", place(.file, &At::Whole))]
    Refused {
        /// The output.
        file: String,
        /// Why it is not written, as a whole clause.
        what: String,
        /// What to try.
        hint: Option<String>,
    },
    /// The person stopped it.
    #[error("interrupted")]
    Cancelled,
}

fn place(file: &str, at: &At) -> String {
    match at {
        At::Whole => format!("{}: ", printable(file)),
        _ => format!("{}: {at}: ", printable(file)),
    }
}

fn would_lose(file: &str, losses: &[Loss]) -> String {
    let list: Vec<String> = losses.iter().map(ToString::to_string).collect();
    format!("{}: something would be lost: {}", printable(file), list.join("; "))
}

/// A name from an image or a command line, safe to print: characters that steer a terminal, or the direction of the text
/// after them, are escaped.
#[must_use]
pub fn printable(name: &str) -> String {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::with_capacity(name.len());
    for c in name.chars() {
        if steers(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

impl Error {
    /// A malformed file, without a hint; add one with [`Error::with_hint`].
    pub fn malformed(file: &str, at: At, found: impl Into<String>, expected: impl Into<String>) -> Error {
        Error::Malformed { file: file.to_owned(), at, found: found.into(), expected: expected.into(), hint: None }
    }

    /// Something this program cannot do; `what` is a whole clause.
    pub fn unsupported(file: &str, at: At, what: impl Into<String>) -> Error {
        Error::Unsupported { file: file.to_owned(), at, what: what.into(), hint: None }
    }

    /// The system refused; `doing` says what was tried, e.g. `cannot read`.
    pub fn io(file: &str, at: At, doing: impl Into<String>, source: std::io::Error) -> Error {
        Error::Io { file: file.to_owned(), at, doing: doing.into(), source }
    }

    /// The same error with the advice `text`, where the kind can carry one.
    #[must_use]
    pub fn with_hint(mut self, text: impl Into<String>) -> Error {
        match &mut self {
            Error::Malformed { hint, .. }
            | Error::Unsupported { hint, .. }
            | Error::MissingFile { hint, .. }
            | Error::DoesNotFit { hint, .. }
            | Error::Refused { hint, .. } => *hint = Some(text.into()),
            _ => {}
        }
        self
    }

    /// The same, said to be of one disc among several, which count from 0, where the disc is what is wrong.
    #[must_use]
    pub fn of_disc(mut self, disc: usize) -> Error {
        if let Error::DoesNotFit { what, .. } | Error::Unsupported { what, .. } = &mut self {
            *what = format!("disc {}: {what}", disc + 1);
        }
        self
    }

    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Malformed { hint, .. }
            | Error::Unsupported { hint, .. }
            | Error::MissingFile { hint, .. }
            | Error::DoesNotFit { hint, .. }
            | Error::Refused { hint, .. } => hint.clone(),
            Error::WouldLose { losses, keeps, .. } => Some(would_lose_hint(losses, keeps.as_deref())),
            Error::Limit { .. } => Some("the file is probably damaged, or is not what its name says".to_owned()),
            Error::ProofFailed { .. } => {
                Some("nothing was left under the final name; check the disk and the memory, then try again".to_owned())
            }
            Error::Io { source, .. } => io_hint(source),
            Error::Password { tried: false, .. } => Some("give the password with --password-file FILE".to_owned()),
            Error::Password { tried: true, .. } => {
                Some("check the password: case counts, and so does a blank at its end".to_owned())
            }
            Error::Damaged { .. } => {
                Some("--allow-loss damage goes on with what is there, and with zeros where a sector is cut".to_owned())
            }
            Error::Cancelled => None,
        }
    }

    /// A short, stable name of the kind, for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Error::Io { .. } => "io",
            Error::Malformed { .. } => "malformed",
            Error::Damaged { .. } => "damaged",
            Error::Unsupported { .. } => "unsupported",
            Error::Password { .. } => "password",
            Error::MissingFile { .. } => "missing-file",
            Error::Limit { .. } => "limit",
            Error::WouldLose { .. } => "would-lose",
            Error::DoesNotFit { .. } => "does-not-fit",
            Error::ProofFailed { .. } => "proof-failed",
            Error::Refused { .. } => "refused",
            Error::Cancelled => "cancelled",
        }
    }

    /// The file concerned, if there is one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match self {
            Error::Io { file, .. }
            | Error::Malformed { file, .. }
            | Error::Damaged { file, .. }
            | Error::Unsupported { file, .. }
            | Error::Password { file, .. }
            | Error::MissingFile { file, .. }
            | Error::Limit { file, .. }
            | Error::WouldLose { file, .. }
            | Error::DoesNotFit { file, .. }
            | Error::ProofFailed { file, .. }
            | Error::Refused { file, .. } => Some(file),
            Error::Cancelled => None,
        }
    }

    /// Where in the file, if that is known.
    #[must_use]
    pub fn at(&self) -> Option<&At> {
        match self {
            Error::Io { at, .. }
            | Error::Malformed { at, .. }
            | Error::Unsupported { at, .. }
            | Error::Password { at, .. }
            | Error::MissingFile { at, .. }
            | Error::Limit { at, .. }
            | Error::ProofFailed { at, .. } => Some(at),
            _ => None,
        }
    }

    /// What was found and what was expected, where the kind has them.
    #[must_use]
    pub fn found_expected(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Error::Malformed { found, expected, .. } => (Some(found), Some(expected)),
            Error::Limit { found, limit, .. } => (Some(found), Some(limit)),
            _ => (None, None),
        }
    }
}

fn would_lose_hint(losses: &[Loss], keeps: Option<&str>) -> String {
    // One kind may be lost in several ways, and is allowed once.
    let kinds = losses.iter().fold(LossKinds::NONE, |kinds, loss| kinds.with(loss.kind));
    let kinds: Vec<&str> = kinds.iter().map(LossKind::name).collect();
    let allow = format!("--allow-loss {} goes on without it", kinds.join(","));
    match keeps {
        Some(format) => format!("{format} keeps it all; {allow}"),
        None => allow,
    }
}

fn io_hint(source: &std::io::Error) -> Option<String> {
    use std::io::ErrorKind as K;
    let text = match source.kind() {
        K::NotFound => "check the name and the folder",
        K::PermissionDenied | K::ReadOnlyFilesystem => "check the permissions, or choose another folder with --out",
        K::StorageFull | K::QuotaExceeded => "make room, or choose a folder on another disk with --out; nothing was left behind",
        K::UnexpectedEof => "the file became shorter while it was read; is something else writing it?",
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_lost_in_two_ways_is_allowed_once() {
        let losses = [LossKind::Pregap, LossKind::Ecc, LossKind::Pregap].map(|kind| Loss::new(kind, 1, "something")).to_vec();
        let error = Error::WouldLose { file: "x".to_owned(), losses, keeps: Some("cue".to_owned()) };
        assert_eq!(error.hint().unwrap(), "cue keeps it all; --allow-loss ecc,pregap goes on without it");
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\n\u{202e}nib.\u{e9}"), "a\\u{1b}[2Jb\\n\\u{202e}nib.\u{e9}");
    }
}
