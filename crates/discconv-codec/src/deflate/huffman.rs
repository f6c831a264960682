//! Optimal prefix codes of limited length.

use super::tables::MAX_BITS;

/// The most symbols a code has here.
const MOST: usize = 288;

/// Builds codes; keeps its lists from code to code.
pub(super) struct Builder {
    /// Used symbols, rarest first: count << 9 | symbol.
    leaves: Vec<u64>,
    weights: Vec<u64>,
    merged: Vec<u64>,
    /// For each level of package-merge, whether each item in order is a leaf.
    leaf_flags: Vec<Vec<bool>>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let (leaves, weights, merged) = (Vec::with_capacity(MOST), Vec::with_capacity(MOST), Vec::with_capacity(2 * MOST));
        Builder { leaves, weights, merged, leaf_flags: vec![Vec::new(); MAX_BITS] }
    }

    /// Code lengths of the cheapest prefix code for `counts` with no code above `limit` bits. Symbols without a count get
    /// length 0, a single symbol 1. The limit must leave room for all used symbols.
    pub(super) fn lengths(&mut self, counts: &[u32], limit: usize, lengths: &mut [u8]) {
        lengths.fill(0);
        self.leaves.clear();
        let used = counts.iter().zip(0u64..).filter(|(count, _)| **count > 0);
        self.leaves.extend(used.map(|(count, symbol)| u64::from(*count) << 9 | symbol));
        self.leaves.sort_unstable();
        debug_assert!(self.leaves.len() <= 1 << limit);
        match self.leaves.len() {
            0 => {}
            1 => lengths[symbol_of(self.leaves[0])] = 1,
            _ if self.unlimited(lengths) <= limit => {}
            _ => self.package_merge(limit, lengths),
        }
    }

    /// Huffman's own construction with two queues; returns the longest length.
    #[expect(clippy::cast_possible_truncation, reason = "a tree of 288 leaves is at most 287 deep; too deep ones are discarded")]
    fn unlimited(&mut self, lengths: &mut [u8]) -> usize {
        let count = self.leaves.len();
        // Inner nodes: first their weight, later the place of their parent, then their depth.
        self.weights.clear();
        self.merged.clear();
        self.merged.resize(count, 0);
        let (mut leaf, mut inner) = (0, 0);
        for node in 0..count - 1 {
            let mut weight = 0;
            for _ in 0..2 {
                let leaf_weight = self.leaves.get(leaf).map_or(u64::MAX, |leaf| leaf >> 9);
                if inner < node && self.weights[inner] < leaf_weight {
                    weight += self.weights[inner];
                    self.weights[inner] = node as u64;
                    inner += 1;
                } else {
                    weight += leaf_weight;
                    self.merged[leaf] = node as u64;
                    leaf += 1;
                }
            }
            self.weights.push(weight);
        }
        let root = count - 2;
        self.weights[root] = 0;
        for node in (0..root).rev() {
            self.weights[node] = self.weights[self.weights[node] as usize] + 1;
        }
        let mut longest = 0;
        for (leaf, parent) in self.leaves.iter().zip(&self.merged) {
            let depth = self.weights[*parent as usize] + 1;
            lengths[symbol_of(*leaf)] = depth as u8;
            longest = longest.max(depth as usize);
        }
        longest
    }

    /// Larmore and Hirschberg's algorithm: per level, leaves merged with pairs of the level below.
    fn package_merge(&mut self, limit: usize, lengths: &mut [u8]) {
        self.merged.clear();
        for level in 0..limit {
            // Pairs of the level before; an odd item is left out.
            self.weights.clear();
            self.weights.extend(self.merged.as_chunks::<2>().0.iter().map(|[one, other]| one + other));
            self.merged.clear();
            let flags = &mut self.leaf_flags[level];
            flags.clear();
            let (mut leaves, mut packages) =
                (self.leaves.iter().map(|leaf| leaf >> 9).peekable(), self.weights.iter().peekable());
            loop {
                let leaf_first = match (leaves.peek(), packages.peek()) {
                    (Some(leaf), Some(package)) => leaf <= *package,
                    (leaf, package) => {
                        if leaf.is_none() && package.is_none() {
                            break;
                        }
                        leaf.is_some()
                    }
                };
                let weight = if leaf_first { leaves.next() } else { packages.next().copied() };
                self.merged.extend(weight);
                flags.push(leaf_first);
            }
        }
        lengths.fill(0);
        let mut taken = 2 * (self.leaves.len() - 1);
        for level in (0..limit).rev() {
            let chosen = self.leaf_flags[level].iter().take(taken).filter(|leaf| **leaf).count();
            for leaf in &self.leaves[..chosen] {
                lengths[symbol_of(*leaf)] += 1;
            }
            taken = 2 * (taken - chosen);
        }
    }
}

