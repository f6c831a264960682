//! ISO 9660 as it is: extents, names, dates, where volumes begin.

use crate::lay::{Laid, ROOT, Record, directory, folder, record, space_at};
use discconv_core::{Limits, ReadAt};
use discconv_fs::{Content, Kind, find, lookup};

#[test]
fn a_volume_by_the_book() {
    let mut laid = Laid::new(&[folder("SUB", 21), record("README.TXT;1", 30, 5000), record("NODOT.;1", 33, 1)]);
    laid.put(21, &directory(21, ROOT, &[record("A.B;2", 34, 10), record("EMPTY.;1", 0, 0)]));
    laid.number(30..40);
    insta::assert_snapshot!(laid.shown());
}

#[test]
fn an_extended_attribute_record_is_no_content() {
    let mut laid = Laid::new(&[Record { blocks: [2, 0, 0], ..record("A.;1", 30, 4096) }]);
    laid.number(30..40);
    let bytes = laid.found().bytes("A");
    assert_eq!((bytes.len(), bytes[0], bytes[2048]), (4096, 32, 33));
}

/// Two blocks of content, three of others; the attributes have the first unit (6.4.3).
#[test]
fn interleaved_files_skip_the_gaps() {
    let mut laid = Laid::new(&[Record { blocks: [1, 2, 3], ..record("A.;1", 30, 5 * 2048 - 1) }, record("B.;1", 32, 2048)]);
    laid.number(30..60);
    let bytes = laid.found().bytes("A");
    let sectors: Vec<u8> = bytes.chunks(2048).map(|sector| sector[0]).collect();
    assert_eq!((sectors.as_slice(), bytes.len()), (&[35, 36, 40, 41, 45][..], 5 * 2048 - 1));
}

#[test]
fn a_file_of_several_extents_is_one() {
    let part = |block, len, flags| Record { flags, ..record("BIG.BIN;1", block, len) };
    let mut laid = Laid::new(&[part(30, 4096, 0x80), part(40, 2048, 0x80), part(35, 7, 0), record("C.;1", 36, 1)]);
    laid.number(30..50);
    let found = laid.found();
    assert_eq!(found.names("/"), ["BIG.BIN", "C"]);
    let bytes = found.bytes("BIG.BIN");
    assert_eq!((bytes.len(), found.entry("BIG.BIN").len), (6151, 6151));
    assert_eq!([bytes[0], bytes[2048], bytes[4096], bytes[6144]], [30, 31, 40, 35]);
}

/// The parts stand in two sectors of the directory.
#[test]
fn extents_go_on_in_the_next_sector_of_the_directory() {
    let filler = (0..40).map(|number| record(&format!("FILLER{number:02}.TXT;1"), 0, 0));
    let part = |block, flags| Record { flags, ..record("Z.BIN;1", block, 2048) };
    let mut laid = Laid::new(&[]);
    let mut first = directory(ROOT, ROOT, &filler.collect::<Vec<_>>());
    first.extend(part(30, 0x80).bytes());
    assert!(first.len() <= 2048 && first.len() + 42 > 2048, "{}", first.len());
    laid.put(ROOT, &first);
    laid.put(ROOT + 1, &part(31, 0).bytes());
    laid.put_at(16, 156, &Record { len: 4096, ..folder("\0", ROOT) }.bytes());
    laid.number(30..32);
    let bytes = laid.found().bytes("Z.BIN");
    assert_eq!((bytes.len(), bytes[0], bytes[2048]), (4096, 30, 31));
}

#[test]
fn hidden_and_associated_files_keep_apart() {
    let flagged = |flags, block| Record { flags, ..record("DOC.TXT;1", block, 3) };
    let mut laid = Laid::new(&[flagged(4, 30), flagged(0, 31), Record { flags: 1, ..record("SECRET.;1", 32, 1) }]);
    laid.number(30..33);
    let found = laid.found();
    assert_eq!(found.names("/"), ["DOC.TXT;associated", "DOC.TXT", "SECRET"]);
    assert_eq!(found.bytes("DOC.TXT"), [31; 3]);
    assert!(found.entry("SECRET").hidden && found.entry("DOC.TXT;associated").hidden && !found.entry("DOC.TXT").hidden);
}

#[test]
fn blocks_may_be_shorter_than_sectors() {
    let mut laid = Laid::new(&[]);
    // Block 160 of 512 bytes is sector 40.
    laid.put_at(16, 128, &crate::lay::both16(512));
    laid.put_at(16, 156, &folder("\0", 160).bytes());
    laid.put(40, &directory(160, 160, &[record("A.;1", 121, 512)]));
    laid.number(30..31);
    assert_eq!(laid.found().bytes("A"), [30; 512]);
}

