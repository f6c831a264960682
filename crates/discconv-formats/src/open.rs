//! Finding out what a file is, and opening it.

use crate::choose::{by_id, readable_ids};
use crate::foreign;
use crate::formats;
use crate::members;
use crate::names::{is_archive, stem_of, without_extension};
use crate::remember::Remembering;
use crate::siblings::UnwrappingSiblings;
use discconv_core::{
    Archive, At, Check, Disc, Error, Forgiving, Format, FormatInfo, Input, Note, Opened, Peek, Promise, ReadAt, Result, Score,
    Siblings, SourceId,
};
use std::sync::Arc;

/// Bytes that probes are shown of each end.
const SHOWN: u64 = 64 << 10;

/// What [`open`] found.
pub struct OpenedImage {
    /// The discs, usually one. What was noted about them, and about wrappers around them, is in their notes.
    pub discs: Vec<Disc>,
    /// The format that they were read from.
    pub format: &'static FormatInfo,
    /// The wrappers that were taken off before, outermost first; archives are among them.
    pub wrappers: Vec<&'static FormatInfo>,
    /// With [`Input::forgive`]: the sources in which zeros may stand in for something.
    pub forgiven: Vec<Arc<Forgiving>>,
    /// What files made of it are to be called: the stem of its own name, or of that of the image inside.
    pub stem: String,
}

impl OpenedImage {
    /// Was it a file of an archive?
    #[must_use]
    pub fn is_from_archive(&self) -> bool {
        self.wrappers.iter().any(|wrapper| is_archive(wrapper))
    }
}

/// Both ends of a file, and its extension.
pub(crate) struct Sample {
    head: Vec<u8>,
    tail: Vec<u8>,
    extension: String,
}

impl Sample {
    /// Where reading fails, there is nothing to see; opening will say why.
    pub(crate) fn of(name: &str, source: &dyn ReadAt) -> Sample {
        let len = source.len().min(SHOWN);
        let read = |offset: u64| {
            let mut bytes = vec![0; usize::try_from(len).unwrap_or(0)];
            source.read_exact_at(offset, &mut bytes).map_or_else(|_| Vec::new(), |()| bytes)
        };
        let bare = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let extension = bare.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
        Sample { head: read(0), tail: read(source.len() - len), extension }
    }

    pub(crate) fn peek<'a>(&'a self, source: &'a dyn ReadAt) -> Peek<'a> {
        Peek { head: &self.head, tail: &self.tail, extension: &self.extension, source }
    }
}

/// Every format that may be the one of this file, the surest first.
#[must_use]
pub fn probe(input: &Input<'_>) -> Vec<(&'static dyn Format, Score)> {
    let sample = Sample::of(input.name, input.source.as_ref());
    probe_sample(&sample.peek(input.source.as_ref()))
}

fn probe_sample(peek: &Peek<'_>) -> Vec<(&'static dyn Format, Score)> {
    let mut found: Vec<_> =
        formats().map(|format| (format, format.probe(peek))).filter(|(_, score)| *score > Score::NO).collect();
    found.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    found
}

/// Open an image of any format: by its content, or as [`Input::forced`] says. Wrappers are taken off first, around the
/// file itself and around those that it names; of an archive its one image is opened, or the one of [`Input::member`], which
/// means nothing to other files ([`OpenedImage::is_from_archive`]).
///
/// # Errors
/// [`Error::Malformed`] if no reader knows it, saying what it is instead if that can be seen; [`Error::Unsupported`] if
/// several claim it or `forced` names none; [`Error::Limit`] for wrappers within wrappers; else the reader's own error.
pub fn open(input: &Input<'_>) -> Result<OpenedImage> {
    open_among(input, &UnwrappingSiblings::around(input))
}

/// As [`open`], among siblings that were looked at before, so that nothing of them is unpacked twice.
///
/// # Errors
/// As for [`open`].
pub fn open_among(input: &Input<'_>, siblings: &UnwrappingSiblings<'_>) -> Result<OpenedImage> {
    let forgiven = Forgiven(input.forgive.then(Vec::new));
    let state = Unwrapped { stem: input.stem().to_owned(), forgiven, ..Unwrapped::default() };
    unwrap(input, siblings, state)
}

