//! Subchannel R to W as a drive hands it out when it corrects errors, turned back into what is on the disc.
//!
//! A pack is 24 symbols of six bits: mode and instruction, two parity symbols of these, sixteen of data, four parity symbols
//! of all. On the disc three pairs of symbols have changed places, and the symbol at place `n` comes `n` modulo 8 packs late
//! (IEC 60908, subcode channels R to W). A sector has four packs. Nothing is said of P and Q, which are zero here.

use crate::error::{At, Error, Result};
use crate::source::ReadAt;
use discconv_sector::SUB;
use std::sync::Arc;

/// Symbols of a pack.
const PACK: usize = 24;
/// Packs of a sector.
const PACKS: usize = SUB / PACK;
/// Sectors before one that its late symbols may come from.
const BEFORE: u64 = 2;
/// Packs by which a symbol is late, at most, plus one.
const DELAYS: usize = 8;
/// Six bits.
const SYMBOL: u8 = 0x3F;
/// x^6 + x + 1, without its first term.
const POLYNOMIAL: u8 = 3;

/// The corrected packs behind each record of a run.
pub struct Corrected {
    /// Where the records are.
    pub inner: Arc<dyn ReadAt>,
    /// Byte offset of the first sector's packs.
    pub offset: u64,
    /// Bytes from one record to the next.
    pub stride: u32,
    /// How many records there are.
    pub sectors: u32,
}

impl Corrected {
    /// The packs of a sector with their parity; nothing before the first.
    fn packs(&self, sector: Option<u64>) -> Result<[u8; SUB]> {
        let mut packs = [0; SUB];
        if let Some(sector) = sector {
            self.inner.read_exact_at(self.offset + sector * u64::from(self.stride), &mut packs)?;
            packs.as_chunks_mut::<PACK>().0.iter_mut().for_each(complete);
        }
        Ok(packs)
    }

    /// The symbols of a sector as they are on the disc.
    fn symbols(&self, sector: u64) -> Result<[u8; SUB]> {
        let mut all = [[0; PACK]; PACKS * 3];
        for (back, packs) in (0..=BEFORE).rev().zip(all.chunks_exact_mut(PACKS)) {
            let told = self.packs(sector.checked_sub(back))?;
            packs.copy_from_slice(told.as_chunks::<PACK>().0);
        }
        Ok(std::array::from_fn(|at| {
            let (pack, place) = (all.len() - PACKS + at / PACK, at % PACK);
            all[pack - place % DELAYS][moved(place)]
        }))
    }
}

/// The symbol that stands at a place.
fn moved(place: usize) -> usize {
    match place {
        1 => 18,
        18 => 1,
        2 => 5,
        5 => 2,
        3 => 23,
        23 => 3,
        other => other,
    }
}

/// Parity, where the pack says something and has none.
fn complete(pack: &mut [u8; PACK]) {
    pack.iter_mut().for_each(|symbol| *symbol &= SYMBOL);
    let has_parity = pack[2..4].iter().chain(&pack[20..]).any(|symbol| *symbol != 0);
    if has_parity || pack.iter().all(|symbol| *symbol == 0) {
        return;
    }
    let [q0, q1] = remainder(&pack[..2]);
    pack[2..4].copy_from_slice(&[q0, q1]);
    let parity: [u8; 4] = remainder(&pack[..20]);
    pack[20..].copy_from_slice(&parity);
}

/// Multiply in the field of 64.
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b > 0 {
        if b & 1 > 0 {
            product ^= a;
        }
        let carry = a & 0x20 > 0;
        a = a << 1 & SYMBOL;
        if carry {
            a ^= POLYNOMIAL;
        }
        b >>= 1;
    }
    product
}

/// Parity symbols: the remainder of the data by the polynomial whose roots are the first `N` powers of 2.
fn remainder<const N: usize>(data: &[u8]) -> [u8; N] {
    let mut generator = [0; N];
    let mut root = 1;
    for degree in 0..N {
        // Coefficients below the highest, which is one, from the highest down.
        for at in (0..=degree).rev() {
            let before = if at == 0 { 1 } else { generator[at - 1] };
            generator[at] ^= times(before, root);
        }
        root = times(root, 2);
    }
    let mut parity = [0; N];
    for symbol in data {
        let first = symbol ^ parity[0];
        parity.rotate_left(1);
        parity[N - 1] = 0;
        parity.iter_mut().zip(&generator).for_each(|(out, factor)| *out ^= times(first, *factor));
    }
    parity
}

