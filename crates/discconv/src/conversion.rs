//! One conversion: open, plan, look, write, prove.

use crate::checks::Promises;
use crate::errors::Failure;
use crate::image::{self, Image};
use crate::job::{Job, Settings, Target, ids, info_of};
use crate::obstacle;
use crate::shown;
use discconv_core::{
    Disc, Error, Execution, ExtraKind, FormatInfo, Loss, LossKind, LossKinds, Media, Note, Part, Phase, Piece, Plan, Pool,
    Report, Role, Watch, WriteOptions, execute,
};
use discconv_host::{FileIdentity, FolderOutputs};
use serde_json::Value;
use std::path::PathBuf;

/// User bytes of a sector: how many are missing is told in sectors.
const USER: u64 = 2048;

/// A job whose image is open and whose plan is made; nothing is written yet.
pub(crate) struct Prepared {
    pub(crate) image: Image,
    pub(crate) plan: Plan,
    pub(crate) folder: PathBuf,
    /// What was made of the image's discs before they are converted, and what a script is told of it.
    pub(crate) change: Option<Change>,
    /// Damage that the person allowed.
    damage: Vec<Loss>,
}

/// Discs that take the place of the image's.
pub(crate) struct Change {
    pub(crate) discs: Vec<Disc>,
    /// In what they differ, for people.
    pub(crate) notes: Vec<String>,
    /// The same for scripts, under a key of its own.
    pub(crate) told: (&'static str, Value),
}

/// A job that is over.
pub(crate) struct Done {
    pub(crate) report: Report,
    /// The paths of the outputs, in the plan's order.
    pub(crate) paths: Vec<PathBuf>,
}

/// Open the image of `job` and plan its conversion.
///
/// # Errors
/// Whatever is wrong with image, options or target; damage that was not allowed.
pub(crate) fn prepare(job: &Job, settings: &Settings) -> Result<Prepared, Failure> {
    prepare_image(open(job, settings)?, &job.target, settings, |_| Ok(None))
}

/// Plan the conversion of an open image, with other discs than its own if `change` makes some of them.
///
/// # Errors
/// As [`prepare`], but for opening; those of `change`.
pub(crate) fn prepare_image(
    mut image: Image,
    target: &Target,
    settings: &Settings,
    change: impl FnOnce(&Image) -> Result<Option<Change>, Failure>,
) -> Result<Prepared, Failure> {
    let damage = allowed_damage(&image, settings.allow)?;
    if let Some(mode) = settings.mode {
        if !image.stores_user_data_only() {
            image.notes.push(Note::oddity("--mode changes nothing: no sector is rebuilt from 2048 bytes"));
        }
        let (name, discs) = (own_name(&image), std::mem::take(&mut image.discs));
        image.discs = discs.into_iter().map(|disc| disc.with_user_mode(&name, mode)).collect::<Result<Vec<Disc>, Error>>()?;
    }
    let change = change(&image)?;
    let discs = change.as_ref().map_or(&image.discs, |change| &change.discs);
    let mut plan = plan(&image, discs, target, settings)?;
    plan.notes.extend(change.iter().flat_map(|change| change.notes.iter().cloned()));
    Ok(Prepared { plan, folder: target.folder.clone(), change, damage, image })
}

/// The image of the job, or the discs of all of its images.
pub(crate) fn open(job: &Job, settings: &Settings) -> Result<Image, Failure> {
    let mut image = image::open(&job.input, &settings.reading)?;
    for path in &job.further {
        image.append(image::open(path, &settings.reading)?);
    }
    Ok(image)
}

fn allowed_damage(image: &Image, allow: LossKinds) -> Result<Vec<Loss>, Failure> {
    let damage = image.damage();
    if !damage.is_empty() && !allow.contains(LossKind::Damage) {
        // The message names the file already.
        let own = format!("{}: ", image.path.display());
        let what = damage.iter().map(|note| note.text.strip_prefix(&own).unwrap_or(&note.text).to_owned()).collect();
        return Err(Failure::Damaged { file: own_name(image), what });
    }
    Ok(damage.into_iter().map(|note| Loss::new(LossKind::Damage, note.sectors, note.text.clone())).collect())
}

/// The path as messages and JSON have it, or all of them; it is escaped where it is shown.
fn own_name(image: &Image) -> String {
    image.paths().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn plan(image: &Image, discs: &[Disc], target: &Target, settings: &Settings) -> Result<Plan, Failure> {
    let format = match target.format {
        Some(format) => format,
        None => remembered(image)?,
    };
    let options = WriteOptions { extension: target.extension.clone(), ..settings.write.clone() };
    let format = discconv_formats::by_id(format)
        .ok_or_else(|| Failure::usage(format!("there is no format {format}"), "`discconv formats` lists them"))?;
    refuse_split(format.info(), settings)?;
    refuse_foreign_options(format.info(), settings)?;
    // Without a name of its own the output is called like the image, which may lie in something that is called otherwise.
    let stem = if target.named.is_some() { &target.stem } else { &image.stem };
    let plan_with = |options: &WriteOptions| discconv_formats::plan_to(format, discs, stem, options);
    let planned = plan_with(&options);
    // A disc that fits by itself, and not with --sector, is the option's fault.
    let by_option = matches!(planned, Err(Error::DoesNotFit { .. }))
        && options.sector.is_some()
        && plan_with(&WriteOptions { sector: None, ..options.clone() }).is_ok();
    let mut plan = planned.map_err(|error| with_source(error, image, by_option))?;
    plan.check_names()?;
    match &target.named {
        // What each disc has of its own has the disc's number in its name.
        Some(named) if discconv_formats::entries(&plan).len() > 1 => {
            plan.notes.push(format!("{named} would be one disc, and there are {}: each gets a number", image.discs.len()));
        }
        Some(named) => insist_on_name(&mut plan, named, format.info().id)?,
        None => {}
    }
    plan.notes.extend(target.note.clone());
    if settings.reading.password_file.is_some() && !format.info().wraps.is_empty() {
        plan.notes.push("the password is for reading; what is written is not encrypted".to_owned());
    }
    Ok(plan)
}

/// Most formats have nothing to split or to merge.
fn refuse_split(info: &FormatInfo, settings: &Settings) -> Result<(), Failure> {
    let flag = match (settings.write.split, settings.merge) {
        (true, _) => "--split",
        (_, true) => "--merge",
        _ => return Ok(()),
    };
    if info.splits {
        return Ok(());
    }
    Err(Failure::usage(
        format!("{flag} has no meaning for {}, whose files are what they are", info.id),
        format!("leave it away, or write a format that has the choice: {}", ids(|info| info.splits)),
    ))
}

/// An option of other formats would change nothing.
fn refuse_foreign_options(info: &FormatInfo, settings: &Settings) -> Result<(), Failure> {
    let write = &settings.write;
    let given = [
        ("--block", write.block.is_some()),
        ("--hunk", write.hunk.is_some()),
        ("--codec", !write.codecs.is_empty()),
        ("--title", write.title.is_some()),
        ("--icon", write.icon.is_some()),
    ];
    let takes = |info: &FormatInfo, flag: &str| info.options.iter().any(|(own, _)| own.starts_with(flag));
    let Some((flag, _)) = given.into_iter().find(|(flag, given)| *given && !takes(info, flag)) else { return Ok(()) };
    Err(Failure::usage(
        format!("{flag} has no meaning for {}", info.id),
        format!("leave it away, or write a format that has the choice: {}", ids(|info| takes(info, flag))),
    ))
}

/// The format whose files the source remembers, for `--original`.
fn remembered(image: &Image) -> Result<&'static str, Failure> {
    let sheet = image.discs.iter().flat_map(Disc::extras).any(|extra| extra.kind == ExtraKind::CueSheet);
    let cue = sheet.then(|| info_of("cue")).flatten();
    cue.map(|info| info.id).ok_or_else(|| {
        Failure::usage(
            format!("{} does not remember which files it was made from", image.shown),
            "--original is for sheets, and for containers that keep one; say --to FORMAT instead",
        )
    })
}

/// Writers do not know what the source is called, and an option that a format lacks is the command line's fault.
fn with_source(error: Error, image: &Image, by_option: bool) -> Failure {
    let file = own_name(image);
    match error {
        Error::DoesNotFit { what, hint, .. } if by_option => Failure::Usage { file: Some(file), message: what, hint },
        Error::DoesNotFit { what, hint, .. } => Error::DoesNotFit { file, what, hint }.into(),
        Error::Unsupported { what, hint, .. } => Failure::Usage { file: Some(file), message: what, hint },
        other => other.into(),
    }
}

/// The file that the person named must come out under that very name.
fn insist_on_name(plan: &mut Plan, named: &str, format: &str) -> Result<(), Failure> {
    if plan.files.iter().any(|file| file.name == named) {
        return Ok(());
    }
    // `X.CUE` where the writer says `X.cue`: no other file names a descriptor or the only file, and a descriptor that
    // names another is told its new name.
    let alone = plan.files.len() == 1;
    let same = plan.files.iter().position(|file| file.name.to_lowercase() == named.to_lowercase());
    if let Some(place) = same {
        let old = plan.files[place].name.clone();
        if alone || plan.files[place].role == Role::Descriptor || rename_in_descriptors(plan, &old, named) {
            named.clone_into(&mut plan.files[place].name);
            return Ok(());
        }
    }
    let files: Vec<String> = plan.files.iter().map(|file| shown::name(&file.name)).collect();
    Err(Failure::usage(
        format!("{} cannot be the name of {format} output; it would be {}", shown::name(named), files.join(", ")),
        "name one of these, or use --out DIR",
    ))
}

/// Put `new` where descriptors say `old` in quotes; `false` if none does, or if lengths would change.
fn rename_in_descriptors(plan: &mut Plan, old: &str, new: &str) -> bool {
    let (old, new) = (format!("\"{old}\"").into_bytes(), format!("\"{new}\"").into_bytes());
    let mut found = false;
    for part in plan.files.iter_mut().filter(|file| file.role == Role::Descriptor).flat_map(|file| &mut file.parts) {
        let Part::Plain(Piece::Bytes(bytes)) = part else { continue };
        let mut at = 0;
        while old.len() == new.len() && at + old.len() <= bytes.len() {
            if bytes[at..].starts_with(&old) {
                bytes[at..at + old.len()].copy_from_slice(&new);
                found = true;
            }
            at += 1;
        }
    }
    found
}

impl Prepared {
    /// The discs that are converted.
    pub(crate) fn discs(&self) -> &[Disc] {
        self.change.as_ref().map_or(&self.image.discs, |change| &change.discs)
    }

