//! A TOC as its text says it, before any file is looked at.

use crate::wire::{DataMode, Quoted, SubMode};
use discconv_core::{CdTextKind, Control, Isrc, Mcn, Note, SessionKind, TrackMode};
use std::collections::BTreeMap;
use std::ops::Range;

/// A whole TOC.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name, for messages.
    pub name: String,
    /// `CD_DA` and `CD_ROM`, `CD_ROM_XA`, `CD_I`.
    pub kind: SessionKind,
    /// `CATALOG`.
    pub catalog: Option<Mcn>,
    /// `FIRST_TRACK_NO`, else 1.
    pub first_number: u8,
    /// The data files, each name once.
    pub files: Vec<SheetFile>,
    /// In the order of the disc.
    pub tracks: Vec<SheetTrack>,
    /// `CD_TEXT`.
    pub texts: Texts,
    /// Oddities.
    pub notes: Vec<Note>,
    /// Where in the text files are named: bytes with the quotes, and the file.
    pub(crate) named: Vec<(Range<usize>, usize)>,
}

/// A data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetFile {
    /// The line that names it first.
    pub line: u32,
    /// As the text writes it.
    pub name: String,
}

/// One track.
#[derive(Clone, Debug)]
pub struct SheetTrack {
    /// The line of `TRACK`.
    pub line: u32,
    /// Its number.
    pub number: u8,
    /// What its files keep.
    pub mode: DataMode,
    /// What subchannel they keep.
    pub sub: SubMode,
    /// Its flags.
    pub control: Control,
    /// `ISRC`.
    pub isrc: Option<Isrc>,
    /// Its content, in order.
    pub parts: Vec<Part>,
    /// `START` or `PREGAP`: where INDEX 01 is.
    pub start: Option<Mark>,
    /// `END`: where the postgap begins.
    pub end: Option<Mark>,
    /// `INDEX`: line, and sectors from INDEX 01.
    pub indexes: Vec<(u32, u32)>,
}

/// A place within a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its line.
    pub line: u32,
    /// Where.
    pub at: MarkAt,
}

/// Where a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkAt {
    /// So many sectors from the track's beginning.
    Sectors(u32),
    /// Behind so many parts.
    Behind(usize),
}

/// A length or place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// `MM:SS:FF`.
    Sectors(u32),
    /// A number: samples of 4 bytes in audio statements, bytes in data statements.
    Units(u64),
}

/// A piece of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its line.
    pub line: u32,
    /// What it is.
    pub what: What,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `FILE`, `AUDIOFILE`, `DATAFILE`.
    Stored {
        /// Index into [`Sheet::files`].
        file: usize,
        /// `FILE`: numbers are samples.
        samples: bool,
        /// `SWAP`.
        swap: bool,
        /// `#`: bytes to be skipped.
        offset: u64,
        /// From there on.
        start: Amount,
        /// `None`: up to the end of the file.
        len: Option<Amount>,
    },
    /// `SILENCE`, `ZERO`, `PREGAP`: sectors in no file.
    Blank {
        /// Of which mode.
        mode: TrackMode,
        /// Numbers are samples.
        samples: bool,
        /// How much.
        len: Amount,
    },
}

/// All of CD-TEXT.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// Language codes by block.
    pub languages: BTreeMap<u8, u8>,
    /// `ENCODING_...` by block, as the code of the size information.
    pub encodings: BTreeMap<u8, u8>,
    /// By block, kind and track.
    pub items: BTreeMap<(u8, CdTextKind, u8), Value>,
}

/// The value of a CD-TEXT item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(Quoted),
    /// Numbers in braces.
    Bytes(Vec<u8>),
}
