//! From texts to packs.

use std::collections::BTreeMap;

use super::pack::DATA;
use super::{Block, Charset, Kind, LANGUAGES, LAST_TRACK, Pack, SIZE_INFO};

/// Most packs of a block, so that the last sequence number has a value of its own.
const MOST_PACKS: usize = 255;
/// Most blocks.
const BLOCKS: usize = 8;
/// Place of the 16 numbers of packs in the size information.
const COUNTS: usize = 4;
/// Place of the last sequence numbers of the eight blocks.
const LAST_SEQUENCES: usize = 20;

/// The packs of all blocks, with size information and CRCs.
///
/// If a track has a text of some kind, all tracks up to the last get one, if an empty one. `None` for two blocks of the
/// same number, a number above 7, a track above 99, a NUL inside a string, entries of kind size information, or more than
/// 255 packs in a block.
#[must_use]
pub fn encode(blocks: &[Block]) -> Option<Vec<[u8; 18]>> {
    let mut sorted: BTreeMap<u8, (&Block, Vec<Pack>)> = BTreeMap::new();
    for block in blocks {
        let packs = block_packs(block)?;
        if usize::from(block.number) >= BLOCKS || sorted.insert(block.number, (block, packs)).is_some() {
            return None;
        }
    }
    let mut shared = [0; SIZE_INFO];
    for (number, (block, packs)) in &sorted {
        let last_sequence = u8::try_from(packs.len() + SIZE_INFO / DATA - 1).ok()?;
        shared[LAST_SEQUENCES + usize::from(*number)] = last_sequence;
        shared[LANGUAGES + usize::from(*number)] = block.language;
    }
    let mut all = Vec::new();
    for (block, mut packs) in sorted.into_values() {
        let sizes = size_info(block, &packs, shared)?;
        for (number, part) in (0..).zip(sizes.chunks_exact(DATA)) {
            let mut pack = Pack::new(Kind::SizeInfo, number);
            pack.0[4..16].copy_from_slice(part);
            packs.push(pack);
        }
        for (sequence, mut pack) in (0..=u8::MAX).zip(packs) {
            pack.0[2] = sequence;
            pack.0[3] |= block.number << 4;
            pack.seal();
            all.push(pack.0);
        }
    }
    Some(all)
}

/// All packs of a block but the size information, without block, sequence and CRC.
fn block_packs(block: &Block) -> Option<Vec<Pack>> {
    let mut packs = Vec::new();
    for kind in Kind::ALL {
        let texts: BTreeMap<u8, &[u8]> = block
            .entries
            .range((kind, 0)..=(kind, u8::MAX))
            .map(|((_, track), text)| (*track, text.as_slice()))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        if texts.is_empty() {
            continue;
        }
        if kind == Kind::SizeInfo || texts.keys().any(|track| *track > LAST_TRACK) {
            return None;
        }
        if kind.is_binary() {
            packs.extend(texts.iter().flat_map(|(track, data)| binary(kind, *track, data)));
        } else {
            let (first, last) = tracks(block);
            let strings = Strings { kind, double: kind.uses_charset() && is_double(block) };
            packs.extend(strings.packs(&texts, first, last)?);
        }
        // Before it grows beyond what it may, whatever a caller brings.
        if packs.len() > MOST_PACKS - SIZE_INFO / DATA {
            return None;
        }
    }
    Some(packs)
}

/// First and last track that has an entry; 1 and 1 where none has.
fn tracks(block: &Block) -> (u8, u8) {
    let tracks = || {
        let all = block.entries.iter().filter(|(_, text)| !text.is_empty());
        all.map(|((_, track), _)| *track).filter(|track| *track > 0)
    };
    (tracks().min().unwrap_or(1), tracks().max().unwrap_or(1))
}

/// Whether the strings of the block can be written with two bytes per character.
fn is_double(block: &Block) -> bool {
    let fits = |text: &Vec<u8>| {
        let (pairs, odd) = text.as_chunks::<2>();
        odd.is_empty() && pairs.iter().all(|pair| *pair != [0, 0])
    };
    block.charset == Charset::MsJis
        && block.entries.iter().filter(|((kind, _), _)| kind.uses_charset()).all(|(_, text)| fits(text))
}

/// Data in as many packs as it takes.
fn binary(kind: Kind, track: u8, data: &[u8]) -> impl Iterator<Item = Pack> {
    data.chunks(DATA).map(move |part| {
        let mut pack = Pack::new(kind, track);
        pack.0[4..4 + part.len()].copy_from_slice(part);
        pack
    })
}

/// Writes strings that run on from pack to pack and from track to track.
struct Strings {
    kind: Kind,
    double: bool,
}

impl Strings {
    /// The string of the disc, then, if any track has one, those of tracks `first` to `last`.
    fn packs(&self, texts: &BTreeMap<u8, &[u8]>, first: u8, last: u8) -> Option<Vec<Pack>> {
        let mut packs = Vec::new();
        let of_disc = texts.contains_key(&0);
        let of_tracks = texts.keys().any(|track| *track > 0);
        if of_disc && of_tracks && first == 1 {
            self.run(texts, 0, last, &mut packs)?;
            return Some(packs);
        }
        // Track numbers count up from string to string, so another first track needs a pack of its own.
        if of_disc {
            self.run(texts, 0, 0, &mut packs)?;
        }
        if of_tracks {
            self.run(texts, first, last, &mut packs)?;
        }
        Some(packs)
    }

    /// The strings of consecutive tracks.
    fn run(&self, texts: &BTreeMap<u8, &[u8]>, first: u8, last: u8, packs: &mut Vec<Pack>) -> Option<()> {
        let width = if self.double { 2 } else { 1 };
        let mut used = DATA;
        for track in first..=last {
            let text = texts.get(&track).copied().unwrap_or_default();
            if !self.double && text.contains(&0) {
                return None;
            }
            let ended = text.chunks(width).chain([&[0, 0][..width]]);
            for (position, unit) in ended.enumerate() {
                if used == DATA {
                    packs.push(self.pack(track, position));
                    used = 0;
                }
                let pack = packs.last_mut()?;
                pack.0[4 + used..4 + used + width].copy_from_slice(unit);
                used += width;
            }
            if packs.len() > MOST_PACKS {
                return None;
            }
        }
        Some(())
    }

    /// A pack that begins with character `position` of the string of `track`.
    fn pack(&self, track: u8, position: usize) -> Pack {
        let mut pack = Pack::new(self.kind, track);
        pack.0[3] = u8::try_from(position).map_or(15, |position| position.min(15));
        if self.double {
            pack.0[3] |= 0x80;
        }
        pack
    }
}

/// The 36 bytes of size information of a block; `shared` is what all blocks have in common.
fn size_info(block: &Block, packs: &[Pack], shared: [u8; SIZE_INFO]) -> Option<[u8; SIZE_INFO]> {
    let mut sizes = shared;
    let (first, last) = tracks(block);
    sizes[..3].copy_from_slice(&[block.charset.to_byte(), first, last]);
    for kind in Kind::ALL {
        let count = packs.iter().filter(|pack| pack.kind() == Some(kind)).count();
        let place = COUNTS + usize::from(kind.to_byte() & 15);
        sizes[place] = u8::try_from(count).ok()?;
    }
    sizes[COUNTS + 15] = 3;
    Some(sizes)
}
