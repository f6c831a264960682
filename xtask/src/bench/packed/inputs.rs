//! Images for packing: real programs and documents, taken from the toolchain, a third of them packed already as on discs.
//!
//! They differ from machine to machine, which does not matter: what is compared is measured in one run over the same bytes.

use crate::bench::inputs::Inputs;
use crate::bench::iso::{self, SECTOR};
use crate::{peers, sh, tree};
use discconv_testkit::Rng;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// 700 MB and 2 GiB, in sectors; a tenth of it when in haste. From 2 GiB on blocks are larger, and maxcso makes no DAX.
const DISC: u32 = 341_797;
const DVD: u32 = 1_048_576;
const DAX: u32 = 976_562;
/// The sample for slow settings: pieces from all over the disc.
const SAMPLE: u32 = 16_384;
const PIECE: u32 = 64;
/// No file gives more than this, so that none decides the result.
const MOST_OF_A_FILE: u64 = 24 << 20;

/// Makes the images that are not there yet.
pub(in crate::bench) fn images(inputs: &Inputs, quick: bool) -> Result<(), String> {
    let part = if quick { 10 } else { 1 };
    let files = files()?;
    inputs.once("pack.iso", |path| image(path, DISC / part, &files))?;
    inputs.once("pack2g.iso", |path| image(path, DVD / part, &files))?;
    inputs.once("packdax.iso", |path| image(path, DAX / part, &files))?;
    inputs.once("sample.iso", |path| sample(&inputs.path("pack.iso"), path, SAMPLE / part))
}

/// Makes what is not there yet.
pub(super) fn prepare(inputs: &Inputs, quick: bool) -> Result<(), String> {
    images(inputs, quick)?;
    peers::provide()?;
    for (name, words) in [
        ("pack.cso", &["--fast", "pack.iso"][..]),
        ("pack2g.cso", &["--fast", "pack2g.iso"]),
        ("pack.cso2", &["--fast", "--format=cso2", "pack.iso"]),
        ("pack.dax", &["--fast", "--format=dax", "pack.iso"]),
        ("pack.zso", &["--format=zso", "pack.iso"]),
    ] {
        inputs.once(name, |path| run(Command::new(peers::program("maxcso")).args(words).arg("-o").arg(path), inputs))?;
    }
    let ours = tree::target().join("release/discconv");
    // Its name must say the format while it is being made.
    inputs.once("pack.isz", |path| {
        let named = path.with_extension("isz");
        run(Command::new(&ours).args(["--force", "pack.iso"]).arg(&named), inputs)?;
        std::fs::rename(named, path)
    })?;
    inputs.once("pack.iso.gz", |path| {
        let out = File::create(path)?;
        run(Command::new("gzip").args(["-6", "-c", "pack.iso"]).stdout(out), inputs)
    })
}

pub(super) fn run(command: &mut Command, inputs: &Inputs) -> std::io::Result<()> {
    let ran = command.current_dir(&inputs.folder).stderr(std::process::Stdio::null()).status()?;
    if ran.success() { Ok(()) } else { Err(std::io::Error::other(format!("`{}` failed", sh::shown(command)))) }
}

/// An image of libraries and programs alone.
pub(super) fn code(path: &Path, sectors: u32) -> std::io::Result<()> {
    let all = files().map_err(std::io::Error::other)?;
    let is_code = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "so" || extension == "rlib");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut left = u64::from(sectors) * SECTOR as u64;
    // Pieces of each, so that none decides the result.
    for file in all.iter().filter(|file| is_code(file)).cycle() {
        if left == 0 {
            break;
        }
        let mut bytes = Vec::new();
        let _ = File::open(file).and_then(|file| file.take(2 << 20).read_to_end(&mut bytes));
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        out.write_all(&bytes[..take])?;
        left -= take as u64;
    }
    out.flush()
}

/// Programs, libraries and documents of the toolchain, in an order that mixes them.
fn files() -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    collect(&sysroot()?, &mut files);
    files.sort();
    let mut rng = Rng::new(0xD15C);
    for place in (1..files.len()).rev() {
        files.swap(place, rng.index(place + 1));
    }
    if files.is_empty() { Err("the toolchain's folder has no files.".to_owned()) } else { Ok(files) }
}

/// A folder of so many bytes: files of the toolchain, in their folders.
pub(in crate::bench) fn folder(path: &Path, bytes: u64) -> std::io::Result<()> {
    if path.exists() {
        std::fs::remove_dir_all(path)?;
    }
    let root = sysroot().map_err(std::io::Error::other)?;
    let mut left = bytes;
    for file in files().map_err(std::io::Error::other)? {
        let len = std::fs::metadata(&file)?.len();
        let Ok(name) = file.strip_prefix(&root) else { continue };
        if len > left || len > MOST_OF_A_FILE {
            continue;
        }
        left -= len;
        let to = path.join(name);
        std::fs::create_dir_all(to.parent().unwrap_or(path))?;
        std::fs::copy(&file, to)?;
    }
    Ok(())
}

fn sysroot() -> Result<PathBuf, String> {
    let root = sh::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(root.trim()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => collect(&entry.path(), files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}

/// A volume whose content is `files`, again and again until it is full; a third of the bytes is packed.
fn image(path: &Path, sectors: u32, files: &[PathBuf]) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let head = iso::head(sectors);
    out.write_all(&head)?;
    let mut left = u64::from(sectors) * SECTOR as u64 - head.len() as u64;
    let (mut plain, mut packed) = (0u64, 0u64);
    for file in files.iter().cycle() {
        if left == 0 {
            break;
        }
        let mut bytes = Vec::new();
        // What cannot be read is not there.
        let _ = File::open(file).and_then(|file| file.take(MOST_OF_A_FILE).read_to_end(&mut bytes));
        if packed * 2 < plain {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&bytes)?;
            bytes = encoder.finish()?;
            packed += bytes.len() as u64;
        } else {
            plain += bytes.len() as u64;
        }
        bytes.resize(bytes.len().next_multiple_of(SECTOR), 0);
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        out.write_all(&bytes[..take])?;
        left -= take as u64;
    }
    out.flush()
}

/// Pieces of `from`, evenly spread.
fn sample(from: &Path, path: &Path, sectors: u32) -> std::io::Result<()> {
    let mut source = File::open(from)?;
    let len = source.metadata()?.len() / SECTOR as u64;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let head = iso::head(sectors);
    out.write_all(&head)?;
    let mut left = u64::from(sectors) - (head.len() / SECTOR) as u64;
    let pieces = left.div_ceil(u64::from(PIECE));
    for number in 0..pieces {
        source.seek(SeekFrom::Start(len / pieces * number * SECTOR as u64))?;
        let take = left.min(u64::from(PIECE));
        std::io::copy(&mut (&mut source).take(take * SECTOR as u64), &mut out)?;
        left -= take;
    }
    out.flush()
}
