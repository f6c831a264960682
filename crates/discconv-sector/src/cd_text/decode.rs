//! From packs to texts.

use std::collections::BTreeMap;

use super::{Block, Charset, Kind, LANGUAGES, LAST_TRACK, Pack, SIZE_INFO};

/// The packs of one block by their sequence numbers.
type Packs = BTreeMap<u8, Pack>;
/// Texts by kind and track.
type Entries = BTreeMap<(Kind, u8), Vec<u8>>;

/// The texts of all blocks, in the order of their numbers.
///
/// Packs may come in any order and more than once, as the lead-in repeats them. Those with a wrong CRC are left out,
/// unless the CRC is zero (not recorded); a string that loses a part by that is left out whole. "Same as the track
/// before" (a lone TAB) is written out.
#[must_use]
pub fn decode(packs: &[[u8; 18]]) -> Vec<Block> {
    let mut blocks: BTreeMap<u8, Packs> = BTreeMap::new();
    for pack in packs.iter().copied().map(Pack).filter(usable) {
        let block = blocks.entry(pack.block()).or_default();
        block.entry(pack.sequence()).or_insert(pack);
    }
    let sizes: BTreeMap<u8, [u8; SIZE_INFO]> =
        blocks.iter().filter_map(|(number, packs)| Some((*number, size_info(packs)?))).collect();
    let block = |(number, packs): (&u8, &Packs)| {
        let own = sizes.get(number);
        // Every block tells the languages of all.
        let languages = own.or_else(|| sizes.values().next());
        Block {
            number: *number,
            charset: own.map_or(Charset::default(), |sizes| Charset::from_byte(sizes[0])),
            language: languages.map_or(0, |sizes| sizes[LANGUAGES + usize::from(*number)]),
            entries: entries(packs),
        }
    };
    blocks.iter().map(block).collect()
}

/// A kind that is known, no extension, and nothing against its CRC.
fn usable(pack: &Pack) -> bool {
    let unchecked = pack.0[16..] == [0, 0];
    pack.kind().is_some() && !pack.is_extension() && (unchecked || pack.crc_ok())
}

/// The 36 bytes of size information, if all three packs are there.
fn size_info(packs: &Packs) -> Option<[u8; SIZE_INFO]> {
    let mut bytes = [0; SIZE_INFO];
    for (number, part) in (0..).zip(bytes.chunks_exact_mut(12)) {
        let pack = packs.values().find(|pack| pack.kind() == Some(Kind::SizeInfo) && pack.track() == number)?;
        part.copy_from_slice(&pack.data());
    }
    Some(bytes)
}

/// All entries of a block.
fn entries(packs: &Packs) -> Entries {
    let mut strings = Strings::default();
    for pack in packs.values() {
        match pack.kind() {
            None | Some(Kind::SizeInfo) => {}
            Some(kind) if kind.is_binary() => strings.append(kind, pack),
            Some(kind) => strings.take(kind, pack),
        }
    }
    strings.end();
    strings.entries.retain(|(kind, _), data| {
        if *kind == Kind::Genre {
            trim_genre(data);
        }
        !data.is_empty()
    });
    strings.entries
}

/// Takes the padding away behind the two bytes of code.
fn trim_genre(data: &mut Vec<u8>) {
    let text = data.iter().rposition(|byte| *byte != 0);
    data.truncate(text.map_or(0, |last| (last + 1).max(2)));
}

/// Strings in the making.
#[derive(Default)]
struct Strings {
    entries: Entries,
    /// The pack before, if it was text.
    before: Option<(Kind, u8)>,
    /// Track of the string that is not yet ended.
    track: u8,
    /// So much of it.
    text: Vec<u8>,
    /// Its beginning is lost.
    headless: bool,
}

impl Strings {
    /// Data without strings in it.
    fn append(&mut self, kind: Kind, pack: &Pack) {
        self.end();
        let entry = self.entries.entry((kind, pack.track())).or_default();
        entry.extend(pack.data());
    }

    /// The strings of one more pack.
    fn take(&mut self, kind: Kind, pack: &Pack) {
        let follows = self.before.is_some_and(|(_, sequence)| sequence.checked_add(1) == Some(pack.sequence()));
        if self.before.is_some() && !follows {
            self.text.clear(); // its end is lost
        }
        if !follows || self.before.is_some_and(|(before, _)| before != kind) {
            self.end();
            self.headless = pack.position() != 0;
        } else if pack.track() != self.track {
            self.finish(kind);
        }
        self.track = pack.track();
        self.before = Some((kind, pack.sequence()));
        let width = if pack.double_byte() { 2 } else { 1 };
        for unit in pack.data().chunks_exact(width) {
            if unit.iter().any(|byte| *byte != 0) {
                self.text.extend(unit);
            } else {
                self.finish(kind);
                self.track = self.track.saturating_add(1);
            }
        }
    }

    /// No more text of this kind; the last string may lack its NUL.
    fn end(&mut self) {
        if let Some((kind, _)) = self.before.take() {
            self.finish(kind);
        }
    }

    /// The string is complete. Where it is empty the track has none.
    fn finish(&mut self, kind: Kind) {
        let mut text = std::mem::take(&mut self.text);
        if matches!(text[..], [b'\t'] | [b'\t', b'\t']) {
            let before = self.track.checked_sub(1).map(|track| (kind, track));
            text = before.and_then(|key| self.entries.get(&key).cloned()).unwrap_or_default();
        }
        let headless = std::mem::take(&mut self.headless);
        if !headless && !text.is_empty() && self.track <= LAST_TRACK {
            self.entries.entry((kind, self.track)).or_insert(text);
        }
    }
}
