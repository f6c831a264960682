//! Files that take more than a signature to know.

use super::{Foreign, Sort};
use crate::mime::OCTETS;
use discconv_core::Peek;

/// Bytes of the floppies that have been common.
const FLOPPIES: [u64; 9] = [163_840, 184_320, 327_680, 368_640, 737_280, 901_120, 1_228_800, 1_474_560, 2_949_120];
/// Bytes of an Amiga floppy, which has no parameter block but a name of its file system.
const AMIGA: u64 = 901_120;

pub(super) fn find(peek: &Peek<'_>) -> Option<Foreign> {
    ciso(peek)
        .or_else(|| discjuggler(peek))
        .or_else(|| cals(peek))
        .or_else(|| uninstaller(peek))
        .or_else(|| disk(peek))
        .or_else(|| blank(peek))
}

/// What begins like a CSO and is none: Nintendo's has the length of its blocks where the PSP's has that of a header, and the
/// Xbox's is what is left when the PSP's are read.
fn ciso(peek: &Peek<'_>) -> Option<Foreign> {
    let rest = peek.head.strip_prefix(b"CISO")?;
    let length = u32::from_le_bytes(*rest.first_chunk()?);
    if length.is_power_of_two() && length >= 0x8000 {
        let name = "a CISO image of a GameCube or Wii disc (Nintendo's, no CSO)";
        return Some(Foreign::new(name, OCTETS, Sort::Console).read_by("wii-ciso"));
    }
    // Version 2 with an alignment of 4 bytes: as Cerbios and Repackinator write it.
    let xbox = rest.get(16..18).is_some_and(|said| said == [2, 2]);
    Some(match xbox {
        true => Foreign::new(
            "a CSO image of an Xbox disc (coded otherwise than a PSP's)",
            "application/x-compressed-iso",
            Sort::Console,
        ),
        false => Foreign::new("a CSO image", "application/x-compressed-iso", Sort::Image).read_by("cso"),
    })
}

/// CDI images end with their version and the place of their descriptor, little-endian.
fn discjuggler(peek: &Peek<'_>) -> Option<Foreign> {
    let end = peek.tail.last_chunk::<8>()?;
    let [version, offset] =
        [&end[..4], &end[4..]].map(|word| word.iter().rev().fold(0, |value: u64, byte| value << 8 | u64::from(*byte)));
    let known = (0x8000_0004..=0x8000_0006).contains(&version) && offset > 0 && offset < peek.len();
    let image = Foreign::new("a CDI image (DiscJuggler)", "application/x-discjuggler-cd-image", Sort::Image).read_by("cdi");
    known.then_some(Foreign { at_end: true, ..image })
}

/// A CALS raster of type 1 (MIL-PRF-28002; ImageMagick looks for the same words): a header of 16 records of 128 characters, blank at their ends, then Group 4 fax.
fn cals(peek: &Peek<'_>) -> Option<Foreign> {
    let header = peek.head.get(..0x800)?;
    let begins = [&b"srcdocid:"[..], b"version: MIL-STD-1840", b"rorient:"].iter().any(|label| header.starts_with(label));
    let plain = header.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | 0));
    (begins && plain).then(|| Foreign::new("a CALS raster picture", "application/cals-1840", Sort::Other))
}

/// The log of InstallShield's uninstaller (ISU): so much is the same in all of eighteen that TrID's definition is made of. The
/// maker's name, behind its length at byte 10, is what makes it sure.
fn uninstaller(peek: &Peek<'_>) -> Option<Foreign> {
    let rest = peek.head.strip_prefix(&[0x71, 0xA8, 0, 0, 1, 2])?;
    let sure = rest.get(6..).is_some_and(|name| name.starts_with(b"Stirling Technologies"));
    let name = if sure { "a log of InstallShield's uninstaller" } else { "what looks like a log of InstallShield's uninstaller" };
    Some(Foreign { sure, ..Foreign::new(name, OCTETS, Sort::Other) })
}

/// A boot sector without anything of a disc: a floppy by its length, else a hard disk or stick.
fn disk(peek: &Peek<'_>) -> Option<Foreign> {
    let boots = peek.head.get(510..512) == Some(&[0x55, 0xAA]);
    // Jump over the BIOS parameter block, which says 512 bytes a sector.
    let fat = matches!(peek.head, [0xEB, _, 0x90, ..] | [0xE9, ..]) && peek.head.get(11..13) == Some(&[0x00, 0x02]);
    let amiga = peek.len() == AMIGA && matches!(peek.head, [b'D', b'O', b'S', 0..=7, ..]);
    let floppy = (fat && FLOPPIES.contains(&peek.len())) || amiga;
    if floppy {
        return Some(Foreign::new("a floppy image", "application/x-raw-floppy-disk-image", Sort::Disk));
    }
    let name = "an image of a hard disk or stick (it has a boot sector)";
    boots.then(|| Foreign::new(name, "application/x-raw-disk-image", Sort::Disk))
}

/// A download that reserved its room and did not get to its end.
fn blank(peek: &Peek<'_>) -> Option<Foreign> {
    let empty = |bytes: &[u8]| bytes.len() >= 4096 && bytes.iter().all(|byte| *byte == 0);
    let name = "a file that is zero at both ends, as downloads are that did not finish";
    (empty(peek.head) && empty(peek.tail)).then(|| Foreign { sure: false, ..Foreign::new(name, OCTETS, Sort::Other) })
}
