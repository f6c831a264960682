//! The bytes of directories and path tables.
//!
//! Everything is written twice: once with addresses of zero, which tells the lengths, and again when the layout has given
//! every directory and file its place. No length depends on an address.

use super::record::{DIRECTORY, MORE_SECTIONS, Record, xa};
use super::rock::{self, Areas};
use super::tree::{Directory, Entry, Flavour, Target, Tree};
use crate::bytes::{BLOCK, word};
use crate::nodes::{Kind, Nodes};

/// Bytes of one section of a file, at most: whole blocks that 32 bits can count.
pub(crate) const SECTION: u64 = 0xFFFF_F800;

/// Where things lie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// First block and bytes of each directory, in the tree's order.
    pub(crate) directories: Vec<(u32, u32)>,
    /// First block of the continuation areas.
    pub(crate) areas: u32,
    /// First block of each content.
    pub(crate) contents: Vec<u32>,
}

/// All directories of a tree, in its order, and behind them what their records go on with.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) directories: Vec<Vec<u8>>,
    pub(crate) areas: Vec<u8>,
}

/// Write the directories of `tree`; without `places` only the lengths are right.
pub(crate) fn write(nodes: &Nodes, tree: &Tree, places: &Places) -> Written {
    let mut writer = Writer { nodes, tree, places, areas: Areas { first: places.areas, bytes: Vec::new() } };
    let directories = (0..tree.directories.len()).map(|number| writer.directory(number)).collect();
    Written { directories, areas: writer.areas.bytes }
}

struct Writer<'a> {
    nodes: &'a Nodes,
    tree: &'a Tree,
    places: &'a Places,
    areas: Areas,
}

/// The two records that every directory begins with (ECMA-119 6.8.2.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dot {
    Current,
    Parent,
}

