//! The header, whatever its version.

use crate::wire::{self, FourCc, Sha1, Start, V3, V3_BYTES, V4, V4_BYTES, V5, V5_BYTES};
use discconv_core::{At, Error, Limits, ReadAt, Result};

/// Bytes of a frame of a CD: a raw sector and its subchannel.
pub(crate) const FRAME: u32 = 2448;
/// The longest hunk that any disc was seen with is half of that.
const MAX_HUNK: u32 = 1 << 20;
/// Content of the largest disc there is, a Blu-ray of four layers, and room for padding.
const MAX_CONTENT: u64 = 130 << 30;

/// How hunks are coded, in the order of the map's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Map {
    /// Version 5 without codecs: 32 bits a hunk.
    Plain { at: u64 },
    /// Version 5.
    Compressed { at: u64 },
    /// Versions 3 and 4: entries of 16 bytes, their CRC-32 in each.
    Old { at: u64 },
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) version: u32,
    /// By the number that the map has for them; zeros for none.
    pub(crate) codecs: [FourCc; 4],
    pub(crate) logical_bytes: u64,
    pub(crate) hunk_bytes: u32,
    /// Not said before version 5.
    pub(crate) unit_bytes: Option<u32>,
    pub(crate) map: Map,
    /// Where the first piece of metadata is; 0 for none.
    pub(crate) meta_at: u64,
    /// Of the content.
    pub(crate) raw_sha1: Option<Sha1>,
    /// By which children call it: from version 4 on of content and metadata.
    pub(crate) sha1: Option<Sha1>,
    pub(crate) parent: Option<Parent>,
}

/// The one that it builds upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    /// Its [`Header::sha1`], if that is known.
    pub(crate) sha1: Option<Sha1>,
}

impl Header {
    /// The header of `source`.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is none, is cut or says what cannot be; [`Error::Unsupported`] for versions that only hard
    /// disks were stored in, and for later ones; [`Error::Limit`] for content that no disc has.
    pub(crate) fn read(source: &dyn ReadAt, limits: &Limits) -> Result<Header> {
        let mut bytes = [0; V5_BYTES];
        let there = usize::try_from(source.len()).unwrap_or(usize::MAX).min(V5_BYTES);
        let bytes = &mut bytes[..there];
        source.read_exact_at(0, bytes)?;
        if !bytes.starts_with(wire::MAGIC) {
            let found = bytes.get(..8.min(there)).unwrap_or_default();
            let found = if found.is_empty() { "nothing".to_owned() } else { format!("'{}'", found.escape_ascii()) };
            return Err(Error::malformed(source.name(), At::Byte(0), found, "'MComprHD'")
                .with_hint("its name says otherwise; without --from it is read as what it is"));
        }
        let start: Start = wire::parse(bytes).ok_or_else(|| cut(source, 16))?;
        let header = match (start.version, usize::try_from(start.header_bytes)) {
            (5, Ok(V5_BYTES)) => wire::parse::<V5>(bytes).ok_or_else(|| cut(source, V5_BYTES))?.into(),
            (4, Ok(V4_BYTES)) => old(source, wire::parse(bytes).ok_or_else(|| cut(source, V4_BYTES))?)?,
            (3, Ok(V3_BYTES)) => old(source, wire::parse::<V3>(bytes).ok_or_else(|| cut(source, V3_BYTES))?.into())?,
            (3..=5, _) => {
                let found = format!("a header of {} bytes in version {}", start.header_bytes, start.version);
                return Err(bad(source.name(), 8, found, "120 bytes in version 3, 108 in 4, 124 in 5"));
            }
            (version, _) => return Err(other_version(source.name(), version)),
        };
        header.check(source.name(), limits)?;
        Ok(header)
    }

    /// How many hunks there are.
    pub(crate) fn hunks(&self) -> u64 {
        self.logical_bytes.div_ceil(u64::from(self.hunk_bytes))
    }

    fn check(&self, file: &str, limits: &Limits) -> Result<()> {
        let at = |v5, v4, v3| match self.version {
            5 => v5,
            4 => v4,
            _ => v3,
        };
        let (hunk_at, length_at) = (at(56, 44, 76), at(32, 28, 28));
        if self.hunk_bytes == 0 || self.hunk_bytes > MAX_HUNK {
            let found = format!("hunks of {} bytes", self.hunk_bytes);
            return Err(bad(file, hunk_at, found, format!("1 to {MAX_HUNK} bytes")));
        }
        if let Some(unit) = self.unit_bytes
            && (unit == 0 || !self.hunk_bytes.is_multiple_of(unit))
        {
            let found = format!("units of {unit} bytes in hunks of {}", self.hunk_bytes);
            return Err(bad(file, 60, found, "hunks that are a multiple of their units"));
        }
        if self.logical_bytes == 0 {
            return Err(bad(file, length_at, "0 bytes of content", "a disc"));
        }
        let limit = |found: String, limit: String| Error::Limit { file: file.to_owned(), at: At::Byte(length_at), found, limit };
        if self.logical_bytes > MAX_CONTENT {
            return Err(limit(format!("{} bytes of content", self.logical_bytes), format!("{MAX_CONTENT} bytes")));
        }
        if self.hunks() > limits.entries {
            return Err(limit(format!("{} hunks", self.hunks()), format!("{} hunks", limits.entries)));
        }
        Ok(())
    }
}

