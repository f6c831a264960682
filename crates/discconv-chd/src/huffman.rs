//! Canonical Huffman codes as CHDs have them: the longest codes are the smallest numbers.
//!
//! From the longest length to the shortest, the first code of a length is half of where the codes one bit longer end; codes
//! of one length ascend with their symbols. So, with every code at the top of a 16-bit window, the codes of each length end
//! where those of the next shorter one begin, and the first length whose end lies above the window is the one.

use crate::bits::Bits;

/// The longest code there is.
const MAX_BITS: usize = 16;
/// Codes up to so many bits are found by one look.
const FAST_BITS: usize = 11;

/// The codes of up to 256 symbols.
pub(crate) struct Tree {
    /// The window where codes of at least that length end; of each length.
    ends: [u32; MAX_BITS + 1],
    /// The first code of each length.
    starts: [u32; MAX_BITS + 1],
    /// Where its symbols begin in `symbols`.
    offsets: [usize; MAX_BITS + 1],
    /// From the longest code to the shortest.
    symbols: Vec<u8>,
    /// By the first bits: length and symbol of short codes, else 0.
    fast: Vec<u16>,
}

impl Default for Tree {
    fn default() -> Tree {
        Tree {
            ends: [0; MAX_BITS + 1],
            starts: [0; MAX_BITS + 1],
            offsets: [0; MAX_BITS + 1],
            symbols: Vec::new(),
            fast: Vec::new(),
        }
    }
}

impl Tree {
    /// Make it the tree of these code lengths, of which 0 means no code and none may be above `max_bits` (at most 16).
    /// `None` if no such code exists: too many codes for their lengths, or a gap below the shortest ones.
    pub(crate) fn build(&mut self, lengths: &[u8], max_bits: usize) -> Option<()> {
        let mut counts = [0_u32; MAX_BITS + 1];
        for length in lengths {
            let length = usize::from(*length);
            *counts.get_mut(length).filter(|_| length <= max_bits)? += 1;
        }
        let (mut start, mut offset) = (0, 0);
        for length in (1..=max_bits).rev() {
            let end = start + counts[length];
            // One bit long, a single code may stand alone.
            if end > 1 << length || (length > 1 && end % 2 == 1) {
                return None;
            }
            self.starts[length] = start;
            self.ends[length] = end << (MAX_BITS - length);
            self.offsets[length] = offset;
            offset += usize::try_from(counts[length]).ok()?;
            start = end / 2;
        }
        self.ends[max_bits + 1..].fill(0);
        self.list(lengths, offset);
        Some(())
    }

    /// Fill in symbols and the table of short codes.
    fn list(&mut self, lengths: &[u8], coded: usize) {
        self.symbols.clear();
        self.symbols.resize(coded, 0);
        self.fast.clear();
        self.fast.resize(1 << FAST_BITS, 0);
        let mut used = [0; MAX_BITS + 1];
        for (symbol, length) in (0_u8..=255).zip(lengths) {
            let bits = usize::from(*length);
            if bits == 0 {
                continue;
            }
            let rank = used[bits];
            used[bits] += 1;
            self.symbols[self.offsets[bits] + rank] = symbol;
            if bits <= FAST_BITS {
                let first = (self.starts[bits] as usize + rank) << (FAST_BITS - bits);
                self.fast[first..first + (1 << (FAST_BITS - bits))].fill(u16::from_be_bytes([*length, symbol]));
            }
        }
    }

    /// The next symbol; `None` where the bits end or are no code.
    pub(crate) fn next(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let window = bits.peek16();
        let [length, symbol] = self.fast.get(usize::from(window) >> (MAX_BITS - FAST_BITS))?.to_be_bytes();
        if length > 0 {
            bits.skip(u32::from(length))?;
            return Some(symbol);
        }
        let window = u32::from(window);
        let length = (1..=MAX_BITS).rev().find(|length| window < self.ends[*length])?;
        let rank = (window >> (MAX_BITS - length)).checked_sub(self.starts[length])?;
        bits.skip(u32::try_from(length).ok()?)?;
        self.symbols.get(self.offsets[length] + usize::try_from(rank).ok()?).copied()
    }
}

/// The tree of 16 symbols, of at most 8 bits each, that a compressed map begins with: lengths of 4 bits; 1 and then 1 means
/// 1, 1 and then v and c means v for c + 3 symbols.
pub(crate) fn read_map_tree(bits: &mut Bits<'_>) -> Option<Tree> {
    const SYMBOLS: usize = 16;
    let mut lengths = Vec::with_capacity(SYMBOLS);
    while lengths.len() < SYMBOLS {
        let mut next = || bits.read(4).and_then(|length| u8::try_from(length).ok());
        let (length, count) = match next()? {
            1 => match next()? {
                1 => (1, 1),
                length => (length, usize::from(next()?) + 3),
            },
            length => (length, 1),
        };
        lengths.resize(lengths.len() + count, length);
    }
    let mut tree = Tree::default();
    if lengths.len() > SYMBOLS {
        return None;
    }
    tree.build(&lengths, 8)?;
    Some(tree)
}

/// Decodes hunks that are Huffman codes of single bytes, each with its own tree.
#[derive(Default)]
pub(crate) struct Huff {
    helper: Tree,
    tree: Tree,
}

impl Huff {
    /// Fill `out`; `None` if `coded` is damaged or ends before.
    pub(crate) fn decode(&mut self, coded: &[u8], out: &mut [u8]) -> Option<()> {
        let mut bits = Bits::new(coded);
        self.read_tree(&mut bits)?;
        for byte in out {
            *byte = self.tree.next(&mut bits)?;
        }
        Some(())
    }

    /// A helper of 24 symbols codes the lengths of the 256: 0 repeats the one before, others are one more than the length.
    fn read_tree(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        const HELPERS: usize = 24;
        /// Ends the list of the helper's lengths.
        const STOP: u32 = 7;
        let mut lengths = [0; HELPERS];
        lengths[0] = u8::try_from(bits.read(3)?).ok()?;
        let first = usize::try_from(bits.read(3)?).ok()? + 1;
        for length in &mut lengths[first..] {
            match bits.read(3)? {
                STOP => break,
                told => *length = u8::try_from(told).ok()?,
            }
        }
        self.helper.build(&lengths, 6)?;

        let mut lengths = [0; 256];
        let (mut at, mut last) = (0, 0);
        while at < lengths.len() {
            match self.helper.next(bits)? {
                0 => {
                    let mut count = bits.read(3)? + 2;
                    if count == 9 {
                        count += bits.read(8)?;
                    }
                    // More than there are symbols is cut, as in MAME.
                    let end = (at + usize::try_from(count).ok()?).min(lengths.len());
                    lengths[at..end].fill(last);
                    at = end;
                }
                value => {
                    last = value - 1;
                    lengths[at] = last;
                    at += 1;
                }
            }
        }
        self.tree.build(&lengths, MAX_BITS)
    }
}
