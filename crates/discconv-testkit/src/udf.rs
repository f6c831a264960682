//! A volume of ECMA-167 (UDF 1.02) and nothing else: no ISO 9660 beside it, one file in the root directory.
//!
//! | Sector | Content | Clause |
//! |---|---|---|
//! | 16-18 | `BEA01`, `NSR02`, `TEA01` | 2/9 |
//! | 32-36, 48-52 | volume descriptor sequence and its reserve: primary, partition, logical volume, terminator | 3/10 |
//! | 40 | logical volume integrity, closed | 3/10.10 |
//! | 64-67 | the partition: file set, root entry, directory, file entry; then the file | 4/14 |
//! | 256, 257 | anchors: one at 256, one at the last sector | 3/8.4.2.1 |

use crate::reference::{USER, crc16};

const PARTITION: u32 = 64;
const PARTITION_SECTORS: u32 = 192;

/// Descriptor bytes in the making: little-endian numbers at fixed offsets, counted from the descriptor's start.
pub struct Body(Vec<u8>);

impl Body {
    /// That many zeros.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self(vec![0; len])
    }

    /// Bytes at an offset.
    #[must_use]
    pub fn put(mut self, offset: usize, bytes: &[u8]) -> Self {
        self.0[offset..offset + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// A byte.
    #[must_use]
    pub fn u8(self, offset: usize, number: u8) -> Self {
        self.put(offset, &[number])
    }

    /// Two bytes.
    #[must_use]
    pub fn u16(self, offset: usize, number: u16) -> Self {
        self.put(offset, &number.to_le_bytes())
    }

    /// Four bytes.
    #[must_use]
    pub fn u32(self, offset: usize, number: u32) -> Self {
        self.put(offset, &number.to_le_bytes())
    }

    /// A character set: OSTA Compressed Unicode (UDF 2.1.2).
    #[must_use]
    pub fn charset(self, offset: usize) -> Self {
        self.put(offset + 1, b"OSTA Compressed Unicode")
    }

    /// A dstring of `width` bytes: 8-bit letters, the used length in the last byte (1/7.2.12).
    #[must_use]
    pub fn dstring(self, offset: usize, width: usize, text: &str) -> Self {
        let used = u8::try_from(text.len() + 1).unwrap_or(0);
        self.u8(offset, 8).put(offset + 1, text.as_bytes()).u8(offset + width - 1, used)
    }

    /// An entity identifier (1/7.4); the domain's suffix tells UDF 1.02.
    #[must_use]
    pub fn entity(self, offset: usize, name: &str) -> Self {
        let named = self.put(offset + 1, name.as_bytes());
        if name.starts_with("*OSTA") { named.u16(offset + 24, 0x0102) } else { named }
    }

    /// A long allocation descriptor (4/14.14.2): length and block within partition 0.
    #[must_use]
    pub fn extent(self, offset: usize, len_bytes: u32, block: u32) -> Self {
        self.u32(offset, len_bytes).u32(offset + 4, block)
    }

    /// 2000-01-01 00:00:00 UTC (1/7.3).
    #[must_use]
    pub fn date(self, offset: usize) -> Self {
        self.put(offset, &[0, 0x10, 0xD0, 0x07, 1, 1])
    }

    /// The bytes as they are: of what has no tag.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        self.0
    }

    /// The descriptor with its tag (3/7.2): identifier, checksum of the tag, CRC of the rest, location.
    #[must_use]
    pub fn seal(mut self, identifier: u16, location: u32) -> Vec<u8> {
        let sum = !crc16(&self.0[16..]); // 3/7.2.6: the polynomial of subchannel Q, but not inverted
        let len = u16::try_from(self.0.len() - 16).unwrap_or(0);
        self = self.u8(4, 0).u16(0, identifier).u16(2, 2).u16(8, sum).u16(10, len).u32(12, location);
        self.0[4] = self.0[..16].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        self.0
    }
}

/// The volume: 258 sectors of user data, whose root holds `name` (ASCII) with `content` (up to 180 sectors).
#[must_use]
pub fn volume(label: &str, name: &str, content: &[u8]) -> Vec<u8> {
    let blocks = [
        (0, file_set(label, 0)),
        (1, entry(1, 4, &directory(name), 2)),
        (2, directory(name)),
        (3, entry(3, 5, content, 4)),
        (4, content.to_vec()),
    ];
    lay(label, &[vec![1, 6, 1, 0, 0, 0]], 0, &blocks)
}

