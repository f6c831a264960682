//! The bytes of the volume, and the disc they are on.

use crate::bytes::{BLOCK, word};
use crate::iso::{self, Flavour, Loader, Tree, Written};
use crate::layout::{self, Layout, Placed, partition_blocks};
use crate::nodes::{Kind, Nodes};
use crate::system_area::{SECTORS, SystemArea};
use crate::{Level, Options, item, names_of, udf};
use discconv_core::volume::{self, UserView, VolumeSubheaders};
use discconv_core::{
    At, Bytes, Concat, Disc, DiscParts, Error, Extent, Fill, Form, Main, Note, Padded, Place, ReadAt, Result, SourceId, Toc,
    TrackMode,
};
use discconv_sector::Lba;
use std::sync::Arc;

/// Bytes that one section of a file can count.
const SECTION_LIMIT: u64 = 1 << 32;
const USER: Form = Form::USER;

/// The disc of `nodes`.
pub(crate) fn disc(nodes: &Nodes, options: &Options) -> Result<Disc> {
    let maker = Maker::new(nodes, options)?;
    let layout = maker.layout()?;
    let area = SystemArea::new(&options.system_area, options.system.mode2)?;
    let source = maker.source(&layout, &area)?;
    let mut notes = maker.notes(&layout, &area);
    notes.dedup();
    parts(nodes, options, &layout, source, &area, notes)
}

struct Maker<'a> {
    nodes: &'a Nodes,
    options: &'a Options,
    /// Entries of UDF, where there is such.
    files: Option<udf::Files<'a>>,
    date: i64,
    bios: Option<usize>,
    uefi: Option<usize>,
}

