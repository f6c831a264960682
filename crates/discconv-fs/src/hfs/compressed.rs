//! Files of HFS+ whose content is compressed: the data fork is empty, and the attribute `com.apple.decmpfs` says what is where.
//!
//! | byte of the attribute, little-endian | what |
//! |---|---|
//! | 0 | `fpmc` |
//! | 4, 8 | kind, bytes when unpacked |
//! | 16 | the content itself, of odd kinds; that of even ones is in the resource fork |
//!
//! Kind 1 is the content as it is, 3 one zlib stream, 4 zlib streams of 64 KiB each; a first byte whose low half is Fh stands
//! before what is not packed. Others (LZVN, LZFSE) are named and not unpacked.
//!
//! | byte of the resource fork of kind 4 | what |
//! |---|---|
//! | 0, big-endian | where the resource begins: its length in four bytes, then the table |
//! | table, little-endian | number of blocks; for each the byte of the table where it begins, and its bytes |

use crate::inflate::inflate;
use discconv_core::{At, BlockDecode, BlockGeometry, Blocks, Bytes, Error, ReadAt, Result};
use std::sync::Arc;

/// The attribute's name.
pub(super) const ATTRIBUTE: &str = "com.apple.decmpfs";
pub(super) const HEADER_BYTES: u64 = 16;
const MAGIC: &[u8] = b"fpmc";
const BLOCK_BYTES: u32 = 64 << 10;
/// Set in the first byte of what is not packed.
const PLAIN: u8 = 0x0F;
/// Of a content in an attribute, which is one stream; it has a few thousand bytes.
const MOST_INLINE: u64 = 16 << 20;
/// A block that does not pack grows by little.
const MOST_PACKED: u32 = BLOCK_BYTES * 2;

/// What the attribute says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    kind: u32,
    /// Bytes when unpacked.
    pub(super) len: u64,
}

impl Header {
    /// Out of the value of the attribute.
    pub(super) fn of(value: &[u8]) -> Option<Header> {
        let rest = value.strip_prefix(MAGIC)?;
        let (kind, rest) = rest.split_first_chunk()?;
        Some(Header { kind: u32::from_le_bytes(*kind), len: u64::from_le_bytes(*rest.first_chunk()?) })
    }

    /// Is the content behind the header, and not in the resource fork?
    pub(super) fn is_inline(self) -> bool {
        self.kind % 2 == 1
    }

    /// Is it of a kind that is unpacked here?
    pub(super) fn is_unpacked(self) -> bool {
        matches!(self.kind, 1 | 3 | 4)
    }

    /// How it is packed, for people.
    pub(super) fn packing(self) -> &'static str {
        match self.kind {
            1 => "decmpfs (not packed)",
            3 | 4 => "decmpfs (zlib)",
            7 | 8 => "decmpfs (LZVN)",
            11 | 12 => "decmpfs (LZFSE)",
            _ => "decmpfs of a kind that is not known",
        }
    }

    /// The content of the file, out of what is behind the header or in the resource fork.
    ///
    /// # Errors
    /// A kind that is not unpacked; reading; what is there is not what the header says.
    pub(super) fn unpack(self, stored: Arc<dyn ReadAt>) -> Result<Arc<dyn ReadAt>> {
        match self.kind {
            1 => plain(stored, self.len),
            3 => stream(&stored, self.len),
            _ if self.kind == 4 && self.len == 0 => Ok(Arc::new(Bytes::new(stored.name(), Vec::new()))),
            4 => Ok(Arc::new(Blocks::new(Resource::open(stored, self.len)?)?)),
            kind => {
                let what = format!("a file packed by {}, kind {kind}", self.packing());
                Err(Error::unsupported(stored.name(), At::Whole, what)
                    .with_hint("macOS unpacks it, where the image is mounted there"))
            }
        }
    }
}

