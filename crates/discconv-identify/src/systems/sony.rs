//! PSP, UMD Video and PlayStation 3.
//!
//! Sources: psdevwiki for `PS3_DISC.SFB`; redumper for it and what to read of a PlayStation 3's disc.

use super::sfo;
use crate::look::Look;
use crate::model::{Evidence, Fields};
use crate::text::{self, be, disc_of, part};
use discconv_core::{Lba, Result};

/// The third letter of a game's id tells its region: of `ULUS` and `BLES`.
const REGIONS: &[(char, &str)] = &[('U', "USA"), ('E', "Europe"), ('J', "Japan"), ('K', "Korea"), ('A', "Asia")];

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
    if serial.contains('-') { text::names(letter, REGIONS) } else { Vec::new() }
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

/// Bytes of `PS3_DISC.SFB` that are read, and its fields.
const DESCRIPTOR: usize = 0x600;
const DESCRIPTOR_FIELDS: usize = 15;

/// `PS3_DISC.SFB`, big-endian: `.SFB`, then from byte 20h on fields of 32 bytes: name (16), place (4), length (4).
pub(super) fn ps3_descriptor(look: &Look, _: Lba) -> Result<Fields> {
    Ok(of_descriptor(&look.file("PS3_DISC.SFB", DESCRIPTOR)?.unwrap_or_default()))
}

fn of_descriptor(bytes: &[u8]) -> Fields {
    if !bytes.starts_with(b".SFB") {
        return Fields::default();
    }
    let get = |wanted: &str| {
        let mut fields = (1..=DESCRIPTOR_FIELDS).map(|number| part(bytes, 32 * number, 32));
        let field = fields.find(|field| text::utf8(part(field, 0, 16)) == wanted)?;
        let (at, len) = (usize::try_from(be(field, 16, 4)).ok()?, usize::try_from(be(field, 20, 4)).ok()?);
        Some(text::utf8(part(bytes, at, len)))
    };
    let serial = get("TITLE_ID").unwrap_or_default();
    Fields { regions: regions(&serial), serial, version: get("VERSION").unwrap_or_default(), ..Fields::default() }
}

/// LBA 1: `PlayStation3`, then the id at byte 16.
pub(super) fn ps3_header(look: &Look, base: Lba) -> Result<Fields> {
    let serial = text::utf8(&look.bytes(base + 1, 16, 32)?);
    Ok(Fields { regions: regions(&serial), serial, ..Fields::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor() -> Vec<u8> {
        let mut bytes = vec![0; 0x600];
        bytes[..4].copy_from_slice(b".SFB");
        bytes[0x20..0x38].copy_from_slice(b"HYBRID_FLAG\0\0\0\0\0\0\0\x02\0\0\0\0\x20");
        bytes[0x40..0x58].copy_from_slice(b"TITLE_ID\0\0\0\0\0\0\0\0\0\0\x02\x20\0\0\0\x10");
        bytes[0x200..0x202].copy_from_slice(b"gu");
        bytes[0x220..0x22A].copy_from_slice(b"BLJM-60001");
        bytes
    }

    #[test]
    fn a_descriptor_says_the_id() {
        let fields = of_descriptor(&descriptor());
        assert_eq!(
            (fields.serial.as_str(), fields.version.as_str(), fields.regions.join("")),
            ("BLJM-60001", "", "Japan".to_owned())
        );
    }

    #[test]
    fn a_descriptor_that_lies_says_nothing() {
        let mut lie = descriptor();
        lie[0x50..0x58].fill(0xFF);
        assert_eq!(of_descriptor(&lie), Fields::default());
        for len in 0..0x240 {
            let _ = of_descriptor(&descriptor()[..len]);
        }
    }
}
