//! The very files that a disc was read from: remembered when a sheet is opened, given back by `--original`.

use crate::sheet::Sheet;
use discconv_core::{
    At, Disc, Error, ExpectedDisc, Extra, ExtraKind, Padded, Piece, Plan, PlannedFile, ReadAt, Result, Role, Run, SourceId,
    WriteOptions,
};
use std::fmt::Write as _;
use std::sync::Arc;

/// The extra that remembers the files of the sheet: one line `bytes TAB state TAB name` each, in the order of the
/// sources. The state is [`PLAIN`], [`UNUSED`], or the id of the wrapper that was taken off.
const FILES: ExtraKind = ExtraKind::other("cue-files");
/// The extra that remembers the file of CD-TEXT packs.
const PACKS: ExtraKind = ExtraKind::other("cue-packs");
const PLAIN: &str = "plain";
const UNUSED: &str = "unused";

/// What is remembered of a file.
pub(crate) struct Remembered<'a> {
    /// Its name as the folder has it.
    pub(crate) name: &'a str,
    /// Its length in bytes, before anything was padded.
    pub(crate) bytes: u64,
    /// Does an index lie in it?
    pub(crate) used: bool,
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
        let state = file.unwrapped.unwrap_or(if file.used { PLAIN } else { UNUSED });
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
        let unwrapped = Some(state).filter(|state| ![PLAIN, UNUSED].contains(state));
        Some(Remembered { name, bytes, used: state != UNUSED, unwrapped })
    };
    listing.lines().map(line).collect()
}

fn extra(disc: &Disc, kind: ExtraKind) -> Option<&Extra> {
    disc.extras().iter().find(|extra| extra.kind == kind)
}

/// Plan the very files that `disc` was read from, byte for byte.
///
/// # Errors
/// [`Error::Unsupported`] if it comes from no sheet, or with options that ask for something else; [`Error::DoesNotFit`]
/// naming the first file that cannot be given back as it was.
pub(crate) fn plan(disc: &Disc, file: &str, options: &WriteOptions) -> Result<Plan> {
    refuse_changes(file, options)?;
    let nothing = || {
        Error::unsupported(file, At::Whole, "the source remembers no cue sheet that could be given back")
            .with_hint("leave --original away, and a new sheet is written")
    };
    let sheet = extra(disc, ExtraKind::CueSheet).ok_or_else(nothing)?;
    let listing = extra(disc, FILES).and_then(|extra| std::str::from_utf8(&extra.bytes).ok()).and_then(remembered);
    // Another container may have kept the sheet; then its files are not the sources.
    let is_own = |files: &Vec<Remembered<'_>>| {
        let mut both = files.iter().zip(disc.sources());
        files.len() == disc.sources().len() && both.all(|(told, source)| told.bytes == unpadded(source))
    };
    let listing = listing.filter(is_own).ok_or_else(nothing)?;
    let (mut files, mut notes) = (Vec::new(), Vec::new());
    for ((id, source), told) in (0..).map(SourceId).zip(disc.sources()).zip(&listing) {
        if !told.used {
            notes.push(format!("no track lies in {:?}, which the sheet names; it is not given back", told.name));
            continue;
        }
        refuse_changed(file, told)?;
        let range = 0..told.bytes.min(source.len());
        let planned = PlannedFile::new(told.name, Role::Data, vec![Piece::Copy { disc: 0, source: id, range }]);
        // A sheet may name one file in several ways.
        if !files.iter().any(|other: &PlannedFile| other.name == planned.name && other.len() == planned.len()) {
            files.push(planned);
        }
    }
    let packs = extra(disc, PACKS).map(|packs| (packs, Role::Data));
    for (extra, role) in packs.into_iter().chain([(sheet, Role::Descriptor)]) {
        refuse_folder(file, &extra.name)?;
        files.push(PlannedFile::new(extra.name.as_str(), role, vec![Piece::Bytes(extra.bytes.clone())]));
    }
    Ok(Plan {
        entry: files.len() - 1,
        files,
        format: crate::INFO.id,
        forced: None,
        inner: None,
        losses: Vec::new(),
        dropped: Vec::new(),
        discs: vec![ExpectedDisc { toc: disc.toc().clone(), runs: runs(disc), says_mode: true }],
        notes,
    })
}

/// The length of a source before anything was padded.
fn unpadded(source: &Arc<dyn ReadAt>) -> u64 {
    let padded = source.as_any().and_then(|any| any.downcast_ref::<Padded>());
    padded.map_or_else(|| source.len(), |padded| padded.inner().len())
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
