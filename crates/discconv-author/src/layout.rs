//! Which block everything has: decided once, from lengths alone, before a byte is written.
//!
//! System area, descriptors, UDF's descriptors and partition, boot catalogue, path tables, directories, files, padding.

use crate::bytes::{blocks, word};
use crate::iso::{self, Tree};
use crate::nodes::Nodes;
use crate::udf;
use crate::{Options, names_of};
use discconv_core::{Error, Result};
use std::collections::HashMap;

/// Empty sectors behind the volume's content, on request and behind what a BIOS starts: GRUB's loader reads more than it needs,
/// and does not start where that is beyond the end.
const PADDING: u64 = 150;

/// A tree of ISO 9660 and where it lies.
pub(crate) struct Placed {
    pub(crate) tree: Tree,
    pub(crate) table_bytes: u32,
    /// Little-endian and big-endian path table.
    pub(crate) tables: (u32, u32),
    pub(crate) places: iso::Places,
}

/// The places of everything.
pub(crate) struct Layout {
    pub(crate) primary: Placed,
    pub(crate) joliet: Option<Placed>,
    /// The first block of UDF's recognition, if there is UDF, and the places of its entries.
    pub(crate) udf: Option<(u32, udf::Places)>,
    /// The boot catalogue.
    pub(crate) catalog: Option<u32>,
    /// Contents in the order in which they lie on the disc.
    pub(crate) order: Vec<usize>,
    /// First block of each content, in the order of their numbers.
    pub(crate) contents: Vec<u32>,
    /// The first block behind the structures.
    pub(crate) files: u32,
    /// The first block behind the files.
    pub(crate) end_of_files: u32,
    /// Blocks of the volume.
    pub(crate) blocks: u32,
}

/// Counts blocks up.
struct Cursor<'a> {
    nodes: &'a Nodes,
    next: u64,
}

impl Cursor<'_> {
    /// So many blocks; the first of them.
    fn take(&mut self, count: u64) -> Result<u32> {
        let first = u32::try_from(self.next).map_err(|_| too_large(self.nodes));
        self.next = self.next.saturating_add(count);
        first
    }
}

fn too_large(nodes: &Nodes) -> Error {
    let what = format!("{} has more than the 8 TiB that a volume can address", nodes.origin);
    Error::DoesNotFit { file: nodes.origin.clone(), what, hint: Some("make several discs of it".to_owned()) }
}

/// Asked of the lengths alone, before anything is made whose size depends on them.
pub(crate) fn refuse_too_large(nodes: &Nodes) -> Result<()> {
    let lengths = nodes.contents.iter().map(|content| blocks(content.source.len()));
    let total = lengths.fold(0_u64, u64::saturating_add);
    if u32::try_from(total).is_ok() { Ok(()) } else { Err(too_large(nodes)) }
}

impl Layout {
    /// Lay out the trees, and UDF's files if there are such.
    ///
    /// # Errors
    /// [`Error::DoesNotFit`] for more blocks than 32 bits can address.
    pub(crate) fn new(
        nodes: &Nodes,
        options: &Options,
        primary: Tree,
        joliet: Option<Tree>,
        files: Option<&udf::Files<'_>>,
    ) -> Result<Layout> {
        refuse_too_large(nodes)?;
        let boots = options.boot.bios.is_some() || options.boot.uefi.is_some();
        let mut cursor = Cursor { nodes, next: u64::from(iso::FIRST_DESCRIPTOR) };
        // Primary, boot record, supplementary, terminator.
        cursor.take(2 + u64::from(boots) + u64::from(joliet.is_some()))?;
        let mut udf = None;
        if let Some(files) = files {
            let recognition = cursor.take(3)?;
            let directories = files.end_of_entries();
            let behind = files.behind();
            cursor.next = u64::from(udf::PARTITION) + u64::from(directories);
            cursor.take(behind)?;
            udf = Some((recognition, udf::Places { directories, contents: Vec::new() }));
        }
        let catalog = if boots { Some(cursor.take(1)?) } else { None };
        let mut primary = Placed::tables(nodes, primary, &mut cursor)?;
        let mut joliet = joliet.map(|tree| Placed::tables(nodes, tree, &mut cursor)).transpose()?;
        primary.directories(nodes, &mut cursor)?;
        joliet.as_mut().map_or(Ok(()), |placed| placed.directories(nodes, &mut cursor))?;
        let first = cursor.take(0)?;
        let order = order(nodes, options);
        let contents = contents(nodes, &order, &mut cursor)?;
        let end = cursor.take(if options.pad || options.boot.bios.is_some() { PADDING } else { 0 })?;
        // The last block of a volume with UDF is an anchor.
        cursor.take(u64::from(udf.is_some()))?;
        let blocks = cursor.take(0)?;
        for placed in [Some(&mut primary), joliet.as_mut()].into_iter().flatten() {
            placed.places.contents.clone_from(&contents);
        }
        if let Some((_, places)) = &mut udf {
            places.contents = contents.iter().map(|block| block.saturating_sub(udf::PARTITION)).collect();
        }
        Ok(Layout { primary, joliet, udf, catalog, order, contents, files: first, end_of_files: end, blocks })
    }
}

