//! The compressed map of version 5, from entries to bytes.
//!
//! First the kinds of all hunks, in a Huffman code of 16 symbols at most 8 bits long and with repeats as symbols of their own;
//! then what belongs to each: coded length and CRC-16, or the number of an earlier hunk. Fields are as wide as the largest
//! number needs: readers refuse wider ones.

use crate::coding::{BitWriter, code_lengths, codes};
use crate::wire::{MAP_ENTRY, MapHeader, bytes_of};
use crc_fast::{CrcAlgorithm, Digest};

/// Where a hunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hunk {
    /// In the file, behind the one before: slot of its codec, coded length, CRC-16 of the whole hunk.
    Coded(u8, u32, u16),
    /// In the file as it is: length of a hunk, CRC-16.
    Stored(u32, u16),
    /// The same as an earlier one.
    Same(u32),
}

/// The longest code of a kind.
const MOST_BITS: u8 = 8;
/// Symbols of the kinds: 0 to 3 are codecs.
const STORED: u8 = 4;
const SAME: u8 = 5;
/// The kind before so many times more: 3 and what the next symbol says.
const REPEAT: u8 = 7;
/// The same with two symbols, of which the first counts 16, from 19 on.
const REPEAT_LONG: u8 = 8;
/// The earlier hunk that was referred to last, and the one behind it.
const SAME_AGAIN: u8 = 9;
const SAME_NEXT: u8 = 10;

/// Fewer repeats are no shorter as a symbol.
const FEWEST: u32 = 3;
const SHORT: u32 = FEWEST + 15;
const LONGEST: u32 = SHORT + 1 + 255;

impl Hunk {
    /// Bytes in the file.
    pub(crate) fn coded_bytes(self) -> u32 {
        match self {
            Hunk::Coded(_, length, _) | Hunk::Stored(length, _) => length,
            Hunk::Same(_) => 0,
        }
    }

    /// As in a map that is not compressed, `at` being where it is in the file.
    fn entry(self, at: u64) -> [u8; MAP_ENTRY] {
        let (kind, length, place, crc) = match self {
            Hunk::Coded(slot, length, crc) => (slot, length, at, crc),
            Hunk::Stored(length, crc) => (STORED, length, at, crc),
            Hunk::Same(hunk) => (SAME, 0, u64::from(hunk), 0),
        };
        let mut entry = [0; MAP_ENTRY];
        entry[..4].copy_from_slice(&length.to_be_bytes());
        entry[0] = kind;
        entry[4..10].copy_from_slice(&place.to_be_bytes()[2..]);
        entry[10..].copy_from_slice(&crc.to_be_bytes());
        entry
    }
}

/// The map of `hunks`, the first stored of which is at `first_at` in the file; header and stream.
pub(crate) fn compressed(hunks: &[Hunk], first_at: u64) -> Vec<u8> {
    let kinds = kinds(hunks);
    let symbols = with_repeats(&kinds);
    let mut counts = [0_u64; 16];
    symbols.iter().for_each(|symbol| counts[usize::from(symbol & 15)] += 1);
    let lengths = code_lengths(&counts, MOST_BITS);

    let mut bits = BitWriter::default();
    tree(&lengths, &mut bits);
    let codes = codes(&lengths, MOST_BITS);
    for symbol in &symbols {
        let symbol = usize::from(symbol & 15);
        bits.write(codes[symbol], u32::from(lengths[symbol]));
    }
    let widths = Widths::of(hunks, &kinds);
    for (hunk, kind) in hunks.iter().zip(&kinds) {
        match (hunk, *kind) {
            (Hunk::Coded(_, length, crc), _) => {
                bits.write(*length, widths.length);
                bits.write(u32::from(*crc), 16);
            }
            (Hunk::Stored(_, crc), _) => bits.write(u32::from(*crc), 16),
            (Hunk::Same(hunk), SAME) => bits.write(*hunk, widths.hunk),
            // The symbol says it.
            (Hunk::Same(_), _) => {}
        }
    }
    let stream = bits.finish();
    let header = MapHeader {
        stream_bytes: u32::try_from(stream.len()).unwrap_or(u32::MAX),
        first_at: low48(first_at),
        crc: crc(hunks, first_at),
        length_bits: low8(widths.length),
        self_bits: low8(widths.hunk),
        parent_bits: 0,
    };
    [bytes_of(&header), stream].concat()
}

