//! The very files that a disc was read from: remembered when a sheet is opened, given back by `--original`.

mod elsewhere;

use crate::content::{self, Content};
use crate::layout::{self, Layout};
use crate::sheet::Sheet;
use crate::texts;
use discconv_core::{
    At, Disc, Dropped, Error, ExpectedDisc, Extent, Extra, ExtraKind, Piece, Plan, PlannedFile, Result, Role, Run, SourceId,
    SubCoding, WriteOptions,
};
use std::fmt::Write as _;

/// The extra that remembers the files of the sheet: one line `bytes TAB state TAB name` each, in the order of the
/// sheet. The state is [`PLAIN`], [`PACKED`] (so is its subchannel), [`UNUSED`], or the id of the wrapper that was taken off.
const FILES: ExtraKind = ExtraKind::other("cue-files");
/// The extra that remembers the file of CD-TEXT packs.
const PACKS: ExtraKind = ExtraKind::other("cue-packs");
const PLAIN: &str = "plain";
const PACKED: &str = "packed";
const UNUSED: &str = "unused";

/// What is remembered of a file.
pub(crate) struct Remembered<'a> {
    /// Its name as the folder has it.
    pub(crate) name: &'a str,
    /// Its length in bytes, before anything was padded.
    pub(crate) bytes: u64,
    /// Does an index lie in it?
    pub(crate) used: bool,
    /// Is there subchannel in it, P to W one behind the other?
    pub(crate) packed: bool,
    /// The wrapper that was taken off.
    pub(crate) unwrapped: Option<&'a str>,
}

/// The sheet called `name`, its files in the order of the sources, and its file of packs with its name.
pub(crate) fn extras<'a>(
    name: &str,
    sheet: Vec<u8>,
    files: impl Iterator<Item = Remembered<'a>>,
    packs: Option<(String, Vec<u8>)>,
) -> Vec<Extra> {
    let mut listing = String::new();
    for file in files {
        let state = file.unwrapped.unwrap_or(match (file.used, file.packed) {
            (false, _) => UNUSED,
            (true, true) => PACKED,
            (true, false) => PLAIN,
        });
        let _ = writeln!(listing, "{}\t{state}\t{}", file.bytes, file.name);
    }
    let mut extras = vec![
        Extra { kind: ExtraKind::CueSheet, name: name.to_owned(), bytes: sheet },
        Extra { kind: FILES, name: name.to_owned(), bytes: listing.into_bytes() },
    ];
    extras.extend(packs.map(|(name, bytes)| Extra { kind: PACKS, name, bytes }));
    extras
}

fn remembered(listing: &str) -> Option<Vec<Remembered<'_>>> {
    let line = |line| {
        let mut parts = str::splitn(line, 3, '\t');
        let (bytes, state, name) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        let unwrapped = Some(state).filter(|state| ![PLAIN, PACKED, UNUSED].contains(state));
        Some(Remembered { name, bytes, used: state != UNUSED, packed: state == PACKED, unwrapped })
    };
    listing.lines().map(line).collect()
}

fn extra(disc: &Disc, kind: ExtraKind) -> Option<&Extra> {
    disc.extras().iter().find(|extra| extra.kind == kind)
}

/// Plan the very files that `disc` was read from, byte for byte; from its own sources if they are those files, else from its
/// sectors, by the sheet that it remembers.
///
/// # Errors
/// [`Error::Unsupported`] if it comes from no sheet, or with options that ask for something else; [`Error::DoesNotFit`]
/// naming the first file that cannot be given back as it was.
pub(crate) fn plan(disc: &Disc, file: &str, options: &WriteOptions) -> Result<Plan> {
    refuse_changes(file, options)?;
    let memory = Memory::of(disc, file)?;
    let mut notes = Vec::new();
    for told in &memory.files {
        if told.used {
            refuse_changed(file, told)?;
        } else {
            notes.push(format!("no track lies in {:?}, which the sheet names; it is not given back", told.name));
        }
    }
    let given = if is_own(disc, &memory) { own(disc, &memory) } else { elsewhere::files(disc, file, &memory)? };
    let (mut files, expected, dropped) = (given.files, given.expected, given.dropped);
    notes.extend(given.notes);
    let packs = memory.packs.map(|packs| (packs, Role::Data));
    for (extra, role) in packs.into_iter().chain([(memory.text, Role::Descriptor)]) {
        refuse_folder(file, &extra.name)?;
        files.push(PlannedFile::new(extra.name.as_str(), role, vec![Piece::Bytes(extra.bytes.clone())]));
    }
    let (losses, discs) = (Vec::new(), vec![expected]);
    Ok(Plan { entry: files.len() - 1, files, format: crate::INFO.id, forced: None, inner: None, losses, dropped, discs, notes })
}

/// What a disc remembers of the sheet that it came from.
struct Memory<'a> {
    text: &'a Extra,
    sheet: Sheet,
    /// By the numbers that the sheet gives them.
    files: Vec<Remembered<'a>>,
    packs: Option<&'a Extra>,
}

impl Memory<'_> {
    fn of<'a>(disc: &'a Disc, file: &str) -> Result<Memory<'a>> {
        let nothing = || {
            Error::unsupported(file, At::Whole, "the source remembers no cue sheet that could be given back")
                .with_hint("leave --original away, and a new sheet is written")
        };
        let text = extra(disc, ExtraKind::CueSheet).ok_or_else(nothing)?;
        let sheet = crate::sheet::parse_sheet(&text.name, &text.bytes)?;
        let files = extra(disc, FILES).and_then(|extra| std::str::from_utf8(&extra.bytes).ok()).and_then(remembered);
        let files = files.filter(|files| files.len() == sheet.files.len()).ok_or_else(nothing)?;
        Ok(Memory { text, sheet, files, packs: extra(disc, PACKS) })
    }

    /// The layout of the files, whose sectors `read` finds by file and place.
    fn lay_out(&self, read: &dyn Fn(usize, u64, &mut [u8]) -> bool) -> Result<Layout> {
        let packs = self.packs.and_then(|packs| texts::packs(&packs.bytes)).unwrap_or_default();
        layout::build(&self.sheet, &Kept { files: &self.files, read }, &packs)
    }
}