impl Placed {
    /// Room for both path tables.
    fn tables(nodes: &Nodes, tree: Tree, cursor: &mut Cursor<'_>) -> Result<Placed> {
        let table_bytes = iso::path_table(&tree, &iso::Places::default(), false).len();
        let count = blocks(table_bytes as u64);
        let tables = (cursor.take(count)?, cursor.take(count)?);
        let table_bytes = u32::try_from(table_bytes).map_err(|_| too_large(nodes))?;
        Ok(Placed { tree, table_bytes, tables, places: iso::Places::default() })
    }

    /// Room for directories and their continuation areas.
    fn directories(&mut self, nodes: &Nodes, cursor: &mut Cursor<'_>) -> Result<()> {
        let written = iso::write(nodes, &self.tree, &iso::Places::default());
        for directory in &written.directories {
            let bytes = u32::try_from(directory.len()).map_err(|_| too_large(nodes))?;
            self.places.directories.push((cursor.take(blocks(u64::from(bytes)))?, bytes));
        }
        self.places.areas = cursor.take(blocks(written.areas.len() as u64))?;
        Ok(())
    }
}

/// First block of each content; empty ones have none and lie at 0.
fn contents(nodes: &Nodes, order: &[usize], cursor: &mut Cursor<'_>) -> Result<Vec<u32>> {
    let mut firsts = vec![0; nodes.contents.len()];
    for number in order {
        let count = blocks(nodes.contents[*number].source.len());
        if count > 0 {
            firsts[*number] = cursor.take(count)?;
        }
    }
    // What begins within 32 bits may still end beyond.
    cursor.take(0)?;
    Ok(firsts)
}

/// Contents by falling weight, those of equal weight in the order of the tree.
fn order(nodes: &Nodes, options: &Options) -> Vec<usize> {
    let weights: HashMap<&[Vec<u8>], i64> = options.weights.iter().map(|(path, weight)| (path.as_slice(), *weight)).collect();
    let weight = |number: &usize| {
        let path: Vec<Vec<u8>> = nodes.path(nodes.contents[*number].node).into_iter().cloned().collect();
        (0..=path.len()).rev().find_map(|len| weights.get(&path[..len]).copied()).unwrap_or(0)
    };
    let mut order: Vec<usize> = (0..nodes.contents.len()).collect();
    if !weights.is_empty() {
        order.sort_by_cached_key(|number| std::cmp::Reverse(weight(number)));
    }
    order
}

/// What is told of the layout.
pub(crate) fn notes(nodes: &Nodes, options: &Options, layout: &Layout) -> Vec<String> {
    let mut notes = Vec::new();
    let unknown: Vec<String> =
        options.weights.iter().filter(|(path, _)| nodes.find(path).is_none()).map(|(path, _)| crate::item::shown(path)).collect();
    if !unknown.is_empty() {
        notes.push(format!("the sort file names what is not there: {}", names_of(unknown.len(), unknown.into_iter())));
    }
    let Tree { too_deep, moved, .. } = &layout.primary.tree;
    if *too_deep > 0 {
        notes.push(format!("{too_deep} folders lie deeper than the 8 levels of ISO 9660; old readers do not see them"));
    }
    if *moved > 0 {
        notes.push(format!(
            "{moved} folders lie deeper than the 8 levels of ISO 9660; they are kept in {}, and Rock Ridge shows them in their places",
            String::from_utf8_lossy(&layout.primary.tree.moved_name)
        ));
    }
    notes
}

/// Blocks of the partition: all from its first to the last but the anchor.
pub(crate) fn partition_blocks(layout: &Layout) -> u32 {
    layout.blocks.saturating_sub(udf::PARTITION + word(1))
}
