//! The catalog: what its keys and records say.

use super::volume::{Volume, roman, stamp};
use super::wire::{self, DATA_FORK_AT, Extent, Fork, Item, RESOURCE_FORK_AT, ShortFile, ShortFolder};
use crate::{Entry, What};
use discconv_core::{At, Error, Result};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// Set in what the Finder knows of hidden things.
const INVISIBLE: u16 = 0x4000;
/// Kinds of records; of HFS in the first of two bytes.
const FOLDER: u16 = 1;
const FILE: u16 = 2;
/// POSIX kinds of files.
const KIND: u16 = 0xF000;
const SYMBOLIC: u16 = 0xA000;
/// Types and creators of hard links; the latter is that of any alias too, from which a flag of the record tells it.
const FILE_LINK: &[u8; 8] = b"hlnkhfs+";
const FOLDER_LINK: &[u8; 8] = b"fdrpMACS";
const IN_A_CHAIN: u16 = 0x20;
/// The owner's flag of a file whose content is in an attribute or in its resources.
const COMPRESSED: u8 = 0x20;
/// Bytes of a file's record, of the longer kind.
const RECORD_BYTES: u64 = 248;
const SHORT_RECORD_BYTES: u64 = 102;

/// What a record says of a file or folder.
pub(super) struct Found {
    pub(super) entry: Entry,
    pub(super) id: u32,
    pub(super) extents: Vec<Extent>,
    /// Bytes and extents of the resource fork; those of HFS are only counted.
    pub(super) resources: (u64, Vec<Extent>),
    pub(super) points: Points,
    pub(super) compressed: bool,
}

/// What a record stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Points {
    /// Itself.
    Itself,
    /// The path in its content.
    Path,
    /// The file that has this number in the folder of private data.
    File(u32),
    /// The folder that has it there.
    Folder(u32),
}

/// A name in a folder, with its record.
pub(super) struct Named<'a> {
    pub(super) name: String,
    pub(super) data: &'a [u8],
    /// The byte of the catalog at which the record begins.
    pub(super) at: u64,
}

/// Every name in the folder of that number, in order, until `visit` breaks off.
///
/// # Errors
/// Reading; what `visit` errs with.
pub(super) fn each_in(volume: &Volume, folder: u32, mut visit: impl FnMut(Named<'_>) -> Result<ControlFlow<()>>) -> Result<()> {
    let parent = |key: &[u8]| -> Option<u32> {
        // One byte more belongs to the key of HFS.
        wire::read(key.get(usize::from(!volume.is_plus())..)?)
    };
    // Before all names of a folder comes the empty one.
    let compare = |key: &[u8]| match parent(key) {
        Some(parent) if parent == folder && name(volume, key).is_empty() => Ordering::Equal,
        Some(parent) if parent < folder => Ordering::Less,
        _ => Ordering::Greater,
    };
    volume.catalog.visit(&volume.space, compare, |record| match parent(record.key) {
        Some(parent) if parent < folder => Ok(ControlFlow::Continue(())),
        Some(parent) if parent == folder => visit(Named { name: name(volume, record.key), data: record.data, at: record.at }),
        _ => Ok(ControlFlow::Break(())),
    })
}

fn name(volume: &Volume, key: &[u8]) -> String {
    if volume.is_plus() {
        let units = key.get(6..).unwrap_or_default().chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let units = units.take(usize::from(key.get(4..).and_then(wire::read::<u16>).unwrap_or(0)));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    let name = key.get(5..).and_then(|rest| rest.split_first()).and_then(|(len, name)| name.get(..usize::from(*len)));
    roman(name.unwrap_or_default())
}

/// What the record that begins at a byte of the catalog says.
///
/// # Errors
/// Reading; it is that of no file or folder.
pub(super) fn at(volume: &Volume, node: u64) -> Result<Found> {
    let len = if volume.is_plus() { RECORD_BYTES } else { SHORT_RECORD_BYTES };
    let data = volume.catalog.bytes(&volume.space, node, len)?;
    let gone = || Error::malformed(volume.space.name(), At::Whole, "a record of the catalog that is no file", "a file");
    found(volume, &data, String::new(), node).ok_or_else(gone)
}

/// A file or folder; `None` for a thread, which leads back to a name.
pub(super) fn found(volume: &Volume, data: &[u8], name: String, at: u64) -> Option<Found> {
    let kind: u16 = wire::read(data)?;
    let blank = |what| Entry::new(name, what, at);
    match (volume.is_plus(), kind >> 8) {
        (true, _) => plus(kind, data, blank),
        (false, FOLDER) => {
            let folder: ShortFolder = wire::read(data)?;
            Some(short(blank(What::Directory), folder.id, folder.modified, folder.finder))
        }
        (false, FILE) => {
            let file: ShortFile = wire::read(data)?;
            let mut found = short(blank(What::File), file.id, file.modified, file.finder);
            found.entry.len = u64::from(file.len);
            found.extents = file.extents.map(Extent::from).to_vec();
            found.resources.0 = u64::from(file.resource_len);
            Some(found)
        }
        _ => None,
    }
}

fn short(mut entry: Entry, id: u32, modified: u32, finder: u16) -> Found {
    entry.modified = stamp(modified, None);
    entry.hidden = finder & INVISIBLE != 0;
    Found { entry, id, extents: Vec::new(), resources: (0, Vec::new()), points: Points::Itself, compressed: false }
}

fn plus(kind: u16, data: &[u8], blank: impl FnOnce(What) -> Entry) -> Option<Found> {
    if !matches!(kind, FOLDER | FILE) {
        return None;
    }
    let item: Item = wire::read(data)?;
    let mut found = short(blank(if kind == FOLDER { What::Directory } else { What::File }), item.id, item.modified, item.finder);
    found.entry.modified = stamp(item.modified, Some(0));
    if item.mode != 0 {
        // Without a mode there are no owners either: older systems wrote none.
        found.entry.mode = Some(u32::from(item.mode & !KIND));
        found.entry.owner = Some((item.owner, item.group));
    }
    if kind == FILE {
        let fork = |at: usize| wire::read::<Fork>(data.get(at..)?);
        let (own, resources) = (fork(DATA_FORK_AT)?, fork(RESOURCE_FORK_AT)?);
        (found.entry.len, found.extents) = (own.len, own.extents.to_vec());
        found.resources = (resources.len, resources.extents.to_vec());
        found.points = points(&item);
        found.compressed = item.owner_flags & COMPRESSED != 0;
    }
    Some(found)
}

fn points(item: &Item) -> Points {
    match &item.kind {
        FILE_LINK => Points::File(item.special),
        FOLDER_LINK if item.flags & IN_A_CHAIN != 0 => Points::Folder(item.special),
        _ if item.mode & KIND == SYMBOLIC => Points::Path,
        _ => Points::Itself,
    }
}
