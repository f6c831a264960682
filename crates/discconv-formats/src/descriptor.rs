//! The sheet that belongs to a data file.

use crate::formats;
use crate::names::name_inside;
use crate::siblings::UnwrappingSiblings;
use discconv_core::{Disc, Format, Input, Opened};

/// The bare name of the descriptor that lies beside the file `name` and names it, if there is one.
///
/// Candidates have the stem of `name` and an extension of a format that has data files; the data may be called anything,
/// as a sheet may name any file. One that cannot be opened, or that speaks of other files, is none. Of a packed file the
/// descriptor may also name what is in it, if that is not there itself. Whoever uses it should say so in a note.
#[must_use]
pub fn find_descriptor(name: &str, siblings: &UnwrappingSiblings<'_>) -> Option<String> {
    let bare = bare(name);
    let insides = std::iter::successors(Some(bare), |name| name_inside(name));
    insides.take(3).find_map(|named| beside(bare, named, siblings))
}

/// The descriptor of the file `data`, which it may call `named`.
fn beside(data: &str, named: &str, siblings: &UnwrappingSiblings<'_>) -> Option<String> {
    let (stem, extension) = named.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    formats().filter(|format| !format.info().companions.is_empty()).find_map(|format| {
        let own = format.info().extensions.iter().filter(|own| **own != extension);
        own.map(|own| format!("{stem}.{own}")).find_map(|candidate| describes(format, &candidate, data, named, siblings))
    })
}

/// The name of `candidate` as the folder has it, if it is a descriptor of `data`.
fn describes(format: &dyn Format, candidate: &str, data: &str, named: &str, siblings: &UnwrappingSiblings<'_>) -> Option<String> {
    let found = siblings.plain().open(candidate).ok()??;
    // Where a format does not say it otherwise: readers look for a missing file under the descriptor's own stem, which here
    // would find `data` whatever is said of it. No file is called like this, so that only what the descriptor names is found.
    let stemless = format!("\0.{}", candidate.rsplit_once('.').map_or("", |(_, extension)| extension));
    let names = format.names(&Input::new(candidate, found.source.clone(), siblings)).ok()?;
    if let Some(names) = names {
        let says = |wanted: &str| names.iter().any(|name| bare(name).to_lowercase() == wanted.to_lowercase());
        let inside = || data != named && says(named) && matches!(siblings.plain().open(named), Ok(None));
        return (says(data) || inside()).then_some(found.name);
    }
    match format.open(&Input::new(&stemless, found.source, siblings)).ok()? {
        Opened::Discs(discs) if discs.iter().any(|disc| reads(disc, data)) => Some(found.name),
        _ => None,
    }
}

/// Is `data` among the files that the disc is read from?
fn reads(disc: &Disc, data: &str) -> bool {
    disc.sources().iter().any(|source| bare(source.name()).to_lowercase() == data.to_lowercase())
}

fn bare(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
