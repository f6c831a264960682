//! One conversion: open, plan, look, write, prove.

use crate::errors::Failure;
use crate::image::{self, Image};
use crate::job::{Job, Settings, Target, info_of};
use crate::shown;
use discconv_core::{
    Disc, Error, Execution, ExtraKind, Loss, LossKind, LossKinds, Note, Plan, Pool, Report, Role, Watch, WriteOptions, execute,
};
use discconv_host::{FileIdentity, FolderOutputs};
use std::path::PathBuf;

/// A job whose image is open and whose plan is made; nothing is written yet.
pub(crate) struct Prepared {
    pub(crate) image: Image,
    pub(crate) plan: Plan,
    pub(crate) folder: PathBuf,
    /// Damage that the person allowed.
    damage: Vec<Loss>,
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
    let mut image = image::open(&job.input, settings.from.as_deref())?;
    let damage = allowed_damage(&image, settings.allow)?;
    if let Some(mode) = settings.mode {
        if !image.stores_user_data_only() {
            image.notes.push(Note::oddity("--mode changes nothing: no sector is rebuilt from 2048 bytes"));
        }
        let discs = std::mem::take(&mut image.discs);
        image.discs =
            discs.into_iter().map(|disc| disc.with_user_mode(&image.shown, mode)).collect::<Result<Vec<Disc>, Error>>()?;
    }
    let plan = plan(&image, &job.target, settings)?;
    Ok(Prepared { image, plan, folder: job.target.folder.clone(), damage })
}

fn allowed_damage(image: &Image, allow: LossKinds) -> Result<Vec<Loss>, Failure> {
    let damage = image.damage();
    if !damage.is_empty() && !allow.contains(LossKind::Damage) {
        // The message names the file already.
        let own = format!("{}: ", image.path.display());
        let what = damage.iter().map(|note| note.text.strip_prefix(&own).unwrap_or(&note.text).to_owned()).collect();
        return Err(Failure::Damaged { file: image.shown.clone(), what });
    }
    Ok(damage.into_iter().map(|note| Loss::new(LossKind::Damage, note.sectors, note.text.clone())).collect())
}

fn plan(image: &Image, target: &Target, settings: &Settings) -> Result<Plan, Failure> {
    let format = match target.format {
        Some(format) => format,
        None => remembered(image)?,
    };
    let options = WriteOptions { extension: target.extension.clone(), ..settings.write.clone() };
    let format = discconv_formats::by_id(format)
        .ok_or_else(|| Failure::usage(format!("there is no format {format}"), "`discconv formats` lists them"))?;
    let planned = discconv_formats::plan_to(format, &image.discs, &target.stem, &options);
    let mut plan = planned.map_err(|error| with_source(error, image))?;
    plan.check_names()?;
    if let Some(named) = &target.named {
        insist_on_name(&mut plan, named, format.info().id)?;
    }
    Ok(plan)
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
fn with_source(error: Error, image: &Image) -> Failure {
    match error {
        Error::DoesNotFit { what, hint, .. } => Error::DoesNotFit { file: image.shown.clone(), what, hint }.into(),
        Error::Unsupported { what, hint, .. } => Failure::Usage { message: what, hint },
        other => other.into(),
    }
}

/// The file that the person named must come out under that very name.
fn insist_on_name(plan: &mut Plan, named: &str, format: &str) -> Result<(), Failure> {
    if plan.files.iter().any(|file| file.name == named) {
        return Ok(());
    }
    // `X.CUE` where the writer says `X.cue`: a descriptor or the only file may be renamed, for no other file names it.
    let alone = plan.files.len() == 1;
    let same = plan.files.iter_mut().find(|file| file.name.to_lowercase() == named.to_lowercase());
    if let Some(file) = same.filter(|file| alone || file.role == Role::Descriptor) {
        named.clone_into(&mut file.name);
        return Ok(());
    }
    let files: Vec<String> = plan.files.iter().map(|file| shown::name(&file.name)).collect();
    Err(Failure::usage(
        format!("{} cannot be the name of {format} output; it would be {}", shown::name(named), files.join(", ")),
        "name one of these, or use --out DIR",
    ))
}

impl Prepared {
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
        let outputs = FolderOutputs::new(&self.folder, kept, settings.force);
        let how = Execution {
            outputs: if settings.dry_run { None } else { Some(&outputs) },
            pool,
            watch,
            allow: settings.allow,
            prove: settings.prove,
            source_name: &self.image.shown,
            reader: &discconv_formats::reader_for(&self.plan),
        };
        let mut report = execute(&self.plan, &self.image.discs, &how).map_err(|error| with_nearest(error, &self.image))?;
        report.losses.extend(self.damage.iter().cloned());
        Ok(Done { report, paths: self.paths() })
    }

    /// Tracks that the output has.
    pub(crate) fn tracks(&self) -> usize {
        self.plan.discs.iter().map(|disc| disc.toc.track_count()).sum()
    }
}

/// A refusal names the nearest format that keeps everything.
fn with_nearest(error: Error, image: &Image) -> Error {
    match error {
        Error::WouldLose { file, losses, keeps: None } => {
            let kinds = losses.iter().fold(LossKinds::NONE, |kinds, loss| kinds.with(loss.kind));
            let keeps = discconv_formats::nearest(kinds, image.disc().toc().media.has_raw()).map(|info| info.id.to_owned());
            Error::WouldLose { file, losses, keeps }
        }
        other => other,
    }
}