/// What is known of an image before its content is reached.
#[derive(Default)]
struct Unwrapped {
    wrappers: Vec<&'static FormatInfo>,
    notes: Vec<Note>,
    promises: Vec<Promise>,
    stem: String,
    forgiven: Forgiven,
}

/// Take off wrappers until there are discs. Archives have siblings of their own, so there it begins anew.
fn unwrap(input: &Input<'_>, siblings: &UnwrappingSiblings<'_>, mut state: Unwrapped) -> Result<OpenedImage> {
    let mut name = input.name.to_owned();
    let mut source = Arc::clone(&input.source);
    let mut forced = input.forced;
    while state.wrappers.len() <= usize::try_from(input.limits.depth).unwrap_or(usize::MAX) {
        let format = match forced {
            Some(id) => by_id(id).ok_or_else(|| no_such_format(input.name, id))?,
            None => match choose(&name, &source, input.name, &state.wrappers) {
                Err(Unrecognised::Sectors(format, id)) => {
                    let text = format!("{}: nothing in it is recognised; it is taken for an image as {id} reads it", input.name);
                    state.notes.push(Note::oddity(text));
                    forced = Some(id);
                    format
                }
                Err(Unrecognised::Error(error)) => return Err(error),
                Ok(format) => format,
            },
        };
        let within = Input { name: &name, source: Arc::clone(&source), siblings, forced, ..*input };
        if let Some(archive) = format.archive() {
            state.promises.extend(siblings.promises());
            state.wrappers.push(format.info());
            return within_archive(&within, archive, state);
        }
        match format.open(&within)? {
            Opened::Discs(discs) => {
                refuse_lone_sound(input.name, &discs, &state.wrappers)?;
                state.promises.extend(siblings.promises());
                let more = |disc| with_more(input.name, disc, &state.notes, &state.promises);
                let discs: Vec<Disc> = discs.into_iter().map(more).collect::<Result<_>>()?;
                let discs = discs.into_iter().map(|disc| state.forgiven.disc(input.name, disc)).collect::<Result<_>>()?;
                let forgiven = state.forgiven.0.unwrap_or_default();
                return Ok(OpenedImage { discs, format: format.info(), wrappers: state.wrappers, forgiven, stem: state.stem });
            }
            Opened::Bytes { source: inner, mut checks, notes } => {
                source = state.forgiven.source(&inner);
                // Its promises are kept by what is read.
                checks
                    .iter_mut()
                    .filter(|check| Arc::ptr_eq(&check.source, &inner))
                    .for_each(|check| check.source = source.clone());
                state.promises.extend(checks);
                let inside = without_extension(&name, format.info()).to_owned();
                if format.info().appends && inside != name {
                    state.stem = stem_of(bare(&inside)).to_owned();
                }
                name = inside;
                state.wrappers.push(format.info());
                state.notes.extend(notes);
                forced = None;
            }
        }
    }
    let depth = input.limits.depth;
    Err(Error::Limit {
        file: input.name.to_owned(),
        at: At::Whole,
        found: format!("more than {depth} wrappers within each other"),
        limit: depth.to_string(),
    })
}

/// The sources that are forgiven; `None` if none is.
#[derive(Default)]
struct Forgiven(Option<Vec<Arc<Forgiving>>>);

impl Forgiven {
    fn source(&mut self, source: &Arc<dyn ReadAt>) -> Arc<dyn ReadAt> {
        let Some(all) = &mut self.0 else { return Arc::clone(source) };
        let forgiving = Arc::new(Forgiving::new(Arc::clone(source)));
        all.push(Arc::clone(&forgiving));
        forgiving
    }

    /// `disc`, with all of its sources forgiven.
    fn disc(&mut self, file: &str, disc: Disc) -> Result<Disc> {
        if self.0.is_none() {
            return Ok(disc);
        }
        let mut parts = disc.into_parts();
        parts.sources = parts.sources.iter().map(|source| self.source(source)).collect();
        Disc::new(file, parts)
    }
}

