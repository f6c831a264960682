//! What a format crate offers.

use crate::disc::{Disc, Promise};
use crate::error::{At, Error, Result};
use crate::loss::{LossKind, LossKinds};
use crate::plan::Plan;
use crate::source::ReadAt;
use crate::spool::{MemorySpool, Spool};
use crate::toc::{Media, TrackMode};
use std::sync::Arc;

/// What a format is called and can carry; one static per format.
#[derive(Debug)]
pub struct FormatInfo {
    /// Short lower-case id, as `--to` and `--from` take it.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Extensions without the dot, lower case, the usual first; the writer is found by them.
    pub extensions: &'static [&'static str],
    /// Extensions of files that belong to it: written with it, and found as its descriptor's data (`bin` for `cue`).
    pub companions: &'static [&'static str],
    /// Further ids that `--from` takes for a forced reading, e.g. `iso2048`.
    pub forced: &'static [&'static str],
    /// Can it be written?
    pub writes: bool,
    /// Is it a wrapper, whose content is plain bytes to be opened again?
    pub wrapper: bool,
    /// Of a wrapper of images: the ids of the formats whose files it holds, also when it is written. Which of several is
    /// said by the name; where that says nothing, it is the first that is written of the medium.
    pub wraps: &'static [&'static str],
    /// Of a wrapper: does its extension stand behind the whole name of what it holds (`x.bin.ecm`), rather than in place
    /// of the extension (`x.cso`)?
    pub appends: bool,
    /// Can it be written as one file per track as well as in one?
    pub splits: bool,
    /// How many discs one file of it holds at most. Of discs beyond that each is written by itself.
    pub most_discs: u8,
    /// The media that it can be written of.
    pub media: &'static [Media],
    /// The kinds of loss that never happen in it when written: what it can carry.
    pub carries: LossKinds,
    /// Of the others, those of which most is carried, and what of each is not, in a few words.
    pub carries_but: &'static [(LossKind, &'static str)],
    /// What in the file its reader holds against the content by itself, before it gives it out (`the CRC-32 of each member`);
    /// empty for nothing. What others are to check are [`Promise`]s.
    pub checks: &'static str,
    /// Where its layout is described.
    pub spec: &'static str,
    /// Options of its own, as `(flag, meaning)`.
    pub options: &'static [(&'static str, &'static str)],
}

impl FormatInfo {
    /// What holds of a format that says nothing: read only, of any medium, carrying nothing, without options.
    ///
    /// The statics of the formats say what is otherwise, so that a new field is not written in each of them.
    pub const BASE: FormatInfo = FormatInfo {
        id: "",
        name: "",
        extensions: &[],
        companions: &[],
        forced: &[],
        writes: false,
        wrapper: false,
        wraps: &[],
        appends: false,
        splits: false,
        most_discs: 1,
        media: Media::ALL,
        carries: LossKinds::NONE,
        carries_but: &[],
        checks: "",
        spec: "",
        options: &[],
    };
}

/// The first look at a file.
pub struct Peek<'a> {
    /// The first bytes, at most 64 KiB.
    pub head: &'a [u8],
    /// The last bytes, at most 64 KiB.
    pub tail: &'a [u8],
    /// Extension without the dot, lower case; empty if none.
    pub extension: &'a str,
    /// The whole file, for a bounded number of further reads.
    pub source: &'a dyn ReadAt,
}

impl Peek<'_> {
    /// Length of the file in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.source.len()
    }

    /// Is the file empty?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }
}

/// How sure a probe is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(pub u8);

impl Score {
    /// It is not this.
    pub const NO: Score = Score(0);
    /// It could be, and nothing contradicts.
    pub const MAYBE: Score = Score(20);
    /// Its structure looks like it.
    pub const LIKELY: Score = Score(60);
    /// A signature says so.
    pub const CERTAIN: Score = Score(100);
}

/// Bounds on what is taken from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a text descriptor.
    pub text_bytes: u64,
    /// Entries of a table.
    pub entries: u64,
    /// Wrappers within wrappers.
    pub depth: u32,
    /// Bytes that come out of one wrapper whose length nothing else bounds.
    pub unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        // The largest Blu-ray disc has 128 GB.
        Limits { text_bytes: 4 << 20, entries: 1 << 24, depth: 4, unpacked_bytes: 128 << 30 }
    }
}

/// A file found beside the one being opened.
#[derive(Clone)]
pub struct Found {
    /// Its name as the folder has it.
    pub name: String,
    /// Its bytes; already unwrapped if it was a wrapper.
    pub source: Arc<dyn ReadAt>,
    /// The id of the wrapper that was taken off, e.g. `wave`; `None` if the bytes are the file's own.
    pub unwrapped: Option<&'static str>,
    /// What the wrapper tolerated on the way.
    pub notes: Vec<crate::disc::Note>,
}

