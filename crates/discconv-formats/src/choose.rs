//! Choosing a format by what is wanted of it.

use crate::siblings::UnwrappingSiblings;
use crate::{FORMATS, formats};
use discconv_core::{
    At, Disc, Error, Format, FormatInfo, Inner, Input, LossKind, LossKinds, Media, Opened, Plan, Result, WriteOptions,
};
use std::sync::Arc;

/// The format of that id, as `--to` and `--from` take it; also by an id of a forced reading, e.g. `iso2048`.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Format> {
    let known = |format: &&dyn Format| format.info().id == id || format.info().forced.contains(&id);
    formats().find(|format| format.info().id == id).or_else(|| formats().find(known))
}

/// The format that writes files with that extension (without the dot, in any case).
///
/// A format whose own extension it is comes before one that writes such files beside its own: `img` is an image, though
/// some descriptors have one too.
#[must_use]
pub fn by_extension(extension: &str) -> Option<&'static dyn Format> {
    let extension = extension.to_ascii_lowercase();
    let writers = || formats().filter(|format| format.info().writes);
    writers()
        .find(|format| format.info().extensions.contains(&extension.as_str()))
        .or_else(|| writers().find(|format| format.info().companions.contains(&extension.as_str())))
}

/// The first format that loses none of `kinds` when it is written, if there is one.
///
/// Damage is nobody's to keep and does not count. Formats that are not written of `media` do not come into question.
#[must_use]
pub fn nearest(kinds: LossKinds, media: Media) -> Option<&'static FormatInfo> {
    nearest_of(formats().map(Format::info), kinds, media)
}

/// As [`nearest`], for a disc that the format with the id `refusing` has just refused: whatever it carries in general, it
/// does not come into question.
#[must_use]
pub fn nearest_other(kinds: LossKinds, media: Media, refusing: &str) -> Option<&'static FormatInfo> {
    nearest_of(formats().map(Format::info).filter(|info| info.id != refusing), kinds, media)
}

fn nearest_of(
    mut infos: impl Iterator<Item = &'static FormatInfo>,
    kinds: LossKinds,
    media: Media,
) -> Option<&'static FormatInfo> {
    let kinds = kinds.without(LossKind::Damage);
    infos.find(|info| info.writes && info.carries.contains_all(kinds) && info.media.contains(&media))
}

/// What writing `discs` as `format`, under names that begin with `stem`, would do.
///
/// # Errors
/// [`Error::Unsupported`] if the format is only read; whatever its writer has to say.
pub fn plan_to(format: &dyn Format, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    match discs {
        [_, _, ..] if format.info().most_discs == 1 => each_by_itself(format, discs, stem, options),
        _ => plan_one(format, discs, stem, options),
    }
}

/// What a set of files begins with, of the disc at that place among several.
///
/// Redump's name for it, which emulators and their front ends know.
fn stem_of_disc(stem: &str, place: usize) -> String {
    format!("{stem}{}", disc_mark(place))
}

fn disc_mark(place: usize) -> String {
    format!(" (Disc {})", place + 1)
}

/// A set of files for each disc, in a format that holds one.
fn each_by_itself(format: &dyn Format, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let one = |(place, disc)| {
        let planned = plan_one(format, std::slice::from_ref(disc), &stem_of_disc(stem, place), options);
        planned.map_err(|error| error.of_disc(place))
    };
    let plans = discs.iter().enumerate().map(one).collect::<Result<Vec<Plan>>>()?;
    Plan::join(plans).ok_or_else(|| Error::unsupported(stem, At::Whole, "there is no disc to write"))
}

/// The names of the files to be opened to read all discs of `plan` back: one, or one for each disc if every disc has files of its own.
#[must_use]
pub fn entries(plan: &Plan) -> Vec<String> {
    let Some(first) = plan.files.get(plan.entry).map(|file| file.name.clone()) else { return Vec::new() };
    let one_each = plan.discs.len() > 1 && by_id(plan.format).is_some_and(|format| format.info().most_discs == 1);
    match first.rsplit_once(&disc_mark(0)) {
        Some((stem, rest)) if one_each => {
            (0..plan.discs.len()).map(|place| format!("{}{rest}", stem_of_disc(stem, place))).collect()
        }
        _ => vec![first],
    }
}

