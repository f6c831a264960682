//! Directories: file identifiers one after another (4/14.4).

use super::tag::check;
use super::text;
use super::wire::{self, Block, IDENTIFIER_BYTES, Identifier, id};

const HIDDEN: u8 = 1;
const DIRECTORY: u8 = 2;
const DELETED: u8 = 4;
const PARENT: u8 = 8;
/// A stream of the file system's own.
const METADATA: u8 = 16;

/// One name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) icb: Block,
    pub(super) directory: bool,
    pub(super) hidden: bool,
}

/// The names in a directory's content, at most `most`. If something else is in it: the byte where it is, and what.
pub(super) fn read(content: &[u8], most: u64) -> Result<Vec<Named>, (usize, String)> {
    let mut names = Vec::new();
    let mut at = 0;
    while at < content.len() {
        let (named, next) = one(content, at)?;
        if let Some(named) = named {
            if names.len() as u64 >= most {
                return Err((at, format!("more than {most} names")));
            }
            names.push(named);
        }
        at = next;
    }
    Ok(names)
}

/// Is there a name in what a directory begins with?
pub(super) fn has_names(start: &[u8]) -> bool {
    let mut at = 0;
    while at < start.len() {
        match one(start, at) {
            Ok((None, next)) => at = next,
            Ok((Some(_), _)) => return true,
            Err(_) => return false,
        }
    }
    false
}

/// What stands at a byte, if that is a name that counts, and where the next one stands.
fn one(content: &[u8], at: usize) -> Result<(Option<Named>, usize), (usize, String)> {
    let rest = content.get(at..).unwrap_or_default();
    check(rest, &[id::FILE_IDENTIFIER], None).map_err(|found| (at, found))?;
    let cut = || (at, "a file identifier that is cut short".to_owned());
    let found: Identifier = wire::read(rest).ok_or_else(cut)?;
    let name_at = IDENTIFIER_BYTES + usize::from(found.extra_bytes);
    let end = name_at + usize::from(found.name_bytes);
    let name = rest.get(name_at..end).ok_or_else(cut)?;
    let counts = found.characteristics & (DELETED | PARENT | METADATA) == 0;
    let named = counts.then(|| Named {
        name: text::osta(name),
        icb: found.icb.block,
        directory: found.characteristics & DIRECTORY != 0,
        hidden: found.characteristics & HIDDEN != 0,
    });
    Ok((named, at + end.next_multiple_of(4)))
}
