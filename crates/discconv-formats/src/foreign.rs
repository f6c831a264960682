//! What a file is that no reader knows: so that the error can say it.
//!
//! A row goes when its format is read.

use discconv_core::{Peek, Score};

/// Something recognised that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// With its article, fit for "found ...".
    pub(crate) name: &'static str,
    sort: Sort,
    /// Its mark is at the end, so that its beginning may look like something else.
    at_end: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Something may be inside.
    Archive,
    /// A disc is in it, but not for this version.
    Image,
    /// A disc of a console, in a form of its own.
    Console,
    /// It describes a disc in other files, but not for this version.
    Sheet,
    /// A disk, but no disc.
    Disk,
    /// Sound of a track.
    Sound,
    /// Nothing to do with discs.
    Other,
}

impl Foreign {
    /// Does it count more than a probe that is `sure` so far?
    ///
    /// A guess does not stand against a signature. And a container that is marked at its end (CDI, DMG) begins with
    /// sectors: a headerless image by all signs, but reading it as one would add its tables to the disc and lose its tracks.
    pub(crate) fn outranks(&self, sure: Score) -> bool {
        sure <= Score::MAYBE || (self.at_end && sure < Score::CERTAIN)
    }

    /// What to do with it.
    pub(crate) fn hint(&self) -> &'static str {
        match self.sort {
            Sort::Archive => "unpack it, and name the image inside",
            Sort::Image => "this version does not read it; `discconv formats` lists what is read",
            Sort::Console => {
                "make a plain ISO of it first: Dolphin or nodtool do so for the GameCube and Wii, xdvdfs or Repackinator for the Xbox"
            }
            Sort::Sheet => "this version does not read it; name the file with the sectors instead",
            Sort::Disk => "it is not an optical disc; --from iso2048 reads it as sectors of 2048 bytes all the same",
            Sort::Sound => "sound belongs to a disc through a cue sheet: open that",
            Sort::Other => {
                "look where it came from: a failed download often leaves a page or another file under the image's name"
            }
        }
    }
}

enum Place {
    /// So many bytes from the start.
    Start(usize),
    /// So many bytes before the end.
    End(usize),
}

use Place::{End, Start};
use Sort::{Archive, Console, Disk, Image, Other, Sheet, Sound};

type Row = (Place, &'static [u8], &'static str, Sort);

/// Signatures. The more specific one of two stands first.
const SIGNATURES: &[Row] = &[
    (Start(0), b"MComprHD", "a CHD image (MAME)", Image),
    (Start(0), b"DAA\0", "a DAA image (PowerISO)", Image),
    (Start(0), b"GBI\0", "a GBI image (gBurner)", Image),
    (Start(0), b"BWT5 STREAM SIGN", "a descriptor of BlindWrite (B5T, B6T)", Sheet),
    (Start(0), b"Adaptec CeQuadrat VirtualCD File", "a C2D image (WinOnCD)", Image),
    (Start(0), b"Roxio Image File Format", "a C2D image (WinOnCD)", Image),
    (Start(0), b"TTAFMPVOBCDIMG", "an XMD or VOB image (InstantCopy)", Image),
    (Start(0), &[0x01, 0xC0, 0x0B, 0xB1], "a GCZ image (Dolphin)", Image),
    (Start(0), b"RVZ\x01", "an RVZ image (Dolphin)", Image),
    (Start(0), b"WIA\x01", "a WIA image", Image),
    (Start(0), b"WBFS", "a WBFS disk", Image),
    (End(512), b"koly", "a DMG image (Apple)", Image),
    (End(64), b"bbis", "a UIF image (MagicISO)", Image),
    (Start(0), b"SBI\0", "an SBI file (subchannel patches of a PlayStation disc)", Sheet),
    (Start(0), b"Rar!\x1A\x07", "a RAR archive", Archive),
    (Start(0), b"MSWIM\0\0\0", "a WIM archive (Windows)", Archive),
    (Start(257), b"ustar", "a tar archive", Archive),
    (Start(0), b"MSCF\0\0\0\0", "a cabinet (Windows)", Archive),
    (Start(0), b"\x89PNG\r\n\x1A\n", "a PNG picture", Other),
    (Start(0), &[0xFF, 0xD8, 0xFF], "a JPEG picture", Other),
    (Start(0), b"GIF8", "a GIF picture", Other),
    (Start(0), b"%PDF", "a PDF document", Other),
    (Start(0), b"\x7FELF", "a program (ELF)", Other),
    (Start(0), b"MZ", "a program for Windows or DOS", Other),
    (Start(0), b"SQLite format 3\0", "an SQLite database", Other),
    (Start(0), b"srcdocid:", "a CALS raster picture", Other),
    (Start(0), b"version: MIL-STD-1840", "a CALS raster picture", Other),
    (Start(0), b"rorient:", "a CALS raster picture", Other),
    (Start(0), b"RIFF", "a RIFF file (sound or film)", Sound),
    (Start(0), b"FORM", "an IFF file (sound or picture)", Sound),
    (Start(0), b"KDMV", "a VMDK disk", Disk),
    (Start(0), b"QFI\xFB", "a QCOW disk", Disk),
    (Start(0), b"vhdxfile", "a VHDX disk", Disk),
    (End(512), b"conectix", "a VHD disk", Disk),
];

