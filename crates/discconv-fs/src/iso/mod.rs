//! ISO 9660 (ECMA-119) with what was built on it: Joliet, Rock Ridge, the enhanced volumes of 1999, XA; and its relatives
//! High Sierra and CD-i.
//!
//! A volume has one tree for each way to name its files. All share one [`Ground`](ground::Ground): where its blocks lie.
//! An entry's node is the byte of its directory record, from which everything is read again when it is asked for; so
//! nothing is kept of a directory. No volume says which interchange level its names keep to, and only all of them would tell:
//! the version of its plain tree is left empty. Path tables are not needed, and not believed.
//!
//! | file | what |
//! |---|---|
//! | `origin`, `descriptor` | where a volume may be; its descriptors |
//! | `directory`, `record`, `text`, `wire` | records, names, numbers, dates |
//! | `susp`, `rock`, `zisofs` | system use fields, Rock Ridge, packed files |
//! | `tree`, `moved`, `runs` | entries, directories in other places than their own, where content is |
//! | `el_torito` | what boots |

mod descriptor;
mod directory;
mod el_torito;
mod ground;
mod moved;
mod origin;
mod record;
mod rock;
mod runs;
mod susp;
mod text;
mod tree;
mod wire;
mod zisofs;

pub use el_torito::{BootEntry, Catalogue, Emulation, Platform, el_torito};

use crate::{About, FileSystem, Kind, Space};
use descriptor::Descriptor;
use discconv_core::{Limits, Note, Result};
use ground::{Dialect, Ground};
use moved::Moved;
use record::Record;
use rock::Used;
use std::sync::Arc;
use tree::{Folder, Tree};

/// The trees of the volume that counts: that of the last session that has one.
pub(crate) fn probe(space: &Arc<Space>, limits: &Limits) -> Result<Vec<Box<dyn FileSystem>>> {
    Ok(match Volume::find(space, limits)? {
        Some(volume) => volume.trees()?,
        None => Vec::new(),
    })
}

/// A volume: its descriptors, and where its blocks lie.
struct Volume {
    descriptors: Vec<Descriptor>,
    primary: usize,
    ground: Arc<Ground>,
    notes: Vec<Note>,
}

impl Volume {
    fn find(space: &Arc<Space>, limits: &Limits) -> Result<Option<Volume>> {
        for start in origin::starts(space) {
            let descriptors = descriptor::read_all(space, start)?;
            let place = |dialect| {
                let primary = |d: &Descriptor| d.dialect == dialect && d.tree().is_some_and(|kind| !is_other_tree(kind));
                descriptors.iter().position(primary)
            };
            // A disc of both kinds, CD-i and ISO 9660, shows its files in the latter.
            if let Some(primary) = [Dialect::Iso, Dialect::HighSierra, Dialect::CdI].into_iter().find_map(place) {
                return Volume::new(space, limits, start, descriptors, primary).map(Some);
            }
        }
        Ok(None)
    }

    fn new(space: &Arc<Space>, limits: &Limits, start: u64, descriptors: Vec<Descriptor>, primary: usize) -> Result<Volume> {
        let mut notes = Vec::new();
        let (mut dialect, mut block_bytes, mut from) = (Dialect::Iso, 2048, 0);
        if let Some(own) = descriptors.get(primary) {
            let (origin, sure) = origin::find(space, limits, start, own)?;
            let complaints =
                own.complaints().into_iter().chain((!sure).then(|| "no root directory where it is said to be".to_owned()));
            let place = format!("{}: LBA {}: volume descriptor", space.name(), own.at / crate::space::SECTOR);
            notes.extend(complaints.map(|text| Note::oddity(format!("{place}: {text}"))));
            (dialect, block_bytes, from) = (own.dialect, own.block_bytes(), origin);
        }
        let ground = Arc::new(Ground::new(space.clone(), *limits, dialect, block_bytes, from));
        Ok(Volume { descriptors, primary, ground, notes })
    }

    /// The trees whose root can be found, those with the fullest names first.
    fn trees(&self) -> Result<Vec<Box<dyn FileSystem>>> {
        let mut trees = Vec::new();
        for (place, descriptor) in self.descriptors.iter().enumerate() {
            let Some(kind) = descriptor.tree() else { continue };
            let counts = place == self.primary || is_other_tree(kind);
            let Some(root) = self.root(descriptor)?.filter(|_| counts) else { continue };
            if let Some(rock) = self.rock(kind, root)? {
                let mut about = self.about(descriptor, Kind::RockRidge);
                rock.version.clone_into(&mut about.version);
                trees.push(self.tree(descriptor, about, root, Some(rock)));
            }
            trees.push(self.tree(descriptor, self.about(descriptor, kind), root, None));
        }
        trees.sort_by_key(|tree| rank(tree.about.kind));
        Ok(trees.into_iter().map(|tree| Box::new(tree) as Box<dyn FileSystem>).collect())
    }

    fn tree(&self, descriptor: &Descriptor, about: About, root: Folder, rock: Option<Used>) -> Tree {
        Tree { ground: self.ground.clone(), about, root, coding: descriptor.coding(), rock, moved: Moved::default() }
    }

    fn about(&self, descriptor: &Descriptor, kind: Kind) -> About {
        About { notes: self.notes.clone(), ..descriptor.about(kind, self.ground.origin) }
    }

    fn root(&self, descriptor: &Descriptor) -> Result<Option<Folder>> {
        if let Some(at) = descriptor.root_at() {
            let bytes = descriptor.bytes.get(at..).unwrap_or_default();
            return Ok(Record::new(descriptor.dialect, descriptor.at, bytes).map(|record| Folder::of(&record)));
        }
        let Some(block) = origin::root_block(&self.ground, descriptor)? else { return Ok(None) };
        let own = match self.ground.byte_of(block) {
            Some(at) => Record::read(&self.ground, at)?,
            None => None,
        };
        Ok(own.filter(Record::is_self).map(|own| Folder { block, ..Folder::of(&own) }))
    }

    /// Rock Ridge is in the records of the primary descriptor's tree.
    fn rock(&self, kind: Kind, root: Folder) -> Result<Option<Used>> {
        let Some(at) = self.ground.byte_of(root.block).filter(|_| kind == Kind::Iso9660) else { return Ok(None) };
        match Record::read(&self.ground, at)? {
            Some(own) if own.is_self() => Used::of_root(&self.ground, &own),
            _ => Ok(None),
        }
    }
}

/// Is it a further tree of a volume, beside that of the primary descriptor?
fn is_other_tree(kind: Kind) -> bool {
    matches!(kind, Kind::Joliet | Kind::Enhanced)
}

/// Those whose names say most come first.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::RockRidge => 0,
        Kind::Joliet => 1,
        Kind::Enhanced => 2,
        _ => 3,
    }
}
