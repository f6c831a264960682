//! The tree as numbered nodes, before any file system has had its say.

use crate::item::shown;
use crate::{Item, What};
use discconv_core::{At, Error, ReadAt, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// More names than any disc has with sense; each costs memory in several tables.
const MOST_NODES: usize = 4_000_000;

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Directory,
    /// The number of its content.
    File(usize),
    /// Where it leads.
    Link(Vec<u8>),
}

/// A name.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) name: Vec<u8>,
    /// The root is its own.
    pub(crate) parent: usize,
    /// Sorted by name.
    pub(crate) children: Vec<usize>,
    pub(crate) kind: Kind,
    pub(crate) modified: i64,
    pub(crate) mode: u32,
}

/// The bytes of a file, whatever names it has.
pub(crate) struct Content {
    pub(crate) source: Arc<dyn ReadAt>,
    /// How many.
    pub(crate) names: u32,
    /// The first of them.
    pub(crate) node: usize,
}

/// The tree: node 0 is the root, and every directory comes before what is in it.
pub(crate) struct Nodes {
    /// What the tree is called in messages.
    pub(crate) origin: String,
    pub(crate) list: Vec<Node>,
    pub(crate) contents: Vec<Content>,
}

impl Nodes {
    /// The nodes of `items`, in any order; directories that nobody lists are made. `date` is the latest date that is kept.
    pub(crate) fn new(origin: &str, mut items: Vec<Item>, date: Option<i64>) -> Result<Nodes> {
        items.sort_by(|a, b| a.path.cmp(&b.path));
        let latest = date.unwrap_or(i64::MAX);
        let root = Node {
            name: Vec::new(),
            parent: 0,
            children: Vec::new(),
            kind: Kind::Directory,
            modified: items.iter().map(|item| item.modified).max().unwrap_or(0).min(latest),
            mode: 0o755,
        };
        let mut nodes = Nodes { origin: origin.to_owned(), list: vec![root], contents: Vec::new() };
        let (mut same, mut places) = (HashMap::new(), HashMap::new());
        for mut item in items {
            item.modified = item.modified.min(latest);
            nodes.add(item, &mut places, &mut same)?;
        }
        Ok(nodes)
    }

    fn add(&mut self, item: Item, places: &mut HashMap<Vec<Vec<u8>>, usize>, same: &mut HashMap<u64, usize>) -> Result<()> {
        let Some((name, above)) = item.path.split_last() else {
            (self.list[0].modified, self.list[0].mode) = (item.modified, item.mode);
            return Ok(());
        };
        if item.path.iter().any(|name| matches!(name.as_slice(), b"" | b"." | b"..") || name.contains(&b'/')) {
            return Err(self.refused(&item.path, "is no path of names"));
        }
        let parent = self.directory(above, item.modified, places)?;
        if places.contains_key(&item.path) {
            return Err(self.refused(&item.path, "is there twice"));
        }
        let number = self.list.len();
        let kind = match item.what {
            What::Directory => Kind::Directory,
            What::Link(to) => Kind::Link(to),
            What::File { source, same: one } => Kind::File(self.content(source, number, one, same)),
        };
        self.push(Node { name: name.clone(), parent, children: Vec::new(), kind, modified: item.modified, mode: item.mode })?;
        places.insert(item.path, number);
        Ok(())
    }

    /// The node of a directory, made if nobody has listed it.
    fn directory(&mut self, path: &[Vec<u8>], modified: i64, places: &mut HashMap<Vec<Vec<u8>>, usize>) -> Result<usize> {
        if path.is_empty() {
            return Ok(0);
        }
        let known = (1..=path.len()).rev().find_map(|len| places.get(&path[..len]).map(|number| (len, *number)));
        let (from, mut parent) = known.unwrap_or((0, 0));
        if !matches!(self.list[parent].kind, Kind::Directory) {
            return Err(self.refused(&path[..from], "is a file and a folder at once"));
        }
        for len in from + 1..=path.len() {
            let name = path[len - 1].clone();
            let node = Node { name, parent, children: Vec::new(), kind: Kind::Directory, modified, mode: 0o755 };
            parent = self.push(node)?;
            places.insert(path[..len].to_vec(), parent);
        }
        Ok(parent)
    }

    fn content(&mut self, source: Arc<dyn ReadAt>, node: usize, one: Option<u64>, same: &mut HashMap<u64, usize>) -> usize {
        if let Some(known) = one.and_then(|one| same.get(&one)).copied() {
            self.contents[known].names += 1;
            return known;
        }
        let number = self.contents.len();
        self.contents.push(Content { source, names: 1, node });
        if let Some(one) = one {
            same.insert(one, number);
        }
        number
    }

    fn push(&mut self, node: Node) -> Result<usize> {
        let number = self.list.len();
        if number >= MOST_NODES {
            let (found, limit) = ("a folder with more names".to_owned(), format!("{MOST_NODES} names"));
            return Err(Error::Limit { file: self.origin.clone(), at: At::Whole, found, limit });
        }
        self.list[node.parent].children.push(number);
        self.list.push(node);
        Ok(number)
    }

    fn refused(&self, path: &[Vec<u8>], what: &str) -> Error {
        Error::unsupported(&self.origin, At::Whole, format!("{} {what}", shown(path)))
    }

    /// The names on the way to a node.
    pub(crate) fn path(&self, mut number: usize) -> Vec<&Vec<u8>> {
        let mut path = Vec::new();
        while number != 0 {
            path.push(&self.list[number].name);
            number = self.list[number].parent;
        }
        path.reverse();
        path
    }

    /// The path of a node as people read it.
    pub(crate) fn shown(&self, number: usize) -> String {
        shown(self.path(number))
    }

    /// The node at `path`.
    pub(crate) fn find(&self, path: &[Vec<u8>]) -> Option<usize> {
        path.iter().try_fold(0, |at, name| self.list[at].children.iter().copied().find(|child| self.list[*child].name == *name))
    }

    pub(crate) fn is_directory(&self, number: usize) -> bool {
        matches!(self.list[number].kind, Kind::Directory)
    }

    /// Directories within a directory.
    pub(crate) fn directories_in(&self, number: usize) -> u32 {
        let count = self.list[number].children.iter().filter(|child| self.is_directory(**child)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The newest date.
    pub(crate) fn newest(&self) -> i64 {
        self.list.iter().map(|node| node.modified).max().unwrap_or(0)
    }

    /// The longest file, in bytes.
    pub(crate) fn longest(&self) -> u64 {
        self.contents.iter().map(|content| content.source.len()).max().unwrap_or(0)
    }
}
