//! The map of version 5 with codecs: kinds by a Huffman code, then what each kind needs, bit by bit.

use super::table::{Builder, Table};
use super::{Wrong, check_room};
use crate::bits::Bits;
use crate::header::{Header, bad};
use crate::huffman::{self, Tree};
use crate::wire::{self, MAP_ENTRY, MAP_HEADER, MapHeader};
use crc_fast::{CrcAlgorithm, Digest};
use discconv_core::{Error, ReadAt, Result};

/// What the code says of a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// By codec 0 to 3.
    Coded0,
    Coded1,
    Coded2,
    Coded3,
    /// As it is.
    Stored,
    /// The same as an earlier one.
    Same,
    /// In the parent.
    Parent,
    /// No hunk: the kind before for a few more.
    RepeatFew,
    /// No hunk: the kind before for many more.
    RepeatMany,
    /// The same as the one that the last of this sort named.
    SameAgain,
    /// The same as the one after that.
    SameNext,
    /// In the parent, where this one is.
    ParentHere,
    /// In the parent, where the last of this sort was.
    ParentAgain,
    /// In the parent, a hunk behind that.
    ParentNext,
}

impl Kind {
    const ALL: [Kind; 14] = [
        Kind::Coded0,
        Kind::Coded1,
        Kind::Coded2,
        Kind::Coded3,
        Kind::Stored,
        Kind::Same,
        Kind::Parent,
        Kind::RepeatFew,
        Kind::RepeatMany,
        Kind::SameAgain,
        Kind::SameNext,
        Kind::ParentHere,
        Kind::ParentAgain,
        Kind::ParentNext,
    ];

    fn of(symbol: u8) -> Option<Kind> {
        Kind::ALL.get(usize::from(symbol)).copied()
    }

    /// The number that the code has for it.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }
}

/// Bits of the fields, at most: of a length of 24 bits, and of what else is read at once.
const MAX_LENGTH_BITS: u8 = 24;
const MAX_REFERENCE_BITS: u8 = 32;

/// See [`super::read`].
pub(crate) fn read(source: &dyn ReadAt, header: &Header, at: u64) -> Result<Table> {
    let file = source.name();
    check_room(source, at, MAP_HEADER as u64)?;
    let mut bytes = [0; MAP_HEADER];
    source.read_exact_at(at, &mut bytes)?;
    let told: MapHeader = wire::parse(&bytes).ok_or_else(|| bad(file, at, "half a map", "a map"))?;
    for (offset, what, bits, limit) in [
        (12, "a length", told.length_bits, MAX_LENGTH_BITS),
        (13, "the number of a hunk", told.self_bits, MAX_REFERENCE_BITS),
        (14, "the number of a unit", told.parent_bits, MAX_REFERENCE_BITS),
    ] {
        if bits > limit {
            return Err(bad(file, at + offset, format!("{bits} bits for {what}"), format!("at most {limit}")));
        }
    }
    let stream_at = at + MAP_HEADER as u64;
    check_room(source, stream_at, u64::from(told.stream_bytes))?;
    // Not more than the file has.
    let mut stream = vec![0; usize::try_from(told.stream_bytes).unwrap_or(usize::MAX)];
    source.read_exact_at(stream_at, &mut stream)?;
    Stream { file, at: stream_at, bits: Bits::new(&stream), header, told }.table()
}

struct Stream<'a> {
    file: &'a str,
    /// Where the bits begin in the file.
    at: u64,
    bits: Bits<'a>,
    header: &'a Header,
    told: MapHeader,
}

impl Stream<'_> {
    fn table(mut self) -> Result<Table> {
        let tree = huffman::read_map_tree(&mut self.bits)
            .ok_or_else(|| bad(self.file, self.at, "a code tree that is cut or not possible", "the code of the map"))?;
        let kinds = self.kinds(&tree)?;
        self.places(&kinds)
    }

    fn wrong(&self, hunk: u64, wrong: Wrong) -> Error {
        wrong.at(self.file, self.at, hunk)
    }

    /// The first pass: kinds, and how many hunks in a row have each. Each takes a bit or more.
    fn kinds(&mut self, tree: &Tree) -> Result<Vec<(Kind, u64)>> {
        let (count, mut done) = (self.header.hunks(), 0);
        let mut kinds: Vec<(Kind, u64)> = Vec::new();
        let mut last = Kind::Coded0;
        while done < count {
            let run = self.run(tree, &mut last).ok_or_else(|| self.wrong(done, cut()))?.min(count - done);
            done += run;
            match kinds.last_mut() {
                Some((kind, hunks)) if *kind == last => *hunks += run,
                _ => kinds.push((last, run)),
            }
        }
        Ok(kinds)
    }

    /// How many hunks the next symbols stand for; all are of the kind `last`.
    fn run(&mut self, tree: &Tree, last: &mut Kind) -> Option<u64> {
        let mut next = || tree.next(&mut self.bits);
        match Kind::of(next()?)? {
            Kind::RepeatFew => Some(3 + u64::from(next()?)),
            Kind::RepeatMany => Some(19 + (u64::from(next()?) << 4) + u64::from(next()?)),
            kind => {
                *last = kind;
                Some(1)
            }
        }
    }

    /// The second pass.
    fn places(mut self, kinds: &[(Kind, u64)]) -> Result<Table> {
        let mut builder = Builder::new(self.header, u64::from(self.told.stream_bytes) * 8);
        let mut cursor = Cursor::new(&self.told);
        let mut sum = Sum::default();
        let kinds = kinds.iter().flat_map(|(kind, hunks)| (0..*hunks).map(move |_| *kind));
        for (hunk, kind) in (0..).zip(kinds) {
            let raw = cursor.raw(kind, hunk, self.header, &self.told, &mut self.bits);
            let raw = raw.ok_or_else(|| self.wrong(hunk, cut()))?;
            sum.take(&raw);
            raw.into_entry(self.header, &mut builder).map_err(|wrong| self.wrong(hunk, wrong))?;
        }
        let (found, expected) = (sum.finish(), self.told.crc);
        if found != expected {
            let (found, expected) = (format!("a map with CRC-16 {found:04X}"), format!("{expected:04X}, as it says itself"));
            return Err(bad(self.file, self.at - 6, found, expected));
        }
        Ok(builder.finish())
    }
}

