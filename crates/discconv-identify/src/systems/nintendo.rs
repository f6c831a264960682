//! GameCube and Wii: the header of the disc, big-endian.
//!
//! | byte | length | field |
//! |---|---|---|
//! | 0 | 6 | id: console, game (2), region, maker (2) |
//! | 6, 7 | 1, 1 | disc, counted from 0; version |
//! | 18h, 1Ch | 4, 4 | marks of the Wii and the GameCube |
//! | 20h | 64 | title |
//! | 200h | 4 | `NKIT`, where a tool took out what can be made again |

use crate::look::Look;
use crate::model::Fields;
use crate::text::{disc_of, field, names, part};
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

pub(super) fn disc(look: &Look, base: Lba) -> Result<Fields> {
    let header = look.bytes(base, 0, 0x204)?;
    let [a, b, c, region, d, e, disc, version, ..] = header[..] else { return Ok(Fields::default()) };
    let id = [a, b, c, region, d, e];
    let mut fields = Fields {
        serial: if id.iter().all(u8::is_ascii_alphanumeric) { field(&id) } else { String::new() },
        title: field(part(&header, 0x20, 64)),
        regions: names(&char::from(region).to_string(), REGIONS),
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
