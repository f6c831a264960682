//! Which bytes of which file belong to which track: everything about positions *within files*.
//!
//! Times of a sheet count sectors from the start of their file, at each track's own sector size, so bytes are added up
//! track by track.

use crate::content::Content;
use crate::sheet::{Sheet, SheetIndex};
use discconv_core::{At, Error, Form, Note, Result};
use discconv_sector::PREGAP_SECTORS;

/// The sectors of one track in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Which track, from 0.
    pub(crate) track: usize,
    /// Which file, from 0.
    pub(crate) file: usize,
    /// First byte in the file.
    pub(crate) offset: u64,
    /// How many sectors.
    pub(crate) sectors: u32,
    /// Sectors behind them that lie in the file and belong to no track: a stored lead-out and lead-in.
    pub(crate) skipped: u32,
    /// Indexes as `(number, sectors from the start of this segment)`.
    pub(crate) indexes: Vec<(u8, u32)>,
    /// First sector, counted from the start of the file.
    from: u32,
    /// The line that speaks of it.
    line: u32,
}

/// All segments, in the order of the disc, and how many bytes each file must have.
pub(crate) struct Segments {
    pub(crate) all: Vec<Segment>,
    pub(crate) needed: Vec<u64>,
    pub(crate) notes: Vec<Note>,
    pub(crate) short: Vec<Short>,
}

/// Sectors that a file should have and has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Short {
    pub(crate) file: usize,
    pub(crate) track: usize,
    /// Byte of the first sector that is not whole.
    pub(crate) offset: u64,
    /// That sector, counted from the start of the file.
    pub(crate) sector: u64,
    /// How many sectors are not whole.
    pub(crate) sectors: u64,
    /// How many bytes are not there.
    pub(crate) bytes: u64,
}

/// Cut the files of `sheet` into segments; `forms` are the records of each track.
///
/// # Errors
/// [`Error::Malformed`] with the line of an index that lies before another or past the end of its file.
pub(crate) fn cut(sheet: &Sheet, forms: &[Form], content: &dyn Content) -> Result<Segments> {
    let mut cut = Segments { all: by_file(sheet), needed: vec![0; sheet.files.len()], notes: Vec::new(), short: Vec::new() };
    for file in 0..sheet.files.len() {
        let own: Vec<usize> = (0..cut.all.len()).filter(|index| cut.all[*index].file == file).collect();
        if own.is_empty() {
            let SheetName { name, line } = sheet_name(sheet, file);
            cut.notes.push(Note::oddity(format!("{}: line {line}: no INDEX lies in {name:?}", sheet.name)));
            continue;
        }
        lead_part(sheet, &mut cut, own[0]);
        inner_spans(sheet, &mut cut, &own, forms)?;
        last_span(sheet, &mut cut, own[own.len() - 1], forms, content)?;
    }
    Ok(cut)
}

struct SheetName<'a> {
    name: &'a str,
    line: u32,
}

fn sheet_name(sheet: &Sheet, file: usize) -> SheetName<'_> {
    SheetName { name: &sheet.files[file].name, line: sheet.files[file].line }
}

/// One segment for each track and file, its indexes still counted from the start of the file.
fn by_file(sheet: &Sheet) -> Vec<Segment> {
    let mut all: Vec<Segment> = Vec::new();
    for (track, told) in sheet.tracks.iter().enumerate() {
        for SheetIndex { line, number, file, at } in told.indexes.iter().copied() {
            match all.last_mut() {
                Some(segment) if segment.track == track && segment.file == file => {
                    segment.indexes.push((number, at - segment.from))
                }
                _ => all.push(Segment {
                    track,
                    file,
                    offset: 0,
                    sectors: 0,
                    skipped: 0,
                    indexes: vec![(number, 0)],
                    from: at,
                    line,
                }),
            }
        }
    }
    all
}

/// Sectors before the first index of a file are the pregap of its track.
fn lead_part(sheet: &Sheet, cut: &mut Segments, first: usize) {
    let segment = &mut cut.all[first];
    let lead = std::mem::take(&mut segment.from);
    if lead == 0 {
        return;
    }
    for (_, at) in &mut segment.indexes {
        *at += lead;
    }
    match segment.indexes[0] {
        (0, _) => segment.indexes[0].1 = 0,
        (1, _) => segment.indexes.insert(0, (0, 0)),
        _ => {}
    }
    let SheetName { name, .. } = sheet_name(sheet, segment.file);
    let number = sheet.tracks[segment.track].number;
    let text = format!("the {lead} sectors of {name:?} before the first INDEX count as pregap of track {number}");
    cut.notes.push(Note::oddity(format!("{}: line {}: {text}", sheet.name, segment.line)));
}

/// All but the last segment of a file end where the next one begins.
fn inner_spans(sheet: &Sheet, cut: &mut Segments, own: &[usize], forms: &[Form]) -> Result<()> {
    for pair in own.windows(2) {
        let (this, next) = (&cut.all[pair[0]], &cut.all[pair[1]]);
        let sectors = next.from.checked_sub(this.from);
        let longest = this.indexes.last().map_or(0, |(_, at)| *at);
        let Some(sectors) = sectors.filter(|sectors| *sectors >= longest) else {
            let (number, before) = (sheet.tracks[next.track].number, sheet.tracks[this.track].number);
            let found = format!("track {number} begins at sector {}, before the last INDEX of track {before}", next.from);
            return Err(Error::malformed(&sheet.name, At::Line(next.line), found, "ascending times within one file")
                .with_hint("one of the two times is wrong: they count from the start of the file, not of the track"));
        };
        let offset = this.offset + u64::from(sectors) * u64::from(forms[this.track].stride);
        cut.all[pair[0]].sectors = sectors;
        cut.all[pair[1]].offset = offset;
    }
    Ok(())
}

