//! El Torito.

use crate::support::{BLOCK, bytes, file, le32, made, path};
use discconv_author::{Boot, Options, System};

fn options(boot: Boot) -> Options {
    Options { boot, ..Options::of(System::any()) }
}

#[test]
fn a_catalogue_that_leads_to_both_loaders() {
    let boot = Boot { bios: Some(path("boot/bios.img")), load_sectors: 4, info_table: true, uefi: Some(path("efi.img")) };
    let volume = bytes(&made(vec![file("boot/bios.img", &[1; 3000]), file("efi.img", &[2; 1024])], &options(boot)).unwrap());
    let record = &volume[17 * BLOCK..][..BLOCK];
    assert_eq!(&record[..39], b"\0CD001\x01EL TORITO SPECIFICATION\0\0\0\0\0\0\0\0\0");
    let catalog = &volume[le32(record, 71) as usize * BLOCK..][..BLOCK];
    assert_eq!(
        (catalog[0], catalog[1], catalog[32], catalog[38], catalog[64], catalog[65], catalog[96], catalog[102]),
        (1, 0, 0x88, 4, 0x91, 0xEF, 0x88, 2)
    );
    let bios = le32(catalog, 40) as usize * BLOCK;
    assert_eq!((le32(&volume, bios + 8), le32(&volume, bios + 12) as usize * BLOCK, le32(&volume, bios + 16)), (16, bios, 3000));
    let sum = (0..734).fold(0_u32, |sum, word| sum.wrapping_add(le32(&volume, bios + 64 + 4 * word)));
    assert_eq!(le32(&volume, bios + 20), sum);
    assert_eq!(volume[le32(catalog, 104) as usize * BLOCK], 2);
}

#[test]
fn loaders_that_are_none() {
    let refused = |boot: Boot, name: &str| {
        let error = made(vec![file("a/empty", b""), file("short", &[0; 63])], &options(boot)).err().unwrap().to_string();
        assert!(error.contains(name), "{error}");
    };
    refused(Boot { bios: Some(path("missing")), ..Boot::default() }, "missing is not there");
    refused(Boot { uefi: Some(path("a")), ..Boot::default() }, "a is no file with content");
    refused(Boot { uefi: Some(path("a/empty")), ..Boot::default() }, "a/empty is no file with content");
    refused(Boot { bios: Some(path("short")), info_table: true, ..Boot::default() }, "63 bytes");
}