impl Writer<'_> {
    fn directory(&mut self, number: usize) -> Vec<u8> {
        let directory = &self.tree.directories[number];
        let mut bytes = Vec::new();
        push(&mut bytes, &self.dot(number, number, Dot::Current));
        push(&mut bytes, &self.dot(number, directory.parent, Dot::Parent));
        for entry in &directory.entries {
            self.entry(entry, &mut bytes);
        }
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }

    fn place(&self, directory: usize) -> (u32, u32) {
        self.places.directories.get(directory).copied().unwrap_or_default()
    }

    /// `.` and `..` of directory `of`, which stand for `target`.
    fn dot(&mut self, of: usize, target: usize, dot: Dot) -> Vec<u8> {
        let (first, bytes) = self.place(target);
        let shown = &self.tree.directories[target];
        let identifier: &[u8] = if dot == Dot::Current { &[0] } else { &[1] };
        let record = Record { identifier, first, bytes, modified: self.modified(shown.node), flags: DIRECTORY };
        let fields = match self.tree.flavour {
            Flavour::Primary { rock_ridge: true, .. } => self.dot_fields(of, shown, dot),
            flavour => return record.bytes(&attributes(flavour, true)),
        };
        let field = self.areas.place(&fields, record.room());
        record.bytes(&field)
    }

    fn dot_fields(&self, of: usize, shown: &Directory, dot: Dot) -> Vec<Vec<u8>> {
        let mut fields = self.posix(shown.node, true);
        match self.tree.directories[of].moved_from {
            Some(from) if dot == Dot::Parent => fields.push(rock::pl(self.place(from).0)),
            _ => {}
        }
        if of == 0 && dot == Dot::Current {
            fields.insert(0, rock::sp());
            fields.push(rock::er());
        }
        fields
    }

    /// The records of a child: one, or one for each section of a file.
    fn entry(&mut self, entry: &Entry, bytes: &mut Vec<u8>) {
        let is_directory = matches!(entry.target, Target::Directory(_));
        let (mut first, mut left) = match entry.target {
            Target::Directory(number) => {
                let (first, bytes) = self.place(number);
                (first, u64::from(bytes))
            }
            Target::File(content) => {
                (self.places.contents.get(content).copied().unwrap_or(0), self.nodes.contents[content].source.len())
            }
            Target::Moved(_) | Target::Link => (0, 0),
        };
        let modified = self.modified(entry.node);
        loop {
            let now = left.min(SECTION);
            left -= now;
            let flags = if is_directory { DIRECTORY } else { 0 } | if left > 0 { MORE_SECTIONS } else { 0 };
            let section = u32::try_from(now).unwrap_or(u32::MAX);
            let record = Record { identifier: &entry.identifier, first, bytes: section, modified, flags };
            let field = match self.tree.flavour {
                Flavour::Primary { rock_ridge: true, .. } => self.areas.place(&self.fields(entry), record.room()),
                flavour => attributes(flavour, is_directory),
            };
            push(bytes, &record.bytes(&field));
            if left == 0 {
                return;
            }
            first = first.saturating_add(section / word(BLOCK));
        }
    }

    /// What Rock Ridge says of a child.
    fn fields(&self, entry: &Entry) -> Vec<Vec<u8>> {
        let is_directory = matches!(entry.target, Target::Directory(_) | Target::Moved(_));
        let mut fields = self.posix(entry.node, is_directory);
        match entry.target {
            Target::Moved(number) => fields.push(rock::cl(self.place(number).0)),
            Target::Directory(number) if self.tree.directories[number].moved_from.is_some() => fields.push(rock::re()),
            _ => {}
        }
        let name = entry.node.map_or(self.tree.moved_name.as_slice(), |node| self.nodes.list[node].name.as_slice());
        fields.extend(rock::nm(name));
        if let Some(Kind::Link(target)) = entry.node.map(|node| &self.nodes.list[node].kind) {
            fields.extend(rock::sl(target));
        }
        fields
    }

    /// Mode, links and dates; those of the directory of moved ones are made up.
    fn posix(&self, node: Option<usize>, is_directory: bool) -> Vec<Vec<u8>> {
        let Some(number) = node else {
            let holds = u32::try_from(self.tree.moved).unwrap_or(u32::MAX);
            return vec![rock::px(rock::S_IFDIR | 0o755, holds.saturating_add(2)), rock::tf(self.modified(None))];
        };
        let node = &self.nodes.list[number];
        let (kind, links) = match &node.kind {
            _ if is_directory => (rock::S_IFDIR, self.nodes.directories_in(number).saturating_add(2)),
            Kind::Link(_) => (rock::S_IFLNK, 1),
            Kind::File(content) => (rock::S_IFREG, self.nodes.contents[*content].names),
            Kind::Directory => (rock::S_IFDIR, 2),
        };
        vec![rock::px(kind | node.mode & 0o7777, links), rock::tf(node.modified)]
    }

    fn modified(&self, node: Option<usize>) -> i64 {
        self.nodes.list[node.unwrap_or(0)].modified
    }
}

/// The system use field where there is no Rock Ridge.
fn attributes(flavour: Flavour, is_directory: bool) -> Vec<u8> {
    match flavour {
        Flavour::Primary { xa: true, .. } => xa(is_directory).to_vec(),
        _ => Vec::new(),
    }
}

/// No record crosses into another block (ECMA-119 6.8.1.1).
fn push(bytes: &mut Vec<u8>, record: &[u8]) {
    if bytes.len() % BLOCK + record.len() > BLOCK {
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    }
    bytes.extend(record);
}

/// The path table (ECMA-119 9.4), with little-endian numbers or with big-endian ones.
pub(crate) fn path_table(tree: &Tree, places: &Places, big: bool) -> Vec<u8> {
    let mut table = Vec::new();
    for (number, directory) in tree.directories.iter().enumerate() {
        let first = places.directories.get(number).map_or(0, |(first, _)| *first);
        // They are numbered from 1, and the tree has no more than 16 bits can count.
        let parent = u16::try_from(directory.parent + 1).unwrap_or(u16::MAX);
        table.extend([u8::try_from(directory.identifier.len()).unwrap_or(0), 0]);
        table.extend(if big { first.to_be_bytes() } else { first.to_le_bytes() });
        table.extend(if big { parent.to_be_bytes() } else { parent.to_le_bytes() });
        table.extend(&directory.identifier);
        table.resize(table.len().next_multiple_of(2), 0);
    }
    table
}
