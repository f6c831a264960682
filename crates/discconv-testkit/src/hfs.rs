//! Volumes of HFS and HFS+ (Apple: Inside Macintosh, Files; Technical Note 1150), big-endian, of blocks of 512 bytes.
//!
//! | block of [`Plus`] | content |
//! |---|---|
//! | 2 | volume header |
//! | 8-55, 56-87, 88-91 | catalog, attributes, extents overflow: nodes of 4096, 4096 and 512 bytes |
//! | 100-191 | free for content |
//!
//! | 512 bytes of [`short`] | content |
//! |---|---|
//! | 2 | master directory block; block 0 of the volume is unit 4 |
//! | 4-5, 6-13 | extents overflow (empty), catalog: nodes of 512 bytes |
//! | 16-39 | free for content: block 12 and on |

use crate::consoles::put;

const BLOCK: usize = 512;
const BLOCKS: u32 = 192;
/// The kinds of nodes.
const LEAF: u8 = 0xFF;
const INDEX: u8 = 0;
const HEADER: u8 = 1;

/// A record of a tree: its key behind the length, and its data.
pub type Pair = (Vec<u8>, Vec<u8>);

/// A volume of HFS+ in the making. Records are put in order by their keys.
#[derive(Clone, Debug, Default)]
pub struct Plus {
    /// Folder, name, record.
    pub catalog: Vec<(u32, String, Vec<u8>)>,
    /// File, name, value.
    pub attributes: Vec<(u32, String, Vec<u8>)>,
    /// Extents that do not fit into a file's record: file, fork (0 or FFh), first block, extents.
    pub overflow: Vec<(u32, u8, u32, Vec<u8>)>,
    /// Content by its first block.
    pub content: Vec<(u32, Vec<u8>)>,
}

/// Extents, eight places of first block and number of blocks.
#[must_use]
pub fn extents(all: &[(u32, u32)]) -> Vec<u8> {
    let mut bytes: Vec<u8> = all.iter().flat_map(|(first, count)| [first.to_be_bytes(), count.to_be_bytes()].concat()).collect();
    bytes.resize(64, 0);
    bytes
}

/// A fork: its length, a clump size, its blocks, its extents.
#[must_use]
pub fn fork(len: u64, all: &[(u32, u32)]) -> Vec<u8> {
    let blocks: u32 = all.iter().map(|(_, count)| count).sum();
    [&len.to_be_bytes()[..], &[0; 4], &blocks.to_be_bytes(), &extents(all)].concat()
}

/// The record of a folder of HFS+ with that number.
#[must_use]
pub fn folder(id: u32) -> Vec<u8> {
    let mut record = vec![0; 88];
    put(&mut record, 0, &[0, 1]);
    put(&mut record, 8, &id.to_be_bytes());
    record
}

/// The record of a file of HFS+ with those forks: data, resources.
#[must_use]
pub fn file(id: u32, data: &[u8], resources: &[u8]) -> Vec<u8> {
    let mut record = vec![0; 248];
    put(&mut record, 0, &[0, 2]);
    put(&mut record, 8, &id.to_be_bytes());
    // 2001-01-01 00:00:00.
    put(&mut record, 16, &3_061_152_000_u32.to_be_bytes());
    put(&mut record, 42, &0o100_644_u16.to_be_bytes());
    put(&mut record, 88, data);
    put(&mut record, 168, resources);
    record
}

/// The record of a hard link to the file or folder of that number.
#[must_use]
pub fn hard_link(id: u32, to: u32, folder: bool) -> Vec<u8> {
    let mut record = file(id, &[], &[]);
    put(&mut record, 44, &to.to_be_bytes());
    put(&mut record, 48, if folder { b"fdrpMACS" } else { b"hlnkhfs+" });
    if folder {
        // It is one of a chain of links, and not what the Finder calls an alias.
        record[3] = 0x20;
    }
    record
}

/// The same record of a file whose owner's flags say that it is compressed.
#[must_use]
pub fn compressed(mut record: Vec<u8>) -> Vec<u8> {
    record[41] = 0x20;
    record
}

