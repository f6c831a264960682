//! Hard links of HFS+: a file that has several names lies in a folder of private data, and each name is a record that tells its
//! number there (Technical Note 1150); folders with several names likewise.

use super::catalog::{self, Named};
use super::volume::Volume;
use super::{ROOT, wire};
use crate::What;
use discconv_core::{At, Error, Result};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// The folders of private data; both are in the root folder, where nobody is shown them.
const FILES: &str = "\0\0\0\0HFS+ Private Data";
const FOLDERS: &str = ".HFS+ Private Directory Data\r";
/// What their numbers stand behind there.
const FILE: &str = "iNode";
const FOLDER: &str = "dir_";

/// What hard links stand for, by number.
#[derive(Default)]
pub(super) struct Links {
    /// The byte of the catalog where the record is.
    files: BTreeMap<u32, u64>,
    /// The number of the folder.
    folders: BTreeMap<u32, u32>,
    /// Files to which no name leads: deleted ones that were still open, and what else is there.
    pub(super) nameless: u64,
}

/// Is this one of the folders of private data?
pub(super) fn is_private(folder: u32, name: &str) -> bool {
    folder == ROOT && (name == FILES || name == FOLDERS)
}

impl Links {
    /// Reads the folders of private data, which have no more than `most` entries together.
    ///
    /// # Errors
    /// Reading; more entries.
    pub(super) fn read(volume: &Volume, most: u64) -> Result<Links> {
        let mut links = Links::default();
        for folder in private_folders(volume)? {
            catalog::each_in(volume, folder, |named| {
                links.take(volume, &named);
                let count = (links.files.len() + links.folders.len()) as u64 + links.nameless;
                if count > most {
                    let found = format!("more than {most} files that have hard links");
                    return Err(Error::malformed(volume.space.name(), At::Whole, found, "fewer"));
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(links)
    }

    fn take(&mut self, volume: &Volume, named: &Named<'_>) {
        let number = |before: &str| named.name.strip_prefix(before).and_then(|number| number.parse::<u32>().ok());
        let Some(found) = catalog::found(volume, named.data, String::new(), named.at) else { return };
        match (found.entry.what, number(FILE), number(FOLDER)) {
            (What::File, Some(number), _) => {
                self.files.insert(number, named.at);
                self.nameless += u64::from(links_to(named.data) == 0);
            }
            (What::Directory, _, Some(number)) => {
                self.folders.insert(number, found.id);
            }
            _ => self.nameless += 1,
        }
    }

    /// The byte of the catalog where the record of the file is that has this number.
    pub(super) fn file(&self, number: u32) -> Option<u64> {
        self.files.get(&number).copied()
    }

    /// The folder that has this number.
    pub(super) fn folder(&self, number: u32) -> Option<u32> {
        self.folders.get(&number).copied()
    }
}

/// How many names lead to a file of private data: what of a link is the number it leads to.
fn links_to(record: &[u8]) -> u32 {
    wire::read::<wire::Item>(record).map_or(0, |item| item.special)
}

fn private_folders(volume: &Volume) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    catalog::each_in(volume, ROOT, |named| {
        if is_private(ROOT, &named.name) {
            let folder = catalog::found(volume, named.data, String::new(), named.at);
            found.extend(folder.filter(|folder| folder.entry.is_directory()).map(|folder| folder.id));
        }
        Ok(if found.len() < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
}
