//! Proof: what was written is opened by its own reader and compared with the source.

use crate::disc::Disc;
use crate::engine::Execution;
use crate::error::{At, Error, Result};
use crate::format::{Found, Input, Limits, Siblings};
use crate::loss::Tally;
use crate::output::{FileId, OutputSet};
use crate::plan::{ExpectedDisc, Part, Piece, Plan, Run};
use crate::pool::Phase;
use crate::read::Scratch;
use crate::steps::STEP_SECTORS;
use crate::toc::{Toc, Track, TrackMode};
use std::sync::Arc;

/// Prove `set`; the number of tracks proved.
pub(crate) fn prove(plan: &Plan, sources: &[Disc], how: &Execution<'_>, set: &dyn OutputSet) -> Result<usize> {
    prove_bytes(plan, set)?;
    let entry = &plan.files[plan.entry];
    let siblings = Written { plan, set };
    let source = set.reopen(file_id(plan.entry))?;
    let input = Input { name: &entry.name, source, siblings: &siblings, limits: Limits::default(), forced: plan.forced };
    let found = (how.reader)(&input)?;
    if found.len() != plan.discs.len() {
        return Err(failed(&entry.name, At::Whole, format!("{} discs instead of {}", found.len(), plan.discs.len())));
    }
    for (expected, found) in plan.discs.iter().zip(&found) {
        if let Some(what) = toc_difference(&expected.toc, found.toc(), expected.says_mode) {
            return Err(failed(&entry.name, At::Whole, what));
        }
    }
    prove_sectors(plan, sources, &found, how)?;
    Ok(plan.discs.iter().map(|disc| disc.toc.track_count()).sum())
}

fn file_id(index: usize) -> FileId {
    FileId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn failed(file: &str, at: At, what: String) -> Error {
    Error::ProofFailed { file: file.to_owned(), at, what }
}

/// Headers and text as planned; sectors are compared through the reader.
fn prove_bytes(plan: &Plan, set: &dyn OutputSet) -> Result<()> {
    for (index, file) in plan.files.iter().enumerate() {
        let written = set.reopen(file_id(index))?;
        // What a file of coded blocks holds is for its reader to say.
        let Some(len) = file.len() else { continue };
        if written.len() != len {
            return Err(failed(&file.name, At::Whole, format!("{} bytes instead of {len}", written.len())));
        }
        let mut offset: u64 = 0;
        for part in &file.parts {
            if let Part::Align(unit) = part {
                offset = offset.next_multiple_of(u64::from((*unit).max(1)));
            }
            let Part::Plain(piece) = part else { continue };
            if let Piece::Bytes(bytes) = piece {
                let mut back = vec![0; bytes.len()];
                written.read_exact_at(offset, &mut back)?;
                if back != *bytes {
                    return Err(failed(&file.name, At::Byte(offset), format!("{} bytes read back differently", bytes.len())));
                }
            }
            offset += piece.len();
        }
    }
    Ok(())
}

/// Cuts runs into steps: (disc, run, first sector within the run, sectors).
fn cut(expected: &[ExpectedDisc]) -> Vec<(u64, usize, Run)> {
    let mut first = 0;
    let mut cuts = Vec::new();
    for (disc, expected) in expected.iter().enumerate() {
        for run in &expected.runs {
            cuts.push((first, disc, *run));
            first += u64::from(run.sectors.div_ceil(STEP_SECTORS));
        }
    }
    cuts
}

fn prove_sectors(plan: &Plan, sources: &[Disc], found: &[Disc], how: &Execution<'_>) -> Result<()> {
    let cuts = cut(&plan.discs);
    let bytes = cuts.iter().map(|(_, _, run)| u64::from(run.sectors) * u64::from(run.form.stride)).sum();
    let count = cuts.last().map_or(0, |(first, _, run)| first + u64::from(run.sectors.div_ceil(STEP_SECTORS)));
    how.watch.begin(Phase::Proving, bytes);
    how.pool.run(count, &|number, scratch| {
        how.watch.check()?;
        let (first, disc, run) = &cuts[cuts.partition_point(|(first, ..)| *first <= number) - 1];
        let skip = u32::try_from(number - first).unwrap_or(u32::MAX).saturating_mul(STEP_SECTORS);
        let sectors = STEP_SECTORS.min(run.sectors - skip);
        compare_piece(&sources[run.disc], &found[*disc], run, skip, sectors, scratch)?;
        how.watch.advance(u64::from(sectors) * u64::from(run.form.stride));
        Ok(())
    })
}

fn compare_piece(source: &Disc, found: &Disc, run: &Run, skip: u32, sectors: u32, scratch: &mut Scratch) -> Result<()> {
    let skip = i32::try_from(skip).unwrap_or(i32::MAX);
    let len = usize::try_from(sectors).unwrap_or(usize::MAX) * run.form.record();
    let (mut meant, mut got) = (std::mem::take(&mut scratch.buffer), std::mem::take(&mut scratch.other));
    meant.resize(len, 0);
    got.resize(len, 0);
    source.read_lossy(run.from + skip, &run.form, scratch, &mut Tally::default(), &mut meant)?;
    found.read_lossy(run.at + skip, &run.form, scratch, &mut Tally::default(), &mut got)?;
    if meant != got {
        let record = run.form.record();
        let index = meant.chunks(record).zip(got.chunks(record)).position(|(a, b)| a != b).unwrap_or(0);
        let byte = meant[index * record..].iter().zip(&got[index * record..]).position(|(a, b)| a != b).unwrap_or(0);
        let lba = run.at + skip + i32::try_from(index).unwrap_or(0);
        let name = found.sources().first().map_or("", |source| source.name());
        return Err(failed(name, At::Lba(lba), format!("byte {byte} of the sector read back differently")));
    }
    scratch.buffer = meant;
    scratch.other = got;
    Ok(())
}

/// The files just written, as a folder for their own reader.
struct Written<'a> {
    plan: &'a Plan,
    set: &'a dyn OutputSet,
}

