//! The folder around an input, and inputs of several files.

use discconv_core::{Bytes, Disc, Format, Found, Input, Result, Siblings};
use std::sync::{Arc, LazyLock};

/// Stands between the files of an input. No format has it, and the fuzzer finds it among its words.
pub const MARK: &[u8] = b"\n<<<NEXT FILE>>>\n";

/// What stands behind a name of which nothing is known: 300 raw sectors of nothing, and no sector size's multiple by chance.
static ZEROS: LazyLock<Arc<[u8]>> = LazyLock::new(|| vec![0; 300 * 2352 + 7].into());

/// The files of an input.
pub(super) fn split(data: &[u8]) -> Vec<&[u8]> {
    let mut files = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
        files.push(&rest[..at]);
        rest = &rest[at + MARK.len()..];
    }
    files.push(rest);
    files
}

/// What is found under names that are not those of the input's files.
pub(super) enum Others<'a> {
    Nothing,
    Zeros,
    Bytes(&'a [u8]),
}

/// A folder.
pub(super) struct Folder<'a> {
    files: Vec<(&'a str, &'a [u8])>,
    others: Others<'a>,
}

impl<'a> Folder<'a> {
    /// A folder in which every name is there.
    pub(super) fn of_zeros() -> Folder<'static> {
        Folder { files: Vec::new(), others: Others::Zeros }
    }

    /// A folder with those files, and `others`.
    pub(super) fn new(names: &[&'a str], files: &[&'a [u8]], others: Others<'a>) -> Folder<'a> {
        Folder { files: names.iter().copied().zip(files.iter().copied()).collect(), others }
    }

    /// A folder with all files of an input, as far as `names` goes; in which, if the input is but one, every name is there.
    pub(super) fn of_input(names: &[&'a str], files: &[&'a [u8]]) -> Folder<'a> {
        let others = if files.len() > 1 { Others::Nothing } else { Others::Zeros };
        Folder::new(names, files, others)
    }
}

impl Siblings for Folder<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let own = self.files.iter().find(|(known, _)| *known == name).map(|(_, bytes)| Arc::from(*bytes));
        let bytes: Option<Arc<[u8]>> = own.or_else(|| match self.others {
            Others::Nothing => None,
            Others::Zeros => Some(ZEROS.clone()),
            Others::Bytes(bytes) => Some(Arc::from(bytes)),
        });
        Ok(bytes.map(|bytes| {
            let source = Arc::new(Bytes::new(name, bytes));
            Found { name: name.to_owned(), source, unwrapped: None, notes: Vec::new() }
        }))
    }

    fn list(&self) -> Vec<String> {
        let mut names: Vec<String> = self.files.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.sort_unstable();
        names
    }
}

/// As the program opens it.
pub(super) fn open(name: &str, data: &[u8], siblings: &dyn Siblings, forced: Option<&str>) -> Result<Vec<Disc>> {
    let source = Arc::new(Bytes::new(name, data));
    let input = Input { forced, ..Input::new(name, source, siblings) };
    discconv_formats::open(&input).map(|image| image.discs)
}

/// The files that a descriptor speaks of: so that it is asked for them.
pub(super) fn ask_names(format: &dyn Format, name: &str, data: &[u8], siblings: &dyn Siblings) {
    let source = Arc::new(Bytes::new(name, data));
    if let Ok(Some(names)) = format.names(&Input::new(name, source, siblings)) {
        assert!(names.iter().all(|name| !name.is_empty()), "{names:?}");
    }
}
