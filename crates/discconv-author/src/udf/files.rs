//! File entries, directories and links (ECMA-167 4/14).

use super::tag::{Body, WRITER, entity, long, timestamp};
use crate::bytes::{BLOCK, blocks, word};
use crate::names::{self, Wanted};
use crate::nodes::{Kind, Node, Nodes};
use discconv_core::{At, Error, Result};

/// Behind the file set descriptor and its end.
const FIRST_ENTRY: u32 = 2;
/// Bytes of a file entry without what describes its content.
const ENTRY: usize = 176;
/// Bytes of one allocation descriptor's extent: whole blocks that 30 bits can count.
const EXTENT: u64 = 0x3FFF_F800;
/// Unique IDs below 16 are the standard's (UDF 3.2.1.1); the root's is 0.
const FIRST_UNIQUE: u32 = 16;

const DIRECTORY: u8 = 4;
const FILE: u8 = 5;
const LINK: u8 = 12;
/// How content is described (ECMA-167 4/14.6.8): short allocation descriptors, or the content itself.
const SHORT: u16 = 0;
const EMBEDDED: u16 = 3;

/// Where things lie, in blocks of the partition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The first block behind the entries.
    pub(crate) directories: u32,
    /// First block of each content.
    pub(crate) contents: Vec<u32>,
}

/// Names and entries of all nodes.
#[derive(Debug)]
pub(crate) struct Files<'a> {
    nodes: &'a Nodes,
    /// Which entry each node has; names of one file share it.
    entry: Vec<u32>,
    /// The node that each entry describes.
    owners: Vec<usize>,
    /// The identifier of each node in its directory.
    identifiers: Vec<Vec<u8>>,
    /// Names that had to be changed.
    pub(crate) changed: Vec<usize>,
}

impl std::fmt::Debug for Nodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} nodes of {}", self.list.len(), self.origin)
    }
}

