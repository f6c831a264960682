//! El Torito.

use crate::lay::{Laid, descriptor, folder};
use crate::show::space_of;
use discconv_fs::{Catalogue, Emulation, Platform, el_torito};

fn boot_entry(bootable: bool, emulation: u8, sectors: u16, block: u32) -> Vec<u8> {
    let mut entry = vec![if bootable { 0x88 } else { 0 }, emulation, 0xC0, 0x07, 6, 0];
    entry.extend(sectors.to_le_bytes());
    entry.extend(block.to_le_bytes());
    entry.resize(32, 0);
    entry
}

fn validation() -> Vec<u8> {
    let mut entry = vec![1, 0, 0, 0];
    entry.extend(b"MAKER");
    entry.resize(30, 0);
    entry.extend([0x55, 0xAA]);
    let sum = entry.chunks(2).fold(0_u16, |sum, pair| sum.wrapping_add(u16::from_le_bytes([pair[0], pair[1]])));
    entry[28..30].copy_from_slice(&sum.wrapping_neg().to_le_bytes());
    entry
}

fn section(last: bool, platform: u8, entries: u16) -> Vec<u8> {
    let mut header = vec![if last { 0x91 } else { 0x90 }, platform];
    header.extend(entries.to_le_bytes());
    header.resize(32, 0);
    header
}

fn laid(catalogue: &[Vec<u8>]) -> Laid {
    let mut laid = Laid::new(&[]);
    laid.0.resize(1000 * 2048, 0);
    let mut record = b"\0CD001\x01EL TORITO SPECIFICATION".to_vec();
    record.resize(71, 0);
    record.extend(25_u32.to_le_bytes());
    laid.put(17, &record);
    laid.put(25, &catalogue.concat());
    laid
}

fn found(catalogue: &[Vec<u8>]) -> Catalogue {
    el_torito(&laid(catalogue).space()).unwrap().unwrap()
}

#[test]
fn all_kinds_of_entries() {
    let mut extended = boot_entry(true, 0x20, 4, 32);
    extended[12] = 1;
    let more = |flags: u8| [vec![0x44, flags], vec![0; 30]].concat();
    let mut laid = laid(&[
        validation(),
        boot_entry(true, 2, 1, 30),
        section(false, 0xEF, 2),
        extended,
        more(0x20),
        more(0),
        boot_entry(false, 4, 1, 33),
        section(true, 1, 1),
        boot_entry(true, 0, 0, 5000),
        section(true, 2, 1),
    ]);
    // A FAT of 2880 sectors; a disk of a partition of 100 sectors from sector 63 on.
    let mut fat = vec![0; 512];
    fat[..3].copy_from_slice(&[0xEB, 0x3C, 0x90]);
    fat[11..13].copy_from_slice(&512_u16.to_le_bytes());
    (fat[16], fat[510], fat[511]) = (2, 0x55, 0xAA);
    fat[19..21].copy_from_slice(&2880_u16.to_le_bytes());
    laid.put(32, &fat);
    let mut disk = vec![0; 512];
    (disk[446 + 4], disk[510], disk[511]) = (6, 0x55, 0xAA);
    disk[454..458].copy_from_slice(&63_u32.to_le_bytes());
    disk[458..462].copy_from_slice(&100_u32.to_le_bytes());
    laid.put(33, &disk);
    let catalogue = el_torito(&laid.space()).unwrap().unwrap();
    insta::assert_debug_snapshot!(catalogue);
}

#[test]
fn damaged_catalogues() {
    let none = found(&[]);
    assert!(none.entries.is_empty() && none.notes[0].text.contains("no validation entry"));
    let mut bent = validation();
    bent[5] = 9;
    let odd = found(&[bent, boot_entry(true, 0, 4, 30)]);
    assert!(odd.entries.len() == 1 && odd.notes[0].text.contains("sum"));
    // Endless sections end with what is there, at a limit.
    let endless = vec![section(false, 0, 0xFFFF); 1];
    let many = found(&[vec![validation(), boot_entry(true, 0, 4, 30)], endless].concat());
    assert!(many.entries.len() < 2048);
    let plain = Laid::new(&[]);
    assert!(el_torito(&plain.space()).unwrap().is_none());
}

#[test]
fn a_boot_record_of_another_system_is_none() {
    let mut laid = Laid::new(&[]);
    let mut other = descriptor(0, "", &folder("\0", 20));
    other[7..12].copy_from_slice(b"OTHER");
    laid.put(17, &other);
    assert!(el_torito(&laid.space()).unwrap().is_none());
}

#[test]
fn of_the_corpus() {
    let Some(folder) = discconv_testkit::corpus::folder() else { return };
    let space = space_of(&folder.join("iso/memtest86+ia32.iso")).unwrap();
    let catalogue = el_torito(&space).unwrap().unwrap();
    let [bios, efi] = catalogue.entries.as_slice() else { panic!("{catalogue:?}") };
    assert_eq!((bios.platform, bios.emulation, bios.bytes), (Platform::Bios, Emulation::Floppy(1_474_560), Some(1_474_560)));
    assert_eq!((efi.platform, efi.emulation, efi.bootable), (Platform::Efi, Emulation::None, true));
    assert_eq!(catalogue.notes, []);
}
