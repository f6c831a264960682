//! Choosing a format by what is wanted of it.

use crate::siblings::UnwrappingSiblings;
use crate::{FORMATS, formats};
use discconv_core::{At, Disc, Error, Format, FormatInfo, Input, LossKind, LossKinds, Opened, Plan, Result, WriteOptions};

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
/// Damage is nobody's to keep and does not count. For media without raw sectors (DVD and its like), formats that exist
/// to keep them do not come into question.
#[must_use]
pub fn nearest(kinds: LossKinds, media_has_raw: bool) -> Option<&'static FormatInfo> {
    nearest_of(formats().map(Format::info), kinds, media_has_raw)
}

/// As [`nearest`], for a disc that the format with the id `refusing` has just refused: whatever it carries in general, it
/// does not come into question.
#[must_use]
pub fn nearest_other(kinds: LossKinds, media_has_raw: bool, refusing: &str) -> Option<&'static FormatInfo> {
    nearest_of(formats().map(Format::info).filter(|info| info.id != refusing), kinds, media_has_raw)
}

fn nearest_of(
    mut infos: impl Iterator<Item = &'static FormatInfo>,
    kinds: LossKinds,
    media_has_raw: bool,
) -> Option<&'static FormatInfo> {
    let kinds = kinds.without(LossKind::Damage);
    infos.find(|info| info.writes && info.carries.contains_all(kinds) && (media_has_raw || !info.carries.contains(LossKind::Ecc)))
}

/// What writing `discs` as `format`, under names that begin with `stem`, would do.
///
/// # Errors
/// [`Error::Unsupported`] if the format is only read; whatever its writer has to say.
pub fn plan_to(format: &dyn Format, discs: &[Disc], stem: &str, options: &WriteOptions) -> Result<Plan> {
    let info = format.info();
    let writer = format.writer().filter(|_| info.writes).ok_or_else(|| {
        let writers: Vec<&str> = formats().map(Format::info).filter(|info| info.writes).map(|info| info.id).collect();
        Error::unsupported(stem, At::Whole, format!("{} is read but not written", info.name))
            .with_hint(format!("formats that are written: {}", writers.join(", ")))
    })?;
    writer.plan(discs, stem, options)
}

/// The reader that proves what `plan` writes: the one of its own format, not whichever likes the file best.
///
/// Sheets and their tracks are proved as a person would open them, so wrappers are taken off siblings here too.
pub fn reader_for(plan: &Plan) -> impl Fn(&Input<'_>) -> Result<Vec<Disc>> + Sync + 'static {
    let id = plan.format;
    move |input| {
        let format = by_id(id).ok_or_else(|| Error::unsupported(input.name, At::Whole, format!("there is no reader of {id}")))?;
        let siblings = UnwrappingSiblings::new(input.siblings, input.limits);
        let source = input.source.clone();
        match format.open(&Input { name: input.name, source, siblings: &siblings, limits: input.limits, forced: input.forced })? {
            Opened::Discs(discs) => Ok(discs),
            Opened::Bytes { .. } => Err(Error::unsupported(input.name, At::Whole, format!("{id} holds bytes, not a disc"))),
        }
    }
}

/// The ids that `--from` takes, for messages.
pub(crate) fn readable_ids() -> String {
    let ids = FORMATS.iter().flat_map(|format| std::iter::once(format.info().id).chain(format.info().forced.iter().copied()));
    ids.collect::<Vec<_>>().join(", ")
}
