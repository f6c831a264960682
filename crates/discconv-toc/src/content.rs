//! What the data files hold, as far as the layout depends on it: lengths, and a look at a few sectors.

use discconv_core::{Form, Lba, TrackMode};
use discconv_sector::subchannel::{Coding, detect_coding};
use discconv_sector::{Msf, RAW, SUB, has_sync};

/// The files of a sheet, counted from 0.
pub(crate) trait Content {
    /// Bytes in the file.
    fn len(&self, file: usize) -> u64;
    /// Is it sound that a wrapper handed out as plain little-endian samples?
    fn is_pcm(&self, file: usize) -> bool;
    /// Fill `out` from `offset`; `false` if that cannot be had.
    fn read(&self, file: usize, offset: u64, out: &mut [u8]) -> bool;
}

/// Records that are looked at to tell how their subchannel is arranged.
const CODING_SAMPLE: u64 = 16;
/// Where a volume has its descriptor.
const VOLUME_SECTOR: u32 = 16;
/// Sync and header.
const HEADER: usize = 16;

/// Sectors of a track in a file, from INDEX 01 on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) file: usize,
    pub(crate) offset: u64,
    pub(crate) sectors: u32,
    pub(crate) form: Form,
}

/// Does the file hold raw sectors from `offset` on, whatever it is said to hold?
pub(crate) fn is_raw(content: &dyn Content, file: usize, offset: u64) -> bool {
    let sync_at = |more: u64| {
        let mut head = [0; HEADER];
        offset.checked_add(more).is_some_and(|at| content.read(file, at, &mut head)) && has_sync(&head)
    };
    sync_at(0) && (sync_at(RAW as u64) || offset.checked_add(RAW as u64) == Some(content.len(file)))
}

/// Sync and header of sector `sector`, if it has them.
fn header(content: &dyn Content, run: &Run, sector: u32) -> Option<[u8; HEADER]> {
    if !run.form.is_raw() || sector >= run.sectors {
        return None;
    }
    let mut head = [0; HEADER];
    let offset = run.offset.checked_add(u64::from(sector) * u64::from(run.form.stride))?;
    (content.read(run.file, offset, &mut head) && has_sync(&head)).then_some(head)
}

/// The mode that the sectors of a data track have: sector 16, else the first that has a header.
pub(crate) fn real_mode(content: &dyn Content, run: &Run) -> Option<TrackMode> {
    let head = [VOLUME_SECTOR].into_iter().chain(0..VOLUME_SECTOR).find_map(|sector| header(content, run, sector))?;
    match head[15] & 3 {
        0 => Some(TrackMode::Mode0),
        1 => Some(TrackMode::Mode1),
        2 => Some(TrackMode::Mode2),
        _ => None,
    }
}

/// Where the first sector says it is.
pub(crate) fn first_lba(content: &dyn Content, run: &Run) -> Option<Lba> {
    let head = header(content, run, 0)?;
    Msf::from_bcd([head[12], head[13], head[14]]).map(Lba::from_program_msf)
}

/// Is the subchannel of these records P to W one after another, as programs other than cdrdao may leave it?
pub(crate) fn is_packed(content: &dyn Content, run: &Run) -> bool {
    let blocks: Vec<[u8; SUB]> = (0..CODING_SAMPLE.min(run.sectors.into()))
        .filter_map(|sector| {
            let mut block = [0; SUB];
            let at = run.offset.checked_add(sector * u64::from(run.form.stride) + run.form.main.len() as u64)?;
            content.read(run.file, at, &mut block).then_some(block)
        })
        .collect();
    detect_coding(&blocks) == Some(Coding::Packed)
}
