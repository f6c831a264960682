//! The boot headers of Sega's consoles, in the first sector of a data track.
//!
//! | field | Sega CD | Saturn | Dreamcast |
//! |---|---|---|---|
//! | maker | 110h, 8: `(C)SEGA` | 10h, 16 | 70h, 16 |
//! | product | 180h, 16 | 20h, 10 | 40h, 10 |
//! | version | - | 2Ah, 6 | 4Ah, 6 |
//! | date | 118h, 8: `1993.OCT` | 30h, 8 | 50h, 16 |
//! | medium | - | 38h, 8: `CD-1/2` | 25h, 11: `GD-ROM1/2` |
//! | regions | 1F0h, 16 | 40h, 10 | 30h, 8 |
//! | title | 150h, 48; Japanese 120h, 48 | 60h, 112 | 80h, 128 |
//!
//! Layout: Sega's disc format standards for the Saturn (ST-040), and for all three the decoders of Aaru, redumper and
//! rom-properties, which agree. The Sega CD's number goes on into the two bytes where a cartridge has its checksum.

use crate::look::Look;
use crate::model::Fields;
use crate::text::{self, disc_of, field, names, part};
use discconv_core::{Lba, Result};

const HEADER: usize = 0x200;

const REGIONS: &[(char, &str)] = &[
    ('J', "Japan"),
    ('U', "USA"),
    ('E', "Europe"),
    ('T', "Asia (NTSC)"),
    ('A', "Asia (PAL)"),
    ('B', "Brazil"),
    ('L', "Latin America"),
    ('K', "Korea"),
];

/// The same of a Sega CD, by letter; later discs have one hexadecimal digit instead, of these bits. `E` alone is the letter.
const SEGA_CD_LETTERS: &[(char, &str)] = &[('J', "Japan"), ('U', "USA"), ('E', "Europe")];
const SEGA_CD_BITS: [(u32, char); 3] = [(1, 'J'), (4, 'U'), (8, 'E')];

/// Where the fields of a header are: first byte and length.
struct Layout {
    maker: (usize, usize),
    product: (usize, usize),
    version: (usize, usize),
    date: (usize, usize),
    medium: (usize, usize),
    regions: (usize, usize),
    titles: [(usize, usize); 2],
}

const SEGA_CD: Layout = Layout {
    maker: (0x110, 8),
    product: (0x180, 16),
    version: (0, 0),
    date: (0x118, 8),
    medium: (0, 0),
    regions: (0x1F0, 16),
    titles: [(0x150, 48), (0x120, 48)],
};

const SATURN: Layout = Layout {
    maker: (0x10, 16),
    product: (0x20, 10),
    version: (0x2A, 6),
    date: (0x30, 8),
    medium: (0x38, 8),
    regions: (0x40, 10),
    titles: [(0x60, 112), (0, 0)],
};

const DREAMCAST: Layout = Layout {
    maker: (0x70, 16),
    product: (0x40, 10),
    version: (0x4A, 6),
    date: (0x50, 16),
    medium: (0x25, 11),
    regions: (0x30, 8),
    titles: [(0x80, 128), (0, 0)],
};

pub(super) fn sega_cd(look: &Look, base: Lba) -> Result<Fields> {
    let mut fields = read(look, base, &SEGA_CD)?;
    // Type and number are apart: `GM MK-4407 -00`.
    let (kind, number) = fields.serial.split_once(' ').unwrap_or(("", &fields.serial));
    let number = number.replace(' ', "");
    if ["GM", "AI", "OS", "BR"].contains(&kind) {
        fields.serial = number;
    }
    fields.serial = printable(&fields.serial).to_owned();
    fields.maker = fields.maker.trim_start_matches("(C)").trim_start().to_owned();
    let letters = field(&look.bytes(base, SEGA_CD.regions.0, SEGA_CD.regions.1)?);
    fields.regions = names(&sega_cd_letters(&letters), SEGA_CD_LETTERS);
    Ok(fields)
}

/// What stands before the bytes of a checksum.
fn printable(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_graphic()).next().unwrap_or_default()
}

/// The letters that a digit stands for; letters themselves stay.
fn sega_cd_letters(said: &str) -> String {
    let mut chars = said.chars();
    match (chars.next().and_then(|digit| digit.to_digit(16)), chars.next()) {
        (Some(bits), None) if said != "E" => {
            SEGA_CD_BITS.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, letter)| letter).collect()
        }
        _ => said.to_owned(),
    }
}

/// A long product number moves the version on, whose `V` tells where it begins.
pub(super) fn saturn(look: &Look, base: Lba) -> Result<Fields> {
    let mut fields = read(look, base, &SATURN)?;
    let both = field(&look.bytes(base, SATURN.product.0, SATURN.product.1 + SATURN.version.1)?);
    if let Some((product, version)) = both.rsplit_once('V')
        && product.len() > SATURN.product.1
        && version.starts_with(|c: char| c.is_ascii_digit())
    {
        (fields.serial, fields.version) = (product.trim_end().to_owned(), format!("V{version}"));
    }
    Ok(fields)
}

pub(super) fn dreamcast(look: &Look, base: Lba) -> Result<Fields> {
    read(look, base, &DREAMCAST)
}

fn read(look: &Look, base: Lba, layout: &Layout) -> Result<Fields> {
    let header = look.bytes(base, 0, HEADER)?;
    let get = |(at, len)| field(part(&header, at, len));
    let medium = get(layout.medium);
    let title = layout.titles.into_iter().map(get).find(|title| !title.is_empty());
    let mut fields = Fields {
        serial: get(layout.product),
        title: title.unwrap_or_default(),
        regions: names(&get(layout.regions), REGIONS),
        version: get(layout.version),
        maker: get(layout.maker),
        date: text::date(&get(layout.date)),
        disc: numbers(&medium),
        more: Vec::new(),
    };
    fields.tell("medium", medium);
    Ok(fields)
}

/// `1/2` at the end of `GD-ROM1/2` or `CD-1/2`.
fn numbers(medium: &str) -> Option<(u16, u16)> {
    let (before, discs) = medium.rsplit_once('/')?;
    let disc = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    disc_of(disc.parse().ok()?, discs.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discs_are_counted_in_the_medium() {
        for (medium, expected) in
            [("GD-ROM1/2", Some((1, 2))), ("CD-2/3", Some((2, 3))), ("CD-9/3", None), ("CD-", None), ("/", None)]
        {
            assert_eq!(numbers(medium), expected, "{medium}");
        }
    }

    #[test]
    fn a_digit_stands_for_several_regions() {
        for (said, expected) in
            [("JUE", "JUE"), ("4", "U"), ("F", "JUE"), ("E", "E"), ("A", "E"), ("1", "J"), ("0", ""), ("", "")]
        {
            assert_eq!(sega_cd_letters(said), expected, "{said}");
        }
    }
}
