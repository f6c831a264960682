//! Code lengths that are not the shortest for the symbols, but the shortest together with the header that tells them.
//!
//! A path through the symbols in order: each may keep its length or differ by one, and a length equal to the one before is
//! cheaper to tell. What a code takes of the code space has a price (a Lagrange multiplier), which is searched for until the
//! space is just used up.

use super::tables::MAX_BITS;

/// Parts of a bit in which costs are counted.
const BIT: u64 = 64;

/// The whole code space, and what a code of the longest length takes of it.
const SPACE: u32 = 1 << MAX_BITS;

/// Lengths worth a look for one symbol.
const CHOICES: usize = 3;

/// Steps of the search for the price.
const STEPS: u32 = 4;

#[derive(Clone, Copy, Default)]
struct Choice {
    length: u8,
    cost: u64,
    /// Which choice of the symbol before leads here most cheaply.
    before: u8,
}

/// Changes `lengths` (of a full code for `counts`) to what seems cheaper with a header coded by `header`, the lengths of
/// its 19 codes. No length exceeds `limit`. False if nothing else is found.
pub(super) fn refine(counts: &[u32], lengths: &mut [u8], header: &[u8; 19], limit: u8) -> bool {
    let used = lengths.iter().rposition(|length| *length > 0).map_or(0, |last| last + 1);
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let tell: [u64; 16] = std::array::from_fn(|length| BIT * u64::from(if header[length] == 0 { 7 } else { header[length] }));
    // A repeat stands for four lengths on average.
    let repeat = BIT * (2 + u64::from(if header[16] == 0 { 7 } else { header[16] })) / 4;
    let mut found = [0; super::header::LITERALS];
    let found = &mut found[..used];
    let mut best: Option<[u8; super::header::LITERALS]> = None;
    // The price at which a code of the ideal length costs as much space as it saves bits: total / ln 2.
    let (mut low, mut high) = (total * BIT, total * 5 / 2 * BIT);
    for _ in 0..STEPS {
        let price = low.midpoint(high);
        path(counts, &lengths[..used], &tell, repeat, price, limit, found);
        if space(found) <= SPACE {
            best.get_or_insert([0; super::header::LITERALS])[..used].copy_from_slice(found);
            high = price;
        } else {
            low = price;
        }
    }
    let Some(mut best) = best else { return false };
    let best = &mut best[..used];
    if !fill(counts, best) || *best == lengths[..used] {
        return false;
    }
    lengths[..used].copy_from_slice(best);
    true
}

/// What the codes take of the code space.
fn space(lengths: &[u8]) -> u32 {
    lengths.iter().filter(|length| **length > 0).map(|length| SPACE >> length).sum()
}

/// The cheapest lengths at this price of code space.
fn path(counts: &[u32], lengths: &[u8], tell: &[u64; 16], repeat: u64, price: u64, limit: u8, found: &mut [u8]) {
    let mut table = [[Choice::default(); CHOICES]; super::header::LITERALS];
    let mut sizes = [0u8; super::header::LITERALS];
    let start = [Choice { length: u8::MAX, cost: 0, before: 0 }];
    for (symbol, (count, length)) in counts.iter().zip(lengths).enumerate() {
        let (done, rest) = table.split_at_mut(symbol);
        let before = done.last().map_or(&start[..], |choices| &choices[..usize::from(sizes[symbol - 1])]);
        let choices: &[u8] = match (*count, *length) {
            (0, 0) => &[0],
            (0, length) => &[0, length],
            (_, length) => &[length.saturating_sub(1).max(1), length, (length + 1).min(limit)],
        };
        sizes[symbol] = u8::try_from(choices.len()).unwrap_or(1);
        for (choice, length) in rest[0].iter_mut().zip(choices) {
            let own = if *length == 0 { 0 } else { u64::from(*count) * u64::from(*length) * BIT + (price >> length) };
            let tell = tell[usize::from(*length)];
            let mut least = u64::MAX;
            for (index, before) in (0u8..).zip(before) {
                let cost = before.cost + if before.length == *length && *length > 0 { repeat.min(tell) } else { tell };
                if cost < least {
                    least = cost;
                    choice.before = index;
                }
            }
            choice.length = *length;
            choice.cost = own + least;
        }
    }
    let last = lengths.len().saturating_sub(1);
    let ends = table[last][..usize::from(sizes[last])].iter().zip(0u8..);
    let mut at = ends.min_by_key(|(choice, _)| choice.cost).map_or(0, |(_, index)| index);
    for (symbol, length) in found.iter_mut().enumerate().rev() {
        let choice = table[symbol][usize::from(at)];
        *length = choice.length;
        at = choice.before;
    }
}

/// Shortens codes until the code space is full, the most rewarding ones first.
fn fill(counts: &[u32], lengths: &mut [u8]) -> bool {
    let mut left = SPACE.saturating_sub(space(lengths));
    while left > 0 {
        let reward = |(count, length): (&u32, &u8)| u64::from(*count) << length;
        let fits = |length: &u8| *length > 1 && SPACE >> length <= left;
        let best = counts.iter().zip(lengths.iter()).enumerate().filter(|(_, (_, length))| fits(length));
        let Some((symbol, _)) = best.max_by_key(|(_, pair)| reward(*pair)) else { return false };
        left -= SPACE >> lengths[symbol];
        lengths[symbol] -= 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stay_full() {
        for seed in 0..200u32 {
            let counts: Vec<u32> = (0..60u32).map(|n| (n * 7919 + seed * 104_729) % 97 * ((n + seed) % 3)).collect();
            let mut lengths = vec![0; counts.len()];
            super::super::huffman::Builder::new().lengths(&counts, 12, &mut lengths);
            assert_eq!(space(&lengths), SPACE);
            refine(&counts, &mut lengths, &[4; 19], 12);
            assert_eq!(space(&lengths), SPACE, "seed {seed}");
            assert!(counts.iter().zip(&lengths).all(|(count, length)| *count == 0 || (1..=12).contains(length)), "seed {seed}");
        }
    }
}
