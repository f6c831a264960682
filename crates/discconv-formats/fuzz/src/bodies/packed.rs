//! Packed images, and everything that is written.

use super::folder::{Folder, open, split};
use super::images::read_and_write;
use super::proof::{pack_and_compare, read_edges, source, write_and_compare};
use discconv_core::{Input, Opened, ReadAt, Score, Siblings};
use discconv_formats::{FORMATS, by_id};

/// Bytes read at each place of the content.
const WINDOW: usize = 5000;
/// Places between the ends at which content is read.
const PLACES: u64 = 7;

/// Any bytes as an image of packed blocks, by its own word and by command.
pub fn cso(data: &[u8]) {
    for id in ["cso", "cso2", "zso", "dax", "jso"] {
        content(id, "x.cso", data, &Folder::of_zeros(), None);
    }
    // Without an extension, which would speak for one of them where the content is of no format.
    if let Ok(discs) = open("x", data, &Folder::of_zeros(), None) {
        discs.iter().for_each(read_edges);
    }
}

/// Any bytes as an ECM file.
pub fn ecm(data: &[u8]) {
    content("ecm", "x.bin.ecm", data, &Folder::of_zeros(), None);
    if let Ok(discs) = open("x.bin.ecm", data, &Folder::of_zeros(), None) {
        discs.iter().for_each(read_edges);
    }
}

/// Any bytes as an ISZ image, in one file or several, with a password and without.
pub fn isz(data: &[u8]) {
    let files = split(data);
    let folder = Folder::of_input(&["x.isz", "x.i01", "x.i02"], &files);
    for password in [None, Some(&b"password"[..]), Some(&[])] {
        content("isz", "x.isz", files[0], &folder, password);
        let input = Input { password, ..Input::new("x.isz", source("x.isz", files[0]), &folder) };
        if let Ok(image) = discconv_formats::open(&input) {
            image.discs.iter().for_each(read_edges);
        }
    }
}

/// Any bytes as discs of a PlayStation for the PSP. Most of such a file is a table with room for a hundred minutes: where the input
/// is in several parts, they are what stands before the table, the head of the disc, the table's beginning, and the blocks.
pub fn pbp(data: &[u8]) {
    let file = match split(data)[..] {
        [front, head, index, blocks, ..] => {
            let place = front.get(0x24..0x28).and_then(<[u8]>::first_chunk).map_or(0, |place| u32::from_le_bytes(*place));
            let place = usize::try_from(place).unwrap_or(0).clamp(front.len(), front.len().max(0x1_0000));
            let parts = [(front, place), (head, place + 0x4000), (index, place + 0x10_0000)];
            let mut file = Vec::new();
            for (part, end) in parts {
                file.extend_from_slice(part);
                file.resize(end, 0);
            }
            [&file, blocks].concat()
        }
        _ => data.to_vec(),
    };
    read_and_write("pbp", "x.pbp", &file, &Folder::of_zeros());
}

/// Any bytes, converted to every format that is written. What comes out, opened again, is what went in.
pub fn convert(data: &[u8]) {
    let Ok(discs) = open("x", data, &Folder::of_zeros(), None) else { return };
    for disc in &discs {
        for format in FORMATS {
            write_and_compare(disc, *format);
            if !format.info().wraps.is_empty() {
                pack_and_compare(disc, *format);
            }
        }
    }
}

/// Opens a wrapper and reads what is in it here and there.
fn content(id: &str, name: &str, data: &[u8], folder: &dyn Siblings, password: Option<&[u8]>) {
    let Some(format) = by_id(id) else { panic!("there is no format {id}") };
    let input = Input { forced: Some(id), password, ..Input::new(name, source(name, data), folder) };
    let Ok(opened) = format.open(&input) else { return };
    let Opened::Bytes { source, checks, .. } = opened else { panic!("{id} is a disc") };
    read_here_and_there(source.as_ref());
    for check in &checks {
        assert!(check.range.start <= check.range.end && check.range.end <= check.source.len(), "{id}: {:?}", check.range);
    }
    // What can be opened is recognised without being told.
    let others = discconv_formats::probe(&Input::new(name, input.source.clone(), folder));
    assert!(others.first().is_some_and(|(_, score)| *score > Score::NO), "{id} is opened but not recognised");
}

/// Both ends and some places between them. What one read gives, two give as well.
pub(super) fn read_here_and_there(source: &dyn ReadAt) {
    let len = source.len();
    let window = usize::try_from(len).unwrap_or(WINDOW).min(WINDOW);
    let (mut whole, mut halves) = (vec![0; window], vec![0; window]);
    let last = len - window as u64;
    for place in 0..=PLACES {
        let at = u64::try_from(u128::from(last) * u128::from(place) / u128::from(PLACES)).unwrap_or(last);
        let read = source.read_exact_at(at, &mut whole);
        let (first, second) = halves.split_at_mut(window / 3);
        let apart = source.read_exact_at(at, first).and_then(|()| source.read_exact_at(at + first.len() as u64, second));
        assert_eq!(read.is_ok(), apart.is_ok(), "at byte {at} of {len}: {:?}, in parts {:?}", read.err(), apart.err());
        assert!(read.is_err() || whole == halves, "at byte {at} of {len}: other bytes if read in parts");
    }
    let mut byte = [0];
    assert!(source.read_exact_at(len, &mut byte).is_err(), "a byte behind the end");
    assert!(source.read_exact_at(u64::MAX, &mut byte).is_err(), "a byte at the end of numbers");
}