impl<'a> Files<'a> {
    /// Give every node its entry and its name.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a file with more extents than an entry has room for.
    pub(crate) fn new(nodes: &'a Nodes) -> Result<Files<'a>> {
        let (mut entry, mut owners) = (Vec::with_capacity(nodes.list.len()), Vec::new());
        let mut shared: Vec<Option<u32>> = vec![None; nodes.contents.len()];
        for (number, node) in nodes.list.iter().enumerate() {
            let known = if let Kind::File(content) = node.kind { shared[content] } else { None };
            let own = known.unwrap_or_else(|| {
                owners.push(number);
                word(owners.len() - 1)
            });
            if let Kind::File(content) = node.kind {
                shared[content] = Some(own);
            }
            entry.push(own);
        }
        let mut files = Files { nodes, entry, owners, identifiers: vec![Vec::new(); nodes.list.len()], changed: Vec::new() };
        files.longest()?;
        files.name();
        Ok(files)
    }

    fn longest(&self) -> Result<()> {
        let most = ((BLOCK - ENTRY) / 8) as u64 * EXTENT;
        let long = self.nodes.contents.iter().find(|content| content.source.len() > most);
        long.map_or(Ok(()), |content| {
            let (name, len) = (self.nodes.shown(content.node), content.source.len());
            let what = format!("{name} has {len} bytes, and UDF as it is made here takes {most} a file");
            Err(Error::unsupported(&self.nodes.origin, At::Whole, what).with_hint("leave UDF away: --no-udf"))
        })
    }

    fn name(&mut self) {
        for node in &self.nodes.list {
            let wanted: Vec<Wanted> = node.children.iter().map(|child| names::udf(&self.nodes.list[*child].name)).collect();
            for (child, (name, changed)) in node.children.iter().zip(names::unique(&wanted)) {
                self.identifiers[*child] = names::udf_bytes(&name);
                self.changed.extend(changed.then_some(*child));
            }
        }
    }

    /// Entries, which is also blocks that they take.
    pub(crate) fn entries(&self) -> u32 {
        word(self.owners.len())
    }

    /// The first block behind the entries.
    pub(crate) fn end_of_entries(&self) -> u32 {
        FIRST_ENTRY.saturating_add(self.entries())
    }

    /// The entry of the root.
    pub(crate) fn root(&self) -> u32 {
        FIRST_ENTRY
    }

    /// Directories, and everything else.
    pub(crate) fn counts(&self) -> (u32, u32) {
        let directories = self.owners.iter().filter(|node| self.nodes.is_directory(**node)).count();
        (word(directories), word(self.owners.len() - directories))
    }

    /// The first unique ID that is free.
    pub(crate) fn next_unique(&self) -> u64 {
        u64::from(FIRST_UNIQUE) + u64::from(self.entries())
    }

    /// All entries, and behind them directories and long links, into the blocks that they have: there may be a million.
    pub(crate) fn write(&self, places: &Places, into: &mut [u8]) {
        let behind = self.make(places, |at, entry| put(into, at * BLOCK, entry));
        put(into, self.owners.len() * BLOCK, &behind);
    }

    /// Blocks of directories and long links.
    pub(crate) fn behind(&self) -> u64 {
        // How long they are does not depend on any place.
        (self.make(&Places::default(), |_, _| ()).len() / BLOCK) as u64
    }

    /// Give out all entries with their numbers, and return what stands behind them.
    fn make(&self, places: &Places, mut give: impl FnMut(usize, &[u8])) -> Vec<u8> {
        let mut behind = Vec::new();
        for (at, number) in self.owners.iter().enumerate() {
            let block = FIRST_ENTRY + word(at);
            let node = &self.nodes.list[*number];
            let written = match &node.kind {
                Kind::File(content) => {
                    let first = places.contents.get(*content).copied().unwrap_or(0);
                    let len = self.nodes.contents[*content].source.len();
                    self.entry(*number, block, FILE, &Stored::At { first, len })
                }
                Kind::Link(target) => {
                    let components = components(target);
                    let stored = stored(components, places.directories, &mut behind);
                    self.entry(*number, block, LINK, &stored)
                }
                Kind::Directory => {
                    let first = places.directories.saturating_add(word(behind.len() / BLOCK));
                    let bytes = self.directory(*number, first);
                    let len = bytes.len() as u64;
                    behind.extend(bytes);
                    behind.resize(behind.len().next_multiple_of(BLOCK), 0);
                    self.entry(*number, block, DIRECTORY, &Stored::At { first, len })
                }
            };
            give(at, &written);
        }
        behind
    }

    fn unique(&self, node: usize) -> u32 {
        if node == 0 { 0 } else { FIRST_UNIQUE.saturating_add(self.entry[node]) }
    }

    fn entry(&self, number: usize, block: u32, kind: u8, stored: &Stored) -> Vec<u8> {
        let node = &self.nodes.list[number];
        let (flags, len, recorded, description) = match stored {
            Stored::At { first, len } => (SHORT, *len, blocks(*len), extents(*first, *len)),
            Stored::Here(bytes) => (EMBEDDED, bytes.len() as u64, 0, bytes.clone()),
        };
        let mut body = Body::new(ENTRY);
        // The ICB tag: strategy 4, one entry.
        body.put16(20, 4).put16(24, 1).put(27, &[kind]).put16(34, flags);
        body.put32(44, permissions(node)).put16(48, u16::try_from(self.links(number)).unwrap_or(u16::MAX));
        body.put64(56, len).put64(64, recorded);
        for accessed_modified_changed in [72, 84, 96] {
            body.put(accessed_modified_changed, &timestamp(node.modified));
        }
        body.put32(108, 1)
            .put(128, &entity(WRITER, &[]))
            .put64(160, u64::from(self.unique(number)))
            .put32(172, word(description.len()));
        let mut bytes = body.extend(&description).tagged(261, block);
        bytes.resize(BLOCK, 0);
        bytes
    }

    /// File identifiers that lead to a node.
    fn links(&self, number: usize) -> u32 {
        match self.nodes.list[number].kind {
            Kind::Directory => self.nodes.directories_in(number).saturating_add(1),
            Kind::File(content) => self.nodes.contents[content].names,
            Kind::Link(_) => 1,
        }
    }

    /// The identifiers in a directory whose content begins at block `first`, its parent's before all others.
    fn directory(&self, number: usize, first: u32) -> Vec<u8> {
        const IS_DIRECTORY: u8 = 0x02;
        const IS_PARENT: u8 = 0x08;
        let node = &self.nodes.list[number];
        let mut bytes = self.identifier(node.parent, IS_DIRECTORY | IS_PARENT, &[], first);
        for child in &node.children {
            let kind = if self.nodes.is_directory(*child) { IS_DIRECTORY } else { 0 };
            let block = first.saturating_add(word(bytes.len() / BLOCK));
            bytes.extend(self.identifier(*child, kind, &self.identifiers[*child], block));
        }
        bytes
    }

    fn identifier(&self, node: usize, characteristics: u8, name: &[u8], block: u32) -> Vec<u8> {
        let len = (38 + name.len()).next_multiple_of(4);
        let mut body = Body::new(len);
        body.put16(16, 1).put(18, &[characteristics, u8::try_from(name.len()).unwrap_or(0)]);
        body.put(20, &long(word(BLOCK), FIRST_ENTRY + self.entry[node], self.unique(node))).put(38, name);
        body.tagged(257, block)
    }
}

/// Where an entry's content is.
enum Stored {
    At { first: u32, len: u64 },
    Here(Vec<u8>),
}

/// In the entry if it fits, else behind the others.
fn stored(bytes: Vec<u8>, directories: u32, behind: &mut Vec<u8>) -> Stored {
    if bytes.len() <= BLOCK - ENTRY {
        return Stored::Here(bytes);
    }
    let (first, len) = (directories.saturating_add(word(behind.len() / BLOCK)), bytes.len() as u64);
    behind.extend(bytes);
    behind.resize(behind.len().next_multiple_of(BLOCK), 0);
    Stored::At { first, len }
}

/// Short allocation descriptors (ECMA-167 4/14.14.1).
fn extents(first: u32, len: u64) -> Vec<u8> {
    let (mut bytes, mut first, mut left) = (Vec::new(), first, len);
    while left > 0 {
        let now = u32::try_from(left.min(EXTENT)).unwrap_or(0);
        bytes.extend(now.to_le_bytes());
        bytes.extend(first.to_le_bytes());
        first = first.saturating_add(now / word(BLOCK));
        left -= u64::from(now);
    }
    bytes
}

/// Read, write and execute of others, group and owner, each in five bits (ECMA-167 4/14.9.5).
fn permissions(node: &Node) -> u32 {
    (0..3).fold(0, |all, who| {
        let bits = node.mode >> (3 * who) & 7;
        all | bits << (5 * who)
    })
}

/// Path components of a link (ECMA-167 4/14.16.1).
fn components(target: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if target.starts_with(b"/") {
        bytes.extend([2, 0, 0, 0]);
    }
    for name in target.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
        match name {
            b".." => bytes.extend([3, 0, 0, 0]),
            b"." => bytes.extend([4, 0, 0, 0]),
            name => {
                let (name, _) = names::unique(&[names::udf(name)]).remove(0);
                let name = names::udf_bytes(&name);
                bytes.extend([5, u8::try_from(name.len()).unwrap_or(0), 0, 0]);
                bytes.extend(name);
            }
        }
    }
    bytes
}

