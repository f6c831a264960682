//! What the ISO 9660 volume descriptors say (ECMA-119 section 8), as far as a converter needs it.

use super::UserView;
use crate::disc::Note;
use crate::error::Result;
use binrw::{BinRead, io::Cursor};
use discconv_sector::USER;

/// The first volume descriptor is in this sector (ECMA-119 6.7.1).
pub const FIRST_DESCRIPTOR: u64 = 16;
/// Blocks that a volume may lack at its end.
const RUN_OUT: u64 = 2;
/// More descriptors than any disc has.
const MOST_DESCRIPTORS: u64 = 64;
/// Where XA discs say so in the primary descriptor (CD-ROM XA, in the application use field).
const XA_SIGNATURE_AT: usize = 0x400;
const XA_SIGNATURE: &[u8] = b"CD-XA001";

/// A primary or supplementary volume descriptor (ECMA-119 8.4, 8.5). Of numbers in both byte orders the little-endian
/// half comes first.
#[derive(BinRead, Clone, Debug)]
#[br(little)]
pub struct Descriptor {
    /// 1 primary, 2 supplementary.
    pub kind: u8,
    /// Identifier, version and flags lie between.
    #[br(pad_before = 5 + 1 + 1)]
    pub system: [u8; 32],
    /// Length of the volume in blocks.
    #[br(pad_before = 32 + 8)]
    pub blocks: u32,
    /// The same, big-endian.
    #[br(big)]
    pub blocks_again: u32,
    /// Length of a block.
    #[br(pad_before = 32 + 8)]
    pub block_bytes: u16,
    /// Length of the path table.
    #[br(pad_before = 2)]
    pub path_table_bytes: u32,
    /// Type L and optional type L.
    #[br(pad_before = 4)]
    pub path_tables: [u32; 2],
    /// Type M and optional type M.
    #[br(big)]
    pub path_tables_big: [u32; 2],
    /// The root directory's record begins here: its length, ...
    pub root_record: u8,
    /// ... where the directory is, ...
    #[br(pad_before = 1)]
    pub root: u32,
    /// ... and how long.
    #[br(pad_before = 4)]
    pub root_bytes: u32,
}

impl Descriptor {
    /// Blocks of 2048 bytes, and a root record of 34: no other volume is read here.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.block_bytes == 2048 && self.root_record == 34
    }

    /// Where its path tables begin, those that are there.
    pub fn path_table_sectors(&self) -> impl Iterator<Item = u32> {
        self.path_tables.into_iter().chain(self.path_tables_big).filter(|sector| *sector != 0)
    }

    fn system_is(&self, name: &[u8]) -> bool {
        self.system.trim_ascii_end().starts_with(name)
    }
}

/// A volume.
#[derive(Clone, Debug)]
pub struct Volume {
    /// The primary descriptor.
    pub primary: Descriptor,
    /// Supplementary ones: Joliet.
    pub supplementary: Vec<Descriptor>,
    /// Sectors of the descriptors, the terminator left out.
    pub descriptors: Vec<u64>,
    /// Sector of the terminator.
    pub terminator: Option<u64>,
    /// The disc's LBA that sector 0 has by the volume's own addresses: not 0 in a later session.
    pub base: u32,
    xa: bool,
}

impl Volume {
    /// Do its sectors belong in Mode 2?
    #[must_use]
    pub fn wants_mode2(&self) -> bool {
        self.xa || self.primary.system_is(b"PLAYSTATION")
    }

    /// Is it a PSP disc?
    #[must_use]
    pub fn is_umd(&self) -> bool {
        self.primary.system_is(b"PSP GAME") || self.primary.system_is(b"UMD VIDEO")
    }

    /// Blocks that it declares, if its two statements agree.
    #[must_use]
    pub fn blocks(&self) -> Option<u32> {
        (self.primary.is_sound() && self.primary.blocks == self.primary.blocks_again).then_some(self.primary.blocks)
    }
}

impl Volume {
    /// A note of blocks that it declares and an image of `there` sectors, from its first one on, has not; a few at the end are
    /// run-out sectors, which many dumps leave out. `file` names the image.
    #[must_use]
    pub fn missing(&self, file: &str, there: u64) -> Option<Note> {
        let declared = self.blocks().map(u64::from).filter(|declared| *declared > there && self.base == 0)?;
        let missing = declared - there;
        let text = format!(
            "{file}: the volume declares {declared} blocks of 2048 bytes, the file has {there}: {missing} missing at the end"
        );
        // Nothing is made up for them: where the file ends is where the disc ends.
        let damage = |text| Note::damage(missing, format!("{text}; the disc ends where the file does"));
        Some(if missing <= RUN_OUT { Note::oddity(text) } else { damage(text) })
    }
}

/// The volume in `view`, if there is one. A bounded number of reads.
///
/// # Errors
/// Reading.
pub fn read(view: &UserView<'_>) -> Result<Option<Volume>> {
    let mut found = Found::default();
    for sector in FIRST_DESCRIPTOR..FIRST_DESCRIPTOR + MOST_DESCRIPTORS {
        let mut bytes = [0; USER];
        if !view.read(sector, 0, &mut bytes)? || bytes[1..6] != *b"CD001" {
            break;
        }
        if !found.take(sector, &bytes) {
            break;
        }
    }
    let Found { primary: Some((primary, xa)), supplementary, descriptors, terminator } = found else {
        return Ok(None);
    };
    let base = base(view, &primary)?;
    Ok(Some(Volume { primary, supplementary, descriptors, terminator, base, xa }))
}

#[derive(Default)]
struct Found {
    primary: Option<(Descriptor, bool)>,
    supplementary: Vec<Descriptor>,
    descriptors: Vec<u64>,
    terminator: Option<u64>,
}

impl Found {
    /// Take one descriptor; `false` after the last.
    fn take(&mut self, sector: u64, bytes: &[u8; USER]) -> bool {
        if bytes[0] == 0xFF {
            self.terminator = Some(sector);
            return false;
        }
        self.descriptors.push(sector);
        if let (1 | 2, Ok(descriptor)) = (bytes[0], Descriptor::read(&mut Cursor::new(&bytes[..]))) {
            match descriptor.kind {
                1 if self.primary.is_none() => {
                    let xa = bytes[XA_SIGNATURE_AT..].starts_with(XA_SIGNATURE);
                    self.primary = Some((descriptor, xa));
                }
                2 => self.supplementary.push(descriptor),
                _ => {}
            }
        }
        true
    }
}

/// Sectors after the descriptors in which a later session's path table is looked for.
const PATH_TABLE_WITHIN: u32 = 64;
/// No second session begins earlier: lead-out, lead-in and pause take 11400 sectors.
const FIRST_LATER_SESSION: u32 = 11_000;

/// The LBA of sector 0, from where the path table really is: its first record is the root's (ECMA-119 9.4), and says
/// where the root is.
fn base(view: &UserView<'_>, primary: &Descriptor) -> Result<u32> {
    let table = primary.path_tables[0];
    if !primary.is_sound() || table < FIRST_LATER_SESSION {
        return Ok(0);
    }
    let [a, b, c, d] = primary.root.to_le_bytes();
    let record = [1, 0, a, b, c, d, 1, 0, 0];
    if view.says(u64::from(table), 0, &record)? {
        return Ok(0);
    }
    for sector in 17..PATH_TABLE_WITHIN {
        if view.says(u64::from(sector), 0, &record)? {
            return Ok(table - sector);
        }
    }
    Ok(0)
}
