//! A volume of ECMA-119 (ISO 9660) level 1, laid out by hand: one subdirectory deep, a few sectors long.
//!
//! | Sector | Content | Clause |
//! |---|---|---|
//! | 0-15 | system area: zero, or what a console boots | 6.2.1 |
//! | 16 | primary volume descriptor | 8.4 |
//! | 17 | volume descriptor set terminator | 8.3 |
//! | 18, 19 | path table, little-endian and big-endian | 9.4 |
//! | 20 | root directory | 9.1 |
//! | 21 | the subdirectory `SUB` | 9.1 |
//! | 22... | files, each from a sector of its own | 6.4 |

use crate::reference::USER;

const FIRST_FILE: u32 = 22;
const ROOT: u32 = 20;
const SUB: u32 = 21;

/// What the volume holds.
#[derive(Clone, Debug, Default)]
pub struct Volume {
    /// System identifier, up to 32 characters: `PLAYSTATION`, or nothing.
    pub system: &'static str,
    /// Volume identifier, up to 32 characters.
    pub label: &'static str,
    /// XA: signature `CD-XA001` in the descriptor and 14 bytes more in each directory record.
    pub xa: bool,
    /// The system area: up to 16 sectors, the rest zero.
    pub boot: Vec<u8>,
    /// Path and content, in directory order. A path beginning `SUB/` lies in the subdirectory.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// LBA of the volume's first sector: extents count from the start of the disc (second sessions, GD-ROM).
    pub base_lba: u32,
}

/// A finished volume.
#[derive(Clone, Debug)]
pub struct Image {
    /// User data, a whole number of 2048-byte sectors.
    pub user: Vec<u8>,
    /// Sectors (from the volume's start) that end a file, a directory, a path table or the descriptors.
    pub ends: Vec<u32>,
    /// First sector and count of each file, in the order given; the count is 0 for an empty one.
    pub extents: Vec<(u32, u32)>,
}

impl Image {
    /// Number of sectors.
    #[must_use]
    pub fn sectors(&self) -> u32 {
        count(self.user.len() / USER)
    }

    /// The submode byte that masterers give sector `sector`: data, with end bits where something ends, and end of
    /// record on the volume descriptors.
    #[must_use]
    pub fn submode(&self, sector: u32) -> u8 {
        match sector {
            16 => 0x09,
            _ if self.ends.contains(&sector) => 0x89,
            _ => 0x08,
        }
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn sectors_of(bytes: &[u8]) -> u32 {
    count(bytes.len().div_ceil(USER))
}

/// A 32-bit number in both byte orders (7.3.3).
fn both32(number: u32) -> [u8; 8] {
    let mut out = [0; 8];
    out[..4].copy_from_slice(&number.to_le_bytes());
    out[4..].copy_from_slice(&number.to_be_bytes());
    out
}

/// A 16-bit number in both byte orders (7.2.3).
fn both16(number: u16) -> [u8; 4] {
    let mut out = [0; 4];
    out[..2].copy_from_slice(&number.to_le_bytes());
    out[2..].copy_from_slice(&number.to_be_bytes());
    out
}

/// Puts `bytes` at `offset`.
fn put(target: &mut [u8], offset: usize, bytes: &[u8]) {
    target[offset..offset + bytes.len()].copy_from_slice(bytes);
}

/// Puts `text` at `offset`, padded with spaces to `width`.
fn put_text(target: &mut [u8], offset: usize, width: usize, text: &str) {
    target[offset..offset + width].fill(b' ');
    put(target, offset, &text.as_bytes()[..text.len().min(width)]);
}

/// A directory record (9.1).
struct Record<'a> {
    id: &'a [u8],
    lba: u32,
    len_bytes: u32,
    directory: bool,
    xa: Option<u16>,
}

impl Record<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut out = vec![0; 33];
        put(&mut out, 2, &both32(self.lba));
        put(&mut out, 10, &both32(self.len_bytes));
        put(&mut out, 18, &[100, 1, 1, 0, 0, 0, 0]); // 2000-01-01 00:00:00 GMT (9.1.5)
        out[25] = if self.directory { 2 } else { 0 };
        put(&mut out, 28, &both16(1));
        out[32] = u8::try_from(self.id.len()).unwrap_or(0);
        out.extend(self.id);
        if out.len() % 2 == 1 {
            out.push(0); // 9.1.12
        }
        if let Some(attributes) = self.xa {
            let mut field = [0; 14]; // owner, attributes, signature, file number
            put(&mut field, 4, &attributes.to_be_bytes());
            put(&mut field, 6, b"XA");
            out.extend(field);
        }
        out[0] = u8::try_from(out.len()).unwrap_or(0);
        out
    }
}

const XA_DIRECTORY: u16 = 0x8D55;
const XA_FORM1: u16 = 0x0D55;
const XA_MIXED: u16 = 0x3D55;

