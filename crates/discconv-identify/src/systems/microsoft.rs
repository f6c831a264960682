//! Xbox and Xbox 360: the headers of the program that a disc starts.
//!
//! | XBE, little-endian | field | XEX2, big-endian | field |
//! |---|---|---|---|
//! | 104h | address to which it is loaded | 10h | place of what protects it; in that 178h: regions |
//! | 118h | address of the certificate; in that: | 14h, 18h | entries, and the table: key, place |
//! | 8 | title id | 40006h | key of what follows: media id |
//! | Ch | title, 80 bytes of UTF-16 | 4 | version: 4 bits, 4, 16, 8 |
//! | A0h, A8h, ACh | regions, disc from 0, version | Ch, 12h, 13h | title id, disc, discs |
//!
//! Layout: rom-properties and the magic of `file`, which agree.

use super::rules::XBOX_KINDS;
use crate::look::Look;
use crate::model::{Evidence, Fields};
use crate::text::{be, disc_of, le, part, utf16};
use discconv_core::{Lba, Result};

/// Bytes of a program that are read: both kinds of header are at its beginning.
const HEADER: usize = 64 << 10;
/// Length of the certificate of an XBE, as far as it is read.
const CERTIFICATE: usize = 0xB0;
/// Entries of the table of an XEX that are looked at.
const MOST_ENTRIES: u64 = 128;
/// The key of the entry about execution: media id, version, base version, title id, ..., disc, discs.
const EXECUTION: u64 = 0x0004_0006;

/// The regions of an XEX: from the place of what protects it on, and which bits are whose.
const XEX_REGIONS_AT: usize = 0x178;
const XEX_REGIONS: &[(u64, &str)] = &[
    (0x0000_00FF, "USA"),
    (0x0000_0100, "Japan"),
    (0x0000_0200, "China"),
    (0x0000_FC00, "Asia"),
    (0x00FE_0000, "Europe"),
    (0x0001_0000, "Australia and New Zealand"),
    (0xFF00_0000, "others"),
];
const ALL_REGIONS: u64 = 0xFFFF_FFFF;

const REGIONS: &[(u64, &str)] = &[(1, "USA"), (2, "Japan"), (4, "Europe and others"), (0x8000_0000, "manufacturing")];

/// The mark of a game partition, where nothing says that it is for the Xbox 360: a partition alone is not enough to tell.
pub(super) fn partition(look: &Look) -> Result<Option<Evidence>> {
    Ok(if look.has("default.xex")? { None } else { look.mark("Xbox").map(|(_, evidence)| evidence) })
}

/// A volume of the Xbox's file system, likewise.
pub(super) fn volume(look: &Look) -> Result<Option<Evidence>> {
    if look.has("default.xex")? || look.has("default.xbe")? {
        return Ok(None);
    }
    Ok(look.volume(XBOX_KINDS).map(|system| Evidence::new(format!("LBA {}", system.about().start / 2048), "a volume of XDVDFS")))
}

/// Two letters and a number of so many digits, as they are printed on the box: 3 on the Xbox, 4 on the Xbox 360.
fn title_id(id: u64, digits: usize) -> String {
    let letters = [24, 16].map(|shift| u8::try_from(id >> shift & 0xFF).unwrap_or(0));
    if letters.iter().all(u8::is_ascii_alphanumeric) {
        return format!("{}{}-{:0digits$}", char::from(letters[0]), char::from(letters[1]), id & 0xFFFF);
    }
    format!("{id:08X}")
}

/// `XBEH`: the certificate is where the header says, counted from the address to which the program is loaded.
pub(super) fn xbe(look: &Look, _: Lba) -> Result<Fields> {
    let bytes = look.file("default.xbe", HEADER)?.unwrap_or_default();
    Ok(of_xbe(&bytes))
}

fn of_xbe(bytes: &[u8]) -> Fields {
    let mut fields = Fields::default();
    let place = le(bytes, 0x118, 4).checked_sub(le(bytes, 0x104, 4)).and_then(|at| usize::try_from(at).ok());
    let certificate = place.map_or(&[][..], |at| part(bytes, at, CERTIFICATE));
    if !bytes.starts_with(b"XBEH") || certificate.is_empty() {
        return fields;
    }
    let id = le(certificate, 8, 4);
    let regions = le(certificate, 0xA0, 4);
    fields.serial = title_id(id, 3);
    fields.title = utf16(part(certificate, 0xC, 80));
    fields.regions = REGIONS.iter().filter(|(bit, _)| regions & bit != 0).map(|(_, name)| (*name).to_owned()).collect();
    fields.version = le(certificate, 0xAC, 4).to_string();
    fields.disc = disc_of(le(certificate, 0xA8, 4) + 1, 0);
    fields.tell("title id", format!("{id:08X}"));
    fields
}

/// `XEX2`, big-endian: a table of headers behind the first 24 bytes.
pub(super) fn xex(look: &Look, _: Lba) -> Result<Fields> {
    let bytes = look.file("default.xex", HEADER)?.unwrap_or_default();
    Ok(of_xex(&bytes))
}