/// Of the map as it would be without compression.
fn crc(hunks: &[Hunk], first_at: u64) -> u16 {
    let (mut crc, mut at) = (Digest::new(CrcAlgorithm::Crc16Ibm3740), first_at);
    let mut entries = Vec::new();
    // In pieces, so that the whole never stands in memory; a digest is slow to be asked and fast to run.
    for hunks in hunks.chunks(4096) {
        entries.clear();
        for hunk in hunks {
            entries.extend(hunk.entry(at));
            at += u64::from(hunk.coded_bytes());
        }
        crc.update(&entries);
    }
    let [.., high, low] = crc.finalize().to_be_bytes();
    u16::from_be_bytes([high, low])
}

/// A symbol for each hunk.
fn kinds(hunks: &[Hunk]) -> Vec<u8> {
    let mut last = 0;
    let kind = |hunk: &Hunk| match *hunk {
        Hunk::Coded(slot, ..) => slot & 3,
        Hunk::Stored(..) => STORED,
        Hunk::Same(hunk) => {
            let before = std::mem::replace(&mut last, hunk);
            match hunk.checked_sub(before) {
                Some(0) => SAME_AGAIN,
                Some(1) => SAME_NEXT,
                _ => SAME,
            }
        }
    };
    hunks.iter().map(kind).collect()
}

/// The symbols with runs of one kind shortened. The kind before the first is 0.
fn with_repeats(kinds: &[u8]) -> Vec<u8> {
    let mut symbols = Vec::new();
    let (mut last, mut rest) = (0, kinds);
    while let Some((first, behind)) = rest.split_first() {
        let mut count = u32::try_from(rest.iter().take_while(|kind| **kind == last).count()).unwrap_or(u32::MAX);
        if count == 0 {
            symbols.push(*first);
            (last, rest) = (*first, behind);
            continue;
        }
        rest = &rest[count as usize..];
        while count > 0 {
            let now = count.min(LONGEST);
            match now {
                ..FEWEST => symbols.resize(symbols.len() + now as usize, last),
                FEWEST..=SHORT => symbols.extend([REPEAT, low8(now - FEWEST)]),
                _ => symbols.extend([REPEAT_LONG, low8((now - SHORT - 1) >> 4), low8(now - SHORT - 1) & 15]),
            }
            count -= now;
        }
    }
    symbols
}

/// Bits of the fields behind the kinds.
struct Widths {
    length: u32,
    hunk: u32,
}

impl Widths {
    fn of(hunks: &[Hunk], kinds: &[u8]) -> Widths {
        let mut largest = [0, 0];
        for (hunk, kind) in hunks.iter().zip(kinds) {
            match (hunk, *kind) {
                // Stored ones count too: so it was always done.
                (Hunk::Coded(_, length, _) | Hunk::Stored(length, _), _) => largest[0] = largest[0].max(*length),
                (Hunk::Same(hunk), SAME) => largest[1] = largest[1].max(*hunk),
                _ => {}
            }
        }
        let [length, hunk] = largest.map(|number| u32::BITS - number.leading_zeros());
        Widths { length, hunk }
    }
}

/// The lengths in fields of 4 bits: 1 and then v and c means v for c + 3 symbols, 1 and 1 means 1.
fn tree(lengths: &[u8; 16], bits: &mut BitWriter) {
    let mut rest = &lengths[..];
    while let Some(length) = rest.first() {
        let run = rest.iter().take_while(|other| *other == length).count();
        let many = *length != 1 && run >= 3;
        let field = u32::from(*length);
        let repeats = u32::try_from(run.saturating_sub(3)).unwrap_or(0);
        let fields = match (*length, many) {
            (1, _) => &[1, 1][..],
            (_, true) => &[1, field, repeats],
            (_, false) => &[field],
        };
        fields.iter().for_each(|field| bits.write(*field, 4));
        rest = &rest[if many { run } else { 1 }..];
    }
}

fn low8(number: u32) -> u8 {
    number.to_le_bytes()[0]
}

fn low48(number: u64) -> [u8; 6] {
    let [_, _, rest @ ..] = number.to_be_bytes();
    rest
}
