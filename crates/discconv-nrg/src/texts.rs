//! CD-TEXT: between packs and strings.

use discconv_core::{CdText, CdTextBlock};
use discconv_sector::cd_text::{Block, Charset, Kind, decode, encode};
use encoding_rs::SHIFT_JIS;

/// Bytes of a genre before its text: a code.
const GENRE_CODE: usize = 2;

/// What `packs` say.
///
/// Packs that are no more than what [`write`] makes of strings in no language are those strings again: so the texts of a
/// sheet come back as they went in.
pub(crate) fn read(packs: &[[u8; 18]]) -> Option<CdText> {
    if packs.is_empty() {
        return None;
    }
    let blocks: Vec<CdTextBlock> = decode(packs).iter().map(readable).collect();
    let text = CdText { blocks, packs: Vec::new() };
    let plain = text.blocks.len() == 1 && text.blocks[0].language == 0 && write(&text).is_some_and(|made| made == packs);
    Some(if plain { text } else { CdText { packs: packs.to_vec(), ..text } })
}

/// The packs for `text`; `None` if they cannot hold it. No packs for no text.
pub(crate) fn write(text: &CdText) -> Option<Vec<[u8; 18]>> {
    if !text.packs.is_empty() {
        return Some(text.packs.clone());
    }
    let blocks: Vec<Block> = (0..).zip(&text.blocks).map(|(number, block)| binary(number, block)).collect::<Option<_>>()?;
    if blocks.iter().all(|block| block.entries.is_empty()) { Some(Vec::new()) } else { encode(&blocks) }
}

/// Do `read` texts say all that `wanted` says?
pub(crate) fn say(read: Option<&CdText>, wanted: &CdText) -> bool {
    let found = read.map_or(&[][..], |text| &text.blocks);
    wanted.blocks.iter().enumerate().all(|(index, block)| match found.get(index) {
        Some(found) => found.language == block.language && found.texts == block.texts,
        None => block.texts.is_empty(),
    })
}

fn readable(block: &Block) -> CdTextBlock {
    let texts = block.entries.iter().filter_map(|((kind, track), bytes)| {
        let bytes = match kind {
            Kind::Genre => bytes.get(GENRE_CODE..)?,
            kind if kind.is_binary() => return None,
            _ => bytes,
        };
        let text = match block.charset {
            Charset::MsJis if kind.uses_charset() => SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
            _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
        };
        let text = text.trim_end_matches('\0').to_owned();
        (!text.is_empty()).then_some(((*kind, *track), text))
    });
    CdTextBlock { language: block.language, texts: texts.collect() }
}

/// In Latin letters if they do, else in Shift-JIS.
fn binary(number: u8, block: &CdTextBlock) -> Option<Block> {
    let is_latin = |text: &String| text.chars().all(|letter| u32::from(letter) < 0x100);
    let charset = if block.texts.values().all(is_latin) { Charset::Latin1 } else { Charset::MsJis };
    let entries = block.texts.iter().map(|((kind, track), text)| {
        let bytes = if charset == Charset::MsJis && kind.uses_charset() {
            let (bytes, _, unmappable) = SHIFT_JIS.encode(text);
            (!unmappable).then(|| bytes.into_owned())?
        } else {
            text.chars().map(|letter| u8::try_from(letter).ok()).collect::<Option<Vec<u8>>>()?
        };
        let bytes = if *kind == Kind::Genre { [vec![0; GENRE_CODE], bytes].concat() } else { bytes };
        Some(((*kind, *track), bytes))
    });
    Some(Block { number, charset, language: block.language, entries: entries.collect::<Option<_>>()? })
}