/// The folder around the file being opened.
pub trait Siblings {
    /// The file of that relative name (parts separated by `/`, never `..`), if it is there; case is ignored where no
    /// file has the exact name. Wrappers are taken off.
    ///
    /// # Errors
    /// [`Error::Io`] if it is there but cannot be opened; an error of the wrapper.
    fn open(&self, name: &str) -> Result<Option<Found>>;

    /// The same file as it is, only to see whether it is the one that is wanted: what is not opened afterwards is no part of
    /// the image.
    ///
    /// # Errors
    /// [`Error::Io`] if it is there but cannot be opened.
    fn glance(&self, name: &str) -> Result<Option<Found>> {
        self.open(name)
    }

    /// The bare names in the folder, at most some thousands, sorted.
    fn list(&self) -> Vec<String>;

    /// Digests that are promised of the files opened so far: those in an archive have some.
    fn promises(&self) -> Vec<Promise> {
        Vec::new()
    }
}

/// What a reader is given.
pub struct Input<'a> {
    /// The name of the file, for messages and for its stem.
    pub name: &'a str,
    /// Its bytes.
    pub source: Arc<dyn ReadAt>,
    /// The folder around it.
    pub siblings: &'a dyn Siblings,
    /// Bounds.
    pub limits: Limits,
    /// The id that `--from` forced (one of `FormatInfo::forced` or the format's own), if any.
    pub forced: Option<&'a str>,
    /// The password, where the file is encrypted and the person gave one.
    pub password: Option<&'a [u8]>,
    /// Files that the person named as those that this one builds upon (`--parent`), in the order to be tried.
    pub parents: &'a [Found],
    /// Are zeros to stand in for what cannot be decoded? What is missing is told by the sources themselves.
    pub forgive: bool,
    /// Room for content that cannot be unpacked at random.
    pub spool: &'a dyn Spool,
    /// Which file of an archive is meant (`--member`), where the person said it.
    pub member: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// The file `name` in the folder `siblings`, with the usual bounds and room in memory, nothing forced and no password.
    #[must_use]
    pub fn new(name: &'a str, source: Arc<dyn ReadAt>, siblings: &'a dyn Siblings) -> Input<'a> {
        let (limits, spool) = (Limits::default(), &MemorySpool::USUAL);
        Input { name, source, siblings, limits, forced: None, password: None, parents: &[], forgive: false, spool, member: None }
    }
}

impl Input<'_> {
    /// The bare name without its extension.
    #[must_use]
    pub fn stem(&self) -> &str {
        let bare = self.name.rsplit(['/', '\\']).next().unwrap_or(self.name);
        bare.rsplit_once('.').map_or(bare, |(stem, _)| stem)
    }

    /// The extension in lower case, empty if none.
    #[must_use]
    pub fn extension(&self) -> String {
        let bare = self.name.rsplit(['/', '\\']).next().unwrap_or(self.name);
        bare.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase())
    }
}

/// What a reader returns.
pub enum Opened {
    /// One disc, or several (PBP).
    Discs(Vec<Disc>),
    /// A wrapper's content, to be opened again.
    Bytes {
        /// The content.
        source: Arc<dyn ReadAt>,
        /// Digests that the wrapper promises of it, or of its own bytes.
        checks: Vec<Promise>,
        /// What was tolerated.
        notes: Vec<crate::disc::Note>,
    },
}

/// A format: zero-sized, in one static list.
pub trait Format: Sync {
    /// Name, extensions, abilities.
    fn info(&self) -> &'static FormatInfo;

    /// How likely the file is of this format. Reads a bounded number of bytes; errors count as [`Score::NO`].
    fn probe(&self, peek: &Peek<'_>) -> Score;

    /// Turn bytes into discs, or into the bytes inside.
    ///
    /// # Errors
    /// Whatever is wrong with the file, with the place.
    fn open(&self, input: &Input<'_>) -> Result<Opened>;

    /// The files that a descriptor speaks of, as it names them, without opening them; so that a data file finds the
    /// descriptor that describes it. `None`: opening says it, as the descriptor itself names its files.
    ///
    /// # Errors
    /// Whatever is wrong with the descriptor.
    fn names(&self, input: &Input<'_>) -> Result<Option<Vec<String>>> {
        let _ = input;
        Ok(None)
    }

    /// Its writer, if it has one.
    fn writer(&self) -> Option<&dyn FormatWriter> {
        None
    }

    /// Of an archive: the way to its files. Then `open` is not asked.
    fn archive(&self) -> Option<&dyn Archive> {
        None
    }
}

/// Files in one file.
pub trait Archive: Sync {
    /// The files in it as a folder: [`Siblings::list`] has all of them, with the folders that they are in, parts separated
    /// by `/`; names that lead out of it are not among them. Nothing of them is unpacked yet.
    ///
    /// # Errors
    /// Whatever is wrong with the archive.
    fn files<'a>(&self, input: &Input<'a>) -> Result<Box<dyn Siblings + 'a>>;
}

/// Copying or compressing how hard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConversionMode {
    /// As fast as possible.
    Fast,
    /// The default.
    #[default]
    Normal,
    /// As small as possible.
    Max,
}

