//! A disc as data, proved once.

use crate::check;
use crate::error::Result;
use crate::form::{Form, Main, SubCoding};
use crate::source::ReadAt;
use crate::toc::{Toc, TrackMode};
use discconv_sector::{Lba, Subheader};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A source of a disc: an index into [`DiscParts::sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Where the records of an extent lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which source.
    pub source: SourceId,
    /// Byte offset of the first record.
    pub offset: u64,
    /// What each record keeps.
    pub form: Form,
}

/// Chooses the subheader of a Form 1 sector that was stored as 2048 bytes only.
pub trait SubheaderPolicy: Send + Sync {
    /// The subheader at `lba`. Called from any thread; may read the volume on first use.
    fn subheader(&self, lba: Lba) -> Subheader;
}

/// `00 00 08 00` everywhere: what every reader accepts.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainSubheaders;

impl SubheaderPolicy for PlainSubheaders {
    fn subheader(&self, _: Lba) -> Subheader {
        Subheader::DATA
    }
}

/// What stands in for bytes that nobody stored.
#[derive(Clone)]
pub struct Fill {
    /// Subheaders of Form 1 sectors.
    pub subheaders: Arc<dyn SubheaderPolicy>,
    /// Do Form 2 sectors carry an EDC (else zero)?
    pub form2_edc: bool,
}

impl Default for Fill {
    fn default() -> Fill {
        Fill { subheaders: Arc::new(PlainSubheaders), form2_edc: true }
    }
}

impl fmt::Debug for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fill").field("form2_edc", &self.form2_edc).finish_non_exhaustive()
    }
}

/// A run of sectors that are stored alike.
#[derive(Clone, Debug)]
pub struct Extent {
    /// Which sectors.
    pub lbas: Range<Lba>,
    /// The mode that sectors are rebuilt in, where the stored bytes do not say.
    pub mode: TrackMode,
    /// Where the main bytes are; `None` for a gap that no file holds.
    pub main: Option<Place>,
    /// Where the subchannel is, if in a file of its own.
    pub sub: Option<Place>,
    /// For what nobody stored.
    pub fill: Fill,
}

impl Extent {
    /// A gap of blank sectors that no file holds.
    #[must_use]
    pub fn gap(lbas: Range<Lba>, mode: TrackMode) -> Extent {
        Extent { lbas, mode, main: None, sub: None, fill: Fill::default() }
    }

    /// Sectors stored at `place`.
    #[must_use]
    pub fn stored(lbas: Range<Lba>, mode: TrackMode, place: Place) -> Extent {
        Extent { lbas, mode, main: Some(place), sub: None, fill: Fill::default() }
    }

    /// How many sectors.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        self.lbas.start.sectors_to(self.lbas.end)
    }

    /// Is the subchannel of its sectors stored, in a file of its own or beside the main bytes?
    #[must_use]
    pub fn stores_sub(&self) -> bool {
        self.sub.is_some() || self.main.is_some_and(|place| place.form.sub.is_some())
    }
}

/// Why a note was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// An oddity that was tolerated, or a decision worth knowing.
    Oddity,
    /// The input is cut or damaged: refused without `--allow-loss damage`.
    Damage,
}

/// An observation that travels with the disc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How grave.
    pub kind: NoteKind,
    /// A clause for people, naming file and place.
    pub text: String,
    /// Sectors concerned by damage.
    pub sectors: u64,
}

impl Note {
    /// An oddity.
    pub fn oddity(text: impl Into<String>) -> Note {
        Note { kind: NoteKind::Oddity, text: text.into(), sectors: 0 }
    }

    /// Damage to `sectors` sectors.
    pub fn damage(sectors: u64, text: impl Into<String>) -> Note {
        Note { kind: NoteKind::Damage, text: text.into(), sectors }
    }
}

/// An algorithm of a container's own checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckAlgorithm {
    /// CRC-32 (ISO-HDLC), big-endian value bytes.
    Crc32,
    /// EDC of CD-ROM over any bytes, big-endian value bytes.
    Edc,
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// A digest that the container promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Of which source.
    pub source: SourceId,
    /// Of which bytes.
    pub range: Range<u64>,
    /// By which algorithm.
    pub algorithm: CheckAlgorithm,
    /// The promised value.
    pub value: Vec<u8>,
}

/// A digest that a wrapper promises, of its content or of its own bytes, before there is a disc.
#[derive(Clone)]
pub struct Promise {
    /// Of which bytes.
    pub source: Arc<dyn ReadAt>,
    /// Of which part of them.
    pub range: Range<u64>,
    /// By which algorithm.
    pub algorithm: CheckAlgorithm,
    /// The promised value.
    pub value: Vec<u8>,
}

/// What an extra is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtraKind {
    /// The text of a cue sheet, as its bytes were.
    CueSheet,
    /// Anything a format keeps for its own writer; by its name, which a container may have kept.
    Other(Cow<'static, str>),
}

impl ExtraKind {
    const CUE_SHEET: &'static str = "cue-sheet";

    /// What a format keeps for its own writer under the name `name`.
    #[must_use]
    pub const fn other(name: &'static str) -> ExtraKind {
        ExtraKind::Other(Cow::Borrowed(name))
    }

    /// Its name: small letters, digits and `-`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            ExtraKind::CueSheet => ExtraKind::CUE_SHEET,
            ExtraKind::Other(name) => name,
        }
    }

    /// The kind of that name, for containers that keep extras of other formats.
    #[must_use]
    pub fn named(name: &str) -> ExtraKind {
        if name == ExtraKind::CUE_SHEET { ExtraKind::CueSheet } else { ExtraKind::Other(Cow::Owned(name.to_owned())) }
    }
}

/// Something beside sectors and TOC that a writer of the same kind gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// What it is.
    pub kind: ExtraKind,
    /// The name it had.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a reader hands over; [`Disc::new`] proves it.
#[derive(Clone)]
pub struct DiscParts {
    /// What the lead-in says.
    pub toc: Toc,
    /// The sources that extents point into.
    pub sources: Vec<Arc<dyn ReadAt>>,
    /// Runs of sectors, ascending.
    pub extents: Vec<Extent>,
    /// Observations.
    pub notes: Vec<Note>,
    /// Digests that the container promises.
    pub checks: Vec<Check>,
    /// What the same format's writer gives back.
    pub extras: Vec<Extra>,
}

/// A disc whose table holds: reading it cannot run out of bounds.
#[derive(Clone)]
pub struct Disc {
    parts: DiscParts,
}

impl Disc {
    /// Prove `parts` and keep them.
    ///
    /// Extents must be ascending, disjoint, inside their sources; tracks ascending, with ascending indexes that include
    /// INDEX 01; every sector of a track must lie in an extent of the track's sort (audio or data); no session begins
    /// before the lead-out of the one before it; checks must lie inside their sources. `file` names the image in errors.
    /// Holes between sessions, and extents in no track, are legal.
    ///
    /// # Errors
    /// [`crate::Error::Malformed`] for the first rule that does not hold, [`crate::Error::Limit`] for an address far
    /// beyond any disc.
    pub fn new(file: &str, parts: DiscParts) -> Result<Disc> {
        check::parts(file, &parts)?;
        Ok(Disc { parts })
    }

    /// What the lead-in says.
    #[must_use]
    pub fn toc(&self) -> &Toc {
        &self.parts.toc
    }

    /// The runs of sectors, ascending.
    #[must_use]
    pub fn extents(&self) -> &[Extent] {
        &self.parts.extents
    }

    /// The sources.
    #[must_use]
    pub fn sources(&self) -> &[Arc<dyn ReadAt>] {
        &self.parts.sources
    }

    /// One source. Extents of this disc always name existing ones.
    pub(crate) fn source(&self, id: SourceId) -> &dyn ReadAt {
        self.parts.sources[id.0 as usize].as_ref()
    }

    /// Observations.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.parts.notes
    }

    /// Digests that the container promises.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.parts.checks
    }

    /// What the same format's writer gives back.
    #[must_use]
    pub fn extras(&self) -> &[Extra] {
        &self.parts.extras
    }

    /// Take it apart, to change it and prove it again.
    #[must_use]
    pub fn into_parts(self) -> DiscParts {
        self.parts
    }

    /// The extent that holds `lba`.
    #[must_use]
    pub fn extent_at(&self, lba: Lba) -> Option<&Extent> {
        let index = self.parts.extents.partition_point(|extent| extent.lbas.end <= lba);
        self.parts.extents.get(index).filter(|extent| extent.lbas.start <= lba)
    }

    /// The extents that `lbas` touches, each cut to it.
    pub fn extents_in(&self, lbas: Range<Lba>) -> impl Iterator<Item = (Range<Lba>, &Extent)> {
        let from = self.parts.extents.partition_point(|extent| extent.lbas.end <= lbas.start);
        self.parts.extents[from..]
            .iter()
            .take_while(move |extent| extent.lbas.start < lbas.end)
            .map(move |extent| (extent.lbas.start.max(lbas.start)..extent.lbas.end.min(lbas.end), extent))
            .filter(|(lbas, _)| lbas.start < lbas.end)
    }

    /// The runs of `lbas` that extents hold.
    #[must_use]
    pub fn covered(&self, lbas: Range<Lba>) -> Vec<Range<Lba>> {
        let mut runs: Vec<Range<Lba>> = Vec::new();
        for (lbas, _) in self.extents_in(lbas) {
            match runs.last_mut() {
                Some(last) if last.end == lbas.start => last.end = lbas.end,
                _ => runs.push(lbas),
            }
        }
        runs
    }

    /// The subchannel coding that the files hold, if any.
    #[must_use]
    pub fn stored_sub(&self) -> Option<SubCoding> {
        self.parts.extents.iter().find_map(|extent| {
            extent.sub.and_then(|place| place.form.sub).or_else(|| extent.main.and_then(|place| place.form.sub))
        })
    }

    /// The same disc with data sectors that were stored as 2048 bytes rebuilt in `mode` (Mode 1 or Mode 2).
    ///
    /// # Errors
    /// As [`Disc::new`].
    pub fn with_user_mode(self, file: &str, mode: TrackMode) -> Result<Disc> {
        let mut parts = self.parts;
        let user: Vec<Range<Lba>> = parts
            .extents
            .iter_mut()
            .filter(|extent| !extent.mode.is_audio() && extent.main.is_some_and(|place| place.form.main == Main::User))
            .map(|extent| {
                extent.mode = mode;
                extent.lbas.clone()
            })
            .collect();
        let mut changed = Vec::new();
        for track in parts.toc.sessions.iter_mut().flat_map(|session| &mut session.tracks) {
            if user.iter().any(|lbas| lbas.contains(&track.start())) {
                track.mode = mode;
                changed.push(track.first()..track.end);
            }
        }
        // Gaps that no file holds are made in the mode of their track.
        let gaps = parts.extents.iter_mut().filter(|extent| !extent.mode.is_audio() && extent.main.is_none());
        gaps.filter(|gap| changed.iter().any(|lbas| lbas.contains(&gap.lbas.start))).for_each(|gap| gap.mode = mode);
        Disc::new(file, parts)
    }
}
