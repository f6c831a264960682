//! What each fuzz target does with one input. An ordinary test (`xtask/tests/fuzz_findings.rs`) calls the same functions
//! with every input that was ever found, so this file uses nothing of libFuzzer.
//!
//! Whatever the bytes are: no panic, no hang, no allocation that only the bytes justify; and what is written is what was
//! read.

use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Bytes, Disc, Error, Execution, Form, Format, Found, Input, Lba, LossKinds, Outputs, Quiet, Result, Scratch, Serial, Siblings,
    WriteOptions, execute,
};
use discconv_formats::{FORMATS, by_id, plan_to, reader_for};
use std::sync::{Arc, LazyLock};

/// Sectors read at either end of an extent: a few bytes can describe hours of silence.
const EDGE_SECTORS: i32 = 300;
/// Outputs above this are not written, for the same reason.
const MAX_OUTPUT_BYTES: u64 = 8 << 20;
/// What stands behind every name in a sheet: 300 raw sectors of nothing, and no sector size's multiple by chance.
static BEHIND: LazyLock<Arc<[u8]>> = LazyLock::new(|| vec![0; 300 * 2352 + 7].into());

/// A folder in which every name is there.
struct Anything<'a>(&'a [(&'a str, &'a [u8])]);

impl Siblings for Anything<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let own = self.0.iter().find(|(known, _)| *known == name);
        let bytes = own.map_or_else(|| BEHIND.clone(), |(_, bytes)| Arc::from(*bytes));
        let source = Arc::new(Bytes::new(name, bytes));
        Ok(Some(Found { name: name.to_owned(), source, unwrapped: None, notes: Vec::new() }))
    }

    fn list(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

fn open(name: &str, data: &[u8], siblings: &dyn Siblings, forced: Option<&str>) -> Result<Vec<Disc>> {
    let source = Arc::new(Bytes::new(name, data));
    let input = Input { forced, ..Input::new(name, source, siblings) };
    discconv_formats::open(&input).map(|image| image.discs)
}

/// Any bytes as a headerless image, by content and by command.
pub fn iso(data: &[u8]) {
    for forced in [None, Some("iso2048"), Some("iso2336"), Some("iso2352"), Some("iso2448"), Some("cdda")] {
        if let Ok(discs) = open("x.img", data, &Anything(&[]), forced) {
            discs.iter().for_each(read_edges);
        }
    }
}

/// Any bytes as a sheet, all of whose files are there.
pub fn cue(data: &[u8]) {
    if let Ok(discs) = open("x.cue", data, &Anything(&[]), Some("cue")) {
        discs.iter().for_each(read_edges);
        discs.iter().for_each(|disc| by_id("cue").into_iter().for_each(|format| write_and_compare(disc, format)));
    }
}

/// Any bytes as a Nero image.
pub fn nrg(data: &[u8]) {
    if let Ok(discs) = open("x.nrg", data, &Anything(&[]), Some("nrg")) {
        discs.iter().for_each(read_edges);
        discs.iter().for_each(|disc| by_id("nrg").into_iter().for_each(|format| write_and_compare(disc, format)));
    }
}

/// Any bytes as a sound file behind a sheet. MP3 is known by its name, the others by their content.
pub fn audio(data: &[u8]) {
    for (name, sheet) in [
        ("x.wav", "FILE \"x.wav\" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n"),
        ("x.mp3", "FILE \"x.mp3\" MP3\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n"),
    ] {
        let files = [(name, data)];
        if let Ok(discs) = open("x.cue", sheet.as_bytes(), &Anything(&files), None) {
            discs.iter().for_each(read_edges);
        }
        let _ = open(name, data, &Anything(&[]), None);
    }
}

/// Any bytes, converted to every format that is written. What comes out, opened again, is what went in.
pub fn convert(data: &[u8]) {
    let Ok(discs) = open("x", data, &Anything(&[]), None) else { return };
    for disc in &discs {
        for format in FORMATS {
            write_and_compare(disc, *format);
        }
    }
}

/// The first and last sectors of every extent, in every usual view.
fn read_edges(disc: &Disc) {
    let mut scratch = Scratch::default();
    let mut out = vec![0; Form::RAW_SUB.record()];
    for extent in disc.extents() {
        let (start, end) = (extent.lbas.start.0, extent.lbas.end.0);
        let head = start..end.min(start.saturating_add(EDGE_SECTORS));
        let tail = head.end.max(end.saturating_sub(EDGE_SECTORS))..end;
        for lba in head.chain(tail) {
            for form in [Form::USER, Form::MODE2, Form::RAW, Form::RAW_SUB] {
                // Not every sector has every view; that it has not must be an error and nothing worse.
                let _ = disc.read_sectors(Lba(lba), &form, &mut scratch, &mut out[..form.record()]);
            }
        }
    }
}

/// Writes the disc in a format, both ways it may be cut, and lets the engine prove it.
fn write_and_compare(disc: &Disc, format: &dyn Format) {
    for split in [false, true] {
        for allow in [LossKinds::NONE, LossKinds::ALL] {
            prove(disc, format, &WriteOptions { split, ..WriteOptions::default() }, allow);
        }
    }
}

fn prove(disc: &Disc, format: &dyn Format, options: &WriteOptions, allow: LossKinds) {
    let discs = std::slice::from_ref(disc);
    let Ok(plan) = plan_to(format, discs, "out", options) else { return };
    if plan.total_bytes() > MAX_OUTPUT_BYTES {
        return;
    }
    let files = MemoryFiles::new();
    let reader = reader_for(&plan);
    let how = Execution {
        outputs: Some(&files as &dyn Outputs),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "the input",
        reader: &reader,
    };
    if let Err(error @ Error::ProofFailed { .. }) = execute(&plan, discs, &how) {
        panic!("{}: {error}", plan.format);
    }
}