impl ReadAt for Corrected {
    fn len(&self) -> u64 {
        u64::from(self.sectors) * SUB as u64
    }

    fn read_exact_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        if offset.checked_add(buf.len() as u64).is_none_or(|end| end > self.len()) {
            let found = format!("the end of the subchannel at byte {}", self.len());
            return Err(Error::malformed(self.name(), At::Byte(offset), found, format!("{} more bytes", buf.len())));
        }
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let within = usize::try_from(at % SUB as u64).unwrap_or(0);
            let symbols = self.symbols(at / SUB as u64)?;
            let take = (SUB - within).min(rest.len());
            let (now, later) = rest.split_at_mut(take);
            now.copy_from_slice(&symbols[within..within + take]);
            at += take as u64;
            rest = later;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        self.inner.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bytes;

    /// Where programs that play CD+G find each symbol of a pack in the raw stream, counted from the pack's beginning.
    const FOUND_AT: [usize; PACK] =
        [0, 66, 125, 191, 100, 50, 150, 175, 8, 33, 58, 83, 108, 133, 158, 183, 16, 41, 25, 91, 116, 141, 166, 75];

    fn pack(number: usize) -> [u8; PACK] {
        std::array::from_fn(|at| u8::try_from((number * 5 + at * 3) % 64).unwrap())
    }

    #[test]
    fn symbols_are_found_again() {
        const SECTORS: usize = 6;
        let records: Vec<u8> = (0..SECTORS)
            .flat_map(|sector| {
                let packs: Vec<u8> = (0..PACKS).flat_map(|number| pack(sector * PACKS + number)).collect();
                [vec![0xEE; 10], packs].concat()
            })
            .collect();
        let inner = Arc::new(Bytes::new("x", records));
        let source = Corrected { inner, offset: 10, stride: 106, sectors: 6 };
        let mut raw = vec![0; SECTORS * SUB];
        source.read_exact_at(0, &mut raw).unwrap();
        for number in 0..(SECTORS - 2) * PACKS {
            let found: [u8; PACK] = std::array::from_fn(|at| raw[number * PACK + FOUND_AT[at]]);
            assert_eq!(found, pack(number), "pack {number}");
        }
        // Any part is a part of the whole.
        for (start, end) in [(0, 1), (95, 97), (100, 300), (575, 576), (576, 576)] {
            let mut part = vec![0; end - start];
            source.read_exact_at(start as u64, &mut part).unwrap();
            assert_eq!(part, raw[start..end]);
        }
        assert!(source.read_exact_at(576, &mut [0]).is_err());
    }

    /// Summed with the powers of each root, the symbols of a pack with right parity are zero.
    #[test]
    fn parity_is_made_where_there_is_none() {
        let syndromes = |symbols: &[u8], roots: u32| -> Vec<u8> {
            let root = |power: u32| (0..power).fold(1, |root, _| times(root, 2));
            (0..roots).map(|power| symbols.iter().fold(0, |sum, symbol| times(sum, root(power)) ^ symbol)).collect()
        };
        let mut some = pack(7);
        some[2..4].fill(0);
        some[20..].fill(0);
        complete(&mut some);
        assert_eq!((syndromes(&some[..4], 2), syndromes(&some, 4)), (vec![0; 2], vec![0; 4]));
        assert_eq!((&some[..2], &some[4..20]), (&pack(7)[..2], &pack(7)[4..20]));
        let (mut given, mut nothing) = (pack(9), [0; PACK]);
        complete(&mut given);
        complete(&mut nothing);
        assert_eq!((given, nothing), (pack(9), [0; PACK]));
        // 2 has order 63.
        assert_eq!((0..63).fold((1, 0), |(power, ones), _| (times(power, 2), ones + u32::from(power == 1))), (1, 1));
    }
}