/// The last segment of a file reaches to its end, and says whether the file is long enough.
fn last_span(sheet: &Sheet, cut: &mut Segments, last: usize, forms: &[Form], content: &dyn Content) -> Result<()> {
    let segment = &cut.all[last];
    let (len, stride) = (content.len(segment.file), u64::from(forms[segment.track].stride));
    let told = segment.indexes.last().map_or((0, 0), |index| *index);
    // A pregap alone may be empty: its track goes on in the next file.
    let least = told.1 + u32::from(told.0 > 0);
    let stored = len.saturating_sub(segment.offset);
    if len < segment.offset || (stored == 0 && least > 0) {
        return Err(nothing_there(sheet, segment, len, stride));
    }
    let whole = stored.div_ceil(stride);
    let Ok(sectors) = u32::try_from(whole.max(u64::from(least))) else {
        let (found, limit) = (format!("a file of {len} bytes"), "4294967295 sectors".to_owned());
        return Err(Error::Limit { file: sheet.files[segment.file].name.clone(), at: At::Whole, found, limit });
    };
    let end = segment.offset + u64::from(sectors) * stride;
    let missing = (u64::from(sectors) * stride).saturating_sub(stored);
    if missing > 0 {
        let (file, track, whole) = (segment.file, segment.track, stored / stride);
        let (offset, sector) = (segment.offset + whole * stride, u64::from(segment.from) + whole);
        cut.short.push(Short { file, track, offset, sector, sectors: missing.div_ceil(stride), bytes: missing });
    }
    cut.needed[segment.file] = end;
    cut.all[last].sectors = sectors;
    Ok(())
}

fn nothing_there(sheet: &Sheet, segment: &Segment, len: u64, stride: u64) -> Error {
    let SheetName { name, .. } = sheet_name(sheet, segment.file);
    let number = sheet.tracks[segment.track].number;
    let found = format!("track {number} at sector {} (byte {}) of {name:?}, which has {len} bytes", segment.from, segment.offset);
    Error::malformed(&sheet.name, At::Line(segment.line), found, format!("a place inside the file, sectors of {stride} bytes"))
        .with_hint("the file is cut, or the sheet belongs to another one; nothing of this track is there")
}

/// Take the stored lead-out and lead-in between sessions out of the tracks they would lengthen.
///
/// Sheets that say lengths (`REM LEAD-IN`, `REM PREGAP`) store nothing between sessions. Others do where both sessions
/// share a file and there is room; `REM LEAD-OUT` may then say where the first one ends.
pub(crate) fn take_out_gaps(sheet: &Sheet, segments: &mut Segments) {
    for index in 1..segments.all.len() {
        let (this, next) = (&segments.all[index - 1], &segments.all[index]);
        let Some(skipped) = stored_gap(sheet, this, next) else { continue };
        let ended = &mut segments.all[index - 1];
        ended.sectors -= skipped;
        ended.skipped = skipped;
        let text = format!("{skipped} sectors of lead-out and lead-in are stored between two sessions; they are left out");
        segments.notes.push(Note::oddity(format!("{}: {text}", sheet.name)));
    }
}

fn stored_gap(sheet: &Sheet, this: &Segment, next: &Segment) -> Option<u32> {
    let (ended, begun) = (sheet.tracks[this.track].session, sheet.tracks[next.track].session);
    let session = &sheet.sessions[begun];
    let told = session.lead_in.is_some() || session.pregap.is_some() || session.high_density;
    if this.file != next.file || ended == begun || told {
        return None;
    }
    // The last index of the session that ends, and INDEX 01 of the one that begins, from the start of the file.
    let last = this.from + this.indexes.last().map_or(0, |(_, at)| *at);
    let start = next.from + next.indexes.iter().find(|(number, _)| *number == 1).map_or(0, |(_, at)| *at);
    let end = match sheet.sessions[ended].lead_out {
        Some(position) if position > last && position <= next.from => position,
        Some(_) => return None,
        None => start.checked_sub(between_sessions(ended) + PAUSE).filter(|end| *end > last)?,
    };
    Some(next.from.saturating_sub(end))
}

/// The pause before a session's first track.
pub(crate) const PAUSE: u32 = PREGAP_SECTORS.unsigned_abs();
/// A lead-in: one minute.
pub(crate) const LEAD_IN: u32 = 4500;

/// The lead-out behind session `index` (from 0): a minute and a half after the first, half a minute after later ones.
pub(crate) fn lead_out_sectors(index: usize) -> u32 {
    if index == 0 { 6750 } else { 2250 }
}

/// Lead-out and lead-in behind session `index`.
pub(crate) fn between_sessions(index: usize) -> u32 {
    lead_out_sectors(index) + LEAD_IN
}
