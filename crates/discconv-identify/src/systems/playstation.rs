//! PlayStation and PlayStation 2: `SYSTEM.CNF`, the licence text, `PSX.EXE`.
//!
//! Sources: psx-spx for the licence text and most beginnings of serials; redumper for these of the discs that Redump lists. It
//! counts `SCAJ` and `SLAJ` among Japan's; they are those of the discs that were sold in the rest of Asia.

use crate::look::Look;
use crate::model::{Evidence, Fields};
use crate::text;
use discconv_core::{Lba, Result};

/// `SYSTEM.CNF` has a few lines.
const CONFIGURATION_BYTES: usize = 4096;
/// The sector of the licence text, and the bytes of it that name the region.
const LICENCE: i32 = 4;
const LICENCE_BYTES: usize = 0x80;

/// The beginning of a serial, and whose discs have it. `PBPX` and `DTL` are not here: they were used for several regions.
const REGIONS: &[(&str, &str)] = &[
    ("SLUS", "USA"),
    ("SCUS", "USA"),
    ("LSP", "USA"),
    ("PUPX", "USA"),
    ("SLES", "Europe"),
    ("SCES", "Europe"),
    ("SLED", "Europe"),
    ("SCED", "Europe"),
    ("TCES", "Europe"),
    ("PEPX", "Europe"),
    ("SLPS", "Japan"),
    ("SLPM", "Japan"),
    ("SCPS", "Japan"),
    ("SCPM", "Japan"),
    ("SCPN", "Japan"),
    ("SCZS", "Japan"),
    ("SRPM", "Japan"),
    ("SIPS", "Japan"),
    ("ESPM", "Japan"),
    ("PAPX", "Japan"),
    ("PCPX", "Japan"),
    ("PDPX", "Japan"),
    ("PSXC", "Japan"),
    ("SCAJ", "Asia"),
    ("SLAJ", "Asia"),
    ("SCCS", "China"),
    ("SLKA", "Korea"),
    ("SCKA", "Korea"),
];

/// Words of the licence text.
const LICENSORS: &[(&str, &str)] = &[("America", "USA"), ("Europe", "Europe"), ("Inc.", "Japan")];

/// A line `KEY = value` of `SYSTEM.CNF`; blanks around both vary, and so does case.
fn line<'a>(configuration: &'a str, key: &str) -> Option<&'a str> {
    let mut pairs = configuration.lines().filter_map(|line| line.split_once('='));
    pairs.find(|(left, _)| left.trim().eq_ignore_ascii_case(key)).map(|(_, right)| right.trim())
}

fn configuration(look: &Look) -> Result<Option<String>> {
    let bytes = look.file("SYSTEM.CNF", CONFIGURATION_BYTES)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', "")))
}

fn boots(look: &Look, key: &str) -> Result<Option<Evidence>> {
    let configuration = configuration(look)?;
    Ok(configuration
        .as_deref()
        .and_then(|text| line(text, key))
        .map(|said| Evidence::new("SYSTEM.CNF", format!("{key} = {said}"))))
}

pub(super) fn boots_ps2(look: &Look) -> Result<Option<Evidence>> {
    boots(look, "BOOT2")
}

/// `BOOT`, or the program that is started where nothing is said.
pub(super) fn boots_psx(look: &Look) -> Result<Option<Evidence>> {
    if let Some(evidence) = boots(look, "BOOT")? {
        return Ok(Some(evidence));
    }
    let head = look.file("PSX.EXE", 8)?;
    Ok(head.filter(|head| head.as_slice() == b"PS-X EXE").map(|_| Evidence::new("PSX.EXE", "a program for the PlayStation")))
}

/// The volume's system identifier, where nothing says that it is for the PlayStation 2.
pub(super) fn volume(look: &Look) -> Result<Option<Evidence>> {
    let named = super::volume(look, "PLAYSTATION");
    Ok(if boots_ps2(look)?.is_some() { None } else { named })
}

pub(super) fn psx(look: &Look, _: Lba) -> Result<Fields> {
    told(look, "BOOT")
}

pub(super) fn ps2(look: &Look, _: Lba) -> Result<Fields> {
    told(look, "BOOT2")
}

fn told(look: &Look, key: &str) -> Result<Fields> {
    let Some(configuration) = configuration(look)? else { return Ok(Fields::default()) };
    let mut fields = Fields::default();
    let boot = line(&configuration, key).unwrap_or_default();
    fields.serial = serial(boot).unwrap_or_default();
    fields.regions = region(&fields.serial).into_iter().collect();
    fields.version = line(&configuration, "VER").unwrap_or_default().to_owned();
    fields.tell("starts", text::field(boot.as_bytes()));
    fields.tell("video", line(&configuration, "VMODE").unwrap_or_default());
    Ok(fields)
}

/// `SLUS-00404` of `cdrom:\SLUS_004.04;1`: letters, then digits around a dot. Most have four and five, some other numbers of them.
fn serial(boot: &str) -> Option<String> {
    let program = boot.split([' ', '\t']).next()?;
    let name = program.rsplit(['\\', '/', ':']).next()?.split(';').next()?;
    let letters: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = name.get(letters.len()..)?;
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let plain = rest.chars().all(|c| c.is_ascii_digit() || "_-.".contains(c));
    let fits = (3..=5).contains(&letters.len()) && (5..=9).contains(&digits.len()) && plain && rest.contains('.');
    fits.then(|| format!("{}-{digits}", letters.to_uppercase()))
}

fn region(serial: &str) -> Option<String> {
    REGIONS.iter().find(|(start, _)| serial.starts_with(start)).map(|(_, region)| (*region).to_owned())
}

/// The text that the console shows: who licensed it says for where.
pub(super) fn licence(look: &Look, base: Lba) -> Result<Fields> {
    let bytes = look.bytes(base + LICENCE, 0x20, LICENCE_BYTES)?;
    let text = text::field(&bytes);
    // The European text has a gap inside the word.
    let joined = text.replace(' ', "");
    let word = LICENSORS.iter().find(|(word, _)| joined.contains(word));
    Ok(Fields { regions: word.map(|(_, region)| (*region).to_owned()).into_iter().collect(), ..Fields::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_read_out_of_what_is_started() {
        for (boot, expected) in [
            (r"cdrom:\SLUS_004.04;1", Some("SLUS-00404")),
            (r"cdrom:SCES_123.45;1", Some("SCES-12345")),
            (r"cdrom0:\slps_250.01;1", Some("SLPS-25001")),
            (r"cdrom:\DIR\SLPM_861.23;1 arg", Some("SLPM-86123")),
            (r"cdrom:\SLPM803.96;1", Some("SLPM-80396")),
            (r"cdrom:\LSP99016.101;1", Some("LSP-99016101")),
            (r"cdrom:\GAME12345;1", None),
            (r"cdrom:\MAIN.EXE;1", None),
            (r"cdrom:\SLUS_00é.04", None),
            ("", None),
        ] {
            assert_eq!(serial(boot).as_deref(), expected, "{boot}");
        }
    }

    #[test]
    fn lines_have_blanks_where_they_like() {
        let text = "BOOT2 = cdrom0:\\X\r\n vmode=NTSC\r\nTCB\r\n";
        assert_eq!((line(text, "BOOT2"), line(text, "VMODE"), line(text, "BOOT")), (Some("cdrom0:\\X"), Some("NTSC"), None));
    }
}
