//! What a descriptor holds beside tracks, kept for the way back: structures of a DVD, its burst cutting area, data position
//! measurements.

use crate::descriptor::{Descriptor, Raw};
use crate::wire::{self, Header};
use discconv_core::{Extra, ExtraKind, Note};

/// Copyright, manufacturing and physical format of each layer.
pub(crate) const STRUCTURES: ExtraKind = ExtraKind::other("dvd-structures");
/// The burst cutting area of a DVD.
pub(crate) const BCA: ExtraKind = ExtraKind::other("dvd-bca");
/// One data position measurement.
pub(crate) const DPM: ExtraKind = ExtraKind::other("dpm");

/// Bytes of the structures of one layer.
const LAYER: u64 = 4 + 2048 + 2048;
/// Where in them is the byte with the number of layers: the third one of the physical format.
const LAYERS_AT: u64 = 4 + 2048 + 2;
/// Number, start, resolution and count before the values of a measurement.
const DPM_HEADER: u64 = 16;
/// Measurements of one disc; one is usual.
const MOST_DPM: u32 = 100;

/// Take over what `header` points at. What is not whole is not worth refusing an image for.
pub(crate) fn read(raw: &Raw<'_>, header: &Header, dvd: bool, into: &mut Descriptor) {
    if dvd && header.structures_at != 0 {
        let at = u64::from(header.structures_at);
        let layers = wire::one::<u8>(&raw.bytes, at + LAYERS_AT).map_or(1, |byte| if byte >> 5 & 3 == 1 { 2 } else { 1 });
        keep(raw, STRUCTURES, at, LAYER * layers, "DVD structures", into);
    }
    if dvd && header.bca_bytes != 0 {
        keep(raw, BCA, header.bca_at.into(), header.bca_bytes.into(), "burst cutting area", into);
    }
    if header.dpm_at != 0 {
        measurements(raw, header.dpm_at.into(), into);
    }
}

fn keep(raw: &Raw<'_>, kind: ExtraKind, at: u64, len: u64, what: &str, into: &mut Descriptor) -> bool {
    let end = at.checked_add(len).and_then(|end| usize::try_from(end).ok());
    let bytes = usize::try_from(at).ok().zip(end).and_then(|(at, end)| raw.bytes.get(at..end));
    match bytes {
        Some(bytes) => into.extras.push(Extra { kind, name: String::new(), bytes: bytes.to_vec() }),
        None => {
            let text =
                format!("the {what} at byte {at:#X} ({len} bytes) reaches behind the end of the descriptor, and is left out");
            into.notes.push(Note::oddity(format!("{}: {text}", raw.file)));
        }
    }
    bytes.is_some()
}

fn measurements(raw: &Raw<'_>, at: u64, into: &mut Descriptor) {
    let Some(count) = wire::one::<u32>(&raw.bytes, at) else {
        let text = format!("the data position measurements at byte {at:#X} are behind the end of the descriptor");
        return into.notes.push(Note::oddity(format!("{}: {text}", raw.file)));
    };
    let mut left = raw.bytes.len() as u64;
    let before = into.extras.len();
    for index in 0..u64::from(count.min(MOST_DPM)) {
        let place = wire::one::<u32>(&raw.bytes, at + 4 + 4 * index).map_or(u64::MAX, u64::from);
        let entries = place.checked_add(DPM_HEADER - 4).and_then(|at| wire::one::<u32>(&raw.bytes, at)).unwrap_or(u32::MAX);
        let len = DPM_HEADER + 4 * u64::from(entries);
        // Blocks that lie over one another are no measurements.
        if len > left {
            let text = format!(
                "data position measurement {} says {entries} values, for which there is no room; it is left out",
                index + 1
            );
            into.notes.push(Note::oddity(format!("{}: {text}", raw.file)));
            break;
        }
        if !keep(raw, DPM, place, len, "data position measurement", into) {
            break;
        }
        left -= len;
    }
    let kept = into.extras.len() - before;
    if kept > 0 {
        let text = format!("{}: data position measurements ({kept}) are kept for the way back to this format only", raw.file);
        into.notes.push(Note::oddity(text));
    }
}

/// Measurements behind a table of their places, as they stand in a descriptor at `at`.
pub(crate) fn write_measurements<'a>(extras: impl Iterator<Item = &'a Extra>, at: u64) -> Vec<u8> {
    let blocks: Vec<&[u8]> = extras.map(|extra| extra.bytes.as_slice()).collect();
    let mut place = at + 4 + 4 * blocks.len() as u64;
    let word = |value: u64| u32::try_from(value).unwrap_or(0).to_le_bytes();
    let mut bytes = word(blocks.len() as u64).to_vec();
    for block in &blocks {
        bytes.extend(word(place));
        place += block.len() as u64;
    }
    bytes.extend(blocks.concat());
    bytes
}
