//! What a writer wants done, as data.

use crate::disc::{Disc, SourceId};
use crate::encode::{Codec, Index};
use crate::error::Result;
use crate::form::Form;
use crate::loss::Loss;
use crate::toc::Toc;
use discconv_sector::Lba;
use std::ops::Range;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It holds sectors.
    Data,
    /// It describes other files, and becomes visible after them.
    Descriptor,
}

/// Bytes of an output file; the length is known before the first byte moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes: headers, text.
    Bytes(Vec<u8>),
    /// So many zeros.
    Zeros(u64),
    /// The bytes of a source as they are. Holes stay holes.
    Copy {
        /// Which of the plan's discs.
        disc: usize,
        /// Which source of it.
        source: SourceId,
        /// Which bytes.
        range: Range<u64>,
    },
    /// Sectors in a form that their source does not store: stripped or rebuilt.
    Sectors {
        /// Which of the plan's discs.
        disc: usize,
        /// Which sectors.
        lbas: Range<Lba>,
        /// In which form.
        form: Form,
    },
}

impl Piece {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Zeros(len) => *len,
            Piece::Copy { range, .. } => range.end.saturating_sub(range.start),
            Piece::Sectors { lbas, form, .. } => u64::from(lbas.start.sectors_to(lbas.end)) * u64::from(form.stride),
        }
    }

    /// Is it nothing?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Append it to `pieces` unless it is nothing, joined to the last one where both are one copy, or sectors in a row.
    pub fn push_onto(self, pieces: &mut Vec<Piece>) {
        if self.is_empty() {
            return;
        }
        match (pieces.last_mut(), self) {
            (Some(Piece::Copy { disc, source, range }), Piece::Copy { disc: d, source: s, range: r })
                if (*disc, *source, range.end) == (d, s, r.start) =>
            {
                range.end = r.end;
            }
            (Some(Piece::Sectors { disc, lbas, form }), Piece::Sectors { disc: d, lbas: l, form: f })
                if (*disc, lbas.end, *form) == (d, l.start, f) =>
            {
                lbas.end = l.end;
            }
            (_, piece) => pieces.push(piece),
        }
    }
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Its place is known before anything is written.
    Plain(Piece),
    /// Zeros up to the next multiple of so many bytes.
    Align(u32),
    /// Pieces cut into blocks that are coded; a block may span pieces. Its length is known only when it is written.
    Blocks {
        /// The bytes to be coded.
        input: Vec<Piece>,
        /// Raw bytes of a block.
        block_bytes: u32,
        /// How a block is coded.
        codec: Codec,
    },
}

impl Part {
    /// The pieces it is made of.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        match self {
            Part::Plain(piece) => std::slice::from_ref(piece),
            Part::Align(_) => &[],
            Part::Blocks { input, .. } => input,
        }
    }
}

/// A file of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Its bare name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Its bytes, in order.
    pub parts: Vec<Part>,
    /// Writes the table of its blocks.
    pub index: Option<Index>,
}

impl PlannedFile {
    /// A file of plain pieces.
    pub fn new(name: impl Into<String>, role: Role, pieces: Vec<Piece>) -> PlannedFile {
        PlannedFile { name: name.into(), role, parts: pieces.into_iter().map(Part::Plain).collect(), index: None }
    }

    /// Length in bytes; `None` if coding decides it.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        self.parts.iter().try_fold(0, |at: u64, part| match part {
            Part::Plain(piece) => Some(at.saturating_add(piece.len())),
            Part::Align(unit) => Some(aligned(at, *unit)),
            Part::Blocks { .. } => None,
        })
    }

    /// Will it be empty?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Its pieces, if it is nothing but plain ones.
    fn plain(&self) -> Option<Vec<Piece>> {
        let plain = self.parts.iter().map(|part| match part {
            Part::Plain(piece) => Some(piece.clone()),
            Part::Align(_) | Part::Blocks { .. } => None,
        });
        plain.collect::<Option<Vec<Piece>>>().filter(|_| self.index.is_none())
    }

    /// Bytes that go into it before any coding.
    #[must_use]
    pub fn raw_len(&self) -> u64 {
        self.parts.iter().flat_map(Part::pieces).map(Piece::len).fold(0, u64::saturating_add)
    }
}