/// The image in an archive, with its other files as siblings.
fn within_archive(input: &Input<'_>, archive: &dyn Archive, mut state: Unwrapped) -> Result<OpenedImage> {
    let files = archive.files(input)?;
    let member = members::choose(input, files.as_ref())?;
    let folder = members::Folder::of(input.name, files.as_ref(), &member);
    let siblings = UnwrappingSiblings::new(&folder, input.limits).with_spool(input.spool);
    let found = folder.open(bare(&member))?.ok_or_else(|| members::missing(input, &member, files.as_ref()))?;
    state.notes.push(Note::oddity(format!("{}: {member:?} in it is read", input.name)));
    state.notes.extend(found.notes);
    state.stem = stem_of(bare(&member)).to_owned();
    let name = format!("{}/{member}", input.name);
    let within = Input { name: &name, source: found.source, siblings: &siblings, forced: None, member: None, ..*input };
    let image = unwrap(&within, &siblings, state)?;
    members::refuse_others(input, &member, files.as_ref(), &image)?;
    Ok(image)
}

fn bare(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// Content that speaks for no format.
enum Unrecognised {
    /// But it was in a wrapper of images: how the plainest of those are read.
    Sectors(&'static dyn Format, &'static str),
    Error(Error),
}

impl From<Error> for Unrecognised {
    fn from(error: Error) -> Unrecognised {
        Unrecognised::Error(error)
    }
}

/// The one format that the content speaks for.
fn choose(
    name: &str,
    source: &Arc<dyn ReadAt>,
    file: &str,
    wrappers: &[&FormatInfo],
) -> Result<&'static dyn Format, Unrecognised> {
    let source = Remembering::new(Arc::clone(source));
    let sample = Sample::of(name, &source);
    let peek = sample.peek(&source);
    let found = probe_sample(&peek);
    let best = found.first().map_or(Score::NO, |(_, score)| *score);
    // What could not be read is not what is not there; but what was recognised all the same may be opened.
    if best < Score::LIKELY
        && let Some(failure) = source.failure()
    {
        return Err(failure.into());
    }
    let foreign = foreign::what_is(&peek);
    // An extension inside says no more than none: `x.cso.cso` need not hold another.
    if best <= Score::MAYBE
        && foreign.as_ref().is_none_or(|foreign| !foreign.sure)
        && let Some([inner]) = wrappers.last().map(|wrapper| wrapper.wraps)
        && let Some(inner) = by_id(inner)
        && let Some(plainest) = inner.info().forced.first()
    {
        return Err(Unrecognised::Sectors(inner, plainest));
    }
    if best == Score::NO || foreign.is_some_and(|foreign| foreign::outranks(&foreign, best)) {
        return Err(unknown(file, &peek, wrappers).into());
    }
    Ok(surest(file, peek.extension, &found)?)
}

/// The surest of `found`; among equals the one that the extension speaks for.
fn surest<'a>(file: &str, extension: &str, found: &[(&'a dyn Format, Score)]) -> Result<&'a dyn Format> {
    let best = found.iter().map(|(_, score)| *score).max();
    let mut equals: Vec<&'a dyn Format> =
        found.iter().filter(|(_, score)| Some(*score) == best).map(|(format, _)| *format).collect();
    let own = |info: &FormatInfo| info.extensions.contains(&extension);
    let beside = |info: &FormatInfo| info.companions.contains(&extension);
    if equals.iter().any(|format| own(format.info())) {
        equals.retain(|format| own(format.info()));
    } else if equals.iter().any(|format| beside(format.info())) {
        equals.retain(|format| beside(format.info()));
    }
    match equals[..] {
        [format] => Ok(format),
        _ => Err(tie(file, &equals)),
    }
}

fn tie(file: &str, candidates: &[&dyn Format]) -> Error {
    let ids: Vec<&str> = candidates.iter().map(|format| format.info().id).collect();
    Error::unsupported(file, At::Whole, format!("could be any of {}", ids.join(", ")))
        .with_hint(format!("say which with --from {}", ids.first().unwrap_or(&"FORMAT")))
}

fn no_such_format(file: &str, id: &str) -> Error {
    Error::unsupported(file, At::Whole, format!("cannot be read as {id:?}: there is no such format"))
        .with_hint(format!("--from takes {}", readable_ids()))
}