impl Plus {
    /// Sectors of user data.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let mut disc = vec![0; BLOCK * BLOCKS as usize];
        put(&mut disc, 1024, b"H+\0\x04");
        put(&mut disc, 1024 + 16, &3_061_152_000_u32.to_be_bytes());
        // Each record has 248 bytes if it is of a file; the root counts not.
        let files = self.catalog.iter().filter(|(_, _, record)| record.len() == 248).count();
        let count = |count: usize| u32::try_from(count).unwrap_or(0).to_be_bytes();
        put(&mut disc, 1024 + 32, &[count(files), count(self.catalog.len() - files)].concat());
        put(&mut disc, 1024 + 40, &[512_u32.to_be_bytes(), BLOCKS.to_be_bytes()].concat());
        let trees = [
            (192, 88, 4, tree(512, 4, 0, false, &self.overflow_pairs())),
            (272, 8, 48, tree(4096, 6, 0, false, &self.catalog_pairs())),
            (352, 56, 32, tree(4096, 4, 0, false, &self.attribute_pairs())),
        ];
        for (at, first, count, bytes) in trees {
            put(&mut disc, 1024 + at, &fork(bytes.len() as u64, &[(first, count)]));
            put(&mut disc, first as usize * BLOCK, &bytes);
        }
        for (first, bytes) in &self.content {
            put(&mut disc, *first as usize * BLOCK, bytes);
        }
        disc
    }

    fn catalog_pairs(&self) -> Vec<Pair> {
        // The root is a name in folder 1; letters compare without case, and zeros last.
        let mut all = self.catalog.clone();
        all.push((1, "Plus".to_owned(), folder(2)));
        let order = |name: &str| name.to_lowercase().encode_utf16().map(|unit| unit.wrapping_sub(1)).collect::<Vec<u16>>();
        all.sort_by_key(|(folder, name, _)| (*folder, order(name)));
        all.into_iter().map(|(folder, name, record)| ([folder.to_be_bytes().to_vec(), unicode(&name)].concat(), record)).collect()
    }

    fn attribute_pairs(&self) -> Vec<Pair> {
        let mut all = self.attributes.clone();
        all.sort();
        let pair = |(id, name, value): (u32, String, Vec<u8>)| {
            let key = [&[0, 0][..], &id.to_be_bytes(), &[0; 4], &unicode(&name)].concat();
            let len = u32::try_from(value.len()).unwrap_or(0);
            (key, [&0x10_u32.to_be_bytes()[..], &[0; 8], &len.to_be_bytes(), &value].concat())
        };
        all.into_iter().map(pair).collect()
    }

    fn overflow_pairs(&self) -> Vec<Pair> {
        let mut all = self.overflow.clone();
        all.sort_by_key(|(id, fork, first, _)| (*id, *fork, *first));
        let key = |id: u32, fork: u8, first: u32| [&[fork, 0][..], &id.to_be_bytes(), &first.to_be_bytes()].concat();
        all.into_iter().map(|(id, fork, first, extents)| (key(id, fork, first), extents)).collect()
    }
}

/// A name of HFS+: its length in letters, the letters.
fn unicode(name: &str) -> Vec<u8> {
    let letters: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let len = u16::try_from(letters.len() / 2).unwrap_or(0);
    [&len.to_be_bytes()[..], &letters].concat()
}

/// A B-tree of so many nodes: a header, leaves, and an index over them if they are several. Keys in an index of HFS all have
/// the same length, `fixed`; lengths of keys are one byte there.
fn tree(node_bytes: usize, nodes: usize, fixed: usize, short: bool, pairs: &[Pair]) -> Vec<u8> {
    let leaves = leaves(node_bytes, short, pairs);
    let mut all = vec![0; node_bytes * nodes];
    let mut links = Vec::new();
    for (number, records) in (1_u32..).zip(&leaves) {
        let next = if (number as usize) < leaves.len() { number + 1 } else { 0 };
        let bytes: Vec<Vec<u8>> = records.iter().map(|(key, data)| record(key, data, short)).collect();
        let mut leaf = node(node_bytes, LEAF, next, &bytes);
        put(&mut leaf, 4, &(number - 1).to_be_bytes());
        leaf[9] = 1;
        put(&mut all, number as usize * node_bytes, &leaf);
        if let Some((key, _)) = records.first() {
            let mut key = key.clone();
            key.resize(key.len().max(fixed), 0);
            links.push(record(&key, &number.to_be_bytes(), short));
        }
    }
    let root = if links.len() > 1 { links.len() + 1 } else { links.len() };
    if links.len() > 1 {
        let mut index = node(node_bytes, INDEX, 0, &links);
        index[9] = 2;
        put(&mut all, root * node_bytes, &index);
    }
    let free = nodes - 1 - links.len() - usize::from(links.len() > 1);
    let header = [pairs.len(), links.len().min(1), links.len()];
    put(&mut all, 0, &header_node(node_bytes, [root, nodes, free], header, 1 + usize::from(links.len() > 1)));
    all
}

/// The header: root, nodes, free ones; records in leaves, first leaf, last leaf; levels.
fn header_node(node_bytes: usize, [root, nodes, free]: [usize; 3], leaves: [usize; 3], levels: usize) -> Vec<u8> {
    let long = |number: usize| u32::try_from(number).unwrap_or(0).to_be_bytes();
    let short = |number: usize| u16::try_from(number).unwrap_or(0).to_be_bytes();
    // The header, 128 bytes for whoever wants them, a bit for each node.
    let mut header = node(node_bytes, HEADER, 0, &[vec![0; 106], vec![0; 128], vec![0; node_bytes - 256]]);
    let levels = if root == 0 { 0 } else { levels };
    put(&mut header, 14, &[&short(levels)[..], &long(root), &long(leaves[0]), &long(leaves[1]), &long(leaves[2])].concat());
    put(&mut header, 32, &[&short(node_bytes)[..], &short(516), &long(nodes), &long(free)].concat());
    // Keys have two bytes of length, in an index too, where they are as long as they are.
    put(&mut header, 52, &6_u32.to_be_bytes());
    header[248] = 0xFF;
    header
}