fn plan_one(format: &dyn Format, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let info = format.info();
    let writer = format.writer().filter(|_| info.writes).ok_or_else(|| {
        let writers: Vec<&str> = formats().map(Format::info).filter(|info| info.writes).map(|info| info.id).collect();
        Error::unsupported(stem, At::Whole, format!("{} is read but not written", info.name))
            .with_hint(format!("formats that are written: {}", writers.join(", ")))
    })?;
    if info.wraps.is_empty() {
        return writer.plan(discs, stem, options);
    }
    let inside = Inside::of(info, discs, stem)?;
    let inner = WriteOptions { extension: inside.extension, ..options.clone() };
    writer.wrap(plan_one(inside.format, discs, inside.stem, &inner)?, stem, options)
}

/// What is to be put into a wrapper.
struct Inside<'a> {
    format: &'static dyn Format,
    stem: &'a str,
    extension: String,
}

impl<'a> Inside<'a> {
    /// For files whose names begin with `stem`, which may end in the extension of what is inside: `x.bin` of `x.bin.ecm`.
    fn of(info: &FormatInfo, discs: &[Disc], stem: &'a str) -> Result<Inside<'a>> {
        let held = || info.wraps.iter().filter_map(|id| by_id(id));
        let (within, extension) = stem.rsplit_once('.').filter(|(within, _)| !within.is_empty()).unwrap_or((stem, ""));
        let extension = extension.to_ascii_lowercase();
        let called = by_extension(&extension).filter(|format| info.wraps.contains(&format.info().id));
        if let Some(format) = called.filter(|_| info.appends) {
            return Ok(Inside { format, stem: within, extension });
        }
        let fits = |format: &&dyn Format| discs.iter().all(|disc| format.info().media.contains(&disc.toc().media));
        let format = held().find(fits).or_else(|| held().next()).ok_or_else(|| {
            let inner = info.wraps.join(" or ");
            Error::unsupported(stem, At::Whole, format!("{} holds {inner}, which this build does not write", info.name))
        })?;
        // The file inside is called by its own format's usual extension.
        let usual = format.info().companions.first().filter(|_| info.appends).or(format.info().extensions.first());
        Ok(Inside { format, stem, extension: usual.copied().unwrap_or_default().to_owned() })
    }
}

/// The reader that proves what `plan` writes: the one of its own format, not whichever likes the file best.
///
/// Sheets and their tracks are proved as a person would open them, so wrappers are taken off siblings here too.
pub fn reader_for(plan: &Plan) -> impl Fn(&Input<'_>) -> Result<Vec<Disc>> + Sync + 'static {
    let further: Vec<String> = entries(plan).into_iter().skip(1).collect();
    let (id, inner) = (plan.format, plan.inner);
    move |input| {
        let mut discs = read_back(id, inner, input)?;
        for name in &further {
            let found = input.siblings.open(name)?;
            let source = found.ok_or_else(|| Error::malformed(input.name, At::Whole, "no such file", name.clone()))?.source;
            discs.extend(read_back(id, inner, &Input { name, source, ..*input })?);
        }
        Ok(discs)
    }
}

/// The discs of a file that was written as `id`, with `inner` in it.
fn read_back(id: &str, inner: Option<Inner>, input: &Input<'_>) -> Result<Vec<Disc>> {
    let siblings = UnwrappingSiblings::around(input);
    let input = Input { siblings: &siblings, source: Arc::clone(&input.source), ..*input };
    match (open_as(id, &input)?, inner) {
        (Opened::Discs(discs), _) => Ok(discs),
        (Opened::Bytes { source, .. }, Some(inner)) => {
            match open_as(inner.format, &Input { source, forced: inner.forced, ..input })? {
                Opened::Discs(discs) => Ok(discs),
                Opened::Bytes { .. } => Err(no_disc(&input, inner.format)),
            }
        }
        (Opened::Bytes { .. }, None) => Err(no_disc(&input, id)),
    }
}

fn open_as(id: &str, input: &Input<'_>) -> Result<Opened> {
    let format = by_id(id).ok_or_else(|| Error::unsupported(input.name, At::Whole, format!("there is no reader of {id}")))?;
    format.open(input)
}

fn no_disc(input: &Input<'_>, id: &str) -> Error {
    Error::unsupported(input.name, At::Whole, format!("{id} holds bytes, not a disc"))
}

/// The ids that `--from` takes, for messages.
pub(crate) fn readable_ids() -> String {
    let ids = FORMATS.iter().flat_map(|format| std::iter::once(format.info().id).chain(format.info().forced.iter().copied()));
    ids.collect::<Vec<_>>().join(", ")
}
