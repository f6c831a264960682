//! CD-TEXT as it comes back.

use discconv_core::{CdText, CdTextBlock};

/// What `packs` say.
///
/// Packs that are no more than what [`CdText::to_packs`] makes of strings in no language are those strings again: so the texts of a
/// sheet come back as they went in.
pub(crate) fn read(packs: &[[u8; 18]]) -> Option<CdText> {
    if packs.is_empty() {
        return None;
    }
    let text = CdText { blocks: CdTextBlock::from_packs(packs), packs: Vec::new() };
    let plain = text.blocks.len() == 1 && text.blocks[0].language == 0 && text.to_packs().is_some_and(|made| made == packs);
    Some(if plain { text } else { CdText { packs: packs.to_vec(), ..text } })
}

/// Do `read` texts say all that `wanted` says?
pub(crate) fn say(read: Option<&CdText>, wanted: &CdText) -> bool {
    let found = read.map_or(&[][..], |text| &text.blocks);
    wanted.blocks.iter().enumerate().all(|(index, block)| match found.get(index) {
        Some(found) => found.language == block.language && found.texts == block.texts,
        None => block.texts.is_empty(),
    })
}