/// The remembered files, as the layout asks for them.
struct Kept<'a> {
    files: &'a [Remembered<'a>],
    read: &'a dyn Fn(usize, u64, &mut [u8]) -> bool,
}

impl Content for Kept<'_> {
    fn len(&self, file: usize) -> u64 {
        self.files[file].bytes
    }

    fn is_pcm(&self, file: usize) -> bool {
        content::is_sound(self.files[file].unwrapped)
    }

    fn read(&self, file: usize, offset: u64, out: &mut [u8]) -> bool {
        let end = offset.checked_add(out.len() as u64);
        end.is_some_and(|end| end <= self.files[file].bytes) && (self.read)(file, offset, out)
    }
}

/// The files of sectors, and what comes back when the sheet over them is read.
struct Given {
    files: Vec<PlannedFile>,
    expected: ExpectedDisc,
    dropped: Vec<Dropped>,
    notes: Vec<String>,
}

/// Are the sources of `disc` the very files? The sheet over them describes them as they are used, then.
fn is_own(disc: &Disc, memory: &Memory<'_>) -> bool {
    let sources = disc.sources();
    let read = |file: usize, offset: u64, out: &mut [u8]| sources[file].read_exact_at(offset, out).is_ok();
    let told = memory.files.iter().zip(sources).all(|(told, source)| told.bytes <= source.len());
    if !told || sources.len() != memory.files.len() {
        return false;
    }
    let places = |extents: &[Extent]| extents.iter().map(|extent| (extent.lbas.clone(), extent.main)).collect::<Vec<_>>();
    // Another container may have the same records but for the order of their subchannel.
    let as_told = |extent: &Extent| {
        extent.main.is_none_or(|place| {
            let told = usize::try_from(place.source.0).ok().and_then(|file| memory.files.get(file));
            place.form.sub.is_none() || told.is_some_and(|told| told.packed == (place.form.sub == Some(SubCoding::Packed)))
        })
    };
    let layout = memory.lay_out(&read);
    layout.is_ok_and(|layout| places(&layout.extents) == places(disc.extents()) && layout.extents.iter().all(as_told))
}

/// Copies of the sources, whatever lies in them.
fn own(disc: &Disc, memory: &Memory<'_>) -> Given {
    let mut files: Vec<PlannedFile> = Vec::new();
    for (source, told) in (0..).map(SourceId).zip(&memory.files).filter(|(_, told)| told.used) {
        let planned = PlannedFile::new(told.name, Role::Data, vec![Piece::Copy { disc: 0, source, range: 0..told.bytes }]);
        // A sheet may name one file in several ways.
        if !files.iter().any(|other| other.name == planned.name && other.len() == planned.len()) {
            files.push(planned);
        }
    }
    let expected = ExpectedDisc { toc: disc.toc().clone(), runs: runs(disc), says_mode: true };
    Given { files, expected, dropped: Vec::new(), notes: Vec::new() }
}

/// `--original` is about what there was.
fn refuse_changes(file: &str, options: &WriteOptions) -> Result<()> {
    let given = [("--sector", options.sector.is_some()), ("--split", options.split), ("--mode", options.mode.is_some())];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => {
            let what = format!("{option} changes the files, and --original gives them back as they were");
            Err(Error::unsupported(file, At::Whole, what).with_hint("leave one of the two away"))
        }
        None => Ok(()),
    }
}

/// Files of which only a part or something else is at hand.
fn refuse_changed(file: &str, told: &Remembered<'_>) -> Result<()> {
    refuse_folder(file, told.name)?;
    match told.unwrapped {
        Some(wrapper) => {
            Err(not_as_it_was(file, told.name, &format!("it is wrapped ({wrapper}), and wrappers are read, not written")))
        }
        None => Ok(()),
    }
}

fn refuse_folder(file: &str, name: &str) -> Result<()> {
    if name.contains(['/', '\\']) {
        return Err(not_as_it_was(file, name, "it lies in a folder of its own, and all outputs lie in one"));
    }
    Ok(())
}

fn not_as_it_was(file: &str, name: &str, why: &str) -> Error {
    Error::DoesNotFit {
        file: file.to_owned(),
        what: format!("{name:?} cannot be given back as it was: {why}"),
        hint: Some("leave --original away: a new sheet and its .bin hold the same disc; or copy the files".to_owned()),
    }
}

/// Every stored sector in its own form at its own place.
fn runs(disc: &Disc) -> Vec<Run> {
    let stored = disc.extents().iter().filter_map(|extent| Some((extent, extent.main?)));
    stored
        .map(|(extent, place)| {
            let (from, sectors) = (extent.lbas.start, extent.sectors());
            Run { at: from, disc: 0, from, sectors, form: place.form }
        })
        .collect()
}

/// The sheet that the disc came from, and its bytes.
pub(crate) fn source_sheet(disc: &Disc) -> Option<(Sheet, &[u8])> {
    let extra = extra(disc, ExtraKind::CueSheet)?;
    let sheet = crate::sheet::parse_sheet(&extra.name, &extra.bytes).ok()?;
    Some((sheet, &extra.bytes))
}
