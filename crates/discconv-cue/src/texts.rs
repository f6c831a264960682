//! CD-TEXT: commands of the sheet, and packs of a file.

use crate::sheet::Sheet;
use crate::wire::{TEXTS, quote};
use discconv_core::{CdText, CdTextBlock, Loss, LossKind, Toc};
use discconv_sector::cd_text::Kind;

/// Bytes of a pack.
const PACK: usize = 18;

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
    let mut blocks: Vec<CdTextBlock> = CdTextBlock::from_packs(packs);
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

/// The packs to write beside a sheet, where its commands do not say everything; and what even packs cannot say.
pub(crate) fn to_write(toc: &Toc) -> (Option<Vec<[u8; PACK]>>, Option<Loss>) {
    let Some(text) = &toc.cd_text else { return (None, None) };
    if !text.packs.is_empty() {
        return (Some(text.packs.clone()), None);
    }
    let simple =
        text.blocks.len() < 2 && text.blocks.iter().all(|block| block.language == 0 && block.texts.iter().all(is_sayable));
    if simple {
        return (None, None);
    }
    match text.to_packs() {
        Some(packs) => (Some(packs), None),
        None => (None, Some(Loss::new(LossKind::CdText, 1, "CD-TEXT with letters or lengths that packs cannot hold"))),
    }
}

/// Can a command of the sheet say it?
fn is_sayable(((kind, _), text): (&(Kind, u8), &String)) -> bool {
    TEXTS.iter().any(|(_, known)| known == kind) && quote(text).is_some()
}
