//! The sheet that belongs to a data file.

use crate::formats;
use crate::siblings::UnwrappingSiblings;
use discconv_core::{Disc, Format, Input, Limits, Opened, Siblings};

/// The bare name of the descriptor that lies beside the file `name` and names it, if there is one.
///
/// Candidates have the stem of `name` and an extension of a format that has data files; the data may be called anything,
/// as a sheet may name any file. One that cannot be opened, or that speaks of other files, is none. Whoever uses it should
/// say so in a note.
#[must_use]
pub fn find_descriptor(name: &str, siblings: &dyn Siblings) -> Option<String> {
    let bare = bare(name);
    let (stem, extension) = bare.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    formats().filter(|format| !format.info().companions.is_empty()).find_map(|format| {
        let own = format.info().extensions.iter().filter(|own| **own != extension);
        own.map(|own| format!("{stem}.{own}")).find_map(|candidate| describes(format, &candidate, bare, siblings))
    })
}

/// The name of `candidate` as the folder has it, if it is a descriptor of `data`.
fn describes(format: &dyn Format, candidate: &str, data: &str, siblings: &dyn Siblings) -> Option<String> {
    let found = siblings.open(candidate).ok()??;
    let limits = Limits::default();
    let unwrapping = UnwrappingSiblings::new(siblings, limits);
    // Where a format does not say it otherwise: readers look for a missing file under the descriptor's own stem, which here would find `data` whatever is said of
    // it. No file is called like this, so that only what the descriptor names is found.
    let stemless = format!("\0.{}", candidate.rsplit_once('.').map_or("", |(_, extension)| extension));
    let named = format.names(&Input::new(candidate, found.source.clone(), &unwrapping)).ok()?;
    if let Some(named) = named {
        return named.iter().any(|name| bare(name).to_lowercase() == data.to_lowercase()).then_some(found.name);
    }
    match format.open(&Input::new(&stemless, found.source, &unwrapping)).ok()? {
        Opened::Discs(discs) if discs.iter().any(|disc| names(disc, data)) => Some(found.name),
        _ => None,
    }
}

fn names(disc: &Disc, data: &str) -> bool {
    disc.sources().iter().any(|source| bare(source.name()).to_lowercase() == data.to_lowercase())
}

fn bare(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
