//! GameCube and Wii: the header of the disc, big-endian.
//!
//! | byte | length | field |
//! |---|---|---|
//! | 0 | 6 | id: console, game (2), region, maker (2) |
//! | 6, 7 | 1, 1 | disc, counted from 0; version |
//! | 18h, 1Ch | 4, 4 | marks of the Wii and the GameCube |
//! | 20h | 64 | title |
//! | 200h | 4 | `NKIT`, where a tool took out what can be made again |
//! | 458h | 4 | GameCube: the region that the console asks for |
//! | 4E000h | 4 | the same of the Wii |
//!
//! Layout and codes: rom-properties, whose letters are Dolphin's; redumper for the header.

use crate::look::Look;
use crate::model::Fields;
use crate::text::{be, disc_of, field, names, part};
use discconv_core::{Lba, Result};

const REGIONS: &[(char, &str)] = &[
    ('E', "USA"),
    ('N', "USA"),
    ('J', "Japan"),
    ('P', "Europe"),
    ('L', "Europe"),
    ('M', "Europe"),
    ('X', "Europe"),
    ('Y', "Europe"),
    ('D', "Germany"),
    ('F', "France"),
    ('I', "Italy"),
    ('S', "Spain"),
    ('H', "Netherlands"),
    ('U', "Australia"),
    ('R', "Russia"),
    ('K', "Korea"),
    ('Q', "Korea"),
    ('T', "Korea"),
    ('W', "Taiwan"),
    ('C', "China"),
];

/// Where the console's own code of the region is.
const GAMECUBE_REGION: usize = 0x458;
const WII_REGION: usize = 0x4_E000;

pub(super) fn gamecube(look: &Look, base: Lba) -> Result<Fields> {
    disc(look, base, GAMECUBE_REGION)
}

pub(super) fn wii(look: &Look, base: Lba) -> Result<Fields> {
    disc(look, base, WII_REGION)
}

/// The code decides; the letter of the id tells a country of Europe apart. 0 is Japan, but also what nobody filled in.
fn regions(code: u64, letter: char) -> Vec<String> {
    let by_letter = names(&letter.to_string(), REGIONS);
    let named = match code {
        1 => "USA",
        2 if "DFISHURPLMXY".contains(letter) => return by_letter,
        2 => "Europe",
        3 => "all",
        4 => "Korea",
        5 => "China",
        6 => "Taiwan",
        _ => return by_letter,
    };
    vec![named.to_owned()]
}

fn disc(look: &Look, base: Lba, region_at: usize) -> Result<Fields> {
    let header = look.bytes(base, 0, 0x204)?;
    let [a, b, c, region, d, e, disc, version, ..] = header[..] else { return Ok(Fields::default()) };
    let id = [a, b, c, region, d, e];
    let mut fields = Fields {
        serial: if id.iter().all(u8::is_ascii_alphanumeric) { field(&id) } else { String::new() },
        title: field(part(&header, 0x20, 64)),
        regions: regions(be(&look.bytes(base, region_at, 4)?, 0, 4), char::from(region)),
        version: format!("1.{version:02}"),
        maker: field(&id[4..]),
        disc: disc_of(u64::from(disc) + 1, 0),
        ..Fields::default()
    };
    if part(&header, 0x200, 4) == b"NKIT" {
        fields.tell("form", "NKit: padding was taken out, so that this is not the whole disc");
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_decides_and_the_letter_tells_more() {
        for (code, letter, expected) in [
            (0, 'J', "Japan"),
            (0, 'E', "USA"),
            (1, 'J', "USA"),
            (2, 'D', "Germany"),
            (2, 'E', "Europe"),
            (3, 'E', "all"),
            (4, 'K', "Korea"),
            (99, 'P', "Europe"),
        ] {
            assert_eq!(regions(code, letter), [expected], "{code} {letter}");
        }
        assert!(regions(0, '?').is_empty());
    }
}