fn cut() -> Wrong {
    Wrong::new("without an entry: the map ends or is no code", "an entry for each hunk")
}

/// An entry of the map as if it were not compressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw {
    kind: Kind,
    length: u32,
    place: u64,
    crc: u16,
}

impl Raw {
    /// The bytes that the CRC of the map is about.
    fn bytes(&self) -> [u8; MAP_ENTRY] {
        let mut bytes = [0; MAP_ENTRY];
        bytes[0] = self.kind.number();
        bytes[1..4].copy_from_slice(&self.length.to_be_bytes()[1..]);
        bytes[4..10].copy_from_slice(&self.place.to_be_bytes()[2..]);
        bytes[10..].copy_from_slice(&self.crc.to_be_bytes());
        bytes
    }

    fn into_entry(self, header: &Header, into: &mut Builder<'_>) -> Result<(), Wrong> {
        let crc = Some(u32::from(self.crc));
        match self.kind {
            Kind::Stored => into.stored(self.place, crc)?,
            Kind::Same => into.same_as(self.place)?,
            Kind::Parent => into.parent(self.place.checked_mul(u64::from(header.unit_bytes.unwrap_or(1))))?,
            codec => into.coded(codec.number(), self.place, self.length, crc)?,
        }
        Ok(())
    }
}

/// What goes on from hunk to hunk.
struct Cursor {
    /// Where the next bytes are.
    at: u64,
    last_same: u64,
    last_parent: u64,
}

impl Cursor {
    fn new(told: &MapHeader) -> Cursor {
        let mut first = [0; 8];
        first[2..].copy_from_slice(&told.first_at);
        Cursor { at: u64::from_be_bytes(first), last_same: 0, last_parent: 0 }
    }

    /// The entry of hunk number `hunk`; `None` where the bits end.
    fn raw(&mut self, kind: Kind, hunk: u64, header: &Header, told: &MapHeader, bits: &mut Bits<'_>) -> Option<Raw> {
        let unit = u64::from(header.unit_bytes.unwrap_or(1));
        let units = u64::from(header.hunk_bytes) / unit;
        let mut read = |count: u8| bits.read(u32::from(count)).map(u64::from);
        let reference = |kind, place| Some(Raw { kind, length: 0, place, crc: 0 });
        match kind {
            Kind::Same => self.last_same = read(told.self_bits)?,
            Kind::SameNext => self.last_same += 1,
            Kind::Parent => self.last_parent = read(told.parent_bits)?,
            Kind::ParentHere => self.last_parent = hunk * units,
            Kind::ParentNext => self.last_parent += units,
            Kind::SameAgain | Kind::ParentAgain => {}
            kind => {
                let length = if kind == Kind::Stored { u64::from(header.hunk_bytes) } else { read(told.length_bits)? };
                let (place, length_field) = (self.at, u32::try_from(length).ok()?);
                self.at += length;
                return Some(Raw { kind, length: length_field, place, crc: u16::try_from(read(16)?).ok()? });
            }
        }
        match kind {
            Kind::Same | Kind::SameAgain | Kind::SameNext => reference(Kind::Same, self.last_same),
            _ => reference(Kind::Parent, self.last_parent),
        }
    }
}

/// The CRC of the map, taken in larger pieces.
struct Sum {
    digest: Digest,
    waiting: Vec<u8>,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum { digest: Digest::new(CrcAlgorithm::Crc16Ibm3740), waiting: Vec::with_capacity(Sum::PIECE) }
    }
}

impl Sum {
    const PIECE: usize = 4096 * MAP_ENTRY;

    fn take(&mut self, raw: &Raw) {
        self.waiting.extend(raw.bytes());
        if self.waiting.len() >= Sum::PIECE {
            self.digest.update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn finish(mut self) -> u16 {
        self.digest.update(&self.waiting);
        let [.., high, low] = self.digest.finalize().to_be_bytes();
        u16::from_be_bytes([high, low])
    }
}

#[cfg(test)]
mod tests;