impl From<V5> for Header {
    fn from(told: V5) -> Header {
        let map = if told.codecs[0] == [0; 4] { Map::Plain { at: told.map_at } } else { Map::Compressed { at: told.map_at } };
        Header {
            version: told.start.version,
            codecs: told.codecs,
            logical_bytes: told.logical_bytes,
            hunk_bytes: told.hunk_bytes,
            unit_bytes: Some(told.unit_bytes),
            map,
            meta_at: told.meta_at,
            raw_sha1: some(told.raw_sha1),
            sha1: some(told.sha1),
            parent: some(told.parent_sha1).map(|sha1| Parent { sha1: Some(sha1) }),
        }
    }
}

/// Version 3 says less than 4, and nothing else.
impl From<V3> for V4 {
    fn from(told: V3) -> V4 {
        V4 {
            start: told.start,
            flags: told.flags,
            compression: told.compression,
            hunks: told.hunks,
            logical_bytes: told.logical_bytes,
            meta_at: told.meta_at,
            hunk_bytes: told.hunk_bytes,
            sha1: told.sha1,
            parent_sha1: told.parent_sha1,
            raw_sha1: told.sha1,
        }
    }
}

/// Versions 3 and 4.
fn old(source: &dyn ReadAt, told: V4) -> Result<Header> {
    let codec = match told.compression {
        0 => [0; 4],
        1 | 2 => *b"zlib",
        3 => return Err(laserdisc(source.name(), 20)),
        other => {
            return Err(bad(source.name(), 20, format!("compression {other}"), "0 (none), 1 or 2 (deflate) or 3 (laserdisc)"));
        }
    };
    let has_parent = told.flags & wire::HAS_PARENT != 0;
    let header = Header {
        version: told.start.version,
        codecs: [codec, [0; 4], [0; 4], [0; 4]],
        logical_bytes: told.logical_bytes,
        hunk_bytes: told.hunk_bytes,
        unit_bytes: None,
        map: Map::Old { at: u64::from(told.start.header_bytes) },
        meta_at: told.meta_at,
        raw_sha1: some(told.raw_sha1),
        sha1: some(told.sha1),
        parent: has_parent.then(|| Parent { sha1: some(told.parent_sha1) }),
    };
    if header.hunk_bytes > 0 && header.hunks() != u64::from(told.hunks) {
        let found = format!("{} hunks for {} bytes of content", told.hunks, told.logical_bytes);
        let expected = format!("{}, of {} bytes each", header.hunks(), told.hunk_bytes);
        return Err(bad(source.name(), 24, found, expected));
    }
    Ok(header)
}

fn some(sha1: Sha1) -> Option<Sha1> {
    Some(sha1).filter(|sha1| *sha1 != [0; 20])
}

/// A digest as people write it.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What to do about a file that is damaged.
pub(crate) const AGAIN: &str = "the file is cut or damaged: get it again, or make it anew from the image";

/// A header that cannot be right.
pub(crate) fn bad(file: &str, at: u64, found: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::malformed(file, At::Byte(at), found, expected).with_hint(AGAIN)
}

fn cut(source: &dyn ReadAt, wanted: usize) -> Error {
    bad(source.name(), source.len(), "the end of the file", format!("a header of {wanted} bytes"))
}

fn other_version(file: &str, version: u32) -> Error {
    let (what, hint) = match version {
        1 | 2 => ("which hard disks were stored in", "it holds no disc; `chdman copy` makes version 5 of it"),
        _ => ("which is not known", "versions 3, 4 and 5 are read; a newer discconv may know it, or the file is damaged"),
    };
    Error::unsupported(file, At::Byte(12), format!("is a CHD of version {version}, {what}")).with_hint(hint)
}

/// Sound and pictures are no sectors.
pub(crate) fn laserdisc(file: &str, at: u64) -> Error {
    Error::unsupported(file, At::Byte(at), "is a laserdisc: coded pictures and sound, no sectors")
        .with_hint("`chdman extractld` makes a film of it")
}
