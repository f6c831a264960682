//! El Torito: the catalogue of what a machine may boot from a disc (specification 1.0, UEFI 13.3.2.1).
//!
//! The boot record is a volume descriptor and names the catalogue's block at byte 71. The catalogue has 32 bytes for each:
//!
//! | entry | bytes |
//! |---|---|
//! | validation | 0: 01; 1: platform; 4: text of 24; 28: sum, so that all 16-bit words make 0; 30: 55 AA |
//! | boot | 0: 88 bootable, 00 not; 1: emulation; 2: u16 load segment; 4: system type; 6: u16 sectors of 512 bytes to load; 8: u32 block |
//! | section | 0: 90, of the last one 91; 1: platform; 2: u16 its boot entries; 4: text of 28 |
//! | extension | 0: 44; 1: bit 5 set where another follows |

use super::wire::{byte, field};
use super::{Volume, descriptor};
use crate::Space;
use crate::space::SECTOR;
use discconv_core::{Limits, Note, Result};
use std::sync::Arc;

const ENTRY: usize = 32;
/// Entries of all kinds that are read of a catalogue: more than any has.
const MOST: u64 = 2048;

/// A catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Byte of the [`Space`] at which it lies.
    pub at: u64,
    /// Who made it, by its own words; empty where it says nothing.
    pub maker: String,
    /// What may be booted, the default first.
    pub entries: Vec<BootEntry>,
    /// What is odd about it.
    pub notes: Vec<Note>,
}

/// The machine that an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// 00: a PC by its BIOS.
    Bios,
    /// 01.
    PowerPc,
    /// 02.
    Mac,
    /// EF: any machine with UEFI.
    Efi,
    /// Any other.
    Other(u8),
}

/// What the boot image is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emulation {
    /// Nothing: it is loaded as it is.
    None,
    /// A floppy disk of so many bytes.
    Floppy(u64),
    /// A hard disk with a partition table.
    HardDisk,
    /// A code that is none of these.
    Other(u8),
}

/// One image that may be booted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootEntry {
    /// The machine it is for.
    pub platform: Platform,
    /// May it be booted? Else it is only there.
    pub bootable: bool,
    /// What it is shown as.
    pub emulation: Emulation,
    /// Segment at which a PC loads it; 0 means 07C0h.
    pub load_segment: u16,
    /// Type of its partition.
    pub system: u8,
    /// Sectors of 512 bytes that are loaded, which is often less than there are.
    pub sectors: u16,
    /// The block at which it begins, as the catalogue says.
    pub block: u32,
    /// Byte of the [`Space`] at which it begins, where that is on the disc.
    pub at: Option<u64>,
    /// Bytes of the whole image, where what it is shown as, its partition table or its FAT tells.
    pub bytes: Option<u64>,
}

impl Platform {
    fn of(byte: u8) -> Platform {
        match byte {
            0 => Platform::Bios,
            1 => Platform::PowerPc,
            2 => Platform::Mac,
            0xEF => Platform::Efi,
            other => Platform::Other(other),
        }
    }
}

impl Emulation {
    fn of(byte: u8) -> Emulation {
        match byte & 0x0F {
            0 => Emulation::None,
            1 => Emulation::Floppy(1_228_800),
            2 => Emulation::Floppy(1_474_560),
            3 => Emulation::Floppy(2_949_120),
            4 => Emulation::HardDisk,
            other => Emulation::Other(other),
        }
    }
}

/// The boot catalogue of the volume that counts, if it has one. One that is damaged is given as far as it goes, with notes.
///
/// # Errors
/// Reading.
pub fn el_torito(space: &Arc<Space>) -> Result<Option<Catalogue>> {
    let Some(volume) = Volume::find(space, &Limits::default())? else { return Ok(None) };
    let Some(record) = volume.descriptors.iter().find(|descriptor| descriptor.is_el_torito()) else { return Ok(None) };
    let block = u32::from_le_bytes(field(record.bytes.as_slice(), 71));
    let mut catalogue = Catalogue { at: volume.ground.byte_of(block).unwrap_or(0), ..Catalogue::default() };
    Reader { volume: &volume, next: catalogue.at, left: MOST }.read(&mut catalogue)?;
    Ok(Some(catalogue))
}

impl descriptor::Descriptor {
    fn is_el_torito(&self) -> bool {
        self.kind() == descriptor::BOOT && self.bytes.get(7..30) == Some(b"EL TORITO SPECIFICATION")
    }
}

/// Goes through a catalogue, entry by entry.
struct Reader<'a> {
    volume: &'a Volume,
    next: u64,
    left: u64,
}

