//! One channel of a frame (RFC 9639, 9.2).

use super::bits::Bits;
use super::predict;
use crate::CodecError;

const MAX_ORDER: usize = 32;

/// Reads one channel into the whole of `out`; `bits` is how many a sample has.
pub(super) fn read(input: &mut Bits<'_>, bits: u32, out: &mut [i32]) -> Result<(), CodecError> {
    let head = input.take(8);
    let wasted = if head & 1 != 0 { input.unary()?.saturating_add(1) } else { 0 };
    let Some(bits) = bits.checked_sub(wasted).filter(|bits| *bits > 0) else {
        return Err(damaged(input, "a FLAC subframe that wastes all bits"));
    };
    match (head >> 7, head >> 1 & 0x3F) {
        (0, 0) => out.fill(input.signed(bits)),
        (0, 1) => verbatim(input, bits, out)?,
        (0, kind @ 8..=12) => fixed(input, bits, (kind & 7) as usize, out)?,
        (0, kind @ 32..) => linear(input, bits, (kind & 31) as usize + 1, out)?,
        _ => return Err(damaged(input, "a FLAC subframe of a reserved kind")),
    }
    if wasted > 0 {
        out.iter_mut().for_each(|sample| *sample <<= wasted);
    }
    Ok(())
}

fn damaged(input: &Bits<'_>, what: &'static str) -> CodecError {
    CodecError::Damaged { offset: input.offset(), what }
}

fn verbatim(input: &mut Bits<'_>, bits: u32, out: &mut [i32]) -> Result<(), CodecError> {
    out.iter_mut().for_each(|sample| *sample = input.signed(bits));
    input.whole()
}

fn fixed(input: &mut Bits<'_>, bits: u32, order: usize, out: &mut [i32]) -> Result<(), CodecError> {
    warm_up(input, bits, order, out)?;
    residual(input, order, out)?;
    predict::fixed(order, out);
    Ok(())
}

fn linear(input: &mut Bits<'_>, bits: u32, order: usize, out: &mut [i32]) -> Result<(), CodecError> {
    warm_up(input, bits, order, out)?;
    let precision = input.take(4) + 1;
    if precision == 16 {
        return Err(damaged(input, "a FLAC predictor of forbidden precision"));
    }
    let Ok(shift) = u32::try_from(input.signed(5)) else {
        return Err(damaged(input, "a FLAC predictor that shifts the wrong way"));
    };
    let mut factors = [0; MAX_ORDER];
    let factors = &mut factors[..order];
    factors.iter_mut().for_each(|factor| *factor = input.signed(precision));
    residual(input, order, out)?;
    predict::linear(factors, shift, out);
    Ok(())
}

/// The samples that nothing is predicted from.
fn warm_up(input: &mut Bits<'_>, bits: u32, order: usize, out: &mut [i32]) -> Result<(), CodecError> {
    let samples = out.get_mut(..order).ok_or_else(|| damaged(input, "a FLAC predictor longer than its frame"))?;
    samples.iter_mut().for_each(|sample| *sample = input.signed(bits));
    Ok(())
}

/// What prediction misses, behind the first `order` samples (9.2.7).
fn residual(input: &mut Bits<'_>, order: usize, out: &mut [i32]) -> Result<(), CodecError> {
    let parameter_bits = match input.take(2) {
        0 => 4,
        1 => 5,
        _ => return Err(damaged(input, "a FLAC residual coded in a reserved way")),
    };
    let partitions = 1 << input.take(4);
    let size = out.len() / partitions;
    if !out.len().is_multiple_of(partitions) || size < order {
        return Err(damaged(input, "FLAC partitions that do not fill their frame"));
    }
    for (number, partition) in out.chunks_mut(size.max(1)).enumerate() {
        let samples = if number == 0 { &mut partition[order..] } else { partition };
        let low = input.take(parameter_bits);
        if low == (1 << parameter_bits) - 1 {
            let bits = input.take(5);
            samples.iter_mut().for_each(|sample| *sample = input.signed(bits));
            input.whole()?;
        } else {
            input.rice(low, samples)?;
        }
    }
    Ok(())
}
