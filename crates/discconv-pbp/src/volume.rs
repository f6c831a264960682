//! What the volume on a disc says of the game: its label, and the number that the console boots (ECMA-119, as far as that goes).

use discconv_core::{Disc, Form, Lba, Scratch};
use discconv_sector::USER;

/// The first volume descriptor (ECMA-119 6.7.1).
const DESCRIPTOR: i32 = 16;
/// Bytes of a sector, as directories count.
const SECTOR_BYTES: u32 = 2048;
/// Sectors of the root directory that are looked at.
const MOST_SECTORS: u32 = 64;
/// What the console reads first.
const SYSTEM_CNF: &[u8] = b"SYSTEM.CNF;1";
/// The line of it that names the program.
const BOOT: &str = "BOOT";

/// A volume's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Volume {
    /// The volume identifier, if it is not blank.
    pub(crate) label: Option<String>,
    /// Four letters and five digits.
    pub(crate) number: Option<String>,
}

/// Look at a disc. What cannot be read says nothing; converting it will say why.
pub(crate) fn look(disc: &Disc) -> Volume {
    let mut view = View { disc, scratch: Scratch::default() };
    let Some(descriptor) = view.sector(DESCRIPTOR).filter(|bytes| bytes.starts_with(b"\x01CD001")) else {
        return Volume::default();
    };
    // The volume identifier, 8.4.7.
    let label = String::from_utf8_lossy(descriptor.get(40..72).unwrap_or_default()).trim_matches([' ', '\0']).to_owned();
    let label = Some(label).filter(|label| !label.is_empty() && !label.chars().any(char::is_control));
    // The record of the root directory, 8.4.18.
    let number = descriptor.get(156..).and_then(Record::parse).and_then(|root| view.boot(&root)).and_then(|boot| number(&boot));
    Volume { label, number }
}

/// A directory record (ECMA-119 9.1).
struct Record<'a> {
    first: u32,
    bytes: u32,
    name: &'a [u8],
    /// Of the record itself.
    len: usize,
}

impl Record<'_> {
    fn parse(bytes: &[u8]) -> Option<Record<'_>> {
        let len = usize::from(*bytes.first()?);
        let record = bytes.get(..len)?;
        let word = |at: usize| record.get(at..)?.first_chunk().map(|word| u32::from_le_bytes(*word));
        let name = record.get(33..)?.get(..usize::from(*record.get(32)?))?;
        Some(Record { first: word(2)?, bytes: word(10)?, name, len })
    }

    fn sectors(&self) -> u32 {
        self.bytes.div_ceil(SECTOR_BYTES).min(MOST_SECTORS)
    }
}

struct View<'a> {
    disc: &'a Disc,
    scratch: Scratch,
}

impl View<'_> {
    /// The 2048 bytes of a sector, if it is one of data.
    fn sector(&mut self, lba: i32) -> Option<[u8; USER]> {
        let mut bytes = [0; USER];
        let (_, extent) = self.disc.extents_in(Lba(lba)..Lba(lba).checked_add(1)?).next()?;
        if extent.mode.is_audio() {
            return None;
        }
        self.disc.read_sectors(Lba(lba), &Form::USER, &mut self.scratch, &mut bytes).ok()?;
        Some(bytes)
    }

    /// What SYSTEM.CNF in that directory names.
    fn boot(&mut self, root: &Record<'_>) -> Option<String> {
        (0..root.sectors()).find_map(|sector| {
            let block = self.sector(i32::try_from(root.first).ok()?.checked_add_unsigned(sector)?)?;
            let file = records(&block).find(|record| record.name == SYSTEM_CNF)?;
            let (first, bytes) = (i32::try_from(file.first).ok()?, usize::try_from(file.bytes).ok()?.min(USER));
            let text = self.sector(first)?;
            boot_line(&String::from_utf8_lossy(text.get(..bytes)?))
        })
    }
}

/// The records of one sector of a directory; none crosses into the next (6.8.1.1).
fn records(block: &[u8; USER]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = &block[..];
    std::iter::from_fn(move || {
        let record = Record::parse(rest)?;
        rest = rest.get(record.len..)?;
        Some(record)
    })
}

/// The value of the line `BOOT = cdrom:\SLUS_006.64;1`.
fn boot_line(text: &str) -> Option<String> {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    let mut found = lines.filter(|(key, _)| key.trim().eq_ignore_ascii_case(BOOT));
    found.next().map(|(_, value)| value.trim().to_owned())
}

/// The number of a game in the name of its program: `SLUS_006.64` is SLUS00664.
fn number(boot: &str) -> Option<String> {
    let name = boot.rsplit(['\\', '/', ':']).next()?.split(';').next()?;
    let number: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    is_number(&number).then_some(number)
}

/// Four letters and five digits.
pub(crate) fn is_number(text: &str) -> bool {
    let (letters, digits) = text.as_bytes().split_at(text.len().min(4));
    digits.len() == 5 && letters.iter().all(u8::is_ascii_uppercase) && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_games() {
        for (text, expected) in [
            ("BOOT = cdrom:\\SLUS_006.64;1\r\nTCB = 4\r\n", Some("SLUS00664")),
            ("boot=cdrom:SCES_023.80;1", Some("SCES02380")),
            ("TCB = 4\nBOOT = cdrom:\\GAME\\slpm_861.14;1 arg", Some("SLPM86114")),
            ("TCB = 4\nBOOT = cdrom:\\GAME\\slpm_861.14;1\n", Some("SLPM86114")),
            ("BOOT = cdrom:\\MAIN.EXE;1", None),
            ("BOOT2 = cdrom0:\\SLUS_006.64;1", None),
            ("BOOT", None),
            ("", None),
        ] {
            assert_eq!(boot_line(text).and_then(|boot| number(&boot)).as_deref(), expected, "{text:?}");
        }
    }
}
