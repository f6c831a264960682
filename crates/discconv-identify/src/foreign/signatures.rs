//! Files that are known by their first or last bytes. Media types are from the lists that [`crate::mime`] has them from.

use super::{Foreign, Sort};
use crate::mime::OCTETS;
use Place::{End, Start};
use Sort::{Archive, Console, Disk, Image, Other, Sheet, Sound};
use discconv_core::Peek;

enum Place {
    /// So many bytes from the start.
    Start(usize),
    /// So many bytes before the end.
    End(usize),
}

/// Where, which bytes, what it is, its media type, its sort, and the format that reads it.
type Row = (Place, &'static [u8], &'static str, &'static str, Sort, Option<&'static str>);

/// The more specific one of two stands first.
const SIGNATURES: &[Row] = &[
    (Start(0), b"MComprHD", "a CHD image (MAME)", "application/x-mame-chd", Image, Some("chd")),
    (Start(0), b"IsZ!", "an ISZ image (UltraISO)", OCTETS, Image, Some("isz")),
    (Start(0), b"DAA\0", "a DAA image (PowerISO)", OCTETS, Image, Some("daa")),
    (Start(0), b"GBI\0", "a GBI image (gBurner)", OCTETS, Image, Some("daa")),
    (Start(0), b"BWT5 STREAM SIGN", "a descriptor of BlindWrite (B5T, B6T)", OCTETS, Sheet, Some("b6t")),
    (Start(0), b"Adaptec CeQuadrat VirtualCD File", "a C2D image (WinOnCD)", OCTETS, Image, Some("c2d")),
    (Start(0), b"Roxio Image File Format", "a C2D image (WinOnCD)", OCTETS, Image, Some("c2d")),
    (Start(0), b"TTAFMPVOBCDIMG", "an XMD or VOB image (InstantCopy)", OCTETS, Image, Some("pdi")),
    (Start(0), &[0x01, 0xC0, 0x0B, 0xB1], "a GCZ image (Dolphin)", "application/x-gcz", Image, Some("gcz")),
    (Start(0), b"RVZ\x01", "an RVZ image (Dolphin)", "application/x-rvz", Image, Some("rvz")),
    (Start(0), b"WIA\x01", "a WIA image", "application/x-wia", Image, Some("wia")),
    (Start(0), b"WBFS", "a WBFS disk", "application/x-wbfs", Image, Some("wbfs")),
    (
        Start(0),
        &[0xAE, 0x0F, 0x38, 0xA2],
        "a TGC image (a demo inside a GameCube disc)",
        "application/x-gamecube-tgc",
        Console,
        None,
    ),
    (Start(0), b"WUX0\x10\x99\xD0\x2E", "a WUX image (Wii U)", "application/x-wii-u-rom", Console, None),
    (Start(0), b"CCIM", "a CCI image (Xbox)", OCTETS, Console, None),
    (End(512), b"koly", "a DMG image (Apple)", "application/x-apple-diskimage", Image, Some("dmg")),
    (End(64), b"bbis", "a UIF image (MagicISO)", OCTETS, Image, Some("uif")),
    (Start(0), b"SBI\0", "an SBI file (subchannel patches of a PlayStation disc)", OCTETS, Sheet, None),
    (Start(0), b"Rar!\x1A\x07", "a RAR archive", "application/vnd.rar", Archive, None),
    (Start(0), b"PK\x03\x04", "a zip archive", "application/zip", Archive, Some("zip")),
    (Start(0), b"PK\x05\x06", "an empty zip archive", "application/zip", Archive, None),
    (Start(0), b"7z\xBC\xAF\x27\x1C", "a 7z archive", "application/x-7z-compressed", Archive, Some("7z")),
    (Start(0), b"MSWIM\0\0\0", "a WIM archive (Windows)", "application/x-ms-wim", Archive, None),
    (Start(257), b"ustar", "a tar archive", "application/x-tar", Archive, None),
    (Start(0), b"MSCF\0\0\0\0", "a cabinet (Windows)", "application/vnd.ms-cab-compressed", Archive, None),
    (Start(0), b"ISc(", "a cabinet (InstallShield)", "application/x-installshield", Archive, None),
    (Start(0), b"\x89PNG\r\n\x1A\n", "a PNG picture", "image/png", Other, None),
    (Start(0), &[0xFF, 0xD8, 0xFF], "a JPEG picture", "image/jpeg", Other, None),
    (Start(0), b"GIF8", "a GIF picture", "image/gif", Other, None),
    (Start(0), b"%PDF", "a PDF document", "application/pdf", Other, None),
    (Start(0), b"\x7FELF", "a program (ELF)", "application/x-executable", Other, None),
    (Start(0), b"PS-X EXE", "a program for the PlayStation", OCTETS, Other, None),
    (Start(0), b"XBEH", "a program for the Xbox (XBE)", "application/x-xbox-executable", Other, None),
    (Start(0), b"XEX2", "a program for the Xbox 360 (XEX)", "application/x-xbox360-executable", Other, None),
    (Start(0), b"PSMF00", "a film of the PSP (PMF)", OCTETS, Sound, None),
    (Start(0), b"MZ", "a program for Windows or DOS", "application/x-ms-dos-executable", Other, None),
    (Start(0), b"SQLite format 3\0", "an SQLite database", "application/vnd.sqlite3", Other, None),
    (Start(0), b"RIFF", "a RIFF file (sound or film)", "application/x-riff", Sound, None),
    (Start(0), b"FORM", "an IFF file (sound or picture)", "application/x-iff", Sound, None),
    (Start(0), b"KDMV", "a VMDK disk", "application/x-vmdk-disk", Disk, None),
    (Start(0), b"QFI\xFB", "a QCOW disk", "application/x-qemu-disk", Disk, None),
    (Start(0), b"vhdxfile", "a VHDX disk", "application/x-vhdx-disk", Disk, None),
    (End(512), b"conectix", "a VHD disk", "application/x-vhd-disk", Disk, None),
];

pub(super) fn find(peek: &Peek<'_>) -> Option<Foreign> {
    let row = SIGNATURES.iter().find(|(place, bytes, ..)| match place {
        Start(offset) => peek.head.get(*offset..).is_some_and(|from| from.starts_with(bytes)),
        End(before) => peek.tail.len().checked_sub(*before).is_some_and(|at| peek.tail[at..].starts_with(bytes)),
    })?;
    let (place, _, name, mime, sort, format) = row;
    Some(Foreign { at_end: matches!(place, End(_)), format: *format, ..Foreign::new(name, mime, *sort) })
}