/// What is stored, if that is as long as it should be.
fn plain(stored: Arc<dyn ReadAt>, len: u64) -> Result<Arc<dyn ReadAt>> {
    if stored.len() == len {
        return Ok(stored);
    }
    let found = format!("{} bytes in the attribute", stored.len());
    Err(Error::malformed(stored.name(), At::Whole, found, format!("{len} bytes, as it says")))
}

/// One stream, as a whole: no attribute is long.
fn stream(stored: &Arc<dyn ReadAt>, len: u64) -> Result<Arc<dyn ReadAt>> {
    let room = usize::try_from(len).ok().filter(|_| len <= MOST_INLINE).ok_or_else(|| {
        let found = format!("{len} bytes out of the {} of an attribute", stored.len());
        Error::malformed(stored.name(), At::Whole, found, format!("at most {MOST_INLINE}"))
    })?;
    let mut packed = vec![0; usize::try_from(stored.len()).unwrap_or(0)];
    stored.read_exact_at(0, &mut packed)?;
    let mut bytes = vec![0; room];
    unpack(&packed, &mut bytes).map_err(|found| Error::malformed(stored.name(), At::Byte(0), found, format!("{len} bytes")))?;
    Ok(Arc::new(Bytes::new(stored.name(), bytes)))
}

/// Fill `out` with what one stream holds; else what is wrong.
fn unpack(packed: &[u8], out: &mut [u8]) -> std::result::Result<(), String> {
    match packed.split_first() {
        Some((first, plain)) if first & PLAIN == PLAIN => {
            let plain = plain.get(..out.len()).ok_or_else(|| format!("{} bytes that are not packed", plain.len()))?;
            out.copy_from_slice(plain);
            Ok(())
        }
        _ => inflate(packed, out),
    }
}

/// The content in a resource fork.
struct Resource {
    stored: Arc<dyn ReadAt>,
    len: u64,
    /// Where the table begins.
    table: u64,
}

impl Resource {
    fn open(stored: Arc<dyn ReadAt>, len: u64) -> Result<Resource> {
        let resource = Resource { len, table: 0, stored };
        let start = u32::from_be_bytes(resource.number(0)?);
        let table = u64::from(start) + 4;
        let blocks = u32::from_le_bytes(resource.number(table)?);
        let wanted = len.div_ceil(BLOCK_BYTES.into());
        let ends = table + 4 + u64::from(blocks) * 8;
        if u64::from(blocks) != wanted || ends > resource.stored.len() {
            let found = format!("a table of {blocks} blocks in a resource fork of {} bytes", resource.stored.len());
            let expected = format!("one of {wanted} blocks for {len} bytes");
            return Err(Error::malformed(resource.stored.name(), At::Byte(table), found, expected));
        }
        Ok(Resource { table, ..resource })
    }

    fn number(&self, at: u64) -> Result<[u8; 4]> {
        let mut bytes = [0; 4];
        self.stored.read_exact_at(at, &mut bytes)?;
        Ok(bytes)
    }
}

impl BlockDecode for Resource {
    type Scratch = Vec<u8>;

    fn geometry(&self) -> BlockGeometry {
        BlockGeometry { len: self.len, block_bytes: BLOCK_BYTES }
    }

    fn decode(&self, index: u64, scratch: &mut Vec<u8>, out: &mut [u8]) -> Result<()> {
        let entry = self.table + 4 + index * 8;
        let (at, len) = (u32::from_le_bytes(self.number(entry)?), u32::from_le_bytes(self.number(entry + 4)?));
        let from = self.table + u64::from(at);
        let wrong = |found: String| Error::malformed(self.stored.name(), At::Byte(from), found, "a block packed by zlib");
        if len > MOST_PACKED {
            return Err(wrong(format!("block {index} of {len} bytes")));
        }
        scratch.resize(usize::try_from(len).unwrap_or(0), 0);
        self.stored.read_exact_at(from, scratch)?;
        unpack(scratch, out).map_err(|found| wrong(format!("block {index}: {found}")))
    }

    fn name(&self) -> &str {
        self.stored.name()
    }
}
