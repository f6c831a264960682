//! What is in the folder: the files of the disc, and beside them each track as a file.

use crate::sector_file::SectorFile;
use crate::volume::Inside;
use discconv_core::{Error, Form, ReadAt};
use discconv_fs::{Content, Entry, What};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The number of the root.
pub(super) const ROOT: u64 = 1;
/// The folder of the tracks; if the disc has such a name itself, that is what is seen.
const TRACKS: &str = ".tracks";

/// A file or folder.
pub(super) struct Node {
    pub(super) number: u64,
    pub(super) parent: u64,
    pub(super) kind: Kind,
    content: OnceLock<Arc<dyn ReadAt>>,
}

/// What it is.
pub(super) enum Kind {
    /// Of the disc's file system.
    Entry(Entry),
    /// The folder of the tracks, also as the root of a disc without a file system.
    Tracks,
    /// One of them.
    Track,
}

/// What is in a folder, in its order and by name.
#[derive(Default)]
pub(super) struct Names {
    ordered: Vec<(Arc<str>, Arc<Node>)>,
    places: HashMap<Arc<str>, usize>,
}

impl Names {
    /// The node of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Arc<Node>> {
        self.places.get(name).and_then(|place| self.ordered.get(*place)).map(|(_, node)| node)
    }

    /// All names with their nodes.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Arc<Node>)> {
        self.ordered.iter().map(|(name, node)| (&**name, node))
    }

    fn add(&mut self, name: &str, node: Arc<Node>) {
        let name: Arc<str> = name.into();
        self.places.insert(name.clone(), self.ordered.len());
        self.ordered.push((name, node));
    }
}

/// All that was looked at so far. Nothing is forgotten as long as it is mounted: a number stays what it was.
pub(super) struct Nodes {
    inside: Inside,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    nodes: Vec<Arc<Node>>,
    children: HashMap<u64, Arc<Names>>,
}

impl Nodes {
    pub(super) fn new(inside: Inside) -> Result<Nodes, Error> {
        let kind = inside.system().map_or(Kind::Tracks, |system| Kind::Entry(system.root()));
        let nodes = Nodes { inside, known: Mutex::default() };
        nodes.known().add(ROOT, kind);
        Ok(nodes)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The node of that number.
    pub(super) fn get(&self, number: u64) -> Option<Arc<Node>> {
        let place = usize::try_from(number.checked_sub(ROOT)?).ok()?;
        self.known().nodes.get(place).cloned()
    }

    /// What is in a folder.
    pub(super) fn children(&self, node: &Node) -> Result<Arc<Names>, Error> {
        if let Some(known) = self.known().children.get(&node.number) {
            return Ok(known.clone());
        }
        let found = match &node.kind {
            Kind::Entry(entry) => self.entries(node, entry)?,
            Kind::Tracks => self.tracks(),
            Kind::Track => Vec::new(),
        };
        let mut known = self.known();
        // Another thread may have been here meanwhile; the first one's numbers are out already.
        if let Some(there) = known.children.get(&node.number) {
            return Ok(there.clone());
        }
        let mut names = Names::default();
        for (name, kind, content) in found {
            let child = known.add(node.number, kind);
            if let Some(content) = content {
                let _ = child.content.set(content);
            }
            names.add(&name, child);
        }
        let names = Arc::new(names);
        known.children.insert(node.number, names.clone());
        Ok(names)
    }

    fn entries(&self, node: &Node, entry: &Entry) -> Result<Vec<New>, Error> {
        let Ok(system) = self.inside.system() else { return Ok(Vec::new()) };
        if !entry.is_directory() {
            return Ok(Vec::new());
        }
        let listed = system.list(entry)?;
        let mut new: Vec<New> = Vec::with_capacity(listed.len() + 1);
        let mut seen = std::collections::HashSet::new();
        for entry in listed {
            // A host's name has no separator and is there once; the first of a kind is the one that is found.
            let name = entry.name.replace(['/', '\0'], "_");
            if !name.is_empty() && name != "." && name != ".." && seen.insert(name.clone()) {
                new.push((name, Kind::Entry(entry), None));
            }
        }
        if node.number == ROOT && !seen.contains(TRACKS) {
            new.push((TRACKS.to_owned(), Kind::Tracks, None));
        }
        Ok(new)
    }

    /// Each track: the user data of data, the samples of audio, and every sector as it is.
    fn tracks(&self) -> Vec<New> {
        let disc = self.inside.space.disc();
        let mut new: Vec<New> = Vec::new();
        for track in disc.toc().tracks() {
            let lbas = track.start()..track.end;
            let file = |form: Form| SectorFile::new(disc.clone(), vec![lbas.clone()], form, Vec::new());
            let mut add = |extension: &str, content: SectorFile| {
                let content: Arc<dyn ReadAt> = Arc::new(content);
                new.push((format!("Track {:02}.{extension}", track.number), Kind::Track, Some(content)));
            };
            if !track.mode.is_audio() {
                add("iso", file(Form::USER));
            } else if let Ok(wave) = SectorFile::wave(disc.clone(), lbas.clone()) {
                add("wav", wave);
            }
            if disc.toc().media.has_raw() {
                add("bin", file(Form::RAW));
            }
        }
        new
    }

    /// The bytes of a file.
    pub(super) fn content(&self, node: &Node) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        if let Some(content) = node.content.get() {
            return Ok(Some(content.clone()));
        }
        let (Kind::Entry(entry), Ok(system)) = (&node.kind, self.inside.system()) else { return Ok(None) };
        if entry.what != What::File {
            return Ok(None);
        }
        let content: Arc<dyn ReadAt> = Arc::new(Content::new(self.inside.space.clone(), system, entry)?);
        Ok(Some(node.content.get_or_init(|| content).clone()))
    }
}

/// A name, what it is, and its content where that is known already.
type New = (String, Kind, Option<Arc<dyn ReadAt>>);

impl Known {
    fn add(&mut self, parent: u64, kind: Kind) -> Arc<Node> {
        let number = ROOT + self.nodes.len() as u64;
        let node = Arc::new(Node { number, parent, kind, content: OnceLock::new() });
        self.nodes.push(node.clone());
        node
    }
}

impl Node {
    /// Bytes that it has, as far as that is known without reading it.
    pub(super) fn len(&self) -> u64 {
        match (&self.kind, self.content.get()) {
            (_, Some(content)) => content.len(),
            (Kind::Entry(entry), None) => match &entry.what {
                What::Link(to) => to.len() as u64,
                _ => entry.len,
            },
            _ => 0,
        }
    }
}
