//! PSP, UMD Video and PlayStation 3.

use super::sfo;
use crate::look::Look;
use crate::model::{Evidence, Fields};
use crate::text::{self, disc_of};
use discconv_core::{Lba, Result};

/// The fourth letter of a game's id tells its region.
const PSP_REGIONS: &[(char, &str)] =
    &[('U', "USA"), ('E', "Europe"), ('J', "Japan"), ('K', "Korea"), ('A', "Asia"), ('H', "Asia")];

/// `ULUS-10041` of `ULUS10041`.
fn hyphenated(id: &str) -> String {
    let plain = id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { format!("{}-{}", &id[..4], &id[4..]) } else { id.to_owned() }
}

/// What the table in that file says.
fn parameters(look: &Look, path: &str) -> Result<Fields> {
    let bytes = look.file(path, sfo::MOST_BYTES)?.unwrap_or_default();
    let pairs = sfo::read(&bytes);
    let get = |key: &str| pairs.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value.as_str());
    let first = |keys: [&str; 2]| keys.into_iter().map(get).find(|value| !value.is_empty()).unwrap_or_default();
    let serial = hyphenated(first(["DISC_ID", "TITLE_ID"]));
    let mut fields = Fields {
        regions: regions(&serial),
        serial,
        title: get("TITLE").to_owned(),
        version: first(["DISC_VERSION", "VERSION"]).to_owned(),
        disc: disc_of(get("DISC_NUMBER").parse().unwrap_or(0), get("DISC_TOTAL").parse().unwrap_or(0)),
        ..Fields::default()
    };
    fields.tell("firmware", first(["PSP_SYSTEM_VER", "PS3_SYSTEM_VER"]));
    fields.tell("category", get("CATEGORY"));
    Ok(fields)
}

fn regions(serial: &str) -> Vec<String> {
    let letter = serial.get(2..3).unwrap_or_default();
    if serial.contains('-') { text::names(letter, PSP_REGIONS) } else { Vec::new() }
}

pub(super) fn psp(look: &Look, base: Lba) -> Result<Fields> {
    let mut fields = parameters(look, "PSP_GAME/PARAM.SFO")?;
    fields.complete(umd_data(look, base)?);
    Ok(fields)
}

pub(super) fn film(look: &Look, base: Lba) -> Result<Fields> {
    let mut fields = parameters(look, "UMD_VIDEO/PARAM.SFO")?;
    fields.complete(umd_data(look, base)?);
    Ok(fields)
}

pub(super) fn ps3(look: &Look, _: Lba) -> Result<Fields> {
    parameters(look, "PS3_GAME/PARAM.SFO")
}

/// A volume for games, or one whose `UMD_DATA.BIN` is that of a game.
pub(super) fn is_game(look: &Look) -> Result<Option<Evidence>> {
    let data = || {
        Ok(if look.has("PSP_GAME")? && look.has("UMD_DATA.BIN")? {
            Some(Evidence::new("UMD_DATA.BIN", "the file"))
        } else {
            None
        })
    };
    match super::volume(look, "PSP GAME") {
        Some(evidence) => Ok(Some(evidence)),
        None => data(),
    }
}

/// `ULUS-10041|...|0001|G|`: the id comes first.
pub(super) fn umd_data(look: &Look, _: Lba) -> Result<Fields> {
    let bytes = look.file("UMD_DATA.BIN", 64)?.unwrap_or_default();
    let text = text::field(&bytes);
    let serial = text.split('|').next().filter(|_| text.contains('|')).unwrap_or_default().trim().to_owned();
    Ok(Fields { regions: regions(&serial), serial, ..Fields::default() })
}

/// LBA 1: `PlayStation3`, then the id at byte 16.
pub(super) fn ps3_header(look: &Look, base: Lba) -> Result<Fields> {
    let serial = text::utf8(&look.bytes(base + 1, 16, 32)?);
    Ok(Fields { regions: regions(&serial), serial, ..Fields::default() })
}
