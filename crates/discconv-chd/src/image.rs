//! A file as its content: header, metadata, map, and whatever it builds upon.

use crate::header::{AGAIN, Header, Parent, hex};
use crate::hunks::Hunks;
use crate::map;
use crate::meta::{self, Piece};
use crate::wire::{MAGIC, Sha1};
use discconv_core::{At, Blocks, Error, Input, Limits, Note, ReadAt, Result};
use std::sync::Arc;

/// Files that build upon each other, at most.
const MAX_PARENTS: usize = 32;
/// Where the headers say whose child they are.
const PARENT_AT: u64 = 104;

/// A file that was opened.
pub(crate) struct Image {
    pub(crate) header: Header,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) content: Arc<dyn ReadAt>,
    pub(crate) notes: Vec<Note>,
}

/// One of the files that an image consists of.
struct Layer {
    source: Arc<dyn ReadAt>,
    header: Header,
}

/// Open `input`, and what it builds upon.
///
/// # Errors
/// See [`Header::read`], [`meta::read`], [`map::read`] and [`Hunks::new`]; [`Error::MissingFile`] for a parent that is not
/// there, and [`Error::Malformed`] for parents that go round in a circle or are of another sort.
pub(crate) fn open(input: &Input<'_>) -> Result<Image> {
    let header = Header::read(input.source.as_ref(), &input.limits)?;
    let pieces = meta::read(input.source.as_ref(), &header)?;
    meta::refuse_foreign(input.name, &pieces)?;
    let unit = header.unit_bytes.unwrap_or(crate::header::FRAME);
    let layers = layers(input, Layer { source: Arc::clone(&input.source), header: header.clone() })?;
    let mut notes = Vec::new();
    let mut content: Option<Arc<dyn ReadAt>> = None;
    for layer in layers.into_iter().rev() {
        let table = map::read(layer.source.as_ref(), &layer.header)?;
        let hunks = Hunks::new(layer.source, &layer.header, table, content.take())?;
        notes.extend(hunks.damage(unit)?);
        content = Some(Arc::new(Blocks::new(hunks)?));
    }
    let content = content.unwrap_or_else(|| Arc::clone(&input.source));
    notes.extend(digest_note(input.name, &header, &pieces));
    Ok(Image { header, pieces, content, notes })
}

/// The digest over content and metadata is made of what is known without reading the content.
fn digest_note(file: &str, header: &Header, pieces: &[Piece]) -> Option<Note> {
    let (raw, told) = (header.raw_sha1?, header.sha1?);
    let made = meta::combined_sha1(&raw, pieces.iter());
    if header.version < 4 || made == told {
        return None;
    }
    let text = format!(
        "{file}: SHA-1 of content and metadata is {}, not {} as the header says: the metadata or the header is damaged",
        hex(&made),
        hex(&told)
    );
    Some(Note::damage(0, text))
}

/// The image and its parents, each after its child.
fn layers(input: &Input<'_>, image: Layer) -> Result<Vec<Layer>> {
    let mut layers = vec![image];
    while let Some((child, Parent { sha1 })) = layers.last().and_then(|last| Some((last, last.header.parent?))) {
        let name = child.source.name().to_owned();
        let wanted = sha1.ok_or_else(|| {
            let found = "a parent without a SHA-1 by which it could be found";
            Error::malformed(&name, At::Byte(PARENT_AT), found, "a SHA-1").with_hint(AGAIN)
        })?;
        if layers.iter().any(|layer| layer.header.sha1 == Some(wanted)) {
            let found = format!("the parent {}, which is itself a child of this one", hex(&wanted));
            return Err(Error::malformed(&name, At::Byte(PARENT_AT), found, "a parent of its own").with_hint(AGAIN));
        }
        if layers.len() > MAX_PARENTS {
            let (found, limit) = ("more files that build upon each other".to_owned(), MAX_PARENTS.to_string());
            return Err(Error::Limit { file: name, at: At::Byte(PARENT_AT), found, limit });
        }
        let parent = find(input, &name, &wanted)?;
        check_units(&name, &child.header, &parent)?;
        layers.push(parent);
    }
    Ok(layers)
}

/// A child counts in units of its parent, so both must have the same.
fn check_units(child: &str, header: &Header, parent: &Layer) -> Result<()> {
    match (header.unit_bytes, parent.header.unit_bytes) {
        (Some(own), Some(other)) if own != other => {
            let found = format!("units of {other} bytes in a parent");
            Err(Error::malformed(parent.source.name(), At::Byte(60), found, format!("{own}, as in {child}")))
        }
        _ => Ok(()),
    }
}

/// The parent of `child` that has the SHA-1 `wanted`: one of those that the person named, or a file of the folder.
fn find(input: &Input<'_>, child: &str, wanted: &Sha1) -> Result<Layer> {
    let mut others = Vec::new();
    for found in input.parents {
        // A file that the person named must be what it is said to be.
        let header = Header::read(found.source.as_ref(), &input.limits)?;
        if header.sha1 == Some(*wanted) {
            return Ok(Layer { source: Arc::clone(&found.source), header });
        }
        others.push(format!("{} has {}", found.name, header.sha1.map_or("none".to_owned(), |sha1| hex(&sha1))));
    }
    for name in input.siblings.list() {
        let is_chd = name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("chd"));
        if is_chd && let Some(layer) = of_folder(input, &name, wanted) {
            return Ok(layer);
        }
    }
    let hint = match &others[..] {
        [] => "give the file that it was made against with --parent FILE, or put it into the same folder".to_owned(),
        others => format!("it is none of those given with --parent: {}", others.join("; ")),
    };
    let wanted = format!("parent with SHA-1 {}", hex(wanted));
    Err(Error::MissingFile { file: child.to_owned(), at: At::Byte(PARENT_AT), wanted, hint: Some(hint) })
}

/// A file of the folder, if it is the wanted one; whatever is wrong with others is not asked, and they are left alone.
fn of_folder(input: &Input<'_>, name: &str, wanted: &Sha1) -> Option<Layer> {
    let glanced = input.siblings.glance(name).ok()??;
    let mut magic = [0; MAGIC.len()];
    glanced.source.read_exact_at(0, &mut magic).ok()?;
    let header = Header::read(glanced.source.as_ref(), &Limits::default()).ok().filter(|_| magic == *MAGIC)?;
    let found = if header.sha1 == Some(*wanted) { input.siblings.open(name).ok()?? } else { return None };
    Some(Layer { source: found.source, header })
}
