//! CD-TEXT: commands of the sheet, and packs of a file.

use crate::sheet::Sheet;
use discconv_core::{CdText, CdTextBlock};
use discconv_sector::cd_text::{Block, Charset, Kind, decode};
use encoding_rs::SHIFT_JIS;

/// Bytes of a pack.
const PACK: usize = 18;
/// Bytes of a genre before its text: a code.
const GENRE_CODE: usize = 2;

/// The packs of a `.cdt` file: some programs put a zero behind them, some dumps a header of four bytes before them.
pub(crate) fn packs(bytes: &[u8]) -> Option<Vec<[u8; PACK]>> {
    let packs = match bytes.len() % PACK {
        0 => bytes,
        1 => &bytes[..bytes.len() - 1],
        4 => &bytes[4..],
        5 => &bytes[4..bytes.len() - 1],
        _ => return None,
    };
    Some(packs.as_chunks().0.to_vec())
}

/// What a `.cdt` file holds.
pub(crate) fn pack_file(packs: &[[u8; PACK]]) -> Vec<u8> {
    let mut bytes = packs.concat();
    bytes.push(0);
    bytes
}

/// All CD-TEXT of a disc: the packs, and what commands say besides.
pub(crate) fn cd_text(sheet: &Sheet, packs: &[[u8; PACK]]) -> Option<CdText> {
    let mut blocks: Vec<CdTextBlock> = decode(packs).iter().map(readable).collect();
    if !sheet.texts.is_empty() {
        if blocks.is_empty() {
            blocks.push(CdTextBlock::default());
        }
        for (key, text) in &sheet.texts {
            blocks[0].texts.entry(*key).or_insert_with(|| text.clone());
        }
    }
    let some = !blocks.is_empty() || !packs.is_empty();
    some.then(|| CdText { blocks, packs: packs.to_vec() })
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
