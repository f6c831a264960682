//! Names in the root of a disc.

use super::Worth::{OneOf, Telling};
use super::{SAFEDISC, SECUROM, Sign, Worth};
use crate::look::Look;

/// A protection, what a name of it is worth, and the names. Source: BinaryObjectScanner, which has them from the discs that Redump
/// lists, and asks for several where names are common ones; redumper for the files that SafeDisc's bad sectors follow.
///
/// Not here, for want of a source or because others have such files too: `TAGES.DLL`, `MCP.DLL`, `LAUNCHCD.EXE`, `WMMP.EXE`.
const NAMES: &[(&str, Worth, &[&str])] = &[
    (
        SAFEDISC,
        OneOf(2),
        &[
            "00000001.TMP",
            "00000002.TMP",
            "00000001.LT1",
            "CLCD16.DLL",
            "CLCD32.DLL",
            "CLOKSPL.EXE",
            "DPLAYERX.DLL",
            "DRVMGT.DLL",
            "LTDLL.DLL",
            "SECDRV.SYS",
        ],
    ),
    (
        SECUROM,
        OneOf(2),
        &["CMS16.DLL", "CMS_95.DLL", "CMS_NT.DLL", "CMS32_95.DLL", "CMS32_NT.DLL", "SINTF16.DLL", "SINTF32.DLL", "SINTFNT.DLL"],
    ),
    ("LaserLock", Telling, &["LASERLOK", "LASERLOK.IN", "LASERLOK.OUT", "LASERLOK.O10", "LASERLOK.O11", "LASERLOK.O12"]),
    ("LaserLock", OneOf(2), &["NOMOUSE.SP", "NOMOUSE.COM", "L16DLL.DLL"]),
    ("CD-Cops", Telling, &["CDCOPS.DLL"]),
    ("StarForce", OneOf(3), &["PROTECT.DLL", "PROTECT.EXE", "PROTECT.X86", "PROTECT.X64"]),
    ("TAGES", OneOf(2), &["ENODPL.SYS", "ENODPL.VXD", "TANDPL.SYS", "TANDPL.VXD", "ATKSGT.SYS", "LIRSGT.SYS"]),
    ("ProtectCD-VOB", Telling, &["VOB-PCD.KEY"]),
    ("Cactus Data Shield", Telling, &["CACTUSPJ.EXE", "YUCCA.CDS", "CDSPLAYER.APP"]),
    ("MediaMax", Telling, &["SCCD3X01.DLL", "SCCD3X02.DLL"]),
    ("MediaMax", OneOf(2), &["PLAYDISC.EXE", "PLAYDISC.XML"]),
    ("XCP", Telling, &["XCP.DAT", "ECDPLAYERCONTROL.OCX"]),
];

pub(super) fn find(look: &Look) -> Vec<Sign> {
    let rows = NAMES.iter().flat_map(|(name, worth, files)| files.iter().map(move |file| (*name, *worth, *file)));
    let signs = rows.filter_map(|(name, worth, file)| {
        let entry = look.in_root(|entry| entry.name.eq_ignore_ascii_case(file))?;
        let kind = if entry.is_directory() { "directory" } else { "file" };
        Some(Sign::new(name, worth, entry.name.clone(), format!("a {kind} of that name, as {name} has it")))
    });
    signs.collect()
}
