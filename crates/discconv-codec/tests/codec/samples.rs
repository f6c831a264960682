//! Blocks of many kinds from seeds.

use discconv_testkit::Rng;

/// Runs and repeats over an alphabet of `symbols` values: deflate finds literals and matches of all kinds.
pub fn bytes(chance: &mut Rng, length: usize, symbols: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = Vec::with_capacity(length);
    while bytes.len() < length {
        let room = length - bytes.len();
        match chance.index(4) {
            0 if !bytes.is_empty() => {
                let distance = 1 + chance.index(bytes.len());
                let most = if chance.index(8) == 0 { 600 } else { 12 };
                let count = (3 + chance.index(most)).min(room);
                for _ in 0..count {
                    bytes.push(bytes[bytes.len() - distance]);
                }
            }
            _ => {
                for _ in 0..=chance.index(8).min(room - 1) {
                    bytes.push((chance.index(symbols) * 255 / symbols.max(2)) as u8);
                }
            }
        }
    }
    bytes
}

/// Names (with the seed, where there is one) and blocks.
pub fn samples() -> Vec<(String, Vec<u8>)> {
    let mut samples: Vec<(String, Vec<u8>)> = Vec::new();
    for length in [0, 1, 2, 3, 4, 2047, 2048, 8192, 16384, 40_000, 300_000] {
        samples.push((format!("{length} zeros"), vec![0; length]));
        samples.push((format!("{length} bytes counted"), (0..length).map(|n| n as u8).collect()));
        let text: Vec<u8> = b"the quick sector jumps over the lazy lead-out; ".iter().copied().cycle().take(length).collect();
        samples.push((format!("{length} bytes of text"), text));
    }
    for seed in 0..60 {
        let mut chance = Rng::new(seed);
        let length = [2048, 2048, 2048, 8192, 16384, 100_000][seed as usize % 6];
        let symbols = [1, 2, 3, 20, 90, 256][seed as usize / 6 % 6];
        samples.push((format!("seed {seed}"), bytes(&mut chance, length, symbols)));
    }
    let mut chance = Rng::new(99);
    samples.push(("noise".to_owned(), (0..5000).map(|_| chance.next_u64() as u8).collect()));
    samples.push(("more noise".to_owned(), (0..200_000).map(|_| chance.next_u64() as u8).collect()));
    // Few values, very unequal: long codes.
    let skewed = (0..16384).map(|_| chance.next_u64().trailing_zeros().min(40) as u8);
    samples.push(("skewed".to_owned(), skewed.collect()));
    samples
}
