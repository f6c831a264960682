//! Discs that are known by their first sectors, with or without ISO 9660.
//!
//! The marks are the ones that the consoles' own boot programs, or the file systems' drivers, look for.

use super::UserView;
use crate::error::Result;
use std::ops::ControlFlow;

/// What was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// Its name for people.
    pub name: &'static str,
    /// Is it never a CD, however short the image is?
    pub dvd: bool,
    /// Where its mark is: sector, and byte of the sector's user data.
    pub at: (u64, usize),
}

/// A mark: these bytes at byte `at` of the user data of `sector`.
struct Mark {
    name: &'static str,
    sector: u64,
    at: usize,
    bytes: &'static [u8],
}

const fn mark(name: &'static str, sector: u64, at: usize, bytes: &'static [u8]) -> Mark {
    Mark { name, sector, at, bytes }
}

/// Systems on CD.
const CD_MARKS: &[Mark] = &[
    mark("Sega CD", 0, 0, b"SEGADISCSYSTEM  "),
    mark("Sega CD", 0, 0, b"SEGABOOTDISC    "),
    mark("Sega CD", 0, 0, b"SEGADISC        "),
    mark("Sega CD", 0, 0, b"SEGADATADISC    "),
    mark("Saturn", 0, 0, b"SEGA SEGASATURN "),
    mark("Dreamcast", 0, 0, b"SEGA SEGAKATANA "),
    mark("PlayStation", 4, 0, b"          Licensed  by          "),
    mark("PC Engine", 1, 0x20, b"PC Engine CD-ROM SYSTEM"),
    mark("PC-FX", 0, 0, b"PC-FX:Hu_CD-ROM"),
    mark("3DO", 0, 0, &[1, 0x5A, 0x5A, 0x5A, 0x5A, 0x5A, 1]),
    mark("FM Towns", 0, 0, b"IPL4"),
    mark("FM Towns", 0, 3, b"IPL4"),
    mark("CD-i", 16, 0, b"\x01CD-I \x01"),
    mark("Video CD", 150, 0, b"VIDEO_CD"),
    mark("Super Video CD", 150, 0, b"SUPERVCD"),
    mark("HQ-VCD", 150, 0, b"HQ-VCD  "),
];

/// Systems on DVD or Blu-ray.
const DVD_MARKS: &[Mark] = &[
    mark("GameCube", 0, 0x1C, &[0xC2, 0x33, 0x9F, 0x3D]),
    mark("Wii", 0, 0x18, &[0x5D, 0x1C, 0x9E, 0xA3]),
    mark("PlayStation 3", 1, 0, b"PlayStation3"),
];

/// First sectors of the game partition: plain, Xbox, and the two layouts of the Xbox 360.
const XBOX_PARTITIONS: [u64; 4] = [0, 0x30600, 0x1FB20, 0x4100];
const XBOX_MAGIC: &[u8] = b"MICROSOFT*XBOX*MEDIA";
/// The volume descriptor of the game partition, and where it repeats its magic.
const XBOX_DESCRIPTOR: u64 = 32;
const XBOX_REPEAT: usize = 0x7EC;

/// The system whose mark the volume bears; of several the one that says most. A bounded number of reads.
///
/// # Errors
/// Reading.
pub fn recognise(view: &UserView<'_>) -> Result<Option<System>> {
    let mut found = None;
    visit(view, |system| {
        found = Some(system);
        ControlFlow::Break(())
    })?;
    Ok(found)
}