/// What the person chose for the output.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// Extension of the named output, lower case without the dot; empty in batches.
    pub extension: String,
    /// `--sector`: 2048, 2336, 2352 or 2448.
    pub sector: Option<u16>,
    /// `--split`: one file per track.
    pub split: bool,
    /// `--original`: names, split and text as the source remembers them.
    pub original: bool,
    /// `--level`.
    pub level: ConversionMode,
    /// `--block`: bytes of a block that is compressed by itself.
    pub block: Option<u32>,
    /// `--hunk`: bytes of a hunk of a CHD.
    pub hunk: Option<u32>,
    /// `--codec`: names of codecs, in the order to be tried; empty if nothing was said.
    pub codecs: Vec<String>,
    /// `--title`: what a device shows.
    pub title: Option<String>,
    /// `--icon`: a picture that a device shows, as the bytes of its file.
    pub icon: Option<std::sync::Arc<[u8]>>,
    /// `--mode`: what 2048-byte sectors were rebuilt in, for the record; already applied to the disc.
    pub mode: Option<TrackMode>,
}

/// Turns discs into a plan.
pub trait FormatWriter: Sync {
    /// What to write for `discs`, under names that begin with `stem`.
    ///
    /// # Errors
    /// [`Error::DoesNotFit`] if the disc cannot be in this format at all; [`Error::Unsupported`] for an option it lacks.
    fn plan(&self, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan>;

    /// Of a wrapper ([`FormatInfo::wraps`]): put the file of `inner` into this format, or all its files of data. Then `plan`
    /// is not asked.
    ///
    /// # Errors
    /// As for `plan`.
    fn wrap(&self, inner: Plan, stem: &str, options: &WriteOptions) -> Result<Plan> {
        let _ = options;
        let what = format!("{} is not put into another file", inner.format);
        Err(crate::Error::unsupported(stem, At::Whole, what))
    }
}

/// Is `name` one part of a path on every system?
pub(crate) fn is_bare_name(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0'])
}

/// A name from an image as a relative path with `/`, fit for [`Siblings::open`].
///
/// Backslashes become slashes, `.` parts and a drive letter or leading slash are dropped (the name is then looked for
/// beside the sheet).
///
/// # Errors
/// [`Error::Malformed`] naming `file` and `at`, if the name is empty or climbs out with `..`.
pub fn safe_relative_name(file: &str, at: At, name: &str) -> Result<String> {
    let unified = name.replace('\\', "/");
    let mut rest = unified.as_str();
    if rest.len() >= 2 && rest.as_bytes()[1] == b':' && rest.as_bytes()[0].is_ascii_alphabetic() {
        rest = &rest[2..];
    }
    let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    // Some systems drop dots and blanks at the end of a name: what is nothing else might climb there as well.
    let climbs = |part: &&str| part.len() > 1 && part.chars().all(|c| c == '.' || c == ' ') && part.contains('.');
    if parts.iter().any(climbs) || rest.contains('\0') {
        return Err(Error::malformed(file, at, format!("the name {name:?}"), "a file in the same folder or below")
            .with_hint("move the file beside the sheet and take the folders out of its name"));
    }
    if parts.is_empty() {
        return Err(Error::malformed(file, at, "an empty file name", "the name of a file"));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_images_stay_beside_the_sheet() {
        for (name, expected) in [
            ("game.bin", Some("game.bin")),
            ("sub/game.bin", Some("sub/game.bin")),
            ("sub\\game.bin", Some("sub/game.bin")),
            ("C:\\images\\game.bin", Some("images/game.bin")),
            ("c:game.bin", Some("game.bin")),
            ("/etc/passwd", Some("etc/passwd")),
            ("\\\\host\\share\\x.bin", Some("host/share/x.bin")),
            ("./a//b/./c", Some("a/b/c")),
            ("..game.bin", Some("..game.bin")),
            ("game...", Some("game...")),
            ("\u{e9}t\u{e9}.bin", Some("\u{e9}t\u{e9}.bin")),
            ("", None),
            ("/", None),
            ("C:\\", None),
            (".", None),
            ("..", None),
            ("../x.bin", None),
            ("a/../../x.bin", None),
            ("a\\..\\x.bin", None),
            ("C:..\\x.bin", None),
            (".. /x.bin", None),
            ("a/.../x.bin", None),
            ("a/. ./x.bin", None),
            ("x\0.bin", None),
        ] {
            let found = safe_relative_name("x.cue", At::Line(3), name);
            assert_eq!(found.as_deref().ok(), expected, "{name:?}");
            if let Err(error) = found {
                assert!(error.to_string().starts_with("x.cue: line 3: "), "{error}");
            }
        }
    }

    #[test]
    fn bare_names() {
        for name in ["x", "x y.bin", "..x", "x (Track 1).bin"] {
            assert!(is_bare_name(name), "{name:?}");
        }
        for name in ["", ".", "..", "a/b", "a\\b", "a\0b"] {
            assert!(!is_bare_name(name), "{name:?}");
        }
    }
}
