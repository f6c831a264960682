//! The folder as a disc: what the host finds there, in the words of the author.

use super::CreateArgs;
use crate::errors::Failure;
use crate::image::Image;
use crate::shown;
use discconv_author::{Item, Level, Options, What, author};
use discconv_core::Note;
use discconv_host::{FileIdentity, Gathered, Named, Shelf, Sort, gather};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Left-out names that are told one by one.
const NAMED: usize = 10;

/// The disc of the folder, and a clause about what is on it.
///
/// # Errors
/// What stands in the way of reading the folder, or of making a disc of it.
pub(crate) fn image(args: &CreateArgs, options: &Options) -> Result<(Image, String), Failure> {
    let Gathered { found, left_out } = gather(&args.folder, args.links())?;
    let mut files: BTreeMap<FileIdentity, u64> = BTreeMap::new();
    let (mut numbers, shelf) = (BTreeMap::new(), Shelf::new());
    let (mut items, mut folders, mut links, mut longest) = (Vec::with_capacity(found.len()), 0, 0, 0);
    for named in found {
        match &named.sort {
            Sort::Folder => folders += 1,
            Sort::Link(_) => links += 1,
            Sort::File { len, identity } => {
                longest = longest.max(*len);
                files.insert(identity.clone(), *len);
            }
        }
        items.push(item(named, &shelf, &mut numbers));
    }
    let contents = contents(options, (files.len(), folders - 1, links), longest);
    let disc = author(&args.folder.display().to_string(), items, options)?;
    let mut image = Image::made(&args.folder, disc, files);
    image.notes.extend(left_out_notes(&left_out));
    Ok((image, contents))
}

fn item(named: Named, shelf: &Arc<Shelf>, numbers: &mut BTreeMap<FileIdentity, u64>) -> Item {
    let Named { names, path, sort, modified, mode } = named;
    let what = match sort {
        Sort::Folder => What::Directory,
        Sort::Link(to) => What::Link(to),
        Sort::File { len, identity } => {
            let next = numbers.len() as u64;
            let same = Some(*numbers.entry(identity.clone()).or_insert(next));
            What::File { source: shelf.file(&path, len, identity), same }
        }
    };
    Item { path: names, what, modified, mode }
}

/// What is on the disc, and in which file systems.
fn contents(options: &Options, (files, folders, links): (usize, u64, u64), longest: u64) -> String {
    let level = match options.level {
        Level::One => 1,
        Level::Two => 2,
        Level::Three => 3,
    };
    let udf = options.udf.unwrap_or(longest >= 1 << 32);
    let systems = [(options.joliet, ", Joliet"), (options.rock_ridge, ", Rock Ridge"), (udf, ", UDF 1.02")];
    let systems: String = systems.iter().filter_map(|(there, name)| there.then_some(*name)).collect();
    let links = if links > 0 { format!(", {}", shown::count(links, "link")) } else { String::new() };
    let (files, folders) = (shown::count(files as u64, "file"), shown::count(folders, "folder"));
    format!("{files}, {folders}{links} in ISO 9660 level {level}{systems}")
}

/// What has no place on a disc.
fn left_out_notes(left_out: &[(PathBuf, &'static str)]) -> Vec<Note> {
    let mut notes: Vec<Note> = left_out
        .iter()
        .take(NAMED)
        .map(|(path, what)| Note::oddity(format!("{}: is {what}, left out", path.display())))
        .collect();
    if left_out.len() > NAMED {
        notes.push(Note::oddity(format!("{} more of the kind are left out", left_out.len() - NAMED)));
    }
    notes
}