impl<'a> Maker<'a> {
    fn new(nodes: &'a Nodes, options: &'a Options) -> Result<Maker<'a>> {
        layout::refuse_too_large(nodes)?;
        let udf = options.udf.unwrap_or(nodes.longest() >= SECTION_LIMIT);
        check(nodes, options, udf)?;
        let loader = |path: &Option<Vec<Vec<u8>>>| path.as_ref().map(|path| loader(nodes, path)).transpose();
        Ok(Maker {
            nodes,
            options,
            files: if udf { Some(udf::Files::new(nodes)?) } else { None },
            date: options.date.unwrap_or_else(|| nodes.newest()),
            bios: loader(&options.boot.bios)?,
            uefi: loader(&options.boot.uefi)?,
        })
    }

    fn layout(&self) -> Result<Layout> {
        let Options { level, rock_ridge, deep, joliet_long: long, .. } = *self.options;
        let primary = Flavour::Primary { level, rock_ridge, xa: self.options.system.xa };
        let primary = Tree::new(self.nodes, primary, deep)?;
        let joliet = self.options.joliet.then(|| Tree::new(self.nodes, Flavour::Joliet { long }, deep)).transpose()?;
        Layout::new(self.nodes, self.options, primary, joliet, self.files.as_ref())
    }

    /// The whole volume, 2048 bytes a block.
    fn source(&self, layout: &Layout, area: &SystemArea) -> Result<Arc<dyn ReadAt>> {
        let structures = self.structures(layout, area);
        let mut sources: Vec<Arc<dyn ReadAt>> = vec![Arc::new(Bytes::of_vec(self.nodes.origin.clone(), structures))];
        for number in &layout.order {
            let content = self.content(*number, layout)?;
            let whole = content.len().next_multiple_of(BLOCK as u64);
            if whole > 0 {
                sources.push(if whole > content.len() { Arc::new(Padded::new(content, whole)) } else { content });
            }
        }
        let mut end = vec![0; (layout.blocks.saturating_sub(layout.end_of_files)) as usize * BLOCK];
        if self.files.is_some() {
            let last = end.len().saturating_sub(BLOCK);
            end[last..].copy_from_slice(&udf::anchor(layout.blocks.saturating_sub(1)));
        }
        if !end.is_empty() {
            sources.push(Arc::new(Bytes::new(self.nodes.origin.clone(), end)));
        }
        let whole = Concat::new(sources).ok_or_else(|| Error::Limit {
            file: self.nodes.origin.clone(),
            at: At::Whole,
            found: "more bytes than 64 bits can count".to_owned(),
            limit: "8 TiB".to_owned(),
        })?;
        Ok(Arc::new(whole))
    }

    fn content(&self, number: usize, layout: &Layout) -> Result<Arc<dyn ReadAt>> {
        let source = &self.nodes.contents[number].source;
        if self.options.boot.info_table && self.bios == Some(number) {
            return iso::with_info_table(source, layout.contents[number]);
        }
        Ok(source.clone())
    }

    /// All blocks in front of the files.
    fn structures(&self, layout: &Layout, area: &SystemArea) -> Vec<u8> {
        let mut image = Image(vec![0; layout.files as usize * BLOCK]);
        image.put(0, &area.user);
        image.put(iso::FIRST_DESCRIPTOR, &self.descriptors(layout));
        if let (Some(files), Some((recognition, places))) = (&self.files, &layout.udf) {
            let volume = self.udf_volume(files, layout);
            image.put(*recognition, &udf::recognition());
            [udf::MAIN, udf::RESERVE].iter().for_each(|first| image.put(*first, &udf::descriptors(&volume, *first)));
            image.put(udf::INTEGRITY, &udf::integrity(&volume));
            image.put(udf::ANCHOR, &udf::anchor(udf::ANCHOR));
            image.put(udf::PARTITION, &udf::file_set(&volume, files.root()));
            files.write(places, image.from(udf::PARTITION.saturating_add(files.root())));
        }
        if let Some(catalog) = layout.catalog {
            image.put(catalog, &iso::catalog(self.loader(self.bios, layout, true), self.loader(self.uefi, layout, false)).0);
        }
        for placed in std::iter::once(&layout.primary).chain(&layout.joliet) {
            self.tree(placed, &mut image);
        }
        image.0
    }

    fn tree(&self, placed: &Placed, image: &mut Image) {
        image.put(placed.tables.0, &iso::path_table(&placed.tree, &placed.places, false));
        image.put(placed.tables.1, &iso::path_table(&placed.tree, &placed.places, true));
        let Written { directories, areas } = iso::write(self.nodes, &placed.tree, &placed.places);
        directories.iter().zip(&placed.places.directories).for_each(|(bytes, (first, _))| image.put(*first, bytes));
        image.put(placed.places.areas, &areas);
    }

    /// From the primary descriptor to the terminator.
    fn descriptors(&self, layout: &Layout) -> Vec<u8> {
        let system = self.options.system;
        let texts = iso::Texts { texts: &self.options.texts, system: system.identifier, application: system.application };
        let volume = |placed: &Placed, joliet: bool| iso::Volume {
            blocks: layout.blocks,
            table_bytes: placed.table_bytes,
            tables: placed.tables,
            root: placed.places.directories.first().copied().unwrap_or_default(),
            root_modified: self.nodes.list[0].modified,
            date: self.date,
            joliet,
            xa: system.xa && !joliet,
        };
        let primary = iso::descriptor(&volume(&layout.primary, false), &texts);
        let boot = layout.catalog.map(iso::boot_record);
        let joliet = layout.joliet.as_ref().map(|placed| iso::descriptor(&volume(placed, true), &texts));
        std::iter::once(primary).chain(boot).chain(joliet).chain([iso::terminator()]).flat_map(|block| block.0).collect()
    }

    fn udf_volume(&self, files: &udf::Files<'_>, layout: &Layout) -> udf::Volume<'a> {
        let (directories, others) = files.counts();
        udf::Volume {
            label: &self.options.texts.label,
            set: &self.options.texts.set,
            date: self.date,
            blocks: partition_blocks(layout),
            files: others,
            directories,
            next_unique: files.next_unique(),
        }
    }

    /// A BIOS loads as many sectors as it is told to, UEFI the whole file system.
    fn loader(&self, content: Option<usize>, layout: &Layout, bios: bool) -> Option<Loader> {
        let number = content?;
        let (first, len) = (layout.contents[number], self.nodes.contents[number].source.len());
        let whole = Loader::whole(first, len);
        Some(if bios { Loader { sectors: self.options.boot.load_sectors, ..whole } } else { whole })
    }

    /// What the person should know: names that are not what they were, and the like.
    fn notes(&self, layout: &Layout, area: &SystemArea) -> Vec<String> {
        let mut notes = layout::notes(self.nodes, self.options, layout);
        let plain = !self.options.rock_ridge && !self.options.joliet && self.files.is_none();
        let primary = plain.then_some(("ISO 9660", &layout.primary.tree.changed));
        let joliet = layout.joliet.as_ref().map(|placed| ("Joliet", &placed.tree.changed));
        let udf = self.files.as_ref().map(|files| ("UDF", &files.changed));
        for (tree, changed) in [primary, joliet, udf].into_iter().flatten().filter(|(_, changed)| !changed.is_empty()) {
            let few = names_of(changed.len(), changed.iter().map(|node| self.nodes.shown(*node)));
            notes.push(format!("names that had to be changed in {tree}: {}: {few}", changed.len()));
        }
        let mark = self.options.system.boot_mark;
        if !area.user.starts_with(mark) {
            let (name, mark) = (self.options.system.name, String::from_utf8_lossy(mark).trim_end().to_owned());
            notes.push(format!("without a system area that begins with {mark}, a {name} does not start the disc"));
        }
        let most = if self.options.joliet { 16 } else { 32 };
        if self.options.texts.label.encode_utf16().count() > most {
            notes.push(format!("the label is cut to the {most} characters that a descriptor has room for"));
        }
        notes
    }
}