    /// The paths that will be written.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.plan.files.iter().map(|file| self.folder.join(&file.name)).collect()
    }

    /// Do it. None of `inputs` is overwritten, nor is the image itself.
    ///
    /// # Errors
    /// Losses that were not allowed, a proof that fails, what reading and writing meet; then nothing is left behind.
    pub(crate) fn carry_out(
        &self,
        settings: &Settings,
        inputs: &[FileIdentity],
        pool: &dyn Pool,
        watch: &dyn Watch,
    ) -> Result<Done, Failure> {
        let mut kept = self.image.inputs();
        kept.extend_from_slice(inputs);
        // A dry run says what would be in the way, in the order in which the real one meets it.
        if settings.dry_run && self.plan.losses.iter().all(|loss| settings.allow.contains(loss.kind)) {
            self.paths().iter().try_for_each(|path| obstacle::check(path, &kept, settings.force))?;
        }
        let promises = self.discs().iter().map(Promises::follow).collect();
        let watch = &Checked { job: self, promises, allow: settings.allow, pool, watch };
        let outputs = FolderOutputs::new(&self.folder, kept, settings.force);
        let how = Execution {
            outputs: if settings.dry_run { None } else { Some(&outputs) },
            pool,
            watch,
            allow: settings.allow,
            prove: settings.prove,
            source_name: &own_name(&self.image),
            reader: &discconv_formats::reader_for(&self.plan),
        };
        let mut report = execute(&self.plan, self.discs(), &how).map_err(|error| with_nearest(error, self))?;
        report.losses.extend(self.damage.iter().cloned());
        Ok(Done { report, paths: self.paths() })
    }