/// Bytes at a place that the layout gave them.
fn put(into: &mut [u8], at: usize, bytes: &[u8]) {
    let room = into.get_mut(at..).and_then(|room| room.get_mut(..bytes.len()));
    debug_assert!(room.is_some(), "the layout has room for everything");
    room.into_iter().for_each(|room| room.copy_from_slice(bytes));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_as_permissions() {
        let node = |mode| Node { name: Vec::new(), parent: 0, children: Vec::new(), kind: Kind::Directory, modified: 0, mode };
        assert_eq!(permissions(&node(0o755)), 0b00111_00101_00101);
        assert_eq!(permissions(&node(0o640)), 0b00110_00100_00000);
        assert_eq!(permissions(&node(0o421)), 0b00100_00010_00001);
    }

    #[test]
    fn long_files_have_several_extents() {
        assert_eq!(extents(9, 0), []);
        assert_eq!(extents(9, 5), [5, 0, 0, 0, 9, 0, 0, 0]);
        let bytes = extents(9, EXTENT + 1);
        assert_eq!(bytes, [0, 0xF8, 0xFF, 0x3F, 9, 0, 0, 0, 1, 0, 0, 0, 0x08, 0, 8, 0]);
    }

    #[test]
    fn links() {
        assert_eq!(components(b"/a/../.b"), [2, 0, 0, 0, 5, 2, 0, 0, 8, b'a', 3, 0, 0, 0, 5, 3, 0, 0, 8, b'.', b'b']);
    }
}
