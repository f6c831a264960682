//! Which file of an archive is the image.
//!
//! What an archive holds is seen by names: to look into all of it would mean to unpack all of it. A descriptor and the files
//! that it names are one image; several descriptors of one stem describe the same, and the first in the list of formats
//! is taken.

use crate::names::{name_inside, promise};
use crate::open::OpenedImage;
use discconv_core::error::printable;
use discconv_core::{At, Error, Found, Input, Promise, ReadAt, Result, Siblings};
use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

/// What is expected of an archive that is opened.
const IMAGE_INSIDE: &str = "a disc image in it";

/// Does the error say that an archive holds no image at all, so that nobody meant it as one?
#[must_use]
pub fn holds_no_image(error: &Error) -> bool {
    matches!(error, Error::Malformed { expected, .. } if expected == IMAGE_INSIDE)
}

/// Names that an error lists.
const LISTED: usize = 12;

/// The files of an archive that are in one of its folders, by their bare names.
pub(crate) struct Folder<'a> {
    archive: &'a str,
    files: &'a dyn Siblings,
    /// Empty, or with `/` at the end.
    prefix: String,
}

impl<'a> Folder<'a> {
    /// The folder that `member` is in.
    pub(crate) fn of(archive: &'a str, files: &'a dyn Siblings, member: &str) -> Folder<'a> {
        let prefix = member.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        Folder { archive, files, prefix }
    }
}

impl Siblings for Folder<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let found = self.files.open(&format!("{}{name}", self.prefix))?;
        Ok(found.map(|found| {
            let name = found.name.rsplit('/').next().unwrap_or(&found.name).to_owned();
            let source = Arc::new(Named { name: format!("{}/{}", self.archive, found.name), inner: found.source });
            Found { name, source, ..found }
        }))
    }

    fn list(&self) -> Vec<String> {
        let all = self.files.list();
        let here = all.iter().filter_map(|name| name.strip_prefix(&self.prefix)).filter(|name| !name.contains('/'));
        here.map(str::to_owned).collect()
    }

    fn promises(&self) -> Vec<Promise> {
        self.files.promises()
    }
}

/// A file of an archive, called like that: by itself it would be called like the archive that it is a part of.
struct Named {
    name: String,
    inner: Arc<dyn ReadAt>,
}

impl ReadAt for Named {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.inner.read_exact_at(offset, buf)
    }

    fn block_hint(&self) -> u32 {
        self.inner.block_hint()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn as_any(&self) -> Option<&dyn Any> {
        self.inner.as_any()
    }

    fn is_hole(&self, range: Range<u64>) -> bool {
        self.inner.is_hole(range)
    }
}

/// The member that is to be opened: the one that was asked for, or the only one that can be meant.
///
/// # Errors
/// [`Error::Unsupported`] if there are several, naming them; [`Error::Malformed`] if there is none.
pub(crate) fn choose(input: &Input<'_>, files: &dyn Siblings) -> Result<String> {
    let names = files.list();
    if let Some(member) = input.member {
        let exact = names.iter().find(|name| *name == member);
        let found = exact.or_else(|| names.iter().find(|name| name.to_lowercase() == member.to_lowercase()));
        return found.cloned().ok_or_else(|| missing(input, member, files));
    }
    let mut descriptors: Vec<(usize, &String)> =
        names.iter().filter_map(|name| Some((promise(name).filter(|promise| promise.descriptor)?.rank, name))).collect();
    descriptors.sort();
    let mut stems: Vec<String> = descriptors.iter().map(|(_, name)| stem(name)).collect();
    stems.sort();
    stems.dedup();
    if let ([_], Some((_, first))) = (&stems[..], descriptors.first()) {
        return Ok((*first).clone());
    }
    if stems.len() > 1 {
        return Err(several(input, &descriptors.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>()));
    }
    let images: Vec<&str> = names.iter().map(String::as_str).filter(|name| promise(name).is_some()).collect();
    match &images[..] {
        [one] => Ok((*one).to_owned()),
        [] => Err(none(input, &names)),
        several_of_them => Err(several(input, several_of_them)),
    }
}

/// The image that was chosen must be all that there is: a second one that nobody reads would be passed over silently.
///
/// # Errors
/// [`Error::Unsupported`] naming them.
pub(crate) fn refuse_others(input: &Input<'_>, member: &str, files: &dyn Siblings, image: &OpenedImage) -> Result<()> {
    if input.member.is_some() {
        return Ok(());
    }
    let lower = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    let read: Vec<String> = image.discs.iter().flat_map(|disc| disc.sources()).map(|source| lower(source.name())).collect();
    let own = stem(member);
    let names = files.list();
    let others = names.iter().filter(|name| promise(name).is_some() && stem(name) != own && !read.contains(&lower(name)));
    let others: Vec<&str> = others.map(String::as_str).collect();
    if others.is_empty() { Ok(()) } else { Err(several(input, &[&[member], &others[..]].concat())) }
}

/// Path and name without extension, in small letters.
fn stem(name: &str) -> String {
    let name = name_inside(name).unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase()
}

fn listed(names: &[&str]) -> String {
    let mut shown: Vec<String> = names.iter().take(LISTED).map(|name| format!("{:?}", printable(name))).collect();
    if names.len() > LISTED {
        shown.push(format!("and {} more", names.len() - LISTED));
    }
    shown.join(", ")
}

fn several(input: &Input<'_>, names: &[&str]) -> Error {
    let what = format!("holds more than one image: {}", listed(names));
    Error::unsupported(input.name, At::Whole, what).with_hint("say which with --member NAME")
}

fn none(input: &Input<'_>, names: &[String]) -> Error {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = if names.is_empty() {
        "an archive without files".to_owned()
    } else {
        format!("an archive of other files: {}", listed(&names))
    };
    Error::malformed(input.name, At::Whole, found, IMAGE_INSIDE)
        .with_hint("if one of them is an image all the same, say which with --member NAME")
}

/// There is no such member.
pub(crate) fn missing(input: &Input<'_>, member: &str, files: &dyn Siblings) -> Error {
    let names = files.list();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let hint = format!("it has {}", listed(&names));
    Error::unsupported(input.name, At::Whole, format!("has no member {member:?}")).with_hint(hint)
}
