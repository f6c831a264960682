//! The discs in a file: where each begins.

use crate::sfo;
use crate::wire::{
    AGAIN, DISC, MOST_DISCS, PBP, PBP_HEADER, PGD, PLACES, PSP_GAME, PbpHeader, Section, TITLE, parse, read, word,
};
use discconv_core::{At, Error, ReadAt, Result};

/// What the file says of itself, and where its discs are.
pub(crate) struct Psar {
    /// Where each disc begins in the file.
    pub(crate) discs: Vec<u64>,
    /// What the menu is told.
    pub(crate) title: Option<String>,
    pub(crate) number: Option<String>,
    /// The picture of the menu, as its file's bytes.
    pub(crate) icon: Option<Vec<u8>>,
}

/// Where the header says where `DATA.PSAR` begins.
const PSAR_AT: u64 = 0x24;
/// Bytes of a picture that is kept, at most.
const MOST_ICON: u64 = 4 << 20;

/// Read headers and places.
///
/// # Errors
/// [`Error::Malformed`] for what is no PBP, or cut before its discs; [`Error::Unsupported`] for what is encrypted, and for
/// programs of the PSP.
pub(crate) fn read_psar(source: &dyn ReadAt) -> Result<Psar> {
    let header = header(source)?;
    let at = u64::from(header.offsets[Section::Psar as usize]);
    if at < PBP_HEADER as u64 {
        let (found, expected) =
            (format!("DATA.PSAR at byte {at:#X}"), format!("byte {PBP_HEADER:#X} or later, behind the header"));
        return Err(Error::malformed(source.name(), At::Byte(PSAR_AT), found, expected).with_hint(AGAIN));
    }
    if at > source.len() {
        let expected = format!("DATA.PSAR from byte {at:#X} on");
        return Err(Error::malformed(source.name(), At::Byte(source.len()), "the end of the file", expected).with_hint(AGAIN));
    }
    let discs = places(source, at)?;
    let sfo = section(source, &header, Section::Sfo, sfo::MOST_BYTES)?.unwrap_or_default();
    let icon = section(source, &header, Section::Icon, MOST_ICON)?.filter(|icon| !icon.is_empty());
    let (title, number) = (sfo::find(&sfo, sfo::KEY_TITLE), sfo::find(&sfo, sfo::KEY_NUMBER));
    Ok(Psar { discs, title, number, icon })
}

fn header(source: &dyn ReadAt) -> Result<PbpHeader> {
    let there = usize::try_from(source.len()).unwrap_or(PBP.len()).min(PBP.len());
    let magic = read(source, 0, there, "the signature")?;
    if magic != PBP {
        let found = format!("'{}'", magic.escape_ascii());
        return Err(Error::malformed(source.name(), At::Byte(0), found, format!("'{}'", PBP.escape_ascii()))
            .with_hint("its name says otherwise; without --from it is read as what it is"));
    }
    let bytes = read(source, 0, PBP_HEADER, "the header")?;
    parse(&bytes).ok_or_else(|| Error::malformed(source.name(), At::Byte(0), "no header", "the header of a PBP"))
}

/// A part of the file, which ends where the next begins; `None` where it is longer than `most`, or its places lie.
fn section(source: &dyn ReadAt, header: &PbpHeader, section: Section, most: u64) -> Result<Option<Vec<u8>>> {
    let [start, end] =
        [section as usize, section as usize + 1].map(|place| header.offsets.get(place).map_or(0, |at| u64::from(*at)));
    let len = end.saturating_sub(start);
    if start < PBP_HEADER as u64 || start.max(end) > source.len() || len > most {
        return Ok(None);
    }
    read(source, start, usize::try_from(len).unwrap_or(0), "a part").map(Some)
}

/// Where the discs of the `DATA.PSAR` at `at` begin.
fn places(source: &dyn ReadAt, at: u64) -> Result<Vec<u64>> {
    let there = usize::try_from(source.len() - at).unwrap_or(TITLE.len()).min(TITLE.len());
    let magic = read(source, at, there, "DATA.PSAR")?;
    if magic.starts_with(DISC) {
        return Ok(vec![at]);
    }
    if magic != TITLE {
        return Err(no_disc(source, at, &magic));
    }
    let bytes = read(source, at + PLACES, usize::from(MOST_DISCS) * 4, "the places of the discs")?;
    if bytes.starts_with(PGD) {
        return Err(encrypted(source, at + PLACES));
    }
    let told: Vec<u32> =
        (0..usize::from(MOST_DISCS)).filter_map(|disc| word(&bytes, disc * 4)).take_while(|at| *at != 0).collect();
    if told.is_empty() {
        let expected = "the place of at least one disc";
        return Err(Error::malformed(source.name(), At::Byte(at + PLACES), "no disc", expected).with_hint(AGAIN));
    }
    Ok(told.into_iter().map(|place| at + u64::from(place)).collect())
}

/// What is in a PBP without a disc of a PlayStation.
fn no_disc(source: &dyn ReadAt, at: u64, magic: &[u8]) -> Error {
    let (what, hint) = if magic.starts_with(PSP_GAME) {
        (
            "it is a game for the PSP from the official shop, encrypted, and no PlayStation disc",
            "it has no disc that could be read",
        )
    } else if magic.starts_with(PGD) {
        return encrypted(source, at);
    } else {
        ("it is a program for the PSP, with no PlayStation disc in it", "PlayStation games have PSISOIMG0000 in their DATA.PSAR")
    };
    Error::unsupported(source.name(), At::Byte(at), what).with_hint(hint)
}

/// What the official shop sells.
pub(crate) fn encrypted(source: &dyn ReadAt, at: u64) -> Error {
    let what = "the disc is encrypted (PGD), as the official shop sells it, its sound coded as ATRAC3; that is not read";
    Error::unsupported(source.name(), At::Byte(at), what)
        .with_hint("dump the disc itself, or unpack the file with a program of that purpose first")
}
