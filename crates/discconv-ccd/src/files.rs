//! The files beside the descriptor. It names none: they have its stem.

use discconv_core::{At, Error, Found, Input, Result};
use discconv_sector::RAW;

/// What holds the sectors; all but the first were renamed, or come from programs that write no descriptor of their own.
const SECTORS: [&str; 4] = ["img", "bin", "raw", "iso"];
const SUBCHANNEL: &str = "sub";

fn beside(input: &Input<'_>, extension: &str) -> String {
    format!("{}.{extension}", input.stem())
}

/// The names of the files that belong to the descriptor.
pub(crate) fn names(input: &Input<'_>) -> Vec<String> {
    let folder: Vec<String> = input.siblings.list().iter().map(|name| name.to_lowercase()).collect();
    let lies_there = |name: &String| folder.contains(&name.to_lowercase());
    let known: Vec<String> = SECTORS.iter().map(|extension| beside(input, extension)).collect();
    let sectors = known.iter().find(|name| lies_there(name)).unwrap_or(&known[0]);
    vec![sectors.clone(), beside(input, SUBCHANNEL)]
}

/// The file with the sectors. `true` if it is not called as it should be.
///
/// # Errors
/// [`Error::MissingFile`], with the only candidate as advice.
pub(crate) fn sectors(input: &Input<'_>) -> Result<(Found, bool)> {
    for extension in SECTORS {
        let Some(found) = input.siblings.open(&beside(input, extension))? else { continue };
        // By another name it may be something else.
        if extension == SECTORS[0] || found.source.len().is_multiple_of(RAW as u64) {
            return Ok((found, extension != SECTORS[0]));
        }
    }
    let wanted = beside(input, SECTORS[0]);
    let names = input.siblings.list();
    let mut likely = names.iter().filter(|name| name.to_lowercase().ends_with(".img"));
    let hint = match (likely.next(), likely.next()) {
        (Some(only), None) => format!("if {only:?} is meant, rename it or the descriptor, so that both have one stem"),
        _ => format!("put {wanted:?} beside the descriptor"),
    };
    Err(Error::MissingFile { file: input.name.to_owned(), at: At::Whole, wanted, hint: Some(hint) })
}

/// The file with the subchannel, if there is one and anything in it.
///
/// # Errors
/// If it is there and cannot be opened.
pub(crate) fn subchannel(input: &Input<'_>) -> Result<Option<Found>> {
    Ok(input.siblings.open(&beside(input, SUBCHANNEL))?.filter(|found| !found.source.is_empty()))
}
