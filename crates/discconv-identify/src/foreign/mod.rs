//! What a file is that is no disc image, or one that is not read.

mod inferred;
mod rules;
mod signatures;
mod text;

use discconv_core::{Peek, ReadAt, Result};

/// Bytes at both ends that are looked at.
const ENDS: u64 = 64 << 10;

/// What kind of thing it is: what can be done with it depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Something may be inside.
    Archive,
    /// A disc is in it.
    Image,
    /// A disc of a console, in a form of its own.
    Console,
    /// It describes a disc in other files.
    Sheet,
    /// A disk, but no disc.
    Disk,
    /// Sound or film of a track.
    Sound,
    /// Nothing to do with discs.
    Other,
}

/// Something recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What it is, with its article, fit for "found ...".
    pub name: String,
    /// Its media type.
    pub mime: &'static str,
    /// What kind of thing it is.
    pub sort: Sort,
    /// Its mark is at the end, so that its beginning may look like something else.
    pub at_end: bool,
    /// The format that reads it, where discconv has one.
    pub format: Option<&'static str>,
    /// Its mark is long enough that sectors do not begin so by chance.
    pub sure: bool,
}

impl Foreign {
    fn new(name: &str, mime: &'static str, sort: Sort) -> Foreign {
        Foreign { name: name.to_owned(), mime, sort, at_end: false, format: None, sure: true }
    }

    fn read_by(self, format: &'static str) -> Foreign {
        Foreign { format: Some(format), ..self }
    }
}

/// What the file is, if it can be seen. It is asked of files that no format knows: what it says of the others is only how
/// they begin.
#[must_use]
pub fn foreign(peek: &Peek<'_>) -> Option<Foreign> {
    let rules = [signatures::find, rules::find, text::find, inferred::find];
    rules.into_iter().find_map(|rule| rule(peek))
}

/// The same of a file of which nothing is at hand yet. `name` is its name, of which only the extension matters.
///
/// # Errors
/// Reading.
pub fn foreign_in(name: &str, source: &dyn ReadAt) -> Result<Option<Foreign>> {
    let len = source.len().min(ENDS);
    let end = |offset| {
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
        source.read_exact_at(offset, &mut bytes).map(|()| bytes)
    };
    let (head, tail) = (end(0)?, end(source.len() - len)?);
    let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase());
    Ok(foreign(&Peek { head: &head, tail: &tail, extension: &extension, source }))
}
