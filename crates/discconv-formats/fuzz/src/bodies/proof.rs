//! Reading what an input describes, and writing it again.

use discconv_core::memory::MemoryFiles;
use discconv_core::{
    Bytes, ConversionMode, Disc, Error, Execution, Form, Format, Input, Lba, LossKinds, Outputs, Plan, Quiet, Scratch, Serial,
    Toc, WriteOptions, compare, execute, toc_difference,
};
use discconv_formats::{plan_to, reader_for};
use std::sync::Arc;

/// Sectors read at either end of an extent: a few bytes can describe hours of silence.
const EDGE_SECTORS: i32 = 300;
/// Outputs above this are not written, for the same reason.
const MAX_OUTPUT_BYTES: u64 = 8 << 20;
/// Nor are discs above this: hours of silence in no file take no room, but are read at every step. Three sessions pass.
const MAX_SECTORS: u64 = 30_000;
/// And above this not packed in every way.
const MAX_PACKED_BYTES: u64 = 32 << 10;
/// Nor above this at level max, which is slow while it is watched.
const MAX_TIGHT_BYTES: u64 = 12 << 10;

/// The first and last sectors of every extent, in every usual view.
pub(super) fn read_edges(disc: &Disc) {
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

/// Writes the disc in a format, both ways it may be cut, and lets the engine prove it; what comes back is the disc.
pub(super) fn write_and_compare(disc: &Disc, format: &dyn Format) {
    let plain = WriteOptions::default;
    write_with(disc, format, &[plain(), WriteOptions { split: true, ..plain() }], MAX_OUTPUT_BYTES);
}

/// The same as the file itself says, and with each length of sectors that there is.
pub(super) fn write_in_all_ways(disc: &Disc, format: &dyn Format) {
    write_and_compare(disc, format);
    let sectors = [2048, 2336, 2352, 2448].map(|sector| WriteOptions { sector: Some(sector), ..WriteOptions::default() });
    let original = WriteOptions { original: true, ..WriteOptions::default() };
    write_with(disc, format, &[&[original], &sectors[..]].concat(), MAX_OUTPUT_BYTES);
}

/// The same in a packed format, at every level and in blocks of several sizes.
pub(super) fn pack_and_compare(disc: &Disc, format: &dyn Format) {
    use ConversionMode::{Fast, Max, Normal};
    for (level, block) in [(Fast, None), (Max, None), (Normal, Some(2048)), (Max, Some(16_384)), (Fast, Some(8192))] {
        let most = if level == Max { MAX_TIGHT_BYTES } else { MAX_PACKED_BYTES };
        write_with(disc, format, &[WriteOptions { level, block, ..WriteOptions::default() }], most);
    }
}

fn write_with(disc: &Disc, format: &dyn Format, options: &[WriteOptions], most: u64) {
    for options in options {
        let Ok(plan) = plan_to(format, std::slice::from_ref(disc), "out", options) else { continue };
        let files = prove(disc, &plan, LossKinds::NONE, most);
        match files {
            Some(files) => comes_back(disc, &plan, &files, options),
            None => drop(prove(disc, &plan, LossKinds::ALL, most)),
        }
    }
}

/// What was written without a loss is the same disc.
fn comes_back(disc: &Disc, plan: &Plan, files: &MemoryFiles, options: &WriteOptions) {
    let what = || format!("{} with {options:?}", plan.format);
    let name = &plan.files[plan.entry].name;
    let Some(source) = files.source(name) else { panic!("{}: no {name} was written", what()) };
    let again = reader_for(plan)(&Input { forced: plan.forced, ..Input::new(name, source, files) });
    let again = again.unwrap_or_else(|error| panic!("{}: {error}", what()));
    let [again] = &again[..] else { panic!("{}: {} discs", what(), again.len()) };
    // What cannot be read was written as damage, and is in the report.
    let Ok(comparison) = compare(disc, again, &Serial, &Quiet) else { return };
    assert!(comparison.differences.is_empty(), "{}: {comparison:?}", what());
    // A headerless image, packed or not, has no place for the number and the address of its only track; and what a sheet
    // cannot say of addresses is told in a note.
    if plan.forced.is_some() || plan.inner.is_some() || !plan.notes.is_empty() {
        return;
    }
    let toc = comparison.toc.as_ref().and_then(|_| toc_difference(&essential(disc), &essential(again), false));
    assert!(toc.is_none(), "{}: {toc:?}", what());
}

/// The table of contents without what may go unsaid: the 150 sectors that every disc has before track 1.
fn essential(disc: &Disc) -> Toc {
    let mut toc = disc.toc().clone();
    if let Some(first) = toc.sessions.first_mut().and_then(|session| session.tracks.first_mut()) {
        first.indexes.retain(|(_, lba)| *lba >= Lba(0));
    }
    toc
}

/// The files, if that much may be lost and the plan is no larger than `most` bytes.
fn prove(disc: &Disc, plan: &Plan, allow: LossKinds, most: u64) -> Option<MemoryFiles> {
    let sectors: u64 = disc.extents().iter().map(|extent| u64::from(extent.sectors())).sum();
    if plan.total_bytes() > most || sectors > MAX_SECTORS {
        return None;
    }
    let files = MemoryFiles::new();
    let reader = reader_for(plan);
    let how = Execution {
        outputs: Some(&files as &dyn Outputs),
        pool: &Serial,
        watch: &Quiet,
        allow,
        prove: true,
        source_name: "the input",
        reader: &reader,
    };
    match execute(plan, std::slice::from_ref(disc), &how) {
        Ok(_) => Some(files),
        Err(error @ Error::ProofFailed { .. }) => panic!("{}: {error}", plan.format),
        Err(_) => None,
    }
}

/// Bytes as a file of that name.
pub(super) fn source(name: &str, data: &[u8]) -> Arc<Bytes> {
    Arc::new(Bytes::new(name, data))
}