impl Siblings for Written<'_> {
    fn open(&self, name: &str) -> Result<Option<Found>> {
        let files = &self.plan.files;
        let exact = files.iter().position(|file| file.name == name);
        let Some(index) = exact.or_else(|| files.iter().position(|file| file.name.eq_ignore_ascii_case(name))) else {
            return Ok(None);
        };
        let source: Arc<_> = self.set.reopen(file_id(index))?;
        Ok(Some(Found { name: files[index].name.clone(), source, unwrapped: None, notes: Vec::new() }))
    }

    fn list(&self) -> Vec<String> {
        let mut names: Vec<String> = self.plan.files.iter().map(|file| file.name.clone()).collect();
        names.sort();
        names
    }
}

/// In what two tables of contents differ, as a clause for people; `None` if they are the same. Data modes are compared
/// only if `with_mode`.
#[must_use]
pub fn toc_difference(a: &Toc, b: &Toc, with_mode: bool) -> Option<String> {
    let differ = |what: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| Some(format!("{what}: {a:?} and {b:?}"));
    if a.media != b.media {
        return differ("media", &a.media.name(), &b.media.name());
    }
    if a.sessions.len() != b.sessions.len() {
        return differ("number of sessions", &a.sessions.len(), &b.sessions.len());
    }
    for (index, (x, y)) in a.sessions.iter().zip(&b.sessions).enumerate() {
        if x.tracks.len() != y.tracks.len() {
            return differ(&format!("tracks of session {}", index + 1), &x.tracks.len(), &y.tracks.len());
        }
        if let Some(what) = x.tracks.iter().zip(&y.tracks).find_map(|(x, y)| track_difference(x, y, with_mode)) {
            return Some(what);
        }
        if x.lead_out != y.lead_out {
            return differ(&format!("lead-out of session {}", index + 1), &x.lead_out.0, &y.lead_out.0);
        }
        if with_mode && x.kind != y.kind {
            return differ(&format!("kind of session {}", index + 1), &x.kind, &y.kind);
        }
    }
    if a.mcn != b.mcn {
        return differ("catalogue number", &a.mcn.as_ref().map(|mcn| mcn.as_str()), &b.mcn.as_ref().map(|mcn| mcn.as_str()));
    }
    (a.cd_text != b.cd_text).then(|| "CD-TEXT differs".to_owned())
}

fn track_difference(a: &Track, b: &Track, with_mode: bool) -> Option<String> {
    let number = a.number;
    let mode_class = |mode: TrackMode| if with_mode || mode.is_audio() { mode } else { TrackMode::Mode1 };
    let indexes =
        |track: &Track| track.indexes.iter().map(|(number, lba)| format!("{number:02}@{lba}")).collect::<Vec<_>>().join(" ");
    let rows: [(&str, String, String); 6] = [
        ("number", a.number.to_string(), b.number.to_string()),
        ("mode", mode_class(a.mode).name().to_owned(), mode_class(b.mode).name().to_owned()),
        ("indexes", indexes(a), indexes(b)),
        ("end", a.end.to_string(), b.end.to_string()),
        ("flags", a.control.names().join(" "), b.control.names().join(" ")),
        ("ISRC", format!("{:?}", a.isrc), format!("{:?}", b.isrc)),
    ];
    rows.into_iter().find(|(_, a, b)| a != b).map(|(what, a, b)| format!("track {number}, {what}: {a} and {b}"))
}
