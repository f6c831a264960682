//! What can be started from a disc: El Torito, and partition tables in the system area (isohybrid).

use crate::look::{Look, forgive};
use crate::model::{Boot, Evidence};
use crate::text::{le, part};
use discconv_core::{Lba, Result};

/// Bytes of a sector of a disk, and of code in its first one.
const BLOCK: u64 = 512;
const CODE: usize = 440;
/// Entries of a partition table: where, and how long each is.
const TABLE: usize = 446;
const ENTRY: usize = 16;
/// Types of partitions: of UEFI's own, and the one that stands for a GPT.
const EFI_SYSTEM: u8 = 0xEF;
const PROTECTIVE: u8 = 0xEE;
/// Sectors of 2048 bytes that a partition may exceed the disc by: tools round up to whole megabytes.
const ROUNDED: u64 = 4096;

pub(crate) fn find(look: &Look) -> Result<Boot> {
    // A disk's own tables are no sign of anything where there is no volume of a disc.
    if look.systems.is_empty() {
        return Ok(Boot::default());
    }
    let catalogue = forgive(discconv_fs::el_torito(&look.space))?.flatten();
    Ok(Boot { catalogue, stick: stick(look)? })
}

/// The tables in the first two blocks that make firmware start the image from a stick: the old one with code and a sound
/// partition, a GPT, or a partition for UEFI.
fn stick(look: &Look) -> Result<Vec<Evidence>> {
    let area = look.bytes(Lba(0), 0, 1024)?;
    let mut found = Vec::new();
    if part(&area, 510, 2) != [0x55, 0xAA] {
        return Ok(found);
    }
    let partitions: Vec<&[u8]> = (0..4).map(|number| part(&area, TABLE + ENTRY * number, ENTRY)).collect();
    let sound: Vec<&[u8]> = partitions.into_iter().filter(|entry| is_sound(entry, look.space.end())).collect();
    let has_code = part(&area, 0, CODE).iter().any(|byte| *byte != 0);
    if has_code && !sound.is_empty() {
        found.push(Evidence::new("LBA 0, byte 0", "code for a BIOS, and a partition table (MBR)"));
    }
    if sound.iter().any(|entry| entry.get(4) == Some(&EFI_SYSTEM)) {
        found.push(Evidence::new("LBA 0, byte 446", "a partition for UEFI"));
    }
    if part(&area, 512, 8) == b"EFI PART" {
        found.push(Evidence::new("LBA 0, byte 512", "a partition table for UEFI (GPT)"));
    }
    Ok(found)
}

/// A partition inside the image: state, start and end on a disk of old, type, first block, blocks.
fn is_sound(entry: &[u8], end: u64) -> bool {
    let (first, blocks) = (le(entry, 8, 4), le(entry, 12, 4));
    let whole = entry.get(4) == Some(&PROTECTIVE);
    let inside = (first + blocks) * BLOCK <= end + ROUNDED * 2048;
    matches!(entry, [0 | 0x80, _, _, _, kind, ..] if *kind != 0) && blocks > 0 && (inside || whole)
}