    /// Tracks that the output has.
    pub(crate) fn tracks(&self) -> usize {
        self.plan.discs.iter().map(|disc| disc.toc.track_count()).sum()
    }
}

/// Watches for another, and holds the container's own checksums against what was read before anything gets its name.
struct Checked<'a> {
    job: &'a Prepared,
    promises: Vec<Promises<'a>>,
    allow: LossKinds,
    pool: &'a dyn Pool,
    watch: &'a dyn Watch,
}

impl Watch for Checked<'_> {
    fn begin(&self, phase: Phase, bytes: u64) {
        self.watch.begin(phase, bytes);
    }

    fn advance(&self, bytes: u64) {
        self.watch.advance(bytes);
    }

    fn cancelled(&self) -> bool {
        self.watch.cancelled()
    }

    /// A checksum that does not hold is damage like any other.
    fn at_last(&self) -> Result<Vec<Loss>, Error> {
        let mut lost = self.job.image.unreadable();
        for promises in &self.promises {
            lost.extend(promises.broken(self.pool, self.watch)?.into_iter().map(|what| (0, what)));
        }
        if lost.is_empty() || self.allow.contains(LossKind::Damage) {
            return Ok(lost.into_iter().map(|(bytes, what)| Loss::new(LossKind::Damage, bytes.div_ceil(USER), what)).collect());
        }
        let own = format!("{}: ", self.job.image.path.display());
        let what = lost.iter().map(|(_, text)| text.strip_prefix(&own).unwrap_or(text).to_owned()).collect();
        Err(Error::Damaged { file: own_name(&self.job.image), what })
    }
}