impl Reader<'_> {
    fn entry(&mut self) -> Result<Option<[u8; ENTRY]>> {
        let mut entry = [0; ENTRY];
        let more = self.left > 0 && self.volume.ground.space.try_read(self.next, &mut entry)?;
        self.next += ENTRY as u64;
        self.left = self.left.saturating_sub(1);
        Ok(more.then_some(entry))
    }

    fn read(mut self, catalogue: &mut Catalogue) -> Result<()> {
        let note = |text: &str| {
            let (name, lba) = (self.volume.ground.space.name(), catalogue.at / SECTOR);
            Note::oddity(format!("{name}: LBA {lba}: boot catalogue: {text}"))
        };
        let Some(validation) = self.entry()?.filter(|entry| byte(entry, 0) == 1) else {
            catalogue.notes.push(note("no validation entry"));
            return Ok(());
        };
        let words = validation.chunks_exact(2).map(|pair| u16::from_le_bytes(field(pair, 0)));
        if words.fold(0, u16::wrapping_add) != 0 || !validation.ends_with(&[0x55, 0xAA]) {
            catalogue.notes.push(note("a validation entry whose sum or signature is wrong"));
        }
        catalogue.maker = super::text::Coding::Bytes.text(validation.get(4..28).unwrap_or_default());
        if let Some(default) = self.entry()? {
            catalogue.entries.push(self.boot_entry(Platform::of(byte(&validation, 1)), &default)?);
        }
        while let Some(header) = self.entry()?.filter(|header| matches!(byte(header, 0), 0x90 | 0x91)) {
            self.section(&header, catalogue)?;
            if byte(&header, 0) == 0x91 {
                break;
            }
        }
        Ok(())
    }

    fn section(&mut self, header: &[u8], catalogue: &mut Catalogue) -> Result<()> {
        let platform = Platform::of(byte(header, 1));
        for _ in 0..u16::from_le_bytes(field(header, 2)) {
            let Some(entry) = self.entry()? else { break };
            catalogue.entries.push(self.boot_entry(platform, &entry)?);
            let mut goes_on = byte(&entry, 1) & 0x20 != 0;
            while goes_on {
                goes_on = self.entry()?.is_some_and(|more| byte(&more, 0) == 0x44 && byte(&more, 1) & 0x20 != 0);
            }
        }
        Ok(())
    }

    fn boot_entry(&self, platform: Platform, entry: &[u8]) -> Result<BootEntry> {
        let block = u32::from_le_bytes(field(entry, 8));
        let emulation = Emulation::of(byte(entry, 1));
        let space = &self.volume.ground.space;
        let at = self.volume.ground.byte_of(block).filter(|at| *at < space.end());
        let bytes = at.map_or(Ok(None), |at| image_bytes(space, emulation, at))?;
        Ok(BootEntry {
            platform,
            bootable: byte(entry, 0) == 0x88,
            emulation,
            load_segment: u16::from_le_bytes(field(entry, 2)),
            system: byte(entry, 4),
            sectors: u16::from_le_bytes(field(entry, 6)),
            block,
            at,
            bytes: bytes.filter(|bytes| at.is_some_and(|at| space.has(at, *bytes))),
        })
    }
}

/// How long the image at a byte of the space is.
fn image_bytes(space: &Space, emulation: Emulation, at: u64) -> Result<Option<u64>> {
    if let Emulation::Floppy(bytes) = emulation {
        return Ok(Some(bytes));
    }
    let mut first = [0; 512];
    if !space.try_read(at, &mut first)? || !first.ends_with(&[0x55, 0xAA]) {
        return Ok(None);
    }
    Ok(if emulation == Emulation::HardDisk { disk_bytes(&first) } else { fat_bytes(&first) })
}

/// Up to the end of the last partition of a partition table.
fn disk_bytes(sector: &[u8; 512]) -> Option<u64> {
    let number = |at| u64::from(u32::from_le_bytes(field(sector, at)));
    let ends = (0..4).map(|entry| 446 + entry * 16).filter(|at| byte(sector, at + 4) != 0);
    ends.map(|at| (number(at + 8) + number(at + 12)) * 512).max()
}

/// What the boot sector of a FAT file system says: its sectors, 16 bits wide or, where these are 0, 32.
fn fat_bytes(sector: &[u8; 512]) -> Option<u64> {
    let word = |at| u64::from(u16::from_le_bytes(field(sector, at)));
    let jump = matches!(byte(sector, 0), 0xEB | 0xE9);
    let size = word(11);
    let sectors = if word(19) != 0 { word(19) } else { u32::from_le_bytes(field(sector, 32)).into() };
    let fats = byte(sector, 16);
    (jump && matches!(size, 512 | 1024 | 2048 | 4096) && (1..=2).contains(&fats) && sectors > 0).then_some(sectors * size)
}
