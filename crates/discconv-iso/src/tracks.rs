//! Tracks of a raw image without a sheet, by content.
//!
//! A bounded number of sectors is asked for sync and mode; between neighbours that differ the border is found by
//! halving. What is too short to be a track (a few damaged sectors without sync in a data track) is counted with what
//! surrounds it. A gap of silence or of blank data behind a border is the pregap of the track that follows.

use crate::raw::Records;
use discconv_core::{Result, TrackMode, is_blank};
use discconv_sector::{PREGAP_SECTORS, RAW};
use std::ops::Range;

/// No track is shorter than four seconds (ECMA-130 20.1).
const SHORTEST_TRACK: u64 = 300;
/// An image that is too short for two such tracks was never pressed; then a run that is no mere scratch is enough.
const SHORTEST_OF_SHORT: u64 = 4;
/// Sectors of a usual pregap.
const PREGAP: u64 = PREGAP_SECTORS.unsigned_abs() as u64;
/// Most tracks of a disc.
const MOST_TRACKS: usize = 99;
/// Reads of sync and header that borders may cost.
const BORDER_READS: u32 = 20_000;
/// Points of a run that must be alike for it to count.
const WITNESSES: u64 = 32;

/// A track, in records from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) mode: TrackMode,
    pub(crate) records: Range<u64>,
    /// Records of pregap at its start.
    pub(crate) pregap: u64,
}

/// The tracks of `count` raw records; one at least, unless there are no records.
///
/// # Errors
/// Reading.
pub(crate) fn find(records: Records<'_>, count: u64) -> Result<Vec<Found>> {
    let mut search = Search { records, reads: BORDER_READS };
    let shortest = if count < 2 * SHORTEST_TRACK { SHORTEST_OF_SHORT } else { SHORTEST_TRACK };
    let runs = search.runs(count)?;
    let runs = search.only_long(runs, shortest)?;
    let mut tracks: Vec<Found> = runs.into_iter().map(|(mode, records)| Found { mode, records, pregap: 0 }).collect();
    for track in tracks.iter_mut().skip(1) {
        if track.records.end - track.records.start > PREGAP
            && search.is_blank(track.records.start..track.records.start + PREGAP)?
        {
            track.pregap = PREGAP;
        }
    }
    Ok(tracks)
}

type Run = (TrackMode, Range<u64>);

struct Search<'a> {
    records: Records<'a>,
    reads: u32,
}

impl Search<'_> {
    /// The mode of a record; one that the file does not hold whole counts as the one before.
    fn mode(&mut self, record: u64, before: TrackMode) -> Result<TrackMode> {
        self.reads = self.reads.saturating_sub(1);
        Ok(self.records.kind(record)?.map_or(before, |kind| kind.mode()))
    }

    /// All records as runs of one mode, as far as the sample shows.
    fn runs(&mut self, count: u64) -> Result<Vec<Run>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        // No track can hide between two points.
        let step = if count <= 2048 { 1 } else { SHORTEST_TRACK.max(count / 2048) };
        let mut runs = vec![(self.mode(0, TrackMode::Mode1)?, 0..count)];
        let (mut at, mut mode) = (0, runs[0].0);
        while at + 1 < count {
            let next = (at + step).min(count - 1);
            let there = self.mode(next, mode)?;
            while mode != there {
                let border = self.border(at, next, mode)?;
                mode = if border == next { there } else { self.mode(border, there)? };
                begin(&mut runs, mode, border);
                at = border;
                if self.reads == 0 {
                    return Ok(runs);
                }
            }
            at = next;
        }
        Ok(runs)
    }

    /// The first record after `low`, which is of `mode`, that is of another, as `high` is.
    fn border(&mut self, mut low: u64, mut high: u64, mode: TrackMode) -> Result<u64> {
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.mode(middle, mode)? == mode {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(high)
    }

    /// Runs that are too short, or not of one kind throughout, are given to their neighbours.
    fn only_long(&mut self, runs: Vec<Run>, shortest: u64) -> Result<Vec<Run>> {
        let mut kept: Vec<Run> = Vec::new();
        for (mode, records) in &runs {
            let before = kept.last().map(|last| last.0);
            let least = match (mode, before) {
                (TrackMode::Mode0, _) => u64::MAX,
                (TrackMode::Audio, _) => shortest,
                // Sync never comes about by chance.
                (_, None | Some(TrackMode::Audio)) => SHORTEST_OF_SHORT,
                (_, Some(_)) => shortest.min(PREGAP),
            };
            let counts = records.end - records.start >= least && self.is_alike(*mode, records)?;
            let full = kept.len() == MOST_TRACKS;
            if let Some(last) = kept.last_mut().filter(|last| !counts || full || last.0 == *mode) {
                last.1.end = records.end;
            } else if counts {
                // What came before the first of them is its as well.
                let start = if kept.is_empty() { 0 } else { records.start };
                kept.push((*mode, start..records.end));
            }
        }
        Ok(if kept.is_empty() { one_run(&runs) } else { kept })
    }

    /// Is the run of one mode at points all over it?
    fn is_alike(&mut self, mode: TrackMode, records: &Range<u64>) -> Result<bool> {
        let len = records.end - records.start;
        let points = WITNESSES.min(len);
        let mut others = 0;
        for point in 0..points {
            others += u64::from(self.mode(records.start + point * len / points, mode)? != mode);
        }
        // Data may have damaged sectors in it; audio has no sync anywhere.
        Ok(if mode.is_audio() { others == 0 } else { others * 4 < points })
    }

    /// Is there nothing in these records?
    fn is_blank(&self, records: Range<u64>) -> Result<bool> {
        let stride = u64::from(self.records.stride);
        let mut raw = [0; RAW];
        for record in records {
            if (record + 1) * stride > self.records.source.len() {
                return Ok(false);
            }
            self.records.source.read_exact_at(record * stride, &mut raw)?;
            if !is_blank(&raw) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// End the last run at `border`, and begin one of `mode` there.
fn begin(runs: &mut Vec<Run>, mode: TrackMode, border: u64) {
    let end = runs.last().map_or(border, |last| last.1.end);
    if let Some(last) = runs.last_mut() {
        last.1.end = border;
    }
    runs.push((mode, border..end));
}

/// Everything as one run, of the data mode that most sectors have.
fn one_run(runs: &[Run]) -> Vec<Run> {
    let Some(end) = runs.last().map(|(_, records)| records.end) else { return Vec::new() };
    let sectors = |mode| runs.iter().filter(|run| run.0 == mode).map(|(_, records)| records.end - records.start).sum::<u64>();
    let data = [TrackMode::Mode1, TrackMode::Mode2, TrackMode::Mode0].into_iter().rev().max_by_key(|mode| sectors(*mode));
    let mode = data.filter(|mode| sectors(*mode) > 0).unwrap_or(TrackMode::Audio);
    vec![(mode, 0..end)]
}
