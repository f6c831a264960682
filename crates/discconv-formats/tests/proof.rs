//! A conversion on real files: what the disk gives back wrong is found, and then nothing stays.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by panicking")]

use discconv_core::{
    Disc, Error, Execution, FileId, Input, LossKinds, OutputFile, OutputSet, Outputs, Quiet, ReadAt, Report, Result, Watch,
    WriteOptions, execute,
};
use discconv_formats::{by_id, open, plan_to, reader_for};
use discconv_host::{FileSource, FolderOutputs, FolderSiblings, ThreadPool};
use discconv_testkit::fixtures::by_name;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::{TempDir, tempdir};

/// Outputs that come back with one bit changed.
struct Flipping<'a> {
    inner: &'a FolderOutputs,
    file: u32,
    byte: u64,
}

impl Outputs for Flipping<'_> {
    fn begin(&self, files: &[OutputFile]) -> Result<Box<dyn OutputSet>> {
        Ok(Box::new(FlippingSet { inner: self.inner.begin(files)?, file: self.file, byte: self.byte }))
    }
}

struct FlippingSet {
    inner: Box<dyn OutputSet>,
    file: u32,
    byte: u64,
}

impl OutputSet for FlippingSet {
    fn write_at(&self, file: FileId, offset: u64, bytes: &[u8]) -> Result<()> {
        self.inner.write_at(file, offset, bytes)
    }

    fn start_sync(&self) -> Result<()> {
        self.inner.start_sync()
    }

    fn reopen(&self, file: FileId) -> Result<Arc<dyn ReadAt>> {
        let inner = self.inner.reopen(file)?;
        Ok(if file.0 == self.file { Arc::new(Flipped { inner, byte: self.byte }) } else { inner })
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.inner.commit()
    }
}

struct Flipped {
    inner: Arc<dyn ReadAt>,
    byte: u64,
}

impl ReadAt for Flipped {
    fn len(&self) -> u64 {
        self.inner.len()
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.inner.read_exact_at(offset, buf)?;
        let at = self.byte.checked_sub(offset).and_then(|at| usize::try_from(at).ok());
        if let Some(byte) = at.and_then(|at| buf.get_mut(at)) {
            *byte ^= 0x10;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}

/// The fixture as files in a folder, opened from there.
fn opened(name: &str) -> (TempDir, Vec<Disc>) {
    let fixture = by_name(name).unwrap();
    let folder = tempdir().unwrap();
    fixture.files.write_to(folder.path()).unwrap();
    let path = folder.path().join(&fixture.entry);
    let siblings = FolderSiblings::beside(&path);
    let source = Arc::new(FileSource::open(&path).unwrap());
    let discs = open(&Input::new(&fixture.entry, source, &siblings)).unwrap().discs;
    (folder, discs)
}

fn run(discs: &[Disc], format: &str, sector: Option<u16>, outputs: &dyn Outputs, watch: &dyn Watch) -> Result<Report> {
    let options = WriteOptions { sector, ..WriteOptions::default() };
    let plan = plan_to(by_id(format).unwrap(), discs, "out", &options)?;
    let (pool, reader) = (ThreadPool::new(2), reader_for(&plan));
    let how = Execution {
        outputs: Some(outputs),
        pool: &pool,
        watch,
        allow: LossKinds::NONE,
        prove: true,
        source_name: "in",
        reader: &reader,
    };
    execute(&plan, discs, &how)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Flip bits all over the first output file: each must be found.
fn every_flip_is_found(fixture: &str, format: &str, sector: Option<u16>) {
    let (_source, discs) = opened(fixture);
    let target = tempdir().unwrap();
    let outputs = FolderOutputs::new(target.path(), Vec::new(), false);
    let done = tempdir().unwrap();
    let good = run(&discs, format, sector, &FolderOutputs::new(done.path(), Vec::new(), false), &Quiet).unwrap();
    assert_eq!(names(done.path()).len(), good.files.len());
    let len = good.files[0].1.unwrap();
    for byte in (0..len).step_by(997).chain([len - 1]) {
        let flipping = Flipping { inner: &outputs, file: 0, byte };
        match run(&discs, format, sector, &flipping, &Quiet) {
            Ok(_) => panic!("{fixture} to {format} {sector:?}: byte {byte} came back wrong unnoticed"),
            // Where the flip hits what the reader knows the format by, the reader complains instead.
            Err(Error::ProofFailed { .. } | Error::Malformed { .. } | Error::Unsupported { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        assert!(names(target.path()).is_empty(), "byte {byte}: {:?}", names(target.path()));
    }
}

#[test]
fn a_flipped_bit_is_found_where_sectors_are_made() {
    every_flip_is_found("iso-2048", "iso", Some(2352));
}

#[test]
fn a_flipped_bit_is_found_where_bytes_are_copied() {
    every_flip_is_found("iso-2048", "iso", None);
}

#[test]
fn a_flipped_bit_is_found_beside_a_sheet() {
    every_flip_is_found("mixed", "cue", None);
}

/// Says stop after so many questions.
struct Impatient(AtomicU64);

impl Watch for Impatient {
    fn cancelled(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err()
    }
}

#[test]
fn interrupted_anywhere_nothing_stays() {
    let (_source, discs) = opened("iso-2048");
    let target = tempdir().unwrap();
    let below = target.path().join("new/folder");
    let outputs = FolderOutputs::new(&below, Vec::new(), false);
    for patience in 0.. {
        match run(&discs, "iso", Some(2352), &outputs, &Impatient(AtomicU64::new(patience))) {
            Ok(_) => break,
            Err(Error::Cancelled) => assert!(names(target.path()).is_empty()),
            Err(error) => panic!("{error}"),
        }
        assert!(patience < 1000);
    }
    assert_eq!(names(&below).len(), 1);
}

#[test]
fn a_refused_loss_leaves_nothing() {
    let (_source, discs) = opened("mixed");
    let target = tempdir().unwrap();
    let error = run(&discs, "iso", None, &FolderOutputs::new(target.path().join("new"), Vec::new(), false), &Quiet).unwrap_err();
    assert!(matches!(error, Error::WouldLose { .. }), "{error}");
    assert!(names(target.path()).is_empty());
}