/// As many records in each as fit.
fn leaves(node_bytes: usize, short: bool, pairs: &[Pair]) -> Vec<Vec<Pair>> {
    let mut all: Vec<Vec<Pair>> = Vec::new();
    let mut left = 0;
    for pair in pairs {
        let needed = record(&pair.0, &pair.1, short).len() + 2;
        if needed > left {
            all.push(Vec::new());
            left = node_bytes - 14 - 2;
        }
        left -= needed;
        if let Some(last) = all.last_mut() {
            last.push(pair.clone());
        }
    }
    all
}

fn record(key: &[u8], data: &[u8], short: bool) -> Vec<u8> {
    let len = key.len();
    let mut record =
        if short { vec![u8::try_from(len).unwrap_or(0)] } else { u16::try_from(len).unwrap_or(0).to_be_bytes().to_vec() };
    record.extend(key);
    record.resize(record.len().next_multiple_of(2), 0);
    record.extend(data);
    record.resize(record.len().next_multiple_of(2), 0);
    record
}

/// A node: descriptor, records, and from the end on where each begins.
fn node(node_bytes: usize, kind: u8, next: u32, records: &[Vec<u8>]) -> Vec<u8> {
    let mut node = vec![0; node_bytes];
    put(&mut node, 0, &next.to_be_bytes());
    node[8] = kind;
    put(&mut node, 10, &u16::try_from(records.len()).unwrap_or(0).to_be_bytes());
    let mut at = 14;
    let offset = |at: usize| u16::try_from(at).unwrap_or(0).to_be_bytes();
    for (number, record) in records.iter().enumerate() {
        put(&mut node, at, record);
        put(&mut node, node_bytes - 2 * (number + 1), &offset(at));
        at += record.len();
    }
    put(&mut node, node_bytes - 2 * (records.len() + 1), &offset(at));
    node
}

/// A volume of HFS whose catalog has those records: folder, name in Mac OS Roman, record.
#[must_use]
pub fn short(catalog: &[(u32, &[u8], Vec<u8>)], content: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut disc = vec![0; 40 * BLOCK];
    put(&mut disc, 1024, b"BD");
    put(&mut disc, 1024 + 2, &3_061_152_000_u32.to_be_bytes());
    put(&mut disc, 1024 + 18, &[0, 36]);
    put(&mut disc, 1024 + 20, &512_u32.to_be_bytes());
    put(&mut disc, 1024 + 28, &[0, 4]);
    put(&mut disc, 1024 + 36, b"\x05Short");
    put(&mut disc, 1024 + 130, &[&1024_u32.to_be_bytes()[..], &[0, 0, 0, 2]].concat());
    put(&mut disc, 1024 + 146, &[&4096_u32.to_be_bytes()[..], &[0, 2, 0, 8]].concat());
    let mut all = catalog.to_vec();
    all.push((1, b"Short", short_folder(2)));
    all.sort_by_key(|(folder, name, _)| (*folder, name.to_ascii_lowercase()));
    let key =
        |folder: u32, name: &[u8]| [&[0][..], &folder.to_be_bytes(), &[u8::try_from(name.len()).unwrap_or(0)], name].concat();
    let pairs: Vec<Pair> = all.into_iter().map(|(folder, name, record)| (key(folder, name), record)).collect();
    put(&mut disc, 4 * BLOCK, &tree(512, 2, 7, true, &[]));
    put(&mut disc, 6 * BLOCK, &tree(512, 8, 37, true, &pairs));
    for (block, bytes) in content {
        put(&mut disc, (*block as usize + 4) * BLOCK, bytes);
    }
    disc
}

/// The record of a folder of HFS.
#[must_use]
pub fn short_folder(id: u32) -> Vec<u8> {
    let mut record = vec![0; 70];
    record[0] = 1;
    put(&mut record, 6, &id.to_be_bytes());
    record
}

/// The record of a file of HFS: bytes of data and of resources, which begin at a block each.
#[must_use]
pub fn short_file(id: u32, data: (u32, u16), resources: (u32, u16)) -> Vec<u8> {
    let mut record = vec![0; 102];
    record[0] = 2;
    put(&mut record, 20, &id.to_be_bytes());
    put(&mut record, 26, &data.0.to_be_bytes());
    put(&mut record, 36, &resources.0.to_be_bytes());
    let blocks = |len: u32| u16::try_from(len.div_ceil(512)).unwrap_or(0).to_be_bytes();
    put(&mut record, 74, &[data.1.to_be_bytes(), blocks(data.0)].concat());
    put(&mut record, 86, &[resources.1.to_be_bytes(), blocks(resources.0)].concat());
    record
}
