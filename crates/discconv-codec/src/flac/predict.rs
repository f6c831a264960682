//! From what prediction missed to samples (RFC 9639, 9.2.5 and 9.2.6). Sums wrap: those of an encoder do not need to.

/// Samples that are predicted together.
const STEP: usize = 4;

/// Each sample is what its polynomial of `order`, at most 4, missed, and the polynomial through the samples before it.
pub(super) fn fixed(order: usize, out: &mut [i32]) {
    match order {
        0 => {}
        1 => linear(&[1], 0, out),
        2 => linear(&[2, -1], 0, out),
        3 => linear(&[3, -3, 1], 0, out),
        _ => linear(&[4, -6, 4, -1], 0, out),
    }
}

/// Each sample behind the first `factors.len()` is what was missed, and the samples before it, the last one first, by the
/// factors; that sum shifted. Loops of known length are unrolled; longer predictors than 12 are rare.
pub(super) fn linear(factors: &[i32], shift: u32, out: &mut [i32]) {
    match factors.len() {
        1 => single::<1>(factors, shift, out),
        2 => single::<2>(factors, shift, out),
        3 => single::<3>(factors, shift, out),
        4 => run::<4>(factors, shift, out),
        5 => run::<5>(factors, shift, out),
        6 => run::<6>(factors, shift, out),
        7 => run::<7>(factors, shift, out),
        8 => run::<8>(factors, shift, out),
        9 => run::<9>(factors, shift, out),
        10 => run::<10>(factors, shift, out),
        11 => run::<11>(factors, shift, out),
        12 => run::<12>(factors, shift, out),
        _ => long(factors, shift, out),
    }
}

/// In steps: what the samples before a step give to all of its sums is there before the first of them is known, so that only the
/// last products wait for each other. The samples stay in registers: what was just written cannot be read again at once.
fn run<const ORDER: usize>(factors: &[i32], shift: u32, out: &mut [i32]) {
    const { assert!(ORDER >= STEP) };
    let Some((factors, mut before, rest)) = parts::<ORDER>(factors, out) else { return };
    let (steps, rest) = rest.as_chunks_mut::<STEP>();
    for step in steps {
        for place in 0..STEP {
            let (old, new) = factors.split_at(ORDER - place);
            let sum = dot(new, &step[..place], dot(old, &before[place..], 0));
            step[place] = step[place].wrapping_add(low32(sum >> shift));
        }
        before.copy_within(STEP.., 0);
        before[ORDER - STEP..].copy_from_slice(step);
    }
    one_by_one(&factors, before, shift, rest);
}

fn single<const ORDER: usize>(factors: &[i32], shift: u32, out: &mut [i32]) {
    if let Some((factors, before, rest)) = parts::<ORDER>(factors, out) {
        one_by_one(&factors, before, shift, rest);
    }
}

/// Factors, that of the oldest sample first; the samples that nothing is predicted from; all others.
fn parts<'a, const ORDER: usize>(factors: &[i32], out: &'a mut [i32]) -> Option<([i32; ORDER], [i32; ORDER], &'a mut [i32])> {
    let mut factors = *factors.first_chunk::<ORDER>()?;
    factors.reverse();
    let (first, rest) = out.split_first_chunk_mut::<ORDER>()?;
    Some((factors, *first, rest))
}

fn one_by_one<const ORDER: usize>(factors: &[i32; ORDER], mut before: [i32; ORDER], shift: u32, out: &mut [i32]) {
    for sample in out {
        *sample = sample.wrapping_add(low32(dot(factors, &before, 0) >> shift));
        before.copy_within(1.., 0);
        before[ORDER - 1] = *sample;
    }
}

fn long(factors: &[i32], shift: u32, out: &mut [i32]) {
    for place in factors.len()..out.len() {
        let before = out[..place].iter().rev();
        let sum = factors.iter().zip(before).fold(0, add_product);
        out[place] = out[place].wrapping_add(low32(sum >> shift));
    }
}

#[inline(always)]
fn dot(factors: &[i32], samples: &[i32], sum: i64) -> i64 {
    factors.iter().zip(samples).fold(sum, add_product)
}

#[inline(always)]
fn add_product(sum: i64, (factor, sample): (&i32, &i32)) -> i64 {
    sum.wrapping_add(i64::from(*factor) * i64::from(*sample))
}

#[expect(clippy::cast_possible_truncation, reason = "what an encoder wrote fits; else the checksum tells")]
fn low32(sum: i64) -> i32 {
    sum as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every order and length: as the plainest loop has it, sums that wrap too.
    #[test]
    fn all_orders_agree_with_the_plain_loop() {
        let mut seed = 7_i32;
        let mut noise = |bits: u32| {
            seed = seed.wrapping_mul(0x0019_660D).wrapping_add(0x3C6E_F35F);
            seed >> (32 - bits)
        };
        for order in 1..=14 {
            for length in [order, order + 1, order + 3, order + 4, order + 5, 100] {
                for bits in [8, 17, 32] {
                    let factors: Vec<i32> = (0..order).map(|_| noise(15)).collect();
                    let missed: Vec<i32> = (0..length).map(|_| noise(bits)).collect();
                    let (mut fast, mut plain) = (missed.clone(), missed);
                    linear(&factors, 11, &mut fast);
                    long(&factors, 11, &mut plain);
                    assert_eq!(fast, plain, "order {order}, {length} samples of {bits} bits");
                }
            }
        }
    }

    #[test]
    fn polynomials() {
        for (order, expected) in [(0, [1; 6]), (1, [1, 2, 3, 4, 5, 6]), (2, [1, 1, 2, 4, 7, 11])] {
            let mut out = [1; 6];
            fixed(order, &mut out);
            assert_eq!(out, expected, "{order}");
        }
    }
}