fn of_xex(bytes: &[u8]) -> Fields {
    let mut fields = Fields::default();
    if !bytes.starts_with(b"XEX2") {
        return fields;
    }
    let entries = (0..be(bytes, 0x14, 4).min(MOST_ENTRIES)).filter_map(|number| usize::try_from(number).ok());
    let mut places = entries.map(|number| (be(bytes, 0x18 + 8 * number, 4), be(bytes, 0x1C + 8 * number, 4)));
    let place = places.find(|(key, _)| *key == EXECUTION).and_then(|(_, at)| usize::try_from(at).ok());
    let about = place.map_or(&[][..], |at| part(bytes, at, 24));
    if about.is_empty() {
        return fields;
    }
    let (version, id) = (be(about, 4, 4), be(about, 12, 4));
    fields.serial = title_id(id, 4);
    fields.regions = xex_regions(bytes);
    fields.version = format!("{}.{}.{}.{}", version >> 28, version >> 24 & 15, version >> 8 & 0xFFFF, version & 0xFF);
    fields.disc = disc_of(be(about, 18, 1), be(about, 19, 1));
    fields.tell("title id", format!("{id:08X}"));
    fields.tell("media id", format!("{:08X}", be(about, 0, 4)));
    fields
}

fn xex_regions(bytes: &[u8]) -> Vec<String> {
    let at = usize::try_from(be(bytes, 0x10, 4)).ok().and_then(|at| at.checked_add(XEX_REGIONS_AT));
    match at.map_or(0, |at| be(bytes, at, 4)) {
        ALL_REGIONS => vec!["all".to_owned()],
        said => XEX_REGIONS.iter().filter(|(bits, _)| said & bits != 0).map(|(_, name)| (*name).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xbe_bytes() -> Vec<u8> {
        let mut bytes = vec![0; 0x300];
        bytes[..4].copy_from_slice(b"XBEH");
        bytes[0x104..0x108].copy_from_slice(&0x1_0000_u32.to_le_bytes());
        bytes[0x118..0x11C].copy_from_slice(&0x1_0180_u32.to_le_bytes());
        bytes[0x188..0x18C].copy_from_slice(&0x4D53_004A_u32.to_le_bytes());
        for (place, unit) in bytes[0x18C..0x1DC].chunks_exact_mut(2).zip("Game".encode_utf16()) {
            place.copy_from_slice(&unit.to_le_bytes());
        }
        bytes[0x180 + 0xA0] = 5;
        bytes
    }

    fn xex_bytes() -> Vec<u8> {
        let mut bytes = vec![0; 0x80];
        bytes[..4].copy_from_slice(b"XEX2");
        bytes[0x17] = 2;
        bytes[0x18..0x20].copy_from_slice(&[0, 0, 3, 0xFF, 0, 0, 0, 0]);
        bytes[0x20..0x28].copy_from_slice(&[0, 4, 0, 6, 0, 0, 0, 0x40]);
        bytes[0x40..0x58].copy_from_slice(&[
            0xAA, 0xBB, 0xCC, 0xDD, 0x20, 0x01, 0x02, 0x03, 0, 0, 0, 0, b'M', b'S', 7, 0xD1, 0, 0, 1, 2, 0, 0, 0, 0,
        ]);
        bytes[0x13] = 0x60;
        bytes.resize(0x1E0, 0);
        bytes[0x60 + 0x178..][..4].copy_from_slice(&[0, 0xFE, 0, 0xFF]);
        bytes
    }

    #[test]
    fn a_certificate_says_title_and_regions() {
        let fields = of_xbe(&xbe_bytes());
        assert_eq!((fields.serial.as_str(), fields.title.as_str(), fields.disc), ("MS-074", "Game", Some((1, 0))));
        assert_eq!(fields.regions, ["USA", "Europe and others"]);
    }

    #[test]
    fn an_execution_header_says_id_version_and_discs() {
        let fields = of_xex(&xex_bytes());
        assert_eq!((fields.serial.as_str(), fields.version.as_str(), fields.disc), ("MS-2001", "2.0.258.3", Some((1, 2))));
        assert_eq!(fields.regions, ["USA", "Europe"]);
        assert_eq!((title_id(0x4D53_0007, 4).as_str(), title_id(0x4D53_0007, 3).as_str()), ("MS-0007", "MS-007"));
        let mut everywhere = xex_bytes();
        everywhere[0x60 + 0x178..][..4].fill(0xFF);
        assert_eq!(of_xex(&everywhere).regions, ["all"]);
    }

    #[test]
    fn places_outside_the_file_tell_nothing() {
        let (xbe, xex) = (xbe_bytes(), xex_bytes());
        for len in 0..xbe.len() {
            let _ = of_xbe(&xbe[..len]);
        }
        for len in 0..xex.len() {
            let _ = of_xex(&xex[..len]);
        }
        for at in [0x104, 0x118] {
            let mut lie = xbe.clone();
            lie[at..at + 4].fill(0xFF);
            assert_eq!(of_xbe(&lie), Fields::default());
        }
        let mut lie = xex;
        lie[0x14..0x18].fill(0xFF);
        lie[0x24..0x28].fill(0xFF);
        assert_eq!(of_xex(&lie), Fields::default());
    }
}