/// Every system whose mark the volume bears, the one that says most first: hybrids have several. A bounded number of reads.
///
/// # Errors
/// Reading.
pub fn recognise_all(view: &UserView<'_>) -> Result<Vec<System>> {
    let mut found = Vec::new();
    visit(view, |system| {
        found.push(system);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Tell `tell` of one mark after the other, until it has heard enough.
fn visit(view: &UserView<'_>, mut tell: impl FnMut(System) -> ControlFlow<()>) -> Result<()> {
    for (marks, dvd) in [(DVD_MARKS, true), (CD_MARKS, false)] {
        for mark in marks {
            let system = System { name: mark.name, dvd, at: (mark.sector, mark.at) };
            if view.says(mark.sector, mark.at, mark.bytes)? && tell(system).is_break() {
                return Ok(());
            }
        }
        if dvd
            && let Some(sector) = xbox(view)?
            && tell(System { name: "Xbox", dvd, at: (sector, 0) }).is_break()
        {
            return Ok(());
        }
    }
    if let Some((name, at)) = macintosh(view)?
        && tell(System { name, dvd: false, at: (0, at) }).is_break()
    {
        return Ok(());
    }
    if let Some(sector) = udf_anchor(view)? {
        // The last one: whether it was enough does not matter.
        let _ = tell(System { name: "UDF", dvd: false, at: (sector, 0) });
    }
    Ok(())
}

/// The sector of a game partition's descriptor.
fn xbox(view: &UserView<'_>) -> Result<Option<u64>> {
    for partition in XBOX_PARTITIONS {
        let sector = partition + XBOX_DESCRIPTOR;
        if view.says(sector, 0, XBOX_MAGIC)? && view.says(sector, XBOX_REPEAT, XBOX_MAGIC)? {
            return Ok(Some(sector));
        }
    }
    Ok(None)
}

/// Apple partition map, HFS or HFS+ at the start of the image. Their magics are two letters, so more is asked for.
/// Returns the byte of the image too.
fn macintosh(view: &UserView<'_>) -> Result<Option<(&'static str, usize)>> {
    let mut head = [0; 4];
    if view.read(0, 0, &mut head)? && head[..2] == *b"ER" {
        let block = u16::from_be_bytes([head[2], head[3]]);
        // The map follows the driver descriptor, one block on; CDs are made with blocks of 512 as well as of 2048.
        let map = match block {
            512 | 2048 => view.says(0, 512, b"PM")? || view.says(1, 0, b"PM")?,
            1024 => view.says(0, 1024, b"PM")?,
            _ => false,
        };
        if map {
            return Ok(Some(("Apple partition map", 0)));
        }
    }
    let mut volume = [0; 48];
    if !view.read(0, 0x400, &mut volume)? {
        return Ok(None);
    }
    let be32 = |at: usize| u32::from_be_bytes([volume[at], volume[at + 1], volume[at + 2], volume[at + 3]]);
    Ok(match &volume[..4] {
        // Version 4 is HFS+, 5 is HFSX; the block size is a power of two of at least 512.
        [b'H', b'+', 0, 4] | [b'H', b'X', 0, 5] if be32(40).is_power_of_two() && be32(40) >= 512 => Some(("HFS+", 0x400)),
        // The allocation block is a multiple of 512.
        [b'B', b'D', ..] if be32(20) != 0 && be32(20).is_multiple_of(512) => Some(("HFS", 0x400)),
        _ => None,
    })
}

/// An anchor volume descriptor pointer (ECMA-167 3/10.2) at one of its places (UDF 2.2.3).
fn udf_anchor(view: &UserView<'_>) -> Result<Option<u64>> {
    let sectors = view.sectors();
    for sector in [256, sectors.saturating_sub(257), sectors.saturating_sub(1), 512] {
        let mut tag = [0_u8; 16];
        if sector < 256 || !view.read(sector, 0, &mut tag)? {
            continue;
        }
        let sum = tag.iter().enumerate().filter(|(at, _)| *at != 4).fold(0_u8, |sum, (_, byte)| sum.wrapping_add(*byte));
        let location = u64::from(u32::from_le_bytes([tag[12], tag[13], tag[14], tag[15]]));
        if tag[..2] == [2, 0] && sum == tag[4] && location == sector {
            return Ok(Some(sector));
        }
    }
    Ok(None)
}
