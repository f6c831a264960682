//! What depends on the hunks before: digests, repeats, the map and the header.

use crate::encode::{STORED, ZEROS};
use crate::map::write::{Hunk, compressed};
use crate::wire::{FourCc, MAGIC, Sha1 as Digest, Start, V5, V5_BYTES, bytes_of};
use discconv_core::{Block, Error, FileIndex, IndexMaker, Patches, Placed, Result};
use sha1::{Digest as _, Sha1};
use std::collections::HashMap;
use std::ops::Range;

/// So many hunks are remembered to find others equal to them: 64 MiB. Behind that only those are found again.
const MOST_REMEMBERED: usize = 7 << 18;

/// What of the file is known before the first hunk.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The output, for messages.
    pub(crate) file: String,
    /// Zeros for none, and for no compression at all.
    pub(crate) codecs: [FourCc; 4],
    pub(crate) logical_bytes: u64,
    pub(crate) hunk_bytes: u32,
    pub(crate) unit_bytes: u32,
    /// Where metadata begins.
    pub(crate) meta_at: u64,
}

impl Shape {
    fn header(&self, map_at: u64, raw_sha1: Digest, sha1: Digest) -> Vec<u8> {
        let header_bytes = u32::try_from(V5_BYTES).unwrap_or(0);
        bytes_of(&V5 {
            start: Start { magic: *MAGIC, header_bytes, version: 5 },
            codecs: self.codecs,
            logical_bytes: self.logical_bytes,
            map_at,
            meta_at: self.meta_at,
            hunk_bytes: self.hunk_bytes,
            unit_bytes: self.unit_bytes,
            raw_sha1,
            sha1,
            parent_sha1: [0; 20],
        })
    }
}

/// Makes the index of a compressed file.
#[derive(Clone, Debug)]
pub(crate) struct Compressed {
    pub(crate) shape: Shape,
    /// Tag and SHA-1 of each piece of metadata that counts.
    pub(crate) hashed: Vec<[u8; 24]>,
}

impl IndexMaker for Compressed {
    fn begin(&self) -> Box<dyn FileIndex> {
        let (raw, known, hunks) = (Sha1::new(), HashMap::new(), Vec::new());
        Box::new(CompressedIndex { how: self.clone(), raw, known, hunks, first_at: None })
    }

    fn wants_raw(&self) -> bool {
        true
    }
}

struct CompressedIndex {
    how: Compressed,
    raw: Sha1,
    /// Hunks by the digest of how they are coded, which is the same for equal hunks only.
    known: HashMap<[u8; 16], u32>,
    hunks: Vec<Hunk>,
    first_at: Option<u64>,
}

impl FileIndex for CompressedIndex {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        self.raw.update(block.raw);
        let number = u32::try_from(self.hunks.len()).map_err(|_| beyond(&self.how.shape.file, block.index))?;
        let key = key(block);
        if let Some(earlier) = self.known.get(&key) {
            self.hunks.push(Hunk::Same(*earlier));
            return Ok(Placed::Elsewhere);
        }
        if self.known.len() < MOST_REMEMBERED {
            self.known.insert(key, number);
        }
        let length = u32::try_from(block.coded.len()).unwrap_or(u32::MAX);
        let crc = crc_of(block.says.check);
        self.hunks.push(match u8::try_from(block.says.tag) {
            Ok(slot) if block.says.tag < STORED => Hunk::Coded(slot, length, crc),
            _ => Hunk::Stored(length, crc),
        });
        self.first_at.get_or_insert(block.at);
        Ok(Placed::Stored { skip: 0 })
    }

    fn finish(self: Box<Self>, parts: &[Range<u64>]) -> Result<Patches> {
        let raw: Digest = self.raw.finalize().into();
        let mut hashed = self.how.hashed;
        hashed.sort_unstable();
        let sha1 = Sha1::new().chain_update(raw).chain_update(hashed.as_flattened()).finalize();
        let map_at = parts.last().map_or(0, |part| part.end);
        let map = compressed(&self.hunks, self.first_at.unwrap_or(0));
        Ok(vec![(map_at, map), (0, self.how.shape.header(map_at, raw, sha1.into()))])
    }
}

/// Coding is exact, so hunks that are coded alike are equal.
fn key(block: &Block<'_>) -> [u8; 16] {
    let digest = Sha1::new().chain_update(block.says.tag.to_be_bytes()).chain_update(block.coded).finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

fn crc_of(check: u64) -> u16 {
    let [low, high, ..] = check.to_le_bytes();
    u16::from_le_bytes([low, high])
}

fn beyond(file: &str, hunk: u64) -> Error {
    Error::DoesNotFit {
        file: file.to_owned(),
        what: format!("hunk {hunk} is more than the map of a CHD can say"),
        hint: Some("choose larger hunks with --hunk".to_owned()),
    }
}

/// Makes the index of a file without compression: 32 bits a hunk, behind the header.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) shape: Shape,
}

impl IndexMaker for Plain {
    fn begin(&self) -> Box<dyn FileIndex> {
        Box::new(PlainIndex { shape: self.shape.clone(), map: Vec::new() })
    }
}

struct PlainIndex {
    shape: Shape,
    map: Vec<u8>,
}

impl FileIndex for PlainIndex {
    fn place(&mut self, block: &Block<'_>) -> Result<Placed> {
        // Zeros are not stored, and 0 says so.
        let place = if block.says.tag == ZEROS { 0 } else { block.at / u64::from(self.shape.hunk_bytes) };
        let place = u32::try_from(place).map_err(|_| beyond(&self.shape.file, block.index))?;
        self.map.extend(place.to_be_bytes());
        Ok(if place == 0 { Placed::Elsewhere } else { Placed::Stored { skip: 0 } })
    }

    fn finish(self: Box<Self>, _: &[Range<u64>]) -> Result<Patches> {
        let map_at = V5_BYTES as u64;
        // Nobody checks digests of such files, and other programs leave them out.
        let header = self.shape.header(map_at, [0; 20], [0; 20]);
        Ok(vec![(map_at, self.map), (0, header)])
    }
}