fn symbol_of(leaf: u64) -> usize {
    usize::try_from(leaf & 511).unwrap_or(0)
}

/// The codes themselves (RFC 1951, 3.2.2), first bit lowest, as they are written.
pub(super) fn codes(lengths: &[u8], codes: &mut [u16]) {
    let mut counts = [0u16; MAX_BITS + 1];
    for length in lengths {
        counts[usize::from(*length)] += 1;
    }
    counts[0] = 0;
    let mut next = [0u16; MAX_BITS + 1];
    for length in 1..=MAX_BITS {
        next[length] = (next[length - 1] + counts[length - 1]) << 1;
    }
    for (code, length) in codes.iter_mut().zip(lengths) {
        if *length > 0 {
            let next = &mut next[usize::from(*length)];
            *code = next.reverse_bits() >> (16 - length);
            *next = next.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(counts: &[u32], limit: usize, expected: &[u8]) {
        let mut lengths = vec![9; counts.len()];
        Builder::new().lengths(counts, limit, &mut lengths);
        assert_eq!(lengths, expected, "{counts:?} within {limit}");
    }

    #[test]
    fn known_codes() {
        check(&[0, 0], 15, &[0, 0]);
        check(&[0, 5], 15, &[0, 1]);
        check(&[7, 5], 15, &[1, 1]);
        check(&[1, 1, 2, 4, 8], 15, &[4, 4, 3, 2, 1]);
        check(&[1, 1, 2, 4, 8], 3, &[3, 3, 3, 3, 1]);
        check(&[1, 0, 1, 1, 1, 0, 1], 3, &[3, 0, 3, 2, 2, 0, 2]);
    }

    /// Both constructions are optimal: the same cost where the limit does not matter, a full code always.
    #[test]
    fn both_constructions_agree() {
        let mut state = 1u32;
        let mut builder = Builder::new();
        for round in 0..300u32 {
            let counts: Vec<u32> = (0..2 + round % 285)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 8) >> (state >> 27)
                })
                .collect();
            let (mut plain, mut merged) = (vec![0; counts.len()], vec![0; counts.len()]);
            builder.lengths(&counts, 60, &mut plain);
            if builder.leaves.len() < 2 {
                continue;
            }
            let longest = usize::from(*plain.iter().max().unwrap_or(&0));
            let cost = |lengths: &[u8]| -> u64 { counts.iter().zip(lengths).map(|(c, l)| u64::from(*c) * u64::from(*l)).sum() };
            for limit in [15, 10, 9] {
                builder.package_merge(limit, &mut merged);
                let kraft: u32 = merged.iter().filter(|l| **l > 0).map(|l| 1u32 << (15 - l)).sum();
                assert_eq!(kraft, 1 << 15, "round {round}");
                assert!(merged.iter().all(|l| usize::from(*l) <= limit));
                assert!(cost(&merged) >= cost(&plain), "round {round}");
                assert!(longest > limit || cost(&merged) == cost(&plain), "round {round}");
            }
        }
    }

    #[test]
    fn codes_of_the_rfc() {
        // RFC 1951, 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4).
        let mut written = [0; 8];
        codes(&[3, 3, 3, 3, 3, 2, 4, 4], &mut written);
        assert_eq!(written, [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111]);
    }
}