/// Blocks by number.
struct Image(Vec<u8>);

impl Image {
    /// All from a block on.
    fn from(&mut self, first: u32) -> &mut [u8] {
        self.0.get_mut(first as usize * BLOCK..).unwrap_or_default()
    }

    fn put(&mut self, first: u32, bytes: &[u8]) {
        let room = self.from(first).get_mut(..bytes.len());
        debug_assert!(room.is_some(), "the layout has room for everything");
        room.into_iter().for_each(|room| room.copy_from_slice(bytes));
    }
}

/// What the options cannot hold.
fn check(nodes: &Nodes, options: &Options, udf: bool) -> Result<()> {
    let refused = |what: String, hint: &str| Err(Error::unsupported(&nodes.origin, At::Whole, what).with_hint(hint));
    if options.system.xa && options.rock_ridge {
        let what = "records of CD-ROM XA have no room for Rock Ridge as well".to_owned();
        return refused(what, "leave Rock Ridge away: --no-rock-ridge");
    }
    let long = nodes.contents.iter().find(|content| content.source.len() >= SECTION_LIMIT);
    if let Some(content) = long.filter(|_| options.level < Level::Three) {
        let what = format!(
            "{} has {} bytes, and levels 1 and 2 of ISO 9660 end below 4 GiB",
            nodes.shown(content.node),
            content.source.len()
        );
        return refused(what, "say --iso-level 3, which has files in several sections");
    }
    let links: Vec<usize> = (0..nodes.list.len()).filter(|number| matches!(nodes.list[*number].kind, Kind::Link(_))).collect();
    if !links.is_empty() && !options.rock_ridge && !udf {
        let few = names_of(links.len(), links.iter().map(|number| nodes.shown(*number)));
        let what = format!("there are {} symbolic links, and only Rock Ridge and UDF have such: {few}", links.len());
        return refused(what, "say --links follow to store what they lead to, or --links skip to leave them out");
    }
    Ok(())
}

/// The content of a boot file.
fn loader(nodes: &Nodes, path: &[Vec<u8>]) -> Result<usize> {
    match nodes.find(path).map(|number| &nodes.list[number].kind) {
        Some(Kind::File(content)) if !nodes.contents[*content].source.is_empty() => Ok(*content),
        found => {
            let problem = if found.is_some() { "is no file with content" } else { "is not there" };
            let what = format!("the boot file {} {problem}", item::shown(path));
            Err(Error::unsupported(&nodes.origin, At::Whole, what).with_hint("boot files are named by their path in the folder"))
        }
    }
}

/// One track. Sectors whose raw form was given are stored so, all others as user data.
fn parts(
    nodes: &Nodes,
    options: &Options,
    layout: &Layout,
    source: Arc<dyn ReadAt>,
    area: &SystemArea,
    notes: Vec<String>,
) -> Result<Disc> {
    let too_many = |_| Error::Limit {
        file: nodes.origin.clone(),
        at: At::Whole,
        found: format!("{} sectors", layout.blocks),
        limit: format!("{} sectors", i32::MAX),
    };
    let sectors = i32::try_from(layout.blocks).map_err(too_many)?;
    let media = volume::medium(u64::from(layout.blocks), &UserView::new(source.as_ref(), USER.stride, 0))?;
    let mode = if options.system.mode2 && media.has_raw() { TrackMode::Mode2 } else { TrackMode::Mode1 };
    let subheaders = Arc::new(VolumeSubheaders::new(source.clone(), USER.stride, 0, Lba::ZERO));
    let fill = Fill { subheaders, ..Fill::default() };
    let mode2 = Form { main: Main::Frame(16, 2352), stride: 2336, ..USER };
    let given = if mode == TrackMode::Mode2 { i32::try_from(area.mode2.len() / 2336).unwrap_or(0) } else { 0 };
    let stored = |lbas: std::ops::Range<i32>, source: u32, offset: u64, form: Form| Extent {
        fill: fill.clone(),
        ..Extent::stored(Lba(lbas.start)..Lba(lbas.end), mode, Place { source: SourceId(source), offset, form })
    };
    let user = u64::from(given.unsigned_abs()) * BLOCK as u64;
    let (mut sources, mut extents) = (vec![source], Vec::new());
    if given > 0 {
        sources.push(Arc::new(Bytes::new("the system area", area.mode2.clone())));
        extents.push(stored(0..given, 1, 0, mode2));
    }
    extents.push(stored(given..sectors, 0, user, USER));
    let notes = notes.into_iter().map(|note| Note::oddity(format!("{}: {note}", nodes.origin))).collect();
    let toc = Toc::single_data(media, mode, sectors);
    debug_assert!(SECTORS <= layout.files as usize && word(SECTORS) <= layout.blocks, "the system area is always there");
    Disc::new(&nodes.origin, DiscParts { toc, sources, extents, notes, checks: Vec::new(), extras: Vec::new() })
}
