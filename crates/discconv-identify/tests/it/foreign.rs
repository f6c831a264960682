//! Files called `.iso` that are no discs: each is named, with its media type.

use discconv_core::Bytes;
use discconv_identify::foreign_in;
use std::fmt::Write as _;

fn what(name: &str, bytes: &[u8]) -> String {
    let found = foreign_in(name, &Bytes::new(name, bytes.to_vec())).unwrap();
    found.map_or("nothing".to_owned(), |found| format!("{} ({})", found.name, found.mime))
}

/// Records of 128 characters, then the fax.
fn cals() -> Vec<u8> {
    let records =
        ["srcdocid: NONE", "dstdocid: NONE", "txtfilid: NONE", "figid: NONE", "srcgph: NONE", "doccls: NONE", "rtype: 1"];
    let mut out = Vec::new();
    for record in records.into_iter().chain(["rorient: 000,270", "rpelcnt: 002550,003300", "rdensty: 0300", "notes: NONE"]) {
        out.extend(format!("{record:128}").as_bytes());
    }
    out.resize(0x800, b' ');
    out.extend([0x26, 0xA1, 0, 0xFF].repeat(64));
    out
}

/// The beginning of a log of InstallShield's uninstaller, and paths.
fn uninstaller(maker: &str) -> Vec<u8> {
    let length = u16::try_from(maker.len()).unwrap().to_le_bytes();
    let paths = b"C:\\Program Files\\X\0Uninst.isu\0";
    [&[0x71, 0xA8, 0, 0, 1, 2, 7, 7, 7, 0][..], &length, maker.as_bytes(), paths, &[0; 64]].concat()
}

#[test]
fn what_is_called_iso_and_is_no_disc() {
    let mut rest = String::new();
    let uninstall = uninstaller("Stirling Technologies, Inc. (c) 1990-1995");
    let amiga = [b"DOS\x01".to_vec(), vec![0; 901_116]].concat();
    let cases: [(&str, &[u8]); 13] = [
        ("drawing.iso", b"%\nO0001 (PART)\nN10 G90 G54 G0 X0 Y0\nN20 M3 S1200\nN30 G1 Z-5. F100\nN40 M30\n%\n"),
        ("scan.iso", &cals()),
        ("uninst.iso", &uninstall),
        ("uninst2.iso", &uninstaller("Somebody else, in other years")),
        ("renamed.iso", b"PK\x03\x04\x14\0\0\0"),
        ("renamed2.iso", b"Rar!\x1A\x07\x01\0"),
        ("page.iso", b"\r\n <!DOCTYPE HTML><html>"),
        ("model.iso", b"ISO-10303-21;\nHEADER;\n"),
        ("picture.iso", b"II*\0\x08\0\0\0\0\0\0\0"),
        ("floppy.img", &amiga),
        ("letter.iso", b"Dear Sir or Madam,\nthis is a letter.\n"),
        ("part.iso", &[0; 8192]),
        ("noise.iso", &[0x5B, 0x91, 0x07, 0xFE, 0x33, 0x02, 0x77, 0x99]),
    ];
    for (name, bytes) in cases {
        writeln!(rest, "{name}: {}", what(name, bytes)).unwrap();
    }
    insta::assert_snapshot!(rest);
}

#[test]
fn a_picture_needs_its_whole_header() {
    let mut bytes = cals();
    assert!(what("x.iso", &bytes).starts_with("a CALS raster"));
    bytes[0x7F0] = 0x80;
    assert!(!what("x.iso", &bytes).contains("CALS"));
    assert!(!what("x.iso", &cals()[..0x7FF]).contains("CALS"));
}

#[test]
fn nothing_is_read_beyond_a_short_file() {
    for bytes in [&b""[..], b"C", b"CISO", b"CISO\0\0\0\0", b"\x55\xAA", b"\xEF\xBB\xBF"] {
        let _ = what("x.iso", bytes);
    }
}
