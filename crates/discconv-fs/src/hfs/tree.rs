//! B-trees: nodes of records whose keys ascend.

use super::wire::{self, INDEX, LEAF, Node, TreeHeader};
use crate::gather::{cut, gather, place};
use crate::{Run, Space};
use discconv_core::{At, Error, Result};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::ops::ControlFlow;

const DEEPEST: usize = 16;
const HEADER_BYTES: u64 = 64;
const NODE_BYTES: u16 = 14;

/// A B-tree in a file of the volume.
pub(super) struct Tree {
    runs: Vec<Run>,
    root: u32,
    node_bytes: u16,
    /// What it is, for messages.
    what: &'static str,
    /// Is the length of a key one byte, and not two?
    short_keys: bool,
}

/// A record of a leaf.
pub(super) struct Record<'a> {
    /// The key behind its length.
    pub(super) key: &'a [u8],
    pub(super) data: &'a [u8],
    /// The byte of the tree's file at which the data begin.
    pub(super) at: u64,
}

impl Tree {
    /// The tree in those runs.
    pub(super) fn open(space: &Space, runs: Vec<Run>, what: &'static str, short_keys: bool) -> Result<Tree> {
        let none = |found: &str| Error::malformed(space.name(), At::Whole, format!("{what}: {found}"), "a B-tree");
        let head = cut(&runs, 0, HEADER_BYTES).ok_or_else(|| none("no room for a header"))?;
        let header: Option<TreeHeader> = wire::read(&gather(space, &head, what)?);
        let header = header.filter(|header| header.node_bytes.is_power_of_two() && header.node_bytes >= 512);
        let TreeHeader { root, node_bytes } = header.ok_or_else(|| none("nodes of a size that none has"))?;
        Ok(Tree { runs, root, node_bytes, what, short_keys })
    }

    fn wrong(&self, space: &Space, number: u32, found: &str) -> Error {
        let offset = u64::from(number) * u64::from(self.node_bytes);
        let at = cut(&self.runs, offset, 1).and_then(|runs| runs.first()?.at).map_or(At::Whole, place);
        Error::malformed(space.name(), at, format!("{}: {found} in node {number}", self.what), "a sound B-tree")
    }

    fn node(&self, space: &Space, number: u32) -> Result<(Node, Vec<u8>)> {
        let len = u64::from(self.node_bytes);
        let runs = cut(&self.runs, u64::from(number) * len, len);
        let bytes = gather(space, &runs.ok_or_else(|| self.wrong(space, number, "a link that leads out of it"))?, self.what)?;
        let node = wire::read(&bytes).ok_or_else(|| self.wrong(space, number, "no descriptor"))?;
        Ok((node, bytes))
    }

    /// The record of that number in a node: key, data, and where in the node the data begin.
    fn record<'a>(&self, node: &'a [u8], number: u16) -> Option<(&'a [u8], &'a [u8], usize)> {
        let offset = |number: u16| {
            let back = 2 * (usize::from(number) + 1);
            let at: u16 = wire::read(node.get(node.len().checked_sub(back)?..)?)?;
            (at >= NODE_BYTES).then_some(usize::from(at))
        };
        let (start, end) = (offset(number)?, offset(number + 1)?);
        let record = node.get(start..end)?;
        let (len_bytes, len) =
            if self.short_keys { (1, usize::from(*record.first()?)) } else { (2, usize::from(wire::read::<u16>(record)?)) };
        let key = record.get(len_bytes..len_bytes + len)?;
        let data = (len_bytes + len).next_multiple_of(2);
        Some((key, record.get(data..)?, start + data))
    }

    /// Records in the order of their keys, from the last that is not behind what `compare` wants; until `visit` breaks off.
    ///
    /// `compare` says how a key is to the one that is wanted.
    pub(super) fn visit(
        &self,
        space: &Space,
        compare: impl Fn(&[u8]) -> Ordering,
        mut visit: impl FnMut(&Record<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        if self.root == 0 {
            return Ok(());
        }
        let mut next = self.leaf(space, &compare)?;
        let (mut seen, mut order) = (HashSet::new(), Ordering::Less);
        while let Some(number) = next {
            if !seen.insert(number) {
                return Err(self.wrong(space, number, "leaves that go round in a circle"));
            }
            let (node, bytes) = self.node(space, number)?;
            if node.kind != LEAF {
                return Err(self.wrong(space, number, "no leaf"));
            }
            // A key that is wanted would be in the first, or be the first of the second: else nobody reads on to the end.
            if node.records == 0 || seen.len() > 2 && order == Ordering::Less {
                return Err(self.wrong(space, number, "a leaf where none should be"));
            }
            for record in 0..node.records {
                let found = self.record(&bytes, record);
                let (key, data, at) = found.ok_or_else(|| self.wrong(space, number, "a record that lies outside of it"))?;
                let at = u64::from(number) * u64::from(self.node_bytes) + at as u64;
                order = self.ascending(space, number, order, compare(key))?;
                if visit(&Record { key, data, at })?.is_break() {
                    return Ok(());
                }
            }
            next = (node.next != 0).then_some(node.next);
        }
        Ok(())
    }

    /// What follows what is behind the wanted key is so too.
    fn ascending(&self, space: &Space, number: u32, before: Ordering, now: Ordering) -> Result<Ordering> {
        if now < before { Err(self.wrong(space, number, "keys that do not ascend")) } else { Ok(now) }
    }

    /// The leaf that would hold the wanted key.
    fn leaf(&self, space: &Space, compare: &impl Fn(&[u8]) -> Ordering) -> Result<Option<u32>> {
        let mut number = self.root;
        for _ in 0..DEEPEST {
            let (node, bytes) = self.node(space, number)?;
            if node.kind != INDEX {
                return Ok(Some(number));
            }
            let mut below = None;
            for record in 0..node.records {
                let found = self.record(&bytes, record);
                let (key, data, _) = found.ok_or_else(|| self.wrong(space, number, "a record that lies outside of it"))?;
                // All keys may be behind it: then it would be in the first.
                if below.is_some() && compare(key) == Ordering::Greater {
                    break;
                }
                below = wire::read::<u32>(data);
            }
            number = below.ok_or_else(|| self.wrong(space, number, "no link"))?;
        }
        Err(self.wrong(space, number, "more levels than any has"))
    }

    /// Where bytes of the tree's file lie.
    pub(super) fn runs(&self, at: u64, len: u64) -> Option<Vec<Run>> {
        cut(&self.runs, at, len)
    }

    /// Bytes of the tree's file.
    pub(super) fn bytes(&self, space: &Space, at: u64, len: u64) -> Result<Vec<u8>> {
        let runs =
            self.runs(at, len).ok_or_else(|| Error::malformed(space.name(), At::Whole, "a record", "one within its tree"))?;
        gather(space, &runs, self.what)
    }
}
