//! What an image is like, as far as programs that open it mind.

use crate::model::Identity;
use discconv_core::{Disc, Extent, Main, Media, ReadAt, SourceId};
use discconv_fs::Kind as FileSystemKind;

/// How an audio track is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// As it is on the disc.
    Plain,
    /// In a WAVE file.
    Wave,
    /// In an AIFF file.
    Aiff,
    /// In a FLAC file.
    Flac,
    /// In an MP3 file.
    Mp3,
    /// In an Ogg file.
    Vorbis,
}

/// What kind of disc a CHD says that it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A CD: units of 2448 bytes.
    Cd,
    /// A GD-ROM: the same.
    Gd,
    /// A DVD: units of 2048 bytes.
    Dvd,
    /// It is no CHD.
    #[default]
    Other,
}

/// What an image is like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The id of the format of the file that is opened.
    pub format: String,
    /// Bytes that are stored of each sector of a data track, without subchannel (with it in a file of bare sectors): all that occur.
    pub data: Vec<u16>,
    /// How audio tracks are stored: all ways that occur.
    pub sound: Vec<Sound>,
    /// Files that hold tracks.
    pub files: usize,
    /// Bytes of a block that is packed by itself; 1 where nothing is.
    pub block_bytes: u32,
    /// The kind of a CHD.
    pub kind: Kind,
    /// Is it told as the difference to another file?
    pub parent: bool,
    /// Is subchannel stored?
    pub subchannel: bool,
    /// Is there a key in the subchannel (LibCrypt)?
    pub key: bool,
    /// The byte at which a game partition of the Xbox begins.
    pub partition: Option<u64>,
}

/// Ends of names of files that hold sound.
const SOUNDS: &[(&str, Sound)] = &[
    ("wav", Sound::Wave),
    ("wave", Sound::Wave),
    ("aif", Sound::Aiff),
    ("aiff", Sound::Aiff),
    ("aifc", Sound::Aiff),
    ("flac", Sound::Flac),
    ("fla", Sound::Flac),
    ("mp3", Sound::Mp3),
    ("ogg", Sound::Vorbis),
    ("oga", Sound::Vorbis),
];

impl Shape {
    /// Of a disc in an image of that format; `parent`: it is told as the difference to another.
    #[must_use]
    pub fn of(disc: &Disc, identity: &Identity, format: &str, parent: bool) -> Shape {
        let mut shape = Shape { format: format.to_owned(), parent, ..Shape::default() };
        let mut sources = Vec::new();
        for extent in disc.extents() {
            shape.add(disc, extent);
            sources.extend(extent.main.map(|place| place.source));
        }
        sources.sort_unstable();
        sources.dedup();
        shape.files = sources.len();
        shape.block_bytes = sources.first().and_then(|first| source(disc, *first)).map_or(1, |first| first.block_hint());
        shape.kind = if format == "chd" { kind(disc) } else { Kind::Other };
        shape.subchannel = disc.stored_sub().is_some();
        shape.key = identity.protection.iter().any(|trace| trace.name == "LibCrypt");
        let partition = identity.volumes.iter().find(|about| about.kind == FileSystemKind::Xdvdfs);
        shape.partition = partition.map(|about| about.start);
        shape
    }

    /// What an extent's sectors are stored as.
    fn add(&mut self, disc: &Disc, extent: &Extent) {
        let Some(place) = extent.main.filter(|place| place.form.main != Main::None) else { return };
        if extent.mode.is_audio() {
            let name = source(disc, place.source)
                .and_then(|source| source.name().rsplit_once('.'))
                .map_or("", |(_, end)| end)
                .to_lowercase();
            let sound = SOUNDS.iter().find(|(end, _)| *end == name).map_or(Sound::Plain, |(_, sound)| *sound);
            if !self.sound.contains(&sound) {
                self.sound.push(sound);
            }
            return;
        }
        // Of bare sectors the whole record counts: nothing says that there is subchannel in it.
        let bare = self.format == "iso";
        let bytes = if bare { place.form.stride } else { u32::try_from(place.form.main.len()).unwrap_or(0) };
        let bytes = u16::try_from(bytes).unwrap_or(0);
        if !self.data.contains(&bytes) {
            self.data.push(bytes);
        }
    }
}

fn source(disc: &Disc, id: SourceId) -> Option<&dyn ReadAt> {
    disc.sources().get(usize::try_from(id.0).ok()?).map(AsRef::as_ref)
}

/// A CHD of a CD keeps room for subchannel behind each sector.
fn kind(disc: &Disc) -> Kind {
    let strides = disc.extents().iter().filter_map(|extent| Some(extent.main?.form.stride));
    match (disc.toc().media, strides.max()) {
        (Media::Gd, _) => Kind::Gd,
        (_, Some(2048)) => Kind::Dvd,
        _ => Kind::Cd,
    }
}
