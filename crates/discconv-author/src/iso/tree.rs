//! One tree of directories as a volume descriptor shows it: with its own names, order and depth.

use crate::names::{self, Name, Wanted};
use crate::nodes::{Kind, Nodes};
use crate::options::{Deep, Level};
use discconv_core::{At, Error, Result};
use std::collections::HashMap;

/// Levels of directories, the root's among them (ECMA-119 6.8.2.1).
const MOST_LEVELS: u32 = 8;
/// Path table records name their parent in 16 bits (ECMA-119 9.4.4).
const MOST_DIRECTORIES: usize = 65_535;

/// Whose names and attributes a tree has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    Primary { level: Level, rock_ridge: bool, xa: bool },
    Joliet { long: bool },
}

/// What a record stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A directory of the tree.
    Directory(usize),
    /// One that was moved away: here it looks like an empty file (RRIP 4.1.5).
    Moved(usize),
    /// The content of a file.
    File(usize),
    /// A symbolic link.
    Link,
}

/// One record of a directory; a file of several sections has one, of which several are written.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// `None` for the directory that holds what was moved.
    pub(crate) node: Option<usize>,
    pub(crate) target: Target,
    pub(crate) identifier: Vec<u8>,
}

/// A directory.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    pub(crate) node: Option<usize>,
    /// In this tree; the root is its own.
    pub(crate) parent: usize,
    /// Where Rock Ridge shows it, if it was moved.
    pub(crate) moved_from: Option<usize>,
    /// In the order of the standard.
    pub(crate) entries: Vec<Entry>,
    pub(crate) identifier: Vec<u8>,
}

/// A tree, directories in the order of the path table (ECMA-119 6.9.1).
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) flavour: Flavour,
    pub(crate) directories: Vec<Directory>,
    /// What Rock Ridge calls the directory of moved ones.
    pub(crate) moved_name: Vec<u8>,
    /// Names that had to be changed.
    pub(crate) changed: Vec<usize>,
    /// Directories below the eighth level.
    pub(crate) too_deep: usize,
    /// Directories that were moved.
    pub(crate) moved: usize,
}

/// A directory before names and order.
struct Raw {
    node: Option<usize>,
    parent: usize,
    level: u32,
    moved_from: Option<usize>,
    children: Vec<(Option<usize>, Target)>,
}

struct Builder<'a> {
    nodes: &'a Nodes,
    relocate: bool,
    links: bool,
    raw: Vec<Raw>,
    /// The directory that holds what was moved.
    holder: Option<usize>,
}

impl Tree {
    /// The tree of `nodes` in that flavour.
    ///
    /// # Errors
    /// [`Error::Limit`] for more directories than a path table can number.
    pub(crate) fn new(nodes: &Nodes, flavour: Flavour, deep: Deep) -> Result<Tree> {
        let rock_ridge = matches!(flavour, Flavour::Primary { rock_ridge: true, .. });
        let root = Raw { node: Some(0), parent: 0, level: 1, moved_from: None, children: Vec::new() };
        let relocate = rock_ridge && deep == Deep::Relocate;
        let mut builder = Builder { nodes, relocate, links: rock_ridge, raw: vec![root], holder: None };
        let mut next = 0;
        while next < builder.raw.len() {
            builder.fill(next);
            next += 1;
        }
        if builder.raw.len() > MOST_DIRECTORIES {
            return Err(Error::Limit {
                file: nodes.origin.clone(),
                at: At::Whole,
                found: format!("{} folders", builder.raw.len()),
                limit: format!("{MOST_DIRECTORIES}, since path tables number them in 16 bits"),
            });
        }
        Ok(builder.finish(flavour))
    }
}

