//! What stands in the way of an output, found before any work is done: a dry run says what the real one would.

use discconv_core::{At, Error};
use discconv_host::FileIdentity;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// May `path` be written? None of `inputs` is replaced, and no other file without `force`.
///
/// # Errors
/// [`Error::Refused`] or [`Error::Io`], as writing would say it.
pub(crate) fn check(path: &Path, inputs: &[FileIdentity], force: bool) -> Result<(), Error> {
    let refuse = |what: &str, hint: &str| {
        Err(Error::Refused { file: path.display().to_string(), what: what.to_owned(), hint: Some(hint.to_owned()) })
    };
    if FileIdentity::of(path).is_ok_and(|identity| inputs.contains(&identity)) {
        return refuse("is the input, or another name of it", "choose another name or folder; an input is never written");
    }
    match (std::fs::symlink_metadata(path), std::fs::metadata(path)) {
        (_, Ok(metadata)) if metadata.is_dir() => refuse("is a folder already", "choose another name or folder"),
        (_, Ok(metadata)) if !metadata.is_file() => refuse("is there already and no plain file", "choose another name or folder"),
        (Ok(_), _) if !force => refuse("exists already", "--force replaces it; or choose another name or folder"),
        _ => check_folder(path),
    }
}

/// Folders may be missing, as they are made; but what is there must be a folder.
fn check_folder(path: &Path) -> Result<(), Error> {
    let failed = |kind: ErrorKind| Err(Error::io(&path.display().to_string(), At::Whole, "cannot be written", kind.into()));
    for folder in path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
        match std::fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => return Ok(()),
            Ok(_) => return failed(ErrorKind::NotADirectory),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(Error::io(&path.display().to_string(), At::Whole, "cannot be written", error)),
        }
    }
    Ok(())
}

/// The path of a file that may not be there yet, its folder without links and dots: two paths of one file are equal.
pub(crate) fn place_of(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut folder = PathBuf::new();
    for component in absolute.parent().into_iter().flat_map(Path::components) {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                folder.pop();
            }
            _ => {
                folder.push(component);
                folder = std::fs::canonicalize(&folder).unwrap_or(folder);
            }
        }
    }
    match absolute.file_name() {
        Some(name) => folder.join(name),
        None => std::fs::canonicalize(&absolute).unwrap_or(absolute),
    }
}

/// The same where systems do not tell `A` from `a`.
pub(crate) fn place_in_any_case(path: &Path) -> String {
    place_of(path).to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("d")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("d", folder.path().join("link")).unwrap();
        let place = |name: &str| place_of(&folder.path().join(name));
        let expected = place("d/x.iso");
        assert_eq!(place("./d/../d/x.iso"), expected);
        assert_eq!(place("new/../d/x.iso"), expected);
        #[cfg(unix)]
        assert_eq!(place("link/x.iso"), expected);
        assert_eq!(place("new/er/../x.iso"), place("new/x.iso"));
        assert_ne!(place("d/y.iso"), expected);
    }

    #[test]
    fn obstacles_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("there"), b"x").unwrap();
        std::fs::create_dir(path("d")).unwrap();
        let input = [FileIdentity::of(&path("there")).unwrap()];
        let said = |name: &str, inputs: &[FileIdentity], force| {
            check(&path(name), inputs, force).map_or_else(|error| error.to_string(), |()| "free".to_owned())
        };
        for (name, inputs, force, end) in [
            ("new", &[][..], false, "free"),
            ("new/er/x", &[], false, "free"),
            ("there", &[], false, "exists already"),
            ("there", &[], true, "free"),
            ("there", &input, true, "is the input, or another name of it"),
            ("d", &[], true, "is a folder already"),
            ("there/x", &[], true, "cannot be written: not a directory"),
            ("there/x/y", &[], false, "cannot be written: not a directory"),
        ] {
            assert!(said(name, inputs, force).ends_with(end), "{name}: {}", said(name, inputs, force));
        }
    }
}
