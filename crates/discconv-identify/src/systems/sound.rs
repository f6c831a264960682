//! Sound, and what CD-TEXT says.

use crate::look::Look;
use crate::model::{Evidence, Fields};
use discconv_core::{CdTextKind, Lba, Result};

/// Nothing but sound, and no console's data in it.
pub(super) fn all_audio(look: &Look) -> Result<Option<Evidence>> {
    let toc = look.disc().toc();
    let sound = toc.track_count() > 0 && toc.tracks().all(|track| track.mode.is_audio());
    Ok((sound && super::consoles::jaguar(look)?.is_none()).then(|| Evidence::new("the tracks", "all of them are sound")))
}

/// Title, performer, and what else the text of the first language says of the whole disc.
pub(super) fn cd_text(look: &Look, _: Lba) -> Result<Fields> {
    let toc = look.disc().toc();
    let block = toc.cd_text.as_ref().and_then(|text| text.blocks.first());
    let get = |kind| block.and_then(|block| block.texts.get(&(kind, 0))).cloned().unwrap_or_default();
    let mut fields = Fields { title: get(CdTextKind::Title), maker: get(CdTextKind::Performer), ..Fields::default() };
    fields.tell("catalogue number", toc.mcn.as_ref().map(ToString::to_string).unwrap_or_default());
    Ok(fields)
}