fn unknown(file: &str, peek: &Peek<'_>, wrappers: &[&FormatInfo]) -> Error {
    let probed: Vec<&str> = formats().map(|format| format.info().id).collect();
    let expected = format!("a disc image (probed: {})", probed.join(", "));
    if let Some(wrapper) = wrappers.last() {
        return Error::malformed(
            file,
            At::Whole,
            format!("{} around something that is no image by itself", wrapper.name),
            expected,
        )
        .with_hint("if it is a track of a disc, open the sheet that names it");
    }
    if peek.is_empty() {
        return Error::malformed(file, At::Whole, "an empty file", expected)
            .with_hint("the copy or download that made it failed; get it again");
    }
    if let Some(foreign) = foreign::what_is(peek) {
        return Error::malformed(file, At::Whole, foreign.name.clone(), expected).with_hint(foreign::hint(&foreign));
    }
    let bytes = if peek.len() == 1 { "1 byte".to_owned() } else { format!("{} bytes", peek.len()) };
    let error = Error::malformed(file, At::Whole, format!("{bytes} without any structure of a disc"), expected);
    let headerless = [(2048, "iso2048"), (2352, "iso2352"), (2448, "iso2448"), (2336, "iso2336")];
    match headerless.into_iter().find(|(size, id)| peek.len().is_multiple_of(*size) && by_id(id).is_some()) {
        Some((size, id)) => {
            error.with_hint(format!("if it holds sectors of {size} bytes all the same, --from {id} reads it as such"))
        }
        None => error.with_hint("it may be damaged, encrypted, or of a kind that is not read yet"),
    }
}

/// A sound file by itself is a track, not a disc: where it belongs on one is said by a sheet.
fn refuse_lone_sound(file: &str, discs: &[Disc], wrappers: &[&FormatInfo]) -> Result<()> {
    let all_audio = discs.iter().all(|disc| disc.toc().tracks().all(|track| track.mode.is_audio()));
    match wrappers.last() {
        Some(wrapper) if all_audio => {
            Err(Error::malformed(file, At::Whole, wrapper.name, "a disc image, not the sound of one track")
                .with_hint("write a cue sheet that names it, and open that"))
        }
        _ => Ok(()),
    }
}

/// `disc` with what was noted and promised by the wrappers around it.
fn with_more(file: &str, disc: Disc, notes: &[Note], promises: &[Promise]) -> Result<Disc> {
    if notes.is_empty() && promises.is_empty() {
        return Ok(disc);
    }
    let mut parts = disc.into_parts();
    parts.notes.extend_from_slice(notes);
    for promise in promises {
        let Promise { source, range, algorithm, value } = promise.clone();
        let place = parts.sources.iter().position(|known| Arc::ptr_eq(known, &source)).unwrap_or_else(|| {
            parts.sources.push(source);
            parts.sources.len() - 1
        });
        let source = SourceId(u32::try_from(place).unwrap_or(u32::MAX));
        parts.checks.push(Check { source, range, algorithm, value });
    }
    Disc::new(file, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Claims(FormatInfo);

    impl Format for Claims {
        fn info(&self) -> &'static FormatInfo {
            Box::leak(Box::new(FormatInfo { ..self.0 }))
        }

        fn probe(&self, _: &Peek<'_>) -> Score {
            Score::NO
        }

        fn open(&self, input: &Input<'_>) -> Result<Opened> {
            Err(no_such_format(input.name, "claims"))
        }
    }

    fn format(id: &'static str, extensions: &'static [&'static str], companions: &'static [&'static str]) -> Claims {
        Claims(FormatInfo { id, name: id, extensions, companions, ..FormatInfo::BASE })
    }

    #[test]
    fn the_extension_breaks_ties_only() {
        let [a, b, c] = [format("a", &["x"], &["y"]), format("b", &["y", "z"], &[]), format("c", &["z"], &["w"])];
        for (scores, extension, expected) in [
            ([60, 60, 90], "x", "c"),
            ([60, 60, 60], "x", "a"),
            // Its own extension counts more than a companion's.
            ([60, 60, 60], "y", "b"),
            ([60, 60, 60], "w", "c"),
            ([60, 60, 20], "z", "b"),
            ([60, 60, 60], "z", "f: could be any of b, c | say which with --from b"),
            ([60, 20, 60], "", "f: could be any of a, c | say which with --from a"),
        ] {
            let formats: [&dyn Format; 3] = [&a, &b, &c];
            let found: Vec<_> = formats.into_iter().zip(scores.map(Score)).collect();
            let chosen = match surest("f", extension, &found) {
                Ok(format) => format.info().id.to_owned(),
                Err(error) => format!("{error} | {}", error.hint().unwrap_or_default()),
            };
            assert_eq!(chosen, expected, "{scores:?} {extension}");
        }
    }
}
