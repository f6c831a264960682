//! CD-TEXT as it comes back: the descriptor has packs without their CRC.

use discconv_core::{CdText, CdTextBlock};
use discconv_sector::cd_text::Pack;

/// A pack with the CRC that belongs to it.
pub(crate) fn sealed(bytes: &[u8; 16]) -> [u8; 18] {
    let mut pack = Pack([0; 18]);
    pack.0[..16].copy_from_slice(bytes);
    pack.seal();
    pack.0
}

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

/// The packs to write of `text`, each with its right CRC; `None` if packs cannot hold it.
pub(crate) fn packs(text: &CdText) -> Option<Vec<[u8; 18]>> {
    let packs = text.to_packs()?;
    Some(packs.iter().filter_map(|pack| pack.first_chunk()).map(sealed).collect())
}

/// Do `read` texts say all that `wanted` says?
pub(crate) fn say(read: Option<&CdText>, wanted: &CdText) -> bool {
    let found = read.map_or(&[][..], |text| &text.blocks);
    wanted.blocks.iter().enumerate().all(|(index, block)| match found.get(index) {
        Some(found) => found.language == block.language && found.texts == block.texts,
        None => block.texts.is_empty(),
    })
}
