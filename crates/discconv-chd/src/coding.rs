//! Making Huffman codes, and writing bits.

/// Symbols that must be paid together: how often they come, and how many of each there are.
#[derive(Clone)]
struct Package<const N: usize> {
    weight: u64,
    symbols: [u8; N],
}

/// Bits of each symbol that comes so often, at most `most`; 0 for one that does not come; a lone symbol has one bit.
///
/// Coins in `most` denominations are packed in pairs into the next larger one, cheapest first (package-merge): as often as a
/// symbol is among the first 2n - 2 packages, so many bits it has. No code of that limit is shorter.
pub(crate) fn code_lengths<const N: usize>(counts: &[u64; N], most: u8) -> [u8; N] {
    let mut coins: Vec<Package<N>> = (0..N).filter(|symbol| counts[*symbol] > 0).map(|symbol| coin(counts, symbol)).collect();
    coins.sort_by_key(|coin| coin.weight);
    if let [lone] = &coins[..] {
        return lone.symbols;
    }
    // Nothing behind these is paid, at any level.
    let paid = (2 * coins.len()).saturating_sub(2);
    let mut packages = Vec::new();
    for _ in 0..most {
        let mut pairs: Vec<Package<N>> = packages.chunks_exact(2).map(pair).collect();
        pairs.extend(coins.iter().cloned());
        pairs.sort_by_key(|package| package.weight);
        pairs.truncate(paid);
        packages = pairs;
    }
    packages.iter().fold([0; N], |sum, package| std::array::from_fn(|symbol| sum[symbol] + package.symbols[symbol]))
}

fn coin<const N: usize>(counts: &[u64; N], symbol: usize) -> Package<N> {
    let mut symbols = [0; N];
    symbols[symbol] = 1;
    Package { weight: counts[symbol], symbols }
}

fn pair<const N: usize>(two: &[Package<N>]) -> Package<N> {
    let symbols = std::array::from_fn(|symbol| two.iter().map(|package| package.symbols[symbol]).sum());
    Package { weight: two.iter().map(|package| package.weight).sum(), symbols }
}

/// The code of each symbol: the longest are the smallest numbers, those of one length ascend.
pub(crate) fn codes<const N: usize>(lengths: &[u8; N], most: u8) -> [u32; N] {
    let mut codes = [0; N];
    let mut next = 0;
    for length in (1..=most).rev() {
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, own)| **own == length) {
            *code = next;
            next += 1;
        }
        next >>= 1;
    }
    codes
}

/// Bits, the highest of a byte first.
#[derive(Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    window: u64,
    held: u32,
}

impl BitWriter {
    /// The low `count` bits of `value`, at most 32.
    pub(crate) fn write(&mut self, value: u32, count: u32) {
        self.window = self.window << count | u64::from(value);
        self.held += count;
        while self.held >= 8 {
            self.held -= 8;
            let [low, ..] = (self.window >> self.held).to_le_bytes();
            self.bytes.push(low);
        }
    }

    /// All bytes, the last one filled up with zeros.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.write(0, (8 - self.held) % 8);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kraft(lengths: &[u8; 16]) -> u32 {
        lengths.iter().filter(|length| **length > 0).map(|length| 256 >> length).sum()
    }

    #[test]
    fn codes_are_complete_and_short() {
        let mut counts = [0; 16];
        assert_eq!(code_lengths(&counts, 8), [0; 16]);
        counts[5] = 9;
        assert_eq!(code_lengths(&counts, 8)[5], 1);
        counts[2] = 1;
        assert_eq!((code_lengths(&counts, 8)[2], code_lengths(&counts, 8)[5]), (1, 1));
        // 1, 2, 4, ... would have 15 bits without the limit.
        let steep: [u64; 16] = std::array::from_fn(|symbol| 1 << symbol);
        let lengths = code_lengths(&steep, 8);
        assert!(lengths.iter().all(|length| (1..=8).contains(length)), "{lengths:?}");
        assert_eq!(kraft(&lengths), 256);
        assert_eq!(lengths[15], 1);
        assert_eq!(code_lengths(&[7; 16], 8), [4; 16]);
    }

    /// Lengths 2, 3, 3, 1: the two longest are 000 and 001, then 01, then 1.
    #[test]
    fn the_longest_codes_come_first() {
        let mut lengths = [0; 16];
        lengths[..4].copy_from_slice(&[2, 3, 3, 1]);
        assert_eq!(codes(&lengths, 8)[..4], [0b01, 0b000, 0b001, 0b1]);
    }

    #[test]
    fn bits_fill_bytes_from_the_top() {
        let mut bits = BitWriter::default();
        for (value, count) in [(1, 1), (2, 3), (0x50F, 12), (0x1234_5678, 32), (1, 2)] {
            bits.write(value, count);
        }
        assert_eq!(bits.finish(), [0xA5, 0x0F, 0x12, 0x34, 0x56, 0x78, 0x40]);
    }
}
