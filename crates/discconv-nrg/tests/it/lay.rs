//! Images laid by hand from the tables of the format, and opening them.

use discconv_core::memory::MemoryFiles;
use discconv_core::{Bytes, Disc, Format, Input, Opened, Peek, ReadAt, Result, Score};
use discconv_nrg::Nrg;
use discconv_testkit::reference::RAW;
use std::sync::Arc;

/// A chunk.
pub(crate) fn chunk(id: &str, payload: &[u8]) -> Vec<u8> {
    [id.as_bytes(), &u32::try_from(payload.len()).unwrap().to_be_bytes(), payload].concat()
}

fn bcd(number: u8) -> u8 {
    number / 10 * 16 + number % 10
}

/// An entry of a sheet: control and ADR, track and index (decimal; AAh as it is), LBA.
pub(crate) type Entry = (u8, u8, u8, i32);

fn head(entry: &Entry) -> [u8; 4] {
    let (control_adr, track, index, _) = *entry;
    [control_adr, if track == 0xAA { 0xAA } else { bcd(track) }, bcd(index), 0]
}

pub(crate) fn cuex(entries: &[Entry]) -> Vec<u8> {
    chunk("CUEX", &entries.iter().flat_map(|entry| [head(entry), entry.3.to_be_bytes()].concat()).collect::<Vec<u8>>())
}

pub(crate) fn cues(entries: &[Entry]) -> Vec<u8> {
    let msf = |lba: i32| {
        let frames = u32::try_from(lba + 150).unwrap();
        [0, frames / 4500, frames / 75 % 60, frames % 75].map(|part| bcd(u8::try_from(part).unwrap()))
    };
    chunk("CUES", &entries.iter().flat_map(|entry| [head(entry), msf(entry.3)].concat()).collect::<Vec<u8>>())
}

/// A track of a table: ISRC, bytes of a sector, mode code, offsets.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a>(pub(crate) &'a str, pub(crate) u16, pub(crate) u8, pub(crate) [u64; 3]);

/// `id` is DAOI or DAOX; `first` the number of the first track.
pub(crate) fn dao(id: &str, mcn: &str, disc_type: u8, first: u8, tracks: &[Told<'_>]) -> Vec<u8> {
    let (wide, count) = (id == "DAOX", u8::try_from(tracks.len()).unwrap());
    let length = 22 + tracks.len() * if wide { 42 } else { 30 };
    let mut payload = u32::try_from(length).unwrap().to_be_bytes().to_vec();
    payload.extend(padded(mcn, 13));
    payload.extend([0, disc_type, 1, first, first + count - 1]);
    for Told(isrc, bytes, code, offsets) in tracks {
        payload.extend(padded(isrc, 12));
        payload.extend(bytes.to_be_bytes());
        payload.extend([*code, 0, 0, 1]);
        for offset in offsets {
            let wide_bytes = offset.to_be_bytes();
            payload.extend(if wide { &wide_bytes[..] } else { &wide_bytes[4..] });
        }
    }
    chunk(id, &payload)
}

fn padded(text: &str, len: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(len, 0);
    bytes
}

pub(crate) fn sinf(tracks: u32) -> Vec<u8> {
    chunk("SINF", &tracks.to_be_bytes())
}

pub(crate) fn mtyp(mask: u32) -> Vec<u8> {
    chunk("MTYP", &mask.to_be_bytes())
}

/// Sectors, chunks, END!, footer.
pub(crate) fn v2(data: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [data, &chunks.concat(), b"END!\0\0\0\0NER5", &(data.len() as u64).to_be_bytes()].concat()
}

pub(crate) fn v1(data: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    let at = u32::try_from(data.len()).unwrap();
    [data, &chunks.concat(), b"END!\0\0\0\0NERO", &at.to_be_bytes()].concat()
}

/// One track from LBA 0 on, the blank pause stored before it; `size` and `code` go into the table, `control` into the sheet.
pub(crate) fn single(sectors: &[u8], size: u16, code: u8, control: u8) -> Vec<u8> {
    let (pause, end) = (150 * u64::from(size), 150 * u64::from(size) + sectors.len() as u64);
    let count = i32::try_from(sectors.len() / usize::from(size)).unwrap();
    let data = [vec![0; usize::try_from(pause).unwrap()], sectors.to_vec()].concat();
    let sheet = [(control, 0, 0, -150), (control, 1, 0, -150), (control, 1, 1, 0), (control, 0xAA, 1, count)];
    v2(&data, &[cuex(&sheet), dao("DAOX", "", 0, 1, &[Told("", size, code, [0, pause, end])]), sinf(1), mtyp(1)])
}

pub(crate) fn open_source(name: &str, source: Arc<dyn ReadAt>) -> Result<Disc> {
    let alone = MemoryFiles::new();
    let input = Input::new(name, source, &alone);
    match Nrg.open(&input)? {
        Opened::Discs(mut discs) => Ok(discs.remove(0)),
        Opened::Bytes { .. } => panic!("an image is no wrapper"),
    }
}

pub(crate) fn open(bytes: &[u8]) -> Result<Disc> {
    open_source("x.nrg", Arc::new(Bytes::new("x.nrg", bytes)))
}

/// The outline of what `bytes` are, or the error with its hint.
pub(crate) fn outline(bytes: &[u8]) -> String {
    match open(bytes) {
        Ok(disc) => discconv_core::outline::disc(&disc),
        Err(error) => format!("error: {error}\nhint: {}\n", error.hint().unwrap_or_default()),
    }
}

/// The lines of the outline that begin with one of `words`, without leading blanks.
pub(crate) fn lines(bytes: &[u8], words: &[&str]) -> Vec<String> {
    let text = outline(bytes);
    let wanted = |line: &&str| words.iter().any(|word| line.trim_start().starts_with(word));
    text.lines().filter(wanted).map(|line| line.trim_start().to_owned()).collect()
}

pub(crate) fn probe(name: &str, bytes: &[u8]) -> Score {
    let source = Bytes::new(name, bytes);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Nrg.probe(&Peek {
        head: &bytes[..bytes.len().min(65536)],
        tail: &bytes[bytes.len().saturating_sub(65536)..],
        extension,
        source: &source,
    })
}

/// `sectors` blank raw sectors, as sound.
pub(crate) fn nothing(sectors: usize) -> Vec<u8> {
    vec![0; sectors * RAW]
}
