//! The receipt: what was read and written, by its hashes, as JSON.

use crate::conversion::{Done, Prepared};
use crate::digest::{self, Chunk, Wanted, Which};
use crate::errors::{Failure, losses_json};
use crate::hash;
use crate::job::{Settings, text_of};
use crate::obstacle;
use crate::shown;
use discconv_core::{Error, LossKind, Phase, ReadAt, Watch};
use discconv_core::{FileId, OutputFile, OutputSet, Outputs, Role};
use discconv_host::{FileIdentity, FileSource, FolderOutputs};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Bytes that are hashed at once.
const CHUNK_BYTES: u64 = 1 << 20;

/// The receipt of one conversion: hashes everything.
///
/// # Errors
/// Reading, or [`Error::Cancelled`].
pub(crate) fn of(prepared: &Prepared, done: &Done, settings: &Settings, cores: usize, watch: &dyn Watch) -> Result<Value, Error> {
    let mut source = Map::new();
    source.insert("path".to_owned(), prepared.image.path.to_string_lossy().into());
    source.insert("format".to_owned(), prepared.image.container().id.into());
    source.append(&mut hash::json(&hash::hashes(&prepared.image, cores, watch)?));
    if let (true, Some(discs)) = (prepared.image.paths().count() > 1, source.get_mut("discs").and_then(Value::as_array_mut)) {
        for (place, disc) in discs.iter_mut().enumerate() {
            disc["path"] = prepared.image.path_of(place).to_string_lossy().into();
        }
    }
    let outputs: Vec<Value> = done.paths.iter().map(|path| output(path, watch)).collect::<Result<_, Error>>()?;
    Ok(json!({
        "tool": "discconv", "version": env!("CARGO_PKG_VERSION"), "source": source, "outputs": outputs,
        "losses": losses_json(&done.report.losses), "verified": done.report.verified_tracks.is_some(),
        "options": options(prepared.plan.format, settings),
    }))
}

/// The receipt of a batch: one for each job that was done.
pub(crate) fn of_batch(receipts: Vec<Value>) -> Value {
    json!({ "tool": "discconv", "version": env!("CARGO_PKG_VERSION"), "receipts": receipts })
}

fn output(path: &Path, watch: &dyn Watch) -> Result<Value, Error> {
    let source = FileSource::open(path)?;
    watch.begin(Phase::Hashing, source.len());
    let (digests, _) = digest::digests(Wanted::of_bytes(Which::Only(discconv_core::CheckAlgorithm::Sha256)), |give| {
        let mut at = 0;
        while at < source.len() {
            watch.check()?;
            let len = CHUNK_BYTES.min(source.len() - at);
            let mut raw = vec![0; usize::try_from(len).unwrap_or(0)];
            source.read_exact_at(at, &mut raw)?;
            watch.advance(len);
            give(Chunk { raw, user: Vec::new() });
            at += len;
        }
        Ok::<(), Error>(())
    })?;
    Ok(json!({ "path": path.to_string_lossy(), "bytes": digests.bytes, "sha256": digests.sha256 }))
}

fn options(format: &str, settings: &Settings) -> Value {
    json!({
        "from": settings.reading.from, "to": format, "sector": settings.write.sector, "mode": settings.mode.map(discconv_core::TrackMode::name),
        "split": settings.write.split, "original": settings.write.original,
        "allow_loss": settings.allow.iter().map(LossKind::name).collect::<Vec<_>>(), "verify": settings.prove,
    })
}

/// May the receipt be written there? Asked before the work begins.
///
/// # Errors
/// A usage error for what cannot be its name; [`Error::Refused`] if something is there already; [`Error::Io`].
pub(crate) fn check(path: &Path, settings: &Settings) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::usage(
            "the receipt cannot go to standard output, where the report goes",
            "name a file (one that is really called `-` is `./-`)",
        ));
    }
    let Some(name) = path.file_name() else {
        return Err(Failure::usage(format!("the receipt {} is a folder", shown::path(path)), "name a file in it"));
    };
    text_of(name)?;
    obstacle::check(path, &[], settings.force)?;
    if !settings.dry_run {
        // To begin it and let it go again finds whatever else would be in the way, and leaves nothing.
        drop(begin(path, None, Vec::new(), settings.force)?);
    }
    Ok(())
}

/// The receipt must be none of these files, by whatever name.
///
/// # Errors
/// A usage error that says which it is.
pub(crate) fn refuse_as_output(receipt: &Path, outputs: &[PathBuf], inputs: &[FileIdentity]) -> Result<(), Failure> {
    let place = obstacle::place_in_any_case(receipt);
    let both = if outputs.iter().any(|output| obstacle::place_in_any_case(output) == place) {
        "an output"
    } else if FileIdentity::of(receipt).is_ok_and(|identity| inputs.contains(&identity)) {
        "an input"
    } else {
        return Ok(());
    };
    Err(Failure::usage(
        format!("{} is to be both {both} and the receipt", shown::path(receipt)),
        "choose another name for the receipt",
    ))
}

fn begin(path: &Path, len: Option<u64>, inputs: Vec<FileIdentity>, force: bool) -> Result<Box<dyn OutputSet>, Error> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = OutputFile { name, len, role: Role::Data };
    FolderOutputs::new(path.parent().unwrap_or(Path::new("")), inputs, force).begin(&[file])
}

/// Write the receipt, so that it appears complete or not at all; none of `inputs` is overwritten.
///
/// # Errors
/// As for any output.
pub(crate) fn write(path: &Path, receipt: &Value, inputs: Vec<FileIdentity>, force: bool) -> Result<(), Error> {
    let bytes = format!("{receipt:#}\n").into_bytes();
    let set = begin(path, Some(bytes.len() as u64), inputs, force)?;
    set.write_at(FileId(0), 0, &bytes)?;
    set.start_sync()?;
    set.commit()
}
