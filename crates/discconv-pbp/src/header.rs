//! What stands in front of the blocks.

use crate::sfo::{self, Value};
use crate::wire::{
    DATA, DATA_AT, DISC, DISC_HEAD, NUMBER_AT, PBP, PBP_HEADER, PLACES, PbpHeader, TITLE, TITLE_AT, TITLE_BYTES, TITLE_ROOM,
    TOC_AT, TocEntry, bytes_of,
};
use std::sync::Arc;

/// popstation aligns `DATA.PSAR` so.
const PSAR_UNIT: usize = 0x1_0000;
/// Where popstation puts a length that nobody reads, and what it adds to it.
const LENGTH_AT: usize = 0x1220;
const LENGTH_MORE: u32 = 0x2D31;
/// Further words of popstation's.
const WORDS: [(usize, u32); 2] = [(0x1228, 0x7FF), (0x12AC, 3)];
/// Those in front of several discs.
const TITLE_WORDS: [(usize, u32); 5] =
    [(0x18, 0x2CC9_C5BC), (0x1C, 0x33B5_A90F), (0x20, 0x06F6_B4B3), (0x24, 0xB259_45BA), (0x38C, 7)];
const TITLE_NUMBER_AT: usize = 0x264;
const TITLE_LENGTH_AT: usize = 0x284;
const TITLE_NAME_AT: usize = 0x30C;

/// What a game is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// At most 127 bytes.
    pub(crate) title: String,
    /// Four letters and five digits.
    pub(crate) number: String,
}

impl Name {
    /// `_SLUS_00664`.
    fn barred(&self) -> Vec<u8> {
        let (letters, digits) = self.number.split_at_checked(4).unwrap_or((&self.number, ""));
        format!("_{letters}_{digits}").into_bytes()
    }
}

/// The file up to `DATA.PSAR`: header, `PARAM.SFO`, the picture, zeros.
pub(crate) fn front(name: &Name, icon: Option<&Arc<[u8]>>) -> Vec<u8> {
    let sfo = sfo::make(&[
        ("BOOTABLE", Value::Number(1)),
        // A game of the memory stick; DuckStation wants both.
        ("CATEGORY", Value::Text("ME".to_owned(), 4)),
        ("DISC_ID", Value::Text(name.number.clone(), 16)),
        ("DISC_VERSION", Value::Text("1.00".to_owned(), 8)),
        ("PARENTAL_LEVEL", Value::Number(3)),
        ("PSP_SYSTEM_VER", Value::Text("3.01".to_owned(), 8)),
        ("REGION", Value::Number(0x8000)),
        ("TITLE", Value::Text(name.title.clone(), u32::try_from(TITLE_ROOM).unwrap_or(0))),
    ]);
    let icon = icon.map_or(&[][..], |icon| icon);
    let icon_at = PBP_HEADER + sfo.len();
    let end = icon_at + icon.len();
    let psar = end.next_multiple_of(PSAR_UNIT);
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let offsets = [PBP_HEADER, icon_at, end, end, end, end, end, psar].map(place);
    let header = bytes_of(&PbpHeader { magic: *PBP, version: 0x1_0000, offsets });
    let mut front = [&header[..], &sfo, icon].concat();
    front.resize(psar, 0);
    front
}

/// What stands in front of several discs, which begin at `places` and end at `end`, both from there.
pub(crate) fn title(name: &Name, places: &[u32], end: u32) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(TITLE_BYTES).unwrap_or(0)];
    put(&mut bytes, 0, TITLE);
    put(&mut bytes, 0x10, &end.to_le_bytes());
    let at = usize::try_from(PLACES).unwrap_or(0);
    put(&mut bytes, at, &places.iter().flat_map(|place| place.to_le_bytes()).collect::<Vec<u8>>());
    put(&mut bytes, TITLE_NUMBER_AT, &name.barred());
    put(&mut bytes, TITLE_LENGTH_AT, &end.wrapping_add(LENGTH_MORE).to_le_bytes());
    put(&mut bytes, TITLE_NAME_AT, name.title.as_bytes());
    TITLE_WORDS.iter().for_each(|(at, word)| put(&mut bytes, *at, &word.to_le_bytes()));
    bytes
}

/// What stands in front of the index of a disc. `end` is where a single one ends, and `raw` the blocks of one of several.
pub(crate) fn disc(name: &Name, toc: &[TocEntry], ends: Ends) -> Vec<u8> {
    let mut bytes = vec![0; DISC_HEAD];
    let (end, more) = match ends {
        Ends::Single(end) => (end, end.wrapping_add(LENGTH_MORE)),
        Ends::OneOfSeveral { raw_bytes } => (raw_bytes, 0),
    };
    put(&mut bytes, 0, DISC);
    put(&mut bytes, DISC.len(), &end.to_le_bytes());
    put(&mut bytes, NUMBER_AT, &name.barred());
    put(&mut bytes, TOC_AT, &toc.iter().flat_map(bytes_of).collect::<Vec<u8>>());
    put(&mut bytes, DATA_AT, &u32::try_from(DATA).unwrap_or(0).to_le_bytes());
    put(&mut bytes, LENGTH_AT, &more.to_le_bytes());
    WORDS.iter().for_each(|(at, word)| put(&mut bytes, *at, &word.to_le_bytes()));
    put(&mut bytes, TITLE_AT, name.title.as_bytes());
    bytes
}

/// What a disc says of its end, which no reader looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Where it ends, from its beginning.
    Single(u32),
    /// How long it would be if nothing packed.
    OneOfSeveral { raw_bytes: u32 },
}

/// Bytes at their place, as far as there is room.
fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes.iter_mut().skip(at).zip(what).for_each(|(to, from)| *to = *from);
}
