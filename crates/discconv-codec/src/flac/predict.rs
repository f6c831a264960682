//! From what prediction missed to samples (RFC 9639, 9.2.5 and 9.2.6). Sums wrap: those of an encoder do not need to.

/// Each sample is what its polynomial of `order`, at most 4, missed, and the polynomial through the samples before it.
pub(super) fn fixed(order: usize, out: &mut [i32]) {
    match order {
        0 => {}
        1 => linear(&[1], 0, true, out),
        2 => linear(&[2, -1], 0, true, out),
        3 => linear(&[3, -3, 1], 0, true, out),
        _ => linear(&[4, -6, 4, -1], 0, true, out),
    }
}

/// Each sample behind the first `factors.len()` is what was missed, and the samples before it, the last one first, by the
/// factors; that sum shifted. `small`: 32 bits are enough for it.
pub(super) fn linear(factors: &[i32], shift: u32, small: bool, out: &mut [i32]) {
    let run = if small { by_order::<false> } else { by_order::<true> };
    run(factors, shift, out);
}

/// Loops of known length are unrolled; longer predictors than 12 are rare.
fn by_order<const WIDE: bool>(factors: &[i32], shift: u32, out: &mut [i32]) {
    match factors.len() {
        1 => run::<1, WIDE>(factors, shift, out),
        2 => run::<2, WIDE>(factors, shift, out),
        3 => run::<3, WIDE>(factors, shift, out),
        4 => run::<4, WIDE>(factors, shift, out),
        5 => run::<5, WIDE>(factors, shift, out),
        6 => run::<6, WIDE>(factors, shift, out),
        7 => run::<7, WIDE>(factors, shift, out),
        8 => run::<8, WIDE>(factors, shift, out),
        9 => run::<9, WIDE>(factors, shift, out),
        10 => run::<10, WIDE>(factors, shift, out),
        11 => run::<11, WIDE>(factors, shift, out),
        12 => run::<12, WIDE>(factors, shift, out),
        _ => long(factors, shift, out),
    }
}

fn run<const ORDER: usize, const WIDE: bool>(factors: &[i32], shift: u32, out: &mut [i32]) {
    let (Some(factors), Some((first, rest))) = (factors.first_chunk::<ORDER>(), out.split_first_chunk_mut::<ORDER>()) else {
        return;
    };
    // The last one first. They stay in registers: what was just written cannot be read again at once.
    let mut before = *first;
    before.reverse();
    for sample in rest {
        let predicted = if WIDE {
            let sum = factors.iter().zip(&before).fold(0_i64, |sum, (f, s)| sum.wrapping_add(i64::from(*f) * i64::from(*s)));
            low32(sum >> shift)
        } else {
            factors.iter().zip(&before).fold(0_i32, |sum, (f, s)| sum.wrapping_add(f.wrapping_mul(*s))) >> shift
        };
        *sample = sample.wrapping_add(predicted);
        before.copy_within(..ORDER - 1, 1);
        before[0] = *sample;
    }
}

fn long(factors: &[i32], shift: u32, out: &mut [i32]) {
    for place in factors.len()..out.len() {
        let before = out[..place].iter().rev();
        let sum = factors.iter().zip(before).fold(0_i64, |sum, (f, s)| sum.wrapping_add(i64::from(*f) * i64::from(*s)));
        out[place] = out[place].wrapping_add(low32(sum >> shift));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what an encoder wrote fits; else the checksum tells")]
fn low32(sum: i64) -> i32 {
    sum as i32
}
