//! The password of an encrypted image: from a file, or from whoever sits at the terminal.

use crate::args::Reading;
use crate::errors::Failure;
use crate::shown;
use discconv_core::{At, Error};
use std::fs::File;
use std::io::{self, IsTerminal, Read, stderr, stdin};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// No password is longer; a file that is was named by mistake.
const MAX_BYTES: u64 = 4096;

/// The first line of the file that `--password-file` names, without its end.
///
/// # Errors
/// [`Error::Io`] if it cannot be read; a usage error if it has no first line that could be a password.
pub(crate) fn from_file(reading: &Reading) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = &reading.password_file else { return Ok(None) };
    let io = |source| Error::Io {
        file: path.display().to_string(),
        at: At::Whole,
        doing: "cannot read the password".to_owned(),
        source,
    };
    let mut text = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut text)).map_err(io)?;
    let line = first_line(&text);
    if line.is_empty() || line.len() as u64 > MAX_BYTES {
        return Err(Failure::usage(
            format!("{} holds no password: its first line has {} bytes", shown::path(path), line.len()),
            "put the password alone on the first line",
        ));
    }
    Ok(Some(line.to_vec()))
}

fn first_line(text: &[u8]) -> &[u8] {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What was typed in this run: an image may be opened more than once, and its neighbours often have the same password.
static TYPED: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// The password that was typed last.
pub(crate) fn typed() -> Option<Vec<u8>> {
    TYPED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Ask for the password of `path`, if somebody is there; nothing that is typed is shown.
///
/// # Errors
/// [`Error::Cancelled`] for Ctrl-C, which is typed here like anything else and stops nothing by itself.
pub(crate) fn ask(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let mut last = TYPED.lock().unwrap_or_else(PoisonError::into_inner);
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Ok(None);
    }
    let typed = answer(rpassword::prompt_password(format!("Password of {}: ", shown::path(path))))?;
    last.clone_from(&typed);
    Ok(typed)
}

/// What the person answered; nothing, where a line cannot be read or is empty.
fn answer(typed: io::Result<String>) -> Result<Option<Vec<u8>>, Error> {
    match typed {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(Error::Cancelled),
        typed => Ok(typed.ok().filter(|typed| !typed.is_empty()).map(String::into_bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_be_to_stop() {
        assert_eq!(answer(Ok("secret".into())).unwrap().as_deref(), Some(&b"secret"[..]));
        assert_eq!(answer(Ok(String::new())).unwrap(), None);
        assert_eq!(answer(Err(io::ErrorKind::UnexpectedEof.into())).unwrap(), None);
        assert!(matches!(answer(Err(io::ErrorKind::Interrupted.into())), Err(Error::Cancelled)));
    }

    #[test]
    fn the_first_line_is_the_password() {
        for (text, line) in [
            (&b"secret\n"[..], &b"secret"[..]),
            (b"secret\r\nmore", b"secret"),
            (b"secret", b"secret"),
            (b" a b \n", b" a b "),
            (b"\nsecret", b""),
            (b"", b""),
        ] {
            assert_eq!(first_line(text), line);
        }
    }
}