/// The next multiple of `unit` from `at` on.
pub(crate) fn aligned(at: u64, unit: u32) -> u64 {
    at.checked_next_multiple_of(u64::from(unit.max(1))).unwrap_or(u64::MAX)
}

/// What is to be looked for in sectors that the target leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DroppedWhat {
    /// Sectors of a gap: a loss of kind `pregap` unless blank.
    Gap,
    /// The subchannel: a loss of kind `subchannel` if it says more than the tracks do.
    Subchannel,
}

/// Sectors (or their subchannel) that the target leaves out, to be read for what would be lost with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Which of the plan's discs.
    pub disc: usize,
    /// Which sectors.
    pub lbas: Range<Lba>,
    /// What of them.
    pub what: DroppedWhat,
}

/// Sectors of the output that must equal sectors of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First sector in the output disc.
    pub at: Lba,
    /// Which of the plan's discs.
    pub disc: usize,
    /// First sector in that disc.
    pub from: Lba,
    /// How many.
    pub sectors: u32,
    /// Compared in this form: what the output stores.
    pub form: Form,
}

/// The disc that the output must turn out to be when its own reader opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedDisc {
    /// Its table of contents.
    pub toc: Toc,
    /// Its stored sectors, ascending.
    pub runs: Vec<Run>,
    /// Does the format say whether data tracks are Mode 1 or Mode 2? If not, that is not compared.
    pub says_mode: bool,
}

/// What all common file systems take as a name.
const MAX_NAME_BYTES: usize = 255;

/// How the content of a wrapper is read for the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inner {
    /// The id of the format.
    pub format: &'static str,
    /// As [`Plan::forced`].
    pub forced: Option<&'static str>,
}

/// What to write, what would be lost, and what must come out.
///
/// Losses that the TOC tells are in `losses`; what only sectors tell is found by the pass that writes: a
/// [`Piece::Sectors`] that does not keep whole raw sectors is tested sector by sector, and `dropped` is read as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The files, data before descriptors.
    pub files: Vec<PlannedFile>,
    /// Index into `files` of the one to open for the proof.
    pub entry: usize,
    /// The id of the format, whose reader proves the result.
    pub format: &'static str,
    /// Passed to that reader as [`crate::Input::forced`], where content alone would not do.
    pub forced: Option<&'static str>,
    /// Of a wrapper: the reader of what is inside.
    pub inner: Option<Inner>,
    /// What the TOC says would be lost.
    pub losses: Vec<Loss>,
    /// Left out, and to be looked at.
    pub dropped: Vec<Dropped>,
    /// What must come out.
    pub discs: Vec<ExpectedDisc>,
    /// Worth telling, but nothing is lost by it.
    pub notes: Vec<String>,
}

impl Plan {
    /// The one file of this plan put into a wrapper: `pack` is given its name's stem and its pieces, and makes the file
    /// that holds them. Losses, notes and what must come out stay as they are.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] if there are more files than one, or it is coded already; whatever `pack` says.
    pub fn wrapped(
        mut self,
        format: &'static str,
        pack: impl FnOnce(&str, Vec<Piece>) -> crate::Result<PlannedFile>,
    ) -> crate::Result<Plan> {
        let several = |name: &str| {
            crate::Error::unsupported(name, crate::At::Whole, format!("{format} holds one plain file, and this would be several"))
        };
        let (Some(file), true) = (self.files.pop(), self.files.is_empty()) else {
            return Err(several(self.format));
        };
        let pieces = file.plain().filter(|_| self.inner.is_none()).ok_or_else(|| several(&file.name))?;
        let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
        self.files = vec![pack(stem, pieces)?];
        self.entry = 0;
        self.put_inside(format);
        Ok(self)
    }

    /// Every file of data of this plan put into a wrapper of its own; descriptors stay, and say what they said. `pack` is
    /// given a file's name and pieces, and makes the file that holds them. What must come out stays as it is.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] if a file is coded already; whatever `pack` says.
    pub fn wrapped_data(
        mut self,
        format: &'static str,
        mut pack: impl FnMut(&str, Vec<Piece>) -> crate::Result<PlannedFile>,
    ) -> crate::Result<Plan> {
        for file in self.files.iter_mut().filter(|file| file.role == Role::Data) {
            let pieces = file.plain().filter(|_| self.inner.is_none()).ok_or_else(|| {
                crate::Error::unsupported(
                    &file.name,
                    crate::At::Whole,
                    format!("is packed already, and not put into {format} too"),
                )
            })?;
            *file = pack(&file.name, pieces)?;
        }
        // Where a descriptor is what is opened, the wrappers are around its siblings.
        if self.files.get(self.entry).is_some_and(|file| file.role == Role::Data) {
            self.put_inside(format);
        }
        Ok(self)
    }