/// Whatever base the addresses have, the root directory proves it.
#[test]
fn addresses_count_from_the_disc_or_from_the_volume() {
    let mut laid = Laid::new(&[record("A.;1", 30, 2048)]);
    laid.number(30..31);
    let at = |first: i32, laid: &Laid| {
        let space = space_at(first, laid.0.clone());
        let systems = find(&space, &Limits::default()).unwrap();
        let entry = lookup(systems[0].as_ref(), "A").unwrap().unwrap();
        let content = Content::new(space.clone(), systems[0].as_ref(), &entry).unwrap();
        let mut first = [0];
        content.read_exact_at(0, &mut first).unwrap();
        (first[0], systems[0].about().start)
    };
    assert_eq!(at(0, &laid), (30, 0));
    assert_eq!(at(45_000, &laid), (30, 45_000 * 2048));
    // Absolute ones, as a later session and the high-density area have them.
    let mut moved = Laid::new(&[]);
    moved.put_at(16, 156, &folder("\0", 45_020).bytes());
    moved.put(ROOT, &directory(45_020, 45_020, &[record("A.;1", 45_030, 2048)]));
    moved.number(30..31);
    assert_eq!(at(45_000, &moved), (30, 0));
    // The same in a file of its own: only the path table tells.
    moved.put_at(16, 140, &45_019_u32.to_le_bytes());
    moved.put(19, &[&[1, 0], &45_020_u32.to_le_bytes()[..], &[1, 0, 0, 0]].concat());
    assert_eq!(at(0, &moved), (30, 0));
}

#[test]
fn the_pause_may_be_stored() {
    let mut laid = Laid::new(&[record("A.;1", 30, 1)]);
    laid.number(30..31);
    let stored = Laid([vec![0; 150 * 2048], laid.0].concat());
    assert_eq!(stored.found().bytes("A"), [30]);
}

#[test]
fn high_sierra() {
    let bent = |record: Record| {
        let mut bytes = record.bytes();
        // Six bytes of time, then the flags.
        (bytes[24], bytes[25]) = (bytes[25], 0);
        bytes
    };
    let mut laid = Laid(vec![0; 64 * 2048]);
    laid.put_at(16, 8, b"\x01CDROM\x01");
    laid.put_at(16, 16, b"SYSTEM");
    laid.put_at(16, 48, b"OLD LABEL ");
    laid.put_at(16, 88, &crate::lay::both32(64));
    laid.put_at(16, 136, &crate::lay::both16(2048));
    laid.put_at(16, 180, &bent(folder("\0", ROOT)));
    laid.put_at(16, 342, b"PUBLISHER ");
    laid.put_at(16, 790, b"1987010203040500");
    laid.put_at(17, 8, b"\xFFCDROM\x01");
    let all = [folder("\0", ROOT), folder("\x01", ROOT), folder("DIR", 21), record("FILE.TXT;1", 30, 4)];
    laid.put(ROOT, &all.map(bent).concat());
    let all = [folder("\0", 21), folder("\x01", ROOT), record("IN.TXT;1", 31, 2)];
    laid.put(21, &all.map(bent).concat());
    laid.number(30..32);
    insta::assert_snapshot!(laid.shown());
}

/// Big-endian halves only, no root record in the descriptor, attributes behind the names.
#[test]
fn cd_i() {
    let bent = |record: Record, directory: bool| {
        let attributes: u16 = if directory { 0x8555 } else { 0x0555 };
        let mut bytes = record.with(&[vec![0, 1, 0, 2, attributes.to_be_bytes()[0], 0x55, 0, 0, 3, 0]]).bytes();
        bytes[2..6].fill(0);
        bytes[10..14].fill(0);
        bytes[24..26].fill(0);
        bytes
    };
    let mut laid = Laid(vec![0; 64 * 2048]);
    laid.put(16, b"\x01CD-I \x01");
    laid.put_at(16, 8, b"CD-RTOS");
    laid.put_at(16, 40, b"GREEN");
    laid.put_at(16, 84, &64_u32.to_be_bytes());
    laid.put_at(16, 130, &2048_u16.to_be_bytes());
    laid.put_at(16, 148, &19_u32.to_be_bytes());
    laid.put(17, b"\xFFCD-I \x01");
    laid.put(19, &[1, 0, 0, 0, 0, ROOT as u8, 0, 1, 0, 0]);
    let dot = bent(folder("\0", ROOT), true);
    let all = [dot.clone(), dot, bent(folder("CMDS", 21), true), bent(record("PLAY.RTF", 30, 4096), false)];
    laid.put(ROOT, &all.concat());
    laid.put(21, &[bent(folder("\0", 21), true), bent(record("CDI_APP", 32, 9), false)].concat());
    laid.number(30..33);
    let found = laid.clone().found();
    assert_eq!(found.kinds(), [Kind::CdI]);
    insta::assert_snapshot!(laid.shown());
}