/// The same with other partition maps, of which the one of number `part` has the file set in its block 0, and other blocks in
/// its partition.
#[must_use]
pub fn lay(label: &str, maps: &[Vec<u8>], part: u16, blocks: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut user = vec![0; 258 * USER];
    let mut put = |sector: u32, bytes: &[u8]| {
        let start = sector as usize * USER;
        user[start..start + bytes.len()].copy_from_slice(bytes);
    };
    for (sector, mark) in [(16, b"\0BEA01\x01"), (17, b"\0NSR02\x01"), (18, b"\0TEA01\x01")] {
        put(sector, mark);
    }
    for start in [32, 48] {
        put(start, &primary(label, start));
        put(start + 1, &partition(start + 1));
        put(start + 2, &logical_volume(label, start + 2, maps, part));
        put(start + 3, &Body::new(512).seal(8, start + 3));
    }
    put(40, &integrity());
    for (block, bytes) in blocks {
        put(PARTITION + block, bytes);
    }
    for at in [256, 257] {
        let anchor = Body::new(512).extent(16, 16 * 2048, 32).extent(24, 16 * 2048, 48);
        put(at, &anchor.seal(2, at));
    }
    user
}

fn primary(label: &str, at: u32) -> Vec<u8> {
    let body = Body::new(512).dstring(24, 32, label).u16(56, 1).u16(58, 1).u16(60, 2).u16(62, 2);
    let body = body.u32(64, 1).u32(68, 1).dstring(72, 128, label).charset(200).charset(264);
    body.date(376).entity(388, "*discconv testkit").seal(1, at)
}

fn partition(at: u32) -> Vec<u8> {
    let body = Body::new(512).u32(16, 1).u16(20, 1).put(24, b"\x02+NSR02");
    let body = body.u32(184, 1).u32(188, PARTITION).u32(192, PARTITION_SECTORS); // 1: read only
    body.entity(196, "*discconv testkit").seal(5, at)
}

fn logical_volume(label: &str, at: u32, maps: &[Vec<u8>], part: u16) -> Vec<u8> {
    let bytes = maps.concat();
    let (len, count) = (u32::try_from(bytes.len()).unwrap_or(0), u32::try_from(maps.len()).unwrap_or(0));
    let body = Body::new(440 + bytes.len()).u32(16, 2).charset(20).dstring(84, 128, label).u32(212, 2048);
    let body = body.entity(216, "*OSTA UDF Compliant").extent(248, 2048, 0).u16(256, part);
    let body = body.u32(264, len).u32(268, count).entity(272, "*discconv testkit");
    // Integrity: length and place. A partition map of type 1 has six bytes: volume 1, partition 0.
    body.u32(432, 2048).u32(436, 40).put(440, &bytes).seal(6, at)
}

fn integrity() -> Vec<u8> {
    let body = Body::new(134).date(16).u32(28, 1).u32(72, 1).u32(76, 46);
    let body = body.u32(84, PARTITION_SECTORS).entity(88, "*discconv testkit");
    body.u32(120, 1).u32(124, 1).u16(128, 0x102).u16(130, 0x102).u16(132, 0x102).seal(9, 40)
}

/// The file set descriptor for block 0, whose root is block 1 of the same partition map.
#[must_use]
pub fn file_set(label: &str, part: u16) -> Vec<u8> {
    let body = Body::new(512).date(16).u16(28, 3).u16(30, 3).u32(32, 1).u32(36, 1);
    let body = body.charset(48).dstring(112, 128, label).charset(240).dstring(304, 32, label);
    body.extent(400, 2048, 1).u16(408, part).entity(416, "*OSTA UDF Compliant").seal(256, 0)
}

/// The file entry in partition block `at` of `content`, which lies from block `data` on. `kind`: 4 directory, 5 file.
fn entry(at: u32, kind: u8, content: &[u8], data: u32) -> Vec<u8> {
    let len = u32::try_from(content.len()).unwrap_or(0);
    let body = Body::new(184).u16(20, 4).u16(24, 1).u8(27, kind).u32(44, 0x14A5).u16(48, 1);
    let body = body.u32(56, len).u32(64, len.div_ceil(2048)).date(72).date(84).date(96).u32(108, 1);
    let body = body.entity(128, "*discconv testkit").u32(160, if kind == 4 { 0 } else { 16 });
    // One short allocation descriptor: length and block (4/14.14.1).
    body.u32(172, 8).u32(176, len).u32(180, data).seal(261, at)
}

/// The root's two identifiers (4/14.4): its parent, which it is itself, and the file.
fn directory(name: &str) -> Vec<u8> {
    let parent = Body::new(40).u16(16, 1).u8(18, 0x0A).extent(20, 2048, 1).seal(257, 2);
    let used = u8::try_from(name.len() + 1).unwrap_or(0);
    let body = Body::new((38 + 1 + name.len()).next_multiple_of(4)).u16(16, 1).u8(19, used);
    let file = body.extent(20, 2048, 3).u8(38, 8).put(39, name.as_bytes()).seal(257, 2);
    [parent, file].concat()
}