impl Volume {
    /// Lays the volume out.
    #[must_use]
    pub fn build(&self) -> Image {
        let mut extents = Vec::new();
        let mut next = FIRST_FILE;
        for (_, content) in &self.files {
            extents.push((next, sectors_of(content)));
            next += sectors_of(content);
        }
        let mut user = vec![0; next as usize * USER];
        put(&mut user, 0, &self.boot);
        let sector = |number: u32| number as usize * USER;
        put(&mut user, sector(16), &self.primary_descriptor(next));
        put(&mut user, sector(17), b"\xFFCD001\x01"); // 8.3
        put(&mut user, sector(18), &self.path_table(u32::to_le_bytes, u16::to_le_bytes));
        put(&mut user, sector(19), &self.path_table(u32::to_be_bytes, u16::to_be_bytes));
        put(&mut user, sector(ROOT), &self.directory(ROOT, &extents));
        put(&mut user, sector(SUB), &self.directory(SUB, &extents));
        for ((_, content), (start, _)) in self.files.iter().zip(&extents) {
            put(&mut user, sector(*start), content);
        }
        let files = extents.iter().filter(|(_, len)| *len > 0).map(|(start, len)| start + len - 1);
        let ends = [17, 18, 19, ROOT, SUB].into_iter().chain(files).collect();
        Image { user, ends, extents }
    }

    fn primary_descriptor(&self, len_sectors: u32) -> [u8; USER] {
        let mut out = [0; USER];
        put(&mut out, 0, b"\x01CD001\x01");
        put_text(&mut out, 8, 32, self.system);
        put_text(&mut out, 40, 32, self.label);
        put(&mut out, 80, &both32(len_sectors));
        put(&mut out, 120, &both16(1)); // volume set size
        put(&mut out, 124, &both16(1)); // volume sequence number
        put(&mut out, 128, &both16(2048)); // logical block size
        put(&mut out, 132, &both32(count(self.path_table(u32::to_le_bytes, u16::to_le_bytes).len())));
        put(&mut out, 140, &(self.base_lba + 18).to_le_bytes());
        put(&mut out, 148, &(self.base_lba + 19).to_be_bytes());
        put(&mut out, 156, &self.record(b"\0", ROOT, 2048, None).bytes());
        for (offset, width) in [(190, 128), (318, 128), (446, 128), (574, 128), (702, 37), (739, 37), (776, 37)] {
            put_text(&mut out, offset, width, "");
        }
        put_text(&mut out, 574, 128, self.system);
        for offset in [813, 830, 847, 864] {
            put(&mut out, offset, b"0000000000000000\0"); // 8.4.26.1: not specified
        }
        put(&mut out, 813, b"2000010100000000\0");
        out[881] = 1; // file structure version
        if self.xa {
            put(&mut out, 0x400, b"CD-XA001");
        }
        out
    }

    /// A directory's own record: `xa` is given where the record lies in a directory of an XA disc.
    fn record<'a>(&self, id: &'a [u8], sector: u32, len_bytes: u32, xa: Option<u16>) -> Record<'a> {
        Record { id, lba: self.base_lba + sector, len_bytes, directory: true, xa }
    }

    fn path_table(&self, long: fn(u32) -> [u8; 4], short: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mut out = Vec::new();
        for (id, sector) in [(&b"\0"[..], ROOT), (b"SUB", SUB)] {
            out.extend([u8::try_from(id.len()).unwrap_or(0), 0]);
            out.extend(long(self.base_lba + sector));
            out.extend(short(1)); // parent: the root, which is its own
            out.extend(id);
            out.push(0); // both lengths are odd (9.4.6)
        }
        out
    }

    /// The records of directory `which`, in the order of 9.3: this one, its parent, then by name.
    fn directory(&self, which: u32, extents: &[(u32, u32)]) -> Vec<u8> {
        let xa = |attributes| self.xa.then_some(attributes);
        let mut named = Vec::new();
        if which == ROOT {
            named.push((b"SUB".to_vec(), self.record(b"SUB", SUB, 2048, xa(XA_DIRECTORY)).bytes()));
        }
        for ((path, content), (start, _)) in self.files.iter().zip(extents) {
            let Some(name) = (if which == SUB { path.strip_prefix("SUB/") } else { Some(*path) }) else {
                continue;
            };
            if name.contains('/') {
                continue;
            }
            let id = [name.as_bytes(), b";1"].concat();
            let attributes = if name.ends_with(".STR") { XA_MIXED } else { XA_FORM1 };
            let lba = if content.is_empty() { 0 } else { self.base_lba + start };
            let record = Record { id: &id, lba, len_bytes: count(content.len()), directory: false, xa: xa(attributes) };
            named.push((id.clone(), record.bytes()));
        }
        named.sort();
        let own = self.record(b"\0", which, 2048, xa(XA_DIRECTORY)).bytes();
        let parent = self.record(b"\x01", ROOT, 2048, xa(XA_DIRECTORY)).bytes();
        let mut out = [own, parent].concat();
        out.extend(named.into_iter().flat_map(|(_, bytes)| bytes));
        out
    }
}