/// A refusal names the nearest format that keeps everything, other than the one that refuses.
fn with_nearest(error: Error, job: &Prepared) -> Error {
    match error {
        Error::WouldLose { file, losses, keeps: None } => {
            let kinds = losses.iter().fold(LossKinds::NONE, |kinds, loss| kinds.with(loss.kind));
            let media = job.image.discs.first().map_or(Media::Unknown, |disc| disc.toc().media);
            let keeps = discconv_formats::nearest_other(kinds, media, job.plan.format).map(|info| info.id.to_owned());
            Error::WouldLose { file, losses, keeps }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discconv_core::PlannedFile;

    #[test]
    fn the_case_of_a_name_is_kept_in_the_sheet_too() {
        let sheet = b"FILE \"Z.bin\" BINARY\r\n  TRACK 01 AUDIO\r\nREM Z.bin\r\n";
        let files = vec![
            PlannedFile::new("Z.bin", Role::Data, vec![Piece::Zeros(1)]),
            PlannedFile::new("Z.cue", Role::Descriptor, vec![Piece::Bytes(sheet.to_vec())]),
        ];
        let (losses, dropped, discs, notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let plan = Plan { files, entry: 1, format: "cue", forced: None, inner: None, losses, dropped, discs, notes };
        let mut renamed = plan.clone();
        assert!(insist_on_name(&mut renamed, "Z.BIN", "cue").is_ok());
        assert_eq!(renamed.files[0].name, "Z.BIN");
        let expected = b"FILE \"Z.BIN\" BINARY\r\n  TRACK 01 AUDIO\r\nREM Z.bin\r\n".to_vec();
        assert_eq!(renamed.files[1].parts, [Part::Plain(Piece::Bytes(expected))]);
        let mut renamed = plan.clone();
        assert!(insist_on_name(&mut renamed, "Z.CUE", "cue").is_ok());
        assert_eq!((renamed.files[1].name.as_str(), &renamed.files[1].parts), ("Z.CUE", &plan.files[1].parts));
        assert!(insist_on_name(&mut plan.clone(), "Y.bin", "cue").is_err());
    }
}
