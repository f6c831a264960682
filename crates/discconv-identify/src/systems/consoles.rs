//! Consoles whose discs have a header of their own, and those that are known by their files or their sound.
//!
//! Layout: what RetroAchievements hashes of a PC Engine's disc and looks for on a Jaguar's; Aaru for the PC-FX and the 3DO.

use crate::look::{Look, forgive};
use crate::model::{Evidence, Fields};
use crate::text::{self, disc_of, field, le, part};
use discconv_core::{Form, Lba, Result, Scratch};
use discconv_sector::RAW;

/// Sector 1 of the data track: the title behind mark and copyright.
pub(super) fn pc_engine(look: &Look, base: Lba) -> Result<Fields> {
    let bytes = look.bytes(base + 1, 0x6A, 22)?;
    Ok(Fields { title: field(&bytes), ..Fields::default() })
}

/// Sector 1: title (32 bytes), four numbers, maker's id (4) and name (60), volume (4), version (2), country (2), date (8).
pub(super) fn pc_fx(look: &Look, base: Lba) -> Result<Fields> {
    let bytes = look.bytes(base + 1, 0, 0x80)?;
    let mut fields = Fields {
        title: field(part(&bytes, 0, 32)),
        maker: field(part(&bytes, 0x34, 60)),
        date: text::date(&field(part(&bytes, 0x78, 8))),
        ..Fields::default()
    };
    fields.tell("maker's id", field(part(&bytes, 0x30, 4)));
    fields.disc = disc_of(le(&bytes, 0x70, 4), 0);
    Ok(fields)
}

/// The label at byte 28h of the first sector; nothing more is said.
pub(super) fn three_do(look: &Look, base: Lba) -> Result<Fields> {
    let bytes = look.bytes(base, 0x28, 36)?;
    let mut fields = Fields { title: field(part(&bytes, 0, 32)), ..Fields::default() };
    fields.tell("volume id", format!("{:08X}", crate::text::be(&bytes, 32, 4)));
    Ok(fields)
}

/// `IPL.TXT`, and one of the files that all discs have beside it.
pub(super) fn neo_geo(look: &Look) -> Result<Option<Evidence>> {
    if !look.has("IPL.TXT")? {
        return Ok(None);
    }
    for beside in ["ABS.TXT", "BIB.TXT", "CPY.TXT"] {
        if look.has(beside)? {
            return Ok(Some(Evidence::new("IPL.TXT", format!("the file, and {beside}"))));
        }
    }
    Ok(None)
}

/// What the first track of a Jaguar's second session begins with, as it is and with the bytes of each sample swapped.
const ATARI: [&[u8]; 2] = [b"ATARI APPROVED DATA HEADER ATRI", b"TARA IPARPVODED TA AEHDAREA RT"];
/// Sectors in which it is looked for.
const WITHIN: usize = 8;

pub(super) fn jaguar(look: &Look) -> Result<Option<Evidence>> {
    let toc = look.disc().toc();
    let second = toc.sessions.get(1).and_then(|session| session.tracks.first());
    let Some(track) = second.filter(|_| toc.tracks().all(|track| track.mode.is_audio())) else { return Ok(None) };
    let sectors = WITHIN.min(usize::try_from(track.sectors()).unwrap_or(0));
    let mut bytes = vec![0; sectors * RAW];
    let read = look.disc().read_sectors(track.start(), &Form::RAW, &mut Scratch::default(), &mut bytes);
    if forgive(read)?.is_none() {
        return Ok(None);
    }
    let found = ATARI.iter().any(|mark| bytes.windows(mark.len()).any(|window| window == *mark));
    Ok(found.then(|| Evidence::new(format!("LBA {}", track.start()), "the data header that Atari approved")))
}
