//! CD-TEXT: the descriptor has packs without their CRC.

use discconv_core::CdText;
use discconv_sector::cd_text::Pack;

/// A pack with the CRC that belongs to it.
pub(crate) fn sealed(bytes: &[u8; 16]) -> [u8; 18] {
    let mut pack = Pack([0; 18]);
    pack.0[..16].copy_from_slice(bytes);
    pack.seal();
    pack.0
}

/// The packs to write of `text`, each with its right CRC; `None` if packs cannot hold it.
pub(crate) fn packs(text: &CdText) -> Option<Vec<[u8; 18]>> {
    let packs = text.to_packs()?;
    Some(packs.iter().filter_map(|pack| pack.first_chunk()).map(sealed).collect())
}