    /// The entry is a file of `format` now, around what it was.
    fn put_inside(&mut self, format: &'static str) {
        self.inner = Some(Inner { format: self.format, forced: self.forced });
        self.format = format;
        self.forced = Some(format);
    }

    /// Bytes of all files, before any coding.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.files.iter().map(PlannedFile::raw_len).fold(0, u64::saturating_add)
    }

    /// Check that names are bare, short enough for any file system, and distinct (case ignored), so that nothing is
    /// written outside the folder and nothing over something else.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] naming the file.
    pub fn check_names(&self) -> Result<()> {
        let mut seen = std::collections::BTreeSet::new();
        for PlannedFile { name, .. } in &self.files {
            let (what, hint) = if name.len() > MAX_NAME_BYTES {
                let what = format!("the name has {} bytes; file systems take at most {MAX_NAME_BYTES}", name.len());
                (what, "choose a shorter name for the output")
            } else if !crate::format::is_bare_name(name) {
                ("is not a bare file name, so it could lie in another folder".to_owned(), "choose another name for the output")
            } else if !seen.insert(name.to_lowercase()) {
                let what = "two of the files to be written have this name, at least where case does not count";
                (what.to_owned(), "choose another name for the output, or other options")
            } else {
                continue;
            };
            return Err(crate::Error::Refused { file: name.clone(), what, hint: Some(hint.to_owned()) });
        }
        Ok(())
    }

    /// Check that everything which the plan points at is there, so that carrying it out needs no further question.
    ///
    /// # Errors
    /// [`crate::Error::Malformed`] naming the file: the writer made a mistake.
    pub(crate) fn check_against(&self, discs: &[Disc]) -> Result<()> {
        let pieces = self
            .files
            .iter()
            .flat_map(|file| file.parts.iter().flat_map(Part::pieces).map(move |piece| (file.name.as_str(), piece)));
        for (name, piece) in pieces {
            let right = match piece {
                Piece::Bytes(_) | Piece::Zeros(_) => true,
                Piece::Copy { disc, source, range } => {
                    let source = discs.get(*disc).and_then(|disc| disc.sources().get(usize::try_from(source.0).ok()?));
                    source.is_some_and(|source| range.start <= range.end && range.end <= source.len())
                }
                Piece::Sectors { disc, form, .. } => *disc < discs.len() && form.is_sound(),
            };
            if !right {
                return Err(astray(name));
            }
        }
        let dropped = self.dropped.iter().all(|dropped| dropped.disc < discs.len());
        let mut runs = self.discs.iter().flat_map(|expected| &expected.runs);
        if dropped && runs.all(|run| run.disc < discs.len() && run.form.is_sound()) && self.entry < self.files.len() {
            return Ok(());
        }
        Err(astray(self.files.first().map_or(self.format, |file| &file.name)))
    }
}

fn astray(name: &str) -> crate::Error {
    crate::Error::malformed(name, crate::At::Whole, "a plan that points outside its discs", "a plan for these discs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_written() {
        let long = format!("{}.bin", "ü".repeat(126));
        for (names, expected) in [
            (&["x.cue", "x.bin"][..], None),
            (&[&long[2..]], None),
            (&["x.cue", &long], Some("the name has 256 bytes; file systems take at most 255")),
            (&["../x.cue"], Some("is not a bare file name, so it could lie in another folder")),
            (&[".."], Some("is not a bare file name, so it could lie in another folder")),
            (&["x.bin", "X.BIN"], Some("two of the files to be written have this name, at least where case does not count")),
        ] {
            let files = names.iter().map(|name| PlannedFile::new(*name, Role::Data, Vec::new())).collect();
            let (losses, dropped, discs, notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            let plan = Plan { files, entry: 0, format: "x", forced: None, inner: None, losses, dropped, discs, notes };
            match plan.check_names() {
                Err(crate::Error::Refused { what, hint, .. }) => assert!(Some(&*what) == expected && hint.is_some(), "{what}"),
                other => assert!(other.is_ok() && expected.is_none(), "{names:?}: {other:?}"),
            }
        }
    }
}