/// Beginnings of text files, in small letters; blanks before them do not count.
const TEXTS: &[(&str, &str, Sort)] = &[
    ("<!doctype html", "a web page", Other),
    ("<html", "a web page", Other),
    ("<?xml", "an XML file", Other),
    ("version https://git-lfs", "a Git LFS pointer, not the file itself", Other),
];

/// Bytes of the floppies that have been common.
const FLOPPIES: [u64; 7] = [163_840, 184_320, 327_680, 368_640, 737_280, 1_228_800, 1_474_560];

/// What the file is, if it can be seen.
pub(crate) fn what_is(peek: &Peek<'_>) -> Option<Foreign> {
    let row = SIGNATURES.iter().find(|(place, bytes, ..)| match place {
        Start(offset) => peek.head.get(*offset..).is_some_and(|from| from.starts_with(bytes)),
        End(before) => peek.tail.len().checked_sub(*before).is_some_and(|at| peek.tail[at..].starts_with(bytes)),
    });
    let found = row.map(|(place, _, name, sort)| Foreign { name, sort: *sort, at_end: matches!(place, End(_)) });
    found.or_else(|| ciso(peek)).or_else(|| text(peek)).or_else(|| discjuggler(peek)).or_else(|| disk(peek))
}

fn text(peek: &Peek<'_>) -> Option<Foreign> {
    let head = &peek.head[..peek.head.len().min(256)];
    let start = String::from_utf8_lossy(head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head)).to_lowercase();
    let row = TEXTS.iter().find(|(beginning, ..)| start.trim_start().starts_with(beginning));
    row.map(|(_, name, sort)| Foreign { name, sort: *sort, at_end: false })
}

/// What begins like a CSO and is none: Nintendo's has the length of its blocks where the PSP's has that of a header, and the
/// Xbox's is what is left when the PSP's are read.
fn ciso(peek: &Peek<'_>) -> Option<Foreign> {
    let length = u32::from_le_bytes(*peek.head.strip_prefix(b"CISO")?.first_chunk()?);
    let (name, sort) = if length.is_power_of_two() && length >= 0x8000 {
        ("a CISO image of a GameCube or Wii disc (Nintendo's, no CSO)", Console)
    } else if cfg!(feature = "cso") {
        ("a CSO image of an Xbox disc (coded otherwise than a PSP's)", Console)
    } else {
        ("a CSO image", Image)
    };
    Some(Foreign { name, sort, at_end: false })
}

/// CDI images end with their version and the place of their descriptor, little-endian. A build that reads them explains them
/// by itself.
fn discjuggler(peek: &Peek<'_>) -> Option<Foreign> {
    let end = peek.tail.last_chunk::<8>()?;
    let [version, offset] =
        [&end[..4], &end[4..]].map(|word| word.iter().rev().fold(0, |value: u64, byte| value << 8 | u64::from(*byte)));
    let known = !cfg!(feature = "cdi") && (0x8000_0004..=0x8000_0006).contains(&version) && offset > 0 && offset < peek.len();
    known.then_some(Foreign { name: "a CDI image (DiscJuggler)", sort: Image, at_end: true })
}

/// A boot sector without anything of a disc: a floppy by its length, else a hard disk or stick.
fn disk(peek: &Peek<'_>) -> Option<Foreign> {
    let boots = peek.head.get(510..512) == Some(&[0x55, 0xAA]);
    // Jump over the BIOS parameter block, which says 512 bytes a sector.
    let fat = matches!(peek.head, [0xEB, _, 0x90, ..] | [0xE9, ..]) && peek.head.get(11..13) == Some(&[0x00, 0x02]);
    let floppy = FLOPPIES.contains(&peek.len());
    match (boots, fat) {
        (_, true) if floppy => Some(Foreign { name: "a floppy image", sort: Disk, at_end: false }),
        (true, _) => Some(Foreign { name: "an image of a hard disk or stick (it has a boot sector)", sort: Disk, at_end: false }),
        _ => None,
    }
}
