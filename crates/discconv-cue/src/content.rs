//! What the files of a sheet hold, as far as the layout depends on it: lengths, and a look at a few sectors.

use crate::sheet::Sheet;
use discconv_core::{Form, Lba, Main, Msf, Note, SubCoding, TrackMode, Twist};
use discconv_sector::subchannel::{Coding, detect_coding};
use discconv_sector::{RAW, SUB, has_sync};

use crate::segments::Segment;
use crate::wire::{FileKind, TrackKind};

/// The files of a sheet, counted from 0.
pub(crate) trait Content {
    /// Bytes in the file.
    fn len(&self, file: usize) -> u64;
    /// Is it sound that a wrapper handed out as plain little-endian samples?
    fn is_pcm(&self, file: usize) -> bool;
    /// Fill `out` from `offset`; `false` if that cannot be had.
    fn read(&self, file: usize, offset: u64, out: &mut [u8]) -> bool;
}

/// Is that a wrapper that hands out samples?
pub(crate) fn is_sound(wrapper: Option<&str>) -> bool {
    wrapper.is_some_and(|id| ["wave", "aiff", "aifc", "flac", "mp3", "ogg"].contains(&id))
}

/// Where a volume descriptor has its id: one byte into sector 16.
const VOLUME_SECTOR: u64 = 16;
const VOLUME_ID: &[u8; 5] = b"CD001";
/// Records that are looked at to tell how their subchannel is arranged.
const CODING_SAMPLE: u32 = 16;
const RAW_SUB_BYTES: u16 = 2448;

/// The record of each track, with the sizes that the files really have.
pub(crate) fn forms(sheet: &Sheet, content: &dyn Content) -> (Vec<Form>, Vec<Note>) {
    let mut notes = Vec::new();
    let forms = sheet.tracks.iter().enumerate().map(|(index, track)| {
        let file = track.indexes[0].file;
        let declared = track.kind.bytes;
        let bytes = if track.kind.cdg { cdg_bytes(content, file) } else { real_bytes(sheet, index, content).unwrap_or(declared) };
        if bytes != declared && !track.kind.cdg {
            let text = format!("track {} is declared {}, its sectors have {bytes} bytes", track.number, track.kind.word());
            notes.push(Note::oddity(format!("{}: line {}: {text}", sheet.name, track.line)));
        }
        let swapped = sheet.files[file].kind == FileKind::Motorola && !content.is_pcm(file) && track.kind.mode.is_audio();
        let twist = if swapped { Twist::SwapAudio } else { Twist::None };
        Form { twist, ..form_of(bytes) }
    });
    let forms = forms.collect();
    (forms, notes)
}

/// The record of a track type, without subchannel order and byte order.
pub(crate) fn form_of(bytes: u16) -> Form {
    match bytes {
        2048 => Form::USER,
        2056 => Form::frame(16, 2072),
        2324 => Form::frame(24, 2348),
        2328 => Form::frame(24, 2352),
        2332 => Form::frame(16, 2348),
        2336 => Form::MODE2,
        RAW_SUB_BYTES => Form::RAW_SUB,
        _ => Form::RAW,
    }
}

/// `CDG` is 2448 bytes for some programs and 2352 for others; the file must be a whole number of them.
fn cdg_bytes(content: &dyn Content, file: usize) -> u16 {
    let len = content.len(file);
    if len.is_multiple_of(u64::from(RAW_SUB_BYTES)) && (!len.is_multiple_of(RAW as u64) || coding(content, file, 0, 51).is_some())
    {
        RAW_SUB_BYTES
    } else {
        2352
    }
}

/// The sector size of a data track that has a file of its own, where the content shows it.
fn real_bytes(sheet: &Sheet, index: usize, content: &dyn Content) -> Option<u16> {
    let track = &sheet.tracks[index];
    let file = track.indexes[0].file;
    let alone = sheet.tracks.iter().enumerate().all(|(other, told)| {
        let here = told.indexes.iter().filter(|index| index.file == file).count();
        if other == index { here == told.indexes.len() } else { here == 0 }
    });
    if track.kind.mode.is_audio() || !alone || ![2048, 2336, 2352, RAW_SUB_BYTES].contains(&track.kind.bytes) {
        return None;
    }
    let sync_at = |offset: u64| {
        let mut head = [0; 16];
        content.read(file, offset, &mut head) && has_sync(&head)
    };
    let volume_at = |offset: u64| {
        let mut id = [0; 5];
        content.read(file, offset + 1, &mut id) && id == *VOLUME_ID
    };
    if sync_at(0) {
        return [2352, RAW_SUB_BYTES]
            .into_iter()
            .find(|bytes| sync_at(u64::from(*bytes)) || content.len(file) == u64::from(*bytes));
    }
    if volume_at(VOLUME_SECTOR * 2048) {
        return Some(2048);
    }
    (track.kind.mode == TrackMode::Mode2 && volume_at(VOLUME_SECTOR * 2336 + 8)).then_some(2336)
}

/// How the subchannel behind `sectors` records from `offset` on is arranged, if it says so.
fn coding(content: &dyn Content, file: usize, offset: u64, sectors: u32) -> Option<SubCoding> {
    let blocks: Vec<[u8; SUB]> = (0..sectors.min(CODING_SAMPLE))
        .filter_map(|index| {
            let mut block = [0; SUB];
            let at = offset + u64::from(index) * u64::from(RAW_SUB_BYTES) + RAW as u64;
            content.read(file, at, &mut block).then_some(block)
        })
        .collect();
    match detect_coding(&blocks)? {
        Coding::Packed => Some(SubCoding::Packed),
        Coding::Interleaved => Some(SubCoding::Interleaved),
    }
}

/// Make `form` say how the subchannel of `segment` is arranged.
pub(crate) fn settle_coding(form: &mut Form, segment: &Segment, content: &dyn Content) {
    if form.sub.is_some()
        && let Some(found) = coding(content, segment.file, segment.offset, segment.sectors)
    {
        form.sub = Some(found);
    }
}

/// The 16 bytes of sync and header of a raw sector, if it has them.
fn header(content: &dyn Content, form: &Form, segment: &Segment, sector: u32) -> Option<[u8; 16]> {
    if form.main != Main::Frame(0, 2352) || sector >= segment.sectors {
        return None;
    }
    let mut head = [0; 16];
    let offset = segment.offset + u64::from(sector) * u64::from(form.stride);
    (content.read(segment.file, offset, &mut head) && has_sync(&head)).then_some(head)
}

/// Where the first sector of `segment` says it is.
pub(crate) fn first_lba(content: &dyn Content, form: &Form, kind: TrackKind, segment: &Segment) -> Option<Lba> {
    if kind.mode.is_audio() {
        return None;
    }
    let head = header(content, form, segment, 0)?;
    Msf::from_bcd([head[12], head[13], head[14]]).map(Lba::from_program_msf)
}

/// Mode 1 or 2 as the sectors of a data track have it: sector 16 behind INDEX 01, else the first that has a header.
pub(crate) fn real_mode(content: &dyn Content, form: &Form, segment: &Segment) -> Option<TrackMode> {
    let start = segment.indexes.iter().find(|(number, _)| *number == 1).map_or(0, |(_, at)| *at);
    let head = [16].into_iter().chain(0..16).find_map(|sector| header(content, form, segment, start.saturating_add(sector)))?;
    match head[15] & 3 {
        1 => Some(TrackMode::Mode1),
        2 => Some(TrackMode::Mode2),
        _ => None,
    }
}
