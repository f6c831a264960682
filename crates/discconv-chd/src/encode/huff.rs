//! Huffman codes of single bytes, with the tree in front: a code of 24 symbols for the lengths of the 256.

use crate::coding::{BitWriter, code_lengths, codes};

/// The longest code.
const MOST_BITS: u8 = 16;
/// The longest code of a length, and how many symbols lengths are told in.
const MOST_HELPER_BITS: u8 = 6;
const HELPERS: usize = 24;
/// So many lengths alike are no shorter as a repeat; one symbol says at most so many.
const FEWEST: usize = 2;
const SHORT: usize = FEWEST + 6;
const LONGEST: usize = SHORT + 1 + 255;

/// A length, or how often the one before comes again.
enum Told {
    Length(u8),
    Again(usize),
}

/// Append the packed hunk to `out`, if it may be shorter than `than` bytes.
pub(super) fn encode(raw: &[u8], than: usize, out: &mut Vec<u8>) -> bool {
    let mut counts = [0_u64; 256];
    raw.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    if entropy_bytes(&counts, raw.len()) > than as f64 {
        return false;
    }
    let lengths = code_lengths(&counts, MOST_BITS);
    let codes = codes(&lengths, MOST_BITS);
    let mut writer = BitWriter::default();
    tree(&lengths, &mut writer);
    for byte in raw {
        let byte = usize::from(*byte);
        writer.write(codes[byte], u32::from(lengths[byte]));
    }
    out.extend(writer.finish());
    true
}

/// No code of single bytes is shorter; and the tree is longer than what rounding may do here.
fn entropy_bytes(counts: &[u64; 256], total: usize) -> f64 {
    let bits = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 * (total as f64 / *count as f64).log2());
    bits.sum::<f64>() / 8.0
}

fn tree(lengths: &[u8; 256], writer: &mut BitWriter) {
    let told = told(lengths);
    let mut counts = [0_u64; HELPERS];
    for told in &told {
        counts[told.symbol()] += 1;
    }
    let helper = code_lengths(&counts, MOST_HELPER_BITS);
    let codes = codes(&helper, MOST_HELPER_BITS);
    helper_tree(&helper, writer);
    for told in &told {
        let symbol = told.symbol();
        writer.write(codes[symbol], u32::from(helper[symbol]));
        if let Told::Again(count) = told {
            let over = u32::try_from(count - FEWEST).unwrap_or(0);
            writer.write(over.min(7), 3);
            if *count > SHORT {
                writer.write(u32::try_from(count - SHORT - 1).unwrap_or(0), 8);
            }
        }
    }
}

impl Told {
    fn symbol(&self) -> usize {
        match self {
            Told::Length(length) => usize::from(*length) + 1,
            Told::Again(_) => 0,
        }
    }
}

/// The lengths with runs shortened. A run begins with the length itself.
fn told(lengths: &[u8; 256]) -> Vec<Told> {
    let (mut told, mut last, mut rest) = (Vec::new(), None, &lengths[..]);
    while let Some((first, behind)) = rest.split_first() {
        let run = rest.iter().take_while(|length| Some(**length) == last).count().min(LONGEST);
        if run >= FEWEST {
            told.push(Told::Again(run));
            rest = &rest[run..];
        } else {
            told.push(Told::Length(*first));
            (last, rest) = (Some(*first), behind);
        }
    }
    told
}

/// 3 bits of the first length; where the next one that counts is, less one; then 3 bits each until 7 ends it.
fn helper_tree(helper: &[u8; HELPERS], writer: &mut BitWriter) {
    let first = helper[1..].iter().position(|length| *length != 0).map_or(8, |at| at + 1).min(8);
    let end = helper.iter().rposition(|length| *length != 0).map_or(0, |last| last + 1);
    writer.write(u32::from(helper[0]), 3);
    writer.write(u32::try_from(first - 1).unwrap_or(0), 3);
    for length in helper.get(first..end).unwrap_or_default() {
        writer.write(u32::from(*length), 3);
    }
    // There are no more than 18.
    writer.write(7, 3);
}