impl Builder<'_> {
    /// The children of a directory, which become directories in their turn.
    fn fill(&mut self, at: usize) {
        let Some(node) = self.raw[at].node else { return };
        for child in &self.nodes.list[node].children {
            let target = match self.nodes.list[*child].kind {
                Kind::File(content) => Target::File(content),
                Kind::Link(_) if self.links => Target::Link,
                Kind::Link(_) => continue,
                Kind::Directory => self.directory(*child, at),
            };
            self.raw[at].children.push((Some(*child), target));
        }
    }

    fn directory(&mut self, node: usize, parent: usize) -> Target {
        let level = self.raw[parent].level + 1;
        if level <= MOST_LEVELS || !self.relocate {
            return Target::Directory(self.push(Some(node), parent, level, None));
        }
        let holder = self.holder();
        let moved = self.push(Some(node), holder, self.raw[holder].level + 1, Some(parent));
        self.raw[holder].children.push((Some(node), Target::Directory(moved)));
        Target::Moved(moved)
    }

    fn holder(&mut self) -> usize {
        if let Some(holder) = self.holder {
            return holder;
        }
        let holder = self.push(None, 0, 2, None);
        self.raw[0].children.push((None, Target::Directory(holder)));
        self.holder = Some(holder);
        holder
    }

    fn push(&mut self, node: Option<usize>, parent: usize, level: u32, moved_from: Option<usize>) -> usize {
        self.raw.push(Raw { node, parent, level, moved_from, children: Vec::new() });
        self.raw.len() - 1
    }

    fn finish(self, flavour: Flavour) -> Tree {
        let moved_name = self.moved_name();
        let mut changed = Vec::new();
        let sorted: Vec<Vec<Entry>> =
            self.raw.iter().map(|raw| entries(self.nodes, raw, flavour, &moved_name, &mut changed)).collect();
        changed.sort_unstable();
        changed.dedup();
        let (order, place) = numbered(&sorted);
        let mut identifiers: HashMap<usize, Vec<u8>> = HashMap::new();
        for entry in sorted.iter().flatten() {
            if let Target::Directory(number) = entry.target {
                identifiers.insert(number, entry.identifier.clone());
            }
        }
        let directories = order.iter().map(|number| {
            let raw = &self.raw[*number];
            let entries = sorted[*number].iter().map(|entry| Entry { target: renumbered(entry.target, &place), ..entry.clone() });
            Directory {
                node: raw.node,
                parent: place[raw.parent],
                moved_from: raw.moved_from.map(|from| place[from]),
                entries: entries.collect(),
                // The root's name is one zero byte (ECMA-119 6.9.1).
                identifier: identifiers.get(number).cloned().unwrap_or_else(|| vec![0]),
            }
        });
        Tree {
            flavour,
            directories: directories.collect(),
            moved_name,
            changed,
            too_deep: self.raw.iter().filter(|raw| raw.level > MOST_LEVELS).count(),
            moved: self.raw.iter().filter(|raw| raw.moved_from.is_some()).count(),
        }
    }

    /// A name in the root that is nobody's.
    fn moved_name(&self) -> Vec<u8> {
        let mut name = b"rr_moved".to_vec();
        while self.nodes.find(std::slice::from_ref(&name)).is_some() {
            name.push(b'_');
        }
        name
    }
}

fn renumbered(target: Target, place: &[usize]) -> Target {
    match target {
        Target::Directory(number) => Target::Directory(place[number]),
        Target::Moved(number) => Target::Moved(place[number]),
        other => other,
    }
}

/// Directories level by level, each level in the order of its parents and then of names; and the place of each.
fn numbered(sorted: &[Vec<Entry>]) -> (Vec<usize>, Vec<usize>) {
    let mut order = vec![0];
    let mut next = 0;
    while let Some(number) = order.get(next).copied() {
        order.extend(sorted[number].iter().filter_map(|entry| match entry.target {
            Target::Directory(child) => Some(child),
            _ => None,
        }));
        next += 1;
    }
    let mut place = vec![0; sorted.len()];
    (0..).zip(&order).for_each(|(at, number)| place[*number] = at);
    (order, place)
}

/// The records of a directory, named and sorted.
fn entries(nodes: &Nodes, raw: &Raw, flavour: Flavour, moved_name: &[u8], changed: &mut Vec<usize>) -> Vec<Entry> {
    let is_directory = |target: Target| matches!(target, Target::Directory(_));
    let host = |node: Option<usize>| node.map_or(moved_name, |node| nodes.list[node].name.as_slice());
    let wanted: Vec<Wanted> =
        raw.children.iter().map(|(node, target)| wanted(host(*node), is_directory(*target), flavour)).collect();
    let mut named: Vec<(Name, Entry)> = names::unique(&wanted)
        .into_iter()
        .zip(&raw.children)
        .map(|((name, new), (node, target))| {
            changed.extend(node.filter(|_| new));
            let directory = is_directory(*target);
            let identifier = match flavour {
                Flavour::Primary { .. } => name.iso_bytes(directory),
                Flavour::Joliet { .. } => name.joliet_bytes(directory),
            };
            (name, Entry { node: *node, target: *target, identifier })
        })
        .collect();
    named.sort_by(|(a, _), (b, _)| a.order(b));
    named.into_iter().map(|(_, entry)| entry).collect()
}

fn wanted(name: &[u8], directory: bool, flavour: Flavour) -> Wanted {
    match flavour {
        Flavour::Primary { level, .. } => names::iso(name, directory, level),
        Flavour::Joliet { long } => names::joliet(name, long),
    }
}
